//! Timer `review`: a person should have looked at a held case by now.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{REVIEW, Track, review};

#[derive(Debug)]
pub(crate) struct OnReview;

impl TimerHandler for OnReview {
    type State = Track;
    type Effect = Nothing;

    const NAME: &'static str = REVIEW;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case| vec![*case]).collect())
    }

    fn decide(track: Track, _: Timestamp, facts: &Facts) -> Result<Decision<Track>, Fault> {
        Ok(review(track, facts))
    }
}
