//! The hand-made examples behind the snapshots: every variant, every field, every absence.
//!
//! Never change one: its snapshot is frozen. A new message version gets new examples.

mod debits;
mod earlier;
mod envelope;
mod hold;
pub(crate) mod intake;
pub(crate) mod letter;
mod mediation;
mod monitoring;
mod operations;
mod payment_links;
pub(crate) mod payment_reconciliation;
mod payouts;
mod reason;
mod refunds;
pub(crate) mod scheduler;
pub(crate) mod telephony_task;

use contracts::intake::Problem;
use contracts::letter::NotSentReason;
use contracts::mediation::PromiseVerdict;
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::CloseReason;
use contracts::telephony_task::NotMadeReason;
use primitives::{
    CallTaskId, Capacity, CaseId, Channel, ClaimId, ContentHash, CreditorId, Currency, Date,
    LetterId, MessageId, MessageKind, Money, PaymentId, PermitId, PersonId, PromiseId,
    RemittanceId, StaffId, StructuredReference, Timestamp,
};
use uuid::Uuid;

use crate::Snapshot;

/// Every snapshot there is.
pub(crate) fn all() -> Vec<Snapshot> {
    let parts = [
        envelope::all(),
        earlier::all(),
        intake::all(),
        hold::all(),
        reason::all(),
        scheduler::all(),
        letter::all(),
        telephony_task::all(),
        mediation::all(),
        payment_reconciliation::all(),
        payment_links::all(),
        payouts::all(),
        refunds::all(),
        debits::all(),
        monitoring::all(),
        operations::all(),
    ];
    parts.into_iter().flatten().collect()
}

fn permit(message: MessageKind, channels: &[Channel], capacity: Capacity) -> Permit {
    Permit {
        permit_id: permit_id(),
        person_id: person(),
        case_id: case(),
        creditor_id: creditor(),
        claim_ids: vec![claim()],
        deed: PermittedDeed::Write { message, channels: channels.to_vec() },
        capacity,
        not_before: moment("2026-03-09T08:00:00Z"),
        not_after: moment("2026-03-10T18:00:00Z"),
        payments_known_within_days: Some(2),
        rule_ids: vec!["be.contact.hours".to_owned()],
        rule_pack: "be-2026-01".to_owned(),
    }
}

fn call_permit() -> Permit {
    Permit {
        deed: PermittedDeed::Call,
        payments_known_within_days: None,
        ..permit(MessageKind::Demand, &[], Capacity::Collector)
    }
}

fn problems() -> Vec<Problem> {
    let problem = |line| Problem {
        field: "LegalMonetaryTotal/PayableAmount".to_owned(),
        line,
        reason: "the lines add up to another amount".to_owned(),
    };
    vec![problem(Some(42)), problem(None)]
}

/// With them every language, so that all are shown.
fn references() -> [StructuredReference; 3] {
    let dutch = StructuredReference::parse_dutch("1234567").unwrap();
    [belgian(), StructuredReference::parse_rf("RF18539007547034").unwrap(), dutch]
}

fn belgian() -> StructuredReference {
    StructuredReference::parse_belgian("+++010/8068/17183+++").unwrap()
}

pub(crate) fn close_reasons() -> [CloseReason; 3] {
    [CloseReason::Paid, CloseReason::Credited, CloseReason::Withdrawn]
}

fn not_sent_reasons() -> [NotSentReason; 9] {
    [
        NotSentReason::Withdrawn,
        NotSentReason::PermitExpired,
        NotSentReason::NothingOwed,
        NotSentReason::PaymentsNotKnown,
        NotSentReason::AddressRefused,
        NotSentReason::NoAddress,
        NotSentReason::TextNotLawful,
        NotSentReason::DataMissing,
        NotSentReason::NoText,
    ]
}

fn verdicts() -> [PromiseVerdict; 4] {
    [PromiseVerdict::Kept, PromiseVerdict::Late, PromiseVerdict::Broken, PromiseVerdict::Released]
}

fn not_made_reasons() -> [NotMadeReason; 2] {
    [NotMadeReason::Withdrawn, NotMadeReason::PermitExpired]
}

pub(crate) fn case() -> CaseId {
    CaseId::from_uuid(uuid(1))
}

pub(crate) fn claim() -> ClaimId {
    ClaimId::from_uuid(uuid(2))
}

pub(crate) fn creditor() -> CreditorId {
    CreditorId::from_uuid(uuid(3))
}

pub(crate) fn person() -> PersonId {
    PersonId::from_uuid(uuid(4))
}

pub(crate) fn letter_id() -> LetterId {
    LetterId::from_uuid(uuid(6))
}

pub(crate) fn permit_id() -> PermitId {
    PermitId::from_uuid(uuid(7))
}

pub(crate) fn payment() -> PaymentId {
    PaymentId::from_uuid(uuid(8))
}

fn message_id() -> MessageId {
    MessageId::from_uuid(uuid(20))
}

pub(crate) fn staff() -> StaffId {
    StaffId::from_uuid(uuid(23))
}

pub(crate) fn task() -> CallTaskId {
    CallTaskId::from_uuid(uuid(30))
}

fn promise() -> PromiseId {
    PromiseId::from_uuid(uuid(31))
}

pub(crate) fn remittance_id() -> RemittanceId {
    RemittanceId::from_uuid(uuid(32))
}

pub(crate) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_0000 | number)
}

pub(crate) fn document() -> ContentHash {
    ContentHash::from_digest([0xab; 32])
}

pub(crate) fn euros(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::EUR)
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
