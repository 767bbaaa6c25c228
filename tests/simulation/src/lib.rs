//! All services' decisions in one process: no Postgres, no NATS, no clock but the story's.
//!
//! Read `plan.rs` first (what a story is), then `world.rs` (how it is told), then `house.rs` (which
//! decisions are called) and `invariants.rs` (what must always hold). README.md says what is
//! covered and what is not.

mod bank;
mod deeds;
mod faults;
mod invariants;
mod outside;
mod plan;
mod rest;
mod shrink;
mod world;

pub use faults::{Mishap, Wrong};
pub use plan::{Piece, Plan};
pub use shrink::{Shortest, shortest};
pub use world::{Counts, Sabotage, Told, Violation, tell};
