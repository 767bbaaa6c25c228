//! What a message is: its contract, its decoding, and how it leaves a decision.

use std::fmt;

use primitives::CreditorId;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The three ways in which services meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A fact, in the past tense; one stream, any number of consumers.
    Event,
    /// A wish to one service; one work queue, no answer awaited.
    Command,
    /// A question, or a wish whose answer is awaited.
    Request,
}

impl Kind {
    /// The middle part of a subject.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Event => "evt",
            Self::Command => "cmd",
            Self::Request => "api",
        }
    }
}

/// How an event comes to those that take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    Usual,
    /// What may stop an act or is heard from a debtor: a payment, a credit note, a withdrawal, a
    /// call. It is brought by a consumer of its own beside the usual one, so that it does not wait
    /// behind masses that lead to acts, such as one creditor's new claims.
    Urgent,
}

/// The identity of one message version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contract {
    /// The service that owns it: the producer of an event, the receiver of a command or request.
    pub owner: &'static str,
    pub kind: Kind,
    /// In kebab case; past tense for events, imperative for commands.
    pub name: &'static str,
    pub version: u16,
    /// The same for all versions; usual where it is no event.
    pub lane: Lane,
}

impl Contract {
    /// `letter.evt.dispatched`: what all versions share; names spans and metrics.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}.{}.{}", self.owner, self.kind.token(), self.name)
    }

    /// `letter.evt.dispatched.v1`: where this version is published.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{}.v{}", self.stem(), self.version)
    }

    /// `letter.evt.dispatched.*`: what a consumer subscribes to.
    #[must_use]
    pub fn filter(&self) -> String {
        format!("{}.*", self.stem())
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject())
    }
}

/// Splits `letter.evt.dispatched.v1` into its stem and its version.
#[must_use]
pub fn split_subject(subject: &str) -> Option<(&str, u16)> {
    let (stem, version) = subject.rsplit_once(".v")?;
    Some((stem, version.parse().ok()?))
}

/// Why a body could not be read as the message it says it is.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Deploy the consumer before the producer: the message waits until this service is newer.
    #[error("version {found} of {stem} is newer than version {known}, the newest known here")]
    NewerVersion { stem: String, found: u16, known: u16 },
    /// The producer broke its own contract.
    #[error("the body of {subject} does not have the agreed form")]
    Malformed {
        subject: String,
        #[source]
        source: serde_json::Error,
    },
}

/// A message body, in its current version.
pub trait Message:
    Serialize + DeserializeOwned + JsonSchema + fmt::Debug + Clone + Send + Sync + 'static
{
    const CONTRACT: Contract;

    /// The aggregate that this message is about, at its producer.
    fn aggregate(&self) -> Uuid;

    /// The creditor whose case it concerns, where there is one.
    fn creditor(&self) -> Option<CreditorId>;

    /// Reads any version known here and upgrades it to the current one.
    fn decode(version: u16, data: &str) -> Result<Self, DecodeError> {
        read(version, data)
    }
}

/// Reads a message in the form of its type.
pub(crate) fn read<M: Message>(version: u16, data: &str) -> Result<M, DecodeError> {
    let contract = M::CONTRACT;
    if version > contract.version {
        return Err(DecodeError::NewerVersion {
            stem: contract.stem(),
            found: version,
            known: contract.version,
        });
    }
    serde_json::from_str(data)
        .map_err(|source| DecodeError::Malformed { subject: contract.subject(), source })
}

/// A message whose sender waits for an answer.
pub trait Request: Message {
    type Answer: Serialize + DeserializeOwned + JsonSchema + fmt::Debug + Send + Sync + 'static;

    /// Whether it changes something, and so goes through inbox, decision and outbox.
    const CHANGES: bool;

    /// Whether the answer may carry personal data. Never true of a request that changes something,
    /// since its answer is kept.
    const PERSONAL_ANSWER: bool;
}

