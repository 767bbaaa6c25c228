//! Members of staff.

use std::collections::BTreeSet;

use mailbox::Aggregate;
use primitives::StaffId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::staff::Staff;

impl Aggregate for Staff {
    const KIND: &'static str = "staff";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into staff (staff_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select staff_id, version, heard, is_finance_desk from staff
             where staff_id = any($1) order by staff_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let staff = rows.into_iter().map(|row| {
            let column = |name| Column("staff", name);
            let staff = Self {
                version: column("version").count(row.version)?,
                heard: column("heard").count(row.heard)?,
                is_finance_desk: row.is_finance_desk,
            };
            Ok((row.staff_id, staff))
        });
        staff.collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        let heard = changed.iter().map(|(_, it)| number(it.heard));
        let desk: Vec<bool> = changed.iter().map(|(_, it)| it.is_finance_desk).collect();
        sqlx::query!(
            "update staff s set version = new.version, heard = new.heard,
                    is_finance_desk = new.is_finance_desk
             from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::boolean[])
                  as new (staff_id, version, heard, is_finance_desk)
             where s.staff_id = new.staff_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &heard.collect::<sqlx::Result<Vec<i64>>>()?,
            &desk,
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

/// The members of the finance desk.
pub(super) async fn finance_desk(conn: &mut PgConnection) -> sqlx::Result<BTreeSet<StaffId>> {
    let ids = sqlx::query_scalar!("select staff_id from staff where is_finance_desk")
        .fetch_all(conn)
        .await?;
    Ok(ids.into_iter().map(StaffId::from_uuid).collect())
}
