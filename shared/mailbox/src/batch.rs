//! The transactional shell: one batch, one transaction.
//!
//! Ids are recorded, rows are locked in key order, decisions are folded, everything is saved in
//! bulk, and what was committed is published. A message that fails leaves the batch before saving;
//! a failing save splits the batch by halves until the bad message is alone. An outage of the
//! database leaves everything as it was.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use contracts::Envelope;
use contracts::operations::{ParkedReason, WaitingReason};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};
use primitives::{Clock, Date, MessageId, Timestamp};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::aggregate::{Arena, Kinds, Row};
use crate::crash::{CrashPoint, Crashes, Injected};
use crate::decision::{Facts, Fault};
use crate::guards::{Guards, Source};
use crate::handler::{Payload, Refused, Shared, Unit};
use crate::ids::Minter;
use crate::meters::Meters;
use crate::publisher::{Confirmed, Delivery, Publisher};
use crate::recovery::Recovery;
use crate::saving::Work;
use crate::store::{self, DueTimer, OutboxRow};

/// How a batch makes sure that each of its inputs is handled once.
#[derive(Debug)]
pub(crate) enum Ticket {
    /// From the broker: the inbox.
    Stream,
    /// It waited: its row.
    Waiting,
    /// It was parked and is replayed: its row.
    Parked,
    /// The generation of the timer.
    Timer(DueTimer),
    /// The attempt of the effect.
    Effect { id: Uuid, attempt: i32, ending: &'static str },
    /// The key of the request.
    Request { subject: String, key: String, body_hash: Vec<u8> },
}

/// One thing to handle.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) payload: Payload,
    pub(crate) ticket: Ticket,
}

impl Input {
    pub(crate) fn id(&self) -> MessageId {
        self.payload.envelope.id
    }

    /// The handler's name: the envelope's type without its version.
    fn stem(&self) -> &str {
        let message_type = self.payload.envelope.message_type.as_str();
        contracts::split_subject(message_type).map_or(message_type, |(stem, _)| stem)
    }
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Handled,
    /// It was handled before, or is being handled elsewhere.
    Duplicate,
    Waits,
    Parked(String),
    /// A request's answer, new or kept.
    Answered(String),
    /// A request's key was used for another body.
    KeyReused,
    /// Not looked at: too much before it had to be parked.
    Left,
}

impl Outcome {
    /// As metrics name it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Duplicate => "duplicate",
            Self::Waits => "waits",
            Self::Parked(_) => "parked",
            Self::Answered(_) => "answered",
            Self::KeyReused => "key-reused",
            Self::Left => "left",
        }
    }
}

