//! What the mailbox keeps for later and for people: what waits, what is parked, what is uncertain,
//! timers, read models.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests fail loudly, and take the place of an operator"
)]

mod reference;

use contracts::operations::{
    ListParked, ListUncertain, ListWaiting, Operation, ParkedAction, ParkedFilter, ParkedList,
    ParkedReason, SettleParked, SettleUncertain, SettledParked, SettledUncertain, ShowParked,
    ShowParkedAnswer, Status, UncertainFilter, UncertainList, UncertainVerdict, WaitingFilter,
    WaitingList, WaitingReason,
};
use contracts::{Envelope, Message};
use jiff::SignedDuration;
use mailbox::{MIGRATIONS, Mailbox, MailboxSettings, Projection, StartError};
use primitives::{MessageId, Timestamp};
use reference::{Bell, Bumped, Counter, OnOpened, Opened, Read, SERVICE, SLICE, Seen, TABLES};
use serde_json::json;
use sqlx::PgConnection;
use testkit::{House, Resident, Schema, connect_to, envelope, eventually};
use uuid::Uuid;

const LIMIT: std::time::Duration = std::time::Duration::from_mins(1);
const COUNTER: Uuid = Uuid::from_u128(7);

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

async fn house() -> House {
    let schema = Schema { service: SERVICE, migrations: None, tables: TABLES };
    House::new(&[schema], &[SLICE], now()).await
}

