//! Which sources stand still because too much of what they brought was parked.

use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;

pub(crate) async fn stop_source(
    conn: &mut PgConnection,
    source: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into stopped (source, stopped_at) values ($1, $2) on conflict do nothing",
        source,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn stopped_sources(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!("select source from stopped").fetch_all(conn).await
}

/// Lets sources go on for which everything parked since the minute before they stopped is settled.
/// What a person gave up on is not of their making.
pub(crate) async fn release_sources(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from stopped s where not exists (
             select from parked p
             where p.state = 'open' and p.reason <> 'given-up'
               and p.parked_at >= s.stopped_at - interval '1 minute')"
    )
    .execute(conn)
    .await?;
    Ok(())
}
