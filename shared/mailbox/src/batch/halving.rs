//! Tries, and smaller tries: what cannot be saved is found by halves.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::deciding::panicked;
use super::engine::Engine;
use super::input::{Input, Outage, Outcome};
use crate::aggregate::Row;
use crate::crash::Injected;
use crate::guards::Source;

/// Why one try to handle a batch failed.
pub(crate) enum Failure {
    Outage(Outage),
    /// Something in the batch cannot be typed or saved.
    Content(String),
    /// Another transaction was in the way.
    Conflict(sqlx::Error),
    /// A statement took too long: fewer at a time may do.
    Slow(sqlx::Error),
    /// So much of it would have to be parked that something else must be wrong.
    Flood,
}

impl From<Injected> for Failure {
    fn from(injected: Injected) -> Self {
        Self::Outage(injected.into())
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is not about content is an outage")]
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().map(Cow::into_owned),
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
            | sqlx::Error::RowNotFound => return Self::Content(runtime::error::chain(&error)),
            _ => None,
        };
        match code.as_deref() {
            Some("40001" | "40P01" | "55P03") => Self::Conflict(error),
            Some("57014") => Self::Slow(error),
            // Rows that do not fit their statement, data exceptions, broken constraints, limits of
            // the database, and what our own triggers raise.
            Some(code)
                if ["21", "22", "23", "54", "P0"].iter().any(|class| code.starts_with(class)) =>
            {
                Self::Content(runtime::error::chain(&error))
            }
            _ => Self::Outage(Outage::Database(error)),
        }
    }
}

/// What becomes of messages about rows that another batch of this process has in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Busy {
    /// They are set aside, and follow in a batch of their own.
    SetAside,
    /// The batch waits for the other one.
    Awaited,
}

/// How often a batch is tried again because another transaction was in the way.
const CONFLICTS_MAX: u32 = 10;

impl Engine {
    /// One try, and smaller ones where something cannot be saved or too much would be parked.
    pub(super) fn halve<'a>(
        &'a self,
        source: Source,
        inputs: &'a [&'a Input],
        touched: &'a mut BTreeSet<Row>,
        busy: Busy,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, Outage>> {
        Box::pin(async move {
            let mut conflicts = 0_u32;
            let flaw = loop {
                match self.attempt(source, inputs, None, busy).await {
                    Ok((outcomes, rows)) => {
                        touched.extend(rows);
                        return self.follow(source, inputs, outcomes, touched).await;
                    }
                    Err(Failure::Outage(outage)) => return Err(outage),
                    Err(Failure::Conflict(error)) if conflicts >= CONFLICTS_MAX => {
                        return Err(Outage::Database(error));
                    }
                    Err(Failure::Conflict(_)) => conflicts = conflicts.saturating_add(1),
                    Err(Failure::Slow(error)) if inputs.len() <= 1 => {
                        return Err(Outage::Database(error));
                    }
                    Err(Failure::Slow(error)) => break Some(runtime::error::chain(&error)),
                    Err(Failure::Content(detail)) => break Some(detail),
                    Err(Failure::Flood) => break None,
                }
            };
            let (left, right) = inputs.split_at(inputs.len() / 2);
            match flaw {
                // The first few are parked for a person to see, and stop the source.
                None => {
                    let mut outcomes = self.halve(source, left, touched, busy).await?;
                    outcomes.extend(right.iter().map(|_| Outcome::Left));
                    Ok(outcomes)
                }
                Some(_) if inputs.len() > 1 => {
                    let mut outcomes = self.halve(source, left, touched, busy).await?;
                    outcomes.extend(self.halve(source, right, touched, busy).await?);
                    Ok(outcomes)
                }
                Some(detail) => {
                    match self.attempt(source, inputs, Some(&detail), Busy::Awaited).await {
                        Ok((outcomes, _)) => Ok(outcomes),
                        Err(Failure::Outage(outage)) => Err(outage),
                        Err(Failure::Conflict(error) | Failure::Slow(error)) => {
                            Err(Outage::Database(error))
                        }
                        Err(Failure::Content(detail)) => Err(Outage::NotParked(detail)),
                        Err(Failure::Flood) => Err(Outage::NotParked(detail)),
                    }
                }
            }
        })
    }

    /// What was set aside follows now, and waits where it must. What was done before it stays done
    /// where that fails: the broker brings all of it again, and the inbox knows it.
    async fn follow(
        &self,
        source: Source,
        inputs: &[&Input],
        mut outcomes: Vec<Outcome>,
        touched: &mut BTreeSet<Row>,
    ) -> Result<Vec<Outcome>, Outage> {
        let all = inputs.iter().zip(&outcomes);
        let aside = all.filter(|(_, outcome)| **outcome == Outcome::SetAside);
        let aside: Vec<&Input> = aside.map(|(input, _)| *input).collect();
        if aside.is_empty() {
            return Ok(outcomes);
        }
        let followed = self.halve(source, &aside, touched, Busy::Awaited).await?;
        let places = outcomes.iter_mut().filter(|outcome| **outcome == Outcome::SetAside);
        for (place, outcome) in places.zip(followed) {
            *place = outcome;
        }
        Ok(outcomes)
    }

    /// A transaction in which a panic of the service's code is a flaw of the content.
    async fn attempt(
        &self,
        source: Source,
        inputs: &[&Input],
        bug: Option<&str>,
        busy: Busy,
    ) -> Result<(Vec<Outcome>, BTreeSet<Row>), Failure> {
        let tried = AssertUnwindSafe(self.transact(source, inputs, bug, busy)).catch_unwind().await;
        tried.unwrap_or_else(|panic| Err(Failure::Content(panicked(panic.as_ref()).to_string())))
    }
}
