//! What the scheduler decides: given a case, when something happens, then this is told.

use contracts::Outgoing;
use contracts::agreement::{AgreedDeed, AgreedStep, Agreement, StepMoment};
use contracts::intake::{AgreementAgreed, CaseOpened, ClaimRegistered};
use contracts::letter::{NotSentReason, Send, Withdraw};
use contracts::payment_reconciliation::SettledBy;
use contracts::permit::PermittedDeed;
use contracts::reason::{CaseDecision, DecideCase, RecordReason, RecordReasonAnswer};
use contracts::scheduler::{
    CaseClosed, CaseHeld, CaseState, CloseReason, HoldReason, PermitGranted, PermitRefused,
    StepPlanned, TimelineEntry, TimelineEvent,
};
use jiff::{SignedDuration, Timestamp, ToSpan};
use law::Pack;
use mailbox::{Facts, Fault};
use primitives::{
    CallOutcome, Capacity, CaseId, Channel, Country, Currency, MessageId, MessageKind, Money,
    NonPaymentReason,
};
use proptest::prelude::*;
use scheduler::domain::{
    self, Case, Creditor, ErrandState, NEXT_STEP, PERMIT_END, Person, REVIEW, Track,
};
use uuid::Uuid;

use crate::world::*;

// ---- the way of a case ----

#[test]
fn a_step_is_planned_for_nine_o_clock_where_the_debtor_is() {
    let mut world = World::agreed(at("2026-11-01T12:00:00Z"), agreement());
    world.open(&opened(case_id(1))).unwrap();
    assert_eq!(world.case(case_id(1)).state(), None, "no position without a claim");
    let claim = registered(case_id(1), claim_id(1), euros(120), day("2026-11-19"));
    let planned: StepPlanned = only(&world.register(&claim).unwrap());
    assert_eq!(planned.step, NOTICE);
    assert_eq!(planned.claim_ids, [claim_id(1)]);
    // Saturday 14 November; winter time is one hour ahead of UTC.
    assert_eq!(planned.due_at, at("2026-11-14T08:00:00Z"));
    world.check();
}

#[test]
fn a_step_that_falls_on_a_sunday_is_planned_for_the_monday() {
    let world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    assert_eq!(world.planned(), (NOTICE.to_owned(), at("2026-11-16T08:00:00Z")));
}

#[test]
fn a_due_step_gets_a_permit_and_the_budget_is_reserved() {
    let mut world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    let (timer, messages) = world.next_timer();
    assert_eq!(timer, NEXT_STEP);
    let permit = only::<PermitGranted>(&messages).permit;
    assert_eq!(permit, only::<Send>(&messages).permit);
    assert_eq!(permit.claim_ids, [claim_id(1)]);
    let (message, channels) = (MessageKind::PreDueNotice, vec![Channel::Email]);
    assert_eq!(permit.deed, PermittedDeed::Write { message, channels });
    assert_eq!(permit.capacity, Capacity::AgencyForCreditor);
    assert_eq!(permit.not_before, at("2026-11-16T08:00:00Z"));
    // Nothing may be sent from eight in the evening on.
    assert_eq!(permit.not_after, at("2026-11-16T19:00:00Z"));
    assert_eq!(permit.rule_pack, "nl-2026.2");
    assert!(permit.rule_ids.contains(&"nl.contact-window".to_owned()), "{:?}", permit.rule_ids);
    assert_eq!(world.person.moments(), [permit.not_after]);
    let CaseState::Acting { step, permit_id, not_after } = world.state() else { panic!() };
    assert_eq!((step.as_str(), permit_id, not_after), (NOTICE, permit.permit_id, permit.not_after));
    world.check();
}

#[test]
fn a_message_that_left_counts_and_the_next_step_is_planned() {
    let mut world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    world.next_timer();
    world.now = at("2026-11-16T08:00:07Z");
    let planned: StepPlanned = only(&world.dispatch());
    // Monday: the third day after the due date.
    assert_eq!((planned.step.as_str(), planned.due_at), (REMINDER, at("2026-11-23T08:00:00Z")));
    assert_eq!(world.person.moments(), [at("2026-11-16T08:00:07Z")]);
    world.check();
}

#[test]
fn after_the_last_step_a_person_looks_by_the_agreed_day() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    assert_eq!(world.planned().0, REMINDER, "the notice is too late");
    world.next_timer();
    let held: CaseHeld = only(&world.dispatch());
    assert_eq!(held.reason, HoldReason::StepsUsedUp);
    assert_eq!((held.owner.as_str(), held.review_on), ("handler", day("2026-12-23")));
    // Nobody did anything: it is told again, with a new day.
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, world.now), (REVIEW, at("2026-12-23T08:00:00Z")));
    assert_eq!(only::<CaseHeld>(&messages).review_on, day("2027-01-22"));
    world.check();
}

#[test]
fn the_free_reminder_is_never_skipped_however_late_it_is() {
    let world = World::with_claim(at("2027-06-01T12:00:00Z"), day(DUE));
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-23T08:00:00Z")));
}

#[test]
fn a_step_that_is_due_at_night_waits_for_the_morning() {
    let mut world = World::with_claim(at("2026-11-25T22:30:00Z"), day(DUE));
    let (_, messages) = world.next_timer();
    let refused: PermitRefused = only(&messages);
    assert_eq!(refused.again_at, Some(at("2026-11-26T06:00:00Z")));
    assert_eq!(refused.rule_pack, "nl-2026.2");
    let planned: StepPlanned = only(&messages);
    assert_eq!(planned.due_at, at("2026-11-26T08:00:00Z"));
    let (_, messages) = world.next_timer();
    only::<Send>(&messages);
    world.check();
}

#[test]
fn claims_with_the_same_step_due_go_in_one_message() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    for (number, due_on) in [(2, "2026-11-18"), (3, "2027-01-15")] {
        let claim = registered(case_id(1), claim_id(number), euros(50), day(due_on));
        world.register(&claim).unwrap();
    }
    let (_, messages) = world.next_timer();
    // In the order of their due dates; the third is not due yet.
    assert_eq!(only::<Send>(&messages).permit.claim_ids, [claim_id(2), claim_id(1)]);
    world.dispatch();
    assert_eq!(world.planned(), (NOTICE.to_owned(), at("2027-01-11T08:00:00Z")));
    world.check();
}

