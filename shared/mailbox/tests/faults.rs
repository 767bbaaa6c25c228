//! What a service relies on when things break: at every crash point, as an error and as a death of
//! the process, with redelivery and with two replicas, nothing is lost and nothing happens twice.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests fail loudly, and take the place of an operator"
)]

mod reference;

use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use contracts::operations::{Operation, Status};
use mailbox::{CrashPoint, MIGRATIONS, MailboxSettings, topology};
use primitives::Timestamp;
use reference::{Add, Bell, Bumped, Counted, Counter, Opened, Poke, SERVICE, SLICE, TABLES};
use serde_json::json;
use testkit::{House, Resident, Schema, connect_to, envelope, eventually};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_mins(1);
/// Counters and bumps of a story.
const COUNTERS: u128 = 3;
const BUMPS: i64 = 12;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

async fn house() -> House {
    let schema = Schema { service: SERVICE, migrations: None, tables: TABLES };
    House::new(&[schema], &[SLICE], now()).await
}

fn settings(crash: Option<String>) -> MailboxSettings {
    MailboxSettings {
        crash,
        lease_ms: 1_000,
        sweep_ms: 100,
        waiting_retry_ms: 300,
        effect_retry_ms: 50,
        evidence_after_ms: 100,
        batch_max: 5,
        ..MailboxSettings::default()
    }
}

async fn start(house: &House, bell: Bell, crash: Option<String>) -> Resident {
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    reference::mailbox(bell).start(&context, settings(crash)).await.unwrap();
    house.resident(tasks)
}

fn counter(number: u128) -> Uuid {
    Uuid::from_u128(number + 1)
}

fn bump(number: i64) -> Bumped {
    Bumped {
        counter_id: counter(u128::try_from(number).unwrap() % COUNTERS),
        amount: number,
        ring: number % 2 == 0,
        chime_in_s: (number % 3 == 0).then_some(60),
        trouble: None,
    }
}

/// Everything that a story sends; the counters are opened last, so that bumps come too early.
async fn tell(house: &House) {
    for number in 1..=BUMPS {
        house.publish(&format!("bump {number}"), &bump(number)).await;
    }
    for number in 0..COUNTERS {
        let opened = Opened { counter_id: counter(number) };
        house.publish(&format!("open {number}"), &opened).await;
    }
}

async fn counters(house: &House) -> Vec<Counter> {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let rows = sqlx::query("select * from counter order by id").fetch_all(&mut conn).await.unwrap();
    rows.iter().map(|row| Counter::read(row).unwrap()).collect()
}

