//! Messages owned by the scheduler: where each case stands, what is next, and what may happen.

use crate::earlier;
use crate::hold::{DoneSince, HoldTerms};
use crate::mediation::PromiseVerdict;
use crate::message::{contract, request, value};
use crate::permit::Permit;
use crate::reason::{CaseDecision, DecisionWhy, ReasonTold, SaidBy};
use crate::telephony_task::NotMadeReason;
use primitives::{
    CallOutcome, CaseId, Channel, ClaimId, ContentHash, CreditorId, Date, HoldId, Language,
    MessageId, Money, NonPaymentReason, PermitId, PersonId, PromiseId, StaffId, Timestamp,
};

contract! {
    /// A case has a next step, or another one than before.
    Event "scheduler" "step-planned" v 1 about case_id, creditor creditor_id;
    StepPlanned {
        case_id: CaseId,
        creditor_id: CreditorId,
        /// The key of the step in the agreement.
        step: String,
        claim_ids: Vec<ClaimId>,
        due_at: Timestamp,
    }
}

contract! {
    /// An outward act may happen.
    Event "scheduler" "permit-granted" v 3 after earlier::v2::PermitGranted,
    about case_id, creditor creditor_id;
    PermitGranted {
        case_id: CaseId,
        creditor_id: CreditorId,
        permit: Permit,
    }
}

contract! {
    /// The law gate did not let an act pass.
    Event "scheduler" "permit-refused" v 1 about case_id, creditor creditor_id;
    PermitRefused {
        case_id: CaseId,
        creditor_id: CreditorId,
        person_id: PersonId,
        step: String,
        rule_ids: Vec<String>,
        rule_pack: String,
        /// When it may be tried again; none where it may never.
        again_at: Option<Timestamp>,
    }
}

contract! {
    /// A case waits for a person.
    Event "scheduler" "case-held" v 3 after earlier::v2::CaseHeld,
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
        /// The same step was tried three times in a row, and its message never left or nobody made
        /// its call; or a promise was due for a week, and no statement showed its day.
        TriedInVain,
        /// The debtor gave a reason that a person has to weigh before anything else happens.
        ReasonGiven,
        /// A person put it on hold: nothing goes out before that ends.
        OnHold,
    }
}

contract! {
    /// A case waits for what its debtor promised.
    Event "scheduler" "promise-awaited" v 1 about case_id, creditor creditor_id;
    PromiseAwaited {
        case_id: CaseId,
        creditor_id: CreditorId,
        promise_id: PromiseId,
        /// When it is judged at the latest: the promised day and the days of grace are over.
        judged_at: Timestamp,
    }
}

contract! {
    /// A case is closed: nothing is owed any more.
    Event "scheduler" "case-closed" v 1 about case_id, creditor creditor_id;
    CaseClosed {
        case_id: CaseId,
        creditor_id: CreditorId,
        reason: CloseReason,
    }
}

value! {
    /// Why a case was closed.
    enum CloseReason {
        Paid,
        Credited,
        Withdrawn,
    }
}

contract! {
    /// Where a case stands and why.
    Request "scheduler" "case-position" v 4 about case_id, creditor none;
    GetCasePosition {
        case_id: CaseId,
    }
}
request!(GetCasePosition => CasePositionAnswer, reads);

value! {
    #[expect(clippy::large_enum_variant, reason = "held one at a time, and nearly always known")]
    enum CasePositionAnswer {
        Known(CasePosition),
        Unknown,
    }
}

value! {
    /// Position, why this step, what next, what would stop it, and what happened.
    struct CasePosition {
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        pub person_id: PersonId,
        pub state: CaseState,
        /// Plain sentences: why the case stands here.
        pub why: Vec<String>,
        /// Plain sentences: what would stop or change the next step.
        pub would_stop: Vec<String>,
        /// Why it is not paid, as people said; in the order in which they said it.
        pub reasons: Vec<ReasonTold>,
        /// Oldest first.
        pub timeline: Vec<TimelineEntry>,
    }
}

value! {
    enum CaseState {
        /// A dated next step.
        Planned { step: String, due_at: Timestamp },
        /// A permit was granted; the message is on its way, or the call waits for a caller.
        Acting { step: String, permit_id: PermitId, not_after: Timestamp },
        /// The debtor promised to pay.
        AwaitingPromise {
            promise_id: PromiseId,
            amount: Money,
            pay_by: Date,
            judged_at: Timestamp,
        },
        /// A person decides.
        Held { reason: HoldReason, owner: String, review_on: Date },
        Closed { reason: CloseReason },
    }
}

value! {
    /// One thing that happened on a case.
    struct TimelineEntry {
        /// Business time.
        pub at: Timestamp,
        pub what: TimelineEvent,
        /// The message that brought it.
        pub cause: MessageId,
    }
}

