//! Interest on what is unpaid: which rate, over which days, on which amount.
//!
//! The law has no rule on counting days. Ours is the usual one, and each line of it is told: days
//! over 365, one segment per rate, year and amount, each rounded half up to the cent. Others can be
//! chosen (readings `nl_day_count` and `interest_rounding`).

use jiff::ToSpan;
use primitives::{Currency, Date, DebtorKind, Money, MoneyError};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::spoken;
use crate::pack::{Jurisdiction, Pack};
use crate::portion::{ExactInterest, YEAR_PARTS, percent};
use crate::rates::{RateTable, Rates};
use crate::readings::{DayCount, InterestRounding};

/// Which rate interest runs at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterestBasis {
    /// That of the law for everybody: BW art. 6:119; in Belgium the legal interest.
    Statutory,
    /// That of the law between businesses: BW art. 6:119a; in Belgium the law of 2 August 2002.
    Commercial,
    /// That which was agreed. A Belgian consumer owes it up to the rate between businesses (WER
    /// art. XIX.4), a Dutch one where it is more than the law's, which runs otherwise (BW art.
    /// 6:119 lid 3). Between businesses it takes the place of the law's (BW art. 6:119a lid 8;
    /// law of 2 August 2002 art. 7). It bears no interest itself: that would have to be agreed.
    Contractual {
        /// Basis points a year: 500 is 5 %.
        yearly_bp: u32,
        /// Who agreed to it.
        debtor: DebtorKind,
    },
}

/// Interest that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterestTerms {
    /// The rate.
    pub basis: InterestBasis,
    /// The first day for which interest is due; years of compounding are counted from it.
    pub from: Date,
}

/// Interest that accrued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// The sum of the segments.
    pub total: Money,
    /// The lines of the computation, in order of time; none where nothing was unpaid.
    pub segments: Vec<InterestSegment>,
}

/// A stretch of days with one rate and one amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterestSegment {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Days, both ends included.
    pub days: u32,
    /// The amount that bears interest: principal and, in the Netherlands, interest of full years.
    pub base: Money,
    /// Basis points a year.
    pub rate_bp: u32,
    /// The interest of the segment, half up to the cent.
    pub amount: Money,
}

/// Why interest cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// A rate is needed that was not loaded.
    #[error("the rates of {table} are loaded from {first} to {last}: add that of {day} first")]
    RateNotLoaded {
        /// The table that ends, or begins, too early.
        table: RateTable,
        /// The first day whose rate is lacking.
        day: Date,
        /// The first day that is loaded.
        first: Date,
        /// The last day that is loaded.
        last: Date,
    },
    /// A data file of this crate is wrong.
    #[error("the rates of {table} cannot be read: correct line {line} of the file")]
    BrokenTable {
        /// The table.
        table: RateTable,
        /// The number of the line.
        line: usize,
    },
    /// The amounts of principal must stand in order of time, each day once.
    #[error("the principal of {day} stands out of order: give each day once, ascending")]
    OutOfOrder {
        /// The first day that does not come after the one before.
        day: Date,
    },
    /// The amounts are too large, or in different currencies.
    #[error("the amounts of principal cannot be computed with")]
    Money(#[from] MoneyError),
}

/// What happened to a debt while interest ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InterestHistory<'a> {
    /// What is unpaid of the principal from each day on, ascending; before the first day nothing
    /// is, and below zero counts as nothing. Interest runs up to and including the day of payment,
    /// so a payment lowers the principal from the next day on. What was credited was never owed: a
    /// credit note lowers it from the first day, unless it says another.
    pub principal: &'a [(Date, Money)],
    /// What was paid of the interest: the first day without it (the day after the payment), and how
    /// much, in any order. It bears no interest any more.
    pub interest_paid: &'a [(Date, Money)],
    /// Days that bear none: the first, and the last where there is one already; in any order. Such
    /// as [`Waiting::without_interest`](crate::Waiting::without_interest).
    pub pauses: &'a [(Date, Option<Date>)],
}

/// The interest on unpaid principal from `terms.from` up to and including `until`, the day of
/// payment, where none was paid and it never paused; see [`interest_over`].
pub fn interest(
    pack: Pack,
    terms: InterestTerms,
    principal: &[(Date, Money)],
    until: Date,
) -> Result<Answer<Interest>, InterestError> {
    interest_over(pack, terms, InterestHistory { principal, ..InterestHistory::default() }, until)
}

/// The interest on a debt from `terms.from` up to and including `until`, the day of payment.
///
/// In the Netherlands the interest of each full year from `terms.from` on bears interest itself
/// (BW art. 6:119 lid 2, 6:119a lid 3); a year that began on 29 February ends with 27 February of a
/// common year. Where the principal becomes less, what had accrued counts as paid and bears none: a
/// payment reaches the principal after the interest (BW art. 6:44).
///
/// The total is what accrued, whatever was paid of it.
pub fn interest_over(
    pack: Pack,
    terms: InterestTerms,
    history: InterestHistory<'_>,
    until: Date,
) -> Result<Answer<Interest>, InterestError> {
    let mut trail = pack.trail();
    let Source { rule, table, rates, compounds } = source(pack, terms.basis)?;
    trail.ask(rule);
    trail.ask(RuleId::HouseDayCount);
    let balances = Balances::of(history.principal)?;
    let anniversaries = if compounds { anniversaries(terms.from, until) } else { Vec::new() };
    let days = YearCount::of(pack, terms.from, until);
    let mut account = Account::new(balances.zero, pack.readings.interest_rounding);
    let cuts = cuts(&balances, &rates, &anniversaries, history);
    for (first, last) in stretches(terms.from, until, cuts) {
        account.begin(balances.on(first), anniversaries.contains(&first))?;
        for (_, paid) in history.interest_paid.iter().filter(|(day, _)| *day == first) {
            account.pay(*paid)?;
        }
        let paused = history.pauses.iter().any(|pause| holds(*pause, first));
        if account.base()?.is_positive() && !paused {
            let rate_bp = rate(table, &rates, first, last)?;
            account.run((first, last), days.parts(first, last), rate_bp)?;
        }
    }
    tell_bounds(terms.basis, pack, &account.accrued, &mut trail);
    account.tell(days.day_count, &mut trail);
    Ok(trail.answer(account.accrued))
}

