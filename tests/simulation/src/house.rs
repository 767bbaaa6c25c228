//! The services in one process: what each takes in, which rows that concerns, and the decision of
//! its own that it calls. One file for each, the counterpart of its `handlers` and of what its
//! `store` reads beside a row. Nothing is decided here.

pub(crate) mod intake;
pub(crate) mod letter;
pub(crate) mod mediation;
pub(crate) mod money;
pub(crate) mod monitoring;
pub(crate) mod scheduler;
pub(crate) mod telephony;

use ::mailbox::{Brought, Fault, Rehearsal, Rehearsed, Row};
use contracts::payment_reconciliation::Position;
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
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) rehearsed: Rehearsed<'a>,
    pub(crate) envelope: &'a Envelope,
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
        Fault::Bug(format!("the simulation has no {stem} for {service}: add it in src/house"))
    }
}

/// All services.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) intake: Rehearsal,
    pub(crate) scheduler: Rehearsal,
    pub(crate) letter: Rehearsal,
    pub(crate) telephony: Rehearsal,
    pub(crate) mediation: Rehearsal,
    pub(crate) money: money::Money,
    pub(crate) monitoring: monitoring::Monitoring,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            intake: intake::states(),
            scheduler: scheduler::states(),
            letter: letter::states(),
            telephony: telephony::states(),
            mediation: mediation::states(),
            money: money::Money::new(),
            monitoring: monitoring::Monitoring::new(),
        }
    }

    /// A service takes a message in.
    pub(crate) fn take(&mut self, service: &str, input: Input<'_>) -> Result<Brought, Fault> {
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
    pub(crate) fn wake(
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
    pub(crate) const fn states(&self, service: &str) -> &Rehearsal {
        match service.as_bytes() {
            b"scheduler" => &self.scheduler,
            b"letter" => &self.letter,
            b"telephony-task" => &self.telephony,
            b"mediation" => &self.mediation,
            b"payment-reconciliation" => &self.money.states,
            b"monitoring" => &self.monitoring.states,
            b"intake" => &self.intake,
            _ => panic!("the simulation lacks a service: add it in src/house.rs"),
        }
    }

    /// The answer to `payment-reconciliation.api.position`.
    pub(crate) fn position(
        &self,
        case_id: CaseId,
        announce_for: &[ClaimId],
        now: Timestamp,
    ) -> Option<Position> {
        self.money.position(case_id, announce_for, now)
    }
}

/// The day of a moment; both countries have one time.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    Pack::NL.local_date(moment)
}
