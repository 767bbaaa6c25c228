//! What queries read; nothing here is locked.

use contracts::scheduler::TimelineEntry;
use primitives::{CaseId, MessageId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::track::load;
use super::{Column, number};
use crate::domain::Case;

/// A case with its timeline, oldest entry first.
pub(crate) async fn find_position(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Option<(Case, Vec<TimelineEntry>)>> {
    let found = load(conn, &[case_id.as_uuid()]).await?.into_iter().next();
    let Some(case) = found.and_then(|(_, track)| track.case) else { return Ok(None) };
    let rows = sqlx::query!(
        "select at, what, cause from timeline where case_id = $1 order by position",
        case_id.as_uuid(),
    )
    .fetch_all(conn)
    .await?;
    let timeline = rows.into_iter().map(|row| {
        Ok(TimelineEntry {
            at: row.at.to_jiff(),
            what: Column("timeline", "what").document(row.what)?,
            cause: MessageId::from_uuid(row.cause),
        })
    });
    Ok(Some((case, timeline.collect::<sqlx::Result<_>>()?)))
}

/// The cases with the earliest next step first and the closed ones last, without the first `skip`;
/// and how many there are.
pub(crate) async fn earliest_positions(
    conn: &mut PgConnection,
    limit: u32,
    skip: u64,
) -> sqlx::Result<(Vec<Case>, u64)> {
    let ids = sqlx::query_scalar!(
        "select case_id from track where stage not in ('unheard', 'opened')
         order by next_at nulls last, case_id limit $1 offset $2",
        i64::from(limit),
        i64::try_from(skip).unwrap_or(i64::MAX),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from track where stage not in ('unheard', 'opened')"#
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut tracks = load(conn, &ids).await?;
    tracks.sort_by_cached_key(|(id, _)| ids.iter().position(|listed| listed == id));
    let cases = tracks.into_iter().filter_map(|(_, track)| track.case).collect();
    Ok((cases, number(total)?))
}

/// The debtors of cases, in the order of `case_ids`; none for a case that was never opened.
pub(crate) async fn persons_of(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<Option<Uuid>>> {
    sqlx::query_scalar!(
        r#"select person_id as "person_id?"
           from unnest($1::uuid[]) with ordinality as asked (case_id, place)
           left join opened_case using (case_id)
           order by place"#,
        case_ids,
    )
    .fetch_all(conn)
    .await
}
