//! The database: one pool in the service's own schema, and the migrations of that schema.
//!
//! A service sees no schema but its own: `search_path` names it alone. What a server must be and
//! must hold is checked at the start, in one sentence; no message holds a password.

use std::collections::HashMap;
use std::io;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::error::DatabaseError;
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::config::Secret;
use crate::error::{BoxError, chain};
use crate::health::Health;
use crate::retry::patiently;

/// The oldest server that we test with, as `server_version_num` writes it.
const OLDEST_VERSION: i32 = 150_000;
const ATTEMPT_LIMIT: Duration = Duration::from_secs(5);
const PROBE_PERIOD: Duration = Duration::from_secs(5);
const PROBE_LIMIT: Duration = Duration::from_secs(3);

/// Section `postgres`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database`, of the runtime role.
    pub url: Secret,
    /// Connections of this process, at most.
    pub max_connections: u32,
    /// How long a task waits for a free connection.
    pub acquire_limit_ms: u64,
    /// How long one statement may run.
    pub statement_limit_ms: u64,
    /// How long one statement waits for a lock.
    pub lock_limit_ms: u64,
    /// How long a transaction may stand idle: only our death or a fault of ours makes it.
    pub idle_in_transaction_limit_ms: u64,
}

impl Default for PostgresConfig {
    fn default() -> Self {
        Self {
            url: Secret::default(),
            max_connections: 10,
            acquire_limit_ms: 10_000,
            statement_limit_ms: 30_000,
            lock_limit_ms: 10_000,
            idle_in_transaction_limit_ms: 60_000,
        }
    }
}

/// Why the database is of no use to us.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// The URL cannot be read.
    #[error("configuration key `postgres.url` is not a Postgres URL")]
    Url(#[source] sqlx::Error),
    /// No server, or it refuses us.
    #[error("no connection to Postgres at {server} (configuration key `postgres.url`)")]
    Unreachable {
        /// Host, port and database.
        server: String,
        /// What the driver says.
        #[source]
        source: sqlx::Error,
    },
    /// The server is too old.
    #[error(
        "Postgres at {server} is version {version}; Amicable needs 15 or later \
         (configuration key `postgres.url`)"
    )]
    TooOld {
        /// Host, port and database.
        server: String,
        /// As the server writes it.
        version: String,
    },
    /// A migration of ours is missing in the database.
    #[error(
        "schema `{schema}` lacks migration {version} ({description}); run the migrations first"
    )]
    Behind {
        /// The service's schema.
        schema: String,
        /// The migration's number.
        version: i64,
        /// The migration's name.
        description: String,
    },
    /// A migration was edited after it was applied.
    #[error("schema `{schema}` was made by another text of migration {version} than ours")]
    Edited {
        /// The service's schema.
        schema: String,
        /// The migration's number.
        version: i64,
    },
    /// A migration failed, or what is applied cannot be read.
    #[error("the migrations of schema `{schema}` cannot be read or applied")]
    Migrations {
        /// The service's schema.
        schema: String,
        /// What the driver says.
        #[source]
        source: MigrateError,
    },
}

/// The schema of a service: its name, with underscores for hyphens.
#[must_use]
pub fn schema_of(service: &str) -> String {
    service.replace('-', "_")
}

/// The database that this process works on, from its first connection on.
///
/// Behind one address another database may appear: restored from a backup, or a standby that took
/// over. It may lack the last of what was committed, so a process never goes on in it; the next
/// start looks at what is missing.
#[derive(Clone, Debug, Default)]
pub struct Home {
    identity: Arc<OnceLock<String>>,
    moved: CancellationToken,
}

impl Home {
    /// Refuses a connection to another database than the first.
    async fn admit(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let found = identity(connection).await?;
        if *self.identity.get_or_init(|| found.clone()) == found {
            return Ok(());
        }
        self.moved.cancel();
        Err(sqlx::Error::Configuration(ANOTHER_DATABASE.into()))
    }
}

const ANOTHER_DATABASE: &str =
    "another database is there than at the start of this process: start it again";

/// What a database is told by: its cluster, the cluster's timeline, and its own number. A restore
/// from a backup and a standby that takes over change one of them.
pub async fn identity(connection: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::query_scalar(
        "select (select system_identifier from pg_control_system()) || '/' ||
                (select timeline_id from pg_control_checkpoint()) || '/' ||
                (select oid from pg_database where datname = current_database())",
    )
    .fetch_one(connection)
    .await
}

/// Connects the service to its schema. Tries again for `limit` while the server is starting or out
/// of reach; what waiting cannot mend, such as a wrong password, is an error at once.
pub async fn connect(
    service: &str,
    config: &PostgresConfig,
    home: Home,
    limit: Duration,
) -> Result<PgPool, PostgresError> {
    let options = options(&config.url, &schema_of(service))?.application_name(service).options([
        ("statement_timeout", config.statement_limit_ms.to_string()),
        ("lock_timeout", config.lock_limit_ms.to_string()),
        ("idle_in_transaction_session_timeout", config.idle_in_transaction_limit_ms.to_string()),
    ]);
    let mut connection = first_connection(&options, limit).await?;
    refuse_old(&mut connection, &options).await?;
    // It has served; whether the goodbye arrives does not matter.
    let _ = connection.close().await;
    Ok(PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_millis(config.acquire_limit_ms))
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let home = home.clone();
            Box::pin(async move { home.admit(connection).await })
        })
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TESTED_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options))
}

/// A connection that was used a moment ago is taken for alive: to ask it first would cost a round
/// trip, and one that died meanwhile says so at its first statement.
const TESTED_AFTER: Duration = Duration::from_secs(1);

