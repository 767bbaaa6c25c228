//! The database that we live in: whether it is still the same one.

use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;

/// Notes the database that we are in. Where it is another one than before, or `is_restored` says
/// so, recovery begins, and returns true: every act that the outside cannot deduplicate and that is
/// not done becomes uncertain, and evidence is sought from `evidence_from` on.
pub(crate) async fn see_home(
    conn: &mut PgConnection,
    identity: &str,
    is_restored: bool,
    now: Timestamp,
    evidence_from: Timestamp,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"with seen as (
             insert into home as it (identity, recovering_since)
             values ($1, case when $2 then $3::timestamptz end)
             on conflict (is_only) do update
             set identity = excluded.identity,
                 recovering_since = case when $2 or it.identity <> excluded.identity then $3
                                         else it.recovering_since end
             returning recovering_since is not distinct from $3 as begins),
         doubted as (
             update effect set state = 'uncertain', lease_until = null, next_try_at = $4
             where once and state in ('pending', 'started') and (select begins from seen))
         select begins as "begins!" from seen"#,
        identity,
        is_restored,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        evidence_from.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(conn)
    .await
}

/// Since when the service recovers, if it does.
pub(crate) async fn recovering_since(conn: &mut PgConnection) -> sqlx::Result<Option<Timestamp>> {
    let since = sqlx::query_scalar!(
        r#"select recovering_since as "since: jiff_sqlx::Timestamp" from home"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(since.flatten().map(jiff_sqlx::Timestamp::to_jiff))
}

/// Ends the recovery; false where there was none.
pub(crate) async fn end_recovery(conn: &mut PgConnection) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("update home set recovering_since = null where recovering_since is not null")
            .execute(conn)
            .await?;
    Ok(done.rows_affected() > 0)
}
