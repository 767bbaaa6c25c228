//! What users of the MT940 reader rely on: real files give their known facts, each dialect tells
//! who paid what, a file that does not prove itself is reported, no money gets lost in silence, and
//! no bytes whatever make it panic.

#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests fail loudly")]

use std::fmt::Write;
use std::fs;

use bank_statements::{
    Direction, Entry, EntryStatus, Format, Reading, Transaction, Verbatim, Verdict, collect,
    report_json,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

// --- real files -------------------------------------------------------------------------------

#[test]
fn every_sample_gets_its_verdict_and_gives_its_facts() {
    let Some(folder) = testkit::samples() else { return };
    let expected = fs::read(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let mut read_count = 0;
    let mut wrong = Vec::new();
    for file in expected["files"].as_array().unwrap() {
        if file["format"] != "mt940" {
            continue;
        }
        read_count += 1;
        let name = file["file"].as_str().unwrap();
        let reading = collect(&fs::read(folder.join(name)).unwrap());
        let report = report_json(&reading);
        let mut compare = |what: &str, ours: &Value, theirs: &Value| {
            let is_same = match (decimal(ours), decimal(theirs)) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => ours == theirs,
            };
            if !is_same {
                wrong.push(format!("{name}: {what}: {ours}, not {theirs}"));
            }
        };
        compare("verdict", &report["verdict"], &file["importer_should"]);
        compare("format", &report["format"], &file["format"]);
        if file["importer_should"] == "reject" {
            continue;
        }
        let theirs = file["expected"]["statements"].as_array().unwrap();
        let ours = report["statements"].as_array().unwrap();
        compare("statements", &ours.len().into(), &theirs.len().into());
        for ((ours, theirs), read) in ours.iter().zip(theirs).zip(&reading.statements) {
            for field in ["account", "currency", "entry_count", "sum_credit", "sum_debit"] {
                compare(field, &ours[field], &theirs[field]);
            }
            for field in ["opening", "closing"] {
                compare(field, &ours[field], &signed(&theirs[field]));
            }
            let balanced = theirs.get("balance_check").cloned().unwrap_or_default();
            compare("balanced", &ours["balanced"], &balanced);
            let reversals = read.entries.iter().filter(|it| it.reversal).count();
            compare("reversals", &reversals.into(), &theirs["reversal_entries"]);
            let credits = read.statement.totals.all.credit.count;
            compare("credits", &credits.into(), &theirs["credit_count"]);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(read_count, 53);
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str()?.parse().ok()
}

/// A balance of the expected facts, negative when overdrawn.
fn signed(balance: &Value) -> Value {
    let Some(amount) = balance["amount"].as_str() else { return Value::Null };
    let sign = if balance["sign"] == "D" { "-" } else { "" };
    format!("{sign}{amount}").into()
}

// --- statements of our own --------------------------------------------------------------------

/// A statement of one account from 100,00 on, which proves its entries.
fn statement(name: &str, account: &str, closing: &str, entries: &str) -> String {
    format!(
        ":20:{name}\n:25:{account}\n:28C:12/1\n:60F:C260101EUR100,00\n{entries}\n\
         :62F:{closing}\n"
    )
}

/// What was read of the only entry of a file that is accepted.
fn entry(file: &str) -> Entry {
    let reading = collect(file.as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let [statement] = &reading.statements[..] else { panic!("{file}") };
    let [entry] = &statement.entries[..] else { panic!("{file}") };
    entry.clone()
}

fn text(it: Option<&Verbatim>) -> &str {
    it.map_or("", Verbatim::as_str)
}

/// End-to-end id, account, name, words and references.
fn told(entry: &Entry) -> [String; 5] {
    let none = Transaction::default();
    let it = entry.details.first().unwrap_or(&none);
    let words: Vec<&str> = it.unstructured.iter().map(Verbatim::as_str).collect();
    let references: Vec<&str> = it.references.iter().map(|it| it.text.as_str()).collect();
    [
        text(it.end_to_end_id.as_ref()).to_owned(),
        text(it.counterparty_account.as_ref().map(|it| &it.number)).to_owned(),
        text(it.counterparty_name.as_ref()).to_owned(),
        words.join("|"),
        references.join("|"),
    ]
}

const ING: &str = "NL69INGB0123456789EUR";
const RABO: &str = "NL39RABO0300065264 EUR";

/// `:20:`, account, the fields of one credit of 10,50, and what it tells.
const DIALECTS: &[(&str, &str, &str, [&str; 5])] = &[
    (
        "P260101000000001",
        ING,
        ":61:2601020102C10,50NTRFEREF//260021\n/TRCD/00100/\n\
             :86:/EREF/E2E-7//CNTP/NL91ABNA0417164300/ABNANL2A/J. Bos/Ede//REMI/US\n\
             TD//Factuur 2026-17/",
        ["E2E-7", "NL91ABNA0417164300", "J. Bos", "Factuur 2026-17", ""],
    ),
    (
        "MPBZ",
        "0123456789",
        ":61:260102C10,50NGT EREF\n\
             :86:NL91ABNA0417164300 ABNANL2A J. BOS NOTPROVIDED huur januari en fe\n\
             bruari 2026",
        [
            "",
            "NL91ABNA0417164300",
            "",
            "NL91ABNA0417164300 ABNANL2A J. BOS NOTPROVIDED huur januari en februari 2026",
            "",
        ],
    ),
    (
        "940S260102",
        RABO,
        ":61:260102C000000000010,50N541EREF\nNL91ABNA0417164300\n\
             :86:/EREF/E2E-7/ORDP//NAME/J. Bos/REMI/Factuur 2026-17/ISDT/2026-01-02",
        ["E2E-7", "NL91ABNA0417164300", "J. Bos", "Factuur 2026-17", ""],
    ),
    (
        "940A260102",
        "1017.490.555EUR",
        ":61:260102C000000000010,50N0240417164300      J. Bos\n:86:Factuur 17\n\
             :86:BETALINGSKENM.  0189827218201120",
        [
            "",
            "0417164300",
            "J. Bos",
            "Factuur 17|BETALINGSKENM.  0189827218201120",
            "0189827218201120",
        ],
    ),
    (
        "ABN AMRO BANK NV",
        "555555555",
        ":61:2601020102C10,5N654NONREF\n\
             :86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A\n\
             /NAME/J. BOS/REMI/+++010/8068/17183+++/EREF/NOTPROVIDED",
        ["", "NL91ABNA0417164300", "J. BOS", "+++010/8068/17183+++", "+++010/8068/17183+++"],
    ),
    (
        "ABN AMRO BANK NV",
        "555555555",
        ":61:2601020102C10,5N654NONREF\n\
             :86:SEPA OVERBOEKING                 IBAN: NL91ABNA0417164300\n\
             BIC: ABNANL2A                    NAAM: J. BOS\n\
             OMSCHRIJVING: FACTUUR 17\nKENMERK: E2E-7",
        ["E2E-7", "NL91ABNA0417164300", "J. BOS", "FACTUUR 17", ""],
    ),
    (
        "0000000000",
        "NL19SNSB0123456789",
        ":61:2601020102C10,50NOVBNL91ABNA04171643\nj. bos\n\
             :86:NL91ABNA0417164300 j. bos\n\
             \u{20}                                                                \n\
             factuur 17                                                       \n",
        ["", "NL91ABNA0417164300", "j. bos", "NL91ABNA0417164300 j. bos|factuur 17", ""],
    ),
    (
        "ABC123",
        "0222222222",
        ":61:2601020102C10,50NTRFNONREF//K-1\n:86:REK: NL91ABNA0417164300/NAAM: J. Bos",
        ["", "NL91ABNA0417164300", "J. Bos", "REK: NL91ABNA0417164300/NAAM: J. Bos", ""],
    ),
    (
        "STARTUMS",
        "10020030/1234567",
        ":61:2601020102CR10,50N166NONREF\n\
             :86:166?00GUTSCHRIFT?100399?20EREF+E2E-7?21SVWZ+Rechnung 2026-0?22017\n\
             ?30DRESDEFF508?31DE89370400440532013000?32Karl?33Bos",
        ["E2E-7", "DE89370400440532013000", "Karl Bos", "Rechnung 2026-0 017", ""],
    ),
    (
        "17013109020",
        "12345678901234567890123456",
        ":61:260102C10,50FMSCNONREF\n:NS:01Factuur 17\n02dank\n03\n15J. Bos\n17Gutschrift",
        ["", "", "J. Bos", "Factuur 17|dank", ""],
    ),
    (
        "X",
        "NL22KNAB0123456789",
        ":61:2601020102C10,50NTRF1234567812345678",
        ["", "", "", "", "1234567812345678"],
    ),
];

#[test]
fn each_dialect_tells_who_paid_what_for() {
    for (name, account, lines, expected) in DIALECTS {
        let entry = entry(&statement(name, account, "C260102EUR110,50", lines));
        assert_eq!(told(&entry), expected.map(str::to_owned), "{name}");
        assert_eq!(entry.direction, Direction::Credit);
    }
}

#[test]
fn an_entry_of_which_nothing_is_told_has_no_transaction() {
    let file = statement("A", "B1", "C260102EUR90,00", ":61:2601020102D10,00NCHGNONREF//B-1");
    let entry = entry(&file);
    assert_eq!((entry.details.len(), text(entry.bank_reference.as_ref())), (0, "B-1"));
    assert_eq!(text(entry.code.proprietary.as_ref()), "NCHG");
}

#[test]
fn what_comes_back_is_returned_with_its_reason() {
    for (lines, reason) in [
        (":61:2601020102D10,N245NONREF\n:86:/RTYP/SEPA Terugboeking/RTRN/AC01/NAME/J. Bos", "AC01"),
        (":61:2601020102D10,NTRFNONREF\n:86:109?00RETOURE?20EREF+A?34914", "914"),
        (":61:2601020102D10,NRTINONREF", ""),
    ] {
        let entry = entry(&statement("A", "B1", "C260102EUR90,00", lines));
        let returned = entry.details[0].returned.as_ref().unwrap();
        assert_eq!(text(returned.reason.as_ref()), reason, "{lines}");
    }
}

#[test]
fn marks_say_which_way_money_moves() {
    for (mark, closing, direction, reversal) in [
        ("C", "C260102EUR110,", Direction::Credit, false),
        ("D", "C260102EUR90,", Direction::Debit, false),
        ("RC", "C260102EUR90,", Direction::Debit, true),
        ("RDR", "C260102EUR110,", Direction::Credit, true),
        ("c", "C260102EUR110,", Direction::Credit, false),
    ] {
        let entry = entry(&statement("A", "B1", closing, &format!(":61:260102{mark}10,NTRFX")));
        assert_eq!((entry.direction, entry.reversal), (direction, reversal), "{mark}");
    }
    let expected = statement("A", "B1", "C260102EUR100,", ":61:260102EC10,NTRFX");
    assert_eq!(entry(&expected).status, EntryStatus::Future);
}

#[test]
fn a_statement_says_which_one_it_is() {
    let reading = collect(statement("A", "NL91ABNA0417164300EUR", "C260131EUR100,", "").as_bytes());
    let found = &reading.statements[0].statement;
    assert_eq!(found.id.as_str(), "A 12 2026-01-01/2026-01-31");
    assert_eq!((found.page, found.account.is_iban), (Some(1), true));
    assert_eq!(reading.format, Some(Format::Mt940));
    assert_eq!(reading.verdict, Verdict::Accept);
}

#[test]
fn every_line_end_and_encoding_gives_the_same() {
    let lines = ":61:2601020102C10,50NTRFNONREF\n:86:Café de Zon";
    let file = statement("A", "B1", "C260102EUR110,50", lines);
    let expected = collect(file.as_bytes()).statements;
    let latin: Vec<u8> = file.chars().map(|it| it as u8).collect();
    for bytes in [
        file.replace('\n', "\r\n").into_bytes(),
        file.replace('\n', "\r").into_bytes(),
        latin,
        format!("\u{feff}{file}").into_bytes(),
        format!("\r\n\r\n{file}").into_bytes(),
        format!("0000 01INGBNL2AXXXX00001\n940 00\n{file}-XXX\n").into_bytes(),
        format!("ABNANL2A\n940\nABNANL2A\n{file}-\n").into_bytes(),
        format!("\u{1}{{1:F01X}}{{2:I940X}}{{4:\n{file}-}}\u{3}").into_bytes(),
        format!("{{1:F01X}}{{2:I940X}}{{4:{file}-}}{{5:}}").into_bytes(),
        format!(":940:\n{file}").into_bytes(),
    ] {
        let reading = collect(&bytes);
        assert_eq!(reading.problems, []);
        assert_eq!(reading.statements, expected, "{}", String::from_utf8_lossy(&bytes));
    }
}

// --- what is wrong ----------------------------------------------------------------------------

const WHOLE: &str = ":20:A\n:25:B1\n:28C:1/1\n:60F:C260101EUR100,00\n\
    :61:2601020102C10,50NTRFNONREF//R-1\n:86:Factuur 17\n\
    :61:2601030103D5,25NTRFNONREF//R-2\n:86:Huur\n:62F:C260103EUR105,25\n";

fn after(from: &str, to: &str) -> Reading {
    assert!(WHOLE.contains(from), "{from}");
    collect(WHOLE.replacen(from, to, 1).as_bytes())
}

#[test]
fn what_a_person_must_look_at_is_reported() {
    assert_eq!(collect(WHOLE.as_bytes()).problems, []);
    for (from, to, field) in [
        ("105,25", "105,26", ":62F:"),
        (":62F:C260103EUR105,25\n", "", ":62F:"),
        (":60F:C260101EUR100,00\n", "", ":60F:"),
        (":20:A\n", "", ":20:"),
        ("2601020102", "2613020102", ":61:"),
        ("2601020102", "2601020142", ":61:"),
        ("C260101EUR", "C261301EUR", ":60F:"),
        ("10,50NTRF", "10,505NTRF", ":61:"),
        (":62F:", ":62F:C260103EUR1,\n:62F:", ":62F:"),
        (":28C:1/1\n", ":28C:1/1\n:25:B2\n", ":25:"),
        (":28C:1/1\n", ":28C:1/1\n:28C:2/1\n", ":28C:"),
        ("EUR105,25\n", "EUR105,25\n:61:260103C0,NTRFX\n", ":61:"),
        (":61:2601030103", " :61:2601030103", "tag"),
        ("EUR105,25", "EUR105,25 7", ":62F:"),
        ("EUR105,25", "105,25", ":62F:"),
        ("EUR105,25\n", "EUR105,25\n:20:B\n", ":20:"),
    ] {
        let reading = after(from, to);
        assert_eq!(reading.verdict, Verdict::Report, "{from}: {:?}", reading.problems);
        assert_eq!(reading.problems[0].field, field, "{from}: {:?}", reading.problems);
        assert_eq!(reading.statements.len(), 1, "{from}");
    }
    let long = format!(":86:{}\n", "x".repeat(20_000));
    assert_eq!(after(":86:Huur\n", &long).verdict, Verdict::Report);
}

#[test]
fn what_cannot_be_read_for_sure_is_refused_whole() {
    for (from, to, field) in [
        ("C10,50", "C10,5O,1", ":61:"),
        ("C10,50", "C1'010,50", ":61:"),
        ("C10,50N", "CO,50N", ":61:"),
        ("C10,50", "10,50", ":61:"),
        ("2601020102C", "26010C", ":61:"),
        ("C10,50", "C1.010,50", ":61:"),
        ("EUR105,25", "EUR10S,25", ":62F:"),
        ("EUR105,25", "EUR", ":62F:"),
        ("C260103EUR", "260103EUR", ":62F:"),
        ("C260103EUR", "C260103USD", ":62F:"),
        ("C260101EUR", "C260101EU1", ":60F:"),
        ("C260101EUR", "C260101", ":60F:"),
        (":25:B1\n", "", ":25:"),
    ] {
        let reading = after(from, to);
        assert_eq!(reading.verdict, Verdict::Reject, "{from}: {:?}", reading.problems);
        assert_eq!(reading.problems[0].field, field, "{from}: {:?}", reading.problems);
        assert!(reading.statements.is_empty());
    }
    assert_eq!(collect(b":20:A\n").verdict, Verdict::Reject);
    assert_eq!(collect(b":20:A\n:20:B\n:25:B1\n").verdict, Verdict::Report);
}

#[test]
fn amounts_may_have_no_figure_before_the_comma() {
    let file = WHOLE.replace("D5,25NTRF", "D,25NTRF").replace("EUR105,25", "EUR110,25");
    let reading = collect(file.as_bytes());
    assert_eq!(reading.problems, []);
    assert_eq!(reading.statements[0].entries[1].amount.to_string(), "0.25 EUR");
}

#[test]
fn a_balance_without_currency_is_in_that_of_the_statement() {
    let reading = after("EUR105,25", "105,25");
    let closing = reading.statements[0].statement.closing.unwrap();
    assert_eq!(closing.amount.to_string(), "105.25 EUR");
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn lines_that_are_indented_or_end_in_signs_give_the_same() {
    let expected = collect(WHOLE.as_bytes());
    let indented = format!("  {}", WHOLE.trim_end().replace('\n', "\n  "));
    let signs = format!("@@{}-", WHOLE.replace('\n', "@@"));
    for file in [indented, signs] {
        let reading = collect(file.as_bytes());
        assert_eq!(reading.problems, [], "{file}");
        assert_eq!(reading.statements, expected.statements, "{file}");
    }
}

#[test]
fn a_day_that_its_month_does_not_have_is_its_last() {
    let reading = after("2601020102C", "2602300102C");
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let value_on = reading.statements[0].entries[0].value_on.unwrap();
    assert_eq!(value_on.to_string(), "2026-02-28");
}

#[test]
fn pages_go_on_where_the_one_before_ended() {
    let pages = |second: &str| {
        format!(
            ":20:A\n:25:B1\n:28C:1/1\n:60F:C260101EUR100,\n:61:260102C1,NTRFX\n\
             :62M:C260102EUR101,\n:20:A\n:25:B1\n:28C:1/2\n:60M:C260102EUR{second},\n\
             :62F:C260103EUR{second},\n"
        )
    };
    let reading = collect(pages("101").as_bytes());
    assert_eq!(reading.problems, []);
    assert_eq!(reading.statements[1].statement.page, Some(2));
    let reading = collect(pages("102").as_bytes());
    assert_eq!((reading.verdict, &*reading.problems[0].field), (Verdict::Report, ":60M:"));
    let both = pages("101");
    let (first, second) = both.split_at(both.rfind(":20:").unwrap());
    for alone in [first.to_owned(), format!("{first}{}", second.replace("B1", "B2"))] {
        let reading = collect(alone.as_bytes());
        assert_eq!((reading.verdict, &*reading.problems[0].field), (Verdict::Accept, ":62M:"));
    }
}

#[test]
fn entries_without_balances_are_in_the_currency_of_the_floor_limit() {
    let file = ":20:A\n:25:B1\n:28C:1/1\n:34F:EURD0,\n:61:2601020102C10,NTRFX\n:86:Huur\n";
    let reading = collect(file.as_bytes());
    assert_eq!(reading.verdict, Verdict::Report);
    assert_eq!(reading.statements[0].entries[0].amount.to_string(), "10.00 EUR");
    assert_eq!(collect(file.replace(":34F:EURD0,\n", "").as_bytes()).verdict, Verdict::Reject);
}

#[test]
fn what_a_payer_writes_is_not_taken_for_the_words_of_the_bank() {
    let lines = ":61:260102C10,50N541EREF\nNL91ABNA0417164300\n\
        :86:/ORDP//NAME/J. Bos/REMI/x/IBAN/NL20INGB0001234567/ISDT/2026-01-02";
    let file = statement("940S260102", "NL39RABO0300065264 EUR", "C260102EUR110,50", lines);
    assert_eq!(told(&entry(&file))[1], "NL91ABNA0417164300");
}

#[test]
fn problems_hold_no_name_account_or_text() {
    let secret = "JANSSEN";
    let file = format!(
        ":20:{secret}\n:25:{secret}1\n:25:{secret}2\n:99:{secret}\n:60F:C269901EUR1, {secret}\n\
         :61:269901C1,{secret}\n{secret}\n :61:{secret}\n:61:{secret}\n:62F:{secret}\n"
    );
    let reading = collect(file.as_bytes());
    assert!(reading.problems.len() > 5);
    for problem in &reading.problems {
        assert!(!problem.to_string().contains(secret), "{problem}");
    }
}

// --- properties -------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug)]
enum Dialect {
    Ing,
    Rabobank,
    AbnAmro,
    German,
}

#[derive(Clone, Debug)]
struct Payment {
    cents: i64,
    is_credit: bool,
    is_reversal: bool,
    day: u8,
    name: String,
    reference: String,
    words: String,
}

fn payment() -> impl Strategy<Value = Payment> {
    let name = "[A-Z][a-z]{2,10}( [A-Z][a-z]{2,10}){0,2}";
    let words = "[A-Z][a-z]{1,12}( [a-z0-9.]{1,12}){0,9}";
    let moves = (1_i64..10_000_000, any::<bool>(), any::<bool>(), 1_u8..29);
    (moves, name, "[A-Z]{2}-[0-9]{3,20}", words).prop_map(|(moves, name, reference, words)| {
        let (cents, is_credit, is_reversal, day) = moves;
        Payment { cents, is_credit, is_reversal, day, name, reference, words }
    })
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![
        Just(Dialect::Ing),
        Just(Dialect::Rabobank),
        Just(Dialect::AbnAmro),
        Just(Dialect::German)
    ]
}

const IBAN: &str = "NL91ABNA0417164300";

fn amount(cents: i64) -> String {
    format!("{},{:02}", cents / 100, cents % 100)
}

/// A text as banks break it: after so many characters.
fn broken(text: &str, width: usize, mark: impl Fn(usize) -> String) -> String {
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(width).enumerate();
    pieces.map(|(at, piece)| mark(at) + &piece.iter().collect::<String>()).collect()
}

fn written(dialect: Dialect, payments: &[Payment]) -> String {
    let (name, account) = match dialect {
        Dialect::Ing => ("P260101", "NL69INGB0123456789EUR"),
        Dialect::Rabobank => ("940S260101", "NL39RABO0300065264 EUR"),
        Dialect::AbnAmro => ("ABN AMRO BANK NV", "555555555"),
        Dialect::German => ("STARTUMS", "10020030/1234567"),
    };
    let mut file = format!(":20:{name}\n:25:{account}\n:28C:1/1\n:60F:C260101EUR0,\n");
    let mut balance = 0;
    for it in payments {
        let Payment { is_credit, is_reversal, day, name, reference, words, .. } = it;
        balance += if *is_credit { it.cents } else { -it.cents };
        let mark = match (is_credit, is_reversal) {
            (true, false) => "C",
            (false, false) => "D",
            (true, true) => "RD",
            (false, true) => "RC",
        };
        let party = if *is_credit { "ORDP" } else { "BENM" };
        let money = amount(it.cents);
        write!(file, ":61:2601{day:02}01{day:02}{mark}{money}NTRFEREF//BANK-1\n:86:").unwrap();
        let text = match dialect {
            Dialect::Ing => {
                format!("/EREF/{reference}//CNTP/{IBAN}/ABNANL2A/{name}///REMI/USTD//{words}/")
            }
            Dialect::Rabobank => {
                file.truncate(file.len() - ":86:".len());
                write!(file, "{IBAN}\n:86:").unwrap();
                format!("/EREF/{reference}/{party}//NAME/{name}/REMI/{words}/ISDT/2026-01-01")
            }
            Dialect::AbnAmro => {
                format!("/TRTP/SEPA/IBAN/{IBAN}/NAME/{name}/REMI/{words}/EREF/{reference}")
            }
            Dialect::German => {
                let field = |at: usize| format!("?{}", 20 + at);
                let id = broken(&format!("EREF+{reference}"), 27, field);
                let start = 20 + id.matches('?').count();
                let field = |at: usize| {
                    format!("?{}", if start + at < 30 { start + at } else { 30 + start + at })
                };
                let purpose = broken(&format!("SVWZ+{words}"), 27, field);
                let name = broken(name, 27, |at| format!("?{}", 32 + at));
                format!("166?00GUTSCHRIFT{id}{purpose}?30ABNANL2A?31{IBAN}{name}")
            }
        };
        file += &broken(&text, 65, |at| if at == 0 { String::new() } else { "\n".to_owned() });
        file += "\n";
    }
    let sign = if balance < 0 { "D" } else { "C" };
    file + &format!(":62F:{sign}260131EUR{}\n", amount(balance.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_written_is_read(
        dialect in dialect(),
        payments in prop::collection::vec(payment(), 0..6),
    ) {
        let file = written(dialect, &payments);
        let reading = collect(file.as_bytes());
        prop_assert_eq!(&reading.problems, &[], "{}", file);
        let entries = &reading.statements[0].entries;
        prop_assert_eq!(entries.len(), payments.len());
        for (entry, payment) in entries.iter().zip(&payments) {
            let is_credit = entry.direction == Direction::Credit;
            prop_assert_eq!(entry.amount.money().unwrap().amount_minor(), payment.cents);
            prop_assert_eq!(is_credit, payment.is_credit);
            prop_assert_eq!(entry.reversal, payment.is_reversal);
            let day = format!("2026-01-{:02}", payment.day);
            prop_assert_eq!(entry.value_on.unwrap().to_string(), day.clone());
            prop_assert_eq!(entry.booked_on.unwrap().to_string(), day);
            prop_assert_eq!(text(entry.bank_reference.as_ref()), "BANK-1");
            let [reference, account, name, words, _] = told(entry);
            let expected = (&payment.reference, IBAN, &payment.name, &payment.words);
            prop_assert_eq!((&reference, &*account, &name, &words), expected, "{}", file);
        }
    }

    #[test]
    fn a_file_that_was_cut_is_not_accepted_with_less_money(
        dialect in dialect(),
        payments in prop::collection::vec(payment(), 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let file = written(dialect, &payments);
        let whole = collect(file.as_bytes()).statements;
        let part = collect(&file.as_bytes()[..cut.index(file.len())]);
        if part.verdict == Verdict::Accept {
            prop_assert_eq!(&part.statements[0].entries, &whole[0].entries);
        }
    }

    #[test]
    fn equal_entries_stay_as_many(payment in payment(), count in 1_usize..5) {
        let file = written(Dialect::Ing, &vec![payment; count]);
        prop_assert_eq!(collect(file.as_bytes()).statements[0].entries.len(), count);
    }

    #[test]
    fn no_bytes_whatever_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        lines in prop::collection::vec(
            "(:(20|25|28C|60F|61|86|62F|NS):)?(26[0-9]{4,8}R?[CD]?[0-9,.]{0,4})?[ -~é€\t]{0,70}",
            0..20,
        ),
    ) {
        let _ = collect(&[b":20:A\n", &bytes[..]].concat());
        let _ = collect(format!(":20:A\n{}", lines.join("\n")).as_bytes());
    }

    #[test]
    fn no_details_whatever_panic(
        form in prop::sample::select(vec![
            "/EREF/", "166?20", "SEPA OVERBOEKING                 IBAN: ", "/CNTP/", "/REMI/", ">",
        ]),
        details in "[/?A-Z0-9é: \n+]{0,300}",
    ) {
        let file = format!(
            ":20:ABN AMRO\n:25:B1\n:60F:C260101EUR0,\n:61:260101C0,NTRFX\n:86:{form}{details}\n\
             /NAME//ID/?32:\n:62F:C260101EUR0,\n"
        );
        prop_assert_eq!(collect(file.as_bytes()).statements.len(), 1);
    }
}
