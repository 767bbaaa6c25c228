//! All tests of the service, in one program: they share its servers, and it is linked once.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

mod agreements;
mod amount;
mod book;
mod claims;
mod creditors;
mod decide;
mod direct_payments;
mod documents;
mod find_claims;
mod invoice;
mod paper;
mod payment_files;
mod service;
mod spelling;
