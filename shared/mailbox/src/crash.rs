//! Named crash points: where a fault test makes the mailbox fail, as an error or as a death.
//!
//! Without a plan they cost one branch. A plan comes from the configuration, which refuses it
//! outside demo mode.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

/// The places where a fault means something different, in the order in which work passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// A batch was taken from the broker; nothing is recorded.
    Taken,
    /// Inbox rows are inserted, aggregates locked; nothing is decided.
    Locked,
    /// All is decided; nothing is saved.
    Decided,
    /// All is saved; nothing is committed.
    Saved,
    /// Committed; nothing is published.
    Committed,
    /// Published; not yet moved to `sent`.
    Published,
    /// Moved to `sent`; not yet acknowledged.
    Moved,
    /// An effect is committed as started; the act has not begun.
    EffectStarted,
    /// The act was performed; its result is not recorded.
    EffectPerformed,
    /// A request is answered in the database; the asker has no answer.
    Answered,
}

impl CrashPoint {
    pub const ALL: [Self; 10] = [
        Self::Taken,
        Self::Locked,
        Self::Decided,
        Self::Saved,
        Self::Committed,
        Self::Published,
        Self::Moved,
        Self::EffectStarted,
        Self::EffectPerformed,
        Self::Answered,
    ];

    /// In kebab case, as the configuration names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Locked => "locked",
            Self::Decided => "decided",
            Self::Saved => "saved",
            Self::Committed => "committed",
            Self::Published => "published",
            Self::Moved => "moved",
            Self::EffectStarted => "effect-started",
            Self::EffectPerformed => "effect-performed",
            Self::Answered => "answered",
        }
    }
}

/// How a planned fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The step returns an error.
    Error,
    /// The process ends at once, as with `kill -9`.
    Death,
}

/// A planned fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPlan {
    /// At the n-th passage of a point, counted from 1. Written `committed:3:death`.
    At { point: CrashPoint, passage: u64, failure: Failure },
    /// An error at about every n-th passage of whatever point, drawn from a seed. Written
    /// `scattered:SEED:N`.
    Scattered { seed: u64, one_in: u64 },
}

/// The text is not a crash plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no crash plan; write it as point:passage:error, point:passage:death or \
     scattered:seed:n"
)]
pub struct CrashPlanError(String);

impl FromStr for CrashPlan {
    type Err = CrashPlanError;

    fn from_str(text: &str) -> Result<Self, CrashPlanError> {
        let refuse = || CrashPlanError(text.to_owned());
        let parts: Vec<&str> = text.split(':').collect();
        let &[what, number, how] = parts.as_slice() else { return Err(refuse()) };
        let number = number.parse().map_err(|_| refuse())?;
        if what == "scattered" {
            let one_in = how.parse().ok().filter(|count| *count > 0).ok_or_else(refuse)?;
            return Ok(Self::Scattered { seed: number, one_in });
        }
        let failure = match how {
            "error" => Failure::Error,
            "death" => Failure::Death,
            _ => return Err(refuse()),
        };
        let point = CrashPoint::ALL.into_iter().find(|known| known.name() == what);
        match point {
            Some(point) if number > 0 => Ok(Self::At { point, passage: number, failure }),
            _ => Err(refuse()),
        }
    }
}

/// A planned fault was met.
#[derive(Debug, thiserror::Error)]
#[error("planned fault at `{0}`")]
pub(crate) struct Injected(CrashPoint);

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Counts the passages and fails as planned.
#[derive(Debug, Default)]
pub(crate) struct Crashes {
    plans: Vec<CrashPlan>,
    /// Of each point, in the order of [`CrashPoint::ALL`].
    passages: [AtomicU64; CrashPoint::ALL.len()],
    all: AtomicU64,
}

impl Crashes {
    pub(crate) fn new(plans: Vec<CrashPlan>) -> Self {
        Self { plans, ..Self::default() }
    }

    /// Passes a point.
    pub(crate) fn pass(&self, point: CrashPoint) -> Result<(), Injected> {
        if self.plans.is_empty() {
            return Ok(());
        }
        let count = |passages: &AtomicU64| passages.fetch_add(1, Ordering::Relaxed);
        let all = count(&self.all);
        let own = CrashPoint::ALL.iter().zip(&self.passages).find(|(known, _)| **known == point);
        let passage = own.map_or(0, |(_, passages)| count(passages).saturating_add(1));
        let met = self.plans.iter().find_map(|plan| plan.meets(point, passage, all));
        let Some(failure) = met else { return Ok(()) };
        tracing::warn!("planned fault at {point}");
        match failure {
            Failure::Error => Err(Injected(point)),
            Failure::Death => std::process::abort(),
        }
    }
}

impl CrashPlan {
    /// How it fails at this passage of the point, the n-th passage of all.
    fn meets(&self, at: CrashPoint, this: u64, all: u64) -> Option<Failure> {
        match *self {
            Self::At { point, passage, failure } => {
                (point == at && passage == this).then_some(failure)
            }
            Self::Scattered { seed, one_in } => {
                let drawn = scramble(seed.wrapping_add(all)).checked_rem(one_in);
                (drawn == Some(0)).then_some(Failure::Error)
            }
        }
    }
}

/// The finalizer of `SplitMix64`: neighbouring numbers become unlike ones.
const fn scramble(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_as_it_is_written() {
        let plan =
            CrashPlan::At { point: CrashPoint::Committed, passage: 3, failure: Failure::Death };
        assert_eq!("committed:3:death".parse(), Ok(plan));
        assert_eq!("scattered:7:50".parse(), Ok(CrashPlan::Scattered { seed: 7, one_in: 50 }));
        for wrong in ["", "committed:0:death", "nowhere:1:error", "scattered:7:0", "taken:1:error:"]
        {
            assert!(wrong.parse::<CrashPlan>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn scattered_errors_come_as_often_as_asked_and_again_from_the_same_seed() {
        let of = |seed| CrashPlan::Scattered { seed, one_in: 20 };
        let met = |plan: CrashPlan| -> Vec<u64> {
            (0..10_000).filter(|all| plan.meets(CrashPoint::Taken, 1, *all).is_some()).collect()
        };
        assert_eq!(met(of(1)), met(of(1)));
        assert_ne!(met(of(1)), met(of(2)));
        assert!((400..600).contains(&met(of(3)).len()), "{}", met(of(3)).len());
    }
}
