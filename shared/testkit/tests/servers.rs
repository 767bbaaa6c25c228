//! Each test has servers' parts of its own, and the servers end with the process.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]
#![expect(clippy::disallowed_methods, reason = "there is no mailbox below the mailbox")]

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::jetstream;
use sqlx::{Connection, Executor, PgConnection, query_scalar};
use testkit::{Database, NatsAccount, eventually, servers};
use tokio::task::JoinSet;

const LIMIT: Duration = Duration::from_secs(20);

async fn rows(database: &Database) -> i64 {
    let mut connection = PgConnection::connect_with(&database.options).await.unwrap();
    query_scalar("select count(*) from letters").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn databases_come_from_one_template_and_do_not_see_each_other() {
    static FILLS: AtomicUsize = AtomicUsize::new(0);
    let fill = async |connection: &mut PgConnection| {
        FILLS.fetch_add(1, Ordering::Relaxed);
        connection
            .execute("create table letters (id int); insert into letters values (1)")
            .await
            .unwrap();
    };
    let (one, two) = tokio::join!(
        servers().await.database("letter", fill),
        servers().await.database("letter", fill)
    );
    assert_eq!(FILLS.load(Ordering::Relaxed), 1);
    assert_ne!(one.name, two.name);
    let mut connection = PgConnection::connect(&one.url).await.unwrap();
    connection.execute("insert into letters values (2)").await.unwrap();
    assert_eq!((rows(&one).await, rows(&two).await), (2, 1));
}

#[tokio::test]
async fn a_fill_that_failed_can_be_done_again() {
    let mut process = JoinSet::new();
    process.spawn(async {
        let fill = async |connection: &mut PgConnection| {
            connection.execute("create table letters (id int)").await.unwrap();
            panic!("half done");
        };
        servers().await.database("half", fill).await
    });
    assert!(process.join_next().await.unwrap().unwrap_err().is_panic());
    let fill = async |connection: &mut PgConnection| {
        connection.execute("create table letters (id int)").await.unwrap();
    };
    assert_eq!(rows(&servers().await.database("half", fill).await).await, 0);
}

#[tokio::test]
async fn accounts_at_the_broker_do_not_see_each_other() {
    let streams = async |account: NatsAccount| {
        let jetstream = jetstream::new(account.connect().await);
        let config = jetstream::stream::Config {
            name: "EVENTS".to_owned(),
            subjects: vec!["letter.evt.>".to_owned()],
            ..Default::default()
        };
        jetstream.create_stream(config).await.unwrap()
    };
    let one = streams(servers().await.nats_account()).await;
    let account = servers().await.nats_account();
    let two = streams(account.clone()).await;
    let sender = jetstream::new(account.connect().await);
    sender.publish("letter.evt.sent.v1", "x".into()).await.unwrap().await.unwrap();
    assert_eq!(one.get_info().await.unwrap().state.messages, 0);
    assert_eq!(two.get_info().await.unwrap().state.messages, 1);
}

/// A second process of this test binary that holds servers.
struct Holder {
    process: Child,
    pids: Vec<u32>,
    /// Kept open: what it says at its end is not our concern, but must not fail.
    _said: Lines<BufReader<ChildStdout>>,
}

fn holder() -> Holder {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holds_servers_until_it_is_told", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
    let held = |line: String| line.split_once("holding ").map(|(_, held)| held.to_owned());
    let held = said.by_ref().map_while(Result::ok).find_map(held).unwrap();
    let pids = held.split(' ').map(|pid| pid.parse().unwrap()).collect();
    Holder { process, pids, _said: said }
}

fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn the_servers_end_with_the_process_whether_it_finishes_or_is_killed() {
    for kill in [false, true] {
        let Holder { mut process, pids, _said } = holder();
        assert!(pids.iter().all(|pid| runs(*pid)));
        if kill {
            process.kill().unwrap();
        }
        drop(process.stdin.take());
        process.wait().unwrap();
        eventually(LIMIT, "end of the servers", async || !pids.iter().any(|pid| runs(*pid))).await;
    }
}

/// The other side of the test above.
#[tokio::test]
#[ignore = "waits for its parent"]
async fn holds_servers_until_it_is_told() {
    let [postgres, nats] = servers().await.pids();
    println!("holding {postgres} {nats}");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
