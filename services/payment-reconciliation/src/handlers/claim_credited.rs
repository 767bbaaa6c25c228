//! `intake.evt.claim-credited`: a credit note lowers a claim.

use contracts::intake::ClaimCredited;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};

#[derive(Debug)]
pub(crate) struct OnClaimCredited;

impl Handler for OnClaimCredited {
    type Message = ClaimCredited;
    type State = Case;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ClaimCredited],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(case: Case, message: &ClaimCredited, facts: &Facts) -> Result<Decision<Case>, Fault> {
        case::credit(case, message, facts)
    }
}
