//! `intake.evt.claim-registered`: a claim is put on a case.

use contracts::intake::ClaimRegistered;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, register_claim};

#[derive(Debug)]
pub(crate) struct OnClaimRegistered;

impl Handler for OnClaimRegistered {
    type Message = ClaimRegistered;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ClaimRegistered],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &ClaimRegistered,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        register_claim(track, message, facts)
    }
}
