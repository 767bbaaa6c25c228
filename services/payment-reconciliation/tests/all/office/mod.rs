//! The whole service in process, on real Postgres and NATS, with intake as far as it is asked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contracts::agreement::{
    AgreedCharges, AgreedPromises, AgreedRemittance, Agreement, BusinessCosts, PayTo,
};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimClue, ClaimRegistered, CreditorAccount, CreditorAccounts,
    CreditorContact, CreditorContactAnswer, FindClaims, FindClaimsAnswer, GetCreditorAccounts,
    GetCreditorContact, GetInvoiceNumbers, InvoiceNumber, InvoiceNumbers, PaymentFinds,
    PaymentKeys, StaffRegistered,
};
use contracts::letter::SendNote;
use contracts::operations::{CheckReport, Operation, Status};
use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, GetPosition, ImportStatement,
    ImportStatementAnswer, ListRemittances, ListUnmatched, Position, PositionAnswer,
    ProposeRemittance, ProposeRemittanceAnswer, Remittance, RemittanceApproved, UnmatchedList,
};
use contracts::registry::Slice;
use contracts::{Envelope, Message};
use mailbox::topology::EVENTS;
use mailbox::{AskError, Asker, Mailbox, MailboxSettings, Query};
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig, SellerConfig};
use primitives::{
    Actor, Capacity, CaseId, CaseNumber, ClaimId, Country, CreditorId, Currency, Date, DebtorKind,
    Language, Money, PersonId, StaffId, StaffRole, StructuredReference, Timestamp,
};
use serde_json::json;
use sqlx::PgConnection;
use testkit::{House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

pub(crate) const SERVICE: &str = "payment-reconciliation";
pub(crate) const CREDITORS: &str = "BE68539007547034";
/// Named by the first version of the creditor's agreement, and by no later one.
pub(crate) const FORMER: &str = "NL20INGB0001234567";
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

pub(crate) fn now() -> Timestamp {
    "2026-03-10T09:00:00Z".parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(crate) fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed))
}

pub(crate) fn case_id(case: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(0xca5e_0000 + case))
}

pub(crate) fn claim_id(case: u128) -> ClaimId {
    ClaimId::from_uuid(case_id(case).as_uuid())
}

/// Each case is about somebody else.
pub(crate) fn person_id(case: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x9e45_0000 + case))
}

pub(crate) fn staff_id(number: u128) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0x57af_0000 + number))
}

pub(crate) fn reference(case: u128) -> StructuredReference {
    StructuredReference::rf_from(&format!("CASE{case}")).unwrap()
}

/// An agreement that asks what the law allows, and keeps a tenth and the costs.
pub(crate) fn agreed() -> AgreementAgreed {
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::FixedForty,
        interest: true,
        penalty_clause: None,
    };
    let agreement = Agreement {
        version: 1,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Agency,
        steps: Vec::new(),
        payments_known_within_days: None,
        review_after_days: 14,
        review_by: "case-desk".to_owned(),
        charges,
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance {
            commission_basis_points: 1_000,
            agency_keeps_costs: true,
            ..AgreedRemittance::default()
        },
        small_difference: None,
    };
    AgreementAgreed { creditor_id: creditor_id(), agreement }
}

/// Intake, as far as it is asked.
pub(crate) struct Intake;

impl Query for Intake {
    type Request = GetCreditorAccounts;

    async fn answer(
        &self,
        _: &mut PgConnection,
        _: GetCreditorAccounts,
        _: Timestamp,
    ) -> sqlx::Result<CreditorAccounts> {
        let account = |account: &str, account_since| CreditorAccount {
            creditor_id: creditor_id(),
            account: account.to_owned(),
            account_since,
        };
        Ok(CreditorAccounts { accounts: vec![account(FORMER, 1), account(CREDITORS, 2)] })
    }
}

/// A creditor's own numbers of its invoices.
pub(crate) struct Numbers;

impl Query for Numbers {
    type Request = GetInvoiceNumbers;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: GetInvoiceNumbers,
        _: Timestamp,
    ) -> sqlx::Result<InvoiceNumbers> {
        let number = |claim_id| InvoiceNumber {
            claim_id,
            invoice_number: "2026-117".to_owned(),
            case_number: case_number(1),
        };
        Ok(InvoiceNumbers { invoices: request.claim_ids.into_iter().map(number).collect() })
    }
}

