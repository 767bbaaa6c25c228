//! `payment-reconciliation.cmd.match-payment`: which claim does a payment name?

use contracts::payment_reconciliation::MatchPayment;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::reference::{Reference, match_payment};

#[derive(Debug)]
pub(crate) struct OnMatchPayment;

impl Handler for OnMatchPayment {
    type Message = MatchPayment;
    type State = Reference;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&MatchPayment],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![Reference::id(&message.reference)]).collect())
    }

    fn decide(
        reference: Reference,
        message: &MatchPayment,
        _: &Facts,
    ) -> Result<Decision<Reference>, Fault> {
        Ok(match_payment(reference, message))
    }
}
