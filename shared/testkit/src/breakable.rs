//! A Postgres and a nats-server that a test may stop and start again, with what they keep.

use std::path::Path;

use embedded::{Cluster, NatsServer, Search};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::servers::{Database, NatsAccount};

const USER: &str = "house";

/// Servers of one test's own. They keep their ports and what is in them.
#[derive(Debug)]
pub struct Breakable {
    folder: TempDir,
    postgres: Option<Cluster>,
    postgres_port: u16,
    nats: Option<NatsServer>,
    nats_port: u16,
    pub(crate) database: Database,
    pub(crate) account: NatsAccount,
}

impl Breakable {
    /// Starts both.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let postgres = postgres(folder.path(), None).await;
        let nats = nats(folder.path(), None).await;
        let name = "postgres".to_owned();
        let (options, url) = (postgres.options(&name), postgres.url(&name));
        Self {
            postgres_port: postgres.port(),
            nats_port: nats.port(),
            database: Database { options, url, name },
            account: NatsAccount {
                url: nats.url(),
                user: USER.to_owned(),
                password: USER.to_owned(),
            },
            postgres: Some(postgres),
            nats: Some(nats),
            folder,
        }
    }

    /// A connection to the empty database.
    pub(crate) async fn connect(&self) -> PgConnection {
        let options = &self.database.options;
        PgConnection::connect_with(options).await.expect("our Postgres takes our superuser")
    }

    pub async fn stop_postgres(&mut self) {
        let postgres = self.postgres.take().expect("Postgres runs");
        postgres.stop().await.expect("Postgres stops");
    }

    pub async fn start_postgres(&mut self) {
        let port = Some(self.postgres_port);
        self.postgres = Some(postgres(self.folder.path(), port).await);
    }

    pub async fn stop_nats(&mut self) {
        let nats = self.nats.take().expect("nats-server runs");
        nats.stop().await.expect("nats-server stops");
    }

    pub async fn start_nats(&mut self) {
        let port = Some(self.nats_port);
        self.nats = Some(nats(self.folder.path(), port).await);
    }
}

async fn postgres(folder: &Path, port: Option<u16>) -> Cluster {
    let tools = search().postgres().unwrap_or_else(|error| panic!("{error}"));
    let started = Cluster::start(&tools, &folder.join("postgres"), port).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

async fn nats(folder: &Path, port: Option<u16>) -> NatsServer {
    let program = search().nats_server().unwrap_or_else(|error| panic!("{error}"));
    let access = format!("authorization {{ user: {USER}, password: {USER} }}\n");
    let started = NatsServer::start(&program, &folder.join("nats"), port, &access).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

fn search() -> Search {
    Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR")))
}
