//! The two countries whose law we know, and their time.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use primitives::{Country, Date, Timestamp};

use crate::answer::{PackVersion, Trail};

/// The rules of one country, as they are in the second half of 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pack {
    /// The Netherlands.
    Nl,
    /// Belgium.
    Be,
}

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");
static BRUSSELS: TimeZone = jiff::tz::get!("Europe/Brussels");

impl Pack {
    /// The pack for a debtor in `country`; none where we know no law.
    #[must_use]
    pub fn of(country: Country) -> Option<Self> {
        [(Country::NL, Self::Nl), (Country::BE, Self::Be)]
            .into_iter()
            .find_map(|(covered, pack)| (covered == country).then_some(pack))
    }

    /// The version that is stored with every answer.
    #[must_use]
    pub const fn version(self) -> PackVersion {
        match self {
            Self::Nl => PackVersion("nl-2026.2"),
            Self::Be => PackVersion("be-2026.2"),
        }
    }

    /// The calendar day at `moment` where the debtor is.
    #[must_use]
    pub fn local_date(self, moment: Timestamp) -> Date {
        self.time_zone().to_datetime(moment).date()
    }

    /// What calendar and clock show at `moment` where the debtor is.
    #[must_use]
    pub fn local_time(self, moment: Timestamp) -> DateTime {
        self.time_zone().to_datetime(moment)
    }

    /// The moment at which it is `time` on `date` where the debtor is. A time that the change to
    /// summer time skips counts as the same distance after it; of a repeated one the first counts.
    /// None beyond the range of timestamps.
    #[must_use]
    pub fn moment(self, date: Date, time: Time) -> Option<Timestamp> {
        self.time_zone().to_timestamp(date.to_datetime(time)).ok()
    }

    const fn time_zone(self) -> &'static TimeZone {
        match self {
            Self::Nl => &AMSTERDAM,
            Self::Be => &BRUSSELS,
        }
    }

    pub(crate) const fn trail(self) -> Trail {
        Trail::new(self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_countries_are_covered() {
        assert_eq!(Pack::of(Country::NL), Some(Pack::Nl));
        assert_eq!(Pack::of(Country::BE), Some(Pack::Be));
        assert_eq!(Pack::of(Country::DE), None);
    }

    #[test]
    fn local_days_start_at_local_midnight() {
        let before: Timestamp = "2026-03-28T22:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-03-28T23:00:00Z".parse().unwrap();
        for pack in [Pack::Nl, Pack::Be] {
            let (saturday, sunday) = (pack.local_date(before), pack.local_date(after));
            assert_eq!((saturday.day(), sunday.day()), (28, 29));
            assert_eq!(pack.moment(sunday, Time::midnight()), Some(after));
        }
    }
}
