//! The promises of debtors.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;
use primitives::{CallTaskId, Money, PromiseId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, word};
use crate::domain::{Case, Confirmation, Promise};

/// Adds the promises to their cases.
pub(super) async fn load_promises(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select task_id, case_id, promise_id, made_at, currency, amount_minor, pay_by, judge_at,
                confirmed, verdict
         from promise where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("promise", name);
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        let verdict = row.verdict.map(|verdict| column("verdict").word(verdict)).transpose()?;
        let promise = Promise {
            promise_id: row.promise_id.map(PromiseId::from_uuid),
            made_at: row.made_at.to_jiff(),
            amount: Money::new(row.amount_minor, column("currency").word(row.currency)?),
            pay_by: row.pay_by.to_jiff(),
            judge_at: row.judge_at.to_jiff(),
            confirmation: if row.confirmed { Confirmation::Over } else { Confirmation::Due },
            verdict,
        };
        case.promises.insert(CallTaskId::from_uuid(row.task_id), promise);
    }
    Ok(())
}

/// Writes the promises.
pub(super) async fn save_promises(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let rows: Vec<(&Case, &CallTaskId, &Promise)> = cases
        .iter()
        .flat_map(|case| case.promises.iter().map(|(task, promise)| (*case, task, promise)))
        .collect();
    let tasks: Vec<Uuid> = rows.iter().map(|(_, task, _)| task.as_uuid()).collect();
    let owners: Vec<Uuid> = rows.iter().map(|(case, ..)| case.case_id.as_uuid()).collect();
    let ids: Vec<Option<Uuid>> =
        rows.iter().map(|(.., promise)| promise.promise_id.map(|id| id.as_uuid())).collect();
    let made: Vec<_> = rows.iter().map(|(.., promise)| promise.made_at.to_sqlx()).collect();
    let currencies: Vec<String> =
        rows.iter().map(|(.., promise)| promise.amount.currency().to_string()).collect();
    let amounts: Vec<i64> =
        rows.iter().map(|(.., promise)| promise.amount.amount_minor()).collect();
    let days: Vec<_> = rows.iter().map(|(.., promise)| promise.pay_by.to_sqlx()).collect();
    let judged: Vec<_> = rows.iter().map(|(.., promise)| promise.judge_at.to_sqlx()).collect();
    let confirmed: Vec<bool> =
        rows.iter().map(|(.., promise)| promise.confirmation == Confirmation::Over).collect();
    let verdicts: Vec<Option<String>> = rows
        .iter()
        .map(|(.., promise)| promise.verdict.as_ref().map(word).transpose())
        .collect::<sqlx::Result<_>>()?;
    sqlx::query!(
        "insert into promise (task_id, case_id, promise_id, made_at, currency, amount_minor, pay_by,
                              judge_at, confirmed, verdict)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[],
                              $6::bigint[], $7::date[], $8::timestamptz[], $9::boolean[],
                              $10::text[])
         on conflict (task_id) do update
         set promise_id = excluded.promise_id, judge_at = excluded.judge_at,
             confirmed = excluded.confirmed, verdict = excluded.verdict",
        &tasks,
        &owners,
        &ids as &[Option<Uuid>],
        &made as &[jiff_sqlx::Timestamp],
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
        &judged as &[jiff_sqlx::Timestamp],
        &confirmed,
        &verdicts as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
