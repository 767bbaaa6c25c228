//! The days on which creditors are paid in a rhythm.

use contracts::agreement::{PayoutRhythm, PayoutWeekday};
use jiff::ToSpan;
use jiff::civil::Weekday;
use law::{Pack, is_working_day};
use primitives::Date;

/// Holidays never move a day further than this.
const SHIFT_DAYS_MAX: i64 = 10;
/// Two agreed days are never further apart.
const BETWEEN_DAYS_MAX: i64 = 31;

/// The first day from `day` on that the rhythm names, or the next working day after a named one
/// that is none. The agency and its creditors are in both countries, so that a holiday of either
/// counts.
#[must_use]
pub fn first_day(rhythm: &PayoutRhythm, day: Date) -> Option<Date> {
    let days = -SHIFT_DAYS_MAX..=BETWEEN_DAYS_MAX;
    let near = days.filter_map(|days| day.checked_add(days.days()).ok());
    let named = near.filter(|it| is_named(rhythm, *it));
    named.filter_map(working_day).find(|it| *it >= day)
}

fn is_named(rhythm: &PayoutRhythm, day: Date) -> bool {
    match rhythm {
        PayoutRhythm::Weekly { weekday } => {
            let weekday = match weekday {
                PayoutWeekday::Monday => Weekday::Monday,
                PayoutWeekday::Tuesday => Weekday::Tuesday,
                PayoutWeekday::Wednesday => Weekday::Wednesday,
                PayoutWeekday::Thursday => Weekday::Thursday,
                PayoutWeekday::Friday => Weekday::Friday,
            };
            day.weekday() == weekday
        }
        PayoutRhythm::Monthly { day: of_month } => {
            let last = day.days_in_month().unsigned_abs();
            day.day().unsigned_abs() == (*of_month).min(last)
        }
    }
}

/// The first working day of both countries on or after `day`.
fn working_day(day: Date) -> Option<Date> {
    let works =
        |day: Date| [Pack::NL, Pack::BE].into_iter().all(|pack| is_working_day(pack, day).value);
    let mut near = (0..=SHIFT_DAYS_MAX).filter_map(|days| day.checked_add(days.days()).ok());
    near.find(|day| works(*day))
}
