//! `payment-reconciliation.api.propose-remittance`: put together what a creditor is to be paid.

use contracts::payment_reconciliation::{ProposeRemittance, ProposeRemittanceAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::{Actor, CreditorId, RemittanceId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::invoice::Vat;
use crate::domain::remittance::{self, Proposing, Till};
use crate::effects::TaxDesk;

#[derive(Debug)]
pub(crate) struct OnProposeRemittance(pub(crate) TaxDesk);

/// Whose remittance, what goes along that came back, and the VAT on what is the agency's.
#[derive(Debug)]
pub(crate) struct Proposal {
    creditor_id: CreditorId,
    again: Vec<RemittanceId>,
    vat: Vat,
}

impl RequestHandler for OnProposeRemittance {
    type Request = ProposeRemittance;
    type Input = Proposal;
    type State = Till;
    type Effect = Proposing;

    async fn prepare(&self, request: ProposeRemittance) -> Result<Proposal, RequestError> {
        let ProposeRemittance { creditor_id, again } = request;
        let vat = self.0.vat_of(creditor_id).await.map_err(RequestError::Unavailable)?;
        Ok(Proposal { creditor_id, again, vat })
    }

    async fn key(_: &mut PgConnection, proposal: &Proposal, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(proposal.creditor_id.as_uuid())
    }

    fn decide(
        till: Till,
        proposal: &Proposal,
        facts: &Facts,
    ) -> Result<(Decision<Till, Proposing>, ProposeRemittanceAnswer), Fault> {
        remittance::propose(till, &proposal.again, proposal.vat, facts)
    }
}
