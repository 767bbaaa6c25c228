//! The whole service in process: on real Postgres and NATS, against a mail server that keeps mails.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::sample::case::{
    REMINDER, Variant, agency, charge, contact, parties, position, position_for, send,
};
use crate::sample::note::{feedback, remittance};
use crate::sample::{euros, id, now};
use contracts::Message;
use contracts::intake::{
    CreditorContact, CreditorContactAnswer, GetCreditorContact, GetParties, Parties, PartiesAnswer,
};
use contracts::letter::{
    Dispatched, LetterList, LetterState, ListLetters, NotSent, NotSentReason, Note, NoteDispatched,
    NoteNotSent, NoteNotSentReason, Send as SendLetter, SendNote, Uncertain, Withdraw,
};
use contracts::operations::{
    CheckReport, ListUncertain, Operation, SettleUncertain, SettledUncertain, Status,
    UncertainFilter, UncertainList, UncertainVerdict,
};
use contracts::payment_reconciliation::{GetPosition, Position, PositionAnswer};
use contracts::registry::Slice;
use embedded::MailSink;
use embedded::mail_sink::{Fault, Stage};
use letter::{Letter, LetterConfig, OutgoingConfig, SmtpConfig, TlsMode};
use mailbox::topology::EVENTS;
use mailbox::{Mailbox, MailboxSettings, Query};
use primitives::{CaseId, Channel, Language, MessageKind, Timestamp};
use runtime::files::FileStore;
use sqlx::{PgConnection, Row};
use testkit::{House, Resident, Schema, connect_to, eventually};

const SOON: Duration = Duration::from_secs(20);

/// What the other services know.
#[derive(Clone, Debug)]
struct Known {
    parties: Parties,
    position: Position,
    contact: CreditorContact,
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
struct Contacts(Arc<Mutex<Known>>);

impl Query for Contacts {
    type Request = GetCreditorContact;

