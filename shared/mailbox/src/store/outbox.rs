//! What goes out, what went out, and the broker that it went to.

use std::collections::HashSet;

use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// A message on its way out, or kept after it went.
#[derive(Clone, Debug)]
pub(crate) struct OutboxRow {
    pub(crate) message_id: Uuid,
    pub(crate) subject: String,
    pub(crate) envelope: String,
    pub(crate) recorded_at: Timestamp,
    /// The trace context within the envelope, which goes out as a header, too.
    pub(crate) traceparent: Option<String>,
}

/// The trace context of a kept envelope.
fn traceparent(envelope: &str) -> Option<String> {
    serde_json::from_str::<contracts::Envelope>(envelope).ok()?.traceparent
}

pub(crate) async fn add_outbox(conn: &mut PgConnection, rows: &[OutboxRow]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.message_id).collect();
    let subjects: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
    let envelopes: Vec<String> = rows.iter().map(|row| row.envelope.clone()).collect();
    let recorded: Vec<_> = rows.iter().map(|row| row.recorded_at.to_sqlx()).collect();
    sqlx::query!(
        "insert into outbox (message_id, subject, envelope, recorded_at)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])",
        &ids,
        &subjects,
        &envelopes,
        &recorded as &[jiff_sqlx::Timestamp],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows that were committed before `before` and never confirmed, in the order of their commits.
pub(crate) async fn unsent(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<OutboxRow>> {
    let rows = sqlx::query!(
        "select message_id, subject, envelope, recorded_at from outbox
         where recorded_at <= $1 order by position limit $2",
        before.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OutboxRow {
            traceparent: traceparent(&row.envelope),
            message_id: row.message_id,
            subject: row.subject,
            envelope: row.envelope,
            recorded_at: row.recorded_at.to_jiff(),
        })
        .collect())
}

/// Moves rows that a broker confirmed to `sent`; returns those that were not moved before. Where
/// another broker was noticed in the meantime they stay, and go out again.
pub(crate) async fn move_to_sent(
    conn: &mut PgConnection,
    ids: &[Uuid],
    broker: &str,
    sent_at: Timestamp,
) -> sqlx::Result<HashSet<Uuid>> {
    let moved = sqlx::query_scalar!(
        r#"select moved as "moved!" from move_to_sent($1, $2, $3) as moved"#,
        ids,
        broker,
        sent_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    Ok(moved.into_iter().collect())
}

/// What was sent since a time, oldest first, after the given row: one page.
pub(crate) async fn sent_since(
    conn: &mut PgConnection,
    since: Timestamp,
    after: (Timestamp, Uuid),
    limit: i64,
) -> sqlx::Result<Vec<(OutboxRow, Timestamp)>> {
    let rows = sqlx::query!(
        "select message_id, subject, envelope, sent_at from sent
         where sent_on >= ($1::timestamptz at time zone 'UTC')::date
           and sent_at >= $1 and (sent_at, message_id) > ($2, $3)
         order by sent_at, message_id limit $4",
        since.to_sqlx() as jiff_sqlx::Timestamp,
        after.0.to_sqlx() as jiff_sqlx::Timestamp,
        after.1,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let sent_at = row.sent_at.to_jiff();
            let kept = OutboxRow {
                traceparent: traceparent(&row.envelope),
                message_id: row.message_id,
                subject: row.subject,
                envelope: row.envelope,
                recorded_at: sent_at,
            };
            (kept, sent_at)
        })
        .collect())
}

/// The broker as it was seen last.
#[derive(Debug)]
pub(crate) struct SeenBroker {
    pub(crate) identity: String,
    /// When its stream was made.
    pub(crate) started_at: String,
    pub(crate) seen_at: Timestamp,
    /// Since when it has to be sent again what was sent, if it has.
    pub(crate) refill_from: Option<Timestamp>,
}

pub(crate) async fn find_broker(
    conn: &mut PgConnection,
    stream: &str,
) -> sqlx::Result<Option<SeenBroker>> {
    let row = sqlx::query!(
        "select identity, started_at, seen_at, refill_from from broker where stream = $1",
        stream
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SeenBroker {
        identity: row.identity,
        started_at: row.started_at,
        seen_at: row.seen_at.to_jiff(),
        refill_from: row.refill_from.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Notes another broker, and since when it may lack what was sent. What the one before confirmed is
/// moved to `sent` by now, or never will be.
pub(crate) async fn notice_broker(
    conn: &mut PgConnection,
    stream: &str,
    found: &SeenBroker,
    lost_since: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"select 1 as "done!" from notice_broker($1, $2, $3, $4)"#,
        stream,
        &found.identity,
        &found.started_at,
        lost_since.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Notes the broker, which has everything.
pub(crate) async fn see_broker(
    conn: &mut PgConnection,
    stream: &str,
    seen: &SeenBroker,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into broker (stream, identity, started_at, seen_at) values ($1, $2, $3, $4)
         on conflict (stream) do update set seen_at = excluded.seen_at, refill_from = null
         where broker.identity = excluded.identity
           and broker.started_at = excluded.started_at",
        stream,
        &seen.identity,
        &seen.started_at,
        seen.seen_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}
