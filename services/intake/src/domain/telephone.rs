//! Telephone numbers, read as people write them and kept in the international form.

use std::fmt;

use primitives::Country;

/// A number in the international form (E.164): a plus and 8 to 15 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Telephone(String);

impl Telephone {
    /// Reads a number. `country` is the one whose own way of writing a number without a country
    /// code may have. None where it is not sure which number is meant, and for numbers at which a
    /// person cannot be called, such as those with a tariff of their own.
    #[must_use]
    pub fn parse(text: &str, country: Option<Country>) -> Option<Self> {
        let text = after_label(text.trim());
        let is_international = text.starts_with('+');
        let digits = digits(text.strip_prefix('+').unwrap_or(text))?;
        let abroad = if is_international { Some(&*digits) } else { digits.strip_prefix("00") };
        let number = match abroad {
            Some(number) => in_one_spelling(number)?,
            None => national(&digits, country?)?,
        };
        Some(Self(format!("+{number}")))
    }

    /// With the plus, and without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What follows a word such as `Tel.` or `GSM:`, and an opening bracket.
fn after_label(text: &str) -> &str {
    let rest = text.trim_start_matches(|sign: char| sign.is_ascii_alphabetic());
    rest.trim_start_matches(['.', ':', ' ', '('])
}

/// The digits, without the nought in brackets that stands for what is left out from abroad. None
/// where something else is among them.
fn digits(text: &str) -> Option<String> {
    let is_between = |sign: char| sign.is_whitespace() || "-–—./()".contains(sign);
    let text = text.replace("(0)", "");
    let is_number = text.chars().all(|sign| sign.is_ascii_digit() || is_between(sign));
    is_number.then(|| text.chars().filter(char::is_ascii_digit).collect())
}

/// A number with its country code. Of the two covered countries it is checked as their own.
fn in_one_spelling(number: &str) -> Option<String> {
    for (code, country) in [("31", Country::NL), ("32", Country::BE)] {
        if let Some(rest) = number.strip_prefix(code) {
            // From abroad the nought in front is left out; many write it all the same.
            return national(&format!("0{}", rest.strip_prefix('0').unwrap_or(rest)), country);
        }
    }
    let fits = (8..=15).contains(&number.len()) && !number.starts_with('0');
    fits.then(|| number.to_owned())
}

/// A number as it is dialled within the country, with its country code instead of the nought.
fn national(digits: &str, country: Country) -> Option<String> {
    let number = digits.strip_prefix('0').filter(|rest| !rest.starts_with('0'))?;
    let (code, fits) = if country == Country::NL {
        ("31", number.len() == 9 && !has_prefix(number, &["80", "90"]))
    } else if country == Country::BE {
        let is_mobile = number.len() == 9 && number.starts_with('4');
        ("32", is_mobile || number.len() == 8 && !has_prefix(number, &["800", "90"]))
    } else {
        return None;
    };
    fits.then(|| format!("{code}{number}"))
}

fn has_prefix(number: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| number.starts_with(prefix))
}

/// Personal data stay out of logs.
impl fmt::Debug for Telephone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Telephone(***)")
    }
}
