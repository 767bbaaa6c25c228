//! Timer `next-step`: the planned step of a case is due.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{NEXT_STEP, Person, Track, take_step};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnNextStep;

impl TimerHandler for OnNextStep {
    type State = (Track, Person);
    type Effect = Nothing;

    const NAME: &'static str = NEXT_STEP;

    async fn keys(conn: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let persons = store::persons_of(conn, cases).await?;
        let keys = cases.iter().zip(persons);
        Ok(keys
            .map(|(case, person)| person.map(|person| (*case, person)).into_iter().collect())
            .collect())
    }

    fn decide(
        states: (Track, Person),
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<(Track, Person)>, Fault> {
        Ok(take_step(states, facts))
    }
}
