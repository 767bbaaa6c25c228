//! Exact parts of amounts, and the one place where money is rounded.

use std::num::NonZero;

use primitives::{Money, MoneyError};

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

/// A year's days times the whole: what a rate in basis points and a number of days divide by.
const YEAR_BP_DAYS: NonZero<u128> = NonZero::new(10_000 * 365).expect("not zero");

/// `rate_bp` basis points of an amount; nothing of what is below zero.
pub(crate) fn share_of(
    amount: Money,
    rate_bp: u32,
    rounding: Rounding,
) -> Result<Money, MoneyError> {
    part(amount, u128::from(rate_bp), WHOLE_BP, rounding)
}

/// The interest on `base` for `days` days at `rate_bp` basis points a year of 365 days, half up to
/// the cent; nothing on what is below zero.
pub(crate) fn simple_interest(base: Money, rate_bp: u32, days: u32) -> Result<Money, MoneyError> {
    let factor = u128::from(rate_bp).saturating_mul(u128::from(days));
    part(base, factor, YEAR_BP_DAYS, Rounding::HalfUp)
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
    use primitives::Currency;

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
