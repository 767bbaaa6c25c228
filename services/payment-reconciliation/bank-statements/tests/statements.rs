//! What users of the statement reader rely on: real files give their known facts, a file that does
//! not prove itself is reported with its place, a broken one is refused whole, nothing personal
//! stands in a problem, and no bytes whatever make it panic or hang.

#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests fail loudly")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bank_statements::{
    Amount, Direction, EntryStatus, Problem, Reading, Verbatim, Verdict, WholeStatement,
    collect as read, collect_at_most, report_json,
};
use primitives::{Currency, Date, Money};
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
        let format = file["format"].as_str().unwrap();
        if !format.starts_with("camt") {
            continue;
        }
        let name = file["file"].as_str().unwrap();
        let reading = read(&fs::read(folder.join(name)).unwrap());
        let report = report_json(&reading);
        assert_eq!(report["verdict"], file["importer_should"], "{name}: {:?}", reading.problems);
        assert_eq!(report["format"], format, "{name}");
        let worst = reading.problems.iter().map(|it| it.verdict).max();
        assert_eq!(reading.verdict, worst.unwrap_or_default(), "{name}");
        let none = Vec::new();
        let statements = file["expected"]["statements"].as_array().unwrap_or(&none);
        assert_eq!(reading.statements.len(), statements.len(), "{name}");
        for (ours, theirs) in report["statements"].as_array().unwrap().iter().zip(statements) {
            assert_facts(name, ours, theirs);
        }
        for (statement, theirs) in reading.statements.iter().zip(statements) {
            assert_hidden_facts(name, statement, theirs);
        }
        read_count += 1;
    }
    assert_eq!(read_count, 47);
}

fn assert_facts(name: &str, ours: &Value, theirs: &Value) {
    for field in ["id", "account", "account_is_iban", "currency", "entry_count", "tx_details_count"]
    {
        assert_eq!(ours[field], theirs[field], "{name}: {field}");
    }
    for field in ["opening", "closing", "sum_credit", "sum_debit"] {
        assert_eq!(decimal(&ours[field]), decimal(&theirs[field]), "{name}: {field}");
    }
    let none = json!([]);
    let references = theirs.get("structured_refs").unwrap_or(&none);
    assert_eq!(&ours["structured_refs"], references, "{name}");
    let balanced = theirs.get("balance_check").cloned().unwrap_or_default();
    assert_eq!(ours["balanced"], balanced, "{name}");
    assert_eq!(ours["entries"].as_array().unwrap().len() as u64, theirs["entry_count"], "{name}");
}

/// What the report does not list on its own.
fn assert_hidden_facts(name: &str, statement: &WholeStatement, theirs: &Value) {
    let details = || statement.entries.iter().flat_map(|it| &it.details);
    let reversals = statement.entries.iter().filter(|it| it.reversal).count() as u64;
    assert_eq!(theirs["reversal_entries"], reversals, "{name}");
    let lines: usize = details().map(|it| it.unstructured.len()).sum();
    assert_eq!(theirs["unstructured_lines"], lines as u64, "{name}");
    let reasons: Vec<&str> = details()
        .filter_map(|it| it.returned.as_ref())
        .map(|it| it.reason.as_ref().map_or("?", Verbatim::as_str))
        .collect();
    let none = json!([]);
    assert_eq!(theirs.get("return_reasons").unwrap_or(&none), &json!(reasons), "{name}");
    for entry in &statement.entries {
        let sum = entry.parts().iter().fold(Decimal::ZERO, |sum, part| {
            let amount = if part.direction == entry.direction {
                part.amount.value
            } else {
                -part.amount.value
            };
            sum + amount
        });
        assert_eq!(sum, entry.amount.value, "{name}: the parts of an entry are the entry");
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str().map(|it| it.parse().unwrap())
}

// --- statements of our own --------------------------------------------------------------------

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read_to_string(folder.join(name)).unwrap().trim_end().to_owned()
}

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn written(text: Option<&Verbatim>) -> &str {
    text.map_or("", Verbatim::as_str)
}

