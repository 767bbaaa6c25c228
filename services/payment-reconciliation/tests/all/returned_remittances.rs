//! Remittances that the bank sends back: the money is the creditor's again, and once it is paid
//! again the creditor's account is as if it had been paid once.

use std::collections::BTreeMap;

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, ImportStatementAnswer, PaymentUnmatched,
    ProposeRemittance, ProposeRemittanceAnswer, RemittancePaid, RemittanceRefusal,
    RemittanceReturned, RemittanceState, ReturnedRemittance,
};
use payment_reconciliation::domain::ledger::{LedgerAccount, LedgerTransaction, Transfer};
use primitives::RemittanceId;
use proptest::prelude::*;
use uuid::Uuid;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{self, Office, imported};
use crate::world::{
    Known, World, charged_facts, charged_world, collected_sixty, creditor_id, day, euro, paid_on,
    proposed, read, registered, schedule,
};

fn bank(number: &str, on: &str, entries: &[Entry]) -> Known {
    Known::Bank(read(&file(&[statement(CLIENT, number, on, entries)])))
}

fn debit(id: RemittanceId, minor: i64) -> Entry {
    Entry::debit(minor).end_to_end(&Transfer::from(id).end_to_end_id())
}

fn back(id: RemittanceId, minor: i64) -> Entry {
    Entry::credit(minor).end_to_end(&Transfer::from(id).end_to_end_id()).returned_for("AC04")
}

/// What is booked on each account, as far as anything is.
fn balances(world: &World) -> BTreeMap<LedgerAccount, i64> {
    let mut balances: BTreeMap<LedgerAccount, i64> = BTreeMap::new();
    for posting in world.booked.iter().flat_map(LedgerTransaction::postings) {
        *balances.entry(posting.account).or_default() += posting.amount.amount_minor();
    }
    balances.retain(|_, minor| *minor != 0);
    balances
}

fn owed(world: &World) -> i64 {
    -balances(world).get(&LedgerAccount::OwedToCreditor(creditor_id())).copied().unwrap_or(0)
}

/// A remittance of 17.58, approved.
fn approved() -> (World, RemittanceId) {
    let mut world = collected_sixty();
    let id = proposed(world.propose(1)).remittance_id;
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::Approved(_)));
    world.now = "2026-04-10T08:00:00Z".parse().unwrap();
    (world, id)
}

#[test]
fn what_comes_back_is_owed_again_and_goes_along_once_somebody_looked_at_the_account() {
    let (mut world, id) = approved();
    world.after(bank("S7", "2026-04-01", &[debit(id, 1_758)]));
    assert_eq!(owed(&world), 0);
    world.after(bank("S8", "2026-04-02", &[back(id, 1_757)]));
    assert_eq!(world.told::<RemittanceReturned>(), [], "another amount is not it");
    assert_eq!(world.told::<PaymentUnmatched>().last().unwrap().amount, euro(1_757));
    world.after(bank("S9", "2026-04-03", &[back(id, 1_758)]));
    let told = world.told::<RemittanceReturned>();
    assert_eq!((told.len(), told[0].remittance_id, told[0].amount), (1, id, euro(1_758)));
    assert_eq!(told[0].reason_code.as_deref(), Some("AC04"));
    assert_eq!(owed(&world), 1_758);
    let listed = world.remittances[&id].told();
    assert_eq!(listed.state, RemittanceState::Paid { paid_on: day("2026-04-01") });
    let returned = |paid_again_by| {
        let reason_code = Some("AC04".to_owned());
        Some(ReturnedRemittance { returned_on: day("2026-04-03"), reason_code, paid_again_by })
    };
    assert_eq!(listed.returned, returned(None));

    // Nothing pays it again by itself, nor what never came back.
    world.pays_out();
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);
    let other = RemittanceId::from_uuid(Uuid::from_u128(9));
    let reason = RemittanceRefusal::NotReturned { remittance_id: other };
    let refused = ProposeRemittanceAnswer::Refused { reason };
    assert_eq!(world.propose_again(1, &[other]), refused);
    let again = proposed(world.propose_again(1, &[id]));
    assert_eq!((again.amount, again.collected, again.lines.len()), (euro(1_758), euro(0), 0));
    assert_eq!((again.commission, again.carried.len()), (euro(0), 1));
    assert_eq!(world.propose(2), ProposeRemittanceAnswer::Waiting(again.clone()));
    let second = again.remittance_id;
    assert!(matches!(world.approve(second, 2), ApproveRemittanceAnswer::Approved(_)));
    assert_eq!((owed(&world), world.remittances[&id].told().returned), (0, returned(Some(second))));
    let reason = RemittanceRefusal::NotReturned { remittance_id: id };
    let refused = ProposeRemittanceAnswer::Refused { reason };
    assert_eq!(world.propose_again(1, &[id]), refused, "it is paid again already");
    world.after(bank("S10", "2026-04-07", &[debit(second, 1_758)]));
    assert_eq!(world.told::<RemittancePaid>().len(), 2);
    assert!(!balances(&world).keys().any(|it| matches!(it, LedgerAccount::InTransit(_))));
}

