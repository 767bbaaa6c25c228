//! All tests of the service, in one program: they share its servers, and it is linked once.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

mod assignments;
mod awaited;
mod bank;
mod bookkeeping;
mod books;
mod charges;
mod commission;
mod corrected_letters;
mod corrections;
mod debiting;
mod decide;
mod direct_debits;
mod early_payments;
mod explanation;
mod hindrance;
mod importing;
mod invoices;
mod ledger;
mod matched;
mod office;
mod paying_by_link;
mod paying_out;
mod payment_links;
mod payment_order;
mod payments;
mod payout;
mod payouts;
mod positions;
mod quarantine;
mod refunds;
mod remittances;
mod retention;
mod returned_refunds;
mod returned_remittances;
mod rules;
mod schema;
mod search;
mod service;
mod small_differences;
mod specification;
mod world;
