//! Refunds: what was proposed, approved and paid.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::{ListedRefund, ReturnedRefund};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, Money, PaymentId, RefundId, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::staff::finance_desk;
use super::{Column, ledger, number};
use crate::domain::desk::{Booking, CameBack, InTransit, Returnable, Sent};
use crate::domain::ledger::{LedgerTransaction, Transfer};
use crate::domain::refund::{Refund, SentBack, Slip, SlipState, refund_id};

impl Aggregate for Refund {
    const KIND: &'static str = "refund";

    /// No row is made here: a refund is kept once it is proposed.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query_as!(
            RefundRow,
            "select refund_id, version, payment_id, refund_case, currency, refund_minor,
                    proposed_by, proposed_at, voided, approved_by, approved_at, payment_order,
                    paid_on
             from refund where refund_id = any($1) order by refund_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        // Read once the refunds are locked, so that it is what the last decision left.
        let mut returns = returns(conn, ids).await?;
        let finance_desk = finance_desk(conn).await?;
        let mut refunds: BTreeMap<Uuid, Self> = BTreeMap::new();
        for id in ids {
            let finance_desk = finance_desk.clone();
            let unheard = Self::unheard(RefundId::from_uuid(*id));
            refunds.insert(*id, Self { finance_desk, ..unheard });
        }
        for row in rows {
            if let Some(refund) = refunds.get_mut(&row.refund_id) {
                refund.version = Column("refund", "version").count(row.version)?;
                let returned = returns.remove(&row.refund_id);
                refund.slip = Some(Slip { returned, ..row.slip()? });
            }
        }
        Ok(refunds.into_iter().collect())
    }

    /// What the bank did stands on the statement, and is kept with that; what became of a refund
    /// that came back is kept here.
    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (_, refund) in changed {
            let Some(slip) = &refund.slip else { continue };
            let (by, at, order) = match slip.state {
                SlipState::Proposed | SlipState::Void => (None, None, None),
                SlipState::Approved { by, at, order, .. } => (Some(by), Some(at), order),
            };
            sqlx::query!(
                "insert into refund (refund_id, version, payment_id, refund_case, currency,
                                     refund_minor, proposed_by, proposed_at, voided, approved_by,
                                     approved_at, payment_order)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (refund_id) do update
                 set version = excluded.version, voided = excluded.voided,
                     approved_by = excluded.approved_by, approved_at = excluded.approved_at,
                     payment_order = excluded.payment_order",
                slip.refund_id.as_uuid(),
                number::<i64>(refund.version)?,
                slip.payment_id.as_uuid(),
                slip.case_id.map(|it| it.as_uuid()),
                slip.amount.currency().code(),
                slip.amount.amount_minor(),
                slip.proposed_by.as_uuid(),
                slip.proposed_at.to_sqlx() as jiff_sqlx::Timestamp,
                slip.state == SlipState::Void,
                by.map(|it| it.as_uuid()),
                at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                order.map(|it| it.as_bytes().to_vec()),
            )
            .execute(&mut *conn)
            .await?;
        }
        let is_booked = |it: &&Slip| it.returned.as_ref().is_some_and(|it| it.is_booked);
        let slips = changed.iter().filter_map(|(_, it)| it.slip.as_ref()).filter(is_booked);
        let back: Vec<Uuid> = slips.map(|it| it.refund_id.as_uuid()).collect();
        sqlx::query!("update refund_return set is_booked = true where refund_id = any($1)", &back)
            .execute(&mut *conn)
            .await?;
        let news: Vec<&LedgerTransaction> = changed.iter().flat_map(|(_, it)| &it.news).collect();
        ledger::append(conn, &news).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

struct RefundRow {
    refund_id: Uuid,
    version: i64,
    payment_id: Uuid,
    refund_case: Option<Uuid>,
    currency: String,
    refund_minor: i64,
    proposed_by: Uuid,
    proposed_at: jiff_sqlx::Timestamp,
    voided: bool,
    approved_by: Option<Uuid>,
    approved_at: Option<jiff_sqlx::Timestamp>,
    payment_order: Option<Vec<u8>>,
    paid_on: Option<jiff_sqlx::Date>,
}

