//! What the finance desk relies on when it takes in a file that was set aside: every movement is
//! booked once, two equal payments stay two, the books are proven, and a decision is made once.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, period, statement, statement_from};
use crate::office::{self, Office, euro};
use crate::world::{World, read};
use contracts::payment_reconciliation::{
    BankFileDecision, BankFileRefusal, DecideBankFile, DecideBankFileAnswer, ImportStatementAnswer,
    ListBankFiles, ProveBooks,
};
use payment_reconciliation::domain::books::{Records, Statement};
use payment_reconciliation::domain::desk::Booking;
use payment_reconciliation::domain::known::Booked;
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount};
use payment_reconciliation::domain::quarantine::{self, IncomingFile};
use payment_reconciliation::domain::staff::Staff;
use primitives::{ContentHash, Currency, Money};
use proptest::prelude::*;
use uuid::Uuid;

const BECAUSE: &str = "the bank sent the whole week";

/// The desk, the files that were set aside, and what is booked.
struct Desk {
    world: World,
    files: BTreeMap<Uuid, IncomingFile>,
    bookings: Vec<Booking>,
}

impl Desk {
    fn new() -> Self {
        Self { world: World::new(), files: BTreeMap::new(), bookings: Vec::new() }
    }

    fn document(xml: &str) -> ContentHash {
        let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, xml.as_bytes()).into_bytes();
        ContentHash::from_digest([name, name].concat().try_into().unwrap())
    }

    fn booked(&self) -> Vec<Booked> {
        let of = |it: &Booking| {
            let statement_id = it.statement.statement_id;
            let new = it.new_movements().cloned();
            new.map(|movement| Booked { statement_id, was_early: false, movement })
                .collect::<Vec<_>>()
        };
        self.bookings.iter().flat_map(of).collect()
    }

    fn incoming(&self, id: Uuid) -> IncomingFile {
        let file = self.files.get(&id).cloned().unwrap_or_default();
        IncomingFile { booked: self.booked(), ..file }
    }

    fn import(&mut self, xml: &str) -> ImportStatementAnswer {
        let document = Self::document(xml);
        let id = IncomingFile::id(document);
        let facts = self.world.asked_by(1);
        let states = (self.world.desk.clone(), self.incoming(id));
        let (decision, answer) =
            quarantine::import(states, (document, &read(xml)), &[], &facts).unwrap();
        let (desk, incoming) = decision.state;
        self.keep(id, desk, incoming);
        answer
    }

    fn decide(&mut self, xml: &str, decision: Option<BankFileDecision>) -> DecideBankFileAnswer {
        self.decide_as(true, BECAUSE, xml, decision)
    }

    fn decide_as(
        &mut self,
        is_finance_desk: bool,
        because: &str,
        xml: &str,
        decision: Option<BankFileDecision>,
    ) -> DecideBankFileAnswer {
        let document = Self::document(xml);
        let id = IncomingFile::id(document);
        let facts = self.world.asked_by(1);
        let staff = Staff { is_finance_desk, ..Staff::default() };
        let states = (self.world.desk.clone(), self.incoming(id), staff);
        let request = DecideBankFile { document, decision, because: because.to_owned() };
        let (decision, answer) =
            quarantine::decide(states, &request, (&read(xml), &[]), &facts).unwrap();
        let (desk, incoming, _) = decision.state;
        self.keep(id, desk, incoming);
        answer
    }

    fn keep(
        &mut self,
        id: Uuid,
        mut desk: payment_reconciliation::domain::desk::Desk,
        incoming: IncomingFile,
    ) {
        self.bookings.append(&mut desk.news);
        self.world.desk = desk;
        self.files.insert(id, incoming);
    }

    /// Days and amounts of all that is booked, in order.
    fn amounts(&self) -> Vec<(String, i64)> {
        let amount =
            |it: &Booked| (it.movement.booked_on.to_string(), it.movement.amount.amount_minor());
        let mut amounts: Vec<_> = self.booked().iter().map(amount).collect();
        amounts.sort();
        amounts
    }

    /// The statements and what was booked of each, as the store has them for the proof.
    fn records(&self) -> Records {
        let moved = |it: &Booking| {
            Money::sum(Currency::EUR, it.new_movements().map(|it| it.amount)).unwrap()
        };
        let statements = self.bookings.iter().map(|it| Statement {
            account: it.statement.account.as_str().to_owned(),
            first: it.statement.days.first,
            last: it.statement.last_day,
            opening: it.statement.days.opening,
            closing: it.statement.days.closing,
            moved: moved(it),
            is_decided: it.decided_file.is_some(),
        });
        let bank = Money::sum(Currency::EUR, self.bookings.iter().map(moved)).unwrap();
        let unmatched = LedgerAccount::Unmatched(Holder::Agency);
        let ledger =
            [(LedgerAccount::Bank(Holder::Agency), bank), (unmatched, bank.checked_neg().unwrap())];
        Records { ledger: ledger.to_vec(), statements: statements.collect(), ..Records::default() }
    }
}

