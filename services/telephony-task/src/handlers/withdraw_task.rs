//! `telephony-task.cmd.withdraw-task`: a debtor is not to be called any more.

use contracts::telephony_task::WithdrawTask;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CallTask, withdraw};

#[derive(Debug)]
pub(crate) struct OnWithdrawTask;

impl Handler for OnWithdrawTask {
    type Message = WithdrawTask;
    type State = CallTask;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&WithdrawTask],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.task_id.as_uuid()]).collect())
    }

    fn decide(task: CallTask, _: &WithdrawTask, _: &Facts) -> Result<Decision<CallTask>, Fault> {
        Ok(withdraw(task))
    }
}
