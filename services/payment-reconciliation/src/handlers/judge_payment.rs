//! `payment-reconciliation.cmd.judge-payment`: which claims does a payment pay?

use contracts::payment_reconciliation::JudgePayment;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::judging::{self, Judging};

#[derive(Debug)]
pub(crate) struct OnJudgePayment;

impl Handler for OnJudgePayment {
    type Message = JudgePayment;
    type State = Judging;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&JudgePayment],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.payment_id.as_uuid()]).collect())
    }

    fn decide(
        judging: Judging,
        message: &JudgePayment,
        _: &Facts,
    ) -> Result<Decision<Judging>, Fault> {
        judging::judge_payment(judging, message)
    }
}
