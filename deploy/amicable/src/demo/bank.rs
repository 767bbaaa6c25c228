//! The bank of the play: what comes in on which account, and the statement of each day.

use jiff::civil::{Date, Weekday};
use primitives::{Currency, Money};

use super::agency::{Payment, Statement};
use crate::failure::Failure;

/// One account at the bank.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) iban: String,
    balance: Money,
    statement_count: usize,
    /// Not on a statement yet.
    incoming: Vec<Incoming>,
}

/// Money that came in.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) amount: Money,
    pub(super) payer: String,
    pub(super) payer_account: String,
    pub(super) reference: Option<String>,
    pub(super) words: &'static str,
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
            incoming: Vec::new(),
        }
    }

    pub(super) fn receive(&mut self, incoming: Incoming) {
        self.incoming.push(incoming);
    }

    /// Ends the day: `write` makes a file of the day's statement, the same for a day on which
    /// nothing came in.
    pub(super) fn close_day<T>(
        &mut self,
        on: Date,
        write: impl FnOnce(&Statement<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let opening = self.balance;
        let incoming = std::mem::take(&mut self.incoming);
        let too_much = |error| Failure::Demo(format!("account {}: {error}", self.iban));
        for payment in &incoming {
            self.balance = self.balance.checked_add(payment.amount).map_err(too_much)?;
        }
        self.statement_count = self.statement_count.saturating_add(1);
        write(&Statement {
            id: format!("{}-{on}", self.iban.get(..8).unwrap_or_default()),
            sequence: self.statement_count,
            account: &self.iban,
            on,
            opening: printed(opening),
            closing: printed(self.balance),
            payments: incoming.iter().map(Incoming::on_statement).collect(),
        })
    }
}

impl Incoming {
    fn on_statement(&self) -> Payment<'_> {
        Payment {
            amount: printed(self.amount),
            payer: &self.payer,
            payer_account: &self.payer_account,
            reference: self.reference.clone(),
            words: self.words,
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

    #[test]
    fn a_statement_opens_where_the_last_one_closed() {
        let mut account = Account::new("NL82AMIC0600010001");
        let balances = |statement: &Statement<'_>| {
            Ok((statement.opening.clone(), statement.closing.clone(), statement.payments.len()))
        };
        account.receive(Incoming {
            amount: Money::new(12_100, Currency::EUR),
            payer: "A".to_owned(),
            payer_account: "B".to_owned(),
            reference: None,
            words: "",
        });
        let first = account.close_day(date(2026, 9, 7), balances).unwrap();
        let second = account.close_day(date(2026, 9, 8), balances).unwrap();
        assert_eq!(first, ("0.00".to_owned(), "121.00".to_owned(), 1));
        assert_eq!(second, ("121.00".to_owned(), "121.00".to_owned(), 0));
    }
}
