//! Refunds that the bank sends back: the money is what it was before the approval, whenever and
//! however the bank tells of it, and no cent is lost.

use crate::bank::{CLIENT, Entry, Report, file, period, reported, statement};
use crate::refunds::{Desk, PAYER, paid};
use crate::world::{
    CREDITORS, Known, case_id, charged_facts, charged_world, credited, day, euro, read, registered,
    schedule,
};
use contracts::payment_reconciliation::{
    ImportStatementAnswer, PaymentUnmatched, RefundPaid, RefundReturned, ReleasePaymentAnswer,
    TakeRefundBack,
};
use payment_reconciliation::domain::desk::{take_in, weigh};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount};
use primitives::{CaseId, PaymentId, RefundId};
use proptest::prelude::*;
use uuid::Uuid;

fn end_to_end(refund_id: RefundId) -> String {
    refund_id.as_uuid().simple().to_string()
}

/// A statement of the client account.
fn bank(number: &str, on: &str, entries: &[Entry]) -> Known {
    Known::Bank(read(&file(&[statement(CLIENT, number, on, entries)])))
}

fn debit(refund_id: RefundId, minor: i64) -> Entry {
    Entry::debit(minor).end_to_end(&end_to_end(refund_id))
}

fn back(refund_id: RefundId, minor: i64) -> Entry {
    Entry::credit(minor).end_to_end(&end_to_end(refund_id)).returned_for("AC04")
}

fn in_transit(desk: &Desk, refund_id: RefundId) -> i64 {
    desk.ledger(LedgerAccount::InTransit(refund_id.into()))
}

#[test]
fn what_the_bank_sends_back_is_too_much_on_the_case_again_and_can_be_proposed_again() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let on = Some(case_id(1));
    let id = desk.sends_back(payment_id, on, None).refund_id;
    desk.bank(bank("S2", "2026-03-04", &[debit(id, 3_000)]));
    assert_eq!(desk.overpaid(), []);
    // Another amount is not it: a person looks at it.
    desk.bank(bank("S3", "2026-03-05", &[back(id, 2_999)]));
    assert_eq!(desk.world.told::<RefundReturned>(), []);
    assert_eq!(desk.world.told::<PaymentUnmatched>().last().unwrap().amount, euro(2_999));

    desk.bank(bank("S4", "2026-03-06", &[back(id, 3_000)]));
    let told = desk.world.told::<RefundReturned>();
    let [returned] = &told[..] else { panic!("{told:?}") };
    assert_eq!((returned.refund_id, returned.payment_id, returned.case_id), (id, payment_id, on));
    assert_eq!((returned.amount, returned.returned_on), (euro(3_000), day("2026-03-06")));
    assert_eq!(returned.reason_code.as_deref(), Some("AC04"));
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    assert_eq!((in_transit(&desk, id), desk.open()), (0, vec![euro(0)]));
    assert_eq!(desk.ledger(LedgerAccount::Bank(Holder::Agency)), 8_000 + 2_999);
    let own = &desk.world.payments[&returned.returned_by];
    assert_eq!(own.left().unwrap(), Some(euro(0)), "nothing of it is left to anybody");

    // A second return of it is nobody's.
    desk.bank(bank("S5", "2026-03-07", &[back(id, 3_000)]));
    assert_eq!(desk.world.told::<RefundReturned>().len(), 1);

    let again = desk.sends_back(payment_id, on, None);
    assert_ne!(again.refund_id, id);
    assert_eq!((again.amount, desk.overpaid()), (euro(3_000), Vec::new()));
}

#[test]
fn what_comes_back_of_money_for_nobody_is_for_nobody_again() {
    let (mut desk, payment_id) = paid(5_000, 8_000, false);
    let left = |desk: &Desk| desk.world.payments[&payment_id].left().unwrap().unwrap();
    let first = desk.sends_back(payment_id, None, Some(3_000)).refund_id;
    let second = desk.sends_back(payment_id, None, None).refund_id;
    // Where the bank writes it in words only, it is known too; its reason is no code then.
    let words = format!("/RTRN//EREF/{}/REMI/rekening opgeheven", end_to_end(second));
    let entry = Entry::credit(5_000).line(&words).coded("RRTN");
    desk.bank(bank("S2", "2026-03-04", &[debit(first, 3_000), debit(second, 5_000), entry]));
    assert_eq!((left(&desk), desk.world.told::<RefundPaid>().len()), (euro(5_000), 2));
    let told = desk.world.told::<RefundReturned>();
    assert_eq!((told.len(), told[0].case_id, &told[0].reason_code), (1, None, &None));
    assert_eq!(desk.world.told::<PaymentUnmatched>().last().unwrap().payment_id, payment_id);
    desk.bank(bank("S3", "2026-03-05", &[back(first, 3_000)]));
    assert_eq!(left(&desk), euro(8_000));
    assert_eq!(desk.ledger(LedgerAccount::Unmatched(Holder::Agency)), -8_000);
}

