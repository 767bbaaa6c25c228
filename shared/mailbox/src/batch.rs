//! The transactional shell: one batch, one transaction.
//!
//! Ids are recorded, rows are locked in key order, decisions are folded, everything is saved in
//! bulk, and what was committed is published. A message that fails leaves the batch before saving;
//! a failing save splits the batch by halves until the bad message is alone. An outage of the
//! database leaves everything as it was.

mod admission;
mod deciding;
mod engine;
mod halving;
mod in_hand;
mod input;
mod slots;

use std::collections::BTreeSet;

use sqlx::Connection;

use crate::aggregate::{Arena, Row};
use crate::crash::{CrashPoint, Injected};
use crate::guards::Source;
use crate::publisher::Confirmed;
use crate::store::OutboxRow;

pub(crate) use deciding::panicked;
pub(crate) use engine::{Engine, Registered};
pub(crate) use halving::{Busy, Failure};
pub(crate) use in_hand::InHand;
pub(crate) use input::{Input, Outage, Outcome, Ticket, day, reread};
pub(crate) use slots::{Batch, Slot};

impl Engine {
    /// One transaction. With `bug`, its only input is parked without being decided.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    async fn transact(
        &self,
        source: Source,
        inputs: &[&Input],
        bug: Option<&str>,
        busy: Busy,
    ) -> Result<(Vec<Outcome>, BTreeSet<Row>), Failure> {
        let seat = self.seat(source).await?;
        let mut conn = self.pool.acquire().await?;
        let mut tx = conn.begin().await?;
        let mut batch = Batch::new(self, inputs);
        batch.admit(&mut tx).await?;
        if let Some(detail) = bug {
            batch.park_all(detail);
        } else {
            batch.type_inputs(&mut tx).await?;
            batch.type_beside(&mut tx).await?;
        }
        let hold = batch.take_in_hand(&mut tx, busy).await?;
        let rows = batch.rows();
        let mut arena = Arena::lock(&self.kinds, &mut tx, &rows).await?;
        self.crashes.pass(CrashPoint::Locked)?;
        batch.take_tickets(&mut tx).await?;
        let work = batch.fold(&mut arena);
        if self.guards.floods(source, work.parked_count(), inputs.len()) {
            return Err(Failure::Flood);
        }
        self.crashes.pass(CrashPoint::Decided)?;
        work.save(self, &mut tx, arena, &batch).await?;
        self.crashes.pass(CrashPoint::Saved)?;
        tx.commit().await?;
        drop((conn, seat, hold));
        self.crashes.pass(CrashPoint::Committed)?;
        if work.wakes() {
            self.wake.notify_waiters();
        }
        for (row, detail) in &work.parked_log {
            tracing::error!(message.id = %row, "message parked: {detail}");
        }
        self.publish(&work.outbox).await?;
        let touched = if work.advanced { rows } else { BTreeSet::new() };
        Ok((batch.outcomes(), touched))
    }

    /// Publishes what was just committed. What fails here is left to the sweeper.
    async fn publish(&self, rows: &[OutboxRow]) -> Result<(), Injected> {
        if rows.is_empty() {
            return Ok(());
        }
        let broker = self.publisher.broker();
        let confirmed = self.publisher.publish(rows, self.delivery()).await;
        self.crashes.pass(CrashPoint::Published)?;
        match self.settle_published(&confirmed, &broker).await {
            Ok(moved) => {
                // Only we can have published what was still ours to move.
                let twice = confirmed.iter().filter(|one| one.duplicate && moved.contains(&one.id));
                for Confirmed { id, .. } in twice {
                    tracing::error!(
                        message.id = %id,
                        "the broker knew message {id} before its first publish: an id was minted \
                         twice"
                    );
                }
            }
            Err(error) => {
                tracing::warn!("sent rows not moved: {}", runtime::error::chain(&error));
            }
        }
        self.crashes.pass(CrashPoint::Moved)
    }
}
