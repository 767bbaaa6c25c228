//! Messages about collecting by direct debit.

use contracts::payment_reconciliation::{
    ApproveDebit, ApproveDebitAnswer, CloseDebit, CloseDebitAnswer, Debit, DebitCollected,
    DebitFile, DebitLeftOut, DebitList, DebitRefusal, DebitReturned, DebitState, ListDebits,
    ListMandates, ListedMandate, LoweredDebit, Mandate, MandateKind, MandateList, MandateRefusal,
    MandateState, ProposeDebit, ProposeDebitAnswer, RecordMandate, RecordMandateAnswer,
    RevokeMandate, RevokeMandateAnswer, TakeDebit, WriteDebits, WriteDebitsAnswer,
};
use primitives::{DebitFileId, DebitId, MandateId, MandateReference, PaymentId, StaffId};

use super::{case, creditor, day, document, euros, moment, payment, person, staff, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let requests = mandate_requests().into_iter().chain(debit_requests());
    messages().into_iter().chain(requests.flatten()).collect()
}

fn messages() -> [Snapshot; 3] {
    let returned = |reason_code| DebitReturned {
        debit_id: debit_id(),
        case_id: case(),
        creditor_id: creditor(),
        returned_by: PaymentId::from_uuid(uuid(43)),
        amount: euros(3_000),
        returned_on: day("2026-04-20"),
        reason_code,
    };
    [
        Snapshot::message(vec![TakeDebit {
            debit_id: debit_id(),
            case_id: case(),
            creditor_id: creditor(),
        }]),
        Snapshot::message(vec![DebitCollected {
            debit_id: debit_id(),
            case_id: case(),
            creditor_id: creditor(),
            payment_id: payment(),
            amount: euros(3_000),
            collected_on: day("2026-04-15"),
        }]),
        Snapshot::message(vec![returned(Some("MD06".to_owned())), returned(None)]),
    ]
}

fn mandate_requests() -> [[Snapshot; 2]; 3] {
    let refusals = || {
        [
            MandateRefusal::NotOfTheFinanceDesk,
            MandateRefusal::ReferenceTaken,
            MandateRefusal::NotInForce,
            MandateRefusal::NoticeDays,
            MandateRefusal::Revoked,
        ]
    };
    let in_force = || mandate(MandateState::InForce { until: day("2029-03-01") });
    let record = |kind| RecordMandate {
        case_id: case(),
        reference: reference(),
        signed_on: day("2026-03-01"),
        kind,
        notice_days: 14,
        debtor: document(),
        evidence: document(),
    };
    let recorded = [
        RecordMandateAnswer::Recorded(in_force()),
        RecordMandateAnswer::AlreadyKnown(in_force()),
        RecordMandateAnswer::Unknown,
    ];
    let not_recorded = refusals().map(|reason| RecordMandateAnswer::Refused { reason });
    let revoked = [
        RevokeMandateAnswer::Revoked(mandate(MandateState::Revoked {
            revoked_on: day("2026-04-01"),
        })),
        RevokeMandateAnswer::Unknown,
    ];
    let not_revoked = refusals().map(|reason| RevokeMandateAnswer::Refused { reason });
    let states = [
        MandateState::InForce { until: day("2029-03-01") },
        MandateState::Revoked { revoked_on: day("2026-04-01") },
        MandateState::Ended { reason_code: "MD01".to_owned() },
        MandateState::Used,
        MandateState::Lapsed { on: day("2029-03-01") },
    ];
    let listed = |state| ListedMandate {
        mandate: mandate(state),
        debtor_name: "P. Jansen".to_owned(),
        debtor_account: "NL20INGB0001234567".to_owned(),
    };
    let list = MandateList { mandates: states.map(listed).into(), total: 5 };
    [
        Snapshot::request(
            vec![record(MandateKind::OneOff), record(MandateKind::Recurrent)],
            recorded.into_iter().chain(not_recorded).collect(),
        ),
        Snapshot::request(
            vec![RevokeMandate { mandate_id: mandate_id(), revoked_on: day("2026-04-01") }],
            revoked.into_iter().chain(not_revoked).collect(),
        ),
        Snapshot::request(vec![ListMandates { limit: 50 }], vec![list]),
    ]
}

fn refusals() -> [DebitRefusal; 16] {
    [
        DebitRefusal::NotOfTheFinanceDesk,
        DebitRefusal::SamePerson,
        DebitRefusal::OtherPerson,
        DebitRefusal::NoMandate,
        DebitRefusal::PaidToTheCreditor,
        DebitRefusal::NothingOwed,
        DebitRefusal::WrongAmount { most: euros(3_000) },
        DebitRefusal::NotInEuros,
        DebitRefusal::NotASettlementDay,
        DebitRefusal::DueTooSoon { first: day("2026-04-02") },
        DebitRefusal::NotifiedTooLate { at_latest: day("2026-04-01") },
        DebitRefusal::Outdated,
        DebitRefusal::Decided,
        DebitRefusal::InAFile,
        DebitRefusal::InNoFile,
        DebitRefusal::NoCode,
    ]
}

