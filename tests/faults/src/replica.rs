//! A replica of the reference service: a process of its own, behind a proxy to each server.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clap::Args;
use mailbox::{MIGRATIONS, MailboxSettings};
use runtime::config::{ClockMode, Config, ProcessConfig, Secret};
use runtime::error::BoxError;
use runtime::health::Health;
use runtime::shutdown::Tasks;
use runtime::telemetry::{Telemetry, TelemetryConfig};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use crate::plan::Server;
use crate::proxy::Proxy;
use crate::reference::{self, SERVICE};
use crate::ringer::Ringer;

/// What `abort` ends a process with: a planned death.
const ABORT: i32 = 6;

/// What the process of a replica is started with.
#[derive(Clone, Debug, Args)]
pub struct Start {
    /// Where Postgres is, through the proxy.
    #[arg(long)]
    postgres: String,
    /// Where the broker is, through the proxy.
    #[arg(long)]
    broker: String,
    #[arg(long)]
    user: String,
    /// Holds the files of the story.
    #[arg(long)]
    folder: PathBuf,
    /// Planned faults.
    #[arg(long)]
    crash: Option<String>,
}

impl Start {
    /// Serves until the parent kills it, or ends itself.
    pub async fn serve(self) -> Result<(), BoxError> {
        let telemetry = TelemetryConfig { filter: "warn".to_owned(), ..TelemetryConfig::default() };
        let _telemetry = Telemetry::start(SERVICE, &telemetry)?;
        let mut process = ProcessConfig { clock: ClockMode::Demo, ..ProcessConfig::default() };
        process.postgres.url = Secret::new(self.postgres);
        process.nats.url = self.broker;
        process.nats.password = Secret::new(self.user.clone());
        process.nats.user = self.user;
        process.files.folder.clone_from(&self.folder);
        let config = Config { process, service: () };
        let (tasks, health) = (Tasks::default(), Health::default());
        let context =
            runtime::Context::open(SERVICE, config, &[&MIGRATIONS], tasks, health).await?;
        let ringer = Ringer::at(&self.folder);
        let mailbox = reference::mailbox_of(ringer, self.folder.join("shut"));
        mailbox.start(&context, settings(self.crash)).await?;
        let parent = || io::copy(&mut io::stdin(), &mut io::sink());
        tokio::task::spawn_blocking(parent).await??;
        Ok(())
    }
}

/// Quick to notice, quick to try again; few messages in a batch, so that there are many.
fn settings(crash: Option<String>) -> MailboxSettings {
    MailboxSettings {
        crash,
        batch_max: 5,
        workers: 2,
        lease_ms: 700,
        sweep_ms: 100,
        waiting_retry_ms: 200,
        effect_retry_ms: 50,
        evidence_after_ms: 100,
        publish_timeout_ms: 1_000,
        // The stories bring more bad messages than a good release meets in a minute.
        parked_per_minute_max: 10_000,
        ..MailboxSettings::default()
    }
}

/// What every replica of a story is started with.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// This program, which serves when it is asked to.
    pub(crate) program: PathBuf,
    /// Of Postgres, with `{port}` for its port.
    pub(crate) postgres: String,
    pub(crate) user: String,
    pub(crate) folder: PathBuf,
}

/// A replica, as the campaign holds it.
#[derive(Debug)]
pub(crate) struct Replica {
    site: Site,
    postgres: Proxy,
    broker: Proxy,
    log: PathBuf,
    process: Option<Child>,
    /// Planned faults of the starts to come.
    crashes: Vec<String>,
    awake_at: Option<Instant>,
    /// Processes that were killed, or slept, or died as planned.
    pub(crate) disturbed: Vec<u32>,
    pub(crate) planned_deaths: u64,
}

impl Replica {
    pub(crate) async fn new(
        site: Site,
        number: usize,
        ports: (u16, u16),
        crashes: Vec<String>,
    ) -> io::Result<Self> {
        let log = site.folder.join(format!("replica-{number}.log"));
        Ok(Self {
            site,
            postgres: Proxy::to(ports.0).await?,
            broker: Proxy::to(ports.1).await?,
            log,
            process: None,
            crashes: crashes.into_iter().rev().collect(),
            awake_at: None,
            disturbed: Vec::new(),
            planned_deaths: 0,
        })
    }

    pub(crate) const fn proxy(&self, server: Server) -> &Proxy {
        match server {
            Server::Postgres => &self.postgres,
            Server::Broker => &self.broker,
        }
    }

    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Wakes it when it has slept long enough, and starts it where it does not run.
    pub(crate) fn tend(&mut self) -> io::Result<()> {
        if self.awake_at.is_some_and(|at| at <= Instant::now()) {
            self.wake();
        }
        if let Some(process) = &mut self.process {
            let Some(status) = process.try_wait()? else { return Ok(()) };
            if status.signal() == Some(ABORT) {
                self.planned_deaths = self.planned_deaths.saturating_add(1);
                self.disturbed.push(process.id());
            }
        }
        self.process = Some(self.spawn()?);
        Ok(())
    }

    fn spawn(&mut self) -> io::Result<Child> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let postgres = self.site.postgres.replace("{port}", &self.postgres.port().to_string());
        let mut command = Command::new(&self.site.program);
        command
            .arg("serve")
            .args(["--postgres", &postgres])
            .args(["--broker", &format!("nats://127.0.0.1:{}", self.broker.port())])
            .args(["--user", &self.site.user])
            .arg("--folder")
            .arg(&self.site.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        if let Some(crash) = self.crashes.pop() {
            command.args(["--crash", &crash]);
        }
        command.spawn()
    }

    /// `kill -9`; whether there was something to kill.
    pub(crate) fn kill(&mut self) -> bool {
        self.awake_at = None;
        let Some(mut process) = self.process.take() else { return false };
        let runs = matches!(process.try_wait(), Ok(None));
        if runs {
            self.disturbed.push(process.id());
        }
        process.kill().ok();
        process.wait().ok();
        runs
    }

    pub(crate) fn sleep(&mut self, time: Duration) {
        if let Some(process) = &self.process {
            self.disturbed.push(process.id());
            signal(process.id(), Signal::STOP);
            self.awake_at = Instant::now().checked_add(time);
        }
    }

    pub(crate) fn wake(&mut self) {
        self.awake_at = None;
        if let Some(process) = &self.process {
            signal(process.id(), Signal::CONT);
        }
    }

    /// Lets it work undisturbed from now on.
    pub(crate) fn calm(&mut self) {
        self.crashes.clear();
        self.wake();
        self.postgres.calm();
        self.broker.calm();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        kill_process(pid, signal).ok();
    }
}
