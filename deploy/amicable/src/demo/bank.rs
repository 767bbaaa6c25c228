//! The bank of the play: what comes in on which account, and the statement of each day.

use jiff::civil::{Date, Weekday};
use primitives::{Currency, Money};

use super::agency::{Movement, Statement};
use crate::failure::Failure;

/// One account at the bank.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) iban: String,
    balance: Money,
    statement_count: usize,
    /// Not on a statement yet.
    moved: Vec<Moved>,
}

/// Money that came in or went out.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) is_outgoing: bool,
    pub(super) amount: Money,
    pub(super) party: String,
    pub(super) party_account: String,
    pub(super) end_to_end_id: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) words: String,
}

/// Whether banks book on this day.
pub(super) fn is_banking_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Account {
    pub(super) fn new(iban: &str) -> Self {
        Self {
            iban: iban.to_owned(),
            balance: Money::zero(Currency::EUR),
            statement_count: 0,
            moved: Vec::new(),
        }
    }

    pub(super) fn book(&mut self, moved: Moved) {
        self.moved.push(moved);
    }

    /// Ends the day: `write` makes a file of the day's statement, the same for a day on which
    /// nothing came in.
    pub(super) fn close_day<T>(
        &mut self,
        on: Date,
        write: impl FnOnce(&Statement<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let opening = self.balance;
        let moved = std::mem::take(&mut self.moved);
        let too_much = |error| Failure::Demo(format!("account {}: {error}", self.iban));
        for one in &moved {
            let sum = if one.is_outgoing {
                self.balance.checked_sub(one.amount)
            } else {
                self.balance.checked_add(one.amount)
            };
            self.balance = sum.map_err(too_much)?;
        }
        self.statement_count = self.statement_count.saturating_add(1);
        write(&Statement {
            id: format!("{}-{on}", self.iban.get(..8).unwrap_or_default()),
            sequence: self.statement_count,
            account: &self.iban,
            on,
            opening: printed(opening),
            closing: printed(self.balance),
            movements: moved.iter().map(Moved::on_statement).collect(),
        })
    }
}

impl Moved {
    fn on_statement(&self) -> Movement<'_> {
        Movement {
            is_outgoing: self.is_outgoing,
            amount: printed(self.amount),
            party: &self.party,
            party_account: &self.party_account,
            end_to_end_id: self.end_to_end_id.as_deref(),
            reference: self.reference.as_deref(),
            words: &self.words,
        }
    }
}

fn printed(amount: Money) -> String {
    amount.to_decimal().to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn moved(amount_minor: i64, is_outgoing: bool) -> Moved {
        Moved {
            is_outgoing,
            amount: Money::new(amount_minor, Currency::EUR),
            party: "A".to_owned(),
            party_account: "B".to_owned(),
            end_to_end_id: None,
            reference: None,
            words: String::new(),
        }
    }

    #[test]
    fn a_statement_opens_where_the_last_one_closed() {
        let mut account = Account::new("NL82AMIC0600010001");
        let balances = |statement: &Statement<'_>| {
            Ok((statement.opening.clone(), statement.closing.clone(), statement.movements.len()))
        };
        account.book(moved(12_100, false));
        let first = account.close_day(date(2026, 9, 7), balances).unwrap();
        account.book(moved(2_100, true));
        let second = account.close_day(date(2026, 9, 8), balances).unwrap();
        assert_eq!(first, ("0.00".to_owned(), "121.00".to_owned(), 1));
        assert_eq!(second, ("121.00".to_owned(), "100.00".to_owned(), 1));
    }
}
