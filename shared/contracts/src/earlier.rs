//! Earlier versions of messages, as they were. They are read, since streams, logs and tables hold
//! them, and made no more. Nothing here may change.

use crate::agreement::PayTo;
use crate::message::{contract, value};
use crate::payment_reconciliation::{BooksProblemCount, CorrectionCause};
use crate::scheduler::CloseReason;
use crate::telephony_task::PromisedPayment;
use primitives::{
    CallOutcome, CallTaskId, Capacity, CaseId, Channel, ClaimId, ContentHash, CreditorId, Date,
    Language, LetterId, Money, NonPaymentReason, NoteId, PaymentId, PermitId, PersonId,
    RemittanceId, StaffId, Timestamp,
};

contract! {
    /// A version of a creditor's agreement is in force for new cases.
    Event "intake" "agreement-agreed" v 1 about creditor_id, creditor creditor_id;
    AgreementAgreed {
        creditor_id: CreditorId,
        agreement: Agreement,
    }
}

value! {
    /// Version 1 of the agreement document. Narrow: written steps timed from the due date, one
    /// capacity, and who looks at a case when its agreed steps are used up.
    struct Agreement {
        /// Counts up from 1 with each change; a case keeps the version that it started with.
        pub version: u32,
        pub capacity: Capacity,
        pub pay_to: PayTo,
        /// In the order in which they are taken; at least one.
        pub steps: Vec<AgreedStep>,
        /// How old what we know of payments may be when a message leaves, in whole days; always
        /// there where debtors pay to the creditor.
        #[serde(default)]
        pub payments_known_within_days: Option<u16>,
        /// After the last step: a person looks at the case within so many days (1 to 90).
        pub review_after_days: u16,
        /// Who looks: a role or a staff code of the agency, never a person's name.
        pub review_by: String,
    }
}

value! {
    /// One step of the agreed procedure, per claim.
    struct AgreedStep {
        /// The step's own key, unique in the agreement, in kebab case.
        pub key: String,
        pub message: MessageKind,
        pub channel: Channel,
        /// Days counted from the claim's due date: negative before it, 1 is the day after.
        pub days_from_due: i16,
    }
}

value! {
    /// What a written message is, in the law's eyes.
    enum MessageKind {
        /// A courtesy before the due date.
        PreDueNotice,
        /// The first reminder, free of cost.
        FreeFirstReminder,
    }
}

value! {
    /// The scheduler's leave for one outward act. Only the scheduler makes permits, after the law
    /// gate and under the person's lock; the person's contact budget is reserved with it.
    struct Permit {
        pub permit_id: PermitId,
        pub person_id: PersonId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        /// The claims that the act may speak of, in the order of their due dates.
        pub claim_ids: Vec<ClaimId>,
        pub message: MessageKind,
        pub channel: Channel,
        pub capacity: Capacity,
        /// Business time. The act must happen in `not_before..not_after`; after it, it goes back.
        pub not_before: Timestamp,
        pub not_after: Timestamp,
        /// What we know of payments may be at most so old when the act happens, in whole days of
        /// the debtor's calendar; none where no age was agreed.
        pub payments_known_within_days: Option<u16>,
        /// The rules that were asked, and the pack that held them.
        pub rule_ids: Vec<String>,
        pub rule_pack: String,
    }
}

contract! {
    /// An outward act may happen.
    Event "scheduler" "permit-granted" v 1 about case_id, creditor creditor_id;
    PermitGranted {
        case_id: CaseId,
        creditor_id: CreditorId,
        permit: Permit,
    }
}

contract! {
    /// A case waits for a person.
    Event "scheduler" "case-held" v 1 about case_id, creditor creditor_id;
    CaseHeld {
        case_id: CaseId,
        creditor_id: CreditorId,
        reason: HoldReason,
        /// A role or staff code.
        owner: String,
        review_on: Date,
    }
}

