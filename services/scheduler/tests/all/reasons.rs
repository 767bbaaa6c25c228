//! Why debtors do not pay: the way that follows, that it can change, and what people decide.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{AgreedDeed, AgreedStep, Agreement, StepMoment};
use contracts::intake::{CaseOpened, ClaimRegistered};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Withdraw};
use contracts::mediation::{JudgePromise, PromiseMade, PromiseVerdict};
use contracts::payment_reconciliation::{PaymentsKnown, SettledBy};
use contracts::reason::{
    CaseDecision, DecideCase, DecideCaseAnswer, DecisionRefusal, DecisionWhy, ReasonRefusal,
    RecordReason, RecordReasonAnswer, SaidBy,
};
use contracts::registry::Slice;
use contracts::scheduler::{CaseHeld, CaseState, HoldReason, PermitRefused, TimelineEvent};
use contracts::telephony_task::{
    CallClosed, CallNotMade, CreateTask, NotMadeReason, PromisedPayment, WithdrawTask,
};
use jiff::{SignedDuration, ToSpan};
use law::Pack;
use primitives::{
    CallOutcome, CallTaskId, Channel, DebtorKind, LetterId, MessageKind, NonPaymentReason,
    PermitId, PromiseId, StaffId,
};
use proptest::prelude::*;
use scheduler::domain::{self, PROMISE_DUE, REVIEW, Route, leading};
use uuid::Uuid;

use crate::calls::{
    CALL, LETTER, awaits_promise, begun, begun_under, call_closed, called, close, id_of, judge,
    left, made, promised, take_up, whole,
};
use crate::world::*;

const DEMAND: &str = "demand";

fn route(world: &World) -> Route {
    world.case(case_id(1)).route()
}

fn refused(answer: DecideCaseAnswer) -> DecisionRefusal {
    match answer {
        DecideCaseAnswer::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn rule(world: &mut World, decision: CaseDecision) -> CaseState {
    let (_, answer) = world.decide(&decided(decision));
    world.check();
    match answer {
        DecideCaseAnswer::Decided { state } => state,
        other => panic!("{other:?}"),
    }
}

fn reached(world: &mut World, reason: NonPaymentReason) {
    let closed = call_closed(world, CallOutcome::Reached, reason, None);
    close(world, &closed);
    world.check();
}

// ---- the way of each reason ----

#[test]
fn each_reason_takes_its_way_whether_it_is_learnt_in_a_call_or_put_down() {
    for reason in NonPaymentReason::ALL.iter().copied() {
        let mut by_call = called();
        reached(&mut by_call, reason);
        let mut put_down = begun();
        put_down.hear_reason(reason);
        put_down.check();
        for world in [by_call, put_down] {
            // That nobody was reached is no reason of the call's own.
            let is_own =
                reason == NonPaymentReason::Unreached && world.case(case_id(1)).reasons.is_empty();
            let expected = if is_own { Route::GoOn } else { Route::of(reason) };
            assert_eq!(route(&world), expected, "{reason}");
            if expected.holds() {
                assert_eq!(world.hold().0, HoldReason::ReasonGiven, "{reason}");
            } else {
                assert!(matches!(world.state(), CaseState::Planned { .. }), "{reason}");
            }
        }
    }
}

#[test]
fn what_is_under_way_is_taken_back_when_a_reason_comes_up() {
    for reason in [NonPaymentReason::Dissatisfied, NonPaymentReason::Deceased] {
        let mut world = begun();
        world.next_timer();
        let messages = world.hear_reason(reason);
        assert_eq!(
            messages.iter().filter_map(contracts::Outgoing::read::<Withdraw>).count(),
            2,
            "{reason}"
        );
        world.check();
        let mut world = called();
        only::<WithdrawTask>(&world.hear_reason(reason));
        world.check();
    }
    let mut world = begun();
    world.next_timer();
    assert!(world.hear_reason(NonPaymentReason::Carelessness).is_empty(), "nothing is wrong");
}

#[test]
fn who_cannot_be_reached_by_telephone_is_written_to() {
    let mut world = begun();
    world.next_timer();
    for channel in [Channel::Post, Channel::Email] {
        left(&mut world, channel);
    }
    assert_eq!(world.planned().0, CALL);
    world.hear_reason(NonPaymentReason::Unreached);
    assert_eq!(world.planned().0, LETTER);
    assert!(world.explained().why.iter().any(|it| it.contains("in writing")));
    // He calls back: he may be called again.
    world.hear_reason(NonPaymentReason::Carelessness);
    assert_eq!(world.planned().0, CALL);
    world.check();
}

/// Case with a promise that is confirmed and awaited.
fn with_promise() -> World {
    let mut world = called();
    let reason = NonPaymentReason::Carelessness;
    let closed = call_closed(&world, CallOutcome::Promised, reason, Some(promised()));
    close(&mut world, &closed);
    take_up(&mut world, &made(&closed));
    world
}

#[test]
fn a_dead_debtor_gets_no_confirmation_and_no_thanks_and_his_promise_is_judged_all_the_same() {
    let mut world = with_promise();
    let (_, messages) = world.next_timer();
    only::<Send>(&messages);
    only::<Withdraw>(&world.hear_reason(NonPaymentReason::Deceased));
    world.refuse_to_send(NotSentReason::Withdrawn);
    assert_eq!(world.hold().0, HoldReason::ReasonGiven);
    world.check();
    let mut judged = false;
    for _ in 0..6 {
        let (timer, messages) = world.next_timer();
        judged |=
            timer == PROMISE_DUE && messages.iter().any(|it| it.read::<JudgePromise>().is_some());
        assert!(messages.iter().all(|it| it.read::<Send>().is_none()));
        world.check();
    }
    assert!(judged);
    // The heirs pay.
    world.pay(claim_id(1), euros(120));
    assert!(matches!(world.state(), CaseState::Closed { .. }));
    assert_eq!(world.first_timer(), None, "nobody is thanked");
    world.check();
}

#[test]
fn a_promise_of_a_debtor_in_need_is_followed_before_anybody_weighs_anything() {
    let mut world = with_promise();
    world.hear_reason(NonPaymentReason::Hardship);
    only::<Send>(&world.next_timer().1);
    world.dispatch();
    assert!(awaits_promise(&world));
    world.check();
}

#[test]
fn a_strangers_word_at_a_wrong_number_is_no_reason_of_the_debtor() {
    let mut world = called();
    let closed = call_closed(&world, CallOutcome::WrongNumber, NonPaymentReason::Deceased, None);
    close(&mut world, &closed);
    assert!(world.case(case_id(1)).reasons.is_empty());
    assert_eq!(world.planned().0, LETTER);
}

// ---- reasons change ----

#[test]
fn a_reason_can_change_at_any_time_and_every_one_stays() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::Dissatisfied);
    assert_eq!(world.hold().0, HoldReason::ReasonGiven);
    // He says that it was put right: the case goes on, once.
    world.hear_reason(NonPaymentReason::Carelessness);
    assert_eq!(world.planned().0, REMINDER);
    world.hear_reason(NonPaymentReason::Hardship);
    assert_eq!(route(&world), Route::Arrange);
    let told = world.case(case_id(1)).reasons_told();
    let said: Vec<_> = told.iter().map(|it| it.reason).collect();
    let order = [
        NonPaymentReason::Dissatisfied,
        NonPaymentReason::Carelessness,
        NonPaymentReason::Hardship,
    ];
    assert_eq!(said, order);
    assert_eq!(told.iter().map(|it| it.leads).collect::<Vec<_>>(), [false, false, true]);
    assert!(told.iter().all(|it| it.recorded_by == staff_id() && it.evidence.is_some()));
    let noted = world.track(case_id(1)).news.into_iter().filter(|entry| {
        matches!(entry.what, TimelineEvent::ReasonRecorded { said_by: SaidBy::Debtor, .. })
    });
    assert_eq!(noted.count(), 3);
    world.check();
}

