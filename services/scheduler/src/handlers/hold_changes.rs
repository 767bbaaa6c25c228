//! Timer `hold-changes`: a hold over a case ends, or its owner should have decided.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{HOLD_CHANGES, Track, holds_change};

#[derive(Debug)]
pub(crate) struct OnHoldChanges;

impl TimerHandler for OnHoldChanges {
    type State = Track;
    type Effect = Nothing;

    const NAME: &'static str = HOLD_CHANGES;

    async fn keys(_: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(ids.iter().map(|id| vec![*id]).collect())
    }

    fn decide(track: Track, _: Timestamp, facts: &Facts) -> Result<Decision<Track>, Fault> {
        Ok(holds_change(track, facts))
    }
}
