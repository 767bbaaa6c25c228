//! The calendar against one that is not ours, day by day, from 2014 to 2100.
//!
//! The headers of `data/*.csv` say where those days come from, and which differences there are.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Weekday, date};
use law::{Pack, holidays, is_working_day};
use primitives::Date;

/// Days equated with Dutch holidays by royal decree; the last decree ends with 2028.
const EQUATED: [&str; 8] = [
    "2024-05-10",
    "2024-12-27",
    "2025-05-30",
    "2026-01-02",
    "2026-05-15",
    "2027-05-07",
    "2028-04-28",
    "2028-05-26",
];

#[test]
fn the_dutch_holidays_are_those_of_another_program_but_for_the_stated_ones() {
    let theirs = read(include_str!("data/holidays-nl.csv"));
    compare(Pack::NL, |day| match theirs.get(&day) {
        Some(name) => our_name(name),
        None if (day.month(), day.day()) == (5, 5) => Some("Liberation Day"),
        None => EQUATED.contains(&&*day.to_string()).then_some("equated with a holiday"),
    });
}

#[test]
fn the_belgian_holidays_are_those_of_another_program_but_for_sundays() {
    let theirs = read(include_str!("data/holidays-be.csv"));
    compare(Pack::BE, |day| theirs.get(&day).and_then(|name| our_name(name)));
}

/// What the header says of 5 May is so; else the comparison would prove less than it seems to.
#[test]
fn the_other_program_knows_the_fifth_of_may_every_fifth_year() {
    let theirs = read(include_str!("data/holidays-nl.csv"));
    for year in 2014..=2100 {
        let named = theirs.get(&date(year, 5, 5)) == Some(&"Liberation Day");
        assert_eq!(named, year % 5 == 0, "{year}");
    }
}

/// Every day of the years of the file: the holidays with their names, and the working days.
fn compare(pack: Pack, expected: impl Fn(Date) -> Option<&'static str>) {
    for year in 2014..=2100 {
        let ours: BTreeMap<Date, &str> =
            holidays(pack, year).into_iter().map(|holiday| (holiday.date, holiday.name)).collect();
        assert!(ours.keys().all(|day| day.year() == year), "{year}");
        for day in date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year) {
            let expected = expected(day);
            assert_eq!(ours.get(&day).copied(), expected, "{day}");
            let weekend = [Weekday::Saturday, Weekday::Sunday].contains(&day.weekday());
            let works = !weekend && expected.is_none();
            assert_eq!(is_working_day(pack, day).value, works, "{day}");
        }
    }
}

/// The days of a file with their names there; every line counts, and no day comes twice.
fn read(file: &'static str) -> BTreeMap<Date, &'static str> {
    let lines = || file.lines().filter(|line| !line.starts_with('#'));
    let days: BTreeMap<Date, &str> = lines()
        .map(|line| {
            let (day, name) = line.split_once(',').expect("each line is a date and a name");
            (day.parse().expect("each line begins with a date"), name)
        })
        .collect();
    assert_eq!(days.len(), lines().count(), "a day comes twice");
    days
}

/// The name that ours bears, or none of the two feasts that are Sundays and so not in the law.
fn our_name(theirs: &'static str) -> Option<&'static str> {
    match theirs {
        "Easter Sunday" | "Pentecost" => None,
        "Assumption Day" => Some("the Assumption"),
        "Labor Day" => Some("Labour Day"),
        "National Day" => Some("the national holiday"),
        "Pentecost Monday" => Some("Whit Monday"),
        "Second Day of Christmas" => Some("the second day of Christmas"),
        same => Some(same),
    }
}
