//! The whole service in process: on real Postgres and NATS, against a mail server that keeps mails.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

#[path = "sample/case.rs"]
mod case;
mod sample;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use case::{REMINDER, agency, parties, position, send};
use contracts::Message;
use contracts::intake::{GetParties, Parties, PartiesAnswer};
use contracts::letter::{
    Dispatched, NotSent, NotSentReason, Send as SendLetter, Uncertain, Withdraw,
};
use contracts::operations::{
    CheckReport, ListRequest, Operation, SettleUncertain, SettleUncertainAnswer, Status,
    UncertainList, UncertainVerdict,
};
use contracts::payment_reconciliation::{GetPosition, Position, PositionAnswer};
use contracts::registry::Slice;
use embedded::MailSink;
use embedded::mail_sink::{Fault, Stage};
use letter::{Letter, LetterConfig, SmtpConfig, TlsMode};
use mailbox::topology::EVENTS;
use mailbox::{Mailbox, MailboxSettings, Query};
use primitives::{CaseId, Timestamp};
use sample::{euros, id, now};
use sqlx::{PgConnection, Row};
use testkit::{House, Resident, Schema, connect_to, eventually};

const SOON: Duration = Duration::from_secs(20);

/// What the other services know.
#[derive(Clone, Debug)]
struct Known {
    parties: Parties,
    position: Position,
}

/// Answers for intake and for the ledger.
struct Neighbours(Arc<Mutex<Known>>);

impl Query for Neighbours {
    type Request = GetParties;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: GetParties,
        _: Timestamp,
    ) -> sqlx::Result<PartiesAnswer> {
        let known = self.0.lock().unwrap().clone();
        Ok(if request.case_id == known.parties.case_id {
            PartiesAnswer::Known(known.parties)
        } else {
            PartiesAnswer::Unknown
        })
    }
}

/// See [`Neighbours`].
struct Ledger(Arc<Mutex<Known>>);

impl Query for Ledger {
    type Request = GetPosition;

    async fn answer(
        &self,
        _: &mut PgConnection,
        _: GetPosition,
        _: Timestamp,
    ) -> sqlx::Result<PositionAnswer> {
        Ok(PositionAnswer::Known(self.0.lock().unwrap().position.clone()))
    }
}

/// The letter service and its surroundings.
struct Office {
    house: House,
    sink: MailSink,
    known: Arc<Mutex<Known>>,
    config: LetterConfig,
    residents: Vec<Resident>,
}

impl Office {
    /// Opens with one letter service, as `change` configures it.
    async fn open(change: impl FnOnce(&mut LetterConfig)) -> Self {
        let bare = |service| Schema { service, migrations: None, tables: "" };
        let schemas = [
            Schema::of("letter", &letter::MIGRATIONS),
            bare("intake"),
            bare("payment-reconciliation"),
        ];
        let slices = [*Slice::of("letter").unwrap()];
        let house = Box::pin(House::new(&schemas, &slices, now())).await;
        let sink = MailSink::start(&house.folder().join("mails"), None, None).await.unwrap();
        let known = Known { parties: parties(REMINDER), position: position(123_456) };
        let known = Arc::new(Mutex::new(known));
        let mut config = config(&sink);
        change(&mut config);
        let mut office = Self { house, sink, known, config, residents: Vec::new() };
        let parties = Mailbox::of("intake").query(Neighbours(Arc::clone(&office.known)));
        let ledger = Mailbox::of("payment-reconciliation").query(Ledger(Arc::clone(&office.known)));
        for (service, mailbox) in [("intake", parties), ("payment-reconciliation", ledger)] {
            let context =
                Box::pin(office.house.context(service, (), &[&mailbox::MIGRATIONS])).await;
            Box::pin(mailbox.start(&context, MailboxSettings::default())).await.unwrap();
            office.residents.push(office.house.resident(context.tasks.clone()));
        }
        office.hire().await;
        office
    }

    /// Stops everything in it, so that a test may open many, one after the other.
    async fn close(self) {
        for resident in self.residents {
            assert!(resident.stop().await, "everything stops in time");
        }
    }

    /// Starts one more letter service, as configured.
    async fn hire(&mut self) {
        let resident = Box::pin(self.house.start::<Letter>(self.config.clone())).await;
        self.residents.push(resident);
    }

