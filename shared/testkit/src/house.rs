//! A house for one test: services in process, on a real database and a real broker of their own,
//! under a business clock that the test moves.

use std::time::Duration;

use contracts::operations::{Operation, Status};
use contracts::registry::Slice;
use contracts::{Envelope, Message, SPEC_VERSION};
use mailbox::topology::{self, StreamLimits, TopologyError};
use mailbox::{Asker, MIGRATIONS};
use primitives::{Actor, Clock, CorrelationId, MessageId, Timestamp};
use runtime::clock::{self, SystemClock};
use runtime::config::{ClockMode, Config, ProcessConfig, Secret};
use runtime::health::Health;
use runtime::shutdown::{ShutdownConfig, Tasks};
use runtime::{Context, Service};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use uuid::Uuid;

use crate::breakable::Breakable;
use crate::servers::{Database, NatsAccount, servers};
use crate::waits::eventually;

/// How long a test waits for the house to come to rest.
const REST_LIMIT: Duration = Duration::from_mins(1);

/// One service's schema: the mailbox's tables, then its own.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    pub service: &'static str,
    /// The service's own migrations.
    pub migrations: Option<&'static Migrator>,
    /// Tables of a service that lives in a test only.
    pub tables: &'static str,
}

impl Schema {
    /// The schema of a service of the product.
    #[must_use]
    pub const fn of(service: &'static str, migrations: &'static Migrator) -> Self {
        Self { service, migrations: Some(migrations), tables: "" }
    }
}

/// A database, a broker's account and a folder of files, for one test.
#[derive(Debug)]
pub struct House {
    pub database: Database,
    pub account: NatsAccount,
    pub nats: async_nats::Client,
    files: tempfile::TempDir,
    clock: async_nats::jetstream::kv::Store,
    slices: Vec<Slice>,
}

/// A service that runs in this process until it is stopped.
#[derive(Debug)]
pub struct Resident {
    tasks: Tasks,
}

impl Resident {
    /// Stops in the order of a shutdown; says whether everything ended in time.
    pub async fn stop(self) -> bool {
        self.tasks.stop(&ShutdownConfig::default()).await
    }
}

async fn provision(nats: &async_nats::Client, slices: &[Slice]) -> Result<(), TopologyError> {
    let context = async_nats::jetstream::new(nats.clone());
    let limits = StreamLimits {
        max_bytes: 64 * 1024 * 1024,
        // Some tests kill who has taken messages, and wait for the next to get them.
        ack_wait: Duration::from_secs(3),
        ..StreamLimits::default()
    };
    topology::provision(&context, slices, limits, Timestamp::UNIX_EPOCH).await
}

impl House {
    /// A house with the schemas and the streams that the services need. Its clock stands at `now`.
    pub async fn new(schemas: &[Schema], slices: &[Slice], now: Timestamp) -> Self {
        let template: Vec<String> =
            schemas.iter().map(|schema| runtime::postgres::schema_of(schema.service)).collect();
        let fill = async |connection: &mut PgConnection| {
            for schema in schemas {
                make_schema(connection, schema).await;
            }
        };
        let servers = servers().await;
        let database = servers.database(&template.join("_"), fill).await;
        Self::furnish(database, servers.nats_account(), slices, now).await
    }

    /// The same on servers that may be stopped; one house only.
    pub async fn on(
        servers: &Breakable,
        schemas: &[Schema],
        slices: &[Slice],
        now: Timestamp,
    ) -> Self {
        let mut connection = servers.connect().await;
        for schema in schemas {
            make_schema(&mut connection, schema).await;
        }
        connection.close().await.expect("the connection closes");
        let (database, account) = (servers.database.clone(), servers.account.clone());
        Self::furnish(database, account, slices, now).await
    }

