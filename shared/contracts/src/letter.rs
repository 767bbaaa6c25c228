//! Messages owned by letter: written messages on every channel.

use crate::earlier;
use crate::message::{contract, request, value};
use crate::payment_reconciliation::FeeInvoice;
use crate::permit::Permit;
use crate::scheduler::CloseReason;
use primitives::{
    CaseId, Channel, ClaimId, ContentHash, CreditorId, Date, Language, LetterId, MessageKind,
    Money, NonPaymentReason, NoteId, PermitId, PersonId, PromiseId, RemittanceId, Timestamp,
};

contract! {
    /// Send one message on one channel under a permit.
    Command "letter" "send" v 3 after earlier::v2::Send, about letter_id, creditor creditor_id;
    Send {
        letter_id: LetterId,
        creditor_id: CreditorId,
        language: Language,
        /// One of the permit's.
        channel: Channel,
        permit: Permit,
        /// Of a confirmation, and only of one: the promise that it confirms.
        promise: Option<PromiseTold>,
    }
}

value! {
    /// A promise, as its confirmation tells it.
    struct PromiseTold {
        pub promise_id: PromiseId,
        pub amount: Money,
        /// The last day.
        pub pay_by: Date,
    }
}

contract! {
    /// Do not send a message any more, if it has not left yet.
    Command "letter" "withdraw" v 1 about letter_id, creditor creditor_id;
    Withdraw {
        letter_id: LetterId,
        creditor_id: CreditorId,
        case_id: CaseId,
    }
}

contract! {
    /// A message left the house, with proof.
    Event "letter" "dispatched" v 3 after earlier::v2::Dispatched,
    about letter_id, creditor creditor_id;
    Dispatched {
        letter_id: LetterId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        message: MessageKind,
        /// The way that it went. The other channels of the permit have events of their own.
        channel: Channel,
        claim_ids: Vec<ClaimId>,
        /// The text that was used, such as `free-first-reminder/nl/consumer@1`.
        text_version: String,
        /// The sent copy in the file store.
        content: ContentHash,
        /// What it asked to be paid, all told; zero of a message that asks for nothing.
        asked: Money,
        dispatched_at: Timestamp,
    }
}

contract! {
    /// A message did not leave, and will not under this permit.
    Event "letter" "not-sent" v 1 about letter_id, creditor creditor_id;
    NotSent {
        letter_id: LetterId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        reason: NotSentReason,
    }
}

value! {
    /// Why a message did not leave.
    enum NotSentReason {
        /// The scheduler withdrew it.
        Withdrawn,
        /// The permit's time was over.
        PermitExpired,
        /// Nothing was owed any more at the moment of sending.
        NothingOwed,
        /// What was known of payments was older than the permit allows, or nothing was known.
        PaymentsNotKnown,
        /// The receiving server refuses this address for good.
        AddressRefused,
        /// No address is known for the channel.
        NoAddress,
        /// The law has no such message for this debtor: there will never be a text for it.
        TextNotLawful,
        /// Something that the text must say is not known: of the creditor, the claim or the agency.
        DataMissing,
        /// No text could be made, through no fault of the case: the channel has none yet, or ours
        /// is wrong.
        NoText,
    }
}

contract! {
    /// It is open whether a message left; no clock starts from it.
    Event "letter" "uncertain" v 1 about letter_id, creditor creditor_id;
    Uncertain {
        letter_id: LetterId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
    }
}

contract! {
    /// What became of the letters, those whose permits end last first.
    Request "letter" "list-letters" v 2 about none, creditor none;
    ListLetters {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Those of one case only.
        case_id: Option<CaseId>,
        /// Those of one channel only.
        channel: Option<Channel>,
    }
}
request!(ListLetters => LetterList, reads);

