//! Intake as a whole, on a real Postgres and a real broker: what its requests and the creditors'
//! API promise, whatever is sent at the same time.

use std::net::SocketAddr;
use std::time::Duration;

use crate::paper::agency::{CREDITOR, STAFF};
use crate::paper::{ANNA, BEDRIJF, Customer, LUC, Paper};
use contracts::Message;
use contracts::intake::{
    CallContact, CallContactAnswer, CreditorContactAnswer, DirectPaymentReported, GetCallContact,
    GetCreditorAccounts, GetCreditorContact, GetInvoiceNumbers, GetParties, ImportDirectPayments,
    ImportDirectPaymentsAnswer, ImportInvoice, ImportInvoiceAnswer, ListCases, ListCreditors,
    ListDirectPayments, ListStaff, PartiesAnswer, RegisterCreditor, RegisterCreditorAnswer,
    RegisterStaff, RegisterStaffAnswer, ReportDirectPayment, ReportDirectPaymentAnswer,
    RetractDirectPayment, RetractDirectPaymentAnswer, TellCreditorAnew, TellCreditorAnewAnswer,
    TellStaffAnew, TellStaffAnewAnswer, WithdrawClaim, WithdrawClaimAnswer, WithdrawalReason,
};
use contracts::operations::{CheckReport, Operation};
use contracts::registry::Slice;
use intake::domain::{TABLE_BYTES_MAX, creditor_id, staff_id, ubl};
use intake::{Intake, IntakeConfig};
use mailbox::AskError;
use mailbox::topology::EVENTS;
use primitives::{CaseId, ClaimId, ContentHash, CreditorId, Currency, Language, Money, PaymentId};
use reqwest::Method;
use runtime::Service;
use runtime::files::FileStore;
use runtime::http::{CallLimits, HttpClient};
use serde_json::{Value, json};
use testkit::{House, Resident, Schema, connect_to};
use uuid::Uuid;

/// The token that opens the creditors' API for the creditor of the tests.
const TOKEN: &str = "letmein";

/// A house with intake in it, and the creditor of the tests registered.
struct Desk {
    house: House,
    files: FileStore,
    http: HttpClient,
    api: SocketAddr,
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
        let api = intake::start(context).await.unwrap();
        let resident = house.resident(tasks);
        let limit = Duration::from_secs(30);
        let limits = CallLimits { connect: limit, total: limit };
        let http = HttpClient::new("test", limits).unwrap();
        let desk = Self { house, files, http, api, resident };
        let answer = desk.register(CREDITOR).await;
        assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
        desk
    }

    async fn register(&self, document: &str) -> RegisterCreditorAnswer {
        let document = self.files.put(document.as_bytes()).await.unwrap();
        let request = RegisterCreditor { document };
        self.house.asker().change(&request, &document.to_string()).await.unwrap()
    }

    async fn register_staff(&self, document: &str) -> RegisterStaffAnswer {
        let document = self.files.put(document.as_bytes()).await.unwrap();
        let request = RegisterStaff { document };
        self.house.asker().change(&request, &document.to_string()).await.unwrap()
    }

    async fn call_contact(&self, case_id: CaseId) -> CallContact {
        let answer = self.house.asker().ask(&GetCallContact { case_id }).await.unwrap();
        let CallContactAnswer::Known(contact) = answer else { panic!("{answer:?}") };
        contact
    }

    /// Changes rows as an earlier release would have left them.
    async fn alter(&self, statement: &str) {
        let mut conn = connect_to(&self.house.database, "intake").await;
        let done = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
        assert_ne!(done.rows_affected(), 0, "{statement}");
    }

    async fn import(&self, key: &str, file: &[u8]) -> Result<ImportInvoiceAnswer, AskError> {
        let document = self.files.put(file).await.unwrap();
        let request = ImportInvoice { creditor_id: tuinhuis(), document };
        self.house.asker().change(&request, key).await
    }

    async fn take(&self, paper: &Paper) -> (CaseId, ClaimId) {
        let answer = self.import(&paper.number, &paper.xml()).await.unwrap();
        let ImportInvoiceAnswer::Registered { case_id, claim_id, .. } = answer else {
            panic!("{answer:?}");
        };
        (case_id, claim_id)
    }

    /// Posts a file as a creditor does; the status and the body.
    async fn post(&self, key: Option<&str>, token: &str, file: Vec<u8>) -> (u16, Value) {
        self.post_as(key, &format!("Bearer {token}"), file).await
    }

    async fn post_as(&self, key: Option<&str>, authorization: &str, file: Vec<u8>) -> (u16, Value) {
        self.post_to("invoices", key, authorization, file).await
    }

    async fn post_to(
        &self,
        what: &str,
        key: Option<&str>,
        authorization: &str,
        file: Vec<u8>,
    ) -> (u16, Value) {
        let url = format!("http://{}/v1/creditors/{}/{what}", self.api, tuinhuis());
        let mut request = self.http.request(Method::POST, url).body(file);
        request = request.header("Authorization", authorization);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = self.http.call("POST a document", request).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    /// How many rows hold something: creditors apart.
    async fn rows(&self) -> Vec<(String, i64)> {
        let mut conn = connect_to(&self.house.database, "intake").await;
        let mut rows = Vec::new();
        for table in ["person", "case_file", "party", "claim", "claim_credit", "source_file"] {
            let count: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
                    .fetch_one(&mut conn)
                    .await
                    .unwrap();
            rows.push((table.to_owned(), count));
        }
        rows
    }

    async fn breaches(&self) -> Vec<String> {
        let report: CheckReport =
            self.house.asker().operate("intake", Operation::Check, &json!({})).await.unwrap();
        assert_eq!(report.checks.len(), 3);
        report.breaches.into_iter().map(|breach| breach.invariant).collect()
    }

    async fn close(self) {
        assert!(self.breaches().await.is_empty());
        assert!(self.resident.stop().await, "intake did not stop in time");
    }
}

