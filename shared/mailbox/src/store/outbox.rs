//! What goes out, what went out, and the broker that it went to.

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
            message_id: row.message_id,
            subject: row.subject,
            envelope: row.envelope,
            recorded_at: row.recorded_at.to_jiff(),
        })
        .collect())
}

/// Moves confirmed rows to `sent`.
pub(crate) async fn move_to_sent(
    conn: &mut PgConnection,
    ids: &[Uuid],
    sent_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with moved as (
             delete from outbox where message_id = any($1) returning message_id, subject, envelope)
         insert into sent (sent_on, message_id, subject, envelope, sent_at)
         select ($2::timestamptz at time zone 'UTC')::date, message_id, subject, envelope, $2
         from moved
         on conflict do nothing",
        ids,
        sent_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
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
                message_id: row.message_id,
                subject: row.subject,
                envelope: row.envelope,
                recorded_at: sent_at,
            };
            (kept, sent_at)
        })
        .collect())
}

/// When the newest row of `sent` was confirmed.
pub(crate) async fn newest_sent(conn: &mut PgConnection) -> sqlx::Result<Option<Timestamp>> {
    let newest = sqlx::query_scalar!("select max(sent_at) from sent").fetch_one(conn).await?;
    Ok(newest.map(jiff_sqlx::Timestamp::to_jiff))
}

/// The broker as it was seen last; replaced by what is seen now.
pub(crate) async fn exchange_broker(
    conn: &mut PgConnection,
    stream: &str,
    identity: &str,
    started_at: &str,
) -> sqlx::Result<Option<(String, String)>> {
    let before = sqlx::query!("select identity, started_at from broker where stream = $1", stream)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into broker (stream, identity, started_at) values ($1, $2, $3)
         on conflict (stream) do update
         set identity = excluded.identity, started_at = excluded.started_at",
        stream,
        identity,
        started_at,
    )
    .execute(conn)
    .await?;
    Ok(before.map(|row| (row.identity, row.started_at)))
}
