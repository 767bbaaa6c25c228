//! The whole service in process, on real Postgres and NATS.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::sample::{
    LATE, NOT_AFTER, NOW, at, caller, case_id, certificate, day, dutch, euros, id, opened, order,
    position, promised, staff, task_id, withdrawal,
};
use contracts::intake::StaffRegistered;
use contracts::operations::{
    CheckReport, ListWaiting, Operation, Status, WaitingFilter, WaitingList,
};
use contracts::payment_reconciliation::{GetPosition, Position, PositionAnswer};
use contracts::registry::Slice;
use contracts::telephony_task::{
    CallClosed, CallList, CallNotMade, ClaimRefusal, ClaimTask, ClaimTaskAnswer, CloseRefusal,
    CloseTask, CloseTaskAnswer, GetCalls, ListTasks, ReleaseTask, ReleaseTaskAnswer, TaskClaimed,
    TaskList,
};
use contracts::{Envelope, Message};
use mailbox::topology::EVENTS;
use mailbox::{AskError, Asker, Mailbox, MailboxSettings, Query};
use primitives::{
    Actor, CallOutcome, CallTaskId, ContentHash, Country, NonPaymentReason, Timestamp,
};
use runtime::clock::SystemClock;
use runtime::files::FileStore;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use telephony_task::{MIGRATIONS, TelephonyTask, TelephonyTaskConfig};
use testkit::{House, Resident, Schema, connect_to, envelope, eventually};

const SERVICE: &str = "telephony-task";
const SOON: Duration = Duration::from_secs(20);
const WORDS: &str = "Mevrouw Vandenberghe betaalt vrijdag, na haar loon.";

/// Payment-reconciliation, as far as it is asked.
#[derive(Clone)]
struct Ledger(Arc<Mutex<Position>>);

impl Query for Ledger {
    type Request = GetPosition;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: GetPosition,
        _: Timestamp,
    ) -> sqlx::Result<PositionAnswer> {
        let position = self.0.lock().unwrap().clone();
        let known = position.case_id == request.case_id;
        Ok(if known { PositionAnswer::Known(position) } else { PositionAnswer::Unknown })
    }
}

/// The service and its surroundings.
struct Office {
    house: House,
    ledger: Ledger,
    residents: Vec<Resident>,
}

fn config(crash: Option<&str>) -> TelephonyTaskConfig {
    TelephonyTaskConfig {
        mailbox: MailboxSettings {
            sweep_ms: 50,
            waiting_retry_ms: 50,
            crash: crash.map(str::to_owned),
            ..MailboxSettings::default()
        },
        ..TelephonyTaskConfig::default()
    }
}

impl Office {
    async fn open(crash: Option<&str>) -> Self {
        let schemas = [
            Schema::of(SERVICE, &MIGRATIONS),
            Schema { service: "payment-reconciliation", migrations: None, tables: "" },
        ];
        let slices = [*Slice::of(SERVICE).unwrap()];
        let house = Box::pin(House::new(&schemas, &slices, at(NOW))).await;
        let migrations = [&mailbox::MIGRATIONS];
        let context = Box::pin(house.context("payment-reconciliation", (), &migrations)).await;
        let ledger = Ledger(Arc::new(Mutex::new(position())));
        let neighbour = Mailbox::of("payment-reconciliation").query(ledger.clone());
        Box::pin(neighbour.start(&context, MailboxSettings::default())).await.unwrap();
        let neighbour = house.resident(context.tasks.clone());
        let resident = Box::pin(house.start::<TelephonyTask>(config(crash))).await;
        Self { house, ledger, residents: vec![resident, neighbour] }
    }

    /// An office that knows the case, a caller with a Dutch certificate, and one without.
    async fn with_callers(crash: Option<&str>) -> Self {
        let office = Self::open(crash).await;
        office.house.publish("case", &opened(Country::NL)).await;
        office.house.publish("first", &caller(1, vec![dutch()])).await;
        office.house.publish("second", &caller(2, vec![])).await;
        office.house.publish("third", &caller(3, vec![dutch()])).await;
        office.house.rest().await;
        office
    }

