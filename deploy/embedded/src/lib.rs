//! The servers that Amicable brings along: a private Postgres, a private nats-server, a mail sink.
//!
//! They run as child processes (the sink as tasks) on loopback addresses, for one machine: the
//! embedded stack and the tests. No server outlives the process that started it for long, and no
//! wait is without a bound. This crate must never be used by a service, and knows none of them.

mod account;
mod error;
mod folder;
mod guard;
mod orphan;
mod port;
mod secret;
mod server_log;

pub mod mail_sink;
pub mod nats;
pub mod postgres;
pub mod schema;
pub mod tools;

pub use error::Error;
pub use guard::{Guarded, Launch, StopSignal};
pub use mail_sink::MailSink;
pub use nats::NatsServer;
pub use postgres::Cluster;
pub use tools::Search;