    /// A house on servers that the caller started, in a database that has the schemas already.
    pub async fn furnish(
        database: Database,
        account: NatsAccount,
        slices: &[Slice],
        now: Timestamp,
    ) -> Self {
        let nats = account.connect().await;
        provision(&nats, slices).await.expect("the broker takes our streams");
        let clock = clock::open_bucket(&nats).await.expect("the bucket of the clock is there");
        clock::advance(&clock, now).await.expect("the clock can be set");
        let files = tempfile::tempdir().expect("a folder can be made");
        Self { database, account, nats, files, clock, slices: slices.to_vec() }
    }

    /// Makes the streams and consumers that are missing.
    pub async fn provision(&self) {
        self.try_provision().await.expect("the broker takes our streams");
    }

    /// The same for a test that takes the broker away.
    pub async fn try_provision(&self) -> Result<(), TopologyError> {
        provision(&self.nats, &self.slices).await
    }

    /// What every process of this house is configured with.
    #[must_use]
    pub fn process(&self) -> ProcessConfig {
        let mut process = ProcessConfig { clock: ClockMode::Demo, ..ProcessConfig::default() };
        process.postgres.url = Secret::new(self.database.url.clone());
        process.nats.url.clone_from(&self.account.url);
        process.nats.user.clone_from(&self.account.user);
        process.nats.password = Secret::new(self.account.password.clone());
        process.files.folder = self.files.path().to_path_buf();
        process
    }

    /// The folder of the house: its file store, and what a test puts there.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.files.path()
    }

    /// The context that a service is started with.
    pub async fn context<C>(
        &self,
        service: &'static str,
        config: C,
        migrators: &[&Migrator],
    ) -> Context<C> {
        let config = Config { process: self.process(), service: config };
        Context::open(service, config, migrators, Tasks::default(), Health::default())
            .await
            .unwrap_or_else(|error| panic!("{}", runtime::error::chain(&error)))
    }

    /// Starts a service of the product in this process.
    pub async fn start<S>(&self, config: S::Config) -> Resident
    where
        S: Service<Config: Clone + Serialize + DeserializeOwned>,
    {
        let context = self.context(S::NAME, config, &S::migrators()).await;
        let tasks = context.tasks.clone();
        S::start(context)
            .await
            .unwrap_or_else(|error| panic!("{}", runtime::error::chain(&*error)));
        Resident { tasks }
    }

    /// A resident of a service that was started by hand.
    #[must_use]
    pub fn resident(&self, tasks: Tasks) -> Resident {
        Resident { tasks }
    }

    /// Moves the business clock forward.
    pub async fn advance(&self, to: Timestamp) {
        clock::advance(&self.clock, to).await.expect("the clock moves forward");
    }

    /// Asks the services as an operator does.
    #[must_use]
    pub fn asker(&self) -> Asker {
        Asker::new(self.nats.clone(), Duration::from_secs(20), Actor::Operator)
    }

    /// Publishes a message as its producer would; equal names make equal ids.
    pub async fn publish<M: Message>(&self, name: &str, message: &M) -> Envelope {
        let envelope = envelope(name, message, SystemClock.wall_now());
        self.publish_envelope(&envelope, name).await;
        envelope
    }

    #[expect(clippy::disallowed_methods, reason = "a test takes the producer's place")]
    /// Publishes an envelope; the broker drops what has a `delivery` that it knows already.
    pub async fn publish_envelope(&self, envelope: &Envelope, delivery: &str) {
        let context = async_nats::jetstream::new(self.nats.clone());
        let payload = serde_json::to_vec(envelope).expect("an envelope serialises");
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Nats-Msg-Id", delivery);
        let subject = envelope.message_type.clone();
        let ack = context
            .publish_with_headers(subject, headers, payload.into())
            .await
            .expect("the broker is there");
        ack.await.expect("the broker takes the message");
    }

    /// Waits until nothing is on its way anywhere, seen twice in a row.
    pub async fn rest(&self) {
        self.rest_within(REST_LIMIT).await;
    }

    /// The same for what takes its time.
    pub async fn rest_within(&self, limit: Duration) {
        let mut quiet = 0_u8;
        eventually(limit, "rest", async || {
            quiet = if self.quiet().await { quiet.saturating_add(1) } else { 0 };
            quiet >= 2
        })
        .await;
    }

    async fn quiet(&self) -> bool {
        let context = async_nats::jetstream::new(self.nats.clone());
        for slice in &self.slices {
            for planned in slice.consumers() {
                let consumer: Result<async_nats::jetstream::consumer::PullConsumer, _> =
                    context.get_consumer_from_stream(planned.name(), planned.stream).await;
                let Ok(mut consumer) = consumer else { return false };
                let Ok(info) = consumer.info().await else { return false };
                if info.num_pending > 0 || info.num_ack_pending > 0 {
                    return false;
                }
            }
            let status: Result<Status, _> = self
                .asker()
                .operate(slice.service, Operation::Status, &serde_json::json!({}))
                .await;
            let Ok(status) = status else { return false };
            let busy = [status.in_flight, status.unsent, status.effects_due, status.timers_due];
            if busy.iter().any(|count| *count > 0) {
                return false;
            }
        }
        true
    }

    /// Every envelope of a stream, oldest first.
    pub async fn stream(&self, name: &str) -> Vec<Envelope> {
        use futures_util::StreamExt;
        let context = async_nats::jetstream::new(self.nats.clone());
        let stream = context.get_stream(name).await.expect("the stream is there");
        let mut expected = stream.cached_info().state.messages;
        let config = async_nats::jetstream::consumer::pull::OrderedConfig::default();
        let consumer = stream.create_consumer(config).await.expect("the stream can be read");
        let mut messages = consumer.messages().await.expect("the stream can be read");
        let mut envelopes = Vec::new();
        while expected > 0 {
            let Some(Ok(message)) = messages.next().await else { break };
            envelopes.push(serde_json::from_slice(&message.payload).expect("an envelope"));
            expected = expected.saturating_sub(1);
        }
        envelopes
    }
}

