//! `payment-reconciliation.evt.payment-allocated`: a payment reduced what is owed.

use contracts::payment_reconciliation::PaymentAllocated;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CaseFile, receive};

#[derive(Debug)]
pub(crate) struct OnPaymentAllocated;

impl Handler for OnPaymentAllocated {
    type Message = PaymentAllocated;
    type State = CaseFile;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&PaymentAllocated],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        file: CaseFile,
        message: &PaymentAllocated,
        facts: &Facts,
    ) -> Result<Decision<CaseFile>, Fault> {
        receive(file, message, facts)
    }
}