/// Applies the migrations, in the order given, in the schema, as its owner. The schema exists
/// already. A database that is ahead of us, since a newer release was here, is left as it is.
pub async fn migrate(
    owner_url: &Secret,
    schema: &str,
    migrators: &[&Migrator],
) -> Result<(), PostgresError> {
    let options = options(owner_url, schema)?.application_name("migrate");
    let mut connection = first_connection(&options, ATTEMPT_LIMIT).await?;
    refuse_old(&mut connection, &options).await?;
    for migrator in migrators {
        match at_least(&mut connection, schema, migrator).await {
            Err(PostgresError::Behind { .. }) => migrator
                .run(&mut connection)
                .await
                .map_err(|source| PostgresError::Migrations { schema: schema.into(), source })?,
            other => other?,
        }
    }
    let _ = connection.close().await;
    Ok(())
}

/// Whether the schema holds every migration of ours, each with our text; it may hold more.
pub async fn schema_at_least(
    pool: &PgPool,
    schema: &str,
    migrator: &Migrator,
) -> Result<(), PostgresError> {
    let mut connection = pool.acquire().await.map_err(|source| PostgresError::Migrations {
        schema: schema.to_owned(),
        source: source.into(),
    })?;
    at_least(&mut connection, schema, migrator).await
}

/// Waits until the schema is at our head, and gives up after `limit`.
pub async fn await_schema(
    pool: &PgPool,
    schema: &str,
    migrators: &[&Migrator],
    limit: Duration,
) -> Result<(), PostgresError> {
    let behind = |error: &PostgresError| matches!(error, PostgresError::Behind { .. });
    for migrator in migrators {
        patiently(limit, behind, || schema_at_least(pool, schema, migrator)).await?;
    }
    Ok(())
}

/// Keeps the condition `postgres` of the health true to the facts, until told to stop; fails when
/// another database appeared.
pub async fn probe(
    pool: PgPool,
    home: Home,
    health: Health,
    stopping: CancellationToken,
) -> Result<(), BoxError> {
    let mut period = tokio::time::interval(PROBE_PERIOD);
    let mut well = true;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return Ok(()),
            () = home.moved.cancelled() => return Err(ANOTHER_DATABASE.into()),
            _ = period.tick() => {}
        }
        let answer = timeout(PROBE_LIMIT, async { pool.acquire().await?.ping().await }).await;
        let fault = match answer {
            Ok(Ok(())) => None,
            Ok(Err(fault)) => Some(chain(&fault)),
            Err(_) => Some(format!("no answer within {} s", PROBE_LIMIT.as_secs())),
        };
        match fault {
            None => {
                health.set_ready("postgres");
                if !well {
                    info!("Postgres answers again");
                }
                well = true;
            }
            Some(fault) => {
                if well {
                    error!("Postgres does not answer: {fault}");
                }
                health.set_unready("postgres", fault);
                well = false;
            }
        }
    }
}

fn options(url: &Secret, schema: &str) -> Result<PgConnectOptions, PostgresError> {
    let options = PgConnectOptions::from_str(url.expose()).map_err(PostgresError::Url)?;
    Ok(options.options([("search_path", schema)]))
}

async fn first_connection(
    options: &PgConnectOptions,
    limit: Duration,
) -> Result<PgConnection, PostgresError> {
    let attempt = || async {
        let timed_out = |elapsed| sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, elapsed));
        timeout(ATTEMPT_LIMIT, options.connect()).await.map_err(timed_out)?
    };
    patiently(limit, may_pass, attempt).await.map_err(|source| unreachable(options, source))
}

/// Whether waiting may mend it: the server is out of reach, starting, stopping, or full.
fn may_pass(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    // Class 57P: operator intervention; 53300: too many connections.
    matches!(error, sqlx::Error::Io(_))
        || code.is_some_and(|code| code.starts_with("57P") || code == "53300")
}

async fn refuse_old(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<(), PostgresError> {
    let version: (i32, String) = sqlx::query_as(
        "select current_setting('server_version_num')::int4, current_setting('server_version')",
    )
    .fetch_one(connection)
    .await
    .map_err(|source| unreachable(options, source))?;
    match version {
        (OLDEST_VERSION.., _) => Ok(()),
        (_, version) => Err(PostgresError::TooOld { server: server(options), version }),
    }
}

async fn at_least(
    connection: &mut PgConnection,
    schema: &str,
    migrator: &Migrator,
) -> Result<(), PostgresError> {
    let applied = match connection.list_applied_migrations(&migrator.table_name).await {
        Ok(applied) => applied,
        Err(error) if lacks_table(&error) => Vec::new(),
        Err(source) => return Err(PostgresError::Migrations { schema: schema.into(), source }),
    };
    let applied: HashMap<_, _> =
        applied.into_iter().map(|applied| (applied.version, applied.checksum)).collect();
    for migration in migrator.iter() {
        let (schema, version) = (schema.to_owned(), migration.version);
        match applied.get(&version) {
            Some(checksum) if *checksum == migration.checksum => {}
            Some(_) => return Err(PostgresError::Edited { schema, version }),
            None => {
                let description = migration.description.to_string();
                return Err(PostgresError::Behind { schema, version, description });
            }
        }
    }
    Ok(())
}

fn lacks_table(error: &MigrateError) -> bool {
    let MigrateError::Execute(error) = error else { return false };
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("42P01"))
}

fn unreachable(options: &PgConnectOptions, source: sqlx::Error) -> PostgresError {
    PostgresError::Unreachable { server: server(options), source }
}

fn server(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("{}:{}/{database}", socket.display(), options.get_port()),
        None => format!("{}:{}/{database}", options.get_host(), options.get_port()),
    }
}
