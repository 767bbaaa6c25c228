//! What the scheduler decides about holds that people place.

use std::collections::BTreeSet;

use contracts::agreement::{AgreedDeed, AgreedStep, Agreement, StepMoment};
use contracts::hold::{
    DoneSince, HoldCause, HoldRefusal, HoldScope, HoldThen, LiftHoldAnswer, PlaceHold,
    PlaceHoldAnswer,
};
use contracts::letter::{NotSentReason, Send, Withdraw};
use contracts::mediation::{JudgePromise, PromiseMade};
use contracts::scheduler::{CaseHeld, CaseState, HoldReason, StepPlanned, TimelineEvent};
use contracts::telephony_task::PromisedPayment;
use jiff::{SignedDuration, ToSpan};
use law::Pack;
use mailbox::Facts;
use primitives::{Actor, CallTaskId, Channel, HoldId, MessageKind, NonPaymentReason, PromiseId};
use proptest::prelude::*;
use scheduler::domain::{
    self, CASES_PER_PAGE, Heard, Hold, NEXT_STEP, PROMISE_DUE, REVIEW, Thanks,
};
use uuid::Uuid;

use crate::world::*;

const OWNER: &str = "case-handling";

fn hold_id(number: u128) -> HoldId {
    HoldId::from_uuid(Uuid::from_u128(number))
}

/// A hold over a case that ends by itself.
fn over_case(number: u128, ends_on: &str) -> PlaceHold {
    PlaceHold {
        hold_id: hold_id(number),
        scope: HoldScope::Case { case_id: case_id(1) },
        cause: HoldCause::Complaint,
        owner: OWNER.to_owned(),
        starts_on: None,
        ends_on: day(ends_on),
        then: HoldThen::GoOn,
    }
}

impl World {
    /// Places a hold, and tells all its cases.
    fn put_on_hold(&mut self, request: &PlaceHold) -> Vec<contracts::Outgoing> {
        let answer = self.place(request);
        assert!(matches!(answer, PlaceHoldAnswer::Placed(_)), "{answer:?}");
        let messages = self.spread(self.now);
        self.check();
        messages
    }

    fn take_off_hold(&mut self, number: u128) -> Vec<contracts::Outgoing> {
        let answer = self.lift(hold_id(number));
        assert!(matches!(answer, LiftHoldAnswer::Lifted(_)), "{answer:?}");
        let messages = self.spread(self.now);
        self.check();
        messages
    }

    /// A hold as a property draws it.
    pub(crate) fn place_one(&mut self, scope: u8, from: i8, days: u8, decides: bool) {
        let today = Pack::NL.local_date(self.now);
        let claims: Vec<_> = self.case(case_id(1)).claims.keys().copied().collect();
        let scope = match (scope, claims.first()) {
            (0, Some(claim_id)) => HoldScope::Claim { case_id: case_id(1), claim_id: *claim_id },
            (0 | 1, _) => HoldScope::Case { case_id: case_id(1) },
            (2, _) => HoldScope::Person { person_id: person_id() },
            (3, _) => HoldScope::Creditor { creditor_id: creditor_id() },
            (_, _) => HoldScope::All,
        };
        let request = PlaceHold {
            hold_id: hold_id(u128::try_from(self.holds.len()).unwrap()),
            scope,
            cause: HoldCause::Season,
            owner: OWNER.to_owned(),
            starts_on: Some(today + i32::from(from).days()),
            ends_on: today + i32::from(days).days(),
            then: if decides { HoldThen::Decide } else { HoldThen::GoOn },
        };
        let answer = self.place(&request);
        let is_too_late = i16::from(from) >= i16::from(days);
        assert_eq!(matches!(answer, PlaceHoldAnswer::Refused { .. }), is_too_late, "{answer:?}");
        self.spread(self.now);
    }

