//! Breaks the mailbox in every way that is known, on real processes, and looks whether anything was
//! done twice or lost.
//!
//! A *story* is a list of messages that are told to a few replicas of the reference service while
//! acts of a *plan* break things; then everything comes to rest and is judged. A *campaign* plays
//! story after story. Read `story.rs` first.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a test fails loudly, and takes the place of producers, operators and the network"
)]

mod campaign;
mod chance;
mod judge;
mod plan;
mod proxy;
#[expect(dead_code, reason = "the campaign rings with a performer of its own")]
#[path = "../../../shared/mailbox/tests/reference/mod.rs"]
mod reference;
mod replica;
mod report;
mod ringer;
mod script;
mod shrink;
mod story;
mod world;

pub use campaign::{Campaign, fails};
pub use judge::Verdict;
pub use plan::{Act, Plan, Server};
pub use replica::Start;
pub use report::{Failed, Report};
pub use shrink::shrink;
pub use story::{Ended, play};
pub use world::World;
