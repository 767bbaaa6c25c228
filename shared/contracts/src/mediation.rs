//! Messages owned by mediation: what was agreed with a debtor, and whether it was kept.

use crate::message::{contract, request, value};
use primitives::{
    CallTaskId, CaseId, ClaimId, CreditorId, Date, Money, PersonId, PromiseId, StaffId, Timestamp,
};

contract! {
    /// A debtor promised to pay.
    Event "mediation" "promise-made" v 1 about promise_id, creditor creditor_id, urgent;
    PromiseMade {
        promise_id: PromiseId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        /// The claims that were spoken of.
        claim_ids: Vec<ClaimId>,
        amount: Money,
        /// The last day.
        pay_by: Date,
        /// The call in which it was made, and who took it down.
        task_id: CallTaskId,
        staff_id: StaffId,
        made_at: Timestamp,
    }
}

contract! {
    /// Judge a promise: what was received until now is known.
    Command "mediation" "judge-promise" v 1 about promise_id, creditor creditor_id;
    JudgePromise {
        promise_id: PromiseId,
        case_id: CaseId,
        creditor_id: CreditorId,
    }
}

contract! {
    /// A promise was kept, or it was not.
    Event "mediation" "promise-judged" v 1 about promise_id, creditor creditor_id;
    PromiseJudged {
        promise_id: PromiseId,
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        verdict: PromiseVerdict,
        promised: Money,
        /// What was received on the case since the day of the promise, whenever it was.
        received: Money,
        /// The last day that was promised.
        pay_by: Date,
    }
}

value! {
    /// What became of a promise.
    enum PromiseVerdict {
        /// All of it was received in time.
        Kept,
        /// All of it was received, some of it late.
        Late,
        /// Not all of it was received.
        Broken,
        /// Nothing is owed any more for another reason: nothing is left to be kept.
        Released,
    }
}

contract! {
    /// The promises of a case, newest first.
    Request "mediation" "promises" v 1 about case_id, creditor none;
    GetPromises {
        case_id: CaseId,
    }
}
request!(GetPromises => PromiseList, reads);

value! {
    /// Promises to pay.
    struct PromiseList {
        pub promises: Vec<PromiseSummary>,
    }
}

value! {
    /// One promise, and what became of it.
    struct PromiseSummary {
        pub promise_id: PromiseId,
        pub amount: Money,
        /// The last day.
        pub pay_by: Date,
        pub made_at: Timestamp,
        /// What was received on the case since the day of the promise.
        pub received: Money,
        /// None while it is open.
        pub verdict: Option<PromiseVerdict>,
    }
}
