//! One Postgres and one nats-server for all tests of a process, and for each test its own part.
//!
//! They are started by the first test that asks, and end with the process, however it ends. Tests
//! must never see each other: each has its own database, copied from a template, and its own
//! account at the broker, with its own streams.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded::{Cluster, NatsServer, Search};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use tokio::sync::{Mutex, OnceCell};

/// More than the tests of one process will need; an account costs the server next to nothing.
const ACCOUNTS: usize = 256;

/// The servers of this process.
#[derive(Debug)]
pub struct Servers {
    postgres: Cluster,
    nats: NatsServer,
    /// The template databases that are ready.
    templates: Mutex<BTreeSet<String>>,
    databases: AtomicUsize,
    accounts: AtomicUsize,
}

/// A database that one test has to itself.
#[derive(Clone, Debug)]
pub struct Database {
    /// Connects as superuser.
    pub options: PgConnectOptions,
    /// The same as a URL.
    pub url: String,
    pub name: String,
}

/// An account at the broker that one test has to itself. Its one user may do everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsAccount {
    /// Without the user.
    pub url: String,
    pub user: String,
    pub password: String,
}

/// The servers of this process, started at the first call.
pub async fn servers() -> &'static Servers {
    static SERVERS: OnceCell<Servers> = OnceCell::const_new();
    SERVERS.get_or_init(Servers::start).await
}

impl Servers {
    async fn start() -> Self {
        let search = Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR")));
        let (tools, program) = match (search.postgres(), search.nats_server()) {
            (Ok(tools), Ok(program)) => (tools, program),
            (Err(error), _) | (_, Err(error)) => panic!("{error}"),
        };
        let accounts = accounts();
        let nats = NatsServer::throwaway(&program, &accounts);
        let (postgres, nats) = tokio::join!(Cluster::throwaway(&tools), nats);
        Self {
            postgres: postgres.unwrap_or_else(|error| panic!("{error}")),
            nats: nats.unwrap_or_else(|error| panic!("{error}")),
            templates: Mutex::default(),
            databases: AtomicUsize::new(0),
            accounts: AtomicUsize::new(0),
        }
    }

    /// A fresh copy of the template database of this name.
    ///
    /// `fill` makes the template, once per process: it is given a connection to an empty database.
    /// No two fills run at once, so they may create roles, which all databases share.
    pub async fn database(
        &self,
        template: &str,
        fill: impl AsyncFnOnce(&mut PgConnection),
    ) -> Database {
        let source = format!("template_{template}");
        let mut templates = self.templates.lock().await;
        if !templates.contains(template) {
            // A fill that panicked may have left half a template.
            self.admin(format!("drop database if exists {source} with (force)")).await;
            self.admin(format!("create database {source}")).await;
            let mut connection = connect(&self.postgres.options(&source)).await;
            fill(&mut connection).await;
            connection.close().await.expect("the connection to the template closes");
            templates.insert(template.to_owned());
        }
        drop(templates);
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}_{template}");
        self.admin(format!("create database {name} template {source}")).await;
        Database { options: self.postgres.options(&name), url: self.postgres.url(&name), name }
    }

    /// An account at the broker that no other test of this process has.
    pub fn nats_account(&self) -> NatsAccount {
        let number = self.accounts.fetch_add(1, Ordering::Relaxed);
        assert!(number < ACCOUNTS, "one process has at most {ACCOUNTS} tests with a NATS account");
        let name = account_name(number);
        NatsAccount { url: self.nats.url(), user: name.clone(), password: name }
    }

    /// The process ids of both servers: Postgres, nats-server.
    pub fn pids(&self) -> [u32; 2] {
        [self.postgres.pid(), self.nats.pid()]
    }

    async fn admin(&self, statement: String) {
        let mut connection = connect(&self.postgres.options("postgres")).await;
        let done = raw_sql(AssertSqlSafe(statement.clone())).execute(&mut connection).await;
        if let Err(error) = done {
            panic!("{statement}: {error}");
        }
    }
}

impl NatsAccount {
    /// Connects as the account's user.
    pub async fn connect(&self) -> async_nats::Client {
        let (user, password) = (self.user.clone(), self.password.clone());
        let options = async_nats::ConnectOptions::with_user_and_password(user, password);
        options.connect(&self.url).await.expect("our nats-server takes our user")
    }
}

async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.expect("our Postgres takes our superuser")
}

/// The accounts in the server's configuration, each with a user of the same name.
fn accounts() -> String {
    let mut text = "accounts {\n".to_owned();
    for name in (0..ACCOUNTS).map(account_name) {
        let users = format!("users: [{{user: {name}, password: {name}}}]");
        writeln!(text, "  {name} {{ jetstream: enabled, {users} }}").expect("a string takes all");
    }
    text.push_str("}\n");
    text
}

fn account_name(number: usize) -> String {
    format!("test{number}")
}
