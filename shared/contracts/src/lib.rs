//! The messages of Amicable: what the services tell each other, and nothing else.
//!
//! One module per owning service. Every message type here is frozen once it is published: its
//! snapshot under `snapshots/` is compared both ways, and a change means a new version beside the
//! old one. The JSON Schemas, the `AsyncAPI` document and the broker's permissions are generated
//! from this crate. It must never hold behaviour, IO, or a field that carries personal data in an
//! event, a command, or the body of a request.

mod envelope;
mod message;

pub mod agreement;
pub mod asyncapi;
pub mod consumers;
pub mod earlier;
pub mod header;
pub mod hold;
pub mod intake;
pub mod letter;
pub mod mediation;
pub mod monitoring;
pub mod operations;
pub mod payment_reconciliation;
pub mod permissions;
pub mod permit;
pub mod reason;
pub mod registry;
pub mod scheduler;
pub mod schema;
pub mod telephony_task;

pub use envelope::{Envelope, SPEC_VERSION};
pub use message::{Contract, DecodeError, Kind, Lane, Message, Outgoing, Request, split_subject};