/// As two files may say it that are handed over in any order.
#[test]
fn it_may_come_back_before_it_is_told_as_paid_and_comes_back_once() {
    let (mut world, id) = approved();
    world.after(bank("S9", "2026-04-03", &[back(id, 1_758)]));
    assert_eq!((owed(&world), world.told::<RemittanceReturned>().len()), (1_758, 1));
    let transit = LedgerAccount::InTransit(id.into());
    assert_eq!(balances(&world).get(&transit), Some(&-1_758), "the bank has not told of it");
    world.after(bank("S8", "2026-04-02", &[debit(id, 1_758)]));
    assert_eq!((owed(&world), balances(&world).get(&transit)), (1_758, None));
    world.after(bank("S10", "2026-04-07", &[back(id, 1_758)]));
    assert_eq!((owed(&world), world.told::<RemittanceReturned>().len()), (1_758, 1));
}

/// What was collected meanwhile goes with it, and only that is charged for.
#[test]
fn it_goes_with_what_was_collected_since() {
    let (mut world, id) = approved();
    world.after(bank("S8", "2026-04-02", &[debit(id, 1_758), back(id, 1_758)]));
    world.after(Known::Registered(registered(12, 5_000, "2026-03-01")));
    world.after(Known::Bank(paid_on("2026-04-08", 3, CLIENT, 5_000, &[12])));
    let alone = proposed(world.propose(1));
    let both = proposed(world.propose_again(1, &[id]));
    assert_ne!(alone.remittance_id, both.remittance_id, "the one that waited is void");
    assert_eq!(both.commission, alone.commission);
    assert_eq!(both.amount, alone.amount.checked_add(euro(1_758)).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// After a return and a new remittance every account is as if the creditor had been paid once.
    #[test]
    fn after_a_return_the_creditor_has_been_paid_once(
        facts in charged_facts(), picks in schedule(), before in any::<bool>(),
    ) {
        let mut world = charged_world(&facts, &picks);
        let ProposeRemittanceAnswer::Proposed(first) = world.propose(1) else { return Ok(()) };
        world.approve(first.remittance_id, 2);
        let (id, minor) = (first.remittance_id, first.amount.amount_minor());
        let mut once = world.clone();
        once.after(bank("X1", "2026-06-02", &[debit(id, minor)]));
        let told = [
            bank("X1", "2026-06-02", &[debit(id, minor)]),
            bank("X2", "2026-06-03", &[back(id, minor)]),
        ];
        let told: Vec<Known> =
            if before { told.into_iter().rev().collect() } else { told.into() };
        for known in told {
            world.after(known);
            world.assert_sound();
        }
        let again = proposed(world.propose_again(1, &[id]));
        prop_assert_eq!(again.amount, first.amount);
        world.approve(again.remittance_id, 2);
        world.after(bank("X3", "2026-06-04", &[debit(again.remittance_id, minor)]));
        world.assert_sound();
        prop_assert_eq!(balances(&world), balances(&once));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remittance_that_the_bank_sends_back_is_paid_again() {
    let office = Box::pin(Office::open(1)).await;
    office.hire().await;
    office.register_paid_to(PayTo::Agency, 1, 10_000).await;
    let pays = Entry::credit(10_000).line(office::reference(1).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[pays])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    office.assert_sound().await;
    let first = office.remit("first").await;
    let (id, minor) = (first.remittance_id, first.amount.amount_minor());

    // The return is read before the statement that tells of the payment.
    let later = file(&[statement(CLIENT, "S3", "2026-03-08", &[back(id, minor)])]);
    assert_eq!(imported(&office.import(&later, "back").await), 1);
    office.assert_sound().await;
    assert_eq!(office.told::<RemittanceReturned>().await[0].amount, first.amount);
    let sooner = file(&[statement(CLIENT, "S2", "2026-03-07", &[debit(id, minor)])]);
    let answer = office.import(&sooner, "debit").await;
    assert!(matches!(answer, Ok(ImportStatementAnswer::Imported { .. })), "{answer:?}");
    office.assert_sound().await;

    let ask = ProposeRemittance { creditor_id: office::creditor_id(), again: vec![id] };
    let answer = office.staff(1).change(&ask, "again").await.unwrap();
    let ProposeRemittanceAnswer::Proposed(again) = answer else { panic!("{answer:?}") };
    assert_eq!((again.amount, again.carried.len()), (first.amount, 1));
    let ask = ApproveRemittance { remittance_id: again.remittance_id };
    let answer = office.staff(2).change(&ask, "approve again").await.unwrap();
    assert!(matches!(answer, ApproveRemittanceAnswer::Approved(_)), "{answer:?}");
    office.assert_sound().await;
    let all = office.remittances().await;
    let of = |id| all.iter().find(|it| it.remittance_id == id).unwrap();
    let paid_again_by = of(id).returned.as_ref().and_then(|it| it.paid_again_by);
    assert_eq!(paid_again_by, Some(again.remittance_id));
    let files = runtime::files::FileStore::open(office.house.folder()).unwrap();
    let table = files.get(of(again.remittance_id).specification.unwrap()).await.unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("kwam terug van uw bank, opnieuw betaald"), "{table}");
    office.close().await;
}
