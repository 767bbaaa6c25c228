//! A guarded child ends when it is asked to, and at the latest when its grace is over.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use embedded::{Guarded, Launch};

const LIMIT: Duration = Duration::from_secs(20);

/// Starts a shell with this text, and waits until it has said that it is ready.
async fn start(text: &str, log: &Path, grace: Duration) -> Guarded {
    let script = format!("{text}; echo ready; while :; do sleep 0.05; done");
    let child = Guarded::spawn(&Launch {
        arguments: vec!["-c".into(), script.into()],
        environment: vec![("GREETING".into(), "hello".into())],
        grace,
        ..Launch::new("the child", Path::new("/bin/sh"), log)
    });
    let start = Instant::now();
    while !fs::read_to_string(log).is_ok_and(|said| said.contains("ready")) {
        assert!(start.elapsed() < LIMIT, "the child is ready");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.unwrap()
}

#[tokio::test]
async fn it_is_asked_to_stop_and_may_say_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let child = start("trap 'echo goodbye; exit 0' TERM; echo $GREETING", &log, LIMIT).await;
    child.stop().await.unwrap();
    assert_eq!(fs::read_to_string(&log).unwrap(), "hello\nready\ngoodbye\n");
}

#[tokio::test]
async fn one_that_does_not_listen_is_killed_after_its_grace() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let child = start("trap '' TERM", &log, Duration::from_secs(1)).await;
    let pid = child.pid();
    child.stop().await.unwrap();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[tokio::test]
async fn its_own_end_is_noticed_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut child = start("trap 'exit 7' USR1", &log, LIMIT).await;
    let pid = child.pid().to_string();
    assert_eq!(child.exited(), None);
    let sent = std::process::Command::new("kill").args(["-s", "USR1", &pid]).status();
    assert!(sent.unwrap().success());
    let status = tokio::time::timeout(LIMIT, child.wait()).await.unwrap();
    assert_eq!(status.code(), Some(7));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_noticed_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let launch = Launch::new("the child", Path::new("/nowhere/program"), &log);
    let mut child = Guarded::spawn(&launch).unwrap();
    let status = tokio::time::timeout(LIMIT, child.wait()).await.unwrap();
    assert_eq!(status.code(), Some(127));
    assert!(fs::read_to_string(&log).unwrap().contains("/nowhere/program"));
}
