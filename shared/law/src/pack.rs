//! The dated rules of a country, under the agency's readings of them, and the country's time.

use jiff::civil::{DateTime, Time, date};
use jiff::tz::TimeZone;
use primitives::{Country, Date, Timestamp};

use crate::answer::{PackVersion, Trail};
use crate::readings::Readings;

/// A country whose law we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Jurisdiction {
    /// The Netherlands.
    Nl,
    /// Belgium.
    Be,
}

/// The rules of one country as they are from a day on, under the agency's readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pack {
    /// Whose law it is.
    pub jurisdiction: Jurisdiction,
    /// Which reading is followed where the law leaves room.
    pub readings: Readings,
    edition: Edition,
}

/// The rules as they are from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Edition {
    from: Date,
    version: &'static str,
}

const fn edition(from: Date, version: &'static str) -> Edition {
    Edition { from, version }
}

/// In order of time; before the first one we know no law.
const NL_EDITIONS: [Edition; 6] = [
    // The scale of collection costs (BIK).
    edition(date(2012, 7, 1), "nl-2012.2"),
    // VAT of 21 %.
    edition(date(2012, 10, 1), "nl-2012.2b"),
    // The rules of conduct (Wki, Bki).
    edition(BKI, "nl-2024.1"),
    // Small instalments (BIK art. 2a).
    edition(date(2024, 10, 1), "nl-2024.2"),
    // Post within two days.
    edition(date(2026, 7, 1), "nl-2026.2"),
    // Post within three days.
    edition(SLOWER_POST, "nl-2027.2"),
];

/// In order of time; before the first one we know no law.
const BE_EDITIONS: [Edition; 4] = [
    // Late payment between businesses at the present margin.
    edition(date(2013, 3, 16), "be-2013.1"),
    // No term for payment between businesses above 60 days.
    edition(date(2022, 2, 1), "be-2022.1"),
    // Debts of consumers (WER Book XIX).
    edition(BOOK_XIX, "be-2023.2"),
    // Looked through again; nothing changed.
    edition(date(2026, 7, 1), "be-2026.2"),
];

/// The edition of the second half of 2026, for questions that name no day.
const NL_NOW: usize = 4;
const BE_NOW: usize = 3;

/// From this day on Dutch post may take a day more (cabinet decision of 19 December 2025).
pub(crate) const SLOWER_POST: Date = date(2027, 7, 1);

/// From this day on the rules of conduct for Dutch collectors hold.
pub(crate) const BKI: Date = date(2024, 4, 1);

/// From this day on Belgian consumers have the protection of WER Book XIX; of contracts made
/// before, what fell behind from 1 December 2023 on.
pub(crate) const BOOK_XIX: Date = date(2023, 9, 1);

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");
static BRUSSELS: TimeZone = jiff::tz::get!("Europe/Brussels");

impl Pack {
    /// The Netherlands, in the second half of 2026, under the default readings.
    pub const NL: Self = Self::new(Jurisdiction::Nl, NL_EDITIONS[NL_NOW]);
    /// Belgium, in the second half of 2026, under the default readings.
    pub const BE: Self = Self::new(Jurisdiction::Be, BE_EDITIONS[BE_NOW]);

    const fn new(jurisdiction: Jurisdiction, edition: Edition) -> Self {
        Self { jurisdiction, readings: Readings::DEFAULT, edition }
    }

    /// The pack for a debtor in `country`, in the second half of 2026; none where we know no law.
    #[must_use]
    pub fn of(country: Country) -> Option<Self> {
        [(Country::NL, Self::NL), (Country::BE, Self::BE)]
            .into_iter()
            .find_map(|(covered, pack)| (covered == country).then_some(pack))
    }

    /// The same rules under other readings.
    #[must_use]
    pub const fn under(self, readings: Readings) -> Self {
        Self { readings, ..self }
    }

    /// The rules as they are on `day`; none where it lies before all that we know.
    #[must_use]
    pub fn on(self, day: Date) -> Option<Self> {
        let edition = self.editions().iter().rev().find(|edition| edition.from <= day)?;
        Some(Self { edition: *edition, ..self })
    }

