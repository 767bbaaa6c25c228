//! The streams and consumers. Made by an administrator's hand (`amicable up`, the deployment), with
//! the admin user; services only find them.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::{
    self,
    consumer::{self, AckPolicy, DeliverPolicy},
    stream::{DiscardPolicy, RetentionPolicy, StorageType},
};
use contracts::consumers::{self, Consumer, split_name};
pub use contracts::permissions::{COMMANDS, EVENTS};
use contracts::registry::Slice;
use contracts::{Kind, Lane};
use futures_util::TryStreamExt;
use primitives::Timestamp;
use runtime::clock::ClockError;

/// How long the broker keeps events and commands, and how much; and how long it waits for the
/// acknowledgement of one before it gives it to somebody else.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    pub max_age: Duration,
    pub max_bytes: i64,
    pub replicas: usize,
    pub ack_wait: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            max_age: Duration::from_hours(14 * 24),
            max_bytes: 8 * 1024 * 1024 * 1024,
            replicas: 1,
            ack_wait: Duration::from_secs(30),
        }
    }
}

/// The broker did not take the topology.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    #[error("the stream {0} could not be made or changed")]
    Stream(&'static str, #[source] jetstream::context::CreateStreamError),
    #[error("the consumer {consumer} of {stream} could not be made or changed")]
    Consumer {
        stream: &'static str,
        consumer: String,
        #[source]
        source: jetstream::stream::ConsumerError,
    },
    #[error("the bucket of the business clock could not be made")]
    Bucket(#[source] ClockError),
    #[error("the consumers of {stream} could not be looked at or removed")]
    Consumers {
        stream: &'static str,
        #[source]
        source: async_nats::Error,
    },
}

/// Makes what is missing and changes what differs; touches no message, and removes nothing.
pub async fn provision(
    context: &jetstream::Context,
    slices: &[Slice],
    limits: StreamLimits,
    events_since: Timestamp,
) -> Result<(), TopologyError> {
    for (name, kind, retention) in [
        (EVENTS, Kind::Event, RetentionPolicy::Limits),
        (COMMANDS, Kind::Command, RetentionPolicy::WorkQueue),
    ] {
        let config = jetstream::stream::Config {
            name: name.to_owned(),
            subjects: subjects(slices, kind),
            retention,
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            max_age: limits.max_age,
            max_bytes: limits.max_bytes,
            num_replicas: limits.replicas,
            duplicate_window: Duration::from_mins(2),
            ..Default::default()
        };
        context
            .create_or_update_stream(config)
            .await
            .map_err(|source| TopologyError::Stream(name, source))?;
    }
    for planned in slices.iter().flat_map(Slice::consumers) {
        provision_consumer(context, planned, limits.ack_wait, events_since).await?;
    }
    let bucket = runtime::clock::create_bucket(&context.client()).await;
    bucket.map(|_| ()).map_err(TopologyError::Bucket)
}

/// What a stream holds: everything of its kind, service by service. A leading wildcard would reach
/// into the broker's own subjects, which it refuses.
#[must_use]
pub fn subjects(slices: &[Slice], kind: Kind) -> Vec<String> {
    let consumed = slices.iter().flat_map(|slice| slice.consumes).map(|contract| contract.owner);
    let owners: BTreeSet<&str> = slices.iter().map(|slice| slice.service).chain(consumed).collect();
    owners.into_iter().map(|owner| format!("{owner}.{}.>", kind.token())).collect()
}

async fn provision_consumer(
    context: &jetstream::Context,
    planned: Consumer,
    ack_wait: Duration,
    events_since: Timestamp,
) -> Result<(), TopologyError> {
    let (name, stream) = (planned.name(), planned.stream);
    // Events are read from a stated time, never from "all": what is older was handled already, or
    // belongs to a time before this service. What is urgent is what comes from now on, since the
    // usual consumer brings it as well. A work queue knows itself what is undone.
    let deliver_policy = match (stream, planned.lane) {
        (EVENTS, Lane::Usual) => since(events_since),
        (EVENTS, Lane::Urgent) => DeliverPolicy::New,
        _ => DeliverPolicy::All,
    };
    let mut config = consumer::pull::Config {
        durable_name: Some(name.clone()),
        ack_policy: AckPolicy::Explicit,
        ack_wait,
        max_ack_pending: 5_000,
        deliver_policy,
        filter_subjects: planned.filters,
        ..Default::default()
    };
    let failed = |source| TopologyError::Consumer { stream, consumer: name.clone(), source };
    // The start time of a consumer cannot be changed: an existing one keeps its own.
    let existing: Result<consumer::PullConsumer, _> =
        context.get_consumer_from_stream(&name, stream).await;
    if let Ok(existing) = existing {
        config.deliver_policy = existing.cached_info().config.deliver_policy;
    }
    context.create_consumer_on_stream(config, stream).await.map(|_| ()).map_err(failed)
}

/// A consumer as the broker has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub stream: &'static str,
    /// The service that it belongs to.
    pub service: String,
    pub lane: Lane,
    /// Messages that it was not given yet.
    pub pending: u64,
    /// Messages that it was given and that are not done.
    pub unacknowledged: u64,
    /// What it takes.
    pub filters: Vec<String>,
    /// No slice names it any more: its service was removed or renamed, or takes nothing from there.
    pub is_stray: bool,
}

