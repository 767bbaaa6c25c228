//! Why debtors do not pay, as people put it down, and what people decide on held cases. Owned by
//! the scheduler.

use crate::message::{contract, request, value};
use crate::scheduler::CaseState;
use primitives::{CaseId, ContentHash, Date, NonPaymentReason, StaffId, Timestamp};

value! {
    /// On whose word it is known.
    enum SaidBy {
        Debtor,
        Creditor,
        /// Whoever else speaks of the debtor: a relative, a counsellor, who answered a call.
        ThirdParty,
        /// A public register: of the dead, of insolvencies, of guardianships.
        Register,
    }
}

contract! {
    /// Put down why a debtor does not pay. Only a member of staff may.
    Request "scheduler" "record-reason" v 1 about case_id, creditor none;
    RecordReason {
        case_id: CaseId,
        reason: NonPaymentReason,
        said_by: SaidBy,
        /// When it was said; today where none is given.
        said_on: Option<Date>,
        /// The document that shows it, in the file store.
        evidence: Option<ContentHash>,
    }
}
request!(RecordReason => RecordReasonAnswer, changes);

value! {
    enum RecordReasonAnswer {
        /// None of a case without a claim yet.
        Recorded { state: Option<CaseState> },
        Refused { reason: ReasonRefusal },
        /// The case was not heard of yet.
        Unknown,
    }
}

value! {
    enum ReasonRefusal {
        /// Only a member of staff puts a reason down.
        NotStaff,
        /// Nobody said anything on a day that has not come.
        SaidAhead,
        /// It is more than ten years ago.
        SaidTooLongAgo,
        /// It would take the place of one under which nothing goes out: that takes a document.
        EvidenceMissing,
    }
}

value! {
    /// A reason as it is kept.
    struct ReasonTold {
        pub reason: NonPaymentReason,
        pub said_by: SaidBy,
        pub said_on: Date,
        pub recorded_by: StaffId,
        pub recorded_at: Timestamp,
        /// Whether it was learnt in a call of ours.
        pub in_call: bool,
        pub evidence: Option<ContentHash>,
        /// When a person decided how to go on all the same.
        pub answered_at: Option<Timestamp>,
        /// Whether the way of the case follows from it.
        pub leads: bool,
    }
}

contract! {
    /// Decide how a held case goes on. Only a member of staff may.
    Request "scheduler" "decide-case" v 1 about case_id, creditor none;
    DecideCase {
        case_id: CaseId,
        decision: CaseDecision,
        why: DecisionWhy,
        /// The document that shows it, in the file store.
        evidence: Option<ContentHash>,
    }
}
request!(DecideCase => DecideCaseAnswer, changes);

value! {
    enum CaseDecision {
        /// Go on with the step that is next.
        GoOn,
        /// Look again on another day.
        ReviewOn { review_on: Date },
        /// Go on with this step of the agreement, also where it was taken before.
        FromStep { step: String },
    }
}

value! {
    /// Why a person decides so.
    enum DecisionWhy {
        /// The dispute, complaint or question was answered.
        Answered,
        /// It was agreed how it will be paid.
        Arranged,
        /// What was said turned out not to be so, or is so no more.
        Unfounded,
        AddressChecked,
        IdentityChecked,
        /// What stood in the way was put right.
        Corrected,
        /// A person spoke with the debtor, beside the agreed calls.
        ContactMade,
        CreditorAsked,
        DebtorAsked,
        /// An answer of somebody is awaited.
        AwaitsAnswer,
    }
}

value! {
    enum DecideCaseAnswer {
        Decided { state: CaseState },
        Refused { reason: DecisionRefusal },
        /// The case was not heard of yet.
        Unknown,
    }
}

value! {
    enum DecisionRefusal {
        /// Only a member of staff decides.
        NotStaff,
        /// It waits for nobody's decision.
        NotHeld,
        /// It is open whether an act happened: letter or telephony-task has to say so first.
        ActUncertain,
        /// A hold covers it, which has to be lifted first.
        OnHold,
        /// The agreement has no such step.
        UnknownStep,
        /// It would be held for the same reason again: begin at a step, or put the reason right.
        NothingNext,
        /// The review day has to come after today.
        NoNextMoment,
        /// The review day is more than 92 days away.
        TooFar,
        /// The case is still because of a reason under which nothing goes out: to go on takes a
        /// document.
        EvidenceMissing,
    }
}
