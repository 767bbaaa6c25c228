//! The forms of amounts and days in MT940.
//!
//! What has another form is absent, never mended.

use primitives::Date;
use rust_decimal::Decimal;

use crate::lexical::{self, NoDecimal};

/// Reads an amount: figures with one comma, which may stand at the end (`12,5`, `12,`). Some banks
/// write a point, or none, or leave out the zero before the comma (`,50`).
pub(super) fn amount(text: &str) -> Result<Decimal, NoDecimal> {
    let is_figure = |it: char| it.is_ascii_digit() || it == ',' || it == '.';
    let marks = text.chars().filter(|it| !it.is_ascii_digit()).count();
    if !text.chars().all(is_figure) || marks > 1 {
        return Err(NoDecimal::Form);
    }
    lexical::decimal(&text.replace(',', ".")).map(|it| it.normalize())
}

/// A day of a calendar in which every month may have thirty or thirty-one days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    /// The month has no such day; its last is taken. German banks count interest with months of
    /// thirty days, and write 30 February.
    pub(super) is_moved: bool,
}

/// Reads `YYMMDD`; the years are 1980 to 2079.
pub(super) fn day(text: &str) -> Option<Day> {
    let (year, rest) = two_digits(text)?;
    let century = if year >= 80 { 1900 } else { 2000 };
    month_and_day(rest, i16::from(year).checked_add(century)?)
}

/// Reads `MMDD` of the year in which it is nearest to another day: around New Year the two lie in
/// different years.
pub(super) fn day_near(text: &str, other: Date) -> Option<Day> {
    let years = [-1_i16, 0, 1].into_iter().filter_map(|it| other.year().checked_add(it));
    years
        .filter_map(|year| month_and_day(text, year))
        .min_by_key(|it| it.date.since(other).map_or(i32::MAX, |it| it.get_days().abs()))
}

fn month_and_day(text: &str, year: i16) -> Option<Day> {
    let (month, rest) = two_digits(text)?;
    let (day, rest) = two_digits(rest)?;
    if !rest.is_empty() || !(1..=31).contains(&day) {
        return None;
    }
    let month = Date::new(year, month, 1).ok()?;
    let last = month.days_in_month();
    let date = Date::new(year, month.month(), day.min(last)).ok()?;
    Some(Day { date, is_moved: day > last })
}

fn two_digits(text: &str) -> Option<(i8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    digits.bytes().all(|it| it.is_ascii_digit()).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_one_comma_or_point() {
        for (text, value) in
            [("12,50", "12.5"), ("12,", "12"), ("12", "12"), ("000012.00", "12"), (",5", "0.5")]
        {
            assert_eq!(amount(text).map(|it| it.to_string()).as_deref(), Ok(value), "{text}");
        }
        for text in ["", ",", ".", "1.234,56", "1 0", "-1", "+1", "1O,00", "1,2,3", "٣"] {
            assert_eq!(amount(text), Err(NoDecimal::Form), "{text}");
        }
        assert_eq!(amount("9999999999999999,"), Err(NoDecimal::TooLarge));
    }

    #[test]
    fn days_lie_in_the_nearest_year_and_the_last_of_a_month_is_the_last() {
        let of = |text: &str| day(text).map(|it| (it.date.to_string(), it.is_moved));
        assert_eq!(of("240131"), Some(("2024-01-31".into(), false)));
        assert_eq!(of("991231"), Some(("1999-12-31".into(), false)));
        assert_eq!(of("160230"), Some(("2016-02-29".into(), true)));
        assert_eq!(of("211131"), Some(("2021-11-30".into(), true)));
        for text in ["", "2401", "241301", "240100", "240132", "2401311", "24013é", "24-1-1"] {
            assert_eq!(of(text), None, "{text}");
        }
        let near = |text: &str, other: &str| {
            day_near(text, other.parse().ok()?).map(|it| it.date.to_string())
        };
        assert_eq!(near("1231", "2026-01-02").as_deref(), Some("2025-12-31"));
        assert_eq!(near("0102", "2025-12-31").as_deref(), Some("2026-01-02"));
        assert_eq!(near("0615", "2025-06-14").as_deref(), Some("2025-06-15"));
        assert_eq!(near("1302", "2025-12-31"), None);
    }
}
