//! The services in one process, for simulations: what each takes in, which rows that concerns, and
//! the decision of its own that it calls. One file for each, the counterpart of its `handlers` and
//! of what its `store` reads beside a row. Nothing is decided here.

pub mod chance;
pub mod intake;
pub mod letter;
pub mod mediation;
pub mod money;
pub mod monitoring;
pub mod scheduler;
pub mod telephony;

use std::collections::HashMap;
use std::sync::LazyLock;

use ::mailbox::{Brought, Facts, Fault, Rehearsal, Rehearsed, Row};
use contracts::payment_reconciliation::Position;
use contracts::registry::SLICES;
use contracts::{Envelope, Message, split_subject};
use law::Pack;
use primitives::{CaseId, ClaimId, Date, Timestamp};

/// Calls the decision on a message, for the one key that it concerns.
macro_rules! on {
    ($states:expr, $input:expr, $type:ty, |$message:ident| $key:expr, |$state:ident, $facts:ident|
     $decide:expr) => {{
        let $message: $type = $input.read()?;
        let $facts = $input.rehearsed.facts;
        $states.decide($input.rehearsed, &[$key], |$state| $decide)
    }};
}
use on;

/// A message with what its decision is told.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    pub rehearsed: Rehearsed<'a>,
    pub envelope: &'a Envelope,
}

impl Input<'_> {
    fn read<M: Message>(&self) -> Result<M, Fault> {
        let subject = self.envelope.message_type.as_str();
        let version = split_subject(subject).map_or(0, |(_, version)| version);
        let message = M::decode(version, self.envelope.data.get());
        message.map_err(|error| Fault::Poison(error.to_string()))
    }

    fn unexpected(&self, service: &str) -> Fault {
        let stem = &self.rehearsed.stem;
        Fault::Bug(format!("the house has no {stem} for {service}: add it in deploy/house"))
    }
}

/// All services.
#[derive(Debug)]
pub struct House {
    pub intake: Rehearsal,
    pub scheduler: Rehearsal,
    pub letter: Rehearsal,
    pub telephony: Rehearsal,
    pub mediation: Rehearsal,
    pub money: money::Money,
    pub monitoring: monitoring::Monitoring,
}

impl House {
    #[must_use]
    pub fn empty() -> Self {
        Self {
            intake: intake::states(),
            scheduler: scheduler::states(),
            letter: letter::states(),
            telephony: telephony::states(),
            mediation: mediation::states(),
            money: money::Money::empty(),
            monitoring: monitoring::Monitoring::empty(),
        }
    }

    /// A service takes a message in.
    pub fn take(&mut self, service: &str, input: Input<'_>) -> Result<Brought, Fault> {
        match service {
            "scheduler" => scheduler::take(&mut self.scheduler, input),
            "letter" => letter::take(&mut self.letter, input),
            "telephony-task" => telephony::take(&mut self.telephony, input),
            "mediation" => mediation::take(&mut self.mediation, input),
            "payment-reconciliation" => self.money.take(input),
            "monitoring" => self.monitoring.take(input),
            _ => Err(input.unexpected(service)),
        }
    }

    /// A timer of a service goes off.
    pub fn wake(
        &mut self,
        service: &str,
        (row, name): (Row, &str),
        rehearsed: Rehearsed<'_>,
    ) -> Result<Brought, Fault> {
        match service {
            "scheduler" => scheduler::wake(&mut self.scheduler, (row, name), rehearsed),
            "telephony-task" => telephony::wake(&mut self.telephony, row, rehearsed),
            "payment-reconciliation" => self.money.wake(row, rehearsed),
            "monitoring" => self.monitoring.wake(row, rehearsed),
            _ => Err(Fault::Bug(format!("{service} has no timer {name}"))),
        }
    }

    /// The states of a service.
    #[must_use]
    pub const fn states(&self, service: &str) -> &Rehearsal {
        match service.as_bytes() {
            b"scheduler" => &self.scheduler,
            b"letter" => &self.letter,
            b"telephony-task" => &self.telephony,
            b"mediation" => &self.mediation,
            b"payment-reconciliation" => &self.money.states,
            b"monitoring" => &self.monitoring.states,
            b"intake" => &self.intake,
            _ => panic!("the house lacks a service: add it in deploy/house"),
        }
    }

    /// The answer to `payment-reconciliation.api.position`.
    #[must_use]
    pub fn position(
        &self,
        case_id: CaseId,
        announce_for: &[ClaimId],
        now: Timestamp,
    ) -> Option<Position> {
        self.money.position(case_id, announce_for, now)
    }
}

/// The day of a moment; both countries have one time.
#[must_use]
pub fn day_of(moment: Timestamp) -> Date {
    Pack::NL.local_date(moment)
}

/// Who takes in what, by the type without its version.
static ROUTES: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut routes: HashMap<String, Vec<&'static str>> = HashMap::new();
    for slice in SLICES {
        for contract in slice.consumes {
            routes.entry(contract.stem()).or_default().push(slice.service);
        }
    }
    routes
});

/// Who takes in messages of a type.
#[must_use]
pub fn consumers(stem: &str) -> &'static [&'static str] {
    ROUTES.get(stem).map_or(&[], Vec::as_slice)
}

/// What the type of a message is without its version.
#[must_use]
pub fn stem_of(envelope: &Envelope) -> &str {
    let subject = envelope.message_type.as_str();
    split_subject(subject).map_or(subject, |(stem, _)| stem)
}

/// What the decision on a message is told.
#[must_use]
pub fn facts_of(envelope: &Envelope, now: Timestamp) -> Facts {
    Facts {
        now,
        cause: envelope.id,
        correlation: envelope.correlationid,
        actor: envelope.actor.clone(),
        version: envelope.aggregateversion,
    }
}
