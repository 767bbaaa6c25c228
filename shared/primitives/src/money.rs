//! Exact amounts: whole minor units of one currency, checked operations only.
//!
//! Money never goes through floating point, never wraps round and never mixes currencies.

use std::cmp::{Ordering, Reverse};
use std::fmt;
use std::num::NonZero;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Currency;

/// An amount in minor units (cents) of a currency; may be negative.
///
/// In JSON `{"amount_minor": 1230, "currency": "EUR"}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Minor units of the currency (cents of a euro); may be negative.
    amount_minor: i64,
    /// The currency of the amount.
    currency: Currency,
}

/// Why an amount could not be read or computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The two amounts are in different currencies.
    #[error("{left} and {right} do not mix: convert one of the amounts first")]
    DifferentCurrencies {
        /// Currency of the left-hand amount.
        left: Currency,
        /// Currency of the right-hand amount.
        right: Currency,
    },
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is larger than can be kept: split it or check the input")]
    Overflow,
    /// The text is not a plain decimal number.
    #[error("'{text}' is not an amount: write digits and at most one dot, such as 12.30")]
    NotANumber {
        /// The text, cut to a readable length.
        text: String,
    },
    /// The text has more decimals than the currency has minor units.
    #[error("'{text}' has more than the {allowed} decimals of {currency}")]
    TooManyDecimals {
        /// The text, cut to a readable length.
        text: String,
        /// Decimals that the currency has.
        allowed: u8,
        /// The currency asked for.
        currency: Currency,
    },
    /// A split needs at least one weight above zero.
    #[error("nothing to split by: give at least one weight above zero")]
    NoWeights,
}

impl Money {
    /// An amount of `amount_minor` minor units.
    #[must_use]
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units, such as cents.
    #[must_use]
    pub const fn amount_minor(self) -> i64 {
        self.amount_minor
    }

    /// The currency of the amount.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount_minor == 0
    }

    /// More than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.amount_minor > 0
    }

    /// Less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.amount_minor < 0
    }

    /// The sum of both amounts.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// This amount less the other one.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// The amount with the other sign.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let amount_minor = self.amount_minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Self { amount_minor, ..self })
    }

    /// Which amount is larger; amounts of different currencies have no order.
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.amount_minor.cmp(&other.amount_minor))
    }

    /// The smaller of both amounts.
    pub fn min(self, other: Self) -> Result<Self, MoneyError> {
        Ok(if self.checked_cmp(other)?.is_le() { self } else { other })
    }

    /// The sum of all amounts, zero in `currency` when there are none.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Shares in proportion to `weights` by the largest remainder: they sum exactly to the amount,
    /// none is a whole minor unit off its exact value, and a weight of zero gets nothing. Between
    /// equal remainders the earlier share gets the unit.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let total_weight = NonZero::new(weights.iter().copied().map(u128::from).sum::<u128>())
            .ok_or(MoneyError::NoWeights)?;
        let whole = u128::from(self.amount_minor.unsigned_abs());
        let mut shares = Vec::with_capacity(weights.len());
        let mut left_over = whole;
        for (place, weight) in weights.iter().enumerate() {
            let exact = whole.checked_mul(u128::from(*weight)).ok_or(MoneyError::Overflow)?;
            let share = exact / total_weight;
            left_over = left_over.checked_sub(share).ok_or(MoneyError::Overflow)?;
            shares.push((place, share, exact % total_weight));
        }
        shares.sort_by_key(|(place, _, remainder)| (Reverse(*remainder), *place));
        for (_, share, _) in &mut shares {
            let unit = left_over.min(1);
            *share = share.saturating_add(unit);
            left_over = left_over.saturating_sub(unit);
        }
        shares.sort_by_key(|(place, _, _)| *place);
        shares.into_iter().map(|(_, share, _)| self.with_magnitude(share)).collect()
    }

    /// Reads a plain decimal such as `12.30`, `-5` or `.5`, exactly. Zeros beyond the currency's
    /// decimals are fine, other figures there are an error. Exponents, spaces and commas are none.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_a_number = || MoneyError::NotANumber { text: readable(text) };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len().saturating_add(fraction.len()) == 0
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return Err(not_a_number());
        }
        let fraction = fraction.trim_end_matches('0');
        let places = usize::from(currency.minor_digits());
        let Some(missing) = places.checked_sub(fraction.len()) else {
            return Err(MoneyError::TooManyDecimals {
                text: readable(text),
                allowed: currency.minor_digits(),
                currency,
            });
        };
        let sign = if negative { "-" } else { "" };
        let zeros = "0".repeat(missing);
        // The leading zero stands for a missing whole part, as in ".5".
        let minor = format!("{sign}0{whole}{fraction}{zeros}");
        let amount_minor = minor.parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Self { amount_minor, currency })
    }

    /// The amount in major units (euros), exactly.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.amount_minor, u32::from(self.currency.minor_digits()))
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount_minor =
            operation(self.amount_minor, other.amount_minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount_minor, ..self })
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::DifferentCurrencies { left: self.currency, right: other.currency })
    }

    /// `magnitude` minor units with the sign of this amount.
    fn with_magnitude(self, magnitude: u128) -> Result<Self, MoneyError> {
        let magnitude = i128::try_from(magnitude).map_err(|_| MoneyError::Overflow)?;
        let signed = if self.is_negative() { magnitude.checked_neg() } else { Some(magnitude) };
        let amount_minor = signed.and_then(|amount| i64::try_from(amount).ok());
        Ok(Self { amount_minor: amount_minor.ok_or(MoneyError::Overflow)?, ..self })
    }
}

