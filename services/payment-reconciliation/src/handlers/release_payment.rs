//! `payment-reconciliation.api.release-payment`: a payment was booked on a case by mistake.

use contracts::payment_reconciliation::{ReleasePayment, ReleasePaymentAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::assignment::{self, OnCase};
use crate::domain::staff::Staff;
use crate::store;

#[derive(Debug)]
pub(crate) struct OnReleasePayment;

impl RequestHandler for OnReleasePayment {
    type Request = ReleasePayment;
    type Input = ReleasePayment;
    type State = OnCase;
    type Effect = Nothing;

    async fn prepare(&self, request: ReleasePayment) -> Result<ReleasePayment, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        request: &ReleasePayment,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let whole = store::whole_of(conn, request.payment_id).await?;
        Ok((request.case_id.as_uuid(), whole, Staff::row_of(actor)))
    }

    fn decide(
        states: OnCase,
        request: &ReleasePayment,
        facts: &Facts,
    ) -> Result<(Decision<OnCase>, ReleasePaymentAnswer), Fault> {
        assignment::release(states, request, facts)
    }
}
