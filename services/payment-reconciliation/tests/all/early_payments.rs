//! What a report tells of before the statement of its day is booked once: neither report after
//! report nor the statement books it again, and two equal payments stay two.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, Report, file, reported, statement, statement_from};
use crate::office::{self, Office, case_id, creditor_id, day, euro, reference};
use crate::world::{World, read};
use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    ImportStatementAnswer, PaymentAllocated, ProposeRemittance, ProposeRemittanceAnswer,
    ReleasePayment, ReleasePaymentAnswer, RetractPayment, RetractPaymentAnswer, RetractionRefusal,
};
use payment_reconciliation::domain::books::{EarlyPayment, Records, Statement};
use payment_reconciliation::domain::desk::{self, Booking};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount};
use primitives::{Currency, Money, PaymentId, StatementId};
use proptest::prelude::*;

const DAYS: [&str; 3] = ["2026-03-02", "2026-03-03", "2026-03-04"];
const KINDS: [Report; 2] = [Report::OfTheAccount, Report::OfEntries];

/// The desk, and what is booked: of each payment its amount, and the statement that told of it.
struct Desk {
    world: World,
    bookings: Vec<Booking>,
    payments: BTreeMap<PaymentId, (i64, Option<StatementId>)>,
}

impl Desk {
    fn new() -> Self {
        Self { world: World::new(), bookings: Vec::new(), payments: BTreeMap::new() }
    }

    fn import(&mut self, xml: &str) -> ImportStatementAnswer {
        let facts = self.world.asked_by(1);
        let (decision, answer) =
            desk::import(self.world.desk.clone(), &read(xml), &[], &facts).unwrap();
        self.world.desk = decision.state;
        for booking in self.world.desk.news.drain(..) {
            let teller = (!booking.is_early).then_some(booking.statement.statement_id);
            for movement in booking.new_movements() {
                let payment = (movement.amount.amount_minor(), teller);
                let former = self.payments.insert(movement.payment_id, payment);
                assert_eq!(former, None, "no payment is booked twice under one name");
            }
            for payment_id in booking.told_before.values().flatten() {
                let (_, told_by) = self.payments.get_mut(payment_id).unwrap();
                assert!(told_by.is_none() || *told_by == teller, "one statement tells of it");
                *told_by = teller;
            }
            self.bookings.push(booking);
        }
        answer
    }

    /// What is booked, in order; and of that, what no statement told of.
    fn amounts(&self) -> (Vec<i64>, Vec<i64>) {
        let sorted = |mut amounts: Vec<i64>| {
            amounts.sort_unstable();
            amounts
        };
        let early = self.payments.values().filter(|(_, teller)| teller.is_none());
        let early = early.map(|(minor, _)| *minor).collect();
        (sorted(self.payments.values().map(|(minor, _)| *minor).collect()), sorted(early))
    }

    fn new_count(&mut self, xml: &str) -> u32 {
        match self.import(xml) {
            ImportStatementAnswer::Imported { statements, .. } => {
                statements.iter().map(|it| it.payment_count).sum()
            }
            ImportStatementAnswer::AlreadyKnown { .. } => 0,
            other @ (ImportStatementAnswer::Quarantined { .. }
            | ImportStatementAnswer::Refused { .. }) => panic!("{other:?}"),
        }
    }

    /// What the daily proof finds.
    fn problems(&self) -> usize {
        let euros = |minor: i64| Money::new(minor, Currency::EUR);
        let moved = |it: &Booking| {
            let own =
                self.payments.values().filter(|(_, by)| *by == Some(it.statement.statement_id));
            euros(own.map(|(minor, _)| minor).sum())
        };
        let statements = self.bookings.iter().filter(|it| !it.is_early).map(|it| Statement {
            account: it.statement.account.as_str().to_owned(),
            first: it.statement.days.first,
            last: it.statement.last_day,
            opening: it.statement.days.opening,
            closing: it.statement.days.closing,
            moved: moved(it),
            is_decided: false,
        });
        let early = self.world.desk.early.iter().map(|it| EarlyPayment {
            account: it.account.clone(),
            on: it.movement.booked_on,
            amount: it.movement.amount,
        });
        let all: i64 = self.payments.values().map(|(minor, _)| *minor).sum();
        let unmatched = (LedgerAccount::Unmatched(Holder::Agency), euros(-all));
        let ledger = vec![(LedgerAccount::Bank(Holder::Agency), euros(all)), unmatched];
        let records = Records { ledger, statements: statements.collect(), early: early.collect() };
        records.prove(day("2026-03-10")).problems.len()
    }
}