fn tuinhuis() -> CreditorId {
    creditor_id("tuinhuis")
}

fn count(rows: &[(String, i64)], table: &str) -> i64 {
    rows.iter().find(|(name, _)| name == table).unwrap().1
}

#[tokio::test]
async fn a_hundred_equal_posts_make_one_case_and_get_one_answer() {
    let desk = Desk::open().await;
    let file = Paper::invoice("F1", 12_100, ANNA).xml();
    let mut answers = Vec::new();
    // More at once than the service has connections or places.
    let posts = (0..100).map(|_| desk.post(Some("one"), TOKEN, file.clone()));
    for answer in futures_util::future::join_all(posts).await {
        answers.push(answer);
    }
    assert_eq!(answers[0].0, 201, "{:?}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let rows = desk.rows().await;
    assert_eq!((count(&rows, "case_file"), count(&rows, "claim")), (1, 1));
    // Under keys of their own they are the same file, and so known.
    let keys: Vec<String> = (0..20).map(|number| format!("key-{number}")).collect();
    let posts = keys.iter().map(|key| desk.post(Some(key), TOKEN, file.clone()));
    for (status, body) in futures_util::future::join_all(posts).await {
        assert_eq!((status, body.get("already-known").is_some()), (200, true), "{body}");
    }
    assert_eq!(desk.rows().await, rows);
    desk.close().await;
}

#[tokio::test]
async fn invoices_of_one_customer_at_the_same_time_share_one_case() {
    let desk = Desk::open().await;
    let papers: Vec<Paper> = (0..24)
        .map(|number| {
            Paper::invoice(&format!("F{number}"), 1_000, [ANNA, BEDRIJF, LUC][number % 3])
        })
        .collect();
    futures_util::future::join_all(papers.iter().map(|paper| desk.take(paper))).await;
    let rows = desk.rows().await;
    assert_eq!((count(&rows, "case_file"), count(&rows, "claim")), (3, 24));
    assert_eq!((count(&rows, "person"), count(&rows, "party")), (3, 3));
    let request = ListCases { limit: 2, creditor_id: Some(tuinhuis()), case_number: None };
    let cases = desk.house.asker().ask(&request).await.unwrap();
    assert_eq!((cases.total, cases.cases.len()), (3, 2));
    assert!(cases.cases.iter().all(|case| case.claim_count == 8));
    desk.close().await;
}

#[tokio::test]
async fn the_api_refuses_with_a_reason_and_leaves_no_row() {
    let desk = Desk::open().await;
    let good = Paper::invoice("F1", 100, ANNA).xml();
    let before = desk.rows().await;
    for (key, token, file, status) in [
        (Some("k1"), "wrong", good.clone(), 401),
        (None, TOKEN, good.clone(), 400),
        (Some("k2"), TOKEN, b"%PDF-1.7".to_vec(), 422),
        (Some("k3"), TOKEN, Paper { due_on: None, ..Paper::invoice("F1", 100, ANNA) }.xml(), 422),
        (Some("k4"), TOKEN, include_bytes!("../fixtures/entity_bomb.xml").to_vec(), 422),
        (Some("k5"), TOKEN, include_bytes!("../fixtures/external_entity.xml").to_vec(), 422),
    ] {
        let (answered, body) = desk.post(key, token, file).await;
        assert_eq!(answered, status, "{body}");
        assert_eq!(body["status"], status);
        assert!(!body["detail"].as_str().unwrap().is_empty());
        assert_eq!(body["problems"] != json!([]), status == 422, "{body}");
    }
    assert_eq!(desk.rows().await, before);
    // The key of a refusal is used up by it; another document needs another.
    assert_eq!(desk.post(Some("k2"), TOKEN, good.clone()).await.0, 409);
    assert_eq!(desk.post(Some("k6"), TOKEN, good).await.0, 201);
    desk.close().await;
}

#[tokio::test]
async fn a_hundred_megabytes_of_junk_are_refused_and_not_kept() {
    let desk = Desk::open().await;
    let before = stored(desk.house.folder());
    let url = format!("http://{}/v1/creditors/{}/invoices", desk.api, tuinhuis());
    let request = desk
        .http
        .request(Method::POST, url)
        .bearer_auth(TOKEN)
        .header("Idempotency-Key", "junk")
        .body(vec![b'x'; 100 * 1024 * 1024]);
    // The server may close while we still send: then there is no answer, and nothing is kept.
    if let Ok(answer) = desk.http.call("POST junk", request).await {
        assert_eq!(answer.status().as_u16(), 413);
    }
    assert_eq!(stored(desk.house.folder()), before);
    desk.close().await;
}

/// How many files lie in the store, with those being written.
fn stored(folder: &std::path::Path) -> usize {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| path.is_dir()).map(|it| std::fs::read_dir(it).unwrap().count()).sum()
}

