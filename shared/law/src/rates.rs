//! The rates of interest that the law publishes, from the data files of this crate.
//!
//! Rates are loaded, never derived; beyond what is loaded there is an error and no guess.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use primitives::Date;

/// A table of published rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateTable {
    /// The Netherlands, BW art. 6:119.
    NlStatutory,
    /// The Netherlands, BW art. 6:119a, between businesses.
    NlCommercial,
    /// Belgium, the law of 2 August 2002, between businesses.
    BeCommercial,
    /// Belgium, legal interest in civil matters.
    BeLegal,
}

impl RateTable {
    /// Every table.
    pub const ALL: &[Self] =
        &[Self::NlStatutory, Self::NlCommercial, Self::BeCommercial, Self::BeLegal];

    /// The last day whose rate is loaded; none where the table cannot be read.
    #[must_use]
    pub fn loaded_until(self) -> Option<Date> {
        Rates::load(self, 0..=u32::MAX).ok().map(|rates| rates.last)
    }

    /// The file as it was when the crate was built.
    const fn text(self) -> &'static str {
        match self {
            Self::NlStatutory => include_str!("../data/nl-statutory.csv"),
            Self::NlCommercial => include_str!("../data/nl-commercial.csv"),
            Self::BeCommercial => include_str!("../data/be-commercial.csv"),
            Self::BeLegal => include_str!("../data/be-legal.csv"),
        }
    }
}

impl fmt::Display for RateTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NlStatutory => "Dutch statutory interest",
            Self::NlCommercial => "Dutch statutory commercial interest",
            Self::BeCommercial => "Belgian interest on late payment between businesses",
            Self::BeLegal => "Belgian legal interest",
        })
    }
}

/// A table that ends before it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatesEnding {
    /// The table.
    pub table: RateTable,
    /// The last day whose rate is loaded; none where the table cannot be read.
    pub last: Option<Date>,
    /// The rate of today is lacking: no interest is asked for days that are not loaded.
    pub is_lacking: bool,
}

/// So many days before a table ends somebody should load what comes after.
const WARNING_DAYS: i32 = 14;

/// The tables that lack the rate of `today`, or end within fourteen days: load what was published
/// (rijksoverheid.nl, the Moniteur belge), never a guess.
#[must_use]
pub fn rates_ending(today: Date) -> Vec<RatesEnding> {
    let ending = |table: &RateTable| {
        let last = table.loaded_until();
        let is_lacking = last.is_none_or(|last| last < today);
        let soon = today.saturating_add(WARNING_DAYS.days());
        let ends = is_lacking || last.is_some_and(|last| last < soon);
        ends.then_some(RatesEnding { table: *table, last, is_lacking })
    };
    RateTable::ALL.iter().filter_map(ending).collect()
}

/// A rate and the first day on which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) from: Date,
    /// Basis points a year.
    pub(crate) rate_bp: u32,
}

/// What a table holds: at least one rate, in order of time, up to and including a last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) first: Date,
    pub(crate) last: Date,
    /// Each differs from the one before.
    pub(crate) steps: Vec<Step>,
}

impl Rates {
    /// The rates of a table, brought within `bounds`. The error is the number of the line that
    /// cannot be read.
    pub(crate) fn load(table: RateTable, bounds: RangeInclusive<u32>) -> Result<Self, usize> {
        let mut rates = parse(table.text())?;
        for step in &mut rates.steps {
            step.rate_bp = step.rate_bp.max(*bounds.start()).min(*bounds.end());
        }
        rates.steps.dedup_by_key(|step| step.rate_bp);
        Ok(rates)
    }

    /// One rate, at any time.
    pub(crate) fn fixed(rate_bp: u32) -> Self {
        let (first, last) = (Date::MIN, Date::MAX);
        Self { first, last, steps: vec![Step { from: first, rate_bp }] }
    }

    /// The rate of a day; none outside of what is loaded.
    pub(crate) fn on(&self, day: Date) -> Option<u32> {
        let step = self.steps.iter().rev().find(|step| step.from <= day);
        step.filter(|_| day <= self.last).map(|step| step.rate_bp)
    }
}

/// Lines of a day and a percentage with two decimals; `#` begins a remark, one of which says until
/// when the table is loaded.
fn parse(text: &str) -> Result<Rates, usize> {
    let mut loaded_until = None;
    let mut steps: Vec<Step> = Vec::new();
    let mut number = 0_usize;
    for line in text.lines() {
        number = number.saturating_add(1);
        if let Some(remark) = line.strip_prefix('#') {
            if let Some(day) = remark.strip_prefix(" loaded until ") {
                loaded_until = Some(day.parse::<Date>().map_err(|_| number)?);
            }
            continue;
        }
        let step = step(line).ok_or(number)?;
        if steps.last().is_some_and(|before| step.from <= before.from) {
            return Err(number);
        }
        steps.push(step);
    }
    let (first, newest) = steps.first().zip(steps.last()).ok_or(number)?;
    let last = loaded_until.filter(|last| newest.from <= *last).ok_or(number)?;
    Ok(Rates { first: first.from, last, steps })
}

