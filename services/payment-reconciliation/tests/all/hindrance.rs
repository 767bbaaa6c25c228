//! What a case has to be for its debtor to be debited, by what the scheduler says of it.

use std::collections::BTreeSet;

use contracts::hold::{HoldCause, HoldScope, HoldTerms, HoldThen};
use contracts::payment_reconciliation::DebitLeftOut;
use contracts::reason::{ReasonTold, SaidBy};
use contracts::scheduler::{
    CasePosition, CasePositionAnswer, CaseState, CloseReason, HoldReason, TimelineEntry,
    TimelineEvent,
};
use payment_reconciliation::domain::hindrance::{Word, word_of};
use primitives::{HoldId, MessageId, NonPaymentReason, PermitId, PromiseId};
use uuid::Uuid;

use crate::world::{case_id, claim_id, creditor_id, day, euro, opened, staff_id};

const TODAY: &str = "2026-03-10";

fn position(state: CaseState) -> CasePosition {
    CasePosition {
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: opened(1).person_id,
        state,
        why: Vec::new(),
        would_stop: Vec::new(),
        reasons: Vec::new(),
        timeline: Vec::new(),
    }
}

pub(crate) fn planned() -> CaseState {
    let due_at = "2026-04-01T07:00:00Z".parse().unwrap();
    CaseState::Planned { step: "reminder".to_owned(), due_at }
}

pub(crate) fn held(reason: HoldReason) -> CaseState {
    CaseState::Held { reason, owner: "case-desk".to_owned(), review_on: day("2026-04-01") }
}

pub(crate) fn told(state: CaseState) -> CasePositionAnswer {
    CasePositionAnswer::Known(position(state))
}

/// The case on which the second claim is on hold.
pub(crate) fn claim_on_hold(claim: u128) -> CasePositionAnswer {
    let scope = HoldScope::Claim { case_id: case_id(1), claim_id: claim_id(claim) };
    let timeline = vec![placed(1, terms(scope, "2026-03-01", "2026-04-01"))];
    CasePositionAnswer::Known(CasePosition { timeline, ..position(planned()) })
}

fn terms(scope: HoldScope, starts_on: &str, ends_on: &str) -> HoldTerms {
    HoldTerms {
        scope,
        cause: HoldCause::Complaint,
        owner: "case-desk".to_owned(),
        starts_on: day(starts_on),
        ends_on: day(ends_on),
        then: HoldThen::GoOn,
    }
}

fn event(what: TimelineEvent) -> TimelineEntry {
    let cause = MessageId::from_uuid(Uuid::from_u128(1));
    TimelineEntry { at: "2026-03-09T09:00:00Z".parse().unwrap(), what, cause }
}

fn hold_id(number: u128) -> HoldId {
    HoldId::from_uuid(Uuid::from_u128(number))
}

fn placed(number: u128, terms: HoldTerms) -> TimelineEntry {
    let (hold_id, done_since) = (hold_id(number), Vec::new());
    event(TimelineEvent::HoldPlaced { hold_id, by: staff_id(1), terms, done_since })
}

fn lifted(number: u128) -> TimelineEntry {
    event(TimelineEvent::HoldLifted { hold_id: hold_id(number), by: staff_id(1) })
}

fn reason(reason: NonPaymentReason, leads: bool, is_answered: bool) -> ReasonTold {
    let at = "2026-03-09T09:00:00Z".parse().unwrap();
    ReasonTold {
        reason,
        said_by: SaidBy::Debtor,
        said_on: day("2026-03-09"),
        recorded_by: staff_id(1),
        recorded_at: at,
        in_call: false,
        evidence: None,
        answered_at: is_answered.then_some(at),
        leads,
    }
}

