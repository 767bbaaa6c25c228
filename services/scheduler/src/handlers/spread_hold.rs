//! Timer `spread-hold`: a hold has cases to tell.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Hold, SPREAD_HOLD, spread_hold};

#[derive(Debug)]
pub(crate) struct OnSpreadHold;

impl TimerHandler for OnSpreadHold {
    type State = Hold;
    type Effect = Nothing;

    const NAME: &'static str = SPREAD_HOLD;

    async fn keys(_: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(ids.iter().map(|id| vec![*id]).collect())
    }

    fn decide(hold: Hold, _: Timestamp, facts: &Facts) -> Result<Decision<Hold>, Fault> {
        Ok(spread_hold(hold, facts))
    }
}