    async fn answer(
        &self,
        _: &mut PgConnection,
        _: GetCreditorContact,
        _: Timestamp,
    ) -> sqlx::Result<CreditorContactAnswer> {
        Ok(CreditorContactAnswer::Known(self.0.lock().unwrap().contact.clone()))
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
        let (parties, position) = (parties(REMINDER), position(123_456));
        let known = Known { parties, position, contact: contact(Language::Nl) };
        let known = Arc::new(Mutex::new(known));
        let mut config = config(&sink, house.folder());
        change(&mut config);
        let mut office = Self { house, sink, known, config, residents: Vec::new() };
        let parties = Mailbox::of("intake")
            .query(Neighbours(Arc::clone(&office.known)))
            .query(Contacts(Arc::clone(&office.known)));
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
            } else if kind == NoteDispatched::CONTRACT.subject() {
                "note dispatched".to_owned()
            } else if kind == NoteNotSent::CONTRACT.subject() {
                format!("note not sent: {:?}", NoteNotSent::decode(1, data).unwrap().reason)
            } else {
                assert_eq!(kind, Dispatched::CONTRACT.subject());
                "dispatched".to_owned()
            }
        };
        envelopes.iter().map(tell).collect()
    }

    async fn dispatched(&self) -> Dispatched {
        let envelopes = self.house.stream(EVENTS).await;
        Dispatched::decode(2, envelopes.last().unwrap().data.get()).unwrap()
    }

    async fn note_dispatched(&self) -> NoteDispatched {
        let envelopes = self.house.stream(EVENTS).await;
        NoteDispatched::decode(1, envelopes.last().unwrap().data.get()).unwrap()
    }

    fn files(&self) -> FileStore {
        FileStore::open(&self.house.process().files.folder).unwrap()
    }

    /// The manifest of the day, for the print partner.
    fn manifest(&self) -> serde_json::Value {
        let path = self.config.outgoing.folder.join("2026-11-12/manifest.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
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
fn config(sink: &MailSink, folder: &Path) -> LetterConfig {
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
        outgoing: OutgoingConfig { folder: folder.join("outgoing") },
        evidence_url: Some(format!("http://127.0.0.1:{}", sink.http_port())),
        ..LetterConfig::default()
    }
}

fn wish() -> SendLetter {
    send(REMINDER, 2)
}

/// The same permit's letter by post.
fn by_post() -> SendLetter {
    send(Variant { channel: Channel::Post, ..REMINDER }, 1)
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
    assert_eq!(told.text_version, "free-first-reminder/nl/consumer@4");
    assert_eq!((told.channel, told.message), (Channel::Email, MessageKind::FreeFirstReminder));
    let copy = office.files().get(told.content).await.unwrap();
    assert!(mail.raw().unwrap().ends_with(&copy), "the mail left as it is kept");
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    assert_eq!(report.breaches, []);
    assert_eq!(report.checks, ["not-lost", "proof-of-dispatch", "handed-over"]);
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

/// A person of the agency reads why, and nobody who listens does.
#[tokio::test]
async fn what_is_in_the_way_of_a_letter_is_listed() {
    let office = Office::open(|_| {}).await;
    office.learn(|known| known.parties.debtor.name = "Noor عمر".to_owned());
    office.ask_for(&by_post()).await;
    office.comes_to(&["not sent: NoText"]).await;
    let list = |case_id, channel| ListLetters { limit: 10, case_id, channel };
    let asker = office.house.asker();
    let case_id = by_post().permit.case_id;
    let LetterList { letters, total } =
        asker.ask(&list(Some(case_id), Some(Channel::Post))).await.unwrap();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((total, letter.case_id, letter.channel), (1, case_id, Channel::Post));
    let LetterState::NotSent { reason: NotSentReason::NoText, because: Some(because) } =
        &letter.state
    else {
        panic!("{letter:?}")
    };
    assert!(because.contains("the letters of the printer have no"), "{because}");
    assert!(!because.contains("Noor"), "{because}");
    let elsewhere = CaseId::from_uuid(id(99));
    for other in [list(Some(elsewhere), None), list(None, Some(Channel::Email))] {
        let none = asker.ask(&other).await.unwrap();
        assert_eq!((none.letters.len(), none.total), (0, 0));
    }
    let told = office.house.stream(EVENTS).await;
    assert!(told.iter().all(|envelope| !envelope.data.get().contains("printer")));
}

fn nothing_open() -> Position {
    position_for(Variant { message: MessageKind::PaymentThanks, ..REMINDER })
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
        let list = ListUncertain { which: UncertainFilter::default(), limit: 10 };
        let list: UncertainList = office.operate(Operation::ListUncertain, list).await;
        let [act] = &list.uncertain[..] else { panic!("{list:?}") };
        assert_eq!(
            (act.kind.as_str(), act.aggregate_id),
            ("send-email", wish().letter_id.as_uuid())
        );
        let settle = SettleUncertain {
            which: UncertainFilter { effect_id: Some(act.effect_id), ..UncertainFilter::default() },
            verdict,
            because: "the provider looked it up".to_owned(),
            limit: 1,
        };
        let answer: SettledUncertain = office.operate(Operation::SettleUncertain, settle).await;
        assert_eq!(answer.settled, 1);
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
    let mut posted = by_post();
    posted.letter_id = primitives::LetterId::from_uuid(id(40));
    office.house.publish("by post", &posted).await;
    office.comes_to(&["dispatched", "dispatched"]).await;
    office.house.publish("note", &feedback()).await;
    office.comes_to(&["dispatched", "dispatched", "note dispatched"]).await;
    let mut letter = connect_to(&office.house.database, "letter").await;
    let mut kept = String::new();
    for table in
        ["letter", "note", "effect", "outbox", "sent", "waiting", "parked", "timer", "inbox"]
    {
        let rows = format!("select row_to_json(t)::text from {table} t");
        for row in sqlx::query(sqlx::AssertSqlSafe(rows)).fetch_all(&mut letter).await.unwrap() {
            kept.push_str(row.get(0));
        }
    }
    for envelope in office.house.stream(EVENTS).await {
        kept.push_str(&serde_json::to_string(&envelope).unwrap());
    }
    assert!(kept.contains(&wish().letter_id.to_string()), "something is kept");
    kept.push_str(&office.manifest().to_string());
    for personal in [
        "Noor",
        "noor",
        "Vandenberghe",
        "Lindelaan",
        "Utrecht",
        "096123456769",
        "0961 2345",
        "Brood",
    ] {
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
    let mut config = LetterConfig { agency: agency(), ..LetterConfig::default() };
    config.smtp.host = "localhost".to_owned();
    config.agency.registration_nl = None;
    let migrations = [&mailbox::MIGRATIONS, &letter::MIGRATIONS];
    let context = house.context("letter", config, &migrations).await;
    let error = <Letter as runtime::Service>::start(context).await.unwrap_err();
    assert!(error.to_string().contains("agency.registration_nl"), "{error}");
}

#[tokio::test]
async fn a_service_without_an_outgoing_folder_does_not_start() {
    let house = House::new(&[Schema::of("letter", &letter::MIGRATIONS)], &[], now()).await;
    let mut config = LetterConfig { agency: agency(), ..LetterConfig::default() };
    config.smtp.host = "localhost".to_owned();
    let migrations = [&mailbox::MIGRATIONS, &letter::MIGRATIONS];
    let context = house.context("letter", config, &migrations).await;
    let error = <Letter as runtime::Service>::start(context).await.unwrap_err();
    assert!(error.to_string().contains("outgoing.folder"), "{error}");
}

#[tokio::test]
async fn a_letter_by_post_lies_in_the_folder_of_its_day_and_stands_in_its_manifest() {
    let office = Office::open(|_| {}).await;
    office.ask_for(&by_post()).await;
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.sink.mails(), []);
    let told = office.dispatched().await;
    assert_eq!((told.channel, told.asked), (Channel::Post, euros(123_456)));
    let manifest = office.manifest();
    let letters = manifest["letters"].as_array().unwrap();
    let [entry] = &letters[..] else { panic!("{manifest}") };
    let file = format!("{}.pdf", by_post().letter_id);
    assert_eq!(entry["file"], *file);
    assert_eq!(entry["sha256"], told.content.to_string());
    assert_eq!((&entry["country"], &entry["language"]), (&"NL".into(), &"nl".into()));
    assert_eq!(entry["handed_over_at"], told.dispatched_at.to_string());
    let path = office.config.outgoing.folder.join("2026-11-12").join(file);
    let pdf = std::fs::read(&path).unwrap();
    assert_eq!(pdf, office.files().get(told.content).await.unwrap());
    assert!(pdf.starts_with(b"%PDF"));
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    assert_eq!(report.breaches, []);
    std::fs::write(path.with_file_name("manifest.json"), EMPTY_MANIFEST).unwrap();
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    let [breach] = &report.breaches[..] else { panic!("{report:?}") };
    assert_eq!(breach.invariant, "handed-over");
}

const EMPTY_MANIFEST: &str =
    r#"{ "form": "amicable-outgoing-1", "day": "2026-11-12", "letters": [] }"#;

/// Whatever fails, and with two replicas at work: one entry, one event, and the moment of the event
/// is the one of the entry.
#[tokio::test]
async fn at_every_crash_point_one_letter_is_handed_over() {
    for plan in [
        "committed:1:error",
        "committed:2:error",
        "effect-started:2:error",
        "effect-performed:1:error",
        "effect-performed:2:error",
    ] {
        let mut office = Office::open(|config| config.mailbox.crash = Some(plan.to_owned())).await;
        office.config.mailbox.crash = None;
        office.hire().await;
        office.ask_for(&by_post()).await;
        eventually(SOON, "end", async || !office.told().await.is_empty()).await;
        office.comes_to(&["dispatched"]).await;
        let manifest = office.manifest();
        let letters = manifest["letters"].as_array().unwrap();
        assert_eq!(letters.len(), 1, "{plan}");
        let told = office.dispatched().await;
        assert_eq!(letters[0]["handed_over_at"], told.dispatched_at.to_string(), "{plan}");
        office.close().await;
    }
}

/// It lay in the folder already when it was withdrawn: what happened has the last word, also after
/// a crash.
#[tokio::test]
async fn a_letter_in_the_folder_is_dispatched_even_when_it_was_withdrawn_meanwhile() {
    let plan = "effect-performed:2:error".to_owned();
    let office = Office::open(|config| {
        config.mailbox.crash = Some(plan);
        config.mailbox.lease_ms = 6_000;
    })
    .await;
    office.ask_for(&by_post()).await;
    let manifest = office.config.outgoing.folder.join("2026-11-12/manifest.json");
    eventually(SOON, "hand-over", async || manifest.exists()).await;
    office.house.publish("withdraw", &withdrawal()).await;
    office.house.rest().await;
    // Where the withdrawal comes before the end of the hand-over is known, that is told as well.
    let told = office.told().await;
    assert!(told.ends_with(&["dispatched".to_owned()]), "{told:?}");
    assert!(told.len() == 1 || told == ["not sent: Withdrawn", "dispatched"], "{told:?}");
}

#[tokio::test]
async fn without_a_postal_address_no_letter_is_printed() {
    let office = Office::open(|_| {}).await;
    office.learn(|known| known.parties.debtor.address = vec!["  ".to_owned()]);
    office.ask_for(&by_post()).await;
    office.comes_to(&["not sent: NoAddress"]).await;
}

/// The day's folder that is over is not touched: the letter is printed anew for the new day.
#[tokio::test]
async fn a_letter_that_is_not_handed_over_on_its_day_is_printed_for_the_next() {
    let office = Office::open(|config| config.mailbox.effect_retry_ms = 300).await;
    let folder = office.config.outgoing.folder.join("2026-11-12");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("manifest.json"), "broken").unwrap();
    let mut late = by_post();
    late.permit.not_after = "2026-11-13T18:00:00Z".parse().unwrap();
    office.house.advance("2026-11-12T22:50:00Z".parse().unwrap()).await;
    office.ask_for(&late).await;
    let mut letter = connect_to(&office.house.database, "letter").await;
    eventually(SOON, "an attempt", async || {
        let asked = "select count(*) from effect
                     where kind = 'hand-over-letter' and state = 'pending' and attempts > 0";
        sqlx::query(asked).fetch_one(&mut letter).await.unwrap().get::<i64, _>(0) == 1
    })
    .await;
    office.house.advance("2026-11-12T23:10:00Z".parse().unwrap()).await;
    std::fs::write(folder.join("manifest.json"), EMPTY_MANIFEST).unwrap();
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.manifest()["letters"].as_array().unwrap().len(), 0);
    assert!(office.config.outgoing.folder.join("2026-11-13/manifest.json").exists());
}