    async fn ask_for(&self, send: &SendLetter) {
        self.house.publish("send", send).await;
    }

    fn learn(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap());
    }

    /// Everything that was told, in words.
    async fn told(&self) -> Vec<String> {
        let envelopes = self.house.stream(EVENTS).await;
        let tell = |envelope: &contracts::Envelope| {
            let data = envelope.data.get();
            let kind = envelope.message_type.as_str();
            if kind == NotSent::CONTRACT.subject() {
                format!("not sent: {:?}", NotSent::decode(1, data).unwrap().reason)
            } else if kind == Uncertain::CONTRACT.subject() {
                "uncertain".to_owned()
            } else {
                assert_eq!(kind, Dispatched::CONTRACT.subject());
                "dispatched".to_owned()
            }
        };
        envelopes.iter().map(tell).collect()
    }

    async fn dispatched(&self) -> Dispatched {
        let envelopes = self.house.stream(EVENTS).await;
        Dispatched::decode(1, envelopes.last().unwrap().data.get()).unwrap()
    }

    async fn comes_to(&self, told: &[&str]) {
        self.house.rest().await;
        assert_eq!(self.told().await, told);
    }

    async fn operate<A: serde::de::DeserializeOwned>(
        &self,
        operation: Operation,
        body: impl serde::Serialize + Sync,
    ) -> A {
        self.house.asker().operate("letter", operation, &body).await.unwrap()
    }
}

/// Quick, since nothing here is far away.
fn config(sink: &MailSink) -> LetterConfig {
    LetterConfig {
        mailbox: MailboxSettings {
            lease_ms: 1_500,
            evidence_after_ms: 100,
            effect_retry_ms: 20,
            sweep_ms: 50,
            ..MailboxSettings::default()
        },
        agency: agency(),
        smtp: SmtpConfig {
            host: "127.0.0.1".to_owned(),
            port: sink.smtp_port(),
            tls: TlsMode::None,
            ..SmtpConfig::default()
        },
        evidence_url: Some(format!("http://127.0.0.1:{}", sink.http_port())),
        ..LetterConfig::default()
    }
}

fn wish() -> SendLetter {
    send(REMINDER, 2)
}

fn withdrawal() -> Withdraw {
    let SendLetter { letter_id, creditor_id, permit, .. } = wish();
    Withdraw { letter_id, creditor_id, case_id: permit.case_id }
}

#[tokio::test]
async fn a_wish_becomes_one_mail_and_its_copy_is_kept() {
    let office = Office::open(|_| {}).await;
    office.ask_for(&wish()).await;
    office.comes_to(&["dispatched"]).await;
    let mails = office.sink.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.recipients, ["noor@vandenberghe.example"]);
    assert_eq!(mail.subject, "Herinnering: 2 facturen van Bakkerij De Korenaar");
    assert_eq!(mail.message_id, Some(format!("{}@minnelijk.example", wish().letter_id)));
    let told = office.dispatched().await;
    assert_eq!((told.asked, told.claim_ids), (euros(127_956), wish().permit.claim_ids));
    assert_eq!(told.text_version, "free-first-reminder/nl/consumer@2");
    let files = runtime::files::FileStore::open(&office.house.process().files.folder).unwrap();
    let copy = files.get(told.content).await.unwrap();
    assert!(mail.raw().unwrap().ends_with(&copy), "the mail left as it is kept");
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    assert_eq!(report.breaches, []);
    assert_eq!(report.checks, ["not-lost", "proof-of-dispatch"]);
}

#[tokio::test]
async fn a_queued_letter_that_is_withdrawn_is_told_at_once_and_never_leaves() {
    let office = Office::open(|_| {}).await;
    let mut later = wish();
    later.permit.not_before = "2026-11-12T12:00:00Z".parse().unwrap();
    office.ask_for(&later).await;
    office.house.publish("withdraw", &withdrawal()).await;
    office.comes_to(&["not sent: Withdrawn"]).await;
    office.house.advance("2026-11-12T13:00:00Z".parse().unwrap()).await;
    office.comes_to(&["not sent: Withdrawn"]).await;
    assert_eq!(office.sink.mails(), []);
}

