//! How much is on its way.

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

pub(crate) async fn counts(
    conn: &mut PgConnection,
    business_now: Timestamp,
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
                  order by due_at limit 1)
                 union all
                 (select due_at from effect where state = 'pending' and due_at > $1
                  order by due_at limit 1)) as coming) as next_due_at"#,
        business_now.to_sqlx() as jiff_sqlx::Timestamp,
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