/// As a file may say it, and as two files may that are handed over in any order.
#[test]
fn it_may_come_back_before_it_is_told_as_paid() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    desk.bank(bank("S3", "2026-03-05", &[back(id, 3_000)]));
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    assert_eq!(in_transit(&desk, id), -3_000, "the bank has not told that it paid it");
    desk.bank(bank("S2", "2026-03-04", &[debit(id, 3_000)]));
    assert_eq!((in_transit(&desk, id), desk.world.told::<RefundPaid>().len()), (0, 1));
    assert_eq!(desk.ledger(LedgerAccount::Bank(Holder::Agency)), 8_000);
}

/// The bank takes its debit back and makes it again: the payer has the money, and nothing may go
/// out twice.
#[test]
fn a_booking_that_the_bank_makes_again_brings_nothing_back() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    desk.bank(bank("S2", "2026-03-04", &[debit(id, 3_000)]));
    let taken_back = Entry::credit(3_000).end_to_end(&end_to_end(id)).reversed();
    desk.bank(bank("S3", "2026-03-05", &[taken_back, debit(id, 3_000)]));
    assert_eq!((desk.overpaid(), desk.world.told::<RefundReturned>().len()), (Vec::new(), 0));
    assert_eq!(desk.world.told::<PaymentUnmatched>().last().unwrap().amount, euro(3_000));
}

/// A report of the day says it first, and only the statement counts.
#[test]
fn a_report_leaves_it_to_the_statement() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    let entries = [debit(id, 3_000), back(id, 3_000)];
    for (number, kind) in [Report::OfTheAccount, Report::OfEntries].into_iter().enumerate() {
        let report = reported(kind, CLIENT, &format!("E{number}"), "2026-03-05", &entries);
        desk.bank(Known::Bank(read(&report)));
    }
    assert_eq!((desk.overpaid(), in_transit(&desk, id)), (Vec::new(), -3_000));
    desk.bank(bank("S2", "2026-03-05", &entries));
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    assert_eq!((in_transit(&desk, id), desk.world.told::<RefundReturned>().len()), (0, 1));
}

/// The file tells of a day that another one told of, so that a person has to take it in.
#[test]
fn it_comes_back_by_a_file_that_a_person_takes_in() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    desk.bank(bank("S2", "2026-03-05", &[debit(id, 3_000)]));
    let other = file(&[statement(CLIENT, "S9", "2026-03-05", &[back(id, 3_000)])]);
    let other = read(&other);
    desk.bank(Known::Bank(other.clone()));
    let answer = desk.world.answers.last().unwrap();
    assert!(matches!(answer, ImportStatementAnswer::Quarantined { .. }), "{answer:?}");
    assert_eq!(desk.overpaid(), []);

    let facts = desk.world.asked_by(1);
    let today = day("2026-03-10");
    let bookings = weigh(&desk.world.desk, other.statements(), &[], today).unwrap();
    let taken = take_in(desk.world.desk.clone(), bookings, (Uuid::nil(), &[]), &facts).unwrap();
    desk.world.keep_desk(taken);
    desk.hears();
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    assert_eq!(in_transit(&desk, id), 0);
}

/// What a creditor's own account tells is never ours.
#[test]
fn only_the_accounts_for_client_money_bring_it_back() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    let own = statement(CREDITORS, "C1", "2026-03-05", &[back(id, 3_000)]);
    desk.bank(Known::Bank(read(&file(&[own]))));
    let plain = Entry::credit(3_000).end_to_end(&end_to_end(id));
    desk.bank(bank("S2", "2026-03-05", &[plain]));
    assert_eq!(desk.world.told::<TakeRefundBack>(), []);
    assert_eq!(in_transit(&desk, id), -3_000);
}

#[test]
fn what_became_owed_meanwhile_is_paid_by_it() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let id = desk.sends_back(payment_id, Some(case_id(1)), None).refund_id;
    desk.world.after(Known::Registered(registered(12, 1_000, "2026-03-01")));
    assert_eq!(desk.open(), [euro(1_000)]);
    desk.bank(bank("S2", "2026-03-04", &[debit(id, 3_000), back(id, 3_000)]));
    assert_eq!(desk.open(), [euro(0)]);
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 2_000)]);
}

#[test]
fn what_was_taken_off_its_case_meanwhile_comes_back_to_no_case() {
    let (mut desk, payment_id) = paid(2_000, 8_000, false);
    let on = case_id(1);
    desk.assign_part(payment_id, on, 5_000);
    desk.world.after(Known::Credited(credited(11, 500)));
    let [(part, _, 3_500)] = desk.overpaid()[..] else { panic!("{:?}", desk.overpaid()) };
    let id = desk.sends_back(part, Some(on), Some(3_000)).refund_id;
    let amount = euro(2_000);
    assert_eq!(desk.release(part, on), ReleasePaymentAnswer::Released { amount });
    desk.bank(bank("S2", "2026-03-04", &[debit(id, 3_000), back(id, 3_000)]));
    let told = desk.world.told::<RefundReturned>();
    assert_eq!((told[0].payment_id, told[0].case_id), (part, None));
    let whole = &desk.world.payments[&payment_id];
    assert_eq!((whole.left().unwrap(), desk.overpaid()), (Some(euro(8_000)), Vec::new()));
}

