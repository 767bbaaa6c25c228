//! `payment-reconciliation.evt.payment-allocated`: a payment lowers a claim.

use contracts::payment_reconciliation::PaymentAllocated;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, pay};

#[derive(Debug)]
pub(crate) struct OnPaymentAllocated;

impl Handler for OnPaymentAllocated {
    type Message = PaymentAllocated;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&PaymentAllocated],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &PaymentAllocated,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        pay(track, message, facts)
    }
}