#[test]
fn what_is_said_in_a_call_ends_no_stop() {
    let mut world = called();
    let mut closed = call_closed(&world, CallOutcome::Reached, NonPaymentReason::Unwilling, None);
    world.hear_reason(NonPaymentReason::DebtAid);
    // The caller did not know of it, and talks on the same day.
    closed.closed_at = world.now + SignedDuration::from_mins(5);
    world.now = closed.closed_at;
    close(&mut world, &closed);
    assert_eq!((route(&world), world.case(case_id(1)).reasons.len()), (Route::Stop, 2));
    // Nor does an older word that is heard of later.
    let request = RecordReason {
        said_on: Some(day("2026-11-21")),
        ..recorded(NonPaymentReason::Carelessness)
    };
    world.record(&request);
    assert_eq!(route(&world), Route::Stop);
    world.check();
}

#[test]
fn a_stop_ends_only_on_a_document() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::Insolvent);
    let bare = RecordReason { evidence: None, ..recorded(NonPaymentReason::Carelessness) };
    let missing = RecordReasonAnswer::Refused { reason: ReasonRefusal::EvidenceMissing };
    assert_eq!(world.record(&bare).1, missing);
    let bare = DecideCase { evidence: None, ..decided(CaseDecision::GoOn) };
    assert_eq!(refused(world.decide(&bare).1), DecisionRefusal::EvidenceMissing);
    // It may be looked at again without one.
    let later = CaseDecision::ReviewOn { review_on: day("2026-12-01") };
    let later = DecideCase { evidence: None, ..decided(later) };
    let (messages, _) = world.decide(&later);
    assert_eq!(only::<CaseHeld>(&messages).review_on, day("2026-12-01"));
    let mut decided = world.clone();
    rule(&mut decided, CaseDecision::GoOn);
    assert_eq!(decided.planned().0, REMINDER);
    world.hear_reason(NonPaymentReason::Carelessness);
    assert_eq!(world.planned().0, REMINDER);
}

#[test]
fn a_reason_is_refused_that_nobody_can_have_given() {
    let mut world = begun();
    let ask = |world: &mut World, said_on| {
        let request = RecordReason { said_on: Some(said_on), ..recorded(NonPaymentReason::Moved) };
        world.record(&request).1
    };
    let refused = |reason| RecordReasonAnswer::Refused { reason };
    assert_eq!(ask(&mut world, day("2026-11-22")), refused(ReasonRefusal::SaidAhead));
    assert_eq!(ask(&mut world, day("2010-01-01")), refused(ReasonRefusal::SaidTooLongAgo));
    let facts = world.facts();
    let request = recorded(NonPaymentReason::Moved);
    let (_, answer) = domain::record_reason(world.track(case_id(1)), &request, &facts);
    assert_eq!(answer, refused(ReasonRefusal::NotStaff));
    let request = RecordReason { case_id: case_id(7), ..request };
    assert_eq!(world.record(&request).1, RecordReasonAnswer::Unknown);
    assert!(world.case(case_id(1)).reasons.is_empty());
}

#[test]
fn a_payment_that_is_said_to_be_made_is_known_on_the_review_day() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::SaysPaid);
    assert_eq!(world.hold().0, HoldReason::ReasonGiven);
    assert_eq!(world.next_timer().0, REVIEW);
    assert_eq!(world.planned().0, REMINDER);
    assert!(world.case(case_id(1)).reasons_told()[0].answered_at.is_some());
    world.check();
}

