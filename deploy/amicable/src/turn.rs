//! Turning the business clock: step by step, never past a moment at which something is due without
//! waiting for rest there, so that each step happens on its own day.

use std::time::Duration;

use async_nats::jetstream::kv::Store;
use jiff::SignedDuration;
use primitives::Timestamp;
use runtime::clock::{self, ClockError};
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::rest;
use crate::session::Session;

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

/// Where the clock is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// This moment.
    To(Timestamp),
    /// So many days of 24 hours from now on.
    Days(u16),
    /// The next moment at which something is due.
    NextDue,
}

/// Turns the clock, and stops at each moment on the way at which something was due: `at_rest` is
/// called with it when everything that it set off is done. Returns where the clock stands.
pub(crate) async fn turn(
    session: &Session,
    target: Target,
    mut at_rest: impl AsyncFnMut(Timestamp) -> Result<(), Failure>,
) -> Result<Timestamp, Failure> {
    if !session.description.has_demo_clock() {
        return Err(Failure::ClockNotOurs);
    }
    let bucket = clock::open_bucket(&session.nats).await?;
    let mut survey = rest::reach(session).await?;
    let target = match target {
        Target::To(moment) if moment < survey.now => {
            return Err(Failure::ClockBackwards { now: survey.now.to_string() });
        }
        Target::To(moment) => moment,
        Target::Days(days) => {
            let hours = i64::from(days).saturating_mul(24);
            let there = survey.now.saturating_add(SignedDuration::from_hours(hours));
            there.unwrap_or(Timestamp::MAX)
        }
        Target::NextDue => survey.next_due().ok_or(Failure::NothingDue)?,
    };
    while survey.now < target {
        let step = next_stop(survey.next_due(), target);
        set(&bucket, step).await?;
        survey = rest::reach(session).await?;
        at_rest(survey.now).await?;
    }
    Ok(survey.now)
}

/// Sets the clock for everybody; a broker that was killed is back soon.
async fn set(bucket: &Store, to: Timestamp) -> Result<(), Failure> {
    let start = Instant::now();
    loop {
        match clock::advance(bucket, to).await {
            Err(ClockError::Broker(_)) if start.elapsed() < PATIENCE => sleep(PAUSE).await,
            set => return Ok(set?),
        }
    }
}

fn next_stop(due: Option<Timestamp>, target: Timestamp) -> Timestamp {
    due.map_or(target, |due| due.min(target))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_clock_never_passes_what_is_due_nor_its_target(due: Option<i32>, target: i32) {
            let at = |second: i32| Timestamp::from_second(second.into()).unwrap_or_default();
            let stop = next_stop(due.map(at), at(target));
            prop_assert!(stop <= at(target));
            prop_assert!(due.is_none_or(|due| stop <= at(due)));
            prop_assert!(stop == at(target) || Some(stop) == due.map(at));
        }
    }
}
