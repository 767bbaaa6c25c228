//! When a claim is time-barred: how long the law lets a creditor ask, and what starts that anew.
//!
//! Where the sources leave room the earlier day counts, which is safe for the debtor and wakes the
//! creditor in time. Terms of years do not move on from free days.

use jiff::ToSpan;
use jiff::civil::date;
use primitives::{Date, DebtorKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::{LAST_DAY, spoken};
use crate::pack::{Jurisdiction, Pack};

/// What a claim comes from, as far as the law on limitation makes a difference. The first one that
/// fits counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimOrigin {
    /// A judgment, as a whole. It "falls due" on its own day.
    Judgment,
    /// What a judgment orders to be paid in parts, yearly or more often: each part.
    JudgmentInstalment,
    /// Energy, gas and water.
    Utility,
    /// Telephone, internet and television.
    Telecom,
    /// Rent, interest, and everything that is payable yearly or more often.
    Periodic,
    /// The price of goods.
    Goods,
    /// Any other contract.
    General,
}

impl ClaimOrigin {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Judgment,
        Self::JudgmentInstalment,
        Self::Utility,
        Self::Telecom,
        Self::Periodic,
        Self::Goods,
        Self::General,
    ];
}

/// What may start the term anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InterruptionKind {
    /// The creditor demanded payment in writing, or clearly reserved the right to it.
    WrittenDemand,
    /// The debtor acknowledged the debt.
    Acknowledgement,
    /// The debtor paid a part.
    PartPayment,
    /// The debtor asked for time. Who also acknowledges the debt does both.
    RequestForTime,
    /// The debtor was summoned to court.
    Summons,
    /// A lawyer's or bailiff's notice of the Belgian kind. In the Netherlands it has no effect of
    /// its own: where it demands payment, it is a written demand.
    LawyersNotice,
}

impl InterruptionKind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::WrittenDemand,
        Self::Acknowledgement,
        Self::PartPayment,
        Self::RequestForTime,
        Self::Summons,
        Self::LawyersNotice,
    ];

    /// How a debtor is told of it.
    const fn told(self) -> &'static str {
        match self {
            Self::WrittenDemand => "The written demand",
            Self::Acknowledgement => "Your acknowledgement",
            Self::PartPayment => "Your payment of a part",
            Self::RequestForTime => "Your request for time",
            Self::Summons => "The summons",
            Self::LawyersNotice => "The notice by a lawyer or bailiff",
        }
    }

    /// Whether it starts a new term.
    ///
    /// - Netherlands (BW art. 3:317 and 3:318): a demand and an acknowledgement. A part payment is
    ///   taken as an acknowledgement (not settled). A request for time is not taken as one. A
    ///   summons is a written demand at least, and counts as one; what more it does is not known
    ///   to us.
    /// - Belgium: what the debtor does, and a summons. A plain demand does not. What a notice by a
    ///   lawyer or bailiff does (old BW art. 2244 par. 2) is not settled, so it does nothing here.
    const fn interrupts(self, jurisdiction: Jurisdiction) -> bool {
        match (jurisdiction, self) {
            (_, Self::Acknowledgement | Self::PartPayment | Self::Summons)
            | (Jurisdiction::Nl, Self::WrittenDemand)
            | (Jurisdiction::Be, Self::RequestForTime) => true,
            (Jurisdiction::Nl, Self::RequestForTime)
            | (Jurisdiction::Be, Self::WrittenDemand)
            | (_, Self::LawyersNotice) => false,
        }
    }
}

/// An act that may start the term anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interruption {
    /// The day on which it took effect: of a demand, when it reached the debtor. The new term
    /// begins the next day. Where the day is unsure, an earlier one is the safe one.
    pub on: Date,
    /// What it is.
    pub kind: InterruptionKind,
}

/// When a claim is barred, and when to think of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limitation {
    /// The first day on which the claim is barred.
    pub barred_from: Date,
    /// Six, three and one month before that day, in this order.
    pub warn_on: [Date; 3],
}

