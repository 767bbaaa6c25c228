//! All SQL of payment-reconciliation. Every statement works on many rows at once; none decides
//! anything.

mod account;
mod agreements;
mod books;
mod case;
mod check;
mod correction;
mod debit;
mod desk;
mod early_payment;
mod fee_payment;
mod given_up;
mod incoming;
mod invoice;
mod judging;
mod ledger;
mod mandate;
mod payment;
mod payment_link;
mod provider_payout;
mod reference;
mod refund;
mod remittance;
mod retention;
mod returned_remittance;
mod search;
mod staff;

use std::str::FromStr;

use primitives::{ContentHash, Currency, Money};

pub(crate) use books::{kept_books, records};
pub(crate) use case::{accounts, case_of, find_case, page_of_cases};
pub(crate) use check::{
    exact_money, fees_invoiced, payments_accounted, payouts_booked, positions_booked,
    remittances_booked,
};
pub(crate) use correction::corrected_letters;
pub(crate) use debit::{cases_to_debit, debits, lines_of_file, rows_of_debit, rows_to_take};
pub(crate) use desk::payments_known_until;
pub(crate) use incoming::quarantined_files;
pub(crate) use judging::keep_awaited_days;
pub(crate) use ledger::balances;
pub(crate) use mandate::mandates;
pub(crate) use payment::{paid_from, unmatched, whole_of};
pub(crate) use payment_link::{at_provider, case_of_link, payment_links, reference_of};
pub(crate) use provider_payout::payouts;
pub(crate) use refund::{next_refund, refunds, rows_of_refund, rows_of_refunds};
pub(crate) use remittance::remittances;
pub(crate) use retention::kept_long_enough;
pub(crate) use search::{searched_at, to_search};

/// A row holds what the code never writes: somebody else wrote it, or a migration is wrong.
#[derive(Debug, thiserror::Error)]
#[error("column {column} of table {table} holds what it cannot hold; correct the row")]
struct Inconsistent {
    table: &'static str,
    column: &'static str,
}

/// Names a column, for faults.
#[derive(Clone, Copy)]
struct Column(&'static str, &'static str);

impl Column {
    fn fault(self) -> sqlx::Error {
        let Self(table, column) = self;
        sqlx::Error::Decode(Box::new(Inconsistent { table, column }))
    }

    /// Reads a checked text: a holder, an account of the ledger.
    fn parse<T: FromStr>(self, text: &str) -> sqlx::Result<T> {
        text.parse().map_err(|_| self.fault())
    }

    /// Reads a checked text that a check constraint promises.
    fn word<T: FromStr>(self, text: Option<&str>) -> sqlx::Result<T> {
        self.parse(self.present(text)?)
    }

    fn currency(self, code: &str) -> sqlx::Result<Currency> {
        Currency::parse(code).map_err(|_| self.fault())
    }

    fn money(self, amount_minor: i64, currency: &str) -> sqlx::Result<Money> {
        Ok(Money::new(amount_minor, self.currency(currency)?))
    }

    /// Reads the hash of a content.
    fn hash(self, bytes: &[u8]) -> sqlx::Result<ContentHash> {
        bytes.try_into().map(ContentHash::from_digest).map_err(|_| self.fault())
    }

    /// Reads a count; the columns are signed, the counts are not.
    fn count<T>(self, number: impl TryInto<T>) -> sqlx::Result<T> {
        number.try_into().map_err(|_| self.fault())
    }

    /// What a check constraint promises.
    fn present<T>(self, value: Option<T>) -> sqlx::Result<T> {
        value.ok_or_else(|| self.fault())
    }
}

/// Writes a count. None of ours comes near the end of the numbers.
fn number<T>(count: impl TryInto<T>) -> sqlx::Result<T> {
    count.try_into().map_err(|_| sqlx::Error::Encode("a count beyond its column".into()))
}