/// The batch could not be handled now; nothing was changed by it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Outage {
    #[error("the database does not take the batch now")]
    Database(#[source] sqlx::Error),
    #[error("stopped by a planned fault")]
    Planned(#[from] Injected),
    #[error("the mailbox could not write its own envelope")]
    Envelope(#[source] serde_json::Error),
    #[error("a message that cannot be handled could not be parked either: {0}")]
    NotParked(String),
}

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
    pub(crate) in_flight: AtomicU64,
}

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

/// How often a batch is tried again because another transaction was in the way.
const CONFLICTS_MAX: u32 = 10;

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
        let outcomes = self.halve(source, &inputs, &mut touched).await?;
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
            let outcomes = self.halve(Source::Waiting, &waited, &mut more).await?;
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

    /// One try, and smaller ones where something cannot be saved or too much would be parked.
    fn halve<'a>(
        &'a self,
        source: Source,
        inputs: &'a [Input],
        touched: &'a mut BTreeSet<Row>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, Outage>> {
        Box::pin(async move {
            let mut conflicts = 0_u32;
            let flaw = loop {
                match self.attempt(source, inputs, None).await {
                    Ok((outcomes, rows)) => {
                        touched.extend(rows);
                        return Ok(outcomes);
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
                    let mut outcomes = self.halve(source, left, touched).await?;
                    outcomes.extend(right.iter().map(|_| Outcome::Left));
                    Ok(outcomes)
                }
                Some(_) if inputs.len() > 1 => {
                    let mut outcomes = self.halve(source, left, touched).await?;
                    outcomes.extend(self.halve(source, right, touched).await?);
                    Ok(outcomes)
                }
                Some(detail) => match self.attempt(source, inputs, Some(&detail)).await {
                    Ok((outcomes, _)) => Ok(outcomes),
                    Err(Failure::Outage(outage)) => Err(outage),
                    Err(Failure::Conflict(error) | Failure::Slow(error)) => {
                        Err(Outage::Database(error))
                    }
                    Err(Failure::Content(detail)) => Err(Outage::NotParked(detail)),
                    Err(Failure::Flood) => Err(Outage::NotParked(detail)),
                },
            }
        })
    }

    /// A transaction in which a panic of the service's code is a flaw of the content.
    async fn attempt(
        &self,
        source: Source,
        inputs: &[Input],
        bug: Option<&str>,
    ) -> Result<(Vec<Outcome>, BTreeSet<Row>), Failure> {
        let tried = AssertUnwindSafe(self.transact(source, inputs, bug)).catch_unwind().await;
        tried.unwrap_or_else(|panic| Err(Failure::Content(panicked(panic.as_ref()).to_string())))
    }

    /// One transaction. With `bug`, its only input is parked without being decided.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    async fn transact(
        &self,
        source: Source,
        inputs: &[Input],
        bug: Option<&str>,
    ) -> Result<(Vec<Outcome>, BTreeSet<Row>), Failure> {
        let _seat = self.seat(source).await?;
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
        drop(conn);
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

    /// Batches of what is urgent need none, so that a connection is left for them whatever holds up
    /// the others.
    async fn seat(&self, source: Source) -> sqlx::Result<Option<SemaphorePermit<'_>>> {
        if source == Source::Urgent {
            return Ok(None);
        }
        let limit = self.pool.options().get_acquire_timeout();
        let seat = timeout(limit, self.seats.acquire()).await;
        seat.map(Result::ok).map_err(|_| sqlx::Error::PoolTimedOut)
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

/// Reads kept envelopes back as inputs.
pub(crate) fn reread(envelopes: &[String], ticket: &dyn Fn() -> Ticket) -> Vec<Input> {
    envelopes
        .iter()
        .filter_map(|text| serde_json::from_str(text).ok())
        .map(|envelope| Input { payload: Payload { envelope, prepared: None }, ticket: ticket() })
        .collect()
}

/// One batch on its way through its transaction.
pub(crate) struct Batch<'a> {
    engine: &'a Engine,
    pub(crate) inputs: &'a [Input],
    pub(crate) slots: Vec<Slot>,
    /// What the projections beside handlers make of the inputs.
    beside: Vec<Option<Box<dyn Unit>>>,
    pub(crate) now: Timestamp,
    business_now: Timestamp,
}

/// Where an input stands.
pub(crate) enum Slot {
    /// Admitted; to be typed and decided.
    Open(Option<Box<dyn Unit>>),
    Closed(Outcome),
    Waits(WaitingReason, String),
    Parks(ParkedReason, String),
}

impl Slot {
    /// Whether a projection beside the handler takes the message: not while its handler does not.
    fn projects(&self) -> bool {
        matches!(self, Self::Open(Some(_)) | Self::Closed(Outcome::Duplicate))
    }
}

impl<'a> Batch<'a> {
    fn new(engine: &'a Engine, inputs: &'a [Input]) -> Self {
        Self {
            engine,
            inputs,
            slots: inputs.iter().map(|_| Slot::Open(None)).collect(),
            beside: inputs.iter().map(|_| None).collect(),
            now: engine.clock.wall_now(),
            business_now: engine.clock.business_now(),
        }
    }

    fn set(&mut self, index: usize, slot: Slot) {
        if let Some(place) = self.slots.get_mut(index) {
            *place = slot;
        }
    }

    /// Lets in what was not handled before, as far as that can be told before the locks.
    async fn admit(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        self.admit_messages(conn).await?;
        self.admit_kept(conn).await?;
        for (index, input) in self.inputs.iter().enumerate() {
            let Ticket::Request { subject, key, body_hash } = &input.ticket else { continue };
            let kept = store::begin_request(conn, subject, key, body_hash, self.now).await?;
            let Some(kept) = kept else { continue };
            let outcome = match kept.answer {
                _ if kept.body_hash != *body_hash => Outcome::KeyReused,
                Some(answer) => Outcome::Answered(answer),
                None => Outcome::Duplicate,
            };
            self.set(index, Slot::Closed(outcome));
        }
        Ok(())
    }

