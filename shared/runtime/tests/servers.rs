//! A process on a real Postgres and a real nats-server: how it starts, refuses, and stops.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use axum::http::Method;
use embedded::{Cluster, NatsServer, Search};
use primitives::{Clock, Timestamp};
use runtime::clock::{self, ClockError, DemoClock};
use runtime::config::Secret;
use runtime::error::chain;
use runtime::health::Health;
use runtime::http::{CallLimits, HttpClient};
use runtime::nats::{self, NatsConfig, NatsError};
use runtime::postgres::{self, Home, PostgresConfig, PostgresError};
use runtime::shutdown::{Phase, ShutdownConfig, Tasks};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Executor, SqlSafeStr};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);

fn search() -> Search {
    Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR")))
}

async fn postgres_server() -> Cluster {
    Cluster::throwaway(&search().postgres().unwrap()).await.unwrap()
}

async fn nats_server(access: &str) -> NatsServer {
    NatsServer::throwaway(&search().nats_server().unwrap(), access).await.unwrap()
}

fn postgres_config(cluster: &Cluster) -> PostgresConfig {
    let url = Secret::new(cluster.url("postgres"));
    PostgresConfig { url, ..PostgresConfig::default() }
}

fn nats_config(url: String, user: &str, password: &str) -> NatsConfig {
    NatsConfig { url, user: user.to_owned(), password: Secret::new(password.to_owned()) }
}

/// A port where nobody listens.
async fn silent_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port()
}

