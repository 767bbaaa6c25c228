//! What intake decides, without IO, clock or environment: whether a creditor's document and a claim
//! are complete, lawful and new, who works for the agency, and what follows.
//!
//! Read `gate.rs` first (what a file alone must have), then `import.rs` (what it means for the
//! creditor's customer).

mod agreement_document;
mod agreement_sentences;
mod agreement_words;
mod base;
mod company;
mod creditor;
mod creditor_document;
mod customer;
mod debtor;
mod desk;
mod direct_payment;
mod document;
mod fields;
mod finds;
mod gate;
mod import;
pub mod invoice;
mod payment_file;
mod payment_table;
mod printable;
mod reference;
mod register;
mod staff;
mod staff_document;
mod taken;
mod telephone;
mod tell_anew;
pub mod ubl;
mod withdraw;

pub use agreement_sentences::{Change, changes, compared, flow_sentences, sentences};
pub use base::{base_agreement, base_flows};
pub use company::{CompanyId, enterprise_number, kvk_number, vat_number};
pub use creditor::{Agreed, Creditor, Known, Profile, Terms, creditor_id};
pub use creditor_document::{
    CreditorDocument, agreement_and_base, beside_the_agency, read_agreement, read_document,
};
pub use customer::{Claim, Credit, Customer, DirectPayment, OpenCase};
pub use debtor::{Buyer, Debtor, buyer, language, reachable};
pub use desk::{Desk, DeskKey, Enrolment, Reached};
pub use direct_payment::{report_direct_payment, retract_direct_payment};
pub use document::{NumberedDocument, Outcome, SourceFile, document_of, document_word};
pub use fields::DOCUMENT_MAX_BYTES;
pub use finds::{Finds, bounds, told};
pub use gate::{Asks, Candidate, Found, Handed};
pub use import::import;
pub use payment_file::{
    HandedPayments, PaymentDesk, PaymentDeskKey, PaymentFile, TakenFile, import_direct_payments,
};
pub use payment_table::{
    Column, PaymentLine, PaymentTable, TABLE_BYTES_MAX, TABLE_LINES_MAX, read_payments,
};
pub use reference::{ReferenceUse, claimed_reference, own_reference};
pub use register::{Registration, register};
pub use staff::{HeldCertificate, Member, Staff, StaffRegistration, register_staff, staff_id};
pub use staff_document::read_staff_document;
pub use taken::Taken;
pub use telephone::Telephone;
pub use tell_anew::{tell_creditor_anew, tell_staff_anew};
pub use withdraw::withdraw;
