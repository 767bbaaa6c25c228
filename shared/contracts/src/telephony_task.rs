//! Messages owned by telephony-task: calls to be made, who makes them, and what followed.

use crate::earlier;
use crate::message::{contract, request, value};
use crate::permit::Permit;
use primitives::{
    CallOutcome, CallTaskId, CaseId, ClaimId, ContentHash, CreditorId, Date, Language, Money,
    NonPaymentReason, PermitId, PersonId, StaffId, Timestamp,
};

contract! {
    /// Have a debtor called under a permit.
    Command "telephony-task" "create-task" v 2 after earlier::CreateTask,
    about task_id, creditor creditor_id;
    CreateTask {
        task_id: CallTaskId,
        creditor_id: CreditorId,
        language: Language,
        permit: Permit,
        /// The last day that a debtor may promise to pay by, in days counted from the call.
        promise_days_max: u16,
    }
}

contract! {
    /// Do not call any more, if nobody did yet.
    Command "telephony-task" "withdraw-task" v 1 about task_id, creditor creditor_id;
    WithdrawTask {
        task_id: CallTaskId,
        creditor_id: CreditorId,
        case_id: CaseId,
    }
}

contract! {
    /// A caller took a call on, with a certificate that was valid.
    Event "telephony-task" "task-claimed" v 1 about task_id, creditor creditor_id;
    TaskClaimed {
        task_id: CallTaskId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        staff_id: StaffId,
        /// The last day of the certificate that was looked at.
        certificate_valid_until: Date,
    }
}

contract! {
    /// A call was made and written down.
    Event "telephony-task" "call-closed" v 2 after earlier::CallClosed,
    about task_id, creditor creditor_id, urgent;
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
        /// When the debtor was called, within the permit.
        called_at: Timestamp,
        /// When it was written down.
        closed_at: Timestamp,
    }
}

value! {
    /// What a debtor promised.
    struct PromisedPayment {
        pub amount: Money,
        /// The last day.
        pub pay_by: Date,
    }
}

contract! {
    /// A call was not made, and will not be under this permit.
    Event "telephony-task" "call-not-made" v 1 about task_id, creditor creditor_id;
    CallNotMade {
        task_id: CallTaskId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        permit_id: PermitId,
        reason: NotMadeReason,
    }
}

value! {
    /// Why a call was not made.
    enum NotMadeReason {
        /// The scheduler withdrew it.
        Withdrawn,
        /// The permit's time was over before anybody closed it.
        PermitExpired,
    }
}

contract! {
    /// The calls that wait for a caller, are being made or have to be written down, the earliest
    /// end first.
    Request "telephony-task" "list-tasks" v 1 about none, creditor none;
    ListTasks {
        /// At most so many (1 to 1000).
        limit: u32,
    }
}
request!(ListTasks => TaskList, reads);

value! {
    /// Calls to be made.
    struct TaskList {
        pub tasks: Vec<TaskSummary>,
        /// How many there are in all.
        pub total: u64,
    }
}

value! {
    /// One call to be made.
    struct TaskSummary {
        pub task_id: CallTaskId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        /// The debtor's.
        pub language: Language,
        /// Business time: when it may be made.
        pub not_before: Timestamp,
        pub not_after: Timestamp,
        /// Who took it on; none while it waits.
        pub claimed_by: Option<StaffId>,
    }
}

contract! {
    /// Take a call on. Who asks is the caller.
    Request "telephony-task" "claim-task" v 2 about task_id, creditor none;
    ClaimTask {
        task_id: CallTaskId,
        /// The case of the call.
        case_id: CaseId,
    }
}
request!(ClaimTask => ClaimTaskAnswer, changes);

value! {
    /// Whether the call is the caller's now.
    enum ClaimTaskAnswer {
        /// It is the caller's until this moment.
        Claimed { case_id: CaseId, until: Timestamp },
        Refused { reason: ClaimRefusal },
    }
}

value! {
    /// Why a call may not be taken on.
    enum ClaimRefusal {
        /// No such call.
        Unknown,
        /// Who asks is no member of staff with the role of a caller.
        NotACaller,
        /// No certificate for the country of the debtor.
        NoCertificate,
        /// No certificate for the country of the debtor is valid today; the last one ended.
        CertificateEnded { on: Date },
        /// Somebody else took it on.
        TakenByAnother,
        /// The call may be made in this time only.
        NotNow { not_before: Timestamp, not_after: Timestamp },
        /// Nothing is owed any more on what the call would be about.
        NothingOwed,
        /// What is known of payments ends on this day, or nothing is; for this call it may be at
        /// most so many days old. Read newer statements first.
        PaymentsNotKnown { until: Option<Date>, within_days: u16 },
        /// Who asks has it, and it is not to be made any more: it was taken back, or its time is
        /// over. It is to be written down, or given back.
        ToBeWrittenDown,
        /// It was made, withdrawn, or not made in time.
        Over,
    }
}

