//! `payment-reconciliation.cmd.allocate-payment`: a matched payment is booked on its case.

use contracts::payment_reconciliation::AllocatePayment;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};
use crate::domain::payment::ReceivedPayment;

#[derive(Debug)]
pub(crate) struct OnAllocatePayment;

impl Handler for OnAllocatePayment {
    type Message = AllocatePayment;
    type State = (Case, ReceivedPayment);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&AllocatePayment],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |it: &&AllocatePayment| (it.case_id.as_uuid(), it.payment_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Case, ReceivedPayment),
        message: &AllocatePayment,
        facts: &Facts,
    ) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
        case::allocate(states, message, facts)
    }
}
