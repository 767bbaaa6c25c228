//! What letters say, at the command line, without a stack.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

fn ask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_amicable")).arg("letter").args(words).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(words: &[&str], why: &str) {
    let output = ask(words);
    assert_eq!(output.status.code(), Some(4), "{words:?}");
    assert!(output.stdout.is_empty(), "{words:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(why), "{words:?}: {told}");
}

#[test]
fn every_text_is_listed_with_its_version() {
    let table = said(&ask(&["list"]));
    let rows: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    let row = |name: [&str; 2]| rows.iter().find(|row| row.starts_with(&name)).unwrap();
    let texts = &row(["free-first-reminder", "consumer"])[2..];
    assert!(texts.len() == 4 && texts.iter().all(|text| text.starts_with('@')), "{table}");
    assert_eq!(row(["fourteen-day-letter", "legal-person"])[2..], ["-"; 4]);
    let listed: Value = serde_json::from_slice(&ask(&["list", "--json"]).stdout).unwrap();
    assert!(listed.as_array().unwrap().len() > 70);
}

#[test]
fn a_message_is_shown_as_text_html_and_on_paper_with_its_verdict() {
    let text = said(&ask(&["preview", "demand", "--language", "fr", "--country", "be"]));
    for words in
        ["subject: Concerne", "Vous devez donc", "Bonjour Noor", "verdict: lawful and complete"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let html = ask(&["preview", "demand", "--html"]);
    assert!(said(&html).starts_with("<!DOCTYPE html>"));
    assert!(!said(&html).contains("verdict"));
    assert!(String::from_utf8(html.stderr).unwrap().contains("collection costs"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    let told = said(&ask(&["preview", "fourteen-day-letter", "--pdf", file.to_str().unwrap()]));
    assert!(told.contains("pages: 1"), "{told}");
    assert!(fs::read(file).unwrap().starts_with(b"%PDF"));
    let told = said(&ask(&["preview", "payment-thanks", "--json"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["asked"]["amount_minor"], 0);
}

#[test]
fn what_would_not_be_written_is_exit_4_and_says_why() {
    refused(
        &["preview", "fourteen-day-letter", "--debtor", "legal"],
        "the law has no such message for this debtor",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.json");
    let mut case: Value =
        serde_json::from_str(&said(&ask(&["preview", "demand", "--print-case"]))).unwrap();
    case["parties"]["claims"][0]["description"] = Value::Null;
    fs::write(&file, case.to_string()).unwrap();
    let file = file.to_str().unwrap();
    refused(&["preview", "demand", "--case", file], "ProductDescription");
    // To a company the law asks for no description.
    said(&ask(&["preview", "demand", "--case", file, "--debtor", "legal"]));
    fs::write(file, "{}").unwrap();
    refused(&["preview", "demand", "--case", file], "missing field");
    assert_eq!(ask(&["preview", "sommation"]).status.code(), Some(64));
}

#[test]
fn two_texts_are_compared_paragraph_by_paragraph() {
    let told = said(&ask(&["compare", "demand/nl/consumer", "demand/nl/legal-person@1"]));
    assert!(told.contains("- Beste Noor Vandenberghe,"), "{told}");
    assert!(told.contains("+ Geachte heer of mevrouw,"), "{told}");
    assert!(told.contains("  Met vriendelijke groet,"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.j2");
    let old = include_str!("../../../services/letter/texts/demand/nl/consumer.j2");
    fs::write(&file, old.replace("Met vriendelijke groet", "Hartelijke groet")).unwrap();
    let tried = format!("demand/nl/consumer={}", file.display());
    let told = said(&ask(&["compare", "demand/nl/consumer", &tried]));
    let changed: Vec<&str> = told.lines().filter(|line| !line.starts_with("  ")).collect();
    assert_eq!(changed, ["- Met vriendelijke groet,", "+ Hartelijke groet,"]);
    assert_eq!(ask(&["compare", "demand/nl", "demand/nl/consumer"]).status.code(), Some(64));
}
