//! A creditor was wrong about a payment to itself: the account becomes what it would be without it.

use std::collections::BTreeMap;

use crate::bank::CLIENT;
use crate::world::{Known, World, euro, paid_on, proposed, registered, reported, retracted};
use contracts::payment_reconciliation::{
    ApproveRemittanceAnswer, ClaimSettled, PaymentAllocated, PaymentUnmatched,
    ProposeRemittanceAnswer,
};
use payment_reconciliation::domain::ledger::{LedgerAccount, LedgerTransaction};
use primitives::{Country, DebtorKind};

/// A Dutch consumer who owes 100.00 and is asked to pay to the agency.
fn owes_a_hundred() -> World {
    World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01")
}

/// What stands on each account of the ledger, but for those that stand at nothing.
fn balances(world: &World) -> BTreeMap<LedgerAccount, i64> {
    let mut balances = BTreeMap::new();
    for posting in world.booked.iter().flat_map(LedgerTransaction::postings) {
        *balances.entry(posting.account).or_default() += posting.amount.amount_minor();
    }
    balances.retain(|_, minor| *minor != 0);
    balances
}

#[test]
fn a_report_that_is_taken_back_opens_the_claim_again() {
    let mut world = owes_a_hundred();
    let before = balances(&world);
    let report = reported(11, 10_000, "2026-03-05");
    world.after(Known::Reported(report.clone()));
    assert_eq!((world.open(11), world.told::<ClaimSettled>().len()), (euro(0), 1));
    world.after(Known::Retracted(retracted(&report)));
    assert_eq!((world.open(11), balances(&world)), (euro(10_000), before.clone()));
    let allocated = world.told::<PaymentAllocated>();
    assert_eq!(allocated.len(), 2);
    let PaymentAllocated { payment_id, amount, principal, claim_open, case_open, .. } =
        allocated[1].clone();
    assert_eq!((payment_id, amount, principal), (report.payment_id, euro(-10_000), euro(-10_000)));
    assert_eq!((claim_open, case_open), (euro(10_000), euro(10_000)));

    // It is taken back once, and a report of it that comes again does not bring it back.
    world.after(Known::Retracted(retracted(&report)));
    world.after(Known::Reported(report));
    assert_eq!((world.open(11), balances(&world)), (euro(10_000), before));
    assert_eq!(world.told::<PaymentAllocated>().len(), 2);
    // Another payment is another one.
    world.after(Known::Reported(reported(11, 10_000, "2026-03-06")));
    assert_eq!((world.open(11), world.told::<ClaimSettled>().len()), (euro(0), 2));
}

#[test]
fn what_was_reported_too_much_goes_with_the_report() {
    let mut world = owes_a_hundred();
    let before = balances(&world);
    let report = reported(11, 15_000, "2026-03-05");
    world.after(Known::Reported(report.clone()));
    let (cases, _) = world.money();
    assert_eq!(cases, [(euro(0), euro(5_000))], "50.00 are to be paid back");
    assert_eq!(world.told::<PaymentUnmatched>()[0].amount, euro(5_000));
    world.after(Known::Retracted(retracted(&report)));
    let (cases, _) = world.money();
    assert_eq!((cases, balances(&world)), (vec![(euro(10_000), euro(0))], before));
}

#[test]
fn money_that_was_too_much_beside_the_report_pays_in_its_place() {
    let mut world = owes_a_hundred();
    world.after(Known::Registered(registered(12, 2_000, "2026-03-02")));
    let report = reported(11, 10_000, "2026-03-04");
    world.after(Known::Reported(report.clone())).until("2026-03-10");
    world.after(Known::Bank(paid_on("2026-03-05", 1, CLIENT, 11_000, &[11])));
    let (cases, _) = world.money();
    assert_eq!(cases, [(euro(0), euro(9_000))], "20.00 of it paid the other claim");
    world.after(Known::Retracted(retracted(&report)));
    assert_eq!((world.open(11), world.open(12)), (euro(0), euro(1_000)));
    let (cases, _) = world.money();
    assert_eq!(cases, [(euro(1_000), euro(0))]);
}

/// Messages overtake each other.
#[test]
fn one_that_is_heard_of_before_its_report_waits_for_it() {
    let mut world = owes_a_hundred();
    let report = reported(11, 4_000, "2026-03-05");
    world.after(Known::Retracted(retracted(&report)));
    assert_eq!(world.waiting.len(), 1);
    world.after(Known::Reported(report));
    assert_eq!((world.waiting.len(), world.open(11)), (0, euro(10_000)));
}

/// Where debtors pay to the creditor a report books nothing, and so does taking it back.
#[test]
fn where_statements_tell_of_payments_nothing_is_taken_back() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    let report = reported(11, 4_000, "2026-03-05");
    let before = balances(&world);
    world.after(Known::Retracted(retracted(&report)));
    world.after(Known::Reported(report.clone())).after(Known::Retracted(retracted(&report)));
    assert!(world.waiting.is_empty());
    assert_eq!((world.open(11), balances(&world)), (euro(5_000), before));
}

/// The agency took its commission on money that never came: the next remittance pays it back.
#[test]
fn commission_on_a_report_that_is_taken_back_is_given_back() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 30_000, "2026-03-01");
    let report = reported(11, 4_000, "2026-03-05");
    world.after(Known::Reported(report.clone())).until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-06", 1, CLIENT, 1_000, &[11])));
    let first = proposed(world.propose(1));
    assert_eq!((first.commission, first.amount), (euro(500), euro(395)));
    assert!(matches!(world.approve(first.remittance_id, 2), ApproveRemittanceAnswer::Approved(_)));
    world.after(Known::Retracted(retracted(&report)));
    let second = proposed(world.propose(1));
    let is_direct: Vec<bool> = second.lines.iter().map(|line| line.direct).collect();
    assert_eq!((is_direct, second.collected), (vec![true], euro(0)));
    assert_eq!((second.commission, second.commission_vat), (euro(-400), euro(-84)));
    assert_eq!(second.amount, euro(484));
    assert!(matches!(world.approve(second.remittance_id, 2), ApproveRemittanceAnswer::Approved(_)));
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);
    // A tenth of what did come in, and the VAT on that.
    assert_eq!(balances(&world)[&LedgerAccount::Own], -121);
}

/// One that waits for its approval holds what it was put together of.
#[test]
fn a_proposal_with_a_report_that_is_taken_back_is_void() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 30_000, "2026-03-01");
    let report = reported(11, 4_000, "2026-03-05");
    world.after(Known::Reported(report.clone())).until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-06", 1, CLIENT, 1_000, &[11])));
    let first = proposed(world.propose(1));
    world.after(Known::Retracted(retracted(&report)));
    let answer = world.approve(first.remittance_id, 2);
    assert!(matches!(answer, ApproveRemittanceAnswer::Refused { .. }), "{answer:?}");
    let second = proposed(world.propose(1));
    assert_eq!((second.commission, second.amount), (euro(100), euro(879)));
}