#[tokio::test]
async fn a_letter_waits_for_its_permit() {
    let office = Office::open(|_| {}).await;
    let mut later = wish();
    later.permit.not_before = "2026-11-12T12:00:00Z".parse().unwrap();
    office.ask_for(&later).await;
    office.comes_to(&[]).await;
    office.house.advance("2026-11-12T12:00:00Z".parse().unwrap()).await;
    office.comes_to(&["dispatched"]).await;
    let at: Timestamp = "2026-11-12T12:00:00Z".parse().unwrap();
    assert_eq!(office.dispatched().await.dispatched_at, at);
}

#[tokio::test]
async fn what_is_known_at_the_moment_of_sending_decides() {
    type Change = fn(&mut Known);
    let cases: [(Change, NotSentReason); 5] = [
        (
            |known| known.position.payments_known_until = Some("2026-11-09".parse().unwrap()),
            NotSentReason::PaymentsNotKnown,
        ),
        (|known| known.position = nothing_open(), NotSentReason::NothingOwed),
        (|known| known.parties.debtor.email = None, NotSentReason::NoAddress),
        (|known| known.parties.debtor.email = Some("noor".to_owned()), NotSentReason::NoAddress),
        (
            |known| known.parties.claims.iter_mut().for_each(|claim| claim.description = None),
            NotSentReason::DataMissing,
        ),
    ];
    for (change, reason) in cases {
        let office = Office::open(|_| {}).await;
        office.learn(change);
        let mut strict = wish();
        strict.permit.payments_known_within_days = Some(2);
        office.ask_for(&strict).await;
        office.comes_to(&[&format!("not sent: {reason:?}")]).await;
        assert_eq!(office.sink.mails(), []);
        office.close().await;
    }
}

fn nothing_open() -> Position {
    let mut position = position(0);
    position.claims.iter_mut().for_each(|claim| claim.open = euros(0));
    position
}

/// A plain 550 may as well be a relay that we may not use. That an address is refused for good is
/// told by an enhanced code only, see the tests of `effects/smtp.rs`.
#[tokio::test]
async fn a_refusal_that_nobody_explains_is_no_fault_of_the_address() {
    let office = Office::open(|_| {}).await;
    office.sink.faults().plan(1, Fault::Answer { stage: Stage::Recipient, code: 550 });
    office.ask_for(&wish()).await;
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.sink.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let office = Office::open(|_| {}).await;
    for stage in [Stage::Mail, Stage::Recipient, Stage::Data, Stage::EndOfData] {
        office.sink.faults().plan(1, Fault::Answer { stage, code: 451 });
    }
    office.ask_for(&wish()).await;
    office.comes_to(&["dispatched"]).await;
    assert_eq!((office.sink.mails().len(), office.sink.faults().planned()), (1, 0));
}

#[tokio::test]
async fn a_cut_connection_is_settled_by_evidence_and_one_mail_leaves() {
    for fault in [Fault::CutAfterKeeping, Fault::CutBeforeKeeping] {
        let office = Office::open(|_| {}).await;
        office.sink.faults().plan(1, fault);
        office.ask_for(&wish()).await;
        office.comes_to(&["dispatched"]).await;
        assert_eq!(office.sink.mails().len(), 1, "{fault:?}");
        assert_eq!(office.dispatched().await.asked, euros(127_956));
        office.close().await;
    }
}

#[tokio::test]
async fn without_evidence_a_person_settles_it() {
    for (verdict, told) in [
        (UncertainVerdict::Happened, "dispatched"),
        (UncertainVerdict::DidNotHappen, "not sent: PermitExpired"),
    ] {
        let office = Office::open(|config| config.evidence_url = None).await;
        office.sink.faults().plan(1, Fault::CutBeforeKeeping);
        office.ask_for(&wish()).await;
        office.comes_to(&["uncertain"]).await;
        let list: UncertainList =
            office.operate(Operation::ListUncertain, ListRequest { limit: 10 }).await;
        let [act] = &list.uncertain[..] else { panic!("{list:?}") };
        assert_eq!(
            (act.kind.as_str(), act.aggregate_id),
            ("send-email", wish().letter_id.as_uuid())
        );
        let settle = SettleUncertain { effect_id: act.effect_id, verdict };
        let answer: SettleUncertainAnswer =
            office.operate(Operation::SettleUncertain, settle).await;
        assert_eq!(answer, SettleUncertainAnswer::Settled);
        office.comes_to(&["uncertain", told]).await;
        assert_eq!(office.sink.mails(), [], "the machine does not send it again");
        office.close().await;
    }
}

