//! A Postgres and a broker of the benchmark's own, as durable as the product ships them.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream;
use clap::Args;
use contracts::registry::Slice;
use embedded::{Cluster, NatsServer, Search};
use jiff::Timestamp;
use mailbox::topology::{self, StreamLimits};
use runtime::config::{ClockMode, Config, ProcessConfig, Secret};
use runtime::health::Health;
use runtime::shutdown::Tasks;
use runtime::{Context, clock};
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use tempfile::TempDir;
use testkit::{Database, House, NatsAccount, Schema, make_schema};

use crate::costly;
use crate::cpu::Usage;
use crate::reference::{SERVICE, SLICE, TABLES};

const USER: &str = "bench";

/// The business time of all measurements.
fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a moment")
}

/// The servers, with the schema and the streams of the reference service.
#[derive(Debug)]
pub(crate) struct Servers {
    postgres: Cluster,
    broker: NatsServer,
    folder: TempDir,
    pub(crate) nats: async_nats::Client,
}

impl Servers {
    pub(crate) async fn start() -> Self {
        let servers = Self::bare(false).await;
        servers.make_schema().await;
        servers.provision().await;
        let bucket = clock::open_bucket(&servers.nats).await.expect("the clock is there");
        clock::advance(&bucket, now()).await.expect("the clock can be set");
        servers
    }

    /// The servers with nothing in them; where asked, Postgres counts what its statements cost.
    pub(crate) async fn bare(is_counting: bool) -> Self {
        let search = Search::from_env(std::path::Path::new(env!("CARGO_MANIFEST_DIR")));
        let tools = search.postgres().expect("Postgres is there; run `make setup`");
        let program = search.nats_server().expect("nats-server is there; run `make setup`");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let access = format!("authorization {{ user: {USER}, password: {USER} }}\n");
        let home = folder.path().join("postgres");
        let start =
            || async { Cluster::start(&tools, &home, None).await.expect("Postgres starts") };
        let mut postgres = start().await;
        if is_counting {
            let conn = PgConnection::connect_with(&postgres.options("postgres")).await;
            costly::prepare(&mut conn.expect("our Postgres takes our superuser")).await;
            postgres.stop().await.expect("Postgres stops");
            postgres = start().await;
        }
        let nats_folder = folder.path().join("nats");
        let broker = NatsServer::start(&program, &nats_folder, None, &access).await;
        let broker = broker.expect("nats-server starts");
        let options =
            async_nats::ConnectOptions::with_user_and_password(USER.to_owned(), USER.to_owned());
        let nats = options.connect(broker.url()).await.expect("our broker takes our user");
        Self { postgres, broker, folder, nats }
    }

    /// A house of services of the product, with streams of the size that the product ships.
    pub(crate) async fn house(&self, schemas: &[Schema], slices: &[Slice]) -> House {
        let mut conn = self.connect("public").await;
        for schema in schemas {
            make_schema(&mut conn, schema).await;
        }
        let (options, url) = (self.postgres.options("postgres"), self.postgres.url("postgres"));
        let database = Database { options, url, name: "postgres".to_owned() };
        let (user, password) = (USER.to_owned(), USER.to_owned());
        let account = NatsAccount { url: self.broker.url(), user, password };
        let house = House::furnish(database, account, slices, now()).await;
        let context = jetstream::new(self.nats.clone());
        topology::provision(&context, slices, StreamLimits::default(), Timestamp::UNIX_EPOCH)
            .await
            .expect("the broker takes our streams");
        house
    }

    async fn make_schema(&self) {
        let mut conn = self.connect("").await;
        let schema = runtime::postgres::schema_of(SERVICE);
        let make = format!("create schema {schema}; set search_path = {schema}");
        raw_sql(AssertSqlSafe(make)).execute(&mut conn).await.expect("the schema is made");
        mailbox::MIGRATIONS.run(&mut conn).await.expect("the mailbox's migrations apply");
        let rest = format!("{TABLES} select maintain_partitions(current_date, 1);");
        raw_sql(AssertSqlSafe(rest)).execute(&mut conn).await.expect("the tables are made");
    }

