//! `intake.evt.direct-payment-retracted`: a creditor was wrong about a payment to itself.

use contracts::intake::DirectPaymentRetracted;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};
use crate::domain::payment::ReceivedPayment;

#[derive(Debug)]
pub(crate) struct OnDirectPaymentRetracted;

impl Handler for OnDirectPaymentRetracted {
    type Message = DirectPaymentRetracted;
    type State = (Case, ReceivedPayment);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&DirectPaymentRetracted],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |it: &&DirectPaymentRetracted| (it.case_id.as_uuid(), it.payment_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Case, ReceivedPayment),
        message: &DirectPaymentRetracted,
        facts: &Facts,
    ) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
        case::take_back(states, message, facts)
    }
}