fn debit_requests() -> [[Snapshot; 2]; 5] {
    let propose = |amount| ProposeDebit {
        case_id: case(),
        mandate_id: mandate_id(),
        amount,
        due_on: day("2026-04-15"),
        notified_on: day("2026-04-01"),
    };
    let proposals = [
        ProposeDebitAnswer::Proposed(debit(DebitState::Proposed)),
        ProposeDebitAnswer::Waiting(debit(DebitState::Proposed)),
        ProposeDebitAnswer::Unknown,
    ];
    let not_proposed = refusals().map(|reason| ProposeDebitAnswer::Refused { reason });
    let approvals = [
        ApproveDebitAnswer::Approved(debit(DebitState::Approved)),
        ApproveDebitAnswer::AlreadyApproved(debit(DebitState::Approved)),
        ApproveDebitAnswer::Unknown,
    ];
    let not_approved = refusals().map(|reason| ApproveDebitAnswer::Refused { reason });
    let void = || debit(DebitState::Void { because: DebitLeftOut::Withdrawn });
    let closed = [CloseDebitAnswer::Closed(void()), CloseDebitAnswer::Unknown];
    let not_closed = refusals().map(|reason| CloseDebitAnswer::Refused { reason });
    let written = WriteDebitsAnswer::Written {
        file: file(),
        debits: vec![debit(DebitState::Written)],
        lowered: vec![LoweredDebit { debit_id: debit_id(), approved: euros(4_000) }],
        left_out: vec![void()],
    };
    let nothing = WriteDebitsAnswer::Nothing { left_out: vec![void()] };
    [
        Snapshot::request(
            vec![propose(Some(euros(3_000))), propose(None)],
            proposals.into_iter().chain(not_proposed).collect(),
        ),
        Snapshot::request(
            vec![ApproveDebit { debit_id: debit_id() }],
            approvals.into_iter().chain(not_approved).collect(),
        ),
        Snapshot::request(
            vec![
                CloseDebit { debit_id: debit_id(), reason_code: None },
                CloseDebit { debit_id: debit_id(), reason_code: Some("AC01".to_owned()) },
            ],
            closed.into_iter().chain(not_closed).collect(),
        ),
        Snapshot::request(vec![WriteDebits {}], vec![written, nothing, WriteDebitsAnswer::Refused]),
        Snapshot::request(vec![ListDebits { limit: 50 }], vec![list()]),
    ]
}

fn list() -> DebitList {
    let void = |because| DebitState::Void { because };
    let returned = |reason_code: Option<&str>, lost| DebitState::Returned {
        returned_on: day("2026-04-20"),
        reason_code: reason_code.map(str::to_owned),
        lost,
    };
    let states = [
        DebitState::Proposed,
        DebitState::Approved,
        DebitState::Written,
        DebitState::Collected { collected_on: day("2026-04-15") },
        returned(Some("MD06"), None),
        returned(None, Some(euros(500))),
        DebitState::Rejected { reason_code: "AC01".to_owned() },
        void(DebitLeftOut::Withdrawn),
        void(DebitLeftOut::NothingOwed),
        void(DebitLeftOut::ReasonGiven),
        void(DebitLeftOut::OnHold),
        void(DebitLeftOut::NoMandate),
        void(DebitLeftOut::CameBack),
        void(DebitLeftOut::TooLate),
        void(DebitLeftOut::Outdated),
    ];
    let unmade = DebitFile { document: None, ..file() };
    DebitList { debits: states.map(debit).into(), files: vec![file(), unmade], total: 15 }
}

fn mandate(state: MandateState) -> Mandate {
    Mandate {
        mandate_id: mandate_id(),
        reference: reference(),
        person_id: person(),
        signed_on: day("2026-03-01"),
        kind: MandateKind::Recurrent,
        notice_days: 14,
        evidence: document(),
        recorded_by: staff(),
        recorded_at: moment("2026-03-02T09:00:00Z"),
        state,
    }
}

fn debit(state: DebitState) -> Debit {
    let is_proposed = state == DebitState::Proposed;
    let is_in_file = match state {
        DebitState::Proposed | DebitState::Approved | DebitState::Void { .. } => false,
        DebitState::Written
        | DebitState::Collected { .. }
        | DebitState::Returned { .. }
        | DebitState::Rejected { .. } => true,
    };
    Debit {
        debit_id: debit_id(),
        case_id: case(),
        creditor_id: creditor(),
        mandate_id: mandate_id(),
        amount: euros(3_000),
        due_on: day("2026-04-15"),
        notified_on: day("2026-04-01"),
        proposed_by: staff(),
        proposed_at: moment("2026-04-01T09:00:00Z"),
        approved_by: (!is_proposed).then(|| StaffId::from_uuid(uuid(25))),
        file_id: is_in_file.then(file_id),
        state,
    }
}

fn file() -> DebitFile {
    DebitFile {
        file_id: file_id(),
        written_at: moment("2026-04-10T09:00:00Z"),
        written_by: staff(),
        debits: 1,
        sum: euros(3_000),
        document: Some(document()),
    }
}

fn reference() -> MandateReference {
    MandateReference::parse("MANDAAT-2026/0001").unwrap()
}

fn mandate_id() -> MandateId {
    MandateId::from_uuid(uuid(40))
}

fn debit_id() -> DebitId {
    DebitId::from_uuid(uuid(41))
}

fn file_id() -> DebitFileId {
    DebitFileId::from_uuid(uuid(42))
}
