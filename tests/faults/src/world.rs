//! The servers of a campaign: durable as the product ships them, and treated badly.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use async_nats::jetstream;
use embedded::tools::PostgresTools;
use embedded::{Cluster, NatsServer, Search};
use futures_util::StreamExt;
use mailbox::topology;
use primitives::Timestamp;
use runtime::error::BoxError;
use rustix::process::Signal;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use tempfile::TempDir;
use testkit::{Database, House, NatsAccount, Schema, make_schema};
use tokio::time::{Instant, sleep};

use crate::plan::Server;
use crate::reference::{SERVICE, SLICE, TABLES};
use crate::replica::signal;

/// The user of the broker; the password is the same.
pub(crate) const USER: &str = "faults";

/// A Postgres and a broker that are there for one story after the other.
#[derive(Debug)]
pub struct World {
    tools: PostgresTools,
    program: PathBuf,
    folder: TempDir,
    /// None only while it is being restarted.
    postgres: Option<Cluster>,
    broker: Option<NatsServer>,
    ports: (u16, u16),
    stories: u64,
}

/// The broker's store, as it was at a moment.
#[derive(Debug)]
pub(crate) struct Image(TempDir);

impl World {
    pub async fn start() -> Result<Self, BoxError> {
        let search = Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR")));
        let (tools, program) = (search.postgres()?, search.nats_server()?);
        let folder = tempfile::tempdir()?;
        let mut world = Self {
            tools,
            program,
            folder,
            postgres: None,
            broker: None,
            ports: (0, 0),
            stories: 0,
        };
        world.ports = (world.start_postgres(None).await?, world.start_broker(None).await?);
        Ok(world)
    }

    async fn start_postgres(&mut self, port: Option<u16>) -> Result<u16, BoxError> {
        let folder = self.folder.path().join("postgres");
        let started = patiently(async || Cluster::start(&self.tools, &folder, port).await).await?;
        let port = started.port();
        self.postgres = Some(started);
        Ok(port)
    }

    async fn start_broker(&mut self, port: Option<u16>) -> Result<u16, BoxError> {
        let access = format!("authorization {{ user: {USER}, password: {USER} }}\n");
        let (program, folder) = (&self.program, self.broker_folder());
        let start = async || NatsServer::start(program, &folder, port, &access).await;
        let started = patiently(start).await?;
        let port = started.port();
        self.broker = Some(started);
        Ok(port)
    }

    fn broker_folder(&self) -> PathBuf {
        self.folder.path().join("broker")
    }

    pub(crate) const fn ports(&self) -> (u16, u16) {
        self.ports
    }

    /// The URL of a database, with `{port}` for the port.
    pub(crate) fn url_of(&self, database: &Database) -> String {
        database.url.replace(&format!(":{}/", self.ports.0), ":{port}/")
    }

    fn cluster(&self) -> Result<&Cluster, BoxError> {
        self.postgres.as_ref().ok_or_else(|| "Postgres is being restarted".into())
    }

    /// A fresh house: a database and streams of its own, empty.
    pub(crate) async fn house(&mut self, now: Timestamp) -> Result<House, BoxError> {
        self.stories = self.stories.saturating_add(1);
        let name = format!("story_{}", self.stories);
        self.admin(&[format!("create database {name}")]).await?;
        let cluster = self.cluster()?;
        let options = cluster.options(&name);
        let database = Database { url: cluster.url(&name), options, name };
        let mut conn = PgConnection::connect_with(&database.options).await?;
        make_schema(&mut conn, &Schema { service: SERVICE, migrations: None, tables: TABLES })
            .await;
        let account = NatsAccount {
            url: format!("nats://127.0.0.1:{}", self.ports.1),
            user: USER.to_owned(),
            password: USER.to_owned(),
        };
        Ok(House::furnish(database, account, &[SLICE], now).await)
    }

    /// Removes what a story left.
    pub(crate) async fn clear(&self, house: &House) -> Result<(), BoxError> {
        let context = jetstream::new(house.nats.clone());
        let mut names = context.stream_names();
        let mut streams = Vec::new();
        while let Some(name) = names.next().await {
            streams.push(name?);
        }
        for name in streams {
            context.delete_stream(name).await?;
        }
        let name = &house.database.name;
        self.admin(&[
            format!("drop database {name} with (force)"),
            format!("drop database if exists {name}_backup with (force)"),
        ])
        .await
    }

    /// Copies a database that nobody works on.
    pub(crate) async fn backup(&self, database: &Database) -> Result<(), BoxError> {
        let name = &database.name;
        self.admin(&[
            format!("drop database if exists {name}_backup with (force)"),
            format!(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity
                 where datname = '{name}'"
            ),
            format!("create database {name}_backup template {name}"),
        ])
        .await
    }

    /// Puts the copy in the place of the database.
    pub(crate) async fn restore(&self, database: &Database) -> Result<(), BoxError> {
        let name = &database.name;
        self.admin(&[
            format!("drop database {name} with (force)"),
            format!("alter database {name}_backup rename to {name}"),
        ])
        .await
    }

