//! `intake.evt.claim-registered`: a claim is put on a case, and its reference names it.

use contracts::intake::ClaimRegistered;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};
use crate::domain::reference::Reference;

#[derive(Debug)]
pub(crate) struct OnClaimRegistered;

impl Handler for OnClaimRegistered {
    type Message = ClaimRegistered;
    type State = (Case, Reference);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ClaimRegistered],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |it: &&ClaimRegistered| (it.case_id.as_uuid(), Reference::id(&it.reference));
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Case, Reference),
        message: &ClaimRegistered,
        facts: &Facts,
    ) -> Result<Decision<(Case, Reference)>, Fault> {
        case::register_claim(states, message, facts)
    }
}
