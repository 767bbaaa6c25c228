//! Collecting by direct debit on real Postgres and NATS: from the mandate to what the bank takes
//! back, with the file as the bank gets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    ApproveDebit, ApproveDebitAnswer, DebitCollected, DebitLeftOut, DebitList, DebitReturned,
    DebitState, ListDebits, ListMandates, MandateKind, MandateState, MoneyAwaited, MoneyCleared,
    ProposeDebit, ProposeDebitAnswer, RecordMandate, RecordMandateAnswer, WriteDebits,
    WriteDebitsAnswer,
};
use mailbox::{AskError, Mailbox, MailboxSettings};
use payment_reconciliation::domain::direct_debit_order::{Sequence, batch_id, end_to_end_id};
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{ContentHash, DebitFileId, DebitId, MandateId, MandateReference};
use serde_json::json;
use testkit::{Schema, eventually};

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{LIMIT, Office, case_id, day, euro, imported};
use crate::paying_by_link::Scheduler;

const DUE: &str = "2026-03-24";
const DEBTOR: &str = "NL20INGB0001234567";

/// The office with a scheduler that can say that a case is held.
struct Desk {
    office: Office,
    is_held: Arc<AtomicBool>,
}

impl Desk {
    async fn open(identifier: &str, replicas: usize) -> Self {
        let scheduler = Schema { service: "scheduler", migrations: None, tables: "" };
        let mut office = Box::pin(Office::furnish(&[scheduler])).await;
        let migrations = [&mailbox::MIGRATIONS];
        let context = Box::pin(office.house.context("scheduler", (), &migrations)).await;
        let is_held = Arc::new(AtomicBool::new(false));
        let scheduler = Scheduler { is_held: Arc::clone(&is_held) };
        let mailbox = Mailbox::of("scheduler").query(scheduler);
        Box::pin(mailbox.start(&context, MailboxSettings::default())).await.unwrap();
        office.residents.push(office.house.resident(context.tasks.clone()));
        let config = PaymentReconciliationConfig {
            creditor_identifier: identifier.to_owned(),
            ..Office::config()
        };
        for _ in 0..replicas {
            let started = office.house.start::<PaymentReconciliation>(config.clone());
            office.residents.push(Box::pin(started).await);
        }
        for (case, minor) in [(1, 10_000), (2, 4_000)] {
            office.register_paid_to(PayTo::Agency, case, minor).await;
        }
        office.hire().await;
        Self { office, is_held }
    }

    async fn put(&self, content: &str) -> ContentHash {
        let files = runtime::files::FileStore::open(self.office.house.folder()).unwrap();
        files.put(content.as_bytes()).await.unwrap()
    }

    async fn record(&self, case: u128, text: &str) -> Result<RecordMandateAnswer, AskError> {
        self.record_as(1, case, text, "2026-03-01").await
    }

    async fn record_as(
        &self,
        by: u128,
        case: u128,
        text: &str,
        signed_on: &str,
    ) -> Result<RecordMandateAnswer, AskError> {
        let debtor = json!({ "name": "Piet Jansen", "account": DEBTOR }).to_string();
        let ask = RecordMandate {
            case_id: case_id(case),
            reference: MandateReference::parse(text).unwrap(),
            signed_on: day(signed_on),
            kind: MandateKind::Recurrent,
            notice_days: 14,
            debtor: self.put(&debtor).await,
            evidence: self.put("a scan").await,
        };
        self.office.staff(by).change(&ask, &format!("record {text} {by}")).await
    }

    async fn recorded(&self, case: u128, text: &str) -> MandateId {
        let answer = self.record(case, text).await.unwrap();
        let RecordMandateAnswer::Recorded(mandate) = answer else { panic!("{answer:?}") };
        mandate.mandate_id
    }

