//! The live checks of the invariants, on the rows themselves. Each returns the rows that break it.

use contracts::operations::Breach;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use law::ContactCap;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CONFIRMATION, THANKS};

/// How long after its moment an open case may take to move. Business time.
const MOVED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// How long a case may be open before its first claim is heard of.
const FIRST_CLAIM_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// No open case without a dated next step or hold, and the timer that wakes it in time.
pub(crate) async fn never_let_go(
    conn: &mut PgConnection,
    now: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let asleep = sqlx::query_scalar!(
        "select case_id from track
         where stage in ('planned', 'acting', 'awaiting-promise', 'held') and not exists (
             select from timer
             where aggregate_kind = 'case' and aggregate_id = case_id and due_at = next_at
               and name = case stage when 'planned' then 'next-step'
                                     when 'acting' then 'permit-end'
                                     when 'awaiting-promise' then 'promise-due'
                                     else 'review' end)",
    )
    .fetch_all(&mut *conn)
    .await?;
    let moved = now.saturating_sub(MOVED_WITHIN).unwrap_or(Timestamp::MIN);
    // What was planned just now may be due since long ago.
    let overdue = sqlx::query_scalar!(
        "select case_id from track
         where stage in ('planned', 'acting', 'awaiting-promise', 'held') and next_at < $1
           and not exists (
               select from timeline where timeline.case_id = track.case_id and at >= $1)",
        moved.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(&mut *conn)
    .await?;
    let oldest = now.saturating_sub(FIRST_CLAIM_WITHIN).unwrap_or(Timestamp::MIN);
    let empty = sqlx::query_scalar!(
        "select case_id from track join opened_case using (case_id)
         where stage = 'opened' and opened_at < $1",
        oldest.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    let mut breaches = breaches(
        "never-let-go",
        asleep,
        "the open case has no timer for its position; look for a parked timer and replay it",
    );
    breaches.extend(self::breaches(
        "never-let-go",
        overdue,
        "the open case should have moved by itself more than an hour ago; look whether the \
         scheduler runs, and what is parked",
    ));
    breaches.extend(self::breaches(
        "never-let-go",
        empty,
        "the case was opened more than a day ago and no claim of it was heard of; look at what \
         waits and what is parked",
    ));
    Ok(breaches)
}

/// No act without a permit that reserved the person's budget.
pub(crate) async fn gate(conn: &mut PgConnection, _: Timestamp) -> sqlx::Result<Vec<Breach>> {
    let unreserved = sqlx::query_scalar!(
        "select case_id from act join opened_case using (case_id)
         where not exists (
             select from contact c
             where c.permit_id = act.permit_id and c.person_id = opened_case.person_id)
         union
         select case_id from track
         where stage = 'acting' and not exists (
             select from act where act.case_id = track.case_id)",
    )
    .fetch_all(conn)
    .await?;
    let unreserved = unreserved.into_iter().flatten().collect();
    Ok(breaches(
        "gate",
        unreserved,
        "an act is under way without a permit that reserved the person's contact budget",
    ))
}

/// No person is contacted more often than the cap allows; nothing stays reserved without an act.
pub(crate) async fn contact_budget(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let cap = ContactCap::default();
    let over = sqlx::query_scalar!(
        r#"select person_id as "person_id!" from contact where counts
           group by person_id, (at at time zone 'Europe/Amsterdam')::date
           having count(*) > $1
           union
           select person_id from (
               select person_id, count(*) over (
                   partition by person_id order by at
                   range between '6 days 23:59:59.999999' preceding and current row) as within_week
               from contact where counts) as counted
           where within_week > $2"#,
        i64::from(cap.per_day),
        i64::from(cap.per_week),
    )
    .fetch_all(&mut *conn)
    .await?;
    let left = sqlx::query_scalar!(
        "select permit_id from contact
         where not made and not exists (select from act where act.permit_id = contact.permit_id)",
    )
    .fetch_all(conn)
    .await?;
    let mut breaches =
        breaches("contact-budget", over, "the person was contacted more often than the cap allows");
    breaches.extend(self::breaches(
        "contact-budget",
        left,
        "a permit still reserves a contact, though its act was answered",
    ));
    Ok(breaches)
}

/// No hold stays half told, and none lets anything out: an hour after it was told to all its cases,
/// nothing is under way on them that was not asked back.
pub(crate) async fn holds(conn: &mut PgConnection, now: Timestamp) -> sqlx::Result<Vec<Breach>> {
    let told = now.saturating_sub(MOVED_WITHIN).unwrap_or(Timestamp::MIN);
    let stuck = sqlx::query_scalar!(
        "select hold_id from hold
         where spreading and not exists (
             select from timer
             where aggregate_kind = 'hold' and aggregate_id = hold_id and name = 'spread-hold')",
    )
    .fetch_all(&mut *conn)
    .await?;
    let passed = sqlx::query_scalar!(
        r#"select distinct o.case_id as "case_id!"
           from act join errand e using (case_id) join opened_case o using (case_id)
           join hold h on h.subject in (o.case_id, o.person_id, o.creditor_id,
                                        '00000000-0000-0000-0000-000000000000')
           where e.state = 'granted' and h.lifted_at is null and not h.spreading
             and greatest(h.placed_at, h.starts_on at time zone 'Europe/Amsterdam') < $1
             and (h.then_what = 'decide'
                  or h.ends_on > ($1 at time zone 'Europe/Amsterdam')::date + 1)
             and (h.claim_id is null or exists (
                 select from claim c where c.claim_id = h.claim_id and c.in_act))"#,
        told.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(conn)
    .await?;
    let mut breaches = breaches(
        "holds",
        stuck,
        "the hold has cases that were not told of it, and no timer; look for a parked timer and \
         replay it",
    );
    breaches.extend(self::breaches(
        "holds",
        passed,
        "something is under way on the case though a hold covers it; look at what waits and what \
         is parked",
    ));
    Ok(breaches)
}

/// While a reason holds a case, nothing that asks of the debtor is under way.
pub(crate) async fn reasons(conn: &mut PgConnection, _: Timestamp) -> sqlx::Result<Vec<Breach>> {
    let asking = sqlx::query_scalar!(
        "select distinct act.case_id
         from act join errand e using (case_id) join track t using (case_id)
         where e.state = 'granted' and t.blocked = 'reason-given'
           and act.step <> all($1::text[])",
        &[CONFIRMATION.to_owned(), THANKS.to_owned()],
    )
    .fetch_all(conn)
    .await?;
    Ok(breaches(
        "reasons",
        asking,
        "something is asked of the debtor though the reason why he does not pay holds the case",
    ))
}

fn breaches(invariant: &str, ids: Vec<Uuid>, detail: &str) -> Vec<Breach> {
    let breach = |id| Breach { invariant: invariant.to_owned(), id, detail: detail.to_owned() };
    ids.into_iter().map(breach).collect()
}
