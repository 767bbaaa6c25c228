//! Numbers of companies: the Dutch trade register, Dutch VAT, the Belgian register of enterprises.
//!
//! A sole trader's number is personal data: `Debug` names the kind only and no error repeats it.

use std::fmt;
use std::str::FromStr;

use crate::check_digits::mod_97;
use crate::text_form::text_form;

/// A valid company number in its one spelling, which tells the kinds apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompanyNumber {
    kind: CompanyNumberKind,
    text: String,
}

/// Who gave the number out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompanyNumberKind {
    /// The Dutch trade register (`KvK`): eight digits, none of which checks the others.
    Kvk,
    /// The Dutch tax office (btw-id): `NL`, nine digits, `B`, two digits.
    DutchVat,
    /// The Belgian register of enterprises (KBO): ten digits. The Belgian VAT number is the same
    /// number after `BE`.
    Enterprise,
}

/// Why a text is not a company number. The text itself is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompanyNumberError {
    /// Characters or length that this kind never has.
    #[error("not a {kind}: {expected}")]
    WrongFormat {
        /// Which kind was tried.
        kind: CompanyNumberKind,
        /// What it looks like.
        expected: &'static str,
    },
    /// The check digits do not fit the rest.
    #[error("the check digits of the {kind} are wrong: look for a mistyped or swapped figure")]
    WrongCheckDigits {
        /// Which kind was tried.
        kind: CompanyNumberKind,
    },
    /// None of the three kinds fits.
    #[error("neither a KvK number nor a Dutch VAT number nor a Belgian enterprise number")]
    NoneFits,
}

impl CompanyNumber {
    /// Reads any of the three kinds; no text fits two of them.
    pub fn parse(text: &str) -> Result<Self, CompanyNumberError> {
        Self::parse_kvk(text)
            .or_else(|_| Self::parse_dutch_vat(text))
            .or_else(|_| Self::parse_enterprise(text))
            .map_err(|_| CompanyNumberError::NoneFits)
    }

    /// Reads eight digits, with or without separators.
    pub fn parse_kvk(text: &str) -> Result<Self, CompanyNumberError> {
        let kind = CompanyNumberKind::Kvk;
        let expected = "write eight digits, such as 69599084";
        let digits = compact(text);
        if digits.len() != 8 || !is_digits(&digits) {
            return Err(CompanyNumberError::WrongFormat { kind, expected });
        }
        Ok(Self { kind, text: digits })
    }

    /// Reads up to nine digits (leading noughts may lack), `B` and two digits, with or without `NL`
    /// before them and separators between them.
    ///
    /// Numbers of legal entities pass the eleven test over the nine digits. Those that sole traders
    /// have since 2020 pass modulo 97 over everything instead. Which of the two a number is cannot
    /// be seen, so either will do.
    pub fn parse_dutch_vat(text: &str) -> Result<Self, CompanyNumberError> {
        let kind = CompanyNumberKind::DutchVat;
        let expected = "write NL, nine digits, B and two digits, such as NL002455799B11";
        let wrong_format = || CompanyNumberError::WrongFormat { kind, expected };
        let compact = compact(text);
        let rest = compact.strip_prefix("NL").unwrap_or(&compact);
        let (base, suffix) = rest.split_once('B').ok_or_else(wrong_format)?;
        let length_is_right = (1..=9).contains(&base.len()) && suffix.len() == 2;
        if !length_is_right || !is_digits(base) || !is_digits(suffix) {
            return Err(wrong_format());
        }
        let base = format!("{base:0>9}");
        let is_given_out = base.bytes().any(|byte| byte != b'0') && suffix != "00";
        if !is_given_out || !passes_eleven(&base) && !passes_97(&base, suffix) {
            return Err(CompanyNumberError::WrongCheckDigits { kind });
        }
        Ok(Self { kind, text: format!("NL{base}B{suffix}") })
    }