/// Waits for the end of a story and compares it with what must come out, whatever broke.
async fn judge(house: &House, bell: &Bell, what: &str) {
    house.rest().await;
    // What a fault kept from being handled with the opening of its counter is tried again later.
    eventually(LIMIT, "nothing waits", async || {
        let status = house.asker().operate(SERVICE, Operation::Status, &json!({})).await;
        status.is_ok_and(|status: Status| status.waiting == 0)
    })
    .await;
    house.rest().await;
    let counters = counters(house).await;
    let sum = |pick: fn(&Counter) -> i64| counters.iter().map(pick).sum::<i64>();
    assert_eq!(sum(|counter| counter.total), (1..=BUMPS).sum::<i64>(), "{what}: totals");
    assert_eq!(sum(|counter| counter.pokes), BUMPS, "{what}: commands handled");
    assert_eq!(sum(|counter| counter.rung), BUMPS / 2, "{what}: endings of effects");
    let rings = bell.rings();
    let distinct: HashSet<&Uuid> = rings.iter().collect();
    assert_eq!(rings.len(), distinct.len(), "{what}: a bell rang twice");
    assert_eq!(i64::try_from(rings.len()).unwrap(), BUMPS / 2, "{what}: bells");
    let events = house.stream(topology::EVENTS).await;
    let counted: HashSet<Uuid> = events
        .iter()
        .filter(|envelope| envelope.message_type == "reference.evt.counted.v1")
        .map(|envelope| envelope.id.as_uuid())
        .collect();
    assert_eq!(i64::try_from(counted.len()).unwrap(), BUMPS, "{what}: events told");
    let versions: HashSet<(Uuid, u64)> = events
        .iter()
        .filter(|envelope| counted.contains(&envelope.id.as_uuid()))
        .map(|envelope| (envelope.subject, envelope.aggregateversion))
        .collect();
    assert_eq!(versions.len(), counted.len(), "{what}: two events with one version");
    house.advance(now() + jiff::SignedDuration::from_mins(2)).await;
    house.rest().await;
    let chimes: i64 = self::counters(house).await.iter().map(|counter| counter.chimes).sum();
    // Every third bump sets the timer of the one counter that all of them belong to.
    assert_eq!(chimes, 1, "{what}: a timer is set once per name");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undisturbed_story_ends_well() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, bell.clone(), None).await;
    tell(&house).await;
    judge(&house, &bell, "undisturbed").await;
    assert!(service.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_at_any_crash_point_changes_nothing() {
    let stories = CrashPoint::ALL.into_iter().flat_map(|point| [(point, 1), (point, 3)]);
    at_once(stories.map(|(point, passage)| async move {
        let house = house().await;
        let bell = Bell::at(house.folder());
        let crash = format!("{point}:{passage}:error");
        let service = start(&house, bell.clone(), Some(crash.clone())).await;
        tell(&house).await;
        judge(&house, &bell, &crash).await;
        assert!(service.stop().await, "{crash}: stops in order");
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_at_any_crash_point_changes_nothing() {
    // A request's answer is tested below: nothing of this story asks.
    let points = CrashPoint::ALL.into_iter().filter(|point| *point != CrashPoint::Answered);
    at_once(points.map(|point| async move {
        let house = house().await;
        let bell = Bell::at(house.folder());
        // A story surely passes these once; the others many times.
        let rare = [
            CrashPoint::Published,
            CrashPoint::Moved,
            CrashPoint::EffectStarted,
            CrashPoint::EffectPerformed,
        ];
        let passage = if rare.contains(&point) { 1 } else { 2 };
        let crash = format!("{point}:{passage}:death");
        let mut process = spawn(&house, Some(&crash));
        tell(&house).await;
        eventually(LIMIT, &format!("death at {crash}"), async || {
            process.try_wait().unwrap().is_some()
        })
        .await;
        let service = start(&house, bell.clone(), None).await;
        judge(&house, &bell, &crash).await;
        service.stop().await;
    }))
    .await;
}

/// Runs stories side by side, a few at a time: most of their time is waiting.
async fn at_once(stories: impl Iterator<Item = impl Future<Output = ()>>) {
    use futures_util::StreamExt;
    futures_util::stream::iter(stories).for_each_concurrent(5, |story| story).await;
}

/// Publishes every bump once more, as a broker that did not hear of the acknowledgement would.
async fn tell_again(house: &House, occasion: &str) {
    for number in 1..=BUMPS {
        let name = format!("bump {number}");
        let again = envelope(&name, &bump(number), jiff::Timestamp::now());
        house.publish_envelope(&again, &format!("{name} {occasion}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_fail_at_any_crash_point_and_everything_is_delivered_twice() {
    let points = CrashPoint::ALL.into_iter().filter(|point| *point != CrashPoint::Answered);
    let stories = points.flat_map(|point| [(point, "error"), (point, "death")]);
    at_once(stories.map(|(point, failure)| async move {
        let house = house().await;
        let bell = Bell::at(house.folder());
        let crash = format!("{point}:1:{failure}");
        let mut replicas = [spawn(&house, Some(&crash)), spawn(&house, Some(&crash))];
        tell(&house).await;
        tell_again(&house, "again").await;
        // Whichever passes the point first meets the fault; where both die, a third goes on.
        let mut dead = async || {
            eventually(LIMIT, &format!("death at {crash}"), async || {
                replicas.iter_mut().any(|replica| replica.try_wait().unwrap().is_some())
            })
            .await;
        };
        if failure == "death" {
            dead().await;
        }
        let service = start(&house, bell.clone(), None).await;
        tell_again(&house, "for the third time").await;
        judge(&house, &bell, &format!("two replicas, {crash}")).await;
        for replica in &mut replicas {
            replica.kill().ok();
            replica.wait().unwrap();
        }
        assert!(service.stop().await);
    }))
    .await;
}

/// Runs the reference service in a process of its own: this test binary, asked for one test.
fn spawn(house: &House, crash: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "as_a_process_of_its_own", "--ignored", "--nocapture"])
        .env("REFERENCE_POSTGRES", &house.database.url)
        .env("REFERENCE_NATS", &house.account.url)
        .env("REFERENCE_NATS_USER", &house.account.user)
        .env("REFERENCE_FOLDER", house.folder())
        .env("REFERENCE_CRASH", crash.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other tests run it as a process that they kill"]
async fn as_a_process_of_its_own() {
    let Ok(postgres) = std::env::var("REFERENCE_POSTGRES") else { return };
    let of = |name: &str| std::env::var(name).unwrap();
    let mut process = runtime::config::ProcessConfig {
        clock: runtime::config::ClockMode::Demo,
        ..runtime::config::ProcessConfig::default()
    };
    process.postgres.url = runtime::config::Secret::new(postgres);
    process.nats.url = of("REFERENCE_NATS");
    process.nats.user = of("REFERENCE_NATS_USER");
    process.nats.password = runtime::config::Secret::new(of("REFERENCE_NATS_USER"));
    let folder = std::path::PathBuf::from(of("REFERENCE_FOLDER"));
    process.files.folder.clone_from(&folder);
    let config = runtime::config::Config { process, service: () };
    let context = runtime::Context::open(
        SERVICE,
        config,
        &[&MIGRATIONS],
        runtime::shutdown::Tasks::default(),
        runtime::health::Health::default(),
    )
    .await
    .unwrap();
    let crash = Some(of("REFERENCE_CRASH")).filter(|plan| !plan.is_empty());
    reference::mailbox(Bell::at(&folder)).start(&context, settings(crash)).await.unwrap();
    // Until the parent kills it, or dies itself.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_was_lost_is_answered_again_and_made_once() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, bell, Some("answered:1:error".to_owned())).await;
    let asker = house.asker();
    let add = Add { counter_id: counter(0), amount: 5 };
    let lost = asker.change(&add, "once").await.unwrap_err().to_string();
    assert!(lost.contains("planned fault"), "{lost}");
    assert_eq!(asker.change(&add, "once").await.unwrap().total, 5);
    assert_eq!(asker.change(&add, "once").await.unwrap().total, 5);
    let other = Add { counter_id: counter(0), amount: 6 };
    let refused = asker.change(&other, "once").await.unwrap_err().to_string();
    assert!(refused.contains("409"), "{refused}");
    let equal = (0..20).map(|_| asker.change(&other, "twenty times"));
    for answer in futures_util::future::join_all(equal).await {
        assert_eq!(answer.unwrap().total, 11);
    }
    house.rest().await;
    let told = house.stream(topology::EVENTS).await;
    let totals: Vec<i64> = told
        .iter()
        .map(|envelope| serde_json::from_str::<Counted>(envelope.data.get()).unwrap().total)
        .collect();
    assert_eq!(totals, [5, 11]);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answerer_died_is_answered_by_the_next() {
    let house = house().await;
    let asker = house.asker();
    let add = Add { counter_id: counter(0), amount: 5 };
    let mut process = spawn(&house, Some("answered:1:death"));
    eventually(LIMIT, "death before the answer", async || {
        // Until it is there nobody answers, and then it dies of it.
        asker.change(&add, "once").await.unwrap_err();
        process.try_wait().unwrap().is_some()
    })
    .await;
    let service = start(&house, Bell::at(house.folder()), None).await;
    assert_eq!(asker.change(&add, "once").await.unwrap().total, 5);
    house.rest().await;
    assert_eq!(house.stream(topology::EVENTS).await.len(), 1, "told once");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_causes_never_mint_equal_ids_in_different_handlers() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, bell, None).await;
    tell(&house).await;
    house.publish("poke", &Poke { counter_id: counter(0) }).await;
    house.rest().await;
    // An id minted twice would not have fitted into the outbox, and its cause would be parked.
    let mut conn = connect_to(&house.database, SERVICE).await;
    let (sent, parked): (i64, i64) = sqlx::query_as(
        "select (select count(distinct message_id) from sent), (select count(*) from parked)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!((sent, parked), (2 * BUMPS, 0));
    service.stop().await;
}