/// A payment of one of few payers and amounts, so that some are equal.
fn payment() -> impl Strategy<Value = Entry> {
    (1_i64..3, 0..2_usize, any::<bool>()).prop_map(|(euros, payer, written)| {
        let entry = Entry::credit(euros * 100).named(["Anna", "Bart"][payer]);
        if written { entry.line("rent") } else { entry }
    })
}

proptest! {
    /// Reports of a day that grow, as those of an account do, and then its statement.
    #[test]
    fn a_day_is_booked_once_however_often_it_was_reported(
        days in prop::collection::vec(prop::collection::vec(payment(), 0..6), 3),
        cuts in prop::collection::vec((0..3_usize, 0..7_usize, 0..2_usize), 0..8),
    ) {
        let mut desk = Desk::new();
        let mut opening = 1_000;
        for (place, on) in DAYS.iter().enumerate() {
            let entries = &days[place];
            let mut most = 0;
            for (number, (_, cut, kind)) in
                cuts.iter().enumerate().filter(|(_, (of_day, ..))| *of_day == place)
            {
                let told = &entries[..(*cut).min(entries.len())];
                let id = format!("R{number}");
                let new = desk.new_count(&reported(KINDS[*kind], CLIENT, &id, on, told));
                let more = told.len().saturating_sub(most);
                prop_assert_eq!(usize::try_from(new).unwrap(), more);
                most = most.max(told.len());
                prop_assert_eq!(desk.problems(), 0, "the statement is still to come");
            }
            let whole = statement_from(opening, CLIENT, &format!("S{place}"), on, entries);
            desk.import(&file(&[whole]));
            opening += entries.iter().map(Entry::minor).sum::<i64>();
            let mut expected: Vec<i64> =
                days[..=place].iter().flatten().map(Entry::minor).collect();
            expected.sort_unstable();
            prop_assert_eq!(desk.amounts(), (expected, vec![]));
            prop_assert_eq!(desk.problems(), 0);
            prop_assert!(desk.world.desk.early.is_empty());
        }
    }
}

#[test]
fn only_payments_whose_payer_is_told_are_booked_early() {
    let entries = [
        Entry::credit(500).named("Anna"),
        Entry::credit(700),
        Entry::debit(120).line("costs"),
        Entry::credit(300).named("Bart").returned(),
    ];
    let mut desk = Desk::new();
    let report = reported(Report::OfTheAccount, CLIENT, "R1", DAYS[0], &entries);
    assert_eq!(desk.new_count(&report), 1);
    assert_eq!(desk.amounts(), (vec![500], vec![500]));
    desk.import(&file(&[statement(CLIENT, "S1", DAYS[0], &entries)]));
    assert_eq!(desk.amounts(), (vec![-120, 300, 500, 700], vec![]));
    assert_eq!(desk.problems(), 0);
    // What comes after the statement of its day is not booked: the statement told all.
    let late = [Entry::credit(900).named("Anna")];
    let late = reported(Report::OfTheAccount, CLIENT, "R2", DAYS[0], &late);
    assert_eq!(desk.new_count(&late), 0);
    assert_eq!(desk.amounts().0.len(), 4);
}

