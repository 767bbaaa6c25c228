//! `payment-reconciliation.api.propose-refund`: put together what goes back to whoever paid it.

use contracts::payment_reconciliation::{ProposeRefund, ProposeRefundAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::refund::{self, RefundWork, Refunding, Slip};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnProposeRefund;

impl RequestHandler for OnProposeRefund {
    type Request = ProposeRefund;
    type Input = ProposeRefund;
    type State = Refunding;
    type Effect = RefundWork;

    async fn prepare(&self, request: ProposeRefund) -> Result<ProposeRefund, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        request: &ProposeRefund,
        _: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let refund_id = store::next_refund(conn, request.payment_id).await?;
        let whole = store::whole_of(conn, request.payment_id).await?;
        Ok((refund_id.as_uuid(), whole, Slip::case_row(request.case_id)))
    }

    fn decide(
        states: Refunding,
        request: &ProposeRefund,
        facts: &Facts,
    ) -> Result<(Decision<Refunding, RefundWork>, ProposeRefundAnswer), Fault> {
        refund::propose(states, request, facts)
    }
}
