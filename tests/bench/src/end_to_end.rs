//! The mailbox itself, from the stream to the stream.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::{self, message::PublishMessage};
use contracts::{Contract, Message};
use futures_util::StreamExt;
use futures_util::future::join_all;
use mailbox::{MailboxSettings, topology};
use primitives::Clock;
use runtime::clock::SystemClock;
use runtime::shutdown::ShutdownConfig;
use uuid::Uuid;

use crate::Arguments;
use crate::cpu::Usage;
use crate::figures::{Latency, Measured};
use crate::reference::{Bumped, Counted, SERVICE, mailbox};
use crate::servers::{LOOK_EVERY, Servers};

/// Messages that lie in the stream.
#[derive(Debug)]
pub(crate) struct Lying {
    messages: u32,
    /// How fast they were published.
    pub(crate) published: Measured,
}

/// The row that a message changes: spread over the whole table, and different for neighbours.
pub(crate) fn row(number: u32, rows: u32) -> Uuid {
    let spread = u64::from(number).wrapping_mul(2_654_435_761);
    Uuid::from_u128(u128::from(spread % u64::from(rows)))
}

/// A message of a story, with its id.
fn message(
    number: u32,
    arguments: &Arguments,
    story: u32,
    poison_every: u32,
) -> (String, PublishMessage) {
    let poison = poison_every > 0 && number.is_multiple_of(poison_every);
    let bumped = Bumped { tally_id: row(number, arguments.rows), amount: 1, poison };
    enclosed(&format!("{story}/{number}/{poison_every}"), &bumped)
}

/// A message in its envelope, which is named, and its id.
pub(crate) fn enclosed<M: Message>(name: &str, message: &M) -> (String, PublishMessage) {
    let envelope = testkit::envelope(name, message, SystemClock.wall_now());
    let mut headers = HeaderMap::new();
    headers.insert(contracts::header::CONTENT_TYPE, contracts::header::CLOUD_EVENT);
    let payload = serde_json::to_vec(&envelope).expect("an envelope is JSON");
    let id = envelope.id.to_string();
    let message = PublishMessage::build().payload(payload.into()).headers(headers);
    (id.clone(), message.message_id(id))
}

/// Publishes the messages of one case, into empty streams.
pub(crate) async fn prepare(
    servers: &Servers,
    arguments: &Arguments,
    messages: u32,
    run: u32,
    poison_every: u32,
) -> Lying {
    servers.provision().await;
    let published = lay(servers, arguments, messages, run, poison_every).await;
    Lying { messages, published }
}

/// Publishes messages; that they are made first is not counted.
pub(crate) async fn lay(
    servers: &Servers,
    arguments: &Arguments,
    messages: u32,
    run: u32,
    poison_every: u32,
) -> Measured {
    // No two cases have the same ids.
    let story = run.wrapping_mul(0x0100_0000).wrapping_add(messages);
    let context = jetstream::new(servers.nats.clone());
    let (mut elapsed, mut cpu) = (Duration::ZERO, Usage::default());
    for first in (0..messages).step_by(PAGE) {
        let page = first..messages.min(first + u32::try_from(PAGE).expect("a small number"));
        let made: Vec<PublishMessage> =
            page.map(|number| message(number, arguments, story, poison_every).1).collect();
        let (before, start) = (servers.usage(), Instant::now());
        let mut made = made.into_iter().peekable();
        while made.peek().is_some() {
            publish(&context, made.by_ref().take(500)).await;
        }
        elapsed += start.elapsed();
        cpu = cpu.plus(servers.usage().since(before));
    }
    Measured::new(u64::from(messages), elapsed, cpu)
}

/// So many messages are made at a time.
const PAGE: usize = 20_000;

#[expect(clippy::disallowed_methods, reason = "this takes the producer's place")]
async fn publish(context: &jetstream::Context, some: impl Iterator<Item = PublishMessage>) {
    let mut waiting = Vec::new();
    for message in some {
        let sent = context.send_publish(Bumped::CONTRACT.subject(), message).await;
        waiting.push(sent.expect("the broker takes it"));
    }
    for ack in join_all(waiting.into_iter().map(IntoFuture::into_future)).await {
        assert!(!ack.expect("the broker confirms").duplicate, "ids differ");
    }
}

