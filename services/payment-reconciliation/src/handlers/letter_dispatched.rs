//! `letter.evt.dispatched`: a message left; a term may start with it, and interest was told.

use contracts::letter::Dispatched;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};

#[derive(Debug)]
pub(crate) struct OnLetterDispatched;

impl Handler for OnLetterDispatched {
    type Message = Dispatched;
    type State = Case;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Dispatched]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(case: Case, message: &Dispatched, facts: &Facts) -> Result<Decision<Case>, Fault> {
        case::notice(case, message, facts)
    }
}
