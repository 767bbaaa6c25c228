//! When a person may be contacted at all, by the clock and the calendar where the person is.
//!
//! Dutch law closes the night, Sundays and holidays for every means, electronic ones included.
//! Belgian law closes the night for calls and visits only; the agency's own hours close the rest.
//! The Dutch decree protects natural persons, the Belgian law consumers; the agency keeps the Dutch
//! hours towards everybody, unless it was told otherwise for Belgium.

use jiff::civil::{Time, time};
use primitives::{Channel, DebtorKind, Timestamp};

use crate::answer::{Answer, RuleId};
use crate::calendar::{days_from, free_day, spoken};
use crate::pack::{BKI, BOOK_XIX, Jurisdiction, Pack};
use crate::readings::BelgianHours;

/// Hours of contact. The agency's own come on top of the law's: they can narrow, never widen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ContactHours {
    /// The first moment of a day, local time.
    opens: Time,
    /// From then on nothing happens any more. Where it is not after `opens`, nothing ever does.
    closes: Time,
    /// Whether Sundays and holidays are days like others.
    sundays_and_holidays: bool,
}

/// Those of Bki art. 4.2.
const DUTCH: ContactHours = ContactHours {
    opens: time(7, 0, 0, 0),
    closes: time(20, 0, 0, 0),
    sundays_and_holidays: false,
};

/// Those of WER art. XIX.10 and XIX.11.
const BELGIAN: ContactHours =
    ContactHours { opens: time(8, 0, 0, 0), closes: time(22, 0, 0, 0), sundays_and_holidays: true };

impl ContactHours {
    /// The agency's own, the same for everybody: the Dutch ones, and in Belgium those that were
    /// chosen (reading `be_contact_window`), where nobody is called or visited before 08:00.
    fn of_the_house(pack: Pack, channel: Channel) -> Self {
        match (pack.jurisdiction, pack.readings.be_contact_window) {
            (Jurisdiction::Be, BelgianHours::Law) => BELGIAN,
            (Jurisdiction::Be, BelgianHours::Dutch) if is_in_person(channel) => {
                Self { opens: BELGIAN.opens, ..DUTCH }
            }
            (Jurisdiction::Be, BelgianHours::Dutch) | (Jurisdiction::Nl, _) => DUTCH,
        }
    }
}

const fn is_in_person(channel: Channel) -> bool {
    match channel {
        Channel::Telephone | Channel::Visit => true,
        Channel::Email | Channel::Post | Channel::Sms => false,
    }
}

/// A stretch of time in which contact is lawful: from `opens` on, until just before `closes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub opens: Timestamp,
    /// The first moment that is too late.
    pub closes: Timestamp,
}

/// The window that is open at `from` (then it opens at `from`), or else the next one. None where no
/// hour of any day is left, and after 2100.
pub fn next_lawful_moment(
    pack: Pack,
    debtor: DebtorKind,
    channel: Channel,
    from: Timestamp,
) -> Answer<Option<Window>> {
    within(pack, debtor, channel, from, ContactHours::of_the_house(pack, channel))
}

fn within(
    pack: Pack,
    debtor: DebtorKind,
    channel: Channel,
    from: Timestamp,
    house: ContactHours,
) -> Answer<Option<Window>> {
    let pack = pack.as_of(pack.local_date(from));
    let mut trail = pack.trail();
    trail.ask(RuleId::HouseContactHours);
    let ContactHours { mut opens, mut closes, mut sundays_and_holidays } = house;
    if let Some((rule, law)) = law_hours(pack, debtor, channel) {
        trail.ask(rule);
        (opens, closes) = (opens.max(law.opens), closes.min(law.closes));
        sundays_and_holidays &= law.sundays_and_holidays;
    }
    if opens >= closes {
        trail.say("No hour of the day is left in which we may contact you in this way.");
        return trail.answer(None);
    }
    trail.say(format!(
        "We contact you between {} and {} only.",
        opens.strftime("%H:%M"),
        closes.strftime("%H:%M")
    ));
    let window = days_from(pack.local_date(from)).find_map(|day| {
        if let Some(reason) = free_day(pack, day).filter(|_| !sundays_and_holidays) {
            trail.say(format!("Not on {}: it is {reason}.", spoken(day)));
            return None;
        }
        let closes = pack.moment(day, closes).filter(|closes| from < *closes)?;
        let opens = pack.moment(day, opens)?.max(from);
        // The change to summer time can skip the whole window.
        (opens < closes).then_some(Window { opens, closes })
    });
    if window.is_none() {
        trail.say("Our calendar ends in 2100.");
    }
    trail.answer(window)
}

