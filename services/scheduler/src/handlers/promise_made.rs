//! `mediation.evt.promise-made`: a promise is confirmed in writing and followed.

use contracts::mediation::PromiseMade;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, promise_made};

#[derive(Debug)]
pub(crate) struct OnPromiseMade;

impl Handler for OnPromiseMade {
    type Message = PromiseMade;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&PromiseMade]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &PromiseMade,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        promise_made(track, message, facts)
    }
}
