//! `telephony-task.cmd.create-task`: a debtor is to be called, under a permit.

use contracts::telephony_task::CreateTask;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CallTask, Case, create};

#[derive(Debug)]
pub(crate) struct OnCreateTask;

impl Handler for OnCreateTask {
    type Message = CreateTask;
    /// The task comes first: its timer and the version of what is told are the task's. One that
    /// waits for its case so waits at the task's row, and is tried again with the next sweep after
    /// the case was heard of.
    type State = (CallTask, Case);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&CreateTask],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key =
            |message: &&CreateTask| (message.task_id.as_uuid(), message.permit.case_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (CallTask, Case),
        message: &CreateTask,
        _: &Facts,
    ) -> Result<Decision<(CallTask, Case)>, Fault> {
        create(states, message)
    }
}
