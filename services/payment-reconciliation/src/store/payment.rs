//! Payments: what statements told of them, and which still fit no claim.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::UnmatchedPayment;
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, Money, PaymentId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::refund::refunded;
use super::{Column, judging, ledger, number};
use crate::domain::judging::Judging;
use crate::domain::ledger::LedgerTransaction;
use crate::domain::payment::{PaymentPart, Receipt, ReceivedPayment, ToldBy};

impl Aggregate for ReceivedPayment {
    const KIND: &'static str = "payment";

    /// No row is made here: a payment comes with a statement or by a link, or is told, and booked
    /// with that.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query!(
            r#"select payment_id, version, holder, currency, amount_minor, received_on, allocated,
                      retracted, named, on_case,
                      statement_id is null and e.payment_id is null and not exists (
                          select from provider_payment l
                          where l.payment_id = payment.payment_id) as "is_reported!",
                      e.payment_id is not null and not e.is_told as "is_early!", (
                          select payout_id from provider_refund b
                          where b.payment_id = payment.payment_id) as sent_back_by, (
                          select counterparty_account from remittance r
                          where r.payment_id = payment.payment_id) as paid_from
               from payment left join early_payment e using (payment_id)
               where payment_id = any($1) and part_of is null
               order by payment_id for update of payment"#,
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut parts = load_parts(conn, ids).await?;
        let mut refunded = refunded(conn, ids).await?;
        let awaited = judging::awaited_among(conn, ids).await?;
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
                own_id: Some(PaymentId::from_uuid(row.payment_id)),
                receipt: Some(receipt),
                allocated: row.allocated,
                retracted: row.retracted,
                named: named.collect(),
                case_id: row.on_case.map(CaseId::from_uuid),
                parts: parts.remove(&row.payment_id).unwrap_or_default(),
                told_by: match (row.is_reported, row.is_early) {
                    (true, _) => ToldBy::Creditor,
                    (false, true) => ToldBy::Report,
                    (false, false) => ToldBy::Statement,
                },
                news: Vec::new(),
                refunded: refunded.remove(&row.payment_id).unwrap_or_default(),
                sent_back_by: row.sent_back_by.map(PaymentId::from_uuid),
                paid_from: row.paid_from,
                is_awaited: awaited.contains(&row.payment_id),
            };
            payments.insert(row.payment_id, payment);
        }
        Ok(payments.into_iter().collect())
    }

    /// Adds those that a creditor reported; all others came with a statement, or by a link.
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
        let cases: Vec<Option<Uuid>> =
            told().map(|(_, it, _)| it.case_id.map(|id| id.as_uuid())).collect();
        sqlx::query!(
            "insert into payment as known (payment_id, version, holder, currency, amount_minor,
                                           received_on, allocated, retracted, named, on_case)
             select payment_id, version, holder, currency, amount_minor, received_on, allocated,
                    retracted, case when allocated then named::uuid[] end, on_case
             from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::date[],
                         $7::boolean[], $8::boolean[], $9::text[], $10::uuid[])
                  as new (payment_id, version, holder, currency, amount_minor, received_on,
                          allocated, retracted, named, on_case)
             on conflict (payment_id) do update
             set version = excluded.version, allocated = excluded.allocated,
                 retracted = excluded.retracted, named = excluded.named,
                 on_case = excluded.on_case",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &holders,
            &currencies,
            &amounts,
            &days as &[jiff_sqlx::Date],
            &allocated,
            &retracted,
            &named,
            &cases as &[Option<Uuid>],
        )
        .execute(&mut *conn)
        .await?;
        save_parts(conn, changed).await?;
        save_sent_back(conn, changed).await?;
        forget_clues(conn, changed).await?;
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

/// So many payments are listed with proposals: an answer has to stay below what the broker takes.
const PROPOSED_MAX: usize = 100;

