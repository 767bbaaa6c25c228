//! International bank account numbers (ISO 13616): country, check digits, national format.
//!
//! An account number is personal data: `Debug` masks it and no error repeats it.

use std::fmt;
use std::str::FromStr;

use crate::check_digits::mod_97;
use crate::text_form::text_form;

/// A valid IBAN. `Display` is compact and complete, `Debug` shows the country and four characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban(String);

/// Why a text is not an IBAN. The text itself is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// Something else than letters, digits and spaces.
    #[error("an IBAN holds letters and digits only")]
    WrongCharacter,
    /// The first two characters name no country that has IBANs.
    #[error("an IBAN starts with the code of a country that has IBANs, such as NL or BE")]
    UnknownCountry,
    /// Length or kind of characters differ from the country's format.
    #[error("the IBAN does not have the format of {country}: {found} characters were given")]
    WrongFormat {
        /// The country that the text starts with.
        country: String,
        /// Characters found, without spaces.
        found: usize,
    },
    /// The check digits do not fit the rest.
    #[error("the check digits of the IBAN are wrong: look for a mistyped or swapped character")]
    WrongCheckDigits,
}

impl Iban {
    /// Reads an IBAN with or without spaces, in capitals or small letters.
    pub fn parse(text: &str) -> Result<Self, IbanError> {
        let compact: String = text
            .chars()
            .filter(|character| !character.is_whitespace())
            .map(|character| character.to_ascii_uppercase())
            .collect();
        if !compact.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(IbanError::WrongCharacter);
        }
        let (country, rest) = compact.split_at_checked(2).ok_or(IbanError::UnknownCountry)?;
        let mut formats = FORMATS.iter().filter(|(known, _)| *known == country).peekable();
        formats.peek().ok_or(IbanError::UnknownCountry)?;
        let (check, account) = rest.split_at_checked(2).unwrap_or((rest, ""));
        if !formats.any(|(_, format)| fits(account, format)) {
            return Err(IbanError::WrongFormat {
                country: country.to_owned(),
                found: compact.len(),
            });
        }
        // 98 less a remainder is 02 to 98; the other three would pass the sum without being it.
        let possible =
            check.bytes().all(|byte| byte.is_ascii_digit()) && !["00", "01", "99"].contains(&check);
        let turned = account.chars().chain(country.chars()).chain(check.chars());
        if !possible || mod_97(turned) != Some(1) {
            return Err(IbanError::WrongCheckDigits);
        }
        Ok(Self(compact))
    }

    /// Compact, as machines write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two letters of the country.
    #[must_use]
    pub fn country_code(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// In groups of four, as people write it.
    #[must_use]
    pub fn grouped(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = characters.chunks(4).map(String::from_iter).collect();
        groups.join(" ")
    }
}

/// Whether `account` follows a format such as `4a10n`: four letters, then ten digits.
fn fits(account: &str, format: &str) -> bool {
    let rest = parts(format).try_fold(account, |rest, (count, kind)| {
        let (part, rest) = rest.split_at_checked(count)?;
        let right_kind = |byte: u8| match kind {
            'a' => byte.is_ascii_uppercase(),
            'n' => byte.is_ascii_digit(),
            _ => true,
        };
        part.bytes().all(right_kind).then_some(rest)
    });
    rest.is_some_and(str::is_empty)
}

/// The parts of a format: how many characters of which kind.
fn parts(format: &str) -> impl Iterator<Item = (usize, char)> {
    format.split_inclusive(|character: char| character.is_ascii_alphabetic()).filter_map(|part| {
        let kind = part.chars().next_back()?;
        Some((part.strip_suffix(kind)?.parse().ok()?, kind))
    })
}

