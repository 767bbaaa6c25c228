//! The live checks of the invariants, on the rows themselves. Each returns the rows that break it.

use contracts::operations::Breach;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Column;
use crate::domain::ledger::{self, Book, LedgerAccount, equation};

/// Every ledger transaction sums to zero, the books balance, and nobody owes less than nothing.
pub(crate) async fn exact_money(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let unbalanced = sqlx::query_scalar!(
        r#"select transaction_id as "id!"
           from ledger_transaction left join posting p using (transaction_id)
           group by transaction_id, currency
           having count(p.place) = 0 or sum(amount_minor) <> 0"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let rows = sqlx::query!(
        r#"select account, currency, sum(amount_minor)::bigint as "balance!"
           from posting group by account, currency"#,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("posting", name);
    let mut balances: Vec<(LedgerAccount, _)> = Vec::with_capacity(rows.len());
    for row in rows {
        let balance = column("currency").money(row.balance, &row.currency)?;
        balances.push((column("account").parse(&row.account)?, balance));
    }
    let detail = "the ledger transaction does not sum to zero; book what is missing";
    let mut breaches = breaches("exact-money", unbalanced, detail);
    let unequal = equation(balances).err().unwrap_or_default().into_iter();
    breaches.extend(unequal.map(|breach| Breach {
        invariant: "exact-money".to_owned(),
        id: id_of(&breach),
        detail: breach.to_string(),
    }));
    Ok(breaches)
}

/// Whose money or claim it is; nil where it is the agency's.
fn id_of(breach: &ledger::Breach) -> Uuid {
    match breach {
        ledger::Breach::Unequal { book: Book::CreditorMoney(creditor_id), .. } => {
            creditor_id.as_uuid()
        }
        ledger::Breach::Unequal {
            book: Book::ClientMoney | Book::Claims | Book::Advances | Book::Fees,
            ..
        } => Uuid::nil(),
        ledger::Breach::WrongSide { account, .. } => match account {
            LedgerAccount::Receivable(claim_id) => claim_id.as_uuid(),
            LedgerAccount::OwedToCreditor(creditor_id)
            | LedgerAccount::SettledAtCreditor(creditor_id)
            | LedgerAccount::OwedByCreditor(creditor_id)
            | LedgerAccount::AdvancedToCreditor(creditor_id)
            | LedgerAccount::FeesOwedByCreditor(creditor_id)
            | LedgerAccount::FeesCharged(creditor_id)
            | LedgerAccount::CreditorClaims(creditor_id) => creditor_id.as_uuid(),
            LedgerAccount::InTransit(transfer) => transfer.as_uuid(),
            LedgerAccount::Refundable(_, case_id) => case_id.as_uuid(),
            LedgerAccount::Bank(_)
            | LedgerAccount::AtProvider
            | LedgerAccount::Unmatched(_)
            | LedgerAccount::Own => Uuid::nil(),
        },
    }
}

/// What positions say is what was booked: on each claim, and to be paid back on each case. Nothing
/// is asked for while there is money to be paid back.
pub(crate) async fn positions_booked(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let claims = sqlx::query_scalar!(
        r#"with said as (
               select claim_id, sum(amount_minor) as open from account_line
               where claim_id is not null group by claim_id),
           booked as (
               select substr(account, 12)::uuid as claim_id, sum(amount_minor) as open
               from posting where account like 'receivable:%' group by account)
           select claim_id as "id!" from said full join booked using (claim_id)
           where said.open is distinct from booked.open or said.open < 0"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let cases = sqlx::query_scalar!(
        r#"with said as (
               select case_id, sum(amount_minor) as refundable from account_line
               where claim_id is null group by case_id),
           booked as (
               select right(account, 36)::uuid as case_id, -sum(amount_minor) as refundable
               from posting where account like 'refundable:%' group by right(account, 36))
           select case_id as "id!" from said full join booked using (case_id)
           where coalesce(said.refundable, 0) <> coalesce(booked.refundable, 0)
              or said.refundable < 0"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let both = sqlx::query_scalar!(
        "select case_id from account_line group by case_id
         having sum(amount_minor) filter (where claim_id is not null) > 0
            and sum(amount_minor) filter (where claim_id is null) > 0",
    )
    .fetch_all(conn)
    .await?;
    let invariant = "positions-booked";
    let mut found = breaches(
        invariant,
        claims,
        "what is open on the claim is not what was booked on it, or below zero",
    );
    found.extend(breaches(
        invariant,
        cases,
        "what is to be paid back on the case is not what was booked, or below zero",
    ));
    found.extend(breaches(
        invariant,
        both,
        "something is open on the case while money is to be paid back on it",
    ));
    Ok(found)
}