async fn start(house: &House, mailbox: Mailbox, parked_max: u64) -> Resident {
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    let settings = MailboxSettings {
        lease_ms: 1_000,
        sweep_ms: 100,
        waiting_retry_ms: 300,
        evidence_after_ms: 100,
        effect_retry_ms: 50,
        parked_per_minute_max: parked_max,
        ..MailboxSettings::default()
    };
    mailbox.start(&context, settings).await.unwrap();
    house.resident(tasks)
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

/// The counter, as soon as it is there: batches are handled side by side.
async fn counter(house: &House) -> Counter {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let row = eventually(LIMIT, "the counter", async || {
        let row = sqlx::query("select * from counter where id = $1").bind(COUNTER);
        row.fetch_optional(&mut conn).await.unwrap()
    });
    Counter::read(&row.await).unwrap()
}

async fn status(house: &House) -> Status {
    house.asker().operate(SERVICE, Operation::Status, &json!({})).await.unwrap()
}

async fn parked(house: &House) -> ParkedList {
    let request = ListParked { which: ParkedFilter::default(), settled: false, limit: 100 };
    house.asker().operate(SERVICE, Operation::ListParked, &request).await.unwrap()
}

async fn settle(house: &House, message_id: MessageId, action: ParkedAction) -> SettledParked {
    let which = ParkedFilter { message_id: Some(message_id), ..ParkedFilter::default() };
    let because = Some("as the test wants it".to_owned());
    let request = SettleParked { which, action, because, limit: 1, after: None };
    house.asker().operate(SERVICE, Operation::SettleParked, &request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_too_early_waits_for_what_it_is_about() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("early", &bump(None)).await;
    eventually(LIMIT, "waiting message", async || status(&house).await.waiting == 1).await;
    let request = ListWaiting { which: WaitingFilter::default(), limit: 10 };
    let list: WaitingList =
        house.asker().operate(SERVICE, Operation::ListWaiting, &request).await.unwrap();
    assert!(matches!(list.waiting[..], [ref one] if one.reason == WaitingReason::Early));
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    eventually(LIMIT, "end of the wait", async || status(&house).await.waiting == 0).await;
    assert_eq!(counter(&house).await.total, 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_waits_and_is_not_lost() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    let mut newer = envelope("newer", &bump(None), Timestamp::now());
    newer.message_type = format!("{}.v2", Bumped::CONTRACT.stem());
    house.publish_envelope(&newer, "newer").await;
    eventually(LIMIT, "waiting message", async || status(&house).await.waiting == 1).await;
    assert_eq!(status(&house).await.parked, 0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_next_release_takes_waits_for_it() {
    let house = house().await;
    let before = start(&house, Mailbox::of(SERVICE).handle::<OnOpened>(), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("bump", &bump(None)).await;
    eventually(LIMIT, "waiting message", async || status(&house).await.waiting == 1).await;
    assert_eq!(status(&house).await.parked, 0);
    let next = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    eventually(LIMIT, "end of the wait", async || status(&house).await.waiting == 0).await;
    assert_eq!(counter(&house).await.total, 1);
    before.stop().await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_messages_are_parked_whole_and_their_neighbours_are_handled() {
    let house = house().await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    for (number, trouble) in
        [None, Some("poison"), None, Some("panic"), None, Some("unsavable"), None]
            .into_iter()
            .enumerate()
    {
        house.publish(&format!("bump {number}"), &bump(trouble)).await;
    }
    let mut foreign = envelope("foreign", &bump(None), Timestamp::now());
    foreign.message_type = Opened::CONTRACT.subject();
    let foreign = serde_json::to_vec(&foreign).unwrap();
    let context = async_nats::jetstream::new(house.nats.clone());
    for junk in [b"no envelope".to_vec(), foreign] {
        let published = context.publish("outside.evt.bumped.v1", junk.into()).await.unwrap();
        published.await.unwrap();
    }
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 100).await;
    eventually(LIMIT, "four good bumps", async || {
        let rows = status(&house).await;
        rows.parked == 5 && counter(&house).await.total == 4
    })
    .await;
    let list = parked(&house).await;
    let count = |reason| list.parked.iter().filter(|one| one.reason == reason).count();
    assert_eq!((count(ParkedReason::Poison), count(ParkedReason::Bug)), (3, 2));

    // A replay tries again; what is still bad is parked again, with its history.
    let bug = list.parked.iter().find(|one| one.detail.contains("panicked")).unwrap();
    let again = settle(&house, bug.message_id, ParkedAction::Replay).await;
    assert_eq!((again.handled, again.parked_again), (0, 1), "{again:?}");
    let show = ShowParked { message_id: bug.message_id };
    let shown = house.asker().operate(SERVICE, Operation::ShowParked, &show).await.unwrap();
    assert!(
        matches!(shown, ShowParkedAnswer::Shown { ref envelope, .. }
        if envelope.contains("\"trouble\":\"panic\"")),
        "{shown:?}"
    );
    let gone = settle(&house, bug.message_id, ParkedAction::Discard).await;
    assert_eq!(gone.discarded, 1);
    assert_eq!(parked(&house).await.total, 4);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_release_stops_its_consumer_until_what_it_parked_is_settled() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 3).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    service.stop().await;
    for number in 0..60 {
        house.publish(&format!("bad {number}"), &bump(Some("panic"))).await;
    }
    // All of them fit into one batch.
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 3).await;
    let stops = async || {
        // What was in hand when it stopped is finished.
        eventually(LIMIT, "a stop", async || {
            let status = status(&house).await;
            status.stopped_sources == ["events"] && status.in_flight == 0
        })
        .await;
        parked(&house).await.parked
    };
    let first = stops().await;
    assert!((4..30).contains(&first.len()), "{} were parked", first.len());
    // What is urgent goes on, since it has nothing to do with it.
    let other = reference::Shut { counter_id: Uuid::from_u128(8) };
    house.publish("shut another", &other).await;
    let mut conn = connect_to(&house.database, SERVICE).await;
    eventually(LIMIT, "the urgent one", async || {
        let shut = sqlx::query("select from counter where not open");
        shut.fetch_optional(&mut conn).await.unwrap().is_some()
    })
    .await;

    // Another replica, and one that starts later, stand still too.
    service.stop().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 3).await;
    settle(&house, first[0].message_id, ParkedAction::Replay).await;
    settle(&house, first[1].message_id, ParkedAction::Discard).await;
    let after = status(&house).await;
    assert_eq!(after.stopped_sources, ["events"], "the others are not settled");
    assert_eq!(after.parked, u64::try_from(first.len()).unwrap() - 1);
    for message in &first {
        settle(&house, message.message_id, ParkedAction::Discard).await;
    }
    let known: Vec<_> = first.iter().map(|message| message.message_id).collect();
    let second = eventually(LIMIT, "more to be taken in", async || {
        let parked = parked(&house).await.parked;
        (!parked.is_empty()).then_some(parked)
    })
    .await;
    assert!(second.iter().all(|message| !known.contains(&message.message_id)));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_in_a_way_that_may_pass_is_tried_again() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("retry", &bump(Some("retry"))).await;
    let request = ListWaiting { which: WaitingFilter::default(), limit: 10 };
    eventually(LIMIT, "waiting message", async || {
        let list: WaitingList =
            house.asker().operate(SERVICE, Operation::ListWaiting, &request).await.unwrap();
        matches!(list.waiting[..], [ref one] if one.reason == WaitingReason::Retry)
    })
    .await;
    house.publish("poke", &reference::Poke { counter_id: COUNTER }).await;
    eventually(LIMIT, "end of the wait", async || status(&house).await.waiting == 0).await;
    assert_eq!(counter(&house).await.total, 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_handlers_of_one_message_do_not_start() {
    let house = house().await;
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let mailbox = reference::mailbox(Bell::at(house.folder())).handle::<reference::OnOpened>();
    let refused = mailbox.start(&context, MailboxSettings::default()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "outside.evt.opened has two handlers, or two projections: list one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_before_the_horizon_is_handled_only_where_a_person_means_it() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    let long_ago = Timestamp::now() - SignedDuration::from_hours(24 * 30);
    let stale = envelope("stale", &bump(None), long_ago);
    house.publish_envelope(&stale, "stale").await;
    eventually(LIMIT, "parked message", async || status(&house).await.parked == 1).await;
    assert!(matches!(parked(&house).await.parked[..],
        [ref one] if one.reason == ParkedReason::Stale));
    let replay = async |which: ParkedFilter| {
        let (action, because, limit, after) = (ParkedAction::Replay, None, 10, None);
        let settle = SettleParked { which, action, because, limit, after };
        let settled: SettledParked =
            house.asker().operate(SERVICE, Operation::SettleParked, &settle).await.unwrap();
        (settled.handled, counter(&house).await.total)
    };
    assert_eq!(replay(ParkedFilter::default()).await, (0, 0), "all others, if there were any");
    let stale = ParkedFilter { reason: Some(ParkedReason::Stale), ..ParkedFilter::default() };
    assert_eq!(replay(stale).await, (1, 1));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uncertain_act_is_listed_until_somebody_settles_it() {
    let house = house().await;
    let bell = Bell { witness: false, deaf: true, ..Bell::at(house.folder()) };
    let service = start(&house, reference::mailbox(bell.clone()), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("ring", &Bumped { ring: true, ..bump(None) }).await;
    let request = ListUncertain { which: UncertainFilter::default(), limit: 10 };
    let list = eventually(LIMIT, "uncertain act", async || {
        let list: UncertainList =
            house.asker().operate(SERVICE, Operation::ListUncertain, &request).await.unwrap();
        (list.uncertain.len() == 1 && counter(&house).await.unknown == 1).then_some(list)
    })
    .await;
    let effect_id = list.uncertain[0].effect_id;
    let settle = SettleUncertain {
        which: UncertainFilter { effect_id: Some(effect_id), ..UncertainFilter::default() },
        verdict: UncertainVerdict::Happened,
        because: "the neighbour heard it".to_owned(),
        limit: 1,
    };
    let settled = async |settle| -> u64 {
        let settled: SettledUncertain =
            house.asker().operate(SERVICE, Operation::SettleUncertain, settle).await.unwrap();
        settled.settled
    };
    assert_eq!(settled(&settle).await, 1);
    assert_eq!(settled(&settle).await, 0, "it is not uncertain any more");
    house.rest().await;
    assert_eq!(counter(&house).await.rung, 1);
    assert_eq!(bell.rings().len(), 1, "the machine never rings it again");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_may_outlast_its_lease_and_one_that_lost_it_is_not_gone_on_with() {
    let house = house().await;
    // Three leases long.
    let bell = Bell { pull: std::time::Duration::from_secs(3), ..Bell::at(house.folder()) };
    let service = start(&house, reference::mailbox(bell.clone()), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("ring", &Bumped { ring: true, ..bump(None) }).await;
    eventually(LIMIT, "a ring", async || counter(&house).await.rung == 1).await;
    assert_eq!(attempts(&house).await, [1], "the lease was renewed");

    house.publish("ring again", &Bumped { ring: true, ..bump(None) }).await;
    // As another replica does with an act whose lease it found to be over.
    let mut conn = connect_to(&house.database, SERVICE).await;
    eventually(LIMIT, "a started act", async || {
        let lost = "update effect set state = 'uncertain', lease_until = null, next_try_at = now()
                    where state = 'started'";
        sqlx::query(lost).execute(&mut conn).await.unwrap().rows_affected() == 1
    })
    .await;
    eventually(LIMIT, "a second ring", async || counter(&house).await.rung == 2).await;
    house.rest().await;
    assert_eq!(attempts(&house).await, [1, 2]);
    assert_eq!(bell.rings().len(), 2, "the first attempt at the second bell was dropped");
    service.stop().await;
}

/// How often each effect was tried, oldest first.
async fn attempts(house: &House) -> Vec<i32> {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let rows = "select attempts from effect order by created_at";
    sqlx::query_scalar(rows).fetch_all(&mut conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_is_replaced_by_name_and_goes_off_in_business_time() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("soon", &Bumped { chime_in_s: Some(60), ..bump(None) }).await;
    house.rest().await;
    house.publish("later", &Bumped { chime_in_s: Some(600), ..bump(None) }).await;
    house.rest().await;
    house.advance(now() + SignedDuration::from_secs(300)).await;
    house.rest().await;
    assert_eq!(counter(&house).await.chimes, 0, "the first was replaced");
    house.advance(now() + SignedDuration::from_secs(600)).await;
    eventually(LIMIT, "chime", async || counter(&house).await.chimes == 1).await;
    house.advance(now() + SignedDuration::from_hours(24)).await;
    house.rest().await;
    assert_eq!(counter(&house).await.chimes, 1, "once");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_reads_and_a_projection_keeps() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("bump", &bump(None)).await;
    house.rest().await;
    assert_eq!(house.asker().ask(&Read { counter_id: COUNTER }).await.unwrap().total, 1);
    service.stop().await;

    // Another service keeps a read model of what this one told.
    let reader = contracts::registry::Slice {
        service: "reader",
        consumes: &[reference::Counted::CONTRACT],
        commands: &[],
        requests: &[],
    };
    let schema = Schema { service: "reader", migrations: None, tables: TABLES };
    let other = House::new(&[schema], &[reader], now()).await;
    let context = other.context("reader", (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    let mailbox = Mailbox::of("reader").project::<Seen>();
    mailbox.start(&context, MailboxSettings::default()).await.unwrap();
    let counted = reference::Counted { counter_id: COUNTER, total: 1 };
    for delivery in ["first", "again"] {
        let told = envelope("counted", &counted, Timestamp::now());
        other.publish_envelope(&told, delivery).await;
    }
    other.rest().await;
    let mut conn = connect_to(&other.database, "reader").await;
    let seen: i64 =
        sqlx::query_scalar("select count(*) from seen").fetch_one(&mut conn).await.unwrap();
    assert_eq!(seen, 1);

    // A read model is rebuilt by publishing again.
    sqlx::query("delete from seen").execute(&mut conn).await.unwrap();
    let told = envelope("counted", &counted, Timestamp::now());
    other.publish_envelope(&told, "published again").await;
    eventually(LIMIT, "the row again", async || {
        let seen: i64 =
            sqlx::query_scalar("select count(*) from seen").fetch_one(&mut conn).await.unwrap();
        seen == 1
    })
    .await;
    other.resident(tasks).stop().await;
}

/// A read model of what has a handler, too.
struct SeenOpened;

impl Projection for SeenOpened {
    type Message = Opened;

    async fn project(
        conn: &mut PgConnection,
        messages: &[(&Envelope, Opened)],
    ) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = messages.iter().map(|(envelope, _)| envelope.id.as_uuid()).collect();
        sqlx::query("insert into seen select unnest($1::uuid[]) on conflict do nothing")
            .bind(ids)
            .execute(conn)
            .await?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_may_have_a_handler_and_a_projection() {
    let house = house().await;
    let both = reference::mailbox(Bell::at(house.folder())).project::<SeenOpened>();
    let service = start(&house, both, 5).await;
    let opened = envelope("open", &Opened { counter_id: COUNTER }, Timestamp::now());
    house.publish_envelope(&opened, "first").await;
    house.publish_envelope(&opened, "again").await;
    house.publish("bump", &bump(None)).await;
    house.rest().await;
    let counted = counter(&house).await;
    let mut conn = connect_to(&house.database, SERVICE).await;
    let seen = "select count(*) from seen where message_id = $1";
    let seen = async |conn: &mut PgConnection| -> i64 {
        let query = sqlx::query_scalar(seen).bind(opened.id.as_uuid());
        query.fetch_one(conn).await.unwrap()
    };
    assert_eq!(seen(&mut conn).await, 1);

    // Told again, it is written again, and nothing else happens.
    sqlx::query("delete from seen").execute(&mut conn).await.unwrap();
    house.publish_envelope(&opened, "published again").await;
    house.rest().await;
    assert_eq!(seen(&mut conn).await, 1);
    assert_eq!(counter(&house).await, counted);
    service.stop().await;

    let twice = reference::mailbox(Bell::at(house.folder())).project::<Seen>();
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let started = twice.start(&context, MailboxSettings::default()).await;
    assert!(matches!(started, Err(StartError::Twice(_))), "{started:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_can_be_published_again() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("bump", &bump(None)).await;
    house.rest().await;
    // The broker loses everything, and with it its memory of message ids.
    let context = async_nats::jetstream::new(house.nats.clone());
    let stream = context.get_stream("EVENTS").await.unwrap();
    stream.purge().await.unwrap();
    assert!(house.stream("EVENTS").await.is_empty());
    let since = Timestamp::now() - SignedDuration::from_mins(5);
    let answer: contracts::operations::Refilled = house
        .asker()
        .operate(SERVICE, Operation::Refill, &contracts::operations::Refill { since })
        .await
        .unwrap();
    assert_eq!(answer.message_count, 2, "the event and the command");
    house.rest().await;
    assert_eq!(counter(&house).await.pokes, 1, "the inbox knows the command");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_broker_gets_again_what_the_old_one_may_have_lost() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("bump", &bump(None)).await;
    house.rest().await;
    let mut conn = connect_to(&house.database, SERVICE).await;
    let known = "select count(*) from broker";
    eventually(LIMIT, "the broker to be known", async || {
        sqlx::query_scalar::<_, i64>(known).fetch_one(&mut conn).await.unwrap() == 2
    })
    .await;
    let context = async_nats::jetstream::new(house.nats.clone());
    context.delete_stream("EVENTS").await.unwrap();
    house.provision().await;
    eventually(LIMIT, "the event again", async || house.stream("EVENTS").await.len() == 1).await;
    house.rest().await;
    assert_eq!(counter(&house).await.pokes, 1, "the inbox knows the command");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_needs_nothing_of_what_its_request_named() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    let asker = house.asker();
    let add = reference::Add { counter_id: COUNTER, amount: 2 };
    assert_eq!(asker.change(&add, "kept").await.unwrap().total, 2);
    std::fs::write(house.folder().join("shut"), "").unwrap();
    let refused = asker.change(&add, "new").await.unwrap_err().to_string();
    assert!(refused.contains("(503)"), "{refused}");
    assert_eq!(asker.change(&add, "kept").await.unwrap().total, 2);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_failed_leaves_nothing_and_may_be_asked_again() {
    let house = house().await;
    let service = start(&house, reference::mailbox(Bell::at(house.folder())), 5).await;
    let asker = house.asker();
    let unlucky = reference::Add { counter_id: COUNTER, amount: reference::UNLUCKY };
    for _ in 0..2 {
        let refused = asker.change(&unlucky, "unlucky").await.unwrap_err().to_string();
        assert!(refused.contains("(500)") && refused.contains("panicked"), "{refused}");
    }
    let refused = reference::Add { counter_id: COUNTER, amount: -1 };
    let refused = asker.change(&refused, "negative").await.unwrap_err().to_string();
    assert!(refused.contains("(400)") && refused.contains("only go up"), "{refused}");
    let good = reference::Add { counter_id: COUNTER, amount: 2 };
    assert_eq!(asker.change(&good, "good").await.unwrap().total, 2);
    assert_eq!(status(&house).await.parked, 0);
    service.stop().await;
}