    async fn stop(self) {
        for resident in self.residents {
            assert!(resident.stop().await, "everything stops in time");
        }
    }

    async fn create(&self) {
        self.house.publish("create", &order()).await;
        self.house.rest().await;
    }

    fn asker(&self, number: u128) -> Asker {
        let actor = Actor::Staff(staff(number));
        Asker::new(self.house.nats.clone(), SOON, actor).patient(SOON)
    }

    async fn claim(&self, number: u128, key: &str) -> ClaimTaskAnswer {
        let request = ClaimTask { task_id: task_id(), case_id: case_id() };
        self.asker(number).change(&request, key).await.unwrap()
    }

    /// Puts a text into the file store.
    async fn written(&self, text: &[u8]) -> ContentHash {
        let files = FileStore::open(&self.house.process().files.folder).unwrap();
        files.put(text).await.unwrap()
    }

    async fn close(&self, number: u128, request: &CloseTask, key: &str) -> CloseTaskAnswer {
        self.asker(number).change(request, key).await.unwrap()
    }

    async fn stream(&self) -> Vec<Envelope> {
        self.house.rest().await;
        self.house.stream(EVENTS).await
    }

    /// What the service told, in words.
    async fn told(&self) -> Vec<String> {
        let told = self.stream().await;
        let ours = told.iter().filter(|it| it.message_type.starts_with(SERVICE));
        ours.map(tell).collect()
    }

    async fn operate<A: serde::de::DeserializeOwned>(&self, operation: Operation) -> A {
        let body = ListWaiting { which: WaitingFilter::default(), limit: 10 };
        self.house.asker().operate(SERVICE, operation, &body).await.unwrap()
    }

    async fn breaches(&self) -> Vec<String> {
        let report: CheckReport = self.operate(Operation::Check).await;
        assert_eq!(report.checks, ["calls-end", "calls-accounted"]);
        report.breaches.into_iter().map(|breach| breach.invariant).collect()
    }

    async fn list(&self) -> TaskList {
        self.house.asker().ask(&ListTasks { limit: 10 }).await.unwrap()
    }

    async fn calls(&self) -> CallList {
        self.house.asker().ask(&GetCalls { case_id: case_id() }).await.unwrap()
    }

    async fn tables(&self) -> PgConnection {
        connect_to(&self.house.database, SERVICE).await
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.tables().await).await.unwrap();
    }
}

fn tell(envelope: &Envelope) -> String {
    let data = envelope.data.get();
    let kind = envelope.message_type.as_str();
    if kind == CallNotMade::CONTRACT.subject() {
        format!("not made: {:?}", CallNotMade::decode(1, data).unwrap().reason)
    } else if kind == TaskClaimed::CONTRACT.subject() {
        "claimed".to_owned()
    } else {
        assert_eq!(kind, CallClosed::CONTRACT.subject());
        "closed".to_owned()
    }
}

fn claimed() -> ClaimTaskAnswer {
    ClaimTaskAnswer::Claimed { case_id: case_id(), until: at(NOT_AFTER) }
}

fn closed() -> CloseTaskAnswer {
    CloseTaskAnswer::Closed { case_id: case_id() }
}

