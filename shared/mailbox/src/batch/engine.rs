//! What all batches of a service share, and the way in.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::SignedDuration;
use primitives::{Clock, Timestamp};
use sqlx::PgPool;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::halving::Busy;
use super::in_hand::InHand;
use super::input::{Input, Outage, Outcome, Ticket, reread};
use crate::aggregate::{Kinds, Row};
use crate::crash::{CrashPoint, Crashes};
use crate::guards::{Guards, Source};
use crate::handler::Shared;
use crate::meters::Meters;
use crate::publisher::{Confirmed, Delivery, Publisher};
use crate::recovery::Recovery;
use crate::store;

/// A handler with the namespace of the ids that it brings forth.
pub(crate) struct Registered {
    pub(crate) handler: Shared,
    /// The projection of the same messages, where there is one beside the handler.
    pub(crate) beside: Option<Shared>,
    pub(crate) namespace: Uuid,
}

impl Registered {
    /// What keeps the read model.
    pub(crate) fn projection(&self) -> &Shared {
        self.beside.as_ref().unwrap_or(&self.handler)
    }
}

/// Everything that batches of one service share.
pub(crate) struct Engine {
    pub(crate) service: &'static str,
    pub(crate) pool: PgPool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) handlers: HashMap<String, Registered>,
    pub(crate) kinds: Kinds,
    pub(crate) crashes: Crashes,
    pub(crate) publisher: Publisher,
    pub(crate) meters: Meters,
    pub(crate) guards: Guards,
    pub(crate) horizon_days: i32,
    /// How long parked messages are kept after they were settled.
    pub(crate) settled_days: i32,
    pub(crate) retry_after: SignedDuration,
    /// How long the outside is given before it is asked about an act.
    pub(crate) evidence_after: SignedDuration,
    pub(crate) recovery: Recovery,
    /// Told when new timers, effects or outbox rows were committed.
    pub(crate) wake: Notify,
    /// One for each batch that may be in a transaction.
    pub(crate) seats: Semaphore,
    pub(crate) in_hand: InHand,
    /// The minute of the last alarm about what waits.
    pub(crate) waiting_told: AtomicI64,
    pub(crate) in_flight: AtomicU64,
}

impl Engine {
    /// Handles inputs and what waited for them. Outcomes are in the order of the inputs.
    pub(crate) async fn process(
        &self,
        source: Source,
        inputs: Vec<Input>,
    ) -> Result<Vec<Outcome>, Outage> {
        let count = u64::try_from(inputs.len()).unwrap_or(u64::MAX);
        self.in_flight.fetch_add(count, Ordering::Relaxed);
        let begun = Instant::now();
        let result = self.process_counted(source, inputs).await;
        match &result {
            Ok(outcomes) => self.meters.batch(source, outcomes, begun.elapsed()),
            Err(_) => self.meters.outage(source, count),
        }
        self.in_flight.fetch_sub(count, Ordering::Relaxed);
        result
    }

    async fn process_counted(
        &self,
        source: Source,
        inputs: Vec<Input>,
    ) -> Result<Vec<Outcome>, Outage> {
        self.crashes.pass(CrashPoint::Taken)?;
        let mut touched = BTreeSet::new();
        let inputs: Vec<&Input> = inputs.iter().collect();
        let outcomes = self.halve(source, &inputs, &mut touched, Busy::SetAside).await?;
        self.guard(source, &outcomes).await;
        // What now exists may be what others waited for; each round makes at least one of them
        // happen, or is the last.
        while !touched.is_empty() && !self.guards.stopped(Source::Waiting) {
            let rows: Vec<Row> = std::mem::take(&mut touched).into_iter().collect();
            let waited = self.waited(&rows).await?;
            if waited.is_empty() {
                break;
            }
            let mut more = BTreeSet::new();
            let waited: Vec<&Input> = waited.iter().collect();
            let outcomes = self.halve(Source::Waiting, &waited, &mut more, Busy::Awaited).await?;
            self.guard(Source::Waiting, &outcomes).await;
            if outcomes.contains(&Outcome::Handled) {
                touched = more;
            }
        }
        Ok(outcomes)
    }

    /// Stops a source of which too much was parked, here at once, elsewhere with the next sweep.
    async fn guard(&self, source: Source, outcomes: &[Outcome]) {
        let now = self.clock.wall_now();
        if !self.guards.count(source, outcomes, now) {
            return;
        }
        tracing::error!(
            source = source.name(),
            "too much was parked within a minute: {} stand still until somebody settles what is \
             parked",
            source.name()
        );
        let kept = async {
            let mut conn = self.pool.acquire().await?;
            store::stop_source(&mut conn, source.name(), now).await
        };
        if let Err(error) = kept.await {
            tracing::warn!("not told to the other replicas: {}", runtime::error::chain(&error));
        }
    }

    async fn waited(&self, rows: &[Row]) -> Result<Vec<Input>, Outage> {
        let mut conn = self.pool.acquire().await.map_err(Outage::Database)?;
        let envelopes = store::waiting_for(&mut conn, rows, 500).await.map_err(Outage::Database)?;
        Ok(reread(&envelopes, &|| Ticket::Waiting))
    }

    /// Batches of what is urgent need none, so that a connection is left for them whatever holds up
    /// the others.
    pub(super) async fn seat(&self, source: Source) -> sqlx::Result<Option<SemaphorePermit<'_>>> {
        if source == Source::Urgent {
            return Ok(None);
        }
        let limit = self.pool.options().get_acquire_timeout();
        let seat = timeout(limit, self.seats.acquire()).await;
        seat.map(Result::ok).map_err(|_| sqlx::Error::PoolTimedOut)
    }

    /// When the outside may be asked about an act that was performed now at the latest.
    pub(crate) fn evidence_from(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.evidence_after).unwrap_or(now)
    }

    /// How what goes out is to be told apart from an earlier delivery.
    pub(crate) fn delivery(&self) -> Delivery {
        self.recovery.since().map_or(Delivery::Own, Delivery::Again)
    }

    /// Moves confirmed rows to `sent`, and says which; rows that stay are published again, which
    /// harms nobody.
    pub(crate) async fn settle_published(
        &self,
        confirmed: &[Confirmed],
        broker: &str,
    ) -> sqlx::Result<HashSet<Uuid>> {
        if confirmed.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<Uuid> = confirmed.iter().map(|one| one.id).collect();
        let mut conn = self.pool.acquire().await?;
        store::move_to_sent(&mut conn, &ids, broker, self.clock.wall_now()).await
    }
}