/// The release before keeps no reasons: only that the case is held for one, and the last.
#[test]
fn a_case_that_the_release_before_held_is_held_and_can_be_decided() {
    let mut world = begun();
    let track = world.tracks.get_mut(&case_id(1)).unwrap();
    let case = track.case.as_mut().unwrap();
    case.blocked = Some(HoldReason::ReasonGiven);
    case.reason = Some(NonPaymentReason::Deceased);
    world.pay(claim_id(1), euros(1));
    assert_eq!((world.hold().0, route(&world)), (HoldReason::ReasonGiven, Route::Stop));
    let bare = DecideCase { evidence: None, ..decided(CaseDecision::GoOn) };
    assert_eq!(refused(world.decide(&bare).1), DecisionRefusal::EvidenceMissing);
    rule(&mut world, CaseDecision::GoOn);
    assert_eq!(world.planned().0, REMINDER);
}

/// What the release before knew of a reason weighs as any other, however often it is looked at.
#[test]
fn a_call_does_not_weaken_what_the_release_before_kept() {
    let mut world = called();
    let closed = call_closed(&world, CallOutcome::Reached, NonPaymentReason::Carelessness, None);
    let track = world.tracks.get_mut(&case_id(1)).unwrap();
    let case = track.case.as_mut().unwrap();
    case.reason = Some(NonPaymentReason::Deceased);
    let mut again = case.clone();
    for case in [&mut *case, &mut again] {
        case.take_up_blocked(Some(HoldReason::ReasonGiven), Some(HoldReason::NotWritten));
        assert_eq!(case.blocked, Some(HoldReason::NotWritten));
    }
    assert_eq!(case.reasons, again.reasons);
    assert!(case.reasons_told().is_empty(), "nobody knows who put it down");
    again.take_up_blocked(Some(HoldReason::ReasonGiven), None);
    assert_eq!(case.reasons, again.reasons, "it is kept once");
    close(&mut world, &closed);
    assert_eq!((world.hold().0, route(&world)), (HoldReason::ReasonGiven, Route::Stop));
    world.hear_reason(NonPaymentReason::Carelessness);
    assert_eq!(world.hold().0, HoldReason::NotWritten);
    world.check();
}

#[test]
fn who_says_that_he_paid_ends_no_dispute() {
    for reason in [NonPaymentReason::Dissatisfied, NonPaymentReason::Hardship] {
        let mut world = called();
        let paid = call_closed(&world, CallOutcome::Reached, NonPaymentReason::SaysPaid, None);
        world.hear_reason(reason);
        close(&mut world, &paid);
        assert_eq!(route(&world), Route::of(reason));
        // Not where a person takes him at his word, either: the payment answers only that.
        world.hear_reason(NonPaymentReason::SaysPaid);
        assert_eq!(route(&world), Route::CheckPayment);
        assert_eq!(world.next_timer().0, REVIEW);
        assert_eq!((world.hold().0, route(&world)), (HoldReason::ReasonGiven, Route::of(reason)));
        let answered = world.case(case_id(1)).reasons.values().filter(|it| {
            assert_eq!(it.answered_at.is_some(), it.reason == NonPaymentReason::SaysPaid);
            it.answered_at.is_some()
        });
        assert_eq!(answered.count(), 2);
        world.check();
        rule(&mut world, CaseDecision::GoOn);
    }
}

#[test]
fn a_review_day_is_of_the_reason_that_led_when_it_was_set() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::Hardship);
    rule(&mut world, CaseDecision::ReviewOn { review_on: day("2027-02-20") });
    world.hear_reason(NonPaymentReason::Hardship);
    assert_eq!(world.hold().1, day("2027-02-20"), "the same once more");
    let messages = world.hear_reason(NonPaymentReason::Deceased);
    assert_eq!(only::<CaseHeld>(&messages).review_on, day("2026-12-21"));
    world.check();
}

// ---- decisions on held cases ----

#[test]
fn a_person_has_a_held_case_go_on_with_the_next_step() {
    let mut world = called();
    reached(&mut world, NonPaymentReason::Hardship);
    let before = world.case(case_id(1)).claims.clone();
    rule(&mut world, CaseDecision::GoOn);
    assert_eq!(world.planned().0, LETTER);
    assert_eq!(world.case(case_id(1)).claims, before, "nothing is forgotten");
    let news = world.track(case_id(1)).news;
    let what = |entry: &contracts::scheduler::TimelineEntry| match &entry.what {
        TimelineEvent::CaseDecided { held, why, by, evidence, .. } => {
            Some((held.clone(), why.clone(), *by, evidence.is_some()))
        }
        _ => None,
    };
    let told: Vec<_> = news.iter().filter_map(what).collect();
    assert_eq!(told, [(HoldReason::ReasonGiven, DecisionWhy::Answered, staff_id(), true)]);
    // The reason stays, and a new one holds it again.
    assert_eq!(world.case(case_id(1)).reasons_told().len(), 1);
    world.hear_reason(NonPaymentReason::Hardship);
    assert_eq!(world.hold().0, HoldReason::ReasonGiven);
    world.check();
}

/// All steps of the agreement were taken.
fn used_up() -> World {
    let mut world = called();
    reached(&mut world, NonPaymentReason::Unwilling);
    while !matches!(world.state(), CaseState::Acting { .. }) {
        world.next_timer();
    }
    left(&mut world, Channel::Post);
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp);
    world
}