/// Every consumer that lasts, of both streams. Others, of people who look in, end by themselves.
pub async fn readers(
    context: &jetstream::Context,
    slices: &[Slice],
) -> Result<Vec<Reader>, TopologyError> {
    let mut readers = Vec::new();
    for stream in [EVENTS, COMMANDS] {
        let failed = |source: async_nats::Error| TopologyError::Consumers { stream, source };
        let found = context.get_stream(stream).await.map_err(|error| failed(error.into()))?;
        let mut consumers = found.consumers();
        while let Some(info) = consumers.try_next().await.map_err(|error| failed(error.into()))? {
            let Some(name) = info.config.durable_name else { continue };
            let (service, lane) = split_name(&name);
            let mut named = slices.iter().flat_map(Slice::consumers);
            let mut filters = info.config.filter_subjects;
            filters.extend(Some(info.config.filter_subject).filter(|one| !one.is_empty()));
            readers.push(Reader {
                stream,
                is_stray: !named.any(|it| it.stream == stream && it.name() == name),
                service: service.to_owned(),
                lane,
                pending: info.num_pending,
                unacknowledged: u64::try_from(info.num_ack_pending).unwrap_or(u64::MAX),
                filters,
            });
        }
    }
    readers.sort_by(|one, other| {
        (one.stream, &one.service, one.lane).cmp(&(other.stream, &other.service, other.lane))
    });
    Ok(readers)
}

/// Removes consumers that no slice names, and the commands that nobody takes any more: they would
/// fill the work queue, which then refuses everybody's. Returns what was removed.
pub async fn prune(
    context: &jetstream::Context,
    slices: &[Slice],
) -> Result<Vec<Reader>, TopologyError> {
    let strays: Vec<Reader> =
        readers(context, slices).await?.into_iter().filter(|reader| reader.is_stray).collect();
    let taken: BTreeSet<String> =
        slices.iter().flat_map(Slice::consumers).flat_map(|consumer| consumer.filters).collect();
    for Reader { stream, service, lane, filters, .. } in &strays {
        let failed = |source: async_nats::Error| TopologyError::Consumers { stream, source };
        let found = context.get_stream(*stream).await.map_err(|error| failed(error.into()))?;
        let removed = found.delete_consumer(&consumers::name(service, *lane)).await;
        removed.map_err(|error| failed(error.into()))?;
        if *stream != COMMANDS {
            continue;
        }
        for subject in filters.iter().filter(|filter| !taken.contains(*filter)) {
            found.purge().filter(subject).await.map_err(|error| failed(error.into()))?;
        }
    }
    Ok(strays)
}

/// From a time on, written as the broker's own API writes it.
fn since(moment: Timestamp) -> DeliverPolicy {
    let policy = serde_json::json!({
        "deliver_policy": "by_start_time",
        "opt_start_time": moment.to_string(),
    });
    serde_json::from_value(policy).unwrap_or(DeliverPolicy::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_consumer_starts_at_the_stated_time() {
        let start = since(Timestamp::UNIX_EPOCH);
        assert!(matches!(start, DeliverPolicy::ByStartTime { .. }));
    }
}