/// What people call a case by.
pub(crate) fn case_number(case: u128) -> CaseNumber {
    CaseNumber::of_serial(CaseNumber::FIRST + u64::try_from(case).unwrap()).unwrap()
}

/// Whose claims may be meant: those of the cases 1 to 4, but for those that it does not know yet.
struct Claims {
    unknown: Arc<Mutex<BTreeSet<u128>>>,
}

/// The number of a case's invoice, and its debtor.
pub(crate) const DEBTORS: [(&str, &str); 4] = [
    ("2026-00117", "Anna de Vries"),
    ("2026-00118", "Bart Bakker"),
    ("2026-00119", "Chris Smit"),
    ("2026-00120", "Dirk Smit"),
];

impl Query for Claims {
    type Request = FindClaims;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: FindClaims,
        _: Timestamp,
    ) -> sqlx::Result<FindClaimsAnswer> {
        let unknown = self.unknown.lock().unwrap().clone();
        let clues: Vec<ClaimClue> = (1..)
            .zip(DEBTORS)
            .filter(|(case, _)| !unknown.contains(case))
            .map(|(case, (number, name))| ClaimClue {
                claim_id: claim_id(case),
                invoice_number: number.to_owned(),
                case_number: case_number(case),
                debtor_name: name.to_owned(),
            })
            .collect();
        let is_meant = |keys: &PaymentKeys, clue: &ClaimClue| {
            let has = |of: &[i64], key: &String| of.contains(&matching::digest(key));
            let names = matching::name_keys(&matching::name_tokens(&clue.debtor_name));
            let mut numbers = matching::number_keys(&clue.invoice_number);
            numbers.push(clue.case_number.figures());
            numbers.iter().any(|key| has(&keys.number_keys, key))
                || names.iter().any(|key| has(&keys.debtor_keys, key))
        };
        let finds = |keys: &PaymentKeys| PaymentFinds {
            claim_ids: clues.iter().filter(|it| is_meant(keys, it)).map(|it| it.claim_id).collect(),
            is_cut: false,
        };
        let found = request.payments.iter().map(finds).collect();
        Ok(FindClaimsAnswer { claims: clues, found })
    }
}

/// Intake's word for where creditors are paid.
pub(crate) struct Contacts;

impl Query for Contacts {
    type Request = GetCreditorContact;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: GetCreditorContact,
        _: Timestamp,
    ) -> sqlx::Result<CreditorContactAnswer> {
        Ok(CreditorContactAnswer::Known(CreditorContact {
            creditor_id: request.creditor_id,
            code: "bakker".to_owned(),
            name: "Bakkerij Zoë".to_owned(),
            company_number: "12345678".to_owned(),
            vat_id: Some("NL000099998B57".to_owned()),
            address: vec!["Ovenstraat 1".to_owned(), "3511 ZZ Utrecht".to_owned()],
            country: Country::NL,
            language: Language::Nl,
            email: None,
            account: CREDITORS.to_owned(),
        }))
    }
}

/// The service and its surroundings.
pub(crate) struct Office {
    pub(crate) house: House,
    pub(crate) residents: Vec<Resident>,
    /// The cases that intake does not know yet.
    pub(crate) unknown: Arc<Mutex<BTreeSet<u128>>>,
}

impl Office {
    pub(crate) async fn open(replicas: usize) -> Self {
        Self::open_as(SellerConfig::default(), replicas).await
    }

    /// With an agency that invoices, where it has a name.
    pub(crate) async fn open_as(seller: SellerConfig, replicas: usize) -> Self {
        let mut office = Self::furnish(&[]).await;
        let config = PaymentReconciliationConfig { seller, ..Self::config() };
        for _ in 0..replicas {
            let started = office.house.start::<PaymentReconciliation>(config.clone());
            office.residents.push(Box::pin(started).await);
        }
        office
    }

    pub(crate) fn config() -> PaymentReconciliationConfig {
        PaymentReconciliationConfig {
            client_accounts: vec!["NL91 ABNA 0417 1643 00".to_owned()],
            payer_name: "Amicable".to_owned(),
            ..PaymentReconciliationConfig::default()
        }
    }

