//! `telephony-task.api.claim-task`: a caller takes a call on.

use contracts::telephony_task::{ClaimTask, ClaimTaskAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{ClaimDesk, claim, staff_of};

#[derive(Debug)]
pub(crate) struct OnClaimTask;

impl RequestHandler for OnClaimTask {
    type Request = ClaimTask;
    type Input = ClaimTask;
    type State = ClaimDesk;
    type Effect = Nothing;

    async fn prepare(&self, request: ClaimTask) -> Result<ClaimTask, RequestError> {
        Ok(request)
    }

    async fn key(
        _: &mut PgConnection,
        input: &ClaimTask,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Option<Uuid>)> {
        let caller = staff_of(actor).map(|staff_id| staff_id.as_uuid());
        Ok((input.task_id.as_uuid(), caller))
    }

    fn decide(
        desk: ClaimDesk,
        _: &ClaimTask,
        facts: &Facts,
    ) -> Result<(Decision<ClaimDesk>, ClaimTaskAnswer), Fault> {
        Ok(claim(desk, facts))
    }
}
