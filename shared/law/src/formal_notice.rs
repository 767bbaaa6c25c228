//! The formal notice with which a collector opens towards a Belgian consumer, and how long nothing
//! else is done after it (WER art. XIX.7 and XIX.9).

use jiff::ToSpan;
use primitives::Date;

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::{LAST_DAY, add_working_days, next_working_day, spoken};
use crate::pack::{BOOK_XIX, Jurisdiction, Pack};
use crate::term::{BE_POST_DAYS, Term, fourteen_days_after};

/// What makes a collector wait longer than the term of the formal notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspensionCause {
    /// The consumer asked for a plan of payments.
    PlanRequested,
    /// The consumer disputed the debt, with reasons.
    Disputed,
    /// Mediation of debts or a collective settlement of debts was begun.
    DebtMediation,
}

/// A request, dispute or filing that suspends a collector's acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// What it is.
    pub cause: SuspensionCause,
    /// The day on which it was made; after the term of the notice it suspends nothing.
    pub made_on: Date,
    /// The day on which it was decided; none while it is not.
    pub decided_on: Option<Date>,
}

/// How long a collector does nothing after its formal notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The fourteen days of the notice.
    pub term: Term,
    /// The last day on which nothing is done; later than the end of the term where something
    /// suspends.
    pub last: Date,
    /// The days for which a clause's interest does not run, because nothing was decided in time:
    /// the first, and the last where there is one already.
    pub without_interest: Vec<(Date, Option<Date>)>,
}

/// All suspensions together last at most so many days after the term; and so long a mediation of
/// debts is waited for.
const LONGEST_DAYS: i32 = 45;

/// A plan or a dispute that is not decided within so many days stops a clause's interest.
const DECISION_DAYS: i32 = 30;

/// The days that a Belgian consumer has after a collector's formal notice, sent on `sent_on`, and
/// for how long nothing else is done towards him.
///
/// Fourteen calendar days from the third working day, by e-mail as by post; whether that day counts
/// itself is a reading (`be_start_reading`). A request for a plan or a reasoned dispute within them
/// makes the collector wait for its decision, a mediation of debts for 45 days from the first
/// working day after it was begun or until it is decided; never longer than 45 days after the term.
/// None in the Netherlands, before Book XIX and after 2100.
pub fn formal_notice_waiting(
    pack: Pack,
    sent_on: Date,
    suspensions: &[Suspension],
) -> Answer<Option<Waiting>> {
    let pack = pack.as_of(sent_on);
    let mut trail = pack.trail();
    trail.ask(RuleId::BeFormalNoticeClock);
    let covered = pack.jurisdiction == Jurisdiction::Be && sent_on >= BOOK_XIX;
    if !covered {
        trail.say("The law starts no term with a formal notice to you.");
        return trail.answer(None);
    }
    let waiting = wait(pack, sent_on, suspensions, &mut trail);
    trail.answer(waiting)
}

fn wait(
    pack: Pack,
    sent_on: Date,
    suspensions: &[Suspension],
    trail: &mut Trail,
) -> Option<Waiting> {
    let third = trail.take(add_working_days(pack, sent_on, BE_POST_DAYS))?;
    let term = trail.take(fourteen_days_after(pack, third, true))?;
    let (first, last) = (spoken(term.first), spoken(term.last));
    trail.say(format!(
        "You have from {first} up to and including {last} to pay, to dispute, or to ask for a \
         plan, before anything else is done."
    ));
    let longest = term.last.checked_add(LONGEST_DAYS.days()).ok().filter(|day| *day <= LAST_DAY)?;
    let mut waiting = Waiting { term, last: term.last, without_interest: Vec::new() };
    for suspension in suspensions.iter().filter(|it| it.made_on <= term.last) {
        trail.ask(RuleId::BeFormalNoticeSuspended);
        let begins = trail.take(next_working_day(pack, suspension.made_on.tomorrow().ok()?))?;
        let until = match suspension.cause {
            SuspensionCause::PlanRequested | SuspensionCause::Disputed => {
                let in_time = nth_day(begins, DECISION_DAYS)?;
                if suspension.decided_on.is_none_or(|day| day > in_time) {
                    let first = in_time.tomorrow().ok()?;
                    waiting.without_interest.push((first, suspension.decided_on));
                }
                suspension.decided_on.unwrap_or(longest)
            }
            SuspensionCause::DebtMediation => {
                let longest = nth_day(begins, LONGEST_DAYS)?;
                suspension.decided_on.map_or(longest, |day| day.min(longest))
            }
        };
        let until = until.min(longest);
        trail.say(reason(suspension.cause, until.max(term.last), suspension.decided_on));
        waiting.last = waiting.last.max(until);
    }
    waiting.without_interest.sort_unstable();
    Some(waiting)
}