    /// The surroundings without the service, with schemas of others.
    pub(crate) async fn furnish(others: &[Schema]) -> Self {
        let mut schemas = vec![
            Schema::of(SERVICE, &payment_reconciliation::MIGRATIONS),
            Schema { service: "intake", migrations: None, tables: "" },
        ];
        schemas.extend(others);
        let slices = [*Slice::of(SERVICE).unwrap()];
        let house = Box::pin(House::new(&schemas, &slices, now())).await;
        let context = Box::pin(house.context("intake", (), &[&mailbox::MIGRATIONS])).await;
        let unknown = Arc::new(Mutex::new(BTreeSet::new()));
        let claims = Claims { unknown: Arc::clone(&unknown) };
        let intake =
            Mailbox::of("intake").query(Intake).query(Contacts).query(Numbers).query(claims);
        Box::pin(intake.start(&context, MailboxSettings::default())).await.unwrap();
        let residents = vec![house.resident(context.tasks.clone())];
        Self { house, residents, unknown }
    }

    pub(crate) async fn close(self) {
        for resident in self.residents {
            assert!(resident.stop().await, "everything stops in time");
        }
    }

    /// A case that is paid to the creditor.
    pub(crate) async fn register(&self, case: u128, minor: i64) {
        self.register_paid_to(PayTo::Creditor { since_version: 2 }, case, minor).await;
    }

    pub(crate) async fn register_paid_to(&self, pay_to: PayTo, case: u128, minor: i64) {
        self.register_under(&agreed(), pay_to, case, minor).await;
    }

    pub(crate) async fn register_under(
        &self,
        agreed: &AgreementAgreed,
        pay_to: PayTo,
        case: u128,
        minor: i64,
    ) {
        self.house.publish("agreed", agreed).await;
        let opened = CaseOpened {
            case_id: case_id(case),
            creditor_id: creditor_id(),
            person_id: person_id(case),
            debtor_kind: DebtorKind::Consumer,
            country: Country::NL,
            language: Language::Nl,
            reachable: Vec::new(),
            agreement_version: 1,
            pay_to,
        };
        let registered = ClaimRegistered {
            claim_id: claim_id(case),
            case_id: case_id(case),
            creditor_id: creditor_id(),
            person_id: opened.person_id,
            amount: euro(minor),
            issued_on: day("2026-02-01"),
            due_on: day("2026-03-01"),
            reference: reference(case),
            reachable: Vec::new(),
        };
        // The claim comes before its case, and waits for it.
        self.house.publish(&format!("registered {case}"), &registered).await;
        self.house.publish(&format!("opened {case}"), &opened).await;
        eventually(LIMIT, "claim", async || self.known_position(case).await.is_some()).await;
    }

    /// Puts the file into the store and imports it.
    pub(crate) async fn import(
        &self,
        xml: &str,
        key: &str,
    ) -> Result<ImportStatementAnswer, AskError> {
        let files = runtime::files::FileStore::open(self.house.folder()).unwrap();
        let document = files.put(xml.as_bytes()).await.unwrap();
        self.house.asker().change(&ImportStatement { document }, key).await
    }

    pub(crate) async fn known_position(&self, case: u128) -> Option<Position> {
        let request = GetPosition { case_id: case_id(case), announce_for: Vec::new() };
        match self.house.asker().ask(&request).await.unwrap() {
            PositionAnswer::Known(position) => Some(position),
            PositionAnswer::Unknown => None,
        }
    }

    pub(crate) async fn open_on(&self, case: u128) -> Money {
        self.known_position(case).await.unwrap().open
    }

    pub(crate) async fn unmatched(&self) -> UnmatchedList {
        self.house.asker().ask(&ListUnmatched { limit: 10, beginning: None }).await.unwrap()
    }

    /// The events of one kind.
    pub(crate) async fn told<M: Message>(&self) -> Vec<M> {
        let envelopes = self.house.stream(EVENTS).await;
        let subject = M::CONTRACT.subject();
        let those = envelopes.iter().filter(|it| it.message_type == subject);
        let version = M::CONTRACT.version;
        those.map(|it: &Envelope| M::decode(version, it.data.get()).unwrap()).collect()
    }