#[tokio::test]
async fn a_case_is_told_as_its_documents_have_it() {
    let desk = Desk::open().await;
    let (case_id, claim_id) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let note = Paper::credit_note("C1", "F1", 2_100, ANNA).xml();
    let credited = desk.import("C1", &note).await.unwrap();
    assert_eq!(credited, ImportInvoiceAnswer::Credited { case_id, claim_id });
    let again = desk.import("C1 again", &note).await.unwrap();
    assert_eq!(again, ImportInvoiceAnswer::AlreadyKnown { case_id, claim_id });

    let asker = desk.house.asker();
    let PartiesAnswer::Known(parties) = asker.ask(&GetParties { case_id }).await.unwrap() else {
        panic!("the case is known");
    };
    assert_eq!(parties.creditor.pay_to_account, "NL91ABNA0417164300");
    assert_eq!(parties.creditor.pay_to_name, "Tuinhuis Voorbeeld B.V.");
    assert_eq!(parties.case_number.to_string(), "1000001-14");
    assert_eq!(desk.call_contact(case_id).await.case_number, parties.case_number);
    assert_eq!(parties.debtor.name, "Anna Proef");
    assert_eq!(parties.debtor.address, ["Proefstraat 12", "8000 AA Zwolle"]);
    assert_eq!(parties.claims.len(), 1);
    assert_eq!(parties.claims[0].invoice_number, "F1");
    assert_eq!(parties.claims[0].description.as_deref(), Some("Tuinhek van hout"));
    let unknown = GetParties { case_id: CaseId::from_uuid(Uuid::nil()) };
    assert_eq!(asker.ask(&unknown).await.unwrap(), PartiesAnswer::Unknown);

    let withdraw = WithdrawClaim { claim_id, reason: WithdrawalReason::PaidToCreditor };
    let answer = asker.change(&withdraw, "w1").await.unwrap();
    assert_eq!(answer, WithdrawClaimAnswer::Withdrawn { case_id });
    let answer = asker.change(&withdraw, "w2").await.unwrap();
    assert_eq!(answer, WithdrawClaimAnswer::AlreadyWithdrawn { case_id });
    let nobody = WithdrawClaim { claim_id: ClaimId::from_uuid(Uuid::nil()), ..withdraw };
    assert_eq!(asker.change(&nobody, "w3").await.unwrap(), WithdrawClaimAnswer::Unknown);

    let accounts = asker.ask(&GetCreditorAccounts {}).await.unwrap().accounts;
    assert_eq!(accounts.len(), 1);
    let creditors = asker.ask(&ListCreditors {}).await.unwrap().creditors;
    assert_eq!((creditors[0].agreement_version, creditors[0].case_count), (1, 1));
    assert_eq!(creditors[0].code, "tuinhuis", "what a person types for it");
    desk.close().await;
}

