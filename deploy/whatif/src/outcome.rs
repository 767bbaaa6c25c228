//! What a strategy came to: sums, and the same week by week.

use std::collections::BTreeMap;

use jiff::ToSpan;
use primitives::Date;

use crate::act::Act;

/// Everything under one agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the agreement is called.
    pub agreement: String,
    pub sums: Sums,
    /// In the order of their days.
    pub acts: Vec<Act>,
}

/// Amounts are in minor units of the portfolio's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub cases: u64,
    /// Cases on which something is owed in the end, and how much.
    pub open_cases: u64,
    pub open_minor: i64,
    /// What the claims were handed over for.
    pub claimed_minor: i64,
    /// Cases that wait for a person in the end, by the reason.
    pub held: BTreeMap<String, u64>,
    /// By the Monday of the week.
    pub weeks: BTreeMap<Date, Week>,
}

/// What happened within a week, or within all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// Messages, each channel by itself.
    pub letters: u64,
    pub calls: u64,
    /// Calls that reached the debtor.
    pub reached: u64,
    pub promises: u64,
    pub promises_kept: u64,
    /// Collection costs and interest that were added to claims.
    pub added_minor: i64,
    /// What was received.
    pub cash_minor: i64,
    /// What was added to claims of debtors who cannot pay, or do not agree.
    pub harm_minor: i64,
}

impl Week {
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            letters: self.letters.saturating_add(other.letters),
            calls: self.calls.saturating_add(other.calls),
            reached: self.reached.saturating_add(other.reached),
            promises: self.promises.saturating_add(other.promises),
            promises_kept: self.promises_kept.saturating_add(other.promises_kept),
            added_minor: self.added_minor.saturating_add(other.added_minor),
            cash_minor: self.cash_minor.saturating_add(other.cash_minor),
            harm_minor: self.harm_minor.saturating_add(other.harm_minor),
        }
    }
}

impl Sums {
    /// The week of a day.
    pub(crate) fn week(&mut self, day: Date) -> &mut Week {
        let monday = day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days());
        self.weeks.entry(monday).or_default()
    }

    /// All weeks together.
    #[must_use]
    pub fn total(&self) -> Week {
        self.weeks.values().copied().fold(Week::default(), Week::and)
    }

    /// Adds what other debtors came to.
    pub fn add(&mut self, other: Self) {
        self.cases = self.cases.saturating_add(other.cases);
        self.open_cases = self.open_cases.saturating_add(other.open_cases);
        self.open_minor = self.open_minor.saturating_add(other.open_minor);
        self.claimed_minor = self.claimed_minor.saturating_add(other.claimed_minor);
        for (reason, times) in other.held {
            let sum = self.held.entry(reason).or_default();
            *sum = sum.saturating_add(times);
        }
        for (monday, week) in other.weeks {
            let sum = self.weeks.entry(monday).or_default();
            *sum = sum.and(week);
        }
    }
}