#[test]
fn the_statement_may_tell_it_otherwise() {
    let (anna, bart) = ("NL20INGB0001234567", "NL02ABNA0123456789");
    let written = |it: Entry| it.line("rent of march");
    let cases = [
        // Another day; less is told; a batch that the report told one by one.
        (
            vec![written(Entry::credit(500).from(anna))],
            vec![written(Entry::credit(500).from(anna))],
            DAYS[1],
        ),
        (vec![written(Entry::credit(500).from(anna))], vec![Entry::credit(500)], DAYS[0]),
        (
            vec![
                Entry::credit(500).from(anna).called("B7"),
                Entry::credit(700).from(bart).called("B7"),
            ],
            vec![Entry::credit(1_200).called("B7")],
            DAYS[0],
        ),
        // The other way round.
        (
            vec![Entry::credit(1_200).from(anna).called("B7")],
            vec![
                Entry::credit(500).named("Anna").called("B7"),
                Entry::credit(700).named("Bart").called("B7"),
            ],
            DAYS[0],
        ),
    ];
    for (early, told, on) in cases {
        let mut desk = Desk::new();
        let count = u32::try_from(early.len()).unwrap();
        let report = reported(Report::OfEntries, CLIENT, "R1", DAYS[0], &early);
        assert_eq!(desk.new_count(&report), count);
        let again = reported(Report::OfTheAccount, CLIENT, "R2", DAYS[0], &told);
        if on == DAYS[0] {
            assert_eq!(desk.new_count(&again), 0, "another report may, too: {told:?}");
        }
        desk.import(&file(&[statement(CLIENT, "S1", on, &told)]));
        assert_eq!(desk.amounts().0.len(), early.len(), "{told:?}");
        assert_eq!((desk.amounts().1, desk.problems()), (vec![], 0), "{told:?}");
    }
    // Somebody else's payment of the same amount is another one.
    let mut desk = Desk::new();
    let early = [written(Entry::credit(500).from(anna))];
    desk.import(&reported(Report::OfEntries, CLIENT, "R1", DAYS[0], &early));
    let other = statement(CLIENT, "S1", DAYS[0], &[Entry::credit(500).from(bart)]);
    let ImportStatementAnswer::Imported { problems, .. } = desk.import(&file(&[other])) else {
        panic!("it is taken in")
    };
    assert!(problems[0].reason.contains("told by a report"), "{problems:?}");
    assert_eq!(desk.amounts(), (vec![500, 500], vec![500]));
    assert_eq!(desk.problems(), 1, "the bank does not hold what the report told");
}

/// The whole way on real servers: a report pays a claim, the statement of the day confirms it, and
/// what no statement told of is taken out of the books by a person.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_pays_at_once_and_the_statement_decides() {
    let office = Box::pin(Office::open(1)).await;
    office.hire().await;
    office.register_paid_to(PayTo::Agency, 1, 10_000).await;
    office.register_paid_to(PayTo::Agency, 2, 4_000).await;
    let paid = Entry::credit(10_000).structured(reference(1).canonical()).named("Anna");
    let never = Entry::credit(4_000).structured(reference(2).canonical()).named("Bart");
    let early = [paid.clone(), never];
    let report = reported(Report::OfTheAccount, CLIENT, "R1", DAYS[0], &early);
    assert_eq!(office::imported(&office.import(&report, "report").await), 2);
    office.assert_sound().await;
    assert_eq!(office.told::<PaymentAllocated>().await.len(), 2, "both claims are paid at once");
    let position = office.known_position(1).await.unwrap();
    assert_eq!((position.open, position.payments_known_until), (euro(0), None));
    let finn = office.staff(1);
    let asked = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
    let answer = finn.change(&asked, "too early").await.unwrap();
    assert_eq!(answer, ProposeRemittanceAnswer::NothingToRemit, "it may still not come");

    let whole = file(&[statement(CLIENT, "S1", DAYS[0], &[paid])]);
    office.import(&whole, "statement").await.unwrap();
    office.assert_sound().await;
    let position = office.known_position(1).await.unwrap();
    assert_eq!((position.open, position.payments_known_until), (euro(0), Some(day(DAYS[0]))));
    let answer = finn.change(&asked, "in time").await.unwrap();
    let ProposeRemittanceAnswer::Proposed(remittance) = answer else { panic!("{answer:?}") };
    assert_eq!(remittance.collected, euro(10_000), "and of the other nothing");

    let allocated = office.told::<PaymentAllocated>().await;
    let of = |case| allocated.iter().find(|it| it.case_id == case_id(case)).unwrap().payment_id;
    let retract = RetractPayment { payment_id: of(1) };
    let refused = |reason| RetractPaymentAnswer::Refused { reason };
    let answer = finn.change(&retract, "told").await.unwrap();
    assert_eq!(answer, refused(RetractionRefusal::NotToldEarly));
    let retract = RetractPayment { payment_id: of(2) };
    let answer = finn.change(&retract, "on its case").await.unwrap();
    assert_eq!(answer, refused(RetractionRefusal::OnACase));
    let release = ReleasePayment { payment_id: of(2), case_id: case_id(2) };
    let answer = finn.change(&release, "release").await.unwrap();
    assert_eq!(answer, ReleasePaymentAnswer::Released { amount: euro(4_000) });
    let answer = finn.change(&retract, "retract").await.unwrap();
    assert_eq!(answer, RetractPaymentAnswer::Retracted { amount: euro(4_000) });
    office.assert_sound().await;
    assert_eq!(office.known_position(2).await.unwrap().open, euro(4_000), "it is owed again");
    assert_eq!(office.unmatched().await.total, 0);
    office.close().await;
}
