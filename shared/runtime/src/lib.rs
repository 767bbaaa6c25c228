//! The process: configuration, telemetry, health, shutdown, connections, clocks, the file store.
//!
//! Every service starts, runs and stops through here, in the same way. This crate knows no message
//! and no rule of the business, and it must never learn one.

pub mod clock;
pub mod config;
pub mod error;
pub mod files;
pub mod health;
pub mod http;
pub mod metrics;
pub mod nats;
pub mod postgres;
mod retry;
pub mod service;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
pub mod trace_context;

pub use service::{Context, Service, run};