#[test]
fn one_person_is_not_written_to_twice_a_day_for_two_cases() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    world.open(&opened(case_id(2))).unwrap();
    world.register(&registered(case_id(2), claim_id(2), euros(50), day(DUE))).unwrap();
    let (_, first) = world.next_timer();
    assert_eq!(read::<Send>(&first).len(), 1);
    let (_, second) = world.next_timer();
    let refused: PermitRefused = only(&second);
    assert_eq!(refused.case_id, case_id(2));
    assert_eq!(refused.rule_ids.last().map(String::as_str), Some("house.contact-cap"));
    assert_eq!(only::<StepPlanned>(&second).due_at, at("2026-11-26T08:00:00Z"));
    world.check();
}

// ---- money ----

#[test]
fn a_part_payment_changes_no_plan() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    assert!(world.pay(claim_id(1), euros(50)).is_empty());
    assert_eq!(world.case(case_id(1)).claims[&claim_id(1)].open(), euros(70));
    world.check();
}

#[test]
fn full_payment_closes_the_case_and_nothing_wakes_it() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.pay(claim_id(1), euros(50));
    assert_eq!(only::<CaseClosed>(&world.pay(claim_id(1), euros(70))).reason, CloseReason::Paid);
    assert_eq!(world.first_timer(), None);
    world.check();
}

#[test]
fn full_payment_takes_a_granted_message_back() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    let (_, messages) = world.next_timer();
    let sent: Send = only(&messages);
    let messages = world.pay(claim_id(1), euros(120));
    assert_eq!(only::<Withdraw>(&messages).letter_id, sent.letter_id);
    only::<CaseClosed>(&messages);
    // Its answer gives the budget back.
    world.refuse_to_send(NotSentReason::Withdrawn);
    assert_eq!((world.person.moments().len(), world.first_timer()), (0, None));
    world.check();
}

#[test]
fn a_message_that_crossed_with_the_payment_counts_all_the_same() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.next_timer();
    world.pay(claim_id(1), euros(120));
    assert!(world.dispatch().is_empty());
    assert_eq!(world.state(), CaseState::Closed { reason: CloseReason::Paid });
    assert_eq!(world.person.moments().len(), 1);
    world.check();
}

#[test]
fn a_message_about_two_claims_leaves_when_one_of_them_is_paid() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    let second = registered(case_id(1), claim_id(2), euros(50), day(DUE));
    world.register(&second).unwrap();
    world.next_timer();
    assert!(world.pay(claim_id(1), euros(120)).is_empty());
    only::<Withdraw>(&world.pay(claim_id(2), euros(50)));
    world.check();
}

#[test]
fn the_reason_of_a_closed_case_says_what_lowered_it() {
    for (told, reason) in [
        (Told::Credited(1, 120), CloseReason::Credited),
        (Told::Withdrawn(1), CloseReason::Withdrawn),
        (Told::Settled(1), CloseReason::Paid),
    ] {
        let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement());
        for told in [Told::Opened, Told::Registered(1, 120, 19), told] {
            world.take(case_id(1), &told, None).unwrap();
        }
        assert_eq!(world.state(), CaseState::Closed { reason });
    }
}

#[test]
fn a_new_claim_opens_a_closed_case_again() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.pay(claim_id(1), euros(120));
    let second = registered(case_id(1), claim_id(2), euros(50), day("2026-12-20"));
    assert_eq!(only::<StepPlanned>(&world.register(&second).unwrap()).claim_ids, [claim_id(2)]);
    world.check();
}

#[test]
fn another_currency_on_a_claim_never_works() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    let message = paid(case_id(1), claim_id(1), Money::new(1, Currency::parse("USD").unwrap()));
    let fault = world.on_track(case_id(1), |track, facts| domain::pay(track, &message, facts));
    assert!(matches!(fault, Err(Fault::Poison(_))), "{fault:?}");
}

// ---- what did not go well ----

#[test]
fn each_reason_of_an_unsent_message_has_its_effect() {
    let after = |reason| {
        let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
        world.next_timer();
        world.refuse_to_send(reason);
        assert!(world.person.contacts.is_empty(), "the budget is free again");
        world.check();
        world
    };
    let due = (REMINDER.to_owned(), at("2026-11-23T08:00:00Z"));
    assert_eq!(after(NotSentReason::PermitExpired).planned(), due);
    assert_eq!(after(NotSentReason::Withdrawn).planned(), due);
    let tomorrow = (REMINDER.to_owned(), at("2026-11-26T08:00:00Z"));
    assert_eq!(after(NotSentReason::NothingOwed).planned(), tomorrow);
    assert_eq!(after(NotSentReason::PaymentsNotKnown).planned(), tomorrow);
    let review_on = day("2026-12-25");
    for (reason, hold) in [
        (NotSentReason::AddressRefused, HoldReason::NotDelivered),
        (NotSentReason::NoAddress, HoldReason::NotReachable),
        (NotSentReason::TextNotLawful, HoldReason::GateRefused),
        (NotSentReason::DataMissing, HoldReason::NotWritten),
        (NotSentReason::NoText, HoldReason::NotWritten),
    ] {
        assert_eq!(after(reason).hold(), (hold, review_on));
    }
}

#[test]
fn a_notice_without_a_lawful_text_is_left_out() {
    let mut world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    world.next_timer();
    world.refuse_to_send(NotSentReason::TextNotLawful);
    assert_eq!(world.planned().0, REMINDER);
}

/// On the review day somebody may have corrected what stood in the way; else it is held again.
#[test]
fn what_held_a_case_is_tried_again_on_its_review_day() {
    for (reason, hold) in [
        (NotSentReason::AddressRefused, HoldReason::NotDelivered),
        (NotSentReason::NoAddress, HoldReason::NotReachable),
        (NotSentReason::TextNotLawful, HoldReason::GateRefused),
        (NotSentReason::DataMissing, HoldReason::NotWritten),
    ] {
        let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
        world.next_timer();
        world.refuse_to_send(reason.clone());
        let (timer, messages) = world.next_timer();
        assert_eq!((timer, world.now), (REVIEW, at("2026-12-25T08:00:00Z")));
        assert_eq!(only::<StepPlanned>(&messages).step, REMINDER, "{hold:?}");
        // Christmas Day is over before anybody is written to.
        while !matches!(world.state(), CaseState::Acting { .. }) {
            world.next_timer();
            world.check();
        }
        let mut corrected = world.clone();
        corrected.dispatch();
        assert_eq!(corrected.hold().0, HoldReason::StepsUsedUp);
        world.refuse_to_send(reason);
        assert_eq!(world.hold().0, hold, "nothing was corrected");
        world.check();
    }
}