    pub(crate) fn lift_one(&mut self, which: u8) {
        let ids: Vec<HoldId> = self.holds.keys().copied().collect();
        if let Some(id) = ids.get(usize::from(which) % ids.len().max(1)) {
            self.lift(*id);
            self.spread(self.now);
        }
    }

    fn on_hold_until(&self) -> primitives::Date {
        match self.hold() {
            (HoldReason::OnHold, review_on) => review_on,
            other => panic!("{other:?}"),
        }
    }
}

// ---- the gate ----

#[test]
fn nothing_goes_out_while_a_hold_counts_and_the_case_says_when_it_ends() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-23T08:00:00Z")));
    let told: CaseHeld = only(&world.put_on_hold(&over_case(1, "2026-12-07")));
    assert_eq!((told.reason, told.owner.as_str()), (HoldReason::OnHold, OWNER));
    assert_eq!(told.review_on, day("2026-12-07"));
    // It goes on by itself on that day, at nine, with the step that was next.
    assert_eq!(world.next_timer().0, REVIEW);
    world.check();
    assert_eq!(world.now, at("2026-12-07T08:00:00Z"));
    assert_eq!(world.planned().0, REMINDER);
    while read::<Send>(&world.next_timer().1).is_empty() {}
    assert_eq!(world.now, at("2026-12-07T08:00:00Z"));
    world.check();
}

#[test]
fn a_hold_counts_before_its_cases_are_told_of_it() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.place(&over_case(1, "2026-12-07"));
    // The step is due, and no page of the hold went by: the gate reads the hold itself.
    world.now = at("2026-11-23T08:00:00Z");
    let messages = world.go_off(case_id(1), NEXT_STEP);
    assert_eq!(only::<CaseHeld>(&messages).reason, HoldReason::OnHold);
    world.spread(world.now);
    world.check();
}

#[test]
fn what_is_out_is_taken_back_and_comes_again_when_the_hold_is_lifted() {
    let mut world = World::with_claim(at("2026-11-23T07:00:00Z"), day(DUE));
    let sent: Send = only(&world.next_timer().1);
    let back: Withdraw = only(&world.put_on_hold(&over_case(1, "2026-12-07")));
    assert_eq!(back.letter_id, sent.letter_id);
    assert!(matches!(world.state(), CaseState::Acting { .. }), "its answer comes first");
    let messages = world.refuse_to_send(NotSentReason::Withdrawn);
    assert_eq!(only::<CaseHeld>(&messages).reason, HoldReason::OnHold);
    assert!(world.person.contacts.is_empty(), "the contact is given back");
    world.check();
    let planned: StepPlanned = only(&world.take_off_hold(1));
    assert_eq!(planned.step, REMINDER);
    assert!(read::<Send>(&world.next_timer().1).len() == 1);
    world.check();
}

#[test]
fn a_message_that_crossed_with_the_hold_counts_all_the_same() {
    let mut world = World::with_claim(at("2026-11-23T07:00:00Z"), day(DUE));
    world.next_timer();
    world.put_on_hold(&over_case(1, "2026-12-07"));
    world.dispatch();
    world.check();
    assert_eq!(world.on_hold_until(), day("2026-12-07"));
    world.next_timer();
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp, "the reminder is not written twice");
}

#[test]
fn a_hold_that_begins_in_the_past_names_what_went_out_since() {
    let mut world = World::with_claim(at("2026-11-15T12:00:00Z"), day(DUE));
    world.next_timer();
    world.dispatch();
    world.now = at("2026-11-20T12:00:00Z");
    let since = |starts_on: &str| {
        let mut world = world.clone();
        let starts_on = Some(day(starts_on));
        world.put_on_hold(&PlaceHold { starts_on, ..over_case(1, "2026-12-07") });
        let news = world.track(case_id(1)).news.into_iter().find_map(|entry| match entry.what {
            TimelineEvent::HoldPlaced { done_since, by, .. } => {
                assert_eq!(by, staff_id());
                Some(done_since)
            }
            _ => None,
        });
        news.unwrap()
    };
    let notice = DoneSince { message: Some(MessageKind::PreDueNotice), on: day("2026-11-16") };
    assert_eq!(since("2026-11-16"), [notice]);
    assert_eq!(since("2026-11-17"), []);
}