value! {
    /// Why a case waits for a person.
    enum HoldReason {
        /// All agreed steps were taken; somebody decides how to go on.
        StepsUsedUp,
        /// No address for the channel of the next step.
        NotReachable,
        /// The law gate will never let the next step pass.
        GateRefused,
        /// It is open whether a message left.
        ActUncertain,
        /// A message could not be delivered.
        NotDelivered,
        /// A message could not be written: something is not known, or a text is wrong.
        NotWritten,
        /// The same step was tried three times in a row, and its message never left.
        TriedInVain,
    }
}

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
    /// A payment reduced what is owed on a claim.
    Event "payment-reconciliation" "payment-allocated" v 1
    about case_id, creditor creditor_id, urgent;
    PaymentAllocated {
        payment_id: PaymentId,
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        person_id: PersonId,
        amount: Money,
        claim_open: Money,
        case_open: Money,
        received_on: Date,
    }
}

contract! {
    /// A call was made and written down.
    Event "telephony-task" "call-closed" v 1 about task_id, creditor creditor_id, urgent;
    CallClosed {
        task_id: CallTaskId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        claim_ids: Vec<ClaimId>,
        outcome: CallOutcome,
        reason: NonPaymentReason,
        /// What was promised; there with the outcome `promised` and only there.
        promise: Option<PromisedPayment>,
        staff_id: StaffId,
        closed_at: Timestamp,
    }
}

contract! {
    /// Have a debtor called under a permit.
    Command "telephony-task" "create-task" v 1 about task_id, creditor creditor_id;
    CreateTask {
        task_id: CallTaskId,
        creditor_id: CreditorId,
        language: Language,
        permit: v2::Permit,
        /// The last day that a debtor may promise to pay by, in days counted from the call.
        promise_days_max: u16,
    }
}

contract! {
    /// Write to a creditor about its own cases or money. Nobody but the creditor is written to, so
    /// it needs no permit.
    Command "letter" "send-note" v 1 about note_id, creditor creditor_id;
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
    /// Collected money on its way to a creditor.
    struct RemittanceTold {
        pub remittance_id: RemittanceId,
        /// What the creditor gets.
        pub amount: Money,
        pub approved_on: Date,
        /// The specification, a CSV file of the file store.
        pub specification: ContentHash,
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
        /// Why it was not paid, as it was learnt, newest last.
        pub reasons: Vec<NonPaymentReason>,
        pub promises_kept: u32,
        pub promises_broken: u32,
    }
}

contract! {
    /// Book a matched payment on its case.
    Command "payment-reconciliation" "allocate-payment" v 1 about payment_id, creditor creditor_id;
    AllocatePayment {
        payment_id: PaymentId,
        case_id: CaseId,
        /// The claims that it names, at least one; they are paid first.
        claim_ids: Vec<ClaimId>,
        creditor_id: CreditorId,
        amount: Money,
        received_on: Date,
    }
}