    async fn admit_messages(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let today = day(self.now);
        let oldest = today
            .checked_sub(Span::new().days(i64::from(self.engine.horizon_days)))
            .unwrap_or(Date::MIN);
        let newest = today.checked_add(Span::new().days(2)).unwrap_or(Date::MAX);
        let mut fresh: Vec<(Uuid, Date)> = Vec::new();
        let mut aside = HashSet::new();
        for (index, input) in self.inputs.iter().enumerate() {
            if !self.needs_inbox(input) {
                continue;
            }
            let recorded_on = day(input.payload.envelope.recordedtime);
            let parks = if recorded_on < oldest {
                (ParkedReason::Stale, "recorded before the horizon of the inbox")
            } else if recorded_on > newest {
                (ParkedReason::Poison, "recorded in the future; check the clocks")
            } else {
                fresh.push((input.id().as_uuid(), recorded_on));
                continue;
            };
            let slot = if aside.insert(input.id()) {
                Slot::Parks(parks.0, parks.1.to_owned())
            } else {
                Slot::Closed(Outcome::Duplicate)
            };
            self.set(index, slot);
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let replayed: Vec<Uuid> = self
            .inputs
            .iter()
            .filter(|input| input.payload.envelope.replayed && self.needs_inbox(input))
            .map(|input| input.id().as_uuid())
            .collect();
        if !replayed.is_empty() {
            let known: HashSet<Uuid> = store::known(conn, &replayed).await?.into_iter().collect();
            fresh.retain(|(id, _)| !known.contains(id));
        }
        fresh.sort_unstable();
        fresh.dedup();
        let (ids, days): (Vec<Uuid>, Vec<Date>) = fresh.into_iter().unzip();
        let mut new: HashSet<Uuid> =
            store::record_new(conn, &days, &ids).await?.into_iter().collect();
        for (index, input) in self.inputs.iter().enumerate() {
            let open = matches!(self.slots.get(index), Some(Slot::Open(_)));
            if self.needs_inbox(input) && open && !new.remove(&input.id().as_uuid()) {
                self.set(index, Slot::Closed(Outcome::Duplicate));
            }
        }
        Ok(())
    }

    /// A projection takes a message as often as it comes: so it is rebuilt by publishing again.
    fn needs_inbox(&self, input: &Input) -> bool {
        let projects = || {
            let registered = self.engine.handlers.get(input.stem());
            registered.is_some_and(|registered| registered.handler.projects())
        };
        matches!(input.ticket, Ticket::Stream) && !projects()
    }

    /// Locks the rows of what waited or was parked.
    async fn admit_kept(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let waiting = self.ids(|ticket| matches!(ticket, Ticket::Waiting));
        let parked = self.ids(|ticket| matches!(ticket, Ticket::Parked));
        let mut held: HashSet<Uuid> = HashSet::new();
        if !waiting.is_empty() {
            held.extend(store::lock_waiting(conn, &waiting).await?);
        }
        if !parked.is_empty() {
            held.extend(store::lock_parked(conn, &parked).await?);
        }
        for (index, input) in self.inputs.iter().enumerate() {
            let kept = matches!(input.ticket, Ticket::Waiting | Ticket::Parked);
            if kept && !held.contains(&input.id().as_uuid()) {
                self.set(index, Slot::Closed(Outcome::Duplicate));
            }
        }
        Ok(())
    }

    fn ids(&self, wanted: impl Fn(&Ticket) -> bool) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = self
            .inputs
            .iter()
            .filter(|input| wanted(&input.ticket))
            .map(|input| input.id().as_uuid())
            .collect();
        ids.sort_unstable();
        ids
    }

    fn park_all(&mut self, detail: &str) {
        for slot in &mut self.slots {
            if matches!(slot, Slot::Open(_)) {
                *slot = Slot::Parks(ParkedReason::Bug, detail.to_owned());
            }
        }
    }

