//! The terms that the law starts with a message: when it counts as arrived, and how long it leaves.
//!
//! Both laws give fourteen days from the day after. A term that would end on a free day runs on to
//! the next working day; never is a term shorter than the law's.

use jiff::ToSpan;
use jiff::civil::Weekday;
use primitives::{Channel, Date, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId};
use crate::calendar::{LAST_DAY, add_working_days, days_from, free_day, next_working_day, spoken};
use crate::formal_notice::formal_notice_waiting;
use crate::gate::Notice;
use crate::pack::{BOOK_XIX, Jurisdiction, Pack, SLOWER_POST};
use crate::readings::{PostDays, StartReading, Switch};

/// The day on which the law takes a message as sent that left the house on `left_on`.
///
/// A letter lies ready for the print partner until its day is over, and is handed to the post on
/// the next working day: a term that counted from the day of printing would be too short (what
/// counts is the hand-over to the post). Other messages, and those that start no term of the law,
/// count from their own day.
#[must_use]
pub fn sent_on(pack: Pack, message: MessageKind, channel: Channel, left_on: Date) -> Date {
    let starts_a_term = matches!(
        message,
        MessageKind::FourteenDayLetter | MessageKind::FreeFirstReminder | MessageKind::FormalNotice
    );
    if channel == Channel::Post && starts_a_term { posted_on(pack, left_on) } else { left_on }
}

/// The day on which a letter that left the house on `left_on` is handed to the post: what
/// [`sent_on`] takes for messages that start a term of the law.
fn posted_on(pack: Pack, left_on: Date) -> Date {
    let tomorrow = left_on.saturating_add(1.day());
    next_working_day(pack, tomorrow).value.unwrap_or(tomorrow)
}

/// The days of a term, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The first day that counts.
    pub first: Date,
    /// The last day on which one acts in time.
    pub last: Date,
}

/// What WER art. XIX.2 and BW art. 6:96 lid 6 give a consumer, and we give everybody.
const TERM_DAYS: i32 = 14;

/// A message on several channels is sent within so many days: paper waits for a working day.
pub(crate) const ONE_ACT_DAYS: i32 = 5;

/// What a demand leaves.
const DEMAND_DAYS: i32 = 7;

/// The working day after sending on which the Belgian clock of a letter starts. Whether it counts
/// itself is a reading ([`StartReading`]).
pub(crate) const BE_POST_DAYS: u16 = 3;

/// The term that the law starts with a message of `sent_on`: that of the Dutch 14-day letter and of
/// the Belgian first reminder, both to consumers. None for every other message, for a channel that
/// no such message takes, and after 2100.
///
/// By e-mail a message arrives on the day it is sent. Dutch post arrives on the second delivery day
/// after sending (Tuesday to Saturday, no holiday), the third for letters sent from 1 July 2027
/// (reading `nl_post_days`); Belgian post on the third working day. Keep proof of both: who denies
/// receipt must be shown it. The rules are those of the day of sending; before all that we know,
/// and for Belgian consumers before Book XIX, no term starts.
pub fn term_of(
    pack: Pack,
    message: MessageKind,
    debtor: DebtorKind,
    channel: Channel,
    sent_on: Date,
) -> Answer<Option<Term>> {
    let pack = pack.as_of(sent_on);
    let mut trail = pack.trail();
    trail.ask(match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlFourteenDayLetter,
        Jurisdiction::Be => RuleId::BeReminderClock,
    });
    if clock_message(pack, debtor) != Some(message) || sent_on < consumers_protected_from(pack) {
        trail.say("The law starts no term with this message to you.");
        return trail.answer(None);
    }
    let term = trail.take(fourteen_days(pack, channel, sent_on));
    if let Some(Term { first, last }) = term {
        let (first, last) = (spoken(first), spoken(last));
        trail.say(format!(
            "You have from {first} up to and including {last} to pay without anything added."
        ));
    }
    trail.answer(term)
}