    async fn admin(&self, statements: &[String]) -> Result<(), BoxError> {
        let options = self.cluster()?.options("postgres");
        let mut admin = PgConnection::connect_with(&options).await?;
        for statement in statements {
            raw_sql(AssertSqlSafe(statement.clone())).execute(&mut admin).await?;
        }
        Ok(())
    }

    /// Stops a server, in order or with `kill -9`, and starts it on what it has on disk.
    pub(crate) async fn restart(&mut self, server: Server, kill: bool) -> Result<(), BoxError> {
        match server {
            Server::Postgres => {
                if let Some(postgres) = self.postgres.take() {
                    if kill {
                        signal(postgres.pid(), Signal::KILL);
                    }
                    postgres.stop().await?;
                }
                self.start_postgres(Some(self.ports.0)).await?;
            }
            Server::Broker => {
                self.stop_broker(kill).await?;
                self.start_broker(Some(self.ports.1)).await?;
            }
        }
        Ok(())
    }

    async fn stop_broker(&mut self, kill: bool) -> Result<(), BoxError> {
        let Some(broker) = self.broker.take() else { return Ok(()) };
        if kill {
            signal(broker.pid(), Signal::KILL);
        }
        broker.stop().await?;
        Ok(())
    }

    /// What would be left of the broker's store if the power went now. The broker syncs every ten
    /// seconds: a power loss takes what came since, at most.
    pub(crate) fn image(&self) -> Result<Image, BoxError> {
        let image = tempfile::tempdir()?;
        let pid = self.broker.as_ref().map(NatsServer::pid);
        if let Some(pid) = pid {
            signal(pid, Signal::STOP);
        }
        let copied = copy(&self.broker_folder().join("jetstream"), image.path());
        if let Some(pid) = pid {
            signal(pid, Signal::CONT);
        }
        copied?;
        Ok(Image(image))
    }

    /// The power goes: the broker comes back with what was synced.
    pub(crate) async fn power_loss(&mut self, image: Image) -> Result<(), BoxError> {
        self.stop_broker(true).await?;
        let store = self.broker_folder().join("jetstream");
        std::fs::remove_dir_all(&store)?;
        std::fs::create_dir(&store)?;
        copy(image.0.path(), &store)?;
        self.start_broker(Some(self.ports.1)).await?;
        Ok(())
    }
}

/// Starts a server; while it was away its port may have been lent to a connection of somebody else.
async fn patiently<T>(
    start: impl AsyncFn() -> Result<T, embedded::Error>,
) -> Result<T, embedded::Error> {
    let begun = Instant::now();
    loop {
        match start().await {
            Err(embedded::Error::PortInUse { .. }) if begun.elapsed() < BACK_LIMIT => {
                sleep(Duration::from_millis(100)).await;
            }
            other => return other,
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), BoxError> {
    let status = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status()?;
    if status.success() { Ok(()) } else { Err(format!("cp: {status}").into()) }
}

/// Tables into which the service writes.
const TABLES_WRITTEN: [&str; 8] =
    ["inbox", "outbox", "effect", "waiting", "parked", "timer", "request", "counter"];

/// Has Postgres answer every write as it does when its disk is full (SQLSTATE 53100), or no more.
pub(crate) async fn fill_database(conn: &mut PgConnection, full: bool) -> sqlx::Result<()> {
    let refuse = "create or replace function full_disk() returns trigger language plpgsql as $$
                  begin
                      raise exception 'could not extend file: No space left on device'
                      using errcode = 'disk_full';
                  end $$";
    raw_sql(refuse).execute(&mut *conn).await?;
    // Table by table, so that it never holds two locks against those at work.
    for table in TABLES_WRITTEN {
        let statement = if full {
            format!(
                "create trigger full_disk before insert or update on {table}
                 for each statement execute function full_disk()"
            )
        } else {
            format!("drop trigger full_disk on {table}")
        };
        raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Leaves no room in the streams: the broker refuses what is published.
pub(crate) async fn fill_broker(nats: &async_nats::Client) -> Result<(), BoxError> {
    let context = jetstream::new(nats.clone());
    for name in [topology::EVENTS, topology::COMMANDS] {
        let stream = context.get_stream(name).await?;
        let info = stream.cached_info();
        let bytes = i64::try_from(info.state.bytes)?.saturating_add(1);
        let config = jetstream::stream::Config { max_bytes: bytes, ..info.config.clone() };
        context.update_stream(config).await?;
    }
    Ok(())
}

/// Deletes the consumers; whoever provisions makes them anew, from the start of the log.
pub(crate) async fn delete_consumers(nats: &async_nats::Client) -> Result<(), BoxError> {
    let context = jetstream::new(nats.clone());
    for planned in SLICE.consumers() {
        context.get_stream(planned.stream).await?.delete_consumer(&planned.name()).await?;
    }
    Ok(())
}

/// How long a server may take to come back.
pub(crate) const BACK_LIMIT: Duration = Duration::from_mins(1);
