//! What payers write leads to their claims, on a real Postgres: within bounds, and with a word
//! where something was left out.

use std::collections::BTreeSet;

use crate::paper::agency::CREDITOR;
use crate::paper::{ANNA, BEDRIJF, Customer, LUC, Paper};
use contracts::intake::{
    ClaimClue, FindClaims, FindClaimsAnswer, ImportInvoice, ImportInvoiceAnswer, ListCases,
    PaymentFinds, PaymentKeys, RegisterCreditor, RegisterCreditorAnswer, WithdrawClaim,
    WithdrawClaimAnswer, WithdrawalReason,
};
use contracts::registry::Slice;
use intake::domain::{Finds, bounds, creditor_id, told};
use intake::{Intake, IntakeConfig};
use matching::{Payment, clues, digest, name_keys, name_tokens, number_keys};
use primitives::{CaseNumber, ClaimId, Currency, Money, PersonId};
use runtime::Service;
use runtime::files::FileStore;
use sqlx::PgConnection;
use testkit::{House, Resident, Schema, connect_to};
use uuid::Uuid;

/// A house with intake in it, and a creditor or two.
struct Desk {
    house: House,
    files: FileStore,
    resident: Resident,
}

impl Desk {
    async fn open() -> Self {
        let schemas = [Schema::of("intake", &intake::MIGRATIONS)];
        let slice = *Slice::of("intake").unwrap();
        let house = House::new(&schemas, &[slice], "2026-03-20T09:00:00Z".parse().unwrap()).await;
        let config =
            IntakeConfig { http_listen: "127.0.0.1:0".parse().unwrap(), ..IntakeConfig::default() };
        let context = house.context(Intake::NAME, config, &Intake::migrators()).await;
        let (files, tasks) = (context.files.clone(), context.tasks.clone());
        intake::start(context).await.unwrap();
        let resident = house.resident(tasks);
        let desk = Self { house, files, resident };
        desk.register(CREDITOR).await;
        desk
    }

    async fn register(&self, document: &str) {
        let document = self.files.put(document.as_bytes()).await.unwrap();
        let request = RegisterCreditor { document };
        let answer = self.house.asker().change(&request, &document.to_string()).await.unwrap();
        assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
    }

    async fn take(&self, paper: &Paper) -> ClaimId {
        self.take_of("tuinhuis", paper).await
    }

    async fn take_of(&self, creditor: &str, paper: &Paper) -> ClaimId {
        let document = self.files.put(&paper.xml()).await.unwrap();
        let request = ImportInvoice { creditor_id: creditor_id(creditor), document };
        let key = format!("{creditor} {}", paper.number);
        let answer = self.house.asker().change(&request, &key).await.unwrap();
        let ImportInvoiceAnswer::Registered { claim_id, .. } = answer else { panic!("{answer:?}") };
        claim_id
    }

    async fn ask(&self, payments: Vec<PaymentKeys>) -> FindClaimsAnswer {
        self.house.asker().ask(&FindClaims { payments }).await.unwrap()
    }

    async fn find(&self, payment: PaymentKeys) -> PaymentFinds {
        let answer = self.ask(vec![payment]).await;
        let [found] = &answer.found[..] else { panic!("one was asked: {answer:?}") };
        let listed: BTreeSet<ClaimId> = answer.claims.iter().map(|it| it.claim_id).collect();
        assert_eq!(listed, found.claim_ids.iter().copied().collect());
        found.clone()
    }

    async fn finds(&self, payment: PaymentKeys) -> BTreeSet<ClaimId> {
        let found = self.find(payment).await;
        assert!(!found.is_cut, "{found:?}");
        found.claim_ids.into_iter().collect()
    }

    async fn connect(&self) -> PgConnection {
        connect_to(&self.house.database, "intake").await
    }