/// What a debtor was told stays true of the case, and money that arrives there still finds us.
#[tokio::test]
async fn a_case_keeps_the_account_of_its_agreement() {
    let desk = Desk::open().await;
    let (before, _) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let moved = CREDITOR
        .replace("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67")
        .replace("version = 1", "version = 2");
    let answer = desk.register(&moved).await;
    assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
    let (after, _) = desk.take(&Paper::invoice("F2", 12_100, LUC)).await;
    let asker = desk.house.asker();
    for (case_id, account) in [(before, "NL91ABNA0417164300"), (after, "NL20INGB0001234567")] {
        let PartiesAnswer::Known(parties) = asker.ask(&GetParties { case_id }).await.unwrap()
        else {
            panic!("the case is known");
        };
        assert_eq!(parties.creditor.pay_to_account, account);
    }
    let accounts = asker.ask(&GetCreditorAccounts {}).await.unwrap().accounts;
    let accounts: Vec<_> =
        accounts.iter().map(|it| (it.account.as_str(), it.account_since)).collect();
    assert_eq!(accounts, [("NL91ABNA0417164300", 1), ("NL20INGB0001234567", 2)]);
    desk.close().await;
}

#[tokio::test]
async fn a_doubtful_file_is_put_aside_and_a_refused_document_registers_nobody() {
    let desk = Desk::open().await;
    let doubtful = include_bytes!("../fixtures/wrong_totals.xml");
    let answer = desk.import("d1", doubtful).await.unwrap();
    assert!(matches!(answer, ImportInvoiceAnswer::Refused { .. }), "{answer:?}");
    let rows = desk.rows().await;
    assert_eq!((count(&rows, "source_file"), count(&rows, "case_file")), (1, 0));
    let sound = desk.import("d2", include_bytes!("../fixtures/invoice.xml")).await.unwrap();
    assert!(matches!(sound, ImportInvoiceAnswer::Registered { .. }), "{sound:?}");

    let other = CREDITOR.replace("tuinhuis\"", "other\"").replace("\"90001234\"", "\"1\"");
    let answer = desk.register(&other).await;
    assert!(matches!(answer, RegisterCreditorAnswer::Refused { .. }), "{answer:?}");
    let agency = CREDITOR
        .replace("tuinhuis\"", "other\"")
        .replace("pay_to = \"creditor\"", "pay_to = \"agency\"")
        .replace("agency-for-creditor", "collector")
        .replace("payments_known_within_days = 3\n", "");
    let answer = desk.register(&agency).await;
    let RegisterCreditorAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert_eq!(problems[0].field, "pay_to", "this agency has no account");
    let same = CREDITOR.replace("tuinhuis\"", "other\"").replace("90001234", "90004321");
    let answer = desk.register(&same).await;
    let RegisterCreditorAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert_eq!(problems[0].field, "account.iban", "it is another creditor's");
    let creditors = desk.house.asker().ask(&ListCreditors {}).await.unwrap().creditors;
    assert_eq!(creditors.len(), 1);

    let absent =
        ImportInvoice { creditor_id: tuinhuis(), document: ContentHash::from_digest([0; 32]) };
    let refused = desk.house.asker().change(&absent, "absent").await;
    assert!(matches!(refused, Err(AskError::Refused { code: 400, .. })), "{refused:?}");
    desk.close().await;
}

#[tokio::test]
async fn a_caller_and_a_payer_learn_what_they_need() {
    let desk = Desk::open().await;
    let anna = Customer { telephone: Some("06 12 34 56 78"), ..ANNA };
    let (with_number, _) = desk.take(&Paper::invoice("F1", 12_100, anna)).await;
    let (without, _) = desk.take(&Paper::invoice("F2", 12_100, LUC)).await;
    let contact = desk.call_contact(with_number).await;
    assert_eq!((&*contact.name, contact.language), ("Anna Proef", Language::Nl));
    assert_eq!(contact.telephones, ["+31612345678"]);
    let other = desk.call_contact(without).await;
    assert_eq!((&*other.name, other.telephones.len()), ("Luc Essai", 0));
    assert_ne!(contact.person_id, other.person_id);
    // The first release kept what the invoice said.
    for (text, number) in [("06-87654321", Some("+31687654321")), ("ask for Anna", None)] {
        desk.alter(&format!("update person set telephone = '{text}' where name = 'Anna Proef'"))
            .await;
        let numbers = desk.call_contact(with_number).await.telephones;
        assert_eq!(numbers.first().map(String::as_str), number, "{text}");
    }
    let asker = desk.house.asker();
    let nobody = GetCallContact { case_id: CaseId::from_uuid(Uuid::nil()) };
    assert_eq!(asker.ask(&nobody).await.unwrap(), CallContactAnswer::Unknown);

    let moved = CREDITOR
        .replace("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67")
        .replace("version = 1", "version = 2");
    desk.register(&moved).await;
    let request = GetCreditorContact { creditor_id: tuinhuis() };
    let answer = asker.ask(&request).await.unwrap();
    let CreditorContactAnswer::Known(contact) = answer else { panic!("{answer:?}") };
    assert_eq!((&*contact.code, &*contact.account), ("tuinhuis", "NL20INGB0001234567"));
    assert_eq!(contact.email.as_deref(), Some("facturen@tuinhuis.example"));
    let nobody = GetCreditorContact { creditor_id: creditor_id("nobody") };
    assert_eq!(asker.ask(&nobody).await.unwrap(), CreditorContactAnswer::Unknown);
    desk.close().await;
}