/// The parts of payments that went to cases of their own, oldest first.
async fn load_parts(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Vec<PaymentPart>>> {
    let rows = sqlx::query!(
        r#"select part_of as "part_of!", payment_id, currency, amount_minor, allocated, named,
                  on_case as "on_case!"
           from payment where part_of = any($1) order by version"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut parts: BTreeMap<Uuid, Vec<PaymentPart>> = BTreeMap::new();
    for row in rows {
        let named = row.named.unwrap_or_default().into_iter().map(ClaimId::from_uuid);
        parts.entry(row.part_of).or_default().push(PaymentPart {
            payment_id: PaymentId::from_uuid(row.payment_id),
            case_id: CaseId::from_uuid(row.on_case),
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            named: named.collect(),
            is_on_case: row.allocated,
        });
    }
    Ok(parts)
}

/// A part is never decided on by itself: its version is its place among the parts.
async fn save_parts(
    conn: &mut PgConnection,
    changed: &[(Uuid, ReceivedPayment)],
) -> sqlx::Result<()> {
    let (mut ids, mut places, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut amounts, mut cases, mut allocated) = (Vec::new(), Vec::new(), Vec::new());
    let mut named = Vec::new();
    for (id, payment) in changed {
        for (place, part) in payment.parts.iter().enumerate() {
            ids.push(part.payment_id.as_uuid());
            places.push(number::<i64>(place)?);
            wholes.push(*id);
            amounts.push(part.amount.amount_minor());
            cases.push(part.case_id.as_uuid());
            allocated.push(part.is_on_case);
            let claims: Vec<String> = part.named.iter().map(ToString::to_string).collect();
            named.push(format!("{{{}}}", claims.join(",")));
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into payment (payment_id, version, part_of, holder, currency, amount_minor,
                              received_on, allocated, named, on_case)
         select new.payment_id, new.place, whole.payment_id, holder, currency, new.amount_minor,
                received_on, new.allocated, new.named::uuid[], new.on_case
         from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::uuid[], $6::boolean[],
                     $7::text[])
              as new (payment_id, place, part_of, amount_minor, on_case, allocated, named)
              join payment whole on whole.payment_id = new.part_of
         on conflict (payment_id) do update set allocated = excluded.allocated",
        &ids,
        &places,
        &wholes,
        &amounts,
        &cases,
        &allocated,
        &named,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What the payment service provider sent back.
async fn save_sent_back(
    conn: &mut PgConnection,
    changed: &[(Uuid, ReceivedPayment)],
) -> sqlx::Result<()> {
    let sent_back = changed.iter().filter_map(|(id, it)| Some((*id, it.sent_back_by?.as_uuid())));
    let (ids, payouts): (Vec<Uuid>, Vec<Uuid>) = sent_back.unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into provider_refund (payment_id, payout_id)
         select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing",
        &ids,
        &payouts,
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn is_done(payment: &ReceivedPayment) -> bool {
    payment.left().is_ok_and(|left| left.is_some_and(Money::is_zero))
}

/// Who paid a payment, or the payment that it is a part of: the name and the account, as the bank
/// told them.
pub(crate) async fn paid_from(
    conn: &mut PgConnection,
    payment_id: PaymentId,
) -> sqlx::Result<(Option<String>, Option<String>)> {
    let row = sqlx::query!(
        "select counterparty_name, counterparty_account
         from payment p join remittance r on r.payment_id = coalesce(p.part_of, p.payment_id)
         where p.payment_id = $1",
        payment_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.counterparty_name, row.counterparty_account)).unwrap_or_default())
}

/// The payment that this is a part of; itself where it is none.
pub(crate) async fn whole_of(conn: &mut PgConnection, payment_id: PaymentId) -> sqlx::Result<Uuid> {
    let id = payment_id.as_uuid();
    let whole = sqlx::query_scalar!("select part_of from payment where payment_id = $1", id);
    Ok(whole.fetch_optional(conn).await?.flatten().unwrap_or(id))
}

/// What is on cases in whole, or never came, needs no clues any more.
async fn forget_clues(
    conn: &mut PgConnection,
    changed: &[(Uuid, ReceivedPayment)],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = changed.iter().filter(|(_, it)| is_done(it)).map(|(id, _)| *id).collect();
    sqlx::query!("delete from payment_clue where payment_id = any($1)", &ids).execute(conn).await?;
    Ok(())
}

/// The money that fits no claim, oldest first, and how many payments that is: what is on no case
/// yet, what was paid too much, and what went out (negative).
pub(crate) async fn unmatched(
    conn: &mut PgConnection,
    limit: u32,
    beginning: &str,
) -> sqlx::Result<(Vec<UnmatchedPayment>, u64)> {
    let rows = sqlx::query!(
        r#"with elsewhere (payment_id, amount_minor) as (
               select part_of, amount_minor from payment where part_of is not null and allocated
               union all
               -- Of a part that is on a case it is in the part.
               select coalesce(part_of, payment_id), refund_minor
               from gone_back join payment using (payment_id)
               where part_of is null or not allocated),
           gone as (
               select payment_id, sum(amount_minor) as amount_minor from elsewhere
               group by payment_id),
           unmatched (payment_id, amount_minor, case_id) as (
               select payment_id, p.amount_minor - coalesce(gone.amount_minor, 0), null::uuid
               from payment p left join gone using (payment_id)
               where not allocated and not retracted and p.part_of is null
                 and p.amount_minor <> coalesce(gone.amount_minor, 0)
               union all
               select payment_id, sum(amount_minor), case_id from account_line
               where claim_id is null and payment_id is not null
               group by payment_id, case_id having sum(amount_minor) <> 0)
           select p.payment_id, u.amount_minor::bigint as "amount_minor!", p.currency,
                  p.received_on, u.case_id, r.lines as "lines?", r.counterparty_name,
                  count(*) over () as "total!"
           from unmatched u join payment p using (payment_id)
                left join remittance r on r.payment_id = coalesce(p.part_of, p.payment_id)
           where starts_with(p.payment_id::text, $2)
           order by p.received_on, p.payment_id
           limit $1"#,
        i64::from(limit),
        beginning,
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let open = rows.iter().filter(|row| row.case_id.is_none()).map(|row| row.payment_id);
    let open = open.take(PROPOSED_MAX);
    let judged = judging::load(conn, &open.collect::<Vec<_>>()).await?;
    let payments = rows.into_iter().map(|row| {
        let judging = judged.get(&row.payment_id).filter(|_| row.case_id.is_none());
        Ok(UnmatchedPayment {
            payment_id: PaymentId::from_uuid(row.payment_id),
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            received_on: row.received_on.to_jiff(),
            remittance: row.lines.unwrap_or_default(),
            counterparty_name: row.counterparty_name,
            refundable_on: row.case_id.map(CaseId::from_uuid),
            proposals: judging.map(Judging::proposals).unwrap_or_default(),
            is_dismissed: judging.is_some_and(|it| it.dismissed_by.is_some()),
            awaited_on: judging.map(Judging::awaited_on).unwrap_or_default(),
        })
    });
    Ok((payments.collect::<sqlx::Result<_>>()?, total))
}