    async fn approved(&self, case: u128, mandate_id: MandateId, minor: i64) -> DebitId {
        let ask = ProposeDebit {
            case_id: case_id(case),
            mandate_id,
            amount: Some(euro(minor)),
            due_on: day(DUE),
            notified_on: day("2026-03-10"),
        };
        let key = format!("{case} {minor}");
        let answer = self.office.staff(1).change(&ask, &format!("propose {key}")).await.unwrap();
        let ProposeDebitAnswer::Proposed(debit) = answer else { panic!("{answer:?}") };
        let ask = ApproveDebit { debit_id: debit.debit_id };
        let answer = self.office.staff(2).change(&ask, &format!("approve {key}")).await.unwrap();
        assert!(matches!(answer, ApproveDebitAnswer::Approved(_)), "{answer:?}");
        debit.debit_id
    }

    async fn write(&self, key: &str) -> WriteDebitsAnswer {
        self.office.staff(1).change(&WriteDebits {}, key).await.unwrap()
    }

    async fn list(&self) -> DebitList {
        self.office.house.asker().ask(&ListDebits { limit: 10 }).await.unwrap()
    }

    async fn state(&self, debit_id: DebitId) -> DebitState {
        let debits = self.list().await.debits;
        debits.into_iter().find(|it| it.debit_id == debit_id).unwrap().state
    }

    /// The file as the bank gets it.
    async fn made(&self, file_id: DebitFileId) -> String {
        let made = eventually(LIMIT, "file", async || {
            let files = self.list().await.files;
            files.into_iter().find(|it| it.file_id == file_id).and_then(|it| it.document)
        });
        let document = made.await;
        let files = runtime::files::FileStore::open(self.office.house.folder()).unwrap();
        String::from_utf8(files.get(document).await.unwrap()).unwrap()
    }

