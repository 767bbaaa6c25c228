//! What a creditor or a debtor does reaches a message that is about to leave, within seconds.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::{Folder, amicable, done, invoice, json, statement, within};
use embedded::mail_sink::{Fault, MailSink, Stage};
use serde_json::Value;
use tokio::time::sleep;

const LIMIT: Duration = Duration::from_mins(2);
/// What *within seconds* means here, on a machine that does much else.
const SECONDS: Duration = Duration::from_secs(10);
/// Mails that the mail server puts off: more than are tried.
const MANY: usize = 10_000;

/// Where the creditor is written to.
const CREDITOR: &str = "facturen@groenehoek.example";

/// The credit note to an invoice, over all of it.
fn credit_note(number: &str, name: &str) -> String {
    let reference = format!(
        "</cbc:BuyerReference><cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{number}\
         </cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
    );
    invoice(number, name)
        .replace("Invoice-2", "CreditNote-2")
        .replace("<Invoice", "<CreditNote")
        .replace("</Invoice>", "</CreditNote>")
        .replace("InvoiceLine>", "CreditNoteLine>")
        .replace("InvoicedQuantity", "CreditedQuantity")
        .replace("InvoiceTypeCode>380<", "CreditNoteTypeCode>381<")
        .replace("/cbc:InvoiceTypeCode", "/cbc:CreditNoteTypeCode")
        .replace("<cbc:DueDate>2026-11-20</cbc:DueDate>", "")
        .replacen(number, &format!("{number}-C"), 1)
        .replace("</cbc:BuyerReference>", &reference)
}

/// The case of a debtor, as `case show` tells it.
fn case(folder: &Path, debtor: &str) -> Value {
    let list = json(folder, &["case", "list", "--json"]);
    let row = list.as_array().unwrap().iter().find(|case| case["debtor_name"] == debtor).unwrap();
    json(folder, &["case", "show", row["case_id"].as_str().unwrap(), "--json"])
}

const DEBTORS: [(&str, &str); 3] =
    [("GH-9101", "Anna Bos"), ("GH-9102", "Bert Kok"), ("GH-9103", "Cees Mol")];

/// Brings up a stack whose mail server puts off the first mail to each debtor: it has no rest.
async fn queue_mails(folder: &Path, sink: &MailSink) {
    sink.faults().plan(MANY, Fault::Answer { stage: Stage::Mail, code: 451 });
    let defaults = fs::read_to_string(within("../../deploy/demo/services.toml")).unwrap();
    let own = format!("{defaults}\n[letter.smtp]\nport = {}\n", sink.smtp_port());
    fs::write(folder.join("services.toml"), own).unwrap();
    done(folder, &["up", "--detach", "--demo-start", "2026-11-02T12:00:00Z"]);
    done(folder, &["creditor", "add", &within("../../deploy/demo/creditors/groene-hoek.toml")]);
    let invoices = folder.join("invoices");
    fs::create_dir(&invoices).unwrap();
    for (number, name) in DEBTORS {
        fs::write(invoices.join(format!("{number}.xml")), invoice(number, name)).unwrap();
    }
    done(folder, &["import", invoices.to_str().unwrap(), "--creditor", "groene-hoek"]);
    let mut turning = amicable(folder)
        .args(["clock", "advance", "--until-next"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while sink.faults().planned() > MANY.saturating_sub(DEBTORS.len()) {
        assert!(begun.elapsed() < LIMIT, "three mails are tried");
        sleep(Duration::from_millis(50)).await;
    }
    turning.kill().unwrap();
    turning.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_a_credit_note_and_a_withdrawal_stop_what_is_queued() {
    let (folder, mails) = (Folder::new(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let sink = MailSink::start(mails.path(), None, None).await.unwrap();
    queue_mails(folder, &sink).await;
    for (_, name) in DEBTORS {
        let state = case(folder, name)["position"]["state"].clone();
        assert!(state["acting"].is_object(), "{name} is {state}");
    }

    let paid = case(folder, "Anna Bos");
    let reference = paid["parties"]["claims"][0]["reference"].as_str().unwrap();
    let bank = folder.join("bank.xml");
    fs::write(&bank, statement(reference)).unwrap();
    let credit = folder.join("credit.xml");
    fs::write(&credit, credit_note("GH-9102", "Bert Kok")).unwrap();
    let claim = case(folder, "Cees Mol")["parties"]["claims"][0]["claim_id"].clone();
    let acts = [
        ("Anna Bos", vec!["bank", "import", bank.to_str().unwrap()], "paid"),
        (
            "Bert Kok",
            vec!["import", credit.to_str().unwrap(), "--creditor", "groene-hoek"],
            "credited",
        ),
        (
            "Cees Mol",
            vec!["claim", "withdraw", claim.as_str().unwrap(), "--reason", "mistake"],
            "withdrawn",
        ),
    ];
    for (name, act, reason) in acts {
        done(folder, &act);
        let begun = Instant::now();
        loop {
            let state = case(folder, name)["position"]["state"].clone();
            if state["closed"].is_object() {
                assert_eq!(state["closed"]["reason"], reason, "{name}");
                break;
            }
            assert!(begun.elapsed() < SECONDS, "{name} is {state}");
        }
    }

    // From now on the mail server would take everything; nothing comes, not on any later day.
    sink.faults().clear();
    done(folder, &["clock", "advance", "--days", "30"]);
    // The creditor is told how its cases ended; no debtor is written to.
    let to_debtors =
        sink.mails().iter().filter(|mail| !mail.recipients.iter().any(|to| to == CREDITOR)).count();
    assert_eq!(to_debtors, 0, "nothing left the house for a debtor");
    done(folder, &["check"]);
}
