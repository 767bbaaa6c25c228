//! What is made of what was let in: typed, decided, folded.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use contracts::Envelope;
use contracts::operations::{ParkedReason, WaitingReason};
use sqlx::PgConnection;
use uuid::Uuid;

use super::halving::Failure;
use super::slots::{Batch, Slot};
use crate::aggregate::Arena;
use crate::decision::{Facts, Fault};
use crate::handler::{Payload, Refused};
use crate::ids::Minter;
use crate::saving::Work;

impl Batch<'_> {
    /// Types the admitted inputs and finds their keys, handler by handler.
    pub(super) async fn type_inputs(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
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
    pub(super) async fn type_beside(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
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

    /// Folds the decisions, in the order of the inputs.
    pub(super) fn fold(&mut self, arena: &mut Arena) -> Work {
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
