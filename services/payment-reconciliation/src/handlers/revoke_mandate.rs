//! `payment-reconciliation.api.revoke-mandate`: the debtor lets us collect no more.

use contracts::payment_reconciliation::{RevokeMandate, RevokeMandateAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::mandate::{self, Mandate};

#[derive(Debug)]
pub(crate) struct OnRevokeMandate;

impl RequestHandler for OnRevokeMandate {
    type Request = RevokeMandate;
    type Input = RevokeMandate;
    type State = Mandate;
    type Effect = Nothing;

    async fn prepare(&self, request: RevokeMandate) -> Result<RevokeMandate, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, it: &RevokeMandate, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(it.mandate_id.as_uuid())
    }

    fn decide(
        mandate: Mandate,
        request: &RevokeMandate,
        facts: &Facts,
    ) -> Result<(Decision<Mandate, Nothing>, RevokeMandateAnswer), Fault> {
        Ok(mandate::revoke(mandate, request, facts))
    }
}