fn is_imported(answer: &ImportStatementAnswer) -> bool {
    matches!(answer, ImportStatementAnswer::Imported { .. })
}

fn is_quarantined(answer: &ImportStatementAnswer) -> bool {
    matches!(answer, ImportStatementAnswer::Quarantined { .. })
}

/// (statements, known movements) that were taken in.
fn taken(answer: &DecideBankFileAnswer) -> (usize, u32) {
    let DecideBankFileAnswer::TakenIn { statements, known_count } = answer else {
        panic!("{answer:?}")
    };
    (statements.len(), *known_count)
}

const DAYS: [&str; 4] = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];

/// A payment of one of few payers and amounts, so that some are equal.
fn payment() -> impl Strategy<Value = (usize, Entry)> {
    (0..DAYS.len(), 1_i64..3, 0..2_usize, any::<bool>()).prop_map(|(day, euros, payer, written)| {
        let entry = Entry::credit(euros * 100).named(["Anna", "Bart"][payer]);
        (day, if written { entry.line("rent") } else { entry })
    })
}

proptest! {
    #[test]
    fn what_is_taken_in_beside_others_is_booked_once(
        payments in prop::collection::vec(payment(), 1..12),
        known in (0..DAYS.len(), 0..DAYS.len()),
    ) {
        let of = |first: usize, last: usize| -> Vec<(&str, Entry)> {
            let mut of_days: Vec<_> =
                payments.iter().filter(|(day, _)| (first..=last).contains(day)).collect();
            of_days.sort_by_key(|(day, _)| *day);
            of_days.into_iter().map(|(day, entry)| (DAYS[*day], entry.clone())).collect()
        };
        let (first, last) = (known.0.min(known.1), known.0.max(known.1));
        let before: i64 = if first == 0 { 0 } else { sum(&of(0, first - 1)) };
        let part = period(1_000 + before, CLIENT, "P", (DAYS[first], DAYS[last]), &of(first, last));
        let whole = file(&[period(1_000, CLIENT, "W", (DAYS[0], DAYS[3]), &of(0, 3))]);
        prop_assume!(!of(first, last).is_empty());
        let mut desk = Desk::new();
        prop_assert!(is_imported(&desk.import(&file(&[part]))));
        prop_assert!(is_quarantined(&desk.import(&whole)));
        let answer = desk.decide(&whole, Some(BankFileDecision::TakeIn));
        prop_assert_eq!(taken(&answer).1, u32::try_from(of(first, last).len()).unwrap());
        let amount = |(day, it): &(&str, Entry)| ((*day).to_owned(), it.minor());
        let mut all: Vec<(String, i64)> = of(0, 3).iter().map(amount).collect();
        all.sort();
        prop_assert_eq!(desk.amounts(), all);
        prop_assert_eq!(desk.records().prove("2026-03-10".parse().unwrap()).problems, []);
        // The next day goes on where the whole ended.
        let held = 1_000 + sum(&of(0, 3));
        let next = statement_from(held, CLIENT, "N", "2026-03-06", &[Entry::credit(7)]);
        prop_assert!(is_imported(&desk.import(&file(&[next]))));
        prop_assert_eq!(desk.records().prove("2026-03-10".parse().unwrap()).problems, []);
    }
}

fn sum(entries: &[(&str, Entry)]) -> i64 {
    entries.iter().map(|(_, entry)| entry.minor()).sum()
}

#[test]
fn another_version_of_a_statement_brings_what_is_new_in_it() {
    let anna = || Entry::credit(500).named("Anna").line("rent");
    let first = file(&[statement(CLIENT, "S1", DAYS[0], &[anna(), Entry::debit(100)])]);
    let second = file(&[statement(CLIENT, "S1", DAYS[0], &[anna(), anna(), Entry::debit(100)])]);
    let mut desk = Desk::new();
    assert!(is_imported(&desk.import(&first)));
    assert!(is_quarantined(&desk.import(&second)));
    let DecideBankFileAnswer::Offered { statements, known_count } = desk.decide(&second, None)
    else {
        panic!("it is offered")
    };
    let known: Vec<i64> = statements[0].known.iter().map(|it| it.amount.amount_minor()).collect();
    assert_eq!((known, known_count), (vec![500, -100], 2));
    assert_eq!(desk.amounts().len(), 2, "who asks changes nothing");
    let answer = desk.decide(&second, Some(BankFileDecision::TakeIn));
    assert_eq!(taken(&answer), (1, 2));
    assert_eq!(desk.amounts().iter().map(|it| it.1).collect::<Vec<_>>(), [-100, 500, 500]);
    let proof = desk.records().prove("2026-03-10".parse().unwrap());
    assert_eq!(proof.problems, [], "the version that a person took in counts");
    // Neither deciding nor handing it over again changes anything.
    for decision in [BankFileDecision::TakeIn, BankFileDecision::SetAside] {
        let answer = desk.decide(&second, Some(decision));
        let DecideBankFileAnswer::AlreadyDecided(decided) = answer else { panic!("{answer:?}") };
        assert_eq!(decided.decision, BankFileDecision::TakeIn);
    }
    assert!(matches!(desk.import(&second), ImportStatementAnswer::AlreadyKnown { .. }));
    assert_eq!(desk.amounts().len(), 3);
}

