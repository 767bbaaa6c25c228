//! A payment as the bank statement tells it.

use std::fmt;

use primitives::{Date, Iban, Money};

/// Money that came in on an account. Nothing in it was checked but the account number.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    /// What came in; above zero.
    pub amount: Money,
    /// The day on which it came in.
    pub received_on: Date,
    /// The structured references that the bank tells as such, in the order of the statement.
    pub references: Vec<String>,
    /// What the payer wrote in words, line by line.
    pub lines: Vec<String>,
    /// The payer's own identification of the payment.
    pub end_to_end_id: Option<String>,
    /// Who paid, as the bank writes it.
    pub counterparty_name: Option<String>,
    /// The account that the money came from.
    pub counterparty_iban: Option<Iban>,
}

impl fmt::Debug for Payment {
    /// Without anything that the payer wrote: this may be logged.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, received_on, .. } = self;
        formatter
            .debug_struct("Payment")
            .field("amount", amount)
            .field("received_on", received_on)
            .finish_non_exhaustive()
    }
}