#[test]
fn a_case_whose_steps_are_used_up_begins_again_at_a_step_one_at_a_time() {
    let mut world = used_up();
    let again = DecisionRefusal::NothingNext;
    assert_eq!(refused(world.decide(&decided(CaseDecision::GoOn)).1), again);
    let unknown = CaseDecision::FromStep { step: "visit".to_owned() };
    assert_eq!(refused(world.decide(&decided(unknown)).1), DecisionRefusal::UnknownStep);
    rule(&mut world, CaseDecision::FromStep { step: CALL.to_owned() });
    let (step, due_at) = world.planned();
    assert_eq!(step, CALL);
    // Who was given a day to pay by is left alone until it is over.
    let asked_by = world.case(case_id(1)).asked_by.unwrap();
    assert!(Pack::NL.local_date(due_at) > asked_by);
    only::<CreateTask>(&world.next_timer().1);
    reached(&mut world, NonPaymentReason::Unwilling);
    // Then the step after it, and then they are used up again.
    assert_eq!(world.planned().0, LETTER);
    while !matches!(world.state(), CaseState::Acting { .. }) {
        world.next_timer();
        world.check();
    }
    left(&mut world, Channel::Post);
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp);
    assert_eq!(world.case(case_id(1)).claims[&claim_id(1)].begins_at, None);
    world.check();
}

#[test]
fn a_step_ahead_can_be_begun_with_and_those_between_are_left_out() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::Hardship);
    rule(&mut world, CaseDecision::FromStep { step: LETTER.to_owned() });
    assert_eq!(world.planned().0, LETTER);
    while !matches!(world.state(), CaseState::Acting { .. }) {
        world.next_timer();
    }
    left(&mut world, Channel::Post);
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp);
    world.check();
}

#[test]
fn a_review_is_put_off_within_bounds_and_stays_put_off() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::Hardship);
    let on = |text| CaseDecision::ReviewOn { review_on: day(text) };
    assert_eq!(refused(world.decide(&decided(on("2026-11-21"))).1), DecisionRefusal::NoNextMoment);
    assert_eq!(refused(world.decide(&decided(on("2027-02-22"))).1), DecisionRefusal::TooFar);
    rule(&mut world, on("2027-02-21"));
    assert_eq!(world.hold().1, day("2027-02-21"));
    world.pay(claim_id(1), euros(1));
    assert_eq!(world.hold().1, day("2027-02-21"));
    rule(&mut world, on("2026-11-30"));
    assert_eq!(world.next_timer().0, REVIEW);
    assert_eq!(Pack::NL.local_date(world.now), day("2026-11-30"));
    assert!(world.hold().1 > day("2026-11-30"), "it is held on");
    world.check();
}

#[test]
fn nobody_decides_what_is_not_his_to_decide() {
    let mut world = begun();
    let go_on = decided(CaseDecision::GoOn);
    assert_eq!(refused(world.decide(&go_on).1), DecisionRefusal::NotHeld);
    world.next_timer();
    world.doubt();
    left(&mut world, Channel::Email);
    assert_eq!(world.hold().0, HoldReason::ActUncertain);
    assert_eq!(refused(world.decide(&go_on).1), DecisionRefusal::ActUncertain);
    let mut world = begun();
    world.place_one(1, 0, 10, false);
    assert_eq!(world.hold().0, HoldReason::OnHold);
    assert_eq!(refused(world.decide(&go_on).1), DecisionRefusal::OnHold);
    let facts = world.facts();
    let (_, answer) = domain::decide_case(world.track(case_id(1)), &go_on, &facts);
    assert_eq!(refused(answer), DecisionRefusal::NotStaff);
    let unheard = DecideCase { case_id: case_id(7), ..go_on };
    assert_eq!(world.decide(&unheard).1, DecideCaseAnswer::Unknown);
}

/// After a decision to begin again, a message of that step that left after all is that step.
#[test]
fn late_proof_of_a_step_that_is_begun_again_does_not_repeat_it() {
    let mut world = used_up();
    rule(&mut world, CaseDecision::FromStep { step: LETTER.to_owned() });
    while !matches!(world.state(), CaseState::Acting { .. }) {
        world.next_timer();
    }
    let letter_id = LetterId::from_uuid(id_of(&world, Some(Channel::Post)));
    let case = world.case(case_id(1));
    let left = Dispatched { letter_id, channel: Channel::Post, ..dispatched(case, world.now) };
    let unsent = NotSent { letter_id, ..not_sent(case, NotSentReason::PermitExpired) };
    world.on_both(case_id(1), None, |it, facts| domain::not_sent(it, &unsent, facts)).unwrap();
    assert_eq!(world.planned().0, LETTER);
    world.on_both(case_id(1), None, |it, facts| domain::dispatched(it, &left, facts)).unwrap();
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp);
    world.check();
    // A call in the same way.
    rule(&mut world, CaseDecision::FromStep { step: CALL.to_owned() });
    while !matches!(world.state(), CaseState::Acting { .. }) {
        world.next_timer();
    }
    let closed = call_closed(&world, CallOutcome::Reached, NonPaymentReason::Unwilling, None);
    let unmade = CallNotMade {
        task_id: closed.task_id,
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: closed.permit_id,
        reason: NotMadeReason::PermitExpired,
    };
    world.on_both(case_id(1), None, |it, facts| domain::call_not_made(it, &unmade, facts)).unwrap();
    assert_eq!(world.planned().0, CALL);
    close(&mut world, &closed);
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

// ---- no escalation with the cause unknown and no contact tried ----

fn write(key: &str, message: MessageKind, after: u16) -> AgreedStep {
    AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::AfterPrevious { days: after },
    }
}

