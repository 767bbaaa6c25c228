//! `letter.evt.dispatched`: a message left the house.

use contracts::letter::Dispatched;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Person, Track, dispatched};

#[derive(Debug)]
pub(crate) struct OnDispatched;

impl Handler for OnDispatched {
    type Message = Dispatched;
    type State = (Track, Person);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&Dispatched],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |message: &&Dispatched| (message.case_id.as_uuid(), message.person_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Track, Person),
        message: &Dispatched,
        facts: &Facts,
    ) -> Result<Decision<(Track, Person)>, Fault> {
        dispatched(states, message, facts)
    }
}
