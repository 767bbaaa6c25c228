//! The messages that asked for more than was owed on the day they left are named, once it is known,
//! and named again where they were right after all.

use std::collections::BTreeMap;

use crate::bank::CLIENT;
use crate::world::{
    self, Known, World, case_id, charged_facts, charged_world, claim_id, credited, day, dispatched,
    euro, paid_on, reported, retracted, schedule,
};
use contracts::intake::ClaimCredited;
use contracts::letter::Dispatched;
use contracts::payment_reconciliation::{CorrectionCause, LettersCorrected};
use jiff::ToSpan;
use primitives::{Country, DebtorKind, LetterId, MessageKind, Money};
use proptest::prelude::*;

/// A letter of a day that asks an amount of claim 11.
fn asking(message: MessageKind, on: &str, minor: i64) -> Known {
    Known::Dispatched(Dispatched { asked: euro(minor), ..dispatched(message, on, &[11]) })
}

/// What was told of letters: what each asked, what was owed, and why it is told.
fn told(world: &World) -> Vec<(i64, i64, CorrectionCause)> {
    let told = world.told::<LettersCorrected>().into_iter();
    told.flat_map(|LettersCorrected { letters, cause, .. }| {
        letters.into_iter().map(move |letter| {
            (letter.asked.amount_minor(), letter.owed.amount_minor(), cause.clone())
        })
    })
    .collect()
}

#[test]
fn a_payment_of_before_the_letter_names_it_and_its_retraction_takes_that_back() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    world.until("2026-03-10");
    world.after(asking(MessageKind::FourteenDayLetter, "2026-03-06", 12_100));
    assert_eq!(told(&world), []);
    let report = reported(11, 2_100, "2026-03-05");
    let cause = CorrectionCause::Payment { payment_id: report.payment_id };
    world.after(Known::Reported(report.clone()));
    assert_eq!(told(&world), [(12_100, 10_000, cause.clone())]);
    // What was paid on the day itself or later crossed the letter.
    world.after(Known::Reported(reported(11, 300, "2026-03-07")));
    assert_eq!(told(&world).len(), 1);
    world.after(Known::Retracted(retracted(&report)));
    assert_eq!(told(&world)[1..], [(12_100, 12_100, cause)]);
}

/// What was credited after a letter was still owed when it left; the costs on it never were.
#[test]
fn a_credit_note_names_the_letters_that_asked_costs_on_what_it_credits() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    world.after(asking(MessageKind::FourteenDayLetter, "2026-03-06", 100_000));
    world.knows_until("2026-03-25").until("2026-03-26");
    // Costs of 15 %, and 25 days of 4 %.
    world.after(asking(MessageKind::Demand, "2026-03-26", 115_274));
    assert_eq!(told(&world), []);
    world.until("2026-03-31").after(Known::Credited(ClaimCredited {
        credited_on: day("2026-03-30"),
        ..credited(11, 60_000)
    }));
    assert_eq!(told(&world), [(115_274, 106_110, CorrectionCause::CreditNote)]);
}

/// What is credited later sets money free that was heard of late; the letter stays wrong.
#[test]
fn a_later_credit_note_makes_no_wrong_letter_right() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_000, "2026-03-01");
    world.until("2026-03-03");
    world.after(Known::Bank(paid_on("2026-03-02", 1, CLIENT, 10_000, &[11])));
    world.until("2026-03-06").after(asking(MessageKind::FreeFirstReminder, "2026-03-06", 2_000));
    assert_eq!(told(&world), []);
    world.until("2026-03-09");
    world.after(Known::Bank(paid_on("2026-03-04", 2, CLIENT, 1_000, &[11])));
    let amounts = |world: &World| -> Vec<(i64, i64)> {
        told(world).into_iter().map(|(asked, owed, _)| (asked, owed)).collect()
    };
    assert_eq!(amounts(&world), [(2_000, 1_000)]);
    world.until("2026-03-12").after(Known::Credited(ClaimCredited {
        credited_on: day("2026-03-11"),
        ..credited(11, 2_000)
    }));
    assert_eq!(amounts(&world), [(2_000, 1_000)], "1 000 were owed on the day all the same");
}

