//! Cases: where their debtors are.

use mailbox::Aggregate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, word};
use crate::domain::Case;

impl Aggregate for Case {
    const KIND: &'static str = "case";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into opened_case (case_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select case_id, version, country from opened_case where case_id = any($1)
             order by case_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let column = |name| Column("opened_case", name);
        let mut cases = Vec::with_capacity(rows.len());
        for row in rows {
            let version = column("version").count(row.version)?;
            let country = row.country.map(|code| column("country").word(code)).transpose()?;
            cases.push((row.case_id, Self { version, country }));
        }
        Ok(cases)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, case)| number(case.version));
        let countries = changed.iter().map(|(_, case)| case.country.as_ref().map(word).transpose());
        sqlx::query!(
            "update opened_case c set version = new.version, country = new.country
             from unnest($1::uuid[], $2::bigint[], $3::text[]) as new (case_id, version, country)
             where c.case_id = new.case_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &countries.collect::<sqlx::Result<Vec<_>>>()? as &[Option<String>],
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}
