//! Timer `forget`: what payers wrote is looked through, every night.

use mailbox::{Decision, Facts, Fault, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::retention::{self, FORGET, ForgetWork, Retention};

#[derive(Debug)]
pub(crate) struct OnForget;

impl TimerHandler for OnForget {
    type State = Retention;
    type Effect = ForgetWork;

    const NAME: &'static str = FORGET;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, retentions: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(retentions.iter().map(|id| vec![*id]).collect())
    }

    fn decide(
        retention: Retention,
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<Retention, ForgetWork>, Fault> {
        Ok(retention::begin(retention, facts))
    }
}
