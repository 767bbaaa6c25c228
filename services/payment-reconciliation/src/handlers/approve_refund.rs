//! `payment-reconciliation.api.approve-refund`: a second person has money paid back.

use contracts::payment_reconciliation::{ApproveRefund, ApproveRefundAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use super::approve_remittance::with_payer;
use crate::domain::refund::{self, RefundWork, Refunding};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnApproveRefund {
    /// Whether the configuration says who pays.
    pub(crate) has_payer: bool,
}

impl RequestHandler for OnApproveRefund {
    type Request = ApproveRefund;
    type Input = ApproveRefund;
    type State = Refunding;
    type Effect = RefundWork;

    async fn prepare(&self, request: ApproveRefund) -> Result<ApproveRefund, RequestError> {
        with_payer(self.has_payer)?;
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        request: &ApproveRefund,
        _: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let (payment, case) = store::rows_of_refund(conn, request.refund_id).await?;
        Ok((request.refund_id.as_uuid(), payment, case))
    }

    fn decide(
        states: Refunding,
        _: &ApproveRefund,
        facts: &Facts,
    ) -> Result<(Decision<Refunding, RefundWork>, ApproveRefundAnswer), Fault> {
        refund::approve(states, facts)
    }
}
