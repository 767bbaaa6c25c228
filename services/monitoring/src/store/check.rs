//! The live checks, on the rows themselves. Each returns what breaks it.

use contracts::operations::Breach;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// What is younger is no breach: its messages may still be on their way. Business time.
const HEARD_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Every act has a permit of its case for its channel, lies in its time, and is the only one of
/// that permit on that channel. The first version of a call's closing told when it was written
/// down, up to an hour after its permit's end.
pub(crate) async fn permit_for_each_act(
    conn: &mut PgConnection,
    now: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let before = now.saturating_sub(HEARD_WITHIN).unwrap_or(Timestamp::MIN);
    let unpermitted = sqlx::query_scalar!(
        "select message_id from entry act
         where stem in ('letter.evt.dispatched', 'telephony-task.evt.call-closed') and at < $1
           and not exists (
               select from entry permit
               where permit.stem = 'scheduler.evt.permit-granted'
                 and permit.permit_id = act.permit_id and permit.case_id = act.case_id
                 and permit.channels @> act.channels)
         order by at limit 1000",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(&mut *conn)
    .await?;
    let untimely = sqlx::query_scalar!(
        "select act.message_id
         from entry act join entry permit
              on permit.permit_id = act.permit_id and permit.stem = 'scheduler.evt.permit-granted'
         where act.stem in ('letter.evt.dispatched', 'telephony-task.evt.call-closed')
           and act.at < $1
           and (act.happened_at < permit.not_before
                or act.happened_at > permit.not_after
                   + case act.stem when 'telephony-task.evt.call-closed' then interval '1 hour'
                                   else interval '0' end)
         order by act.at limit 1000",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(&mut *conn)
    .await?;
    let twice = sqlx::query_scalar!(
        r#"select permit_id as "permit_id!" from entry
           where stem in ('letter.evt.dispatched', 'telephony-task.evt.call-closed') and at < $1
           group by permit_id, channels having count(*) > 1
           order by permit_id limit 1000"#,
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    let of = |ids, detail| breaches("permit-for-each-act", ids, detail);
    let mut breaches = of(
        unpermitted,
        "this message tells of an act, and nothing was heard of a permit of its case for its \
         channel: look at what is parked here and at the scheduler, then at the audit trail",
    );
    breaches.extend(of(
        untimely,
        "this message tells of an act outside the time of its permit: look at the audit trail of \
         its case, and at the clocks",
    ));
    breaches.extend(of(
        twice,
        "more than one act happened under this permit on one channel: look at the audit trail of \
         its case",
    ));
    Ok(breaches)
}

/// Every creditor is told of a closed case on the morning that was set for it.
pub(crate) async fn feedback_sent(
    conn: &mut PgConnection,
    now: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let before = now.saturating_sub(HEARD_WITHIN).unwrap_or(Timestamp::MIN);
    let overdue = sqlx::query_scalar!(
        "select case_id from watched_case where due_at < $1 order by due_at limit 1000",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    Ok(breaches(
        "feedback-sent",
        overdue,
        "the creditor should have been told more than an hour ago that the case is closed: look at \
         what waits and what is parked",
    ))
}

fn breaches(invariant: &str, ids: Vec<Uuid>, detail: &str) -> Vec<Breach> {
    let breach = |id| Breach { invariant: invariant.to_owned(), id, detail: detail.to_owned() };
    ids.into_iter().map(breach).collect()
}
