//! Timer `task-end`: a call was not made, or not written down, in time.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CallTask, TASK_END, end};

#[derive(Debug)]
pub(crate) struct OnTaskEnd;

impl TimerHandler for OnTaskEnd {
    type State = CallTask;
    type Effect = Nothing;

    const NAME: &'static str = TASK_END;

    async fn keys(_: &mut PgConnection, tasks: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(tasks.iter().map(|task| vec![*task]).collect())
    }

    fn decide(task: CallTask, _: Timestamp, facts: &Facts) -> Result<Decision<CallTask>, Fault> {
        Ok(end(task, facts))
    }
}
