//! Messages owned by letter: written messages on every channel.

use crate::message::{contract, value};
use crate::permit::Permit;
use primitives::{
    CaseId, ClaimId, ContentHash, CreditorId, Language, LetterId, MessageKind, Money, PermitId,
    PersonId, Timestamp,
};

contract! {
    /// Send one message under a permit.
    Command "letter" "send" v 1 about letter_id, creditor creditor_id;
    Send {
        letter_id: LetterId,
        creditor_id: CreditorId,
        language: Language,
        permit: Permit,
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
    Event "letter" "dispatched" v 1 about letter_id, creditor creditor_id;
    Dispatched {
        letter_id: LetterId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        message: MessageKind,
        claim_ids: Vec<ClaimId>,
        /// The text that was used, such as `free-first-reminder/nl/consumer@1`.
        text_version: String,
        /// The sent copy in the file store.
        content: ContentHash,
        /// What it asked for.
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