    /// The rules as they are on `day`, or the first that we know for days before them.
    pub(crate) fn as_of(self, day: Date) -> Self {
        let first = self.editions().first().map(|edition| Self { edition: *edition, ..self });
        self.on(day).or(first).unwrap_or(self)
    }

    /// The first day whose rules we know.
    #[must_use]
    pub fn known_from(self) -> Date {
        self.editions().first().map_or(Date::MAX, |edition| edition.from)
    }

    /// The version that is stored with every answer.
    #[must_use]
    pub const fn version(self) -> PackVersion {
        PackVersion(self.edition.version)
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

    const fn editions(self) -> &'static [Edition] {
        match self.jurisdiction {
            Jurisdiction::Nl => &NL_EDITIONS,
            Jurisdiction::Be => &BE_EDITIONS,
        }
    }

    const fn time_zone(self) -> &'static TimeZone {
        match self.jurisdiction {
            Jurisdiction::Nl => &AMSTERDAM,
            Jurisdiction::Be => &BRUSSELS,
        }
    }

    /// Whether what began on `day` is part of these rules.
    pub(crate) fn knows(self, day: Date) -> bool {
        self.edition.from >= day
    }

    pub(crate) const fn is_dutch(self) -> bool {
        matches!(self.jurisdiction, Jurisdiction::Nl)
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
        assert_eq!(Pack::of(Country::NL), Some(Pack::NL));
        assert_eq!(Pack::of(Country::BE), Some(Pack::BE));
        assert_eq!(Pack::of(Country::DE), None);
    }

    #[test]
    fn a_day_before_all_that_we_know_has_the_first_rules() {
        let before = Date::new(1999, 1, 1).unwrap();
        for (pack, first) in [(Pack::NL, "nl-2012.2"), (Pack::BE, "be-2013.1")] {
            assert_eq!(pack.on(before), None);
            assert_eq!(pack.as_of(before).version().to_string(), first);
        }
    }

    #[test]
    fn the_clock_is_that_of_the_debtor() {
        let moment: Timestamp = "2026-07-01T10:30:00Z".parse().unwrap();
        for pack in [Pack::NL, Pack::BE] {
            assert_eq!(pack.local_time(moment).to_string(), "2026-07-01T12:30:00");
        }
    }

    #[test]
    fn local_days_start_at_local_midnight() {
        let before: Timestamp = "2026-03-28T22:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-03-28T23:00:00Z".parse().unwrap();
        for pack in [Pack::NL, Pack::BE] {
            let (saturday, sunday) = (pack.local_date(before), pack.local_date(after));
            assert_eq!((saturday.day(), sunday.day()), (28, 29));
            assert_eq!(pack.moment(sunday, Time::midnight()), Some(after));
        }
    }

    #[test]
    fn a_day_has_the_edition_that_began_last() {
        let version = |pack: Pack, day| pack.on(day).map(|pack| pack.version().as_str());
        for (pack, day, expected) in [
            (Pack::NL, date(2012, 6, 30), None),
            (Pack::NL, date(2012, 7, 1), Some("nl-2012.2")),
            (Pack::NL, date(2024, 9, 30), Some("nl-2024.1")),
            (Pack::NL, date(2024, 10, 1), Some("nl-2024.2")),
            (Pack::NL, date(2026, 11, 26), Some("nl-2026.2")),
            (Pack::NL, date(2027, 7, 1), Some("nl-2027.2")),
            (Pack::BE, date(2013, 3, 15), None),
            (Pack::BE, date(2023, 8, 31), Some("be-2022.1")),
            (Pack::BE, date(2023, 9, 1), Some("be-2023.2")),
            (Pack::BE, date(2100, 1, 1), Some("be-2026.2")),
        ] {
            assert_eq!(version(pack, day), expected, "{day}");
        }
        for pack in [Pack::NL, Pack::BE] {
            assert!(pack.editions().is_sorted_by(|left, right| left.from < right.from));
            assert_eq!(pack.on(date(2026, 11, 26)), Some(pack));
            assert_eq!(
                pack.on(pack.known_from()).map(|pack| pack.edition),
                pack.editions().first().copied()
            );
        }
    }
}