/// Where the rates of a basis come from.
struct Source {
    rule: RuleId,
    /// Of the rates; where they are agreed, the one that they take the place of.
    table: RateTable,
    rates: Rates,
    /// Whether the interest of full years bears interest.
    compounds: bool,
}

fn source(pack: Pack, basis: InterestBasis) -> Result<Source, InterestError> {
    let any = 0..=u32::MAX;
    let (rule, table, bounds) = match (pack.jurisdiction, basis) {
        (Jurisdiction::Nl, InterestBasis::Statutory) => {
            (RuleId::NlStatutoryInterest, RateTable::NlStatutory, any)
        }
        (Jurisdiction::Nl, InterestBasis::Commercial) => {
            (RuleId::NlCommercialInterest, RateTable::NlCommercial, any)
        }
        (Jurisdiction::Be, InterestBasis::Statutory) => {
            (RuleId::BeLegalInterest, RateTable::BeLegal, any)
        }
        (Jurisdiction::Be, InterestBasis::Commercial) => {
            (RuleId::BeCommercialInterest, RateTable::BeCommercial, any)
        }
        (
            Jurisdiction::Nl,
            InterestBasis::Contractual { yearly_bp, debtor: DebtorKind::Consumer },
        ) => (RuleId::NlAgreedInterest, RateTable::NlStatutory, yearly_bp..=u32::MAX),
        (
            Jurisdiction::Be,
            InterestBasis::Contractual { yearly_bp, debtor: DebtorKind::Consumer },
        ) => (RuleId::BePenaltyClause, RateTable::BeCommercial, 0..=yearly_bp),
        (jurisdiction, InterestBasis::Contractual { yearly_bp, .. }) => {
            let (rule, table) = match jurisdiction {
                Jurisdiction::Nl => (RuleId::NlAgreedInterest, RateTable::NlCommercial),
                Jurisdiction::Be => (RuleId::BeAgreedInterest, RateTable::BeCommercial),
            };
            return Ok(Source { rule, table, rates: Rates::fixed(yearly_bp), compounds: false });
        }
    };
    let rates =
        Rates::load(table, bounds).map_err(|line| InterestError::BrokenTable { table, line })?;
    let is_agreed = matches!(basis, InterestBasis::Contractual { .. });
    Ok(Source { rule, table, rates, compounds: pack.is_dutch() && !is_agreed })
}

/// The unpaid principal from day to day.
struct Balances {
    /// In order; each amount differs from the one before.
    changes: Vec<(Date, Money)>,
    zero: Money,
}

impl Balances {
    fn of(principal: &[(Date, Money)]) -> Result<Self, InterestError> {
        let currency = principal.first().map_or(Currency::EUR, |(_, amount)| amount.currency());
        let zero = Money::zero(currency);
        let mut changes: Vec<(Date, Money)> = Vec::with_capacity(principal.len());
        for (day, amount) in principal {
            if changes.last().is_some_and(|(before, _)| day <= before) {
                return Err(InterestError::OutOfOrder { day: *day });
            }
            let owed = if amount.checked_cmp(zero)?.is_gt() { *amount } else { zero };
            changes.push((*day, owed));
        }
        changes.dedup_by_key(|(_, amount)| *amount);
        Ok(Self { changes, zero })
    }

    fn on(&self, day: Date) -> Money {
        let change = self.changes.iter().rev().find(|(from, _)| *from <= day);
        change.map_or(self.zero, |(_, amount)| *amount)
    }
}

/// The days after `from` on which a full year has passed, up to and including `until`.
fn anniversaries(from: Date, until: Date) -> Vec<Date> {
    let days = (1_i32..).map_while(|years| from.checked_add(years.years()).ok());
    days.take_while(|day| *day <= until).collect()
}

/// Whether a pause holds a day.
fn holds((first, last): (Date, Option<Date>), day: Date) -> bool {
    first <= day && last.is_none_or(|last| day <= last)
}

/// The days on which something changes: principal, rate, year, what was paid, whether it runs.
fn cuts(
    balances: &Balances,
    rates: &Rates,
    anniversaries: &[Date],
    history: InterestHistory<'_>,
) -> Vec<Date> {
    let changes = balances.changes.iter().map(|(day, _)| *day);
    let steps = rates.steps.iter().map(|step| step.from);
    let paid = history.interest_paid.iter().map(|(day, _)| *day);
    let pauses = history.pauses.iter().flat_map(|(first, last)| {
        [Some(*first), last.and_then(|last| last.tomorrow().ok())].into_iter().flatten()
    });
    let all = changes.chain(steps).chain(anniversaries.iter().copied()).chain(paid).chain(pauses);
    all.collect()
}

/// The days from `from` to `until`, cut on some days.
fn stretches(from: Date, until: Date, cuts: Vec<Date>) -> Vec<(Date, Date)> {
    let cuts = cuts.into_iter();
    let mut firsts: Vec<Date> = cuts.filter(|day| from < *day && *day <= until).collect();
    if from <= until {
        firsts.push(from);
    }
    firsts.sort_unstable();
    firsts.dedup();
    let lasts = firsts.iter().skip(1).filter_map(|next| next.yesterday().ok()).chain([until]);
    firsts.iter().copied().zip(lasts).collect()
}

