//! Messages that cannot be handled yet.

use contracts::operations::WaitingReason;
use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::Row;

/// A message that cannot be handled yet.
#[derive(Clone, Debug)]
pub(crate) struct WaitingRow {
    pub(crate) message_id: Uuid,
    pub(crate) reason: WaitingReason,
    pub(crate) row: Option<Row>,
    pub(crate) subject: String,
    pub(crate) envelope: String,
    pub(crate) detail: String,
}

const fn waiting_code(reason: &WaitingReason) -> &'static str {
    match reason {
        WaitingReason::Early => "early",
        WaitingReason::Newer => "newer",
        WaitingReason::Retry => "retry",
    }
}

fn waiting_reason(code: &str) -> WaitingReason {
    match code {
        "newer" => WaitingReason::Newer,
        "retry" => WaitingReason::Retry,
        _ => WaitingReason::Early,
    }
}

/// Keeps messages that wait; one that waited before keeps its place and its age.
pub(crate) async fn add_waiting(
    conn: &mut PgConnection,
    rows: &[WaitingRow],
    now: Timestamp,
    next_try_at: Timestamp,
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.message_id).collect();
    let reasons: Vec<String> =
        rows.iter().map(|row| waiting_code(&row.reason).to_owned()).collect();
    let kinds: Vec<String> =
        rows.iter().map(|row| row.row.map_or("", |row| row.kind).to_owned()).collect();
    let aggregates: Vec<Uuid> =
        rows.iter().map(|row| row.row.map_or(Uuid::nil(), |row| row.id)).collect();
    let subjects: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
    let envelopes: Vec<String> = rows.iter().map(|row| row.envelope.clone()).collect();
    let details: Vec<String> = rows.iter().map(|row| row.detail.clone()).collect();
    sqlx::query!(
        "insert into waiting (message_id, reason, aggregate_kind, aggregate_id, subject, envelope,
                              detail, waiting_since, next_try_at)
         select *, $8::timestamptz, $9::timestamptz
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[],
                     $7::text[])
         on conflict (message_id) do update
         set attempts = waiting.attempts + 1, next_try_at = excluded.next_try_at,
             reason = excluded.reason, detail = excluded.detail,
             aggregate_kind = excluded.aggregate_kind, aggregate_id = excluded.aggregate_id",
        &ids,
        &reasons,
        &kinds,
        &aggregates,
        &subjects,
        &envelopes,
        &details,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The envelopes that wait for any of the rows, oldest first.
pub(crate) async fn waiting_for(
    conn: &mut PgConnection,
    rows: &[Row],
    limit: i64,
) -> sqlx::Result<Vec<String>> {
    let kinds: Vec<String> = rows.iter().map(|row| row.kind.to_owned()).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    sqlx::query_scalar!(
        "select w.envelope from waiting w
         join unnest($1::text[], $2::uuid[]) as touched (kind, id)
           on w.aggregate_kind = touched.kind and w.aggregate_id = touched.id
         order by w.waiting_since limit $3",
        &kinds,
        &ids,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// The envelopes whose next try is due.
pub(crate) async fn waiting_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select envelope from waiting where next_try_at <= $1 order by next_try_at limit $2",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Locks waiting messages for this transaction; returns those that still wait.
pub(crate) async fn lock_waiting(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select message_id from waiting where message_id = any($1) order by message_id
         for update skip locked",
        ids,
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn remove_waiting(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("delete from waiting where message_id = any($1)", ids).execute(conn).await?;
    Ok(())
}

/// One waiting message, for the lists of operators.
#[derive(Debug)]
pub(crate) struct ListedWaiting {
    pub(crate) message_id: Uuid,
    pub(crate) subject: String,
    pub(crate) reason: WaitingReason,
    pub(crate) since: Timestamp,
    pub(crate) detail: String,
}

pub(crate) async fn list_waiting(
    conn: &mut PgConnection,
    limit: i64,
) -> sqlx::Result<Vec<ListedWaiting>> {
    let rows = sqlx::query!(
        "select message_id, subject, reason, waiting_since, detail from waiting
         order by waiting_since limit $1",
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ListedWaiting {
            message_id: row.message_id,
            subject: row.subject,
            reason: waiting_reason(&row.reason),
            since: row.waiting_since.to_jiff(),
            detail: row.detail,
        })
        .collect())
}