impl RefundRow {
    fn slip(&self) -> sqlx::Result<Slip> {
        let column = |name| Column("refund", name);
        let order = self.payment_order.as_deref();
        let order = order.map(|bytes| column("payment_order").hash(bytes)).transpose()?;
        let state = match self.approved_by.zip(self.approved_at) {
            None if self.voided => SlipState::Void,
            None => SlipState::Proposed,
            Some((by, at)) => SlipState::Approved {
                by: StaffId::from_uuid(by),
                at: at.to_jiff(),
                order,
                paid_on: self.paid_on.map(jiff_sqlx::Date::to_jiff),
            },
        };
        Ok(Slip {
            refund_id: RefundId::from_uuid(self.refund_id),
            payment_id: PaymentId::from_uuid(self.payment_id),
            case_id: self.refund_case.map(CaseId::from_uuid),
            amount: column("currency").money(self.refund_minor, &self.currency)?,
            proposed_by: StaffId::from_uuid(self.proposed_by),
            proposed_at: self.proposed_at.to_jiff(),
            state,
            returned: None,
        })
    }
}

/// How refunds came back, by their ids.
async fn returns(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, SentBack>> {
    let rows = sqlx::query!(
        "select refund_id, payment_id, returned_on, reason_code, is_booked from refund_return
         where refund_id = any($1)",
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
        (row.refund_id, returned)
    });
    Ok(returns.collect())
}

/// The id of the refund of a payment that waits for its approval, or of the next one.
pub(crate) async fn next_refund(
    conn: &mut PgConnection,
    payment_id: PaymentId,
) -> sqlx::Result<RefundId> {
    let decided = sqlx::query_scalar!(
        r#"select count(*) as "decided!" from refund
           where payment_id = $1 and (voided or approved_by is not null)"#,
        payment_id.as_uuid(),
    )
    .fetch_one(conn)
    .await?;
    Ok(refund_id(payment_id, number(decided)?))
}

/// The whole payment of a refund, and the case that it changes; nil where there is no such refund,
/// and where it changes none.
pub(crate) async fn rows_of_refund(
    conn: &mut PgConnection,
    refund_id: RefundId,
) -> sqlx::Result<(Uuid, Uuid)> {
    let rows = rows_of_refunds(conn, &[refund_id]).await?;
    Ok(rows.get(&refund_id.as_uuid()).copied().unwrap_or_default())
}

/// The same of several refunds, by their ids.
pub(crate) async fn rows_of_refunds(
    conn: &mut PgConnection,
    refund_ids: &[RefundId],
) -> sqlx::Result<BTreeMap<Uuid, (Uuid, Uuid)>> {
    let ids: Vec<Uuid> = refund_ids.iter().map(RefundId::as_uuid).collect();
    let rows = sqlx::query!(
        r#"select refund_id, coalesce(part_of, payment_id) as "whole_id!", refund_case
           from refund join payment using (payment_id) where refund_id = any($1)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let key = |case: Option<Uuid>| case.unwrap_or_default();
    Ok(rows.into_iter().map(|row| (row.refund_id, (row.whole_id, key(row.refund_case)))).collect())
}

/// The newest refunds, with the account that each goes to, and how many there are.
pub(crate) async fn refunds(
    conn: &mut PgConnection,
    limit: u32,
) -> sqlx::Result<(Vec<ListedRefund>, u64)> {
    let rows = sqlx::query!(
        r#"select refund_id, f.version, f.payment_id, refund_case, f.currency, refund_minor,
                  proposed_by, proposed_at as "proposed_at: jiff_sqlx::Timestamp", voided,
                  approved_by, approved_at as "approved_at: jiff_sqlx::Timestamp", payment_order,
                  paid_on as "paid_on: jiff_sqlx::Date", r.counterparty_name,
                  r.counterparty_account, b.returned_on as "returned_on?: jiff_sqlx::Date",
                  b.reason_code, count(*) over () as "total!"
           from refund f join payment p using (payment_id)
                left join refund_return b using (refund_id)
                left join remittance r on r.payment_id = coalesce(p.part_of, p.payment_id)
           order by proposed_at desc, refund_id limit $1"#,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let refunds = rows.into_iter().map(|row| {
        let kept = RefundRow {
            refund_id: row.refund_id,
            version: row.version,
            payment_id: row.payment_id,
            refund_case: row.refund_case,
            currency: row.currency,
            refund_minor: row.refund_minor,
            proposed_by: row.proposed_by,
            proposed_at: row.proposed_at,
            voided: row.voided,
            approved_by: row.approved_by,
            approved_at: row.approved_at,
            payment_order: row.payment_order,
            paid_on: row.paid_on,
        };
        let account = row.counterparty_account;
        let reason_code = row.reason_code;
        let returned = row.returned_on.map(jiff_sqlx::Date::to_jiff);
        Ok(ListedRefund {
            returned: returned.map(|returned_on| ReturnedRefund { returned_on, reason_code }),
            refund: kept.slip()?.told(),
            counterparty_name: row.counterparty_name,
            counterparty_account: Column("remittance", "counterparty_account").present(account)?,
        })
    });
    Ok((refunds.collect::<sqlx::Result<_>>()?, total))
}