contract! {
    /// Write down how a call went. Who asks is the caller who took it on; it stays theirs until
    /// they wrote it down or gave it back, however late that is.
    Request "telephony-task" "close-task" v 2 about task_id, creditor none;
    CloseTask {
        task_id: CallTaskId,
        /// The case of the call.
        case_id: CaseId,
        /// When the debtor was called; none for just now, or, within an hour after it, for the last
        /// moment at which that was allowed.
        called_at: Option<Timestamp>,
        outcome: CallOutcome,
        reason: NonPaymentReason,
        /// What was said, in the caller's words: a text in the file store, since it is personal.
        summary: ContentHash,
        /// Needed with the outcome `promised`, and refused with any other.
        promise: Option<PromisedPayment>,
    }
}
request!(CloseTask => CloseTaskAnswer, changes);

value! {
    /// Whether the call is closed now.
    enum CloseTaskAnswer {
        Closed { case_id: CaseId },
        Refused { reason: CloseRefusal },
    }
}

value! {
    /// Why a call cannot be closed like this.
    enum CloseRefusal {
        /// No such call.
        Unknown,
        /// Who asks did not take it on.
        NotTakenByYou,
        /// It was made, withdrawn, or not made in time.
        Over,
        /// The call can only have been made in this time.
        NotCalledThen { not_before: Timestamp, not_after: Timestamp },
        /// The summary says nothing.
        SummaryEmpty,
        /// The outcome `promised` needs a promise, and no other outcome may have one.
        PromiseAndOutcomeDiffer,
        /// The amount has to be above zero, in the currency of the claims.
        PromiseOfNothing,
        /// Nobody promises more than is owed: this.
        PromiseAboveOpen { open: Money },
        /// The day has to be that of the call or later, and no later than this one.
        PromiseTooLate { latest: Date },
        /// This reason does not go with this outcome.
        ReasonAndOutcomeDiffer,
    }
}

contract! {
    /// Give a call back that was taken on: the debtor was not called. Who asks is the caller who
    /// took it on, or, once its time is over, an operator in their place.
    Request "telephony-task" "release-task" v 1 about task_id, creditor none;
    ReleaseTask {
        task_id: CallTaskId,
    }
}
request!(ReleaseTask => ReleaseTaskAnswer, changes);

value! {
    /// Whether the call is out of the caller's hands.
    enum ReleaseTaskAnswer {
        /// It waits for a caller again until this moment.
        Open { until: Timestamp },
        /// Its time is over: it was not made.
        NotMade,
        Refused { reason: ReleaseRefusal },
    }
}

value! {
    /// Why a call cannot be given back.
    enum ReleaseRefusal {
        /// No such call.
        Unknown,
        /// Who asks did not take it on.
        NotTakenByYou,
        /// It was made, withdrawn, or not made in time.
        Over,
    }
}

contract! {
    /// The calls of a case that were made, newest first, with what was said.
    Request "telephony-task" "calls" v 2 about case_id, creditor none;
    GetCalls {
        case_id: CaseId,
    }
}
request!(GetCalls => CallList, reads personal);

value! {
    /// Calls that were made.
    struct CallList {
        pub calls: Vec<CallMade>,
    }
}

value! {
    /// One call that was made.
    struct CallMade {
        pub task_id: CallTaskId,
        pub staff_id: StaffId,
        /// When the debtor was called, and when that was written down.
        pub called_at: Timestamp,
        pub closed_at: Timestamp,
        pub outcome: CallOutcome,
        pub reason: NonPaymentReason,
        /// What was said, in the caller's words; personal.
        pub summary: String,
        pub promise: Option<PromisedPayment>,
    }
}

impl From<earlier::CreateTask> for CreateTask {
    fn from(earlier: earlier::CreateTask) -> Self {
        Self {
            task_id: earlier.task_id,
            creditor_id: earlier.creditor_id,
            language: earlier.language,
            permit: earlier.permit.into(),
            promise_days_max: earlier.promise_days_max,
        }
    }
}

impl From<earlier::CallClosed> for CallClosed {
    /// When version 1 was spoken, a call was written down within the hour.
    fn from(earlier: earlier::CallClosed) -> Self {
        Self {
            task_id: earlier.task_id,
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            person_id: earlier.person_id,
            permit_id: earlier.permit_id,
            claim_ids: earlier.claim_ids,
            outcome: earlier.outcome,
            reason: earlier.reason,
            promise: earlier.promise,
            staff_id: earlier.staff_id,
            called_at: earlier.closed_at,
            closed_at: earlier.closed_at,
        }
    }
}