    /// Forgets what was handled, so that every measurement begins the same.
    pub(crate) async fn forget(&self) {
        let empty = "truncate inbox; truncate outbox; truncate sent; truncate parked; checkpoint";
        let mut conn = self.connect_to_service().await;
        raw_sql(empty).execute(&mut conn).await.expect("it is emptied");
    }

    /// Makes the streams and the consumer anew, empty.
    pub(crate) async fn provision(&self) {
        let context = jetstream::new(self.nats.clone());
        for stream in [topology::EVENTS, topology::COMMANDS] {
            // There may be none yet.
            context.delete_stream(stream).await.ok();
        }
        topology::provision(&context, &[SLICE], StreamLimits::default(), Timestamp::UNIX_EPOCH)
            .await
            .expect("the broker takes our streams");
    }

    /// A connection to the schema of the service.
    pub(crate) async fn connect(&self, schema: &str) -> PgConnection {
        let options = self.postgres.options("postgres").options([("search_path", schema)]);
        PgConnection::connect_with(&options).await.expect("our Postgres takes our superuser")
    }

    pub(crate) async fn connect_to_service(&self) -> PgConnection {
        self.connect(&runtime::postgres::schema_of(SERVICE)).await
    }

    /// Fills a table of which one row changes per message.
    pub(crate) async fn fill(&self, table: &str, rows: u32) {
        eprintln!("filling a table of {rows} rows");
        let fill = format!(
            "create table if not exists {table} (like tally including all);
             insert into {table} (id)
             select lpad(to_hex(number), 32, '0')::uuid from generate_series(0, {rows} - 1) number;
             analyze {table};"
        );
        let mut conn = self.connect_to_service().await;
        raw_sql(AssertSqlSafe(fill)).execute(&mut conn).await.expect("the table can be filled");
        raw_sql("checkpoint").execute(&mut conn).await.expect("it settles");
    }

    /// The other table takes the place of the one whose rows change, and the other way round.
    pub(crate) async fn swap_tables(&self) {
        let swap = "alter table tally rename to third; alter table other rename to tally;
                    alter table third rename to other";
        let mut conn = self.connect_to_service().await;
        raw_sql(swap).execute(&mut conn).await.expect("tables can be renamed");
    }

    /// Where the servers are.
    pub(crate) fn urls(&self) -> Urls {
        Urls {
            postgres: self.postgres.url("postgres"),
            broker: self.broker.url(),
            folder: self.folder.path().join("files"),
        }
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage::now(self.postgres.pid(), self.broker.pid())
    }
}

/// Where the servers are, for the process of the reference service.
#[derive(Clone, Debug, Args)]
pub(crate) struct Urls {
    #[arg(long)]
    pub(crate) postgres: String,
    #[arg(long)]
    pub(crate) broker: String,
    /// The file store.
    #[arg(long)]
    pub(crate) folder: PathBuf,
}

impl Urls {
    /// What the reference service is started with.
    pub(crate) async fn context(&self) -> Context<()> {
        let mut process = ProcessConfig { clock: ClockMode::Demo, ..ProcessConfig::default() };
        process.postgres.url = Secret::new(self.postgres.clone());
        process.nats.url.clone_from(&self.broker);
        USER.clone_into(&mut process.nats.user);
        process.nats.password = Secret::new(USER.to_owned());
        process.files.folder.clone_from(&self.folder);
        let config = Config { process, service: () };
        let migrations = [&mailbox::MIGRATIONS];
        Context::open(SERVICE, config, &migrations, Tasks::default(), Health::default())
            .await
            .unwrap_or_else(|error| panic!("{}", runtime::error::chain(&error)))
    }
}

/// How often it is looked whether a measurement is over.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(10);
