//! Times as people write and read them: in Amsterdam, whose clock is Brussels' clock too.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use primitives::Clock;
use runtime::clock::SystemClock;

/// Where the agency reads its clocks.
const ZONE: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// The machine's time: for what is no decision.
#[must_use]
pub(crate) fn now() -> Timestamp {
    SystemClock.wall_now()
}

/// The moment on the wall clock of the agency.
#[must_use]
pub(crate) fn local(moment: Timestamp) -> Zoned {
    moment.to_zoned(ZONE)
}

/// A full hour of a day.
pub(crate) fn at_hour(day: Date, hour: i8) -> Result<Timestamp, jiff::Error> {
    Ok(day.at(hour, 0, 0, 0).to_zoned(ZONE)?.timestamp())
}

/// `Mon 2 Mar 2026 09:00`.
#[must_use]
pub(crate) fn told(moment: Timestamp) -> String {
    local(moment).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// `Mon 2 Mar 2026`.
#[must_use]
pub(crate) fn told_day(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// A day, meaning its beginning in Amsterdam; a time in Amsterdam; or a time with its offset.
pub(crate) fn parse_date_or_time(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    // A day is read as its midnight.
    let local = text.parse::<DateTime>().ok().and_then(|local| local.to_zoned(ZONE).ok());
    local.map(|zoned| zoned.timestamp()).ok_or_else(|| {
        "write a day as 2026-04-01, or a time as 2026-04-01T09:00 (in Amsterdam) or \
         2026-04-01T07:00:00Z"
            .to_owned()
    })
}

/// An age such as 30m, 2h or 3d.
pub(crate) fn parse_age(text: &str) -> Result<SignedDuration, String> {
    let text = text.trim();
    let read = || {
        let unit = text.chars().next_back()?;
        let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
        let minutes = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return None,
        };
        Some(SignedDuration::from_mins(i64::from(count).checked_mul(minutes)?))
    };
    read().ok_or_else(|| "write an age as 30m, 2h or 3d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_minutes_hours_or_days() {
        let minutes = |text| parse_age(text).map(|age| age.as_mins());
        assert_eq!(
            (minutes("30m"), minutes("2h"), minutes("3d")),
            (Ok(30), Ok(120), Ok(3 * 24 * 60))
        );
        for wrong in ["", "h", "2", "-2h", "2 weeks", "1.5h", "2\u{e9}"] {
            assert!(parse_age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_in_amsterdam_summer_and_winter() {
        let read = |text| parse_date_or_time(text).unwrap().to_string();
        assert_eq!(read("2026-01-15"), "2026-01-14T23:00:00Z");
        assert_eq!(read("2026-07-15"), "2026-07-14T22:00:00Z");
        assert_eq!(read("2026-07-15T09:00:00+02:00"), "2026-07-15T07:00:00Z");
        assert_eq!(read("2026-07-15T09:00"), "2026-07-15T07:00:00Z");
        for wrong in ["tomorrow", "2026-02-30", "2026-7-1", ""] {
            assert!(parse_date_or_time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_told_as_they_stand_on_the_wall() {
        let moment = "2026-03-02T08:00:00Z".parse().unwrap();
        assert_eq!(told(moment), "Mon 2 Mar 2026 09:00");
    }
}