#[test]
fn a_hold_that_begins_later_lets_go_out_what_is_due_before() {
    let mut world = World::with_claim(at("2026-11-15T12:00:00Z"), day(DUE));
    let starts_on = Some(day("2026-11-23"));
    world.put_on_hold(&PlaceHold { starts_on, ..over_case(1, "2026-12-07") });
    assert_eq!(world.planned().0, NOTICE);
    world.next_timer();
    world.dispatch();
    world.run_timers(at("2026-11-23T06:00:00Z"));
    assert_eq!(world.on_hold_until(), day("2026-12-07"), "before the reminder's morning");
}

// ---- scopes ----

/// Two claims of one case with the same day.
fn two_claims() -> World {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.register(&registered(case_id(1), claim_id(2), euros(60), day(DUE))).unwrap();
    world
}

fn over_claim(number: u128, claim: u128) -> PlaceHold {
    let scope = HoldScope::Claim { case_id: case_id(1), claim_id: claim_id(claim) };
    PlaceHold { scope, ..over_case(number, "2026-12-07") }
}

#[test]
fn a_claim_on_hold_is_left_out_and_the_others_go_on() {
    let mut world = two_claims();
    world.put_on_hold(&over_claim(1, 1));
    let sent: Send = only(&world.next_timer().1);
    assert_eq!(sent.permit.claim_ids, [claim_id(2)]);
    world.dispatch();
    world.check();
    assert_eq!(world.hold().0, HoldReason::StepsUsedUp, "of the other claim");
    // On its day the first claim goes on, though nothing of the other one is due.
    world.run_timers(at("2026-12-07T07:00:00Z"));
    assert_eq!(world.planned_after_next_timer(), (REMINDER.to_owned(), BTreeSet::from([1])));
}

