//! The live checks, on the rows themselves. Each returns the rows that break it.

use contracts::operations::Breach;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// How late a timer may be. Business time.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// How long a call may stay unwritten. Business time.
const UNWRITTEN: SignedDuration = SignedDuration::from_hours(48);

/// The check that every task ends: one that nobody took on has the timer that ends it, and is not
/// long past its end; one that somebody took on is written down within two days.
pub(crate) async fn calls_end(
    conn: &mut PgConnection,
    now: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let asleep = sqlx::query_scalar!(
        "select task_id from call_task
         where stage = 'open' and not exists (
             select from timer
             where aggregate_kind = 'call-task' and aggregate_id = task_id
               and name = 'task-end' and due_at = ends_at)
         order by task_id limit 1000",
    )
    .fetch_all(&mut *conn)
    .await?;
    let before = now.checked_sub(LATE).unwrap_or(Timestamp::MIN);
    let overdue = sqlx::query_scalar!(
        "select task_id from call_task
         where stage = 'open' and ends_at < $1
         order by ends_at limit 1000",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(&mut *conn)
    .await?;
    let before = now.checked_sub(UNWRITTEN).unwrap_or(Timestamp::MIN);
    let unwritten = sqlx::query_scalar!(
        "select task_id from call_task where stage = 'claimed' and not_after < $1
         order by not_after limit 1000",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    let mut breaches = breaches(
        "calls-end",
        asleep,
        "the call task has no timer for its end; look for a parked timer and replay it",
    );
    breaches.extend(self::breaches(
        "calls-end",
        overdue,
        "the call task should have ended by itself more than an hour ago; look whether \
         telephony-task runs, and what is parked",
    ));
    breaches.extend(self::breaches(
        "calls-end",
        unwritten,
        "the call was taken on, and its time ended more than two days ago: have its caller write \
         it down, or give it back for them (`amicable call release`)",
    ));
    Ok(breaches)
}

/// The check that every call that was made can be accounted for: outcome, reason, what was said (or
/// that it was erased), and a certificate that was valid where the debtor is when it was taken on.
pub(crate) async fn calls_accounted(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let incomplete = sqlx::query_scalar!(
        "select task_id from call_task
         where stage = 'closed' and (
             outcome is null or reason is null or not exists (
                 select from call_summary s
                 where s.task_id = call_task.task_id
                   and (s.erased_at is not null or btrim(s.said) <> '')))
         order by closed_at desc limit 1000",
    )
    .fetch_all(&mut *conn)
    .await?;
    let uncertified = sqlx::query_scalar!(
        "select task_id from call_task
         where stage in ('claimed', 'closed') and not coalesce(
             (claimed_at at time zone
                 case country when 'NL' then 'Europe/Amsterdam' else 'Europe/Brussels' end)::date
             between certificate_from and certificate_until, false)
         order by claimed_at desc limit 1000",
    )
    .fetch_all(conn)
    .await?;
    let mut breaches = breaches(
        "calls-accounted",
        incomplete,
        "the call was closed, and its outcome, its reason or what was said is missing without a \
         mark that it was erased",
    );
    breaches.extend(self::breaches(
        "calls-accounted",
        uncertified,
        "the call was taken on with a certificate that was not valid on that day",
    ));
    Ok(breaches)
}

fn breaches(invariant: &str, ids: Vec<Uuid>, detail: &str) -> Vec<Breach> {
    let breach = |id| Breach { invariant: invariant.to_owned(), id, detail: detail.to_owned() };
    ids.into_iter().map(breach).collect()
}
