//! `payment-reconciliation.api.propose-debit`: put together what is collected by direct debit.

use contracts::payment_reconciliation::{ProposeDebit, ProposeDebitAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use super::record_mandate::with_identifier;
use crate::domain::debit::{self, Proposing};

#[derive(Debug)]
pub(crate) struct OnProposeDebit {
    /// Whether the configuration says who collects.
    pub(crate) has_identifier: bool,
}

impl RequestHandler for OnProposeDebit {
    type Request = ProposeDebit;
    type Input = ProposeDebit;
    type State = Proposing;
    type Effect = Nothing;

    async fn prepare(&self, request: ProposeDebit) -> Result<ProposeDebit, RequestError> {
        with_identifier(self.has_identifier)?;
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        request: &ProposeDebit,
        _: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let case_id = request.case_id.as_uuid();
        Ok((case_id, request.mandate_id.as_uuid(), case_id))
    }

    fn decide(
        states: Proposing,
        request: &ProposeDebit,
        facts: &Facts,
    ) -> Result<(Decision<Proposing, Nothing>, ProposeDebitAnswer), Fault> {
        debit::propose(states, request, facts)
    }
}
