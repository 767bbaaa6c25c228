//! `scheduler.api.record-reason`: a member of staff puts down why a debtor does not pay.

use contracts::reason::{RecordReason, RecordReasonAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, record_reason};

#[derive(Debug)]
pub(crate) struct OnRecordReason;

impl RequestHandler for OnRecordReason {
    type Request = RecordReason;
    type Input = RecordReason;
    type State = Track;
    type Effect = Nothing;

    async fn prepare(&self, request: RecordReason) -> Result<RecordReason, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &RecordReason, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.case_id.as_uuid())
    }

    fn decide(
        track: Track,
        request: &RecordReason,
        facts: &Facts,
    ) -> Result<(Decision<Track>, RecordReasonAnswer), Fault> {
        Ok(record_reason(track, request, facts))
    }
}
