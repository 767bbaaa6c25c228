//! `payment-reconciliation.cmd.take-debit`: a direct debit came in, or back.

use contracts::payment_reconciliation::TakeDebit;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::debit::{self, Taking};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnTakeDebit;

impl Handler for OnTakeDebit {
    type Message = TakeDebit;
    type State = Taking;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        conn: &mut PgConnection,
        messages: &[&TakeDebit],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid, Uuid)>>> {
        let ids: Vec<_> = messages.iter().map(|message| message.debit_id).collect();
        let rows = store::rows_to_take(conn, &ids).await?;
        let key = |message: &&TakeDebit| {
            vec![rows.get(&message.debit_id.as_uuid()).copied().unwrap_or_default()]
        };
        Ok(messages.iter().map(key).collect())
    }

    fn decide(
        states: Taking,
        message: &TakeDebit,
        facts: &Facts,
    ) -> Result<Decision<Taking>, Fault> {
        debit::take(states, message, facts)
    }
}
