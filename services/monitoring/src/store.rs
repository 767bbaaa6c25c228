//! All SQL of monitoring. Every statement works on many rows at once; none decides anything.

mod check;
mod entry;
mod watched;

use primitives::{Currency, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use check::{feedback_sent, permit_for_each_act};
pub(crate) use entry::{append, entries_of};

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

    /// Reads a word of a closed set.
    fn word<T: DeserializeOwned>(self, text: String) -> sqlx::Result<T> {
        serde_json::from_value(Value::String(text)).map_err(|_| self.fault())
    }

    fn money(self, amount_minor: i64, currency: &str) -> sqlx::Result<Money> {
        let currency = Currency::parse(currency).map_err(|_| self.fault())?;
        Ok(Money::new(amount_minor, currency))
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
