//! `payment-reconciliation.cmd.take-refund-back`: the bank sent a refund back.

use contracts::payment_reconciliation::TakeRefundBack;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::refund::{self, Returning};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnTakeRefundBack;

impl Handler for OnTakeRefundBack {
    type Message = TakeRefundBack;
    type State = Returning;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        conn: &mut PgConnection,
        messages: &[&TakeRefundBack],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid, Uuid)>>> {
        let ids: Vec<_> = messages.iter().map(|message| message.refund_id).collect();
        let rows = store::rows_of_refunds(conn, &ids).await?;
        let key = |message: &&TakeRefundBack| {
            let id = message.refund_id.as_uuid();
            let (payment, case) = rows.get(&id).copied().unwrap_or_default();
            vec![(case, payment, id)]
        };
        Ok(messages.iter().map(key).collect())
    }

    fn decide(
        states: Returning,
        _: &TakeRefundBack,
        facts: &Facts,
    ) -> Result<Decision<Returning>, Fault> {
        refund::take_back(states, facts)
    }
}