#[tokio::test]
async fn staff_are_registered_and_listed_as_the_last_document_has_them() {
    let desk = Desk::open().await;
    let mila = staff_id("mila");
    let registered = RegisterStaffAnswer::Registered { staff_id: mila };
    assert_eq!(desk.register_staff(STAFF).await, registered);
    let again = format!("# the same\n{STAFF}");
    assert_eq!(
        desk.register_staff(&again).await,
        RegisterStaffAnswer::Unchanged { staff_id: mila }
    );
    let anton = "code = \"anton\"\nname = \"Anton\"\nroles = [\"finance-desk\"]\n";
    desk.register_staff(anton).await;
    let refused = desk.register_staff("code = \"mila\"\nroles = [\"boss\"]\n").await;
    let RegisterStaffAnswer::Refused { problems } = refused else { panic!("{refused:?}") };
    assert_eq!(problems.len(), 2, "{problems:?}");
    let asker = desk.house.asker();
    let staff = asker.ask(&ListStaff {}).await.unwrap().staff;
    let names: Vec<&str> = staff.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Anton", "Mila Voorbeeld"]);
    assert_eq!((staff[1].staff_id, staff[1].certificates.len()), (mila, 2));

    let fewer = STAFF.split("[[certificates]]").take(2).collect::<Vec<_>>();
    let fewer = fewer.join("[[certificates]]").replace("\"case-desk\"", "\"finance-desk\"");
    assert_eq!(desk.register_staff(&fewer).await, registered);
    let staff = asker.ask(&ListStaff {}).await.unwrap().staff;
    let words: Vec<&str> = staff[1].roles.iter().map(|role| role.as_str()).collect();
    assert_eq!((words, staff[1].certificates.len()), (vec!["caller", "finance-desk"], 1));
    desk.close().await;
}

#[tokio::test]
async fn a_payment_to_the_creditor_is_told_once_by_its_key() {
    let desk = Desk::open().await;
    let (case_id, claim_id) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let report = |cents, paid_on: &str| ReportDirectPayment {
        claim_id,
        amount: Money::new(cents, Currency::EUR),
        paid_on: paid_on.parse().unwrap(),
        again: false,
    };
    let asker = desk.house.asker();
    let first = asker.change(&report(12_000, "2026-03-18"), "p1").await.unwrap();
    let ReportDirectPaymentAnswer::Reported { case_id: told, .. } = first else {
        panic!("{first:?}");
    };
    assert_eq!(told, case_id);
    let again = asker.change(&report(12_000, "2026-03-18"), "p1").await.unwrap();
    assert_eq!(again, first);
    let too_much = asker.change(&report(101, "2026-03-18"), "p2").await.unwrap();
    assert!(matches!(too_much, ReportDirectPaymentAnswer::Refused { .. }), "{too_much:?}");
    let rest = asker.change(&report(100, "2026-03-20"), "p3").await.unwrap();
    assert!(matches!(rest, ReportDirectPaymentAnswer::Reported { .. }), "{rest:?}");
    let unknown = ReportDirectPayment {
        claim_id: ClaimId::from_uuid(Uuid::nil()),
        ..report(1, "2026-03-18")
    };
    let unknown = asker.change(&unknown, "p4").await.unwrap();
    assert_eq!(unknown, ReportDirectPaymentAnswer::Unknown);
    // The live check would find what no request can do.
    desk.alter("update direct_payment set amount_minor = 12001 where amount_minor = 12000").await;
    assert_eq!(desk.breaches().await, ["positive-claims"]);
    desk.alter("update direct_payment set amount_minor = 12000 where amount_minor = 12001").await;
    desk.close().await;
}

