//! What is heard of one case, from its opening to its closing; both tests tell it.

use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered};
use contracts::letter::{Dispatched, NotSent, NotSentReason};
use contracts::mediation::{PromiseJudged, PromiseMade, PromiseVerdict};
use contracts::payment_reconciliation::{ChargesBooked, PaymentAllocated};
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::{CaseClosed, CloseReason, PermitGranted};
use contracts::telephony_task::{CallClosed, PromisedPayment, TaskClaimed};
use contracts::{Envelope, Message};
use contracts::{agreement::PayTo, intake::DirectPaymentReported};
use primitives::{
    CallOutcome, CallTaskId, Capacity, CaseId, Channel, ClaimId, ContentHash, Country, CreditorId,
    Currency, Date, DebtorKind, Language, LetterId, MessageKind, Money, NonPaymentReason,
    PaymentId, PermitId, PersonId, PromiseId, SourceFileId, StaffId, StructuredReference,
    Timestamp,
};
use uuid::Uuid;

/// The first day is a Monday.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn euros(amount: i64) -> Money {
    Money::new(amount * 100, Currency::EUR)
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn case_id() -> CaseId {
    CaseId::from_uuid(uuid(1))
}

pub(crate) fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(uuid(77))
}

fn person_id() -> PersonId {
    PersonId::from_uuid(uuid(88))
}

fn claim_id(claim: u128) -> ClaimId {
    ClaimId::from_uuid(uuid(2000 + claim))
}

pub(crate) fn permit_id(permit: u128) -> PermitId {
    PermitId::from_uuid(uuid(3000 + permit))
}

/// A message, and the envelope that brings it: told at a moment, recorded with it.
pub(crate) fn told<M: Message>(name: &str, moment: &str, message: &M) -> Envelope {
    let mut envelope = testkit::envelope(name, message, Timestamp::now());
    envelope.time = at(moment);
    envelope
}

pub(crate) fn opened() -> CaseOpened {
    CaseOpened {
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: vec![Channel::Email],
        agreement_version: 1,
        pay_to: PayTo::Creditor { since_version: 1 },
    }
}

pub(crate) fn registered(claim: u128, amount: i64) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: claim_id(claim),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount: euros(amount),
        issued_on: day("2026-10-01"),
        due_on: day("2026-10-31"),
        reference: StructuredReference::rf_from("123").unwrap(),
        reachable: Vec::new(),
    }
}

pub(crate) fn credited(claim: u128, amount: i64) -> ClaimCredited {
    ClaimCredited {
        claim_id: claim_id(claim),
        case_id: case_id(),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(uuid(9)),
        amount: euros(amount),
        credited_on: day("2026-11-03"),
    }
}

pub(crate) fn paid_directly(claim: u128, amount: i64) -> DirectPaymentReported {
    DirectPaymentReported {
        payment_id: PaymentId::from_uuid(uuid(4000)),
        claim_id: claim_id(claim),
        case_id: case_id(),
        creditor_id: creditor_id(),
        amount: euros(amount),
        paid_on: day("2026-11-03"),
    }
}

/// A permit for a reminder by post and e-mail, or for a call, from 09:00 to 17:00 of a day.
pub(crate) fn granted(permit: u128, deed: PermittedDeed, on: &str) -> PermitGranted {
    let permit = Permit {
        permit_id: permit_id(permit),
        person_id: person_id(),
        case_id: case_id(),
        creditor_id: creditor_id(),
        claim_ids: vec![claim_id(1)],
        deed,
        capacity: Capacity::Collector,
        not_before: at(&format!("{on}T08:00:00Z")),
        not_after: at(&format!("{on}T16:00:00Z")),
        payments_known_within_days: None,
        rule_ids: vec![format!("rule-{permit}/1"), "contact-window/2".to_owned()],
        rule_pack: "nl-2026.2".to_owned(),
    };
    PermitGranted { case_id: case_id(), creditor_id: creditor_id(), permit }
}

