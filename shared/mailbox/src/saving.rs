//! What a batch has decided, and how all of it is saved at once.

use std::collections::HashMap;

use contracts::{Envelope, SPEC_VERSION};
use primitives::{CorrelationId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::{Arena, Row};
use crate::batch::{Batch, Engine, Failure, Input, Outcome, Slot, Ticket};
use crate::decision::{Facts, Timer};
use crate::handler::{Emitted, MintedEffect, MintedMessage};
use crate::store::{self, NewEffect, NewTimer, OutboxRow, ParkedRow, WaitingRow};

/// What a batch has to save.
#[derive(Default)]
pub(crate) struct Work {
    /// Whether any input was decided.
    pub(crate) advanced: bool,
    pub(crate) outbox: Vec<OutboxRow>,
    effects: Vec<KeptEmission>,
    timers: HashMap<(Row, &'static str), KeptTimer>,
    answers: Vec<(String, String, String)>,
    failed_requests: Vec<(String, String)>,
    waiting: Vec<WaitingRow>,
    pub(crate) waiting_rows: HashMap<usize, Option<Row>>,
    parked: Vec<ParkedRow>,
    pub(crate) parked_log: Vec<(Uuid, String)>,
    /// Waiting and parked rows whose messages are done with.
    released: Vec<Uuid>,
    replayed: Vec<Uuid>,
}

/// An effect with where it came from.
struct KeptEmission {
    effect: MintedEffect,
    correlation: CorrelationId,
    traceparent: Option<String>,
    business_now: Timestamp,
}

/// A timer with where it came from.
struct KeptTimer {
    /// None cancels.
    due_at: Option<Timestamp>,
    correlation: CorrelationId,
    traceparent: Option<String>,
}

impl Work {
    pub(crate) fn absorb(
        &mut self,
        engine: &Engine,
        input: &Input,
        emitted: Emitted,
        facts: &Facts,
        now: Timestamp,
    ) {
        let traceparent = runtime::trace_context::current_traceparent();
        let Emitted { messages, effects, timers, answer } = emitted;
        for message in messages {
            self.outbox.push(outbox_row(engine, message, facts, now, traceparent.clone()));
        }
        self.effects.extend(effects.into_iter().map(|effect| KeptEmission {
            effect,
            correlation: facts.correlation,
            traceparent: traceparent.clone(),
            business_now: facts.now,
        }));
        for (row, timer) in timers {
            let (name, due_at) = match timer {
                Timer::Set { name, due_at } => (name, Some(due_at)),
                Timer::Cancel { name } => (name, None),
            };
            let kept = KeptTimer {
                due_at,
                correlation: facts.correlation,
                traceparent: traceparent.clone(),
            };
            self.timers.insert((row, name), kept);
        }
        if let (Ticket::Request { subject, key, .. }, Some(answer)) = (&input.ticket, answer) {
            self.answers.push((subject.clone(), key.clone(), answer.get().to_owned()));
        }
    }

    /// Turns slots into rows of `waiting` and `parked`, and answers into outcomes.
    pub(crate) fn collect_kept(&mut self, batch: &mut Batch<'_>) {
        for (index, input) in batch.inputs.iter().enumerate() {
            let Some(slot) = batch.slots.get_mut(index) else { continue };
            let envelope = &input.payload.envelope;
            let text = || serde_json::to_string(envelope).unwrap_or_default();
            let id = input.id().as_uuid();
            match (&*slot, &input.ticket) {
                // Nothing is kept of a request that failed: its asker hears of it, and may ask
                // again.
                (
                    Slot::Waits(_, detail) | Slot::Parks(_, detail),
                    Ticket::Request { subject, key, .. },
                ) => {
                    self.parked_log.push((id, detail.clone()));
                    self.failed_requests.push((subject.clone(), key.clone()));
                }
                (Slot::Waits(reason, detail), ticket) => {
                    self.waiting.push(WaitingRow {
                        message_id: id,
                        reason: reason.clone(),
                        row: self.waiting_rows.get(&index).copied().flatten(),
                        subject: envelope.message_type.clone(),
                        envelope: text(),
                        detail: detail.clone(),
                    });
                    if matches!(ticket, Ticket::Parked) {
                        self.replayed.push(id);
                    }
                }
                (Slot::Parks(reason, detail), ticket) => {
                    self.parked_log.push((id, detail.clone()));
                    self.parked.push(ParkedRow {
                        message_id: id,
                        reason: reason.clone(),
                        subject: envelope.message_type.clone(),
                        envelope: text(),
                        detail: detail.clone(),
                        is_replay: matches!(ticket, Ticket::Parked),
                    });
                    if matches!(ticket, Ticket::Waiting) {
                        self.released.push(id);
                    }
                }
                (Slot::Open(_), Ticket::Waiting) => self.released.push(id),
                (Slot::Open(_), Ticket::Parked) => self.replayed.push(id),
                (Slot::Open(_), Ticket::Request { subject, key, .. }) => {
                    let answer = self
                        .answers
                        .iter()
                        .find(|(kept_subject, kept_key, _)| {
                            kept_subject == subject && kept_key == key
                        })
                        .map(|(_, _, answer)| answer.clone());
                    if let Some(answer) = answer {
                        *slot = Slot::Closed(Outcome::Answered(answer));
                    }
                }
                (Slot::Open(_) | Slot::Closed(_), _) => {}
            }
        }
    }

    /// How many inputs have to be parked.
    pub(crate) fn parked_count(&self) -> usize {
        self.parked.len()
    }

    pub(crate) fn wakes(&self) -> bool {
        !self.effects.is_empty() || !self.timers.is_empty()
    }

    pub(crate) async fn save(
        &self,
        engine: &Engine,
        conn: &mut PgConnection,
        arena: Arena,
        batch: &Batch<'_>,
    ) -> Result<(), Failure> {
        arena.save(&engine.kinds, conn).await?;
        for (stem, messages) in batch.projected() {
            if let Some(registered) = engine.handlers.get(stem) {
                registered.projection().project(conn, &messages).await?;
            }
        }
        if !self.effects.is_empty() {
            let effects: Vec<NewEffect<'_>> = self.effects.iter().map(KeptEmission::row).collect();
            let doubt = engine.recovery.is_on().then(|| engine.evidence_from(batch.now));
            store::add_effects(conn, &effects, batch.now, doubt).await?;
        }
        self.save_timers(conn).await?;
        if !self.outbox.is_empty() {
            store::add_outbox(conn, &self.outbox).await?;
        }
        if !self.replayed.is_empty() {
            store::close_parked(conn, &self.replayed, batch.now).await?;
        }
        if !self.released.is_empty() {
            store::remove_waiting(conn, &self.released).await?;
        }
        if !self.waiting.is_empty() {
            let next = batch.now.checked_add(engine.retry_after).unwrap_or(batch.now);
            store::add_waiting(conn, &self.waiting, batch.now, next).await?;
        }
        if !self.parked.is_empty() {
            store::park(conn, &self.parked, batch.now).await?;
        }
        for (subject, key) in &self.failed_requests {
            store::forget_failed(conn, subject, key).await?;
        }
        for (subject, key, answer) in &self.answers {
            store::keep_answer(conn, subject, key, answer).await?;
        }
        Ok(())
    }

    async fn save_timers(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        let mut set: Vec<NewTimer<'_>> = Vec::new();
        let mut cancelled: Vec<(Row, &'static str)> = Vec::new();
        for ((row, name), timer) in &self.timers {
            match timer.due_at {
                Some(due_at) => set.push(NewTimer {
                    row: *row,
                    name,
                    due_at,
                    correlation: timer.correlation,
                    traceparent: timer.traceparent.as_deref(),
                }),
                None => cancelled.push((*row, name)),
            }
        }
        set.sort_unstable_by_key(|timer| (timer.row, timer.name));
        if !set.is_empty() {
            store::set_timers(conn, &set).await?;
        }
        if !cancelled.is_empty() {
            store::cancel_timers(conn, &cancelled).await?;
        }
        Ok(())
    }
}

impl KeptEmission {
    fn row(&self) -> NewEffect<'_> {
        NewEffect {
            effect: &self.effect,
            correlation: self.correlation,
            traceparent: self.traceparent.as_deref(),
            business_now: self.business_now,
        }
    }
}

/// A message that a decision sent, ready for the outbox.
fn outbox_row(
    engine: &Engine,
    message: MintedMessage,
    facts: &Facts,
    now: Timestamp,
    traceparent: Option<String>,
) -> OutboxRow {
    let mut envelope = envelope_of(engine.service, message, facts, now, traceparent.clone());
    envelope.replayed = engine.recovery.is_on();
    let (message_id, subject) = (envelope.id.as_uuid(), envelope.message_type.clone());
    // An envelope holds nothing that JSON cannot: text, ids, times, and a body that is JSON.
    let envelope = serde_json::to_string(&envelope).unwrap_or_default();
    OutboxRow { message_id, subject, envelope, recorded_at: now, traceparent }
}

/// The envelope of a message that a decision sent.
pub(crate) fn envelope_of(
    service: &str,
    message: MintedMessage,
    facts: &Facts,
    now: Timestamp,
    traceparent: Option<String>,
) -> Envelope {
    let MintedMessage { id, outgoing, version } = message;
    Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id,
        source: format!("/amicable/{service}"),
        message_type: outgoing.contract.subject(),
        subject: outgoing.aggregate,
        time: facts.now,
        datacontenttype: "application/json".to_owned(),
        correlationid: facts.correlation,
        causationid: facts.cause,
        actor: facts.actor.clone(),
        creditor: outgoing.creditor,
        aggregateversion: version,
        recordedtime: now,
        replayed: false,
        traceparent,
        data: outgoing.data,
    }
}
