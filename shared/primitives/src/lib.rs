//! The values that every other crate speaks in: money, ids, dates, account numbers, references.
//!
//! Each is parsed once, at the edge, and cannot be wrong afterwards. Nothing here reads a clock, a
//! file, the environment or a random source, and nothing here knows a rule of law.

mod act;
mod actor;
mod case_number;
mod check_digits;
mod clock;
mod company_number;
mod content_hash;
mod country;
mod currency;
mod direct_debit;
mod iban;
mod ids;
mod money;
pub mod printed;
mod rate;
mod reference;
mod text_form;

pub use jiff::{Timestamp, civil::Date};

pub use act::{
    CallOutcome, Capacity, Channel, DebtorKind, Language, MessageKind, NonPaymentReason, StaffRole,
    UnknownWord,
};
pub use actor::{Actor, ActorError};
pub use case_number::{CaseNumber, CaseNumberError};
pub use clock::{Clock, FixedClock};
pub use company_number::{CompanyNumber, CompanyNumberError, CompanyNumberKind};
pub use content_hash::{ContentHash, ContentHashError};
pub use country::{Country, CountryError};
pub use currency::{Currency, CurrencyError};
pub use direct_debit::{
    CreditorIdentifier, CreditorIdentifierError, MandateReference, MandateReferenceError,
};
pub use iban::{Iban, IbanError};
pub use ids::{
    CallTaskId, CaseId, ClaimId, CorrelationId, CreditorId, DebitFileId, DebitId, EffectId, HoldId,
    IdError, LetterId, MandateId, MessageId, NoteId, PartyId, PaymentId, PaymentLinkId, PermitId,
    PersonId, PromiseId, RefundId, RemittanceId, SourceFileId, StaffId, StatementId,
};
pub use money::{Money, MoneyError};
pub use rate::{Rate, RateError};
pub use reference::{Checked, ReferenceError, StructuredReference};
