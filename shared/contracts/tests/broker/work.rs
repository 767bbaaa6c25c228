//! What the services do all day, with the real client: it must work, and nothing may be refused.

#![expect(clippy::disallowed_methods, reason = "there is no mailbox below the mailbox")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use async_nats::jetstream::{self, kv};
use async_nats::service::ServiceExt;
use async_nats::{Client, ConnectOptions, Event, ServerError};
use contracts::Kind;
use contracts::permissions::{ADMIN, CLOCK_BUCKET, COMMANDS, EVENTS, OPERATOR, inbox_prefix};
use contracts::registry::{SLICES, Slice};
use embedded::NatsServer;
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::{password, server};

const LIMIT: Duration = Duration::from_secs(20);

/// One connection, and what the broker refused it.
struct User {
    client: Client,
    broker: jetstream::Context,
    refusals: Arc<Mutex<Vec<String>>>,
}

impl User {
    async fn new(server: &NatsServer, name: &str) -> Self {
        let refusals: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&refusals);
        let client = ConnectOptions::new()
            .user_and_password(name.to_owned(), password(name))
            .custom_inbox_prefix(inbox_prefix(name))
            .event_callback(move |event| {
                if let Event::ServerError(ServerError::Other(error)) = event {
                    heard.lock().unwrap().push(error);
                }
                std::future::ready(())
            })
            .connect(server.url())
            .await
            .unwrap();
        Self { broker: jetstream::new(client.clone()), client, refusals }
    }

    async fn publishes(&self, subject: &'static str) {
        self.broker.publish(subject, "{}".into()).await.unwrap().await.unwrap();
    }

    /// Takes one message from its own consumer; the broker confirms that it is acknowledged. It
    /// asks for one only: one asked for beyond it would get the next message, and nobody reads it.
    async fn takes(&self, name: &str, stream: &str) -> String {
        let consumer: PullConsumer =
            self.broker.get_consumer_from_stream(name, stream).await.unwrap();
        let batch = consumer.batch().max_messages(1).expires(LIMIT);
        let mut messages = batch.messages().await.unwrap();
        let message = timeout(LIMIT, messages.next()).await.unwrap().unwrap().unwrap();
        message.double_ack().await.unwrap();
        message.subject.to_string()
    }

    async fn asks(&self, subject: &'static str) -> Vec<u8> {
        let answer = timeout(LIMIT, self.client.request(subject, "{}".into()));
        answer.await.unwrap().unwrap().payload.to_vec()
    }

    /// Waits until the broker has told so.
    async fn was_refused(&self, wanted: &str) {
        let start = Instant::now();
        while !self.refusals().iter().any(|error| error.contains(wanted)) {
            assert!(start.elapsed() < LIMIT, "refused {:?}, and not {wanted}", self.refusals());
            tokio::task::yield_now().await;
        }
    }

    fn refusals(&self) -> Vec<String> {
        self.refusals.lock().unwrap().clone()
    }
}

/// A broker with streams, consumers and clock, as the administrator makes them.
async fn provisioned() -> (NatsServer, User) {
    let server = server().await;
    let admin = User::new(&server, ADMIN).await;
    let streams = [
        (EVENTS, Kind::Event, RetentionPolicy::Limits),
        (COMMANDS, Kind::Command, RetentionPolicy::WorkQueue),
    ];
    for (name, kind, retention) in streams {
        let subjects = SLICES.iter().map(|slice| format!("{}.{}.>", slice.service, kind.token()));
        let (name, subjects) = (name.to_owned(), subjects.collect());
        let config = Config { name, subjects, retention, ..Config::default() };
        admin.broker.create_or_update_stream(config).await.unwrap();
    }
    for consumer in SLICES.iter().flat_map(Slice::consumers) {
        let config = pull::Config {
            durable_name: Some(consumer.name()),
            ack_policy: AckPolicy::Explicit,
            filter_subjects: consumer.filters,
            ..pull::Config::default()
        };
        admin.broker.create_consumer_on_stream(config, consumer.stream).await.unwrap();
    }
    let config = kv::Config { bucket: CLOCK_BUCKET.to_owned(), ..kv::Config::default() };
    admin.broker.create_key_value(config).await.unwrap();
    (server, admin)
}

