//! A long backlog, worked off by a process of its own, whose memory the kernel counts.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mailbox::MailboxSettings;
use tokio::sync::oneshot;

use crate::Arguments;
use crate::end_to_end::{finished, lay};
use crate::fairness::pay_meanwhile;
use crate::reference::mailbox;
use crate::servers::{Servers, Urls};

/// Works off what there is until its standard input is closed.
pub(crate) async fn serve(urls: &Urls) {
    let context = urls.context().await;
    mailbox().start(&context, MailboxSettings::default()).await.expect("the mailbox starts");
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await.expect("no panic");
}

/// Lays so many messages into the stream, and tells how long they took and how much memory, and how
/// long payments took meanwhile.
pub(crate) async fn work_off(servers: &Servers, arguments: &Arguments, messages: u32) -> String {
    servers.provision().await;
    eprintln!("laying {messages} messages into the stream");
    lay(servers, arguments, messages, 1_000, 0).await;
    let start = Instant::now();
    let mut child = start_child(&servers.urls());
    let (over, is_over) = oneshot::channel();
    let worked_off = async {
        finished(servers).await;
        over.send(()).expect("payments are made until then");
        start.elapsed()
    };
    let paying = pay_meanwhile(servers, arguments.rows, 1_000, is_over);
    let (elapsed, took) = tokio::join!(worked_off, paying);
    let slowest_ms = took.last().expect("somebody paid").div_ceil(1_000);
    let median_ms = took.get(took.len() / 2).expect("somebody paid").div_ceil(1_000);
    let megabytes = peak_kb(child.id()).div_ceil(1_024);
    drop(child.stdin.take());
    child.wait().expect("our child ends");
    servers.forget().await;
    let rate = u128::from(messages) * 1_000 / elapsed.max(Duration::from_millis(1)).as_millis();
    format!(
        "a backlog of {messages}: {rate} per s, at most {megabytes} MB resident   bar: 100 MB\n\
         {} payments meanwhile: median {median_ms} ms, slowest {slowest_ms} ms   bar: 2000 ms",
        took.len()
    )
}

fn start_child(urls: &Urls) -> Child {
    let program = std::env::current_exe().expect("we know who we are");
    Command::new(program)
        .arg("serve")
        .args(["--postgres", &urls.postgres, "--broker", &urls.broker, "--folder"])
        .arg(&urls.folder)
        .stdin(Stdio::piped())
        .spawn()
        .expect("we can be started again")
}

/// The most memory that a process has had resident (`VmHWM`, proc(5)), in kB.
fn peak_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("the kernel tells the peak")
}
