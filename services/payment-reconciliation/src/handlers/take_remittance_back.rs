//! `payment-reconciliation.cmd.take-remittance-back`: the bank sent a remittance back.

use contracts::payment_reconciliation::TakeRemittanceBack;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::remittance::{self, Remittance};

#[derive(Debug)]
pub(crate) struct OnTakeRemittanceBack;

impl Handler for OnTakeRemittanceBack {
    type Message = TakeRemittanceBack;
    type State = Remittance;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&TakeRemittanceBack],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.remittance_id.as_uuid()]).collect())
    }

    fn decide(
        remittance: Remittance,
        _: &TakeRemittanceBack,
        facts: &Facts,
    ) -> Result<Decision<Remittance>, Fault> {
        remittance::take_back(remittance, facts)
    }
}
