//! `telephony-task.api.list-tasks`: the calls to be made.

use contracts::telephony_task::{ListTasks, TaskList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListTasks;

impl Query for AnswerListTasks {
    type Request = ListTasks;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListTasks,
        now: Timestamp,
    ) -> sqlx::Result<TaskList> {
        let (tasks, total) = store::waiting_tasks(conn, request.limit.clamp(1, 1000), now).await?;
        Ok(TaskList { tasks, total })
    }
}
