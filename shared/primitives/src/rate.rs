//! Percentages as exact decimals. How one applies to an amount is a rule of law, not of this file.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::text_form::text_form;

/// A percentage, zero or more: `Rate` of 21 is 21 %. In JSON a string, `"21"` or `"10.4"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(Decimal);

/// Why a percentage was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// The text is not a plain decimal number.
    #[error("'{text}' is not a percentage: write digits and at most one dot, such as 10.4")]
    NotANumber {
        /// The text, cut to a readable length.
        text: String,
    },
    /// Rates below zero do not occur.
    #[error("a rate of {percent} % is below zero")]
    Negative {
        /// The percentage asked for.
        percent: Decimal,
    },
}

impl Rate {
    /// A rate of `percent` per cent.
    pub fn new(percent: Decimal) -> Result<Self, RateError> {
        if percent.is_sign_negative() && !percent.is_zero() {
            return Err(RateError::Negative { percent });
        }
        Ok(Self(percent.normalize()))
    }

    /// Reads a percentage such as `21` or `10.40`; zeros at the end do not matter.
    pub fn parse(text: &str) -> Result<Self, RateError> {
        Decimal::from_str_exact(text)
            .map_err(|_| RateError::NotANumber { text: text.chars().take(40).collect() })
            .and_then(Self::new)
    }

    /// The percentage: 21 for 21 %.
    #[must_use]
    pub const fn percent(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Rate {
    /// The bare percentage, `10.4`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_form!(Rate, parse: Rate::parse, pattern: "^[0-9]+(\\.[0-9]+)?$",
    meaning: "Percentage as an exact decimal: 21 is 21 %.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rates_read_back_exactly(figures in 0_i64.., scale in 0_u32..10) {
            let rate = Rate::new(Decimal::new(figures, scale)).unwrap();
            prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
            let json = serde_json::to_string(&rate).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rate>(&json).unwrap(), rate);
        }
    }

    #[test]
    fn equal_percentages_are_equal_however_they_were_written() {
        assert_eq!(Rate::parse("10.40"), Rate::parse("10.4"));
        assert_eq!(Rate::parse("21.00").unwrap().to_string(), "21");
        assert_eq!(Rate::parse("0.00"), Rate::parse("-0"));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "21%", "1e2", "ten", "-1", "1,5"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }
}
