//! The two references of SEPA direct debit: the creditor's identifier and the reference of a
//! mandate (EPC016-06, attributes AT-02 and AT-01; EPC262-08 for the check digits).

use std::fmt;
use std::str::FromStr;

use crate::check_digits::mod_97;
use crate::text_form::text_form;

/// EPC262-08: country, check digits and business code, and at most 28 signs of the country's own.
const IDENTIFIER_MAX: usize = 35;
/// Attribute AT-01 has at most so many signs.
const REFERENCE_MAX: usize = 35;
/// Beside letters and figures, the signs that every bank takes (EPC217-08). Blanks are left out:
/// files and banks lose them.
const SIGNS: &[u8] = b"/-?:().,'+";

/// A valid identifier of a creditor of direct debits, compact: `NL79ZZZ999999990000`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditorIdentifier(String);

/// The reference of a mandate, as the debtor's copy has it. Capitals and small letters are one
/// (EPC217-08), and so are two references that differ by nothing else.
#[derive(Clone, Debug)]
pub struct MandateReference(String);

/// Why a text is not a creditor identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditorIdentifierError {
    /// Characters or length that none has.
    #[error(
        "a creditor identifier has two letters of the country, two check digits, three signs of \
         the business and at most 28 of the country's own, such as NL79ZZZ999999990000"
    )]
    WrongFormat,
    /// The check digits do not fit the rest.
    #[error("the check digits of the creditor identifier are wrong: look for a mistyped sign")]
    WrongCheckDigits,
}

/// Why a text is not the reference of a mandate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the reference of a mandate has 1 to 35 letters, figures and signs of / - ? : ( ) . , ' + \
     without blanks, begins and ends with no /, and has no two of them together"
)]
pub struct MandateReferenceError;

impl CreditorIdentifier {
    /// Reads an identifier with or without blanks, in capitals or small letters. The check digits
    /// are those of ISO 7064 MOD 97-10 over all but the code of the business.
    pub fn parse(text: &str) -> Result<Self, CreditorIdentifierError> {
        let wrong = CreditorIdentifierError::WrongFormat;
        let compact: String = text
            .chars()
            .filter(|character| !character.is_whitespace())
            .map(|character| character.to_ascii_uppercase())
            .collect();
        let is_plain = compact.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_plain || compact.len() > IDENTIFIER_MAX {
            return Err(wrong);
        }
        let (country, rest) = compact.split_at_checked(2).ok_or(wrong.clone())?;
        let (check, rest) = rest.split_at_checked(2).ok_or(wrong.clone())?;
        let (_, national) = rest.split_at_checked(3).ok_or(wrong.clone())?;
        let are_letters = country.bytes().all(|byte| byte.is_ascii_uppercase());
        let are_figures = check.bytes().all(|byte| byte.is_ascii_digit());
        if !are_letters || !are_figures || national.is_empty() {
            return Err(wrong);
        }
        let turned = national.chars().chain(country.chars()).chain(check.chars());
        // 98 less a remainder is 02 to 98; the other three would pass the sum without being it.
        if ["00", "01", "99"].contains(&check) || mod_97(turned) != Some(1) {
            return Err(CreditorIdentifierError::WrongCheckDigits);
        }
        Ok(Self(compact))
    }
}

impl MandateReference {
    /// Reads a reference as it stands on the mandate, without the blanks around it.
    pub fn parse(text: &str) -> Result<Self, MandateReferenceError> {
        let text = text.trim();
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || SIGNS.contains(&byte);
        let is_right = (1..=REFERENCE_MAX).contains(&text.len())
            && text.bytes().all(is_sign)
            && !text.starts_with('/')
            && !text.ends_with('/')
            && !text.contains("//");
        if is_right { Ok(Self(text.to_owned())) } else { Err(MandateReferenceError) }
    }

    /// The same for every way to write it.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.to_ascii_uppercase()
    }
}

impl PartialEq for MandateReference {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for MandateReference {}

impl fmt::Display for CreditorIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for MandateReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for CreditorIdentifier {
    type Err = CreditorIdentifierError;

    fn from_str(text: &str) -> Result<Self, CreditorIdentifierError> {
        Self::parse(text)
    }
}

impl FromStr for MandateReference {
    type Err = MandateReferenceError;

    fn from_str(text: &str) -> Result<Self, MandateReferenceError> {
        Self::parse(text)
    }
}

text_form!(
    MandateReference,
    parse: MandateReference::parse,
    pattern: r"^[A-Za-z0-9/?:().,'+-]{1,35}$",
    meaning: "The reference of a mandate for direct debits, as the debtor's copy has it."
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first is nobody's, the second is what the Bundesbank has tests use.
    #[test]
    fn published_identifiers_are_right_whatever_the_business() {
        for text in ["NL79ZZZ999999990000", "DE98ZZZ09999999999", "DE98 abc 0999 9999 999"] {
            let known = CreditorIdentifier::parse(text).map(|it| it.to_string());
            let expected: String = text.split_whitespace().collect();
            assert_eq!(known, Ok(expected.to_uppercase()), "{text}");
        }
    }

    #[test]
    fn wrong_identifiers_are_refused() {
        let wrong = Err(CreditorIdentifierError::WrongCheckDigits);
        assert_eq!(CreditorIdentifier::parse("DE97ZZZ09999999999"), wrong);
        for text in ["", "NL98ZZZ", "N198ZZZ1", "NLxxZZZ1", "NL98ZZZ9999-9999"] {
            let found = CreditorIdentifier::parse(text);
            assert_eq!(found, Err(CreditorIdentifierError::WrongFormat), "{text}");
        }
    }

    #[test]
    fn a_reference_is_one_however_its_letters_are_written() {
        let one = MandateReference::parse(" Mandaat-2026/0001 ").unwrap();
        assert_eq!(one, MandateReference::parse("MANDAAT-2026/0001").unwrap());
        assert_eq!(one.to_string(), "Mandaat-2026/0001");
        for text in ["", "a b", "/a", "a/", "a//b", "é", &"x".repeat(36)] {
            assert_eq!(MandateReference::parse(text), Err(MandateReferenceError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_figure_is_always_found(place in 7_usize..18, figure in 0_u32..10) {
            let right = "DE98ZZZ09999999999";
            let mut other: Vec<char> = right.chars().collect();
            other[place] = char::from_digit(figure, 10).unwrap();
            let other: String = other.into_iter().collect();
            prop_assert_eq!(CreditorIdentifier::parse(&other).is_ok(), other == right);
        }
    }
}
