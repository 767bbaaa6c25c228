//! The consumers of the two streams, derived from the slices: one per service, stream and lane in
//! which the service takes anything.

use crate::permissions::{COMMANDS, EVENTS};
use crate::registry::Slice;
use crate::{Contract, Kind, Lane};

/// What the name of a consumer of urgent messages has behind its service's.
const URGENT: &str = "-urgent";

/// A consumer, as the broker is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub service: &'static str,
    pub stream: &'static str,
    pub lane: Lane,
    /// Every version of each message.
    pub filters: Vec<String>,
}

impl Consumer {
    /// The name under which the broker knows it.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.service, self.lane)
    }
}

impl Slice {
    /// The consumers of a service. The broker refuses two on one work queue that take the same, so
    /// each message is taken by one.
    #[must_use]
    pub fn consumers(&self) -> Vec<Consumer> {
        let both = [(EVENTS, Kind::Event), (COMMANDS, Kind::Command)];
        let all = both.iter().flat_map(|of| [(of, Lane::Urgent), (of, Lane::Usual)]);
        let consumers = all.map(|((stream, kind), lane)| {
            let taken = self.consumes.iter().filter(|it| it.kind == *kind && it.lane == lane);
            let filters = taken.map(Contract::filter).collect();
            Consumer { service: self.service, stream, lane, filters }
        });
        consumers.filter(|consumer| !consumer.filters.is_empty()).collect()
    }
}

/// The name of a service's consumers in a lane.
#[must_use]
pub fn name(service: &str, lane: Lane) -> String {
    match lane {
        Lane::Usual => service.to_owned(),
        Lane::Urgent => format!("{service}{URGENT}"),
    }
}

/// Service and lane of a consumer's name.
#[must_use]
pub fn split_name(name: &str) -> (&str, Lane) {
    match name.strip_suffix(URGENT) {
        Some(service) => (service, Lane::Urgent),
        None => (name, Lane::Usual),
    }
}
