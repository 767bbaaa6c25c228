//! The lexical forms of XML Schema that invoices use: `xs:decimal` and `xs:date`.
//!
//! What has another form is absent, never mended.

use std::str::FromStr;

use primitives::Date;
use rust_decimal::Decimal;

/// Digits before the point. No debt is longer, and so no sum of a file can overflow.
const WHOLE_DIGITS_MAX: usize = 15;

/// Why a text is no number that we count with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDecimal {
    /// It has another form.
    Form,
    /// It is a number, and longer than any amount.
    TooLarge,
}

/// Reads an `xs:decimal` exactly: `12.30`, `+1.0`, `.5`, `5.`; not `1E3`, `1,50` or `12 EUR`.
pub fn decimal(text: &str) -> Result<Decimal, NoDecimal> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits_only(whole) || !digits_only(fraction) {
        return Err(NoDecimal::Form);
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if whole.len() > WHOLE_DIGITS_MAX {
        return Err(NoDecimal::TooLarge);
    }
    Decimal::from_str_exact(&format!("{sign}0{whole}.{fraction}0")).map_err(|_| NoDecimal::Form)
}

/// Reads an `xs:date`: `2024-01-31`, also with a time zone (`2024-01-31+01:00`), which is dropped:
/// the day is the one printed.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let is_zone = match zone.strip_prefix(['+', '-']) {
        Some(offset) => offset.split_once(':').is_some_and(|(hours, minutes)| {
            number::<u8>(hours, 2).is_some_and(|it| it <= 14)
                && number::<u8>(minutes, 2).is_some_and(|it| it < 60)
        }),
        None => zone.is_empty() || zone == "Z",
    };
    let mut parts = is_zone.then_some(day)?.split('-');
    let year = number::<i16>(parts.next()?, 4)?;
    let month = number::<i8>(parts.next()?, 2)?;
    Date::new(year, month, number::<i8>(parts.next()?, 2)?).ok()
}

/// Exactly `digits` decimal digits.
fn number<N: FromStr>(text: &str, digits: usize) -> Option<N> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
