//! What the finance desk relies on: books that hold are proven, whatever came in whatever order; a
//! cent that is off anywhere is found, and a missing statement is named.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::bank::{CLIENT, Entry, file, statement_from};
use crate::office::{Office, imported};
use contracts::operations::{Operation, Status};
use contracts::payment_reconciliation::{
    BooksProblemCount, BooksProblemKind, BooksProof, BooksProven, ProveBooks,
};
use jiff::ToSpan;
use mailbox::{Facts, Timer};
use payment_reconciliation::domain::books::{
    Books, Kept, PROVE, Problem, Records, Statement, prove_daily,
};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount};
use primitives::{
    Actor, CaseId, CorrelationId, CreditorId, Currency, Date, MessageId, Money, RemittanceId,
};
use proptest::prelude::*;
use serde_json::json;
use testkit::{connect_to, eventually};
use uuid::Uuid;

const SERVICE: &str = "payment-reconciliation";
const LIMIT: Duration = Duration::from_secs(30);

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn creditor_id(number: u128) -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed_0000 + number))
}

fn told(account: &str, on: &str, opening: i64, moved: i64) -> Statement {
    Statement {
        account: account.to_owned(),
        first: day(on),
        last: day(on),
        opening: Some(euro(opening)),
        closing: Some(euro(opening + moved)),
        moved: euro(moved),
        is_decided: false,
    }
}

/// What the statements moved lies on the accounts that it can lie on, in these parts.
fn booked(statements: &[Statement], parts: [i64; 4]) -> Vec<(LedgerAccount, Money)> {
    let bank: i64 = statements.iter().map(|it| it.moved.amount_minor()).sum();
    let case_id = CaseId::from_uuid(Uuid::from_u128(1));
    let accounts = [
        LedgerAccount::OwedToCreditor(creditor_id(1)),
        LedgerAccount::OwedToCreditor(creditor_id(2)),
        LedgerAccount::Own,
        LedgerAccount::Refundable(Holder::Agency, case_id),
    ];
    let mut ledger = vec![(LedgerAccount::Bank(Holder::Agency), euro(bank))];
    ledger.extend(accounts.into_iter().zip(parts).map(|(account, minor)| (account, euro(-minor))));
    let unmatched = parts.iter().sum::<i64>() - bank;
    ledger.push((LedgerAccount::Unmatched(Holder::Agency), euro(unmatched)));
    ledger
}

/// The statements of one account, each going on from the one before.
fn chain(account: &'static str) -> impl Strategy<Value = Vec<Statement>> {
    let step = (0_i32..3, prop_oneof![1 => Just(0_i64), 9 => -50_000_i64..50_000]);
    (-9_000_i64..9_000, prop::collection::vec(step, 1..9)).prop_filter_map(
        "what begins or ends a day's statements like another is no statement of its own",
        move |(mut held, steps)| {
            let (mut on, mut statements) = (day("2026-03-02"), Vec::new());
            let (mut openings, mut closings) = (BTreeSet::new(), BTreeSet::new());
            for (days, moved) in steps {
                on += days.days();
                let is_new = openings.insert((on, held)) & closings.insert((on, held + moved));
                if moved != 0 && !is_new {
                    return None;
                }
                statements.push(told(account, &on.to_string(), held, moved));
                held += moved;
            }
            Some(statements)
        },
    )
}

fn records() -> impl Strategy<Value = Records> {
    let parts = [0_i64..9_000, 0..9_000, 0..9_000, 0..9_000];
    let statements = (chain("NL01"), chain("NL02"), any::<bool>());
    (statements, parts).prop_map(|((mut statements, other, both), parts)| {
        statements.extend(both.then_some(other).into_iter().flatten());
        let ledger = booked(&statements, parts);
        Records { ledger, statements, ..Records::default() }
    })
}

fn is_proven(records: &Records) -> bool {
    let proof = records.prove(day("2026-04-01"));
    let is_explained = proof.unexplained().values().all(|minor| *minor == 0);
    assert_eq!(proof.is_proven(), is_explained, "{:?}", proof.problems);
    proof.is_proven()
}