#[tokio::test]
async fn a_call_is_claimed_by_a_certified_caller_and_written_down() {
    let office = Office::with_callers(None).await;
    office.create().await;
    let list = office.list().await;
    let [task] = &list.tasks[..] else { panic!("{list:?}") };
    assert_eq!((task.task_id, task.claimed_by, list.total), (task_id(), None, 1));
    assert_eq!((task.case_id, task.not_after), (case_id(), at(NOT_AFTER)));

    let refused = |reason| ClaimTaskAnswer::Refused { reason };
    assert_eq!(office.claim(2, "a").await, refused(ClaimRefusal::NoCertificate));
    assert_eq!(office.claim(9, "b").await, refused(ClaimRefusal::NotACaller));
    let request = ClaimTask { task_id: task_id(), case_id: case_id() };
    let answer = office.house.asker().change(&request, "c").await.unwrap();
    assert_eq!(answer, refused(ClaimRefusal::NotACaller));
    let unknown = ClaimTask { task_id: CallTaskId::from_uuid(id(99)), case_id: case_id() };
    let answer = office.asker(1).change(&unknown, "d").await.unwrap();
    assert_eq!(answer, refused(ClaimRefusal::Unknown));
    assert_eq!(office.claim(1, "e").await, claimed());
    assert_eq!(office.claim(1, "f").await, claimed());
    assert_eq!(office.claim(3, "g").await, refused(ClaimRefusal::TakenByAnother));
    assert_eq!(office.told().await, ["claimed"]);
    assert_eq!(office.list().await.tasks.first().unwrap().claimed_by, Some(staff(1)));
    assert_eq!(office.breaches().await, [""; 0]);

    let request = promised(office.written(WORDS.as_bytes()).await);
    assert_eq!(office.close(1, &request, "h").await, closed());
    assert_eq!(office.told().await, ["claimed", "closed"]);
    let events = office.stream().await;
    let closing = events.last().unwrap();
    let told = CallClosed::decode(2, closing.data.get()).unwrap();
    assert_eq!((told.staff_id, told.promise), (staff(1), request.promise.clone()));
    assert_eq!((closing.subject, &closing.actor), (task_id().as_uuid(), &Actor::Staff(staff(1))));
    assert_eq!(office.list().await, TaskList { tasks: vec![], total: 0 });
    let calls = office.calls().await;
    let [call] = &calls.calls[..] else { panic!("{calls:?}") };
    assert_eq!((call.summary.as_str(), call.called_at), (WORDS, at(NOW)));
    assert_eq!((call.outcome, &call.promise), (CallOutcome::Promised, &request.promise));
    assert_eq!(office.breaches().await, [""; 0]);
    office.house.publish("withdraw", &withdrawal()).await;
    office.house.advance(at("2026-11-13T12:00:00Z")).await;
    assert_eq!(office.told().await, ["claimed", "closed"], "a closed call stays closed");
}