fn rate(table: RateTable, rates: &Rates, first: Date, last: Date) -> Result<u32, InterestError> {
    let lacking =
        |day| InterestError::RateNotLoaded { table, day, first: rates.first, last: rates.last };
    let rate_bp = rates.on(first).ok_or_else(|| lacking(first))?;
    if last > rates.last {
        return Err(lacking(rates.last.tomorrow().unwrap_or(last)));
    }
    Ok(rate_bp)
}

/// Says so where the law's rate takes the place of the agreed one.
fn tell_bounds(basis: InterestBasis, pack: Pack, accrued: &Interest, trail: &mut Trail) {
    let InterestBasis::Contractual { yearly_bp, .. } = basis else { return };
    if accrued.segments.iter().any(|segment| segment.rate_bp != yearly_bp) {
        let agreed = percent(yearly_bp);
        trail.say(match pack.jurisdiction {
            Jurisdiction::Nl => {
                format!("{agreed} was agreed; where the law's rate is more, it counts.")
            }
            Jurisdiction::Be => {
                format!("{agreed} was agreed; it counts up to the rate between businesses.")
            }
        });
    }
}

/// How days become parts of a year.
struct YearCount {
    day_count: DayCount,
    /// The first day of interest, and the day after the last one.
    from: Date,
    end: Date,
}

impl YearCount {
    fn of(pack: Pack, from: Date, until: Date) -> Self {
        let day_count = match pack.jurisdiction {
            Jurisdiction::Nl => pack.readings.nl_day_count,
            Jurisdiction::Be => DayCount::Act365,
        };
        Self { day_count, from, end: until.tomorrow().unwrap_or(Date::MAX) }
    }

    /// What the days from `first` to `last` are of a year, in [`YEAR_PARTS`].
    fn parts(&self, first: Date, last: Date) -> u64 {
        const COMMON_DAY: u64 = YEAR_PARTS / 365;
        const LEAP_DAY: u64 = YEAR_PARTS / 366;
        let days = |within: (Date, Date)| {
            let (first, last) = (first.max(within.0), last.min(within.1));
            if first <= last { u64::from(days_between(first, last)) } else { 0 }
        };
        let common = |within| days(within).saturating_mul(COMMON_DAY);
        let leap = |within| days(within).saturating_mul(LEAP_DAY);
        match self.day_count {
            DayCount::Act365 => common((first, last)),
            DayCount::ActAct => (first.year()..=last.year())
                .map(|year| {
                    let begin = Date::new(year, 1, 1).unwrap_or(first);
                    let within = (begin, begin.last_of_year());
                    if begin.in_leap_year() { leap(within) } else { common(within) }
                })
                .fold(0, u64::saturating_add),
            DayCount::FullYears => {
                let mut begin = self.from;
                let mut parts = 0_u64;
                for next in anniversaries(self.from, self.end) {
                    let within = (begin, next.yesterday().unwrap_or(next));
                    let is_leap = days_between(within.0, within.1) == 366;
                    let year = if is_leap { leap(within) } else { common(within) };
                    parts = parts.saturating_add(year);
                    begin = next;
                }
                parts.saturating_add(common((begin, self.end)))
            }
        }
    }
}

/// Interest as it accrues.
struct Account {
    principal: Money,
    /// Interest of full years, which bears interest.
    of_full_years: Money,
    of_this_year: Money,
    /// What is not in a rounded amount yet, where that waits for the end.
    exact: ExactInterest,
    /// What was told of it.
    told: Money,
    rounding: InterestRounding,
    accrued: Interest,
}

impl Account {
    const fn new(zero: Money, rounding: InterestRounding) -> Self {
        let accrued = Interest { total: zero, segments: Vec::new() };
        let exact = ExactInterest::NONE;
        Self {
            principal: zero,
            of_full_years: zero,
            of_this_year: zero,
            exact,
            told: zero,
            rounding,
            accrued,
        }
    }

    /// Starts a stretch with its principal.
    fn begin(&mut self, principal: Money, new_year: bool) -> Result<(), MoneyError> {
        let zero = Money::zero(principal.currency());
        if principal.checked_cmp(self.principal)?.is_lt() {
            (self.of_full_years, self.of_this_year) = (zero, zero);
        }
        if new_year {
            self.of_full_years = self.of_full_years.checked_add(self.of_this_year)?;
            self.of_this_year = zero;
            (self.exact, self.told) = (ExactInterest::NONE, zero);
        }
        self.principal = principal;
        Ok(())
    }

    /// Takes off what was paid of the interest, the oldest first.
    fn pay(&mut self, paid: Money) -> Result<(), MoneyError> {
        let zero = Money::zero(paid.currency());
        let of_before = if paid.is_positive() { paid.min(self.of_full_years)? } else { zero };
        self.of_full_years = self.of_full_years.checked_sub(of_before)?;
        let left = paid.checked_sub(of_before)?;
        let of_this_year = if left.is_positive() { left.min(self.of_this_year)? } else { zero };
        self.of_this_year = self.of_this_year.checked_sub(of_this_year)?;
        Ok(())
    }

    fn base(&self) -> Result<Money, MoneyError> {
        self.principal.checked_add(self.of_full_years)
    }

