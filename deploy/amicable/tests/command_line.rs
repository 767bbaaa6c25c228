//! The command line as a script meets it: exit codes, and sentences on standard error.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn amicable(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_amicable"))
        .args(arguments)
        .env("AMICABLE_FOLDER", folder)
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn invoice(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/intake/tests/fixtures").join(name)
}

fn read_invoice(path: &Path) -> (i32, Value) {
    let output = amicable(&["invoice", "read", "--json", path.to_str().unwrap()], Path::new("x"));
    (code(&output), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_exit_code_of_reading_an_invoice_is_its_verdict() {
    let (accepted, report) = read_invoice(&invoice("invoice.xml"));
    assert_eq!((accepted, &report["verdict"]), (0, &"accept".into()));
    assert_eq!(report["number"], "2026-0417");
    let (reported, report) = read_invoice(&invoice("wrong_totals.xml"));
    assert_eq!((reported, &report["verdict"]), (3, &"report".into()));
    assert_eq!(report["problems"][0]["line"], 90);
    let (rejected, report) = read_invoice(&invoice("pdf_named_xml.xml"));
    assert_eq!((rejected, &report["verdict"]), (4, &"reject".into()));
}

#[test]
fn junk_of_a_hundred_megabytes_is_refused_without_being_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let junk = folder.path().join("junk.xml");
    // Without blocks on disk: whoever read it all would still have to hold it.
    fs::File::create(&junk).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let (rejected, report) = read_invoice(&junk);
    assert_eq!((rejected, &report["verdict"]), (4, &"reject".into()));
    assert_eq!(report["problems"][0]["field"], "file");
}

#[test]
fn the_exit_code_of_reading_a_statement_is_its_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.xml");
    fs::write(&file, "<html>").unwrap();
    let output = amicable(&["statement", "read", file.to_str().unwrap()], folder.path());
    assert_eq!(code(&output), 4, "{}", said(&output));
    assert!(output.stdout.starts_with(b"verdict: reject"));
    for (closing, exit, verdict) in [("15,00", 0, "accept"), ("16,00", 3, "report")] {
        let text = format!(
            ":20:A\r\n:25:NL91ABNA0417164300\r\n:28C:1\r\n:60F:C260302EUR10,00\r\n\
             :61:260302C5,00NTRFNONREF\r\n:86:+++010/8068/17183+++\r\n:62F:C260302EUR{closing}\r\n"
        );
        fs::write(&file, text).unwrap();
        let arguments = ["statement", "read", file.to_str().unwrap(), "--json"];
        let output = amicable(&arguments, folder.path());
        assert_eq!(code(&output), exit, "{}", said(&output));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&told["format"], &told["verdict"]), (&"mt940".into(), &verdict.into()));
        let statement = &told["statements"][0];
        assert_eq!(statement["balanced"], exit == 0);
        assert_eq!(statement["entry_count"], 1);
        assert_eq!(statement["entries"][0]["amount"], "5.00");
        assert_eq!(statement["structured_refs"], serde_json::json!(["+++010/8068/17183+++"]));
    }
}

#[test]
fn what_a_file_says_is_shown_as_text_and_never_moves_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.xml");
    let shown = |kind: &str, text: &str| {
        fs::write(&file, text).unwrap();
        let output = amicable(&[kind, "read", file.to_str().unwrap()], folder.path());
        String::from_utf8(output.stdout).unwrap()
    };
    let text = fs::read_to_string(invoice("invoice.xml")).unwrap();
    let name = "Tuin&#x9b;31mhuis&#x202e; &#x7f;\nverdict:";
    let said = shown("invoice", &text.replace("Tuinhuis", name));
    assert!(said.contains("\nseller: Tuin 31mhuis verdict: Voorbeeld B.V. (NL)\n"), "{said}");
    let statement = "<BkToCstmrStmt><Stmt><Id>S&#10;1</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN>\
                     </Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy='EUR'>12.3000</Amt>\
                     <CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt></BkToCstmrStmt>";
    assert_eq!(
        shown("statement", statement),
        "verdict: accept\nformat: camt053\n\
         statement S 1 of NL91ABNA0417164300, ? to ?: 1 entries, 12.30 in, 0.00 out\n"
    );
}

#[test]
fn a_file_that_is_not_there_is_one_sentence_and_exit_1() {
    let output = amicable(&["invoice", "read", "/nowhere/at/all.xml"], Path::new("x"));
    assert_eq!(code(&output), 1);
    assert!(said(&output).starts_with("amicable: cannot open /nowhere/at/all.xml: No such file"));
    assert_eq!(said(&output).lines().count(), 1);
}

#[test]
fn wrong_arguments_are_exit_64_and_help_is_exit_0() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&amicable(&["clock", "advance"], folder.path())), 64);
    assert_eq!(code(&amicable(&["serve", "nothing"], folder.path())), 64);
    let help = amicable(&["case", "show", "--help"], folder.path());
    assert_eq!(code(&help), 0);
    assert!(String::from_utf8(help.stdout).unwrap().contains("amicable case show 5f3a"));
}

#[test]
fn without_a_stack_a_question_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let questions = [
        &["case", "list"][..],
        &["check"],
        &["status"],
        &["clock", "show"],
        &["migrate"],
        &["ledger"],
        &["ledger", "--json"],
        &["ledger", "prove", "--json"],
    ];
    for arguments in questions {
        let output = amicable(arguments, folder.path());
        assert_eq!(code(&output), 1);
        let said = said(&output);
        assert!(said.starts_with("amicable: no stack runs in "), "{said}");
        assert!(said.contains("start one with `amicable up`"), "{said}");
    }
    assert_eq!(code(&amicable(&["down"], folder.path())), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "asking leaves nothing behind");
}

#[test]
fn a_port_of_somebody_else_is_named_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stranger.local_addr().unwrap().port();
    let ports = "postgres = 21990\nnats = 21991\nsmtp = 21992\nmail_page = 21993\n";
    let stack = format!(
        "clock = \"demo\"\nmade_at = \"2026-01-01T00:00:00Z\"\n[ports]\n{ports}\
         intake_api = {port}\n[ports.admin]\n"
    );
    fs::write(folder.path().join("stack.toml"), stack).unwrap();
    for arguments in [&["up"][..], &["up", "--detach"]] {
        let output = amicable(arguments, folder.path());
        assert_eq!(code(&output), 1);
        let said = said(&output);
        let start =
            format!("amicable: port {port} for the intake API is in use by another program");
        assert!(said.starts_with(&start), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert!(!folder.path().join("postgres").exists());
}

#[test]
fn a_typing_error_in_the_settings_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("services.toml"), "[leter.smtp]\nport = 25\n").unwrap();
    let output = amicable(&["up"], folder.path());
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("[leter] is no service; there are "), "{}", said(&output));
}

#[test]
fn a_service_refuses_an_unknown_key_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.toml");
    fs::write(&file, "[smtp]\nprot = 25\n").unwrap();
    let config = file.to_str().unwrap();
    let output = amicable(&["serve", "letter", "--config", config], folder.path());
    assert_eq!(code(&output), 78);
    assert!(said(&output).contains("unknown configuration key `smtp.prot`"), "{}", said(&output));
}
