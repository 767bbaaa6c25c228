//! `telephony-task.evt.call-not-made`: nobody called in time, or the call was taken back.

use contracts::telephony_task::CallNotMade;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Person, Track, call_not_made};

#[derive(Debug)]
pub(crate) struct OnCallNotMade;

impl Handler for OnCallNotMade {
    type Message = CallNotMade;
    type State = (Track, Person);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&CallNotMade],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |message: &&CallNotMade| (message.case_id.as_uuid(), message.person_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Track, Person),
        message: &CallNotMade,
        facts: &Facts,
    ) -> Result<Decision<(Track, Person)>, Fault> {
        call_not_made(states, message, facts)
    }
}