contract! {
    /// A case need not wait for a payment any more: it was booked, went back or elsewhere, was
    /// refused as its money, or is likelier for something else.
    Event "payment-reconciliation" "money-cleared" v 1 about payment_id, creditor creditor_id;
    MoneyCleared {
        payment_id: PaymentId,
        case_id: CaseId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// Messages that left asked for more than was owed on their day, as is known now; or they did
    /// not, after all. Told of each whenever that changes: a person writes to the debtor.
    Event "payment-reconciliation" "letters-corrected" v 1 about case_id, creditor creditor_id;
    LettersCorrected {
        case_id: CaseId,
        creditor_id: CreditorId,
        letters: Vec<CorrectedLetter>,
        cause: CorrectionCause,
    }
}

value! {
    /// What a message asked, and what was owed.
    struct CorrectedLetter {
        pub letter_id: LetterId,
        pub message: v2::MessageKind,
        pub channel: Channel,
        /// The day on which it left.
        pub left_on: Date,
        /// What it asked to be paid; of a message that an earlier release heard of, what was owed
        /// by the books when it left.
        pub asked: Money,
        /// What was really owed at the end of the day on the claims that it spoke of, with costs
        /// and interest. Where it is not less than what was asked, the message was right.
        pub owed: Money,
    }
}

contract! {
    /// Money for a creditor is in transit: the payment order was made.
    Event "payment-reconciliation" "remittance-approved" v 1
    about remittance_id, creditor creditor_id;
    RemittanceApproved {
        remittance_id: RemittanceId,
        creditor_id: CreditorId,
        /// The amounts, as the remittance has them.
        collected: Money,
        kept_costs: Money,
        commission: Money,
        commission_vat: Money,
        amount: Money,
        proposed_by: StaffId,
        approved_by: StaffId,
        payment_order: ContentHash,
        specification: ContentHash,
    }
}

contract! {
    /// The books were looked through, as every morning.
    Event "payment-reconciliation" "books-proven" v 1 about none, creditor none;
    BooksProven {
        /// The day of it.
        on: Date,
        /// Whether they hold.
        is_proven: bool,
        sums: Vec<BooksSums>,
        /// What speaks against them, by kind; none where they hold.
        problems: Vec<BooksProblemCount>,
    }
}

value! {
    /// Client money in one currency. In books that are proven, what is in the bank less what is in
    /// transit is the sum of the four that it is owed to.
    struct BooksSums {
        /// In the accounts for client money, by the ledger: what it moved of it.
        pub bank: Money,
        /// The same by the bank's statements: what they ended with less what they began with. None
        /// where the bank tells no balance of an account.
        pub bank_by_statements: Option<Money>,
        /// What the accounts held before the first statement, which no ledger knows.
        pub held_before: Option<Money>,
        pub in_transit: Money,
        pub owed_to_creditors: Money,
        /// The least that is owed to one creditor, where anything is.
        pub least_owed: Option<Money>,
        pub own: Money,
        pub refundable: Money,
        pub unmatched: Money,
    }
}

/// Second versions, of what has a third one.
pub mod v2 {
    use super::RemittanceTold;
    use crate::agreement::{AgreedCharges, AgreedPromises, PayTo, StepMoment};
    use crate::letter::{CaseFeedback, PromiseTold};
    use crate::message::{contract, value};
    use primitives::{
        Capacity, CaseId, Channel, ClaimId, ContentHash, CreditorId, Date, Language, LetterId,
        Money, NoteId, PermitId, PersonId, Timestamp,
    };

    value! {
        /// What a written message is, in the law's eyes.
        enum MessageKind {
            /// A courtesy before the due date.
            PreDueNotice,
            /// The first reminder, free of cost.
            FreeFirstReminder,
            /// The Dutch letter that announces collection costs to a consumer.
            FourteenDayLetter,
            /// Asks for what is owed with the interest and costs that are due by law or contract.
            Demand,
            /// Confirms in writing what was promised.
            PromiseConfirmation,
            /// Says that nothing is owed any more.
            PaymentThanks,
        }
    }

    value! {
        /// One step of the agreed procedure, per claim.
        struct AgreedStep {
            /// The step's own key, unique in the agreement, in kebab case.
            pub key: String,
            pub deed: AgreedDeed,
            pub moment: StepMoment,
        }
    }

    value! {
        /// What is done in a step.
        enum AgreedDeed {
            /// One message, on each of these channels for which there is an address; at least one.
            Write { message: MessageKind, channels: Vec<Channel> },
            /// A telephone call, tried on so many days at most (1 to 10).
            Call { attempts_max: u8 },
        }
    }

    value! {
        /// The scheduler's leave for one outward act. Only the scheduler makes permits, after the
        /// law gate and under the person's lock; the person's contact budget is reserved with it.
        struct Permit {
            pub permit_id: PermitId,
            pub person_id: PersonId,
            pub case_id: CaseId,
            pub creditor_id: CreditorId,
            /// The claims that the act may speak of, in the order of their due dates.
            pub claim_ids: Vec<ClaimId>,
            pub deed: PermittedDeed,
            pub capacity: Capacity,
            /// Business time. The act must happen in `not_before..not_after`; after it, it goes
            /// back.
            pub not_before: Timestamp,
            pub not_after: Timestamp,
            /// What we know of payments may be at most so old when the act happens, in whole days
            /// of the debtor's calendar; none where no age was agreed.
            pub payments_known_within_days: Option<u16>,
            /// The rules that were asked, and the pack that held them.
            pub rule_ids: Vec<String>,
            pub rule_pack: String,
        }
    }

    value! {
        /// What a permit allows.
        enum PermittedDeed {
            /// One message, once on each of these channels: together they are one contact.
            Write { message: MessageKind, channels: Vec<Channel> },
            /// One telephone call.
            Call,
        }
    }

    contract! {
        /// An outward act may happen.
        Event "scheduler" "permit-granted" v 2 after super::PermitGranted,
        about case_id, creditor creditor_id;
        PermitGranted {
            case_id: CaseId,
            creditor_id: CreditorId,
            permit: Permit,
        }
    }

    impl From<super::PermitGranted> for PermitGranted {
        fn from(earlier: super::PermitGranted) -> Self {
            let super::PermitGranted { case_id, creditor_id, permit } = earlier;
            Self { case_id, creditor_id, permit: permit.into() }
        }
    }

    contract! {
        /// Send one message on one channel under a permit.
        Command "letter" "send" v 2 after super::Send, about letter_id, creditor creditor_id;
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

    contract! {
        /// A message left the house, with proof.
        Event "letter" "dispatched" v 2 after super::Dispatched,
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
        /// A version of a creditor's agreement is in force for new cases.
        Event "intake" "agreement-agreed" v 2 after super::AgreementAgreed,
        about creditor_id, creditor creditor_id;
        AgreementAgreed {
            creditor_id: CreditorId,
            agreement: Agreement,
        }
    }

    value! {
        /// Version 2 of the agreement document: written steps and calls, timed from the due date or
        /// from each other, one capacity, what may be charged, and how money goes back.
        struct Agreement {
            /// Counts up from 1 with each change; a case keeps the version that it started with.
            pub version: u32,
            pub capacity: Capacity,
            pub pay_to: PayTo,
            /// In the order in which they are taken; at least one.
            pub steps: Vec<AgreedStep>,
            /// How old what we know of payments may be when a message leaves, in whole days; always
            /// there where debtors pay to the creditor.
            pub payments_known_within_days: Option<u16>,
            /// After the last step: a person looks at the case within so many days (1 to 90).
            pub review_after_days: u16,
            /// Who looks: a role or a staff code of the agency, never a person's name.
            pub review_by: String,
            pub charges: AgreedCharges,
            pub promises: AgreedPromises,
            /// The channels by which a debtor is thanked for the last payment; none for no thanks.
            pub thanks_by: Vec<Channel>,
            pub remittance: AgreedRemittance,
        }
    }

    value! {
        /// What the agency keeps of what it collected.
        struct AgreedRemittance {
            /// Of principal and interest, in hundredths of a percent (0 to 10000), without VAT.
            pub commission_basis_points: u16,
            /// Whether collection costs that debtors paid stay with the agency.
            pub agency_keeps_costs: bool,
        }
    }

    impl From<super::AgreementAgreed> for AgreementAgreed {
        fn from(earlier: super::AgreementAgreed) -> Self {
            Self { creditor_id: earlier.creditor_id, agreement: earlier.agreement.into() }
        }
    }

    contract! {
        /// Write to a creditor about its own cases or money. Nobody but the creditor is written to,
        /// so it needs no permit.
        Command "letter" "send-note" v 2 after super::SendNote,
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

    impl From<super::SendNote> for SendNote {
        fn from(earlier: super::SendNote) -> Self {
            Self {
                note_id: earlier.note_id,
                creditor_id: earlier.creditor_id,
                note: match earlier.note {
                    super::Note::Feedback(feedback) => Note::Feedback(feedback.into()),
                    super::Note::Remittance(remittance) => Note::Remittance(remittance),
                },
            }
        }
    }

    contract! {
        /// A case waits for a person.
        Event "scheduler" "case-held" v 2 after super::CaseHeld,
        about case_id, creditor creditor_id;
        CaseHeld {
            case_id: CaseId,
            creditor_id: CreditorId,
            reason: HoldReason,
            /// A role or staff code.
            owner: String,
            review_on: Date,
        }
    }

    value! {
        /// Why a case waits for a person.
        enum HoldReason {
            /// All agreed steps were taken; somebody decides how to go on.
            StepsUsedUp,
            /// No address for any channel of the next step; of a call: no number.
            NotReachable,
            /// The law gate will never let the next step pass.
            GateRefused,
            /// It is open whether a message of the step left.
            ActUncertain,
            /// A message could not be delivered.
            NotDelivered,
            /// A message could not be written: something is not known, or a text is wrong.
            NotWritten,
            /// The same step was tried three times in a row, and its message never left or nobody
            /// made its call; or a promise was due for a week, and no statement showed its day.
            TriedInVain,
            /// The debtor gave a reason that a person has to weigh before anything else happens.
            ReasonGiven,
        }
    }

    impl From<super::CaseHeld> for CaseHeld {
        fn from(earlier: super::CaseHeld) -> Self {
            Self {
                case_id: earlier.case_id,
                creditor_id: earlier.creditor_id,
                reason: earlier.reason.into(),
                owner: earlier.owner,
                review_on: earlier.review_on,
            }
        }
    }

    impl From<super::HoldReason> for HoldReason {
        fn from(earlier: super::HoldReason) -> Self {
            match earlier {
                super::HoldReason::StepsUsedUp => Self::StepsUsedUp,
                super::HoldReason::NotReachable => Self::NotReachable,
                super::HoldReason::GateRefused => Self::GateRefused,
                super::HoldReason::ActUncertain => Self::ActUncertain,
                super::HoldReason::NotDelivered => Self::NotDelivered,
                super::HoldReason::NotWritten => Self::NotWritten,
                super::HoldReason::TriedInVain => Self::TriedInVain,
            }
        }
    }
}

/// Third versions, of what has a fourth one.
pub mod v3 {
    use super::v2::{self, AgreedStep};
    use crate::agreement::{AgreedCharges, AgreedPromises, AgreedRemittance, PayTo};
    use crate::letter::CaseFeedback;
    use crate::message::{contract, value};
    use crate::payment_reconciliation::FeeInvoice;
    use primitives::{
        Capacity, Channel, ContentHash, CreditorId, Date, Money, NoteId, RemittanceId,
    };

    contract! {
        /// Write to a creditor about its own cases or money. Nobody but the creditor is written to,
        /// so it needs no permit.
        Command "letter" "send-note" v 3 after v2::SendNote,
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
            /// What the creditor gave up in small differences and is told with this remittance;
            /// below zero where more was taken back. Nothing of it is in the amount.
            pub given_up: Money,
        }
    }

    impl From<v2::SendNote> for SendNote {
        fn from(earlier: v2::SendNote) -> Self {
            Self {
                note_id: earlier.note_id,
                creditor_id: earlier.creditor_id,
                note: match earlier.note {
                    v2::Note::Feedback(feedback) => Note::Feedback(feedback),
                    v2::Note::Remittance(remittance) => Note::Remittance(remittance.into()),
                },
            }
        }
    }

    impl From<super::RemittanceTold> for RemittanceTold {
        /// Versions 1 and 2 told neither of the invoice nor of what was given up.
        fn from(earlier: super::RemittanceTold) -> Self {
            Self {
                remittance_id: earlier.remittance_id,
                amount: earlier.amount,
                approved_on: earlier.approved_on,
                specification: earlier.specification,
                specification_pdf: None,
                invoice: None,
                given_up: Money::zero(earlier.amount.currency()),
            }
        }
    }

    contract! {
        /// A version of a creditor's agreement is in force for new cases.
        Event "intake" "agreement-agreed" v 3 after v2::AgreementAgreed,
        about creditor_id, creditor creditor_id;
        AgreementAgreed {
            creditor_id: CreditorId,
            agreement: Agreement,
        }
    }

    value! {
        /// Version 3 of the agreement document: written steps and calls, timed from the due date or
        /// from each other, one capacity, what may be charged, and how money goes back.
        struct Agreement {
            /// Counts up from 1 with each change; a case keeps the version that it started with.
            pub version: u32,
            pub capacity: Capacity,
            pub pay_to: PayTo,
            /// In the order in which they are taken; at least one.
            pub steps: Vec<AgreedStep>,
            /// How old what we know of payments may be when a message leaves, in whole days; always
            /// there where debtors pay to the creditor.
            pub payments_known_within_days: Option<u16>,
            /// After the last step: a person looks at the case within so many days (1 to 90).
            pub review_after_days: u16,
            /// Who looks: a role or a staff code of the agency, never a person's name.
            pub review_by: String,
            pub charges: AgreedCharges,
            pub promises: AgreedPromises,
            /// The channels by which a debtor is thanked for the last payment; none for no thanks.
            pub thanks_by: Vec<Channel>,
            pub remittance: AgreedRemittance,
        }
    }

    impl From<v2::AgreementAgreed> for AgreementAgreed {
        fn from(earlier: v2::AgreementAgreed) -> Self {
            Self { creditor_id: earlier.creditor_id, agreement: earlier.agreement.into() }
        }
    }
}

/// Fourth versions, of what has a fifth one.
pub mod v4 {
    use super::v2::AgreedStep;
    use super::v3;
    use crate::agreement::{AgreedCharges, AgreedPromises, AgreedRemittance, PayTo};
    use crate::message::{contract, value};
    use primitives::{Capacity, Channel, CreditorId, Money};

    contract! {
        /// A version of a creditor's agreement is in force for new cases.
        Event "intake" "agreement-agreed" v 4 after v3::AgreementAgreed,
        about creditor_id, creditor creditor_id;
        AgreementAgreed {
            creditor_id: CreditorId,
            agreement: Agreement,
        }
    }

    value! {
        /// Version 4 of the agreement document: written steps and calls, timed from the due date or
        /// from each other, one capacity, what may be charged, and how money goes back.
        struct Agreement {
            /// Counts up from 1 with each change; a case keeps the version that it started with.
            pub version: u32,
            pub capacity: Capacity,
            pub pay_to: PayTo,
            /// In the order in which they are taken; at least one.
            pub steps: Vec<AgreedStep>,
            /// How old what we know of payments may be when a message leaves, in whole days; always
            /// there where debtors pay to the creditor.
            pub payments_known_within_days: Option<u16>,
            /// After the last step: a person looks at the case within so many days (1 to 90).
            pub review_after_days: u16,
            /// Who looks: a role or a staff code of the agency, never a person's name.
            pub review_by: String,
            pub charges: AgreedCharges,
            pub promises: AgreedPromises,
            /// The channels by which a debtor is thanked for the last payment; none for no thanks.
            pub thanks_by: Vec<Channel>,
            pub remittance: AgreedRemittance,
            /// What a payment may leave open on a claim, costs and interest within, for the
            /// creditor to give it up; in euros. None where nothing is given up.
            pub small_difference: Option<Money>,
        }
    }

    impl From<v3::AgreementAgreed> for AgreementAgreed {
        fn from(earlier: v3::AgreementAgreed) -> Self {
            Self { creditor_id: earlier.creditor_id, agreement: earlier.agreement.into() }
        }
    }
}
