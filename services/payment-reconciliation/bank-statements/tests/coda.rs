//! What users rely on where the statement is CODA: real files give their known facts, every record
//! is read as the standard has it, nothing is lost without a word, and no bytes make it panic.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

use std::fs;

use bank_statements::{
    Direction, Entry, Reading, Transaction, Verbatim, Verdict, collect as read, report_json,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

// --- real files -------------------------------------------------------------------------------

#[test]
fn every_sample_gets_its_verdict_and_gives_its_facts() {
    let Some(folder) = testkit::samples() else { return };
    let expected = fs::read(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let mut read_count = 0;
    for file in expected["files"].as_array().unwrap() {
        if file["format"] != "coda" {
            continue;
        }
        let name = file["file"].as_str().unwrap();
        let reading = read(&fs::read(folder.join(name)).unwrap());
        let report = report_json(&reading);
        assert_eq!(report["verdict"], file["importer_should"], "{name}: {:#?}", reading.problems);
        assert_eq!(report["format"], "coda", "{name}");
        let none = Vec::new();
        let statements = file["expected"]["statements"].as_array().unwrap_or(&none);
        assert_eq!(reading.statements.len(), statements.len(), "{name}");
        for (ours, theirs) in report["statements"].as_array().unwrap().iter().zip(statements) {
            assert_facts(name, ours, theirs);
        }
        for whole in &reading.statements {
            for entry in &whole.entries {
                assert_parts(name, entry);
            }
        }
        read_count += 1;
    }
    assert_eq!(read_count, 13);
}

fn assert_facts(name: &str, ours: &Value, theirs: &Value) {
    for field in ["account", "currency"] {
        assert_eq!(ours[field], theirs[field], "{name}: {field}");
    }
    assert_eq!(
        ours["account_is_iban"],
        matches!(theirs["account_structure"].as_str(), Some("2" | "3"))
    );
    for field in ["opening", "closing", "sum_credit", "sum_debit"] {
        assert_eq!(decimal(&ours[field]), decimal(&theirs[field]), "{name}: {field}");
    }
    assert_eq!(ours["balanced"], theirs["balance_check"], "{name}");
    assert_eq!(ours["entry_count"], theirs["top_level_movements"], "{name}");
    assert_eq!(ours["from"], theirs["opening_date"], "{name}");
    assert_eq!(ours["to"], theirs["closing_date"], "{name}");
    let text = |field: &str| theirs[field].as_str().unwrap();
    let id = ["creation_date", "paper_sequence", "coda_sequence"].map(text).join("/");
    assert_eq!(ours["id"], id, "{name}");
    let references = theirs["structured_communications"].as_array().unwrap();
    let references: Vec<&Value> = references.iter().map(|it| &it["reference"]).collect();
    assert_eq!(ours["structured_refs"], json!(references), "{name}");
    let details = ours["entries"].as_array().unwrap().iter();
    let details = details.flat_map(|it| it["details"].as_array().unwrap());
    let known: Vec<&str> = details.filter_map(|it| it["counterparty_account"].as_str()).collect();
    // They keep the currency behind the number, and numbers of zeros. In one, what makes up a
    // payment repeats its account with another mask.
    for account in theirs["counterparty_accounts"].as_array().unwrap() {
        let number = account.as_str().unwrap().split_whitespace().next().unwrap();
        let is_told = known.contains(&number) || number.bytes().all(|it| it == b'0');
        assert!(is_told || name.contains("globalisation.txt"), "{name}: {account}");
    }
}

/// The parts of an entry make the entry.
fn assert_parts(name: &str, entry: &Entry) {
    let sum: Decimal = entry
        .parts()
        .iter()
        .map(|it| if it.direction == entry.direction { it.amount.value } else { -it.amount.value })
        .sum();
    assert_eq!(sum, entry.amount.value, "{name}");
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().map(|it| it.parse().unwrap())
}

// --- statements of our own --------------------------------------------------------------------

/// A record with texts in their columns, counted from 1.
fn record(fields: &[(usize, &str)]) -> String {
    let mut columns = vec![' '; 128];
    for (first, text) in fields {
        for (at, letter) in text.chars().enumerate() {
            columns[first - 1 + at] = letter;
        }
    }
    columns.into_iter().collect()
}

fn header() -> String {
    record(&[(1, "00000020326"), (12, "20005"), (25, "EEN KLANT"), (84, "00000"), (128, "2")])
}

fn old_balance(thousandths: i64) -> String {
    let (sign, amount) = signed(thousandths);
    let account = record(&[(1, "BE68539007547034"), (35, "EUR")]);
    record(&[
        (1, "12041"),
        (6, account.trim_end()),
        (43, sign),
        (44, &amount),
        (59, "010326"),
        (65, "EEN KLANT"),
        (126, "042"),
    ])
}

fn new_balance(thousandths: i64) -> String {
    let (sign, amount) = signed(thousandths);
    let account = record(&[(1, "BE68539007547034"), (35, "EUR")]);
    record(&[
        (1, "8041"),
        (5, account.trim_end()),
        (42, sign),
        (43, &amount),
        (58, "020326"),
        (128, "0"),
    ])
}

fn trailer(record_count: usize, debit: i64, credit: i64, multiple: &str) -> String {
    let (count, debit, credit) =
        (format!("{record_count:06}"), format!("{debit:015}"), format!("{credit:015}"));
    record(&[(1, "9"), (17, &count), (23, &debit), (38, &credit), (128, multiple)])
}

fn signed(thousandths: i64) -> (&'static str, String) {
    let sign = if thousandths < 0 { "1" } else { "0" };
    (sign, format!("{:015}", thousandths.abs()))
}

/// Records 2.1 to 2.3 of one transaction.
#[derive(Clone, Debug, Default)]
struct Told {
    thousandths: i64,
    code: &'static str,
    is_structured: bool,
    communication: String,
    customer_reference: String,
    returned: &'static str,
    account: String,
    name: String,
    level: &'static str,
    /// Records 3, from their column 40 on.
    information: Vec<String>,
}

impl Told {
    fn write(&self, sequence: usize, detail: usize) -> Vec<String> {
        let (sign, amount) = signed(self.thousandths);
        let number = format!("{sequence:04}{detail:04}");
        let part = |first: usize, last: usize| -> String {
            self.communication.chars().skip(first).take(last - first).collect()
        };
        let kind = if self.is_structured { "1" } else { "0" };
        let level = if self.level.is_empty() { "0" } else { self.level };
        let mut lines = vec![
            record(&[
                (1, "21"),
                (3, &number),
                (11, "BANKREF"),
                (32, sign),
                (33, &amount),
                (48, "010326"),
                (54, self.code),
                (62, kind),
                (63, &part(0, 53)),
                (116, "020326041"),
                (125, level),
                (126, "1 0"),
            ]),
            record(&[
                (1, "22"),
                (3, &number),
                (11, &part(53, 106)),
                (64, &self.customer_reference),
                (113, self.returned),
                (126, "1 0"),
            ]),
            record(&[
                (1, "23"),
                (3, &number),
                (11, &self.account),
                (45, "EUR"),
                (48, &self.name),
                (83, &part(106, 149)),
                (126, "0 1"),
            ]),
        ];
        for text in &self.information {
            lines.push(record(&[
                (1, "31"),
                (3, &number),
                (11, "BANKREF"),
                (32, self.code),
                (40, text),
                (126, "0 0"),
            ]));
        }
        lines
    }
}

/// A movement and its details.
type Movement = (Told, Vec<Told>);

/// A whole statement that proves itself.
fn statement(opening: i64, movements: &[Movement]) -> Vec<String> {
    let mut lines = vec![old_balance(opening)];
    let (mut debit, mut credit) = (0, 0);
    for (at, (main, details)) in movements.iter().enumerate() {
        lines.extend(main.write(at + 1, 0));
        for (number, detail) in details.iter().enumerate() {
            lines.extend(detail.write(at + 1, number + 1));
        }
        if main.thousandths < 0 { debit -= main.thousandths } else { credit += main.thousandths }
    }
    lines.push(new_balance(opening + credit - debit));
    let count = lines.len();
    lines.insert(0, header());
    lines.push(trailer(count, debit, credit, "2"));
    lines
}

fn read_lines(lines: &[String]) -> Reading {
    read(lines.join("\r\n").as_bytes())
}

fn transfer(thousandths: i64) -> Told {
    Told { thousandths, code: "00150000", ..Told::default() }
}

fn written(text: Option<&Verbatim>) -> &str {
    text.map_or("", Verbatim::as_str)
}

fn references(details: &Transaction) -> Vec<(&str, &str)> {
    let reference = details.references.iter();
    reference.map(|it| (it.text.as_str(), written(it.issuer.as_ref()))).collect()
}

fn words(details: &Transaction) -> Vec<&str> {
    details.unstructured.iter().map(Verbatim::as_str).collect()
}

/// The only transaction of a statement with this one movement.
fn only(told: Told) -> (Transaction, Vec<String>) {
    let reading = read_lines(&statement(1_000_000, &[(told, Vec::new())]));
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let [entry] = &reading.statements[0].entries[..] else { panic!() };
    let [details] = &entry.details[..] else { panic!() };
    let problems = reading.problems.iter().map(|it| format!("{}: {}", it.field, it.reason));
    (details.clone(), problems.collect())
}

#[test]
fn everything_that_a_payment_is_matched_by_is_read() {
    let told = Told {
        communication: "Factuur 2026-17 van februari, met dank voor het geduld en".to_owned()
            + " de bijkomende termijn die u ons in januari hebt toegestaan",
        customer_reference: "E2E-17".to_owned(),
        account: "NL20INGB0001234567".to_owned(),
        name: "J. van der Meer & Zonen Handelsonderne".chars().take(35).collect(),
        information: vec![
            "1001J. van der Meer & Zonen Handelsonderneming".to_owned(),
            "0Een bijlage van de bank".to_owned(),
        ],
        ..transfer(75_120)
    };
    let text = told.communication.clone();
    let reading = read_lines(&statement(-1_500, &[(told, Vec::new())]));
    assert_eq!(reading.problems, []);
    let whole = &reading.statements[0];
    assert_eq!(whole.statement.id.as_str(), "2026-03-02/041/042");
    assert_eq!(whole.statement.opening.unwrap().amount.to_string(), "-1.50 EUR");
    assert_eq!(whole.statement.closing.unwrap().amount.to_string(), "73.62 EUR");
    let entry = &whole.entries[0];
    assert_eq!(
        (entry.amount.to_string().as_str(), entry.direction),
        ("75.12 EUR", Direction::Credit)
    );
    assert_eq!(entry.booked_on, "2026-03-02".parse().ok());
    assert_eq!(entry.value_on, "2026-03-01".parse().ok());
    assert_eq!(written(entry.bank_reference.as_ref()), "BANKREF");
    assert_eq!(written(entry.code.proprietary.as_ref()), "00150000");
    let details = &entry.details[0];
    assert_eq!(words(details), [text]);
    assert_eq!(written(details.end_to_end_id.as_ref()), "E2E-17");
    let account = details.counterparty_account.as_ref().unwrap();
    assert_eq!((account.number.as_str(), account.is_iban), ("NL20INGB0001234567", true));
    let name = "J. van der Meer & Zonen Handelsonderneming";
    assert_eq!(written(details.counterparty_name.as_ref()), name);
    assert_eq!(written(details.additional.as_ref()), "Een bijlage van de bank");
    assert_eq!(details.returned, None);
}

/// Two amounts, a rate, a currency, the reference, the country and the amount in euro.
const FROM_ABROAD: &str = "105000000000010000000000000010000000100000000EUR010806817183\
     NL000000000010000";

#[test]
fn structured_communications_give_their_references() {
    let note = "record 2.1: structured communication: has wrong check digits; it is kept as read";
    for (text, reference, rest, notes) in [
        ("101010806817183", Some(("010806817183", "BBA")), None, vec![]),
        ("102010806817183", Some(("010806817183", "BBA")), None, vec![]),
        ("101010806817184", Some(("010806817184", "BBA")), None, vec![note]),
        ("101XXXXXXXXXXXX", Some(("XXXXXXXXXXXX", "BBA")), None, vec![note]),
        ("101010806817183  en dank", Some(("010806817183", "BBA")), Some("en dank"), vec![]),
        ("100RF18539007547034", Some(("RF18539007547034", "ISO")), None, vec![]),
        ("103000000001234", None, None, vec![]),
        (FROM_ABROAD, Some(("010806817183", "BBA")), None, vec![]),
        ("999 whatever", None, None, vec![]),
    ] {
        let told = Told { is_structured: true, communication: text.to_owned(), ..transfer(10_000) };
        let (details, problems) = only(told);
        assert_eq!(references(&details), Vec::from_iter(reference), "{text}");
        assert_eq!(words(&details), Vec::from_iter(rest), "{text}");
        assert_eq!(problems, notes, "{text}");
    }
}

#[test]
fn direct_debits_tell_their_reference_and_why_they_came_back() {
    let debit = |refusal: &str, returned: &str, communication: &str| Told {
        is_structured: true,
        communication: format!(
            "12702032611{refusal}{:35}{:35}{communication:62}{returned}",
            "BE69ZZZ0123456789", "MANDAAT-1"
        ),
        code: "00503000",
        ..transfer(-10_000)
    };
    let (paid, _) = only(Told { code: "00501000", ..debit("0", "0", "Premie 2026") });
    assert_eq!((words(&paid), &paid.returned), (vec!["Premie 2026"], &None));
    let additional = "127020326110BE69ZZZ0123456789 MANDAAT-1";
    assert_eq!(written(paid.additional.as_ref()), additional);
    let (named, _) = only(debit("0", "2MS03", "+++010/8068/17183+++"));
    assert_eq!(references(&named), [("+++010/8068/17183+++", "BBA")]);
    assert_eq!(written(named.returned.unwrap().reason.as_ref()), "MS03");
    let (bare, _) = only(debit("0", "0", "010806817183"));
    assert_eq!((words(&bare), bare.references.len()), (vec!["010806817183"], 0));
    let (refused, _) = only(Told { code: "00501000", ..debit("3", "", "x") });
    assert_eq!(written(refused.returned.unwrap().reason.as_ref()), "3");
    let (unpaid, _) = only(debit("0", "", "x"));
    assert!(unpaid.returned.is_some(), "the code says so");
    let (back, _) = only(Told { returned: "3AC04", ..transfer(-10_000) });
    assert_eq!(written(back.returned.unwrap().reason.as_ref()), "AC04");
    let old = format!("107740316202802020326{:30}1012345678901", "Contributie 2026");
    let old = Told { is_structured: true, communication: old, ..transfer(-10_000) };
    let (old, _) = only(old);
    assert_eq!(written(old.returned.as_ref().unwrap().reason.as_ref()), "1");
    assert_eq!(words(&old), ["Contributie 2026"]);
}

#[test]
fn a_batch_is_split_into_the_payments_of_its_lowest_levels() {
    let sum = |thousandths, code, level| Told { code, level, ..transfer(thousandths) };
    let main =
        Told { communication: "Domiciliëringen".to_owned(), ..sum(60_000, "20550000", "1") };
    let details = vec![
        sum(30_000, "60550000", "2"),
        sum(10_000, "60550000", "0"),
        sum(20_000, "60550000", "2"),
        sum(30_000, "70550000", "1"),
        sum(31_000, "90550000", "0"),
        sum(-1_000, "90550037", "0"),
    ];
    let reading = read_lines(&statement(0, &[(main.clone(), details)]));
    assert_eq!(reading.problems, []);
    let entry = &reading.statements[0].entries[0];
    let parts: Vec<String> = entry.parts().iter().map(|it| it.amount.to_string()).collect();
    assert_eq!(parts, ["10.00 EUR", "20.00 EUR", "30.00 EUR"]);
    assert_eq!(written(entry.additional.as_ref()), "Domiciliëringen");

    // Levels that are none: the first detail of a batch that is not opened.
    let flat = vec![sum(40_000, "60550000", "1"), sum(20_000, "60550000", "1")];
    let reading = read_lines(&statement(0, &[(sum(60_000, "20550000", "0"), flat)]));
    assert_eq!(
        (reading.statements[0].entries[0].parts().len(), reading.verdict),
        (2, Verdict::Accept)
    );

    // Details that do not make the movement.
    let less = vec![sum(40_000, "60550000", "0"), sum(10_000, "60550000", "1")];
    let reading = read_lines(&statement(0, &[(sum(60_000, "20550000", "1"), less)]));
    assert_eq!(
        (reading.statements[0].entries[0].parts().len(), reading.verdict),
        (1, Verdict::Report)
    );

    // Nothing is told of who is in it.
    let reading = read_lines(&statement(0, &[(main, Vec::new())]));
    assert_eq!(reading.verdict, Verdict::Accept);
    let entry = &reading.statements[0].entries[0];
    assert!(!entry.is_whole && entry.parts()[0].details.is_none());
}

#[test]
fn what_makes_up_one_payment_is_no_payment() {
    let main = Told {
        code: "34150000",
        communication: "Invoice 9".to_owned(),
        level: "1",
        ..transfer(95_000)
    };
    let gross = Told { code: "84150100", name: "Payer Ltd".to_owned(), ..transfer(100_000) };
    let costs = Told { code: "84150013", level: "1", ..transfer(-5_000) };
    let reading = read_lines(&statement(0, &[(main, vec![gross, costs])]));
    assert_eq!(reading.problems, []);
    let parts = reading.statements[0].entries[0].parts();
    let [part] = &parts[..] else { panic!() };
    assert_eq!(part.amount.to_string(), "95.00 EUR");
    let details = part.details.unwrap();
    assert_eq!(words(details), ["Invoice 9"]);
    assert_eq!(written(details.counterparty_name.as_ref()), "Payer Ltd");
}

#[test]
fn every_structure_of_an_account_is_read() {
    let written = statement(0, &[(transfer(1_000), Vec::new())]);
    for (structure, zone, number, currency, is_iban) in [
        ("0", "539007547034 USD0BE", "539007547034", "USD", false),
        ("1", "99-1234567                        SEK", "99-1234567", "SEK", false),
        ("2", "BE00XXXXXXXXXXXX                  EUR", "BE00XXXXXXXXXXXX", "EUR", true),
        ("3", "NL91ABNA0417164300                GBP", "NL91ABNA0417164300", "GBP", true),
    ] {
        let mut lines = written.clone();
        lines[1].replace_range(1..2, structure);
        lines[1].replace_range(5..42, &format!("{zone:37}"));
        let new = lines.len() - 2;
        lines[new].replace_range(4..41, &format!("{zone:37}"));
        let reading = read_lines(&lines);
        assert_eq!(reading.problems, []);
        let statement = &reading.statements[0].statement;
        let account = &statement.account;
        assert_eq!((account.number.as_str(), account.is_iban), (number, is_iban));
        assert_eq!(statement.currency.unwrap().code(), currency);
        assert_eq!(statement.opening.unwrap().amount.currency.code(), currency);
    }
}

#[test]
fn a_file_holds_several_statements_and_some_without_movements() {
    let mut first = statement(5_000, &[(transfer(1_000), Vec::new())]);
    let last = first.len() - 1;
    first[last].replace_range(127..128, "1");
    let mut empty = vec![header(), old_balance(6_000), trailer(1, 0, 0, "1")];
    let second = statement(6_000, &[(transfer(-2_000), Vec::new())]);
    let lines = [first.clone(), empty.clone(), second].concat();
    let reading = read_lines(&lines);
    assert_eq!(reading.problems, []);
    let counts: Vec<usize> = reading.statements.iter().map(|it| it.entries.len()).collect();
    assert_eq!(counts, [1, 0, 1]);
    assert_eq!(reading.statements[1].statement.closing, None);
    // The announced one is missing; banks write it of the last one too.
    let reading = read_lines(&first);
    assert_eq!((reading.verdict, reading.problems.len()), (Verdict::Accept, 1));
    // A balance that is not new is the old one.
    empty.insert(2, new_balance(6_000));
    empty[3] = trailer(2, 0, 0, "2");
    assert_eq!(read_lines(&empty).problems, []);
}

#[test]
fn lines_may_end_in_any_way_and_lose_their_blanks() {
    let told = Told { name: "Café Zuid".to_owned(), ..transfer(1_000) };
    let lines = statement(0, &[(told, Vec::new())]);
    let expected = read_lines(&lines).statements;
    let cut: Vec<&str> = lines.iter().map(|it| it.trim_end()).collect();
    let latin: Vec<u8> = lines.join("\n").chars().map(|it| it as u8).collect();
    // A bank that counts bytes has one blank less behind the é.
    let bytes = lines.join("\n").replace("Café Zuid ", "Café Zuid");
    for file in [
        cut.join("\n").into_bytes(),
        cut.join("\r").into_bytes(),
        format!("\u{feff}{}\r\n\u{1a}", lines.join("   \r\n")).into_bytes(),
        format!("{}\n\n\n", lines.join("\n\n")).into_bytes(),
        latin,
        bytes.into_bytes(),
    ] {
        let reading = read(&file);
        assert_eq!(reading.problems, []);
        assert_eq!(reading.statements, expected);
    }
}

#[test]
fn more_details_than_numbers_are_yet_details() {
    let main = Told { code: "20150000", level: "1", ..transfer(12_000_000) };
    let detail = Told { code: "60150000", ..transfer(1_000) };
    let mut lines = statement(0, &[(main, Vec::new())]);
    let details = (1..=12_000).map(|it| detail.write(1, it % 10_000).remove(0));
    lines.splice(5..5, details);
    let count = lines.len() - 2;
    let last = lines.len() - 1;
    lines[last] = trailer(count, 0, 12_000_000, "2");
    let reading = read_lines(&lines);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.statements[0].entries[0].parts().len(), 12_000);
}

// --- what is wrong, and where -----------------------------------------------------------------

/// The first problem after an edit of a file of two movements: record 0 is line 1, record 1 line 2,
/// the movements lines 3 to 8, record 8 line 9 and record 9 line 10.
fn after(edit: impl FnOnce(&mut Vec<String>)) -> (Reading, String) {
    let told = Told { communication: "een".to_owned(), ..transfer(3_000) };
    let mut lines = statement(5_000, &[(told, Vec::new()), (transfer(-1_000), Vec::new())]);
    assert_eq!(read_lines(&lines).problems, []);
    edit(&mut lines);
    let reading = read_lines(&lines);
    let first = reading.problems.first().unwrap_or_else(|| panic!("{lines:#?} is no problem"));
    let first = format!("{} {}", first.line.map_or(0, |it| it), first.field);
    (reading, first)
}

/// Replaces what stands from a column on.
fn put(line: usize, column: usize, text: &'static str) -> impl FnOnce(&mut Vec<String>) {
    move |lines| {
        lines[line - 1].replace_range(column - 1..column - 1 + text.len(), text);
    }
}

#[test]
fn what_a_person_must_look_at_is_reported_and_nothing_is_lost() {
    type Edit = Box<dyn FnOnce(&mut Vec<String>)>;
    let cases: Vec<(Edit, &str)> = vec![
        (Box::new(put(9, 43, "000000000007001")), "9 record 8: new balance"),
        (Box::new(put(9, 42, "1")), "9 record 8: new balance"),
        (Box::new(put(2, 43, "1")), "9 record 8: new balance"),
        (Box::new(put(10, 23, "000000000001001")), "10 record 9: debit movement"),
        (Box::new(put(10, 38, "000000000003001")), "10 record 9: credit movement"),
        (Box::new(put(3, 116, "310226")), "3 record 2.1: entry date"),
        (Box::new(put(3, 48, "0103x6")), "3 record 2.1: value date"),
        (Box::new(put(2, 59, "320126")), "2 record 1: date"),
        (Box::new(put(9, 58, "320126")), "9 record 8: date"),
        (Box::new(put(1, 6, "000000")), "1 record 0: creation date"),
        (Box::new(put(1, 84, "00001")), "1 record 0"),
        (Box::new(put(4, 3, "0007")), "4 record 2"),
        (Box::new(put(9, 39, "USD")), "9 record 8: new balance"),
        (Box::new(|it| it.insert(5, record(&[(1, "3100990001")]))), "6 record 3"),
        (
            Box::new(|it| it.insert(5, record(&[(1, "2100990001")]))),
            "6 record 2.1: sequence number",
        ),
        (Box::new(|it| it.insert(5, record(&[(1, "7")]))), "6 record"),
        (Box::new(|it| drop(it.pop())), "1 record 9"),
        (Box::new(|it| drop(it.remove(8))), "9 record 8: new balance"),
        (Box::new(|it| drop(it.drain(2..5))), "6 record 8: new balance"),
    ];
    for (number, (edit, expected)) in cases.into_iter().enumerate() {
        let (reading, first) = after(edit);
        assert_eq!(first, expected, "{number}: {:?}", reading.problems);
        assert_eq!(reading.verdict, Verdict::Report, "{number}: {:?}", reading.problems);
        let count = reading.statements[0].entries.len();
        assert_eq!(count, if first.starts_with("6 record 8") { 1 } else { 2 }, "{number}");
    }
}

#[test]
fn what_cannot_be_read_for_sure_is_refused_whole() {
    type Edit = Box<dyn FnOnce(&mut Vec<String>)>;
    let cases: Vec<(Edit, &str)> = vec![
        (Box::new(put(1, 128, "1")), "1 record 0: version"),
        (Box::new(put(1, 128, " ")), "1 record 0: version"),
        (Box::new(|it| drop(it.remove(0))), "1 record"),
        (Box::new(|it| drop(it.remove(1))), "2 record 1"),
        (Box::new(|it| it.insert(2, it[1].clone())), "3 record 1"),
        (Box::new(|it| it.insert(9, it[8].clone())), "10 record 8"),
        (Box::new(|it| it.swap(7, 8)), "9 record 2"),
        (Box::new(|it| it.push(it[8].clone())), "11 record"),
        (Box::new(|it| it[2].push('x')), "3 record"),
        (Box::new(put(2, 2, "5")), "2 record 1: account"),
        (Box::new(put(2, 6, "                ")), "2 record 1: account"),
        (Box::new(put(2, 40, "   ")), "2 record 1: currency"),
        (Box::new(put(2, 40, "EU?")), "2 record 1: currency"),
        (Box::new(put(2, 43, " ")), "2 record 1: old balance"),
        (Box::new(put(2, 44, "00000000000500O")), "2 record 1: old balance"),
        (Box::new(put(3, 33, "00000000000300,")), "3 record 2.1: amount"),
        (Box::new(put(3, 33, "               ")), "3 record 2.1: amount"),
        (Box::new(put(3, 32, "2")), "3 record 2.1: sign"),
        (Box::new(put(3, 3, "x001")), "3 record 2.1: sequence number"),
        (Box::new(put(3, 2, "4")), "3 record 2"),
        (Box::new(put(9, 43, "x")), "9 record 8: new balance"),
        (Box::new(put(10, 17, "x")), "10 record 9: number of records"),
    ];
    for (number, (edit, expected)) in cases.into_iter().enumerate() {
        let (reading, _) = after(edit);
        let last = reading.problems.last().unwrap();
        let place = format!("{} {}", last.line.unwrap_or(0), last.field);
        assert_eq!(place, expected, "{number}: {:?}", reading.problems);
        assert_eq!(reading.verdict, Verdict::Reject, "{number}: {:?}", reading.problems);
        assert_eq!(reading.statements, [], "{number}");
    }
    assert_eq!(read(&[]).verdict, Verdict::Reject);
}

#[test]
fn what_stops_nobody_is_noted_where_the_balances_hold() {
    type Edit = Box<dyn FnOnce(&mut Vec<String>)>;
    let cases: Vec<(Edit, &str)> = vec![
        (Box::new(put(1, 17, "D")), "1 record 0"),
        (Box::new(put(9, 5, "BE00539007547034")), "9 record 8: account"),
        (Box::new(put(10, 17, "000099")), "10 record 9: number of records"),
        (Box::new(put(3, 54, "0015000x")), "3 record 2.1: transaction code"),
        (
            Box::new(|it| it[5..8].iter_mut().for_each(|it| it.replace_range(2..6, "0005"))),
            "6 record 2.1: sequence number",
        ),
    ];
    for (number, (edit, expected)) in cases.into_iter().enumerate() {
        let (reading, first) = after(edit);
        assert_eq!(first, expected, "{number}: {:?}", reading.problems);
        assert_eq!(reading.verdict, Verdict::Accept, "{number}: {:?}", reading.problems);
    }
}

#[test]
fn what_no_payment_has_is_refused_before_it_fills_the_memory() {
    let lines = statement(0, &[(Told { code: "20150000", ..transfer(1_000) }, Vec::new())]);
    let detail = Told { code: "60150000", ..transfer(1_000) }.write(1, 1).remove(0);
    let sum = Told { code: "90150000", ..transfer(1_000) }.write(1, 1).remove(0);
    let information = record(&[(1, "3100010001"), (40, "1002"), (126, "0 0")]);
    for (repeated, count) in [(detail, 100_001), (sum, 1_000), (information, 1_000)] {
        let mut lines = lines.clone();
        lines.splice(5..5, std::iter::repeat_n(repeated, count));
        let reading = read_lines(&lines);
        assert_eq!(reading.verdict, Verdict::Reject);
        let last = reading.problems.last().unwrap();
        assert_eq!((&*last.field, last.entry), ("record 2.1", Some(1)));
    }
}

#[test]
fn problems_tell_nothing_personal() {
    let told = Told {
        communication: "101010806817184".to_owned(),
        is_structured: true,
        customer_reference: "GEHEIM-1".to_owned(),
        account: "NL20INGB0001234567".to_owned(),
        name: "Pieter Voorbeeld".to_owned(),
        ..transfer(-5_000)
    };
    let mut lines = statement(7_000, &[(told, Vec::new())]);
    let _ = lines.pop();
    lines[1].replace_range(50..58, "99999999");
    lines.insert(2, record(&[(1, "7 Pieter Voorbeeld")]));
    let reading = read_lines(&lines);
    assert!(reading.problems.len() >= 4, "{:?}", reading.problems);
    for problem in &reading.problems {
        let text = format!("{problem} {problem:?}");
        for secret in ["Pieter", "GEHEIM", "INGB", "0108", "5390"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// The one payment of a batch has what is told of the batch; so has a payment with its costs.
#[test]
fn a_batch_of_one_is_told_once() {
    let main = Told {
        code: "10107000",
        level: "1",
        communication: "Lonen maart".to_owned(),
        customer_reference: "BATCH-3".to_owned(),
        ..transfer(-25_000)
    };
    let detail = Told {
        code: "50107000",
        level: "1",
        name: "Pieter Voorbeeld".to_owned(),
        ..transfer(-25_000)
    };
    let reading = read_lines(&statement(0, &[(main, vec![detail])]));
    assert_eq!(reading.problems, []);
    let entry = &reading.statements[0].entries[0];
    let [details] = &entry.details[..] else { panic!() };
    assert_eq!(written(details.counterparty_name.as_ref()), "Pieter Voorbeeld");
    assert_eq!(written(details.end_to_end_id.as_ref()), "BATCH-3");
    assert_eq!(words(details), ["Lonen maart"]);
    assert!(entry.is_its_only_transaction());
}

#[test]
fn older_files_have_another_reference_where_the_return_stands_now() {
    let mut lines = statement(0, &[(transfer(1_000), Vec::new())]);
    lines[3].replace_range(108..125, "00843246306A16481");
    let reading = read_lines(&lines);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.statements[0].entries[0].details[0].returned, None);
}

#[test]
fn a_counterparty_without_a_name_is_known_by_the_information() {
    for (code, name) in [("001", "Pieter Voorbeeld"), ("009", "Pieter Voorbeeld")] {
        let information = vec![format!("1{code}{name}")];
        let (details, _) = only(Told { information, ..transfer(1_000) });
        assert_eq!(written(details.counterparty_name.as_ref()), name, "{code}");
    }
    let own = Told { account: "BE68539007547034".to_owned(), ..transfer(1_000) };
    assert_eq!(only(own).0.counterparty_account, None, "the account itself is no other side");
}

// --- for all statements -----------------------------------------------------------------------

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9é&.][A-Za-z0-9é&. ]{0,33}[A-Za-z0-9é.]"
}

fn told() -> impl Strategy<Value = Told> {
    let free = "[A-Za-z0-9é,][A-Za-z0-9é, ]{0,147}[A-Za-z0-9é,]".prop_map(|it| (false, it));
    let belgian = (0_u64..10_000_000_000).prop_map(|base| {
        let check = if base % 97 == 0 { 97 } else { base % 97 };
        (true, format!("101{base:010}{check:02}"))
    });
    let communication = prop_oneof![free, belgian, Just((false, String::new()))];
    let amount = prop_oneof![1_i64..1_000_000_000, -1_000_000_000_i64..0];
    let reference = "[A-Z][A-Z0-9]{0,34}";
    (amount, communication, reference, word()).prop_map(|told| {
        let (thousandths, (is_structured, communication), customer_reference, name) = told;
        let account = "NL91ABNA0417164300".to_owned();
        Told {
            is_structured,
            communication,
            customer_reference,
            account,
            name,
            ..transfer(thousandths)
        }
    })
}

fn movement() -> impl Strategy<Value = Movement> {
    let batch = prop::collection::vec(told(), 2..5).prop_map(|mut details| {
        for detail in &mut details {
            detail.code = "60150000";
        }
        details.last_mut().unwrap().level = "1";
        let thousandths = details.iter().map(|it| it.thousandths).sum();
        (Told { code: "20150000", level: "1", ..transfer(thousandths) }, details)
    });
    prop_oneof![told().prop_map(|it| (it, Vec::new())), batch]
}

fn movements() -> impl Strategy<Value = Vec<Movement>> {
    prop::collection::vec(movement(), 0..6)
}

fn assert_told(details: &Transaction, told: &Told) {
    let amount = details.amount.unwrap().value;
    assert_eq!(amount, Decimal::new(told.thousandths.abs(), 3));
    let expected = if told.thousandths < 0 { Direction::Debit } else { Direction::Credit };
    assert_eq!(details.direction, Some(expected));
    assert_eq!(written(details.counterparty_name.as_ref()), told.name);
    assert_eq!(written(details.end_to_end_id.as_ref()), told.customer_reference);
    if told.is_structured {
        assert_eq!(references(details), [(&told.communication[3..], "BBA")]);
    } else {
        let expected: Vec<&str> =
            Some(&*told.communication).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(words(details), expected);
    }
}

fn money(reading: &Reading) -> (Decimal, Decimal) {
    let totals = reading.statements.iter().map(|it| it.statement.totals.all);
    totals.fold(Default::default(), |(credit, debit), it| {
        (credit + it.credit.sum, debit + it.debit.sum)
    })
}

proptest! {
    #[test]
    fn what_a_bank_writes_is_read(
        opening in -10_000_000_i64..10_000_000,
        movements in movements(),
    ) {
        let reading = read_lines(&statement(opening, &movements));
        prop_assert_eq!(&reading.problems, &[]);
        let whole = &reading.statements[0];
        prop_assert_eq!(whole.statement.opening.unwrap().amount.value, Decimal::new(opening, 3));
        prop_assert_eq!(whole.entries.len(), movements.len());
        for (entry, (main, details)) in whole.entries.iter().zip(&movements) {
            let moved = entry.amount.towards(entry.direction).value;
            prop_assert_eq!(moved, Decimal::new(main.thousandths, 3));
            assert_parts("made", entry);
            let all = if details.is_empty() { std::slice::from_ref(main) } else { &details[..] };
            prop_assert_eq!(entry.details.len(), all.len());
            prop_assert_eq!(entry.parts().len(), all.len());
            for (details, told) in entry.details.iter().zip(all) {
                assert_told(details, told);
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_is_not_accepted_with_less(
        movements in movements(),
        lost in any::<prop::sample::Index>(),
    ) {
        let lines = statement(1_000, &movements);
        let whole = money(&read_lines(&lines));
        for count in 0..lines.len() {
            let reading = read_lines(&lines[..count]);
            prop_assert!(reading.verdict != Verdict::Accept, "{} lines", count);
        }
        // Nor is one that lost a line in the middle, if money went with it.
        let mut lines = lines;
        lines.remove(lost.index(lines.len()));
        let reading = read_lines(&lines);
        prop_assert!(reading.verdict != Verdict::Accept || money(&reading) == whole);
    }

    #[test]
    fn two_equal_movements_stay_two(told in told()) {
        let lines = statement(0, &[(told.clone(), Vec::new()), (told.clone(), Vec::new())]);
        let reading = read_lines(&lines);
        prop_assert_eq!(reading.statements[0].entries.len(), 2);
        // Even with one number.
        let mut twice = lines;
        for line in twice.iter_mut().filter(|it| it.starts_with('2')) {
            line.replace_range(2..6, "0001");
        }
        let reading = read_lines(&twice);
        prop_assert_eq!(reading.statements[0].entries.len(), 2);
        prop_assert_eq!(reading.verdict, Verdict::Accept);
    }

    #[test]
    fn no_bytes_make_it_panic(
        movements in movements(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut bytes = statement(0, &movements).join("\n").into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = report_json(&read(&bytes));
        let start = format!("{}\n{}\n2", header(), old_balance(5));
        let _ = report_json(&read(&[start.as_bytes(), &noise].concat()));
    }
}
