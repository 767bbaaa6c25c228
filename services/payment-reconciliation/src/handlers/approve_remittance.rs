//! `payment-reconciliation.api.approve-remittance`: a second person has a creditor paid.

use contracts::payment_reconciliation::{ApproveRemittance, ApproveRemittanceAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::remittance::{self, Remittance, Work};

#[derive(Debug)]
pub(crate) struct OnApproveRemittance {
    /// Whether the configuration says who pays.
    pub(crate) has_payer: bool,
}

impl RequestHandler for OnApproveRemittance {
    type Request = ApproveRemittance;
    type Input = ApproveRemittance;
    type State = Remittance;
    type Effect = Work;

    async fn prepare(&self, request: ApproveRemittance) -> Result<ApproveRemittance, RequestError> {
        with_payer(self.has_payer)?;
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        request: &ApproveRemittance,
        _: &Actor,
    ) -> sqlx::Result<Uuid> {
        Ok(request.remittance_id.as_uuid())
    }

    fn decide(
        remittance: Remittance,
        _: &ApproveRemittance,
        facts: &Facts,
    ) -> Result<(Decision<Remittance, Work>, ApproveRemittanceAnswer), Fault> {
        remittance::approve(remittance, facts)
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