#[test]
fn a_later_invoice_that_brings_an_address_makes_the_case_reachable() {
    let mut world = World::agreed(at("2026-11-25T12:00:00Z"), agreement());
    world.open(&CaseOpened { reachable: Vec::new(), ..opened(case_id(1)) }).unwrap();
    let claim = |number| registered(case_id(1), claim_id(number), euros(50), day(DUE));
    world.register(&claim(1)).unwrap();
    assert_eq!(world.hold().0, HoldReason::NotReachable);
    let with_address =
        |number| ClaimRegistered { reachable: vec![Channel::Email], ..claim(number) };
    let planned: StepPlanned = only(&world.register(&with_address(2)).unwrap());
    assert_eq!(planned.claim_ids, [claim_id(1), claim_id(2)]);
    // The address was gone when it was needed, and a third invoice brings one.
    world.next_timer();
    world.refuse_to_send(NotSentReason::NoAddress);
    world.register(&claim(3)).unwrap();
    assert_eq!(world.hold().0, HoldReason::NotReachable);
    world.register(&with_address(4)).unwrap();
    assert_eq!(world.planned().0, REMINDER);
    world.check();
}

/// Without it nobody would ever look: each try ends in another one.
#[test]
fn three_tries_in_vain_hold_the_case_for_its_owner() {
    let reasons =
        [NotSentReason::PaymentsNotKnown, NotSentReason::NothingOwed, NotSentReason::PermitExpired];
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    for reason in &reasons[..2] {
        world.next_timer();
        world.refuse_to_send(reason.clone());
        assert_eq!(world.planned().0, REMINDER);
    }
    let mut paid = world.clone();
    world.next_timer();
    let held: CaseHeld = only(&world.refuse_to_send(NotSentReason::PermitExpired));
    assert_eq!((held.reason, held.owner.as_str()), (HoldReason::TriedInVain, "handler"));
    world.check();
    // News of a claim: it may work now.
    let mut heard = world.clone();
    only::<StepPlanned>(&heard.pay(claim_id(1), euros(1)));
    // Nothing is heard: it is tried again on the review day.
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, only::<StepPlanned>(&messages).step.as_str()), (REVIEW, REMINDER));
    // What happened in between is not in a row.
    paid.pay(claim_id(1), euros(1));
    paid.next_timer();
    paid.refuse_to_send(NotSentReason::PaymentsNotKnown);
    assert_eq!(paid.planned().0, REMINDER);
    paid.check();
}

#[test]
fn a_belgian_reminder_is_planned_after_the_term_that_a_free_day_lengthens() {
    let mut agreement = agreement();
    agreement.steps[1].moment = StepMoment::FromDue { days: 1 };
    let mut world = World::agreed(at("2026-11-06T12:00:00Z"), agreement);
    world.open(&CaseOpened { country: Country::BE, ..opened(case_id(1)) }).unwrap();
    // Due on a Sunday: it can be paid on Monday.
    let claim = registered(case_id(1), claim_id(1), euros(120), day("2026-11-08"));
    world.register(&claim).unwrap();
    world.next_timer();
    world.dispatch();
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-10T08:00:00Z")));
}

#[test]
fn without_an_address_the_case_is_held_before_anything_is_due() {
    let mut world = World::agreed(at("2026-11-01T12:00:00Z"), agreement());
    world.open(&CaseOpened { reachable: vec![Channel::Post], ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    assert_eq!(world.hold().0, HoldReason::NotReachable);
    world.check();
}

#[test]
fn a_notice_without_an_address_gives_way_to_a_reminder_with_one() {
    let mut agreement = agreement();
    let (message, channels) = (MessageKind::FreeFirstReminder, vec![Channel::Post]);
    agreement.steps[1].deed = AgreedDeed::Write { message, channels };
    let mut world = World::agreed(at("2026-11-01T12:00:00Z"), agreement);
    world.open(&CaseOpened { reachable: vec![Channel::Post], ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    assert_eq!(world.planned().0, REMINDER);
}

/// A debtor who was given until a day is not judged before it.
#[test]
fn nobody_reviews_a_case_before_the_day_that_its_debtor_was_given() {
    let mut world = World::agreed(
        at("2026-11-21T12:00:00Z"),
        Agreement { review_after_days: 7, ..agreement() },
    );
    world.open(&opened(case_id(1))).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    world.next_timer();
    assert_eq!(only::<CaseHeld>(&world.dispatch()).reason, HoldReason::StepsUsedUp);
    let sent_on = Pack::NL.local_date(world.now);
    let message = MessageKind::FreeFirstReminder;
    let asked_by = law::pay_by(Pack::NL, message, Channel::Email, day(DUE), sent_on).value.unwrap();
    assert_eq!(asked_by, day("2026-12-07"));
    assert_eq!(world.hold().1, day("2026-12-08"));
    world.check();
    // A part of it is paid meanwhile: the day stays.
    world.pay(claim_id(1), euros(20));
    assert_eq!(world.hold().1, day("2026-12-08"));
    // From then on the agreement counts.
    world.next_timer();
    assert_eq!(world.hold().1, day("2026-12-15"));
    world.check();
}

/// The news of a payment and that it settled the claim travel apart.
#[test]
fn a_timeline_tells_the_payment_before_that_it_closed_the_case() {
    let entry = |moment: &str, what| TimelineEntry {
        at: at(moment),
        what,
        cause: MessageId::from_uuid(Uuid::from_u128(1)),
    };
    let closed = || TimelineEvent::Closed { reason: CloseReason::Paid };
    let payment = || {
        let (claim_id, amount) = (claim_id(1), euros(60));
        TimelineEvent::PaymentReceived { claim_id, amount }
    };
    let told = |heard: Vec<TimelineEntry>| -> Vec<bool> {
        let ordered = domain::as_it_happened(heard).into_iter();
        ordered.map(|entry| entry.what == closed()).collect()
    };
    let heard = vec![
        entry("2026-11-23T08:00:00Z", TimelineEvent::CaseOpened),
        entry("2026-11-25T08:00:00Z", closed()),
        entry("2026-11-25T08:00:00Z", payment()),
        entry("2026-11-25T08:00:01Z", payment()),
    ];
    assert_eq!(told(heard), [false, false, false, true]);
    let later =
        vec![entry("2026-11-25T08:00:00Z", closed()), entry("2026-11-26T08:00:00Z", payment())];
    assert_eq!(told(later), [true, false], "what happened another day stays where it is");
}

#[test]
fn an_uncertain_message_holds_the_case_until_it_is_known() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    world.next_timer();
    assert_eq!(only::<CaseHeld>(&world.doubt()).reason, HoldReason::ActUncertain);
    assert_eq!(world.person.moments().len(), 1, "it may have been a contact");
    world.check();
    let mut it_left = world.clone();
    it_left.dispatch();
    assert_eq!(it_left.hold().0, HoldReason::StepsUsedUp);
    it_left.check();
    world.refuse_to_send(NotSentReason::PermitExpired);
    assert_eq!(world.planned().0, REMINDER);
    world.check();
}

#[test]
fn a_lost_answer_is_noticed_after_the_permit() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    world.next_timer();
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, world.now), (PERMIT_END, at("2026-11-25T20:00:00Z")));
    assert_eq!(only::<CaseHeld>(&messages).reason, HoldReason::ActUncertain);
    let state = |track: Track| track.case.unwrap().act.unwrap().errands[0].state.clone();
    assert_eq!(state(world.track(case_id(1))), ErrandState::Uncertain);
    world.check();
}

