//! Requests that changed something, and their answers.

use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;

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
    find_request(conn, subject, key).await
}

/// What is known of a request's key.
pub(crate) async fn find_request(
    conn: &mut PgConnection,
    subject: &str,
    key: &str,
) -> sqlx::Result<Option<KeptRequest>> {
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
