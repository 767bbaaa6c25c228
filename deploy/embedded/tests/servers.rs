//! Postgres and nats-server for real: what is committed is found again, whoever was killed, and
//! nobody leaves a server behind.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]
#![expect(clippy::disallowed_methods, reason = "there is no mailbox below the mailbox")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use embedded::tools::PostgresTools;
use embedded::{Cluster, Error, NatsServer, Search};
use futures_util::StreamExt;
use sqlx::{Connection, PgConnection, query, query_scalar};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(20);

fn search() -> Search {
    Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn postgres() -> PostgresTools {
    search().postgres().unwrap()
}

fn nats() -> PathBuf {
    search().nats_server().unwrap()
}

/// A folder that Postgres can reach when the tests run as root.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn connect(cluster: &Cluster) -> PgConnection {
    PgConnection::connect_with(&cluster.options("postgres")).await.unwrap()
}

async fn remember(cluster: &Cluster) {
    let mut connection = connect(cluster).await;
    query("create table kept as select 42 as answer").execute(&mut connection).await.unwrap();
}

async fn recalled(cluster: &Cluster) -> i32 {
    query_scalar("select answer from kept").fetch_one(&mut connect(cluster).await).await.unwrap()
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LIMIT, "{what} within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the process is there and not merely waiting to be counted among the dead.
fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

/// None when the process is gone.
fn parent_of(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// Kills the guard of a server, and the shell beside it that would end the server with us.
fn orphan(server: u32) {
    let guard = parent_of(server).unwrap();
    let processes = fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let watchers = pids.filter(|pid| *pid != server && parent_of(*pid) == Some(guard));
    watchers.for_each(kill);
    kill(guard);
}

#[tokio::test]
async fn postgres_finds_its_data_again() {
    let home = folder();
    let place = home.path().join("postgres");
    let cluster = Cluster::start(&postgres(), &place, None).await.unwrap();
    remember(&cluster).await;
    let (pid, port) = (cluster.pid(), cluster.port());
    cluster.stop().await.unwrap();
    assert!(!runs(pid));

    let cluster = Cluster::start(&postgres(), &place, Some(port)).await.unwrap();
    assert_eq!(cluster.port(), port);
    assert_eq!(recalled(&cluster).await, 42);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn postgres_takes_only_those_who_know_the_password_and_only_on_loopback() {
    let cluster = Cluster::throwaway(&postgres()).await.unwrap();
    let wrong = cluster.options("postgres").password("guessed");
    assert!(PgConnection::connect_with(&wrong).await.is_err());
    let mut connection = connect(&cluster).await;
    let addresses: String =
        query_scalar("show listen_addresses").fetch_one(&mut connection).await.unwrap();
    let sockets: String =
        query_scalar("show unix_socket_directories").fetch_one(&mut connection).await.unwrap();
    assert_eq!((addresses.as_str(), sockets.as_str()), ("127.0.0.1", ""));
    drop(connection);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_committed_survives_the_killing_of_postgres() {
    let home = folder();
    let mut cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    remember(&cluster).await;
    kill(cluster.pid());
    let start = Instant::now();
    while cluster.exited().is_none() {
        assert!(start.elapsed() < LIMIT, "the end is noticed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(cluster);

    let cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    assert_eq!(recalled(&cluster).await, 42);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_orphan_is_stopped_and_its_data_taken_over() {
    let home = folder();
    let cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    remember(&cluster).await;
    let left = cluster.pid();
    orphan(left);
    drop(cluster);
    assert!(runs(left));

    let cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    assert!(!runs(left));
    assert_eq!(recalled(&cluster).await, 42);
    cluster.stop().await.unwrap();

    let server = NatsServer::start(&nats(), &home.path().join("nats"), None, "").await.unwrap();
    let left = server.pid();
    orphan(left);
    drop(server);
    assert!(runs(left));
    let server = NatsServer::start(&nats(), &home.path().join("nats"), None, "").await.unwrap();
    assert!(!runs(left));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_strangers_process_with_an_old_number_is_left_alone() {
    let home = folder();
    Cluster::start(&postgres(), home.path(), None).await.unwrap().stop().await.unwrap();
    let ours = std::process::id();
    fs::write(home.path().join("data/postmaster.pid"), format!("{ours}\n")).unwrap();
    Cluster::start(&postgres(), home.path(), None).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_has_one_owner() {
    let home = folder();
    let cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    let second = Cluster::start(&postgres(), home.path(), None).await.unwrap_err();
    assert!(second.to_string().ends_with("is already in use by another process"), "{second}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let home = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let expected = |server| {
        format!("port {port} for {server} is in use by another program; choose another port")
    };
    let error = Cluster::start(&postgres(), home.path(), Some(port)).await.unwrap_err();
    assert_eq!(error.to_string(), expected("Postgres"));
    let error =
        NatsServer::start(&nats(), &home.path().join("nats"), Some(port), "").await.unwrap_err();
    assert_eq!(error.to_string(), expected("nats-server"));
}

#[tokio::test]
async fn data_of_another_major_version_is_refused() {
    let home = folder();
    Cluster::start(&postgres(), home.path(), None).await.unwrap().stop().await.unwrap();
    fs::write(home.path().join("data/PG_VERSION"), "14\n").unwrap();
    let error = Cluster::start(&postgres(), home.path(), None).await.unwrap_err();
    assert!(matches!(error, Error::OtherMajor { .. }), "{error}");
}

#[tokio::test]
async fn an_init_that_was_killed_is_begun_again() {
    let home = folder();
    fs::create_dir_all(home.path().join("data.unfinished/base")).unwrap();
    Cluster::start(&postgres(), home.path(), None).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn in_a_folder_closed_to_others_root_gets_its_data_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("postgres");
    let cluster = Cluster::start(&postgres(), &place, None).await.unwrap();
    remember(&cluster).await;
    cluster.stop().await.unwrap();
    let cluster = Cluster::start(&postgres(), &place, None).await.unwrap();
    assert_eq!(recalled(&cluster).await, 42);
    cluster.stop().await.unwrap();
    if place.is_symlink() {
        fs::remove_dir_all(place.canonicalize().unwrap()).unwrap();
    }
}

#[tokio::test]
async fn nats_finds_its_streams_again() {
    let home = folder();
    let access = "accounts { a { jetstream: enabled, users: [{user: u, password: p}] } }";
    let server = NatsServer::start(&nats(), home.path(), None, access).await.unwrap();
    let name = server.name().to_owned();
    let jetstream = jetstream(&server).await;
    let stream = async_nats::jetstream::stream::Config {
        name: "KEPT".to_owned(),
        subjects: vec!["kept.>".to_owned()],
        ..Default::default()
    };
    jetstream.create_stream(stream).await.unwrap();
    jetstream.publish("kept.one", "one".into()).await.unwrap().await.unwrap();
    kill(server.pid());
    drop(server);

    let server = NatsServer::start(&nats(), home.path(), None, access).await.unwrap();
    assert_eq!(server.name(), name);
    let jetstream = self::jetstream(&server).await;
    let stream = jetstream.get_stream("KEPT").await.unwrap();
    assert_eq!(stream.cached_info().state.messages, 1);
    let anonymous = async_nats::connect(server.url()).await;
    assert!(anonymous.is_err(), "who is not in the configuration is refused");
    server.stop().await.unwrap();
}

async fn jetstream(server: &NatsServer) -> async_nats::jetstream::Context {
    let options = async_nats::ConnectOptions::with_user_and_password("u".into(), "p".into());
    async_nats::jetstream::new(options.connect(server.url()).await.unwrap())
}

#[tokio::test]
async fn who_is_connected_stays_so_when_the_broker_gets_another_user() {
    let home = folder();
    let users = |more: &str| {
        let permissions = "permissions: {publish: [\"a\"], subscribe: [\"a\"]}";
        format!("authorization {{ users: [{{user: u, password: p, {permissions}}}{more}] }}")
    };
    let server = NatsServer::start(&nats(), home.path(), None, &users("")).await.unwrap();
    let connect = async |user: &str| {
        let options = async_nats::ConnectOptions::with_user_and_password(user.into(), "p".into());
        options.connect(server.url()).await
    };
    let old = connect("u").await.unwrap();
    let mut heard = old.subscribe("a").await.unwrap();
    old.flush().await.unwrap();
    assert!(connect("new").await.is_err());

    let more = users(", {user: new, password: p}");
    NatsServer::reload(home.path(), server.port(), &more).await.unwrap();
    let new = connect("new").await.unwrap();
    new.publish("a", "new".into()).await.unwrap();
    new.flush().await.unwrap();
    let message = tokio::time::timeout(LIMIT, heard.next()).await.unwrap().unwrap();
    assert_eq!(message.payload, "new");
    assert_eq!(old.statistics().connects.load(Ordering::Relaxed), 1, "it was never lost");

    let wrong = NatsServer::reload(home.path(), server.port(), "users: nonsense").await;
    let said = wrong.unwrap_err().to_string();
    assert!(said.starts_with("the reload of nats-server failed: "), "{said}");
    server.stop().await.unwrap();
    let gone = NatsServer::reload(home.path(), 1, &more).await.unwrap_err().to_string();
    assert_eq!(gone, "the reload of nats-server failed: it does not run");
}

#[tokio::test]
async fn who_knows_the_folder_connects_to_a_cluster_of_another_process() {
    let home = folder();
    let cluster = Cluster::start(&postgres(), home.path(), None).await.unwrap();
    remember(&cluster).await;
    let options = embedded::postgres::superuser(home.path(), cluster.port()).unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let answer: i32 =
        query_scalar("select answer from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(answer, 42);
    drop(connection);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_configuration_is_told_with_its_reason() {
    let error = NatsServer::throwaway(&nats(), "users: nonsense").await.unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("nats-server stopped at once: "), "{said}");
    assert!(said.contains("users"), "{said}");
}

#[tokio::test]
async fn killing_the_parent_leaves_no_server_and_no_throwaway_folder() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holds_servers_until_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let said = lines.map_while(Result::ok).find(|line| line.contains("holding ")).unwrap();
    let held = said.split_once("holding ").unwrap().1;
    let pids: Vec<u32> = held.split(' ').map(|pid| pid.parse().unwrap()).collect();
    assert!(pids.iter().all(|pid| runs(*pid)));
    let data = |pid: &u32| fs::read_link(format!("/proc/{pid}/cwd")).unwrap();
    let cluster = data(pids.first().unwrap());

    parent.kill().unwrap();
    parent.wait().unwrap();
    until("the servers are gone", || !pids.iter().any(|pid| runs(*pid))).await;
    until("the data is gone", || !cluster.exists()).await;
}

/// The other side of the test above.
#[tokio::test]
#[ignore = "runs until it is killed"]
async fn holds_servers_until_killed() {
    let cluster = Cluster::throwaway(&postgres()).await.unwrap();
    let server = NatsServer::throwaway(&nats(), "").await.unwrap();
    println!("holding {} {}", cluster.pid(), server.pid());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