#[test]
fn an_answer_to_an_old_permit_changes_nothing() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    world.next_timer();
    let old = world.clone();
    world.refuse_to_send(NotSentReason::PermitExpired);
    world.next_timer();
    let late = uncertain(old.case(case_id(1)));
    let late = world.on_track(case_id(1), |track, facts| domain::uncertain(track, &late, facts));
    assert!(late.unwrap().is_empty());
    assert!(matches!(world.state(), CaseState::Acting { .. }));
    world.check();
}

/// The mail left while it was being taken back, or somebody was wrong about it.
#[test]
fn a_message_that_left_after_all_counts_whatever_was_said_before() {
    for (paid, reason) in [(true, NotSentReason::Withdrawn), (false, NotSentReason::PermitExpired)]
    {
        let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
        world.next_timer();
        if paid {
            only::<Withdraw>(&world.pay(claim_id(1), euros(120)));
        }
        let mut in_order = world.clone();
        let late = dispatched(world.case(case_id(1)), world.now);
        let unsent = not_sent(world.case(case_id(1)), reason.clone());
        world.refuse_to_send(reason);
        let dispatch = |states, facts: &Facts| domain::dispatched(states, &late, facts);
        world.on_both(case_id(1), None, dispatch).unwrap();
        world.check();
        assert!(world.person.contacts[&late.permit_id].made, "it was a contact");
        let sent =
            TimelineEvent::MessageSent { step: REMINDER.to_owned(), channel: Some(Channel::Email) };
        let news = world.track(case_id(1)).news;
        assert_eq!(news.iter().filter(|entry| entry.what == sent).count(), 1);
        if paid {
            assert_eq!(world.state(), CaseState::Closed { reason: CloseReason::Paid });
        } else {
            assert_eq!(world.hold().0, HoldReason::StepsUsedUp, "it is not sent again");
        }
        in_order.on_both(case_id(1), None, dispatch).unwrap();
        in_order
            .on_both(case_id(1), None, |states, facts| domain::not_sent(states, &unsent, facts))
            .unwrap();
        assert_eq!(in_order.case(case_id(1)), world.case(case_id(1)), "in whatever order");
        assert_eq!(in_order.person, world.person);
    }
}

#[test]
fn a_timer_that_goes_off_too_early_is_set_again() {
    let early = |world: &World, name: &'static str| {
        let mut world = world.clone();
        let (timers, state) = (world.timers.clone(), world.state());
        world.go_off(case_id(1), name);
        assert_eq!(world.state(), state);
        assert_eq!(world.timers, timers);
    };
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    early(&world, NEXT_STEP);
    world.next_timer();
    world.dispatch();
    early(&world, REVIEW);
}

// ---- the gate ----

