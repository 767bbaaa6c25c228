//! ISO 4217 currencies that can be counted. Metals, funds without units and test codes are absent.

use std::fmt;
use std::str::FromStr;

use crate::text_form::text_form;

/// A currency of ISO 4217; in JSON its code, `"EUR"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    minor_digits: u8,
}

/// The code is not a currency that we know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{code}' is not a currency of ISO 4217: use a code of three capitals, such as EUR")]
pub struct CurrencyError {
    /// The code as it was given, cut to a readable length.
    pub code: String,
}

impl Currency {
    /// Swiss franc.
    pub const CHF: Self = Self { code: "CHF", minor_digits: 2 };
    /// Euro.
    pub const EUR: Self = Self { code: "EUR", minor_digits: 2 };
    /// Pound sterling.
    pub const GBP: Self = Self { code: "GBP", minor_digits: 2 };
    /// Japanese yen, which has no minor unit.
    pub const JPY: Self = Self { code: "JPY", minor_digits: 0 };
    /// Kuwaiti dinar, which has three decimals.
    pub const KWD: Self = Self { code: "KWD", minor_digits: 3 };
    /// US dollar.
    pub const USD: Self = Self { code: "USD", minor_digits: 2 };

    /// Reads a code of three capitals.
    pub fn parse(code: &str) -> Result<Self, CurrencyError> {
        // Nearly every amount is in euros, and there are many amounts.
        if code == Self::EUR.code {
            return Ok(Self::EUR);
        }
        TABLE
            .iter()
            .find_map(|(minor_digits, codes)| {
                let code = codes.iter().find(|known| **known == code)?;
                Some(Self { code, minor_digits: *minor_digits })
            })
            .ok_or_else(|| CurrencyError { code: code.chars().take(12).collect() })
    }

    /// The three capitals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// Decimals of the minor unit: 2 for cents, 0 where there is none.
    #[must_use]
    pub const fn minor_digits(self) -> u8 {
        self.minor_digits
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code)
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

text_form!(Currency, parse: Currency::parse, pattern: "^[A-Z]{3}$",
    meaning: "Currency code of ISO 4217.");

/// Decimals of the minor unit and the codes that have them: first those of ISO 4217, list one of
/// 2026, then those of list three that went this century. They stay with the decimals they had,
/// because invoices in them still stand open and their statements are still read.
const TABLE: &[(u8, &[&str])] = &[
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
        ],
    ),
    (
        2,
        &[
            "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
            "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
            "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP",
            "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD",
            "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES",
            "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL",
            "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR",
            "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR",
            "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
            "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
            "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VES", "WST",
            "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
    (0, &["BEF", "BYR", "ESP", "GRD", "ITL", "LUF", "PTE", "TRL"]),
    (
        2,
        &[
            "ANG", "ATS", "BGN", "CUC", "CYP", "DEM", "EEK", "FIM", "FRF", "HRK", "IEP", "LTL",
            "LVL", "MRO", "MTL", "NLG", "ROL", "SIT", "SKK", "SLL", "STD", "VEF", "ZWL",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_currencies_are_those_of_the_table() {
        for known in [
            Currency::CHF,
            Currency::EUR,
            Currency::GBP,
            Currency::JPY,
            Currency::KWD,
            Currency::USD,
        ] {
            assert_eq!(Currency::parse(known.code()), Ok(known));
        }
    }

    #[test]
    fn each_code_stands_once_and_reads_back() {
        let codes: Vec<&str> = TABLE.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        let mut unique = codes.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), codes.len());
        assert!(codes.iter().all(|code| Currency::parse(code).is_ok_and(|it| it.code() == *code)));
    }

    #[test]
    fn a_currency_that_was_withdrawn_keeps_its_decimals() {
        for code in [
            "ANG", "ATS", "BGN", "CUC", "CYP", "DEM", "EEK", "FIM", "FRF", "HRK", "IEP", "LTL",
            "LVL", "MRO", "MTL", "NLG", "ROL", "SIT", "SKK", "SLL", "STD", "VEF", "ZWL",
        ] {
            assert_eq!(Currency::parse(code).map(Currency::minor_digits), Ok(2), "{code}");
        }
        for code in ["BEF", "BYR", "ESP", "GRD", "ITL", "LUF", "PTE", "TRL"] {
            assert_eq!(Currency::parse(code).map(Currency::minor_digits), Ok(0), "{code}");
        }
    }

    #[test]
    fn other_codes_are_refused() {
        for code in ["", "eur", "EURO", "XXX", "XAU", "ZZZ", " EUR"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
    }
}