#[tokio::test]
async fn while_nobody_can_be_asked_nothing_is_sent_again() {
    // Nothing listens on port 1.
    let nobody = Some("http://127.0.0.1:1".to_owned());
    let office = Office::open(|config| config.evidence_url = nobody).await;
    office.sink.faults().plan(1, Fault::CutAfterKeeping);
    office.ask_for(&wish()).await;
    let mut letter = connect_to(&office.house.database, "letter").await;
    eventually(SOON, "uncertain act", async || {
        let asked = "select count(*) from effect where state = 'uncertain' and next_try_at > now()";
        let row = sqlx::query(asked).fetch_one(&mut letter).await;
        row.unwrap().get::<i64, _>(0) == 1
    })
    .await;
    assert_eq!((office.told().await.len(), office.sink.mails().len()), (0, 1));
}

/// A part payment between two attempts changes what the mail asks for.
#[tokio::test]
async fn a_draft_that_is_not_true_any_more_is_written_anew() {
    let office = Office::open(|config| config.mailbox.effect_retry_ms = 500).await;
    office.sink.faults().plan(1, Fault::Answer { stage: Stage::EndOfData, code: 451 });
    office.ask_for(&wish()).await;
    eventually(SOON, "first attempt", async || office.sink.faults().planned() == 0).await;
    office.learn(|known| known.position = position(100));
    office.comes_to(&["dispatched"]).await;
    let told = office.dispatched().await;
    assert_eq!(told.asked, euros(4_600));
    let mails = office.sink.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert!(mail.text().unwrap().contains("€\u{a0}46,00"));
}

/// Between draft and sending, statements are found wrong and taken away.
#[tokio::test]
async fn a_draft_is_not_sent_where_payments_are_not_known_any_more() {
    let office = Office::open(|config| config.mailbox.effect_retry_ms = 500).await;
    office.sink.faults().plan(1, Fault::Answer { stage: Stage::EndOfData, code: 451 });
    let mut strict = wish();
    strict.permit.payments_known_within_days = Some(2);
    office.ask_for(&strict).await;
    eventually(SOON, "first attempt", async || office.sink.faults().planned() == 0).await;
    office.learn(|known| known.position.payments_known_until = None);
    office.comes_to(&["not sent: PaymentsNotKnown"]).await;
    assert_eq!(office.sink.mails(), []);
}

#[tokio::test]
async fn a_permit_that_runs_out_ends_the_letter() {
    let office = Office::open(|config| config.mailbox.effect_retry_ms = 100).await;
    office.sink.faults().plan(1_000, Fault::Answer { stage: Stage::Mail, code: 421 });
    office.ask_for(&wish()).await;
    eventually(SOON, "first attempt", async || office.sink.faults().planned() < 1_000).await;
    office.house.advance("2026-11-12T18:00:01Z".parse().unwrap()).await;
    office.comes_to(&["not sent: PermitExpired"]).await;
    assert_eq!(office.sink.mails(), []);
}

#[tokio::test]
async fn a_case_that_is_not_known_yet_is_waited_for() {
    let office = Office::open(|_| {}).await;
    let case_id = parties(REMINDER).case_id;
    office.learn(|known| known.parties.case_id = CaseId::from_uuid(id(99)));
    office.ask_for(&wish()).await;
    eventually(SOON, "first attempt", async || {
        let mut letter = connect_to(&office.house.database, "letter").await;
        let row = sqlx::query("select max(attempts) from effect").fetch_one(&mut letter).await;
        row.unwrap().get::<Option<i32>, _>(0) > Some(0)
    })
    .await;
    office.learn(|known| known.parties.case_id = case_id);
    office.comes_to(&["dispatched"]).await;
}