    async fn close(self) {
        assert!(self.resident.stop().await, "intake did not stop in time");
    }
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

/// The keys of a payment, as whoever reads bank statements makes them.
fn paid(text: &str, name: Option<&str>, cents: i64) -> PaymentKeys {
    let payment = Payment {
        amount: euros(cents),
        received_on: "2026-03-20".parse().unwrap(),
        references: Vec::new(),
        lines: vec![text.to_owned()],
        end_to_end_id: None,
        counterparty_name: name.map(str::to_owned),
        counterparty_iban: None,
    };
    let clues = clues(&payment);
    let near = clues.near_references.iter().map(|it| it.canonical.clone());
    PaymentKeys {
        references: clues.references.iter().cloned().chain(near).collect(),
        number_keys: clues.numbers.iter().map(|it| digest(&it.key)).collect(),
        debtor_keys: clues.name_keys.iter().map(|key| digest(key)).collect(),
        amount: payment.amount,
    }
}

fn by_number(number: &str) -> PaymentKeys {
    let number_keys = number_keys(number).iter().map(|key| digest(key)).collect();
    PaymentKeys { number_keys, ..paid("", None, 1) }
}

fn only<T: Ord>(one: T) -> BTreeSet<T> {
    BTreeSet::from([one])
}

#[tokio::test]
async fn a_reference_finds_its_claim_also_where_it_is_mistyped() {
    let desk = Desk::open().await;
    let reference = Some("RF18539007547034".to_owned());
    let claim = desk.take(&Paper { reference, ..Paper::invoice("F1", 12_100, ANNA) }).await;
    desk.take(&Paper::invoice("F2", 12_100, LUC)).await;
    for written in ["RF18 5390 0754 7034", "rf18539007547034", "RF18 5390 0754 7043"] {
        assert_eq!(desk.finds(paid(written, None, 1)).await, only(claim), "{written}");
    }
    let answer = desk.ask(vec![paid("RF18539007547034", None, 1)]).await;
    let (invoice_number, debtor_name) = ("F1".to_owned(), "Anna Proef".to_owned());
    let case_number = CaseNumber::of_serial(CaseNumber::FIRST).unwrap();
    let clue = ClaimClue { claim_id: claim, invoice_number, case_number, debtor_name };
    assert_eq!(answer.claims, [clue]);

    // Money may come for a claim that was taken back; whoever asks knows what is open.
    let withdraw = WithdrawClaim { claim_id: claim, reason: WithdrawalReason::Mistake };
    let answer = desk.house.asker().change(&withdraw, "w1").await.unwrap();
    assert!(matches!(answer, WithdrawClaimAnswer::Withdrawn { .. }), "{answer:?}");
    assert_eq!(desk.finds(paid("RF18539007547034", None, 1)).await, only(claim));
    desk.close().await;
}

#[tokio::test]
async fn an_invoice_number_is_found_however_it_is_written() {
    let desk = Desk::open().await;
    let long = desk.take(&Paper::invoice("VF-2026/0012", 12_100, ANNA)).await;
    let short = desk.take(&Paper::invoice("INV-000123", 12_100, LUC)).await;
    for written in ["factuur VF 2026 0012", "vf20260012", "fact. nr. 20260012", "VF/2026/0012"] {
        assert_eq!(desk.finds(paid(written, None, 1)).await, only(long), "{written}");
    }
    for written in ["factuur 123", "Invoice 00123", "INV000123", "facture n° 0123"] {
        assert_eq!(desk.finds(paid(written, None, 1)).await, only(short), "{written}");
    }
    assert_eq!(desk.finds(paid("factuur 124", None, 12_100)).await, BTreeSet::new());
    desk.close().await;
}

#[tokio::test]
async fn a_name_is_found_in_any_order_and_by_its_initial() {
    let desk = Desk::open().await;
    let anna = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let firm = desk.take(&Paper::invoice("F2", 5_000, BEDRIJF)).await;
    for name in ["Anna Proef", "PROEF ANNA", "Mevr. A. Proef", "A Proef e/o C Toets"] {
        assert_eq!(desk.finds(paid("", Some(name), 1)).await, only(anna), "{name}");
    }
    assert_eq!(desk.finds(paid("voor anna proef", None, 1)).await, only(anna));
    assert_eq!(desk.finds(paid("", Some("BEDRIJF PROEF"), 1)).await, only(firm));
    assert_eq!(desk.finds(paid("", Some("Els Proef"), 12_100)).await, BTreeSet::new());

    // The newest invoice tells the name; the earlier claims are found by it too.
    let married = Customer { name: "Anna Toets", ..ANNA };
    let issued_on = "2026-03-03";
    let later = Paper { issued_on, ..Paper::invoice("F3", 100, married) };
    let both = BTreeSet::from([anna, desk.take(&later).await]);
    assert_eq!(desk.finds(paid("", Some("A. Toets"), 1)).await, both);
    assert_eq!(desk.finds(paid("", Some("A. Proef"), 1)).await, BTreeSet::new());
    desk.close().await;
}

/// Each creditor counts for itself.
#[tokio::test]
async fn claims_of_two_creditors_with_one_number_are_both_found() {
    let desk = Desk::open().await;
    let other = CREDITOR
        .replace("tuinhuis\"", "ander\"")
        .replace("90001234", "90004321")
        .replace("NL000099998B57", "NL000088889B57")
        .replace("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67");
    desk.register(&other).await;
    let (seller, account) = ("90004321", "NL20INGB0001234567");
    let paper = Paper::invoice("2026-0017", 12_100, ANNA);
    let first = desk.take(&paper).await;
    let second = desk.take_of("ander", &Paper { seller, account, ..paper }).await;
    let both = BTreeSet::from([first, second]);
    assert_eq!(desk.finds(paid("factuur 2026-0017", None, 1)).await, both);
    desk.close().await;
}

#[tokio::test]
async fn a_number_that_too_many_have_tells_nothing_and_the_answer_says_so() {
    let desk = Desk::open().await;
    let number = |zeros: usize| format!("INV-{}9", "0".repeat(zeros % 30));
    let mut claims = BTreeSet::new();
    for zeros in 0..bounds::BY_NUMBER_MAX {
        let number = number(zeros).replace('-', if zeros < 30 { "-" } else { "/" });
        claims.insert(desk.take(&Paper::invoice(&number, 12_100, ANNA)).await);
    }
    let of_amount = PaymentKeys { amount: euros(12_100), ..by_number("9") };
    assert_eq!(desk.finds(of_amount.clone()).await, claims);
    // Of so many, those of another amount tell nothing.
    let nothing = PaymentFinds { claim_ids: Vec::new(), is_cut: true };
    assert_eq!(desk.find(by_number("9")).await, nothing);
    let one_more = desk.take(&Paper::invoice("9", 12_100, LUC)).await;
    assert_eq!(desk.find(of_amount).await, nothing);

    // What else was written still counts.
    let named = paid("factuur 9", Some("Luc Essai"), 1);
    let by_name = PaymentFinds { claim_ids: vec![one_more], is_cut: true };
    assert_eq!(desk.find(named.clone()).await, by_name);
    // Every payment gets its own answer, in the order in which they were asked.
    let payments = vec![by_number("8"), named, by_number("9")];
    let answer = desk.ask(payments).await;
    let empty = PaymentFinds { claim_ids: Vec::new(), is_cut: false };
    assert_eq!(answer.found, [empty, by_name, nothing]);
    let answer = desk.ask(vec![by_number("8"); bounds::PAYMENTS_MAX + 1]).await;
    assert_eq!(answer.found.len(), bounds::PAYMENTS_MAX);
    assert_eq!(desk.ask(Vec::new()).await.found, []);
    desk.close().await;
}

#[tokio::test]
async fn a_name_that_many_have_finds_only_claims_of_the_amount() {
    let desk = Desk::open().await;
    let known_as = ["J-1", "J-2", "J-3", "J-4", "J-5", "J-6", "J-7", "J-8", "J-9"];
    let mut claims = Vec::new();
    for (place, number) in known_as.into_iter().enumerate() {
        let jan = Customer { name: "Jan Jansen", known_as: Some(number), ..ANNA };
        let cents = 1_000 + i64::try_from(place).unwrap() / 2;
        claims.push(desk.take(&Paper::invoice(number, cents, jan)).await);
        if place + 1 == bounds::PERSONS_MAX {
            let all: BTreeSet<ClaimId> = claims.iter().copied().collect();
            assert_eq!(desk.finds(paid("", Some("J. Jansen"), 1)).await, all);
        }
    }
    let of_amount = BTreeSet::from([claims[2], claims[3]]);
    for name in ["J. Jansen", "Jan Jansen", "JANSEN JAN"] {
        assert_eq!(desk.finds(paid("", Some(name), 1_001)).await, of_amount, "{name}");
    }
    assert_eq!(desk.finds(paid("", Some("J. Jansen"), 999)).await, BTreeSet::new());
    let dollars = Money::new(1_001, Currency::parse("USD").unwrap());
    let payment = PaymentKeys { amount: dollars, ..paid("", Some("J. Jansen"), 1) };
    assert_eq!(desk.finds(payment).await, BTreeSet::new());

    // Somebody who is called otherwise from now on, whichever release writes it.
    let renamed = desk.take(&Paper::invoice("L-1", 1_001, LUC)).await;
    let rename = "
        update person set name = 'Bert Anders' where person_id = (
            select person_id from claim join party using (case_id) where number = 'J-3');
        update person set name = 'Jan Jansen'
        where person_id = (select person_id from claim join party using (case_id)
                           where number = 'L-1')";
    sqlx::raw_sql(rename).execute(&mut desk.connect().await).await.unwrap();
    let of_amount = BTreeSet::from([claims[3], renamed]);
    assert_eq!(desk.finds(paid("", Some("J. Jansen"), 1_001)).await, of_amount);
    desk.close().await;
}

/// In whatever form the number stands there; all claims of the case, and of no other.
#[tokio::test]
async fn the_number_of_the_case_finds_its_claims() {
    let desk = Desk::open().await;
    let mut claims = BTreeSet::new();
    for (number, cents) in [("F1", 12_100), ("F2", 2_000), ("F3", 100)] {
        claims.insert(desk.take(&Paper::invoice(number, cents, ANNA)).await);
    }
    let other = desk.take(&Paper::invoice("L1", 100, LUC)).await;
    let asked = ListCases { limit: 10, creditor_id: None, case_number: None };
    let cases = desk.house.asker().ask(&asked).await.unwrap().cases;
    let number_of =
        |name: &str| cases.iter().find(|it| it.debtor_name == name).unwrap().case_number;
    let (first, second) = (number_of("Anna Proef"), number_of("Luc Essai"));
    assert_eq!([first, second].map(CaseNumber::serial), [1_000_001, 1_000_002]);
    for text in [
        format!("dossier {first}"),
        first.figures(),
        first.to_string().replace('-', " "),
        format!("uw nr. {}, Derden", first.to_string().replace('-', "/")),
    ] {
        assert_eq!(desk.finds(paid(&text, Some("Stichting Derden"), 1)).await, claims, "{text}");
    }
    assert_eq!(desk.finds(paid(&format!("Dossiernr. {second}"), None, 1)).await, only(other));
    let mistyped = first.to_string().replace("-1", "-2");
    assert_eq!(desk.finds(paid(&mistyped, None, 1)).await, BTreeSet::new());

    let asked = ListCases { case_number: Some(second), ..asked };
    let answer = desk.house.asker().ask(&asked).await.unwrap();
    let found: Vec<CaseNumber> = answer.cases.iter().map(|it| it.case_number).collect();
    assert_eq!((found, answer.total), (vec![second], 1));
    desk.close().await;
}

/// The database gives numbers and keys as `CaseNumber` and `matching` have them.
#[tokio::test]
async fn the_key_of_a_case_number_is_that_of_its_figures() {
    let desk = Desk::open().await;
    let mut conn = desk.connect().await;
    for step in 0..2_000 {
        let serial = CaseNumber::FIRST + step * 499_999;
        let key: i64 = sqlx::query_scalar("select case_number_key($1)")
            .bind(i64::try_from(serial).unwrap())
            .fetch_one(&mut conn)
            .await
            .unwrap();
        let number = CaseNumber::of_serial(serial).unwrap();
        let keys = number_keys(&number.to_string());
        assert_eq!((digest(&keys[0]), keys.len()), (key, 1), "{number}");
    }
    desk.close().await;
}

/// While a release goes out, a process of the one before writes rows without keys.
#[tokio::test]
async fn rows_of_an_earlier_release_are_found_too() {
    let desk = Desk::open().await;
    let claim = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let statements = "
        begin;
        update person set name = 'Renée van den Berg' where name = 'Anna Proef';
        insert into person (person_id, name, country, language, lines, told_on)
        values ('00000000-0000-0000-0000-000000000001', 'Els Vroeger', 'NL', 'nl', '{}',
                '2026-03-02');
        insert into document (document_id) values ('00000000-0000-0000-0000-000000000002');
        insert into claim (claim_id, case_id, source_file_id, document_type, number, currency,
                           amount_minor, issued_on, due_on, reference, reference_key)
        select '00000000-0000-0000-0000-000000000003', case_id,
               '00000000-0000-0000-0000-000000000004', document_type, 'FACT/000.456', currency,
               amount_minor, issued_on, due_on, 'x', 'x'
        from claim;
        insert into source_file (source_file_id, document_id, creditor_id, file_hash, received_at,
                                 claim_id)
        select '00000000-0000-0000-0000-000000000004', '00000000-0000-0000-0000-000000000002',
               creditor_id, file_hash, received_at, '00000000-0000-0000-0000-000000000003'
        from source_file;
        commit";
    let mut conn = desk.connect().await;
    sqlx::raw_sql(statements).execute(&mut conn).await.unwrap();
    let earlier = ClaimId::from_uuid(Uuid::from_u128(3));
    let both = BTreeSet::from([claim, earlier]);
    assert_eq!(desk.finds(paid("factuur 456", None, 1)).await, only(earlier));
    assert_eq!(desk.finds(paid("", Some("BERG RENEE"), 1)).await, both);
    assert_eq!(desk.finds(paid("", Some("A. Proef"), 1)).await, BTreeSet::new());
    let keys: Vec<i64> =
        sqlx::query_scalar("select debtor_keys from person where name = 'Els Vroeger'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert!(keys.contains(&digest("ELS VROEGER")), "{keys:?}");
    desk.close().await;
}

/// A later save writes what `matching` says, whatever stood there.
#[tokio::test]
async fn the_next_save_writes_the_exact_keys() {
    let desk = Desk::open().await;
    let claim = desk.take(&Paper::invoice("F1234", 12_100, ANNA)).await;
    let mut conn = desk.connect().await;
    let spoil = "update claim set number_keys = '{1}'; update person set debtor_keys = '{2}'";
    sqlx::raw_sql(spoil).execute(&mut conn).await.unwrap();
    assert_eq!(desk.finds(by_number("F1234")).await, BTreeSet::new());
    let withdraw = WithdrawClaim { claim_id: claim, reason: WithdrawalReason::Mistake };
    desk.house.asker().change(&withdraw, "w1").await.unwrap();
    assert_eq!(desk.finds(by_number("F1234")).await, only(claim));
    assert_eq!(desk.finds(paid("", Some("A. Proef"), 1)).await, only(claim));
    desk.close().await;
}

/// The migration's own reading of names and numbers gives what `matching` gives.
#[tokio::test]
async fn the_keys_of_earlier_rows_are_those_of_the_later_ones() {
    let database = Desk::open().await;
    let mut conn = database.connect().await;
    let mut read = async |function: &str, text: &str| -> BTreeSet<i64> {
        let statement = format!("select {function}($1)");
        let keys: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .bind(text)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        keys.into_iter().collect()
    };
    for name in [
        "Jan Jansen",
        "J.P. de Vries",
        "JP Dubois",
        "Mevr. M.C. van den Berg-Peeters",
        "Hélène Lefèvre",
        "Zoe\u{308} Müller",
        "Łukasz Strauß",
        "Œuvre d'Art ĳssel Ĳzer æther",
        "Bakkerij De Smet BV",
        "Colruyt NV",
        "Stichting",
        "4711",
        "VOF 4711 & 0815",
        "Jan",
        "Li",
        "X",
        "",
        "Vrt Krt Ng",
        "Anna Bea Cees Dirk Els Fien Gijs Hans Inge Joke",
        "Jan Jan jansen JANSEN",
        "Jan Иванов",
        "van der van",
        "Jan\u{a0}Jansen / Piet  Pietersen",
        "ſmith Kelvin\u{212a}",
    ] {
        let keys = name_keys(&name_tokens(name)).iter().map(|key| digest(key)).collect();
        assert_eq!(read("near_debtor_keys", name).await, keys, "{name}");
    }
    for number in [
        "VF-2026/0012",
        "00123",
        "INV-000123",
        "INV",
        "INVX-17",
        "fact 2026.001",
        "Factuur A-00012345",
        "factuurnr.0017",
        "DOSSIER/17",
        "F1",
        "0000",
        "0",
        "2026 Ö 12",
        "n° 12/2026/A",
        "",
        "-",
    ] {
        let keys = number_keys(number).iter().map(|key| digest(key)).collect();
        assert_eq!(read("near_number_keys", number).await, keys, "{number}");
    }
    database.close().await;
}

fn claim(number: usize) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(u128::try_from(number).unwrap()))
}

