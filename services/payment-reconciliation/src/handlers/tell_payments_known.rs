//! `payment-reconciliation.cmd.tell-payments-known`: until when are the payments on a case known?

use contracts::payment_reconciliation::TellPaymentsKnown;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};

#[derive(Debug)]
pub(crate) struct OnTellPaymentsKnown;

impl Handler for OnTellPaymentsKnown {
    type Message = TellPaymentsKnown;
    type State = Case;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&TellPaymentsKnown],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(case: Case, message: &TellPaymentsKnown, _: &Facts) -> Result<Decision<Case>, Fault> {
        case::tell_payments_known(case, message)
    }
}
