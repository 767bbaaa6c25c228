//! Messages owned by letter.

use contracts::letter::{
    CaseFeedback, Dispatched, LetterList, LetterState, LetterTold, ListLetters, NotSent,
    NotSentReason, Note, NoteDispatched, NoteNotSent, NoteNotSentReason, PromiseTold,
    RemittanceTold, Send, SendNote, Uncertain, Withdraw,
};
use contracts::payment_reconciliation::FeeInvoiceState;
use contracts::permit::Permit;
use contracts::scheduler::CloseReason;
use primitives::{Capacity, Channel, Language, MessageKind, NonPaymentReason, NoteId};

use super::payment_reconciliation::fee_invoice;
use super::{
    case, claim, close_reasons, creditor, day, document, euros, letter_id, moment,
    not_sent_reasons, permit, permit_id, person, promise, remittance_id, uuid,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    messages().into_iter().chain(listed()).chain(notes()).collect()
}

fn messages() -> [Snapshot; 5] {
    let not_sent = |reason| NotSent {
        letter_id: letter_id(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        reason,
    };
    [
        Snapshot::message(sends().into_iter().chain([formal_notice()]).collect()),
        Snapshot::message(vec![Withdraw {
            letter_id: letter_id(),
            creditor_id: creditor(),
            case_id: case(),
        }]),
        Snapshot::message(MessageKind::ALL.iter().map(|message| dispatched(*message)).collect()),
        Snapshot::message(not_sent_reasons().map(not_sent).to_vec()),
        Snapshot::message(vec![Uncertain {
            letter_id: letter_id(),
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            permit_id: permit_id(),
        }]),
    ]
}

fn listed() -> [Snapshot; 2] {
    let list = |case_id, channel| ListLetters { limit: 100, case_id, channel };
    let told = |state| LetterTold {
        letter_id: letter_id(),
        case_id: case(),
        message: MessageKind::Demand,
        channel: Channel::Post,
        not_after: moment("2026-03-09T18:00:00Z"),
        state,
    };
    let because = "the letters of the printer have no `ع` (U+0639)".to_owned();
    let states = [
        LetterState::OnItsWay,
        LetterState::Uncertain,
        LetterState::Dispatched { at: moment("2026-03-09T08:00:05Z") },
        LetterState::NotSent { reason: NotSentReason::NoText, because: Some(because) },
        LetterState::NotSent { reason: NotSentReason::Withdrawn, because: None },
    ];
    Snapshot::request(
        vec![list(None, Some(Channel::Post)), list(Some(case()), None)],
        vec![LetterList { letters: states.map(told).to_vec(), total: 7 }],
    )
}

fn formal_notice() -> Send {
    let channels = [Channel::Post, Channel::Email];
    Send {
        letter_id: letter_id(),
        creditor_id: creditor(),
        language: Language::Nl,
        channel: Channel::Post,
        permit: permit(MessageKind::FormalNotice, &channels, Capacity::Collector),
        promise: None,
    }
}

/// Every other kind of message; with them every channel and capacity.
pub(crate) fn sends() -> Vec<Send> {
    let sent = |language, channel, permit, promise| Send {
        letter_id: letter_id(),
        creditor_id: creditor(),
        language,
        channel,
        permit,
        promise,
    };
    let told =
        PromiseTold { promise_id: promise(), amount: euros(5_000), pay_by: day("2026-03-20") };
    let by = |message, capacity| permit(message, &[Channel::Post, Channel::Email], capacity);
    let everywhere: Permit = permit(MessageKind::Demand, Channel::ALL, Capacity::Collector);
    let notice = by(MessageKind::PreDueNotice, Capacity::Creditor);
    let reminder = by(MessageKind::FreeFirstReminder, Capacity::AgencyForCreditor);
    let announcement = by(MessageKind::FourteenDayLetter, Capacity::Collector);
    let confirmation = by(MessageKind::PromiseConfirmation, Capacity::Collector);
    let thanks = by(MessageKind::PaymentThanks, Capacity::Collector);
    let demands = Channel::ALL.iter().map(|c| sent(Language::De, *c, everywhere.clone(), None));
    let others = [
        sent(Language::Nl, Channel::Email, notice, None),
        sent(Language::Nl, Channel::Post, reminder, None),
        sent(Language::Nl, Channel::Post, announcement, None),
        sent(Language::Fr, Channel::Email, confirmation, Some(told)),
        sent(Language::En, Channel::Email, thanks, None),
    ];
    demands.chain(others).collect()
}

pub(crate) fn dispatched(message: MessageKind) -> Dispatched {
    let nothing_asked = message == MessageKind::PaymentThanks;
    Dispatched {
        letter_id: letter_id(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        message,
        channel: if nothing_asked { Channel::Email } else { Channel::Post },
        claim_ids: vec![claim()],
        text_version: format!("{message}/nl/consumer@1"),
        content: document(),
        asked: if nothing_asked { euros(0) } else { euros(12_345) },
        dispatched_at: moment("2026-03-09T08:00:05Z"),
    }
}

fn notes() -> [Snapshot; 3] {
    let note_id = NoteId::from_uuid(uuid(33));
    let send = |note| SendNote { note_id, creditor_id: creditor(), note };
    let remittance = RemittanceTold {
        remittance_id: remittance_id(),
        amount: euros(10_000),
        approved_on: day("2026-04-02"),
        specification: document(),
        specification_pdf: Some(document()),
        invoice: Some(fee_invoice(FeeInvoiceState::SettledWithRemittance)),
        given_up: euros(37),
        taken_back: euros(5),
    };
    let plain = RemittanceTold {
        specification_pdf: None,
        invoice: None,
        given_up: euros(0),
        taken_back: euros(0),
        ..remittance.clone()
    };
    let remittances = [remittance, plain].map(Note::Remittance);
    let dispatched = |case_id| NoteDispatched {
        note_id,
        creditor_id: creditor(),
        case_id,
        content: document(),
        dispatched_at: moment("2026-04-02T08:00:05Z"),
    };
    let not_sent =
        |(case_id, reason)| NoteNotSent { note_id, creditor_id: creditor(), case_id, reason };
    let reasons = [
        (Some(case()), NoteNotSentReason::NoAddress),
        (None, NoteNotSentReason::AddressRefused),
        (Some(case()), NoteNotSentReason::NoText),
        (None, NoteNotSentReason::Uncertain),
    ];
    let feedback = close_reasons().map(|reason| Note::Feedback(feedback(reason)));
    [
        Snapshot::message(feedback.into_iter().chain(remittances).map(send).collect()),
        Snapshot::message(vec![dispatched(Some(case())), dispatched(None)]),
        Snapshot::message(reasons.map(not_sent).to_vec()),
    ]
}

/// It is known of some cases only.
pub(crate) fn conversations(close_reason: &CloseReason) -> Option<u32> {
    (*close_reason == CloseReason::Paid).then_some(1)
}

pub(super) fn feedback(close_reason: CloseReason) -> CaseFeedback {
    CaseFeedback {
        conversations: conversations(&close_reason),
        case_id: case(),
        opened_on: day("2026-03-02"),
        closed_on: day("2026-04-01"),
        close_reason,
        handed_over: euros(12_345),
        principal_received: euros(9_845),
        interest_received: euros(73),
        costs_received: euros(4_000),
        credited: euros(2_500),
        messages_sent: 5,
        calls_made: 2,
        reasons: NonPaymentReason::ALL.to_vec(),
        promises_kept: 1,
        promises_broken: 3,
    }
}