value! {
    struct LetterList {
        pub letters: Vec<LetterTold>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    struct LetterTold {
        pub letter_id: LetterId,
        pub case_id: CaseId,
        pub message: MessageKind,
        pub channel: Channel,
        /// The end of its permit.
        pub not_after: Timestamp,
        pub state: LetterState,
    }
}

value! {
    /// What became of a letter.
    enum LetterState {
        /// It is written, or waits for its moment.
        OnItsWay,
        /// It is open whether it left; a person finds out.
        Uncertain,
        Dispatched { at: Timestamp },
        NotSent {
            reason: NotSentReason,
            /// What exactly was in the way, in words for the agency; none where the reason says it
            /// all. No name and no address stands in it.
            because: Option<String>,
        },
    }
}

contract! {
    /// Write to a creditor about its own cases or money. Nobody but the creditor is written to, so
    /// it needs no permit.
    Command "letter" "send-note" v 4 after earlier::v3::SendNote,
    about note_id, creditor creditor_id;
    SendNote {
        note_id: NoteId,
        creditor_id: CreditorId,
        note: Note,
    }
}

value! {
    /// What a creditor is told.
    enum Note {
        /// How a case went, once it is over.
        Feedback(CaseFeedback),
        /// That its money is on the way.
        Remittance(RemittanceTold),
    }
}

value! {
    /// What was done and learnt on a case that is over.
    struct CaseFeedback {
        pub case_id: CaseId,
        pub opened_on: Date,
        pub closed_on: Date,
        pub close_reason: CloseReason,
        /// The amounts of all claims of the case, as they were handed over.
        pub handed_over: Money,
        /// What was received of it, by the agency or by the creditor itself.
        pub principal_received: Money,
        /// What was received beside it.
        pub interest_received: Money,
        pub costs_received: Money,
        /// What the creditor's credit notes took off.
        pub credited: Money,
        /// Written messages that left, counted on each channel.
        pub messages_sent: u32,
        /// Calls that were made and written down, whoever answered.
        pub calls_made: u32,
        /// Those of them in which the debtor was spoken to; none where that was not told.
        pub conversations: Option<u32>,
        /// Why it was not paid, as it was learnt, newest last.
        pub reasons: Vec<NonPaymentReason>,
        pub promises_kept: u32,
        pub promises_broken: u32,
    }
}

value! {
    /// Collected money on its way to a creditor.
    struct RemittanceTold {
        pub remittance_id: RemittanceId,
        /// What the creditor gets.
        pub amount: Money,
        pub approved_on: Date,
        /// The specification, a CSV file of the file store.
        pub specification: ContentHash,
        /// The same as a PDF; none where none was made.
        pub specification_pdf: Option<ContentHash>,
        /// The agency's invoice for what is its own of the remittance, where there is one.
        pub invoice: Option<FeeInvoice>,
        /// What the creditor gave up in small differences and is told with this remittance; and
        /// what it had been told of before and is paid or owed after all. Both are zero or more,
        /// and nothing of them is in the amount.
        pub given_up: Money,
        pub taken_back: Money,
    }
}

contract! {
    /// A note to a creditor left the house.
    Event "letter" "note-dispatched" v 1 about note_id, creditor creditor_id;
    NoteDispatched {
        note_id: NoteId,
        creditor_id: CreditorId,
        /// The case that it is about, where it is about one.
        case_id: Option<CaseId>,
        /// The sent copy in the file store.
        content: ContentHash,
        dispatched_at: Timestamp,
    }
}

contract! {
    /// A note to a creditor did not leave, or it is open whether it did; a person sees to it.
    Event "letter" "note-not-sent" v 1 about note_id, creditor creditor_id;
    NoteNotSent {
        note_id: NoteId,
        creditor_id: CreditorId,
        /// The case that it is about, where it is about one.
        case_id: Option<CaseId>,
        reason: NoteNotSentReason,
    }
}

value! {
    /// Why it is not said that a note left.
    enum NoteNotSentReason {
        /// The creditor gave no e-mail address.
        NoAddress,
        /// The receiving server refuses the address for good.
        AddressRefused,
        /// No text could be made; ours is wrong.
        NoText,
        /// It is open whether it left.
        Uncertain,
    }
}

impl From<earlier::v2::Send> for Send {
    fn from(earlier: earlier::v2::Send) -> Self {
        Self {
            letter_id: earlier.letter_id,
            creditor_id: earlier.creditor_id,
            language: earlier.language,
            channel: earlier.channel,
            permit: earlier.permit.into(),
            promise: earlier.promise,
        }
    }
}

impl From<earlier::Send> for earlier::v2::Send {
    fn from(earlier: earlier::Send) -> Self {
        Self {
            letter_id: earlier.letter_id,
            creditor_id: earlier.creditor_id,
            language: earlier.language,
            channel: earlier.permit.channel,
            permit: earlier.permit.into(),
            promise: None,
        }
    }
}

impl From<earlier::v2::Dispatched> for Dispatched {
    fn from(earlier: earlier::v2::Dispatched) -> Self {
        Self {
            letter_id: earlier.letter_id,
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            person_id: earlier.person_id,
            permit_id: earlier.permit_id,
            message: earlier.message.into(),
            channel: earlier.channel,
            claim_ids: earlier.claim_ids,
            text_version: earlier.text_version,
            content: earlier.content,
            asked: earlier.asked,
            dispatched_at: earlier.dispatched_at,
        }
    }
}

impl From<earlier::Dispatched> for earlier::v2::Dispatched {
    /// When version 1 was spoken, only e-mails were sent.
    fn from(earlier: earlier::Dispatched) -> Self {
        Self {
            letter_id: earlier.letter_id,
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            person_id: earlier.person_id,
            permit_id: earlier.permit_id,
            message: earlier.message.into(),
            channel: Channel::Email,
            claim_ids: earlier.claim_ids,
            text_version: earlier.text_version,
            content: earlier.content,
            asked: earlier.asked,
            dispatched_at: earlier.dispatched_at,
        }
    }
}

impl From<earlier::v3::SendNote> for SendNote {
    fn from(earlier: earlier::v3::SendNote) -> Self {
        Self {
            note_id: earlier.note_id,
            creditor_id: earlier.creditor_id,
            note: match earlier.note {
                earlier::v3::Note::Feedback(feedback) => Note::Feedback(feedback),
                earlier::v3::Note::Remittance(remittance) => Note::Remittance(remittance.into()),
            },
        }
    }
}

impl From<earlier::v3::RemittanceTold> for RemittanceTold {
    /// Version 3 told one sum: what was taken back had been taken off what was given up.
    fn from(earlier: earlier::v3::RemittanceTold) -> Self {
        let nothing = Money::zero(earlier.amount.currency());
        let given_up = earlier.given_up;
        // No amount is so far below zero that it has no opposite.
        let opposite = given_up.checked_neg().unwrap_or(nothing);
        let some = |money: Money| if money.is_positive() { money } else { nothing };
        Self {
            remittance_id: earlier.remittance_id,
            amount: earlier.amount,
            approved_on: earlier.approved_on,
            specification: earlier.specification,
            specification_pdf: earlier.specification_pdf,
            invoice: earlier.invoice,
            given_up: some(given_up),
            taken_back: some(opposite),
        }
    }
}

impl From<earlier::CaseFeedback> for CaseFeedback {
    /// Version 1 counted the calls without telling in which of them the debtor was spoken to.
    fn from(earlier: earlier::CaseFeedback) -> Self {
        Self {
            case_id: earlier.case_id,
            opened_on: earlier.opened_on,
            closed_on: earlier.closed_on,
            close_reason: earlier.close_reason,
            handed_over: earlier.handed_over,
            principal_received: earlier.principal_received,
            interest_received: earlier.interest_received,
            costs_received: earlier.costs_received,
            credited: earlier.credited,
            messages_sent: earlier.messages_sent,
            calls_made: earlier.calls_made,
            conversations: None,
            reasons: earlier.reasons,
            promises_kept: earlier.promises_kept,
            promises_broken: earlier.promises_broken,
        }
    }
}