    /// Reads ten digits that begin with 0 or 1, or the old nine that lack the leading nought, with
    /// or without `BE` before them and separators between them. The last two are 97 less the first
    /// eight modulo 97.
    pub fn parse_enterprise(text: &str) -> Result<Self, CompanyNumberError> {
        let kind = CompanyNumberKind::Enterprise;
        let expected = "write ten digits of which the first is 0 or 1, such as 0403.019.261";
        let wrong_format = || CompanyNumberError::WrongFormat { kind, expected };
        let compact = compact(text);
        let rest = compact.strip_prefix("BE").unwrap_or(&compact);
        let digits = if rest.len() == 9 { format!("0{rest}") } else { rest.to_owned() };
        if digits.len() != 10 || !is_digits(&digits) || !digits.starts_with(['0', '1']) {
            return Err(wrong_format());
        }
        let (base, check) = digits.split_at_checked(8).ok_or_else(wrong_format)?;
        let expected = mod_97(base.chars()).map(|remainder| 97_u32.saturating_sub(remainder));
        if check.parse().ok() != expected {
            return Err(CompanyNumberError::WrongCheckDigits { kind });
        }
        Ok(Self { kind, text: digits })
    }

    /// Who gave the number out.
    #[must_use]
    pub const fn kind(&self) -> CompanyNumberKind {
        self.kind
    }

    /// The one spelling: `69599084`, `NL002455799B11`, `0403019261`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As people write it: a Belgian number in groups, `0403.019.261`, the others as they are.
    #[must_use]
    pub fn printed(&self) -> String {
        match self.kind {
            CompanyNumberKind::Kvk | CompanyNumberKind::DutchVat => self.text.clone(),
            CompanyNumberKind::Enterprise => {
                let (first, rest) = self.text.split_at_checked(4).unwrap_or((&self.text, ""));
                let (middle, last) = rest.split_at_checked(3).unwrap_or((rest, ""));
                format!("{first}.{middle}.{last}")
            }
        }
    }
}

/// Capitals, without what people put between the figures.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|it| !it.is_whitespace() && !['.', '-', '/', '(', ')'].contains(it))
        .map(|it| it.to_ascii_uppercase())
        .collect()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The Dutch eleven test (elfproef) of nine digits: nine times the first to two times the eighth,
/// less the ninth, is a multiple of eleven.
fn passes_eleven(nine: &str) -> bool {
    // Ten times the last one is the same modulo eleven as taking it away once.
    let weights = [9_u32, 8, 7, 6, 5, 4, 3, 2, 10];
    let digits = nine.chars().filter_map(|digit| digit.to_digit(10));
    let parts = digits.zip(weights).map(|(digit, weight)| digit.saturating_mul(weight));
    parts.sum::<u32>().is_multiple_of(11)
}

/// ISO 7064 over the whole Dutch VAT number. Its check digits are 98 less a remainder, so 02 to 98;
/// the other three would pass the sum without being it.
fn passes_97(base: &str, suffix: &str) -> bool {
    let text = "NL".chars().chain(base.chars()).chain("B".chars()).chain(suffix.chars());
    !["00", "01", "99"].contains(&suffix) && mod_97(text) == Some(1)
}

impl fmt::Display for CompanyNumberKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kvk => "KvK number",
            Self::DutchVat => "Dutch VAT number",
            Self::Enterprise => "Belgian enterprise number",
        })
    }
}

impl fmt::Display for CompanyNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for CompanyNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CompanyNumber({:?})", self.kind)
    }
}

impl FromStr for CompanyNumber {
    type Err = CompanyNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_form!(CompanyNumber, parse: CompanyNumber::parse,
    pattern: "^([0-9]{8}|NL[0-9]{9}B[0-9]{2}|[01][0-9]{9})$",
    meaning: "Dutch KvK number, Dutch VAT number or Belgian enterprise number.");

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    fn kvk() -> impl Strategy<Value = CompanyNumber> {
        "[0-9]{8}".prop_map(|digits| CompanyNumber::parse_kvk(&digits).unwrap())
    }