impl Limitation {
    /// Whether the claim is barred on `day`.
    #[must_use]
    pub fn barred_on(&self, day: Date) -> bool {
        self.barred_from <= day
    }
}

/// A new Dutch term is no longer than this (BW art. 3:319).
const NL_NEW_YEARS: i32 = 5;

/// From this day on one Belgian term holds for energy, water and telecom, whoever owes.
const BE_UTILITIES: Date = date(2017, 8, 3);

/// When a claim that fell due on `due_on` is barred, after `interruptions`, in any order. The term
/// begins the day after, in years of the calendar: one that begins on 29 February ends with 27
/// February where the year has no such day.
///
/// | | Netherlands | Belgium |
/// |---|---|---|
/// | goods | consumers 2 years, others 5 | consumers 1 year, others 10 |
/// | energy, gas, water | consumers 2 years, others 5 | 5, due from 3 August 2017 on |
/// | telecom | 5 | 5, due from 3 August 2017 on |
/// | periodic | 5 | 5 |
/// | general | 5 | 10 |
/// | judgment, its instalments | 20, 5 | not known |
///
/// Not settled, so that the earlier day counts: whether Dutch energy, gas and water are goods; to
/// which Belgian sales to consumers the one year applies (old BW art. 2272).
///
/// In the Netherlands a new term is as long as the old one, at most five years, and never ends
/// before the old one (BW art. 3:319). In Belgium we take a new term to be as long as the old one.
/// What comes when the claim is barred revives nothing. Whether and how a pending court case holds
/// the term up is not weighed.
///
/// None where we know no term ([`RuleId::NotCovered`]) and where the term ends after 2100.
pub fn limitation(
    pack: Pack,
    origin: ClaimOrigin,
    debtor: DebtorKind,
    due_on: Date,
    interruptions: &[Interruption],
) -> Answer<Option<Limitation>> {
    let pack = pack.as_of(due_on);
    let mut trail = pack.trail();
    let Some(years) = years(pack, origin, debtor, due_on, &mut trail) else {
        trail.ask(RuleId::NotCovered);
        trail.say("We do not know when the law bars this claim.");
        return trail.answer(None);
    };
    let end = barred_from(pack, years, due_on, interruptions, &mut trail);
    let limitation = end.filter(|end| *end <= LAST_DAY).and_then(with_warnings);
    trail.say(match limitation {
        Some(Limitation { barred_from, .. }) => {
            format!("From {} on the claim is time-barred.", spoken(barred_from))
        }
        None => "The term ends after 2100, where our calendar ends.".to_owned(),
    });
    if pack.is_dutch() {
        trail.say("A court looks at this only if you ask it to.");
    }
    trail.answer(limitation)
}

/// How long the law lets a creditor ask; none where we do not know.
fn years(
    pack: Pack,
    origin: ClaimOrigin,
    debtor: DebtorKind,
    due_on: Date,
    trail: &mut Trail,
) -> Option<i32> {
    use ClaimOrigin as From;
    use DebtorKind::{Consumer, LegalPerson, NaturalPersonInBusiness};
    let (rule, years) = match (pack.jurisdiction, origin, debtor) {
        (Jurisdiction::Nl, From::Judgment, _) => (RuleId::NlJudgmentLimitation, 20),
        (Jurisdiction::Nl, From::JudgmentInstalment, _) => (RuleId::NlJudgmentLimitation, 5),
        (Jurisdiction::Nl, From::Utility, Consumer) => {
            trail.say("Energy, gas and water are taken as goods here.");
            (RuleId::NlConsumerSale, 2)
        }
        (Jurisdiction::Nl, From::Goods, Consumer) => (RuleId::NlConsumerSale, 2),
        (Jurisdiction::Nl, From::Utility | From::Goods, NaturalPersonInBusiness | LegalPerson)
        | (Jurisdiction::Nl, From::Telecom | From::Periodic | From::General, _) => {
            (RuleId::NlLimitation, 5)
        }
        (Jurisdiction::Be, From::Judgment | From::JudgmentInstalment, _) => return None,
        (Jurisdiction::Be, From::Utility | From::Telecom, _) if due_on < BE_UTILITIES => {
            return None;
        }
        (Jurisdiction::Be, From::Utility | From::Telecom | From::Periodic, _) => {
            (RuleId::BeLimitation, 5)
        }
        (Jurisdiction::Be, From::Goods, Consumer) => {
            trail.say("Some sales to consumers have the shortest term; we take yours as one.");
            (RuleId::BeLimitation, 1)
        }
        (Jurisdiction::Be, From::Goods, NaturalPersonInBusiness | LegalPerson)
        | (Jurisdiction::Be, From::General, _) => (RuleId::BeLimitation, 10),
    };
    trail.ask(rule);
    Some(years)
}

