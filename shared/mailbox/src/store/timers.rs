//! Timers: one per aggregate and name.

use jiff_sqlx::ToSqlx;
use primitives::{CorrelationId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::Row;

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
