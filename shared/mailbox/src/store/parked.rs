//! Messages taken aside for a person.

use contracts::operations::{
    ParkedEvent, ParkedFilter, ParkedMessage, ParkedReason, ParkedState, SettledAs,
};
use jiff_sqlx::ToSqlx;
use primitives::{Actor, MessageId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
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
        ParkedReason::GivenUp => "given-up",
    }
}

fn parked_reason(code: &str) -> ParkedReason {
    match code {
        "poison" => ParkedReason::Poison,
        "stale" => ParkedReason::Stale,
        "given-up" => ParkedReason::GivenUp,
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
             closed_at = null, replay_count = parked.replay_count + excluded.replay_count,
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

/// Open messages that fit, or settled ones, oldest first; and how many there are.
pub(crate) async fn list_parked(
    conn: &mut PgConnection,
    which: &ParkedFilter,
    settled: bool,
    limit: i64,
) -> sqlx::Result<(Vec<ParkedMessage>, i64)> {
    let rows = sqlx::query!(
        r#"select message_id, subject, state, reason, detail, parked_at, replay_count,
                  count(*) over () as "total!"
           from parked
           where (state <> 'open') = $1
             and ($2::uuid is null or message_id = $2)
             and ($3::text is null or subject = $3 or starts_with(subject, $3 || '.v'))
             and ($4::text is null or reason = $4)
             and ($5::text is null or position(lower($5) in lower(detail)) > 0)
             and ($6::timestamptz is null or parked_at < $6)
           order by parked_at, message_id limit $7"#,
        settled,
        which.message_id.as_ref().map(MessageId::as_uuid),
        which.message_type,
        which.reason.as_ref().map(parked_code),
        which.detail_has,
        which.before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let told = rows.into_iter().map(|row| ParkedMessage {
        message_id: MessageId::from_uuid(row.message_id),
        message_type: row.subject,
        state: parked_state(&row.state),
        reason: parked_reason(&row.reason),
        detail: row.detail,
        parked_at: row.parked_at.to_jiff(),
        replay_count: u32::try_from(row.replay_count).unwrap_or_default(),
    });
    Ok((told.collect(), total))
}

/// The ids and envelopes of open messages that fit, behind the given one: one page. In the order of
/// their ids, so that what is parked again meanwhile does not come again.
pub(crate) async fn page_parked(
    conn: &mut PgConnection,
    which: &ParkedFilter,
    but_stale: bool,
    after: Option<MessageId>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        "select message_id, envelope
         from parked
         where state = 'open'
           and ($1::uuid is null or message_id = $1)
           and ($2::text is null or subject = $2 or starts_with(subject, $2 || '.v'))
           and ($3::text is null or reason = $3)
           and ($4::text is null or position(lower($4) in lower(detail)) > 0)
           and ($5::timestamptz is null or parked_at < $5)
           and ($6::uuid is null or message_id > $6)
           and not ($8 and reason = 'stale')
         order by message_id limit $7",
        which.message_id.as_ref().map(MessageId::as_uuid),
        which.message_type,
        which.reason.as_ref().map(parked_code),
        which.detail_has,
        which.before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        after.as_ref().map(MessageId::as_uuid),
        limit,
        but_stale,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.message_id, row.envelope)).collect())
}

/// A parked message, whatever became of it, with its envelope and its history.
pub(crate) async fn find_parked(
    conn: &mut PgConnection,
    id: MessageId,
) -> sqlx::Result<Option<(ParkedMessage, String, Vec<ParkedEvent>)>> {
    let row = sqlx::query!(
        "select subject, state, reason, detail, parked_at, replay_count, envelope, history
         from parked where message_id = $1",
        id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let parked = ParkedMessage {
            message_id: id,
            message_type: row.subject,
            state: parked_state(&row.state),
            reason: parked_reason(&row.reason),
            detail: row.detail,
            parked_at: row.parked_at.to_jiff(),
            replay_count: u32::try_from(row.replay_count).unwrap_or_default(),
        };
        let kept: Vec<KeptEvent> = serde_json::from_value(row.history).unwrap_or_default();
        (parked, row.envelope, kept.into_iter().map(KeptEvent::told).collect())
    }))
}

fn parked_state(code: &str) -> ParkedState {
    match code {
        "replayed" => ParkedState::Replayed,
        "discarded" => ParkedState::Discarded,
        _ => ParkedState::Open,
    }
}

/// An entry of a history, as [`park`] and [`note`] write it.
#[derive(Deserialize)]
struct KeptEvent {
    at: Timestamp,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    detail: String,
    action: Option<String>,
    by: Option<Actor>,
    because: Option<String>,
}

impl KeptEvent {
    fn told(self) -> ParkedEvent {
        let Some(action) = self.action else {
            let reason = parked_reason(&self.reason);
            return ParkedEvent::Parked { at: self.at, reason, detail: self.detail };
        };
        let action = match action.as_str() {
            "discarded" => SettledAs::Discarded,
            "given-up" => SettledAs::GivenUp,
            _ => SettledAs::Replayed,
        };
        let by = self.by.unwrap_or(Actor::Operator);
        ParkedEvent::Settled { at: self.at, action, by, because: self.because }
    }
}

/// What somebody did and why, as an entry of a history.
pub(crate) fn note(action: &str, by: &Actor, because: Option<&str>, at: Timestamp) -> Value {
    json!({ "at": at, "action": action, "by": by, "because": because })
}

/// Adds to the history of messages, whatever became of them.
pub(crate) async fn note_parked(
    conn: &mut PgConnection,
    ids: &[Uuid],
    note: &Value,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update parked set history = history || $2::jsonb where message_id = any($1)",
        ids,
        note,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes open messages for good, with the reason.
pub(crate) async fn discard_parked(
    conn: &mut PgConnection,
    ids: &[Uuid],
    note: &Value,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update parked set state = 'discarded', closed_at = $3, history = history || $2::jsonb
         where message_id = any($1) and state = 'open'",
        ids,
        note,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Parks messages that wait, with the reason; those that wait no more are left alone.
pub(crate) async fn give_up_waiting(
    conn: &mut PgConnection,
    ids: &[Uuid],
    note: &Value,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "with waited as (
             delete from waiting where message_id = any($1)
             returning message_id, subject, envelope, detail)
         insert into parked (message_id, state, reason, subject, envelope, detail, parked_at,
                             history)
         select message_id, 'open', 'given-up', subject, envelope, detail, $3,
                jsonb_build_array($2::jsonb)
         from waited
         on conflict (message_id) do update
         set state = 'open', reason = excluded.reason, detail = excluded.detail, closed_at = null,
             history = parked.history || jsonb_build_object(
                 'at', parked.parked_at, 'reason', parked.reason, 'detail', parked.detail)
                 || excluded.history,
             parked_at = excluded.parked_at",
        ids,
        note,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets messages that were settled before a time, a bounded number at a time.
pub(crate) async fn forget_parked(conn: &mut PgConnection, before: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from parked where message_id in (
             select message_id from parked
             where state <> 'open' and coalesce(closed_at, parked_at) < $1 limit 1000)",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
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

/// Closes parked messages as replayed.
pub(crate) async fn close_parked(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update parked set state = 'replayed', closed_at = $2, replay_count = replay_count + 1
         where message_id = any($1) and state = 'open'",
        ids,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}
