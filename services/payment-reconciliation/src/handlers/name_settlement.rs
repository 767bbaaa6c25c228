//! `payment-reconciliation.api.name-settlement`: which settlement does a payment pay out?

use contracts::payment_reconciliation::{NameSettlement, NameSettlementAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::provider_payout::{self, Naming, PayoutWork};
use crate::domain::staff::Staff;

#[derive(Debug)]
pub(crate) struct OnNameSettlement;

impl RequestHandler for OnNameSettlement {
    type Request = NameSettlement;
    type Input = NameSettlement;
    type State = Naming;
    type Effect = PayoutWork;

    async fn prepare(&self, request: NameSettlement) -> Result<NameSettlement, RequestError> {
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        request: &NameSettlement,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let id = request.payment_id.as_uuid();
        Ok((id, id, Staff::row_of(actor)))
    }

    fn decide(
        states: Naming,
        request: &NameSettlement,
        facts: &Facts,
    ) -> Result<(Decision<Naming, PayoutWork>, NameSettlementAnswer), Fault> {
        provider_payout::name(states, request, facts)
    }
}