/// An envelope as the producer of a message would make it.
pub fn envelope<M: Message>(name: &str, message: &M, now: Timestamp) -> Envelope {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
    Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id: MessageId::from_uuid(id),
        source: format!("/amicable/{}", M::CONTRACT.owner),
        message_type: M::CONTRACT.subject(),
        subject: message.aggregate(),
        time: now,
        datacontenttype: "application/json".to_owned(),
        correlationid: CorrelationId::from_uuid(id),
        causationid: MessageId::from_uuid(id),
        actor: Actor::Machine(M::CONTRACT.owner.to_owned()),
        creditor: message.creditor(),
        aggregateversion: 1,
        recordedtime: now,
        replayed: false,
        traceparent: None,
        data: serde_json::value::to_raw_value(message).expect("a message serialises"),
    }
}

/// Makes a service's schema in the database that the connection is to.
pub async fn make_schema(connection: &mut PgConnection, schema: &Schema) {
    let name = runtime::postgres::schema_of(schema.service);
    let make = format!("create schema {name}; set search_path = {name}");
    raw_sql(AssertSqlSafe(make)).execute(&mut *connection).await.expect("the schema can be made");
    for migrator in [Some(&MIGRATIONS), schema.migrations].into_iter().flatten() {
        migrator.run(&mut *connection).await.expect("the migrations apply");
    }
    raw_sql(AssertSqlSafe(schema.tables)).execute(connection).await.expect("the tables apply");
}

/// A connection to a service's schema, to look at what it saved.
pub async fn connect_to(database: &Database, service: &str) -> PgConnection {
    let schema = runtime::postgres::schema_of(service);
    let options = database.options.clone().options([("search_path", schema)]);
    PgConnection::connect_with(&options).await.expect("our Postgres takes our superuser")
}
