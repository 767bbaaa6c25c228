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
mod migration;
mod orphans;
mod process;
mod secrets;
mod services;
mod settings;
mod supervisor;

pub(crate) use board::Board;
pub(crate) use broker::connect;
pub(crate) use children::MAIL_SINK;
pub(crate) use description::{Description, Ports};
pub(crate) use layout::Layout;
pub(crate) use lock::Lock;
pub(crate) use log::last_line;
pub(crate) use migration::migrate;
pub(crate) use secrets::Secrets;
pub(crate) use services::{named, names};
pub(crate) use settings::DEFAULTS as DEFAULT_SETTINGS;
pub(crate) use supervisor::{Stack, StartOptions};

pub(crate) use process::program;
