//! `intake.api.tell-staff-anew`: a member of staff, for a service that joined later.

use contracts::intake::{TellStaffAnew, TellStaffAnewAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Reached, Staff, tell_staff_anew};
use crate::store;

pub(crate) struct OnTellStaffAnew;

impl RequestHandler for OnTellStaffAnew {
    type Request = TellStaffAnew;
    type Input = TellStaffAnew;
    type State = Reached<Staff>;
    type Effect = Nothing;

    async fn prepare(&self, request: TellStaffAnew) -> Result<TellStaffAnew, RequestError> {
        Ok(request)
    }

    /// Nobody's row is made for an id that nobody has.
    async fn key(
        conn: &mut PgConnection,
        input: &TellStaffAnew,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        store::known_staff(conn, input.staff_id).await
    }

    fn decide(
        state: Reached<Staff>,
        input: &TellStaffAnew,
        _: &Facts,
    ) -> Result<(Decision<Reached<Staff>>, TellStaffAnewAnswer), Fault> {
        tell_staff_anew(state, input.staff_id)
    }
}