/// The last day on which a message that is sent on `sent_on` asks to pay a claim that is due on
/// `due_on`. None where the message asks for no payment by a day of its own, where it does not
/// exist or does not go by `channel`, and after 2100.
///
/// A reminder leaves everybody what the law gives a consumer. A demand leaves seven days from its
/// arrival: our own rule.
pub fn pay_by(
    pack: Pack,
    message: MessageKind,
    channel: Channel,
    due_on: Date,
    sent_on: Date,
) -> Answer<Option<Date>> {
    let pack = pack.as_of(sent_on);
    let mut trail = pack.trail();
    let day = match message {
        MessageKind::PreDueNotice => Some(due_on),
        MessageKind::FreeFirstReminder => {
            trail.take(fourteen_days(pack, channel, sent_on)).map(|term| term.last)
        }
        MessageKind::FourteenDayLetter => {
            let term = term_of(pack, message, DebtorKind::Consumer, channel, sent_on);
            trail.take(term).map(|term| term.last)
        }
        MessageKind::FormalNotice => {
            trail.take(formal_notice_waiting(pack, sent_on, &[])).map(|waiting| waiting.term.last)
        }
        MessageKind::Demand => {
            trail.ask(RuleId::HouseDemandTerm);
            let arrived = trail.take(arrives_on(pack, channel, sent_on));
            arrived.and_then(|day| trail.take(working_day_after(pack, day, DEMAND_DAYS)))
        }
        MessageKind::PromiseConfirmation => {
            trail.ask(RuleId::HouseMessageContent);
            trail.say("The day that you promised counts.");
            None
        }
        MessageKind::PaymentThanks => {
            trail.ask(RuleId::HouseNothingOpen);
            trail.say("There is nothing left to pay.");
            None
        }
    };
    trail.answer(day)
}

/// The day from which on we know how the law protects consumers.
#[must_use]
pub fn consumers_protected_from(pack: Pack) -> Date {
    match pack.jurisdiction {
        Jurisdiction::Nl => pack.known_from(),
        Jurisdiction::Be => BOOK_XIX,
    }
}

/// The message whose term must have run out before anything is added to what a debtor owes; none
/// for a business, which the law does not protect so.
pub(crate) const fn clock_message(pack: Pack, debtor: DebtorKind) -> Option<MessageKind> {
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => Some(MessageKind::FourteenDayLetter),
        (Jurisdiction::Be, DebtorKind::Consumer) => Some(MessageKind::FreeFirstReminder),
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => None,
    }
}

/// Of the notices that start a term for `debtor`, the term of the first. Where the same message
/// went on several channels, the longest of their terms counts: nobody is held to the e-mail who
/// relies on the paper. One that was sent on or before `in_time`, the last day to pay in time,
/// starts none: nobody was in default; and neither does one that went where no term starts from,
/// such as a text message.
pub(crate) fn first_term(
    pack: Pack,
    debtor: DebtorKind,
    in_time: Date,
    notices: &[Notice],
) -> Answer<Option<Term>> {
    let mut trail = pack.trail();
    let Some(message) = clock_message(pack, debtor) else { return trail.answer(None) };
    let term_of = |notice: &Notice| term_of(pack, message, debtor, notice.channel, notice.sent_on);
    let valid = |notice: &&Notice| {
        notice.message == message && notice.sent_on > in_time && term_of(notice).value.is_some()
    };
    // The first on each channel; further ones on the same channel are other acts.
    let firsts: Vec<&Notice> = Channel::ALL
        .iter()
        .filter_map(|channel| {
            let of_channel = notices.iter().filter(valid).filter(|it| it.channel == *channel);
            of_channel.min_by_key(|notice| notice.sent_on)
        })
        .collect();
    let first_sent = firsts.iter().map(|notice| notice.sent_on).min();
    let last_sent = first_sent.map(|day| day.saturating_add(ONE_ACT_DAYS.days()));
    let of_one_act = |notice: &&Notice| last_sent.is_some_and(|last| notice.sent_on <= last);
    let terms = firsts.into_iter().filter(of_one_act).filter_map(|notice| {
        let answer = term_of(notice);
        answer.value.map(|term| (term, answer))
    });
    let first = terms.max_by_key(|(term, _)| term.last);
    let term = first.and_then(|(_, answer)| trail.take(answer));
    trail.answer(term)
}

