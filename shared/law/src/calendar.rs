//! Holidays and working days of both countries, computed for any year to 2100.
//!
//! Sources: Algemene termijnenwet art. 3 with the royal decrees that equate more days; for Belgium
//! the royal decree of 18 April 1974 and BW art. 1.7. What labour law moves is not moved here.

use jiff::ToSpan;
use jiff::civil::{Weekday, date};
use primitives::Date;

use crate::answer::{Answer, RuleId};
use crate::pack::{Jurisdiction, Pack};

/// A holiday in the sense of the law on terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its English name, for explanations.
    pub name: &'static str,
}

/// The last day of the calendar; later days are no days to plan on.
pub(crate) const LAST_DAY: Date = date(2100, 12, 31);

/// Days that royal decrees equated with Dutch holidays (Algemene termijnenwet art. 3 lid 3). The
/// decree for 2026 to 2028 is the last one published; a new one is added here with a new version.
const EQUATED: &[Date] = &[
    date(2024, 5, 10),
    date(2024, 12, 27),
    date(2025, 5, 30),
    date(2026, 1, 2),
    date(2026, 5, 15),
    date(2027, 5, 7),
    date(2028, 4, 28),
    date(2028, 5, 26),
];

/// The last day of the time for which the decree equates days. For later days the calendar lacks
/// what a decree to come adds: load it when it is published.
pub const EQUATED_UNTIL: Date = date(2028, 12, 31);

/// The holidays that return every year.
struct Feasts {
    /// Month, day and name.
    fixed: &'static [(i8, i8, &'static str)],
    /// Days after Easter Sunday, and name.
    from_easter: &'static [(i32, &'static str)],
}

/// King's Day, which may move, stands apart. Liberation Day counts every year, not only when most
/// have a day off; Good Friday is equated with a holiday for good.
const NL_FEASTS: Feasts = Feasts {
    fixed: &[
        (1, 1, "New Year's Day"),
        (5, 5, "Liberation Day"),
        (12, 25, "Christmas Day"),
        (12, 26, "the second day of Christmas"),
    ],
    from_easter: &[
        (-2, "Good Friday"),
        (1, "Easter Monday"),
        (39, "Ascension Day"),
        (50, "Whit Monday"),
    ],
};

const BE_FEASTS: Feasts = Feasts {
    fixed: &[
        (1, 1, "New Year's Day"),
        (5, 1, "Labour Day"),
        (7, 21, "the national holiday"),
        (8, 15, "the Assumption"),
        (11, 1, "All Saints' Day"),
        (11, 11, "Armistice Day"),
        (12, 25, "Christmas Day"),
    ],
    from_easter: &[(1, "Easter Monday"), (39, "Ascension Day"), (50, "Whit Monday")],
};

/// The holidays of a year, in order, each day once. Right from 2014, when King's Day moved to its
/// present date; equated days are known to the end of the last decree, 2028.
#[must_use]
pub fn holidays(pack: Pack, year: i16) -> Vec<Holiday> {
    let mut all: Vec<Holiday> = feast_days(pack, year).collect();
    all.sort_unstable();
    all.dedup_by_key(|holiday| holiday.date);
    all
}

/// Each holiday of a year under each of its names, in no order.
fn feast_days(pack: Pack, year: i16) -> impl Iterator<Item = Holiday> {
    let feasts = match pack.jurisdiction {
        Jurisdiction::Nl => NL_FEASTS,
        Jurisdiction::Be => BE_FEASTS,
    };
    let fixed = feasts.fixed.iter();
    let fixed = fixed.map(move |(month, day, name)| (Date::new(year, *month, *day).ok(), *name));
    let easter = easter(year);
    let from_easter = feasts.from_easter.iter().map(move |(days, name)| {
        (easter.and_then(|easter| easter.checked_add(days.days()).ok()), *name)
    });
    let named = fixed.chain(from_easter);
    let named = named.filter_map(|(date, name)| Some(Holiday { date: date?, name }));
    named.chain(only_dutch(year).filter(move |_| pack.is_dutch()))
}