/// Each of the messages of this service leaves by mail, with what it asks for.
#[tokio::test]
async fn every_message_leaves() {
    for (message, asked) in [
        (MessageKind::FourteenDayLetter, 100_000),
        (MessageKind::Demand, 104_237),
        (MessageKind::PromiseConfirmation, 10_000),
        (MessageKind::PaymentThanks, 0),
    ] {
        let office = Office::open(|_| {}).await;
        let variant = Variant { message, ..REMINDER };
        office.learn(|known| known.position = position_for(variant));
        office.ask_for(&send(variant, 1)).await;
        office.comes_to(&["dispatched"]).await;
        let told = office.dispatched().await;
        assert_eq!((told.message, told.asked), (message, euros(asked)));
        assert_eq!(office.sink.mails().len(), 1);
        office.close().await;
    }
}

#[tokio::test]
async fn costs_that_are_booked_between_draft_and_sending_make_it_outdated() {
    let office = Office::open(|config| config.mailbox.effect_retry_ms = 500).await;
    office.sink.faults().plan(1, Fault::Answer { stage: Stage::EndOfData, code: 451 });
    let demand = Variant { message: MessageKind::Demand, ..REMINDER };
    office.ask_for(&send(demand, 2)).await;
    eventually(SOON, "first attempt", async || office.sink.faults().planned() == 0).await;
    office.learn(|known| charge(&mut known.position, 4_000, 237));
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.dispatched().await.asked, euros(127_956 + 4_237));
}

