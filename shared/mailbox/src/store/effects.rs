//! Acts on the outside world, from wish to ending.

use std::collections::HashMap;

use contracts::operations::UncertainFilter;
use jiff_sqlx::ToSqlx;
use primitives::{CorrelationId, EffectId, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::handler::MintedEffect;

/// An effect to keep, with where it came from.
#[derive(Debug)]
pub(crate) struct NewEffect<'a> {
    pub(crate) effect: &'a MintedEffect,
    pub(crate) correlation: CorrelationId,
    pub(crate) traceparent: Option<&'a str>,
    pub(crate) business_now: Timestamp,
}

/// Adds effects. With `doubt`, those that the outside cannot deduplicate may have been performed
/// already, and evidence of that is sought from then on.
pub(crate) async fn add_effects(
    conn: &mut PgConnection,
    effects: &[NewEffect<'_>],
    now: Timestamp,
    doubt: Option<Timestamp>,
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
         select id, aggregate_kind, aggregate_id, kind, once, body,
                case when once and $12::timestamptz is not null then 'uncertain'
                     else 'pending' end,
                due_at, not_after, case when once then coalesce($12, $11) else $11 end,
                correlation_id, traceparent, $11::timestamptz
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
        doubt.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An effect as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptEffect {
    pub(crate) effect_id: Uuid,
    pub(crate) aggregate_kind: String,
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
            aggregate_kind: $row.aggregate_kind,
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
        "select effect_id, aggregate_kind, aggregate_id, kind, once, body, not_after, attempts,
                correlation_id, traceparent, created_at
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

/// Locks effects that are still pending and due for a try, under their aggregates' locks; with how
/// often each was tried by now.
pub(crate) async fn lock_pending(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: Timestamp,
) -> sqlx::Result<HashMap<Uuid, i32>> {
    let rows = sqlx::query!(
        "select effect_id, attempts from effect
         where effect_id = any($1) and state = 'pending' and next_try_at <= $2
         order by effect_id for update skip locked",
        ids,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.effect_id, row.attempts)).collect())
}

/// Starts effects under a lease. Leases are measured by one clock, the database's: the clocks of
/// two replicas may differ.
pub(crate) async fn start_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    lease_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'started', attempts = attempts + 1,
                lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
         where effect_id = any($1)",
        ids,
        lease_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts off effects that could not even be claimed, so that they do not stand before others.
pub(crate) async fn put_off_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    next_try_at: Timestamp,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set next_try_at = $2, last_error = $3
         where effect_id = any($1) and state = 'pending'",
        ids,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
        error,
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
    lease_ms: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update effect set lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
         where effect_id = $1 and attempts = $2 and state = 'started'",
        id,
        attempt,
        lease_ms,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an effect back that was certainly not performed, unless a person has it in hand by now.
pub(crate) async fn give_back_effect(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    next_try_at: Timestamp,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'pending', lease_until = null, next_try_at = $3, last_error = $4
         where effect_id = $1 and attempts = $2
           and (state = 'started' or state = 'uncertain' and not announced)",
        id,
        attempt,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
        error,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Of each kind, brings forward the effect that was given back and is tried first, unless that is
/// soon; returns how many.
pub(crate) async fn probe_effects(
    conn: &mut PgConnection,
    now: Timestamp,
    soon: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update effect e set next_try_at = $1
         from (select distinct on (aggregate_kind, kind) effect_id
               from effect where state = 'pending' and attempts > 0
               order by aggregate_kind, kind, next_try_at) as first
         where e.effect_id = first.effect_id and e.state = 'pending' and e.next_try_at > $2",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        soon.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Brings forward all effects of the kind of this one that were given back; returns how many.
pub(crate) async fn recall_effects(
    conn: &mut PgConnection,
    like: &KeptEffect,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update effect set next_try_at = $3
         where effect_id in (
             select effect_id from effect
             where state = 'pending' and attempts > 0 and next_try_at > $3
               and aggregate_kind = $1 and kind = $2
             order by effect_id for update skip locked)",
        like.aggregate_kind,
        like.kind,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Started effects whose lease is over: those that may be repeated are pending again, the others
/// are uncertain, and evidence is sought from `settled_by` on.
pub(crate) async fn expire_leases(
    conn: &mut PgConnection,
    now: Timestamp,
    settled_by: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect
         set state = case when once then 'uncertain' else 'pending' end,
             lease_until = null,
             next_try_at = case when once then $2::timestamptz else $1::timestamptz end
         where effect_id in (
             select effect_id from effect
             where state = 'started' and lease_until < clock_timestamp()
             order by effect_id for update skip locked)",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        settled_by.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One act is uncertain, and its performer knows it already; evidence is sought from `settled_by`.
pub(crate) async fn mark_uncertain(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    settled_by: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set state = 'uncertain', lease_until = null, next_try_at = $3
         where effect_id = $1 and attempts = $2 and state = 'started'",
        id,
        attempt,
        settled_by.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes uncertain effects that evidence should be sought for, with whether they were announced.
/// Until `next_try_at` nobody else takes them.
pub(crate) async fn take_uncertain(
    conn: &mut PgConnection,
    now: Timestamp,
    next_try_at: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<(KeptEffect, bool)>> {
    let rows = sqlx::query!(
        "update effect set next_try_at = $2
         where effect_id in (
             select effect_id from effect where state = 'uncertain' and next_try_at <= $1
             order by next_try_at limit $3 for update skip locked)
         returning effect_id, aggregate_kind, aggregate_id, kind, once, body, not_after, attempts,
                   correlation_id, traceparent, created_at, announced",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        next_try_at.to_sqlx() as jiff_sqlx::Timestamp,
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

/// Evidence of an uncertain effect is sought again at `next_try_at`.
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

/// Uncertain acts that fit, oldest first; and how many there are.
pub(crate) async fn list_uncertain(
    conn: &mut PgConnection,
    which: &UncertainFilter,
    limit: i64,
) -> sqlx::Result<(Vec<KeptEffect>, i64)> {
    let rows = sqlx::query!(
        r#"select effect_id, aggregate_kind, aggregate_id, kind, once, body, not_after, attempts,
                  correlation_id, traceparent, created_at, count(*) over () as "total!"
           from effect
           where state = 'uncertain'
             and ($1::uuid is null or effect_id = $1)
             and ($2::text is null or kind = $2)
             and ($3::timestamptz is null or created_at < $3)
           order by created_at, effect_id limit $4"#,
        which.effect_id.as_ref().map(EffectId::as_uuid),
        which.kind,
        which.before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| kept!(row)).collect(), total))
}

/// Adds what somebody found out to the history of uncertain acts.
pub(crate) async fn note_uncertain(
    conn: &mut PgConnection,
    ids: &[Uuid],
    note: &Value,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update effect set history = history || $2::jsonb
         where effect_id = any($1) and state = 'uncertain'",
        ids,
        note,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves effects from the states an ending may come from to the state that it leads to; returns
/// those that moved. Called under the aggregates' locks.
///
/// `Performed` also ends an attempt that was given back in the meantime: what is known to have
/// happened is not done again.
pub(crate) async fn end_effects(
    conn: &mut PgConnection,
    ids: &[Uuid],
    attempts: &[i32],
    endings: &[String],
    now: Timestamp,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "update effect e
         set state = case when ending.name in ('expired', 'uncertain') then ending.name
                          else 'done' end,
             lease_until = null, announced = ending.name = 'uncertain',
             settled_at = case when ending.name = 'uncertain' then null else $4::timestamptz end,
             next_try_at = greatest(next_try_at, $4::timestamptz)
         from unnest($1::uuid[], $2::int[], $3::text[]) as ending (id, attempt, name)
         where e.effect_id = ending.id and e.attempts = ending.attempt
           and case ending.name
                   when 'expired' then e.state in ('pending', 'started')
                   when 'uncertain' then e.state = 'uncertain' and not e.announced
                   when 'performed' then e.state in ('pending', 'started', 'uncertain')
                   else e.state in ('started', 'uncertain')
               end
         returning e.effect_id",
        ids,
        attempts,
        endings,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await
}

/// Forgets settled effects older than the horizon, a bounded number at a time.
pub(crate) async fn forget_effects(
    conn: &mut PgConnection,
    before: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from effect where effect_id in (
             select effect_id from effect where settled_at < $1 limit 1000)",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
