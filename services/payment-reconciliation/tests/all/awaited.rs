//! While it is open whether money is for a case, the case is told to wait, once; and once that is
//! decided, it is told so.

use std::collections::BTreeMap;

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    AssignPayment, AssignPaymentAnswer, DismissProposals, DismissProposalsAnswer, JudgePayment,
    MoneyAwaited, MoneyCleared,
};
use jiff::SignedDuration;
use payment_reconciliation::domain::judging::AWAITED_DAYS;
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{CaseId, PaymentId};
use proptest::prelude::*;

use crate::assignments::two_cases;
use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{self, Office, imported};
use crate::world::{Known, World, case_id, claim_id, euro, read};

/// What the cases were told, in order: that they wait for a payment, or need not any more.
fn told(world: &World) -> BTreeMap<(PaymentId, CaseId), Vec<bool>> {
    let mut told: BTreeMap<(PaymentId, CaseId), Vec<bool>> = BTreeMap::new();
    for message in &world.told {
        if let Some(it) = message.read::<MoneyAwaited>() {
            told.entry((it.payment_id, it.case_id)).or_default().push(true);
        }
        if let Some(it) = message.read::<MoneyCleared>() {
            told.entry((it.payment_id, it.case_id)).or_default().push(false);
        }
    }
    told
}

/// Two cases of one debtor with a claim each, and what a payment says.
fn paid(minor: i64, name: &str, line: &str) -> (World, PaymentId) {
    let mut world = World::new();
    world.judges = true;
    for known in two_cases(&[(11, 5_000), (21, 4_000)]) {
        world.after(known);
    }
    let entry = Entry::credit(minor).line(line).named(name);
    world.after(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]))));
    let payment_id = world.payments.keys().next().copied().unwrap();
    (world, payment_id)
}

#[test]
fn a_name_and_the_amount_hold_the_case_and_a_name_alone_holds_nobody() {
    let (world, payment_id) = paid(4_000, "Piet Jansen", "dank u wel");
    assert_eq!(told(&world), BTreeMap::from([((payment_id, case_id(2)), vec![true])]));
    let awaited = world.told::<MoneyAwaited>().remove(0);
    let days = SignedDuration::from_hours(24 * i64::from(AWAITED_DAYS));
    assert_eq!(awaited.until, awaited.since + days);

    let (world, _) = paid(1_234, "Piet Jansen", "dank u wel");
    assert_eq!(told(&world), BTreeMap::new());
    let (world, _) = paid(4_000, "Iemand Anders", "dank u wel");
    assert_eq!(told(&world), BTreeMap::new());
}

#[test]
fn what_is_judged_again_is_told_once_and_a_decision_ends_it() {
    let (mut world, payment_id) = paid(4_000, "Piet Jansen", "dank u wel");
    world.now += SignedDuration::from_hours(24);
    world.after(Known::Judge(JudgePayment { payment_id }));
    let key = (payment_id, case_id(2));
    assert_eq!(told(&world)[&key], [true]);
    // Assigned elsewhere: the other case need not wait.
    world.assign(case_id(1), payment_id, &[claim_id(11)], None);
    assert_eq!(told(&world), BTreeMap::from([(key, vec![true, false])]));
    // Taken off again it is a person's, and holds nobody.
    world.release(case_id(1), payment_id);
    world.after(Known::Judge(JudgePayment { payment_id }));
    assert_eq!(told(&world)[&key], [true, false]);
}

#[test]
fn what_a_person_booked_in_part_is_not_booked_by_a_machine() {
    let (mut world, payment_id) = paid(4_000, "Piet Jansen", "dank u wel");
    world.assign(case_id(1), payment_id, &[claim_id(11)], Some(euro(1)));
    assert_eq!(told(&world)[&(payment_id, case_id(2))], [true, false]);
    world.after(Known::Judge(JudgePayment { payment_id }));
    assert_eq!(world.payments[&payment_id].left(), Ok(Some(euro(3_999))));
    assert_eq!(told(&world)[&(payment_id, case_id(2))], [true, false]);
}

