//! Messages about why debtors do not pay, and about decisions on held cases.

use contracts::reason::{
    CaseDecision, DecideCase, DecideCaseAnswer, DecisionRefusal, DecisionWhy, ReasonRefusal,
    ReasonTold, RecordReason, RecordReasonAnswer, SaidBy,
};
use contracts::scheduler::{CaseState, HoldReason, TimelineEvent};
use primitives::NonPaymentReason;

use super::{case, day, document, moment, staff};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    recording().into_iter().chain(deciding()).collect()
}

fn recording() -> [Snapshot; 2] {
    let asked = |reason, said_by| RecordReason {
        case_id: case(),
        reason,
        said_by,
        said_on: None,
        evidence: None,
    };
    let mut all: Vec<RecordReason> =
        NonPaymentReason::ALL.iter().map(|reason| asked(*reason, SaidBy::Debtor)).collect();
    all.extend(said_by().map(|said_by| RecordReason {
        said_on: Some(day("2026-03-02")),
        evidence: Some(document()),
        ..asked(NonPaymentReason::Deceased, said_by)
    }));
    let refusals = [
        ReasonRefusal::NotStaff,
        ReasonRefusal::SaidAhead,
        ReasonRefusal::SaidTooLongAgo,
        ReasonRefusal::EvidenceMissing,
    ];
    let mut answers = vec![
        RecordReasonAnswer::Recorded { state: None },
        RecordReasonAnswer::Recorded { state: Some(held()) },
        RecordReasonAnswer::Unknown,
    ];
    answers.extend(refusals.map(|reason| RecordReasonAnswer::Refused { reason }));
    Snapshot::request(all, answers)
}

fn deciding() -> [Snapshot; 2] {
    let asked = |decision, why, evidence| DecideCase { case_id: case(), decision, why, evidence };
    let mut all: Vec<DecideCase> = decisions()
        .into_iter()
        .map(|decision| asked(decision, DecisionWhy::Answered, Some(document())))
        .collect();
    all.extend(whys().map(|why| asked(CaseDecision::GoOn, why, None)));
    let refusals = [
        DecisionRefusal::NotStaff,
        DecisionRefusal::NotHeld,
        DecisionRefusal::ActUncertain,
        DecisionRefusal::OnHold,
        DecisionRefusal::UnknownStep,
        DecisionRefusal::NothingNext,
        DecisionRefusal::NoNextMoment,
        DecisionRefusal::TooFar,
        DecisionRefusal::EvidenceMissing,
    ];
    let mut answers = vec![DecideCaseAnswer::Decided { state: held() }, DecideCaseAnswer::Unknown];
    answers.extend(refusals.map(|reason| DecideCaseAnswer::Refused { reason }));
    Snapshot::request(all, answers)
}

fn held() -> CaseState {
    CaseState::Held {
        reason: HoldReason::ReasonGiven,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    }
}

fn said_by() -> [SaidBy; 4] {
    [SaidBy::Debtor, SaidBy::Creditor, SaidBy::ThirdParty, SaidBy::Register]
}

fn decisions() -> [CaseDecision; 3] {
    [
        CaseDecision::GoOn,
        CaseDecision::ReviewOn { review_on: day("2026-04-01") },
        CaseDecision::FromStep { step: "call".to_owned() },
    ]
}

fn whys() -> [DecisionWhy; 10] {
    [
        DecisionWhy::Answered,
        DecisionWhy::Arranged,
        DecisionWhy::Unfounded,
        DecisionWhy::AddressChecked,
        DecisionWhy::IdentityChecked,
        DecisionWhy::Corrected,
        DecisionWhy::ContactMade,
        DecisionWhy::CreditorAsked,
        DecisionWhy::DebtorAsked,
        DecisionWhy::AwaitsAnswer,
    ]
}

/// Reasons as a position tells them.
pub(super) fn told() -> Vec<ReasonTold> {
    let in_call = ReasonTold {
        reason: NonPaymentReason::Carelessness,
        said_by: SaidBy::Debtor,
        said_on: day("2026-03-02"),
        recorded_by: staff(),
        recorded_at: moment("2026-03-02T08:00:00Z"),
        in_call: true,
        evidence: None,
        answered_at: None,
        leads: false,
    };
    let by_letter = said_by().map(|said_by| ReasonTold {
        reason: NonPaymentReason::Dissatisfied,
        said_by,
        in_call: false,
        evidence: Some(document()),
        answered_at: Some(moment("2026-03-04T08:00:00Z")),
        leads: true,
        ..in_call.clone()
    });
    [in_call].into_iter().chain(by_letter).collect()
}

/// What the timeline says of reasons and decisions.
pub(super) fn timeline() -> Vec<TimelineEvent> {
    let (by, on) = (staff(), day("2026-03-02"));
    let recorded = |reason: NonPaymentReason, said_by, evidence| TimelineEvent::ReasonRecorded {
        reason,
        said_by,
        said_on: on,
        by,
        evidence,
    };
    let mut events: Vec<TimelineEvent> = NonPaymentReason::ALL
        .iter()
        .map(|reason| recorded(*reason, SaidBy::Debtor, None))
        .collect();
    let deceased = NonPaymentReason::Deceased;
    events.extend(said_by().map(|said_by| recorded(deceased, said_by, Some(document()))));
    let decided = |decision, why, evidence| TimelineEvent::CaseDecided {
        held: HoldReason::StepsUsedUp,
        decision,
        why,
        by,
        evidence,
    };
    events.extend(decisions().map(|it| decided(it, DecisionWhy::Corrected, Some(document()))));
    events.extend(whys().map(|why| decided(CaseDecision::GoOn, why, None)));
    events
}
