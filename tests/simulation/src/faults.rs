//! What goes wrong on the way: at the broker, in the processes, and outside.

use std::collections::BTreeSet;
use std::fmt;

use uuid::Uuid;

use crate::plan::Plan;
use house::chance::Chance;

/// The ways in which something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// A message is late by minutes to a day, and so overtaken by others.
    Late,
    /// A message is handed out, not acknowledged, and handed out again.
    Doubled,
    /// A process dies with a decision made and not saved; what it decided on comes again.
    Died,
    /// A timer goes off late.
    Asleep,
    /// An act on the outside is not taken now.
    NotTaken,
    /// An act happened, and its answer was lost.
    AnswerLost,
    /// An act did not happen, and nobody knows.
    Vanished,
    /// Nobody outside can be asked whether an act happened: a person finds out.
    Silent,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Late,
        Self::Doubled,
        Self::Died,
        Self::Asleep,
        Self::NotTaken,
        Self::AnswerLost,
        Self::Vanished,
        Self::Silent,
    ];

    /// So often in a hundred times, in a story of ordinary trouble.
    const fn percent(self) -> u8 {
        match self {
            Self::Late | Self::Doubled | Self::Asleep => 8,
            Self::Died => 3,
            Self::NotTaken => 12,
            Self::AnswerLost | Self::Vanished => 5,
            Self::Silent => 50,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Late => "late",
            Self::Doubled => "doubled",
            Self::Died => "died before saving",
            Self::Asleep => "timer late",
            Self::NotTaken => "not taken",
            Self::AnswerLost => "answer lost",
            Self::Vanished => "vanished",
            Self::Silent => "nobody to ask",
        })
    }
}

/// One thing that went wrong: how, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mishap {
    pub wrong: Wrong,
    /// The message at its consumer, the timer, or the attempt.
    pub what: Uuid,
}

/// Which mishaps there are in a story.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    seed: u64,
    /// How much goes wrong: 0 for nothing, 1 for ordinary trouble.
    trouble: u8,
    /// The ways in which it does.
    wrongs: BTreeSet<Wrong>,
    /// Only these happen, where they are given.
    only: Option<BTreeSet<Mishap>>,
    /// Those that happened.
    pub(crate) happened: BTreeSet<Mishap>,
}

impl Fate {
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            seed: plan.seed,
            trouble: plan.trouble,
            wrongs: plan.wrongs.clone(),
            only: plan.mishaps.clone(),
            happened: BTreeSet::new(),
        }
    }

    /// Whether something goes wrong here.
    pub(crate) fn strikes(&mut self, wrong: Wrong, what: Uuid) -> bool {
        let mishap = Mishap { wrong, what };
        let strikes = match &self.only {
            Some(only) => only.contains(&mishap),
            None if !self.wrongs.contains(&wrong) => false,
            None => {
                let percent = wrong.percent().saturating_mul(self.trouble).min(90);
                self.chance(wrong, what).percent(percent)
            }
        };
        if strikes {
            self.happened.insert(mishap);
        }
        strikes
    }

    /// The numbers of one mishap.
    pub(crate) fn chance(&self, wrong: Wrong, what: Uuid) -> Chance {
        Chance::of(self.seed, &format!("{wrong}{what}"))
    }
}