/// Works off what lies in the stream.
pub(crate) async fn consume(
    servers: &Servers,
    lying: Lying,
    settings: &MailboxSettings,
) -> Measured {
    let context = servers.urls().context().await;
    let tasks = context.tasks.clone();
    let (before, start) = (servers.usage(), Instant::now());
    mailbox().start(&context, settings.clone()).await.expect("the mailbox starts");
    finished(servers).await;
    let (elapsed, cpu) = (start.elapsed(), servers.usage().since(before));
    assert!(tasks.stop(&ShutdownConfig::default()).await, "everything stops in time");
    assert_handled(servers, &lying).await;
    Measured::new(u64::from(lying.messages), elapsed, cpu)
}

/// Waits until everything is acknowledged.
pub(crate) async fn finished(servers: &Servers) {
    let context = jetstream::new(servers.nats.clone());
    let consumer = context.get_consumer_from_stream(SERVICE, topology::EVENTS).await;
    let mut consumer: jetstream::consumer::PullConsumer = consumer.expect("the consumer is there");
    loop {
        let info = consumer.info().await.expect("the broker answers");
        if info.num_pending == 0 && info.num_ack_pending == 0 {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A measurement of something that did not happen is worse than none.
async fn assert_handled(servers: &Servers, lying: &Lying) {
    let mut conn = servers.connect_to_service().await;
    let count = "select (select count(*) from sent) + (select count(*) from parked)
                     - (select count(*) from outbox)";
    let handled: i64 = sqlx::query_scalar(count).fetch_one(&mut conn).await.expect("it counts");
    assert!(handled >= i64::from(lying.messages), "{handled} of {}", lying.messages);
    servers.forget().await;
}

/// How long a latency is measured.
const FOR: Duration = Duration::from_secs(8);
/// Messages are published so often, as many as the rate asks for.
const PULSE: Duration = Duration::from_millis(2);

/// Publishes at a steady rate, and looks how long it takes until what each message brought forth
/// is in the stream.
pub(crate) async fn latency(
    servers: &Servers,
    arguments: &Arguments,
    rate: u64,
    run: u32,
) -> Latency {
    servers.provision().await;
    let context = servers.urls().context().await;
    let tasks = context.tasks.clone();
    mailbox().start(&context, arguments.settings()).await.expect("the mailbox starts");
    let seen: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let watch = watch(servers, Counted::CONTRACT, Arc::clone(&seen)).await;
    let published = publish_steadily(servers, arguments, rate, run).await;
    finished(servers).await;
    while seen.lock().expect("no panic").len() < published.len() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    watch.abort();
    assert!(tasks.stop(&ShutdownConfig::default()).await, "everything stops in time");
    let seen = seen.lock().expect("no panic");
    let mut took: Vec<u64> = published
        .iter()
        .map(|(id, at)| seen.get(id).expect("seen").duration_since(*at).as_micros())
        .map(|micros| u64::try_from(micros).unwrap_or(u64::MAX))
        .collect();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    Latency { rate, median_us: at(50), p99_us: at(99) }
}

/// Keeps when what each message brought forth was seen, by the message's id.
#[expect(clippy::disallowed_methods, reason = "a measurement is no service")]
pub(crate) async fn watch(
    servers: &Servers,
    told: Contract,
    seen: Arc<Mutex<HashMap<String, Instant>>>,
) -> tokio::task::JoinHandle<()> {
    let mut told = servers.nats.subscribe(told.subject()).await.expect("the broker lets us listen");
    servers.nats.flush().await.expect("the broker hears us");
    tokio::spawn(async move {
        while let Some(message) = told.next().await {
            let now = Instant::now();
            let envelope: contracts::Envelope =
                serde_json::from_slice(&message.payload).expect("an envelope");
            let cause = envelope.causationid.to_string();
            seen.lock().expect("no panic").entry(cause).or_insert(now);
        }
    })
}

#[expect(clippy::disallowed_methods, reason = "this takes the producer's place")]
async fn publish_steadily(
    servers: &Servers,
    arguments: &Arguments,
    rate: u64,
    run: u32,
) -> Vec<(String, Instant)> {
    let context = jetstream::new(servers.nats.clone());
    let start = Instant::now();
    let mut pulse = tokio::time::interval(PULSE);
    let mut published = Vec::new();
    while start.elapsed() < FOR {
        pulse.tick().await;
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let due = usize::try_from(rate.saturating_mul(micros) / 1_000_000).unwrap_or(usize::MAX);
        while published.len() < due {
            let number = u32::try_from(published.len()).expect("a small number");
            let (id, message) = message(number, arguments, run, 0);
            published.push((id, Instant::now()));
            let sent = context.send_publish(Bumped::CONTRACT.subject(), message).await;
            drop(sent.expect("the broker takes it"));
        }
    }
    published
}
