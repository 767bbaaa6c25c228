//! `mediation.evt.promise-judged`: a promise was kept or broken.

use contracts::mediation::PromiseJudged;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, promise_judged};

#[derive(Debug)]
pub(crate) struct OnPromiseJudged;

impl Handler for OnPromiseJudged {
    type Message = PromiseJudged;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&PromiseJudged],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &PromiseJudged,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        promise_judged(track, message, facts)
    }
}