#[test]
fn everything_that_a_payment_is_matched_by_is_read() {
    let reading = read(fixture("statement.xml").as_bytes());
    assert_eq!(reading.problems, []);
    let [first, second] = &reading.statements[..] else { panic!("{}", reading.statements.len()) };
    assert_eq!(
        (first.statement.from, first.statement.to),
        (date("2026-03-02"), date("2026-03-02"))
    );
    let opening = first.statement.opening.unwrap();
    assert_eq!(opening.amount.money(), Some(Money::new(100_000, Currency::EUR)));
    assert_eq!(opening.on, date("2026-03-02"));

    let [plain, batch, fee, returned, pending] = &first.entries[..] else { panic!() };
    assert_eq!((plain.booked_on, plain.value_on), (date("2026-03-02"), date("2026-03-01")));
    assert_eq!(written(plain.bank_reference.as_ref()), "BANKREF-1");
    assert_eq!(written(plain.code.sub_family.as_ref()), "ESCT");
    let details = &plain.details[0];
    assert_eq!(details.end_to_end_id, None);
    assert_eq!(written(details.counterparty_name.as_ref()), "J. van der Meer & Zn.");
    let account = details.counterparty_account.as_ref().unwrap();
    assert_eq!((account.number.as_str(), account.is_iban), ("NL20INGB0001234567", true));
    assert_eq!(details.references[0].text.as_str(), "5000056789012345");
    assert_eq!(written(details.references[0].issuer.as_ref()), "CUR");

    let parts = batch.parts();
    let minor = |part: usize| parts[part].amount.money().unwrap().amount_minor();
    assert_eq!((parts.len(), minor(0), minor(1)), (2, 1_000, 2_000));
    assert_eq!(batch.booked_on, date("2026-03-02"));
    assert_eq!(written(batch.bank_reference.as_ref()), "2");
    let [belgian, words] = &batch.details[..] else { panic!() };
    assert_eq!(written(belgian.end_to_end_id.as_ref()), "E2E-A");
    assert_eq!(written(belgian.references[0].issuer.as_ref()), "BBA");
    let lines: Vec<&str> = words.unstructured.iter().map(Verbatim::as_str).collect();
    assert_eq!(lines, ["Factuur 2026-17", "met dank"]);
    assert_eq!(words.references[0].text.as_str(), "RF18539007547034");
    assert_eq!(words.references[0].issuer, None);
    assert_eq!(written(words.counterparty_name.as_ref()), "Pieter Voorbeeld");

    assert_eq!((fee.direction, fee.parts().len()), (Direction::Debit, 1));
    assert_eq!(written(fee.additional.as_ref()), "Kosten betalingsverkeer");
    assert!(returned.reversal && returned.direction == Direction::Debit);
    let back = &returned.details[0];
    assert_eq!(written(back.returned.as_ref().unwrap().reason.as_ref()), "MS03");
    assert_eq!(written(back.counterparty_name.as_ref()), "Pieter Voorbeeld");
    assert!(!back.counterparty_account.as_ref().unwrap().is_iban);
    assert_eq!(pending.status, EntryStatus::Pending);

    assert_eq!(second.statement.closing.unwrap().amount.to_string(), "-500 JPY");
    assert_eq!(second.statement.closing.unwrap().on, date("2026-03-02"));
    assert_eq!((second.statement.currency, second.statement.account.is_iban), (None, false));
}

#[test]
fn the_report_for_machines_has_the_promised_form() {
    let report = report_json(&read(fixture("statement.xml").as_bytes()));
    let mut first = report["statements"][0].clone();
    let entries = first.as_object_mut().unwrap().remove("entries").unwrap();
    assert_eq!(
        first,
        json!({
            "id": "STMT-42",
            "account": "NL91ABNA0417164300",
            "account_is_iban": true,
            "currency": "EUR",
            "opening": "1000.00",
            "closing": "1052.50",
            "from": "2026-03-02",
            "to": "2026-03-02",
            "entry_count": 5,
            "sum_credit": "110.00",
            "sum_debit": "52.50",
            "balanced": true,
            "tx_details_count": 4,
            "structured_refs": ["5000056789012345", "010806817183", "RF18539007547034"],
        })
    );
    assert_eq!(
        entries[3],
        json!({
            "amount": "40.00",
            "currency": "EUR",
            "direction": "debit",
            "status": "booked",
            "booked_on": "2026-03-02",
            "value_on": null,
            "reversal": true,
            "bank_reference": null,
            "additional": null,
            "details": [{
                "amount": null,
                "currency": null,
                "structured_refs": [],
                "unstructured": [],
                "end_to_end_id": null,
                "counterparty_account": "12345678",
                "counterparty_name": "Pieter Voorbeeld",
                "returned": true,
                "return_reason": "MS03",
            }],
        })
    );
    assert_eq!(report["statements"][1]["opening"], "-500");
    assert_eq!(report["problems"], json!([]));
}