impl World {
    /// The planned step after the next timer, with the numbers of its claims.
    fn planned_after_next_timer(&mut self) -> (String, BTreeSet<u128>) {
        self.next_timer();
        self.check();
        match &self.case(case_id(1)).position {
            Some(domain::Position::Planned { step, claim_ids, .. }) => {
                let numbers = claim_ids.iter().map(|id| id.as_uuid().as_u128()).collect();
                (step.clone(), numbers)
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_message_about_a_claim_on_hold_is_taken_back_and_goes_without_it() {
    let mut world = two_claims();
    let first: Send = only(&world.next_timer().1);
    assert_eq!(first.permit.claim_ids.len(), 2);
    let back: Withdraw = only(&world.put_on_hold(&over_claim(1, 2)));
    assert_eq!(back.letter_id, first.letter_id);
    world.refuse_to_send(NotSentReason::Withdrawn);
    let second: Send = only(&world.next_timer().1);
    assert_eq!(second.permit.claim_ids, [claim_id(1)]);
    world.check();
}

#[test]
fn a_case_whose_claims_are_all_on_hold_is_on_hold() {
    let mut world = two_claims();
    world.put_on_hold(&over_claim(1, 1));
    assert_eq!(world.planned().0, REMINDER);
    world.put_on_hold(&over_claim(2, 2));
    assert_eq!(world.on_hold_until(), day("2026-12-07"));
    world.take_off_hold(1);
    assert_eq!(world.planned().0, REMINDER);
}

#[test]
fn a_hold_over_a_person_or_creditor_covers_their_cases_and_those_that_come() {
    for scope in [
        HoldScope::Person { person_id: person_id() },
        HoldScope::Creditor { creditor_id: creditor_id() },
        HoldScope::All,
    ] {
        let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
        world.open(&opened(case_id(2))).unwrap();
        world.register(&registered(case_id(2), claim_id(2), euros(60), day(DUE))).unwrap();
        world.put_on_hold(&PlaceHold { scope, ..over_case(1, "2026-12-07") });
        world.open(&opened(case_id(3))).unwrap();
        world.register(&registered(case_id(3), claim_id(3), euros(60), day(DUE))).unwrap();
        for case in 1..=3 {
            let state = world.case(case_id(case)).state().unwrap();
            let on_hold = matches!(state, CaseState::Held { reason: HoldReason::OnHold, .. });
            assert!(on_hold, "{case}: {state:?}");
        }
        world.check();
    }
}

// ---- ends ----

#[test]
fn lifting_one_of_two_holds_leaves_the_other() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.put_on_hold(&over_case(1, "2026-12-07"));
    let scope = HoldScope::Person { person_id: person_id() };
    let held = world.put_on_hold(&PlaceHold { scope, ..over_case(2, "2027-01-04") });
    assert!(read::<CaseHeld>(&held).is_empty(), "the earlier end is still the next moment");
    let held: CaseHeld = only(&world.take_off_hold(1));
    assert_eq!(held.review_on, day("2027-01-04"));
    assert_eq!(world.take_off_hold(2).len(), 1);
    assert_eq!(world.planned().0, REMINDER);
}

#[test]
fn where_a_person_decides_nothing_goes_on_by_itself() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    let then = HoldThen::Decide;
    world.put_on_hold(&PlaceHold { then, ..over_case(1, "2026-12-07") });
    for review_on in ["2026-12-07", "2027-01-06", "2027-02-05"] {
        assert_eq!(world.on_hold_until(), day(review_on));
        world.next_timer();
        world.check();
    }
    world.take_off_hold(1);
    assert_eq!(world.planned().0, REMINDER);
}

#[test]
fn a_claim_on_which_somebody_should_have_decided_holds_its_case() {
    let mut world = two_claims();
    world.put_on_hold(&PlaceHold { then: HoldThen::Decide, ..over_claim(1, 1) });
    world.next_timer();
    world.dispatch();
    world.run_timers(at("2026-12-07T08:00:00Z"));
    let (reason, _) = world.hold();
    assert_eq!(reason, HoldReason::OnHold);
    world.check();
}

#[test]
fn what_else_holds_a_case_stays_for_its_own_review() {
    let mut world = World::with_claim(at("2026-11-23T07:00:00Z"), day(DUE));
    world.next_timer();
    world.refuse_to_send(NotSentReason::AddressRefused);
    assert_eq!(world.hold().0, HoldReason::NotDelivered);
    world.put_on_hold(&over_case(1, "2026-12-07"));
    world.next_timer();
    world.check();
    assert_eq!(world.hold().0, HoldReason::NotDelivered, "no review day of its own came");
}

// ---- answers to what debtors did ----

#[test]
fn a_promise_is_judged_under_a_hold_and_confirmed_after_it() {
    let mut world = World::with_claim(at("2026-11-23T07:00:00Z"), day(DUE));
    world.put_on_hold(&over_case(1, "2026-11-25"));
    let promised = PromisedPayment { amount: euros(120), pay_by: day("2026-12-04") };
    let talk = CallTaskId::from_uuid(Uuid::from_u128(7));
    let heard = Heard {
        case_id: case_id(1),
        talk,
        reason: NonPaymentReason::Carelessness,
        promise: Some(promised),
        at: world.now,
    };
    world.on_track(case_id(1), |track, facts| domain::hear(track, &heard, facts)).unwrap();
    let made = PromiseMade {
        promise_id: PromiseId::from_uuid(Uuid::from_u128(8)),
        claim_ids: vec![claim_id(1)],
        staff_id: staff_id(),
        task_id: talk,
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount: euros(120),
        pay_by: day("2026-12-04"),
        made_at: world.now,
    };
    world.on_track(case_id(1), |track, facts| domain::promise_made(track, &made, facts)).unwrap();
    world.check();
    assert_eq!(world.on_hold_until(), day("2026-11-25"));
    let mut longer = world.clone();
    world.next_timer();
    assert_eq!(world.planned().0, domain::CONFIRMATION);
    // Under a longer hold the promise is judged all the same: that contacts nobody.
    longer.put_on_hold(&over_case(2, "2027-01-04"));
    longer.run_timers(at("2026-12-06T12:00:00Z"));
    let (name, messages) = longer.next_timer();
    assert_eq!((name, read::<JudgePromise>(&messages).len()), (PROMISE_DUE, 1));
    longer.check();
}

#[test]
fn thanks_wait_for_the_end_of_a_hold() {
    let thanks_by = vec![Channel::Email];
    let mut world =
        World::agreed(at("2026-11-23T07:00:00Z"), Agreement { thanks_by, ..agreement() });
    world.open(&opened(case_id(1))).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    world.next_timer();
    world.dispatch();
    world.put_on_hold(&over_case(1, "2026-12-07"));
    world.pay(claim_id(1), euros(120));
    world.check();
    assert!(matches!(world.case(case_id(1)).thanks, Thanks::Due { .. }));
    while read::<Send>(&world.next_timer().1).is_empty() {
        world.check();
    }
    assert!(world.now >= at("2026-12-07T08:00:00Z"), "{}", world.now);
    world.check();
}

// ---- who may, and what ----

#[test]
fn only_staff_places_and_lifts_and_no_hold_is_without_a_next_moment() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    let request = over_case(1, "2026-12-07");
    for actor in [Actor::Operator, Actor::Machine("test".to_owned()), Actor::Debtor(person_id())] {
        let facts = Facts { actor, ..world.facts() };
        let (_, answer) = domain::place_hold(Hold::default(), &request, &facts);
        let reason = HoldRefusal::NotStaff;
        assert_eq!(answer, PlaceHoldAnswer::Refused { reason: reason.clone() });
        let (_, answer) = domain::lift_hold(Hold::default(), &facts);
        assert_eq!(answer, LiftHoldAnswer::Refused { reason });
    }
    let wrong = [
        (
            PlaceHold { owner: "Jan Smit".to_owned(), ..request.clone() },
            HoldRefusal::OwnerMalformed,
        ),
        (PlaceHold { owner: String::new(), ..request.clone() }, HoldRefusal::OwnerMalformed),
        (over_case(1, "2026-11-21"), HoldRefusal::NoNextMoment),
        (over_case(1, "2029-11-21"), HoldRefusal::TooFar),
        (
            PlaceHold { starts_on: Some(day("2026-12-07")), ..request.clone() },
            HoldRefusal::NoNextMoment,
        ),
        (PlaceHold { starts_on: Some(day("2020-01-01")), ..request.clone() }, HoldRefusal::TooFar),
    ];
    for (request, reason) in wrong {
        assert_eq!(world.place(&request), PlaceHoldAnswer::Refused { reason }, "{request:?}");
    }
    assert_eq!(world.lift(hold_id(1)), LiftHoldAnswer::Unknown);
    let placed = world.place(&request);
    assert!(matches!(placed, PlaceHoldAnswer::Placed(_)));
    assert_eq!(world.place(&request), placed, "who asks again places nothing twice");
    let other = PlaceHold { cause: HoldCause::Crisis, ..request };
    let reason = HoldRefusal::IdInUse;
    assert_eq!(world.place(&other), PlaceHoldAnswer::Refused { reason });
    assert!(matches!(world.lift(hold_id(1)), LiftHoldAnswer::Lifted(_)));
    assert!(matches!(world.lift(hold_id(1)), LiftHoldAnswer::AlreadyLifted(_)));
}

// ---- pages ----

#[test]
fn a_hold_over_many_cases_tells_each_once_page_by_page() {
    const CASES: u128 = 450;
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement());
    for case in 1..=CASES {
        world.open(&opened(case_id(case))).unwrap();
    }
    world.place(&PlaceHold { scope: HoldScope::All, ..over_case(1, "2026-12-07") });
    let mut pages = Vec::new();
    while !world.spreads.is_empty() {
        world.spread_page(hold_id(1));
        pages.push(std::mem::take(&mut world.to_weigh));
    }
    assert!(pages.iter().all(|page| page.len() <= usize::from(CASES_PER_PAGE)));
    let told: Vec<_> = pages.concat().into_iter().map(|one| one.case_id).collect();
    let once: BTreeSet<_> = told.iter().copied().collect();
    assert_eq!((told.len(), once.len()), (450, 450));
    let hold = world.holds[&hold_id(1)].told().unwrap();
    assert_eq!((hold.cases_told, hold.is_spreading), (450, false));
    // Lifted half way, it begins anew, with the lifting.
    world.lift(hold_id(1));
    world.spread_page(hold_id(1));
    assert_eq!(world.to_weigh.len(), usize::from(CASES_PER_PAGE));
}

