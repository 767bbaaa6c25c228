//! The limits: each part of the mailbox's work alone, as fast as the servers take it.

use std::time::{Duration, Instant};

use async_nats::jetstream::{self, consumer};
use futures_util::StreamExt;
use futures_util::future::join_all;
use mailbox::topology;
use sqlx::postgres::PgConnection;
use sqlx::raw_sql;
use uuid::Uuid;

use crate::Arguments;
use crate::end_to_end::row;
use crate::figures::Measured;
use crate::servers::Servers;

/// Fetches and acknowledges everything that lies in the stream of events, with a consumer of its
/// own.
pub(crate) async fn fetch(servers: &Servers, arguments: &Arguments) -> Measured {
    let messages = arguments.messages;
    let context = jetstream::new(servers.nats.clone());
    let config = consumer::pull::Config {
        durable_name: Some("limit".to_owned()),
        max_ack_pending: 5_000,
        ..Default::default()
    };
    let consumer = context.create_consumer_on_stream(config, topology::EVENTS).await;
    let consumer = consumer.expect("the broker makes a consumer");
    let batch = arguments.settings().batch_max;
    let (before, start) = (servers.usage(), Instant::now());
    let mut stream = consumer
        .stream()
        .max_messages_per_batch(batch)
        .heartbeat(Duration::from_secs(5))
        .expires(Duration::from_secs(30))
        .messages()
        .await
        .expect("the broker gives messages");
    for _ in 0..messages {
        let message = stream.next().await.expect("a message").expect("a message");
        message.ack().await.expect("the broker hears us");
    }
    let elapsed = start.elapsed();
    let cpu = servers.usage().since(before);
    drop(stream);
    context.delete_consumer_from_stream("limit", topology::EVENTS).await.expect("it goes");
    Measured::new(u64::from(messages), elapsed, cpu)
}

/// Writes what the mailbox writes for each message, in its batches and on as many connections.
pub(crate) async fn write(servers: &Servers, arguments: &Arguments, run: u32) -> Measured {
    let settings = arguments.settings();
    let batch = u32::try_from(settings.batch_max).expect("a small number");
    let workers = u32::try_from(settings.workers).expect("a small number");
    let mut conns = Vec::new();
    for _ in 0..workers {
        conns.push(servers.connect_to_service().await);
    }
    let (before, start) = (servers.usage(), Instant::now());
    let each = arguments.messages / workers;
    let work = (0..).zip(conns).map(|(worker, mut conn)| async move {
        let first = worker * each;
        for from in (first..first + each).step_by(settings.batch_max) {
            let numbers = from..(from + batch).min(first + each);
            write_batch(&mut conn, numbers, arguments.rows, run).await;
        }
    });
    join_all(work).await;
    let elapsed = start.elapsed();
    let cpu = servers.usage().since(before);
    servers.forget().await;
    Measured::new(u64::from(each * workers), elapsed, cpu)
}

/// The rows of a batch: inbox, the changed row, outbox; after the commit, outbox to sent.
async fn write_batch(conn: &mut PgConnection, numbers: std::ops::Range<u32>, rows: u32, run: u32) {
    let id = |number: u32| Uuid::from_u128(u128::from(run) << 96 | 1 << 64 | u128::from(number));
    let ids: Vec<Uuid> = numbers.clone().map(id).collect();
    let mut tallies: Vec<Uuid> = numbers.map(|number| row(number, rows)).collect();
    tallies.sort_unstable();
    tallies.dedup();
    let envelopes = vec!["x".repeat(560); ids.len()];
    raw_sql("begin").execute(&mut *conn).await.expect("it begins");
    let statements = [
        "insert into inbox (recorded_on, message_id)
         select current_date, * from unnest($1::uuid[]) on conflict do nothing",
        "select id, total, version from tally where id = any($1) order by id for update",
        "update tally t set total = total + 1, version = version + 1
         from unnest($1::uuid[]) as n (id) where t.id = n.id",
    ];
    for (statement, ids) in statements.into_iter().zip([&ids, &tallies, &tallies]) {
        sqlx::query(statement).bind(ids).fetch_all(&mut *conn).await.expect("it is written");
    }
    sqlx::query(
        "insert into outbox (message_id, subject, envelope, recorded_at)
         select id, 'reference.evt.counted.v1', envelope, now()
         from unnest($1::uuid[], $2::text[]) as n (id, envelope)",
    )
    .bind(&ids)
    .bind(&envelopes)
    .execute(&mut *conn)
    .await
    .expect("it is written");
    raw_sql("commit").execute(&mut *conn).await.expect("it is committed");
    sqlx::query(
        "with moved as (
             delete from outbox where message_id = any($1) returning message_id, subject, envelope)
         insert into sent (sent_on, message_id, subject, envelope, sent_at)
         select current_date, message_id, subject, envelope, now() from moved
         on conflict do nothing returning message_id",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await
    .expect("it is moved");
}