    /// Hires 1 and 2 for the finance desk, and 3 for nothing of the kind.
    pub(crate) async fn hire(&self) {
        let finance = vec![StaffRole::FinanceDesk];
        for (number, roles) in [(1, finance.clone()), (2, finance), (3, Vec::new())] {
            let registered =
                StaffRegistered { staff_id: staff_id(number), roles, certificates: Vec::new() };
            self.house.publish(&format!("staff {number}"), &registered).await;
        }
        self.house.rest().await;
    }

    /// Asks as a member of staff; 1 and 2 are of the finance desk.
    pub(crate) fn staff(&self, number: u128) -> Asker {
        Asker::new(self.house.nats.clone(), LIMIT, Actor::Staff(staff_id(number)))
    }

    /// The files of a remittance are there, and say what is meant.
    pub(crate) async fn assert_files(&self, approved: &RemittanceApproved) {
        let files = runtime::files::FileStore::open(self.house.folder()).unwrap();
        let order = files.get(approved.payment_order).await.unwrap();
        let order = String::from_utf8(order).unwrap();
        assert!(order.contains("<Nm>Bakkerij Zoe</Nm>") && order.contains(CREDITORS), "{order}");
        let table = String::from_utf8(files.get(approved.specification).await.unwrap()).unwrap();
        let lines = table.lines().filter(|line| line.starts_with("2026-117;")).count();
        assert_eq!(lines, 2, "the creditor's own number stands on each line: {table}");
        assert!(table.contains("aan u over te maken;;;;;87,90;;"), "{table}");
        let remittances = self.remittances().await;
        let pdf = remittances.iter().find(|it| it.remittance_id == approved.remittance_id);
        let pdf = files.get(pdf.unwrap().specification_pdf.unwrap()).await.unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"), "the same as a document");
    }

    /// The notes that letter was asked to write, oldest first.
    pub(crate) async fn notes(&self) -> Vec<SendNote> {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        let sent = "select envelope from sent where subject = $1 order by sent_at, message_id";
        let sent = sqlx::query_scalar(sent).bind(SendNote::CONTRACT.subject());
        let envelopes: Vec<String> = sent.fetch_all(&mut conn).await.unwrap();
        let read = |envelope: &String| serde_json::from_str::<Envelope>(envelope).unwrap();
        let version = SendNote::CONTRACT.version;
        let notes = envelopes.iter().map(read);
        notes.map(|it| SendNote::decode(version, it.data.get()).unwrap()).collect()
    }

    /// Has the creditor paid what was collected: its remittance, with all its files.
    pub(crate) async fn remit(&self, key: &str) -> Remittance {
        let ask = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
        let proposed = self.staff(1).change(&ask, &format!("propose {key}")).await.unwrap();
        let ProposeRemittanceAnswer::Proposed(proposed) = proposed else { panic!("{proposed:?}") };
        let remittance_id = proposed.remittance_id;
        let ask = ApproveRemittance { remittance_id };
        let approved = self.staff(2).change(&ask, &format!("approve {key}")).await.unwrap();
        assert!(matches!(approved, ApproveRemittanceAnswer::Approved(_)), "{approved:?}");
        self.assert_sound().await;
        let mut all = self.remittances().await;
        all.retain(|it| it.remittance_id == remittance_id);
        all.remove(0)
    }

    pub(crate) async fn remittances(&self) -> Vec<Remittance> {
        let request = ListRemittances { limit: 10, creditor_id: Some(creditor_id()) };
        self.house.asker().ask(&request).await.unwrap().remittances
    }

    /// Nothing is parked, and every invariant holds on what was kept.
    pub(crate) async fn assert_sound(&self) {
        self.house.rest().await;
        let asker = self.house.asker();
        let status: Status = asker.operate(SERVICE, Operation::Status, &json!({})).await.unwrap();
        assert_eq!((status.parked, status.waiting), (0, 0));
        let report: CheckReport =
            asker.operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
        assert_eq!(report.checks.len(), 6);
        assert_eq!(report.breaches, []);
    }
}

pub(crate) fn imported(answer: &Result<ImportStatementAnswer, AskError>) -> u32 {
    match answer {
        Ok(ImportStatementAnswer::Imported { statements, .. }) => {
            statements.iter().map(|it| it.payment_count).sum()
        }
        other => panic!("{other:?}"),
    }
}
