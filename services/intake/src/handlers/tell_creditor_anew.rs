//! `intake.api.tell-creditor-anew`: a creditor and its agreements, for a service that joined later.

use contracts::intake::{TellCreditorAnew, TellCreditorAnewAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Creditor, Reached, tell_creditor_anew};
use crate::store;

pub(crate) struct OnTellCreditorAnew;

impl RequestHandler for OnTellCreditorAnew {
    type Request = TellCreditorAnew;
    type Input = TellCreditorAnew;
    type State = Reached<Creditor>;
    type Effect = Nothing;

    async fn prepare(&self, request: TellCreditorAnew) -> Result<TellCreditorAnew, RequestError> {
        Ok(request)
    }

    /// Nobody's row is made for an id that nobody has.
    async fn key(
        conn: &mut PgConnection,
        input: &TellCreditorAnew,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        store::known_creditor(conn, input.creditor_id).await
    }

    fn decide(
        state: Reached<Creditor>,
        input: &TellCreditorAnew,
        _: &Facts,
    ) -> Result<(Decision<Reached<Creditor>>, TellCreditorAnewAnswer), Fault> {
        tell_creditor_anew(state, input.creditor_id)
    }
}
