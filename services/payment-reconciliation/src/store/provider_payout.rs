//! What the payment service provider paid out.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::{PayoutProblem, ProviderPayout};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{Currency, Money, PaymentId, StaffId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Column, ledger, number};
use crate::domain::ledger::LedgerTransaction;
use crate::domain::provider_payout::{KnownPayment, Payout, PayoutAnswer, references_in};

const TABLE: &str = "provider_payout";
/// What is asked about is in euros.
const CURRENCY: Currency = Currency::EUR;

impl Aggregate for Payout {
    /// Locked after the payment by which it came in.
    const KIND: &'static str = "payout";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into provider_payout (payment_id)
             select payment_id from payment where payment_id = any($1) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            PayoutRow,
            r#"select o.payment_id, version, begun_at as "begun_at: jiff_sqlx::Timestamp",
                      asked_at as "asked_at: jiff_sqlx::Timestamp", is_asking,
                      answer as "answer: Json<PayoutAnswer>",
                      problem as "problem: Json<PayoutProblem>", is_told, fees_minor, named,
                      named_by, r.lines as "lines?", r.end_to_end_id
               from provider_payout o left join remittance r using (payment_id)
               where o.payment_id = any($1) order by o.payment_id for update of o"#,
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let loaded = rows.into_iter().map(|row| Ok((row.payment_id, row.payout()?)));
        let mut payouts: BTreeMap<Uuid, Payout> = loaded.collect::<sqlx::Result<_>>()?;
        add_known(conn, &mut payouts).await?;
        let payout = |id: &Uuid| {
            let unheard = || Payout::unheard(PaymentId::from_uuid(*id));
            (*id, payouts.remove(id).unwrap_or_else(unheard))
        };
        Ok(ids.iter().map(payout).collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, payout) in changed {
            let settlement = payout.settlement().filter(|_| payout.fees.is_some());
            sqlx::query!(
                "update provider_payout
                 set version = $2, begun_at = $3, asked_at = $4, is_asking = $5, answer = $6,
                     problem = $7, is_told = $8, settlement_id = $9, fees_minor = $10, named = $11,
                     named_by = $12
                 where payment_id = $1",
                id,
                number::<i64>(payout.version)?,
                payout.begun_at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                payout.asked_at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                payout.is_asking,
                payout.answer.as_ref().map(Json) as _,
                payout.problem.as_ref().map(Json) as _,
                payout.is_told,
                settlement.map(|it| it.settlement_id.as_str()),
                payout.fees.map(Money::amount_minor),
                payout.named.as_ref().map(|(reference, _)| reference.as_str()),
                payout.named.as_ref().map(|(_, by)| by.as_uuid()),
            )
            .execute(&mut *conn)
            .await?;
            let Some(settlement) = settlement.filter(|_| payout.news.is_some()) else { continue };
            let names: Vec<String> = settlement.payments.keys().cloned().collect();
            sqlx::query!(
                "update provider_payment set paid_out_by = $1
                 where provider_id = any($2) and paid_out_by is null",
                id,
                &names,
            )
            .execute(&mut *conn)
            .await?;
        }
        let news: Vec<&LedgerTransaction> =
            changed.iter().filter_map(|(_, it)| it.news.as_ref()).collect();
        ledger::append(conn, &news).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

struct PayoutRow {
    payment_id: Uuid,
    version: i64,
    begun_at: Option<jiff_sqlx::Timestamp>,
    asked_at: Option<jiff_sqlx::Timestamp>,
    is_asking: bool,
    answer: Option<Json<PayoutAnswer>>,
    problem: Option<Json<PayoutProblem>>,
    is_told: bool,
    fees_minor: Option<i64>,
    named: Option<String>,
    named_by: Option<Uuid>,
    lines: Option<Vec<String>>,
    end_to_end_id: Option<String>,
}

impl PayoutRow {
    fn payout(self) -> sqlx::Result<Payout> {
        let lines = self.lines.unwrap_or_default();
        let texts = lines.iter().map(String::as_str).chain(self.end_to_end_id.as_deref());
        Ok(Payout {
            version: Column(TABLE, "version").count(self.version)?,
            references: references_in(texts),
            named: self.named.zip(self.named_by.map(StaffId::from_uuid)),
            begun_at: self.begun_at.map(jiff_sqlx::Timestamp::to_jiff),
            asked_at: self.asked_at.map(jiff_sqlx::Timestamp::to_jiff),
            is_asking: self.is_asking,
            answer: self.answer.map(|it| it.0),
            problem: self.problem.map(|it| it.0),
            is_told: self.is_told,
            fees: self.fees_minor.map(|minor| Money::new(minor, CURRENCY)),
            ..Payout::unheard(PaymentId::from_uuid(self.payment_id))
        })
    }
}

/// Adds what is known here of the settlements. Their payments are locked: each is paid out once.
async fn add_known(
    conn: &mut PgConnection,
    payouts: &mut BTreeMap<Uuid, Payout>,
) -> sqlx::Result<()> {
    let settlements = || payouts.values().filter_map(Payout::settlement);
    let names = settlements().flat_map(|it| it.payments.keys().chain(it.refunds.keys()));
    let names: Vec<String> = names.cloned().collect();
    let ids: Vec<String> = settlements().map(|it| it.settlement_id.clone()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"select l.provider_id, l.payment_id, l.paid_out_by, p.currency, p.amount_minor,
                  exists (select from provider_refund r
                          where r.payment_id = l.payment_id) as "is_sent_back!"
           from provider_payment l join payment p using (payment_id)
           where l.provider_id = any($1) order by l.payment_id for update of l"#,
        &names,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut known: BTreeMap<String, KnownPayment> = BTreeMap::new();
    for row in rows {
        let payment = KnownPayment {
            payment_id: PaymentId::from_uuid(row.payment_id),
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            paid_out_by: row.paid_out_by.map(PaymentId::from_uuid),
            is_sent_back: row.is_sent_back,
        };
        known.insert(row.provider_id, payment);
    }
    let paired = sqlx::query!(
        r#"select settlement_id as "settlement_id!", payment_id from provider_payout
           where settlement_id = any($1)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    for payout in payouts.values_mut() {
        let Some(settlement) = payout.settlement() else { continue };
        let names = settlement.payments.keys().chain(settlement.refunds.keys());
        let own = names.filter_map(|name| Some((name.clone(), *known.get(name)?)));
        let own: BTreeMap<String, KnownPayment> = own.collect();
        let is_it = |id: &str, by: Uuid| {
            id == settlement.settlement_id && by != payout.payment_id.as_uuid()
        };
        let before = paired.iter().find(|it| is_it(&it.settlement_id, it.payment_id));
        payout.paired_before = before.map(|it| PaymentId::from_uuid(it.payment_id));
        payout.known = own;
    }
    Ok(())
}

/// What the provider paid out, newest first, and how many movements that is. What turned out to be
/// for something else is none.
pub(crate) async fn payouts(
    conn: &mut PgConnection,
    limit: u32,
    only_open: bool,
) -> sqlx::Result<(Vec<ProviderPayout>, u64)> {
    let rows = sqlx::query!(
        r#"select o.payment_id, o.version, o.begun_at as "begun_at: jiff_sqlx::Timestamp",
                  o.asked_at as "asked_at: jiff_sqlx::Timestamp", o.is_asking,
                  o.answer as "answer: Json<PayoutAnswer>",
                  o.problem as "problem: Json<PayoutProblem>", o.is_told, o.fees_minor, o.named,
                  o.named_by, r.lines as "lines?", r.end_to_end_id, p.received_on, p.amount_minor,
                  p.currency, count(*) over () as "total!"
           from provider_payout o join payment p using (payment_id)
                left join remittance r using (payment_id)
           where (o.fees_minor is not null and not $2 or not p.allocated and not p.retracted)
             and o.begun_at is not null
           order by p.received_on desc, o.payment_id limit $1"#,
        i64::from(limit),
        only_open,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let payouts = rows.into_iter().map(|row| {
        let kept = PayoutRow {
            payment_id: row.payment_id,
            version: row.version,
            begun_at: row.begun_at,
            asked_at: row.asked_at,
            is_asking: row.is_asking,
            answer: row.answer,
            problem: row.problem,
            is_told: row.is_told,
            fees_minor: row.fees_minor,
            named: row.named,
            named_by: row.named_by,
            lines: row.lines,
            end_to_end_id: row.end_to_end_id,
        };
        let payout = kept.payout()?;
        Ok(ProviderPayout {
            payment_id: payout.payment_id,
            received_on: row.received_on.to_jiff(),
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            reference: payout.reference().map(str::to_owned),
            state: payout.state(),
        })
    });
    Ok((payouts.collect::<sqlx::Result<_>>()?, total))
}
