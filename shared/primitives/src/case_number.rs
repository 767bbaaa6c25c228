//! The number of a case that people see, write on payments and say on the telephone.

use std::fmt;
use std::str::FromStr;

use crate::check_digits::mod_97;
use crate::text_form::text_form;

/// The number of a case: a serial number and two check digits (ISO 7064, MOD 97-10), written
/// `1000001-14`. Any single wrong figure, and any two neighbours that are swapped, are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    serial: u64,
}

/// Why a text is not the number of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseNumberError {
    /// Characters or length that it never has.
    #[error("not the number of a case: write nine figures or more, such as 1000001-14")]
    WrongFormat,
    /// The check digits do not fit the rest.
    #[error(
        "the check digits of the number of the case are wrong: look for a mistyped or swapped \
         figure"
    )]
    WrongCheckDigits,
}

impl CaseNumber {
    /// The serial number of the first case.
    pub const FIRST: u64 = 1_000_001;
    /// The last one that there is room for.
    pub const LAST: u64 = 999_999_999_999;

    /// The number with this serial; none beyond [`FIRST`](Self::FIRST) and [`LAST`](Self::LAST).
    #[must_use]
    pub fn of_serial(serial: u64) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&serial).then_some(Self { serial })
    }

    /// Reads a number with or without blanks, dots, dashes and slashes in it.
    ///
    /// # Errors
    ///
    /// When it is none, or a figure of it is wrong.
    pub fn parse(text: &str) -> Result<Self, CaseNumberError> {
        let is_separator = |it: &char| it.is_whitespace() || ['.', '-', '/'].contains(it);
        let figures: String = text.chars().filter(|it| !is_separator(it)).collect();
        let has_figures_only = figures.bytes().all(|byte| byte.is_ascii_digit());
        let serial = figures.len().checked_sub(2).and_then(|length| figures.get(..length));
        let serial = serial.filter(|it| has_figures_only && !it.starts_with('0'));
        let number = serial.and_then(|it| Self::of_serial(it.parse().ok()?));
        let number = number.ok_or(CaseNumberError::WrongFormat)?;
        if number.figures() == figures {
            Ok(number)
        } else {
            Err(CaseNumberError::WrongCheckDigits)
        }
    }

    /// Counted from [`FIRST`](Self::FIRST), in the order in which cases were opened.
    #[must_use]
    pub const fn serial(self) -> u64 {
        self.serial
    }

    /// All its figures and nothing else: `100000114`.
    #[must_use]
    pub fn figures(self) -> String {
        format!("{}{:02}", self.serial, self.check_digits())
    }

    /// From 02 to 98.
    fn check_digits(self) -> u32 {
        let remainder = mod_97(format!("{}00", self.serial).chars()).unwrap_or_default();
        98_u32.saturating_sub(remainder)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{:02}", self.serial, self.check_digits())
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    fn from_str(text: &str) -> Result<Self, CaseNumberError> {
        Self::parse(text)
    }
}

text_form!(
    CaseNumber,
    parse: CaseNumber::parse,
    pattern: "^[1-9][0-9]{6,11}-[0-9]{2}$",
    meaning: "The number of a case as people see it: a serial number and two check digits (ISO \
              7064, MOD 97-10)."
);

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = CaseNumber> {
        (CaseNumber::FIRST..=CaseNumber::LAST).prop_map(|it| CaseNumber::of_serial(it).unwrap())
    }

    fn text(figures: Vec<u8>) -> String {
        String::from_utf8(figures).unwrap()
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        let first = CaseNumber::of_serial(CaseNumber::FIRST).unwrap();
        assert_eq!(first.to_string(), "1000001-14");
        for text in ["1000001-14", "100000114", "1000001 14", " 1.000.001-14 ", "1000001/14"] {
            assert_eq!(CaseNumber::parse(text), Ok(first), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "14", "1000001", "1000000-17", "0100000114", "dossier 1000001-14", "é"] {
            assert_eq!(CaseNumber::parse(text), Err(CaseNumberError::WrongFormat), "{text}");
        }
        for text in ["1000001-15", "1000010-14", "100000141"] {
            assert_eq!(CaseNumber::parse(text), Err(CaseNumberError::WrongCheckDigits), "{text}");
        }
        // It counts to the same as 98, which is what stands there.
        let number = (CaseNumber::FIRST..)
            .find_map(|it| CaseNumber::of_serial(it).filter(|it| it.to_string().ends_with("-98")));
        let other = number.unwrap().to_string().replace("-98", "-01");
        assert_eq!(CaseNumber::parse(&other), Err(CaseNumberError::WrongCheckDigits));
    }

    proptest! {
        #[test]
        fn a_number_is_read_again(number in numbers()) {
            prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number));
            prop_assert_eq!(CaseNumber::parse(&number.figures()), Ok(number));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
        }

        #[test]
        fn one_wrong_figure_is_noticed(
            number in numbers(),
            at: prop::sample::Index,
            by in 1_u8..10,
        ) {
            let mut figures = number.figures().into_bytes();
            let place = at.index(figures.len());
            figures[place] = (figures[place] - b'0' + by) % 10 + b'0';
            prop_assert!(CaseNumber::parse(&text(figures)).is_err());
        }

        #[test]
        fn two_neighbours_swapped_are_noticed(number in numbers(), at: prop::sample::Index) {
            let mut figures = number.figures().into_bytes();
            let place = at.index(figures.len() - 1);
            prop_assume!(figures[place] != figures[place + 1]);
            figures.swap(place, place + 1);
            prop_assert!(CaseNumber::parse(&text(figures)).is_err());
        }

        #[test]
        fn no_text_is_too_much(text: String) {
            if let Ok(number) = CaseNumber::parse(&text) {
                prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number));
            }
        }
    }
}
