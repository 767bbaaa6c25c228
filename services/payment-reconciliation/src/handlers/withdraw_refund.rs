//! `payment-reconciliation.api.withdraw-refund`: a refund was proposed by mistake.

use contracts::payment_reconciliation::{WithdrawRefund, WithdrawRefundAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::refund::{self, Refund, RefundWork};

#[derive(Debug)]
pub(crate) struct OnWithdrawRefund;

impl RequestHandler for OnWithdrawRefund {
    type Request = WithdrawRefund;
    type Input = WithdrawRefund;
    type State = Refund;
    type Effect = RefundWork;

    async fn prepare(&self, request: WithdrawRefund) -> Result<WithdrawRefund, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &WithdrawRefund, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.refund_id.as_uuid())
    }

    fn decide(
        refund: Refund,
        _: &WithdrawRefund,
        facts: &Facts,
    ) -> Result<(Decision<Refund, RefundWork>, WithdrawRefundAnswer), Fault> {
        Ok(refund::withdraw(refund, facts))
    }
}
