//! `telephony-task.evt.call-closed`: a call was made and written down.

use contracts::telephony_task::CallClosed;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Person, Track, call_closed};

#[derive(Debug)]
pub(crate) struct OnCallClosed;

impl Handler for OnCallClosed {
    type Message = CallClosed;
    type State = (Track, Person);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&CallClosed],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |message: &&CallClosed| (message.case_id.as_uuid(), message.person_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Track, Person),
        message: &CallClosed,
        facts: &Facts,
    ) -> Result<Decision<(Track, Person)>, Fault> {
        call_closed(states, message, facts)
    }
}
