//! Timer `permit-end`: a permit is over, and its answer is not in.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{PERMIT_END, Track, end_permit};

#[derive(Debug)]
pub(crate) struct OnPermitEnd;

impl TimerHandler for OnPermitEnd {
    type State = Track;
    type Effect = Nothing;

    const NAME: &'static str = PERMIT_END;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case| vec![*case]).collect())
    }

    fn decide(track: Track, _: Timestamp, facts: &Facts) -> Result<Decision<Track>, Fault> {
        Ok(end_permit(track, facts))
    }
}
