//! Files of what debtors paid straight to their creditor: taken in as a whole or not at all, in any
//! order of the lines, and never twice.

use crate::book::{Book, registered, told};
use crate::paper::{ANNA, BEDRIJF, LUC, Paper};
use contracts::intake::{
    DirectPaymentReported, ImportDirectPaymentsAnswer, Problem, ReportDirectPaymentAnswer,
};
use encoding_rs::WINDOWS_1252;
use intake::domain::{Claim, TABLE_LINES_MAX, read_payments};
use primitives::{ClaimId, Currency, Date, Money};
use proptest::prelude::*;

const HEADER: &str = "invoice number;amount;date paid;second;remark\n";

/// Three claims: F1 of 100 euros, F2 of 50 and F3 of 20.
fn claims() -> (Book, [ClaimId; 3]) {
    let mut book = Book::new();
    let ids = [("F1", 10_000, ANNA), ("F2", 5_000, LUC), ("F3", 2_000, BEDRIJF)];
    let ids = ids.map(|(number, cents, buyer)| {
        let (answer, _) = book.import(&Paper::invoice(number, cents, buyer).xml());
        registered(&answer).0
    });
    (book, ids)
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

/// What was told as paid on each claim, in no order.
fn paid(book: &Book) -> Vec<(String, Vec<(Date, i64)>)> {
    let payments = |claim: &Claim| {
        let told = claim.reported().map(|(_, it)| (it.paid_on, it.amount.amount_minor()));
        let mut told: Vec<_> = told.collect();
        told.sort_unstable();
        told
    };
    book.claims().into_iter().map(|(number, claim)| (number, payments(&claim))).collect()
}

fn refused(book: &mut Book, file: &[u8]) -> Vec<Problem> {
    let before = (book.claims(), book.customers.clone());
    let (answer, messages) = book.import_payments(file);
    let ImportDirectPaymentsAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert!(messages.is_empty() && !problems.is_empty());
    assert_eq!((book.claims(), book.customers.clone()), before, "a refusal changed something");
    problems
}

fn places(problems: &[Problem]) -> Vec<(&str, Option<u64>)> {
    problems.iter().map(|it| (it.field.as_str(), it.line)).collect()
}

#[test]
fn a_file_is_read_as_bookkeeping_writes_it_in_every_language() {
    let dutch = "Factuurnummer;Betaald bedrag;Betaald op;Betaler\r\n\
                 F1;60,00;09-03-2026;\"Jansen; P.\"\r\nF2;1,5;2026-03-10;\r\n;;;\r\n";
    let french = "N\u{b0} facture,Montant pay\u{e9},Pay\u{e9} le\n\
                  F1,\"60,00\",9/3/2026\nF2,1.50,10/03/2026\n";
    let english =
        "\u{feff}Invoice No.\tAmount\tPaid on\nF1\t60\t20260309\nF2\tEUR 1.50\t2026-03-10 00:00:00";
    let german = "Notiz;Rechnungsnr.;Betrag;Gezahlt am\n\u{fc}ber;F1;60,00 \u{20ac};9.3.2026\n\
                  ;F2;1,50;10.03.2026\n";
    let windows = |text: &str| WINDOWS_1252.encode(text).0.into_owned();
    let files = [
        dutch.as_bytes().to_vec(),
        windows(french),
        french.as_bytes().to_vec(),
        english.as_bytes().to_vec(),
        windows(german),
    ];
    for file in files {
        let (mut book, [first, second, _]) = claims();
        let (answer, messages) = book.import_payments(&file);
        let total = euros(6_150);
        assert_eq!(answer, ImportDirectPaymentsAnswer::Imported { payment_count: 2, total });
        let told = told::<DirectPaymentReported>(&messages);
        let told: Vec<_> =
            told.iter().map(|it| (it.claim_id, it.amount, it.paid_on.to_string())).collect();
        let expected = [
            (first, euros(6_000), "2026-03-09".to_owned()),
            (second, euros(150), "2026-03-10".to_owned()),
        ];
        assert_eq!(told, expected);
        // The same file once more is known.
        let before = paid(&book);
        let (answer, messages) = book.import_payments(&file);
        let is_known = matches!(
            answer,
            ImportDirectPaymentsAnswer::AlreadyKnown { payment_count: 2, total: it, .. }
                if it == total
        );
        assert!(is_known && messages.is_empty() && paid(&book) == before, "{answer:?}");
    }
}

/// A list of what is open has numbers, amounts and days, too: it would pay everything.
#[test]
fn what_is_no_table_of_payments_is_refused() {
    for header in [
        "Factuurnummer;Datum;Vervaldatum;Bedrag",
        "Factuur;Datum;Openstaand;Bedrag",
        "Invoice;Date;Due date;Amount",
        "Facture;Date;Date d'\u{e9}ch\u{e9}ance;Montant",
        "Rechnung;Gezahlt am;F\u{e4}lligkeit;Betrag",
        "Factuur;Datum;Af/Bij;Bedrag",
    ] {
        let (mut book, _) = claims();
        let file = format!("{header}\nF1;2026-03-09;2026-03-10;10,00\n");
        assert_eq!(places(&refused(&mut book, file.as_bytes())), [("file", Some(1))], "{header}");
    }
    let (mut book, _) = claims();
    let header = "Factuur;Datum;Valuta;Bedrag\n";
    let dollars = format!("{header}F1;2026-03-09;EUR;10,-\nF1;2026-03-10;USD;20,00\n");
    assert_eq!(places(&refused(&mut book, dollars.as_bytes())), [("currency", Some(3))]);
    let (answer, _) = book.import_payments(dollars.replace("USD", "\u{20ac}").as_bytes());
    let total = euros(3_000);
    assert_eq!(answer, ImportDirectPaymentsAnswer::Imported { payment_count: 2, total });
}

#[test]
fn a_third_equal_payment_is_no_second_one() {
    let (mut book, _) = claims();
    let first = "F1;20,00;2026-03-09;;\nF1;20,00;2026-03-09;x;\n";
    book.import_payments(format!("{HEADER}{first}").as_bytes());
    let before = paid(&book);
    // Saved again, with other bytes.
    let again = format!("{HEADER}F1;20,00;2026-03-09;x;again\n");
    assert_eq!(places(&refused(&mut book, again.as_bytes())), [("second", Some(2))]);
    assert_eq!(paid(&book), before);
}

#[test]
fn one_wrong_line_keeps_the_whole_file_out_and_is_told_with_its_column() {
    let (mut book, _) = claims();
    let lines = "F1;10,00;2026-03-10;;\n\
                 F9;10,00;2026-03-10;;\n\
                 F1;100,00;2026-03-11;;\n\
                 F2;1,00;2026-03-21;;\n\
                 F2;1,00;2026-03-01;;\n\
                 F3;0,00;2026-03-10;;\n";
    let problems = refused(&mut book, format!("{HEADER}{lines}").as_bytes());
    let expected = [
        ("invoice", Some(3)),
        ("amount", Some(4)),
        ("paid_on", Some(5)),
        ("paid_on", Some(6)),
        ("amount", Some(7)),
    ];
    assert_eq!(places(&problems), expected);
    assert!(problems[0].reason.starts_with("column 1: is the number of no claim"));
    assert!(problems[1].reason.starts_with("column 2: is more than"), "{}", problems[1].reason);

    // What cannot be read is told before anything is looked up.
    let lines = "F1;1.234;2026-03-10;;\n\
                 F1;ten;31-02-2026;;\n\
                 ;-1,00;10-03-26;maybe;\n\
                 F1;10,00\n\
                 F1;10,00;2026-03-10;;\"open\nF2;10,00;2026-03-10;;\"\n";
    let problems = refused(&mut book, format!("{HEADER}{lines}").as_bytes());
    let expected = [
        ("amount", Some(2)),
        ("amount", Some(3)),
        ("paid_on", Some(3)),
        ("invoice", Some(4)),
        ("amount", Some(4)),
        ("paid_on", Some(4)),
        ("second", Some(4)),
        ("line", Some(5)),
        ("line", Some(6)),
    ];
    assert_eq!(places(&problems), expected);
    assert!(problems[0].reason.contains("thousands or parts of a cent"), "{}", problems[0].reason);

    let of_a_withdrawn_claim = format!("{HEADER}F3;1,00;2026-03-10;;\n");
    let claim_id = book.cases().iter().find_map(|it| it.claim_for("F3")).unwrap().0;
    book.withdraw(claim_id);
    let problems = refused(&mut book, of_a_withdrawn_claim.as_bytes());
    assert_eq!(places(&problems), [("invoice", Some(2))]);
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    let (mut book, _) = claims();
    let many = format!("{HEADER}{}", "F1;0,01;2026-03-10;x;\n".repeat(TABLE_LINES_MAX + 1));
    for (file, expected) in [
        ("", vec![("file", None)]),
        (HEADER, vec![("file", None)]),
        (&many, vec![("file", None)]),
        ("a;b\n1;2\n", vec![("invoice", Some(1)), ("amount", Some(1)), ("paid_on", Some(1))]),
        ("factuur;bedrag;amount;datum\nF1;1;1;2026-03-10\n", vec![("amount", Some(1))]),
    ] {
        assert_eq!(places(&refused(&mut book, file.as_bytes())), expected);
    }
    // Of a great many problems the first are told.
    let wrong = format!("{HEADER}{}", "F1;?;2026-03-10;;\n".repeat(500));
    let problems = refused(&mut book, wrong.as_bytes());
    assert_eq!((problems.len(), problems.last().unwrap().line), (101, None));
}

#[test]
fn the_same_payment_in_a_later_file_has_to_be_meant() {
    let (mut book, _) = claims();
    let file = |rest: &str| format!("{HEADER}{rest}").into_bytes();
    let (answer, _) = book.import_payments(&file("F1;10,00;2026-03-10;;\n"));
    assert!(matches!(answer, ImportDirectPaymentsAnswer::Imported { .. }), "{answer:?}");
    let problems =
        refused(&mut book, &file("F2;5,00;2026-03-10;;\nF1;10,00;2026-03-10;;told again\n"));
    assert_eq!(places(&problems), [("invoice", Some(3))]);
    let reason = &problems[0].reason;
    assert!(reason.contains("reported already, on 2026-03-20") && reason.contains("`second`"));
    // Twice on one file is told apart in the same way.
    let problems = refused(&mut book, &file("F2;5,00;2026-03-10;;\nF2;5,00;2026-03-10;;\n"));
    assert_eq!(places(&problems), [("invoice", Some(3))]);
    assert!(problems[0].reason.contains("stands on an earlier line"), "{}", problems[0].reason);

    let meant = "F2;5,00;2026-03-10;second;\nF2;5,00;2026-03-10;;\nF1;10,00;2026-03-10;x;\n";
    let (answer, messages) = book.import_payments(&file(meant));
    let total = euros(2_000);
    assert_eq!(answer, ImportDirectPaymentsAnswer::Imported { payment_count: 3, total });
    let mut ids: Vec<_> =
        told::<DirectPaymentReported>(&messages).iter().map(|it| it.payment_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each is a payment of its own");
}

#[test]
fn amounts_are_read_as_they_are_written_or_not_at_all() {
    let read = |amount: &str| {
        let file = format!("factuur\tbedrag\tdatum\nF1\t{amount}\t2026-03-10\n");
        read_payments(file.as_bytes()).ok().map(|it| it.lines[0].amount.amount_minor())
    };
    for (text, cents) in [
        ("12", 1_200),
        ("12,3", 1_230),
        ("12.34", 1_234),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1.234.567", 123_456_700),
        ("1 234,56", 123_456),
        ("1\u{a0}234,56", 123_456),
        ("1'234.56", 123_456),
        ("1234,56", 123_456),
        ("\u{20ac} 12,34", 1_234),
        ("12,34 EUR", 1_234),
    ] {
        assert_eq!(read(text), Some(cents), "{text}");
    }
    for text in [
        "",
        "-1",
        "1-",
        "1.234",
        "1,234",
        "12.34.56",
        "1.23,4567",
        "1,2.3",
        "12,345,6",
        ",50",
        "1 23,00",
        "12,",
        "1e3",
        "12,34 USD",
        "99999999999999999999",
        "1.2345.678",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

/// Lines of small payments: which claim, how many cents, which day, and whether it is marked.
fn lines() -> impl Strategy<Value = Vec<(usize, i64, u8, bool)>> {
    proptest::collection::vec((0_usize..3, 1_i64..4, 8_u8..10, any::<bool>()), 1..8)
}

fn written(lines: &[(usize, i64, u8, bool)]) -> Vec<u8> {
    let line = |(claim, hundreds, day, is_second): &(usize, i64, u8, bool)| {
        let mark = if *is_second { "second" } else { "" };
        format!("F{};{},00;2026-03-{day:02};{mark};\n", claim + 1, hundreds * 5)
    };
    let lines: String = lines.iter().map(line).collect();
    format!("{HEADER}{lines}").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever the order of the lines: the same file is taken in or refused, and the claims are
    /// the same; and they are as if each payment had been told by itself. But a third equal one of
    /// a file is none.
    #[test]
    fn any_order_of_lines_and_one_by_one_come_to_the_same(
        before in lines(), lines in lines(), shuffled in any::<proptest::sample::Index>(),
    ) {
        let (mut book, ids) = claims();
        // Some were told before, by files or one by one.
        book.import_payments(&written(&before));
        let mut other = book.clone();
        let mut by_hand = book.clone();
        let mut turned = lines.clone();
        turned.rotate_left(shuffled.index(lines.len()));
        turned.reverse();
        let (answer, _) = book.import_payments(&written(&lines));
        let (of_turned, _) = other.import_payments(&written(&turned));
        let is_taken = |answer: &ImportDirectPaymentsAnswer| match answer {
            ImportDirectPaymentsAnswer::Imported { .. } => true,
            ImportDirectPaymentsAnswer::AlreadyKnown { .. }
            | ImportDirectPaymentsAnswer::Refused { .. } => false,
        };
        // A file that is the same, byte for byte, as the one before is known.
        prop_assume!(written(&lines) != written(&before) && written(&turned) != written(&before));
        prop_assert_eq!(is_taken(&answer), is_taken(&of_turned), "{:?} {:?}", answer, of_turned);
        prop_assert_eq!(paid(&book), paid(&other));
        let mut one_by_one = lines.clone();
        one_by_one.sort_by_key(|it| it.3);
        let mut all = true;
        for (claim, hundreds, day, is_second) in one_by_one {
            let paid_on = format!("2026-03-{day:02}");
            let amount = (hundreds * 500, Currency::EUR);
            let there = &paid(&by_hand)[claim].1;
            let equal = |it: &&(Date, i64)| it.0.to_string() == paid_on && it.1 == amount.0;
            all &= !is_second || there.iter().filter(equal).count() < 2;
            let (told, _) = by_hand.report_as(ids[claim], amount, &paid_on, is_second);
            all &= matches!(told, ReportDirectPaymentAnswer::Reported { .. });
        }
        prop_assert_eq!(is_taken(&answer), all, "{:?}", answer);
        if all {
            prop_assert_eq!(paid(&book), paid(&by_hand));
        }
    }

    /// No bytes make it panic.
    #[test]
    fn nonsense_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_payments(&bytes);
        let mut with_header = HEADER.as_bytes().to_vec();
        with_header.extend(bytes);
        let _ = read_payments(&with_header);
    }
}
