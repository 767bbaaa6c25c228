//! `payment-reconciliation.api.propose-remittance`: put together what a creditor is to be paid.

use contracts::payment_reconciliation::{ProposeRemittance, ProposeRemittanceAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::{Actor, CreditorId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::remittance::{self, Proposing, Till};

#[derive(Debug)]
pub(crate) struct OnProposeRemittance {
    pub(crate) vat_basis_points: u32,
}

/// Whose remittance, and the VAT on the commission.
#[derive(Debug)]
pub(crate) struct Proposal {
    creditor_id: CreditorId,
    vat_basis_points: u32,
}

impl RequestHandler for OnProposeRemittance {
    type Request = ProposeRemittance;
    type Input = Proposal;
    type State = Till;
    type Effect = Proposing;

    async fn prepare(&self, request: ProposeRemittance) -> Result<Proposal, RequestError> {
        let vat_basis_points = self.vat_basis_points;
        Ok(Proposal { creditor_id: request.creditor_id, vat_basis_points })
    }

    async fn key(_: &mut PgConnection, proposal: &Proposal, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(proposal.creditor_id.as_uuid())
    }

    fn decide(
        till: Till,
        proposal: &Proposal,
        facts: &Facts,
    ) -> Result<(Decision<Till, Proposing>, ProposeRemittanceAnswer), Fault> {
        remittance::propose(till, proposal.vat_basis_points, facts)
    }
}