/// How the bank tells of one refund.
#[derive(Clone, Copy, Debug)]
enum Telling {
    /// In one statement, the payment first or last.
    Together { backwards: bool },
    /// In two, the payment first or last.
    Apart { backwards: bool },
    /// It comes back, and nobody told yet that it was paid.
    ReturnOnly,
    /// It does not come back.
    PaidOnly,
}

fn telling() -> impl Strategy<Value = Telling> {
    prop_oneof![
        any::<bool>().prop_map(|backwards| Telling::Together { backwards }),
        any::<bool>().prop_map(|backwards| Telling::Apart { backwards }),
        Just(Telling::ReturnOnly),
        Just(Telling::PaidOnly),
    ]
}

/// The statements that tell it, in the order in which they are handed over.
fn told_as(telling: Telling, id: RefundId, minor: i64) -> Vec<Vec<Entry>> {
    let (out, back) = (debit(id, minor), back(id, minor));
    match telling {
        Telling::Together { backwards: false } => vec![vec![out, back]],
        Telling::Together { backwards: true } => vec![vec![back, out]],
        Telling::Apart { backwards: false } => vec![vec![out], vec![back]],
        Telling::Apart { backwards: true } => vec![vec![back], vec![out]],
        Telling::ReturnOnly => vec![vec![back]],
        Telling::PaidOnly => vec![vec![out]],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever became known, and however the bank tells of them: with the refunds that came back
    /// it is as if they had never been approved, and every cent is somewhere.
    #[test]
    fn what_came_back_is_as_if_it_had_never_gone(
        facts in charged_facts(), picks in schedule(), share in 1_i64..=100,
        tellings in proptest::collection::vec(telling(), 8),
    ) {
        let mut world = charged_world(&facts, &picks);
        for payment in world.payments.values_mut().filter(|it| !it.is_reported()) {
            payment.paid_from = Some(PAYER.to_owned());
        }
        let mut desk = Desk::of(world);
        let received = bank_money(&desk);
        let parts = |desk: &Desk| [11, 12, 21, 22].map(|claim| desk.world.parts(claim));
        let (open, owed, before) = (desk.open(), parts(&desk), desk.overpaid());
        let mut sent: Vec<(RefundId, i64, PaymentId, CaseId)> = Vec::new();
        for (payment_id, on, minor) in desk.overpaid() {
            if !desk.world.payments[&payment_id].is_reported() {
                let amount = (minor * share / 100).max(1);
                let refund = desk.sends_back(payment_id, Some(on), Some(amount));
                sent.push((refund.refund_id, amount, payment_id, on));
            }
        }
        let (mut gone, mut unpaid, mut number) = (0, 0, 0);
        let mut expected = before.clone();
        for ((id, amount, payment_id, on), telling) in sent.iter().zip(tellings.iter().cycle()) {
            for entries in told_as(*telling, *id, *amount) {
                number += 1;
                // Long before all else, so that no day is told twice.
                let on = format!("2025-06-{number:02}");
                let entries: Vec<(&str, Entry)> =
                    entries.into_iter().map(|entry| (on.as_str(), entry)).collect();
                let whole = period(1_000, CLIENT, &format!("R{number}"), (&on, &on), &entries);
                desk.bank(Known::Bank(read(&file(&[whole]))));
            }
            match telling {
                Telling::PaidOnly => {
                    gone += amount;
                    for it in &mut expected {
                        if (it.0, it.1) == (*payment_id, *on) {
                            it.2 -= amount;
                        }
                    }
                }
                Telling::ReturnOnly => {
                    unpaid += amount;
                    prop_assert_eq!(in_transit(&desk, *id), -amount);
                }
                Telling::Together { .. } | Telling::Apart { .. } => {}
            }
        }
        expected.retain(|it| it.2 != 0);
        prop_assert_eq!(desk.open(), open);
        prop_assert_eq!(parts(&desk), owed);
        prop_assert_eq!(desk.overpaid(), expected);
        prop_assert_eq!(bank_money(&desk), received - gone + unpaid);
        // All of it can go back again.
        for (payment_id, on, _) in desk.overpaid() {
            if !desk.world.payments[&payment_id].is_reported() {
                desk.sends_back(payment_id, Some(on), None);
            }
        }
        let mut left = desk.overpaid().into_iter();
        prop_assert!(left.all(|(id, _, _)| desk.world.payments[&id].is_reported()));
    }
}

fn bank_money(desk: &Desk) -> i64 {
    desk.ledger(LedgerAccount::Bank(Holder::Agency))
}
