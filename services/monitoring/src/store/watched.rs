//! The cases of which a creditor is to be told, or was.

use std::collections::{BTreeMap, BTreeSet};

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::MessageId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, entries_of};
use crate::domain::WatchedCase;

impl Aggregate for WatchedCase {
    const KIND: &'static str = "case";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into watched_case (case_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select case_id, version, due_at from watched_case where case_id = any($1)
             order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut cases = BTreeMap::new();
        for row in rows {
            let version =
                row.version.try_into().map_err(|_| Column("watched_case", "version").fault())?;
            let due_at = row.due_at.map(jiff_sqlx::Timestamp::to_jiff);
            let case = Self { version, due_at, noted: BTreeSet::new(), entries: Vec::new() };
            cases.insert(row.case_id, case);
        }
        let noted = sqlx::query!(
            "select case_id, closing from feedback_note where case_id = any($1)",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        for row in noted {
            if let Some(case) = cases.get_mut(&row.case_id) {
                case.noted.insert(MessageId::from_uuid(row.closing));
            }
        }
        let due: Vec<Uuid> = cases
            .iter()
            .filter(|(_, case)| case.due_at.is_some())
            .map(|(case_id, _)| *case_id)
            .collect();
        for entry in entries_of(conn, &due).await? {
            let case_id = entry.particulars.case_id.map(|case_id| case_id.as_uuid());
            if let Some(case) = case_id.and_then(|case_id| cases.get_mut(&case_id)) {
                case.entries.push(entry);
            }
        }
        Ok(cases.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions: Vec<i64> = changed
            .iter()
            .map(|(_, case)| i64::try_from(case.version))
            .collect::<Result<_, _>>()
            .map_err(|error| sqlx::Error::Encode(error.into()))?;
        let due: Vec<_> = changed.iter().map(|(_, it)| it.due_at.map(ToSqlx::to_sqlx)).collect();
        sqlx::query!(
            "update watched_case w set version = new.version, due_at = new.due_at
             from unnest($1::uuid[], $2::bigint[], $3::timestamptz[])
                  as new (case_id, version, due_at)
             where w.case_id = new.case_id",
            &ids,
            &versions,
            &due as &[Option<jiff_sqlx::Timestamp>],
        )
        .execute(&mut *conn)
        .await?;
        let (closings, cases): (Vec<Uuid>, Vec<Uuid>) = changed
            .iter()
            .flat_map(|(id, case)| case.noted.iter().map(|closing| (closing.as_uuid(), *id)))
            .unzip();
        sqlx::query!(
            "insert into feedback_note (closing, case_id)
             select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing",
            &closings,
            &cases,
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
