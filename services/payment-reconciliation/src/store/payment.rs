//! Payments: what statements told of them, and which still fit no claim.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::UnmatchedPayment;
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{ClaimId, PaymentId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::payment::{Receipt, ReceivedPayment};

impl Aggregate for ReceivedPayment {
    const KIND: &'static str = "payment";

    /// No row is made here: a payment comes with a statement, or is told, and booked with that.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query!(
            "select payment_id, version, holder, currency, amount_minor, received_on, allocated,
                    retracted, named
             from payment where payment_id = any($1) order by payment_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let mut payments: BTreeMap<Uuid, Self> =
            ids.iter().map(|id| (*id, Self::default())).collect();
        for row in rows {
            let column = |name| Column("payment", name);
            let receipt = Receipt {
                amount: column("currency").money(row.amount_minor, &row.currency)?,
                received_on: row.received_on.to_jiff(),
                holder: column("holder").parse(&row.holder)?,
            };
            let named = row.named.unwrap_or_default().into_iter().map(ClaimId::from_uuid);
            let payment = Self {
                version: column("version").count(row.version)?,
                receipt: Some(receipt),
                allocated: row.allocated,
                retracted: row.retracted,
                named: named.collect(),
            };
            payments.insert(row.payment_id, payment);
        }
        Ok(payments.into_iter().collect())
    }

    /// Adds those that a creditor reported; all others came with a statement.
    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let told = || changed.iter().filter_map(|(id, it)| Some((*id, it, it.receipt?)));
        let ids: Vec<Uuid> = told().map(|(id, _, _)| id).collect();
        let versions = told().map(|(_, it, _)| number(it.version));
        let holders: Vec<String> = told().map(|(_, _, it)| it.holder.to_string()).collect();
        let currencies: Vec<String> =
            told().map(|(_, _, it)| it.amount.currency().code().to_owned()).collect();
        let amounts: Vec<i64> = told().map(|(_, _, it)| it.amount.amount_minor()).collect();
        let days: Vec<_> = told().map(|(_, _, it)| it.received_on.to_sqlx()).collect();
        let allocated: Vec<bool> = told().map(|(_, it, _)| it.allocated).collect();
        let retracted: Vec<bool> = told().map(|(_, it, _)| it.retracted).collect();
        // As text, since an array of arrays must be rectangular.
        let named = told().map(|(_, it, _)| it.named.iter().map(ToString::to_string));
        let named: Vec<String> =
            named.map(|ids| format!("{{{}}}", ids.collect::<Vec<_>>().join(","))).collect();
        sqlx::query!(
            "insert into payment as known (payment_id, version, holder, currency, amount_minor,
                                           received_on, allocated, retracted, named)
             select payment_id, version, holder, currency, amount_minor, received_on, allocated,
                    retracted, case when allocated then named::uuid[] end
             from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::date[],
                         $7::boolean[], $8::boolean[], $9::text[])
                  as new (payment_id, version, holder, currency, amount_minor, received_on,
                          allocated, retracted, named)
             on conflict (payment_id) do update
             set version = excluded.version, allocated = excluded.allocated,
                 retracted = excluded.retracted, named = excluded.named",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &holders,
            &currencies,
            &amounts,
            &days as &[jiff_sqlx::Date],
            &allocated,
            &retracted,
            &named,
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

/// The money that fits no claim, oldest first, and how many payments that is: what is on no case
/// yet, what was paid too much, and what went out (negative).
pub(crate) async fn unmatched(
    conn: &mut PgConnection,
    limit: u32,
) -> sqlx::Result<(Vec<UnmatchedPayment>, u64)> {
    let rows = sqlx::query!(
        r#"with unmatched (payment_id, amount_minor) as (
               select payment_id, amount_minor from payment where not allocated and not retracted
               union all
               select payment_id, sum(amount_minor)::bigint from account_line
               where claim_id is null and payment_id is not null
               group by payment_id having sum(amount_minor) <> 0)
           select p.payment_id, u.amount_minor as "amount_minor!", p.currency, p.received_on,
                  r.lines as "lines?", r.counterparty_name,
                  count(*) over () as "total!"
           from unmatched u join payment p using (payment_id)
                left join remittance r using (payment_id)
           order by p.received_on, p.payment_id
           limit $1"#,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let payments = rows.into_iter().map(|row| {
        Ok(UnmatchedPayment {
            payment_id: PaymentId::from_uuid(row.payment_id),
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            received_on: row.received_on.to_jiff(),
            remittance: row.lines.unwrap_or_default(),
            counterparty_name: row.counterparty_name,
            refundable_on: None,
            proposals: Vec::new(),
            is_dismissed: false,
        })
    });
    Ok((payments.collect::<sqlx::Result<_>>()?, total))
}