    /// A base and the last digit that makes it pass the eleven test; some have none.
    fn legal_entity() -> impl Strategy<Value = CompanyNumber> {
        (1_u32..100_000_000, 1_u32..100).prop_filter_map("no last digit", |(base, suffix)| {
            let base = format!("{base:08}");
            let last = (0..=9).find(|last| passes_eleven(&format!("{base}{last}")))?;
            CompanyNumber::parse_dutch_vat(&format!("NL{base}{last}B{suffix:02}")).ok()
        })
    }

    fn sole_trader() -> impl Strategy<Value = CompanyNumber> {
        (1_u32..1_000_000_000).prop_map(|base| {
            let text = format!("NL{base:09}B00");
            let check = 98 - mod_97(text.chars()).unwrap();
            CompanyNumber::parse_dutch_vat(&format!("NL{base:09}B{check:02}")).unwrap()
        })
    }

    fn enterprise() -> impl Strategy<Value = CompanyNumber> {
        (0_u32..20_000_000).prop_map(|base| {
            CompanyNumber::parse_enterprise(&format!("{base:08}{:02}", 97 - base % 97)).unwrap()
        })
    }

    fn any_kind() -> impl Strategy<Value = CompanyNumber> {
        prop_oneof![kvk(), legal_entity(), sole_trader(), enterprise()]
    }

    /// Every text that differs from `text` in one digit, or in the order of two neighbours.
    fn mistyped(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        for (place, was) in text.char_indices().filter(|(_, it)| it.is_ascii_digit()) {
            for digit in ('0'..='9').filter(|digit| *digit != was) {
                let mut changed = text.to_owned();
                changed.replace_range(place..=place, &digit.to_string());
                all.push(changed);
            }
            let next = text.get(place + 1..).and_then(|rest| rest.chars().next());
            if let Some(next) = next.filter(|next| next.is_ascii_digit() && *next != was) {
                let mut swapped = text.to_owned();
                swapped.replace_range(place..=place + 1, &format!("{next}{was}"));
                all.push(swapped);
            }
        }
        all
    }

    proptest! {
        #[test]
        fn all_forms_read_back_exactly(number in any_kind()) {
            let printed = number.printed();
            let spaced: String = printed.chars().flat_map(|it| [it, ' ']).collect();
            for form in [number.to_string(), printed.to_lowercase(), spaced] {
                prop_assert_eq!(CompanyNumber::parse(&form).unwrap(), number.clone(), "{}", form);
            }
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<CompanyNumber>(&json).unwrap(), number);
        }

        #[test]
        fn a_mistyped_enterprise_number_is_always_detected(number in enterprise()) {
            for wrong in mistyped(number.as_str()) {
                prop_assert!(CompanyNumber::parse_enterprise(&wrong).is_err(), "{wrong}");
            }
        }

        // Each test of Dutch VAT numbers is sure by itself; one of 97 errors passes the other one.
        #[test]
        fn the_eleven_test_detects_what_is_mistyped(number in legal_entity()) {
            let base = number.as_str().get(2..11).unwrap();
            for wrong in mistyped(base) {
                prop_assert!(!passes_eleven(&wrong), "{wrong} for {base}");
            }
        }

        #[test]
        fn the_97_test_detects_what_is_mistyped(number in sole_trader()) {
            for wrong in mistyped(number.as_str()) {
                let (base, suffix) = (wrong.get(2..11).unwrap(), wrong.get(12..).unwrap());
                prop_assert!(!passes_97(base, suffix), "{wrong} for {}", number.as_str());
            }
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            let _ = CompanyNumber::parse(&text);
        }