proptest! {
    #[test]
    fn books_that_hold_are_proven_in_whatever_order_statements_came(
        (records, shuffled) in records().prop_flat_map(|records| {
            let shuffled = Just(records.statements.clone()).prop_shuffle();
            (Just(records), shuffled)
        }),
    ) {
        let records = Records { statements: shuffled, ..records };
        let proof = records.prove(day("2026-04-01"));
        prop_assert_eq!(&proof.problems, &[]);
        prop_assert!(is_proven(&records));
        let sums = &proof.sums[0];
        prop_assert_eq!(Some(sums.bank), sums.bank_by_statements);
        let owed = [sums.owed_to_creditors, sums.own, sums.refundable, sums.unmatched];
        prop_assert_eq!(sums.bank, Money::sum(Currency::EUR, owed).unwrap());
    }

    #[test]
    fn a_cent_that_is_off_anywhere_is_found(
        records in records(),
        place in any::<prop::sample::Index>(),
        cent in prop_oneof![Just(-1_i64), Just(1)],
    ) {
        let off = |amount: Money| euro(amount.amount_minor() + cent);
        let mut spoilt = records.clone();
        let figures = 3 * records.statements.len() + records.ledger.len();
        let place = place.index(figures);
        match spoilt.statements.get_mut(place / 3) {
            Some(it) if place % 3 == 0 => it.opening = it.opening.map(off),
            Some(it) if place % 3 == 1 => it.closing = it.closing.map(off),
            Some(it) => it.moved = off(it.moved),
            None => {
                let (_, amount) = &mut spoilt.ledger[place - 3 * records.statements.len()];
                *amount = off(*amount);
            }
        }
        prop_assert!(!is_proven(&spoilt), "{place}: {spoilt:?}");
    }

    /// The ledger knows nothing of it either, so that only the balances tell.
    #[test]
    fn a_missing_statement_is_named_with_its_days(
        whole in chain("NL91ABNA0417164300"),
        place in any::<prop::sample::Index>(),
    ) {
        prop_assume!(whole.len() > 2);
        let mut statements = whole.clone();
        let missing = statements.remove(1 + place.index(whole.len() - 2));
        let neighbour = |it: &&Statement| it.first == missing.first;
        prop_assume!(!missing.moved.is_zero() && !statements.iter().any(|it| neighbour(&it)));
        let ledger = booked(&statements, [0; 4]);
        let proof = Records { ledger, statements, ..Records::default() }.prove(day("2026-04-01"));
        let [Problem::StatementMissing { ending, after, before, missing: amount, .. }] =
            &proof.problems[..]
        else {
            panic!("{:?}", proof.problems);
        };
        prop_assert_eq!((ending.as_str(), *amount), ("4300", missing.moved));
        prop_assert!(*after < missing.first && missing.last < *before);
        let text = proof.problems[0].to_string();
        prop_assert!(text.contains(&format!("from {after} to {before}")), "{text}");
        prop_assert!(!text.contains("ABNA"), "an account is shown by its last signs: {text}");
    }

    /// What earlier releases took in has no balances; neither side of it is ever an alarm.
    #[test]
    fn statements_without_balances_are_no_alarm(records in records(), from in 0_usize..9) {
        let mut partly = records.clone();
        let without = |it: &mut Statement| (it.opening, it.closing) = (None, None);
        partly.statements.iter_mut().take(from).for_each(without);
        prop_assert!(is_proven(&partly), "{:?}", partly.prove(day("2026-04-01")).problems);
        let mut none = records;
        none.statements.iter_mut().for_each(without);
        let proof = none.prove(day("2026-04-01"));
        prop_assert!(proof.is_proven());
        let sums = &proof.sums[0];
        prop_assert_eq!((sums.bank_by_statements, sums.held_before), (None, None));
    }
}

#[test]
fn what_the_accounts_held_before_and_what_is_in_transit_are_told_apart() {
    let statements =
        vec![told("NL01", "2026-03-02", 1_000, 500), told("NL01", "2026-03-03", 1_500, 700)];
    let mut ledger = booked(&statements, [300, 900, 0, 0]);
    let remittance_id = RemittanceId::from_uuid(Uuid::from_u128(3));
    ledger.push((LedgerAccount::InTransit(remittance_id.into()), euro(-100)));
    ledger.push((LedgerAccount::OwedToCreditor(creditor_id(2)), euro(100)));
    let proof = Records { ledger, statements, ..Records::default() }.prove(day("2026-03-04"));
    assert_eq!(proof.problems, []);
    let sums = &proof.sums[0];
    assert_eq!((sums.held_before, sums.bank_by_statements), (Some(euro(1_000)), Some(euro(1_200))));
    assert_eq!((sums.in_transit, sums.owed_to_creditors), (euro(100), euro(1_100)));
}

