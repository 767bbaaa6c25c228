//! Contact hours at every minute of a year, both changes of the clock included, against the rule
//! once more in the plainest words.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZoneDatabase;
use law::{Pack, holidays, next_lawful_moment};
use primitives::{Channel, DebtorKind};

const YEAR: i16 = 2026;

/// Asks at each minute whether it is open; `first_hour` is the first one that is.
fn every_minute(pack: Pack, zone: &str, channel: Channel, first_hour: i8) {
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    let free: BTreeSet<Date> = holidays(pack, YEAR).into_iter().map(|it| it.date).collect();
    let begin = date(YEAR, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
    let end = date(YEAR, 12, 31).to_zoned(zone.clone()).unwrap().timestamp();
    let (mut asked, mut open) = (0_u32, 0_u32);
    for minute in begin.series(1.minute()).take_while(|minute| *minute < end) {
        let wall = zone.to_datetime(minute);
        let lawful = (first_hour..20).contains(&wall.hour())
            && wall.weekday() != Weekday::Sunday
            && !free.contains(&wall.date());
        let window = next_lawful_moment(pack, DebtorKind::Consumer, channel, minute);
        let window = window.value.unwrap();
        assert_eq!(window.opens == minute, lawful, "{channel} {minute}");
        assert!(minute < window.closes);
        asked = asked.saturating_add(1);
        open = open.saturating_add(u32::from(lawful));
    }
    assert_eq!(asked, 364 * 24 * 60, "the two changes of the clock cancel out");
    assert!(open > 0);
}

#[test]
fn dutch_mails_keep_the_hours_at_every_minute() {
    every_minute(Pack::NL, "Europe/Amsterdam", Channel::Email, 7);
}

#[test]
fn belgian_calls_keep_the_hours_at_every_minute() {
    every_minute(Pack::BE, "Europe/Brussels", Channel::Telephone, 8);
}