#[tokio::test]
async fn a_creditor_gets_feedback_on_a_closed_case() {
    let office = Office::open(|_| {}).await;
    office.house.publish("note", &feedback()).await;
    office.comes_to(&["note dispatched"]).await;
    let mails = office.sink.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.recipients, ["boekhouding@korenaar.example"]);
    assert_eq!(mail.subject, "Afgerond: 3 facturen, Noor Vandenberghe");
    assert!(mail.text().unwrap().contains("Alles is betaald."));
    let told = office.note_dispatched().await;
    assert_eq!(told.case_id, Some(CaseId::from_uuid(id(5))));
    let copy = office.files().get(told.content).await.unwrap();
    assert!(mail.raw().unwrap().ends_with(&copy), "the mail left as it is kept");
    let report: CheckReport = office.operate(Operation::Check, serde_json::json!({})).await;
    assert_eq!(report.breaches, []);
}

#[tokio::test]
async fn a_remittance_comes_with_its_specification() {
    let office = Office::open(|_| {}).await;
    let csv = "invoice;principal\r\n2026-0187;1234,56\r\n";
    let hash = office.files().put(csv.as_bytes()).await.unwrap();
    let mut note = remittance();
    let Note::Remittance(told) = &mut note.note else { panic!() };
    told.specification = hash;
    told.specification_pdf = Some(office.files().put(b"%PDF-1.7 read me").await.unwrap());
    office.house.publish("note", &note).await;
    office.comes_to(&["note dispatched"]).await;
    let mails = office.sink.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    let raw = String::from_utf8(mail.raw().unwrap()).unwrap();
    assert!(raw.contains("filename=\"specificatie-2026-11-20.csv\""), "{raw}");
    assert!(raw.contains("2026-0187;1234,56"), "{raw}");
    assert!(raw.contains("filename=\"specificatie-2026-11-20.pdf\""), "{raw}");
    assert!(raw.contains("%PDF-1.7 read me"), "{raw}");
    assert_eq!(office.note_dispatched().await.case_id, None);
}