/// The first day on which the claim is barred; none beyond the range of dates.
fn barred_from(
    pack: Pack,
    years: i32,
    due_on: Date,
    interruptions: &[Interruption],
    trail: &mut Trail,
) -> Option<Date> {
    let mut end = end_of(due_on, years)?;
    trail.say(format!(
        "The claim fell due on {}: the creditor has {} from the next day on, up to and including \
         {}.",
        spoken(due_on),
        told_years(years),
        spoken(end.yesterday().ok()?)
    ));
    let (rule, new_years) = match pack.jurisdiction {
        Jurisdiction::Nl => (RuleId::NlLimitationInterrupted, years.min(NL_NEW_YEARS)),
        Jurisdiction::Be => (RuleId::BeLimitationInterrupted, years),
    };
    let mut in_order = interruptions.to_vec();
    in_order.sort_unstable();
    for Interruption { on, kind } in in_order {
        trail.ask(rule);
        let act = format!("{} of {}", kind.told(), spoken(on));
        if !kind.interrupts(pack.jurisdiction) {
            trail.say(format!("{act} starts no new term."));
        } else if end <= on {
            trail.say(format!("{act} came when the claim was barred, and changes nothing."));
        } else {
            let new_end = end_of(on, new_years)?;
            if new_end <= end {
                trail.say(format!("{act} changes nothing: the term does not end earlier."));
            } else {
                end = new_end;
                let (length, last) = (told_years(new_years), spoken(end.yesterday().ok()?));
                trail.say(format!(
                    "{act} starts a new term of {length}, up to and including {last}."
                ));
            }
        }
    }
    Some(end)
}

/// The first day after a term that begins the day after `day`.
fn end_of(day: Date, years: i32) -> Option<Date> {
    day.tomorrow().ok()?.checked_add(years.years()).ok()
}

fn with_warnings(barred_from: Date) -> Option<Limitation> {
    let before = |months: i32| barred_from.checked_sub(months.months()).ok();
    Some(Limitation { barred_from, warn_on: [before(6)?, before(3)?, before(1)?] })
}

