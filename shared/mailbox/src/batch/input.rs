//! What a batch handles, and what becomes of it.

use jiff::tz::TimeZone;
use primitives::{Date, MessageId, Timestamp};
use uuid::Uuid;

use crate::crash::Injected;
use crate::handler::Payload;
use crate::store::DueTimer;

/// How a batch makes sure that each of its inputs is handled once.
#[derive(Debug)]
pub(crate) enum Ticket {
    /// From the broker: the inbox.
    Stream,
    /// It waited: its row.
    Waiting,
    /// It was parked and is replayed: its row.
    Parked,
    /// The generation of the timer.
    Timer(DueTimer),
    /// The attempt of the effect.
    Effect { id: Uuid, attempt: i32, ending: &'static str },
    /// The key of the request.
    Request { subject: String, key: String, body_hash: Vec<u8> },
}

/// One thing to handle.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) payload: Payload,
    pub(crate) ticket: Ticket,
}

impl Input {
    pub(crate) fn id(&self) -> MessageId {
        self.payload.envelope.id
    }

    /// The handler's name: the envelope's type without its version.
    pub(super) fn stem(&self) -> &str {
        let message_type = self.payload.envelope.message_type.as_str();
        contracts::split_subject(message_type).map_or(message_type, |(stem, _)| stem)
    }
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Handled,
    /// It was handled before, or is being handled elsewhere.
    Duplicate,
    Waits,
    Parked(String),
    /// A request's answer, new or kept.
    Answered(String),
    /// A request's key was used for another body.
    KeyReused,
    /// Not looked at: too much before it had to be parked.
    Left,
    /// Another batch has its row in hand: it follows in a batch of its own.
    SetAside,
}

impl Outcome {
    /// As metrics name it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Duplicate => "duplicate",
            Self::Waits => "waits",
            Self::Parked(_) => "parked",
            Self::Answered(_) => "answered",
            Self::KeyReused => "key-reused",
            Self::Left => "left",
            Self::SetAside => "set-aside",
        }
    }
}

/// The batch could not be handled now; nothing was changed by it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Outage {
    #[error("the database does not take the batch now")]
    Database(#[source] sqlx::Error),
    #[error("stopped by a planned fault")]
    Planned(#[from] Injected),
    #[error("the mailbox could not write its own envelope")]
    Envelope(#[source] serde_json::Error),
    #[error("a message that cannot be handled could not be parked either: {0}")]
    NotParked(String),
}

/// Reads kept envelopes back as inputs.
pub(crate) fn reread(envelopes: &[String], ticket: &dyn Fn() -> Ticket) -> Vec<Input> {
    envelopes
        .iter()
        .filter_map(|text| serde_json::from_str(text).ok())
        .map(|envelope| Input { payload: Payload { envelope, prepared: None }, ticket: ticket() })
        .collect()
}

/// The day of a moment, in UTC: the partition that it belongs to.
pub(crate) fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
