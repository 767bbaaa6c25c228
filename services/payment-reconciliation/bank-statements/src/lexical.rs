//! The lexical forms of XML Schema that statements use: `xs:decimal`, `xs:date` and `xs:dateTime`.
//!
//! What has another form is absent, never mended.

use std::str::FromStr;

use primitives::Date;
use rust_decimal::Decimal;

/// Digits before the point. No amount is longer, and so no sum of a file can overflow.
const WHOLE_DIGITS_MAX: usize = 15;

/// Why a text is no number that we count with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDecimal {
    /// It has another form.
    Form,
    /// It is a number, and longer than any amount.
    TooLarge,
}

/// Reads an `xs:decimal` exactly: `12.30`, `+1.0`, `.5`, `5.`; not `1E3`, `1,50` or `12..34`.
pub(crate) fn decimal(text: &str) -> Result<Decimal, NoDecimal> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits_only(whole) || !digits_only(fraction) {
        return Err(NoDecimal::Form);
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if whole.len() > WHOLE_DIGITS_MAX {
        return Err(NoDecimal::TooLarge);
    }
    let digits = whole.bytes().chain(fraction.bytes()).map(|it| i128::from(it.wrapping_sub(b'0')));
    let mantissa = digits.fold(0_i128, |sum, it| sum.saturating_mul(10).saturating_add(it));
    let mantissa = if text.starts_with('-') { mantissa.saturating_neg() } else { mantissa };
    let scale = u32::try_from(fraction.len()).map_err(|_| NoDecimal::Form)?;
    // There is no negative zero.
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NoDecimal::Form)
}

/// Reads the day of an `xs:date` or `xs:dateTime`, as printed: `2024-01-31`, `2024-01-31+01:00`,
/// `2024-01-31T23:59:59.9Z`. The time and its zone are dropped: the bank books by its own day.
pub(crate) fn day(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let is_rest = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']);
    let is_time = |byte: u8| byte.is_ascii_digit() || b"TZ:.+-".contains(&byte);
    let mut parts = (is_rest && rest.bytes().all(is_time)).then_some(day)?.split('-');
    let year = number::<i16>(parts.next()?, 4)?;
    let month = number::<i8>(parts.next()?, 2)?;
    Date::new(year, month, number::<i8>(parts.next()?, 2)?).ok()
}

/// Exactly `digits` decimal digits.
fn number<N: FromStr>(text: &str, digits: usize) -> Option<N> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_xml_schema() {
        for (text, value) in [
            ("12.30", "12.3"),
            ("+1.0", "1"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("5.", "5"),
            ("-0.00", "0"),
            ("8.85000000000000000000000000000000000000", "8.85"),
            ("000000000000000000000000000000000000001.1", "1.1"),
        ] {
            let read = decimal(text).map(|it| it.normalize().to_string());
            assert_eq!(read.as_deref(), Ok(value));
        }
        let wrong = ["", ".", "-", "+", "1E3", "1,5", "12..34", "1 000", "--1", "0x1", "NaN", "٣"];
        for text in wrong {
            assert_eq!(decimal(text), Err(NoDecimal::Form), "{text}");
        }
        assert_eq!(decimal(&"9".repeat(16)), Err(NoDecimal::TooLarge));
    }

    #[test]
    fn days_are_those_of_dates_and_times_as_printed() {
        let last_of_january = Date::new(2024, 1, 31).ok();
        for rest in ["", "Z", "+01:00", "-05:30", "T00:00:00", "T23:59:59.999+02:00", "T10:00:00Z"]
        {
            assert_eq!(day(&format!("2024-01-31{rest}")), last_of_january, "{rest}");
        }
        for text in [
            "",
            "20240131",
            "2024-1-31",
            "31-01-2024",
            "2024-02-30",
            "2024-01-31 12:00",
            "2024-01-311",
            "2024-01-31Tnoon",
            "2024/01/31",
            "2024-01-3é",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
