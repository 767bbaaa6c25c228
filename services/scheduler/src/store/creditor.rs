//! Creditors and their agreements.

use mailbox::Aggregate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::hold::{load_holds_of_creditors, share_holds};
use super::{Column, agreement_of, document, number};
use crate::domain::Creditor;

/// The version of the agreement document's form, as the contracts have it.
const DOCUMENT_VERSION: i16 = 2;

impl Aggregate for Creditor {
    const KIND: &'static str = "creditor";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into creditor (creditor_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select creditor_id, version from creditor where creditor_id = any($1)
             order by creditor_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let agreements = sqlx::query!(
            "select creditor_id, version, document, document_version from agreement
             where creditor_id = any($1)",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut creditors = Vec::with_capacity(rows.len());
        for row in rows {
            let version = Column("creditor", "version").count(row.version)?;
            let mut creditor = Self { version, ..Self::default() };
            for one in agreements.iter().filter(|one| one.creditor_id == row.creditor_id) {
                let version = Column("agreement", "version").count(one.version)?;
                let agreement = agreement_of(one.document.clone(), one.document_version)?;
                creditor.agreements.insert(version, agreement);
            }
            creditors.push((row.creditor_id, creditor));
        }
        share_holds(conn, ids).await?;
        load_holds_of_creditors(conn, &mut creditors).await?;
        Ok(creditors)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let mut versions: Vec<i64> = Vec::with_capacity(changed.len());
        let (mut owners, mut numbers, mut documents) = (Vec::new(), Vec::new(), Vec::new());
        for (id, creditor) in changed {
            versions.push(number(creditor.version)?);
            for (version, agreement) in &creditor.agreements {
                owners.push(*id);
                numbers.push(number::<i32>(*version)?);
                documents.push(document(agreement)?);
            }
        }
        sqlx::query!(
            "update creditor c set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (creditor_id, version)
             where c.creditor_id = new.creditor_id",
            &ids,
            &versions,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into agreement (creditor_id, version, document, document_version)
             select creditor_id, version, document, $4
             from unnest($1::uuid[], $2::integer[], $3::jsonb[])
                  as new (creditor_id, version, document)
             on conflict do nothing",
            &owners,
            &numbers,
            &documents,
            DOCUMENT_VERSION,
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