    /// Types the admitted inputs and finds their keys, handler by handler.
    async fn type_inputs(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, input) in self.inputs.iter().enumerate() {
            if matches!(self.slots.get(index), Some(Slot::Open(_))) {
                groups.entry(input.stem()).or_default().push(index);
            }
        }
        for (stem, indexes) in groups {
            let Some(registered) = self.engine.handlers.get(stem) else {
                // A release beside this one asked the broker for it, or set this timer, and can.
                for index in indexes {
                    let detail = format!("{} has no handler for {stem}", self.engine.service);
                    self.set(index, Slot::Waits(WaitingReason::Newer, detail));
                }
                continue;
            };
            let payloads: Vec<&Payload> = indexes
                .iter()
                .filter_map(|index| self.inputs.get(*index))
                .map(|input| &input.payload)
                .collect();
            let units = registered.handler.units(conn, &payloads).await?;
            for (index, unit) in indexes.into_iter().zip(units) {
                let slot = match unit {
                    Ok(unit) => Slot::Open(Some(unit)),
                    Err(Refused::Newer(detail)) => Slot::Waits(WaitingReason::Newer, detail),
                    Err(Refused::Malformed(detail)) => Slot::Parks(ParkedReason::Poison, detail),
                    Err(Refused::Ours(detail)) => Slot::Parks(ParkedReason::Bug, detail),
                };
                self.set(index, slot);
            }
        }
        Ok(())
    }

    /// Types inputs for the projections beside handlers: what is handled now, and what was handled
    /// before and is told again. What cannot be typed is its handler's to keep.
    async fn type_beside(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (input, slot)) in self.inputs.iter().zip(&self.slots).enumerate() {
            if slot.projects() {
                groups.entry(input.stem()).or_default().push(index);
            }
        }
        for (stem, indexes) in groups {
            let registered = self.engine.handlers.get(stem);
            let Some(beside) = registered.and_then(|it| it.beside.as_ref()) else { continue };
            let payloads: Vec<&Payload> = indexes
                .iter()
                .filter_map(|index| self.inputs.get(*index))
                .map(|input| &input.payload)
                .collect();
            let units = beside.units(conn, &payloads).await?;
            for (index, unit) in indexes.into_iter().zip(units) {
                if let Some(place) = self.beside.get_mut(index) {
                    *place = unit.ok();
                }
            }
        }
        Ok(())
    }

    fn rows(&self) -> BTreeSet<Row> {
        self.slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Open(unit) => unit.as_ref(),
                Slot::Closed(_) | Slot::Waits(..) | Slot::Parks(..) => None,
            })
            .flat_map(|unit| unit.rows())
            .collect()
    }

    /// Takes the tickets that lie under the locks: timers and effects.
    async fn take_tickets(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let mut timers: Vec<(usize, DueTimer)> = Vec::new();
        let mut effects: Vec<(usize, Uuid, i32, String)> = Vec::new();
        for (index, input) in self.inputs.iter().enumerate() {
            match &input.ticket {
                Ticket::Timer(timer) => timers.push((index, timer.clone())),
                Ticket::Effect { id, attempt, ending } => {
                    effects.push((index, *id, *attempt, (*ending).to_owned()));
                }
                Ticket::Stream | Ticket::Waiting | Ticket::Parked | Ticket::Request { .. } => {}
            }
        }
        if !timers.is_empty() {
            let due: Vec<DueTimer> = timers.iter().map(|(_, timer)| timer.clone()).collect();
            let taken: HashSet<i64> = store::take_timers(conn, &due).await?.into_iter().collect();
            for (position, (index, _)) in (1_i64..).zip(&timers) {
                if !taken.contains(&position) {
                    self.set(*index, Slot::Closed(Outcome::Duplicate));
                }
            }
        }
        if !effects.is_empty() {
            let ids: Vec<Uuid> = effects.iter().map(|(_, id, ..)| *id).collect();
            let attempts: Vec<i32> = effects.iter().map(|(_, _, attempt, _)| *attempt).collect();
            let endings: Vec<String> =
                effects.iter().map(|(_, _, _, ending)| ending.clone()).collect();
            let ended: HashSet<Uuid> =
                store::end_effects(conn, &ids, &attempts, &endings, self.now)
                    .await?
                    .into_iter()
                    .collect();
            for (index, id, ..) in &effects {
                if !ended.contains(id) {
                    self.set(*index, Slot::Closed(Outcome::Duplicate));
                }
            }
        }
        Ok(())
    }

    /// Folds the decisions, in the order of the inputs.
    fn fold(&mut self, arena: &mut Arena) -> Work {
        let mut work = Work::default();
        for (index, input) in self.inputs.iter().enumerate() {
            let Some(slot) = self.slots.get_mut(index) else { continue };
            let Slot::Open(Some(unit)) = slot else { continue };
            let rows = unit.rows();
            let snapshot = arena.snapshot(&rows);
            let span = open_span(&input.payload.envelope);
            let _entered = span.enter();
            let facts = Facts {
                now: self.business_now,
                cause: input.id(),
                correlation: input.payload.envelope.correlationid,
                actor: input.payload.envelope.actor.clone(),
                version: input.payload.envelope.aggregateversion,
            };
            let namespace = self
                .engine
                .handlers
                .get(input.stem())
                .map_or_else(Uuid::nil, |known| known.namespace);
            let minter = Minter::new(namespace, input.id());
            let decided = catch_unwind(AssertUnwindSafe(|| unit.fold(arena, &facts, minter)))
                .unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
            match decided {
                Ok(emitted) => {
                    work.absorb(self.engine, input, emitted, &facts, self.now);
                    work.advanced = true;
                }
                Err(fault) => {
                    arena.restore(snapshot);
                    let lead = rows.first().copied();
                    *slot = match fault {
                        Fault::Early(detail) => {
                            work.waiting_rows.insert(index, lead);
                            Slot::Waits(WaitingReason::Early, detail)
                        }
                        Fault::Retry(detail) => Slot::Waits(WaitingReason::Retry, detail),
                        Fault::Poison(detail) => Slot::Parks(ParkedReason::Poison, detail),
                        Fault::Bug(detail) => Slot::Parks(ParkedReason::Bug, detail),
                    };
                }
            }
        }
        work.collect_kept(self);
        work
    }

    /// The projected bodies, by handler.
    pub(crate) fn projected(
        &self,
    ) -> HashMap<&str, Vec<(&Envelope, &(dyn std::any::Any + Send + Sync))>> {
        let mut by_handler: HashMap<&str, Vec<_>> = HashMap::new();
        let inputs = self.inputs.iter().zip(&self.slots).zip(&self.beside);
        for ((input, slot), beside) in inputs {
            let own = match slot {
                Slot::Open(unit) => unit.as_ref().and_then(|unit| unit.projected()),
                Slot::Closed(_) | Slot::Waits(..) | Slot::Parks(..) => None,
            };
            let beside = beside.as_ref().filter(|_| slot.projects());
            if let Some(body) = own.or_else(|| beside?.projected()) {
                let entry = (&input.payload.envelope, body);
                by_handler.entry(input.stem()).or_default().push(entry);
            }
        }
        by_handler
    }

    fn outcomes(self) -> Vec<Outcome> {
        let answers = self.slots.into_iter();
        answers
            .map(|slot| match slot {
                Slot::Open(_) => Outcome::Handled,
                Slot::Closed(outcome) => outcome,
                Slot::Waits(..) => Outcome::Waits,
                Slot::Parks(_, detail) => Outcome::Parked(detail),
            })
            .collect()
    }
}

/// The span of one decision: in the trace of the message that caused it. A timer begins a new
/// trace, linked to the one that set it.
fn open_span(envelope: &Envelope) -> tracing::Span {
    let message_type = envelope.message_type.as_str();
    let stem = contracts::split_subject(message_type).map_or(message_type, |(stem, _)| stem);
    let span = tracing::info_span!(
        "process",
        otel.name = format!("process {stem}"),
        message.id = %envelope.id,
        correlation.id = %envelope.correlationid,
    );
    if let Some(traceparent) = &envelope.traceparent {
        if stem.contains(".timer.") {
            runtime::trace_context::add_link(&span, traceparent);
        } else {
            runtime::trace_context::set_parent(&span, traceparent);
        }
    }
    span
}

/// A panic of the service's code, as a fault.
pub(crate) fn panicked(panic: &(dyn std::any::Any + Send)) -> Fault {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    Fault::Bug(format!("the service's code panicked: {}", text.unwrap_or_default()))
}

/// The day of a moment, in UTC: the partition that it belongs to.
pub(crate) fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
