//! A bad release must not park everything: whoever brings too much that has to be parked stands
//! still until a person has settled it.
//!
//! That a source stands still is a row of the database, so that it holds for all replicas and over
//! restarts; each process looks at it with every sweep.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use primitives::Timestamp;

use crate::batch::Outcome;

/// Where inputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Events,
    /// The urgent ones among the events.
    Urgent,
    Commands,
    Timers,
    Effects,
    Waiting,
    /// Somebody waits for the answer; never stands still.
    Desk,
}

impl Source {
    /// Those that may stand still.
    pub(crate) const PULLED: [Self; 6] =
        [Self::Events, Self::Urgent, Self::Commands, Self::Timers, Self::Effects, Self::Waiting];

    /// As the status of a service names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Commands => "commands",
            Self::Urgent => "urgent",
            Self::Timers => "timers",
            Self::Effects => "effects",
            Self::Waiting => "waiting",
            Self::Desk => "desk",
        }
    }
}

/// The guards of one process.
#[derive(Debug)]
pub(crate) struct Guards {
    parked_per_minute_max: u64,
    by_source: Mutex<BTreeMap<Source, Guard>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Guard {
    /// The minute of wall time that is counted.
    minute: i64,
    parked: u64,
    handled: u64,
    stopped: bool,
}

impl Guards {
    pub(crate) fn new(parked_per_minute_max: u64) -> Self {
        Self { parked_per_minute_max, by_source: Mutex::default() }
    }

    pub(crate) fn stopped(&self, source: Source) -> bool {
        self.with(|guards| guards.get(&source).is_some_and(|guard| guard.stopped))
    }

    /// Takes over what the database says of all sources.
    pub(crate) fn adopt(&self, stopped: &[String]) {
        self.with(|guards| {
            for source in Source::PULLED {
                let guard = guards.entry(source).or_default();
                let stops = stopped.iter().any(|name| name == source.name());
                if guard.stopped && !stops {
                    *guard = Guard::default();
                }
                guard.stopped = stops;
            }
        });
    }

    /// Whether so many parked of so many are too many for one batch to commit.
    pub(crate) fn floods(&self, source: Source, parked: usize, of: usize) -> bool {
        let (parked, of) = (wide(parked), wide(of));
        source != Source::Desk
            && of > self.parked_per_minute_max.saturating_add(1)
            && self.too_many(parked, of)
    }

    /// Counts what became of inputs; true when that stops their source.
    pub(crate) fn count(&self, source: Source, outcomes: &[Outcome], now: Timestamp) -> bool {
        let parked = outcomes.iter().filter(|one| matches!(one, Outcome::Parked(_))).count();
        let left = outcomes.iter().filter(|one| matches!(one, Outcome::Left)).count();
        let minute = now.as_second().div_euclid(60);
        self.with(|guards| {
            let guard = guards.entry(source).or_default();
            if guard.minute != minute {
                *guard = Guard { minute, stopped: guard.stopped, ..Guard::default() };
            }
            guard.parked = guard.parked.saturating_add(wide(parked));
            let handled = outcomes.len().saturating_sub(left);
            guard.handled = guard.handled.saturating_add(wide(handled));
            let stops = source != Source::Desk
                && !guard.stopped
                && self.too_many(guard.parked, guard.handled);
            guard.stopped |= stops;
            stops
        })
    }

    fn too_many(&self, parked: u64, of: u64) -> bool {
        parked > self.parked_per_minute_max && parked.saturating_mul(10) > of
    }

    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<Source, Guard>) -> T) -> T {
        look(&mut self.by_source.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
