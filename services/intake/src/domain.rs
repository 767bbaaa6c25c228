//! What intake decides, without IO, clock or environment: whether a creditor's document and a claim
//! are complete, lawful and new, and what they change.
//!
//! Read `gate.rs` first (what a file alone must have), then `import.rs` (what it means for the
//! creditor's customer).

mod company;
mod creditor;
mod creditor_document;
mod customer;
mod debtor;
mod desk;
mod document;
mod fields;
mod gate;
mod import;
pub mod invoice;
mod printable;
mod reference;
mod register;
mod taken;
pub mod ubl;
mod withdraw;

pub use company::{CompanyId, enterprise_number, kvk_number, vat_number};
pub use creditor::{Agreed, Creditor, Known, Profile, Terms, creditor_id};
pub use creditor_document::{
    CreditorDocument, DOCUMENT_MAX_BYTES, beside_the_agency, read_document,
};
pub use customer::{Claim, Credit, Customer, OpenCase};
pub use debtor::{Buyer, Debtor, buyer, language, reachable};
pub use desk::{Desk, DeskKey, Enrolment, Reached};
pub use document::{NumberedDocument, Outcome, SourceFile, document_of, document_word};
pub use gate::{Asks, Candidate, Found, Handed};
pub use import::import;
pub use reference::{ReferenceUse, claimed_reference, own_reference};
pub use register::{Registration, register};
pub use taken::Taken;
pub use withdraw::withdraw;
