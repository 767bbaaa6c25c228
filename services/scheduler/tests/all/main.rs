//! All tests of the service, in one program: they share its servers, and it is linked once.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail loudly"
)]

mod awaited;
mod calls;
mod decide;
mod explain;
mod holds;
mod reasons;
mod service;
mod world;
