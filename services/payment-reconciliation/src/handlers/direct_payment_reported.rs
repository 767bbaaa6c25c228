//! `intake.evt.direct-payment-reported`: a debtor paid the creditor itself.

use contracts::intake::DirectPaymentReported;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};
use crate::domain::payment::ReceivedPayment;

#[derive(Debug)]
pub(crate) struct OnDirectPaymentReported;

impl Handler for OnDirectPaymentReported {
    type Message = DirectPaymentReported;
    type State = (Case, ReceivedPayment);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&DirectPaymentReported],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |it: &&DirectPaymentReported| (it.case_id.as_uuid(), it.payment_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Case, ReceivedPayment),
        message: &DirectPaymentReported,
        facts: &Facts,
    ) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
        case::pay_directly(states, message, facts)
    }
}
