//! `scheduler.api.place-hold`: a member of staff puts cases on hold.

use contracts::hold::{PlaceHold, PlaceHoldAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Hold, place_hold};

#[derive(Debug)]
pub(crate) struct OnPlaceHold;

impl RequestHandler for OnPlaceHold {
    type Request = PlaceHold;
    type Input = PlaceHold;
    type State = Hold;
    type Effect = Nothing;

    async fn prepare(&self, request: PlaceHold) -> Result<PlaceHold, RequestError> {
        Ok(request)
    }

    async fn key(_: &mut PgConnection, request: &PlaceHold, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(request.hold_id.as_uuid())
    }

    fn decide(
        hold: Hold,
        request: &PlaceHold,
        facts: &Facts,
    ) -> Result<(Decision<Hold>, PlaceHoldAnswer), Fault> {
        Ok(place_hold(hold, request, facts))
    }
}
