//! Which claims a payment pays, and where money stands that pays none.

use crate::bank::{CLIENT, Entry, file, statement};
use crate::world::{
    CREDITORS, Known, NOW, World, agreed, claim_id, credited, day, euro, opened, paid, paid_for,
    read, reference, registered, withdrawn,
};
use contracts::intake::{ClaimWithdrawn, CreditorAccount};
use contracts::payment_reconciliation::{
    ClaimSettled, PaymentAllocated, PaymentUnmatched, PositionLineKind, SettledBy,
};
use payment_reconciliation::domain::account_statement::{BankFile, Owners};
use primitives::{CreditorId, Currency, Money};
use uuid::Uuid;

/// Our mails ask for it: one sum, and a reference with each invoice.
#[test]
fn one_transfer_for_several_claims_of_a_case_pays_them_oldest_first() {
    let claims = [(11, 5_000, "2026-03-01"), (12, 3_000, "2026-02-20"), (13, 2_000, "2026-02-01")];
    let mut world = World::with_claims(&claims);
    world.after(Known::Bank(paid_for(9, CLIENT, 7_000, &[11, 12])));
    let open = [11, 12, 13].map(|claim| world.open(claim));
    assert_eq!(open, [euro(1_000), euro(0), euro(2_000)], "what was named comes first");
    assert_eq!(world.told::<PaymentUnmatched>(), []);
    // It does not matter which is known first.
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut late = World::new();
        let mut facts: Vec<Known> = claims[..2]
            .iter()
            .map(|(claim, minor, due_on)| Known::Registered(registered(*claim, *minor, due_on)))
            .collect();
        facts
            .extend([Known::Opened(opened(1)), Known::Bank(paid_for(9, CLIENT, 7_000, &[11, 12]))]);
        late.after(Known::Agreed(agreed()));
        for place in order {
            late.after(facts[place].clone());
        }
        assert_eq!([late.open(11), late.open(12)], [euro(1_000), euro(0)], "{order:?}");
    }
}

#[test]
fn one_transfer_for_several_cases_is_left_to_a_person() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Opened(opened(2)));
    world.after(Known::Registered(registered(21, 3_000, "2026-03-01")));
    world.after(Known::Bank(paid_for(9, CLIENT, 8_000, &[11, 21])));
    assert_eq!((world.open(11), world.open(21)), (euro(5_000), euro(3_000)));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
}

/// The bank says so by its transaction code, and nothing else does.
#[test]
fn money_that_comes_back_never_pays_a_claim() {
    for code in ["RRTN", "RPCR", "UPDD"] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        let entry = Entry::credit(5_000).structured(reference(11).canonical()).coded(code);
        let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
        world.after(Known::Bank(read(&xml)));
        assert_eq!(world.open(11), euro(5_000), "{code}");
        assert_eq!(world.told::<PaymentUnmatched>().len(), 1, "{code}: it is listed");
    }
}

#[test]
fn a_payment_pays_the_claim_that_it_names_and_the_rest_pays_another() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-02-20")]);
    world.after(Known::Bank(paid(1, CLIENT, 7_000, 11)));
    let told: Vec<_> = world
        .told::<PaymentAllocated>()
        .into_iter()
        .map(|it| (it.claim_id, it.amount, it.claim_open, it.case_open, it.received_on))
        .collect();
    let received_on = day("2026-03-02");
    assert_eq!(
        told,
        [
            (claim_id(11), euro(5_000), euro(0), euro(1_000), received_on),
            (claim_id(12), euro(2_000), euro(1_000), euro(1_000), received_on),
        ]
    );
    let settled = world.told::<ClaimSettled>();
    assert_eq!((settled.len(), settled[0].claim_id), (1, claim_id(11)));
    assert_eq!((settled[0].by.clone(), settled[0].case_open), (SettledBy::Payment, euro(1_000)));
    assert!(world.told::<PaymentUnmatched>().is_empty());
}

#[test]
fn a_payment_waits_for_its_claim_and_is_told_as_unmatched_meanwhile() {
    let mut world = World::new();
    world.after(Known::Bank(paid(1, CLIENT, 2_000, 11)));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
    world.after(Known::Opened(opened(1))).after(Known::Agreed(agreed()));
    world.after(Known::Registered(registered(11, 5_000, "2026-03-01")));
    assert_eq!(world.open(11), euro(3_000));
    assert!(world.payments.values().all(|it| it.allocated));
}

