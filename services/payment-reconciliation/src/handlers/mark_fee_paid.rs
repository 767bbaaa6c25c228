//! `payment-reconciliation.api.mark-fee-paid`: what was charged separately came in.

use contracts::payment_reconciliation::{MarkFeePaid, MarkFeePaidAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::fee_payment::{self, FeePayment};

#[derive(Debug)]
pub(crate) struct OnMarkFeePaid;

impl RequestHandler for OnMarkFeePaid {
    type Request = MarkFeePaid;
    type Input = MarkFeePaid;
    type State = FeePayment;
    type Effect = Nothing;

    async fn prepare(&self, request: MarkFeePaid) -> Result<MarkFeePaid, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &MarkFeePaid, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.remittance_id.as_uuid())
    }

    fn decide(
        payment: FeePayment,
        request: &MarkFeePaid,
        facts: &Facts,
    ) -> Result<(Decision<FeePayment>, MarkFeePaidAnswer), Fault> {
        fee_payment::mark(payment, request, facts)
    }
}