    fn run(
        &mut self,
        (first, last): (Date, Date),
        year_parts: u64,
        rate_bp: u32,
    ) -> Result<(), MoneyError> {
        let (base, days) = (self.base()?, days_between(first, last));
        let amount = self.round(ExactInterest::on(base, rate_bp, year_parts)?)?;
        self.of_this_year = self.of_this_year.checked_add(amount)?;
        self.accrued.total = self.accrued.total.checked_add(amount)?;
        let segment = InterestSegment { first, last, days, base, rate_bp, amount };
        self.accrued.segments.push(segment);
        Ok(())
    }

    /// What a segment adds, to the cent.
    fn round(&mut self, exact: ExactInterest) -> Result<Money, MoneyError> {
        let currency = self.principal.currency();
        match self.rounding {
            InterestRounding::EachSegment => exact.rounded(currency),
            InterestRounding::AtTheEnd => {
                self.exact = self.exact.plus(exact)?;
                let so_far = self.exact.rounded(currency)?;
                let amount = so_far.checked_sub(self.told)?;
                self.told = so_far;
                Ok(amount)
            }
        }
    }

    fn tell(&self, day_count: DayCount, trail: &mut Trail) {
        if self.accrued.segments.is_empty() {
            trail.say("No interest is due.");
            return;
        }
        let year = match day_count {
            DayCount::Act365 => "a year has 365 days",
            DayCount::ActAct => "a year has 365 or 366 days, as the calendar says",
            DayCount::FullYears => "a full year counts as one, other days as 1/365",
        };
        trail.say(format!("Interest runs up to and including the day of payment; {year}."));
        for segment in &self.accrued.segments {
            let InterestSegment { first, last, days, base, rate_bp, amount } = *segment;
            let (first, last, rate) = (spoken(first), spoken(last), percent(rate_bp));
            let count = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            trail.say(format!(
                "From {first} up to and including {last}, {count}: {rate} a year of {base} is \
                 {amount}."
            ));
        }
    }
}

