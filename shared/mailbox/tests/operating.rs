//! What an operator relies on: what is kept is worked by filter and with reasons, tables stay
//! small, consumers come and go, and who stops finishes what he took.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests fail loudly, and take the place of an operator"
)]

mod reference;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{Info, PullConsumer};
use contracts::consumers::name;
use contracts::operations::{
    ListParked, ListUncertain, ListWaiting, Operation, ParkedAction, ParkedEvent, ParkedFilter,
    ParkedList, ParkedReason, ParkedState, Refill, Refilled, SettleParked, SettleUncertain,
    SettleWaiting, SettledAs, SettledParked, SettledUncertain, SettledWaiting, ShowParked,
    ShowParkedAnswer, Status, UncertainFilter, UncertainList, UncertainVerdict, WaitingAction,
    WaitingFilter, WaitingList, WaitingReason,
};
use contracts::registry::Slice;
use contracts::{Lane, Message};
use jiff::SignedDuration;
use mailbox::topology::{self, COMMANDS, EVENTS, StreamLimits};
use mailbox::{AskError, Asker, MIGRATIONS, Mailbox, MailboxSettings};
use primitives::{Actor, Clock, StaffId, Timestamp};
use reference::{
    Add, Bell, Bumped, Counted, Counter, OnOpened, Opened, SERVICE, SLICE, Seen, TABLES,
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use testkit::{House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_mins(1);
const COUNTER: Uuid = Uuid::from_u128(7);

/// Reads what the reference service tells.
const READER: &str = "reader";

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn schema(service: &'static str) -> Schema {
    Schema { service, migrations: None, tables: TABLES }
}

async fn house() -> House {
    House::new(&[schema(SERVICE)], &[SLICE], now()).await
}

fn settings() -> MailboxSettings {
    MailboxSettings {
        lease_ms: 1_000,
        sweep_ms: 100,
        waiting_retry_ms: 300,
        evidence_after_ms: 100,
        effect_retry_ms: 50,
        parked_per_minute_max: 1_000,
        ..MailboxSettings::default()
    }
}

async fn start(house: &House, mailbox: Mailbox) -> Resident {
    start_later(house, mailbox, settings(), 0).await
}

/// Starts a service of which the wall clock is ahead by so many days.
async fn start_later(
    house: &House,
    mailbox: Mailbox,
    settings: MailboxSettings,
    days: i64,
) -> Resident {
    let mut context = house.context(mailbox.service(), (), &[&MIGRATIONS]).await;
    context.clock = Arc::new(Ahead { clock: Arc::clone(&context.clock), days });
    let tasks = context.tasks.clone();
    mailbox.start(&context, settings).await.unwrap();
    house.resident(tasks)
}

#[derive(Debug)]
struct Ahead {
    clock: Arc<dyn Clock>,
    days: i64,
}

impl Clock for Ahead {
    fn business_now(&self) -> Timestamp {
        self.clock.business_now()
    }

    fn wall_now(&self) -> Timestamp {
        self.clock.wall_now() + SignedDuration::from_hours(24 * self.days)
    }
}

fn bump(trouble: Option<&str>) -> Bumped {
    Bumped {
        counter_id: COUNTER,
        amount: 1,
        ring: false,
        chime_in_s: None,
        trouble: trouble.map(str::to_owned),
    }
}

async fn operate<A: serde::de::DeserializeOwned>(
    house: &House,
    operation: Operation,
    body: &(impl serde::Serialize + Sync),
) -> A {
    house.asker().operate(SERVICE, operation, body).await.unwrap()
}

async fn status(house: &House) -> Status {
    operate(house, Operation::Status, &json!({})).await
}

/// The counter, as soon as it is there: batches are handled side by side.
async fn counter(house: &House) -> Counter {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let row = eventually(LIMIT, "the counter", async || {
        let row = sqlx::query("select * from counter where id = $1").bind(COUNTER);
        row.fetch_optional(&mut conn).await.unwrap()
    });
    Counter::read(&row.await).unwrap()
}

async fn count(conn: &mut PgConnection, of: &str) -> i64 {
    let count = format!("select count(*) from {of}");
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(conn).await.unwrap()
}

async fn consumer(house: &House, service: &str, stream: &str) -> Info {
    let context = async_nats::jetstream::new(house.nats.clone());
    let consumer: PullConsumer = context.get_consumer_from_stream(service, stream).await.unwrap();
    consumer.get_info().await.unwrap()
}

async fn provision(house: &House, slices: &[Slice]) {
    let context = async_nats::jetstream::new(house.nats.clone());
    let limits = StreamLimits { max_bytes: 64 * 1024 * 1024, ..StreamLimits::default() };
    topology::provision(&context, slices, limits, Timestamp::UNIX_EPOCH).await.unwrap();
}

async fn refill(house: &House) -> u64 {
    let since = Timestamp::now() - SignedDuration::from_mins(10);
    let refilled: Refilled = operate(house, Operation::Refill, &Refill { since }).await;
    refilled.message_count
}

async fn list(house: &House, which: ParkedFilter, settled: bool) -> ParkedList {
    operate(house, Operation::ListParked, &ListParked { which, settled, limit: 100 }).await
}

fn settle(which: ParkedFilter, action: ParkedAction, because: Option<&str>) -> SettleParked {
    let because = because.map(str::to_owned);
    SettleParked { which, action, because, limit: 100, after: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_messages_are_settled_by_filter_with_who_and_why() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder()))).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    for (number, trouble) in ["poison", "poison", "poison", "panic", "panic"].iter().enumerate() {
        house.publish(&format!("bad {number}"), &bump(Some(trouble))).await;
    }
    eventually(LIMIT, "five parked", async || status(&house).await.parked == 5).await;

    let stem = Some(Bumped::CONTRACT.stem());
    let poison = ParkedFilter { reason: Some(ParkedReason::Poison), ..ParkedFilter::default() };
    let ours = ParkedFilter { detail_has: Some("PANICKED".to_owned()), ..ParkedFilter::default() };
    for (which, fit) in [
        (ParkedFilter::default(), 5),
        (poison.clone(), 3),
        (ours.clone(), 2),
        (ParkedFilter { message_type: stem.clone(), ..ours.clone() }, 2),
        (ParkedFilter { message_type: Some(Bumped::CONTRACT.subject()), ..ours.clone() }, 2),
        (ParkedFilter { message_type: Some("outside.evt.bump".to_owned()), ..ours.clone() }, 0),
        (ParkedFilter { before: Some(Timestamp::UNIX_EPOCH), ..ours.clone() }, 0),
    ] {
        assert_eq!(list(&house, which.clone(), false).await.total, fit, "{which:?}");
    }

    // To discard takes a reason; it is done page by page.
    let asker = house.asker();
    let unsaid = settle(poison.clone(), ParkedAction::Discard, Some(" "));
    let refused = asker.operate::<_, SettledParked>(SERVICE, Operation::SettleParked, &unsaid);
    assert!(matches!(refused.await, Err(AskError::Refused { code: 400, .. })));
    let mut wish = settle(poison.clone(), ParkedAction::Discard, Some("known to be bad"));
    wish.limit = 2;
    let mut pages = Vec::new();
    loop {
        let page: SettledParked = operate(&house, Operation::SettleParked, &wish).await;
        pages.push(page.discarded);
        let Some(last) = page.last else { break };
        wish.after = Some(last);
    }
    assert_eq!(pages, [2, 1, 0]);
    assert_eq!(list(&house, ParkedFilter::default(), false).await.total, 2);

    // What fails again is not tried twice in one go, and is parked with its history.
    let staff = Actor::Staff(StaffId::from_uuid(Uuid::from_u128(3)));
    let mila = Asker::new(house.nats.clone(), LIMIT, staff.clone());
    let again = settle(ours, ParkedAction::Replay, Some("mended"));
    let again: SettledParked =
        mila.operate(SERVICE, Operation::SettleParked, &again).await.unwrap();
    assert_eq!((again.handled, again.parked_again), (0, 2));
    assert!(again.detail.unwrap().contains("panicked"));
    let open = list(&house, ParkedFilter::default(), false).await;
    let settled = list(&house, ParkedFilter::default(), true).await;
    assert_eq!((open.total, settled.total), (2, 3));
    assert!(settled.parked.iter().all(|one| one.state == ParkedState::Discarded));
    let told = async |list: &ParkedList| {
        let show = ShowParked { message_id: list.parked.first().unwrap().message_id };
        match operate(&house, Operation::ShowParked, &show).await {
            ShowParkedAnswer::Shown { history, .. } => history,
            ShowParkedAnswer::Unknown => panic!("it is kept"),
        }
    };
    let [ParkedEvent::Settled { action, by, because, .. }] = &told(&settled).await[..] else {
        panic!("it was discarded")
    };
    let known = Some("known to be bad");
    assert_eq!((action, by, because.as_deref()), (&SettledAs::Discarded, &Actor::Operator, known));
    let history = told(&open).await;
    let [ParkedEvent::Parked { .. }, ParkedEvent::Settled { action, by, because, .. }] =
        &history[..]
    else {
        panic!("{history:?}")
    };
    assert_eq!((action, by, because.as_deref()), (&SettledAs::Replayed, &staff, Some("mended")));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_on_what_waits_parks_it_with_the_reason() {
    let house = house().await;
    let slow = MailboxSettings { waiting_retry_ms: 3_600_000, ..settings() };
    let mailbox = reference::mailbox(Bell::at(house.folder()));
    let service = start_later(&house, mailbox, slow, 0).await;
    for number in 0..3 {
        house.publish(&format!("early {number}"), &bump(None)).await;
    }
    eventually(LIMIT, "three to wait", async || status(&house).await.waiting == 3).await;
    let early = WaitingFilter { reason: Some(WaitingReason::Early), ..WaitingFilter::default() };
    for (which, fit) in [
        (early.clone(), 3),
        (WaitingFilter { detail_has: Some("Not Open".to_owned()), ..early.clone() }, 3),
        (WaitingFilter { message_type: Some(Opened::CONTRACT.stem()), ..early.clone() }, 0),
        (WaitingFilter { before: Some(Timestamp::UNIX_EPOCH), ..early.clone() }, 0),
    ] {
        let listed = ListWaiting { which: which.clone(), limit: 1 };
        let listed: WaitingList = operate(&house, Operation::ListWaiting, &listed).await;
        assert_eq!(listed.total, fit, "{which:?}");
    }
    let wish = |action, because: Option<&str>| SettleWaiting {
        which: early.clone(),
        action,
        because: because.map(str::to_owned),
        limit: 100,
        after: None,
    };
    let tried: SettledWaiting =
        operate(&house, Operation::SettleWaiting, &wish(WaitingAction::TryNow, None)).await;
    assert_eq!((tried.handled, tried.waiting, tried.parked), (0, 3, 0));

    let asker = house.asker();
    let unsaid = wish(WaitingAction::GiveUp, None);
    let refused = asker.operate::<_, SettledWaiting>(SERVICE, Operation::SettleWaiting, &unsaid);
    assert!(matches!(refused.await, Err(AskError::Refused { code: 400, .. })));
    let lost = wish(WaitingAction::GiveUp, Some("its case was never opened"));
    let gone: SettledWaiting = operate(&house, Operation::SettleWaiting, &lost).await;
    assert_eq!(gone.given_up, 3);
    let now = status(&house).await;
    assert_eq!((now.waiting, now.parked), (0, 3));
    let which = ParkedFilter { reason: Some(ParkedReason::GivenUp), ..ParkedFilter::default() };
    let parked = list(&house, which.clone(), false).await;
    assert!(parked.parked.iter().all(|one| one.detail == "the counter is not open yet"));

    // Nothing is lost: what was given up can be taken up again.
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    assert_eq!(counter(&house).await.total, 0);
    let replay = settle(which, ParkedAction::Replay, None);
    let replayed: SettledParked = operate(&house, Operation::SettleParked, &replay).await;
    assert_eq!(replayed.handled, 3);
    assert_eq!(counter(&house).await.total, 3);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uncertain_acts_are_settled_by_filter_with_the_reason_kept() {
    let house = house().await;
    let bell = Bell { witness: false, deaf: true, ..Bell::at(house.folder()) };
    let service = start(&house, reference::mailbox(bell.clone())).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..3 {
        house.publish(&format!("ring {number}"), &Bumped { ring: true, ..bump(None) }).await;
    }
    eventually(LIMIT, "three uncertain acts", async || counter(&house).await.unknown == 3).await;
    let ring =
        |kind: &str| UncertainFilter { kind: Some(kind.to_owned()), ..UncertainFilter::default() };
    for (kind, fit) in [("ring", 3), ("sing", 0)] {
        let listed = ListUncertain { which: ring(kind), limit: 1 };
        let listed: UncertainList = operate(&house, Operation::ListUncertain, &listed).await;
        assert_eq!(listed.total, fit, "{kind}");
    }
    let mut wish = SettleUncertain {
        which: ring("ring"),
        verdict: UncertainVerdict::Happened,
        because: String::new(),
        limit: 2,
    };
    let asker = house.asker();
    let refused = asker.operate::<_, SettledUncertain>(SERVICE, Operation::SettleUncertain, &wish);
    assert!(matches!(refused.await, Err(AskError::Refused { code: 400, .. })));
    wish.because = "the whole street heard it".to_owned();
    let mut pages = Vec::new();
    while pages.last() != Some(&0) {
        let page: SettledUncertain = operate(&house, Operation::SettleUncertain, &wish).await;
        pages.push(page.settled);
    }
    assert_eq!(pages, [2, 1, 0]);
    house.rest().await;
    assert_eq!((counter(&house).await.rung, bell.rings().len()), (3, 3));
    let mut conn = connect_to(&house.database, SERVICE).await;
    let rows = "select history -> 0 from effect";
    let notes: Vec<Value> = sqlx::query_scalar(rows).fetch_all(&mut conn).await.unwrap();
    assert_eq!(notes.len(), 3);
    for note in notes {
        let of = |key: &str| note.get(key).and_then(Value::as_str).unwrap().to_owned();
        assert_eq!(of("action"), "happened");
        assert_eq!((of("by"), of("because")), ("operator".to_owned(), wish.because.clone()));
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_stay_small_since_what_is_behind_the_horizon_is_forgotten() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, reference::mailbox(bell.clone())).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..10 {
        house.publish(&format!("ring {number}"), &Bumped { ring: true, ..bump(None) }).await;
    }
    for number in 0..2 {
        house.publish(&format!("bad {number}"), &bump(Some("poison"))).await;
    }
    house.asker().change(&Add { counter_id: COUNTER, amount: 1 }, "once").await.unwrap();
    eventually(LIMIT, "two parked", async || status(&house).await.parked == 2).await;
    house.rest().await;
    let one = list(&house, ParkedFilter::default(), false).await.parked.pop().unwrap();
    let which = ParkedFilter { message_id: Some(one.message_id), ..ParkedFilter::default() };
    let discard = settle(which, ParkedAction::Discard, Some("known to be bad"));
    let _: SettledParked = operate(&house, Operation::SettleParked, &discard).await;
    service.stop().await;

    let mut conn = connect_to(&house.database, SERVICE).await;
    let mut counts = async || {
        let mut counts = Vec::new();
        for table in ["inbox", "sent", "effect", "request", "parked"] {
            counts.push(count(&mut conn, table).await);
        }
        counts
    };
    let before = counts().await;
    // Of the bumps and the request: an event each, which comes back, and of the bumps a command.
    assert_eq!(before, [1 + 10 + 2 + 10, 10 + 1 + 10, 10, 1, 2]);
    for (days, left) in [(13, before.clone()), (16, vec![0, 0, 0, 0, 2]), (92, vec![0, 0, 0, 0, 1])]
    {
        let mailbox = reference::mailbox(bell.clone());
        start_later(&house, mailbox, settings(), days).await.stop().await;
        assert_eq!(counts().await, left, "after {days} days");
    }
    let mut conn = connect_to(&house.database, SERVICE).await;
    let partitions = "pg_inherits where inhparent in ('inbox'::regclass, 'sent'::regclass)";
    assert_eq!(count(&mut conn, partitions).await, 2 * (14 + 1 + 2), "one for each day");
    assert_eq!(count(&mut conn, "parked where state = 'open'").await, 1, "nobody settled it");
    assert_eq!(counter(&house).await.total, 11, "nothing was handled again");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_under_load_hands_over_nothing_that_he_took() {
    const BUMPS: i64 = 3_000;
    let house = house().await;
    let settings = || MailboxSettings { batch_max: 25, ..settings() };
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..BUMPS {
        house.publish(&format!("bump {number}"), &bump(None)).await;
    }
    let mut conn = connect_to(&house.database, SERVICE).await;
    let mut stopped_under_way = 0;
    for round in 1.. {
        let mailbox = reference::mailbox(Bell::at(house.folder()));
        let service = start_later(&house, mailbox, settings(), 0).await;
        if round <= 3 {
            let some = round * 300;
            eventually(LIMIT, "some to be handled", async || {
                count(&mut conn, "inbox").await > some
            })
            .await;
            assert!(service.stop().await, "it stops in order");
            let events = consumer(&house, SERVICE, EVENTS).await;
            stopped_under_way += i64::from(events.num_pending > 0);
            for planned in SLICE.consumers() {
                eventually(LIMIT, "end of what was taken", async || {
                    consumer(&house, &planned.name(), planned.stream).await.num_ack_pending == 0
                })
                .await;
            }
            assert_eq!(count(&mut conn, "outbox").await, 0, "all that is committed is out");
        } else {
            house.rest().await;
            assert!(service.stop().await);
            break;
        }
    }
    assert!(stopped_under_way > 0, "there was something left to hand over");
    assert_eq!((counter(&house).await.total, counter(&house).await.pokes), (BUMPS, BUMPS));
    let urgent = name(SERVICE, Lane::Urgent);
    for (name, stream, messages) in
        [(SERVICE, EVENTS, 1 + 2 * BUMPS), (&urgent, EVENTS, 0), (SERVICE, COMMANDS, BUMPS)]
    {
        let delivered = consumer(&house, name, stream).await.delivered.consumer_sequence;
        assert_eq!(i64::try_from(delivered).unwrap(), messages, "{stream}: each came once");
    }
}

/// The reader at its first release, and at the next one.
const READER_BEFORE: Slice =
    Slice { service: READER, consumes: &[Opened::CONTRACT], commands: &[], requests: &[] };
const READER_NOW: Slice = Slice {
    service: READER,
    consumes: &[Opened::CONTRACT, Counted::CONTRACT],
    commands: &[],
    requests: &[],
};

fn reader() -> Mailbox {
    Mailbox::of(READER).handle::<OnOpened>().project::<Seen>()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_to_read_an_event_gets_what_was_sent_by_a_refill_and_may_rebuild_so() {
    let house = House::new(&[schema(SERVICE), schema(READER)], &[SLICE], now()).await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder()))).await;
    provision(&house, &[SLICE, READER_BEFORE]).await;
    let before = start(&house, Mailbox::of(READER).handle::<OnOpened>()).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..3 {
        house.publish(&format!("bump {number}"), &bump(None)).await;
    }
    house.rest().await;
    let mut conn = connect_to(&house.database, READER).await;
    eventually(LIMIT, "the opening", async || count(&mut conn, "counter where open").await == 1)
        .await;
    before.stop().await;

    // From the next release on it reads one event more: for certain what is sent from now on, and
    // of what was sent before whatever the broker had not passed over for it yet.
    provision(&house, &[SLICE, READER_NOW]).await;
    let reading = start(&house, reader()).await;
    let told = async || {
        let events = house.stream(EVENTS).await.into_iter();
        events
            .filter(|event| event.message_type == Counted::CONTRACT.subject())
            .map(|event| event.id.as_uuid())
            .collect::<Vec<_>>()
    };
    let earlier = told().await;
    house.publish("bump 3", &bump(None)).await;
    let new = eventually(LIMIT, "a new event", async || {
        told().await.into_iter().find(|event| !earlier.contains(event))
    })
    .await;
    let new = format!("seen where message_id = '{new}'");
    eventually(LIMIT, "what is sent from now on", async || count(&mut conn, &new).await == 1).await;

    // What was sent before comes with a refill; the broker drops it while it remembers the id.
    let all = async |conn: &mut PgConnection| {
        eventually(LIMIT, "all that was sent", async || {
            assert_eq!(refill(&house).await, 2 * 4, "events and commands");
            count(conn, "seen").await == 4
        })
        .await;
    };
    house.rest().await;
    forget_ids(&house).await;
    all(&mut conn).await;
    // A read model that was emptied is rebuilt in the same way.
    let seen = "select array_agg(message_id order by message_id) from seen";
    let seen = async |conn: &mut PgConnection| -> Vec<Uuid> {
        sqlx::query_scalar(seen).fetch_one(conn).await.unwrap()
    };
    let rows = seen(&mut conn).await;
    raw_sql("truncate seen").execute(&mut conn).await.unwrap();
    all(&mut conn).await;
    assert_eq!(seen(&mut conn).await, rows);
    house.rest().await;
    assert_eq!(counter(&house).await.pokes, 4, "whoever handled it handles nothing again");
    reading.stop().await;
    service.stop().await;
}

/// Has the broker forget the ids of messages at once, as it does by itself after two minutes.
async fn forget_ids(house: &House) {
    let context = async_nats::jetstream::new(house.nats.clone());
    for name in [EVENTS, COMMANDS] {
        let mut config = context.get_stream(name).await.unwrap().cached_info().config.clone();
        config.duplicate_window = Duration::from_millis(100);
        context.update_stream(config).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_was_made_anew_brings_everything_again_and_nothing_is_handled_twice() {
    let house = house().await;
    let mailbox = || reference::mailbox(Bell::at(house.folder()));
    let service = start(&house, mailbox()).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..20 {
        house.publish(&format!("bump {number}"), &bump(None)).await;
    }
    house.rest().await;
    let handled = counter(&house).await;
    service.stop().await;
    let context = async_nats::jetstream::new(house.nats.clone());
    let events = context.get_stream(EVENTS).await.unwrap();
    // The inbox remembers what is younger than the horizon; what is older is parked, not handled.
    for (days, parked) in [(0, 0), (20, 1 + 20)] {
        events.delete_consumer(SERVICE).await.unwrap();
        house.provision().await;
        let service = start_later(&house, mailbox(), settings(), days).await;
        eventually(LIMIT, "everything again", async || {
            let info = consumer(&house, SERVICE, EVENTS).await;
            info.delivered.consumer_sequence == 1 + 2 * 20 && info.num_ack_pending == 0
        })
        .await;
        house.rest().await;
        assert_eq!(counter(&house).await, handled, "after {days} days");
        let stale = ParkedFilter { reason: Some(ParkedReason::Stale), ..ParkedFilter::default() };
        // The event that a projection alone takes is taken, however old it is.
        assert_eq!(list(&house, stale, false).await.total, parked, "after {days} days");
        service.stop().await;
    }
}

/// A service under its former name, and under its new one.
const FORMER: Slice =
    Slice { service: "former", consumes: &[Opened::CONTRACT], commands: &[], requests: &[] };
const RENAMED: Slice = Slice { service: "renamed", ..FORMER };

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_service_takes_its_inbox_along() {
    let house = House::new(&[schema("former")], &[FORMER], now()).await;
    let service = start(&house, Mailbox::of("former").handle::<OnOpened>()).await;
    for number in 0..5 {
        let counter_id = Uuid::from_u128(number);
        house.publish(&format!("open {number}"), &Opened { counter_id }).await;
    }
    house.rest().await;
    service.stop().await;

    // As the README says: the schema and its functions get the new name, the consumer is new.
    let mut conn = connect_to(&house.database, "former").await;
    let rename = "alter schema former rename to renamed;
        alter function renamed.maintain_partitions(date, integer) set search_path = renamed;
        alter function renamed.move_to_sent set search_path = renamed;
        alter function renamed.notice_broker set search_path = renamed;
        update renamed.counter set open = false";
    raw_sql(rename).execute(&mut conn).await.unwrap();
    provision(&house, &[RENAMED]).await;
    let context = async_nats::jetstream::new(house.nats.clone());
    let gone = topology::prune(&context, &[RENAMED]).await.unwrap();
    assert!(matches!(&gone[..], [gone] if gone.service == "former" && gone.pending == 0));

    let tomorrow = 1;
    let mailbox = Mailbox::of("renamed").handle::<OnOpened>();
    let service = start_later(&house, mailbox, settings(), tomorrow).await;
    let counter_id = Uuid::from_u128(100);
    house.publish("open another", &Opened { counter_id }).await;
    eventually(LIMIT, "everything again", async || {
        let info = consumer(&house, "renamed", EVENTS).await;
        info.delivered.consumer_sequence == 6 && info.num_ack_pending == 0
    })
    .await;
    let mut conn = connect_to(&house.database, "renamed").await;
    assert_eq!(count(&mut conn, "counter where open").await, 1, "the others were handled before");
    service.stop().await;
}

/// A service that takes commands, as long as it is there.
const REMOVED: Slice =
    Slice { service: SERVICE, consumes: SLICE.consumes, commands: &[], requests: &[] };
const STAYS: Slice =
    Slice { service: "stays", consumes: &[Opened::CONTRACT], commands: &[], requests: &[] };

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_service_leaves_a_consumer_that_is_listed_until_it_is_pruned() {
    let house = House::new(&[], &[REMOVED, STAYS], now()).await;
    let context = async_nats::jetstream::new(house.nats.clone());
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..3 {
        house.publish(&format!("poke {number}"), &reference::Poke { counter_id: COUNTER }).await;
    }
    let strays = async |slices: &[Slice]| {
        let readers = topology::readers(&context, slices).await.unwrap();
        let strays = readers.into_iter().filter(|reader| reader.is_stray);
        strays.map(|it| (it.stream, it.service, it.lane, it.pending)).collect::<Vec<_>>()
    };
    assert_eq!(strays(&[REMOVED, STAYS]).await, []);
    // The next release does without it: nothing is removed by itself.
    provision(&house, &[STAYS]).await;
    let service = || SERVICE.to_owned();
    let left = [
        (COMMANDS, service(), Lane::Usual, 3),
        (EVENTS, service(), Lane::Usual, 1),
        (EVENTS, service(), Lane::Urgent, 0),
    ];
    assert_eq!(strays(&[STAYS]).await, left);
    let gone = topology::prune(&context, &[STAYS]).await.unwrap();
    assert_eq!(gone.len(), 3);
    assert_eq!(strays(&[STAYS]).await, []);
    let kept =
        async |stream| context.get_stream(stream).await.unwrap().cached_info().state.messages;
    assert_eq!(kept(COMMANDS).await, 0, "commands that nobody takes");
    assert_eq!(kept(EVENTS).await, 1, "events are everybody's");
    assert_eq!(consumer(&house, "stays", EVENTS).await.num_pending, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_urgent_does_not_wait_behind_masses_that_stand_still() {
    const MASSES: i64 = 3_000;
    let house = House::new(&[schema(SERVICE)], &[SLICE], now()).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for number in 0..MASSES {
        house.publish(&format!("bump {number}"), &bump(None)).await;
    }
    let other = Uuid::from_u128(8);
    let mut conn = connect_to(&house.database, SERVICE).await;
    for counter_id in [COUNTER, other] {
        let insert = "insert into counter (id, open) values ($1, true)";
        sqlx::query(insert).bind(counter_id).execute(&mut conn).await.unwrap();
    }
    // Nobody gets on with the masses while this row is locked.
    let mut locking = connect_to(&house.database, SERVICE).await;
    let mut lock = locking.begin().await.unwrap();
    let locked = sqlx::query("select from counter where id = $1 for update").bind(COUNTER);
    locked.execute(&mut *lock).await.unwrap();
    let mailbox = reference::mailbox(Bell::at(house.folder()));
    // More of them than there are connections.
    let settings = MailboxSettings { workers: 16, batch_max: 100, ..settings() };
    let service = start_later(&house, mailbox, settings, 0).await;
    eventually(LIMIT, "everybody busy with the masses", async || {
        consumer(&house, SERVICE, EVENTS).await.num_ack_pending >= 1_600
    })
    .await;

    house.publish("shut the other", &reference::Shut { counter_id: other }).await;
    // Sooner than the others give up their connections.
    let soon = Duration::from_secs(5);
    eventually(soon, "the urgent one", async || count(&mut conn, "counter where open").await == 1)
        .await;
    let usual = consumer(&house, SERVICE, EVENTS).await;
    let left = usual.num_pending + u64::try_from(usual.num_ack_pending).unwrap();
    let all = 1 + MASSES + 1;
    assert_eq!(i64::try_from(left).unwrap(), all, "and of the masses nothing was done yet");

    lock.rollback().await.unwrap();
    house.rest().await;
    assert_eq!(counter(&house).await.total, MASSES);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_batch_has_in_hand_holds_up_nothing_beside_it() {
    let house = House::new(&[schema(SERVICE)], &[SLICE], now()).await;
    let other = Uuid::from_u128(8);
    let mut conn = connect_to(&house.database, SERVICE).await;
    for counter_id in [COUNTER, other] {
        let insert = "insert into counter (id, open) values ($1, true)";
        sqlx::query(insert).bind(counter_id).execute(&mut conn).await.unwrap();
    }
    let mut locking = connect_to(&house.database, SERVICE).await;
    let mut lock = locking.begin().await.unwrap();
    let locked = sqlx::query("select from counter where id = $1 for update").bind(COUNTER);
    locked.execute(&mut *lock).await.unwrap();
    house.publish("first", &bump(None)).await;
    let mailbox = reference::mailbox(Bell::at(house.folder()));
    // What is published together comes in one batch.
    let settings = MailboxSettings { workers: 3, batch_fill_ms: 500, ..settings() };
    let service = start_later(&house, mailbox, settings, 0).await;
    let waiting =
        "pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    eventually(LIMIT, "the first batch waits", async || count(&mut conn, waiting).await == 1).await;

    house.publish("second", &bump(None)).await;
    house.publish("beside it", &Bumped { counter_id: other, ..bump(None) }).await;
    let total = "counter where total = 1";
    eventually(LIMIT, "the one beside it", async || count(&mut conn, total).await == 1).await;
    assert_eq!(counter(&house).await.total, 0, "the row is locked still");

    lock.rollback().await.unwrap();
    house.rest().await;
    assert_eq!(counter(&house).await.total, 2);
    service.stop().await;
}
