//! `letter.evt.uncertain`: it is open whether a message left.

use contracts::letter::Uncertain;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, uncertain};

#[derive(Debug)]
pub(crate) struct OnUncertain;

impl Handler for OnUncertain {
    type Message = Uncertain;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Uncertain]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(track: Track, message: &Uncertain, facts: &Facts) -> Result<Decision<Track>, Fault> {
        uncertain(track, message, facts)
    }
}