#[test]
fn a_collector_may_not_write_first_to_a_belgian_consumer() {
    let collecting = Agreement { capacity: Capacity::Collector, ..agreement() };
    let mut world = World::agreed(at("2026-11-01T12:00:00Z"), collecting);
    world.open(&CaseOpened { country: Country::BE, ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    let (_, messages) = world.next_timer();
    let refused: PermitRefused = only(&messages);
    assert_eq!((refused.step.as_str(), refused.again_at), (NOTICE, None));
    assert!(refused.rule_ids.contains(&"be.formal-notice-first".to_owned()));
    assert_eq!(world.planned().0, REMINDER, "a refused notice is left out");
    let (_, messages) = world.next_timer();
    assert_eq!(only::<CaseHeld>(&messages).reason, HoldReason::GateRefused);
}

/// WER art. XIX.7 to XIX.9: the creditor reminds; then the agency sends its formal notice under its
/// own name, and waits fourteen days from the third working day.
#[test]
fn a_belgian_consumer_is_reminded_by_the_creditor_and_given_notice_by_the_collector() {
    let write = |key: &str, message, days| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::AfterPrevious { days },
    };
    let mut handed_over = agreement();
    handed_over.steps.push(write("formal-notice", MessageKind::FormalNotice, 14));
    handed_over.steps.push(write("demand", MessageKind::Demand, 1));
    handed_over.collector_from = Some("formal-notice".to_owned());
    let in_turn = |country| {
        let mut world = World::agreed(at("2026-11-21T12:00:00Z"), handed_over.clone());
        world.open(&CaseOpened { country, ..opened(case_id(1)) }).unwrap();
        world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
        let mut taken = Vec::new();
        while let Some(CaseState::Planned { step, .. }) = world.case(case_id(1)).state() {
            let (_, messages) = world.next_timer();
            let granted = messages.iter().find_map(Outgoing::read::<PermitGranted>);
            let Some(granted) = granted else { continue };
            taken.push((step, granted.permit.capacity, world.now));
            world.dispatch();
        }
        taken
    };
    let (creditors, own) = (Capacity::AgencyForCreditor, Capacity::Collector);
    let step = |key: &str, capacity, moment: &str| (key.to_owned(), capacity, at(moment));
    assert_eq!(
        in_turn(Country::BE),
        [
            step(REMINDER, creditors, "2026-11-23T08:00:00Z"),
            // The reminder's fourteen days end on 7 December.
            step("formal-notice", own, "2026-12-08T08:00:00Z"),
            // The third working day is the 11th; day 14 is Christmas, so the Monday after counts.
            step("demand", own, "2026-12-29T08:00:00Z"),
        ]
    );
    // A Dutch consumer has no such notice; without a 14-day letter the demand never comes.
    assert_eq!(in_turn(Country::NL), [step(REMINDER, creditors, "2026-11-23T08:00:00Z")]);
}

/// A reminder and a call in the creditor's name, then a formal notice and another call in our own.
fn handed_over() -> Agreement {
    let write = |key: &str, message, days| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email, Channel::Post] },
        moment: StepMoment::AfterPrevious { days },
    };
    let call = |key: &str| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Call { attempts_max: 1 },
        moment: StepMoment::AfterPrevious { days: 1 },
    };
    Agreement {
        steps: vec![
            write(REMINDER, MessageKind::FreeFirstReminder, 1),
            call("call"),
            write("formal-notice", MessageKind::FormalNotice, 1),
            write("demand", MessageKind::Demand, 1),
        ],
        collector_from: Some("formal-notice".to_owned()),
        thanks_by: vec![Channel::Email],
        ..agreement()
    }
}

/// In whose name each act was until nothing is planned any more; all of them are done.
fn taken(world: &mut World) -> Vec<(String, Capacity)> {
    let mut taken = Vec::new();
    while let Some(CaseState::Planned { step, .. }) = world.case(case_id(1)).state() {
        let (_, messages) = world.next_timer();
        world.check();
        let granted = messages.iter().find_map(Outgoing::read::<PermitGranted>);
        let Some(granted) = granted else { continue };
        taken.push((step, granted.permit.capacity));
        let act = world.case(case_id(1)).act.clone().unwrap();
        for errand in &act.errands {
            if let Some(channel) = errand.channel() {
                drop(crate::calls::left(world, channel));
            } else {
                let (outcome, reason) = (CallOutcome::Reached, NonPaymentReason::NotGiven);
                let closed = contracts::telephony_task::CallClosed {
                    claim_ids: act.claim_ids.iter().copied().collect(),
                    ..crate::calls::call_closed(world, outcome, reason, None)
                };
                crate::calls::close(world, &closed);
            }
        }
    }
    taken
}

fn belgian(reachable: Vec<Channel>) -> World {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), handed_over());
    let country = Country::BE;
    world.open(&CaseOpened { country, reachable, ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    world
}

fn in_names(steps: &[(&str, Capacity)]) -> Vec<(String, Capacity)> {
    steps.iter().map(|(step, capacity)| ((*step).to_owned(), *capacity)).collect()
}

#[test]
fn who_spoke_as_a_collector_does_not_go_back_to_the_creditors_name() {
    let (creditors, own) = (Capacity::AgencyForCreditor, Capacity::Collector);
    let mut world = belgian(vec![Channel::Email]);
    let until_now = taken(&mut world);
    let ours = [(REMINDER, creditors), ("formal-notice", own), ("demand", own)];
    assert_eq!(until_now, in_names(&ours));
    // A person begins anew, a number came late, and money is thanked for.
    let from = |step: &str| crate::world::decided(CaseDecision::FromStep { step: step.to_owned() });
    let late = ClaimRegistered {
        reachable: vec![Channel::Telephone],
        ..registered(case_id(1), claim_id(2), euros(50), day("2027-06-20"))
    };
    world.decide(&from("demand"));
    world.register(&late).unwrap();
    let claims = taken(&mut world);
    assert_eq!(claims[0], ("call".to_owned(), own), "{claims:?}");
    // Of the other claim nobody spoke as a collector before its own notice.
    let rest = [(REMINDER, creditors), ("call", creditors)];
    let others: Vec<_> = claims.iter().filter(|it| it.1 == creditors).cloned().collect();
    assert_eq!(others, in_names(&rest), "{claims:?}");
    for claim in [1, 2] {
        world.pay(claim_id(claim), euros(120));
    }
    let (_, messages) = world.next_timer();
    assert_eq!(only::<PermitGranted>(&messages).permit.capacity, own);
}

#[test]
fn a_notice_that_was_refused_makes_nobody_a_collector() {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), handed_over());
    world.open(&opened(case_id(1))).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    let creditors = Capacity::AgencyForCreditor;
    assert_eq!(taken(&mut world), in_names(&[(REMINDER, creditors)]));
    assert!(world.case(case_id(1)).claims[&claim_id(1)].passed.contains_key("formal-notice"));
    world.pay(claim_id(1), euros(120));
    let (_, messages) = world.next_timer();
    assert_eq!(only::<PermitGranted>(&messages).permit.capacity, creditors);
}

