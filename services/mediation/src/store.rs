//! All SQL of mediation. Every statement works on many rows at once; none decides anything.

use std::collections::BTreeMap;

use contracts::operations::Breach;
use jiff::ToSpan;
use jiff_sqlx::ToSqlx;
use law::Pack;
use mailbox::Aggregate;
use primitives::{
    CallTaskId, CaseId, ClaimId, CreditorId, Currency, Money, PaymentId, PersonId, PromiseId,
    StaffId, Timestamp,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CaseFile, Promise, PromiseVerdict, Receipt};

/// So many days after its last day no promise is open any more: what is received on that day is
/// known long before.
const JUDGED_WITHIN_DAYS: i32 = 40;

/// A row holds what the code never writes: somebody else wrote it, or a migration is wrong.
#[derive(Debug, thiserror::Error)]
#[error("column {column} of table {table} holds what it cannot hold; correct the row")]
struct Inconsistent {
    table: &'static str,
    column: &'static str,
}

impl Aggregate for CaseFile {
    const KIND: &'static str = "case";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into case_file (case_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select case_id from case_file where case_id = any($1) order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        Ok(load(conn, ids).await?.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, file)| number(file.version));
        sqlx::query!(
            "update case_file f set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (case_id, version)
             where f.case_id = new.case_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
        )
        .execute(&mut *conn)
        .await?;
        save_promises(conn, changed).await?;
        save_payments(conn, changed).await?;
        save_settled(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// What is known of a case, without a lock.
pub(crate) async fn find_case(conn: &mut PgConnection, case_id: CaseId) -> sqlx::Result<CaseFile> {
    let mut files = load(conn, &[case_id.as_uuid()]).await?;
    Ok(files.remove(&case_id.as_uuid()).unwrap_or_default())
}

/// The check that no promise is forgotten.
pub(crate) async fn promises_judged(
    conn: &mut PgConnection,
    now: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let oldest = Pack::NL.local_date(now).saturating_sub(JUDGED_WITHIN_DAYS.days());
    let open = sqlx::query_scalar!(
        "select promise_id from promise where verdict is null and pay_by < $1
         order by pay_by limit 1000",
        oldest.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_all(conn)
    .await?;
    let breach = |id| Breach {
        invariant: "promises-judged".to_owned(),
        id,
        detail: format!(
            "the promise was to be kept more than {JUDGED_WITHIN_DAYS} days ago and was never \
             judged: look whether its case waits for it at the scheduler, and what is parked"
        ),
    };
    Ok(open.into_iter().map(breach).collect())
}

async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, CaseFile>> {
    let mut files = BTreeMap::new();
    let rows = sqlx::query!("select case_id, version from case_file where case_id = any($1)", ids)
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let version = row.version.try_into().map_err(|_| wrong("case_file", "version"))?;
        files.insert(row.case_id, CaseFile { version, ..CaseFile::default() });
    }
    load_promises(conn, ids, &mut files).await?;
    let rows = sqlx::query!(
        "select case_id, payment_id, claim_id, currency, amount_minor, received_on
         from payment where case_id = any($1)",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        let amount = money("payment", row.amount_minor, &row.currency)?;
        let receipt = Receipt { amount, received_on: row.received_on.to_jiff() };
        let key = (PaymentId::from_uuid(row.payment_id), ClaimId::from_uuid(row.claim_id));
        files.entry(row.case_id).or_default().payments.insert(key, receipt);
    }
    let rows = sqlx::query!(
        "select case_id, claim_id, heard_at from settled_claim where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let file = files.entry(row.case_id).or_default();
        file.settled.insert(ClaimId::from_uuid(row.claim_id), row.heard_at.to_jiff());
    }
    Ok(files)
}

async fn load_promises(
    conn: &mut PgConnection,
    ids: &[Uuid],
    files: &mut BTreeMap<Uuid, CaseFile>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select promise_id, case_id, creditor_id, person_id, claim_ids, currency, amount_minor,
                pay_by, task_id, staff_id, made_at, closed_at, verdict
         from promise where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let promise = Promise {
            case_id: CaseId::from_uuid(row.case_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            person_id: PersonId::from_uuid(row.person_id),
            claim_ids: row.claim_ids.into_iter().map(ClaimId::from_uuid).collect(),
            amount: money("promise", row.amount_minor, &row.currency)?,
            pay_by: row.pay_by.to_jiff(),
            task_id: CallTaskId::from_uuid(row.task_id),
            staff_id: StaffId::from_uuid(row.staff_id),
            made_at: row.made_at.to_jiff(),
            closed_at: row.closed_at.map(jiff_sqlx::Timestamp::to_jiff),
            verdict: row.verdict.map(verdict).transpose()?,
        };
        let file = files.entry(row.case_id).or_default();
        file.promises.insert(PromiseId::from_uuid(row.promise_id), promise);
    }
    Ok(())
}

/// Writes new promises. Only their end ever changes.
async fn save_promises(conn: &mut PgConnection, changed: &[(Uuid, CaseFile)]) -> sqlx::Result<()> {
    let rows: Vec<(Uuid, &Promise)> = changed
        .iter()
        .flat_map(|(_, file)| &file.promises)
        .map(|(id, promise)| (id.as_uuid(), promise))
        .collect();
    let uuids = |of: fn(&Promise) -> Uuid| -> Vec<Uuid> {
        rows.iter().map(|(_, promise)| of(promise)).collect()
    };
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let claims: Vec<String> = rows.iter().map(|(_, it)| words(&it.claim_ids)).collect();
    let currencies: Vec<String> =
        rows.iter().map(|(_, it)| it.amount.currency().to_string()).collect();
    let amounts: Vec<i64> = rows.iter().map(|(_, it)| it.amount.amount_minor()).collect();
    let days: Vec<_> = rows.iter().map(|(_, it)| it.pay_by.to_sqlx()).collect();
    let made: Vec<_> = rows.iter().map(|(_, it)| it.made_at.to_sqlx()).collect();
    let closed: Vec<_> = rows.iter().map(|(_, it)| it.closed_at.map(ToSqlx::to_sqlx)).collect();
    let verdicts: Vec<Option<String>> = rows
        .iter()
        .map(|(_, it)| it.verdict.as_ref().map(word).transpose())
        .collect::<sqlx::Result<_>>()?;
    sqlx::query!(
        "insert into promise (promise_id, case_id, creditor_id, person_id, claim_ids, currency,
                              amount_minor, pay_by, task_id, staff_id, made_at, closed_at, verdict)
         select promise_id, case_id, creditor_id, person_id,
                string_to_array(claim_ids, ' ')::uuid[], currency, amount_minor, pay_by, task_id,
                staff_id, made_at, closed_at, verdict
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                     $7::bigint[], $8::date[], $9::uuid[], $10::uuid[], $11::timestamptz[],
                     $12::timestamptz[], $13::text[])
              as new (promise_id, case_id, creditor_id, person_id, claim_ids, currency,
                      amount_minor, pay_by, task_id, staff_id, made_at, closed_at, verdict)
         on conflict (promise_id) do update
         set closed_at = excluded.closed_at, verdict = excluded.verdict
         where (promise.closed_at, promise.verdict)
               is distinct from (excluded.closed_at, excluded.verdict)",
        &ids,
        &uuids(|it| it.case_id.as_uuid()),
        &uuids(|it| it.creditor_id.as_uuid()),
        &uuids(|it| it.person_id.as_uuid()),
        &claims,
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
        &uuids(|it| it.task_id.as_uuid()),
        &uuids(|it| it.staff_id.as_uuid()),
        &made as &[jiff_sqlx::Timestamp],
        &closed as &[Option<jiff_sqlx::Timestamp>],
        &verdicts as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn save_payments(conn: &mut PgConnection, changed: &[(Uuid, CaseFile)]) -> sqlx::Result<()> {
    let (mut payments, mut claims, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    let (mut currencies, mut amounts, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for (case_id, file) in changed {
        for ((payment_id, claim_id), receipt) in &file.payments {
            payments.push(payment_id.as_uuid());
            claims.push(claim_id.as_uuid());
            cases.push(*case_id);
            currencies.push(receipt.amount.currency().to_string());
            amounts.push(receipt.amount.amount_minor());
            days.push(receipt.received_on.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into payment (payment_id, claim_id, case_id, currency, amount_minor, received_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[],
                              $6::date[])
         on conflict (payment_id, claim_id) do update set amount_minor = excluded.amount_minor
         where payment.amount_minor <> excluded.amount_minor",
        &payments,
        &claims,
        &cases,
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn save_settled(conn: &mut PgConnection, changed: &[(Uuid, CaseFile)]) -> sqlx::Result<()> {
    let (mut claims, mut cases, mut moments) = (Vec::new(), Vec::new(), Vec::new());
    for (case_id, file) in changed {
        for (claim_id, heard_at) in &file.settled {
            claims.push(claim_id.as_uuid());
            cases.push(*case_id);
            moments.push(heard_at.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into settled_claim (claim_id, case_id, heard_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
         on conflict do nothing",
        &claims,
        &cases,
        &moments as &[jiff_sqlx::Timestamp],
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn wrong(table: &'static str, column: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(Inconsistent { table, column }))
}

fn money(table: &'static str, amount_minor: i64, currency: &str) -> sqlx::Result<Money> {
    let currency = Currency::parse(currency).map_err(|_| wrong(table, "currency"))?;
    Ok(Money::new(amount_minor, currency))
}

fn verdict(text: String) -> sqlx::Result<PromiseVerdict> {
    serde_json::from_value(Value::String(text)).map_err(|_| wrong("promise", "verdict"))
}

fn word(verdict: &PromiseVerdict) -> sqlx::Result<String> {
    match serde_json::to_value(verdict) {
        Ok(Value::String(text)) => Ok(text),
        Ok(other) => Err(sqlx::Error::Encode(format!("`{other}` is no word").into())),
        Err(error) => Err(sqlx::Error::Encode(error.into())),
    }
}

/// With blanks between, which none of them has: an array of arrays must be rectangular.
fn words(claim_ids: &[ClaimId]) -> String {
    claim_ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Writes a count. None of ours comes near the end of the numbers.
fn number<T>(count: impl TryInto<T>) -> sqlx::Result<T> {
    count.try_into().map_err(|_| sqlx::Error::Encode("a count beyond its column".into()))
}
