//! `payment-reconciliation.api.dismiss-proposals`: none of what is proposed for a payment is right.

use contracts::payment_reconciliation::{DismissProposals, DismissProposalsAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::judging::{self, Judging};
use crate::domain::staff::Staff;

#[derive(Debug)]
pub(crate) struct OnDismissProposals;

impl RequestHandler for OnDismissProposals {
    type Request = DismissProposals;
    type Input = DismissProposals;
    type State = (Judging, Staff);
    type Effect = Nothing;

    async fn prepare(&self, request: DismissProposals) -> Result<DismissProposals, RequestError> {
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        request: &DismissProposals,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid)> {
        Ok((request.payment_id.as_uuid(), Staff::row_of(actor)))
    }

    fn decide(
        states: (Judging, Staff),
        request: &DismissProposals,
        facts: &Facts,
    ) -> Result<(Decision<(Judging, Staff)>, DismissProposalsAnswer), Fault> {
        Ok(judging::dismiss(states, request.payment_id, facts))
    }
}