/// What is under way: the scheduler tells nothing else of a case meanwhile.
fn under_way() -> [CaseState; 4] {
    let at = "2026-04-01T07:00:00Z".parse().unwrap();
    [
        CaseState::Acting {
            step: "call".to_owned(),
            permit_id: PermitId::from_uuid(Uuid::from_u128(1)),
            not_after: at,
        },
        CaseState::AwaitingPromise {
            promise_id: PromiseId::from_uuid(Uuid::from_u128(1)),
            amount: euro(100),
            pay_by: day("2026-03-31"),
            judged_at: at,
        },
        held(HoldReason::ActUncertain),
        held(HoldReason::GateRefused),
    ]
}

fn word(position: &CasePosition) -> Word {
    word_of(&CasePositionAnswer::Known(position.clone()), day(TODAY))
}

#[test]
fn what_is_under_way_and_an_unknown_case_wait_unless_somebody_objects() {
    assert_eq!(word_of(&CasePositionAnswer::Unknown, day(TODAY)), Word::Waits);
    for state in under_way() {
        let case = position(state);
        assert_eq!(word(&case), Word::Waits);
        let said = |reason| CasePosition { reasons: vec![reason], ..case.clone() };
        let disputes = NonPaymentReason::Dissatisfied;
        let left_out = Word::LeftOut(DebitLeftOut::ReasonGiven);
        assert_eq!(word(&said(reason(disputes, true, false))), left_out);
        assert_eq!(word(&said(reason(disputes, true, true))), Word::Waits, "it was answered");
        assert_eq!(word(&said(reason(disputes, false, false))), Word::Waits, "another one leads");
        let careless = reason(NonPaymentReason::Carelessness, true, false);
        assert_eq!(word(&said(careless)), Word::Waits);
        let on_hold = terms(HoldScope::All, "2026-03-01", "2026-04-01");
        let timeline = vec![placed(1, on_hold)];
        let case = CasePosition { timeline, ..case.clone() };
        assert_eq!(word(&case), Word::LeftOut(DebitLeftOut::OnHold));
    }
}

#[test]
fn a_state_says_whether_a_person_decides_first() {
    let free = Word::Free { held: BTreeSet::new() };
    for (state, expected) in [
        (planned(), free.clone()),
        (CaseState::Closed { reason: CloseReason::Paid }, free.clone()),
        (held(HoldReason::StepsUsedUp), free.clone()),
        (held(HoldReason::NotReachable), free.clone()),
        (held(HoldReason::NotDelivered), free.clone()),
        (held(HoldReason::NotWritten), free.clone()),
        (held(HoldReason::TriedInVain), free),
        (held(HoldReason::ReasonGiven), Word::LeftOut(DebitLeftOut::ReasonGiven)),
        (held(HoldReason::OnHold), Word::LeftOut(DebitLeftOut::OnHold)),
    ] {
        assert_eq!(word(&position(state.clone())), expected, "{state:?}");
    }
}

#[test]
fn claims_on_hold_are_told_as_long_as_the_hold_counts() {
    let scope = HoldScope::Claim { case_id: case_id(1), claim_id: claim_id(11) };
    let counts = terms(scope.clone(), "2026-03-10", "2026-03-11");
    let over = terms(scope.clone(), "2026-03-01", "2026-03-10");
    let later = terms(scope, "2026-03-11", "2026-03-20");
    let undecided = HoldTerms { then: HoldThen::Decide, ..over.clone() };
    for (timeline, is_held) in [
        (vec![placed(1, counts.clone())], true),
        (vec![placed(1, undecided)], true),
        (vec![placed(1, over)], false),
        (vec![placed(1, later)], false),
        (vec![placed(1, counts.clone()), lifted(1)], false),
        (vec![lifted(1), placed(1, counts.clone())], false),
        (vec![placed(1, counts.clone()), placed(2, counts), lifted(1)], true),
    ] {
        let held: BTreeSet<_> = is_held.then(|| claim_id(11)).into_iter().collect();
        let case = CasePosition { timeline, ..position(planned()) };
        assert_eq!(word(&case), Word::Free { held }, "{case:?}");
    }
}