#[test]
fn nobody_s_money_is_below_zero_and_one_creditor_s_never_covers_another_s() {
    let statements = vec![told("NL01", "2026-03-02", 0, 500)];
    let ledger = booked(&statements, [800, -200, -100, 0]);
    let proof = Records { ledger, statements, ..Records::default() }.prove(day("2026-03-04"));
    assert_eq!(
        proof.problems,
        [
            Problem::CreditorBelowZero { creditor_id: creditor_id(2), amount: euro(-200) },
            Problem::OwnBelowZero { amount: euro(-100) },
        ]
    );
    assert_eq!(proof.sums[0].least_owed, Some(euro(-200)));
    assert_eq!(proof.unexplained()[&Currency::EUR], 300);
}

#[test]
fn what_was_booked_without_a_statement_is_the_ledger_s_fault() {
    let statements = vec![told("NL01", "2026-03-02", 0, 500)];
    let mut ledger = booked(&statements, [0; 4]);
    ledger.push((LedgerAccount::Bank(Holder::Agency), euro(25)));
    ledger.push((LedgerAccount::Own, euro(-25)));
    let proof = Records { ledger, statements, ..Records::default() }.prove(day("2026-03-04"));
    assert_eq!(proof.problems, [Problem::BankDiffers { difference: euro(25) }]);
}

/// A day's statement in parts, one of which leaves what it found, and one that says that nothing
/// moved on a day that a longer one tells of.
#[test]
fn parts_of_a_day_follow_each_other_whatever_they_leave() {
    let mut long = told("NL01", "2026-03-02", 0, 500);
    long.last = day("2026-03-06");
    let statements = vec![
        long,
        told("NL01", "2026-03-04", 200, 0),
        told("NL01", "2026-03-09", 500, -40),
        told("NL01", "2026-03-09", 400, 60),
        told("NL01", "2026-03-09", 500, 0),
        told("NL01", "2026-03-09", 460, -60),
        told("NL01", "2026-03-10", 460, 0),
    ];
    let proof = Records { ledger: booked(&statements, [0; 4]), statements, ..Records::default() }
        .prove(day("2026-03-11"));
    assert_eq!(proof.problems, []);
}

#[test]
fn each_proof_asks_for_the_next_morning_and_keeps_when_the_books_held() {
    let prove = |books: Books, now: &str| {
        let facts = Facts {
            now: now.parse().unwrap(),
            cause: MessageId::from_uuid(Uuid::from_u128(1)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(2)),
            actor: Actor::Machine(SERVICE.to_owned()),
            version: 0,
        };
        prove_daily(books, &facts)
    };
    let due = |at: &str| [Timer::Set { name: PROVE, due_at: at.parse().unwrap() }];
    let books = Books { version: 0, kept: Kept::default(), records: Records::default() };
    let mut first = prove(books, "2026-03-27T04:59:00Z");
    assert_eq!(first.timers, due("2026-03-27T05:00:00Z"), "06:00 of the same day");
    first.state.records.ledger.push((LedgerAccount::Own, euro(25)));
    // The clock goes forward in the night of 29 March.
    let second = prove(first.state, "2026-03-28T05:00:00Z");
    assert_eq!(second.timers, due("2026-03-29T04:00:00Z"));
    let told = second.messages[0].read::<BooksProven>().unwrap();
    assert_eq!((told.on, told.is_proven), (day("2026-03-28"), false));
    let kept = second.state.kept;
    assert_eq!((kept.held_on(), kept.begun_on), (Some(day("2026-03-27")), kept.proven_on));
    assert_eq!(kept.unexplained[&Currency::EUR], 50, "unequal, and below zero");
}

impl Office {
    async fn take_in(&self, id: &str, on: &str, opening: i64, minor: i64) {
        let xml = file(&[statement_from(opening, CLIENT, id, on, &[Entry::credit(minor)])]);
        assert_eq!(imported(&self.import(&xml, id).await), 1);
    }

    async fn prove(&self) -> BooksProof {
        self.house.asker().ask(&ProveBooks {}).await.unwrap()
    }

