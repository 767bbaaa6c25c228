//! What the mailbox measures, so that every service has it for free.
//!
//! Labels are codes: where inputs came from, what became of them.

use std::time::Duration;

use jiff::SignedDuration;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};

use crate::batch::Outcome;
use crate::guards::{Guards, Source};
use crate::store::Backlog;

/// The instruments of one mailbox. Without a provider they measure nothing, and cost next to it.
#[derive(Debug)]
pub(crate) struct Meters {
    inputs: Counter<u64>,
    batch_inputs: Histogram<u64>,
    batch_ms: Histogram<u64>,
    lag_ms: Gauge<u64>,
    pending: Gauge<u64>,
    stopped: Gauge<u64>,
    redeliveries: Counter<u64>,
    kept: Gauge<u64>,
    parked: Gauge<u64>,
    oldest_ms: Gauge<u64>,
}

impl Meters {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("mailbox");
        Self {
            inputs: meter
                .u64_counter("mailbox_inputs")
                .with_description("Messages, timers, effects and requests that were taken up.")
                .build(),
            batch_inputs: meter
                .u64_histogram("mailbox_batch_inputs")
                .with_description("Inputs of one batch.")
                .with_boundaries(vec![1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0])
                .build(),
            batch_ms: meter
                .u64_histogram("mailbox_batch_ms")
                .with_description("From taking a batch up until it was published, in ms.")
                .with_boundaries(vec![
                    1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0,
                ])
                .build(),
            lag_ms: meter
                .u64_gauge("mailbox_lag_ms")
                .with_description("How old what is still to be handled is at most, in ms.")
                .build(),
            pending: meter
                .u64_gauge("mailbox_pending")
                .with_description("Messages that are still to be handled.")
                .build(),
            stopped: meter
                .u64_gauge("mailbox_stopped")
                .with_description("1 where a source stands still, since too much was parked.")
                .build(),
            redeliveries: meter
                .u64_counter("mailbox_redeliveries")
                .with_description("Messages that the broker brought again.")
                .build(),
            kept: meter
                .u64_gauge("mailbox_kept")
                .with_description("What is kept now: waiting, uncertain, unsent.")
                .build(),
            parked: meter
                .u64_gauge("mailbox_parked")
                .with_description("Messages that are parked for a person now, by reason.")
                .build(),
            oldest_ms: meter
                .u64_gauge("mailbox_oldest_ms")
                .with_description("Age of the oldest unsent message and due effect, in ms.")
                .build(),
        }
    }

    /// A batch was handled.
    pub(crate) fn batch(&self, source: Source, outcomes: &[Outcome], took: Duration) {
        let source = KeyValue::new("source", source.name());
        let count = u64::try_from(outcomes.len()).unwrap_or(u64::MAX);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.batch_inputs.record(count, std::slice::from_ref(&source));
        self.batch_ms.record(took_ms, std::slice::from_ref(&source));
        let mut names: Vec<&'static str> = outcomes.iter().map(Outcome::name).collect();
        names.sort_unstable();
        for same in names.chunk_by(|one, other| one == other) {
            let Some(name) = same.first() else { continue };
            let count = u64::try_from(same.len()).unwrap_or(u64::MAX);
            self.inputs.add(count, &[source.clone(), KeyValue::new("outcome", *name)]);
        }
    }

    /// A batch could not be handled; its inputs come again.
    pub(crate) fn outage(&self, source: Source, count: u64) {
        let labels = [KeyValue::new("source", source.name()), KeyValue::new("outcome", "outage")];
        self.inputs.add(count, &labels);
    }

    /// The broker brought messages again.
    pub(crate) fn redelivered(&self, source: Source, count: u64) {
        if count > 0 {
            self.redeliveries.add(count, &[KeyValue::new("source", source.name())]);
        }
    }

    /// How far behind a source we are.
    pub(crate) fn lag(&self, source: Source, lag: SignedDuration) {
        self.lag_ms.record(millis(lag), &[KeyValue::new("source", source.name())]);
    }

    /// How much of a source is still to be handled.
    pub(crate) fn pending(&self, source: Source, count: u64) {
        self.pending.record(count, &[KeyValue::new("source", source.name())]);
    }

    /// Which sources stand still now.
    pub(crate) fn stopped(&self, guards: &Guards) {
        for source in Source::PULLED {
            let stopped = u64::from(guards.stopped(source));
            self.stopped.record(stopped, &[KeyValue::new("source", source.name())]);
        }
    }

    /// What the tables hold now.
    pub(crate) fn backlog(&self, backlog: &Backlog) {
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        for (what, kept) in [
            ("waiting", backlog.waiting),
            ("uncertain", backlog.uncertain),
            ("unsent", backlog.unsent),
        ] {
            self.kept.record(count(kept), &[KeyValue::new("what", what)]);
        }
        for (reason, parked) in [
            ("poison", backlog.parked_poison),
            ("bug", backlog.parked_bug),
            ("stale", backlog.parked_stale),
            ("given-up", backlog.parked_given_up),
        ] {
            self.parked.record(count(parked), &[KeyValue::new("reason", reason)]);
        }
        for (what, age) in
            [("unsent", backlog.oldest_unsent), ("effect", backlog.oldest_due_effect)]
        {
            self.oldest_ms.record(millis(age), &[KeyValue::new("what", what)]);
        }
    }
}

fn millis(age: SignedDuration) -> u64 {
    u64::try_from(age.as_millis()).unwrap_or_default()
}