#[test]
fn the_later_form_is_read_under_any_prefix_and_in_an_envelope() {
    let reading = read(fixture("statement_v08.xml").as_bytes());
    assert_eq!(reading.problems, []);
    let [statement] = &reading.statements[..] else { panic!() };
    assert_eq!(statement.statement.opening.unwrap().amount.to_string(), "0.00 EUR");
    let [entry] = &statement.entries[..] else { panic!() };
    assert_eq!(entry.status, EntryStatus::Booked);
    let parts = entry.parts();
    assert_eq!(parts[0].amount.to_string(), "70.50 EUR");
    assert_eq!(
        (parts[1].amount.to_string().as_str(), parts[1].direction),
        ("10.00 EUR", Direction::Debit)
    );
    assert_eq!(written(entry.details[0].counterparty_name.as_ref()), "Pieter Voorbeeld");
    for version in 2..=14 {
        let file = fixture("statement.xml").replace("053.001.02", &format!("053.001.{version:02}"));
        assert_eq!(read(file.as_bytes()).verdict, Verdict::Accept, "{version}");
    }
    let namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02";
    let austrian = "ISO:camt.053.001.02:APC:STUZZA:payments:003";
    let file = fixture("statement.xml").replace(namespace, austrian);
    assert_eq!(read(file.as_bytes()).verdict, Verdict::Accept);
    let bare = fixture("statement.xml").replace(&format!(r#" xmlns="{namespace}""#), "");
    assert_eq!(read(bare.as_bytes()).statements.len(), 2);
}

#[test]
fn every_encoding_gives_the_same_statements() {
    let text = fixture("statement.xml");
    let expected = read(text.as_bytes()).statements;
    assert!(!expected.is_empty());
    let declared = |name: &str| text.replacen("UTF-8", name, 1);
    let latin: Vec<u8> = declared("ISO-8859-1").chars().map(|it| it as u8).collect();
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        declared("UTF-16").encode_utf16().flat_map(bytes).collect()
    };
    let with_mark = ["\u{feff}".as_bytes(), text.as_bytes()].concat();
    let dos = text.replace('\n', "\r\n").into_bytes();
    for bytes in [latin, wide(u16::to_le_bytes), wide(u16::to_be_bytes), with_mark, dos] {
        let reading = read(&bytes);
        assert_eq!(reading.problems, []);
        assert_eq!(reading.statements, expected);
    }
}

// --- what is wrong, and where
// ---------------------------------------------------------------------

/// The first problem after one edit of the fixture.
fn after(edit: (&str, &str)) -> (Reading, Problem) {
    let text = fixture("statement.xml");
    assert!(text.contains(edit.0), "{} is not in the fixture", edit.0);
    let reading = read(text.replacen(edit.0, edit.1, 1).as_bytes());
    let first =
        reading.problems.first().unwrap_or_else(|| panic!("{edit:?} is no problem")).clone();
    (reading, first)
}

#[test]
fn what_a_person_must_look_at_is_reported_and_nothing_is_lost() {
    const ESCT: &str = "<Ccy>EUR</Ccy>";
    for (edit, field) in [
        ((">1052.50<", ">1052.51<"), "Stmt/Bal"),
        (("<Amt Ccy=\"EUR\">1052.50", "<Amt Ccy=\"SEK\">1052.50"), "Stmt/Bal"),
        (("<Amt Ccy=\"EUR\">1000.00", "<Amt Ccy=\"XXX\">1000.00"), "Stmt/Bal/Amt"),
        ((">75.00<", ">75.001<"), "Stmt/Ntry/Amt"),
        ((">75.00<", ">-75.00<"), "Stmt/Ntry/Amt"),
        (("<Amt Ccy=\"EUR\">75.00", "<Amt>75.00"), "Stmt/Ntry/Amt"),
        (("<Amt Ccy=\"EUR\">5.00", "<Amt Ccy=\"GBP\">5.00"), "Stmt/Ntry"),
        (("<Sts>BOOK</Sts>", "<Sts>MAYBE</Sts>"), "Stmt/Ntry/Sts"),
        (("<Dt>2026-03-01</Dt>", "<Dt>2026-02-30</Dt>"), "Stmt/Ntry/ValDt/Dt"),
        (("<RvslInd>true", "<RvslInd>maybe"), "Stmt/Ntry/RvslInd"),
        (("<Id>STMT-42</Id>", ""), "Stmt/Id"),
        ((ESCT, "<Ccy>EURO</Ccy>"), "Stmt/Acct/Ccy"),
        ((ESCT, "<Ccy>EUR</Ccy><Ccy>EUR</Ccy>"), "Stmt/Acct/Ccy"),
        (("<Sts>BOOK</Sts>", "<Sts><Prtry>PENDING</Prtry></Sts>"), "Stmt/Ntry/Sts/Prtry"),
        ((">20.00<", ">2O.00<"), "Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt"),
    ] {
        let (reading, problem) = after(edit);
        assert_eq!(problem.field, field, "{edit:?}: {problem}");
        assert_eq!(reading.verdict, Verdict::Report, "{edit:?}: {problem}");
        assert_eq!(reading.statements.len(), 2, "{edit:?}");
        assert_eq!(reading.statements[0].entries.len(), 5, "{edit:?}");
    }
    let all_of_it = "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">75.00<";
    for (edit, field) in [
        ((">10.00<", ">10.01<"), "Stmt/Ntry/Amt"),
        ((all_of_it, &*all_of_it.replace("75.00", "74.99")), "Stmt/Ntry/Amt"),
        ((">2</NbOfTxs>", ">25</NbOfTxs>"), "Stmt/Ntry/NtryDtls/Btch/NbOfTxs"),
    ] {
        let (reading, remark) = after(edit);
        assert_eq!((&*remark.field, remark.verdict), (field, Verdict::Accept), "{edit:?}");
        assert_eq!(reading.verdict, Verdict::Accept, "the amount of the entry is right: {edit:?}");
    }
    let long = format!("<Ustrd>{}</Ustrd>", "x".repeat(5_000));
    assert_eq!(after(("<Ustrd/>", &long)).0.verdict, Verdict::Report);
}

#[test]
fn what_cannot_be_read_for_sure_is_refused_whole() {
    for (edit, field) in [
        ((">75.00<", ">75,00<"), "Stmt/Ntry/Amt"),
        ((">75.00<", "><"), "Stmt/Ntry/Amt"),
        ((">12.50<", ">1250000000000000000.00<"), "Stmt/Ntry/Amt"),
        (("<Amt Ccy=\"EUR\">12.50</Amt>", ""), "Stmt/Ntry/Amt"),
        (("<Amt Ccy=\"EUR\">12.50", "<Amt Ccy=\"EURO\">12.50"), "Stmt/Ntry/Amt"),
        (("<CdtDbtInd>DBIT</CdtDbtInd>", ""), "Stmt/Ntry/CdtDbtInd"),
        (("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>D</CdtDbtInd>"), "Stmt/Ntry/CdtDbtInd"),
        ((">1000.00<", ">1000.0O<"), "Stmt/Bal/Amt"),
        ((">1000.00<", "><"), "Stmt/Bal/Amt"),
        (("<Amt Ccy=\"EUR\">1000.00</Amt>", ""), "Stmt/Bal/Amt"),
        (("<IBAN>NL91ABNA0417164300</IBAN>", ""), "Stmt/Acct/Id"),
        (("camt.053.001.02", "camt.053.001.15"), "document"),
        (("camt.053.001.02", "pain.001.001.03"), "document"),
        (("</Ntry>", "</Entry>"), "document"),
        (("<Document", "<!DOCTYPE Document><Document"), "document"),
        (("&amp;", "&zn;"), "document"),
        (("<IBAN>", "<x:IBAN>"), "document"),
        (("</Document>", "</Document><Document/>"), "document"),
        (("<Document", "<? note?><Document"), "document"),
        (("<Document", "<Document a='1'b='2'"), "document"),
        (("<Document", "<Document xmlns:a=''"), "document"),
        (("<Document", "<Document n\u{85}ame=''"), "document"),
        (("<?xml version=\"1.0\"", "<?xml version=\"1.0\"&"), "document"),
        (("UTF-8", "UTF-99"), "file"),
    ] {
        let (reading, problem) = after(edit);
        assert_eq!(problem.field, field, "{edit:?}: {problem}");
        assert_eq!(reading.verdict, Verdict::Reject, "{edit:?}: {problem}");
        assert_eq!(reading.statements, [], "{edit:?}");
    }
}

#[test]
fn a_problem_says_where_and_what() {
    let (_, problem) = after((">10.00<", ">10.01<"));
    assert_eq!(
        problem.to_string(),
        "line 85, statement 1, entry 2, Stmt/Ntry/Amt: is 30.00 EUR, but the transactions of the \
         batch make 30.01 EUR; ask the bank for a correct file"
    );
    let (_, problem) = after((">1052.50<", ">1052.51<"));
    assert_eq!(
        problem.to_string(),
        "line 36, statement 1, Stmt/Bal: opening balance and booked entries make 1052.50 EUR, not \
         1052.51 EUR as stated; ask the bank for a correct file"
    );
    let (_, problem) = after((">75.00<", ">75,00<"));
    assert_eq!((problem.line, problem.entry), (Some(55), Some(1)));
    let (_, problem) = after((">12.50<", ">1250000000000000.00<"));
    assert!(problem.reason.contains("is too large"), "{problem}");
}

/// The fixture where its balances prove nothing, with one more edit.
fn unproven(edit: (&str, &str)) -> Reading {
    let text = fixture("statement.xml").replacen("<Cd>CLBD</Cd>", "<Cd>CLAV</Cd>", 1);
    assert!(text.contains(edit.0), "{} is not in the fixture", edit.0);
    read(text.replacen(edit.0, edit.1, 1).as_bytes())
}

#[test]
fn totals_of_the_bank_are_compared_where_no_balances_prove_the_entries() {
    for (edit, told) in [
        (
            (">5</NbOfNtries>", ">6</NbOfNtries>"),
            "line 49, statement 1, Stmt/TxsSummry/TtlNtries/NbOfNtries: is 6, but the entries that \
             are there make 5, the booked ones 4; ask the bank for a correct file",
        ),
        (
            (">52.5</Sum>", ">\n52.51</Sum>"),
            "line 51, statement 1, Stmt/TxsSummry/TtlDbtNtries/Sum: is 52.51, but the entries that \
             are there make 52.5; ask the bank for a correct file",
        ),
    ] {
        let reading = unproven(edit);
        assert_eq!(reading.verdict, Verdict::Report, "{edit:?}");
        assert_eq!(reading.problems[0].to_string(), told);
        let proven = read(fixture("statement.xml").replacen(edit.0, edit.1, 1).as_bytes());
        assert_eq!(proven.problems, [], "{edit:?}: the balances prove the entries");
    }
    // Some banks count what is booked, others everything.
    for edit in [("<Ntry>", "<Ntry>"), (">110.00</Sum>", ">105.00</Sum>")] {
        assert_eq!(unproven(edit).problems, [], "{edit:?}");
    }
}

#[test]
fn an_empty_amount_that_nobody_needs_is_absent() {
    for edit in [(">1047.50<", "><"), (">1047.50<", ">n/a<"), (">10.00<", "><")] {
        let reading = read(fixture("statement.xml").replacen(edit.0, edit.1, 1).as_bytes());
        assert_eq!(reading.problems, [], "{edit:?}");
        assert_eq!(reading.statements.len(), 2, "{edit:?}");
    }
}

#[test]
fn other_files_are_told_apart() {
    let order = fixture("statement.xml").replace("BkToCstmrStmt", "CstmrCdtTrfInitn");
    let doctype = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    for (bytes, reason) in [
        (&b""[..], "is empty"),
        (b"  \n", "is empty"),
        (b"%PDF-1.7\n", "is a PDF, whatever its name says"),
        (b"PK\x03\x04....", "is a ZIP archive: unpack it first"),
        (b"<!doctype html><html>", "is a web page"),
        (b"date;amount", "is neither XML nor MT940 nor CODA"),
        (b"<Invoice/>", "is an invoice"),
        (b"<a><b/></a>", "is another kind of XML document"),
        (order.as_bytes(), "is an order of payments (pain.001)"),
        (b"<BkToCstmrStmt/>", "is missing: the message holds no statement"),
        (
            b"<a><BkToCstmrAcctRpt/><BkToCstmrStmt/></a>",
            "holds messages of several kinds, of which one may tell what another tells too",
        ),
        (
            doctype.as_bytes(),
            "has a DOCTYPE, which may hide entities and is never part of a statement",
        ),
    ] {
        let reading = read(bytes);
        assert_eq!(reading.verdict, Verdict::Reject, "{reason}");
        assert_eq!(reading.problems[0].reason, reason);
    }
}

#[test]
fn two_equal_entries_are_two_payments() {
    let text = fixture("statement.xml");
    let start = text.find("<Ntry>").unwrap();
    let end = text.find("</Ntry>").unwrap() + "</Ntry>".len();
    let entry = &text[start..end];
    let twice = text
        .replacen(entry, &entry.repeat(2), 1)
        .replace(">1052.50<", ">1127.50<")
        .replace(">5</NbOfNtries><Sum>162.50<", ">6</NbOfNtries><Sum>237.50<")
        .replace(">3</NbOfNtries><Sum>110.00<", ">4</NbOfNtries><Sum>185.00<");
    let reading = read(twice.as_bytes());
    assert_eq!(reading.problems, []);
    assert_eq!(reading.statements[0].entries[0], reading.statements[0].entries[1]);
}

#[test]
fn a_batch_without_its_amounts_is_one_unmatched_payment() {
    let text = fixture("statement.xml").replace("<Amt Ccy=\"EUR\">10.00</Amt>", "");
    let reading = read(text.as_bytes());
    assert_eq!(reading.problems, []);
    let parts = reading.statements[0].entries[1].parts();
    assert_eq!((parts.len(), parts[0].amount.to_string().as_str()), (1, "30.00 EUR"));
    assert_eq!(parts[0].details, None);
}

/// What we called a batch stands beside its number, or in its only transaction.
#[test]
fn a_batch_is_called_as_we_called_it() {
    let shown = |details: &str| {
        let entry = "<Ntry><Amt Ccy=\"EUR\">75.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
                     <Sts>BOOK</Sts><NtryDtls>";
        let entry = format!("{entry}{details}</NtryDtls></Ntry>");
        let text = fixture("statement.xml");
        let (start, end) = (text.find("<Ntry>").unwrap(), text.find("</Ntry>").unwrap());
        let xml = [&text[..start], &entry, &text[end + "</Ntry>".len()..]].concat();
        let reading = read(xml.as_bytes());
        let batches = reading.statements[0].entries[0].batch_ids.clone();
        batches.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>()
    };
    let of_batch = "<Btch><PmtInfId>0af1</PmtInfId><NbOfTxs>25</NbOfTxs></Btch>";
    let of_only = "<TxDtls><Refs><PmtInfId>0af2</PmtInfId></Refs></TxDtls>";
    assert_eq!(shown(of_batch), ["0af1"]);
    assert_eq!(shown(of_only), ["0af2"]);
    assert_eq!(shown("<Btch><NbOfTxs>25</NbOfTxs></Btch>"), [""; 0]);
}

/// Of a batch the bank may show one payment only, or its total as if that were one.
#[test]
fn a_payment_out_of_a_batch_never_stands_for_the_whole_batch() {
    let shown = |batch: &str, amount: &str, told: &str| {
        let entry = "<Ntry><Amt Ccy=\"EUR\">75.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
                     <Sts>BOOK</Sts><NtryDtls>";
        let entry = format!("{entry}{batch}<TxDtls>{amount}{told}</TxDtls></NtryDtls></Ntry>");
        let text = fixture("statement.xml");
        let (start, end) = (text.find("<Ntry>").unwrap(), text.find("</Ntry>").unwrap());
        read([&text[..start], &entry, &text[end + "</Ntry>".len()..]].concat().as_bytes())
    };
    let many = "<Btch><NbOfTxs>25</NbOfTxs></Btch>";
    let one = "<Btch><NbOfTxs>1</NbOfTxs></Btch>";
    let amount = |value: &str| format!("<Amt Ccy=\"EUR\">{value}</Amt>");
    let dollars = "<Amt Ccy=\"USD\">80.00</Amt>";
    let told = "<RmtInf><Ustrd>Factuur</Ustrd></RmtInf>";
    let [whole, some, more] = ["75.00", "4.00", "80.00"].map(amount);
    let (whole, some, more) = (&whole[..], &some[..], &more[..]);
    for (batch, amount, told, is_remarked, is_matched) in [
        ("", whole, told, false, true),
        ("", "", told, false, true),
        ("", dollars, told, false, true),
        (one, whole, told, false, true),
        ("", some, told, true, false),
        // Sent as 80, of which a bank on the way kept 5.
        ("", more, told, false, true),
        (one, more, told, false, true),
        (many, more, told, true, false),
        (many, some, told, true, false),
        (many, whole, told, true, false),
        (many, "", told, true, false),
        (many, dollars, told, true, false),
        (many, whole, "", false, false),
        (many, "", "", false, false),
    ] {
        let case = format!("{batch}{amount}{told}");
        let reading = shown(batch, amount, told);
        assert_eq!(reading.verdict, Verdict::Accept, "{case}: {:?}", reading.problems);
        assert_eq!(!reading.problems.is_empty(), is_remarked, "{case}: {:?}", reading.problems);
        let [part] = reading.statements[0].entries[0].parts()[..] else { panic!("{case}") };
        assert_eq!(part.amount.to_string(), "75.00 EUR", "{case}");
        assert_eq!(part.details.is_some(), is_matched, "{case}");
    }
    let problem = shown(many, some, told).problems[0].to_string();
    assert!(
        problem.contains("is 25, but there are details of 1: whose money it is cannot be told"),
        "{problem}"
    );
}

#[test]
fn what_goes_out_of_a_batch_that_comes_in_went_to_its_creditor() {
    let parties = "<c:RltdPties><c:Dbtr><c:Pty><c:Nm>Us</c:Nm></c:Pty></c:Dbtr>\
                   <c:Cdtr><c:Pty><c:Nm>Refunded</c:Nm></c:Pty></c:Cdtr></c:RltdPties>";
    let text = fixture("statement_v08.xml").replace("<env:Amt Ccy=\"EUR\">99</env:Amt>", parties);
    let reading = read(text.as_bytes());
    assert_eq!(reading.problems, []);
    let details = &reading.statements[0].entries[0].details;
    assert_eq!(written(details[0].counterparty_name.as_ref()), "Pieter Voorbeeld");
    assert_eq!(written(details[1].counterparty_name.as_ref()), "Refunded");
}

// --- limits
// ---------------------------------------------------------------------------------------

/// Takes a fraction of a second in release; the bound is for a slow machine in debug.
fn reject_in_time(bytes: &[u8]) -> String {
    let start = Instant::now();
    let reading = read(bytes);
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    assert_eq!(reading.verdict, Verdict::Reject);
    assert!(reading.problems.len() <= 51);
    reading.problems.last().unwrap().reason.to_string()
}

#[test]
fn what_is_too_large_or_too_deep_or_too_much_is_refused() {
    let piece = format!("<a>{}</a>", "x".repeat(3_000_000));
    assert!(reject_in_time(piece.as_bytes()).contains("more than a million bytes"));
    let deep = "<a>".repeat(1_000_000);
    assert_eq!(reject_in_time(deep.as_bytes()), "has elements nested more than 64 deep");
    let balances =
        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1</Amt></Bal>";
    let many = format!("<BkToCstmrStmt><Stmt>{}", balances.repeat(300_000));
    assert!(reject_in_time(many.as_bytes()).contains("more than 1000 times"));
    let empty = fixture("statement.xml").replacen(
        "<TxDtls>",
        &format!("{}<TxDtls>", "<TxDtls/>".repeat(300_000)),
        1,
    );
    assert!(reject_in_time(empty.as_bytes()).contains("more than 100000 times"));
    let flood = format!("<BkToCstmrStmt>{}</BkToCstmrStmt>", "<Stmt/>".repeat(300_000));
    assert_eq!(reject_in_time(flood.as_bytes()), "has more than 10000 statements");
    let attributes: Vec<String> = (0..20_000).map(|it| format!(" a{it}=\"\"")).collect();
    let attributes = attributes.concat();
    let wide = format!("<BkToCstmrStmt{attributes}/>");
    assert!(reject_in_time(wide.as_bytes()).contains("too many attributes"));
}

// --- any bytes
// ------------------------------------------------------------------------------------

/// Everything personal in the fixture.
const PERSONAL: [&str; 8] =
    ["Meer", "Dubois", "Voorbeeld", "Derdengelden", "NL91ABNA", "BE68539", "Factuur", "Kosten"];

fn assert_discreet(reading: &Reading) -> Result<(), TestCaseError> {
    let told: Vec<String> = reading.problems.iter().map(|it| format!("{it} {it:?}")).collect();
    let told = told.concat();
    let debug = format!("{reading:?}");
    for personal in PERSONAL {
        prop_assert!(!told.contains(personal), "{}", told);
        prop_assert!(!debug.contains(personal), "{}", debug);
    }
    Ok(())
}

#[test]
fn a_truncated_file_is_never_accepted() {
    let text = fixture("statement_v08.xml");
    for end in 0..text.len() {
        let reading = read(&text.as_bytes()[..end]);
        assert_eq!(reading.verdict, Verdict::Reject, "cut after {end} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        prop_assert_ne!(read(&bytes).verdict, Verdict::Accept);
    }

    #[test]
    fn a_file_of_more_entries_than_are_kept_is_refused(wanted in statement(), style in style()) {
        let bytes = style.write(&wanted).into_bytes();
        let entries = wanted.entries.len();
        prop_assert_eq!(collect_at_most(&bytes[..], entries).unwrap(), read(&bytes));
        if let Some(fewer) = entries.checked_sub(1) {
            let reading = collect_at_most(&bytes[..], fewer).unwrap();
            prop_assert_eq!(reading.verdict, Verdict::Reject);
            prop_assert!(reading.statements.is_empty());
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_and_told_without_names(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6)
    ) {
        let mut bytes = fixture("statement.xml").into_bytes();
        for (place, byte, how) in edits {
            let place = place.index(bytes.len());
            match how {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => drop(bytes.remove(place)),
            }
        }
        let reading = read(&bytes);
        prop_assert_eq!(reading.verdict == Verdict::Reject, reading.statements.is_empty());
        let worst = reading.problems.iter().map(|it| it.verdict).max();
        prop_assert_eq!(reading.verdict, worst.unwrap_or_default());
        assert_discreet(&reading)?;
        let _ = report_json(&reading);
    }

    #[test]
    fn shuffled_markup_is_no_danger(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)
    ) {
        let _ = report_json(&read(pieces.concat().as_bytes()));
        let inside = format!("<BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt>", pieces.concat());
        let _ = report_json(&read(inside.as_bytes()));
    }

    #[test]
    fn a_statement_is_read_as_it_was_written(wanted in statement(), style in style()) {
        let reading = read(style.write(&wanted).as_bytes());
        prop_assert_eq!(&reading.problems, &[]);
        let [statement] = &reading.statements[..] else { panic!("not one") };
        prop_assert_eq!(statement.entries.len(), wanted.entries.len());
        let closing = statement.statement.closing.unwrap().amount.money().unwrap();
        prop_assert_eq!(closing.amount_minor(), wanted.closing());
        for (ours, theirs) in statement.entries.iter().zip(&wanted.entries) {
            let sum: i64 = theirs.payments.iter().map(|it| it.minor).sum();
            let (amount, direction) = (money(ours.amount), ours.direction);
            prop_assert_eq!((amount, direction), (sum, theirs.direction));
            let is_booked = ours.status == EntryStatus::Booked;
            prop_assert_eq!(is_booked, theirs.booked);
            let parts = ours.parts();
            prop_assert_eq!(parts.len(), theirs.payments.len());
            for (part, payment) in parts.iter().zip(&theirs.payments) {
                prop_assert_eq!(money(part.amount), payment.minor);
                let details = part.details.unwrap();
                prop_assert_eq!(details.references[0].text.as_str(), &payment.reference);
                prop_assert_eq!(written(details.counterparty_name.as_ref()), payment.name.trim());
            }
        }
    }
}

const PIECES: &[&str] = &[
    "<Ntry>",
    "</Ntry>",
    "<NtryDtls>",
    "</NtryDtls>",
    "<TxDtls>",
    "</TxDtls>",
    "<RmtInf>",
    "</RmtInf>",
    "<Strd>",
    "</Strd>",
    "<Bal>",
    "</Bal>",
    "<Stmt>",
    "</Stmt>",
    "<Amt Ccy=\"EUR\">1</Amt>",
    "<Sts/>",
    "<CdtDbtInd>CRDT</CdtDbtInd>",
    "<RtrInf/>",
    "<Acct><Id><IBAN>X</IBAN></Id></Acct>",
    "text",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&#0;",
    "&amp;",
    "<Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>",
];

// --- made statements
// ------------------------------------------------------------------------------

#[derive(Clone, Debug)]
struct Wanted {
    opening: i64,
    entries: Vec<WantedEntry>,
}

#[derive(Clone, Debug)]
struct WantedEntry {
    direction: Direction,
    booked: bool,
    payments: Vec<WantedPayment>,
}

#[derive(Clone, Debug)]
struct WantedPayment {
    minor: i64,
    reference: String,
    name: String,
}

impl Wanted {
    fn closing(&self) -> i64 {
        let booked = self.entries.iter().filter(|it| it.booked);
        booked.fold(self.opening, |sum, entry| {
            let amount: i64 = entry.payments.iter().map(|it| it.minor).sum();
            if entry.direction == Direction::Credit { sum + amount } else { sum - amount }
        })
    }
}

fn money(amount: Amount) -> i64 {
    amount.money().unwrap().amount_minor()
}

fn statement() -> impl Strategy<Value = Wanted> {
    let name = "[A-Za-z&<>'\" éß€]{0,20}x";
    let payment = (0_i64..10_000_000, "[A-Z0-9]{1,20}", name)
        .prop_map(|(minor, reference, name)| WantedPayment { minor, reference, name });
    let direction = prop_oneof![Just(Direction::Credit), Just(Direction::Debit)];
    let entry = (direction, any::<bool>(), prop::collection::vec(payment, 1..4))
        .prop_map(|(direction, booked, payments)| WantedEntry { direction, booked, payments });
    (-1_000_000_i64..1_000_000, prop::collection::vec(entry, 0..6))
        .prop_map(|(opening, entries)| Wanted { opening, entries })
}

/// How the same statement may be written.
#[derive(Clone, Debug)]
struct Style {
    version: u8,
    prefix: &'static str,
    /// Between elements.
    space: &'static str,
}

fn style() -> impl Strategy<Value = Style> {
    let prefixes = prop::sample::select(&["", "n", "camt"][..]);
    (2_u8..=14, prefixes, prop::sample::select(&["", "\n  ", "<!-- & -->"][..]))
        .prop_map(|(version, prefix, space)| Style { version, prefix, space })
}

impl Style {
    /// An element around already written content.
    fn element(&self, name: &str, content: &str) -> String {
        let (name, attributes) = name.split_once(' ').unwrap_or((name, ""));
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        let name = format!("{}{colon}{name}", self.prefix);
        format!("<{name} {attributes}>{content}</{name}>{}", self.space)
    }

    fn amount(&self, minor: i64) -> String {
        let amount = Money::new(minor.abs(), Currency::EUR).to_decimal();
        self.element("Amt Ccy=\"EUR\"", &amount.to_string())
    }

    fn code(&self, name: &str, code: &str) -> String {
        let is_wrapped = self.version >= 8;
        self.element(name, &if is_wrapped { self.element("Cd", code) } else { code.to_owned() })
    }

    fn balance(&self, code: &str, minor: i64) -> String {
        let code = self.element("CdOrPrtry", &self.element("Cd", code));
        let sign = if minor < 0 { "DBIT" } else { "CRDT" };
        let parts =
            [self.element("Tp", &code), self.amount(minor), self.element("CdtDbtInd", sign)];
        self.element("Bal", &parts.concat())
    }

    fn payment(&self, payment: &WantedPayment, direction: Direction) -> String {
        let amount = self.amount(payment.minor);
        let amount = if self.version >= 4 {
            amount
        } else {
            self.element("AmtDtls", &self.element("TxAmt", &amount))
        };
        let name = payment.name.replace('&', "&amp;").replace('<', "&lt;");
        let name = self.element("Nm", &name.replace("é", "&#xE9;"));
        let name = if self.version >= 8 { self.element("Pty", &name) } else { name };
        let side = if direction == Direction::Credit { "Dbtr" } else { "Cdtr" };
        let parties = self.element("RltdPties", &self.element(side, &name));
        let reference = self.element("CdtrRefInf", &self.element("Ref", &payment.reference));
        let reference = self.element("RmtInf", &self.element("Strd", &reference));
        self.element("TxDtls", &[amount, parties, reference].concat())
    }

    fn entry(&self, entry: &WantedEntry) -> String {
        let sign = if entry.direction == Direction::Credit { "CRDT" } else { "DBIT" };
        let payments = entry.payments.iter().map(|it| self.payment(it, entry.direction));
        let parts = [
            self.amount(entry.payments.iter().map(|it| it.minor).sum()),
            self.element("CdtDbtInd", sign),
            self.code("Sts", if entry.booked { "BOOK" } else { "INFO" }),
            self.element("NtryDtls", &payments.collect::<String>()),
        ];
        self.element("Ntry", &parts.concat())
    }

    fn write(&self, statement: &Wanted) -> String {
        let account = self.element("Id", &self.element("IBAN", "NL91ABNA0417164300"));
        let mut parts = vec![
            self.element("Id", "made"),
            self.element("Acct", &account),
            self.balance("OPBD", statement.opening),
            self.balance("CLBD", statement.closing()),
        ];
        parts.extend(statement.entries.iter().map(|it| self.entry(it)));
        let message = self.element("BkToCstmrStmt", &self.element("Stmt", &parts.concat()));
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        let version = self.version;
        let space = format!("xmlns{colon}{}", self.prefix);
        let uri = format!("urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}");
        self.element(&format!("Document {space}=\"{uri}\""), &message)
    }
}