impl fmt::Display for Iban {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_four = self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default();
        write!(formatter, "Iban({}…{last_four})", self.country_code())
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_form!(Iban, parse: Iban::parse, pattern: "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",
    meaning: "International bank account number (ISO 13616), without spaces.");

/// What follows country and check digits, as counts of `a` letters, `n` digits and `c` either.
///
/// The first part is the registry of ISO 13616. The second part is in national use without being
/// registered. The last part are formats that were replaced, which old papers still carry.
const FORMATS: &[(&str, &str)] = &[
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
    // In national use, not registered.
    ("AO", "21n"),
    ("BF", "2c22n"),
    ("BJ", "2c22n"),
    ("CF", "23n"),
    ("CG", "23n"),
    ("CI", "2c22n"),
    ("CM", "23n"),
    ("CV", "21n"),
    ("DZ", "22n"),
    ("GA", "23n"),
    ("GQ", "23n"),
    ("GW", "2c19n"),
    ("IR", "22n"),
    ("KM", "23n"),
    ("MA", "24n"),
    ("MG", "23n"),
    ("ML", "2c22n"),
    ("MZ", "21n"),
    ("NE", "2a22n"),
    ("SN", "2c22n"),
    ("TD", "23n"),
    ("TG", "2a22n"),
    // Replaced.
    ("BF", "23n"),
    ("BI", "12n"),
    ("CR", "17n"),
];

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    /// Any valid IBAN: a format, an account that fits it, and computed check digits.
    fn iban() -> impl Strategy<Value = Iban> {
        prop::sample::select(FORMATS).prop_flat_map(|(country, format)| {
            let classes = parts(format).map(|(count, kind)| match kind {
                'a' => format!("[A-Z]{{{count}}}"),
                'n' => format!("[0-9]{{{count}}}"),
                _ => format!("[A-Z0-9]{{{count}}}"),
            });
            proptest::string::string_regex(&classes.collect::<String>()).unwrap().prop_map(
                move |account| {
                    let turned = account.chars().chain(country.chars()).chain("00".chars());
                    let check = 98 - mod_97(turned).unwrap();
                    Iban::parse(&format!("{country}{check:02}{account}")).unwrap()
                },
            )
        })
    }

    proptest! {
        #[test]
        fn all_forms_read_back_exactly(iban in iban()) {
            prop_assert_eq!(Iban::parse(iban.as_str()), Ok(iban.clone()));
            prop_assert_eq!(Iban::parse(&iban.grouped().to_lowercase()), Ok(iban.clone()));
            let json = serde_json::to_string(&iban).unwrap();
            prop_assert_eq!(serde_json::from_str::<Iban>(&json).unwrap(), iban);
        }

        #[test]
        fn every_single_changed_digit_is_detected(iban in iban()) {
            for (place, was) in iban.as_str().char_indices().filter(|(_, it)| it.is_ascii_digit()) {
                for digit in ('0'..='9').filter(|digit| *digit != was) {
                    let mut wrong = iban.as_str().to_owned();
                    wrong.replace_range(place..=place, &digit.to_string());
                    prop_assert!(Iban::parse(&wrong).is_err(), "{wrong} for {}", iban.as_str());
                }
            }
        }

        #[test]
        fn every_swap_of_neighbouring_digits_is_detected(iban in iban()) {
            let text = iban.as_str();
            for (place, pair) in text.as_bytes().windows(2).enumerate() {
                if let [left, right] = pair
                    && left != right
                    && left.is_ascii_digit()
                    && right.is_ascii_digit()
                {
                    let swapped = format!("{}{}", char::from(*right), char::from(*left));
                    let mut wrong = text.to_owned();
                    wrong.replace_range(place..=place + 1, &swapped);
                    prop_assert!(Iban::parse(&wrong).is_err(), "{wrong} for {text}");
                }
            }
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            let _ = Iban::parse(&text);
        }

        #[test]
        fn debug_shows_four_characters_of_the_account(iban in iban()) {
            let debug = format!("{iban:?}");
            let last_four = iban.as_str().get(iban.as_str().len() - 4..).unwrap();
            prop_assert_eq!(debug, format!("Iban({}…{})", iban.country_code(), last_four));
        }
    }

    #[test]
    fn each_format_is_read_whole() {
        for (country, format) in FORMATS {
            let again: Vec<String> =
                parts(format).map(|(count, kind)| format!("{count}{kind}")).collect();
            assert_eq!(again.concat(), *format, "{country}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong_and_never_repeat_the_account() {
        let wrong_format = |found| Err(IbanError::WrongFormat { country: "NL".to_owned(), found });
        for (text, expected) in [
            ("NL91 ABNA 0417 1643 0", wrong_format(17)),
            ("NL91 ABN1 0417 1643 00", wrong_format(18)),
            ("NL", wrong_format(2)),
            ("NL92 ABNA 0417 1643 00", Err(IbanError::WrongCheckDigits)),
            ("NLé1 ABNA 0417 1643 00", Err(IbanError::WrongCharacter)),
            ("ZZ91 ABNA 0417 1643 00", Err(IbanError::UnknownCountry)),
            ("", Err(IbanError::UnknownCountry)),
        ] {
            let result = Iban::parse(text);
            assert_eq!(result, expected, "{text}");
            assert!(!result.unwrap_err().to_string().contains("0417"), "{text}");
        }
    }

    #[test]
    fn people_read_groups_of_four() {
        let iban = Iban::parse("nl91abna0417164300").unwrap();
        assert_eq!(iban.grouped(), "NL91 ABNA 0417 1643 00");
        assert_eq!(iban.to_string(), "NL91ABNA0417164300");
        assert_eq!(iban.country_code(), "NL");
    }
}
