//! What people ask: the calls to be made, and the calls that were made.

use contracts::telephony_task::{CallMade, TaskSummary};
use jiff_sqlx::ToSqlx;
use primitives::{CallTaskId, CaseId, StaffId, Timestamp};
use sqlx::PgConnection;

use super::task::{order, promise};
use super::{Column, number};

/// The calls that wait for a caller, are being made or have to be written down, the earliest end
/// first, and how many there are. One that nobody took on in time counts no more, whether or not
/// its timer went off already.
pub(crate) async fn waiting_tasks(
    conn: &mut PgConnection,
    limit: u32,
    now: Timestamp,
) -> sqlx::Result<(Vec<TaskSummary>, u64)> {
    let rows = sqlx::query!(
        r#"select task_id, request, request_version, claimed_by, count(*) over () as "total!"
           from call_task where stage = 'claimed' or stage = 'open' and ends_at > $1
           order by not_after, task_id limit $2"#,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let tasks = rows.into_iter().map(|row| {
        let order = order(row.request.as_ref(), row.request_version)?;
        Ok(TaskSummary {
            task_id: CallTaskId::from_uuid(row.task_id),
            case_id: order.permit.case_id,
            creditor_id: order.creditor_id,
            language: order.language,
            not_before: order.permit.not_before,
            not_after: order.permit.not_after,
            claimed_by: row.claimed_by.map(StaffId::from_uuid),
        })
    });
    Ok((tasks.collect::<sqlx::Result<_>>()?, total))
}

/// The calls of a case that were made, newest first. An erased summary is empty.
pub(crate) async fn calls_of(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Vec<CallMade>> {
    let rows = sqlx::query!(
        r#"select t.task_id, claimed_by, called_at, closed_at, outcome, reason, promise_minor,
               promise_currency, promise_pay_by, s.said as "said?"
           from call_task t left join call_summary s using (task_id)
           where case_id = $1 and stage = 'closed'
           order by coalesce(called_at, closed_at) desc, t.task_id"#,
        case_id.as_uuid(),
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("call_task", name);
    let calls = rows.into_iter().map(|row| {
        let claimed_by = column("claimed_by").present(row.claimed_by)?;
        let outcome = column("outcome").present(row.outcome)?;
        let reason = column("reason").present(row.reason)?;
        let closed_at = column("closed_at").present(row.closed_at)?.to_jiff();
        Ok(CallMade {
            task_id: CallTaskId::from_uuid(row.task_id),
            staff_id: StaffId::from_uuid(claimed_by),
            called_at: row.called_at.map_or(closed_at, jiff_sqlx::Timestamp::to_jiff),
            closed_at,
            outcome: column("outcome").word(outcome)?,
            reason: column("reason").word(reason)?,
            summary: row.said.unwrap_or_default(),
            promise: promise(row.promise_minor, row.promise_currency, row.promise_pay_by)?,
        })
    });
    calls.collect()
}
