//! Remittances that the bank sent back, and with which others they are paid again.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::CarriedRemittance;
use jiff_sqlx::ToSqlx;
use primitives::{CreditorId, Money, PaymentId, RemittanceId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Column;
use crate::domain::desk::{Booking, CameBack, Returnable};
use crate::domain::ledger::Transfer;
use crate::domain::refund::SentBack;
use crate::domain::remittance::CURRENCY;

/// The remittances that may still come back, by what the bank calls them: as refunds may.
pub(super) async fn may_return(
    conn: &mut PgConnection,
) -> sqlx::Result<BTreeMap<String, Returnable>> {
    let rows = sqlx::query!(
        "select remittance_id, creditor_id, currency, amount_minor from creditor_remittance r
         where approved_by is not null
           and (paid_on is null
                or paid_on >= (select max(last_day) from statement) - interval '13 months')
           and not exists (
               select from remittance_return b where b.remittance_id = r.remittance_id)",
    )
    .fetch_all(conn)
    .await?;
    let sent = rows.into_iter().map(|row| {
        let remittance_id = RemittanceId::from_uuid(row.remittance_id);
        let creditor_id = CreditorId::from_uuid(row.creditor_id);
        let what = CameBack::Remittance { remittance_id, creditor_id };
        let currency = Column("creditor_remittance", "currency");
        let amount = currency.money(row.amount_minor, &row.currency)?;
        Ok((Transfer::from(remittance_id).end_to_end_id(), Returnable { what, amount }))
    });
    sent.collect()
}

/// The bank sent remittances back.
pub(super) async fn add_returns(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let (mut remittances, mut payments) = (Vec::new(), Vec::new());
    let mut days: Vec<jiff_sqlx::Date> = Vec::new();
    let mut codes: Vec<Option<String>> = Vec::new();
    for Booking { statement, returned, .. } in news {
        for movement in &statement.movements {
            let Some(CameBack::Remittance { remittance_id, .. }) =
                returned.get(&movement.payment_id)
            else {
                continue;
            };
            remittances.push(remittance_id.as_uuid());
            payments.push(movement.payment_id.as_uuid());
            days.push(movement.booked_on.to_sqlx());
            codes.push(movement.return_code.clone());
        }
    }
    sqlx::query!(
        "insert into remittance_return (remittance_id, payment_id, returned_on, reason_code)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])",
        &remittances,
        &payments,
        &days as &[jiff_sqlx::Date],
        &codes as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The money of these is owed to their creditors again.
pub(super) async fn book(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!(
        "update remittance_return set is_booked = true
         where remittance_id = any($1) and not is_booked",
        ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How remittances came back, and by which approved one each is paid again.
pub(super) async fn returns(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, (SentBack, Option<RemittanceId>)>> {
    let rows = sqlx::query!(
        r#"select remittance_id, payment_id, returned_on, reason_code, is_booked, (
                      select c.remittance_id from remittance_carried c
                           join creditor_remittance r using (remittance_id)
                      where c.returned_id = b.remittance_id and r.approved_by is not null
                      limit 1) as paid_again_by
           from remittance_return b where remittance_id = any($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let returns = rows.into_iter().map(|row| {
        let returned = SentBack {
            by: PaymentId::from_uuid(row.payment_id),
            on: row.returned_on.to_jiff(),
            reason_code: row.reason_code,
            is_booked: row.is_booked,
        };
        (row.remittance_id, (returned, row.paid_again_by.map(RemittanceId::from_uuid)))
    });
    Ok(returns.collect())
}

/// What came back for creditors and no approved remittance pays again, by creditor.
pub(super) async fn unpaid(
    conn: &mut PgConnection,
    creditors: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Vec<CarriedRemittance>>> {
    let rows = sqlx::query!(
        "select creditor_id, remittance_id, amount_minor
         from remittance_return b join creditor_remittance using (remittance_id)
         where creditor_id = any($1) and is_booked and not exists (
             select from remittance_carried c join creditor_remittance r using (remittance_id)
             where c.returned_id = b.remittance_id and r.approved_by is not null)
         order by remittance_id",
        creditors,
    )
    .fetch_all(conn)
    .await?;
    let mut unpaid: BTreeMap<Uuid, Vec<CarriedRemittance>> = BTreeMap::new();
    for row in rows {
        unpaid.entry(row.creditor_id).or_default().push(CarriedRemittance {
            remittance_id: RemittanceId::from_uuid(row.remittance_id),
            amount: Money::new(row.amount_minor, CURRENCY),
        });
    }
    Ok(unpaid)
}

/// What these remittances pay again.
pub(super) async fn carried(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Vec<CarriedRemittance>>> {
    let rows = sqlx::query!(
        "select remittance_id, returned_id, amount_minor from remittance_carried
         where remittance_id = any($1) order by returned_id",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut carried: BTreeMap<Uuid, Vec<CarriedRemittance>> = BTreeMap::new();
    for row in rows {
        carried.entry(row.remittance_id).or_default().push(CarriedRemittance {
            remittance_id: RemittanceId::from_uuid(row.returned_id),
            amount: Money::new(row.amount_minor, CURRENCY),
        });
    }
    Ok(carried)
}

/// Keeps what a new proposal pays again.
pub(super) async fn keep_carried(
    conn: &mut PgConnection,
    remittance_id: Uuid,
    carried: &[CarriedRemittance],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = carried.iter().map(|it| it.remittance_id.as_uuid()).collect();
    let amounts: Vec<i64> = carried.iter().map(|it| it.amount.amount_minor()).collect();
    sqlx::query!(
        "insert into remittance_carried (remittance_id, returned_id, amount_minor)
         select $1, * from unnest($2::uuid[], $3::bigint[])",
        remittance_id,
        &ids,
        &amounts,
    )
    .execute(conn)
    .await?;
    Ok(())
}
