//! Timer `promise-due`: the payment of a promise should be known by now.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{PROMISE_DUE, Track, promise_due};

#[derive(Debug)]
pub(crate) struct OnPromiseDue;

impl TimerHandler for OnPromiseDue {
    type State = Track;
    type Effect = Nothing;

    const NAME: &'static str = PROMISE_DUE;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case| vec![*case]).collect())
    }

    fn decide(track: Track, _: Timestamp, facts: &Facts) -> Result<Decision<Track>, Fault> {
        Ok(promise_due(track, facts))
    }
}