/// The last day on which a claim that is due on `due_on` is paid in time. None after 2100.
pub(crate) fn in_time_until(pack: Pack, due_on: Date) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    let day = match pack.jurisdiction {
        Jurisdiction::Nl => {
            trail.ask(RuleId::NlTermPassed);
            Some(due_on)
        }
        // A term that ends on another day ends with the next working day (BW art. 1.7).
        Jurisdiction::Be => {
            trail.ask(RuleId::BeTermPassed);
            trail.take(next_working_day(pack, due_on))
        }
    };
    if let Some(day) = day {
        trail.say(format!("You can pay in time up to and including {}.", spoken(day)));
    }
    trail.answer(day)
}

/// The fourteen days after a message arrived, to the end of a working day.
fn fourteen_days(pack: Pack, channel: Channel, sent_on: Date) -> Answer<Option<Term>> {
    let mut trail = pack.trail();
    let term = trail.take(arrives_on(pack, channel, sent_on)).and_then(|arrived| {
        let from_third = !pack.is_dutch() && channel == Channel::Post;
        trail.take(fourteen_days_after(pack, arrived, from_third))
    });
    trail.answer(term)
}

/// The fourteen days after `arrived`; where it is the third working day of Belgian law, under the
/// reading that this day counts, it is the first of them.
pub(crate) fn fourteen_days_after(
    pack: Pack,
    arrived: Date,
    from_third: bool,
) -> Answer<Option<Term>> {
    let mut trail = pack.trail();
    let counts_itself = from_third && pack.readings.be_start_reading == StartReading::A;
    let before = if counts_itself { arrived.yesterday().ok() } else { Some(arrived) };
    let term = before.and_then(|before| {
        let last = before.checked_add(TERM_DAYS.days()).ok().filter(|last| *last <= LAST_DAY)?;
        let runs_on = !pack.is_dutch() || pack.readings.nl_extend_atw == Switch::On;
        let last = if runs_on { trail.take(next_working_day(pack, last))? } else { last };
        Some(Term { first: before.tomorrow().ok()?, last })
    });
    trail.answer(term)
}

/// The day on which a message counts as arrived that was sent on `sent_on` by e-mail or post; none
/// for other channels and after 2100. In Belgium it is the day before the law's term, whenever the
/// message arrives.
pub fn arrives_on(pack: Pack, channel: Channel, sent_on: Date) -> Answer<Option<Date>> {
    let pack = pack.as_of(sent_on);
    let mut trail = pack.trail();
    trail.ask(match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlReceipt,
        Jurisdiction::Be => RuleId::BeReminderClock,
    });
    let day = match (channel, pack.jurisdiction) {
        (Channel::Email, _) => Some(sent_on),
        (Channel::Post, Jurisdiction::Nl) => dutch_delivery(pack, sent_on),
        (Channel::Post, Jurisdiction::Be) => {
            trail.take(add_working_days(pack, sent_on, BE_POST_DAYS))
        }
        (Channel::Sms | Channel::Telephone | Channel::Visit, _) => {
            trail.ask(RuleId::NotCovered);
            trail.say("We send this message by e-mail or by post only.");
            None
        }
    };
    if let Some(day) = day {
        let (sent, day) = (spoken(sent_on), spoken(day));
        trail.say(match (pack.jurisdiction, channel == Channel::Email) {
            (Jurisdiction::Nl, true) => format!(
                "An e-mail of {sent} counts as arrived on that day; should it have reached you \
                 later, the time runs from then."
            ),
            (Jurisdiction::Nl, false) => {
                format!("What was posted on {sent} counts as arrived on {day}.")
            }
            (Jurisdiction::Be, _) => {
                format!("For what was sent on {sent} the law counts from {day}.")
            }
        });
    }
    trail.answer(day)
}