/// What went back of payments and of their parts and did not come back, by the payment.
pub(super) async fn refunded(
    conn: &mut PgConnection,
    wholes: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, BTreeMap<PaymentId, Money>>> {
    let rows = sqlx::query!(
        r#"select coalesce(p.part_of, p.payment_id) as "whole_id!", p.payment_id,
                  f.currency as "currency!", sum(refund_minor)::bigint as "refund_minor!"
           from payment p join gone_back f using (payment_id)
           where p.payment_id = any($1) or p.part_of = any($1)
           group by p.payment_id, f.currency"#,
        wholes,
    )
    .fetch_all(conn)
    .await?;
    let mut refunded: BTreeMap<Uuid, BTreeMap<PaymentId, Money>> = BTreeMap::new();
    for row in rows {
        let amount = Column("refund", "currency").money(row.refund_minor, &row.currency)?;
        let payment_id = PaymentId::from_uuid(row.payment_id);
        refunded.entry(row.whole_id).or_default().insert(payment_id, amount);
    }
    Ok(refunded)
}

/// The refunds in transit, by what the bank calls them.
pub(super) async fn in_transit(
    conn: &mut PgConnection,
) -> sqlx::Result<BTreeMap<String, InTransit>> {
    let rows = sqlx::query!(
        "select refund_id, payment_id, refund_case, currency, refund_minor from refund
         where approved_by is not null and paid_by is null",
    )
    .fetch_all(conn)
    .await?;
    let sent = rows.into_iter().map(|row| {
        let sent = Sent::Refund {
            refund_id: RefundId::from_uuid(row.refund_id),
            payment_id: PaymentId::from_uuid(row.payment_id),
            case_id: row.refund_case.map(CaseId::from_uuid),
        };
        let amount = Column("refund", "currency").money(row.refund_minor, &row.currency)?;
        Ok((sent.transfer().end_to_end_id(), InTransit { amount, sent }))
    });
    sent.collect()
}

/// The refunds that may still come back, by what the bank calls them: those in transit, and those
/// that were paid within the thirteen months before the newest statement, as long as a payer may
/// call a payment back.
pub(super) async fn may_return(
    conn: &mut PgConnection,
) -> sqlx::Result<BTreeMap<String, Returnable>> {
    let rows = sqlx::query!(
        "select refund_id, currency, refund_minor from refund
         where approved_by is not null
           and (paid_on is null
                or paid_on >= (select max(last_day) from statement) - interval '13 months')
           and not exists (
               select from refund_return r where r.refund_id = refund.refund_id)",
    )
    .fetch_all(conn)
    .await?;
    let sent = rows.into_iter().map(|row| {
        let refund_id = RefundId::from_uuid(row.refund_id);
        let amount = Column("refund", "currency").money(row.refund_minor, &row.currency)?;
        let what = CameBack::Refund(refund_id);
        Ok((Transfer::from(refund_id).end_to_end_id(), Returnable { what, amount }))
    });
    sent.collect()
}

/// The bank sent refunds back.
pub(super) async fn add_returns(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let (mut refunds, mut payments) = (Vec::new(), Vec::new());
    let mut days: Vec<jiff_sqlx::Date> = Vec::new();
    let mut codes: Vec<Option<String>> = Vec::new();
    for Booking { statement, returned, .. } in news {
        for movement in &statement.movements {
            let Some(CameBack::Refund(refund_id)) = returned.get(&movement.payment_id) else {
                continue;
            };
            refunds.push(refund_id.as_uuid());
            payments.push(movement.payment_id.as_uuid());
            days.push(movement.booked_on.to_sqlx());
            codes.push(movement.return_code.clone());
        }
    }
    sqlx::query!(
        "insert into refund_return (refund_id, payment_id, returned_on, reason_code)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[])",
        &refunds,
        &payments,
        &days as &[jiff_sqlx::Date],
        &codes as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
