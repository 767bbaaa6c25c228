//! All SQL of the mailbox. Every statement works on many rows at once.

use contracts::operations::{ParkedReason, WaitingReason};
use jiff_sqlx::ToSqlx;
use primitives::{CorrelationId, Date, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::Row;
use crate::handler::MintedEffect;

/// A message on its way out, or kept after it went.
#[derive(Clone, Debug)]
pub(crate) struct OutboxRow {
    pub(crate) message_id: Uuid,
    pub(crate) subject: String,
    pub(crate) envelope: String,
    pub(crate) recorded_at: Timestamp,
}

/// Records message ids; returns those that were new.
pub(crate) async fn record_new(
    conn: &mut PgConnection,
    recorded_on: &[Date],
    ids: &[Uuid],
) -> sqlx::Result<Vec<Uuid>> {
    let days: Vec<jiff_sqlx::Date> = recorded_on.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query_scalar!(
        "insert into inbox (recorded_on, message_id)
         select * from unnest($1::date[], $2::uuid[])
         on conflict do nothing
         returning message_id",
        &days as &[jiff_sqlx::Date],
        ids,
    )
    .fetch_all(conn)
    .await
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
             detail = excluded.detail",
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

/// A message to take aside.
#[derive(Clone, Debug)]
pub(crate) struct ParkedRow {
    pub(crate) message_id: Uuid,
    pub(crate) reason: ParkedReason,
    pub(crate) subject: String,
    pub(crate) envelope: String,
    pub(crate) detail: String,
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

/// Parks messages; one that was parked before is open again, with its history.
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
    sqlx::query!(
        "insert into parked (message_id, state, reason, subject, envelope, detail, parked_at)
         select id, 'open', reason, subject, envelope, detail, $6::timestamptz
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
              as taken (id, reason, subject, envelope, detail)
         on conflict (message_id) do update
         set state = 'open', reason = excluded.reason, detail = excluded.detail,
             history = parked.history || jsonb_build_object(
                 'at', parked.parked_at, 'reason', parked.reason, 'detail', parked.detail),
             parked_at = excluded.parked_at",
        &ids,
        &reasons,
        &subjects,
        &envelopes,
        &details,
        now.to_sqlx() as jiff_sqlx::Timestamp,
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

/// An effect to keep, with where it came from.
#[derive(Debug)]
pub(crate) struct NewEffect<'a> {
    pub(crate) effect: &'a MintedEffect,
    pub(crate) correlation: CorrelationId,
    pub(crate) traceparent: Option<&'a str>,
    pub(crate) business_now: Timestamp,
}

pub(crate) async fn add_effects(
    conn: &mut PgConnection,
    effects: &[NewEffect<'_>],
    now: Timestamp,
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = effects.iter().map(|new| new.effect.id).collect();
    let kinds: Vec<String> = effects.iter().map(|new| new.effect.row.kind.to_owned()).collect();
    let aggregates: Vec<Uuid> = effects.iter().map(|new| new.effect.row.id).collect();
    let names: Vec<String> = effects.iter().map(|new| new.effect.kind.to_owned()).collect();
    let once: Vec<bool> = effects.iter().map(|new| new.effect.once).collect();
    let bodies: Vec<Value> = effects.iter().map(|new| new.effect.body.clone()).collect();
    let due: Vec<jiff_sqlx::Timestamp> = effects
        .iter()
        .map(|new| new.effect.not_before.unwrap_or(new.business_now).to_sqlx())
        .collect();
    let not_after: Vec<Option<jiff_sqlx::Timestamp>> =
        effects.iter().map(|new| new.effect.not_after.map(ToSqlx::to_sqlx)).collect();
    let correlations: Vec<Uuid> = effects.iter().map(|new| new.correlation.as_uuid()).collect();
    let traces: Vec<Option<String>> =
        effects.iter().map(|new| new.traceparent.map(str::to_owned)).collect();
    sqlx::query!(
        "insert into effect (effect_id, aggregate_kind, aggregate_id, kind, once, body, state,
                             due_at, not_after, next_try_at, correlation_id, traceparent,
                             created_at)
         select id, aggregate_kind, aggregate_id, kind, once, body, 'pending', due_at, not_after,
                $11::timestamptz, correlation_id, traceparent, $11
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bool[], $6::jsonb[],
                     $7::timestamptz[], $8::timestamptz[], $9::uuid[], $10::text[])
              as new (id, aggregate_kind, aggregate_id, kind, once, body, due_at, not_after,
                      correlation_id, traceparent)",
        &ids,
        &kinds,
        &aggregates,
        &names,
        &once,
        &bodies,
        &due as &[jiff_sqlx::Timestamp],
        &not_after as &[Option<jiff_sqlx::Timestamp>],
        &correlations,
        &traces as &[Option<String>],
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An effect as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptEffect {
    pub(crate) effect_id: Uuid,
    pub(crate) aggregate_id: Uuid,
    pub(crate) kind: String,
    pub(crate) once: bool,
    pub(crate) body: Value,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) attempts: i32,
    pub(crate) correlation: CorrelationId,
    pub(crate) traceparent: Option<String>,
    pub(crate) created_at: Timestamp,
}

macro_rules! kept {
    ($row:ident) => {
        KeptEffect {
            effect_id: $row.effect_id,
            aggregate_id: $row.aggregate_id,
            kind: $row.kind,
            once: $row.once,
            body: $row.body,
            not_after: $row.not_after.map(|at| at.to_jiff()),
            attempts: $row.attempts,
            correlation: CorrelationId::from_uuid($row.correlation_id),
            traceparent: $row.traceparent,
            created_at: $row.created_at.to_jiff(),
        }
    };
}

/// Effects that may be started: pending, due in business time, and due for a try in wall time.
pub(crate) async fn startable_effects(
    conn: &mut PgConnection,
    business_now: Timestamp,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<KeptEffect>> {
    let rows = sqlx::query!(
        "select effect_id, aggregate_id, kind, once, body, not_after, attempts, correlation_id,
                traceparent, created_at
         from effect where state = 'pending' and due_at <= $1 and next_try_at <= $2
         order by next_try_at limit $3",
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| kept!(row)).collect())
}

/// Locks effects that are still pending, under their aggregates' locks.
pub(crate) async fn lock_pending(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select effect_id from effect where effect_id = any($1) and state = 'pending'
         order by effect_id for update skip locked",
        ids,
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn start_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    lease_until: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'started', attempts = attempts + 1, lease_until = $2
         where effect_id = any($1)",
        ids,
        lease_until.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'withdrawn', settled_at = $2 where effect_id = any($1)",
        ids,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the lease of a running act; false when it was lost.
pub(crate) async fn extend_lease(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    lease_until: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update effect set lease_until = $3
         where effect_id = $1 and attempts = $2 and state = 'started'",
        id,
        attempt,
        lease_until.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an effect back that was certainly not performed.
pub(crate) async fn give_back_effect(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    next_try_at: Timestamp,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'pending', lease_until = null, next_try_at = $3, last_error = $4
         where effect_id = $1 and attempts = $2 and state in ('started', 'uncertain')",
        id,
        attempt,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
        error,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Started effects whose lease is over: those that may be repeated are pending again, the others
/// are uncertain. Returns how many there were.
pub(crate) async fn expire_leases(conn: &mut PgConnection, now: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update effect
         set state = case when once then 'uncertain' else 'pending' end,
             lease_until = null, next_try_at = $1
         where effect_id in (
             select effect_id from effect where state = 'started' and lease_until < $1
             order by effect_id for update skip locked)",
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// One act is uncertain, and its performer knows it already.
pub(crate) async fn mark_uncertain(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'uncertain', lease_until = null, next_try_at = $3
         where effect_id = $1 and attempts = $2 and state = 'started'",
        id,
        attempt,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uncertain effects that evidence should be sought for, with whether they were announced.
pub(crate) async fn uncertain_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<(KeptEffect, bool)>> {
    let rows = sqlx::query!(
        "select effect_id, aggregate_id, kind, once, body, not_after, attempts, correlation_id,
                traceparent, created_at, announced
         from effect where state = 'uncertain' and next_try_at <= $1
         order by next_try_at limit $2",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let announced = row.announced;
            (kept!(row), announced)
        })
        .collect())
}

pub(crate) async fn postpone_uncertain(
    conn: &mut PgConnection,
    id: Uuid,
    next_try_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set next_try_at = $2 where effect_id = $1 and state = 'uncertain'",
        id,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every uncertain act, or the one asked for.
pub(crate) async fn list_uncertain(
    conn: &mut PgConnection,
    only: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<KeptEffect>> {
    let rows = sqlx::query!(
        "select effect_id, aggregate_id, kind, once, body, not_after, attempts, correlation_id,
                traceparent, created_at
         from effect where state = 'uncertain' and ($1::uuid is null or effect_id = $1)
         order by created_at limit $2",
        only,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| kept!(row)).collect())
}

/// Moves effects from the states an ending may come from to the state that it leads to; returns
/// those that moved. Called under the aggregates' locks.
pub(crate) async fn end_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    attempts: &[i32],
    ended: &[String],
    now: Timestamp,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "update effect e
         set state = ending.state, lease_until = null, announced = ending.state = 'uncertain',
             settled_at = case when ending.state = 'uncertain' then null else $4::timestamptz end,
             next_try_at = $4
         from unnest($1::uuid[], $2::int[], $3::text[]) as ending (id, attempt, state)
         where e.effect_id = ending.id and e.attempts = ending.attempt
           and case ending.state
                   when 'expired' then e.state = 'pending'
                   when 'uncertain' then e.state = 'uncertain' and not e.announced
                   else e.state in ('started', 'uncertain')
               end
         returning e.effect_id",
        ids,
        attempts,
        ended,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await
}

/// A timer to set.
#[derive(Debug)]
pub(crate) struct NewTimer<'a> {
    pub(crate) row: Row,
    pub(crate) name: &'static str,
    pub(crate) due_at: Timestamp,
    pub(crate) correlation: CorrelationId,
    pub(crate) traceparent: Option<&'a str>,
}

/// Sets timers; one of the same name is replaced, under a new generation.
pub(crate) async fn set_timers(
    conn: &mut PgConnection,
    timers: &[NewTimer<'_>],
) -> sqlx::Result<()> {
    let kinds: Vec<String> = timers.iter().map(|timer| timer.row.kind.to_owned()).collect();
    let ids: Vec<Uuid> = timers.iter().map(|timer| timer.row.id).collect();
    let names: Vec<String> = timers.iter().map(|timer| timer.name.to_owned()).collect();
    let due: Vec<_> = timers.iter().map(|timer| timer.due_at.to_sqlx()).collect();
    let correlations: Vec<Uuid> = timers.iter().map(|timer| timer.correlation.as_uuid()).collect();
    let traces: Vec<Option<String>> =
        timers.iter().map(|timer| timer.traceparent.map(str::to_owned)).collect();
    sqlx::query!(
        "insert into timer (aggregate_kind, aggregate_id, name, generation, due_at,
                            correlation_id, traceparent)
         select kind, id, name, 1, due_at, correlation_id, traceparent
         from unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::uuid[], $6::text[])
              as new (kind, id, name, due_at, correlation_id, traceparent)
         on conflict (aggregate_kind, aggregate_id, name) do update
         set generation = timer.generation + 1, due_at = excluded.due_at,
             correlation_id = excluded.correlation_id, traceparent = excluded.traceparent",
        &kinds,
        &ids,
        &names,
        &due as &[jiff_sqlx::Timestamp],
        &correlations,
        &traces as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stops timers. The row stays, far in the future, so that generations never repeat.
pub(crate) async fn cancel_timers(
    conn: &mut PgConnection,
    timers: &[(Row, &'static str)],
) -> sqlx::Result<()> {
    let kinds: Vec<String> = timers.iter().map(|(row, _)| row.kind.to_owned()).collect();
    let ids: Vec<Uuid> = timers.iter().map(|(row, _)| row.id).collect();
    let names: Vec<String> = timers.iter().map(|(_, name)| (*name).to_owned()).collect();
    sqlx::query!(
        "update timer t set generation = t.generation + 1, due_at = 'infinity'
         from unnest($1::text[], $2::uuid[], $3::text[]) as gone (kind, id, name)
         where t.aggregate_kind = gone.kind and t.aggregate_id = gone.id and t.name = gone.name",
        &kinds,
        &ids,
        &names,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A timer that is due.
#[derive(Clone, Debug)]
pub(crate) struct DueTimer {
    pub(crate) kind: String,
    pub(crate) aggregate_id: Uuid,
    pub(crate) name: String,
    pub(crate) generation: i64,
    pub(crate) due_at: Timestamp,
    pub(crate) correlation: CorrelationId,
    pub(crate) traceparent: Option<String>,
}

pub(crate) async fn due_timers(
    conn: &mut PgConnection,
    business_now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<DueTimer>> {
    let rows = sqlx::query!(
        "select aggregate_kind, aggregate_id, name, generation, due_at, correlation_id, traceparent
         from timer where due_at <= $1 order by due_at, aggregate_id limit $2",
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| DueTimer {
            kind: row.aggregate_kind,
            aggregate_id: row.aggregate_id,
            name: row.name,
            generation: row.generation,
            due_at: row.due_at.to_jiff(),
            correlation: CorrelationId::from_uuid(row.correlation_id),
            traceparent: row.traceparent,
        })
        .collect())
}

/// Takes the firings of timers whose generation still holds; returns their positions in the input.
/// Called under the aggregates' locks.
pub(crate) async fn take_timers(
    conn: &mut PgConnection,
    timers: &[DueTimer],
) -> sqlx::Result<Vec<i64>> {
    let kinds: Vec<String> = timers.iter().map(|timer| timer.kind.clone()).collect();
    let ids: Vec<Uuid> = timers.iter().map(|timer| timer.aggregate_id).collect();
    let names: Vec<String> = timers.iter().map(|timer| timer.name.clone()).collect();
    let generations: Vec<i64> = timers.iter().map(|timer| timer.generation).collect();
    sqlx::query_scalar!(
        r#"update timer t set due_at = 'infinity'
         from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) with ordinality
              as fired (kind, id, name, generation, position)
         where t.aggregate_kind = fired.kind and t.aggregate_id = fired.id
           and t.name = fired.name and t.generation = fired.generation and t.due_at <> 'infinity'
         returning fired.position as "position!""#,
        &kinds,
        &ids,
        &names,
        &generations,
    )
    .fetch_all(conn)
    .await
}

/// What is known of a request's key.
#[derive(Debug)]
pub(crate) struct KeptRequest {
    pub(crate) body_hash: Vec<u8>,
    pub(crate) answer: Option<String>,
}

/// Records a request's key; returns what stood there before, if anything did.
pub(crate) async fn begin_request(
    conn: &mut PgConnection,
    subject: &str,
    key: &str,
    body_hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<KeptRequest>> {
    let inserted = sqlx::query!(
        "insert into request (subject, idempotency_key, body_hash, answered_at)
         values ($1, $2, $3, $4) on conflict do nothing",
        subject,
        key,
        body_hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    sqlx::query_as!(
        KeptRequest,
        "select body_hash, answer from request where subject = $1 and idempotency_key = $2",
        subject,
        key,
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn keep_answer(
    conn: &mut PgConnection,
    subject: &str,
    key: &str,
    answer: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update request set answer = $3 where subject = $1 and idempotency_key = $2",
        subject,
        key,
        answer,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets requests that failed, so that they may be asked again.
pub(crate) async fn forget_failed(
    conn: &mut PgConnection,
    subject: &str,
    key: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from request where subject = $1 and idempotency_key = $2 and answer is null",
        subject,
        key,
    )
    .execute(conn)
    .await?;
    Ok(())
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

/// Makes and drops the daily partitions.
pub(crate) async fn maintain(
    conn: &mut PgConnection,
    today: Date,
    keep_days: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"select 1 as "done!" from maintain_partitions($1, $2)"#,
        today.to_sqlx() as jiff_sqlx::Date,
        keep_days
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Forgets the answers of requests older than the horizon, a bounded number at a time.
pub(crate) async fn forget_requests(
    conn: &mut PgConnection,
    before: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from request where (subject, idempotency_key) in (
             select subject, idempotency_key from request where answered_at < $1 limit 1000)",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Counts of everything that is on its way.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) unsent: i64,
    pub(crate) effects_due: i64,
    pub(crate) timers_due: i64,
    pub(crate) waiting: i64,
    pub(crate) parked: i64,
    pub(crate) uncertain: i64,
    pub(crate) next_due_at: Option<Timestamp>,
}

pub(crate) async fn counts(
    conn: &mut PgConnection,
    business_now: Timestamp,
) -> sqlx::Result<Counts> {
    let row = sqlx::query!(
        r#"select
             (select count(*) from outbox) as "unsent!",
             (select count(*) from effect
              where state = 'started' or (state = 'pending' and due_at <= $1)
                 or (state = 'uncertain' and not announced)) as "effects_due!",
             (select count(*) from timer where due_at <= $1) as "timers_due!",
             (select count(*) from waiting) as "waiting!",
             (select count(*) from parked where state = 'open') as "parked!",
             (select count(*) from effect where state = 'uncertain') as "uncertain!",
             (select min(due_at) from (
                 (select due_at from timer where due_at > $1 and due_at <> 'infinity'
                  order by due_at limit 1)
                 union all
                 (select due_at from effect where state = 'pending' and due_at > $1
                  order by due_at limit 1)) as coming) as next_due_at"#,
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        unsent: row.unsent,
        effects_due: row.effects_due,
        timers_due: row.timers_due,
        waiting: row.waiting,
        parked: row.parked,
        uncertain: row.uncertain,
        next_due_at: row.next_due_at.map(jiff_sqlx::Timestamp::to_jiff),
    })
}
