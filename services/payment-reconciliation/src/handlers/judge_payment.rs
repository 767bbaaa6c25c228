//! `payment-reconciliation.cmd.judge-payment`: which claims does a payment pay?

use contracts::payment_reconciliation::JudgePayment;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::judging::{self, Judging};
use crate::domain::payment::ReceivedPayment;

#[derive(Debug)]
pub(crate) struct OnJudgePayment;

impl Handler for OnJudgePayment {
    type Message = JudgePayment;
    type State = (Judging, ReceivedPayment);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&JudgePayment],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let ids = messages.iter().map(|message| message.payment_id.as_uuid());
        Ok(ids.map(|id| vec![(id, id)]).collect())
    }

    fn decide(
        states: (Judging, ReceivedPayment),
        message: &JudgePayment,
        facts: &Facts,
    ) -> Result<Decision<(Judging, ReceivedPayment)>, Fault> {
        judging::judge_payment(states, message, facts)
    }
}
