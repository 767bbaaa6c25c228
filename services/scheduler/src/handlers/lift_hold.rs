//! `scheduler.api.lift-hold`: a member of staff ends a hold.

use contracts::hold::{LiftHold, LiftHoldAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Hold, lift_hold};

#[derive(Debug)]
pub(crate) struct OnLiftHold;

impl RequestHandler for OnLiftHold {
    type Request = LiftHold;
    type Input = LiftHold;
    type State = Hold;
    type Effect = Nothing;

    async fn prepare(&self, request: LiftHold) -> Result<LiftHold, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &LiftHold, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.hold_id.as_uuid())
    }

    fn decide(
        hold: Hold,
        _: &LiftHold,
        facts: &Facts,
    ) -> Result<(Decision<Hold>, LiftHoldAnswer), Fault> {
        Ok(lift_hold(hold, facts))
    }
}