/// The day on which the post is taken to bring a letter. Whether Good Friday, 5 May and equated
/// days are free for the post is unclear; waiting is safe.
fn dutch_delivery(pack: Pack, sent_on: Date) -> Option<Date> {
    let is_delivery_day =
        |day: &Date| day.weekday() != Weekday::Monday && free_day(pack, *day).is_none();
    let norm = if pack.knows(SLOWER_POST) { 3 } else { 2 };
    let days = match pack.readings.nl_post_days {
        PostDays::Norm => norm,
        PostDays::Fixed(days) => days.max(norm),
    };
    let delivery_days = days_from(sent_on.tomorrow().ok()?).filter(is_delivery_day);
    delivery_days.take(usize::from(days)).last()
}

/// The day that is `days` after `day`, or the first working day after that.
fn working_day_after(pack: Pack, day: Date, days: i32) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    let last = day.checked_add(days.days()).ok();
    let last = last.and_then(|last| trail.take(next_working_day(pack, last)));
    trail.answer(last)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::is_working_day;

    fn letter(channel: Channel, sent_on: Date) -> Option<Term> {
        let (message, debtor) = (MessageKind::FourteenDayLetter, DebtorKind::Consumer);
        term_of(Pack::NL, message, debtor, channel, sent_on).value
    }

    fn reminder(channel: Channel, sent_on: Date) -> Option<Term> {
        let (message, debtor) = (MessageKind::FreeFirstReminder, DebtorKind::Consumer);
        term_of(Pack::BE, message, debtor, channel, sent_on).value
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with an option")]
    fn term(first: (i8, i8), last: (i8, i8)) -> Option<Term> {
        let day = |(month, day)| date(2026, month, day);
        Some(Term { first: day(first), last: day(last) })
    }

    /// Examples 7 and 8 of the research.
    #[test]
    fn a_dutch_letter_by_post_leaves_fourteen_days_after_delivery() {
        let friday = letter(Channel::Post, date(2026, 11, 6));
        assert_eq!(friday, term((11, 11), (11, 24)));
        // Delivered on Saturday; the 14th day is a Saturday, so Monday is the last.
        let thursday = letter(Channel::Post, date(2026, 11, 5));
        assert_eq!(thursday, term((11, 8), (11, 23)));
        // By e-mail day 1 is the next day.
        assert_eq!(letter(Channel::Email, date(2026, 11, 6)), term((11, 7), (11, 20)));
    }

    #[test]
    fn free_days_bring_no_post_and_slower_post_takes_a_day_more() {
        // Good Friday, Saturday (1), Sunday, Easter Monday, Tuesday (2).
        assert_eq!(letter(Channel::Post, date(2026, 4, 2)).unwrap().first, date(2026, 4, 8));
        // Wednesday 30 June and Thursday 1 July 2027.
        assert_eq!(letter(Channel::Post, date(2027, 6, 30)).unwrap().first, date(2027, 7, 3));
        assert_eq!(letter(Channel::Post, date(2027, 7, 1)).unwrap().first, date(2027, 7, 7));
    }

    /// Examples 11 (reading B) and 12 of the research.
    #[test]
    fn a_belgian_reminder_leaves_fourteen_days_after_the_third_working_day() {
        let by_post = reminder(Channel::Post, date(2026, 11, 6));
        assert_eq!(by_post, term((11, 13), (11, 26)));
        let by_mail = reminder(Channel::Email, date(2026, 11, 6));
        assert_eq!(by_mail, term((11, 7), (11, 20)));
        // Reading A: the third working day is the first of the fourteen.
        let pack = under("be_start_reading", "A", Pack::BE);
        let (message, debtor) = (MessageKind::FreeFirstReminder, DebtorKind::Consumer);
        let of = |channel| term_of(pack, message, debtor, channel, date(2026, 11, 6)).value;
        assert_eq!(of(Channel::Post), term((11, 12), (11, 25)));
        assert_eq!(of(Channel::Email), by_mail);
    }

    fn under(name: &str, value: &str, pack: Pack) -> Pack {
        let mut readings = pack.readings;
        readings.set(name, value).unwrap();
        pack.under(readings)
    }

    /// The letter of example 8 of the research, under other readings.
    #[test]
    fn the_readings_of_post_and_of_free_days_move_the_term() {
        let (message, debtor) = (MessageKind::FourteenDayLetter, DebtorKind::Consumer);
        let of = |name, value| {
            let pack = under(name, value, Pack::NL);
            term_of(pack, message, debtor, Channel::Post, date(2026, 11, 5)).value
        };
        assert_eq!(of("nl_extend_atw", "off"), term((11, 8), (11, 21)));
        assert_eq!(of("nl_post_days", "2"), term((11, 8), (11, 23)));
        assert_eq!(of("nl_post_days", "3"), term((11, 11), (11, 24)));
        // Never fewer than the norm of the day.
        let first = |days, sent_on| {
            let pack = under("nl_post_days", days, Pack::NL);
            term_of(pack, message, debtor, Channel::Post, sent_on).value.unwrap().first
        };
        assert_eq!(first("2", date(2027, 7, 1)), first("norm", date(2027, 7, 1)));
        assert_eq!(first("2", date(2027, 7, 1)), date(2027, 7, 7));
        assert_eq!(first("4", date(2027, 7, 1)), date(2027, 7, 8));
    }

    /// The law of the day of sending counts, and it is named.
    #[test]
    fn a_term_has_the_rules_of_its_day() {
        let ask = |pack, message, sent_on| {
            let answer = term_of(pack, message, DebtorKind::Consumer, Channel::Post, sent_on);
            (answer.value.is_some(), answer.pack.as_str())
        };
        let (letter, reminder) = (MessageKind::FourteenDayLetter, MessageKind::FreeFirstReminder);
        assert_eq!(ask(Pack::NL, letter, date(2012, 7, 1)), (true, "nl-2012.2"));
        assert!(!ask(Pack::NL, letter, date(2012, 6, 30)).0);
        assert_eq!(ask(Pack::NL, letter, date(2027, 7, 1)), (true, "nl-2027.2"));
        assert_eq!(ask(Pack::BE, reminder, date(2023, 8, 31)), (false, "be-2022.1"));
        assert_eq!(ask(Pack::BE, reminder, date(2023, 9, 1)), (true, "be-2023.2"));
    }

    #[test]
    fn the_answer_tells_the_days() {
        let answer = term_of(
            Pack::NL,
            MessageKind::FourteenDayLetter,
            DebtorKind::Consumer,
            Channel::Post,
            date(2026, 11, 5),
        );
        let rules = [RuleId::NlFourteenDayLetter, RuleId::NlReceipt, RuleId::NlWorkingDays];
        assert_eq!(answer.rules, rules);
        assert_eq!(
            answer.because,
            [
                "What was posted on Thursday 5 November 2026 counts as arrived on Saturday 7 \
                 November 2026.",
                "Saturday 21 November 2026 is no working day: it is a Saturday.",
                "Sunday 22 November 2026 is no working day: it is a Sunday.",
                "You have from Sunday 8 November 2026 up to and including Monday 23 November 2026 \
                 to pay without anything added.",
            ]
        );
    }

    #[test]
    fn only_two_messages_start_a_term_and_only_for_consumers() {
        for pack in [Pack::NL, Pack::BE] {
            for debtor in DebtorKind::ALL {
                for message in MessageKind::ALL {
                    for channel in Channel::ALL {
                        let sent_on = date(2026, 11, 6);
                        let answer = term_of(pack, *message, *debtor, *channel, sent_on);
                        let written = [Channel::Email, Channel::Post].contains(channel);
                        let expected = clock_message(pack, *debtor) == Some(*message) && written;
                        assert_eq!(answer.value.is_some(), expected, "{message} {channel}");
                        assert!(!answer.rules.is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn a_message_asks_to_pay_by_a_day_of_its_own() {
        let (due_on, sent_on) = (date(2026, 10, 30), date(2026, 11, 6));
        let ask = |pack, message, channel| pay_by(pack, message, channel, due_on, sent_on).value;
        let november = |day| Some(date(2026, 11, day));
        for (message, channel, dutch, belgian) in [
            (MessageKind::PreDueNotice, Channel::Post, Some(due_on), Some(due_on)),
            (MessageKind::FreeFirstReminder, Channel::Email, november(20), november(20)),
            (MessageKind::FreeFirstReminder, Channel::Post, november(24), november(26)),
            (MessageKind::FourteenDayLetter, Channel::Post, november(24), None),
            (MessageKind::Demand, Channel::Email, november(13), november(13)),
            (MessageKind::Demand, Channel::Post, november(17), november(19)),
            (MessageKind::Demand, Channel::Sms, None, None),
            (MessageKind::PromiseConfirmation, Channel::Email, None, None),
            (MessageKind::PaymentThanks, Channel::Email, None, None),
        ] {
            assert_eq!(ask(Pack::NL, message, channel), dutch, "{message} {channel}");
            assert_eq!(ask(Pack::BE, message, channel), belgian, "{message} {channel}");
        }
    }

    #[test]
    fn of_several_notices_the_first_valid_one_counts() {
        let notice = |message, day| Notice {
            message,
            channel: Channel::Email,
            sent_on: date(2026, 11, day),
        };
        let letter = |day| notice(MessageKind::FourteenDayLetter, day);
        let first = |notices: &[Notice]| {
            first_term(Pack::NL, DebtorKind::Consumer, date(2026, 11, 3), notices).value
        };
        assert_eq!(first(&[]), None);
        assert_eq!(first(&[notice(MessageKind::FreeFirstReminder, 6)]), None);
        assert_eq!(first(&[letter(9), letter(6)]), term((11, 7), (11, 20)));
        // Sent on the due date: nobody was in default.
        assert_eq!(first(&[letter(3), letter(9)]), term((11, 10), (11, 23)));
        // The same on paper, posted the next working day: who relies on it has the longer time.
        let paper = Notice { channel: Channel::Post, ..letter(9) };
        assert_eq!(first(&[letter(6), paper]), term((11, 12), (11, 25)));
    }

    #[test]
    fn a_letter_is_posted_on_the_working_day_after_it_lay_ready() {
        let posted =
            |message, channel, day| sent_on(Pack::NL, message, channel, date(2026, 11, day));
        let letter = MessageKind::FourteenDayLetter;
        assert_eq!(posted(letter, Channel::Post, 10), date(2026, 11, 11));
        assert_eq!(posted(letter, Channel::Post, 6), date(2026, 11, 9), "Friday to Monday");
        assert_eq!(posted(letter, Channel::Email, 6), date(2026, 11, 6));
        assert_eq!(posted(MessageKind::Demand, Channel::Post, 6), date(2026, 11, 6));
    }

    proptest! {
        #[test]
        fn a_term_leaves_fourteen_full_days_and_ends_on_a_working_day(
            days in 0_i32..27_000,
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)],
            channel in prop_oneof![Just(Channel::Email), Just(Channel::Post)],
        ) {
            let sent_on = date(2025, 1, 1) + days.days();
            let message = clock_message(pack, DebtorKind::Consumer).unwrap();
            let term = term_of(pack, message, DebtorKind::Consumer, channel, sent_on);
            let Term { first, last } = term.value.unwrap();
            let arrived = first.yesterday().unwrap();
            let soonest = sent_on + if channel == Channel::Post { 2.days() } else { 0.days() };
            prop_assert!(soonest <= arrived && arrived <= sent_on + 11.days());
            prop_assert!(arrived + 14.days() <= last);
            prop_assert!(last <= arrived + 19.days());
            prop_assert!(is_working_day(pack, last).value);
            let asked = pay_by(pack, message, channel, sent_on, sent_on).value;
            prop_assert_eq!(asked, Some(last));
        }
    }
}