/// The law takes the notice that counts of each claim, on whichever channel it went.
#[test]
fn each_claim_has_its_own_formal_notice() {
    let with = |claims: &[&[(Channel, &str)]]| {
        let mut world = belgian(vec![Channel::Email, Channel::Post]);
        for number in 2..=claims.len() {
            let number = u128::try_from(number).unwrap();
            let claim = registered(case_id(1), claim_id(number), euros(50), day(DUE));
            world.register(&claim).unwrap();
        }
        let case = world.tracks.get_mut(&case_id(1)).unwrap().case.as_mut().unwrap();
        for (claim, notices) in case.claims.values_mut().zip(claims) {
            for step in [REMINDER, "call", "formal-notice"] {
                claim.passed.insert(step.to_owned(), Some(day("2026-12-08")));
            }
            let sent = |message, channel, day: &str| law::Notice {
                message,
                channel,
                sent_on: crate::world::day(day),
            };
            let reminder = MessageKind::FreeFirstReminder;
            claim.notices.push(sent(reminder, Channel::Email, "2026-11-23"));
            let told = notices.iter();
            claim.notices.extend(told.map(|it| sent(MessageKind::FormalNotice, it.0, it.1)));
        }
        world.now = at("2026-12-09T12:00:00Z");
        world.pay(claim_id(1), euros(1));
        let begun = world.planned().1;
        let (_, messages) = world.next_timer();
        let permit = only::<PermitGranted>(&messages).permit;
        assert_eq!(permit.claim_ids.len(), claims.len());
        assert!(begun <= world.now);
        world.now
    };
    let after = at("2026-12-29T08:00:00Z");
    assert_eq!(with(&[&[(Channel::Email, "2026-12-08")]]), after);
    // An earlier one that came too early counts for nothing.
    let second = [(Channel::Email, "2026-11-30"), (Channel::Email, "2026-12-08")];
    assert_eq!(with(&[&second]), after);
    // Two claims of which notice was given on different ways.
    let both = with(&[&[(Channel::Email, "2026-12-08")], &[(Channel::Post, "2026-12-08")]]);
    assert_eq!(both, after);
}

#[test]
fn a_debtor_whose_law_we_do_not_know_is_left_to_a_person() {
    let mut world = World::agreed(at("2026-11-01T12:00:00Z"), agreement());
    world.open(&CaseOpened { country: Country::DE, ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    assert_eq!(world.hold(), (HoldReason::GateRefused, day("2026-12-01")));
}

#[test]
fn the_permit_says_how_old_the_knowledge_of_payments_may_be() {
    let strict = Agreement { payments_known_within_days: Some(2), ..agreement() };
    let mut world = World::agreed(at("2026-11-25T12:00:00Z"), strict);
    world.open(&opened(case_id(1))).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    let (_, messages) = world.next_timer();
    assert_eq!(only::<Send>(&messages).permit.payments_known_within_days, Some(2));
    world.refuse_to_send(NotSentReason::PaymentsNotKnown);
    let news = &world.track(case_id(1)).news;
    let unsent = TimelineEvent::MessageNotSent {
        channel: Some(Channel::Email),
        step: REMINDER.to_owned(),
        reason: NotSentReason::PaymentsNotKnown,
    };
    assert!(news.iter().any(|entry| entry.what == unsent), "{news:?}");
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-26T08:00:00Z")));
    let (_, messages) = world.next_timer();
    assert_eq!(only::<Send>(&messages).permit.payments_known_within_days, Some(2));
}

// ---- order ----

#[test]
fn what_was_not_heard_of_yet_is_waited_for() {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement());
    let claim = registered(case_id(1), claim_id(1), euros(120), day(DUE));
    assert!(matches!(world.register(&claim), Err(Fault::Early(_))));
    let newer = CaseOpened { agreement_version: 2, ..opened(case_id(1)) };
    assert!(matches!(world.open(&newer), Err(Fault::Early(_))));
    world.open(&opened(case_id(1))).unwrap();
    let message = paid(case_id(1), claim_id(1), euros(1));
    let early = world.on_track(case_id(1), |track, facts| domain::pay(track, &message, facts));
    assert!(matches!(early, Err(Fault::Early(_))));
}

#[test]
fn an_agreement_does_not_change_under_its_version() {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement());
    let agreed = |agreement| AgreementAgreed { creditor_id: creditor_id(), agreement };
    let again = domain::agree(world.creditor.clone(), &agreed(agreement())).unwrap();
    assert_eq!(again.state, world.creditor);
    let other = Agreement { review_after_days: 7, ..agreement() };
    assert!(matches!(domain::agree(world.creditor.clone(), &agreed(other)), Err(Fault::Bug(_))));
    world.open(&opened(case_id(1))).unwrap();
}

#[test]
fn the_same_cause_gives_the_same_ids() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    let mut again = world.clone();
    let (_, first) = world.next_timer();
    let (_, second) = again.next_timer();
    assert_eq!(only::<Send>(&first), only::<Send>(&second));
}

#[test]
fn the_timeline_tells_what_happened_in_order() {
    let mut world = World::with_claim(at("2026-11-25T12:00:00Z"), day(DUE));
    world.next_timer();
    world.dispatch();
    world.pay(claim_id(1), euros(120));
    let news: Vec<TimelineEvent> =
        world.track(case_id(1)).news.into_iter().map(|entry| entry.what).collect();
    let [
        TimelineEvent::CaseOpened,
        TimelineEvent::ClaimRegistered { .. },
        TimelineEvent::StepPlanned { .. },
        TimelineEvent::PermitGranted { .. },
        TimelineEvent::MessageSent { .. },
        TimelineEvent::Held { .. },
        TimelineEvent::PaymentReceived { .. },
        TimelineEvent::Closed { .. },
    ] = &news[..]
    else {
        panic!("{news:?}")
    };
}

#[test]
fn every_position_is_explained() {
    let mut world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    let explained = |world: &World| {
        let told = world.explained();
        let sentences = [told.why, told.next, told.would_stop];
        assert!(sentences.iter().all(|some| !some.is_empty()));
        let all = sentences.concat();
        assert!(all.iter().all(|sentence| sentence.ends_with('.')), "{all:?}");
        all
    };
    let all = explained(&world);
    assert_eq!(
        all[0],
        "Step notice of agreement 1: a friendly notice in advance by email, 5 days before the due \
         date."
    );
    assert!(all[1].ends_with("€120.00 of €120.00 is open; it was to be paid by 20 November 2026."));
    assert_eq!(
        all[2],
        "Next: notice (a friendly notice in advance by email), at 16 November 2026."
    );
    world.next_timer();
    explained(&world);
    world.doubt();
    explained(&world);
    world.pay(claim_id(1), euros(120));
    explained(&world);
}

// ---- properties ----

/// A message about a case, with claims as small numbers.
#[derive(Clone, Debug)]
enum Told {
    Agreed,
    Opened,
    /// Claim, amount, and days from 1 November 2026 to its due date.
    Registered(u8, i64, i16),
    Paid(u8, i64),
    Credited(u8, i64),
    Withdrawn(u8),
    Settled(u8),
    /// The so-manieth word on whether a payment may be for the case.
    Money(u8, u64),
    Left,
    NotSent(NotSentReason),
    Doubtful,
}

