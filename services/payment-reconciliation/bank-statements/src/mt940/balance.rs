//! The lines of balances: `C240131EUR1000,00`.

use primitives::Currency;
use rust_decimal::Decimal;

use super::figure::{self, Day};
use crate::lexical::NoDecimal;
use crate::statement::{Amount, Balance, Direction};

/// A balance as it stands.
pub(super) struct BalanceLine {
    pub(super) direction: Direction,
    /// Absent where it is no date.
    pub(super) on: Option<Day>,
    pub(super) currency: Currency,
    pub(super) value: Decimal,
    /// Something follows the amount.
    pub(super) has_more: bool,
}

/// Why a line is no balance.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoBalance {
    Mark,
    Currency,
    Amount(NoDecimal),
}

/// Reads a balance: mark, date, currency, amount.
pub(super) fn balance(text: &str) -> Result<BalanceLine, NoBalance> {
    let mut characters = text.trim().chars();
    let direction = match characters.next() {
        Some('C' | 'c') => Direction::Credit,
        Some('D' | 'd') => Direction::Debit,
        _ => return Err(NoBalance::Mark),
    };
    let rest = characters.as_str();
    let letters = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
    let (date, rest) = rest.split_at_checked(letters).unwrap_or((rest, ""));
    let (currency, rest) = rest.split_at_checked(3).ok_or(NoBalance::Currency)?;
    let currency = Currency::parse(&currency.to_ascii_uppercase());
    let currency = currency.map_err(|_| NoBalance::Currency)?;
    let rest = rest.trim();
    let (amount, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let value = figure::amount(amount).map_err(NoBalance::Amount)?;
    let on = figure::day(date);
    Ok(BalanceLine { direction, on, currency, value, has_more: !more.is_empty() })
}

impl BalanceLine {
    pub(super) fn balance(&self) -> Balance {
        let amount = Amount { value: self.value, currency: self.currency };
        Balance { amount: amount.towards(self.direction), on: self.on.map(|it| it.date) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_are_signed() {
        let read = |text: &str| {
            let line = balance(text).ok()?;
            Some((line.balance().amount.to_string(), line.on.is_some(), line.has_more))
        };
        assert_eq!(read("D240131EUR0012,5"), Some(("-12.50 EUR".into(), true, false)));
        assert_eq!(read("c240131JPY000012.00 "), Some(("12 JPY".into(), true, false)));
        assert_eq!(read("C141387EUR11 27,94"), Some(("11.00 EUR".into(), false, true)));
        assert_eq!(balance("240131EUR1,").err(), Some(NoBalance::Mark));
        assert_eq!(balance("C240131EU1,").err(), Some(NoBalance::Currency));
        assert_eq!(balance("C240131").err(), Some(NoBalance::Currency));
        let form = NoBalance::Amount(NoDecimal::Form);
        assert_eq!(balance("C240131EUR1O,").err(), Some(form));
        assert_eq!(balance("C240131EURé").err(), Some(NoBalance::Amount(NoDecimal::Form)));
    }
}