#[test]
fn parts_of_a_day_are_never_taken_for_each_other() {
    let rent = || Entry::credit(500).named("Anna").line("rent");
    let part = |opening, id: &str| statement_from(opening, CLIENT, id, DAYS[0], &[rent()]);
    // It is set aside since its sum is wrong; but it goes on where the first part ends.
    let second = file(&[part(1_500, "S2")]).replacen("20.00", "20.01", 1);
    let mut desk = Desk::new();
    desk.import(&file(&[part(1_000, "S1")]));
    assert!(is_quarantined(&desk.import(&second)));
    assert_eq!(taken(&desk.decide(&second, Some(BankFileDecision::TakeIn))), (1, 0));
    assert_eq!(desk.amounts().len(), 2);
    let proof = desk.records().prove("2026-03-10".parse().unwrap());
    assert_eq!(proof.problems.len(), 1, "the bank's sum stays wrong, whoever took it in");
    // Within one file, too; the third tells of the same as the first.
    let mut desk = Desk::new();
    let both = file(&[part(1_000, "S1"), part(1_500, "S2"), part(1_000, "S1b")]);
    assert!(is_quarantined(&desk.import(&both)));
    assert_eq!(taken(&desk.decide(&both, Some(BankFileDecision::TakeIn))), (3, 1));
    assert_eq!(desk.amounts().len(), 2);
}

/// The same in another format has other references and other lines.
#[test]
fn a_day_in_another_format_is_known_and_what_it_has_more_is_new() {
    let rent = |payer: &str| Entry::credit(500).from(payer).line("rent of march");
    let (anna, bart) = ("NL20INGB0001234567", "NL02ABNA0123456789");
    let day = file(&[statement(CLIENT, "S1", DAYS[0], &[rent(anna), rent(bart), rent(bart)])]);
    let line = |payer: &str| {
        format!(":61:2603020302C5,00NTRFNONREF//B7\r\n:86:/IBAN/{payer}/REMI/rent of march/")
    };
    let head = format!(":20:X\r\n:25:{CLIENT}\r\n:28C:1\r\n:60F:C260302EUR10,00");
    let lines = [head, line(bart), line(anna), line(bart), line(anna)];
    let mt940 = format!("{}\r\n:62F:C260302EUR30,00\r\n", lines.join("\r\n"));
    let mut desk = Desk::new();
    assert!(is_imported(&desk.import(&day)));
    assert!(is_quarantined(&desk.import(&mt940)));
    assert_eq!(taken(&desk.decide(&mt940, Some(BankFileDecision::TakeIn))), (1, 3));
    let new = desk.booked().pop().unwrap().movement.counterparty_account.unwrap();
    assert_eq!((desk.amounts().len(), new.as_str()), (4, anna));
    assert_eq!(desk.records().prove("2026-03-10".parse().unwrap()).problems, []);
}

/// A standing order comes with the same words and the same id each time.
#[test]
fn what_recurs_on_another_day_is_another_payment() {
    let order = || Entry::credit(500).named("Anna").line("rent").end_to_end("RENT");
    let days = |id: &str, opening, days: &[usize]| {
        let entries: Vec<_> = days.iter().map(|day| (DAYS[*day], order())).collect();
        let (first, last) = (DAYS[days[0]], DAYS[days[days.len() - 1]]);
        file(&[period(opening, CLIENT, id, (first, last), &entries)])
    };
    let mut desk = Desk::new();
    desk.import(&days("A", 1_000, &[0, 2]));
    let later = days("B", 1_500, &[2, 3]);
    assert!(is_quarantined(&desk.import(&later)));
    assert_eq!(taken(&desk.decide(&later, Some(BankFileDecision::TakeIn))), (1, 1));
    assert_eq!(desk.amounts(), [0, 2, 3].map(|day| (DAYS[day].to_owned(), 500)));
    assert_eq!(desk.records().prove("2026-03-10".parse().unwrap()).problems, []);
}

