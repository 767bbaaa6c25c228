//! Payment-reconciliation: whose money is this, and what does it pay?

pub mod domain;