/// Whether `date` is a working day: no Saturday, no Sunday and no holiday.
pub fn is_working_day(pack: Pack, date: Date) -> Answer<bool> {
    let mut trail = pack.trail();
    trail.ask(working_days_rule(pack));
    let reason = free_day(pack, date)
        .or_else(|| (date.weekday() == Weekday::Saturday).then_some("a Saturday"));
    if let Some(reason) = reason {
        trail.say(format!("{} is no working day: it is {reason}.", spoken(date)));
    }
    trail.answer(reason.is_none())
}

/// The first working day on or after `date`; none after 2100.
pub fn next_working_day(pack: Pack, date: Date) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    trail.ask(working_days_rule(pack));
    let found = days_from(date).find(|day| trail.take(is_working_day(pack, *day)));
    trail.answer(found)
}

/// The day that is `count` working days after `date`, which itself does not count; `date` when
/// `count` is zero. None after 2100.
pub fn add_working_days(pack: Pack, date: Date, count: u16) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    trail.ask(working_days_rule(pack));
    let found = (0..count).try_fold(date, |day, _| {
        days_from(day.tomorrow().ok()?).find(|day| trail.take(is_working_day(pack, *day)))
    });
    trail.answer(found)
}

/// Why `date` is a Sunday or a holiday, if it is one.
pub(crate) fn free_day(pack: Pack, date: Date) -> Option<&'static str> {
    if date.weekday() == Weekday::Sunday {
        return Some("a Sunday");
    }
    let of_the_day = feast_days(pack, date.year()).filter(|holiday| holiday.date == date);
    of_the_day.min().map(|holiday| holiday.name)
}

/// `date` and the days after it, to the end of the calendar.
pub(crate) fn days_from(date: Date) -> impl Iterator<Item = Date> {
    date.series(1.day()).take_while(|day| *day <= LAST_DAY)
}

/// Whether banks settle payments in euros on a day (T2; the long-term calendar of the ECB of 2000,
/// in force since 2002): no Saturday, no Sunday, and none of New Year's Day, Good Friday, Easter
/// Monday, 1 May, Christmas Day and the day after it. Not the working days of a country.
#[must_use]
pub fn is_target_day(date: Date) -> bool {
    let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let is_fixed = matches!((date.month(), date.day()), (1 | 5, 1) | (12, 25 | 26));
    let easter = easter(date.year());
    let is_easter =
        |days: i32| easter.and_then(|it| it.checked_add(days.days()).ok()) == Some(date);
    !(is_weekend || is_fixed || is_easter(-2) || is_easter(1))
}

/// The first day after this one on which banks settle payments in euros.
#[must_use]
pub fn next_target_day(date: Date) -> Option<Date> {
    days_from(date.tomorrow().ok()?).find(|day| is_target_day(*day))
}

/// `Friday 6 November 2026`.
pub(crate) fn spoken(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

const fn working_days_rule(pack: Pack) -> RuleId {
    match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlWorkingDays,
        Jurisdiction::Be => RuleId::BeWorkingDays,
    }
}

