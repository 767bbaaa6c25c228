//! While money that came in may be for a case, nothing is asked there: until somebody decided about
//! it, or the time is over.

use contracts::letter::{NotSentReason, Send, Withdraw};
use contracts::scheduler::{CaseState, PermitGranted, StepPlanned};
use proptest::prelude::*;
use scheduler::domain::{self, Next};

use crate::world::*;

/// A case whose reminder is due on Monday 23 November, and money of the tenth.
fn world() -> World {
    let mut world = World::with_claim(at("2026-11-10T12:00:00Z"), day(DUE));
    world.next_timer();
    world.dispatch();
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-23T08:00:00Z")));
    world
}

#[test]
fn a_step_waits_for_the_decision_and_no_longer() {
    let mut world = world();
    // By the ninth word the case waits until 25 November at noon.
    let planned: StepPlanned = only(&world.hear_of_money(case_id(1), 1, 9).unwrap());
    assert_eq!(planned.due_at, at("2026-11-25T12:00:00Z"));
    let again = world.hear_of_money(case_id(1), 1, 9).unwrap();
    assert!(again.is_empty(), "the same word changes nothing");
    // What an earlier word said counts no more, whenever it comes.
    assert!(world.hear_of_money(case_id(1), 1, 8).unwrap().is_empty());
    let planned: StepPlanned = only(&world.hear_of_money(case_id(1), 1, 10).unwrap());
    assert_eq!(planned.due_at, at("2026-11-23T08:00:00Z"));
    world.check();
}

#[test]
fn when_the_time_is_over_the_case_goes_on() {
    let mut world = world();
    world.hear_of_money(case_id(1), 1, 9).unwrap();
    let (_, messages) = world.next_timer();
    assert_eq!(world.now, at("2026-11-25T12:00:00Z"));
    assert_eq!(read::<Send>(&messages).len(), 1);
    world.check();
}

#[test]
fn a_message_on_its_way_is_taken_back_and_comes_later() {
    let mut world = world();
    let (_, messages) = world.next_timer();
    let letter = only::<Send>(&messages).letter_id;
    let messages = world.hear_of_money(case_id(1), 1, 9).unwrap();
    assert_eq!(only::<Withdraw>(&messages).letter_id, letter);
    world.check();
    world.refuse_to_send(NotSentReason::Withdrawn);
    assert_eq!(world.planned(), (REMINDER.to_owned(), at("2026-11-25T12:00:00Z")));
    assert!(world.person.moments().len() == 1, "only the notice was a contact");
    let messages = world.hear_of_money(case_id(1), 1, 10).unwrap();
    assert_eq!(only::<StepPlanned>(&messages).due_at, at("2026-11-23T08:00:00Z"));
    let (_, messages) = world.next_timer();
    assert_eq!(read::<PermitGranted>(&messages).len(), 1);
    world.check();
}

#[test]
fn of_several_payments_the_last_one_to_be_decided_counts() {
    let mut world = world();
    world.hear_of_money(case_id(1), 1, 7).unwrap();
    world.hear_of_money(case_id(1), 2, 9).unwrap();
    assert_eq!(world.planned().1, at("2026-11-25T12:00:00Z"));
    world.hear_of_money(case_id(1), 2, 10).unwrap();
    assert_eq!(world.planned().1, at("2026-11-23T12:00:00Z"));
    world.hear_of_money(case_id(1), 1, 10).unwrap();
    assert_eq!(world.planned().1, at("2026-11-23T08:00:00Z"));
}

#[test]
fn what_is_cleared_for_good_is_awaited_no_more_in_any_order() {
    for order in [[9, 1], [1, 9]] {
        let mut world = world();
        for version in order {
            if version == 1 {
                world.hear_the_last_of_money(case_id(1), 1, version).unwrap();
            } else {
                world.hear_of_money(case_id(1), 1, version).unwrap();
            }
            world.check();
        }
        assert_eq!(world.planned().1, at("2026-11-23T08:00:00Z"), "{order:?}");
        assert!(world.case(case_id(1)).awaits_money(world.now).is_none());
        world.hear_of_money(case_id(1), 1, 11).unwrap();
        assert_eq!(world.planned().1, at("2026-11-23T08:00:00Z"), "nor later");
    }
}

#[test]
fn it_is_said_why_nothing_happens_and_what_would_end_that() {
    let mut world = world();
    world.hear_of_money(case_id(1), 1, 9).unwrap();
    let told = |world: &World| {
        let told = world.explained();
        [told.why, told.would_stop].concat()
    };
    let says = |told: &[String], word: &str| told.iter().any(|it| it.contains(word));
    let waiting = told(&world);
    assert!(says(&waiting, "may be for this case"), "{waiting:?}");
    assert!(says(&waiting, "amicable bank unmatched"), "{waiting:?}");
    world.now = at("2026-11-25T12:00:00Z");
    assert!(!says(&told(&world), "may be for this case"), "the time is over");
    world.now = at("2026-11-20T12:00:00Z");
    world.pay(claim_id(1), euros(120));
    assert!(!says(&told(&world), "may be for this case"), "nothing is asked any more");
}

proptest! {
    /// Whatever is heard of several payments in whatever order: nothing leaves before the last of
    /// them may be waited for, and then it goes on.
    #[test]
    fn nothing_leaves_while_money_may_be_for_the_case(
        words in prop::collection::vec((1..=3u8, 1..15u64), 1..12),
    ) {
        let mut world = world();
        for (payment, version) in &words {
            world.hear_of_money(case_id(1), *payment, *version).unwrap();
            world.check();
        }
        let newest = |payment: u8| {
            words.iter().filter(|(it, _)| *it == payment).map(|(_, version)| *version).max()
        };
        let waits = (1..=3u8).filter_map(newest).filter(|version| version % 2 == 1);
        let days = waits.max().map(|version| i64::try_from(version).unwrap() + 6);
        let until = days.map(|days| at(MONEY_CAME) + jiff::SignedDuration::from_hours(24 * days));
        while !matches!(world.state(), CaseState::Acting { .. }) {
            world.next_timer();
            world.check();
        }
        prop_assert!(until.is_none_or(|until| until <= world.now));
        let due = at("2026-11-23T08:00:00Z");
        let late = until.is_some_and(|until| due < until);
        prop_assert!(late || world.now == due, "it waits no longer than it has to");
        let next = domain::plan(world.case(case_id(1)), world.now);
        prop_assert!(matches!(next, Some(Next::Await)), "{:?}", next);
    }
}