value! {
    /// What happened, as codes; the reader makes sentences of it.
    enum TimelineEvent {
        CaseOpened,
        ClaimRegistered { claim_id: ClaimId, amount: Money, due_on: Date },
        StepPlanned { step: String, due_at: Timestamp },
        PermitGranted { step: String, permit_id: PermitId },
        PermitRefused { step: String, rule_ids: Vec<String>, again_at: Option<Timestamp> },
        /// The channel is not known of entries that were written before there were several.
        MessageSent { step: String, channel: Option<Channel> },
        MessageNotSent {
            step: String,
            channel: Option<Channel>,
            reason: crate::letter::NotSentReason,
        },
        /// Without a channel it may be a call.
        MessageUncertain { step: String, channel: Option<Channel> },
        CallClosed {
            step: String,
            outcome: CallOutcome,
            reason: NonPaymentReason,
        },
        CallNotMade { step: String, reason: NotMadeReason },
        PromiseMade { promise_id: PromiseId, amount: Money, pay_by: Date },
        PromiseJudged {
            promise_id: PromiseId,
            verdict: PromiseVerdict,
            promised: Money,
            received: Money,
            pay_by: Date,
        },
        PaymentReceived { claim_id: ClaimId, amount: Money },
        ClaimCredited { claim_id: ClaimId, amount: Money },
        ClaimWithdrawn { claim_id: ClaimId },
        Held { reason: HoldReason, owner: String, review_on: Date },
        Closed { reason: CloseReason },
        /// A person put the case, or claims on it, on hold; with what was done since its start.
        HoldPlaced { hold_id: HoldId, by: StaffId, terms: HoldTerms, done_since: Vec<DoneSince> },
        HoldLifted { hold_id: HoldId, by: StaffId },
        /// A member of staff put down why it is not paid.
        ReasonRecorded {
            reason: NonPaymentReason,
            said_by: SaidBy,
            said_on: Date,
            by: StaffId,
            evidence: Option<ContentHash>,
        },
        /// A member of staff decided how the case, held so, goes on.
        CaseDecided {
            held: HoldReason,
            decision: CaseDecision,
            why: DecisionWhy,
            by: StaffId,
            evidence: Option<ContentHash>,
        },
    }
}

contract! {
    /// The state of many cases, those with the earliest next step first.
    Request "scheduler" "list-positions" v 3 about none, creditor none;
    ListPositions {
        /// At most so many (1 to 1000).
        limit: u32,
        /// Without so many first ones. Pages fit together only while nothing moves.
        skip: u64,
    }
}
request!(ListPositions => PositionList, reads);

value! {
    struct PositionList {
        pub positions: Vec<PositionSummary>,
        pub total: u64,
    }
}

value! {
    struct PositionSummary {
        pub case_id: CaseId,
        pub state: CaseState,
    }
}

contract! {
    /// Why a case stands where it does, in the words of who asks.
    Request "scheduler" "explain-case" v 1 about case_id, creditor none;
    ExplainCase {
        case_id: CaseId,
        audience: Audience,
        language: Language,
    }
}
request!(ExplainCase => ExplainCaseAnswer, reads);

value! {
    /// Who reads an explanation.
    enum Audience {
        Handler,
        /// Learns nothing of the debtor's circumstances.
        Creditor,
        /// In plain words, without those of the agency.
        Debtor,
    }
}

value! {
    enum ExplainCaseAnswer {
        Explained(CaseExplanation),
        /// The case was not heard of yet.
        Unknown,
    }
}

value! {
    /// Plain sentences.
    struct CaseExplanation {
        /// Why the case stands here.
        pub why: Vec<String>,
        /// What comes next, and when.
        pub next: Vec<String>,
        /// What would stop or change that.
        pub would_stop: Vec<String>,
    }
}

impl From<earlier::v2::PermitGranted> for PermitGranted {
    fn from(earlier: earlier::v2::PermitGranted) -> Self {
        Self {
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            permit: earlier.permit.into(),
        }
    }
}

impl From<earlier::v2::CaseHeld> for CaseHeld {
    fn from(earlier: earlier::v2::CaseHeld) -> Self {
        Self {
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            reason: earlier.reason.into(),
            owner: earlier.owner,
            review_on: earlier.review_on,
        }
    }
}

impl From<earlier::v2::HoldReason> for HoldReason {
    fn from(earlier: earlier::v2::HoldReason) -> Self {
        use earlier::v2::HoldReason as Earlier;
        match earlier {
            Earlier::StepsUsedUp => Self::StepsUsedUp,
            Earlier::NotReachable => Self::NotReachable,
            Earlier::GateRefused => Self::GateRefused,
            Earlier::ActUncertain => Self::ActUncertain,
            Earlier::NotDelivered => Self::NotDelivered,
            Earlier::NotWritten => Self::NotWritten,
            Earlier::TriedInVain => Self::TriedInVain,
            Earlier::ReasonGiven => Self::ReasonGiven,
        }
    }
}
