//! The embedded stack: a private Postgres, a private nats-server, a mail sink, and every service as
//! a child process, all in one folder of this machine.
//!
//! Read `supervisor.rs` first. Nothing here knows what the services do.

mod board;
mod broker;
mod children;
mod database;
mod description;
mod layout;
mod lock;
mod log;
mod orphans;
mod process;
mod secrets;
mod services;
mod settings;
mod supervisor;

pub use board::Board;
pub use broker::connect;
pub use children::MAIL_SINK;
pub use description::{Description, Ports};
pub use layout::Layout;
pub use lock::Lock;
pub use log::last_line;
pub use secrets::Secrets;
pub use services::{Entry, SERVICES, named, names};
pub use supervisor::{Stack, StartOptions};

pub(crate) use process::program;
