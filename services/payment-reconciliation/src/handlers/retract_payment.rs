//! `payment-reconciliation.api.retract-payment`: a payment that only a report told of never came.

use contracts::payment_reconciliation::{RetractPayment, RetractPaymentAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::assignment::{self, Retracting};
use crate::domain::desk::Desk;
use crate::domain::staff::Staff;

#[derive(Debug)]
pub(crate) struct OnRetractPayment;

impl RequestHandler for OnRetractPayment {
    type Request = RetractPayment;
    type Input = RetractPayment;
    type State = Retracting;
    type Effect = Nothing;

    async fn prepare(&self, request: RetractPayment) -> Result<RetractPayment, RequestError> {
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        request: &RetractPayment,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        Ok((Desk::ID, request.payment_id.as_uuid(), Staff::row_of(actor)))
    }

    fn decide(
        states: Retracting,
        request: &RetractPayment,
        facts: &Facts,
    ) -> Result<(Decision<Retracting>, RetractPaymentAnswer), Fault> {
        assignment::retract(states, request, facts)
    }
}
