//! Where each input of a batch stands.

use std::collections::BTreeSet;

use contracts::operations::{ParkedReason, WaitingReason};
use primitives::Timestamp;
use uuid::Uuid;

use super::engine::Engine;
use super::input::{Input, Outcome, Ticket};
use crate::aggregate::Row;
use crate::handler::Unit;

/// One batch on its way through its transaction.
pub(crate) struct Batch<'a> {
    pub(super) engine: &'a Engine,
    pub(crate) inputs: &'a [&'a Input],
    pub(crate) slots: Vec<Slot>,
    /// What the projections beside handlers make of the inputs.
    pub(super) beside: Vec<Option<Box<dyn Unit>>>,
    pub(crate) now: Timestamp,
    pub(super) business_now: Timestamp,
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
    pub(super) fn projects(&self) -> bool {
        matches!(self, Self::Open(Some(_)) | Self::Closed(Outcome::Duplicate))
    }
}

impl<'a> Batch<'a> {
    pub(super) fn new(engine: &'a Engine, inputs: &'a [&'a Input]) -> Self {
        Self {
            engine,
            inputs,
            slots: inputs.iter().map(|_| Slot::Open(None)).collect(),
            beside: inputs.iter().map(|_| None).collect(),
            now: engine.clock.wall_now(),
            business_now: engine.clock.business_now(),
        }
    }

    pub(super) fn set(&mut self, index: usize, slot: Slot) {
        if let Some(place) = self.slots.get_mut(index) {
            *place = slot;
        }
    }

    pub(super) fn ids(&self, wanted: impl Fn(&Ticket) -> bool) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = self
            .inputs
            .iter()
            .filter(|input| wanted(&input.ticket))
            .map(|input| input.id().as_uuid())
            .collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn park_all(&mut self, detail: &str) {
        for slot in &mut self.slots {
            if matches!(slot, Slot::Open(_)) {
                *slot = Slot::Parks(ParkedReason::Bug, detail.to_owned());
            }
        }
    }

    pub(super) fn rows(&self) -> BTreeSet<Row> {
        self.slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Open(unit) => unit.as_ref(),
                Slot::Closed(_) | Slot::Waits(..) | Slot::Parks(..) => None,
            })
            .flat_map(|unit| unit.rows())
            .collect()
    }

    pub(super) fn outcomes(self) -> Vec<Outcome> {
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