/// Its debtor had paid before it was heard of.
#[test]
fn a_letter_that_is_heard_of_after_the_payment_is_named_at_once() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    world.until("2026-03-10");
    world.after(Known::Bank(paid_on("2026-03-04", 1, CLIENT, 12_100, &[11])));
    world.after(asking(MessageKind::FreeFirstReminder, "2026-03-06", 12_100));
    assert_eq!(told(&world), [(12_100, 0, CorrectionCause::Message)]);
}

/// Of such a letter no amount was kept.
#[test]
fn a_letter_of_an_earlier_release_is_judged_by_what_was_booked_when_it_left() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    world.until("2026-03-06");
    world.after(asking(MessageKind::FourteenDayLetter, "2026-03-06", 1));
    let account = world.cases.get_mut(&case_id(1)).unwrap().account.as_mut().unwrap();
    account.notices.values_mut().for_each(|notice| notice.asked = None);
    world.until("2026-03-10");
    world.after(Known::Bank(paid_on("2026-03-09", 1, CLIENT, 1_000, &[11])));
    assert_eq!(told(&world), [], "that came later");
    world.after(Known::Reported(reported(11, 2_100, "2026-03-05")));
    assert_eq!(told(&world)[0].0, 12_100);
    assert_eq!(told(&world)[0].1, 10_000);
}

/// What each letter asked too much, by what was told last of it.
fn named(world: &World) -> BTreeMap<LetterId, Money> {
    let mut named = BTreeMap::new();
    for letter in world.told::<LettersCorrected>().into_iter().flat_map(|it| it.letters) {
        named.insert(letter.letter_id, letter.asked.checked_sub(letter.owed).unwrap());
    }
    named.retain(|_, excess: &mut Money| excess.is_positive());
    named
}

/// Letters that ask something of what may be owed: all of it, too much, or a part.
fn with_amounts(mut facts: Vec<Known>) -> Vec<Known> {
    for fact in &mut facts {
        if let Known::Dispatched(it) = fact {
            let share = i64::try_from(it.letter_id.as_uuid().as_u128() % 97).unwrap();
            it.asked = euro(share * 1_000);
        }
    }
    facts
}

/// What happens on a day, in the order of a day: money comes in, a letter leaves, a claim is given
/// up.
type Happens = (Option<i64>, Option<MessageKind>, bool);

fn happens() -> impl Strategy<Value = Happens> {
    let letter = prop_oneof![
        Just(MessageKind::FreeFirstReminder),
        Just(MessageKind::FourteenDayLetter),
        Just(MessageKind::Demand),
    ];
    (prop::option::of(1_i64..30_000), prop::option::of(letter), prop::bool::weighted(0.05))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_order_names_the_same_letters(
        facts in charged_facts(), one in schedule(), other in schedule(),
    ) {
        let facts = with_amounts(facts);
        let (one, other) = (charged_world(&facts, &one), charged_world(&facts, &other));
        prop_assert_eq!(named(&one), named(&other));
    }

    /// Everything is heard of on its day, and each letter asks what is owed then.
    #[test]
    fn without_late_news_no_letter_is_named(
        days in prop::collection::btree_map(1_i32..90, happens(), 1..12),
        is_consumer in any::<bool>(),
    ) {
        let kind = if is_consumer { DebtorKind::Consumer } else { DebtorKind::LegalPerson };
        let mut world = World::of_debtor(Country::NL, kind, 60_000, "2026-03-01");
        for (number, (days, (paid, letter, is_withdrawn))) in (0..).zip(days) {
            let today = day("2026-03-01") + days.days();
            world.knows_until(&today.yesterday().unwrap().to_string()).until(&today.to_string());
            if let Some(minor) = paid {
                let file = paid_on(&today.to_string(), number, CLIENT, minor, &[11]);
                world.after(Known::Bank(file));
            }
            if let Some(message) = letter {
                let asked = world.position(1).open.amount_minor();
                world.after(asking(message, &today.to_string(), asked));
            }
            if is_withdrawn {
                let withdrawn_at = world.now;
                world.after(Known::Withdrawn(contracts::intake::ClaimWithdrawn {
                    withdrawn_at,
                    claim_id: claim_id(11),
                    ..world::withdrawn(11)
                }));
            }
        }
        prop_assert_eq!(told(&world), []);
    }
}
