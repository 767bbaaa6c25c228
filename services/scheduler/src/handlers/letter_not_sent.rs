//! `letter.evt.not-sent`: a message did not leave, and will not.

use contracts::letter::NotSent;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Person, Track, not_sent};

#[derive(Debug)]
pub(crate) struct OnNotSent;

impl Handler for OnNotSent {
    type Message = NotSent;
    type State = (Track, Person);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&NotSent],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |message: &&NotSent| (message.case_id.as_uuid(), message.person_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Track, Person),
        message: &NotSent,
        facts: &Facts,
    ) -> Result<Decision<(Track, Person)>, Fault> {
        not_sent(states, message, facts)
    }
}