impl World {
    /// Takes a message in. Answers are about the act that `asked` has under way; without one there
    /// is no answer.
    fn take(&mut self, case: CaseId, told: &Told, asked: Option<&Case>) -> Result<(), Fault> {
        let claim = |number: &u8| claim_id(case.as_uuid().as_u128() * 100 + u128::from(*number));
        let acting = asked.filter(|case| case.act.is_some());
        match told {
            Told::Agreed => {
                let agreed = AgreementAgreed { creditor_id: creditor_id(), agreement: agreement() };
                self.creditor = domain::agree(self.creditor.clone(), &agreed)?.state;
            }
            Told::Opened => self.open(&opened(case))?,
            Told::Registered(number, amount, days) => {
                let due_on = day("2026-11-01") + i32::from(*days).days();
                self.register(&registered(case, claim(number), euros(*amount), due_on))?;
            }
            Told::Paid(number, amount) => {
                let message = paid(case, claim(number), euros(*amount));
                self.on_track(case, |track, facts| domain::pay(track, &message, facts))?;
            }
            Told::Credited(number, amount) => {
                let message = credited(case, claim(number), euros(*amount));
                self.on_track(case, |track, facts| domain::credit(track, &message, facts))?;
            }
            Told::Withdrawn(number) => {
                let message = withdrawn(case, claim(number));
                self.on_track(case, |track, facts| domain::withdraw(track, &message, facts))?;
            }
            Told::Settled(number) => {
                let message = settled(case, claim(number), SettledBy::Payment);
                self.on_track(case, |track, facts| domain::settle_claim(track, &message, facts))?;
            }
            Told::Money(payment, version) => {
                self.hear_of_money(case, *payment, *version)?;
            }
            Told::Left | Told::NotSent(_) | Told::Doubtful => {
                if let Some(acting) = acting {
                    self.take_answer(acting, told)?;
                }
            }
        }
        Ok(())
    }

    fn take_answer(&mut self, acting: &Case, told: &Told) -> Result<(), Fault> {
        let case = acting.case_id;
        if let Told::NotSent(reason) = told {
            let message = not_sent(acting, reason.clone());
            self.on_both(case, None, |states, facts| domain::not_sent(states, &message, facts))?;
        } else if let Told::Left = told {
            // The letter service keeps to the permit's time.
            let last = acting.act.as_ref().unwrap().not_after - SignedDuration::from_secs(1);
            let message = dispatched(acting, self.now.min(last));
            self.on_both(case, None, |states, facts| domain::dispatched(states, &message, facts))?;
        } else {
            let message = uncertain(acting);
            self.on_track(case, |track, facts| domain::uncertain(track, &message, facts))?;
        }
        Ok(())
    }

    /// Somebody puts a reason down; what was known before stays.
    fn say(&mut self, case: CaseId, reason: NonPaymentReason, ago: u8, shown: bool) {
        let before = self.case(case).reasons.clone();
        let request = recorded(reason);
        let evidence = request.evidence.filter(|_| shown);
        let said_on = Some(Pack::NL.local_date(self.now) - i32::from(ago).days());
        let (_, answer) =
            self.record(&RecordReason { case_id: case, said_on, evidence, ..request });
        let after = &self.case(case).reasons;
        let added = usize::from(matches!(answer, RecordReasonAnswer::Recorded { .. }));
        assert!(added == 1 || !shown, "{answer:?}");
        assert_eq!(after.len(), before.len() + added);
        assert!(before.iter().all(|(id, was)| after.get(id) == Some(was)), "a reason is lost");
    }

    /// Somebody decides on a case, where it is held.
    fn rule(&mut self, case: CaseId, what: u8, shown: bool) {
        let decision = match what % 4 {
            0 => CaseDecision::ReviewOn {
                review_on: Pack::NL.local_date(self.now) + i32::from(what).days(),
            },
            1 => CaseDecision::FromStep { step: NOTICE.to_owned() },
            2 => CaseDecision::FromStep { step: REMINDER.to_owned() },
            _ => CaseDecision::GoOn,
        };
        let before = self.case(case).reasons.len();
        let request = decided(decision);
        let evidence = request.evidence.filter(|_| shown);
        self.decide(&DecideCase { case_id: case, evidence, ..request });
        assert_eq!(self.case(case).reasons.len(), before);
    }

    /// Takes all messages in; those that are early wait, as the mailbox lets them wait.
    fn take_all(mut self, told: &[Told]) -> (Option<Case>, Person) {
        let case = case_id(1);
        let asked = self.track(case).case;
        let mut waiting: Vec<&Told> = told.iter().collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|one| match self.take(case, one, asked.as_ref()) {
                Ok(()) => false,
                Err(Fault::Early(_)) => true,
                Err(fault) => panic!("{fault}"),
            });
            assert!(waiting.len() < before, "{waiting:?} wait for ever");
        }
        self.check();
        (self.track(case).case, self.person)
    }

    /// Lets go off what is due until then, and checks everything each time.
    pub(crate) fn run_timers(&mut self, until: Timestamp) {
        for _ in 0..400 {
            let next = self.first_timer().map_or(until, |(_, due_at)| due_at.min(until));
            self.spread(next);
            match self.first_timer() {
                Some((_, due_at)) if due_at <= until => {
                    self.next_timer();
                    self.check();
                }
                Some(_) | None => return,
            }
        }
        panic!("the timers never come to rest: {:?}", self.timers);
    }
}

fn money_move() -> impl Strategy<Value = Told> {
    prop_oneof![
        2 => (1..=3u8, 1..120i64).prop_map(|(claim, amount)| Told::Paid(claim, amount)),
        1 => (1..=3u8, 1..120i64).prop_map(|(claim, amount)| Told::Credited(claim, amount)),
        1 => (1..=3u8).prop_map(Told::Withdrawn),
        1 => (1..=3u8).prop_map(Told::Settled),
        2 => (1..=2u8, 1..9u64).prop_map(|(payment, version)| Told::Money(payment, version)),
    ]
}