#[tokio::test]
async fn a_note_that_nobody_can_be_sent_is_told() {
    let office = Office::open(|_| {}).await;
    office.learn(|known| known.contact.email = None);
    office.house.publish("note", &feedback()).await;
    office.comes_to(&["note not sent: NoAddress"]).await;
    office.house.publish("the same note", &feedback()).await;
    office.comes_to(&["note not sent: NoAddress"]).await;
    assert_eq!(office.sink.mails(), []);
}

#[tokio::test]
async fn no_creditor_reads_of_anothers_case() {
    let office = Office::open(|_| {}).await;
    let creditor_id = primitives::CreditorId::from_uuid(id(98));
    office.learn(|known| known.contact.creditor_id = creditor_id);
    office.house.publish("note", &SendNote { creditor_id, ..feedback() }).await;
    office.comes_to(&[&format!("note not sent: {:?}", NoteNotSentReason::NoText)]).await;
    assert_eq!(office.sink.mails(), []);
}

#[tokio::test]
async fn a_cut_connection_sends_one_note() {
    for fault in [Fault::CutAfterKeeping, Fault::CutBeforeKeeping] {
        let office = Office::open(|_| {}).await;
        office.sink.faults().plan(1, fault);
        office.house.publish("note", &feedback()).await;
        office.comes_to(&["note dispatched"]).await;
        assert_eq!(office.sink.mails().len(), 1, "{fault:?}");
        office.close().await;
    }
}

/// A request that was kept before version 2 of the command is read, and upgraded.
#[tokio::test]
async fn a_command_of_version_1_is_still_sent() {
    let office = Office::open(|_| {}).await;
    let earlier: contracts::earlier::Send = serde_json::from_value(version_1(&wish())).unwrap();
    office.house.publish("version 1", &earlier).await;
    office.comes_to(&["dispatched"]).await;
    assert_eq!(office.dispatched().await.channel, Channel::Email);
}

fn version_1(send: &SendLetter) -> serde_json::Value {
    let mut value = serde_json::to_value(send).unwrap();
    let fields = value.as_object_mut().unwrap();
    fields.remove("channel");
    fields.remove("promise");
    let permit = fields["permit"].as_object_mut().unwrap();
    permit.remove("deed");
    permit.insert("message".to_owned(), "free-first-reminder".into());
    permit.insert("channel".to_owned(), "email".into());
    value
}