#[tokio::test]
async fn a_closing_is_refused_for_each_reason_and_the_call_stays_open() {
    type Change = fn(&mut CloseTask);
    let office = Office::with_callers(None).await;
    let summary = office.written(WORDS.as_bytes()).await;
    let refuses = async |number, request: &CloseTask, key: &str| {
        let answer = office.close(number, request, key).await;
        let CloseTaskAnswer::Refused { reason } = answer else { panic!("{answer:?}") };
        reason
    };
    assert_eq!(refuses(1, &promised(summary), "a").await, CloseRefusal::Unknown);
    office.create().await;
    assert_eq!(refuses(1, &promised(summary), "b").await, CloseRefusal::NotTakenByYou);
    assert_eq!(office.claim(1, "c").await, claimed());
    assert_eq!(refuses(3, &promised(summary), "d").await, CloseRefusal::NotTakenByYou);
    let empty = office.written(b" \n").await;
    assert_eq!(refuses(1, &promised(empty), "e").await, CloseRefusal::SummaryEmpty);
    let latest = day("2026-11-26");
    let changes: [(Change, CloseRefusal); 6] = [
        (|it| it.promise = None, CloseRefusal::PromiseAndOutcomeDiffer),
        (|it| it.outcome = CallOutcome::Reached, CloseRefusal::PromiseAndOutcomeDiffer),
        (|it| it.promise.as_mut().unwrap().amount = euros(0), CloseRefusal::PromiseOfNothing),
        (
            |it| it.promise.as_mut().unwrap().amount = euros(10_001),
            CloseRefusal::PromiseAboveOpen { open: euros(10_000) },
        ),
        (
            |it| it.promise.as_mut().unwrap().pay_by = day("2026-11-27"),
            CloseRefusal::PromiseTooLate { latest },
        ),
        (|it| it.reason = NonPaymentReason::Unreached, CloseRefusal::ReasonAndOutcomeDiffer),
    ];
    for (number, (change, reason)) in (0..).zip(changes) {
        let mut request = promised(summary);
        change(&mut request);
        assert_eq!(refuses(1, &request, &format!("f{number}")).await, reason);
    }
    // What is no summary at all has no answer of its own.
    let long = "x".repeat(4_001);
    let no_summaries = [
        (office.written(b"\xff\xfe no text in UTF-8").await, "is no text"),
        (office.written(long.as_bytes()).await, "longer than 4000 characters"),
        (office.written("x".repeat(50_000).as_bytes()).await, "longer than 4000 characters"),
        (ContentHash::from_digest([1; 32]), "put the summary there first"),
    ];
    for (number, (file, why)) in (0..).zip(no_summaries) {
        let asked = office.asker(1).change(&promised(file), &format!("g{number}")).await;
        match asked {
            Err(AskError::Refused { code: 400, reason, .. }) => assert!(reason.contains(why)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(office.told().await, ["claimed"]);
    assert_eq!(office.close(1, &promised(summary), "h").await, closed());
    assert_eq!(refuses(1, &promised(summary), "i").await, CloseRefusal::Over);
    let status: Status = office.operate(Operation::Status).await;
    assert_eq!(status.parked, 0);
}

#[tokio::test]
async fn the_business_clock_ends_what_nobody_made() {
    let office = Office::with_callers(None).await;
    office.create().await;
    office.house.advance(at("2026-11-12T18:59:59Z")).await;
    assert_eq!(office.told().await, [""; 0]);
    office.house.advance(at(NOT_AFTER)).await;
    eventually(SOON, "end", async || !office.told().await.is_empty()).await;
    assert_eq!(office.told().await, ["not made: PermitExpired"]);
    let reason = ClaimRefusal::Over;
    assert_eq!(office.claim(1, "a").await, ClaimTaskAnswer::Refused { reason });
    assert_eq!(office.list().await.total, 0);
    assert_eq!(office.breaches().await, [""; 0]);
}

#[tokio::test]
async fn a_call_that_was_taken_on_is_written_down_days_later() {
    let office = Office::with_callers(None).await;
    office.create().await;
    assert_eq!(office.claim(1, "a").await, claimed());
    office.house.advance(at(LATE)).await;
    assert_eq!(office.told().await, ["claimed"]);
    assert_eq!(office.list().await.tasks.first().unwrap().claimed_by, Some(staff(1)));
    assert_eq!(office.breaches().await, ["calls-end"], "somebody should ask the caller");
    let mut request = promised(office.written(WORDS.as_bytes()).await);
    request.called_at = Some(at("2026-11-12T11:00:00Z"));
    assert_eq!(office.close(1, &request, "b").await, closed());
    assert_eq!(office.told().await, ["claimed", "closed"]);
    let calls = office.calls().await.calls;
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((call.called_at, call.closed_at), (request.called_at.unwrap(), at(LATE)));
    assert_eq!(office.breaches().await, [""; 0]);
}

#[tokio::test]
async fn a_call_that_is_given_back_goes_to_the_next_caller_or_was_not_made() {
    let office = Office::with_callers(None).await;
    office.create().await;
    let release = async |asker: Asker, key: &str| {
        asker.change(&ReleaseTask { task_id: task_id() }, key).await.unwrap()
    };
    assert_eq!(office.claim(1, "a").await, claimed());
    let open = ReleaseTaskAnswer::Open { until: at(NOT_AFTER) };
    assert_eq!(release(office.asker(1), "b").await, open);
    assert_eq!(office.claim(3, "c").await, claimed());
    office.house.advance(at(LATE)).await;
    assert_eq!(release(office.house.asker(), "d").await, ReleaseTaskAnswer::NotMade);
    assert_eq!(office.told().await, ["claimed", "claimed", "not made: PermitExpired"]);
    assert_eq!(office.list().await.total, 0);
    assert_eq!(office.calls().await, CallList { calls: vec![] });
    assert_eq!(office.breaches().await, [""; 0]);
}

#[tokio::test]
async fn a_call_is_not_claimed_while_payments_may_be_unknown() {
    let office = Office::with_callers(None).await;
    let mut order = order();
    order.permit.payments_known_within_days = Some(0);
    office.house.publish("create", &order).await;
    office.house.rest().await;
    let until = Some(day("2026-11-11"));
    let reason = ClaimRefusal::PaymentsNotKnown { until, within_days: 0 };
    assert_eq!(office.claim(1, "a").await, ClaimTaskAnswer::Refused { reason });
    office.ledger.0.lock().unwrap().payments_known_until = Some(day("2026-11-12"));
    assert_eq!(office.claim(1, "b").await, claimed());
}

#[tokio::test]
async fn a_withdrawal_ends_a_call_that_nobody_has_whether_it_comes_before_or_after_it() {
    let office = Office::with_callers(None).await;
    office.house.publish("withdraw", &withdrawal()).await;
    office.house.rest().await;
    office.create().await;
    assert_eq!(office.told().await, ["not made: Withdrawn"]);
    office.stop().await;

    let office = Office::with_callers(None).await;
    office.create().await;
    office.house.publish("withdraw", &withdrawal()).await;
    assert_eq!(office.told().await, ["not made: Withdrawn"]);
    office.house.advance(at("2026-11-13T12:00:00Z")).await;
    assert_eq!(office.told().await, ["not made: Withdrawn"]);
    assert_eq!(office.breaches().await, [""; 0]);
}

#[tokio::test]
async fn a_call_waits_for_its_case() {
    let office = Office::open(None).await;
    office.house.publish("first", &caller(1, vec![dutch()])).await;
    office.create().await;
    let waiting: WaitingList = office.operate(Operation::ListWaiting).await;
    assert_eq!(waiting.waiting.len(), 1, "{waiting:?}");
    let reason = ClaimRefusal::Unknown;
    assert_eq!(office.claim(1, "a").await, ClaimTaskAnswer::Refused { reason });
    office.house.publish("case", &opened(Country::NL)).await;
    eventually(SOON, "task", async || office.list().await.total == 1).await;
    assert_eq!(office.claim(1, "b").await, claimed());
}

#[tokio::test]
async fn the_latest_news_of_a_certificate_counts() {
    let office = Office::with_callers(None).await;
    office.create().await;
    let ended = certificate(Country::NL, "2025-01-01", "2026-11-11");
    let tell = async |name: &str, news: &StaffRegistered, version| {
        use primitives::Clock;
        let mut told = envelope(name, news, SystemClock.wall_now());
        told.aggregateversion = version;
        office.house.publish_envelope(&told, name).await;
        office.house.rest().await;
    };
    tell("renewed", &caller(2, vec![ended.clone(), dutch()]), 5).await;
    tell("late", &caller(2, vec![ended.clone()]), 4).await;
    tell("ended", &caller(1, vec![ended]), 2).await;
    let reason = ClaimRefusal::CertificateEnded { on: day("2026-11-11") };
    assert_eq!(office.claim(1, "a").await, ClaimTaskAnswer::Refused { reason });
    assert_eq!(office.claim(2, "b").await, claimed());
}

#[tokio::test]
async fn what_comes_again_is_told_once_and_answered_the_same() {
    let office = Office::with_callers(None).await;
    let create = office.house.publish("create", &order()).await;
    office.house.rest().await;
    assert_eq!(office.claim(1, "a").await, claimed());
    assert_eq!(office.claim(1, "a").await, claimed());
    let request = promised(office.written(WORDS.as_bytes()).await);
    assert_eq!(office.close(1, &request, "b").await, closed());
    let told = office.stream().await;
    assert_eq!(office.close(1, &request, "b").await, closed());
    assert_eq!(office.claim(1, "a").await, claimed(), "as it was answered then");
    office.house.publish_envelope(&create, "again").await;
    office.house.publish("create under another id", &order()).await;
    office.house.publish("case under another id", &opened(Country::NL)).await;
    let ids = |told: &[Envelope]| -> Vec<_> {
        told.iter().filter(|it| it.message_type.starts_with(SERVICE)).map(|it| it.id).collect()
    };
    assert_eq!(ids(&office.stream().await), ids(&told));
    let mut other = request.clone();
    other.reason = NonPaymentReason::Carelessness;
    let reused = office.asker(1).change(&other, "b").await;
    assert!(matches!(reused, Err(AskError::Refused { code: 409, .. })), "{reused:?}");
    let status: Status = office.operate(Operation::Status).await;
    assert_eq!(status.parked, 0);
}

/// Whatever fails, each answer is the same, and each event comes once. What is heard of in the
/// beginning takes one batch to four; then come the task, the claim and the closing.
#[tokio::test]
async fn at_every_crash_point_a_call_is_told_once() {
    for plan in [
        "saved:1:error",
        "saved:2:error",
        "saved:4:error",
        "committed:2:error",
        "committed:3:error",
        "committed:4:error",
        "committed:5:error",
        "committed:6:error",
        "published:1:error",
        "published:2:error",
        "moved:1:error",
        "answered:1:error",
        "answered:2:error",
    ] {
        let office = Office::with_callers(Some(plan)).await;
        office.create().await;
        assert_eq!(office.claim(1, "a").await, claimed(), "{plan}");
        let request = promised(office.written(WORDS.as_bytes()).await);
        assert_eq!(office.close(1, &request, "b").await, closed(), "{plan}");
        // What a crash left unpublished may come after what followed: no order is promised.
        let mut told = office.told().await;
        told.sort();
        assert_eq!(told, ["claimed", "closed"], "{plan}");
        assert_eq!(office.calls().await.calls.len(), 1, "{plan}");
        assert_eq!(office.breaches().await, [""; 0], "{plan}");
        office.stop().await;
    }
}

/// What was said stands in one row, and nowhere else; that row may be emptied.
#[tokio::test]
async fn what_was_said_lies_in_one_row_and_may_be_erased() {
    let office = Office::with_callers(None).await;
    office.create().await;
    office.claim(1, "a").await;
    let request = promised(office.written(WORDS.as_bytes()).await);
    assert_eq!(office.close(1, &request, "b").await, closed());
    let mut kept = String::new();
    let mut tables = office.tables().await;
    let names = "select table_name::text from information_schema.tables
                 where table_schema = 'telephony_task' and table_name <> 'call_summary'";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut tables).await.unwrap();
    assert!(["outbox", "sent", "call_task"].iter().all(|it| names.iter().any(|name| name == it)));
    for name in names {
        let rows = format!("select row_to_json(t)::text from {name} t");
        for row in sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut tables).await.unwrap() {
            kept.push_str(row.get(0));
        }
    }
    for told in office.stream().await {
        kept.push_str(&serde_json::to_string(&told).unwrap());
    }
    assert!(kept.contains(&task_id().to_string()), "something is kept");
    for personal in ["Vandenberghe", "vrijdag", "loon"] {
        assert!(!kept.contains(personal), "{personal}");
    }
    office.execute("update call_summary set said = null, file = null, erased_at = now()").await;
    assert_eq!(office.breaches().await, [""; 0]);
    assert_eq!(office.calls().await.calls.first().unwrap().summary, "");
}

#[tokio::test]
async fn the_checks_find_what_is_missing() {
    let office = Office::with_callers(None).await;
    office.create().await;
    office.execute("delete from timer").await;
    assert_eq!(office.breaches().await, ["calls-end"]);
    office.house.advance(at("2026-11-12T20:00:01Z")).await;
    eventually(SOON, "both breaches", async || office.breaches().await == ["calls-end"; 2]).await;
    office.stop().await;

    let office = Office::with_callers(None).await;
    office.create().await;
    office.claim(1, "a").await;
    let request = promised(office.written(WORDS.as_bytes()).await);
    office.close(1, &request, "b").await;
    office.execute("update call_task set certificate_until = '2026-11-11'").await;
    assert_eq!(office.breaches().await, ["calls-accounted"]);
    office.execute("delete from call_summary").await;
    assert_eq!(office.breaches().await, ["calls-accounted"; 2]);
}
