//! The lines of balances: `C240131EUR1000,00`. Some banks leave the currency out.

use primitives::Currency;
use rust_decimal::Decimal;

use super::figure::{self, Day};
use crate::lexical::NoDecimal;
use crate::statement::{Amount, Balance, Direction};

/// A balance as it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BalanceLine {
    pub(super) direction: Direction,
    /// Absent where it is no date.
    pub(super) on: Option<Day>,
    /// Absent where none stands between date and amount.
    pub(super) currency: Option<Currency>,
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
    let (date, currency, rest) = match without_currency(rest) {
        Some((date, rest)) => (date, None, rest),
        None => with_currency(rest)?,
    };
    let rest = rest.trim();
    let (amount, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let value = figure::amount(amount).map_err(NoBalance::Amount)?;
    let on = figure::day(date);
    Ok(BalanceLine { direction, on, currency, value, has_more: !more.is_empty() })
}

/// Date, currency and the rest.
fn with_currency(text: &str) -> Result<(&str, Option<Currency>, &str), NoBalance> {
    let letters = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (date, rest) = text.split_at_checked(letters).unwrap_or((text, ""));
    let (currency, rest) = rest.split_at_checked(3).ok_or(NoBalance::Currency)?;
    let currency = Currency::parse(&currency.to_ascii_uppercase());
    let currency = currency.map_err(|_| NoBalance::Currency)?;
    Ok((date, Some(currency), rest))
}

/// Date and amount, where the amount is right behind the date.
fn without_currency(text: &str) -> Option<(&str, &str)> {
    let (date, rest) = text.split_at_checked(6)?;
    let is_date = date.bytes().all(|it| it.is_ascii_digit());
    (is_date && figure::amount(rest).is_ok()).then_some((date, rest))
}

impl BalanceLine {
    /// The balance, in the currency of the statement where it has none of its own.
    pub(super) fn balance(&self, currency: Currency) -> Balance {
        let currency = self.currency.unwrap_or(currency);
        let amount = Amount { value: self.value, currency };
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
            let amount = line.balance(Currency::EUR).amount.to_string();
            Some((amount, line.on.is_some(), line.has_more))
        };
        assert_eq!(read("D240131EUR0012,5"), Some(("-12.50 EUR".into(), true, false)));
        assert_eq!(read("c240131JPY000012.00 "), Some(("12 JPY".into(), true, false)));
        assert_eq!(read("C141387EUR11 27,94"), Some(("11.00 EUR".into(), false, true)));
        assert_eq!(read("D24013110500,25"), Some(("-10500.25 EUR".into(), true, false)));
        assert_eq!(balance("C240131105000,00").map(|it| it.currency), Ok(None));
        assert_eq!(balance("240131EUR1,").err(), Some(NoBalance::Mark));
        assert_eq!(balance("C240131EU1,").err(), Some(NoBalance::Currency));
        assert_eq!(balance("C240131").err(), Some(NoBalance::Currency));
        let form = NoBalance::Amount(NoDecimal::Form);
        assert_eq!(balance("C240131EUR1O,").err(), Some(form));
        assert_eq!(balance("C240131EURé").err(), Some(NoBalance::Amount(NoDecimal::Form)));
    }
}