#[tokio::test]
async fn a_report_that_is_taken_back_is_listed_as_such_and_counts_no_more() {
    let desk = Desk::open().await;
    let (case_id, claim_id) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let (_, other) = desk.take(&Paper::invoice("F2", 5_000, LUC)).await;
    let report = |claim_id| ReportDirectPayment {
        claim_id,
        amount: Money::new(5_000, Currency::EUR),
        paid_on: "2026-03-18".parse().unwrap(),
        again: false,
    };
    let asker = desk.house.asker();
    let first = asker.change(&report(claim_id), "p1").await.unwrap();
    let ReportDirectPaymentAnswer::Reported { payment_id, .. } = first else { panic!("{first:?}") };
    asker.change(&report(other), "p2").await.unwrap();
    let twice = asker.change(&report(claim_id), "p3").await.unwrap();
    assert_eq!(twice, ReportDirectPaymentAnswer::AlreadyKnown { case_id, payment_id });

    let retract = RetractDirectPayment { payment_id };
    let answer = asker.change(&retract, "r1").await.unwrap();
    assert!(matches!(answer, RetractDirectPaymentAnswer::Retracted { .. }), "{answer:?}");
    let again = asker.change(&retract, "r2").await.unwrap();
    assert_eq!(again, RetractDirectPaymentAnswer::AlreadyRetracted { case_id, claim_id });
    let nobodys = RetractDirectPayment { payment_id: PaymentId::from_uuid(Uuid::nil()) };
    let unknown = asker.change(&nobodys, "r3").await.unwrap();
    assert_eq!(unknown, RetractDirectPaymentAnswer::Unknown);

    let list = |claim_id| ListDirectPayments { limit: 10, claim_id };
    let all = asker.ask(&list(None)).await.unwrap();
    assert_eq!((all.total, all.payments.len()), (2, 2));
    let of_claim = asker.ask(&list(Some(claim_id))).await.unwrap();
    assert_eq!((of_claim.total, of_claim.payments[0].payment_id), (1, payment_id));
    assert!(of_claim.payments[0].retracted_at.is_some());
    assert_eq!((of_claim.payments[0].case_id, of_claim.payments[0].claim_id), (case_id, claim_id));
    // All of it may have been paid after all.
    let whole =
        ReportDirectPayment { amount: Money::new(12_100, Currency::EUR), ..report(claim_id) };
    let whole = asker.change(&whole, "p4").await.unwrap();
    assert!(matches!(whole, ReportDirectPaymentAnswer::Reported { .. }), "{whole:?}");
    assert_eq!(desk.breaches().await, Vec::<String>::new());
    desk.close().await;
}

/// A creditor learns the numbers of its own invoices only.
#[tokio::test]
async fn invoice_numbers_are_told_of_the_creditors_own_claims() {
    let desk = Desk::open().await;
    let (_, claim_id) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let numbers = async |creditor_id| {
        let claim_ids = vec![claim_id, ClaimId::from_uuid(Uuid::nil())];
        let request = GetInvoiceNumbers { creditor_id, claim_ids };
        desk.house.asker().ask(&request).await.unwrap().invoices
    };
    let [own] = &numbers(tuinhuis()).await[..] else { panic!("one is known") };
    assert_eq!((own.claim_id, own.invoice_number.as_str()), (claim_id, "F1"));
    assert_eq!(own.case_number.to_string(), "1000001-14");
    assert_eq!(numbers(creditor_id("another")).await, []);
    desk.close().await;
}

/// A service that joined later asks for it by an operator's hand; nobody's row is made for nobody.
#[tokio::test]
async fn creditors_and_staff_are_told_anew() {
    let desk = Desk::open().await;
    desk.register_staff(STAFF).await;
    let asker = desk.house.asker();
    let subjects = async || -> Vec<String> {
        let stream = desk.house.stream(EVENTS).await;
        stream.into_iter().map(|envelope| envelope.message_type).collect()
    };
    let before = subjects().await;
    let tell = TellCreditorAnew { creditor_id: tuinhuis() };
    let told = asker.change(&tell, "t1").await.unwrap();
    assert_eq!(told, TellCreditorAnewAnswer::Told { agreement_count: 1 });
    let tell = TellStaffAnew { staff_id: staff_id("mila") };
    assert_eq!(asker.change(&tell, "t2").await.unwrap(), TellStaffAnewAnswer::Told);
    desk.house.rest().await;
    let after = subjects().await;
    assert_eq!(after[before.len()..], before, "the same again, as new messages");

    let tell = TellCreditorAnew { creditor_id: creditor_id("nobody") };
    let unknown = asker.change(&tell, "t3").await.unwrap();
    assert_eq!(unknown, TellCreditorAnewAnswer::Unknown);
    let tell = TellStaffAnew { staff_id: staff_id("nobody") };
    assert_eq!(asker.change(&tell, "t4").await.unwrap(), TellStaffAnewAnswer::Unknown);
    assert_eq!(asker.ask(&ListCreditors {}).await.unwrap().creditors.len(), 1);
    desk.close().await;
}

