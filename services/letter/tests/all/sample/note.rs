//! Notes to the creditor of the sample case.

use contracts::letter::{CaseFeedback, Note, RemittanceTold, SendNote};
use contracts::scheduler::CloseReason;
use jiff::civil::date;
use primitives::{CaseId, ContentHash, CreditorId, NonPaymentReason, NoteId, RemittanceId};

use super::{euros, id};

pub(crate) fn feedback() -> SendNote {
    SendNote {
        note_id: NoteId::from_uuid(id(30)),
        creditor_id: CreditorId::from_uuid(id(2)),
        note: Note::Feedback(CaseFeedback {
            case_id: CaseId::from_uuid(id(5)),
            opened_on: date(2026, 10, 1),
            closed_on: date(2026, 11, 12),
            close_reason: CloseReason::Paid,
            handed_over: euros(128_951),
            principal_received: euros(128_951),
            interest_received: euros(237),
            costs_received: euros(4_000),
            credited: euros(0),
            messages_sent: 3,
            calls_made: 3,
            conversations: Some(1),
            reasons: vec![NonPaymentReason::Hardship, NonPaymentReason::Carelessness],
            promises_kept: 0,
            promises_broken: 1,
        }),
    }
}

pub(crate) fn remittance() -> SendNote {
    SendNote {
        note_id: NoteId::from_uuid(id(31)),
        creditor_id: CreditorId::from_uuid(id(2)),
        note: Note::Remittance(RemittanceTold {
            remittance_id: RemittanceId::from_uuid(id(32)),
            amount: euros(115_433),
            approved_on: date(2026, 11, 20),
            specification: ContentHash::from_digest([9; 32]),
            specification_pdf: None,
            invoice: None,
            given_up: euros(0),
            taken_back: euros(0),
        }),
    }
}
