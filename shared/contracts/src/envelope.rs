//! The envelope: `CloudEvents` 1.0, structured JSON mode, with the extensions of this house.

use primitives::{Actor, CorrelationId, CreditorId, MessageId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::header;

/// The version of the `CloudEvents` specification that envelopes follow.
pub const SPEC_VERSION: &str = "1.0";

/// One message as it travels and as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Envelope {
    /// Always `1.0`.
    #[schemars(extend("const" = SPEC_VERSION))]
    pub specversion: String,
    /// Equal whenever the same message is sent again.
    pub id: MessageId,
    /// `/amicable/letter`: the service that produced it.
    pub source: String,
    /// The subject that it was published on, such as `letter.evt.dispatched.v1`.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The aggregate that it is about, at the producer.
    pub subject: Uuid,
    /// Business time: when the fact happened, in the world of the case.
    pub time: Timestamp,
    /// Always `application/json`.
    #[schemars(extend("const" = header::JSON))]
    pub datacontenttype: String,
    /// The chain that it belongs to, equal from the first cause to the last effect.
    pub correlationid: CorrelationId,
    /// The message, timer, effect or request that caused it.
    pub causationid: MessageId,
    /// On whose behalf it was done.
    pub actor: Actor,
    /// The creditor whose case it concerns, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "CreditorId")]
    pub creditor: Option<CreditorId>,
    /// The version of the aggregate at the producer, counted under its lock; 0 where none has one.
    pub aggregateversion: u64,
    /// Wall time: when the producer recorded it. Horizons are measured with it.
    pub recordedtime: Timestamp,
    /// Its producer recovers a database that was restored: the same message may have been recorded
    /// on another day before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// W3C trace context of the producing step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub traceparent: Option<String>,
    /// The message itself, in the form that belongs to its type.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub data: Box<RawValue>,
}
