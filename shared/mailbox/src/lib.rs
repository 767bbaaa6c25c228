//! The mailbox: the one door through which messages come in and go out.
//!
//! A service declares its handlers; the mailbox pulls messages in micro-batches, keeps each from
//! being handled twice, locks the rows that they concern, folds the pure decisions, saves states,
//! effects, timers and outgoing messages in one transaction, publishes, and acknowledges. Nothing
//! else in the house opens a transaction, publishes, or acknowledges.
//!
//! Read `batch.rs` first: the core. Then `saving.rs`, `handler.rs` and `executor.rs`.

mod aggregate;
mod ask;
mod background;
mod batch;
mod broker;
mod consumer;
mod crash;
mod decision;
mod effect;
mod executor;
mod guards;
mod handler;
mod ids;
mod mailbox;
mod meters;
mod operations;
mod publisher;
mod pulling;
mod recovery;
mod rehearsal;
mod requests;
mod saving;
mod settings;
mod settling;
mod store;

pub mod topology;

pub use aggregate::{Aggregate, AnyState, Arena, Held, Kind, Row, States};
pub use ask::{AskError, Asker};
pub use crash::{CrashPlan, CrashPlanError, CrashPoint, Failure};
pub use decision::{Claim, Decision, Effect, Ended, Ending, Facts, Fault, Nothing, Timer};
pub use effect::{Evidence, Performance, Performer};
pub use handler::{
    Handler, KEYS_MAX, Order, Projection, Query, RequestError, RequestHandler, TimerHandler,
};
pub use mailbox::{Mailbox, StartError};
pub use operations::Check;
pub use rehearsal::{Brought, BroughtEffect, Rehearsal, Rehearsed};
pub use settings::MailboxSettings;

/// The mailbox's own migrations, applied first in each service's schema.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();
