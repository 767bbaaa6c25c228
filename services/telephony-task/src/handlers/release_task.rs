//! `telephony-task.api.release-task`: a call that was taken on is given back.

use contracts::telephony_task::{ReleaseTask, ReleaseTaskAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CallTask, release};

#[derive(Debug)]
pub(crate) struct OnReleaseTask;

impl RequestHandler for OnReleaseTask {
    type Request = ReleaseTask;
    type Input = ReleaseTask;
    type State = CallTask;
    type Effect = Nothing;

    async fn prepare(&self, request: ReleaseTask) -> Result<ReleaseTask, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, input: &ReleaseTask, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(input.task_id.as_uuid())
    }

    fn decide(
        task: CallTask,
        _: &ReleaseTask,
        facts: &Facts,
    ) -> Result<(Decision<CallTask>, ReleaseTaskAnswer), Fault> {
        Ok(release(task, facts))
    }
}