#[tokio::test]
async fn messages_reach_their_consumers() {
    let (server, admin) = provisioned().await;
    let scheduler = User::new(&server, "scheduler").await;
    let letter = User::new(&server, "letter").await;
    let payments = User::new(&server, "payment-reconciliation").await;
    // An outbox may hold an earlier version, and a newer release may send a later one.
    for subject in ["letter.cmd.send.v1", "letter.cmd.send.v2"] {
        scheduler.publishes(subject).await;
        assert_eq!(letter.takes("letter", COMMANDS).await, subject);
    }
    letter.publishes("letter.evt.dispatched.v7").await;
    assert_eq!(scheduler.takes("scheduler", EVENTS).await, "letter.evt.dispatched.v7");
    payments.publishes("payment-reconciliation.cmd.match-payment.v1").await;
    let taken = payments.takes("payment-reconciliation", COMMANDS).await;
    assert_eq!(taken, "payment-reconciliation.cmd.match-payment.v1");
    let queue = letter.broker.get_stream(COMMANDS).await.unwrap();
    assert_eq!(queue.cached_info().state.messages, 0);
    for user in [admin, scheduler, letter, payments] {
        assert_eq!(user.refusals(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_operator_turns_the_clock_and_the_services_follow_it() {
    let (server, _) = provisioned().await;
    let operator = User::new(&server, OPERATOR).await;
    let letter = User::new(&server, "letter").await;
    let clock = operator.broker.get_key_value(CLOCK_BUCKET).await.unwrap();
    clock.put("business", "early".into()).await.unwrap();
    let seen = letter.broker.get_key_value(CLOCK_BUCKET).await.unwrap();
    assert_eq!(seen.get("business").await.unwrap().unwrap(), "early");
    let mut changes = seen.watch_with_history("business").await.unwrap();
    let next = timeout(LIMIT, changes.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(next.value, "early");
    clock.put("business", "late".into()).await.unwrap();
    let next = timeout(LIMIT, changes.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(next.value, "late");
    drop(changes);
    // The operator follows it too, and looks at the consumers for signs of rest.
    let mut own = clock.watch_with_history("business").await.unwrap();
    assert_eq!(timeout(LIMIT, own.next()).await.unwrap().unwrap().unwrap().value, "late");
    let events = operator.broker.get_stream(EVENTS).await.unwrap();
    let waiting = events.consumer_info("scheduler").await.unwrap().num_pending;
    assert_eq!(waiting, 0);
    assert_eq!(operator.refusals(), Vec::<String>::new());
    assert_eq!(letter.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn questions_are_answered_to_those_who_may_ask_and_nowhere_else() {
    let (server, admin) = provisioned().await;
    let intake = User::new(&server, "intake").await;
    let letter = User::new(&server, "letter").await;
    let operator = User::new(&server, OPERATOR).await;
    let service = intake.client.service_builder().start("intake", "0.1.0").await.unwrap();
    let mut questions = service.endpoint("intake.api.parties.v1").await.unwrap();
    // The broker knows the endpoint once it has answered this, which came after it.
    intake.broker.query_account().await.unwrap();
    let answering = async {
        while let Some(question) = questions.next().await {
            question.respond(Ok("answer".into())).await.unwrap();
        }
    };
    let asking = async {
        assert_eq!(letter.asks("intake.api.parties.v1").await, b"answer");
        assert_eq!(operator.asks("intake.api.parties.v1").await, b"answer");
        assert!(!operator.asks("$SRV.PING.intake").await.is_empty());
        for user in [&intake, &letter, &operator] {
            assert_eq!(user.refusals(), Vec::<String>::new());
        }
        // Who asks cannot have the answer published as an event that neither may publish.
        let (subject, trap) = ("intake.api.parties.v1", "scheduler.evt.case-closed.v1");
        letter.client.publish_with_reply(subject, trap, "{}".into()).await.unwrap();
        letter.asks("intake.api.parties.v1").await;
    };
    tokio::select! {
        () = answering => panic!("the service ended"),
        () = asking => {}
    }
    intake.was_refused("scheduler.evt.case-closed.v1").await;
    let events = admin.broker.get_stream(EVENTS).await.unwrap();
    assert_eq!(events.cached_info().state.messages, 0);
}