impl fmt::Display for Money {
    /// `12.30 EUR`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.to_decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Money({self})")
    }
}

/// At most forty characters of what was given, so that an error stays a sentence.
fn readable(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    fn euro(amount_minor: i64) -> Money {
        Money::new(amount_minor, Currency::EUR)
    }

    fn currency() -> impl Strategy<Value = Currency> {
        prop_oneof![Just(Currency::EUR), Just(Currency::JPY), Just(Currency::KWD)]
    }

    proptest! {
        #[test]
        fn printed_amounts_read_back_exactly(minor: i64, currency in currency()) {
            let money = Money::new(minor, currency);
            let printed = money.to_string();
            let (number, code) = printed.split_once(' ').unwrap();
            prop_assert_eq!(Money::parse(number, Currency::parse(code).unwrap()), Ok(money));
        }

        #[test]
        fn json_reads_back_exactly(minor: i64, currency in currency()) {
            let money = Money::new(minor, currency);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            let _ = Money::parse(&text, Currency::EUR);
        }

        #[test]
        fn shares_sum_exactly_and_are_fair(
            minor: i64,
            weights in prop::collection::vec(any::<u64>(), 1..9)
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let shares = euro(minor).split(&weights).unwrap();
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert_eq!(Money::sum(Currency::EUR, shares.iter().copied()), Ok(euro(minor)));
            let total: u128 = weights.iter().copied().map(u128::from).sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = u128::from(minor.unsigned_abs()) * u128::from(*weight);
                let share_minor = u128::from(share.amount_minor().unsigned_abs());
                let (floor, spare) = (exact / total, exact % total);
                prop_assert!(share_minor == floor || share_minor == floor + 1 && spare > 0);
                prop_assert!(share.is_zero() || share.is_negative() == (minor < 0));
            }
        }

        #[test]
        fn sums_agree_with_wide_arithmetic_or_overflow(left: i64, right: i64) {
            let wide = i128::from(left) + i128::from(right);
            let expected = i64::try_from(wide).map(euro).map_err(|_| MoneyError::Overflow);
            prop_assert_eq!(euro(left).checked_add(euro(right)), expected);
            let wide = i128::from(left) - i128::from(right);
            let expected = i64::try_from(wide).map(euro).map_err(|_| MoneyError::Overflow);
            prop_assert_eq!(euro(left).checked_sub(euro(right)), expected);
        }

        #[test]
        fn currencies_never_mix(left: i64, right: i64) {
            let (euro, yen) = (euro(left), Money::new(right, Currency::JPY));
            let refused = MoneyError::DifferentCurrencies {
                left: Currency::EUR,
                right: Currency::JPY,
            };
            prop_assert_eq!(euro.checked_add(yen), Err(refused.clone()));
            prop_assert_eq!(euro.checked_sub(yen), Err(refused.clone()));
            prop_assert_eq!(euro.min(yen), Err(refused.clone()));
            prop_assert_eq!(euro.checked_cmp(yen), Err(refused));
        }
    }

    #[test]
    fn amounts_have_one_json_form() {
        let json = serde_json::to_string(&euro(1230)).unwrap();
        assert_eq!(json, r#"{"amount_minor":1230,"currency":"EUR"}"#);
        assert!(serde_json::from_str::<Money>(r#"{"amount_minor":1.5,"currency":"EUR"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount_minor":1,"currency":"EURO"}"#).is_err());
    }

    #[test]
    fn plain_decimals_are_read_and_everything_else_is_refused() {
        for (text, minor) in [
            ("12.30", 1230),
            ("12.3", 1230),
            ("12", 1200),
            ("12.", 1200),
            (".5", 50),
            ("-0.05", -5),
            ("+1.000000", 100),
            ("18.150", 1815),
            ("00012.30", 1230),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(Money::parse(text, Currency::EUR), Ok(euro(minor)), "{text}");
        }
        for text in ["", ".", "-", "1,00", "1e2", " 1", "1 ", "--1", "1.2.3", "NaN", "١"] {
            let refused = Err(MoneyError::NotANumber { text: text.to_owned() });
            assert_eq!(Money::parse(text, Currency::EUR), refused, "{text}");
        }
        assert_eq!(Money::parse("92233720368547758.08", Currency::EUR), Err(MoneyError::Overflow));
        assert!(matches!(
            Money::parse("1.005", Currency::EUR),
            Err(MoneyError::TooManyDecimals { allowed: 2, .. })
        ));
        assert!(matches!(
            Money::parse("1.5", Currency::JPY),
            Err(MoneyError::TooManyDecimals { allowed: 0, .. })
        ));
        assert_eq!(Money::parse("1.005", Currency::KWD), Ok(Money::new(1005, Currency::KWD)));
    }

    #[test]
    fn the_extremes_overflow_instead_of_wrapping() {
        assert_eq!(euro(i64::MIN).checked_neg(), Err(MoneyError::Overflow));
        assert_eq!(euro(5).checked_neg(), Ok(euro(-5)));
        assert_eq!(euro(i64::MIN).split(&[1]), Ok(vec![euro(i64::MIN)]));
        assert_eq!(euro(i64::MIN).to_string(), "-92233720368547758.08 EUR");
    }

    #[test]
    fn a_split_needs_a_weight_and_gives_odd_cents_in_order() {
        assert_eq!(euro(100).split(&[]), Err(MoneyError::NoWeights));
        assert_eq!(euro(100).split(&[0, 0]), Err(MoneyError::NoWeights));
        assert_eq!(euro(100).split(&[1, 1, 1]), Ok(vec![euro(34), euro(33), euro(33)]));
        assert_eq!(euro(-100).split(&[1, 0, 2]), Ok(vec![euro(-33), euro(0), euro(-67)]));
    }

    #[test]
    fn amounts_print_with_the_decimals_of_their_currency() {
        assert_eq!(euro(-5).to_string(), "-0.05 EUR");
        assert_eq!(Money::new(1230, Currency::JPY).to_string(), "1230 JPY");
        assert_eq!(Money::new(1230, Currency::KWD).to_string(), "1.230 KWD");
    }
}
