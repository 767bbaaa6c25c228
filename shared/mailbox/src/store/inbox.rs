//! Which messages were handled, and the daily partitions.

use jiff_sqlx::ToSqlx;
use primitives::Date;
use sqlx::PgConnection;
use uuid::Uuid;

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

/// Takes back what was recorded in the same transaction.
pub(crate) async fn unrecord(
    conn: &mut PgConnection,
    recorded_on: &[Date],
    ids: &[Uuid],
) -> sqlx::Result<()> {
    let days: Vec<jiff_sqlx::Date> = recorded_on.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query!(
        "delete from inbox using unnest($1::date[], $2::uuid[]) as aside (recorded_on, message_id)
         where inbox.recorded_on = aside.recorded_on and inbox.message_id = aside.message_id",
        &days as &[jiff_sqlx::Date],
        ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of the messages were recorded on any day that is remembered.
pub(crate) async fn known(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("select message_id from inbox where message_id = any($1)", ids)
        .fetch_all(conn)
        .await
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
