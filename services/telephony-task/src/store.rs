//! All SQL of telephony-task. Every statement works on many rows at once; none decides anything.

mod case;
mod check;
mod list;
mod staff;
mod task;

use runtime::error::BoxError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use check::{calls_accounted, calls_end};
pub(crate) use list::{calls_of, waiting_tasks};

/// A row holds what the code never writes: somebody else wrote it, or a migration is wrong.
#[derive(Debug, thiserror::Error)]
#[error("column {column} of table {table} holds what it cannot hold; correct the row")]
struct Inconsistent {
    table: &'static str,
    column: &'static str,
    #[source]
    source: Option<BoxError>,
}

/// Names a column, for faults.
#[derive(Clone, Copy)]
struct Column(&'static str, &'static str);

impl Column {
    fn fault(self, source: Option<BoxError>) -> sqlx::Error {
        let Self(table, column) = self;
        sqlx::Error::Decode(Box::new(Inconsistent { table, column, source }))
    }

    /// Reads a word of a closed set: a code of the contracts, a country, a currency.
    fn word<T: DeserializeOwned>(self, text: String) -> sqlx::Result<T> {
        serde_json::from_value(Value::String(text)).map_err(|error| self.fault(Some(error.into())))
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
        Ok(other) => Err(unwritable(format!("`{other}` is no word"))),
        Err(error) => Err(unwritable(error)),
    }
}

/// Writes a count. None of ours comes near the end of the numbers.
fn number<T>(count: impl TryInto<T>) -> sqlx::Result<T> {
    count.try_into().map_err(|_| unwritable("a count beyond its column"))
}

fn unwritable(error: impl Into<BoxError>) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}