/// The steps of an agreement whose last one is a demand, to a firm.
fn demanding(steps: Vec<AgreedStep>, reachable: Vec<Channel>) -> World {
    let agreement = Agreement { steps, thanks_by: Vec::new(), ..whole() };
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement);
    let debtor_kind = DebtorKind::LegalPerson;
    world.open(&CaseOpened { reachable, debtor_kind, ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    world
}

fn call_step() -> AgreedStep {
    let deed = AgreedDeed::Call { attempts_max: 1 };
    AgreedStep { key: CALL.to_owned(), deed, moment: StepMoment::AfterPrevious { days: 1 } }
}

fn to_act(world: &mut World) -> Vec<contracts::Outgoing> {
    let mut messages = Vec::new();
    while matches!(world.state(), CaseState::Planned { .. }) {
        messages = world.next_timer().1;
        world.check();
    }
    messages
}

#[test]
fn a_number_that_comes_late_is_called_before_more_is_asked() {
    let steps = vec![
        write(REMINDER, MessageKind::FreeFirstReminder, 1),
        call_step(),
        write("second", MessageKind::FreeFirstReminder, 1),
        write(DEMAND, MessageKind::Demand, 1),
    ];
    let mut world = demanding(steps, vec![Channel::Email]);
    for _ in 0..2 {
        to_act(&mut world);
        world.dispatch();
    }
    assert_eq!(world.planned().0, DEMAND, "without a number a message is the attempt");
    let other = ClaimRegistered {
        reachable: vec![Channel::Telephone],
        ..registered(case_id(1), claim_id(2), euros(50), day("2027-06-20"))
    };
    world.register(&other).unwrap();
    assert_eq!(world.planned().0, CALL, "its turn was over");
    let known = {
        let mut world = world.clone();
        world.hear_reason(NonPaymentReason::Unwilling);
        world.planned().0
    };
    assert_eq!(known, DEMAND, "the cause is known");
    only::<CreateTask>(&to_act(&mut world));
    let closed = call_closed(&world, CallOutcome::NoAnswer, NonPaymentReason::Unreached, None);
    close(&mut world, &closed);
    assert_eq!(world.planned().0, DEMAND, "it was tried");
    world.check();
}

#[test]
fn an_agreement_without_calls_asks_for_a_message_first() {
    let steps = vec![
        write(REMINDER, MessageKind::FreeFirstReminder, 1),
        write(DEMAND, MessageKind::Demand, 1),
    ];
    let all = vec![Channel::Email, Channel::Telephone];
    let mut world = demanding(steps.clone(), all.clone());
    to_act(&mut world);
    world.dispatch();
    only::<Send>(&to_act(&mut world));
    // One that begins with a demand does not go out, and a person is told why.
    let mut world = demanding(vec![steps[1].clone()], all);
    let refused: PermitRefused = only(&to_act(&mut world));
    assert_eq!(refused.rule_ids, ["house.contact-first"]);
    assert_eq!(world.hold().0, HoldReason::GateRefused);
    assert!(world.explained().why.iter().any(|it| it.contains("house.contact-first")));
    let mut reviewed = world.clone();
    reviewed.next_timer();
    to_act(&mut reviewed);
    assert_eq!(reviewed.hold().0, HoldReason::GateRefused, "held again, and told again");
    // Somebody spoke with the debtor: now it is known why, and the case goes on.
    world.hear_reason(NonPaymentReason::Unwilling);
    rule(&mut world, CaseDecision::GoOn);
    only::<Send>(&to_act(&mut world));
    world.check();
}

#[test]
fn nobody_reached_is_no_cause_and_a_stranger_no_attempt() {
    let all = vec![Channel::Email, Channel::Telephone];
    // Nothing left yet: that nobody is reached lets no demand go out.
    let mut world = demanding(vec![call_step(), write(DEMAND, MessageKind::Demand, 1)], all);
    let mut unreached = world.clone();
    unreached.hear_reason(NonPaymentReason::Unreached);
    assert_eq!(unreached.planned().0, DEMAND);
    only::<PermitRefused>(&to_act(&mut unreached));
    assert_eq!(unreached.hold().0, HoldReason::GateRefused);
    // Nor does a call that a stranger took, also after a review day.
    only::<CreateTask>(&to_act(&mut world));
    let closed = call_closed(&world, CallOutcome::WrongNumber, NonPaymentReason::Moved, None);
    close(&mut world, &closed);
    assert_eq!(world.planned().0, DEMAND);
    only::<PermitRefused>(&to_act(&mut world));
    assert_eq!(world.hold().0, HoldReason::GateRefused);
    world.next_timer();
    assert_eq!(world.planned().0, DEMAND, "the stranger is not called again");
    // Nor is the number that an invoice brings, which may be the same.
    let other = ClaimRegistered {
        reachable: vec![Channel::Telephone],
        ..registered(case_id(1), claim_id(2), euros(50), day("2027-06-20"))
    };
    world.register(&other).unwrap();
    assert_eq!(world.planned().0, DEMAND);
    world.check();
}

#[test]
fn who_is_not_reached_by_telephone_is_asked_in_a_message_before_a_demand() {
    let steps = vec![
        write(REMINDER, MessageKind::FreeFirstReminder, 1),
        call_step(),
        write(DEMAND, MessageKind::Demand, 1),
    ];
    let mut world = demanding(steps, vec![Channel::Email, Channel::Telephone]);
    to_act(&mut world);
    world.dispatch();
    world.hear_reason(NonPaymentReason::Unreached);
    only::<Send>(&to_act(&mut world));
    world.check();
}

#[test]
fn a_step_skipped_by_a_person_is_no_attempt() {
    let mut world = begun();
    world.hear_reason(NonPaymentReason::NotGiven);
    world.refuse_reachability();
    rule(&mut world, CaseDecision::FromStep { step: LETTER.to_owned() });
    assert_eq!(world.planned().0, CALL, "the call comes first");
    only::<CreateTask>(&to_act(&mut world));
    reached(&mut world, NonPaymentReason::NotGiven);
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

impl World {
    /// Nobody makes the next message: the case is held, though its debtor gave no reason.
    fn refuse_reachability(&mut self) {
        self.next_timer();
        for channel in [Channel::Post, Channel::Email] {
            let letter = id_of(self, Some(channel));
            let letter_id = LetterId::from_uuid(letter);
            let reason = NotSentReason::NoText;
            let message = NotSent { letter_id, ..not_sent(self.case(case_id(1)), reason) };
            self.on_both(case_id(1), None, |it, facts| domain::not_sent(it, &message, facts))
                .unwrap();
        }
        assert_eq!(self.hold().0, HoldReason::NotWritten);
    }
}

// ---- the tables of the README ----

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// The cells of the table under a heading, without its first two lines.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = readme();
    let (_, text) = readme.split_once(&format!("\n## {heading}\n")).expect("the heading");
    let (text, _) = text.split_once("\n## ").unwrap_or((text, ""));
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells =
        |row: &str| row.trim_matches('|').split('|').map(|it| it.trim().to_owned()).collect();
    rows.map(cells).collect()
}

#[test]
fn the_readme_says_which_way_each_reason_takes() {
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for row in table("Reasons and routes") {
        assert!(!row[2].is_empty() && !row[3].is_empty(), "{row:?}");
        for reason in row[0].split(", ") {
            told.insert(reason.to_owned(), row[1].trim_matches('`').to_owned());
        }
    }
    let meant = NonPaymentReason::ALL.iter();
    let meant: BTreeMap<String, String> =
        meant.map(|reason| (reason.to_string(), Route::of(*reason).word().to_owned())).collect();
    assert_eq!(told, meant);
}

/// What a message does in a story where it can do something: whether it brings a reason, and
/// whether the case stands elsewhere afterwards.
fn effect(stem: &str) -> (bool, bool) {
    let (before, after) = story(stem);
    let reasons = |world: &World| {
        let case = world.tracks.get(&case_id(1)).and_then(|track| track.case.clone());
        case.map(|case| case.reasons).unwrap_or_default()
    };
    let plan = |world: &World| {
        let case = world.tracks.get(&case_id(1)).and_then(|track| track.case.clone());
        case.map(|case| (case.position, case.agreement.version))
    };
    (reasons(&before) != reasons(&after), plan(&before) != plan(&after))
}

/// The world before and after a message.
fn story(stem: &str) -> (World, World) {
    let before = beforehand(stem);
    let mut world = before.clone();
    let is_known = bring_from_intake(&mut world, stem)
        || bring_from_acts(&mut world, stem)
        || bring_from_mediation(&mut world, stem)
        || bring_of_money(&mut world, stem);
    assert!(is_known, "{stem} has no story: write one, and its effect into the README");
    (before, world)
}

/// A world in which a message can do something.
fn beforehand(stem: &str) -> World {
    let now = at("2026-11-21T12:00:00Z");
    match stem {
        "intake.evt.case-opened" => World::agreed(now, agreement()),
        "intake.evt.claim-registered" => {
            let mut world = World::agreed(now, agreement());
            world.open(&opened(case_id(1))).unwrap();
            world
        }
        "letter.evt.dispatched" | "letter.evt.not-sent" | "letter.evt.uncertain" => {
            let mut world = World::with_claim(now, day(DUE));
            world.next_timer();
            world
        }
        "telephony-task.evt.call-closed" | "telephony-task.evt.call-not-made" => called(),
        "mediation.evt.promise-made" => {
            let mut world = called();
            let reason = NonPaymentReason::Carelessness;
            let closed = call_closed(&world, CallOutcome::Promised, reason, Some(promised()));
            close(&mut world, &closed);
            // Mediation takes it up when its confirmation cannot go out any more.
            world.now = at("2026-12-19T12:00:00Z");
            world
        }
        "mediation.evt.promise-judged" | "payment-reconciliation.evt.payments-known" => {
            let mut world = with_promise();
            world.next_timer();
            world.dispatch();
            world
        }
        "payment-reconciliation.evt.money-cleared" => {
            let mut world = World::with_claim(now, day(DUE));
            world.hear_of_money(case_id(1), 1, 27).unwrap();
            world
        }
        _ => World::with_claim(now, day(DUE)),
    }
}

fn bring_from_intake(world: &mut World, stem: &str) -> bool {
    match stem {
        "intake.evt.agreement-agreed" => {
            let agreement = Agreement { version: 2, steps: Vec::new(), ..agreement() };
            let creditor_id = creditor_id();
            let agreed = contracts::intake::AgreementAgreed { creditor_id, agreement };
            world.creditor = domain::agree(world.creditor.clone(), &agreed).unwrap().state;
        }
        "intake.evt.case-opened" => world.open(&opened(case_id(1))).unwrap(),
        "intake.evt.claim-registered" => {
            let claim = registered(case_id(1), claim_id(1), euros(120), day(DUE));
            world.register(&claim).unwrap();
        }
        "intake.evt.claim-credited" => {
            let message = credited(case_id(1), claim_id(1), euros(120));
            world.on_track(case_id(1), |it, facts| domain::credit(it, &message, facts)).unwrap();
        }
        "intake.evt.claim-withdrawn" => {
            let message = withdrawn(case_id(1), claim_id(1));
            world.on_track(case_id(1), |it, facts| domain::withdraw(it, &message, facts)).unwrap();
        }
        "scheduler.cmd.weigh-hold" => world.place_one(1, 0, 10, false),
        _ => return false,
    }
    true
}

fn bring_from_acts(world: &mut World, stem: &str) -> bool {
    match stem {
        "letter.evt.dispatched" => drop(world.dispatch()),
        "letter.evt.not-sent" => drop(world.refuse_to_send(NotSentReason::DataMissing)),
        "letter.evt.uncertain" => drop(world.doubt()),
        "telephony-task.evt.call-closed" => reached(world, NonPaymentReason::Hardship),
        "telephony-task.evt.call-not-made" => {
            let act = world.case(case_id(1)).act.clone().unwrap();
            let message = CallNotMade {
                task_id: CallTaskId::from_uuid(act.errands[0].id),
                case_id: case_id(1),
                creditor_id: creditor_id(),
                person_id: person_id(),
                permit_id: act.permit_id,
                reason: NotMadeReason::PermitExpired,
            };
            world
                .on_both(case_id(1), None, |it, facts| domain::call_not_made(it, &message, facts))
                .unwrap();
        }
        _ => return false,
    }
    true
}

fn bring_from_mediation(world: &mut World, stem: &str) -> bool {
    match stem {
        "mediation.evt.promise-made" => {
            let task_id = *world.case(case_id(1)).promises.keys().next().unwrap();
            let PromisedPayment { amount, pay_by } = promised();
            let made = PromiseMade {
                promise_id: PromiseId::from_uuid(Uuid::from_u128(55)),
                case_id: case_id(1),
                creditor_id: creditor_id(),
                person_id: person_id(),
                claim_ids: vec![claim_id(1)],
                amount,
                pay_by,
                task_id,
                staff_id: staff_id(),
                made_at: world.now,
            };
            take_up(world, &made);
        }
        "mediation.evt.promise-judged" => drop(judge(world, PromiseVerdict::Broken).unwrap()),
        _ => return false,
    }
    true
}

fn bring_of_money(world: &mut World, stem: &str) -> bool {
    match stem {
        "payment-reconciliation.evt.payment-allocated" => {
            world.pay(claim_id(1), euros(120));
        }
        "payment-reconciliation.evt.claim-settled" => {
            let message = settled(case_id(1), claim_id(1), SettledBy::Payment);
            world
                .on_track(case_id(1), |it, facts| domain::settle_claim(it, &message, facts))
                .unwrap();
        }
        "payment-reconciliation.evt.payments-known" => {
            let (case_id, creditor_id) = (case_id(1), creditor_id());
            let message = PaymentsKnown { case_id, creditor_id, until: Some(day("2026-12-31")) };
            world.on_track(case_id, |it, _| domain::payments_known(it, &message)).unwrap();
        }
        "payment-reconciliation.evt.money-awaited" => {
            world.hear_of_money(case_id(1), 1, 27).unwrap();
        }
        "payment-reconciliation.evt.money-cleared" => {
            world.hear_of_money(case_id(1), 1, 28).unwrap();
        }
        _ => return false,
    }
    true
}

#[test]
fn the_readme_says_what_each_message_does_to_reasons_and_plan() {
    let rows = table("What each message does");
    let told: BTreeSet<String> =
        rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    let slice = Slice::of("scheduler").unwrap();
    let consumed: BTreeSet<String> = slice.consumes.iter().map(contracts::Contract::stem).collect();
    assert_eq!(told, consumed);
    for row in rows {
        let has = |cell: &String| cell != "none";
        let expected = (has(&row[1]), has(&row[2]));
        assert_eq!(effect(row[0].trim_matches('`')), expected, "{row:?}");
    }
}

// ---- properties ----

/// A reason that is heard in the so-manieth minute: in a call, or put down; said so many days ago.
#[derive(Clone, Debug)]
struct Word {
    reason: NonPaymentReason,
    in_call: bool,
    ago: u8,
    /// How many others a call's word comes behind, that were written down after it.
    late: usize,
}

fn words() -> impl Strategy<Value = Vec<Word>> {
    let word = (prop::sample::select(NonPaymentReason::ALL), any::<bool>(), 0..9u8, 0..4usize);
    let word = word.prop_map(|(reason, in_call, ago, late)| Word { reason, in_call, ago, late });
    prop::collection::vec(word, 1..12)
}

impl World {
    fn hear_word(&mut self, number: usize, word: &Word) {
        let minute = SignedDuration::from_mins(i64::try_from(number).unwrap());
        let written = at("2026-11-21T12:00:00Z") + minute;
        self.now = self.now.max(written);
        let said = written - SignedDuration::from_hours(24 * i64::from(word.ago));
        if word.in_call {
            let id = u128::try_from(number).unwrap() + 1_000;
            let closed = CallClosed {
                task_id: CallTaskId::from_uuid(Uuid::from_u128(id)),
                case_id: case_id(1),
                creditor_id: creditor_id(),
                person_id: person_id(),
                permit_id: PermitId::from_uuid(Uuid::from_u128(id)),
                claim_ids: vec![claim_id(1)],
                outcome: CallOutcome::Reached,
                reason: word.reason,
                promise: None,
                staff_id: StaffId::from_uuid(Uuid::from_u128(9)),
                called_at: said,
                closed_at: written,
            };
            let person = self.person.clone();
            close(self, &closed);
            // A hundred calls in a minute are no test of the cap.
            self.person = person;
        } else {
            let said_on = Some(Pack::NL.local_date(said));
            let (_, answer) = self.record(&RecordReason { said_on, ..recorded(word.reason) });
            assert!(matches!(answer, RecordReasonAnswer::Recorded { .. }), "{answer:?}");
        }
        self.check();
    }

    /// What is known in the end, without the ids that follow from the order.
    fn known(&self) -> (Vec<contracts::reason::ReasonTold>, Route, Option<NonPaymentReason>) {
        let case = self.case(case_id(1));
        let led = leading(&case.reasons).map(|(_, it)| it.reason);
        (case.reasons_told(), case.route(), led)
    }
}

proptest! {
    /// What callers write down may come later than what staff put down after it: the same leads in
    /// the end, every word is kept, and the case stands the same.
    #[test]
    fn any_order_of_reasons_ends_the_same(words in words()) {
        let mut in_time = begun();
        for (number, word) in words.iter().enumerate() {
            in_time.hear_word(number, word);
        }
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|number| {
            let late = if words[*number].in_call { words[*number].late } else { 0 };
            (number + late, *number)
        });
        let mut late = begun();
        for number in order {
            late.hear_word(number, &words[number]);
        }
        late.now = in_time.now.max(late.now);
        in_time.now = late.now;
        prop_assert_eq!(in_time.known(), late.known());
        let nudge = |world: &mut World| world.pay(claim_id(1), euros(1));
        nudge(&mut in_time);
        nudge(&mut late);
        prop_assert_eq!(in_time.state(), late.state());
        let unsaid = words.iter().filter(|word| {
            word.in_call && word.reason == NonPaymentReason::Unreached
        });
        prop_assert_eq!(late.known().0.len(), words.len() - unsaid.count());
    }

    /// A reason under which nothing goes out ends by nothing that is said in calls.
    #[test]
    fn no_call_ends_a_stop(words in words(), stop in 0..4usize) {
        let stops = [
            NonPaymentReason::DebtAid,
            NonPaymentReason::Insolvent,
            NonPaymentReason::Deceased,
            NonPaymentReason::Minor,
        ];
        let mut world = begun();
        world.hear_reason(stops[stop]);
        for (number, word) in words.iter().enumerate() {
            world.hear_word(number + 1, &Word { in_call: true, ..word.clone() });
            prop_assert_eq!(route(&world), Route::Stop);
        }
    }

    /// What only a person can answer holds a case until one does, whatever is said in calls,
    /// whoever is said to have paid, and however many review days pass.
    #[test]
    fn only_staff_end_a_hold_but_for_what_is_said_to_be_paid(
        words in words(),
        held in prop::sample::select(vec![
            NonPaymentReason::Hardship,
            NonPaymentReason::Dissatisfied,
            NonPaymentReason::Moved,
            NonPaymentReason::IdentityUnsure,
            NonPaymentReason::Insolvent,
        ]),
        at in 0..12usize,
        in_call in any::<bool>(),
        reviewed in any::<u16>(),
    ) {
        let mut world = begun();
        for (number, word) in words.iter().enumerate() {
            if number == at.min(words.len() - 1) {
                let (ago, late) = (0, 0);
                world.hear_word(100, &Word { reason: held, in_call, ago, late });
            }
            let reason = if word.in_call { word.reason } else { NonPaymentReason::SaysPaid };
            let has_begun = number >= at.min(words.len() - 1);
            // A stop is not weakened on a bare word; `recorded` brings a document.
            world.hear_word(number, &Word { reason, ..word.clone() });
            if reviewed & (1 << number) != 0 && matches!(world.state(), CaseState::Held { .. }) {
                world.next_timer();
            }
            if has_begun {
                prop_assert!(route(&world).holds(), "{:?}", world.case(case_id(1)).reasons);
                prop_assert_eq!(world.hold().0, HoldReason::ReasonGiven);
            }
        }
    }

    /// Whatever people decide, whenever: nothing goes out in a burst, the case is never let go, and
    /// what was done before stays written down.
    #[test]
    fn whatever_is_decided_the_case_goes_on_lawfully(
        deeds in prop::collection::vec((0..9u8, 0..3usize, 1..400i64), 1..40),
    ) {
        let mut world = begun_under(whole());
        let keys = [REMINDER, CALL, LETTER];
        for (deed, which, hours) in deeds {
            let passed = world.case(case_id(1)).claims[&claim_id(1)].passed.clone();
            match deed {
                0 => drop(world.decide(&decided(CaseDecision::GoOn))),
                1..=2 => {
                    let step = keys[which].to_owned();
                    world.decide(&decided(CaseDecision::FromStep { step }));
                }
                3 => {
                    let review_on = Pack::NL.local_date(world.now) + (hours / 4).days();
                    world.decide(&decided(CaseDecision::ReviewOn { review_on }));
                }
                4 => {
                    let reasons = [
                        NonPaymentReason::Hardship,
                        NonPaymentReason::NotGiven,
                        NonPaymentReason::Deceased,
                    ];
                    world.hear_reason(reasons[which]);
                }
                _ => {
                    if let Some(act) = world.case(case_id(1)).act.clone() {
                        if act.is_call() && !act.is_uncertain() {
                            reached(&mut world, NonPaymentReason::NotGiven);
                        } else if act.is_awaited() {
                            for errand in &act.errands {
                                if let Some(channel) = errand.channel() {
                                    left(&mut world, channel);
                                }
                            }
                        }
                    }
                    let until = world.now + SignedDuration::from_hours(hours);
                    world.run_timers(until);
                    world.now = until;
                }
            }
            world.check();
            let now = &world.case(case_id(1)).claims[&claim_id(1)].passed;
            prop_assert!(passed.keys().all(|step| now.contains_key(step)));
        }
    }
}
