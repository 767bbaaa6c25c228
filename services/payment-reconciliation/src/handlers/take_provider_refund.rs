//! `payment-reconciliation.cmd.take-provider-refund`: the provider sent a payment back.

use contracts::payment_reconciliation::TakeProviderRefund;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::payment::ReceivedPayment;
use crate::domain::provider_payout;

#[derive(Debug)]
pub(crate) struct OnTakeProviderRefund;

impl Handler for OnTakeProviderRefund {
    type Message = TakeProviderRefund;
    type State = ReceivedPayment;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&TakeProviderRefund],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.payment_id.as_uuid()]).collect())
    }

    fn decide(
        payment: ReceivedPayment,
        message: &TakeProviderRefund,
        facts: &Facts,
    ) -> Result<Decision<ReceivedPayment>, Fault> {
        provider_payout::take_refund(payment, message, facts)
    }
}