#[test]
fn a_payment_gets_references_first_then_cases_then_numbers_then_names_up_to_its_bound() {
    let person = PersonId::from_uuid(Uuid::from_u128(7));
    let mut finds = Finds::default();
    finds.by_reference.insert("RF1".to_owned(), claim(900));
    finds.by_case.insert(2, (0..10).map(claim).collect());
    let paid_of = |numbers: std::ops::Range<usize>| -> Vec<(ClaimId, Money)> {
        numbers.map(|it| (claim(it), euros(100))).collect()
    };
    finds.by_number.insert(1, paid_of(0..30));
    finds.by_number.insert(2, paid_of(20..50));
    finds.persons.insert(3, vec![person]);
    finds.of_person.insert(person, (45..63).map(claim).collect());
    let payment = PaymentKeys {
        references: vec!["RF0".to_owned(), "RF1".to_owned()],
        number_keys: vec![1, 2],
        debtor_keys: vec![3],
        amount: euros(100),
    };
    let found = finds.of_payment(&payment);
    let all: Vec<ClaimId> = [900].into_iter().chain(0..63).map(claim).collect();
    assert_eq!((found.claim_ids, found.is_cut), (all.clone(), false));
    finds.of_person.insert(person, (45..64).map(claim).collect());
    let found = finds.of_payment(&payment);
    assert_eq!((found.claim_ids, found.is_cut), (all, true));

    // More of one amount than its bound.
    finds.persons.insert(4, vec![person; bounds::PERSONS_MAX + 1]);
    let of_amount = (100..=100 + bounds::BY_AMOUNT_MAX).map(claim).collect();
    finds.by_amount.insert((4, euros(100)), of_amount);
    let payment = PaymentKeys { debtor_keys: vec![4], ..paid("", None, 100) };
    let found = finds.of_payment(&payment);
    assert_eq!((found.claim_ids.len(), found.is_cut), (bounds::BY_AMOUNT_MAX, true));
}

#[test]
fn an_answer_has_room_for_what_the_broker_takes() {
    let name_bytes = bounds::CLUES_BYTES_MAX / 2;
    let clue = |number| ClaimClue {
        claim_id: claim(number),
        invoice_number: "1".to_owned(),
        case_number: CaseNumber::of_serial(CaseNumber::FIRST).unwrap(),
        debtor_name: "x".repeat(name_bytes - 1_000),
    };
    let finds = |numbers: &[usize]| PaymentFinds {
        claim_ids: numbers.iter().copied().map(claim).collect(),
        is_cut: false,
    };
    let answer = told(vec![finds(&[1, 2]), finds(&[3, 2])], (1..=3).map(clue).collect());
    assert_eq!(answer.claims.len(), 2);
    assert_eq!(answer.found, [finds(&[1, 2]), PaymentFinds { is_cut: true, ..finds(&[2]) }]);
}