pub(crate) fn reminder() -> PermittedDeed {
    let channels = vec![Channel::Post, Channel::Email];
    PermittedDeed::Write { message: MessageKind::FreeFirstReminder, channels }
}

pub(crate) fn dispatched(letter: u128, permit: u128, channel: Channel, when: &str) -> Dispatched {
    Dispatched {
        letter_id: LetterId::from_uuid(uuid(5000 + letter)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: permit_id(permit),
        message: MessageKind::FreeFirstReminder,
        channel,
        claim_ids: vec![claim_id(1)],
        text_version: "free-first-reminder/nl/consumer@2".to_owned(),
        content: ContentHash::from_digest([7; 32]),
        asked: euros(100),
        dispatched_at: at(when),
    }
}

pub(crate) fn not_sent(letter: u128, permit: u128) -> NotSent {
    NotSent {
        letter_id: LetterId::from_uuid(uuid(5000 + letter)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: permit_id(permit),
        reason: NotSentReason::Withdrawn,
    }
}

pub(crate) fn claimed(task: u128, permit: u128) -> TaskClaimed {
    TaskClaimed {
        task_id: CallTaskId::from_uuid(uuid(6000 + task)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: permit_id(permit),
        staff_id: StaffId::from_uuid(uuid(99)),
        certificate_valid_until: day("2027-01-01"),
    }
}

pub(crate) fn called(
    task: u128,
    permit: u128,
    reason: NonPaymentReason,
    promised: Option<i64>,
    when: &str,
) -> CallClosed {
    let promise =
        promised.map(|amount| PromisedPayment { amount: euros(amount), pay_by: day("2026-11-11") });
    CallClosed {
        task_id: CallTaskId::from_uuid(uuid(6000 + task)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: permit_id(permit),
        claim_ids: vec![claim_id(1)],
        outcome: if promise.is_some() { CallOutcome::Promised } else { CallOutcome::Reached },
        reason,
        promise,
        staff_id: StaffId::from_uuid(uuid(99)),
        called_at: at(when),
        closed_at: at(when),
    }
}

pub(crate) fn promised(promise: u128, amount: i64) -> PromiseMade {
    PromiseMade {
        promise_id: PromiseId::from_uuid(uuid(7000 + promise)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        claim_ids: vec![claim_id(1)],
        amount: euros(amount),
        pay_by: day("2026-11-11"),
        task_id: CallTaskId::from_uuid(uuid(6000 + promise)),
        staff_id: StaffId::from_uuid(uuid(99)),
        made_at: at("2026-11-04T10:00:00Z"),
    }
}

pub(crate) fn judged(promise: u128, verdict: PromiseVerdict) -> PromiseJudged {
    PromiseJudged {
        promise_id: PromiseId::from_uuid(uuid(7000 + promise)),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        verdict,
        promised: euros(100),
        received: euros(40),
        pay_by: day("2026-11-11"),
    }
}

pub(crate) fn charged(claim: u128, costs: i64, interest: i64) -> ChargesBooked {
    ChargesBooked {
        case_id: case_id(),
        claim_id: claim_id(claim),
        creditor_id: creditor_id(),
        costs: euros(costs),
        interest: euros(interest),
        counts_on: day("2026-11-05"),
        rule_ids: vec!["wik/1".to_owned()],
        rule_pack: "nl-2026.2".to_owned(),
    }
}

pub(crate) fn paid(payment: u128, parts: [i64; 3]) -> PaymentAllocated {
    let [costs, interest, principal] = parts.map(euros);
    PaymentAllocated {
        payment_id: PaymentId::from_uuid(uuid(4000 + payment)),
        case_id: case_id(),
        claim_id: claim_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount: euros(parts.iter().sum()),
        costs,
        interest,
        principal,
        claim_open: euros(0),
        case_open: euros(0),
        received_on: day("2026-11-06"),
    }
}

pub(crate) fn closed(reason: CloseReason) -> CaseClosed {
    CaseClosed { case_id: case_id(), creditor_id: creditor_id(), reason }
}