/// The law's own hours, where it has any: the Dutch ones protect natural persons, the Belgian ones
/// consumers who are called or visited.
fn law_hours(pack: Pack, debtor: DebtorKind, channel: Channel) -> Option<(RuleId, ContactHours)> {
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer | DebtorKind::NaturalPersonInBusiness)
            if pack.knows(BKI) =>
        {
            Some((RuleId::NlContactWindow, DUTCH))
        }
        (Jurisdiction::Be, DebtorKind::Consumer)
            if pack.knows(BOOK_XIX) && is_in_person(channel) =>
        {
            Some((RuleId::BeCallHours, BELGIAN))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use std::sync::LazyLock;

    use jiff::civil::{Date, DateTime, Weekday, date};
    use jiff::tz::{TimeZone, TimeZoneDatabase};
    use jiff::{SignedDuration, ToSpan};
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::holidays;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    fn next(pack: Pack, channel: Channel, from: Timestamp) -> Window {
        next_lawful_moment(pack, DebtorKind::Consumer, channel, from).value.unwrap()
    }

    fn ask(pack: Pack, channel: Channel, from: Timestamp, house: ContactHours) -> Option<Window> {
        within(pack, DebtorKind::Consumer, channel, from, house).value
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The clock on the wall where the debtor is, without our own conversions.
    fn wall(pack: Pack, moment: Timestamp) -> DateTime {
        static ZONES: LazyLock<[TimeZone; 2]> = LazyLock::new(|| {
            let zones = TimeZoneDatabase::bundled();
            ["Europe/Amsterdam", "Europe/Brussels"].map(|name| zones.get(name).unwrap())
        });
        let [amsterdam, brussels] = &*ZONES;
        let zone = if pack.is_dutch() { amsterdam } else { brussels };
        zone.to_datetime(moment)
    }

    /// The rule once more, in the plainest words.
    fn is_lawful(pack: Pack, channel: Channel, moment: Timestamp) -> bool {
        let wall = wall(pack, moment);
        let called = matches!(channel, Channel::Telephone | Channel::Visit);
        let first_hour = if !pack.is_dutch() && called { 8 } else { 7 };
        let holiday = holidays(pack, wall.year()).iter().any(|day| day.date == wall.date());
        (first_hour..20).contains(&wall.hour()) && wall.weekday() != Weekday::Sunday && !holiday
    }

    fn every_case() -> impl Iterator<Item = (Pack, Channel)> {
        let packs = [Pack::NL, Pack::BE].into_iter();
        packs.flat_map(|pack| Channel::ALL.iter().map(move |channel| (pack, *channel)))
    }

    /// Both changes of the clock, Easter, Ascension and the end of a year, to the minute.
    #[test]
    fn dutch_law_has_hours_of_its_own_since_its_rules_of_conduct() {
        let hours = |day| {
            let pack = Pack::NL.on(day).unwrap();
            law_hours(pack, DebtorKind::Consumer, Channel::Telephone).map(|(rule, _)| rule)
        };
        assert_eq!(hours(BKI.yesterday().unwrap()), None);
        assert!(hours(BKI).is_some());
    }

    #[test]
    fn every_minute_of_the_hard_weeks_is_judged_right() {
        for first in [
            date(2026, 3, 27),
            date(2026, 4, 2),
            date(2026, 5, 13),
            date(2026, 10, 23),
            date(2026, 12, 24),
        ] {
            let start = Pack::NL.moment(first, Time::midnight()).unwrap();
            for (pack, channel) in [
                (Pack::NL, Channel::Email),
                (Pack::BE, Channel::Email),
                (Pack::BE, Channel::Telephone),
            ] {
                for minute in 0..5 * 24 * 60 {
                    let moment = start + MINUTE * minute;
                    let opens = next(pack, channel, moment).opens;
                    let lawful = is_lawful(pack, channel, moment);
                    assert_eq!(opens == moment, lawful, "{pack:?} {channel} {moment}");
                }
            }
        }
    }

    #[test]
    fn every_boundary_minute_of_four_years_is_judged_right() {
        let days = date(2025, 1, 1).series(1.day()).take_while(|day| *day < date(2029, 1, 1));
        for day in days {
            for (pack, channel) in every_case() {
                for hour in [0, 7, 8, 20, 22] {
                    let boundary = pack.moment(day, time(hour, 0, 0, 0)).unwrap();
                    for moment in [boundary - MINUTE, boundary, boundary + MINUTE] {
                        let opens = next(pack, channel, moment).opens;
                        let lawful = is_lawful(pack, channel, moment);
                        assert_eq!(opens == moment, lawful, "{pack:?} {channel} {moment}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_change_of_the_clock_moves_the_window_in_universal_time() {
        // Summer time began on Sunday 29 March 2026, winter time on Sunday 25 October 2026.
        for (from, opens, closes) in [
            ("2026-03-28T18:59:59Z", "2026-03-28T18:59:59Z", "2026-03-28T19:00:00Z"),
            ("2026-03-28T19:00:00Z", "2026-03-30T05:00:00Z", "2026-03-30T18:00:00Z"),
            ("2026-10-24T18:00:00Z", "2026-10-26T06:00:00Z", "2026-10-26T19:00:00Z"),
        ] {
            let expected = Window { opens: at(opens), closes: at(closes) };
            assert_eq!(next(Pack::NL, Channel::Email, at(from)), expected, "{from}");
            assert_eq!(next(Pack::BE, Channel::Email, at(from)), expected, "{from}");
        }
    }

    #[test]
    fn a_holiday_an_equated_day_and_a_sunday_are_all_skipped() {
        // Wednesday evening; Thursday is Ascension Day, Friday equated in the Netherlands only.
        let from = at("2026-05-13T18:00:00Z");
        let answer = next_lawful_moment(Pack::NL, DebtorKind::Consumer, Channel::Sms, from);
        assert_eq!(answer.value.unwrap().opens, at("2026-05-16T05:00:00Z"));
        assert_eq!(answer.rules, [RuleId::HouseContactHours, RuleId::NlContactWindow]);
        assert_eq!(
            answer.because,
            [
                "We contact you between 07:00 and 20:00 only.",
                "Not on Thursday 14 May 2026: it is Ascension Day.",
                "Not on Friday 15 May 2026: it is equated with a holiday.",
            ]
        );
        assert_eq!(next(Pack::BE, Channel::Sms, from).opens, at("2026-05-15T05:00:00Z"));
    }

    #[test]
    fn wider_hours_widen_only_what_the_law_leaves_open() {
        let wide = ContactHours {
            opens: time(6, 0, 0, 0),
            closes: time(23, 0, 0, 0),
            sundays_and_holidays: true,
        };
        let sunday = at("2026-03-29T04:30:00Z");
        let opens = |pack, channel| ask(pack, channel, sunday, wide).unwrap();
        assert_eq!(opens(Pack::BE, Channel::Email).opens, sunday);
        assert_eq!(opens(Pack::BE, Channel::Telephone).opens, at("2026-03-29T06:00:00Z"));
        assert_eq!(opens(Pack::BE, Channel::Telephone).closes, at("2026-03-29T20:00:00Z"));
        assert_eq!(opens(Pack::NL, Channel::Email).opens, at("2026-03-30T05:00:00Z"));
        assert_eq!(opens(Pack::NL, Channel::Email).closes, at("2026-03-30T18:00:00Z"));
    }

    /// Under the law's hours in Belgium, what the law leaves open for each debtor is open.
    #[test]
    fn the_law_protects_consumers_in_belgium_and_natural_persons_in_the_netherlands() {
        let mut readings = Pack::BE.readings;
        readings.set("be_contact_window", "law").unwrap();
        let [nl, be] = [Pack::NL, Pack::BE].map(|pack| pack.under(readings));
        // Sunday 29 November 2026, 21:30; and the morning after.
        let (evening, sunday_too) =
            (at("2026-11-29T20:30:00Z"), [Channel::Email, Channel::Telephone]);
        for debtor in DebtorKind::ALL {
            for channel in sunday_too {
                let answer = next_lawful_moment(be, *debtor, channel, evening);
                assert_eq!(answer.value.unwrap().opens, evening);
                let called = channel == Channel::Telephone && *debtor == DebtorKind::Consumer;
                assert_eq!(answer.rules.contains(&RuleId::BeCallHours), called);
                let dutch = next_lawful_moment(nl, *debtor, channel, evening);
                assert_eq!(dutch.value.unwrap().opens, at("2026-11-30T06:00:00Z"));
                let natural = *debtor != DebtorKind::LegalPerson;
                assert_eq!(dutch.rules.contains(&RuleId::NlContactWindow), natural);
            }
        }
        // By the house's usual hours nobody in Belgium is called before 08:00.
        let early = at("2026-11-30T06:30:00Z");
        for debtor in DebtorKind::ALL {
            let opens = |channel| {
                next_lawful_moment(Pack::BE, *debtor, channel, early).value.unwrap().opens
            };
            assert_eq!(opens(Channel::Telephone), at("2026-11-30T07:00:00Z"));
            assert_eq!(opens(Channel::Visit), at("2026-11-30T07:00:00Z"));
            assert_eq!(opens(Channel::Email), early);
        }
        let night = next_lawful_moment(
            be,
            DebtorKind::LegalPerson,
            Channel::Email,
            at("2026-11-29T21:00:00Z"),
        );
        assert_eq!(night.value.unwrap().opens, at("2026-11-30T07:00:00Z"));
    }

    #[test]
    fn hours_that_leave_nothing_mean_never() {
        let evenings =
            ContactHours { opens: time(20, 0, 0, 0), closes: time(22, 0, 0, 0), ..DUTCH };
        let now = at("2026-06-01T12:00:00Z");
        assert_eq!(ask(Pack::NL, Channel::Email, now, evenings), None);
        assert!(ask(Pack::BE, Channel::Telephone, now, evenings).is_some());
        let turned = ContactHours { opens: time(20, 0, 0, 0), closes: time(7, 0, 0, 0), ..DUTCH };
        assert_eq!(ask(Pack::BE, Channel::Email, now, turned), None);
        let late = Timestamp::MAX;
        assert_eq!(ask(Pack::BE, Channel::Email, late, DUTCH), None);
    }

    fn hours() -> impl Strategy<Value = ContactHours> {
        (0_i8..23, 1_i8..24, any::<bool>()).prop_filter_map(
            "no hour left",
            |(opens, length, all)| {
                let closes = opens.checked_add(length).filter(|closes| *closes < 24)?;
                let (opens, closes) = (time(opens, 30, 0, 0), time(closes, 0, 0, 0));
                Some(ContactHours { opens, closes, sundays_and_holidays: all })
            },
        )
    }

    fn moment() -> impl Strategy<Value = Timestamp> {
        let first = date(2025, 1, 1).at(0, 0, 0, 0);
        let first = first.to_zoned(TimeZone::UTC).unwrap().timestamp();
        (0_i64..2_000_000_000).prop_map(move |seconds| first + SignedDuration::from_secs(seconds))
    }

    proptest! {
        #[test]
        fn what_is_allowed_lies_in_the_window(
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)],
            channel in prop::sample::select(Channel::ALL),
            from in moment(),
            later_by in 0_i64..2_000_000,
            hours in hours(),
        ) {
            let find = |from| ask(pack, channel, from, hours);
            let Some(window) = find(from) else { return Ok(()) };
            prop_assert!(from <= window.opens && window.opens < window.closes);
            let opens = wall(pack, window.opens);
            let last = wall(pack, window.closes - SignedDuration::from_nanos(1));
            prop_assert_eq!(opens.date(), last.date());
            prop_assert!(hours.opens <= opens.time() && last.time() < hours.closes);
            if pack.is_dutch() {
                prop_assert!((7..20).contains(&opens.hour()) && (7..20).contains(&last.hour()));
                prop_assert!(is_lawful(pack, channel, window.opens));
            } else if matches!(channel, Channel::Telephone | Channel::Visit) {
                prop_assert!((8..22).contains(&opens.hour()) && (8..22).contains(&last.hour()));
            }
            // Idempotent and monotone.
            prop_assert_eq!(find(window.opens), Some(window));
            let later = find(from + SignedDuration::from_secs(later_by)).unwrap();
            prop_assert!(window.opens <= later.opens && window.closes <= later.closes);
        }
    }

    #[test]
    fn no_window_is_further_than_five_days_away() {
        let days = date(2025, 1, 1).series(1.day()).take_while(|day: &Date| day.year() <= 2100);
        for day in days {
            let Some(from) = Pack::NL.moment(day, Time::midnight()) else { continue };
            let window = next_lawful_moment(Pack::NL, DebtorKind::Consumer, Channel::Email, from);
            let Some(window) = window.value else {
                assert!(day >= date(2100, 12, 25), "{day}");
                continue;
            };
            let wait = window.opens.duration_since(from);
            assert!(wait < SignedDuration::from_hours(5 * 24), "{day}");
        }
    }
}