/// King's Day, which gives way to a Sunday, and the days equated by decree.
fn only_dutch(year: i16) -> impl Iterator<Item = Holiday> {
    let kings_day = [27, 26].into_iter().find_map(|day| {
        Date::new(year, 4, day).ok().filter(|date| date.weekday() != Weekday::Sunday)
    });
    let kings_day = kings_day.map(|date| Holiday { date, name: "King's Day" });
    let equated = EQUATED.iter().filter(move |date| date.year() == year);
    let equated = equated.map(|date| Holiday { date: *date, name: "equated with a holiday" });
    kings_day.into_iter().chain(equated)
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a year has four figures, so all sums are small"
)]
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let golden = year_number.rem_euclid(19);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    let (month, day) = (i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?);
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn banks_settle_on_feasts_of_a_country_and_not_on_their_own() {
        let date = |month, day| Date::new(2026, month, day).unwrap();
        for (month, day) in [(1, 1), (4, 3), (4, 6), (5, 1), (12, 25), (12, 26), (4, 4), (4, 5)] {
            assert!(!is_target_day(date(month, day)), "{month}-{day}");
        }
        // King's Day, Ascension Day, Whit Monday, the Belgian national holiday.
        for (month, day) in [(4, 27), (5, 14), (5, 25), (7, 21), (1, 2), (12, 24)] {
            assert!(is_target_day(date(month, day)), "{month}-{day}");
        }
        assert_eq!(next_target_day(date(4, 2)), Some(date(4, 7)));
        assert_eq!(next_target_day(Date::MAX), None);
    }

    /// `2026: 01-01,05-01` as dates.
    fn table(line: &str) -> (i16, Vec<Date>) {
        let (year, days) = line.split_once(": ").unwrap();
        let dates = days.split(',').map(|day| format!("{year}-{day}").parse().unwrap());
        (year.parse().unwrap(), dates.collect())
    }

    fn dates(pack: Pack, year: i16) -> Vec<Date> {
        holidays(pack, year).into_iter().map(|holiday| holiday.date).collect()
    }

    /// The earliest and the latest Easters there are, and the years in which the corrections of the
    /// Gregorian calendar change.
    #[test]
    fn easter_of_other_centuries_is_right_too() {
        for known in [
            "1598-03-22",
            "1600-04-02",
            "1700-04-11",
            "1761-03-22",
            "1800-04-13",
            "1818-03-22",
            "1886-04-25",
            "1900-04-15",
            "1943-04-25",
            "2038-04-25",
            "2160-03-23",
            "2200-04-06",
            "2285-03-22",
            "2299-04-16",
            "2400-04-16",
        ] {
            let known: Date = known.parse().unwrap();
            assert_eq!(easter(known.year()), Some(known));
        }
    }

    #[test]
    fn the_dutch_holidays_are_those_of_the_tables() {
        for line in [
            "2025: 01-01,04-18,04-21,04-26,05-05,05-29,05-30,06-09,12-25,12-26",
            "2026: 01-01,01-02,04-03,04-06,04-27,05-05,05-14,05-15,05-25,12-25,12-26",
            "2027: 01-01,03-26,03-29,04-27,05-05,05-06,05-07,05-17,12-25,12-26",
            "2028: 01-01,04-14,04-17,04-27,04-28,05-05,05-25,05-26,06-05,12-25,12-26",
        ] {
            let (year, expected) = table(line);
            assert_eq!(dates(Pack::NL, year), expected, "{year}");
        }
    }

    #[test]
    fn the_belgian_holidays_are_those_of_the_tables() {
        for line in [
            "2025: 01-01,04-21,05-01,05-29,06-09,07-21,08-15,11-01,11-11,12-25",
            "2026: 01-01,04-06,05-01,05-14,05-25,07-21,08-15,11-01,11-11,12-25",
            "2027: 01-01,03-29,05-01,05-06,05-17,07-21,08-15,11-01,11-11,12-25",
            "2028: 01-01,04-17,05-01,05-25,06-05,07-21,08-15,11-01,11-11,12-25",
        ] {
            let (year, expected) = table(line);
            assert_eq!(dates(Pack::BE, year), expected, "{year}");
        }
    }

    /// Gauss's rule for the Gregorian calendar, with its two exceptions, from 1900 to 2199.
    fn easter_after_gauss(year: i32) -> Date {
        let (century_part, leap_part) = if year < 2100 { (24, 5) } else { (24, 6) };
        let moon = (19 * (year % 19) + century_part) % 30;
        let sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + leap_part) % 7;
        let days = match (moon, sunday) {
            (29, 6) => 28,
            (28, 6) if year % 19 > 10 => 27,
            _ => moon + sunday,
        };
        Date::new(i16::try_from(year).unwrap(), 3, 22).unwrap() + days.days()
    }

    #[test]
    fn easter_agrees_with_another_method_for_two_centuries() {
        for year in 1900..=2100_i16 {
            assert_eq!(easter(year).unwrap(), easter_after_gauss(year.into()), "{year}");
        }
    }

    #[test]
    fn kings_day_gives_way_to_a_sunday_only() {
        for year in 2014..=2100 {
            let day = only_dutch(year).into_iter().find(|day| day.name == "King's Day").unwrap();
            let the_27th = date(year, 4, 27);
            let moved = the_27th.weekday() == Weekday::Sunday;
            assert_eq!(day.date, if moved { date(year, 4, 26) } else { the_27th });
        }
    }

    #[test]
    fn terms_run_as_in_the_worked_examples() {
        let sent = date(2026, 11, 6);
        // Belgian reminder by post of Friday 6 November: the 11th is a holiday there.
        assert_eq!(add_working_days(Pack::BE, sent, 3).value, Some(date(2026, 11, 12)));
        // The same in the Netherlands, where the 11th is a day like others.
        assert_eq!(add_working_days(Pack::NL, sent, 3).value, Some(date(2026, 11, 11)));
        // A Dutch term that ends on Saturday 21 November runs on to Monday.
        assert_eq!(next_working_day(Pack::NL, date(2026, 11, 21)).value, Some(date(2026, 11, 23)));
        // Ascension Day, the equated Friday, and the weekend after them.
        assert_eq!(next_working_day(Pack::NL, date(2026, 5, 14)).value, Some(date(2026, 5, 18)));
        assert_eq!(next_working_day(Pack::BE, date(2026, 5, 14)).value, Some(date(2026, 5, 15)));
    }

    #[test]
    fn the_calendar_ends_with_2100() {
        assert_eq!(next_working_day(Pack::NL, date(2100, 12, 31)).value, Some(date(2100, 12, 31)));
        assert_eq!(add_working_days(Pack::NL, date(2100, 12, 31), 1).value, None);
        assert_eq!(next_working_day(Pack::BE, Date::MAX).value, None);
        assert_eq!(add_working_days(Pack::BE, Date::MAX, 1).value, None);
    }

    #[test]
    fn answers_name_rule_pack_and_reason() {
        let answer = is_working_day(Pack::NL, date(2026, 4, 3));
        assert!(!answer.value);
        assert_eq!(answer.rules, [RuleId::NlWorkingDays]);
        assert_eq!(answer.pack.as_str(), "nl-2026.2");
        assert_eq!(answer.because, ["Friday 3 April 2026 is no working day: it is Good Friday."]);
    }

    fn pack() -> impl Strategy<Value = Pack> {
        prop_oneof![Just(Pack::NL), Just(Pack::BE)]
    }

    fn day() -> impl Strategy<Value = Date> {
        (0..27_000_i32).prop_map(|days| date(2025, 1, 1) + days.days())
    }

    proptest! {
        #[test]
        fn the_next_working_day_is_the_first_one(pack in pack(), day in day()) {
            let next = next_working_day(pack, day).value.unwrap();
            prop_assert!(is_working_day(pack, next).value);
            for before in day.series(1.day()).take_while(|before| *before < next) {
                prop_assert!(!is_working_day(pack, before).value);
            }
        }

        #[test]
        fn counting_in_two_goes_is_counting_in_one(
            pack in pack(), day in day(), first in 0_u16..30, second in 0_u16..30
        ) {
            let midway = add_working_days(pack, day, first).value.unwrap();
            prop_assert_eq!(
                add_working_days(pack, midway, second).value,
                add_working_days(pack, day, first + second).value
            );
        }

        #[test]
        fn no_more_than_four_days_in_a_row_are_free(pack in pack(), day in day()) {
            let next = next_working_day(pack, day).value.unwrap();
            prop_assert!(next <= day + 4.days() + 1.day());
        }
    }
}