/// A message that a decision sends; the mailbox gives it its id, its version and its envelope.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub contract: Contract,
    pub aggregate: Uuid,
    pub creditor: Option<CreditorId>,
    pub data: Box<RawValue>,
}

impl Outgoing {
    /// # Panics
    ///
    /// Never for a type declared with `contract!`: its fields all serialise.
    #[must_use]
    pub fn new<M: Message>(message: &M) -> Self {
        Self {
            contract: M::CONTRACT,
            aggregate: message.aggregate(),
            creditor: message.creditor(),
            data: serde_json::value::to_raw_value(message).expect("contract types serialise"),
        }
    }

    /// The message again, for tests of decisions.
    #[must_use]
    pub fn read<M: Message>(&self) -> Option<M> {
        if self.contract != M::CONTRACT {
            return None;
        }
        M::decode(self.contract.version, self.data.get()).ok()
    }
}

impl<M: Message> From<M> for Outgoing {
    fn from(message: M) -> Self {
        Self::new(&message)
    }
}

/// Declares one message type: its documentation, contract, aggregate and fields.
///
/// `creditor none` marks a message that belongs to no single creditor; `after` names the type of
/// the version before, from which this one can be made; `urgent` puts an event in that lane.
macro_rules! contract {
    (
        $(#[$doc:meta])*
        $kind:ident $owner:literal $name:literal v $version:literal $(after $earlier:path,)?
        about $aggregate:ident, creditor $creditor:ident $(, $lane:ident)?;
        $type:ident { $($(#[$field_doc:meta])* $field:ident : $field_type:ty),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub struct $type { $($(#[$field_doc])* pub $field: $field_type),* }

        impl $crate::Message for $type {
            const CONTRACT: $crate::Contract = $crate::Contract {
                owner: $owner,
                kind: $crate::Kind::$kind,
                name: $name,
                version: $version,
                lane: contract!(@lane $($lane)?),
            };

            fn aggregate(&self) -> uuid::Uuid {
                contract!(@aggregate self $aggregate)
            }

            fn creditor(&self) -> Option<primitives::CreditorId> {
                contract!(@creditor self $creditor)
            }

            $(fn decode(version: u16, data: &str) -> Result<Self, $crate::DecodeError> {
                if version < Self::CONTRACT.version {
                    return <$earlier as $crate::Message>::decode(version, data).map(Self::from);
                }
                $crate::message::read(version, data)
            })?
        }
    };
    (@aggregate $self:ident none) => { uuid::Uuid::nil() };
    (@aggregate $self:ident $field:ident) => { $self.$field.as_uuid() };
    (@lane) => { $crate::Lane::Usual };
    (@lane urgent) => { $crate::Lane::Urgent };
    (@creditor $self:ident none) => { None };
    (@creditor $self:ident optional) => { $self.creditor_id };
    (@creditor $self:ident $field:ident) => { Some($self.$field) };
}

/// Declares what a request is answered with: `request!(Type => Answer, changes)`, or `reads`, or
/// `reads personal`.
macro_rules! request {
    ($type:ty => $answer:ty, changes) => {
        request!(@ $type, $answer, true, false);
    };
    ($type:ty => $answer:ty, reads) => {
        request!(@ $type, $answer, false, false);
    };
    ($type:ty => $answer:ty, reads personal) => {
        request!(@ $type, $answer, false, true);
    };
    (@ $type:ty, $answer:ty, $changes:literal, $personal:literal) => {
        impl $crate::Request for $type {
            type Answer = $answer;
            const CHANGES: bool = $changes;
            const PERSONAL_ANSWER: bool = $personal;
        }
    };
}

/// A plain value inside messages: the usual derives, nothing else.
macro_rules! value {
    ($(#[$doc:meta])* enum $type:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
        pub enum $type { $($body)* }
    };
    ($(#[$doc:meta])* struct $type:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub struct $type { $($body)* }
    };
}

pub(crate) use {contract, request, value};
