//! What payment-reconciliation decides, without IO, clock or environment.

pub mod camt;
pub mod ledger;
pub mod position;
pub mod statement;
