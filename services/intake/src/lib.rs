//! Intake: creditors' invoices become persons, parties, cases and claims.

pub mod domain;
