//! What monitoring makes of what it hears.
//!
//! `entry` says what is kept of a message, `audited` what each type of message has of it, and
//! `feedback` what a creditor is told of it all.

mod audited;
mod entry;
mod feedback;

pub use entry::{Audited, Entry, Particulars, Parts, audit_trail};
pub use feedback::{FEEDBACK, WatchedCase, feedback, tell_creditor, watch};