    async fn bank(&self, number: &str, on: &str, entries: &[Entry]) {
        let xml = file(&[statement(CLIENT, number, on, entries)]);
        imported(&self.office.import(&xml, number).await);
        self.office.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_collected_and_what_comes_back_is_owed_again() {
    let desk = Box::pin(Desk::open("NL79ZZZ999999990000", 2)).await;
    let mandate_id = desk.recorded(1, "M-2026-0001").await;
    let id = desk.approved(1, mandate_id, 6_000).await;
    desk.office.assert_sound().await;
    let answer = desk.write("write").await;
    let WriteDebitsAnswer::Written { file, debits, left_out, .. } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((file.sum, debits.len(), left_out.len()), (euro(6_000), 1, 0));
    let xml = desk.made(file.file_id).await;
    for expected in [
        "<MndtId>M-2026-0001</MndtId>",
        "<SeqTp>FRST</SeqTp>",
        "<ReqdColltnDt>2026-03-24</ReqdColltnDt>",
        "<InstdAmt Ccy=\"EUR\">60.00</InstdAmt>",
        &format!("<IBAN>{DEBTOR}</IBAN>"),
        &format!("<EndToEndId>{}</EndToEndId>", end_to_end_id(id)),
    ] {
        assert!(xml.contains(expected), "{expected}: {xml}");
    }
    // Asked twice, it is the same file.
    let again = desk.write("write").await;
    assert!(matches!(again, WriteDebitsAnswer::Written { .. }), "{again:?}");
    let nothing = desk.write("another").await;
    assert_eq!(nothing, WriteDebitsAnswer::Nothing { left_out: Vec::new() });
    assert_eq!(desk.office.open_on(1).await, euro(10_000), "nothing is booked before it is there");
    assert_eq!(desk.office.told::<MoneyAwaited>().await.len(), 1);

    desk.office.house.advance("2026-03-26T09:00:00Z".parse().unwrap()).await;
    let entry = Entry::credit(6_000).end_to_end(&end_to_end_id(id));
    desk.bank("S1", DUE, &[entry]).await;
    assert_eq!(desk.office.open_on(1).await, euro(4_000));
    assert_eq!(desk.state(id).await, DebitState::Collected { collected_on: day(DUE) });
    let told = (
        desk.office.told::<DebitCollected>().await.len(),
        desk.office.told::<MoneyCleared>().await.len(),
    );
    assert_eq!(told, (1, 1));

    // The creditor has it when the debtor wants it back.
    desk.office.remit("S1").await;
    let entry = Entry::debit(6_000).end_to_end(&end_to_end_id(id)).returned_for("MD01");
    let xml = crate::bank::file(&[statement(CLIENT, "S2", "2026-03-25", &[entry])]);
    imported(&desk.office.import(&xml, "S2").await);
    desk.office.house.rest().await;
    assert_eq!(desk.office.open_on(1).await, euro(10_000));
    let returned = desk.office.told::<DebitReturned>().await;
    assert_eq!((returned.len(), returned[0].reason_code.as_deref()), (1, Some("MD01")));
    let mandates = desk.office.house.asker().ask(&ListMandates { limit: 10 }).await.unwrap();
    let ended = MandateState::Ended { reason_code: "MD01".to_owned() };
    assert_eq!(mandates.mandates[0].mandate.state, ended);
    assert_eq!(mandates.mandates[0].debtor_account, DEBTOR);
    desk.office.close().await;
}

/// The bank may book the sum of a day, and tell of a return before it.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_and_a_return_before_its_credit_are_paired() {
    let desk = Box::pin(Desk::open("NL79ZZZ999999990000", 1)).await;
    let mut ids = Vec::new();
    for (case, minor) in [(1, 6_000), (2, 4_000)] {
        let mandate_id = desk.recorded(case, &format!("M-{case}")).await;
        ids.push(desk.approved(case, mandate_id, minor).await);
    }
    let answer = desk.write("write").await;
    let WriteDebitsAnswer::Written { file, .. } = answer else { panic!("{answer:?}") };
    desk.office.house.advance("2026-03-27T09:00:00Z".parse().unwrap()).await;
    let back = Entry::debit(4_000).end_to_end(&end_to_end_id(ids[1])).returned_for("AM04");
    desk.bank("S2", "2026-03-25", &[back]).await;
    let batch = batch_id(file.file_id, day(DUE), Sequence::First);
    let sum = Entry::credit(10_000).line(&batch.simple().to_string());
    desk.bank("S1", DUE, &[sum]).await;
    assert_eq!(desk.office.open_on(1).await, euro(4_000));
    assert_eq!(desk.office.open_on(2).await, euro(4_000));
    let state = desk.state(ids[1]).await;
    assert!(matches!(state, DebitState::Returned { lost: None, .. }), "{state:?}");
    let back = Entry::debit(6_000).end_to_end(&end_to_end_id(ids[0])).returned_for("MD06");
    desk.bank("S3", "2026-03-26", &[back]).await;
    assert_eq!(desk.office.open_on(1).await, euro(10_000));
    desk.office.close().await;
}

/// Two persons record one reference for different persons' cases at once: one of them is first.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_record_one_reference_at_once_one_is_first() {
    let desk = Box::pin(Desk::open("NL79ZZZ999999990000", 2)).await;
    for round in 0..5 {
        let text = format!("M-{round}");
        let (first, second) = tokio::join!(
            desk.record_as(1, 1, &text, "2026-03-01"),
            desk.record_as(2, 2, &text, "2026-03-02"),
        );
        let answers = [first.unwrap(), second.unwrap()];
        let is_first = |it: &&RecordMandateAnswer| matches!(it, RecordMandateAnswer::Recorded(_));
        assert_eq!(answers.iter().filter(is_first).count(), 1, "{answers:?}");
    }
    desk.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_debtor_disputes_is_left_out_and_nothing_is_collected_without_an_identifier() {
    let desk = Box::pin(Desk::open("NL79ZZZ999999990000", 1)).await;
    let mandate_id = desk.recorded(1, "M-1").await;
    let id = desk.approved(1, mandate_id, 6_000).await;
    desk.is_held.store(true, Ordering::Relaxed);
    let answer = desk.write("write").await;
    let WriteDebitsAnswer::Nothing { left_out } = answer else { panic!("{answer:?}") };
    let because = DebitLeftOut::ReasonGiven;
    assert_eq!((left_out[0].debit_id, &left_out[0].state), (id, &DebitState::Void { because }));
    desk.office.assert_sound().await;
    desk.office.close().await;

    let desk = Box::pin(Desk::open("", 1)).await;
    let refused = desk.record(1, "M-1").await;
    let Err(AskError::Refused { reason, .. }) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("creditor_identifier"), "{reason}");
    desk.office.close().await;
}
