//! What was measured, and how it is told. Integers only: rates per second, ratios in thousandths.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::cpu::Usage;

/// So many messages in so much time, with the processor time that it took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) messages: u64,
    pub(crate) elapsed_us: u64,
    pub(crate) cpu: Usage,
}

impl Measured {
    pub(crate) fn new(messages: u64, elapsed: Duration, cpu: Usage) -> Self {
        let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1);
        Self { messages, elapsed_us, cpu }
    }

    /// Messages per second.
    pub(crate) const fn rate(&self) -> u64 {
        self.messages.saturating_mul(1_000_000) / self.elapsed_us
    }

    /// Nanoseconds per message.
    const fn each_ns(&self) -> u64 {
        self.elapsed_us.saturating_mul(1_000) / self.messages
    }
}

/// How long messages took, from before they were published until what they brought forth was seen.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Latency {
    pub(crate) rate: u64,
    pub(crate) median_us: u64,
    pub(crate) p99_us: u64,
}

/// What one run gave, or the medians of several.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Figures {
    /// Publish with message id, pipelined.
    pub(crate) publish: Measured,
    /// Fetch and acknowledge.
    pub(crate) fetch: Measured,
    /// Write exactly the mailbox's rows, in its batches.
    pub(crate) write: Measured,
    /// The mailbox as it ships.
    pub(crate) batched: Measured,
    /// The mailbox with one message per transaction.
    pub(crate) single: Measured,
    /// The mailbox as it ships, one message in a hundred being poison.
    pub(crate) poisoned: Measured,
    /// At a tenth of the rate of this run.
    pub(crate) latency: Latency,
}

impl Figures {
    /// The rate of publishing, fetching and writing one after the other.
    const fn limit(&self) -> u64 {
        let each_ns = self.publish.each_ns() + self.fetch.each_ns() + self.write.each_ns();
        1_000_000_000 / each_ns
    }
}

/// The median of each figure by itself.
pub(crate) fn median(runs: &[Figures]) -> Figures {
    let of = |get: fn(&Figures) -> Measured| {
        let mut sorted: Vec<Measured> = runs.iter().map(get).collect();
        sorted.sort_by_key(Measured::each_ns);
        *sorted.get(sorted.len() / 2).expect("at least one run")
    };
    let mut latencies: Vec<Latency> = runs.iter().map(|run| run.latency).collect();
    latencies.sort_by_key(|latency| latency.p99_us);
    Figures {
        publish: of(|run| run.publish),
        fetch: of(|run| run.fetch),
        write: of(|run| run.write),
        batched: of(|run| run.batched),
        single: of(|run| run.single),
        poisoned: of(|run| run.poisoned),
        latency: *latencies.get(latencies.len() / 2).expect("at least one run"),
    }
}

/// A ratio in thousandths, as `0.613`.
pub(crate) fn ratio(part: u64, whole: u64) -> String {
    let thousandths = part.saturating_mul(1_000) / whole.max(1);
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<44} {:>9} {:>7} {:>9} {:>7}",
            "CPU in µs per message", "per s", "program", "Postgres", "broker"
        )?;
        for (name, measured) in [
            ("p: publish with message id, pipelined", &self.publish),
            ("f: fetch and acknowledge", &self.fetch),
            ("w: write the mailbox's rows", &self.write),
            ("the mailbox", &self.batched),
            ("the mailbox, one message per transaction", &self.single),
            ("the mailbox, 1 % poison", &self.poisoned),
        ] {
            let Usage { program, postgres, broker } = measured.cpu.each(measured.messages);
            let rate = measured.rate();
            writeln!(f, "{name:<44} {rate:>9} {program:>7} {postgres:>9} {broker:>7}")?;
        }
        let Latency { rate, median_us, p99_us } = self.latency;
        let limit = self.limit();
        writeln!(f, "{:<44} {limit:>9}", "L = 1/(1/p + 1/f + 1/w)")?;
        let told = |f: &mut fmt::Formatter<'_>, name: &str, figure: String, bar: &str| {
            writeln!(f, "{name:<44} {figure:>9}   bar: {bar}")
        };
        told(f, "mailbox / L", ratio(self.batched.rate(), limit), "0.6, aim 0.8")?;
        let by_batching = ratio(self.batched.rate(), self.single.rate());
        told(f, "mailbox / one message per transaction", by_batching, "8")?;
        let with_poison = ratio(self.poisoned.rate(), self.batched.rate());
        told(f, "with 1 % poison / without", with_poison, "0.8")?;
        let name = format!("median and p99 in µs at {rate} per s");
        write!(f, "{name:<44} {median_us:>9} {p99_us:>9}   bar: 50000")
    }
}