fn migrator(texts: &[&'static str]) -> Migrator {
    let migrations = (1_i64..).zip(texts).map(|(version, text)| {
        let kind = MigrationType::Simple;
        Migration::new(version, "step".into(), kind, (*text).into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[tokio::test]
async fn a_service_sees_its_own_schema_at_its_own_head() {
    let cluster = postgres_server().await;
    let config = postgres_config(&cluster);
    let pool = postgres::connect("late-letter", &config, Home::default(), LIMIT).await.unwrap();
    pool.execute("create schema late_letter; create table public.elsewhere ()").await.unwrap();
    let old = migrator(&["create table letter (id int)"]);
    let new = migrator(&["create table letter (id int)", "create table reply (id int)"]);
    let edited = migrator(&["create table letter (id bigint)"]);
    let at_least =
        async |migrator: &Migrator| postgres::schema_at_least(&pool, "late_letter", migrator).await;
    let migrate = async |migrator: &Migrator| {
        postgres::migrate(&config.url, "late_letter", &[migrator]).await
    };

    assert!(matches!(at_least(&old).await, Err(PostgresError::Behind { version: 1, .. })));
    migrate(&old).await.unwrap();
    at_least(&old).await.unwrap();
    assert!(matches!(at_least(&new).await, Err(PostgresError::Behind { version: 2, .. })));
    migrate(&new).await.unwrap();
    // The previous release still runs, and its migrations still succeed, on the newer schema.
    at_least(&old).await.unwrap();
    migrate(&old).await.unwrap();
    assert!(matches!(migrate(&edited).await, Err(PostgresError::Edited { version: 1, .. })));

    pool.execute("select from late_letter.letter; select from reply").await.unwrap();
    assert!(pool.execute("select from elsewhere").await.is_err());
    let (name, limit): (String, String) = sqlx::query_as(
        "select current_setting('application_name'), current_setting('statement_timeout')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!((name.as_str(), limit.as_str()), ("late-letter", "30s"));
}

#[tokio::test]
async fn an_unusable_postgres_is_told_without_the_password() {
    let cluster = postgres_server().await;
    let told = async |url: String| {
        let config = PostgresConfig { url: Secret::new(url), ..PostgresConfig::default() };
        let refused = postgres::connect("letter", &config, Home::default(), Duration::ZERO)
            .await
            .unwrap_err();
        let told = chain(&refused);
        assert!(told.contains("`postgres.url`") && !told.contains("hunter2"), "{told}");
        told
    };
    let silent = silent_port().await;
    let told_silent = told(format!("postgres://me:hunter2@127.0.0.1:{silent}/amicable")).await;
    assert!(told_silent.contains(&format!("127.0.0.1:{silent}/amicable")), "{told_silent}");
    let port = cluster.port();
    let told_wrong = told(format!("postgres://postgres:hunter2@127.0.0.1:{port}/postgres")).await;
    assert!(told_wrong.contains("password"), "{told_wrong}");
    told("not a url with hunter2".to_owned()).await;
}

#[tokio::test]
async fn a_server_that_comes_late_is_waited_for() {
    let port = silent_port().await;
    let program = search().nats_server().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("nats://127.0.0.1:{port}");
    let (config, health) = (nats_config(url, "", ""), Health::default());
    let (connected, server) = tokio::join!(
        nats::connect("letter", &config, LIMIT, &health),
        NatsServer::start(&program, folder.path(), Some(port), ""),
    );
    server.unwrap();
    connected.unwrap();
}

#[tokio::test]
async fn an_unusable_nats_is_told_in_one_sentence() {
    let server = nats_server("authorization { users: [{user: letter, password: right}] }").await;
    let health = Health::default();
    let refused = async |url: String, password| {
        let config = nats_config(url, "letter", password);
        nats::connect("letter", &config, Duration::ZERO, &health).await.unwrap_err()
    };
    let wrong = refused(server.url(), "hunter2").await;
    assert!(matches!(wrong, NatsError::Unreachable { .. }));
    let told = chain(&wrong);
    assert!(told.contains("authorization violation") && !told.contains("hunter2"), "{told}");
    let silent = refused(format!("nats://127.0.0.1:{}", silent_port().await), "right").await;
    assert!(chain(&silent).contains("onnection refused"), "{}", chain(&silent));

    let old = refused(greeting_server("2.9.25", true).await, "right").await;
    assert!(old.to_string().contains("is version 2.9.25; Amicable needs 2.10"), "{old}");
    let bare = refused(greeting_server("2.11.0", false).await, "right").await;
    assert!(matches!(bare, NatsError::NoJetStream { .. }));
}

/// A server that greets as this version of NATS and answers nothing but pings.
async fn greeting_server(version: &str, jetstream: bool) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    let greeting = serde_json::json!({
        "server_id": "OLD", "version": version, "max_payload": 1_048_576, "headers": true,
        "jetstream": jetstream, "proto": 1,
    });
    Tasks::default().spawn_brief(Phase::Http, "greeting", async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (read, mut write) = socket.split();
        write.write_all(format!("INFO {greeting}\r\n").as_bytes()).await.unwrap();
        let mut lines = tokio::io::BufReader::new(read).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if line == "PING" {
                write.write_all(b"PONG\r\n").await.unwrap();
            }
        }
    });
    url
}

#[tokio::test]
async fn the_connection_knows_its_name_and_tells_the_health() {
    let mut server = Some(nats_server("").await);
    let config = nats_config(server.as_ref().unwrap().url(), "", "");
    let health = Health::default();
    let client = nats::connect("late-letter", &config, LIMIT, &health).await.unwrap();
    assert!(client.new_inbox().starts_with("_INBOX_late-letter."));
    until("connected", || health.readiness().ready).await;
    server.take().unwrap().stop().await.unwrap();
    until("disconnected", || !health.readiness().ready).await;
}

#[tokio::test]
async fn the_business_clock_moves_forward_for_everybody() {
    let server = nats_server("").await;
    let config = nats_config(server.url(), "", "");
    let client = nats::connect("letter", &config, LIMIT, &Health::default()).await.unwrap();
    assert!(matches!(clock::open_bucket(&client).await, Err(ClockError::Bucket(_))));
    let bucket = clock::create_bucket(&client).await.unwrap();
    assert!(matches!(DemoClock::open(&bucket, LIMIT).await, Err(ClockError::NotSet)));

    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (monday, tuesday) = (at("2025-03-03T09:00:00Z"), at("2025-03-04T09:00:00Z"));
    clock::advance(&bucket, monday).await.unwrap();
    let bucket = clock::open_bucket(&client).await.unwrap();
    let (tasks, demo) = (Tasks::default(), DemoClock::open(&bucket, LIMIT).await.unwrap());
    let follow = Arc::clone(&demo).follow(bucket.clone(), tasks.stopping(Phase::Http));
    tasks.spawn(Phase::Http, "business-clock", follow);
    let mut moved = demo.moved();
    assert_eq!(demo.business_now(), monday);

    clock::advance(&bucket, tuesday).await.unwrap();
    timeout(LIMIT, moved.changed()).await.unwrap().unwrap();
    assert_eq!(demo.business_now(), tuesday);
    assert!(matches!(
        clock::advance(&bucket, monday).await,
        Err(ClockError::Backwards { now, to }) if now == tuesday && to == monday
    ));
    clock::advance(&bucket, tuesday).await.unwrap();

    // Whoever else writes nonsense or an earlier time is not followed.
    bucket.put(clock::KEY, "yesterday".into()).await.unwrap();
    bucket.put(clock::KEY, monday.to_string().into()).await.unwrap();
    let later = at("2025-03-05T09:00:00Z");
    bucket.put(clock::KEY, later.to_string().into()).await.unwrap();
    timeout(LIMIT, moved.changed()).await.unwrap().unwrap();
    assert_eq!(demo.business_now(), later);
    assert!(tasks.stop(&ShutdownConfig::default()).await);
}

/// The example `idle` as a process; killed when it is dropped.
struct Process {
    child: Child,
    /// Of its log, as they come.
    lines: mpsc::Receiver<String>,
    _folder: TempDir,
}

impl Process {
    fn start(env: &[(&str, &str)]) -> Self {
        let tests = std::env::current_exe().unwrap();
        let program = tests.ancestors().nth(2).unwrap().join("examples/idle");
        assert!(program.exists(), "`cargo test -p runtime` builds {}", program.display());
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        command.env("AMICABLE_IDLE__FILES__FOLDER", folder.path());
        for (key, value) in env {
            command.env(format!("AMICABLE_IDLE__{key}"), value);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            while let Some(Ok(line)) = log.next() {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, _folder: folder }
    }

    /// On these servers.
    fn on(cluster: &Cluster, server: &NatsServer, env: &[(&str, &str)]) -> Self {
        let (postgres, nats) = (cluster.url("postgres"), server.url());
        let servers = [("POSTGRES__URL", postgres.as_str()), ("NATS__URL", &nats)];
        Self::start(&[&servers, env].concat())
    }

    /// The next line of its log that holds the text.
    fn says(&self, text: &str) -> String {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => println!("{line}"),
                Err(error) => panic!("it does not say {text}: {error}"),
            }
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Its exit code and the rest of its log.
    fn ends(mut self) -> (i32, String) {
        let mut log = String::new();
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => log.extend([line.as_str(), "\n"]),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it does not end:\n{log}"),
            }
        }
        (self.child.wait().unwrap().code().unwrap(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error says that it has ended, as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_starts_and_stops_in_order() {
    let (cluster, server) = (postgres_server().await, nats_server("").await);
    let client = HttpClient::new("test", CallLimits { connect: LIMIT, total: LIMIT }).unwrap();
    for (signal, env) in [("TERM", [("TELEMETRY__LOG", "text")]), ("INT", [("CLOCK", "system")])] {
        let process = Process::on(&cluster, &server, &env);
        let line = process.says("answers /livez, /readyz and /metrics on");
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        process.says("is ready");
        let request = client.request(Method::GET, format!("http://{address}/readyz"));
        assert_eq!(client.call("GET /readyz", request).await.unwrap().status(), 200);
        process.signal(signal);
        let (code, log) = process.ends();
        assert_eq!(code, 0, "{log}");
    }
    let mut process = Process::on(&cluster, &server, &[("WATCH_STDIN", "true")]);
    process.says("is ready");
    drop(process.child.stdin.take());
    let (code, log) = process.ends();
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("standard input is closed"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_fails_or_hangs_says_so_and_ends() {
    let (cluster, server) = (postgres_server().await, nats_server("").await);
    let (code, log) = Process::on(&cluster, &server, &[("TEMPER", "brittle")]).ends();
    assert_eq!(code, 1, "{log}");
    assert!(log.contains("task idling failed: nothing holds"), "{log}");

    let hasty = [("TEMPER", "stubborn"), ("SHUTDOWN__PULLING_MS", "10")];
    let process = Process::on(&cluster, &server, &hasty);
    process.says("is ready");
    process.signal("TERM");
    let (code, log) = process.ends();
    assert_eq!(code, 1, "{log}");
    assert!(log.contains("dropping idling"), "{log}");

    let patient = [("TEMPER", "stubborn"), ("SHUTDOWN__PULLING_MS", "60000")];
    let process = Process::on(&cluster, &server, &patient);
    process.says("is ready");
    process.signal("TERM");
    process.says("stops");
    process.signal("TERM");
    let (code, log) = process.ends();
    assert_eq!(code, 130, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_cannot_start_says_one_sentence() {
    let (cluster, server) = (postgres_server().await, nats_server("").await);
    let (code, log) = Process::start(&[]).ends();
    assert_eq!(
        (code, log.as_str()),
        (78, "amicable idle: configuration key `postgres.url` must be set\n")
    );

    let taken = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let silent = format!("postgres://me:hunter2@127.0.0.1:{}/amicable", silent_port().await);
    let silent_nats = format!("nats://127.0.0.1:{}", silent_port().await);
    for (key, value) in [
        ("ADMIN_LISTEN", address.as_str()),
        ("POSTGRES__URL", &silent),
        ("NATS__URL", &silent_nats),
        ("CLOCK", "demo"),
        ("FILES__FOLDER", "/dev/null/files"),
    ] {
        let env = [("TELEMETRY__FILTER", "off"), ("START_LIMIT_MS", "0"), (key, value)];
        let (code, log) = Process::on(&cluster, &server, &env).ends();
        assert_eq!(code, 1, "{log}");
        assert!(log.starts_with("amicable idle: ") && log.lines().count() == 1, "{log}");
        assert!(!log.contains("hunter2"), "{log}");
    }
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LIMIT, "{what} within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