#[test]
fn what_is_paid_too_much_is_told_and_pays_the_next_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Bank(paid(1, CLIENT, 7_000, 11)));
    let unmatched = world.told::<PaymentUnmatched>();
    assert_eq!((unmatched.len(), unmatched[0].amount), (1, euro(2_000)));
    world.after(Known::Registered(registered(12, 3_000, "2026-04-01")));
    assert_eq!(world.open(12), euro(1_000));
    let allocated = world.told::<PaymentAllocated>();
    assert_eq!((allocated.len(), allocated[1].amount), (2, euro(2_000)));
    assert_eq!(allocated[1].received_on, day("2026-03-02"), "the day of the payment");
}

#[test]
fn a_credit_note_after_payment_frees_money_for_the_other_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-04-01")]);
    world.after(Known::Bank(paid(1, CLIENT, 5_000, 11)));
    world.after(Known::Credited(credited(11, 5_000)));
    assert_eq!(world.money().0, [(euro(0), euro(2_000))]);
    let by: Vec<_> =
        world.told::<ClaimSettled>().into_iter().map(|it| (it.claim_id, it.by)).collect();
    assert_eq!(by, [(claim_id(11), SettledBy::Payment), (claim_id(12), SettledBy::Payment)]);
    assert_eq!(world.told::<PaymentUnmatched>()[0].amount, euro(2_000));
}

#[test]
fn credit_note_and_withdrawal_settle_too() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-04-01")]);
    world.after(Known::Credited(credited(11, 9_000))).after(Known::Withdrawn(withdrawn(12)));
    world.after(Known::Withdrawn(withdrawn(12)));
    let by: Vec<_> = world.told::<ClaimSettled>().into_iter().map(|it| it.by).collect();
    assert_eq!(by, [SettledBy::CreditNote, SettledBy::Withdrawal]);
    let position = world.position(1);
    let kinds: Vec<_> = position.claims[1].lines.iter().map(|it| it.kind.clone()).collect();
    assert_eq!(kinds, [PositionLineKind::Principal, PositionLineKind::Withdrawal]);
}

#[test]
fn what_was_paid_before_a_withdrawal_stays_paid_and_what_comes_after_goes_back() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Withdrawn(withdrawn(11)));
    // Received on the 2nd, withdrawn on the 10th, heard of afterwards.
    world.after(Known::Bank(paid(1, CLIENT, 2_000, 11)));
    assert_eq!(world.money(), (vec![(euro(0), euro(0))], euro(0)));
    assert_eq!(world.told::<PaymentAllocated>()[0].amount, euro(2_000));
    let entry = Entry::credit(2_000).structured(reference(11).canonical());
    let later = file(&[statement(CLIENT, "S2", "2026-03-11", &[entry])]);
    world.now = "2026-03-11T18:00:00Z".parse().unwrap();
    world.after(Known::Bank(read(&later)));
    assert_eq!(world.money(), (vec![(euro(0), euro(2_000))], euro(0)));
}

/// What was given up on a day is still paid by money received until that day: so it matters when it
/// was given up, and not when we came to hear of it.
#[test]
fn a_withdrawal_that_is_heard_of_late_counts_on_its_own_day() {
    let withdrawn =
        ClaimWithdrawn { withdrawn_at: "2026-03-01T10:00:00Z".parse().unwrap(), ..withdrawn(11) };
    for late in [false, true] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        world.now = withdrawn.withdrawn_at;
        if !late {
            world.after(Known::Withdrawn(withdrawn.clone()));
        }
        world.now = NOW.parse().unwrap();
        if late {
            world.after(Known::Withdrawn(withdrawn.clone()));
        }
        // Received on 2 March, the day after: it goes back.
        world.after(Known::Bank(paid(1, CLIENT, 5_000, 11)));
        assert_eq!(world.money(), (vec![(euro(0), euro(5_000))], euro(0)), "late: {late}");
    }
}

#[test]
fn one_creditors_money_never_pays_anothers_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    let other = CreditorAccount {
        creditor_id: CreditorId::from_uuid(Uuid::from_u128(0xbad)),
        account: CREDITORS.to_owned(),
        account_since: 1,
    };
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CREDITORS, "S1", "2026-03-02", &[entry])]);
    let others = Owners::new(&[], &[other]);
    world.after(Known::Bank(BankFile::of(&bank_statements::collect(xml.as_bytes()), &others)));
    assert_eq!(world.open(11), euro(5_000));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
    assert_eq!(world.money().1, euro(5_000));
}

#[test]
fn dollars_pay_no_euros() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]).replace("EUR", "USD");
    world.after(Known::Bank(read(&xml)));
    assert_eq!(world.open(11), euro(5_000));
    assert_eq!(world.told::<PaymentUnmatched>()[0].amount, Money::new(5_000, Currency::USD));
}