/// What is in transit are the approved remittances and refunds that the bank has not paid, and
/// those that it sent back whose money is not the payment's or the creditor's again yet; what is
/// owed to a creditor is what was collected for it and is not remitted, and what came back and is
/// not paid again; and what it has to give back is what was remitted and released again.
pub(crate) async fn remittances_booked(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let in_transit = sqlx::query_scalar!(
        r#"with booked as (
               select substr(account, 12)::uuid as id, -sum(amount_minor) as amount
               from posting where account like 'in-transit:%' group by account),
           said as (
               select remittance_id as id,
                      case when paid_by is null then amount_minor else 0 end
                      + case when not is_booked then amount_minor else 0 end as amount
               from creditor_remittance left join remittance_return using (remittance_id)
               where approved_by is not null
               union all
               select refund_id, case when paid_by is null then refund_minor else 0 end
                      + case when not is_booked then refund_minor else 0 end
               from refund left join refund_return using (refund_id)
               where approved_by is not null)
           select id as "id!" from said full join booked using (id)
           where said.amount is distinct from booked.amount"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let creditors = wrongly_owed(conn).await?;
    let invariant = "remittances-booked";
    let mut found = breaches(
        invariant,
        in_transit,
        "what is in transit for the remittance or refund is not what it says",
    );
    found.extend(breaches(
        invariant,
        creditors,
        "what is owed to the creditor, or has to be given back, is not what was collected less \
         what was remitted",
    ));
    Ok(found)
}

/// The creditors to whom something else is owed than was collected for them and is not remitted, or
/// came back and is not paid again; or who have to give back something else than was released.
async fn wrongly_owed(conn: &mut PgConnection) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"with paid as (
               select creditor_id, claim_id, payment_id, -sum(amount_minor) as amount
               from account_line join case_account using (case_id)
               where kind = 'payment' and claim_id is not null and holder = 'agency'
               group by creditor_id, claim_id, payment_id),
           remitted as (
               select claim_id, payment_id,
                      sum(costs_minor + interest_minor + principal_minor) as amount
               from creditor_remittance_line join creditor_remittance using (remittance_id)
               where approved_by is not null and not direct group by claim_id, payment_id),
           back as (
               select creditor_id, sum(amount_minor) as amount
               from remittance_return b join creditor_remittance using (remittance_id)
               where is_booked and not exists (
                   select from remittance_carried c
                        join creditor_remittance r using (remittance_id)
                   where c.returned_id = b.remittance_id and r.approved_by is not null)
               group by creditor_id),
           kept as (
               select creditor_id,
                      sum(greatest(paid.amount - coalesce(remitted.amount, 0), 0)) as owed,
                      sum(greatest(coalesce(remitted.amount, 0) - paid.amount, 0)) as advanced
               from paid left join remitted using (claim_id, payment_id) group by creditor_id),
           said as (
               select creditor_id, coalesce(owed, 0) + coalesce(back.amount, 0) as owed, advanced
               from kept full join back using (creditor_id)),
           booked as (
               select right(account, 36)::uuid as creditor_id,
                      -coalesce(sum(amount_minor) filter (
                          where account like 'owed-to-creditor:%'), 0) as owed,
                      coalesce(sum(amount_minor) filter (
                          where account like 'owed-by-creditor:%'), 0) as advanced
               from posting
               where account like 'owed-to-creditor:%' or account like 'owed-by-creditor:%'
               group by right(account, 36))
           select creditor_id as "id!" from said full join booked using (creditor_id)
           where (coalesce(said.owed, 0), coalesce(said.advanced, 0))
                 is distinct from (coalesce(booked.owed, 0), coalesce(booked.advanced, 0))"#,
    )
    .fetch_all(conn)
    .await
}

/// Each payment is unmatched, on one case, on its way back or a remittance, in whole or as parts
/// that each are: its money is where its state says. Of one that was taken back there is none.
pub(crate) async fn payments_accounted(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let lost = sqlx::query_scalar!(
        r#"with back as (
               select payment_id, sum(refund_minor) as refunded from gone_back
               group by payment_id),
           told as (
               select payment_id, coalesce(part_of, payment_id) as whole_id, part_of, allocated,
                      amount_minor > 0 and r.payment_id is null and b.payment_id is null
                          and o.payment_id is null as stays,
                      coalesce(refunded, 0) as refunded,
                      case when retracted then 0 else amount_minor end as amount_minor
               from payment left join back using (payment_id)
                    left join refund_return r using (payment_id)
                    left join remittance_return b using (payment_id)
                    left join (
                         select payment_id from provider_payout
                         where fees_minor is not null) o using (payment_id)),
           wholes as (
               select whole_id as payment_id,
                      sum(amount_minor) filter (where part_of is null) as received,
                      sum(case when part_of is null and allocated then 0
                               when part_of is null then amount_minor - refunded
                               when allocated then -amount_minor else -refunded end) as unmatched
               from told group by whole_id),
           booked as (
               select coalesce(p.part_of, t.subject) as payment_id,
                      sum(g.amount_minor) filter (where account like 'bank:%'
                          or account = 'at-provider'
                             and t.kind in ('provider-credit', 'provider-refund')) as received,
                      -sum(g.amount_minor) filter (where account like 'unmatched:%') as unmatched
               from ledger_transaction t join posting g using (transaction_id)
                    left join payment p on p.payment_id = t.subject
               where account like 'bank:%' or account like 'unmatched:%'
                  or account = 'at-provider'
               group by coalesce(p.part_of, t.subject)),
           on_cases as (
               select payment_id, case_id,
                      sum(case when claim_id is null then amount_minor else -amount_minor end)
                          as amount
               from account_line where payment_id is not null group by payment_id, case_id),
           placed as (
               select payment_id, count(*) as cases, sum(amount) as amount
               from on_cases where amount <> 0 group by payment_id)
           select payment_id as "id!"
           from wholes w full join booked b using (payment_id)
           where b.received is distinct from w.received
              or b.unmatched is distinct from w.unmatched
           union
           select payment_id
           from told p full join placed a using (payment_id)
           where coalesce(a.amount, 0)
                 <> case when allocated and p.stays then p.amount_minor - refunded else 0 end
              or a.cases > 1"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(breaches(
        "payments-accounted",
        lost,
        "the money of the payment is not where its state says: unmatched, on one case, sent back \
         or remitted",
    ))
}

