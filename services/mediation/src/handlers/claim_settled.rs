//! `payment-reconciliation.evt.claim-settled`: nothing is owed on a claim.

use contracts::payment_reconciliation::ClaimSettled;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CaseFile, settle_claim};

#[derive(Debug)]
pub(crate) struct OnClaimSettled;

impl Handler for OnClaimSettled {
    type Message = ClaimSettled;
    type State = CaseFile;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ClaimSettled],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        file: CaseFile,
        message: &ClaimSettled,
        facts: &Facts,
    ) -> Result<Decision<CaseFile>, Fault> {
        Ok(settle_claim(file, message, facts))
    }
}
