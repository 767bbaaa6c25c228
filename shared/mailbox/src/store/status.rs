//! How much is on its way.

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use primitives::Timestamp;
use sqlx::PgConnection;

/// Counts of everything that is on its way.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) unsent: i64,
    pub(crate) effects_due: i64,
    pub(crate) timers_due: i64,
    pub(crate) waiting: i64,
    pub(crate) parked: i64,
    pub(crate) uncertain: i64,
    pub(crate) next_due_at: Option<Timestamp>,
}

/// Counts what is on its way, and when something is due next; timers by the names of `routines` are
/// not told as that.
pub(crate) async fn counts(
    conn: &mut PgConnection,
    business_now: Timestamp,
    routines: &[String],
) -> sqlx::Result<Counts> {
    let row = sqlx::query!(
        r#"select
             (select count(*) from outbox) as "unsent!",
             (select count(*) from effect
              where state = 'started' or (state = 'pending' and due_at <= $1)
                 or (state = 'uncertain' and not announced)) as "effects_due!",
             (select count(*) from timer where due_at <= $1) as "timers_due!",
             (select count(*) from waiting) as "waiting!",
             (select count(*) from parked where state = 'open') as "parked!",
             (select count(*) from effect where state = 'uncertain') as "uncertain!",
             (select min(due_at) from (
                 (select due_at from timer where due_at > $1 and due_at <> 'infinity'
                    and name <> all($2::text[]) order by due_at limit 1)
                 union all
                 (select due_at from effect where state = 'pending' and due_at > $1
                  order by due_at limit 1)) as coming) as next_due_at"#,
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
        routines,
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        unsent: row.unsent,
        effects_due: row.effects_due,
        timers_due: row.timers_due,
        waiting: row.waiting,
        parked: row.parked,
        uncertain: row.uncertain,
        next_due_at: row.next_due_at.map(jiff_sqlx::Timestamp::to_jiff),
    })
}

/// What the tables hold now, for metrics.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub(crate) waiting: i64,
    pub(crate) uncertain: i64,
    pub(crate) unsent: i64,
    pub(crate) parked_poison: i64,
    pub(crate) parked_bug: i64,
    pub(crate) parked_stale: i64,
    pub(crate) parked_given_up: i64,
    /// Ages; zero where there is none.
    pub(crate) oldest_unsent: SignedDuration,
    pub(crate) oldest_due_effect: SignedDuration,
}

/// Counts what is kept; waiting and unsent messages to ten thousand: more is as bad.
pub(crate) async fn backlog(
    conn: &mut PgConnection,
    wall_now: Timestamp,
    business_now: Timestamp,
) -> sqlx::Result<Backlog> {
    let row = sqlx::query!(
        r#"select
             (select count(*) from (select from waiting limit 10000) as a_part) as "waiting!",
             (select count(*) from effect where state = 'uncertain') as "uncertain!",
             (select count(*) from (select from outbox limit 10000) as a_part) as "unsent!",
             count(*) filter (where reason = 'poison') as "parked_poison!",
             count(*) filter (where reason = 'bug') as "parked_bug!",
             count(*) filter (where reason = 'stale') as "parked_stale!",
             count(*) filter (where reason = 'given-up') as "parked_given_up!",
             (select recorded_at from outbox order by position limit 1) as oldest_unsent_at,
             (select min(due_at) from effect
              where state in ('pending', 'started') and due_at <= $1) as oldest_effect_due_at
           from parked where state = 'open'"#,
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(conn)
    .await?;
    let age = |at: Option<jiff_sqlx::Timestamp>, now: Timestamp| {
        at.map_or(SignedDuration::ZERO, |at| now.duration_since(at.to_jiff()))
    };
    Ok(Backlog {
        waiting: row.waiting,
        uncertain: row.uncertain,
        unsent: row.unsent,
        parked_poison: row.parked_poison,
        parked_bug: row.parked_bug,
        parked_stale: row.parked_stale,
        parked_given_up: row.parked_given_up,
        oldest_unsent: age(row.oldest_unsent_at, wall_now),
        oldest_due_effect: age(row.oldest_effect_due_at, business_now),
    })
}
