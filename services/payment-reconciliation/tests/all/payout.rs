//! What a creditor relies on: it is paid on the agreed days, or on the next day on which banks
//! work.

use contracts::agreement::{PayoutRhythm, PayoutWeekday};
use jiff::ToSpan;
use law::{Pack, is_working_day};
use payment_reconciliation::domain::payout::first_day;
use primitives::Date;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn a_day_that_is_free_in_one_country_is_moved_to_the_next_working_day() {
    let monday = PayoutRhythm::Weekly { weekday: PayoutWeekday::Monday };
    let monthly = |day| PayoutRhythm::Monthly { day };
    for (rhythm, from, expected) in [
        (&monday, "2026-03-10", "2026-03-16"),
        (&monday, "2026-03-16", "2026-03-16"),
        // Easter Monday; a day later it is still the Tuesday of that week.
        (&monday, "2026-04-01", "2026-04-07"),
        (&monday, "2026-04-07", "2026-04-07"),
        (&monday, "2026-04-08", "2026-04-13"),
        // The Belgian Labour Day is a Friday, the Dutch King's Day a Monday.
        (&monthly(1), "2026-05-01", "2026-05-04"),
        (&monthly(27), "2026-04-20", "2026-04-28"),
        (&monthly(31), "2026-02-01", "2026-02-02"),
        (&monthly(31), "2026-02-03", "2026-03-02"),
        (&monthly(31), "2026-03-03", "2026-03-31"),
        // Two days of Christmas, and a weekend.
        (&monthly(25), "2026-12-01", "2026-12-28"),
    ] {
        assert_eq!(first_day(rhythm, day(from)), Some(day(expected)), "{rhythm:?} {from}");
    }
}

proptest! {
    /// Each is a working day of both countries; one after the other there is one in each month.
    #[test]
    fn every_month_has_its_day(from in 0_i32..1_500, of_month in 1_u8..=31) {
        let rhythm = PayoutRhythm::Monthly { day: of_month };
        let mut on = first_day(&rhythm, day("2025-01-01") + from.days()).unwrap();
        for _ in 0..14 {
            for pack in [Pack::NL, Pack::BE] {
                prop_assert!(is_working_day(pack, on).value, "{}", on);
            }
            let next = first_day(&rhythm, on.tomorrow().unwrap()).unwrap();
            let days = next.duration_since(on).as_hours() / 24;
            prop_assert!((20..=42).contains(&days), "{} {}", on, next);
            on = next;
        }
    }
}
