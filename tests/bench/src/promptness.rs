//! How soon after a bank file was handed in a payment is seen in the position of its case, and
//! takes back the letter that is under way: the real intake, payment-reconciliation and scheduler,
//! on real servers.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use contracts::agreement::{
    AgreedCharges, AgreedDeed, AgreedPromises, AgreedRemittance, AgreedStep, Agreement, PayTo,
    StepMoment,
};
use contracts::intake::{AgreementAgreed, CaseOpened, ClaimRegistered};
use contracts::letter::{Send, Withdraw};
use contracts::payment_reconciliation::{
    GetPosition, ImportStatement, ImportStatementAnswer, PositionAnswer,
};
use contracts::registry::{SLICES, Slice};
use contracts::{Envelope, Message};
use futures_util::StreamExt;
use intake::{Intake, IntakeConfig};
use jiff::ToSpan;
use matching::Payment;
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{
    Capacity, CaseId, Channel, ClaimId, Country, CreditorId, Currency, Date, DebtorKind, Language,
    MessageKind, Money, PersonId, StructuredReference,
};
use runtime::Service;
use runtime::files::FileStore;
use scheduler::{Scheduler, SchedulerConfig};
use testkit::{House, Schema, eventually};
use uuid::Uuid;

use crate::servers::Servers;
use crate::whole_way::{ACCOUNT, file};

/// How long anything may take at most.
const LIMIT: Duration = Duration::from_mins(2);

/// When the letters of all cases are due, in the agreement's hours.
const NOW: &str = "2026-03-10T09:00:00Z";

/// How much each case owes.
const OWED_MINOR: i64 = 10_000;

/// Has so many cases be written to, pays them one after the other, each by a bank file of its own,
/// and tells how long each took to be seen.
pub(crate) async fn measure(cases: u32) {
    let schemas = [
        Schema::of(Intake::NAME, &intake::MIGRATIONS),
        Schema::of(PaymentReconciliation::NAME, &payment_reconciliation::MIGRATIONS),
        Schema::of(Scheduler::NAME, &scheduler::MIGRATIONS),
    ];
    let of = |it: &&Slice| schemas.iter().any(|schema| schema.service == it.service);
    let slices: Vec<Slice> = SLICES.iter().filter(of).copied().collect();
    let servers = Servers::bare(false).await;
    let house = servers.house(&schemas, &slices).await;
    house.advance(NOW.parse().expect("a moment")).await;
    let http_listen = (Ipv4Addr::LOCALHOST, 0).into();
    let config = IntakeConfig { http_listen, ..IntakeConfig::default() };
    let desk = PaymentReconciliationConfig {
        client_accounts: vec![ACCOUNT.to_owned()],
        ..PaymentReconciliationConfig::default()
    };
    let residents = [
        house.start::<Intake>(config).await,
        house.start::<PaymentReconciliation>(desk).await,
        house.start::<Scheduler>(SchedulerConfig::default()).await,
    ];
    let sent = heard::<Send>(&house, |send| send.permit.case_id).await;
    let withdrawn = heard::<Withdraw>(&house, |withdraw| withdraw.case_id).await;
    open(&house, cases).await;
    eventually(LIMIT, "letters under way", async || count(&sent) == cases).await;
    house.rest_within(LIMIT).await;

    let (mut positions, mut letters) = (Vec::new(), Vec::new());
    for case in 0..cases {
        let begun = pay(&house, case).await;
        let case_id = case_id(case);
        eventually(LIMIT, "the position", async || is_paid(&house, case_id).await).await;
        positions.push(begun.elapsed());
        let taken_back = async || withdrawn.lock().expect("no panic").contains_key(&case_id);
        eventually(LIMIT, "the letter taken back", taken_back).await;
        let heard_at = withdrawn.lock().expect("no panic").get(&case_id).copied();
        letters.push(heard_at.expect("it was heard").saturating_duration_since(begun));
    }
    tell("the position shows it", &mut positions);
    tell("the letter is taken back", &mut letters);
    for resident in residents {
        assert!(resident.stop().await, "everything stops in time");
    }
}

/// The first moment at which a message about each case was heard.
type Heard = Arc<Mutex<HashMap<CaseId, Instant>>>;

