//! What a service relies on when what it needs is away for a while: nothing is parked, nobody runs
//! in circles, and soon after it is back everything has gone on.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "tests fail loudly, and take the place of an operator"
)]

mod reference;

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::PullConsumer;
use contracts::operations::{Operation, Status};
use mailbox::topology::{COMMANDS, EVENTS};
use mailbox::{MIGRATIONS, MailboxSettings};
use primitives::Timestamp;
use reference::{Bell, Bumped, Counter, Opened, SERVICE, SLICE, TABLES};
use serde_json::json;
use testkit::{Breakable, House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_mins(1);
/// How soon things go on once everything is back; on a machine with nothing else to do, in two
/// seconds or three.
const SOON: Duration = Duration::from_secs(30);
const COUNTER: Uuid = Uuid::from_u128(7);
/// The broker brings a message again that was given back after so long.
const BROUGHT_AGAIN_MS: u128 = 500;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

const SCHEMA: Schema = Schema { service: SERVICE, migrations: None, tables: TABLES };

/// As the product ships it.
async fn start(house: &House, bell: Bell, settings: MailboxSettings) -> Resident {
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    reference::mailbox(bell).start(&context, settings).await.unwrap();
    house.resident(tasks)
}

fn bump(ring: bool) -> Bumped {
    Bumped { counter_id: COUNTER, amount: 1, ring, chime_in_s: None, trouble: None }
}

async fn bumps(house: &House, numbers: std::ops::Range<i64>, ring: bool) {
    for number in numbers {
        house.publish(&format!("bump {number}"), &bump(ring)).await;
    }
}

async fn counter(house: &House) -> Counter {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let row = sqlx::query("select * from counter where id = $1").bind(COUNTER);
    Counter::read(&row.fetch_one(&mut conn).await.unwrap()).unwrap()
}

async fn status(house: &House) -> Status {
    house.asker().operate(SERVICE, Operation::Status, &json!({})).await.unwrap()
}

/// How many messages were brought so far, each as often as it came.
async fn delivered(house: &House, stream: &str) -> u64 {
    let context = async_nats::jetstream::new(house.nats.clone());
    let mut delivered = 0;
    for planned in SLICE.consumers().iter().filter(|it| it.stream == stream) {
        let consumer: PullConsumer =
            context.get_consumer_from_stream(planned.name(), stream).await.unwrap();
        delivered += consumer.get_info().await.unwrap().delivered.consumer_sequence;
    }
    delivered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_parks_nothing_and_is_not_stormed() {
    const BUMPS: i64 = 200;
    let mut servers = Breakable::start().await;
    let house = House::on(&servers, &[SCHEMA], &[SLICE], now()).await;
    let bell = Bell::at(house.folder());
    let service = start(&house, bell.clone(), MailboxSettings::default()).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    let before = delivered(&house, EVENTS).await;

    servers.stop_postgres().await;
    let away = Instant::now();
    bumps(&house, 0..BUMPS, false).await;
    let bumps = u64::try_from(BUMPS).unwrap();
    eventually(LIMIT, "a second try", async || delivered(&house, EVENTS).await > before + bumps)
        .await;
    // At most once in half a second each, however long it takes.
    let tries = u64::try_from(away.elapsed().as_millis() / BROUGHT_AGAIN_MS).unwrap() + 2;
    let brought = delivered(&house, EVENTS).await - before;
    assert!(brought <= tries * bumps, "{brought} deliveries of {bumps} messages, {tries} tries");

    servers.start_postgres().await;
    eventually(SOON, "end of the outage", async || counter(&house).await.total == BUMPS).await;
    house.rest().await;
    let status = status(&house).await;
    assert_eq!((status.parked, status.waiting, status.unsent), (0, 0, 0));
    assert_eq!(counter(&house).await.pokes, BUMPS);
    assert!(service.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_for_a_while_loses_nothing_and_nothing_is_parked() {
    const BUMPS: i64 = 300;
    let mut servers = Breakable::start().await;
    let house = House::on(&servers, &[SCHEMA], &[SLICE], now()).await;
    let bell = Bell::at(house.folder());
    let settings = MailboxSettings { batch_max: 10, ..MailboxSettings::default() };
    let service = start(&house, bell.clone(), settings).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    // Many are on their way when it goes.
    bumps(&house, 0..BUMPS, true).await;
    servers.stop_nats().await;
    servers.start_nats().await;
    eventually(SOON, "end of the outage", async || counter(&house).await.total == BUMPS).await;
    house.rest().await;
    let status = status(&house).await;
    assert_eq!((status.parked, status.unsent, status.uncertain), (0, 0, 0));
    let counter = counter(&house).await;
    assert_eq!((counter.pokes, counter.rung), (BUMPS, BUMPS));
    assert_eq!(i64::try_from(bell.rings().len()).unwrap(), BUMPS);
    assert!(delivered(&house, COMMANDS).await >= u64::try_from(BUMPS).unwrap());
    assert!(service.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_that_was_away_for_long_is_noticed_soon_after_it_is_back() {
    const RINGS: i64 = 30;
    let house = House::new(&[SCHEMA], &[SLICE], now()).await;
    let tower = house.folder().join("tower");
    let bell = Bell::at(&tower);
    let settings =
        MailboxSettings { effect_retry_ms: 20, effect_probe_ms: 500, ..MailboxSettings::default() };
    let service = start(&house, bell.clone(), settings).await;
    let begun = Instant::now();
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    // There is no tower: no bell can be rung, and that is certain.
    bumps(&house, 0..RINGS, true).await;
    let mut conn = connect_to(&house.database, SERVICE).await;
    let attempts = "select min(attempts), sum(attempts), count(*) from effect";
    let (tried, rings) = eventually(LIMIT, "some tries", async || {
        let (min, sum, count): (Option<i32>, Option<i64>, i64) =
            sqlx::query_as(attempts).fetch_one(&mut conn).await.unwrap();
        (count == RINGS && min.unwrap_or_default() >= 5).then_some((sum.unwrap_or_default(), count))
    })
    .await;
    // The pause doubles: what is away twice as long is tried once more. And one of all is tried
    // twice a second.
    let away_ms = begun.elapsed().as_millis();
    let doublings = i64::from(u128::BITS - (away_ms / 20 + 1).leading_zeros());
    let probes = i64::try_from(away_ms / 500).unwrap() + 1;
    assert!(tried <= rings * (doublings + 1) + probes, "{tried} tries in {away_ms} ms");
    let now = status(&house).await;
    assert_eq!((now.parked, now.waiting, now.uncertain), (0, 0, 0));

    // As it is after half a day: each of them would be tried within the hour.
    let long = "update effect set attempts = attempts + 10,
                next_try_at = now() + interval '1 hour' where state = 'pending'";
    eventually(LIMIT, "a long pause of all", async || {
        let done = sqlx::query(long).execute(&mut conn).await.unwrap();
        i64::try_from(done.rows_affected()).unwrap() == RINGS
    })
    .await;
    std::fs::create_dir(&tower).unwrap();
    eventually(SOON, "every ring", async || counter(&house).await.rung == RINGS).await;
    assert_eq!(i64::try_from(bell.rings().len()).unwrap(), RINGS, "each once");
    assert!(service.stop().await);
}