/// What the first release wrote of an agreement.
#[tokio::test]
async fn an_agreement_of_the_first_release_is_still_the_same() {
    let desk = Desk::open().await;
    let (case_id, _) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let step = |key: &str, message: &str, days: i8| {
        let channel = "email";
        json!({ "key": key, "message": message, "channel": channel, "days_from_due": days })
    };
    let document = json!({
        "version": 1,
        "capacity": "agency-for-creditor",
        "pay_to": { "creditor": { "since_version": 1 } },
        "steps": [
            step("pre-due", "pre-due-notice", -5),
            step("first-reminder", "free-first-reminder", 3),
        ],
        "payments_known_within_days": 3,
        "review_after_days": 14,
        "review_by": "desk",
    });
    desk.alter(&format!("update agreement set document = '{document}', document_version = 1"))
        .await;
    let parties = desk.house.asker().ask(&GetParties { case_id }).await.unwrap();
    assert!(matches!(parties, PartiesAnswer::Known(_)), "{parties:?}");
    // The creditor moves; what was agreed stays.
    let renamed = CREDITOR.replace("Voorbeeldlaan 1", "Voorbeeldlaan 2");
    let answer = desk.register(&renamed).await;
    let creditor_id = tuinhuis();
    let registered = RegisterCreditorAnswer::Registered { creditor_id, agreement_version: 1 };
    assert_eq!(answer, registered);
    let charging = renamed.replace("version = 1", "version = 2").replacen(
        "[[agreement",
        "[agreement.charges]\ninterest = true\n\n[[agreement",
        1,
    );
    let answer = desk.register(&charging).await;
    let registered = RegisterCreditorAnswer::Registered { creditor_id, agreement_version: 2 };
    assert_eq!(answer, registered);
    let (other, _) = desk.take(&Paper::invoice("F2", 12_100, LUC)).await;
    assert_ne!(other, case_id);
    desk.close().await;
}

#[tokio::test]
async fn every_route_is_described_and_every_reference_leads_somewhere() {
    let desk = Desk::open().await;
    let url = format!("http://{}/openapi.json", desk.api);
    let request = desk.http.request(Method::GET, url);
    let served: Value = desk.http.call("GET openapi", request).await.unwrap().json().await.unwrap();
    assert_eq!(served, intake::openapi());
    assert_eq!(served["openapi"], "3.1.0");
    let paths: Vec<&String> = served["paths"].as_object().unwrap().keys().collect();
    let posts =
        ["direct-payments", "invoices"].map(|it| format!("/v1/creditors/{{creditor_id}}/{it}"));
    assert_eq!(paths, ["/openapi.json", &posts[0], &posts[1]]);
    for post in posts.map(|path| &served["paths"][path]["post"]) {
        for status in ["200", "201", "400", "401", "408", "409", "413", "422", "503"] {
            assert!(post["responses"][status].is_object(), "{status}");
        }
    }
    let text = served.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(served.pointer(reference).is_some(), "{reference}");
    }
    desk.close().await;
}

/// Whoever made a client from the description reads every answer with it.
#[tokio::test]
async fn every_answer_is_as_it_is_described() {
    let desk = Desk::open().await;
    let openapi = intake::openapi();
    let post = &openapi["paths"]["/v1/creditors/{creditor_id}/invoices"]["post"];
    let good = Paper::invoice("F1", 12_100, ANNA).xml();
    let note = Paper::credit_note("C1", "F1", 100, ANNA).xml();
    for (status, key, authorization, file) in [
        (201, Some("k1"), "bearer letmein", good.clone()),
        (200, Some("k2"), "BEARER  letmein", good.clone()),
        (201, Some("k3"), "Bearer letmein", note),
        (400, None, "Bearer letmein", good.clone()),
        (401, Some("k4"), "Basic letmein", good.clone()),
        (401, Some("k4"), "Bearer", good.clone()),
        (409, Some("k1"), "Bearer letmein", b"another".to_vec()),
        (413, Some("k5"), "Bearer letmein", vec![b' '; ubl::MAX_BYTES + 1]),
        (422, Some("k6"), "Bearer letmein", b"%PDF-1.7".to_vec()),
    ] {
        let (answered, body) = desk.post_as(key, authorization, file).await;
        assert_eq!(answered, status, "{authorization}: {body}");
        let content = post["responses"][status.to_string()]["content"].as_object().unwrap();
        let schema = &content.values().next().unwrap()["schema"];
        assert!(fits(&openapi, schema, &body), "{status}: {body} is not as in {schema}");
    }
    let refusal = json!({ "$ref": "#/components/schemas/Refusal" });
    assert!(!fits(&openapi, &refusal, &json!({ "status": 400 })), "nothing is compared");
    desk.close().await;
}

