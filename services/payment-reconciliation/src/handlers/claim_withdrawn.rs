//! `intake.evt.claim-withdrawn`: the creditor takes a claim back.

use contracts::intake::ClaimWithdrawn;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};

#[derive(Debug)]
pub(crate) struct OnClaimWithdrawn;

impl Handler for OnClaimWithdrawn {
    type Message = ClaimWithdrawn;
    type State = Case;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ClaimWithdrawn],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        case: Case,
        message: &ClaimWithdrawn,
        facts: &Facts,
    ) -> Result<Decision<Case>, Fault> {
        case::withdraw(case, message, facts)
    }
}
