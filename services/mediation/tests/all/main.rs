//! All tests of the service, in one program: they share its servers, and it is linked once.

#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests fail loudly")]

mod decide;
mod service;
