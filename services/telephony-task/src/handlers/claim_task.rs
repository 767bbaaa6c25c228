//! `telephony-task.api.claim-task`: a caller takes a call on.

use contracts::telephony_task::{ClaimTask, ClaimTaskAnswer};
use mailbox::{Asker, Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::{Actor, CallTaskId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::owed;
use crate::domain::{ClaimDesk, Owed, claim, staff_of};

/// The call that is asked for, and what is owed on its case.
#[derive(Debug)]
pub(crate) struct Claiming {
    task_id: CallTaskId,
    owed: Owed,
}

#[derive(Debug)]
pub(crate) struct OnClaimTask {
    pub(crate) asker: Asker,
}

impl RequestHandler for OnClaimTask {
    type Request = ClaimTask;
    type Input = Claiming;
    type State = ClaimDesk;
    type Effect = Nothing;

    async fn prepare(&self, request: ClaimTask) -> Result<Claiming, RequestError> {
        let ClaimTask { task_id, case_id } = request;
        Ok(Claiming { task_id, owed: owed(&self.asker, case_id).await? })
    }

    async fn key(
        _: &mut PgConnection,
        input: &Claiming,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Option<Uuid>)> {
        let caller = staff_of(actor).map(|staff_id| staff_id.as_uuid());
        Ok((input.task_id.as_uuid(), caller))
    }

    fn decide(
        desk: ClaimDesk,
        input: &Claiming,
        facts: &Facts,
    ) -> Result<(Decision<ClaimDesk>, ClaimTaskAnswer), Fault> {
        Ok(claim(desk, &input.owed, facts))
    }
}
