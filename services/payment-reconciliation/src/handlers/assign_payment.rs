//! `payment-reconciliation.api.assign-payment`: a person says what a payment is for.

use contracts::payment_reconciliation::{AssignPayment, AssignPaymentAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::assignment::{self, OnCase};
use crate::domain::staff::Staff;
use crate::store;

#[derive(Debug)]
pub(crate) struct OnAssignPayment;

impl RequestHandler for OnAssignPayment {
    type Request = AssignPayment;
    type Input = AssignPayment;
    type State = OnCase;
    type Effect = Nothing;

    async fn prepare(&self, request: AssignPayment) -> Result<AssignPayment, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        request: &AssignPayment,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        // Of claims that nobody heard of there is no case, and nothing is decided on none.
        let case_id = store::case_of(conn, request.claim_ids.first().copied()).await?;
        Ok((case_id.unwrap_or_default(), request.payment_id.as_uuid(), Staff::row_of(actor)))
    }

    fn decide(
        states: OnCase,
        request: &AssignPayment,
        facts: &Facts,
    ) -> Result<(Decision<OnCase>, AssignPaymentAnswer), Fault> {
        assignment::assign(states, request, facts)
    }
}
