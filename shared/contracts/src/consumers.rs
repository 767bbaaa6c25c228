//! The consumers of the two streams, derived from the slices.
//!
//! One per service and stream takes everything that the service takes from there. Beside it, one
//! takes what is urgent among the events, too: whichever is first brings it, and the inbox knows it
//! when the other does. So nothing depends on the second, and a release may make an event urgent,
//! or be rolled back, while services of another release are at work. Commands have no such second:
//! a work queue gives each to one consumer.

use crate::permissions::{COMMANDS, EVENTS};
use crate::registry::Slice;
use crate::{Contract, Kind, Lane};

/// What the name of a consumer of urgent events has behind its service's.
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
    /// The consumers of a service; none where it takes nothing.
    #[must_use]
    pub fn consumers(&self) -> Vec<Consumer> {
        let taking = |stream, lane, takes: fn(&Contract) -> bool| {
            let taken = self.consumes.iter().filter(|contract| takes(contract));
            let filters = taken.map(Contract::filter).collect();
            Consumer { service: self.service, stream, lane, filters }
        };
        let consumers = [
            taking(EVENTS, Lane::Usual, |it| it.kind == Kind::Event),
            taking(EVENTS, Lane::Urgent, |it| it.lane == Lane::Urgent),
            taking(COMMANDS, Lane::Usual, |it| it.kind == Kind::Command),
        ];
        consumers.into_iter().filter(|consumer| !consumer.filters.is_empty()).collect()
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
