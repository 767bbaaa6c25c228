//! Messages taken aside for a person.

use contracts::operations::ParkedReason;
use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// A message to take aside.
#[derive(Clone, Debug)]
pub(crate) struct ParkedRow {
    pub(crate) message_id: Uuid,
    pub(crate) reason: ParkedReason,
    pub(crate) subject: String,
    pub(crate) envelope: String,
    pub(crate) detail: String,
    /// Whether it was parked before, and a replay failed.
    pub(crate) is_replay: bool,
}

const fn parked_code(reason: &ParkedReason) -> &'static str {
    match reason {
        ParkedReason::Poison => "poison",
        ParkedReason::Bug => "bug",
        ParkedReason::Stale => "stale",
    }
}

fn parked_reason(code: &str) -> ParkedReason {
    match code {
        "poison" => ParkedReason::Poison,
        "stale" => ParkedReason::Stale,
        _ => ParkedReason::Bug,
    }
}

/// Parks messages; one that was parked before is open again, with its history. But what is stale
/// comes back with every refill: once settled it stays settled.
pub(crate) async fn park(
    conn: &mut PgConnection,
    rows: &[ParkedRow],
    now: Timestamp,
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.message_id).collect();
    let reasons: Vec<String> = rows.iter().map(|row| parked_code(&row.reason).to_owned()).collect();
    let subjects: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
    let envelopes: Vec<String> = rows.iter().map(|row| row.envelope.clone()).collect();
    let details: Vec<String> = rows.iter().map(|row| row.detail.clone()).collect();
    let replays: Vec<i32> = rows.iter().map(|row| i32::from(row.is_replay)).collect();
    sqlx::query!(
        "insert into parked (message_id, state, reason, subject, envelope, detail, parked_at,
                             replay_count)
         select id, 'open', reason, subject, envelope, detail, $6::timestamptz, replay
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $7::int[])
              as taken (id, reason, subject, envelope, detail, replay)
         on conflict (message_id) do update
         set state = 'open', reason = excluded.reason, detail = excluded.detail,
             replay_count = parked.replay_count + excluded.replay_count,
             history = parked.history || jsonb_build_object(
                 'at', parked.parked_at, 'reason', parked.reason, 'detail', parked.detail),
             parked_at = excluded.parked_at
         where parked.state = 'open' or excluded.reason <> 'stale'",
        &ids,
        &reasons,
        &subjects,
        &envelopes,
        &details,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        &replays,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A parked message as it is kept.
#[derive(Debug)]
pub(crate) struct KeptParked {
    pub(crate) message_id: Uuid,
    pub(crate) subject: String,
    pub(crate) reason: ParkedReason,
    pub(crate) detail: String,
    pub(crate) parked_at: Timestamp,
    pub(crate) replay_count: i32,
    pub(crate) envelope: String,
}

pub(crate) async fn list_parked(
    conn: &mut PgConnection,
    only: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<KeptParked>> {
    let rows = sqlx::query!(
        "select message_id, subject, reason, detail, parked_at, replay_count, envelope
         from parked where state = 'open' and ($1::uuid is null or message_id = $1)
         order by parked_at limit $2",
        only,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KeptParked {
            message_id: row.message_id,
            subject: row.subject,
            reason: parked_reason(&row.reason),
            detail: row.detail,
            parked_at: row.parked_at.to_jiff(),
            replay_count: row.replay_count,
            envelope: row.envelope,
        })
        .collect())
}

/// Locks open parked messages for this transaction; returns those that are still open.
pub(crate) async fn lock_parked(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select message_id from parked where message_id = any($1) and state = 'open'
         order by message_id for update skip locked",
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Closes parked messages as replayed or discarded.
pub(crate) async fn close_parked(
    conn: &mut PgConnection,
    ids: &[Uuid],
    discarded: bool,
) -> sqlx::Result<u64> {
    let state = if discarded { "discarded" } else { "replayed" };
    let done = sqlx::query!(
        "update parked set state = $2,
                replay_count = replay_count + case when $3 then 0 else 1 end
         where message_id = any($1) and state = 'open'",
        ids,
        state,
        discarded,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
