//! Payment references that came with invoices.

use mailbox::Aggregate;
use primitives::ClaimId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::ReferenceUse;

impl Aggregate for ReferenceUse {
    const KIND: &'static str = "reference";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into reference (reference_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select reference_id, version, claim_id from reference where reference_id = any($1)
             order by reference_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        rows.into_iter()
            .map(|row| {
                let version = Column("reference", "version").count(row.version)?;
                let claim_id = row.claim_id.map(ClaimId::from_uuid);
                Ok((row.reference_id, Self { version, claim_id }))
            })
            .collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let (mut ids, mut versions, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        for (id, reference) in changed {
            ids.push(*id);
            versions.push(number::<i64>(reference.version)?);
            claims.push(reference.claim_id.map(|claim_id| claim_id.as_uuid()));
        }
        sqlx::query!(
            "update reference r set version = new.version, claim_id = new.claim_id
             from unnest($1::uuid[], $2::bigint[], $3::uuid[])
                  as new (reference_id, version, claim_id)
             where r.reference_id = new.reference_id",
            &ids,
            &versions,
            &claims as &[Option<Uuid>],
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
