//! A database that was restored from a backup: what the outside knows and the database forgot is
//! not done again.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests fail loudly, and take the place of an operator"
)]

mod reference;

use std::time::Duration;

use contracts::Envelope;
use contracts::operations::{CheckReport, Operation, RecoveryEnded};
use jiff::SignedDuration;
use mailbox::topology::EVENTS;
use mailbox::{MIGRATIONS, MailboxSettings};
use reference::{Bell, Bumped, Opened, SERVICE, SLICE, TABLES};
use serde_json::json;
use sqlx::{Connection, Row};
use testkit::{House, Resident, Schema, connect_to, envelope, eventually};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_mins(1);
const COUNTER: Uuid = Uuid::from_u128(7);

async fn house() -> House {
    let schema = Schema { service: SERVICE, migrations: None, tables: TABLES };
    House::new(&[schema], &[SLICE], "2026-03-02T09:00:00Z".parse().unwrap()).await
}

async fn start(house: &House, bell: &Bell) -> Resident {
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    let settings = MailboxSettings {
        sweep_ms: 100,
        evidence_after_ms: 100,
        effect_retry_ms: 50,
        ..MailboxSettings::default()
    };
    reference::mailbox(bell.clone()).start(&context, settings).await.unwrap();
    house.resident(tasks)
}

fn bump(ring: bool) -> Bumped {
    Bumped { counter_id: COUNTER, amount: 1, ring, chime_in_s: None, trouble: None }
}

/// How much was counted, how often it is known to have rung, and how often nobody knows.
async fn counted(house: &House) -> (i64, i64, i64) {
    let mut conn = connect_to(&house.database, SERVICE).await;
    let row = eventually(LIMIT, "counter", async || {
        sqlx::query("select total, rung, unknown from counter")
            .fetch_optional(&mut conn)
            .await
            .unwrap()
    })
    .await;
    (row.get("total"), row.get("rung"), row.get("unknown"))
}

async fn breaches(house: &House) -> Vec<String> {
    let report: CheckReport =
        house.asker().operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
    report.breaches.into_iter().map(|breach| breach.invariant).collect()
}

/// Rings a bell, and then makes the database one that was restored from before it rang.
async fn forget_the_ring(house: &House, bell: &Bell) {
    let service = start(house, bell).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.publish("bump", &bump(true)).await;
    house.rest().await;
    assert_eq!((bell.rings().len(), counted(house).await), (1, (1, 1, 0)));
    assert!(breaches(house).await.is_empty(), "nothing was restored yet");
    assert!(service.stop().await);
    let mut conn = connect_to(&house.database, SERVICE).await;
    let forget = "update effect set state = 'pending', attempts = 0, settled_at = null;
                  update counter set rung = 0;
                  update home set identity = 'the database of before'";
    sqlx::raw_sql(forget).execute(&mut conn).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_a_restored_database_forgot_is_asked_about_and_not_done_again() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    forget_the_ring(&house, &bell).await;
    let service = start(&house, &bell).await;
    eventually(LIMIT, "ending", async || counted(&house).await.1 == 1).await;
    assert_eq!(bell.rings().len(), 1, "it rang before, and the bell says so");
    assert_eq!(breaches(&house).await, ["recovery"]);
    // What comes meanwhile is done all the same, once the outside was asked.
    house.publish("another", &bump(true)).await;
    eventually(LIMIT, "another ring", async || counted(&house).await.1 == 2).await;
    assert_eq!(bell.rings().len(), 2);
    let end = async || -> bool {
        let answer: RecoveryEnded =
            house.asker().operate(SERVICE, Operation::EndRecovery, &json!({})).await.unwrap();
        answer.ended
    };
    assert!(end().await);
    assert!(!end().await, "it is over");
    assert!(breaches(&house).await.is_empty());
    assert!(service.stop().await);
    let service = start(&house, &bell).await;
    assert!(breaches(&house).await.is_empty(), "and it stays over");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_heard_an_act_that_was_forgotten_a_person_is_asked() {
    let house = house().await;
    let bell = Bell { witness: false, ..Bell::at(house.folder()) };
    forget_the_ring(&house, &bell).await;
    let service = start(&house, &bell).await;
    eventually(LIMIT, "uncertain act", async || counted(&house).await.2 == 1).await;
    assert_eq!((bell.rings().len(), counted(&house).await.1), (1, 0));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recovering_producer_sends_again_is_known_from_another_day() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, &bell).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    let today = jiff::Timestamp::now();
    let yesterday = envelope("bump", &bump(false), today - SignedDuration::from_hours(26));
    house.publish_envelope(&yesterday, "bump").await;
    house.rest().await;
    // The same message, by a producer that lost that it had sent it.
    let again = Envelope { replayed: true, recordedtime: today, ..yesterday };
    house.publish_envelope(&again, "bump again").await;
    house.rest().await;
    assert_eq!(counted(&house).await.0, 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_counts_as_sent_to_a_broker_that_was_never_noted() {
    let house = house().await;
    let bell = Bell::at(house.folder());
    let service = start(&house, &bell).await;
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    assert!(service.stop().await);
    // The backup is from before any broker was seen.
    let mut conn = connect_to(&house.database, SERVICE).await;
    sqlx::query("delete from broker").execute(&mut conn).await.unwrap();
    let count = "select (select count(*) from outbox), (select count(*) from sent)";
    let kept = async |conn: &mut sqlx::PgConnection| -> (i64, i64) {
        sqlx::query_as(count).fetch_one(conn).await.unwrap()
    };
    assert_eq!(kept(&mut conn).await, (0, 0));
    // Without the sweeper, which notes the broker.
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    let mut blocking = connect_to(&house.database, SERVICE).await;
    let mut block = blocking.begin().await.unwrap();
    sqlx::query("lock table broker in exclusive mode").execute(&mut *block).await.unwrap();
    let settings = MailboxSettings::default();
    reference::mailbox(bell.clone()).start(&context, settings).await.unwrap();
    let service = house.resident(tasks);
    house.publish("bump", &bump(false)).await;
    eventually(LIMIT, "both messages at the broker", async || {
        house.stream(EVENTS).await.len() == 3
    })
    .await;
    assert_eq!(kept(&mut conn).await, (2, 0), "who knows whether that broker keeps them");
    block.rollback().await.unwrap();
    house.rest().await;
    assert_eq!(kept(&mut conn).await, (0, 2), "it was noted, and they went out again");
    assert_eq!(house.stream(EVENTS).await.len(), 3, "the broker knew them");
    service.stop().await;
}
