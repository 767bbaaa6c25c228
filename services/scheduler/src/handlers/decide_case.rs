//! `scheduler.api.decide-case`: a member of staff decides how a held case goes on.

use contracts::reason::{DecideCase, DecideCaseAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, decide_case};

#[derive(Debug)]
pub(crate) struct OnDecideCase;

impl RequestHandler for OnDecideCase {
    type Request = DecideCase;
    type Input = DecideCase;
    type State = Track;
    type Effect = Nothing;

    async fn prepare(&self, request: DecideCase) -> Result<DecideCase, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &DecideCase, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.case_id.as_uuid())
    }

    fn decide(
        track: Track,
        request: &DecideCase,
        facts: &Facts,
    ) -> Result<(Decision<Track>, DecideCaseAnswer), Fault> {
        Ok(decide_case(track, request, facts))
    }
}
