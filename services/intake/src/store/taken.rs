//! What belongs to one creditor only, out of the rows of all creditors.

use mailbox::Aggregate;
use primitives::Iban;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Column;
use crate::domain::Taken;

impl Aggregate for Taken {
    const KIND: &'static str = "creditor-taken";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into taken (taken_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select taken_id from taken where taken_id = any($1) order by taken_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            r#"select code as "code!", country as "country!",
                      company_number as "company_number!", account
               from creditor join agreement using (creditor_id)
               where document_hash is not null"#,
        )
        .fetch_all(conn)
        .await?;
        let mut taken = Self::default();
        for row in rows {
            let account = Iban::parse(&row.account);
            let account = account.map_err(|_| Column("agreement", "account").fault(None))?;
            let country = Column("creditor", "country").word(row.country)?;
            taken.companies.insert((country, row.company_number), row.code.clone());
            taken.accounts.insert(account, row.code);
        }
        Ok(ids.iter().map(|id| (*id, taken.clone())).collect())
    }

    /// It is saved with the creditors.
    async fn save(_: &mut PgConnection, _: &[(Uuid, Self)]) -> sqlx::Result<()> {
        Ok(())
    }

    fn version(&self) -> u64 {
        0
    }

    fn set_version(&mut self, _: u64) {}
}
