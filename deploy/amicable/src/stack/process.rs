//! Our own program as a child process: a service, or the mail sink.
//!
//! We hold the child's standard input; when it closes, because we close it or because we die, the
//! child stops in order.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use runtime::http::HttpClient;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{sleep, timeout};

use super::layout::Layout;
use super::log;
use crate::failure::Failure;

const READY_LIMIT: Duration = Duration::from_mins(1);
/// The limits of a service's shutdown add up to 30 s.
const STOP_LIMIT: Duration = Duration::from_secs(35);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What to start.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    /// After the name of the child on the command line.
    pub(super) arguments: Vec<OsString>,
    /// Answers 200 once the child is ready.
    pub(super) ready_port: u16,
    pub(super) ready_path: &'static str,
}

/// A running child. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Closing it asks the child to stop.
    input: Option<ChildStdin>,
    pid: u32,
}

/// The arguments by which a child of this stack is known, whatever child it is.
pub(super) fn marks(layout: &Layout) -> [OsString; 3] {
    ["--folder".into(), layout.root().into(), "serve".into()]
}

/// This program itself. After a new build its own path names another file, or none.
pub(crate) fn program() -> PathBuf {
    std::env::current_exe()
        .ok()
        .filter(|program| program.is_file())
        .unwrap_or_else(|| PathBuf::from("/proc/self/exe"))
}

impl Process {
    /// Starts the child and waits until it is ready.
    pub(super) async fn start(
        plan: &Plan,
        layout: &Layout,
        http: &HttpClient,
    ) -> Result<Self, Failure> {
        let path = layout.log(plan.name);
        let mut options = File::options();
        let open = options.create(true).append(true).open(&path);
        let log = open.map_err(Failure::io("open", &path))?;
        let from = log.metadata().map_err(Failure::io("read", &path))?.len();
        let second = log.try_clone().map_err(Failure::io("open", &path))?;
        let program = program();
        let mut child = Command::new(&program)
            .args(marks(layout))
            .arg(plan.name)
            .args(&plan.arguments)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(second)
            // An interrupt from the terminal reaches us alone: we stop our children in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::io("start", &program))?;
        let input = child.stdin.take();
        let pid = child.id().unwrap_or_default();
        let mut process = Self { child, input, pid };
        process.await_ready(plan, layout, http, from).await?;
        Ok(process)
    }

    pub(super) const fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the child ends by itself.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    /// Asks the child to stop and waits for it; after its time it is killed.
    pub(super) async fn stop(mut self) {
        self.input = None;
        if timeout(STOP_LIMIT, self.child.wait()).await.is_err() {
            self.child.kill().await.ok();
        }
    }

    async fn await_ready(
        &mut self,
        plan: &Plan,
        layout: &Layout,
        http: &HttpClient,
        log_from: u64,
    ) -> Result<(), Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, plan.ready_port));
        let url = format!("http://{address}{}", plan.ready_path);
        let log = layout.log(plan.name);
        let start = Instant::now();
        loop {
            if !matches!(self.child.try_wait(), Ok(None)) {
                let reason = log::last_line(&log, log_from);
                let reason = reason.unwrap_or_else(|| "it gave no reason".to_owned());
                return Err(Failure::ChildEnded { child: plan.name, reason, log });
            }
            let answer = http.call("GET readyz", http.request(Method::GET, &url)).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if start.elapsed() > READY_LIMIT {
                let limit_s = READY_LIMIT.as_secs();
                return Err(Failure::ChildNotReady { child: plan.name, limit_s, log });
            }
            sleep(LOOK_EVERY).await;
        }
    }
}