/// What lies with the payment service provider was paid by link, and neither paid out nor sent
/// back; and each pay-out that is paired is what was received by its payments, less what was sent
/// back of it and the fees.
pub(crate) async fn payouts_booked(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let at_provider = sqlx::query_scalar!(
        r#"with said as (
               select currency, sum(amount_minor) as amount from (
                   select p.currency, p.amount_minor
                   from provider_payment l join payment p using (payment_id)
                   where l.paid_out_by is null
                   union all
                   select p.currency, -p.amount_minor
                   from provider_refund r join payment p using (payment_id)
                        left join provider_payout o on o.payment_id = r.payout_id
                   where o.fees_minor is null) as each
               group by currency),
           booked as (
               select currency, sum(amount_minor) as amount from posting
               where account = 'at-provider' group by currency)
           select '00000000-0000-0000-0000-000000000000'::uuid as "id!"
           from said full join booked using (currency)
           where coalesce(said.amount, 0) <> coalesce(booked.amount, 0)"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let payouts = sqlx::query_scalar!(
        r#"select o.payment_id from provider_payout o join payment b using (payment_id)
           where o.fees_minor is not null and b.amount_minor + o.fees_minor <> coalesce((
               select sum(p.amount_minor) from provider_payment l join payment p using (payment_id)
               where l.paid_out_by = o.payment_id), 0) - coalesce((
               select sum(p.amount_minor) from provider_refund r join payment p using (payment_id)
               where r.payout_id = o.payment_id), 0)"#,
    )
    .fetch_all(conn)
    .await?;
    let invariant = "payouts-booked";
    let mut found = breaches(
        invariant,
        at_provider,
        "what lies with the payment service provider is not what was paid by link, less what was \
         paid out and sent back",
    );
    found.extend(breaches(
        invariant,
        payouts,
        "the pay-out and its fees are not what the payments brought that it pays out",
    ));
    Ok(found)
}

/// No number of a year is left out; what was invoiced is what is the agency's of the remittance;
/// and what creditors owe for its work is what was charged separately and is not paid.
pub(crate) async fn fees_invoiced(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let numbers = sqlx::query_scalar!(
        r#"select remittance_id from (
               select remittance_id, sequence,
                      row_number() over (partition by issue_year order by sequence) as place
               from fee_invoice) as numbered
           where sequence <> place"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let totals = sqlx::query_scalar!(
        r#"select remittance_id from fee_invoice join creditor_remittance r using (remittance_id)
           where approved_by is null
              or case when is_credit_note then -total_minor else total_minor end
                 <> kept_costs_minor + commission_minor + commission_vat_minor
              or (settlement = 'gross') <> (due_on is not null)"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    let creditors = sqlx::query_scalar!(
        r#"with said as (
               select creditor_id,
                      sum(kept_costs_minor + commission_minor + commission_vat_minor) as owed
               from creditor_remittance left join fee_payment p using (remittance_id)
               where approved_by is not null and settlement = 'gross' and p.paid_on is null
               group by creditor_id),
           booked as (
               select right(account, 36)::uuid as creditor_id, sum(amount_minor) as owed
               from posting where account like 'fees-owed-by-creditor:%' group by account)
           select creditor_id as "id!" from said full join booked using (creditor_id)
           where coalesce(said.owed, 0) <> coalesce(booked.owed, 0)"#,
    )
    .fetch_all(conn)
    .await?;
    let invariant = "fees-invoiced";
    let mut found =
        breaches(invariant, numbers, "a number before the one of its invoice is missing");
    found.extend(breaches(
        invariant,
        totals,
        "the invoice of the remittance is not what is the agency's of it",
    ));
    found.extend(breaches(
        invariant,
        creditors,
        "what the creditor owes for the agency's work is not what was charged and is not paid",
    ));
    Ok(found)
}

fn breaches(invariant: &str, ids: Vec<Uuid>, detail: &str) -> Vec<Breach> {
    let breach = |id| Breach { invariant: invariant.to_owned(), id, detail: detail.to_owned() };
    ids.into_iter().map(breach).collect()
}
