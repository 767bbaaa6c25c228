//! `scheduler.cmd.weigh-hold`: a hold over a case was placed or lifted.

use contracts::hold::WeighHold;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, weigh_hold};

#[derive(Debug)]
pub(crate) struct OnWeighHold;

impl Handler for OnWeighHold {
    type Message = WeighHold;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&WeighHold]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(track: Track, message: &WeighHold, facts: &Facts) -> Result<Decision<Track>, Fault> {
        weigh_hold(track, message, facts)
    }
}
