//! Which statements cost Postgres most, as it counts them itself (`pg_stat_statements`).

use sqlx::{PgConnection, raw_sql};

/// So many are told.
const TOLD: i64 = 20;
/// Signs of a statement that are told.
const SIGNS: i32 = 160;

/// Has Postgres count from its next start on.
pub(crate) async fn prepare(conn: &mut PgConnection) {
    let set = "alter system set shared_preload_libraries = 'pg_stat_statements'";
    raw_sql(set).execute(conn).await.expect("a superuser may");
}

/// Begins to count anew.
pub(crate) async fn forget(conn: &mut PgConnection) {
    let anew = "create extension if not exists pg_stat_statements schema public;
                select public.pg_stat_statements_reset()";
    raw_sql(anew).execute(conn).await.expect("the library is loaded");
}

/// Prints the statements that took longest, waits for locks within, of so many pieces of work.
pub(crate) async fn tell(conn: &mut PgConnection, pieces: u32) {
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        r"select calls, (total_exec_time * 1000)::bigint / $1::bigint, rows,
                 left(regexp_replace(query, '\s+', ' ', 'g'), $2)
          from public.pg_stat_statements order by total_exec_time desc limit $3",
    )
    .bind(i64::from(pieces.max(1)))
    .bind(SIGNS)
    .bind(TOLD)
    .fetch_all(conn)
    .await
    .expect("they are counted");
    println!("  of each, us:  calls    rows  statement");
    for (calls, micros, rows, statement) in rows {
        println!("  {micros:>11} {calls:>6} {rows:>7}  {statement}");
    }
}
