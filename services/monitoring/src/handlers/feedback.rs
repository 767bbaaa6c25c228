//! Timer `feedback`: the morning after a case was closed.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{FEEDBACK, WatchedCase, tell_creditor};

#[derive(Debug)]
pub(crate) struct OnFeedback;

impl TimerHandler for OnFeedback {
    type State = WatchedCase;
    type Effect = Nothing;

    const NAME: &'static str = FEEDBACK;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case| vec![*case]).collect())
    }

    fn decide(
        watched: WatchedCase,
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<WatchedCase>, Fault> {
        tell_creditor(watched, facts)
    }
}