fn answer() -> impl Strategy<Value = Told> {
    let reasons = [
        NotSentReason::Withdrawn,
        NotSentReason::PermitExpired,
        NotSentReason::NothingOwed,
        NotSentReason::PaymentsNotKnown,
        NotSentReason::AddressRefused,
        NotSentReason::NoAddress,
        NotSentReason::TextNotLawful,
        NotSentReason::DataMissing,
        NotSentReason::NoText,
    ];
    prop_oneof![
        4 => Just(Told::Left),
        2 => prop::sample::select(reasons.to_vec()).prop_map(Told::NotSent),
        1 => Just(Told::Doubtful),
    ]
}

/// What may happen to two cases of one person.
#[derive(Clone, Debug)]
enum Happening {
    Told(u8, Told),
    /// Time goes on by so many hours, and timers go off as they come due.
    Pass(u16),
    /// The scheduler stands still for so many hours, and then catches up.
    StandStill(u16),
    /// A hold of a scope, from so many days on, for so many days; whether a person decides then.
    Place(u8, i8, u8, bool),
    /// One of the holds is lifted.
    Lift(u8),
    /// A reason is put down for a case, as was said so many days ago; whether with a document.
    Reason(u8, NonPaymentReason, u8, bool),
    /// A person decides on a case: to go on, to look again in so many days, or to begin at a step.
    Decide(u8, u8, bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    let claim = (1..=3u8, 1..200i64, -60..400i16)
        .prop_map(|(claim, amount, days)| Told::Registered(claim, amount, days));
    let told = prop_oneof![3 => claim, 3 => money_move(), 6 => answer()];
    prop_oneof![
        12 => (1..=2u8, told).prop_map(|(case, told)| Happening::Told(case, told)),
        6 => (1..400u16).prop_map(Happening::Pass),
        1 => (1..1000u16).prop_map(Happening::StandStill),
        2 => (0..5u8, -20..20i8, 1..40u8, any::<bool>()).prop_map(
            |(scope, from, days, decides)| Happening::Place(scope, from, days, decides)
        ),
        2 => any::<u8>().prop_map(Happening::Lift),
        3 => (1..=2u8, prop::sample::select(NonPaymentReason::ALL), 0..9u8, any::<bool>())
            .prop_map(|(case, reason, ago, shown)| Happening::Reason(case, reason, ago, shown)),
        3 => (1..=2u8, any::<u8>(), any::<bool>())
            .prop_map(|(case, what, shown)| Happening::Decide(case, what, shown)),
    ]
}

/// Some messages with some between, in the order of their writing and in another one.
fn two_orders(first: Vec<Told>, last: Vec<Told>) -> impl Strategy<Value = (Vec<Told>, Vec<Told>)> {
    let all = prop::collection::vec(money_move(), 0..8)
        .prop_map(move |moves| [first.clone(), moves, last.clone()].concat());
    all.prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

proptest! {
    /// Never let go, the gate, the budget, told on change only: whatever happens, in any order.
    #[test]
    fn the_invariants_hold_whatever_happens(
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let mut world = World::agreed(at("2026-10-01T12:00:00Z"), agreement());
        world.open(&opened(case_id(1))).unwrap();
        world.open(&opened(case_id(2))).unwrap();
        for happening in happenings {
            match happening {
                Happening::Told(case, told) => {
                    let case = case_id(u128::from(case));
                    let asked = world.track(case).case;
                    let taken = world.take(case, &told, asked.as_ref());
                    prop_assert!(matches!(taken, Ok(()) | Err(Fault::Early(_))), "{:?}", taken);
                }
                Happening::Pass(hours) => {
                    let until = world.now + SignedDuration::from_hours(i64::from(hours));
                    world.run_timers(until);
                    world.now = until;
                }
                Happening::StandStill(hours) => {
                    world.now += SignedDuration::from_hours(i64::from(hours));
                    world.run_timers(world.now);
                }
                Happening::Place(scope, from, days, decides) => {
                    world.place_one(scope, from, days, decides);
                }
                Happening::Lift(which) => world.lift_one(which),
                Happening::Reason(case, reason, ago, shown) => {
                    world.say(case_id(u128::from(case)), reason, ago, shown);
                }
                Happening::Decide(case, what, shown) => {
                    world.rule(case_id(u128::from(case)), what, shown);
                }
            }
            world.check();
        }
    }

    /// Whatever a step is answered with, it is not tried for ever without anybody looking.
    #[test]
    fn nothing_is_tried_for_ever_without_an_owner(
        reasons in prop::collection::vec(
            prop::sample::select(vec![
                NotSentReason::PermitExpired,
                NotSentReason::NothingOwed,
                NotSentReason::PaymentsNotKnown,
            ]),
            40,
        ),
    ) {
        let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
        let mut since_anybody_looked = 0;
        for reason in reasons {
            while !matches!(world.state(), CaseState::Acting { .. }) {
                if matches!(world.state(), CaseState::Held { .. }) {
                    since_anybody_looked = 0;
                }
                world.next_timer();
                world.check();
            }
            since_anybody_looked += 1;
            prop_assert!(since_anybody_looked <= 3);
            world.refuse_to_send(reason);
            world.check();
        }
    }

    /// From the first message on, any order ends in the same state.
    #[test]
    fn messages_commute(
        (first, second) in two_orders(
            vec![
                Told::Agreed,
                Told::Opened,
                Told::Registered(1, 100, 1),
                Told::Registered(2, 60, 2),
                Told::Registered(3, 40, 3),
            ],
            Vec::new(),
        ),
    ) {
        let mut world = World::agreed(at("2026-11-10T12:00:00Z"), agreement());
        world.creditor = Creditor::default();
        prop_assert_eq!(world.clone().take_all(&first), world.take_all(&second));
    }

    /// The answers about an act commute with the money and the claims that come between.
    #[test]
    fn answers_commute(
        (first, second) in two_orders(
            vec![Told::Registered(2, 60, 2), Told::Registered(3, 40, 3), Told::Doubtful],
            vec![Told::Left],
        ),
    ) {
        let mut world = World::agreed(at("2026-11-10T12:00:00Z"), agreement());
        for told in [Told::Opened, Told::Registered(1, 100, 1)] {
            world.take(case_id(1), &told, None).unwrap();
        }
        world.next_timer();
        prop_assert!(world.case(case_id(1)).act.is_some());
        prop_assert_eq!(world.clone().take_all(&first), world.take_all(&second));
    }
}