// ---- later, but the same ----

/// A reminder, and a 14-day letter after it.
fn two_steps() -> Agreement {
    let step = |key: &str, message, moment| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment,
    };
    Agreement {
        steps: vec![
            step(REMINDER, MessageKind::FreeFirstReminder, StepMoment::FromDue { days: 3 }),
            step("letter", MessageKind::FourteenDayLetter, StepMoment::AfterPrevious { days: 14 }),
        ],
        ..agreement()
    }
}

/// Lives on for so many days: every message leaves at once. Tells the steps that were taken.
fn live(world: &mut World, days: i64) -> Vec<(String, primitives::Date)> {
    let until = world.now + SignedDuration::from_hours(days * 24);
    let mut taken = Vec::new();
    while world.first_timer().is_some_and(|(_, due_at)| due_at <= until) {
        world.next_timer();
        if world.case(case_id(1)).act.is_some() {
            let step = world.case(case_id(1)).act.as_ref().unwrap().step.clone();
            taken.push((step, Pack::NL.local_date(world.now)));
            world.dispatch();
        }
        world.check();
    }
    world.now = until;
    taken
}

proptest! {
    /// A hold that was lifted, or ended, leads to the same steps in the same order, none of them
    /// earlier, and never two on one day; in the end the case stands where it would have stood.
    #[test]
    fn a_case_that_was_on_hold_ends_as_if_it_never_was_but_later(
        before in 0..60i64,
        days in 1..60i64,
        lifted_after in 1..60i64,
    ) {
        let mut free = World::agreed(at("2026-11-01T12:00:00Z"), two_steps());
        free.open(&opened(case_id(1))).unwrap();
        free.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
        let mut held = free.clone();
        let expected = live(&mut free, 250);
        let mut taken = live(&mut held, before);
        let today = Pack::NL.local_date(held.now);
        let ends_on = today + days.days();
        held.put_on_hold(&PlaceHold { ends_on, ..over_case(1, "2026-12-07") });
        if lifted_after < days {
            let meanwhile = live(&mut held, lifted_after);
            prop_assert!(meanwhile.is_empty(), "{:?} while on hold", meanwhile);
            held.take_off_hold(1);
        }
        taken.extend(live(&mut held, 250));
        let keys = |taken: &[(String, primitives::Date)]| {
            taken.iter().map(|(step, _)| step.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(keys(&taken), keys(&expected));
        for ((_, on), (_, free_on)) in taken.iter().zip(&expected) {
            prop_assert!(on >= free_on);
        }
        let once: BTreeSet<_> = taken.iter().map(|(_, on)| *on).collect();
        prop_assert_eq!(once.len(), taken.len());
        prop_assert_eq!(held.hold().0, free.hold().0);
        prop_assert_eq!(&held.case(case_id(1)).wakes_at, &None);
    }
}
