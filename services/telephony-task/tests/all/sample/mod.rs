//! One call to be made, for both kinds of tests. A test may use a part of it.

use contracts::agreement::PayTo;
use contracts::intake::{CaseOpened, Certificate, StaffRegistered};
use contracts::payment_reconciliation::{ClaimPosition, Position};
use contracts::permit::{Permit, PermittedDeed};
use contracts::telephony_task::{CloseTask, CreateTask, PromisedPayment, WithdrawTask};
use primitives::{
    CallOutcome, CallTaskId, Capacity, CaseId, Channel, ClaimId, ContentHash, Country, CreditorId,
    Currency, Date, DebtorKind, Language, Money, NonPaymentReason, PermitId, PersonId, StaffId,
    StaffRole, Timestamp,
};
use uuid::Uuid;

/// A Thursday, in the middle of the permit.
pub(crate) const NOW: &str = "2026-11-12T10:00:00Z";
pub(crate) const NOT_BEFORE: &str = "2026-11-12T08:00:00Z";
/// 20:00 in Amsterdam.
pub(crate) const NOT_AFTER: &str = "2026-11-12T19:00:00Z";
/// Days later.
pub(crate) const LATE: &str = "2026-11-16T09:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn task_id() -> CallTaskId {
    CallTaskId::from_uuid(id(1))
}

pub(crate) fn case_id() -> CaseId {
    CaseId::from_uuid(id(2))
}

pub(crate) fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(id(3))
}

pub(crate) fn staff(number: u128) -> StaffId {
    StaffId::from_uuid(id(number.saturating_add(1_000)))
}

pub(crate) fn euros(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::EUR)
}

pub(crate) fn opened(country: Country) -> CaseOpened {
    CaseOpened {
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(id(4)),
        debtor_kind: DebtorKind::Consumer,
        country,
        language: Language::Nl,
        reachable: vec![Channel::Telephone],
        agreement_version: 1,
        pay_to: PayTo::Agency,
    }
}

pub(crate) fn order() -> CreateTask {
    CreateTask {
        task_id: task_id(),
        creditor_id: creditor_id(),
        language: Language::Nl,
        permit: Permit {
            permit_id: PermitId::from_uuid(id(5)),
            person_id: PersonId::from_uuid(id(4)),
            case_id: case_id(),
            creditor_id: creditor_id(),
            claim_ids: vec![ClaimId::from_uuid(id(6)), ClaimId::from_uuid(id(7))],
            deed: PermittedDeed::Call,
            capacity: Capacity::Collector,
            not_before: at(NOT_BEFORE),
            not_after: at(NOT_AFTER),
            payments_known_within_days: None,
            rule_ids: vec!["nl.contact-window".to_owned()],
            rule_pack: "nl-2026.2".to_owned(),
        },
        promise_days_max: 14,
    }
}

/// What is owed: a hundred euros on the first claim of the call, with payments known until
/// yesterday.
pub(crate) fn position() -> Position {
    let claim = |number, minor| ClaimPosition {
        claim_id: ClaimId::from_uuid(id(number)),
        open: euros(minor),
        costs_open: euros(0),
        interest_open: euros(0),
        principal_open: euros(minor),
        lines: Vec::new(),
    };
    Position {
        case_id: case_id(),
        on: day("2026-11-12"),
        open: euros(10_000),
        claims: vec![claim(6, 10_000), claim(7, 0)],
        payments_known_until: Some(day("2026-11-11")),
        announced: None,
    }
}

pub(crate) fn withdrawal() -> WithdrawTask {
    WithdrawTask { task_id: task_id(), creditor_id: creditor_id(), case_id: case_id() }
}

pub(crate) fn certificate(country: Country, valid_from: &str, valid_until: &str) -> Certificate {
    Certificate { country, valid_from: day(valid_from), valid_until: day(valid_until) }
}

pub(crate) fn dutch() -> Certificate {
    certificate(Country::NL, "2026-01-01", "2026-12-31")
}

pub(crate) fn caller(number: u128, certificates: Vec<Certificate>) -> StaffRegistered {
    StaffRegistered { staff_id: staff(number), roles: vec![StaffRole::Caller], certificates }
}

/// How a call is closed that nothing is wrong with.
pub(crate) fn promised(summary: ContentHash) -> CloseTask {
    CloseTask {
        task_id: task_id(),
        case_id: case_id(),
        called_at: None,
        outcome: CallOutcome::Promised,
        reason: NonPaymentReason::Hardship,
        summary,
        promise: Some(PromisedPayment { amount: euros(5_000), pay_by: day("2026-11-20") }),
    }
}
