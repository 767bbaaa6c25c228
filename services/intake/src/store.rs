//! All SQL of intake. Every statement works on many rows at once; none decides anything.

mod check;
mod creditor;
mod customer;
mod document;
mod find;
mod payment_file;
mod read;
mod reference;
mod staff;
mod taken;

use primitives::{CaseNumber, ContentHash, Currency, Money, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use check::{case_complete, one_reference, positive_claims};
pub(crate) use find::{
    claim_clues, claims_by_case_number, claims_by_name_and_amount, claims_by_number,
    claims_by_reference, claims_of_persons, persons_by_name,
};
pub(crate) use read::{
    CaseRow, api_token_of, call_contact, case_parties, creditor_accounts, creditor_contact,
    customer_of, customer_that_paid, customers_of_invoices, direct_payments, invoice_numbers,
    known_creditor, list_cases, list_creditors,
};
pub(crate) use staff::{known_staff, list_staff};

/// A row holds what the code never writes: somebody else wrote it, or a migration is wrong.
#[derive(Debug, thiserror::Error)]
#[error("column {column} of table {table} holds what it cannot hold; correct the row")]
struct Inconsistent {
    table: &'static str,
    column: &'static str,
    #[source]
    source: Option<serde_json::Error>,
}

/// Names a column, for faults.
#[derive(Clone, Copy)]
struct Column(&'static str, &'static str);

impl Column {
    fn fault(self, source: Option<serde_json::Error>) -> sqlx::Error {
        let Self(table, column) = self;
        sqlx::Error::Decode(Box::new(Inconsistent { table, column, source }))
    }

    /// Reads a word of a closed set, or a text that is checked: a country, an account, a reference.
    fn word<T: DeserializeOwned>(self, text: String) -> sqlx::Result<T> {
        serde_json::from_value(Value::String(text)).map_err(|error| self.fault(Some(error)))
    }

    /// Reads a document.
    fn document<T: DeserializeOwned>(self, value: Value) -> sqlx::Result<T> {
        serde_json::from_value(value).map_err(|error| self.fault(Some(error)))
    }

    /// Reads a count; the columns are signed, the counts are not.
    fn count<T>(self, number: impl TryInto<T>) -> sqlx::Result<T> {
        number.try_into().map_err(|_| self.fault(None))
    }

    /// What a check constraint promises.
    fn present<T>(self, value: Option<T>) -> sqlx::Result<T> {
        value.ok_or_else(|| self.fault(None))
    }

    fn hash(self, bytes: Vec<u8>) -> sqlx::Result<ContentHash> {
        bytes.try_into().map(ContentHash::from_digest).map_err(|_| self.fault(None))
    }

    fn money(self, amount_minor: i64, currency: &str) -> sqlx::Result<Money> {
        let currency = Currency::parse(currency).map_err(|_| self.fault(None))?;
        Ok(Money::new(amount_minor, currency))
    }
}

/// Writes a word of a closed set, or a checked text.
fn word(value: &impl Serialize) -> sqlx::Result<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => Ok(text),
        Ok(other) => Err(sqlx::Error::Encode(format!("`{other}` is no word").into())),
        Err(error) => Err(sqlx::Error::Encode(error.into())),
    }
}

/// Writes a document.
fn document(value: &impl Serialize) -> sqlx::Result<Value> {
    serde_json::to_value(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Writes a count. None of ours comes near the end of the numbers.
fn number<T>(count: impl TryInto<T>) -> sqlx::Result<T> {
    count.try_into().map_err(|_| sqlx::Error::Encode("a count beyond its column".into()))
}

/// Reads what the database counts.
fn case_number(serial: i64) -> sqlx::Result<CaseNumber> {
    let column = Column("case_number", "serial");
    column.present(CaseNumber::of_serial(column.count(serial)?))
}

fn moment(at: Timestamp) -> jiff_sqlx::Timestamp {
    at.into()
}

fn bytes(hash: ContentHash) -> Vec<u8> {
    hash.as_bytes().to_vec()
}