        #[test]
        fn debug_shows_the_kind_only(number in any_kind()) {
            let debug = format!("{number:?}");
            prop_assert!(!debug.contains(|it: char| it.is_ascii_digit()), "{debug}");
        }
    }

    #[test]
    fn each_spelling_has_one_number() {
        use CompanyNumberKind::{DutchVat, Enterprise, Kvk};
        for (text, kind, canonical, printed) in [
            ("6959 9084", Kvk, "69599084", "69599084"),
            ("00000000", Kvk, "00000000", "00000000"),
            ("nl 0044.95.445.b.01", DutchVat, "NL004495445B01", "NL004495445B01"),
            ("4495445B01", DutchVat, "NL004495445B01", "NL004495445B01"),
            ("NL-002455799-B11", DutchVat, "NL002455799B11", "NL002455799B11"),
            ("be 0403.019.261", Enterprise, "0403019261", "0403.019.261"),
            ("(0)403 019 261", Enterprise, "0403019261", "0403.019.261"),
            ("403/019/261", Enterprise, "0403019261", "0403.019.261"),
        ] {
            let number = CompanyNumber::parse(text).unwrap();
            assert_eq!((number.kind(), number.as_str()), (kind, canonical), "{text}");
            assert_eq!(number.printed(), printed, "{text}");
        }
    }

    #[test]
    fn errors_say_which_kind_and_what_is_wrong() {
        use CompanyNumberKind::{DutchVat, Enterprise, Kvk};
        type Parser = fn(&str) -> Result<CompanyNumber, CompanyNumberError>;
        let (vat, be): (Parser, Parser) =
            (CompanyNumber::parse_dutch_vat, CompanyNumber::parse_enterprise);
        let kvk: Parser = CompanyNumber::parse_kvk;
        for (parse, kind, text, is_of_format) in [
            (kvk, Kvk, "", true),
            (kvk, Kvk, "6959908", true),
            (kvk, Kvk, "695990844", true),
            (kvk, Kvk, "6959908x", true),
            (kvk, Kvk, "6959908é", true),
            (vat, DutchVat, "", true),
            (vat, DutchVat, "NL", true),
            (vat, DutchVat, "B01", true),
            (vat, DutchVat, "NL004495445", true),
            (vat, DutchVat, "NL0044954450B01", true),
            (vat, DutchVat, "NL00449544xB01", true),
            (vat, DutchVat, "NL004495445B1", true),
            (vat, DutchVat, "NL004495445B001", true),
            (vat, DutchVat, "NL004495445Bx1", true),
            (vat, DutchVat, "BE004495445B01", true),
            (vat, DutchVat, "NL004495445B00", false),
            (vat, DutchVat, "NL004495446B01", false),
            (vat, DutchVat, "NL000000000B01", false),
            (vat, DutchVat, "NL000000000B73", false),
            (vat, DutchVat, "NL002455799B12", false),
            (be, Enterprise, "", true),
            (be, Enterprise, "BE", true),
            (be, Enterprise, "0403019", true),
            (be, Enterprise, "04030192610", true),
            (be, Enterprise, "040301926x", true),
            (be, Enterprise, "2403019261", true),
            (be, Enterprise, "NL0403019261", true),
            (be, Enterprise, "0403019262", false),
            (be, Enterprise, "0000000000", false),
        ] {
            let error = parse(text).unwrap_err();
            let found = match &error {
                CompanyNumberError::WrongFormat { kind, .. } => Some((*kind, true)),
                CompanyNumberError::WrongCheckDigits { kind } => Some((*kind, false)),
                CompanyNumberError::NoneFits => None,
            };
            assert_eq!(found, Some((kind, is_of_format)), "{text}");
            assert!(error.to_string().contains(&kind.to_string()), "{error}");
            assert!(!error.to_string().contains("04495"), "{error}");
            assert_eq!(CompanyNumber::parse(text), Err(CompanyNumberError::NoneFits), "{text}");
        }
    }

    /// 00, 01 and 99 leave the remainders of 97, 98 and 02, which are computed instead of them.
    #[test]
    fn check_digits_that_are_never_computed_do_not_pass() {
        for (base, never, computed) in
            [("000000062", "00", "97"), ("000000008", "01", "98"), ("000000051", "99", "02")]
        {
            assert_eq!(mod_97(format!("NL{base}B{never}").chars()), Some(1), "{never}");
            assert!(!passes_97(base, never), "{never}");
            assert!(passes_97(base, computed), "{computed}");
        }
    }
}