/// What debtors paid straight to the creditor, by a file: once for all, or not at all, and told to
/// everybody.
#[tokio::test]
async fn a_file_of_payments_is_taken_in_as_a_whole() {
    let desk = Desk::open().await;
    let openapi = intake::openapi();
    let post = &openapi["paths"]["/v1/creditors/{creditor_id}/direct-payments"]["post"];
    let (_, first) = desk.take(&Paper::invoice("F1", 12_100, ANNA)).await;
    let (_, second) = desk.take(&Paper::invoice("F2", 5_000, LUC)).await;
    let file = |lines: &str| format!("factuur;bedrag;betaald op\n{lines}").into_bytes();
    let good = file("F2;50,00;2026-03-10\nF1;21,00;2026-03-10\n");
    for (status, key, authorization, document) in [
        (422, Some("p1"), "Bearer letmein", file("F1;21,00;2026-03-10\nF9;1,00;2026-03-10\n")),
        (201, Some("p2"), "Bearer letmein", good.clone()),
        (201, Some("p2"), "Bearer letmein", good.clone()),
        (200, Some("p3"), "Bearer letmein", good.clone()),
        (401, Some("p4"), "Bearer guess", good.clone()),
        (400, None, "Bearer letmein", good.clone()),
        (413, Some("p5"), "Bearer letmein", vec![b' '; TABLE_BYTES_MAX + 1]),
    ] {
        let answer = desk.post_to("direct-payments", key, authorization, document).await;
        assert_eq!(answer.0, status, "{}", answer.1);
        let content = post["responses"][status.to_string()]["content"].as_object().unwrap();
        let schema = &content.values().next().unwrap()["schema"];
        assert!(fits(&openapi, schema, &answer.1), "{status}: {}", answer.1);
    }
    let asker = desk.house.asker();
    let list = asker.ask(&ListDirectPayments { limit: 10, claim_id: None }).await.unwrap();
    let mut paid: Vec<(ClaimId, i64)> =
        list.payments.iter().map(|it| (it.claim_id, it.amount.amount_minor())).collect();
    let mut expected = vec![(first, 2_100), (second, 5_000)];
    paid.sort_unstable();
    expected.sort_unstable();
    assert_eq!(paid, expected);

    // The same file twice at once, under two keys, counts once.
    let document = desk.files.put(&file("F1;100,00;2026-03-11\n")).await.unwrap();
    let request = ImportDirectPayments { creditor_id: tuinhuis(), document };
    let (one, other) = tokio::join!(asker.change(&request, "one"), asker.change(&request, "other"));
    let answers = [one.unwrap(), other.unwrap()];
    let is_first = |it: &&ImportDirectPaymentsAnswer| {
        matches!(it, ImportDirectPaymentsAnswer::Imported { .. })
    };
    assert_eq!(answers.iter().filter(is_first).count(), 1, "{answers:?}");
    let list = asker.ask(&ListDirectPayments { limit: 10, claim_id: Some(first) }).await.unwrap();
    assert_eq!(list.total, 2);
    desk.house.rest().await;
    let told = desk.house.stream(EVENTS).await;
    let subject = DirectPaymentReported::CONTRACT.subject();
    assert_eq!(told.iter().filter(|it| it.message_type == subject).count(), 3);
    desk.close().await;
}

/// Whether a value has the required keys of its schema, all the way down.
fn fits(openapi: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = reference.strip_prefix('#').and_then(|path| openapi.pointer(path));
        return fits(openapi, target.unwrap(), value);
    }
    let any_of = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    let choice = any_of.is_none_or(|any| any.iter().any(|it| fits(openapi, it, value)));
    let required = schema["required"].as_array().into_iter().flatten();
    let has_all = required.into_iter().all(|key| value.get(key.as_str().unwrap()).is_some());
    let is_const = schema.get("const").is_none_or(|it| it == value);
    let properties = schema["properties"].as_object().into_iter().flatten();
    let below = properties
        .into_iter()
        .all(|(key, schema)| value.get(key).is_none_or(|it| fits(openapi, schema, it)));
    let mut items = value.as_array().into_iter().flatten();
    let items = schema.get("items").is_none_or(|schema| items.all(|it| fits(openapi, schema, it)));
    choice && has_all && is_const && below && items
}
