//! Exact parts of amounts, and the one place where money is rounded.

use std::num::NonZero;

use primitives::{Currency, Money, MoneyError};

/// What happens to a part of a cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// It is dropped: where a consumer may not be asked a cent more than the law says.
    Down,
    /// Half a cent and more become one.
    HalfUp,
}

/// A hundred per cent, in basis points.
const WHOLE_BP: NonZero<u128> = NonZero::new(10_000).expect("not zero");

/// What a part of a year is counted in: it divides into days of common years and of leap years.
pub(crate) const YEAR_PARTS: u64 = 365 * 366;

/// A year's parts times the whole: what a rate in basis points and parts of a year divide by.
const YEAR_BP_PARTS: NonZero<u128> = NonZero::new(10_000 * 365 * 366).expect("not zero");

/// `rate_bp` basis points of an amount; nothing of what is below zero.
pub(crate) fn share_of(
    amount: Money,
    rate_bp: u32,
    rounding: Rounding,
) -> Result<Money, MoneyError> {
    part(amount, u128::from(rate_bp), WHOLE_BP, rounding)
}

/// Interest that is not rounded yet, in cents over ten thousand years' parts; nothing below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExactInterest(u128);

impl ExactInterest {
    pub(crate) const NONE: Self = Self(0);

    /// That on `base` for `year_parts` parts of a year at `rate_bp` basis points a year.
    pub(crate) fn on(base: Money, rate_bp: u32, year_parts: u64) -> Result<Self, MoneyError> {
        let minor = u128::try_from(base.amount_minor()).unwrap_or(0);
        let factor = u128::from(rate_bp).checked_mul(u128::from(year_parts));
        let exact = factor.and_then(|factor| minor.checked_mul(factor));
        exact.map(Self).ok_or(MoneyError::Overflow)
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// Half up to the cent.
    pub(crate) fn rounded(self, currency: Currency) -> Result<Money, MoneyError> {
        let one_cent = Money::new(1, currency);
        part(one_cent, self.0, YEAR_BP_PARTS, Rounding::HalfUp)
    }
}

/// Basis points as people write them: 1040 is `10.4 %`.
pub(crate) fn percent(rate_bp: u32) -> String {
    let (whole, hundredths) = (rate_bp / 100, rate_bp % 100);
    let text = format!("{whole}.{hundredths:02}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

fn part(
    amount: Money,
    numerator: u128,
    denominator: NonZero<u128>,
    rounding: Rounding,
) -> Result<Money, MoneyError> {
    let minor = u128::try_from(amount.amount_minor()).unwrap_or(0);
    let exact = minor.checked_mul(numerator).ok_or(MoneyError::Overflow)?;
    let (floor, rest) = (exact / denominator, exact % denominator);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => rest.saturating_mul(2) >= denominator.get(),
    };
    let rounded = floor.checked_add(u128::from(up)).and_then(|minor| i64::try_from(minor).ok());
    Ok(Money::new(rounded.ok_or(MoneyError::Overflow)?, amount.currency()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro(amount_minor: i64) -> Money {
        Money::new(amount_minor, Currency::EUR)
    }

    #[test]
    fn a_part_of_a_cent_is_dropped_or_rounded_half_up() {
        for (amount, down, half_up) in [(3, 0, 0), (9, 1, 1), (10, 1, 2), (11, 1, 2), (-100, 0, 0)]
        {
            assert_eq!(share_of(euro(amount), 1_500, Rounding::Down), Ok(euro(down)), "{amount}");
            assert_eq!(share_of(euro(amount), 1_500, Rounding::HalfUp), Ok(euro(half_up)));
        }
        assert_eq!(share_of(euro(i64::MAX), 10_000, Rounding::Down), Ok(euro(i64::MAX)));
        let doubled = share_of(euro(i64::MAX), 20_000, Rounding::Down);
        assert_eq!(doubled, Err(MoneyError::Overflow));
    }

    #[test]
    fn percentages_are_written_short() {
        for (rate_bp, text) in [(1_040, "10.4 %"), (600, "6 %"), (5, "0.05 %"), (1_000, "10 %")] {
            assert_eq!(percent(rate_bp), text);
        }
    }
}