/// Days from `first` to `last`, both included.
fn days_between(first: Date, last: Date) -> u32 {
    let days = last.duration_since(first).as_hours() / 24;
    u32::try_from(days).map_or(0, |days| days.saturating_add(1))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn euro(amount_minor: i64) -> Money {
        Money::new(amount_minor, Currency::EUR)
    }

    const fn agreed(yearly_bp: u32, debtor: DebtorKind) -> InterestBasis {
        InterestBasis::Contractual { yearly_bp, debtor }
    }

    fn terms(basis: InterestBasis, from: Date) -> InterestTerms {
        InterestTerms { basis, from }
    }

    /// Interest on one amount that stays unpaid.
    fn on(pack: Pack, terms: InterestTerms, unpaid: i64, until: Date) -> Interest {
        interest(pack, terms, &[(terms.from, euro(unpaid))], until).unwrap().value
    }

    fn amounts(interest: &Interest) -> Vec<(u32, i64, u32, i64)> {
        let line = |segment: &InterestSegment| {
            let (base, amount) = (segment.base.amount_minor(), segment.amount.amount_minor());
            (segment.days, base, segment.rate_bp, amount)
        };
        interest.segments.iter().map(line).collect()
    }

    /// Example 4 of the research: 30 days, the last one 15 January.
    #[test]
    fn interest_is_cut_where_the_rate_changes() {
        let terms = terms(InterestBasis::Statutory, date(2025, 12, 17));
        let answer =
            interest(Pack::NL, terms, &[(terms.from, euro(1_000_000))], date(2026, 1, 15)).unwrap();
        let expected = [(15, 1_000_000, 600, 2_466), (15, 1_000_000, 400, 1_644)];
        assert_eq!(amounts(&answer.value), expected);
        assert_eq!(answer.value.total, euro(4_110));
        assert_eq!(answer.rules, [RuleId::NlStatutoryInterest, RuleId::HouseDayCount]);
        assert_eq!(
            answer.because,
            [
                "Interest runs up to and including the day of payment; a year has 365 days.",
                "From Wednesday 17 December 2025 up to and including Wednesday 31 December 2025, \
                 15 days: 6 % a year of 10000.00 EUR is 24.66 EUR.",
                "From Thursday 1 January 2026 up to and including Thursday 15 January 2026, \
                 15 days: 4 % a year of 10000.00 EUR is 16.44 EUR.",
            ]
        );
    }

    /// Example 5 of the research: the first day is 15 March, the last one 16 February.
    #[test]
    fn dutch_interest_of_a_full_year_bears_interest() {
        let terms = terms(InterestBasis::Statutory, date(2024, 3, 15));
        let interest = on(Pack::NL, terms, 500_000, date(2026, 2, 16));
        let expected = [
            (292, 500_000, 700, 28_000),
            (73, 500_000, 600, 6_000),
            (292, 534_000, 600, 25_632),
            (47, 534_000, 400, 2_750),
        ];
        assert_eq!(amounts(&interest), expected);
        assert_eq!(interest.total, euro(62_382));
        let lasts: Vec<Date> = interest.segments.iter().map(|segment| segment.last).collect();
        let ends = [(2024, 12, 31), (2025, 3, 14), (2025, 12, 31), (2026, 2, 16)];
        assert_eq!(lasts, ends.map(|(year, month, day)| date(year, month, day)));
    }

    fn reading(pack: Pack, name: &str, value: &str) -> Pack {
        let mut readings = pack.readings;
        readings.set(name, value).unwrap();
        pack.under(readings)
    }

    /// Example 5 of the research, by the calendar: 623.01.
    #[test]
    fn days_of_a_leap_year_can_be_366ths() {
        let terms = terms(InterestBasis::Statutory, date(2024, 3, 15));
        let pack = reading(Pack::NL, "nl_day_count", "actact");
        let interest = on(pack, terms, 500_000, date(2026, 2, 16));
        let expected = [
            (292, 500_000, 700, 27_923),
            (73, 500_000, 600, 6_000),
            (292, 533_923, 600, 25_628),
            (47, 533_923, 400, 2_750),
        ];
        assert_eq!(amounts(&interest), expected);
        assert_eq!(interest.total, euro(62_301));
        // A segment over the turn of the year is not cut: 2 of 366 and 3 of 365 days of 36.60 %.
        let agreed = InterestTerms {
            basis: agreed(3_660, DebtorKind::LegalPerson),
            from: date(2024, 12, 30),
        };
        let over = on(pack, agreed, 1_000_000, date(2025, 1, 3));
        assert_eq!(amounts(&over), [(5, 1_000_000, 3_660, 2_000 + 3_008)]);
        // Belgium has one way to count.
        let belgian = reading(Pack::BE, "nl_day_count", "actact");
        assert_eq!(on(belgian, agreed, 1_000_000, date(2025, 1, 3)).total, euro(5_014));
    }

    #[test]
    fn a_full_year_can_bear_its_rate_whatever_its_days() {
        let pack = reading(Pack::NL, "nl_day_count", "full_years");
        let ask = |from, until| {
            on(pack, terms(agreed(1_000, DebtorKind::LegalPerson), from), 100_000, until).total
        };
        // The year from 1 March 2023 holds 29 February 2024.
        assert_eq!(ask(date(2023, 3, 1), date(2024, 2, 29)), euro(10_000));
        assert_eq!(ask(date(2023, 3, 1), date(2024, 2, 28)), euro(10_000), "365 days over 365");
        assert_eq!(ask(date(2023, 3, 1), date(2024, 2, 27)), euro(9_973));
        assert_eq!(ask(date(2024, 3, 1), date(2025, 2, 28)), euro(10_000));
        // A full year, then 73 days.
        assert_eq!(ask(date(2023, 3, 1), date(2024, 5, 12)), euro(12_000));
        // Two rates within a full leap year share its 366 days: 7 % and 6 %.
        let year =
            on(pack, terms(InterestBasis::Statutory, date(2024, 2, 1)), 100_000, date(2025, 1, 31));
        assert_eq!(amounts(&year), [(335, 100_000, 700, 6_407), (31, 100_000, 600, 508)]);
    }

    #[test]
    fn rounding_can_wait_for_the_end() {
        let basis = InterestBasis::Contractual { yearly_bp: 1_200, debtor: DebtorKind::Consumer };
        let terms = terms(basis, date(2025, 6, 16));
        // 100.05: each of the segments ends in a part of a cent above a half.
        let principal = 10_005;
        let each = on(Pack::BE, terms, principal, date(2025, 7, 15));
        let exact = |rate_bp: i64| principal * rate_bp * 15;
        let end = on(
            reading(Pack::BE, "interest_rounding", "at_the_end"),
            terms,
            principal,
            date(2025, 7, 15),
        );
        let rounded = |numerator: i64| (numerator * 2 + 3_650_000) / (2 * 3_650_000);
        assert_eq!(each.total, euro(rounded(exact(1_150)) + rounded(exact(1_050))));
        assert_eq!(end.total, euro(rounded(exact(1_150) + exact(1_050))));
        let sum = Money::sum(Currency::EUR, end.segments.iter().map(|segment| segment.amount));
        assert_eq!(sum, Ok(end.total));
    }

    /// Example 10 of the research.
    #[test]
    fn a_belgian_clause_runs_at_its_rate_or_at_the_cap() {
        let clause = |yearly_bp| {
            let basis = agreed(yearly_bp, DebtorKind::Consumer);
            on(Pack::BE, terms(basis, date(2025, 6, 16)), 100_000, date(2025, 7, 15))
        };
        // The change of the cap in between does not cut a rate below both.
        assert_eq!(amounts(&clause(500)), [(30, 100_000, 500, 411)]);
        let capped = [(15, 100_000, 1_150, 473), (15, 100_000, 1_050, 432)];
        assert_eq!(amounts(&clause(1_200)), capped);
        assert_eq!(amounts(&clause(1_100)), [(15, 100_000, 1_100, 452), capped[1]]);
    }

    #[test]
    fn belgian_interest_is_simple() {
        let terms = terms(InterestBasis::Commercial, date(2017, 1, 1));
        let interest = on(Pack::BE, terms, 100_000, date(2019, 12, 31));
        assert_eq!(amounts(&interest), [(3 * 365, 100_000, 800, 24_000)]);
    }

    #[test]
    fn a_year_from_29_february_ends_with_27_february() {
        let terms = terms(InterestBasis::Statutory, date(2016, 2, 29));
        let interest = on(Pack::NL, terms, 100_000, date(2020, 3, 1));
        let firsts: Vec<Date> = interest.segments.iter().map(|segment| segment.first).collect();
        let starts = [(2016, 29), (2017, 28), (2018, 28), (2019, 28), (2020, 29)];
        assert_eq!(firsts, starts.map(|(year, day)| date(year, 2, day)));
    }

    #[test]
    fn interest_runs_to_the_day_of_payment_and_on_what_is_left_from_the_next() {
        let terms = terms(InterestBasis::Statutory, date(2026, 1, 1));
        // 600.00 of 1,000.00 paid on 31 January, the rest on 2 March.
        let principal = [
            (date(2025, 11, 20), euro(100_000)),
            (date(2026, 2, 1), euro(40_000)),
            (date(2026, 3, 3), euro(0)),
        ];
        let ask = |until| interest(Pack::NL, terms, &principal, until).unwrap().value;
        let expected = [(31, 100_000, 400, 340), (30, 40_000, 400, 132)];
        assert_eq!(amounts(&ask(date(2026, 3, 2))), expected);
        // Nothing is unpaid, so no rate of 2030 is needed.
        assert_eq!(ask(date(2030, 1, 1)), ask(date(2026, 3, 2)));
        let nothing = interest(Pack::NL, terms, &principal, date(2025, 12, 31)).unwrap();
        assert_eq!(nothing.value, Interest { total: euro(0), segments: Vec::new() });
        assert_eq!(nothing.because, ["No interest is due."]);
    }

    #[test]
    fn a_payment_on_the_principal_has_paid_the_interest_before() {
        let terms = terms(InterestBasis::Statutory, date(2016, 1, 1));
        let principal = [(date(2016, 1, 1), euro(100_000)), (date(2017, 7, 1), euro(50_000))];
        let interest = interest(Pack::NL, terms, &principal, date(2018, 12, 31)).unwrap().value;
        let expected = [
            (366, 100_000, 200, 2_005),
            (181, 102_005, 200, 1_012),
            (184, 50_000, 200, 504),
            (365, 50_504, 200, 1_010),
        ];
        assert_eq!(amounts(&interest), expected);
    }

    /// Example 5 of the research, but the interest of the first year is paid on its last day: the
    /// second year bears interest on the principal alone.
    #[test]
    fn interest_that_was_paid_bears_none() {
        let terms = terms(InterestBasis::Statutory, date(2024, 3, 15));
        let principal = [(date(2024, 3, 15), euro(500_000))];
        let ask = |paid: &[(Date, Money)]| {
            let history =
                InterestHistory { principal: &principal, interest_paid: paid, pauses: &[] };
            interest_over(Pack::NL, terms, history, date(2026, 2, 16)).unwrap().value
        };
        let (day, next) = (date(2025, 3, 15), date(2025, 6, 1));
        let paid = ask(&[(day, euro(34_000))]);
        let expected = [
            (292, 500_000, 700, 28_000),
            (73, 500_000, 600, 6_000),
            (292, 500_000, 600, 24_000),
            (47, 500_000, 400, 2_575),
        ];
        assert_eq!(amounts(&paid), expected);
        // More than accrued takes nothing else off; below zero adds nothing.
        assert_eq!(ask(&[(day, euro(99_999))]), paid);
        assert_eq!(ask(&[(day, euro(-5))]), ask(&[]));
        // A part, in two payments, later in the year.
        let part = ask(&[(next, euro(4_000)), (next, euro(30_000))]);
        let expected = [(78, 534_000, 600, 6_847), (214, 500_000, 600, 17_589)];
        assert_eq!(amounts(&part).get(2..4).unwrap(), expected);
        // What is paid of the running year does not join the base.
        let running = ask(&[(date(2025, 1, 1), euro(28_000))]);
        assert_eq!(amounts(&running).get(2).unwrap(), &(292, 506_000, 600, 24_288));
    }

    #[test]
    fn a_pause_bears_nothing() {
        let clause = agreed(500, DebtorKind::Consumer);
        let from = date(2026, 1, 1);
        let ask = |pauses: &[(Date, Option<Date>)]| {
            let principal = [(from, euro(100_000))];
            let history = InterestHistory { principal: &principal, interest_paid: &[], pauses };
            let until = date(2026, 1, 31);
            interest_over(Pack::BE, terms(clause, from), history, until).unwrap().value
        };
        let closed = ask(&[(date(2026, 1, 11), Some(date(2026, 1, 20)))]);
        let expected = [(10, 100_000, 500, 137), (11, 100_000, 500, 151)];
        assert_eq!(amounts(&closed), expected);
        assert_eq!(closed.segments.get(1).unwrap().first, date(2026, 1, 21));
        assert_eq!(amounts(&ask(&[(date(2026, 1, 11), None)])), expected[..1]);
        let overlapping = [
            (date(2026, 1, 15), Some(date(2026, 1, 20))),
            (date(2026, 1, 11), Some(date(2026, 1, 16))),
        ];
        assert_eq!(ask(&overlapping).total, closed.total);
    }

    #[test]
    fn where_the_laws_rate_counts_instead_it_is_said() {
        let told = |pack, bp| {
            let terms = terms(agreed(bp, DebtorKind::Consumer), date(2026, 1, 1));
            let principal = [(terms.from, euro(100_000))];
            let answer = interest(pack, terms, &principal, date(2026, 1, 31)).unwrap();
            answer.because.first().unwrap().clone()
        };
        assert_eq!(
            told(Pack::BE, 2_000),
            "20 % was agreed; it counts up to the rate between businesses."
        );
        assert_eq!(told(Pack::NL, 100), "1 % was agreed; where the law's rate is more, it counts.");
        for (pack, bp) in [(Pack::BE, 500), (Pack::NL, 500)] {
            assert!(told(pack, bp).starts_with("Interest runs"), "nothing to say");
        }
    }

    #[test]
    fn beyond_the_loaded_rates_there_is_no_guess() {
        let ask = |pack, basis, from, until| {
            let answer = interest(pack, terms(basis, from), &[(from, euro(100))], until);
            answer.unwrap_err().to_string()
        };
        let (from, late) = (date(2026, 6, 1), date(2027, 1, 1));
        assert_eq!(
            ask(Pack::NL, InterestBasis::Statutory, from, late),
            "the rates of Dutch statutory interest are loaded from 2011-07-01 to 2026-12-31: add \
             that of 2027-01-01 first"
        );
        let clause = agreed(500, DebtorKind::Consumer);
        assert_eq!(
            ask(Pack::BE, clause, from, date(2026, 7, 1)),
            "the rates of Belgian interest on late payment between businesses are loaded from \
             2012-01-01 to 2026-06-30: add that of 2026-07-01 first"
        );
        let early = ask(Pack::BE, InterestBasis::Statutory, date(2011, 12, 31), from);
        assert!(early.ends_with("add that of 2011-12-31 first"), "{early}");
        let much_later = ask(Pack::NL, InterestBasis::Commercial, date(2028, 1, 1), Date::MAX);
        assert!(much_later.ends_with("add that of 2028-01-01 first"), "{much_later}");
    }

    /// A Dutch consumer owes the law's interest where less was agreed, a business what was agreed;
    /// and no agreed interest bears interest.
    #[test]
    fn agreed_interest_is_bounded_by_who_agreed_to_it() {
        let first = date(2023, 1, 1);
        let year = |pack, bp, debtor| {
            let until = date(2023, 12, 31);
            amounts(&on(pack, terms(agreed(bp, debtor), first), 100_000, until))
        };
        let (consumer, business) = (DebtorKind::Consumer, DebtorKind::LegalPerson);
        let law = [(181, 100_000, 400, 1_984), (184, 100_000, 600, 3_025)];
        assert_eq!(year(Pack::NL, 300, consumer), law);
        assert_eq!(
            year(Pack::NL, 500, consumer),
            [(181, 100_000, 500, 2_479), (184, 100_000, 600, 3_025)]
        );
        for pack in [Pack::NL, Pack::BE] {
            assert_eq!(year(pack, 300, business), [(365, 100_000, 300, 3_000)]);
            assert_eq!(year(pack, 1_500, business), [(365, 100_000, 1_500, 15_000)]);
        }
        assert_eq!(
            year(Pack::BE, 1_500, consumer),
            [(181, 100_000, 1_050, 5_207), (184, 100_000, 1_200, 6_049)]
        );
        let two_years = terms(agreed(1_000, business), first);
        let simple = on(Pack::NL, two_years, 100_000, date(2024, 12, 31));
        assert_eq!(amounts(&simple), [(731, 100_000, 1_000, 20_027)]);
    }

    #[test]
    fn what_cannot_be_computed_is_refused() {
        let (first, second) = (date(2026, 1, 1), date(2026, 2, 1));
        let ask = |basis, principal: &[(Date, Money)]| {
            interest(Pack::NL, terms(basis, first), principal, second).unwrap_err()
        };
        let statutory = InterestBasis::Statutory;
        for days in [[second, first], [first, first]] {
            let principal = days.map(|day| (day, euro(100)));
            let refused = InterestError::OutOfOrder { day: first };
            assert_eq!(ask(statutory, &principal), refused);
        }
        let mixed = [(first, euro(100)), (second, Money::zero(Currency::JPY))];
        assert!(matches!(ask(statutory, &mixed), InterestError::Money(_)));
    }

    /// Each pack with each basis that it knows.
    fn case() -> impl Strategy<Value = (Pack, InterestBasis)> {
        prop_oneof![
            Just((Pack::NL, InterestBasis::Statutory)),
            Just((Pack::NL, InterestBasis::Commercial)),
            Just((Pack::BE, InterestBasis::Statutory)),
            Just((Pack::BE, InterestBasis::Commercial)),
            (
                prop::sample::select(vec![Pack::NL, Pack::BE]),
                1_u32..1_500,
                prop::sample::select(DebtorKind::ALL),
            )
                .prop_map(|(pack, yearly_bp, debtor)| (pack, agreed(yearly_bp, debtor))),
        ]
    }

    /// A day that every table holds, with some years after it.
    fn day() -> impl Strategy<Value = Date> {
        (0_i32..12 * 365).prop_map(|days| date(2012, 1, 1) + days.days())
    }

    /// Unpaid principal with some changes, in order.
    fn principal(from: Date, changes: &[(i32, i64)]) -> Vec<(Date, Money)> {
        let mut days = -20_i32;
        let dated = changes.iter().map(|(wait, amount)| {
            days += wait;
            (from + days.days(), euro(*amount))
        });
        dated.collect()
    }

    fn changes() -> impl Strategy<Value = Vec<(i32, i64)>> {
        prop::collection::vec((1_i32..300, -1_000_i64..5_000_000), 0..6)
    }

    proptest! {
        /// Simple interest once more, day by day and without rounding.
        #[test]
        fn each_day_bears_its_interest(
            case in case(), from in day(), length in 0_i32..720, changes in changes()
        ) {
            let (pack, basis) = case;
            // Before a Dutch year is full nothing is compounded.
            let length = if pack == Pack::NL { length % 365 } else { length };
            let (until, principal) = (from + length.days(), principal(from, &changes));
            let answer = interest(pack, terms(basis, from), &principal, until).unwrap();
            let published = Rates::load(source(pack, basis).unwrap().table, 0..=u32::MAX).unwrap();
            let consumer = DebtorKind::Consumer;
            let rate = |day| match (pack, basis) {
                (Pack::NL, InterestBasis::Contractual { yearly_bp, debtor })
                    if debtor == consumer => published.on(day).unwrap().max(yearly_bp),
                (Pack::BE, InterestBasis::Contractual { yearly_bp, debtor })
                    if debtor == consumer => published.on(day).unwrap().min(yearly_bp),
                (_, InterestBasis::Contractual { yearly_bp, .. }) => yearly_bp,
                (_, InterestBasis::Statutory | InterestBasis::Commercial) => {
                    published.on(day).unwrap()
                }
            };
            let mut exact = 0_i128;
            for day in from.series(1.day()).take_while(|day| *day <= until) {
                let rate_bp = rate(day);
                let unpaid = principal.iter().rev().find(|(first, _)| *first <= day);
                let unpaid = unpaid.map_or(0, |(_, amount)| amount.amount_minor().max(0));
                exact += i128::from(unpaid) * i128::from(rate_bp);
            }
            let Interest { total, segments } = answer.value;
            let off = (i128::from(total.amount_minor()) * 3_650_000 - exact).abs();
            let lines = i128::try_from(segments.len()).unwrap();
            prop_assert!(off <= lines * 1_825_000, "{off} in {lines}");
            let sum = Money::sum(Currency::EUR, segments.iter().map(|segment| segment.amount));
            prop_assert_eq!(sum, Ok(total));
        }

        /// Rounded once at the end, simple interest is within half a cent of the exact amount.
        #[test]
        fn at_the_end_half_a_cent_is_the_most(
            from in day(), length in 0_i32..720, changes in changes()
        ) {
            let (until, principal) = (from + length.days(), principal(from, &changes));
            let pack = reading(Pack::BE, "interest_rounding", "at_the_end");
            let answer = interest(pack, terms(InterestBasis::Commercial, from), &principal, until);
            let Interest { total, segments } = answer.unwrap().value;
            let exact: i128 = segments
                .iter()
                .map(|segment| {
                    let base = i128::from(segment.base.amount_minor());
                    base * i128::from(segment.rate_bp) * i128::from(segment.days)
                })
                .sum();
            let off = (i128::from(total.amount_minor()) * 3_650_000 - exact).abs();
            prop_assert!(off * 2 <= 3_650_000);
        }

        /// However days are counted, a year bears its rate to within 1/365 of it.
        #[test]
        fn the_ways_to_count_days_differ_by_a_day_a_year_at_most(
            from in day(), length in 0_i32..3_000, unpaid in 0_i64..5_000_000
        ) {
            let (until, days) = (from + length.days(), i64::from(length) + 1);
            let basis = agreed(1_000, DebtorKind::LegalPerson);
            let of = |count| {
                let pack = reading(Pack::NL, "nl_day_count", count);
                on(pack, terms(basis, from), unpaid, until).total
            };
            let [plain, calendar, years] = ["act365", "actact", "full_years"].map(of);
            let a_day_each_year = unpaid / 10 / 365 * (days / 365 + 1) + 10;
            for other in [calendar, years] {
                prop_assert!(other.checked_cmp(plain).unwrap().is_le());
                let off = plain.checked_sub(other).unwrap().amount_minor();
                prop_assert!(off <= a_day_each_year, "{off} of {plain}");
            }
        }

        #[test]
        fn segments_follow_each_other_and_do_not_overlap(
            case in case(), from in day(), length in 0_i32..700, changes in changes()
        ) {
            let (until, principal) = (from + length.days(), principal(from, &changes));
            let answer = interest(case.0, terms(case.1, from), &principal, until).unwrap();
            let mut after = from;
            for segment in answer.value.segments {
                prop_assert!(after <= segment.first && segment.first <= segment.last);
                prop_assert!(segment.last <= until && segment.base.is_positive());
                let days = segment.first.series(1.day()).take_while(|day| *day <= segment.last);
                prop_assert_eq!(u32::try_from(days.count()).unwrap(), segment.days);
                after = segment.last.tomorrow().unwrap();
            }
        }

        #[test]
        fn to_say_the_same_principal_again_changes_nothing(
            case in case(), from in day(), length in 1_i32..700, unpaid in 0_i64..5_000_000,
            split in 1_i32..700,
        ) {
            let (until, unpaid) = (from + length.days(), euro(unpaid));
            let terms = terms(case.1, from);
            let plain = interest(case.0, terms, &[(from, unpaid)], until);
            let twice = [(from, unpaid), (from + split.days(), unpaid)];
            prop_assert_eq!(interest(case.0, terms, &twice, until), plain);
        }

        #[test]
        fn a_cut_changes_a_cent_per_segment_at_most(
            case in case(), from in day(), length in 1_i32..364, split in 1_i32..364,
            unpaid in 0_i64..5_000_000,
        ) {
            let (until, cut) = (from + length.days(), from + split.min(length).days());
            let whole = on(case.0, terms(case.1, from), unpaid, until);
            let left = on(case.0, terms(case.1, from), unpaid, cut.yesterday().unwrap());
            let right = on(case.0, terms(case.1, cut), unpaid, until);
            let parts = left.total.checked_add(right.total).unwrap();
            let off = parts.checked_sub(whole.total).unwrap().amount_minor().unsigned_abs();
            let lines = left.segments.len() + right.segments.len();
            prop_assert!(usize::try_from(off).unwrap() <= lines, "{off} in {lines}");
        }

        #[test]
        fn interest_never_becomes_less(
            case in case(), from in day(), length in 0_i32..700, more in 0_i32..100,
            changes in changes()
        ) {
            let principal = principal(from, &changes);
            let ask = |days: i32| {
                let answer = interest(case.0, terms(case.1, from), &principal, from + days.days());
                answer.unwrap().value.total
            };
            let (less, more) = (ask(length), ask(length + more));
            prop_assert!(!less.is_negative() && less.checked_cmp(more).unwrap().is_le());
        }

        #[test]
        fn nothing_bears_nothing(case in case(), from in day(), length in 0_i32..10_000) {
            let until = from + length.days();
            for principal in [&[][..], &[(from, euro(0))], &[(from, euro(-5))]] {
                let answer = interest(case.0, terms(case.1, from), principal, until).unwrap();
                let nothing = Interest { total: euro(0), segments: Vec::new() };
                prop_assert_eq!(answer.value, nothing);
            }
        }
    }
}