fn told_years(years: i32) -> String {
    if years == 1 { "1 year".to_owned() } else { format!("{years} years") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use ClaimOrigin::{General, Goods, Judgment, JudgmentInstalment, Periodic, Telecom, Utility};
    use InterruptionKind::{
        Acknowledgement, LawyersNotice, PartPayment, RequestForTime, Summons, WrittenDemand,
    };
    use proptest::prelude::*;

    use super::*;

    const DUE: Date = date(2020, 6, 15);

    fn act(kind: InterruptionKind, on: Date) -> Interruption {
        Interruption { on, kind }
    }

    fn barred(
        pack: Pack,
        origin: ClaimOrigin,
        debtor: DebtorKind,
        due_on: Date,
        interruptions: &[Interruption],
    ) -> Date {
        limitation(pack, origin, debtor, due_on, interruptions).value.unwrap().barred_from
    }

    /// A Dutch contract with five years, or a Belgian one with ten.
    fn general(pack: Pack, due_on: Date, interruptions: &[Interruption]) -> Date {
        barred(pack, General, DebtorKind::Consumer, due_on, interruptions)
    }

    /// Every country, origin and kind of debtor: consumer, natural person in business, company.
    #[test]
    fn every_claim_has_the_years_of_its_law_or_a_refusal() {
        for (pack, origin, years) in [
            (Pack::NL, Judgment, [20, 20, 20]),
            (Pack::NL, JudgmentInstalment, [5, 5, 5]),
            (Pack::NL, Utility, [2, 5, 5]),
            (Pack::NL, Telecom, [5, 5, 5]),
            (Pack::NL, Periodic, [5, 5, 5]),
            (Pack::NL, Goods, [2, 5, 5]),
            (Pack::NL, General, [5, 5, 5]),
            (Pack::BE, Judgment, [0, 0, 0]),
            (Pack::BE, JudgmentInstalment, [0, 0, 0]),
            (Pack::BE, Utility, [5, 5, 5]),
            (Pack::BE, Telecom, [5, 5, 5]),
            (Pack::BE, Periodic, [5, 5, 5]),
            (Pack::BE, Goods, [1, 10, 10]),
            (Pack::BE, General, [10, 10, 10]),
        ] {
            let debtors = [
                DebtorKind::Consumer,
                DebtorKind::NaturalPersonInBusiness,
                DebtorKind::LegalPerson,
            ];
            for (debtor, years) in debtors.into_iter().zip(years) {
                let answer = limitation(pack, origin, debtor, DUE, &[]);
                let refused = answer.rules.last() == Some(&RuleId::NotCovered);
                assert_eq!(refused, years == 0, "{origin:?}");
                let expected = (years > 0).then(|| date(2020 + years, 6, 16));
                let from = answer.value.map(|limitation| limitation.barred_from);
                assert_eq!(from, expected, "{origin:?} {debtor:?}");
            }
        }
    }

    #[test]
    fn rules_name_the_articles_that_were_asked() {
        let rules = |pack, origin, debtor, acts: &[Interruption]| {
            limitation(pack, origin, debtor, DUE, acts).rules
        };
        let (consumer, company) = (DebtorKind::Consumer, DebtorKind::LegalPerson);
        for origin in [Goods, Utility] {
            assert_eq!(rules(Pack::NL, origin, consumer, &[]), [RuleId::NlConsumerSale]);
            assert_eq!(rules(Pack::NL, origin, company, &[]), [RuleId::NlLimitation]);
        }
        for origin in [Telecom, Periodic, General] {
            assert_eq!(rules(Pack::NL, origin, consumer, &[]), [RuleId::NlLimitation]);
        }
        for origin in [Judgment, JudgmentInstalment] {
            assert_eq!(rules(Pack::NL, origin, consumer, &[]), [RuleId::NlJudgmentLimitation]);
            assert_eq!(rules(Pack::BE, origin, consumer, &[]), [RuleId::NotCovered]);
        }
        for origin in [Goods, Utility, Telecom, Periodic, General] {
            assert_eq!(rules(Pack::BE, origin, consumer, &[]), [RuleId::BeLimitation]);
        }
        let acts = [act(LawyersNotice, DUE)];
        assert_eq!(
            rules(Pack::NL, General, consumer, &acts),
            [RuleId::NlLimitation, RuleId::NlLimitationInterrupted]
        );
        assert_eq!(
            rules(Pack::BE, General, consumer, &acts),
            [RuleId::BeLimitation, RuleId::BeLimitationInterrupted]
        );
    }

    #[test]
    fn belgian_energy_and_telecom_are_known_from_august_2017() {
        for origin in [Utility, Telecom] {
            for debtor in DebtorKind::ALL {
                let on = |day| limitation(Pack::BE, origin, *debtor, day, &[]);
                let before = on(date(2017, 8, 2));
                assert_eq!(before.value, None);
                assert_eq!(before.rules, [RuleId::NotCovered]);
                assert_eq!(before.because, ["We do not know when the law bars this claim."]);
                let since = on(date(2017, 8, 3)).value.unwrap();
                assert_eq!(since.barred_from, date(2022, 8, 4));
            }
        }
        // The day is Belgian, and of these claims only.
        let before = date(2017, 8, 2);
        assert_eq!(barred(Pack::NL, Telecom, DebtorKind::Consumer, before, &[]).year(), 2022);
        assert_eq!(barred(Pack::BE, Periodic, DebtorKind::Consumer, before, &[]).year(), 2022);
    }

    #[test]
    fn the_last_day_of_the_term_is_not_barred_and_the_next_is() {
        let answer = limitation(Pack::NL, General, DebtorKind::Consumer, DUE, &[]);
        let limitation = answer.value.unwrap();
        assert!(!limitation.barred_on(DUE));
        assert!(!limitation.barred_on(date(2025, 6, 15)));
        assert!(limitation.barred_on(date(2025, 6, 16)));
        assert!(limitation.barred_on(date(2025, 6, 17)));
    }

    #[test]
    fn warnings_come_six_three_and_one_month_before() {
        for (due_on, barred_from, warn_on) in [
            (DUE, "2025-06-16", ["2024-12-16", "2025-03-16", "2025-05-16"]),
            (date(2020, 12, 30), "2025-12-31", ["2025-06-30", "2025-09-30", "2025-11-30"]),
            (date(2019, 3, 30), "2024-03-31", ["2023-09-30", "2023-12-31", "2024-02-29"]),
        ] {
            let answer = limitation(Pack::NL, General, DebtorKind::Consumer, due_on, &[]);
            let expected = Limitation {
                barred_from: barred_from.parse().unwrap(),
                warn_on: warn_on.map(|day| day.parse().unwrap()),
            };
            assert_eq!(answer.value, Some(expected));
        }
    }

    #[test]
    fn years_are_those_of_the_calendar_and_free_days_count() {
        for (due_on, expected) in [
            // Begins on 29 February.
            (date(2024, 2, 28), date(2029, 2, 28)),
            (date(2024, 2, 29), date(2029, 3, 1)),
            // Ends in a year that has that day.
            (date(2023, 2, 27), date(2028, 2, 28)),
            (date(2023, 2, 28), date(2028, 3, 1)),
            // Ends with a New Year's Eve, and with a Saturday that is Christmas Day.
            (date(2020, 12, 31), date(2026, 1, 1)),
            (date(2016, 12, 25), date(2021, 12, 26)),
        ] {
            assert_eq!(general(Pack::NL, due_on, &[]), expected, "{due_on}");
        }
        let judgment = barred(Pack::NL, Judgment, DebtorKind::Consumer, date(2024, 2, 28), &[]);
        assert_eq!(judgment, date(2044, 2, 29));
    }

    #[test]
    fn each_country_has_its_own_interruptions() {
        let on = date(2023, 1, 10);
        for (kind, dutch, belgian) in [
            (WrittenDemand, true, false),
            (Acknowledgement, true, true),
            (PartPayment, true, true),
            (RequestForTime, false, true),
            (Summons, true, true),
            (LawyersNotice, false, false),
        ] {
            for (pack, counts, years) in [(Pack::NL, dutch, 5), (Pack::BE, belgian, 10)] {
                let plain = date(2020 + years, 6, 16);
                let expected = if counts { date(2023 + years, 1, 11) } else { plain };
                assert_eq!(general(pack, DUE, &[act(kind, on)]), expected, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_new_term_is_as_long_as_the_old_one_and_in_the_netherlands_five_years_at_most() {
        let on = date(2021, 3, 1);
        for (pack, origin, acts, expected) in [
            (Pack::NL, Goods, vec![act(WrittenDemand, on)], date(2023, 3, 2)),
            (Pack::NL, General, vec![act(WrittenDemand, on)], date(2026, 3, 2)),
            (Pack::BE, Goods, vec![act(PartPayment, on)], date(2022, 3, 2)),
            (Pack::BE, Periodic, vec![act(PartPayment, on)], date(2026, 3, 2)),
            (Pack::BE, General, vec![act(PartPayment, on)], date(2031, 3, 2)),
            // Twenty years are never cut short; five more begin near their end.
            (Pack::NL, Judgment, vec![act(WrittenDemand, on)], date(2040, 6, 16)),
            (Pack::NL, Judgment, vec![act(WrittenDemand, date(2035, 6, 15))], date(2040, 6, 16)),
            (Pack::NL, Judgment, vec![act(WrittenDemand, date(2035, 6, 16))], date(2040, 6, 17)),
        ] {
            let from = barred(pack, origin, DebtorKind::Consumer, DUE, &acts);
            assert_eq!(from, expected, "{origin:?}");
        }
    }

    #[test]
    fn what_comes_when_the_claim_is_barred_revives_nothing() {
        for (on, expected) in [
            // Before the term begins.
            (date(2019, 1, 1), date(2025, 6, 16)),
            (DUE, date(2025, 6, 16)),
            (date(2020, 6, 16), date(2025, 6, 17)),
            // The last day, and the first that is too late.
            (date(2025, 6, 15), date(2030, 6, 16)),
            (date(2025, 6, 16), date(2025, 6, 16)),
            (date(2026, 1, 1), date(2025, 6, 16)),
        ] {
            assert_eq!(general(Pack::NL, DUE, &[act(Acknowledgement, on)]), expected, "{on}");
        }
        // What does not interrupt keeps nothing alive for what does.
        let acts = [act(WrittenDemand, date(2030, 6, 15)), act(PartPayment, date(2030, 6, 16))];
        assert_eq!(general(Pack::BE, DUE, &acts), date(2030, 6, 16));
        // A chain: each within the term of the one before.
        let acts = [act(PartPayment, date(2030, 6, 15)), act(WrittenDemand, date(2025, 6, 15))];
        assert_eq!(general(Pack::NL, DUE, &acts), date(2035, 6, 16));
    }

    #[test]
    fn a_term_that_ends_after_2100_has_no_answer() {
        assert_eq!(general(Pack::NL, date(2095, 12, 30), &[]), date(2100, 12, 31));
        for due_on in [date(2095, 12, 31), Date::MAX] {
            let answer = limitation(Pack::NL, General, DebtorKind::Consumer, due_on, &[]);
            assert_eq!(answer.value, None);
            assert_eq!(answer.rules, [RuleId::NlLimitation]);
            let after = "The term ends after 2100, where our calendar ends.";
            assert!(answer.because.iter().any(|line| line == after));
        }
        let late = [act(Acknowledgement, date(2095, 12, 31))];
        let answer = limitation(Pack::NL, General, DebtorKind::Consumer, date(2095, 12, 30), &late);
        assert_eq!(answer.value, None);
        assert_eq!(general(Pack::NL, Date::MIN, &[]).year(), -9_994);
    }

    #[test]
    fn the_whole_way_is_told() {
        let acts = [
            act(WrittenDemand, date(2025, 5, 1)),
            act(Acknowledgement, date(2020, 6, 15)),
            act(RequestForTime, date(2024, 2, 1)),
            act(PartPayment, date(2031, 1, 2)),
        ];
        let answer = limitation(Pack::NL, General, DebtorKind::Consumer, DUE, &acts);
        assert_eq!(
            answer.because,
            [
                "The claim fell due on Monday 15 June 2020: the creditor has 5 years from the \
                 next day on, up to and including Sunday 15 June 2025.",
                "Your acknowledgement of Monday 15 June 2020 changes nothing: the term does not \
                 end earlier.",
                "Your request for time of Thursday 1 February 2024 starts no new term.",
                "The written demand of Thursday 1 May 2025 starts a new term of 5 years, up to \
                 and including Wednesday 1 May 2030.",
                "Your payment of a part of Thursday 2 January 2031 came when the claim was \
                 barred, and changes nothing.",
                "From Thursday 2 May 2030 on the claim is time-barred.",
                "A court looks at this only if you ask it to.",
            ]
        );
        assert_eq!(answer.pack.as_str(), "nl-2012.2b");
        let acts = [act(Summons, date(2020, 7, 1)), act(LawyersNotice, date(2020, 8, 1))];
        let answer = limitation(Pack::BE, Goods, DebtorKind::Consumer, DUE, &acts);
        assert_eq!(
            answer.because,
            [
                "Some sales to consumers have the shortest term; we take yours as one.",
                "The claim fell due on Monday 15 June 2020: the creditor has 1 year from the next \
                 day on, up to and including Tuesday 15 June 2021.",
                "The summons of Wednesday 1 July 2020 starts a new term of 1 year, up to and \
                 including Thursday 1 July 2021.",
                "The notice by a lawyer or bailiff of Saturday 1 August 2020 starts no new term.",
                "From Friday 2 July 2021 on the claim is time-barred.",
            ]
        );
        let answer = limitation(Pack::NL, Utility, DebtorKind::Consumer, DUE, &[]);
        assert_eq!(answer.because[0], "Energy, gas and water are taken as goods here.");
    }

    fn claim() -> impl Strategy<Value = (Pack, ClaimOrigin, DebtorKind, Date)> {
        let pack = prop_oneof![Just(Pack::NL), Just(Pack::BE)];
        let origin = prop::sample::select(ClaimOrigin::ALL);
        let debtor = prop::sample::select(DebtorKind::ALL);
        let due_on = (0..10_000_i32).prop_map(|days| date(2012, 1, 1) + days.days());
        (pack, origin, debtor, due_on).prop_filter("known", |(pack, origin, debtor, due_on)| {
            limitation(*pack, *origin, *debtor, *due_on, &[]).value.is_some()
        })
    }

    /// Kinds, and days after the due date.
    fn acts() -> impl Strategy<Value = Vec<(InterruptionKind, i32)>> {
        let kind = prop::sample::select(InterruptionKind::ALL);
        prop::collection::vec((kind, -100..6_000_i32), 0..6)
    }

    fn after(due_on: Date, acts: &[(InterruptionKind, i32)]) -> Vec<Interruption> {
        acts.iter().map(|(kind, days)| act(*kind, due_on + days.days())).collect()
    }

    proptest! {
        #[test]
        fn more_interruptions_never_end_the_term_earlier(
            (pack, origin, debtor, due_on) in claim(), acts in acts(), more in acts()
        ) {
            let (acts, more) = (after(due_on, &acts), after(due_on, &more));
            let both: Vec<Interruption> = acts.iter().chain(&more).copied().collect();
            let ends = |acts: &[Interruption]| barred(pack, origin, debtor, due_on, acts);
            prop_assert!(ends(&[]) <= ends(&acts));
            prop_assert!(ends(&acts) <= ends(&both));
        }

        #[test]
        fn the_order_of_interruptions_does_not_matter(
            (pack, origin, debtor, due_on) in claim(),
            (acts, shuffled) in acts().prop_flat_map(|acts| {
                (Just(acts.clone()), Just(acts).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(
                limitation(pack, origin, debtor, due_on, &after(due_on, &acts)),
                limitation(pack, origin, debtor, due_on, &after(due_on, &shuffled))
            );
        }

        #[test]
        fn a_term_ends_one_plain_term_after_an_act_at_most(
            (pack, origin, debtor, due_on) in claim(), acts in acts()
        ) {
            let acts = after(due_on, &acts);
            let plain = |from| barred(pack, origin, debtor, from, &[]);
            let end = barred(pack, origin, debtor, due_on, &acts);
            // The last act in time that counts decides, whatever the way there.
            let counted =
                acts.iter().filter(|act| act.on < end && act.kind.interrupts(pack.jurisdiction));
            let last = counted.map(|act| act.on).max().unwrap_or(due_on).max(due_on);
            let most = plain(last);
            prop_assert!(end <= most);
            if origin != Judgment {
                prop_assert_eq!(end, most);
            }
        }

        #[test]
        fn warnings_come_in_order_and_before_the_bar(
            (pack, origin, debtor, due_on) in claim(), acts in acts()
        ) {
            let answer = limitation(pack, origin, debtor, due_on, &after(due_on, &acts));
            let Limitation { barred_from, warn_on: [six, three, one] } = answer.value.unwrap();
            prop_assert!(due_on < six && six < three && three < one && one < barred_from);
            prop_assert!(barred_from <= one + 31.days() && one + 28.days() <= barred_from);
        }
    }
}
