//! Payments that may be for a case, and that nobody placed yet.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;
use primitives::PaymentId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::{Awaited, Case, Wait};

/// Adds what was heard of such payments to their cases.
pub(super) async fn load_awaited(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select case_id, payment_id, as_of, since, awaited_until from awaited_money
         where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        let wait = row.since.zip(row.awaited_until);
        let wait =
            wait.map(|(since, until)| Wait { since: since.to_jiff(), until: until.to_jiff() });
        let as_of = Column("awaited_money", "as_of").count(row.as_of)?;
        case.awaited.insert(PaymentId::from_uuid(row.payment_id), Awaited { as_of, wait });
    }
    Ok(())
}

/// Writes it.
pub(super) async fn save_awaited(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let (mut ids, mut payments, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut since, mut until) = (Vec::new(), Vec::new());
    for case in cases {
        for (payment_id, Awaited { as_of, wait }) in &case.awaited {
            ids.push(case.case_id.as_uuid());
            payments.push(payment_id.as_uuid());
            versions.push(number::<i64>(*as_of)?);
            since.push(wait.map(|wait| wait.since.to_sqlx()));
            until.push(wait.map(|wait| wait.until.to_sqlx()));
        }
    }
    sqlx::query!(
        "insert into awaited_money (case_id, payment_id, as_of, since, awaited_until)
         select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[],
                              $5::timestamptz[])
         on conflict (case_id, payment_id) do update
         set as_of = excluded.as_of, since = excluded.since,
             awaited_until = excluded.awaited_until",
        &ids,
        &payments,
        &versions,
        &since as &[Option<jiff_sqlx::Timestamp>],
        &until as &[Option<jiff_sqlx::Timestamp>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
