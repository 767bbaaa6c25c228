//! `payment-reconciliation.api.approve-remittance`: a second person has a creditor paid.

use contracts::payment_reconciliation::{ApproveRemittance, ApproveRemittanceAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::{Actor, RemittanceId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::invoice::{InvoiceSeries, InvoiceTerms};
use crate::domain::remittance::{self, Invoicing, Work};

#[derive(Debug)]
pub(crate) struct OnApproveRemittance {
    /// Whether the configuration says who pays.
    pub(crate) has_payer: bool,
    pub(crate) terms: InvoiceTerms,
}

/// The remittance, and what the configuration says of invoices.
#[derive(Debug)]
pub(crate) struct Approval {
    remittance_id: RemittanceId,
    terms: InvoiceTerms,
}

impl RequestHandler for OnApproveRemittance {
    type Request = ApproveRemittance;
    type Input = Approval;
    type State = Invoicing;
    type Effect = Work;

    async fn prepare(&self, request: ApproveRemittance) -> Result<Approval, RequestError> {
        with_payer(self.has_payer)?;
        Ok(Approval { remittance_id: request.remittance_id, terms: self.terms })
    }

    async fn key(_: &mut PgConnection, it: &Approval, _: &Actor) -> sqlx::Result<(Uuid, Uuid)> {
        Ok((it.remittance_id.as_uuid(), InvoiceSeries::ID))
    }

    fn decide(
        states: Invoicing,
        approval: &Approval,
        facts: &Facts,
    ) -> Result<(Decision<Invoicing, Work>, ApproveRemittanceAnswer), Fault> {
        remittance::approve_and_invoice(states, approval.terms, facts)
    }
}

/// Refuses what no payment order can be made for.
pub(super) fn with_payer(has_payer: bool) -> Result<(), RequestError> {
    if has_payer {
        return Ok(());
    }
    let reason = "no payment order can be made: set `payer_name` and `client_accounts` in the \
                  configuration of payment-reconciliation";
    Err(RequestError::Unavailable(reason.to_owned()))
}
