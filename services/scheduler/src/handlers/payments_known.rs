//! `payment-reconciliation.evt.payments-known`: until when the payments on a case are known.

use contracts::payment_reconciliation::PaymentsKnown;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, payments_known};

#[derive(Debug)]
pub(crate) struct OnPaymentsKnown;

impl Handler for OnPaymentsKnown {
    type Message = PaymentsKnown;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&PaymentsKnown],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(track: Track, message: &PaymentsKnown, _: &Facts) -> Result<Decision<Track>, Fault> {
        payments_known(track, message)
    }
}
