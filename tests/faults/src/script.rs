//! What the story's producer tells, and what must come of it.

use std::collections::BTreeSet;

use contracts::{Envelope, Message};
use jiff::{SignedDuration, Timestamp};
use testkit::envelope;
use uuid::Uuid;

use crate::chance::Chance;
use crate::reference::{Bumped, Opened, Shut};

const COUNTERS: u128 = 4;
const BUMPS: i64 = 50;
/// Urgent messages, which two consumers bring, about a counter that nobody bumps.
const SHUTS: i64 = 6;
const SHUT: Uuid = Uuid::from_u128(u128::MAX);
/// Messages that nobody can handle: each is parked, and its neighbours are not.
const TROUBLES: [&str; 3] = ["poison", "panic", "unsavable"];
/// Messages from before the horizon, as a consumer that was made anew brings them.
const STALE: i64 = 2;
const STALE_AGE: SignedDuration = SignedDuration::from_hours(20 * 24);
/// So much more than all others that nobody could miss it in a sum.
const STALE_AMOUNT: i64 = 100_000;
/// After the chimes are set and before the clock is moved to them.
const CHIME_IN_S: i64 = 60;

/// One message, with the name that its id is made from.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) envelope: Envelope,
}

/// All messages of a story, in an order in which much comes too early.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) told: Vec<Told>,
    pub(crate) expected: Expected,
}

/// What must be there in the end, whatever broke.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) total: i64,
    pub(crate) bumps: i64,
    pub(crate) shuts: i64,
    pub(crate) rings: usize,
    pub(crate) chimes: i64,
    pub(crate) parked: BTreeSet<Uuid>,
}

pub(crate) fn counter(number: u128) -> Uuid {
    Uuid::from_u128(number.checked_rem(COUNTERS).unwrap_or(0).saturating_add(1))
}

impl Script {
    pub(crate) fn draw(seed: u64, now: Timestamp) -> Self {
        let mut told = Vec::new();
        let mut expected = Expected::default();
        let mut chiming = BTreeSet::new();
        for number in 1..=BUMPS {
            let bumped = bump(number, None);
            expected.total = expected.total.saturating_add(number);
            expected.bumps = expected.bumps.saturating_add(1);
            expected.rings = expected.rings.saturating_add(usize::from(bumped.ring));
            if bumped.chime_in_s.is_some() {
                chiming.insert(bumped.counter_id);
            }
            told.push(message(format!("bump {number}"), &bumped, now));
        }
        for (number, trouble) in (1..).zip(TROUBLES) {
            let bad = message(trouble.to_owned(), &bump(number, Some(trouble)), now);
            expected.parked.insert(bad.envelope.id.as_uuid());
            told.push(bad);
        }
        let long_ago = now.checked_sub(STALE_AGE).unwrap_or(Timestamp::MIN);
        for number in 1..=STALE {
            let bumped = Bumped { amount: STALE_AMOUNT, ..bump(number, None) };
            let stale = message(format!("stale {number}"), &bumped, long_ago);
            expected.parked.insert(stale.envelope.id.as_uuid());
            told.push(stale);
        }
        for number in 0..COUNTERS {
            let opened = Opened { counter_id: counter(number) };
            told.push(message(format!("open {number}"), &opened, now));
        }
        for number in 1..=SHUTS {
            told.push(message(format!("shut {number}"), &Shut { counter_id: SHUT }, now));
        }
        expected.shuts = SHUTS;
        expected.chimes = i64::try_from(chiming.len()).unwrap_or(i64::MAX);
        Chance::new(seed).shuffle(&mut told);
        Self { told, expected }
    }
}

fn bump(number: i64, trouble: Option<&str>) -> Bumped {
    Bumped {
        counter_id: counter(number.unsigned_abs().into()),
        amount: number,
        ring: number.checked_rem(2) == Some(0),
        chime_in_s: (number.checked_rem(3) == Some(0)).then_some(CHIME_IN_S),
        trouble: trouble.map(str::to_owned),
    }
}

fn message<M: Message>(name: String, message: &M, now: Timestamp) -> Told {
    let envelope = envelope(&name, message, now);
    Told { name, envelope }
}