/// A likeness that goes and comes holds a case no longer than the first time would have.
#[test]
fn no_case_waits_longer_than_once() {
    let (mut world, payment_id) = paid(4_000, "Piet Jansen", "dank u wel");
    let key = (payment_id, case_id(2));
    let until = world.told::<MoneyAwaited>()[0].until;
    for (moment, expected) in [
        (until - SignedDuration::from_hours(1), vec![true, false, true]),
        (until, vec![true, false, true, false]),
    ] {
        world.now = moment;
        world.judges = false;
        world.after(Known::Judge(JudgePayment { payment_id }));
        world.judges = true;
        world.after(Known::Judge(JudgePayment { payment_id }));
        assert_eq!(told(&world)[&key], expected);
    }
    assert!(world.told::<MoneyAwaited>().iter().all(|it| it.until == until));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever payers write, and in whatever order things become known: each case is told in turn
    /// that it waits and that it need not, and once everything was decided, none waits.
    #[test]
    fn who_waits_is_told_in_turn_and_nobody_waits_in_vain(
        payments in prop::collection::vec(
            (prop_oneof![Just(5_000_i64), Just(4_000), 1..9_000_i64], 0..3_usize, 0..3_usize),
            1..5,
        ),
        picks in prop::collection::vec(0_usize..64, 1..32),
        again in any::<bool>(),
    ) {
        let names = ["Piet Jansen", "P. Jansen", "Iemand Anders"];
        let lines = ["factuur 20260021", "dank u wel", "voor 20260099"];
        let entries: Vec<Entry> = payments
            .iter()
            .map(|(minor, name, line)| Entry::credit(*minor).line(lines[*line]).named(names[*name]))
            .collect();
        let mut world = World::new();
        world.judges = true;
        for known in two_cases(&[(11, 5_000), (21, 4_000)]) {
            world.comes(known);
        }
        world.comes(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &entries)]))));
        world.settle(&picks);
        let ids: Vec<PaymentId> = world.payments.keys().copied().collect();
        for payment_id in ids.iter().filter(|_| again) {
            world.after(Known::Judge(JudgePayment { payment_id: *payment_id }));
        }
        for (payment_id, awaited) in &world.awaited {
            let waits = awaited.values().any(|it| !it.is_cleared);
            prop_assert_eq!(world.payments[payment_id].is_awaited, waits);
        }
        for payment_id in ids {
            if world.payments[&payment_id].left().unwrap().unwrap().is_positive() {
                world.assign(case_id(1), payment_id, &[claim_id(11)], None);
            }
        }
        for heard in told(&world).values() {
            let expected: Vec<bool> = (0..heard.len()).map(|place| place % 2 == 0).collect();
            prop_assert_eq!(heard, &expected);
            prop_assert_eq!(heard.len() % 2, 0, "somebody waits in vain");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_wait_for_money_that_a_person_has_to_place() {
    let mut office = Office::furnish(&[]).await;
    let config = PaymentReconciliationConfig { money_awaited_days: 3, ..Office::config() };
    office.residents.push(Box::pin(office.house.start::<PaymentReconciliation>(config)).await);
    office.hire().await;
    for (case, minor) in [(1, 10_000), (2, 4_000), (3, 2_500)] {
        office.register_paid_to(PayTo::Agency, case, minor).await;
    }
    let entries = [
        Entry::credit(2_500).line("tot ziens").named("Smit C"),
        Entry::credit(4_000).line("dank u").named("B. Bakker"),
        Entry::credit(777).line("geen idee").named("Iemand Anders"),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 3);
    office.assert_sound().await;
    let mut awaited = office.told::<MoneyAwaited>().await;
    awaited.sort_by_key(|it| it.case_id);
    let cases: Vec<CaseId> = awaited.iter().map(|it| it.case_id).collect();
    assert_eq!(cases, [office::case_id(2), office::case_id(3)]);
    let days = SignedDuration::from_hours(72);
    assert!(awaited.iter().all(|it| it.until == it.since + days), "{awaited:?}");

    let list = office.unmatched().await;
    let of = |minor| list.payments.iter().find(|it| it.amount == euro(minor)).unwrap();
    assert_eq!(of(2_500).awaited_on[0].case_id, office::case_id(3));
    assert_eq!((of(4_000).awaited_on.len(), of(777).awaited_on.len()), (1, 0));

    // Looked for again, nothing is told twice.
    office.search_by("2026-03-11T04:00:00Z").await;
    office.assert_sound().await;
    assert_eq!(office.told::<MoneyAwaited>().await.len(), 2);

    let booked = AssignPayment {
        payment_id: of(2_500).payment_id,
        claim_ids: vec![office::claim_id(3)],
        amount: None,
    };
    let answer = office.staff(1).change(&booked, "book").await.unwrap();
    assert!(matches!(answer, AssignPaymentAnswer::Assigned { .. }), "{answer:?}");
    let refused = DismissProposals { payment_id: of(4_000).payment_id };
    let answer = office.staff(1).change(&refused, "refuse").await.unwrap();
    assert_eq!(answer, DismissProposalsAnswer::Dismissed);
    office.assert_sound().await;
    let mut cleared: Vec<CaseId> =
        office.told::<MoneyCleared>().await.iter().map(|it| it.case_id).collect();
    cleared.sort();
    assert_eq!(cleared, [office::case_id(2), office::case_id(3)]);
    assert!(office.unmatched().await.payments.iter().all(|it| it.awaited_on.is_empty()));
    office.close().await;
}