fn reason(cause: SuspensionCause, last: Date, decided_on: Option<Date>) -> String {
    let asked = match cause {
        SuspensionCause::PlanRequested => "You asked for a plan",
        SuspensionCause::Disputed => "You said why you do not agree",
        SuspensionCause::DebtMediation => "Your debts are being mediated",
    };
    let (last, or) =
        (spoken(last), if decided_on.is_none() { ", or until it is decided" } else { "" });
    format!("{asked}: nothing is done up to and including {last}{or}.")
}

/// The day that is the `count`th when `first` is the first.
fn nth_day(first: Date, count: i32) -> Option<Date> {
    first.checked_add(count.days()).ok()?.yesterday().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::is_working_day;

    fn waiting(sent_on: Date, suspensions: &[Suspension]) -> Waiting {
        formal_notice_waiting(Pack::BE, sent_on, suspensions).value.unwrap()
    }

    fn suspended(cause: SuspensionCause, made_on: Date, decided_on: Option<Date>) -> Suspension {
        Suspension { cause, made_on, decided_on }
    }

    #[test]
    fn the_term_counts_from_the_third_working_day_whatever_the_medium() {
        let answer = formal_notice_waiting(Pack::BE, date(2026, 11, 6), &[]);
        let term = Term { first: date(2026, 11, 13), last: date(2026, 11, 26) };
        let last = term.last;
        assert_eq!(answer.value, Some(Waiting { term, last, without_interest: Vec::new() }));
        assert_eq!(answer.rules, [RuleId::BeFormalNoticeClock, RuleId::BeWorkingDays]);
        // Ascension Day and the weekend do not count; the term ends on a working day.
        let term = waiting(date(2026, 5, 12), &[]).term;
        assert_eq!((term.first, term.last), (date(2026, 5, 19), date(2026, 6, 1)));
        let mut readings = Pack::BE.readings;
        readings.set("be_start_reading", "A").unwrap();
        let earlier = formal_notice_waiting(Pack::BE.under(readings), date(2026, 11, 6), &[]);
        let earlier = earlier.value.unwrap().term;
        assert_eq!((earlier.first, earlier.last), (date(2026, 11, 12), date(2026, 11, 25)));
    }

    #[test]
    fn there_is_none_in_the_netherlands_and_before_the_law() {
        let none = |pack, sent_on| formal_notice_waiting(pack, sent_on, &[]).value.is_none();
        assert!(none(Pack::NL, date(2026, 11, 6)));
        assert!(none(Pack::BE, date(2023, 8, 31)));
        assert!(!none(Pack::BE, date(2023, 9, 1)));
        assert!(none(Pack::BE, date(2100, 12, 20)));
    }

    /// The term ends on Thursday 26 November 2026, 45 days later it is 10 January 2027.
    #[test]
    fn a_plan_or_a_dispute_is_waited_for_but_not_for_ever() {
        for cause in [SuspensionCause::PlanRequested, SuspensionCause::Disputed] {
            let ask = |made_on, decided_on| {
                waiting(date(2026, 11, 6), &[suspended(cause, made_on, decided_on)])
            };
            // Friday: the first working day after it is Monday 23 November, the 30th day
            // Tuesday 22 December.
            let friday = date(2026, 11, 20);
            let told = |decided_on| {
                let answer = formal_notice_waiting(
                    Pack::BE,
                    date(2026, 11, 6),
                    &[suspended(cause, friday, decided_on)],
                );
                answer.because.last().unwrap().clone()
            };
            assert!(told(None).ends_with("Sunday 10 January 2027, or until it is decided."));
            let decided = told(Some(date(2026, 11, 21)));
            assert!(decided.ends_with("including Thursday 26 November 2026."), "{decided}");
            let open = ask(friday, None);
            assert_eq!(open.last, date(2027, 1, 10));
            assert_eq!(open.without_interest, [(date(2026, 12, 23), None)]);
            let in_time = ask(friday, Some(date(2026, 12, 22)));
            assert_eq!(in_time.last, date(2026, 12, 22));
            assert!(in_time.without_interest.is_empty());
            let late = ask(friday, Some(date(2026, 12, 30)));
            assert_eq!(late.last, date(2026, 12, 30));
            let pause = (date(2026, 12, 23), Some(date(2026, 12, 30)));
            assert_eq!(late.without_interest, [pause]);
            let too_late = ask(friday, Some(date(2027, 3, 1)));
            assert_eq!(too_late.last, date(2027, 1, 10));
            // Decided at once: the term stays.
            assert_eq!(ask(friday, Some(date(2026, 11, 21))).last, date(2026, 11, 26));
            // On the last day it counts, afterwards it does not.
            assert_eq!(ask(date(2026, 11, 26), None).last, date(2027, 1, 10));
            assert_eq!(ask(date(2026, 11, 27), None).last, date(2026, 11, 26));
        }
    }

    #[test]
    fn a_mediation_of_debts_is_waited_for_45_days() {
        let ask = |made_on, decided_on| {
            let filed = suspended(SuspensionCause::DebtMediation, made_on, decided_on);
            waiting(date(2026, 11, 6), &[filed])
        };
        // Begun on Tuesday 10 November; day 1 is Thursday 12, since Wednesday is a holiday.
        assert_eq!(ask(date(2026, 11, 10), None).last, date(2026, 12, 26));
        assert_eq!(ask(date(2026, 11, 10), Some(date(2026, 12, 1))).last, date(2026, 12, 1));
        assert_eq!(ask(date(2026, 11, 10), Some(date(2027, 2, 1))).last, date(2026, 12, 26));
        // Begun at the end of the term it cannot outlast 45 days after it.
        assert_eq!(ask(date(2026, 11, 26), None).last, date(2027, 1, 10));
        assert!(ask(date(2026, 11, 10), None).without_interest.is_empty());
    }

    fn suspension() -> impl Strategy<Value = (usize, i32, Option<i32>)> {
        (0_usize..3, -10_i32..60, prop::option::of(0_i32..120))
    }

    proptest! {
        #[test]
        fn waiting_is_never_shorter_than_the_term_nor_longer_than_45_days_more(
            day in 0_i32..4_000,
            suspensions in prop::collection::vec(suspension(), 0..4),
        ) {
            let sent_on = date(2023, 9, 1) + day.days();
            let causes = [
                SuspensionCause::PlanRequested,
                SuspensionCause::Disputed,
                SuspensionCause::DebtMediation,
            ];
            let suspensions: Vec<Suspension> = suspensions
                .into_iter()
                .map(|(cause, made, decided)| {
                    let made_on = sent_on + made.days();
                    let decided_on = decided.map(|days| made_on + days.days());
                    suspended(*causes.get(cause).unwrap(), made_on, decided_on)
                })
                .collect();
            let plain = waiting(sent_on, &[]);
            let all = waiting(sent_on, &suspensions);
            prop_assert_eq!(all.term, plain.term);
            prop_assert!(all.term.last <= all.last && all.last <= all.term.last + 45.days());
            prop_assert!(is_working_day(Pack::BE, all.term.last).value);
            prop_assert!(sent_on + 17.days() <= all.term.last);
            // Each suspension alone explains what they do together.
            let alone = suspensions.iter().map(|one| waiting(sent_on, &[*one]).last);
            prop_assert_eq!(alone.max().unwrap_or(plain.last), all.last);
        }
    }
}
