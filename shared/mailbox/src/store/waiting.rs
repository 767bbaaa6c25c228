//! Messages that cannot be handled yet.

use contracts::operations::{WaitingFilter, WaitingMessage, WaitingReason};
use jiff_sqlx::ToSqlx;
use primitives::{MessageId, Timestamp};
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

/// The message that waits for the longest time.
pub(crate) async fn oldest_waiting(
    conn: &mut PgConnection,
) -> sqlx::Result<Option<WaitingMessage>> {
    let (oldest, _) = list_waiting(conn, &WaitingFilter::default(), 1).await?;
    Ok(oldest.into_iter().next())
}

/// Messages that fit, oldest first; and how many there are.
pub(crate) async fn list_waiting(
    conn: &mut PgConnection,
    which: &WaitingFilter,
    limit: i64,
) -> sqlx::Result<(Vec<WaitingMessage>, i64)> {
    let rows = sqlx::query!(
        r#"select message_id, subject, reason, waiting_since, detail, count(*) over () as "total!"
           from waiting
           where ($1::uuid is null or message_id = $1)
             and ($2::text is null or subject = $2 or starts_with(subject, $2 || '.v'))
             and ($3::text is null or reason = $3)
             and ($4::text is null or position(lower($4) in lower(detail)) > 0)
             and ($5::timestamptz is null or waiting_since < $5)
           order by waiting_since, message_id limit $6"#,
        which.message_id.as_ref().map(MessageId::as_uuid),
        which.message_type,
        which.reason.as_ref().map(waiting_code),
        which.detail_has,
        which.before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let told = rows.into_iter().map(|row| WaitingMessage {
        message_id: MessageId::from_uuid(row.message_id),
        message_type: row.subject,
        reason: waiting_reason(&row.reason),
        waiting_since: row.waiting_since.to_jiff(),
        detail: row.detail,
    });
    Ok((told.collect(), total))
}

/// The ids and envelopes of messages that fit, behind the given one: one page. In the order of
/// their ids, so that what waits on after a try does not come again.
pub(crate) async fn page_waiting(
    conn: &mut PgConnection,
    which: &WaitingFilter,
    after: Option<MessageId>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        "select message_id, envelope
         from waiting
         where ($1::uuid is null or message_id = $1)
           and ($2::text is null or subject = $2 or starts_with(subject, $2 || '.v'))
           and ($3::text is null or reason = $3)
           and ($4::text is null or position(lower($4) in lower(detail)) > 0)
           and ($5::timestamptz is null or waiting_since < $5)
           and ($6::uuid is null or message_id > $6)
         order by message_id limit $7",
        which.message_id.as_ref().map(MessageId::as_uuid),
        which.message_type,
        which.reason.as_ref().map(waiting_code),
        which.detail_has,
        which.before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        after.as_ref().map(MessageId::as_uuid),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.message_id, row.envelope)).collect())
}
