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

/// One planned fault: at the n-th passage of a point. Written `committed:3:death`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashPlan {
    pub point: CrashPoint,
    /// Counted from 1.
    pub passage: u64,
    pub failure: Failure,
}

/// The text is not a crash plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no crash plan; write it as point:passage:error or point:passage:death")]
pub struct CrashPlanError(String);

impl FromStr for CrashPlan {
    type Err = CrashPlanError;

    fn from_str(text: &str) -> Result<Self, CrashPlanError> {
        let refuse = || CrashPlanError(text.to_owned());
        let mut parts = text.split(':');
        let (Some(point), Some(passage), Some(failure), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse());
        };
        let failure = match failure {
            "error" => Failure::Error,
            "death" => Failure::Death,
            _ => return Err(refuse()),
        };
        let point =
            CrashPoint::ALL.into_iter().find(|known| known.name() == point).ok_or_else(refuse)?;
        let passage = passage.parse().ok().filter(|count| *count > 0).ok_or_else(refuse)?;
        Ok(Self { point, passage, failure })
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
    plan: Option<CrashPlan>,
    passages: AtomicU64,
}

impl Crashes {
    pub(crate) fn new(plan: Option<CrashPlan>) -> Self {
        Self { plan, passages: AtomicU64::new(0) }
    }

    /// Passes a point.
    pub(crate) fn pass(&self, point: CrashPoint) -> Result<(), Injected> {
        let Some(plan) = self.plan.filter(|plan| plan.point == point) else { return Ok(()) };
        let passage = self.passages.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if passage != plan.passage {
            return Ok(());
        }
        match plan.failure {
            Failure::Error => Err(Injected(point)),
            Failure::Death => std::process::abort(),
        }
    }
}