#[expect(clippy::disallowed_methods, reason = "it listens until the measurement ends")]
async fn heard<M: Message>(house: &House, case_of: fn(&M) -> CaseId) -> Heard {
    let heard = Heard::default();
    let mut messages = house.nats.subscribe(M::CONTRACT.subject()).await.expect("a subscription");
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(message) = messages.next().await {
            let at = Instant::now();
            let envelope: Envelope = serde_json::from_slice(&message.payload).expect("an envelope");
            let version = M::CONTRACT.version;
            let about = M::decode(version, envelope.data.get()).expect("a message");
            kept.lock().expect("no panic").entry(case_of(&about)).or_insert(at);
        }
    });
    // So that nothing is published before the broker knows of it.
    house.nats.flush().await.expect("the broker is there");
    heard
}

fn count(heard: &Heard) -> u32 {
    u32::try_from(heard.lock().expect("no panic").len()).expect("a small number")
}

async fn open(house: &House, cases: u32) {
    house.publish("agreed", &agreed()).await;
    for case in 0..cases {
        house.publish(&format!("opened {case}"), &opened(case)).await;
        house.publish(&format!("registered {case}"), &registered(case)).await;
    }
}

/// Imports a statement with the payment of a case; the moment at which that began.
async fn pay(house: &House, case: u32) -> Instant {
    let day = Date::constant(2025, 3, 10).saturating_add(i64::from(case).days());
    let payment = Payment {
        amount: Money::new(OWED_MINOR, Currency::EUR),
        received_on: day,
        references: vec![reference(case).to_string()],
        lines: Vec::new(),
        end_to_end_id: None,
        counterparty_name: None,
        counterparty_iban: None,
    };
    let files = FileStore::open(house.folder()).expect("a file store");
    let document = files.put(file(day, &[payment]).as_bytes()).await.expect("the file is kept");
    let begun = Instant::now();
    let imported = house.asker().change(&ImportStatement { document }, &document.to_string()).await;
    let imported = imported.expect("an answer");
    assert!(matches!(imported, ImportStatementAnswer::Imported { .. }), "{imported:?}");
    begun
}

async fn is_paid(house: &House, case_id: CaseId) -> bool {
    let asked = GetPosition { case_id, announce_for: Vec::new() };
    match house.asker().ask(&asked).await.expect("an answer") {
        PositionAnswer::Known(position) => position.open.is_zero(),
        PositionAnswer::Unknown => false,
    }
}

fn tell(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |per_cent: usize| took.get((took.len() * per_cent / 100).min(took.len() - 1));
    let millis = |per_cent| at(per_cent).map_or(0, Duration::as_millis);
    println!(
        "promptness: {what} {} ms after the import began (median of {}), p99 {} ms   bar: p99 \
         2000 ms",
        millis(50),
        took.len(),
        millis(99),
    );
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed))
}

fn case_id(case: u32) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(0xca5e_0000_0000 + u128::from(case)))
}

fn person_id(case: u32) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x9e45_0000_0000 + u128::from(case)))
}

fn reference(case: u32) -> StructuredReference {
    StructuredReference::rf_from(&format!("CASE{case}")).expect("a reference")
}

/// One reminder by e-mail, from the third day after the due date.
fn agreed() -> AgreementAgreed {
    let deed = AgreedDeed::Write {
        message: MessageKind::FreeFirstReminder,
        channels: vec![Channel::Email],
    };
    let moment = StepMoment::FromDue { days: 3 };
    let agreement = Agreement {
        version: 1,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Agency,
        steps: vec![AgreedStep { key: "reminder".to_owned(), deed, moment }],
        payments_known_within_days: None,
        review_after_days: 14,
        review_by: "case-desk".to_owned(),
        charges: AgreedCharges::default(),
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance::default(),
        small_difference: None,
    };
    AgreementAgreed { creditor_id: creditor_id(), agreement }
}

fn opened(case: u32) -> CaseOpened {
    CaseOpened {
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: person_id(case),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: vec![Channel::Email],
        agreement_version: 1,
        pay_to: PayTo::Agency,
    }
}

fn registered(case: u32) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: ClaimId::from_uuid(case_id(case).as_uuid()),
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: person_id(case),
        amount: Money::new(OWED_MINOR, Currency::EUR),
        issued_on: Date::constant(2025, 2, 1),
        due_on: Date::constant(2026, 3, 1),
        reference: reference(case),
        reachable: vec![Channel::Email],
    }
}
