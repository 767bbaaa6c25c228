//! All SQL of the letter service. Every statement works on many rows at once; none decides.

mod letter;
mod note;

use contracts::operations::Breach;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use primitives::{ContentHash, LetterId, Timestamp};
use runtime::error::{BoxError, chain};
use runtime::files::FileStore;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

pub(crate) use letter::listed;

/// How long after its permit's end a letter may still be on its way.
const OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long a note may be on its way.
const NOTE_OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// So many copies a check reads.
const COPIES_CHECKED: i64 = 1_000;

/// A row holds what the code never writes: somebody else wrote it, or a migration is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{table} {id} holds in column {column} what it cannot hold; correct the row")]
struct Inconsistent {
    table: &'static str,
    id: Uuid,
    column: &'static str,
    #[source]
    source: Option<BoxError>,
}

/// The check that no letter outlives its permit without an end, and that no note waits for days.
pub(crate) async fn not_lost(conn: &mut PgConnection, now: Timestamp) -> sqlx::Result<Vec<Breach>> {
    let before = now.checked_sub(OVERDUE_AFTER).unwrap_or(Timestamp::MIN);
    let letters = sqlx::query_scalar!(
        "select letter_id from letter
         where stage in ('requested', 'drafted') and not_after < $1
         order by not_after limit 1000",
        before.to_sqlx() as _
    )
    .fetch_all(&mut *conn)
    .await?;
    let before = now.checked_sub(NOTE_OVERDUE_AFTER).unwrap_or(Timestamp::MIN);
    let notes = sqlx::query_scalar!(
        "select note_id from note
         where stage in ('requested', 'drafted') and requested_at < $1
         order by requested_at limit 1000",
        before.to_sqlx() as _
    )
    .fetch_all(conn)
    .await?;
    let breach = |id, detail: &str| Breach {
        invariant: "not-lost".to_owned(),
        id,
        detail: detail.to_owned(),
    };
    let letters = letters.into_iter().map(|id| {
        let detail = "its permit ended more than an hour ago, and it has no end: look for its \
                      effect among the uncertain, and for its messages among the parked";
        breach(id, detail)
    });
    let notes = notes.into_iter().map(|id| {
        let detail = "this note to a creditor was asked for more than a day ago, and it has no \
                      end: look in letter's log for what hinders it";
        breach(id, detail)
    });
    Ok(letters.chain(notes).collect())
}

/// The check that what left can be shown as it left, on the letters and notes that left last. That
/// each letter had a permit is a constraint of the table.
pub(crate) async fn proof_of_dispatch(
    conn: &mut PgConnection,
    files: &FileStore,
) -> sqlx::Result<Vec<Breach>> {
    let copies = sqlx::query!(
        r#"(select letter_id as "id!", content as "content!" from letter
            where stage = 'dispatched' order by dispatched_at desc limit $1)
           union all
           (select note_id, content from note
            where stage = 'dispatched' order by dispatched_at desc limit $1)"#,
        COPIES_CHECKED
    )
    .fetch_all(conn)
    .await?;
    let mut breaches = Vec::new();
    for copy in copies {
        let content = ContentHash::parse(&copy.content)
            .map_err(|error| inconsistent("letter", copy.id, "content", Some(error.into())))?;
        if let Err(error) = files.get(content).await {
            breaches.push(Breach {
                invariant: "proof-of-dispatch".to_owned(),
                id: copy.id,
                detail: format!("its copy is not to be had: {}", chain(&error)),
            });
        }
    }
    Ok(breaches)
}

/// The letters on paper that were handed over last, with the moments of their drafts.
pub(crate) async fn posted(conn: &mut PgConnection) -> sqlx::Result<Vec<(LetterId, Timestamp)>> {
    let rows = sqlx::query!(
        r#"select letter_id, drafted_at as "drafted_at!" from letter
           where stage = 'dispatched' and channel = 'post'
           order by dispatched_at desc limit $1"#,
        COPIES_CHECKED
    )
    .fetch_all(conn)
    .await?;
    let posted =
        |id, drafted_at: jiff_sqlx::Timestamp| (LetterId::from_uuid(id), drafted_at.to_jiff());
    Ok(rows.into_iter().map(|row| posted(row.letter_id, row.drafted_at)).collect())
}

fn inconsistent(
    table: &'static str,
    id: Uuid,
    column: &'static str,
    source: Option<BoxError>,
) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(Inconsistent { table, id, column, source }))
}

/// A code of the contracts, as text.
fn word(reason: &impl Serialize) -> sqlx::Result<String> {
    let value = serde_json::to_value(reason).map_err(unwritable)?;
    value.as_str().map(str::to_owned).ok_or_else(|| unwritable(format!("`{value}` is no word")))
}

fn unwritable(error: impl Into<BoxError>) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}