#[test]
fn who_decides_is_of_the_finance_desk_and_says_why() {
    let wrong = file(&[statement(CLIENT, "S1", DAYS[0], &[Entry::credit(500)])]);
    let wrong = wrong.replacen("5.00", "5.01", 1);
    let mut desk = Desk::new();
    let aside = Some(BankFileDecision::SetAside);
    assert_eq!(desk.decide(&wrong, aside.clone()), DecideBankFileAnswer::Unknown);
    assert!(is_quarantined(&desk.import(&wrong)));
    let refused = |reason| DecideBankFileAnswer::Refused { reason };
    let answer = desk.decide_as(false, BECAUSE, &wrong, aside.clone());
    assert_eq!(answer, refused(BankFileRefusal::NotOfTheFinanceDesk));
    let answer = desk.decide_as(true, " ", &wrong, aside.clone());
    assert_eq!(answer, refused(BankFileRefusal::NoReason));
    assert_eq!(desk.decide(&wrong, aside), DecideBankFileAnswer::SetAside);
    let answer = desk.import(&wrong);
    let ImportStatementAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert!(problems[0].reason.starts_with("was set aside for good"), "{problems:?}");
    assert!(desk.amounts().is_empty());
}

#[test]
fn what_cannot_be_booked_exactly_can_only_be_set_aside() {
    let mixed = file(&[statement(CLIENT, "S1", DAYS[0], &[Entry::credit(500)])])
        .replace("<Ccy>EUR</Ccy>", "<Ccy>USD</Ccy>");
    let mut desk = Desk::new();
    let answer = desk.import(&mixed);
    assert!(is_quarantined(&answer), "{answer:?}");
    let answer = desk.decide(&mixed, Some(BankFileDecision::TakeIn));
    let DecideBankFileAnswer::Refused { reason: BankFileRefusal::Unbookable { problems } } = answer
    else {
        panic!("{answer:?}")
    };
    assert!(!problems.is_empty());
    let answer = desk.decide(&mixed, Some(BankFileDecision::SetAside));
    assert_eq!(answer, DecideBankFileAnswer::SetAside);
}

/// The whole way, on real servers.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_the_finance_desk_takes_in_what_was_set_aside() {
    let office = Box::pin(Office::open(2)).await;
    office.hire().await;
    let anna = || Entry::credit(500).named("Anna").line("rent");
    let day = file(&[statement_from(1_000, CLIENT, "S1", DAYS[1], &[anna()])]);
    let entries = [(DAYS[0], anna()), (DAYS[1], anna()), (DAYS[2], Entry::debit(200))];
    let week = file(&[period(500, CLIENT, "W", (DAYS[0], DAYS[2]), &entries)]);
    assert_eq!(office::imported(&office.import(&day, "day").await), 1);
    assert!(is_quarantined(&office.import(&week, "week").await.unwrap()));
    let list = |with_decided| ListBankFiles { limit: 10, with_decided };
    let waiting = office.house.asker().ask(&list(false)).await.unwrap();
    assert_eq!((waiting.total, waiting.files.len()), (1, 1));
    let document = waiting.files[0].document;
    let request = |decision| DecideBankFile { document, decision, because: BECAUSE.to_owned() };
    let take_in = request(Some(BankFileDecision::TakeIn));
    let refused = office.staff(3).change(&take_in, "stranger").await.unwrap();
    let reason = BankFileRefusal::NotOfTheFinanceDesk;
    assert_eq!(refused, DecideBankFileAnswer::Refused { reason });
    let offered = office.staff(1).change(&request(None), "ask").await.unwrap();
    assert!(matches!(offered, DecideBankFileAnswer::Offered { known_count: 1, .. }));
    let answer = office.staff(1).change(&take_in, "take in").await.unwrap();
    assert_eq!(taken(&answer), (1, 1));
    let again = office.staff(2).change(&take_in, "again").await.unwrap();
    let DecideBankFileAnswer::AlreadyDecided(decided) = again else { panic!("{again:?}") };
    assert_eq!((decided.by, decided.because.as_str()), (office::staff_id(1), BECAUSE));
    let [waiting, all] = [false, true].map(list);
    assert_eq!(office.house.asker().ask(&waiting).await.unwrap().total, 0);
    assert_eq!(office.house.asker().ask(&all).await.unwrap().files[0].decided, Some(decided));
    office.house.rest().await;
    assert_eq!(office.unmatched().await.total, 3, "two payments in, one out");
    let proof = office.house.asker().ask(&ProveBooks {}).await.unwrap();
    assert_eq!((proof.is_proven, &proof.problems[..]), (true, &[][..]));
    assert_eq!(proof.sums[0].bank, euro(800));
    office.assert_sound().await;
    office.close().await;
}
