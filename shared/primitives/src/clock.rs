//! The two clocks that shells read and pure code never sees.
//!
//! Business time drives decisions, terms and timers, and may be moved ahead in a demonstration.
//! Wall time drives retries, leases, horizons and metrics, and is never anything but the machine's.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// Where a shell takes the time from.
pub trait Clock: Debug + Send + Sync {
    /// Now, for decisions, terms and timers.
    fn business_now(&self) -> Timestamp;

    /// Now, for retries, leases, horizons and metrics.
    fn wall_now(&self) -> Timestamp;
}

/// A clock that stands still until it is set; for tests.
#[derive(Debug)]
pub struct FixedClock(Mutex<Times>);

#[derive(Clone, Copy, Debug)]
struct Times {
    business: Timestamp,
    wall: Timestamp,
}

impl FixedClock {
    /// Both clocks at `now`.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self(Mutex::new(Times { business: now, wall: now }))
    }

    /// Sets both clocks.
    pub fn set(&self, now: Timestamp) {
        *self.times() = Times { business: now, wall: now };
    }

    /// Sets business time alone.
    pub fn set_business(&self, now: Timestamp) {
        self.times().business = now;
    }

    /// Sets wall time alone.
    pub fn set_wall(&self, now: Timestamp) {
        self.times().wall = now;
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        // Setting a time cannot leave it half set, so what a panicking test left behind is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn business_now(&self) -> Timestamp {
        self.times().business
    }

    fn wall_now(&self) -> Timestamp {
        self.times().wall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_clock_stands_still_until_set() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let fixed = FixedClock::new(at(1));
        let clock: &dyn Clock = &fixed;
        assert_eq!((clock.business_now(), clock.wall_now()), (at(1), at(1)));
        fixed.set_business(at(9));
        assert_eq!((clock.business_now(), clock.wall_now()), (at(9), at(1)));
        fixed.set_wall(at(2));
        assert_eq!((clock.business_now(), clock.wall_now()), (at(9), at(2)));
        fixed.set(at(3));
        assert_eq!((clock.business_now(), clock.wall_now()), (at(3), at(3)));
    }
}