/// Whatever fails, and with two replicas at work: one mail, one event. The first passage is that of
/// the wish or of the draft, the second that of the draft's end or of the sending.
#[tokio::test]
async fn at_every_crash_point_one_mail_leaves() {
    for plan in [
        "saved:1:error",
        "committed:1:error",
        "committed:2:error",
        "effect-started:1:error",
        "effect-started:2:error",
        "effect-performed:1:error",
        "effect-performed:2:error",
    ] {
        let mut office = Office::open(|config| config.mailbox.crash = Some(plan.to_owned())).await;
        office.config.mailbox.crash = None;
        office.hire().await;
        office.ask_for(&wish()).await;
        eventually(SOON, "end", async || !office.told().await.is_empty()).await;
        office.comes_to(&["dispatched"]).await;
        assert_eq!(office.sink.mails().len(), 1, "{plan}");
        office.close().await;
    }
}

#[tokio::test]
async fn the_same_wish_delivered_twice_makes_one_mail() {
    let office = Office::open(|_| {}).await;
    let envelope = office.house.publish("send", &wish()).await;
    office.house.publish_envelope(&envelope, "again").await;
    office.house.publish("send under another id", &wish()).await;
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.sink.mails().len(), 1);
    let status: Status = office.operate(Operation::Status, serde_json::json!({})).await;
    assert_eq!(status.parked, 0);
}

/// Names, addresses and words lie in the copy and in the mail, and nowhere else.
#[tokio::test]
async fn nothing_personal_lies_in_the_tables_or_on_the_wire() {
    let office = Office::open(|config| config.evidence_url = None).await;
    office.sink.faults().plan(1, Fault::Answer { stage: Stage::Data, code: 451 });
    office.ask_for(&wish()).await;
    office.comes_to(&["dispatched"]).await;
    let mut letter = connect_to(&office.house.database, "letter").await;
    let mut kept = String::new();
    for table in ["letter", "effect", "outbox", "sent", "waiting", "parked", "timer", "inbox"] {
        let rows = format!("select row_to_json(t)::text from {table} t");
        for row in sqlx::query(sqlx::AssertSqlSafe(rows)).fetch_all(&mut letter).await.unwrap() {
            kept.push_str(row.get(0));
        }
    }
    for envelope in office.house.stream(EVENTS).await {
        kept.push_str(&serde_json::to_string(&envelope).unwrap());
    }
    assert!(kept.contains(&wish().letter_id.to_string()), "something is kept");
    for personal in ["Noor", "noor", "Vandenberghe", "Lindelaan", "Utrecht", "0961", "Brood"] {
        assert!(!kept.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_lost_copy_is_reported() {
    let office = Office::open(|_| {}).await;
    office.ask_for(&wish()).await;
    office.comes_to(&["dispatched"]).await;
    let content = office.dispatched().await.content.to_string();
    let folder = office.house.process().files.folder;
    std::fs::remove_file(folder.join(&content[..2]).join(&content)).unwrap();
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    let [breach] = &report.breaches[..] else { panic!("{report:?}") };
    assert_eq!(breach.invariant, "proof-of-dispatch");
    assert_eq!(breach.id, wish().letter_id.as_uuid());
}

#[tokio::test]
async fn a_service_that_could_not_name_itself_does_not_start() {
    let house = House::new(&[Schema::of("letter", &letter::MIGRATIONS)], &[], now()).await;
    let context = house
        .context("letter", LetterConfig::default(), &[&mailbox::MIGRATIONS, &letter::MIGRATIONS])
        .await;
    let error = <Letter as runtime::Service>::start(context).await.unwrap_err();
    assert_eq!(error.to_string(), "configuration key `agency.name` must be set");
}

/// That there is none must be said: a forgotten number would stop what must show it.
#[tokio::test]
async fn a_service_that_says_nothing_of_the_dutch_register_does_not_start() {
    let house = House::new(&[Schema::of("letter", &letter::MIGRATIONS)], &[], now()).await;
    let mut config = LetterConfig { agency: case::agency(), ..LetterConfig::default() };
    config.smtp.host = "localhost".to_owned();
    config.agency.registration_nl = None;
    let migrations = [&mailbox::MIGRATIONS, &letter::MIGRATIONS];
    let context = house.context("letter", config, &migrations).await;
    let error = <Letter as runtime::Service>::start(context).await.unwrap_err();
    assert!(error.to_string().contains("agency.registration_nl"), "{error}");
}