    /// The proofs that were told, once there are so many.
    async fn proofs(&self, count: usize) -> Vec<BooksProven> {
        let told = async || self.told::<BooksProven>().await;
        let enough = async || told().await.len() >= count;
        eventually(LIMIT, "proof that is told", enough).await;
        self.house.rest().await;
        let proofs = told().await;
        assert_eq!(proofs.len(), count, "each proof is told once");
        proofs
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_morning_the_books_are_proven_and_a_missing_statement_is_named() {
    let office = Box::pin(Office::open(2)).await;
    let first = &office.proofs(1).await[0];
    assert_eq!((first.on, first.is_proven, first.sums.len()), (day("2026-03-10"), true, 0));
    let asker = office.house.asker();
    let status: Status = asker.operate(SERVICE, Operation::Status, &json!({})).await.unwrap();
    assert_eq!(status.next_due_at, None, "nobody who waits for a case waits for the proof");

    office.take_in("S1", "2026-03-02", 1_000, 500).await;
    office.take_in("S2", "2026-03-03", 1_500, 700).await;
    let proof = office.prove().await;
    assert_eq!((proof.is_proven, &proof.problems[..]), (true, &[][..]));
    let sums = &proof.sums[0];
    assert_eq!((sums.bank, sums.bank_by_statements), (euro(1_200), Some(euro(1_200))));
    assert_eq!((sums.held_before, sums.unmatched), (Some(euro(1_000)), euro(1_200)));
    office.house.advance("2026-03-11T05:00:00Z".parse().unwrap()).await;
    let told = office.proofs(2).await.remove(1);
    assert_eq!((told.on, told.is_proven, told.sums), (day("2026-03-11"), true, proof.sums));

    office.take_in("S4", "2026-03-05", 2_500, 100).await;
    let proof = office.prove().await;
    let [problem] = &proof.problems[..] else { panic!("{proof:?}") };
    assert_eq!((proof.is_proven, problem.amount), (false, euro(300)));
    assert_eq!(problem.kind, BooksProblemKind::StatementMissing);
    assert!(problem.detail.contains("from 2026-03-03 to 2026-03-05"), "{}", problem.detail);
    office.house.advance("2026-03-12T05:00:00Z".parse().unwrap()).await;
    let told = office.proofs(3).await.remove(2);
    let count = BooksProblemCount { kind: BooksProblemKind::StatementMissing, count: 1 };
    assert_eq!((told.on, told.problems), (day("2026-03-12"), vec![count]));
    let mut conn = connect_to(&office.house.database, SERVICE).await;
    let kept = "select (proven_on, currencies, unexplained_minor)::text from books";
    let kept: String = sqlx::query_scalar(kept).fetch_one(&mut conn).await.unwrap();
    assert_eq!(kept, "(2026-03-11,{EUR},{300})");

    office.take_in("S3", "2026-03-04", 2_200, 300).await;
    assert!(office.prove().await.is_proven);
    office.close().await;
}

/// One cent that was booked past the door is found, and so is a statement of an earlier release.
#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_held_against_the_bank_and_an_earlier_release_against_nothing() {
    let office = Box::pin(Office::open(2)).await;
    office.take_in("S1", "2026-03-02", 1_000, 500).await;
    let mut conn = connect_to(&office.house.database, SERVICE).await;
    let earlier = "update statement set (first_day, currency, opening_minor, closing_minor) = \
                   (null, null, null, null)";
    sqlx::query(earlier).execute(&mut conn).await.unwrap();
    let proof = office.prove().await;
    assert_eq!((proof.is_proven, proof.sums[0].bank_by_statements), (true, None));

    office.take_in("S2", "2026-03-03", 1_500, 700).await;
    let proof = office.prove().await;
    assert_eq!((proof.is_proven, proof.sums[0].bank_by_statements), (true, Some(euro(1_200))));
    let cent = "with booked as (
                    insert into ledger_transaction
                    values (gen_random_uuid(), 'bank-credit', gen_random_uuid(), '2026-03-03',
                            gen_random_uuid())
                    returning transaction_id)
                insert into posting
                select transaction_id, place, account, 'EUR', amount_minor from booked,
                       (values (0, 'bank:agency', 1), (1, 'own', -1))
                           as line (place, account, amount_minor)";
    sqlx::query(cent).execute(&mut conn).await.unwrap();
    let proof = office.prove().await;
    let [problem] = &proof.problems[..] else { panic!("{proof:?}") };
    assert_eq!((problem.kind.clone(), problem.amount), (BooksProblemKind::BankDiffers, euro(1)));
    office.close().await;
}
