//! All SQL of the scheduler. Every statement works on many rows at once; none decides anything.

mod act;
mod awaited;
mod check;
mod claim;
mod creditor;
mod hold;
mod person;
mod position;
mod promise;
mod reason;
mod track;

use contracts::agreement::Agreement;
use contracts::earlier;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use check::{contact_budget, gate, holds, never_let_go, reasons};
pub(crate) use hold::{Asked, holds_placed, preview};
pub(crate) use position::{earliest_positions, find_position, persons_of};

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

    /// Reads a word of a closed set: a code of the contracts, a country, a currency.
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
}

/// Writes a word of a closed set.
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

/// Reads an agreement in the form in which it was stored.
fn agreement_of(value: Value, version: i16) -> sqlx::Result<Agreement> {
    let column = Column("agreement", "document");
    match version {
        1 => column.document::<earlier::Agreement>(value).map(Agreement::from),
        2 => column.document(value),
        _ => Err(Column("agreement", "document_version").fault(None)),
    }
}