fn step(line: &str) -> Option<Step> {
    let (day, rate) = line.split_once(',')?;
    let (whole, hundredths) = rate.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(hundredths) || hundredths.len() != 2 {
        return None;
    }
    let rate_bp = whole.parse::<u32>().ok()?.checked_mul(100)?;
    let rate_bp = rate_bp.checked_add(hundredths.parse().ok()?)?;
    Some(Step { from: day.parse().ok()?, rate_bp })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const ANY: RangeInclusive<u32> = 0..=u32::MAX;

    /// The wall: a broken file cannot leave the house.
    #[test]
    fn every_table_is_read_and_has_rates_a_person_would_believe() {
        for table in RateTable::ALL {
            let rates = Rates::load(*table, ANY).unwrap();
            assert!(rates.first <= date(2012, 1, 1), "{table}");
            assert!(rates.last >= date(2026, 6, 30), "{table}");
            assert!(rates.steps.iter().all(|step| (100..=1_300).contains(&step.rate_bp)));
            let told = table.text().lines().filter(|line| line.starts_with("# ")).count();
            assert!(told >= 3, "{table}: say what it is, where it is from, until when");
        }
    }

    #[test]
    fn the_rates_are_those_that_were_published() {
        for (table, day, rate_bp) in [
            (RateTable::NlStatutory, date(2011, 6, 30), None),
            (RateTable::NlStatutory, date(2011, 7, 1), Some(400)),
            (RateTable::NlStatutory, date(2022, 12, 31), Some(200)),
            (RateTable::NlStatutory, date(2023, 7, 1), Some(600)),
            (RateTable::NlStatutory, date(2025, 12, 31), Some(600)),
            (RateTable::NlStatutory, date(2026, 12, 31), Some(400)),
            (RateTable::NlStatutory, date(2027, 1, 1), None),
            (RateTable::NlCommercial, date(2026, 6, 30), Some(1_015)),
            (RateTable::NlCommercial, date(2026, 7, 1), Some(1_040)),
            (RateTable::BeCommercial, date(2022, 12, 31), Some(800)),
            (RateTable::BeCommercial, date(2026, 6, 30), Some(1_050)),
            (RateTable::BeCommercial, date(2026, 7, 1), None),
            (RateTable::BeLegal, date(2021, 12, 31), Some(175)),
            (RateTable::BeLegal, date(2026, 1, 1), Some(450)),
        ] {
            assert_eq!(Rates::load(table, ANY).unwrap().on(day), rate_bp, "{table} {day}");
        }
    }

    #[test]
    fn a_cap_leaves_lower_rates_alone_and_joins_equal_ones() {
        let rates = Rates::load(RateTable::BeCommercial, 0..=1_000).unwrap();
        assert_eq!(rates.on(date(2016, 6, 30)), Some(850));
        assert_eq!(rates.on(date(2023, 1, 1)), Some(1_000));
        assert_eq!(rates.steps.last().unwrap().from, date(2023, 1, 1));
    }

    #[test]
    fn a_table_that_ends_is_told_in_time() {
        let on = |today| {
            let ending = rates_ending(today);
            ending.into_iter().map(|it| (it.table, it.is_lacking)).collect::<Vec<_>>()
        };
        let be = RateTable::BeCommercial;
        assert_eq!(on(date(2026, 6, 16)), []);
        assert_eq!(on(date(2026, 6, 17)), [(be, false)]);
        assert_eq!(on(date(2026, 6, 30)), [(be, false)]);
        assert_eq!(on(date(2026, 7, 1)), [(be, true)]);
        assert_eq!(on(date(2026, 12, 17)), [(be, true)]);
        assert_eq!(on(date(2026, 12, 18)).len(), 4);
        assert!(on(date(2027, 1, 1)).iter().all(|(_, is_lacking)| *is_lacking));
        assert_eq!(rates_ending(date(2026, 7, 1)).first().unwrap().last, Some(date(2026, 6, 30)));
    }

    #[test]
    fn a_broken_line_is_told_by_its_number() {
        let until = "# loaded until 2026-12-31\n";
        for (text, line) in [
            (String::new(), 0),
            (until.to_owned(), 1),
            ("2026-01-01,4.00\n".to_owned(), 1),
            ("# loaded until soon\n2026-01-01,4.00\n".to_owned(), 1),
            (format!("{until}2027-01-01,4.00\n"), 2),
            (format!("{until}2026-01-01,4.00\n2026-01-01,5.00\n"), 3),
            (format!("{until}2026-01-01;4.00\n"), 2),
            (format!("{until}2026-01-01,4\n"), 2),
            (format!("{until}2026-01-01,4.0\n"), 2),
            (format!("{until}2026-01-01,-4.00\n"), 2),
            (format!("{until}2026-01-01,+4.00\n"), 2),
            (format!("{until}2026-01-01,4.+5\n"), 2),
            (format!("{until}2026-01-01,4.00 %\n"), 2),
            (format!("{until}2026-13-01,4.00\n"), 2),
            (format!("{until}\n2026-01-01,4.00\n"), 2),
        ] {
            assert_eq!(parse(&text), Err(line), "{text}");
        }
    }
}
