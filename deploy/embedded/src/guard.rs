//! Child processes that do not outlive their parent.
//!
//! Between us and a server stands `guard.sh`, which ends the server when the pipe from us closes.
//! We close it to stop the server; the kernel closes it when we die. One way for both, so that the
//! way for the bad day is used every day.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;

/// Handed over in a variable, so that the list of processes stays readable.
const SCRIPT: &str = include_str!("guard.sh");
/// How often we look whether a child has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// What the guard needs beyond the server's own time to stop.
const MARGIN: Duration = Duration::from_secs(5);

/// What to start, and how it is to end.
#[derive(Debug)]
pub struct Launch<'a> {
    /// For error messages.
    pub server: &'static str,
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    /// Set in addition to our own environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The signal that asks the server to stop.
    pub stop: StopSignal,
    /// How long it may take to stop before it is killed.
    pub grace: Duration,
    /// Takes the server's standard output and error output; appended to.
    pub log: &'a Path,
    /// A folder that the guard removes when the server has ended.
    pub remove: Option<&'a Path>,
}

impl<'a> Launch<'a> {
    /// A program that stops on `SIGTERM` within ten seconds.
    #[must_use]
    pub fn new(server: &'static str, program: &'a Path, log: &'a Path) -> Self {
        Self {
            server,
            program,
            arguments: Vec::new(),
            environment: Vec::new(),
            stop: StopSignal::Terminate,
            grace: Duration::from_secs(10),
            log,
            remove: None,
        }
    }
}

/// How a server is asked to stop. A shell starts its children with the interrupt signal ignored,
/// so `Interrupt` and `Quit` are for programs that handle them on their own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    Interrupt,
    Quit,
    Terminate,
}

/// A running child. Dropping it asks the server to stop and does not wait.
pub struct Guarded {
    server: &'static str,
    pid: u32,
    grace: Duration,
    guard: Option<Child>,
    pipe: Option<ChildStdin>,
}

impl Guarded {
    /// Starts the program behind its guard, in a process group of its own: an interrupt from the
    /// terminal reaches us alone, and we stop our children in the right order.
    pub fn spawn(launch: &Launch<'_>) -> Result<Self, Error> {
        Self::spawn_as(launch, None)
    }

    /// The same under another account than our own.
    pub(crate) fn spawn_as(launch: &Launch<'_>, account: Option<Account>) -> Result<Self, Error> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(launch.log)
            .map_err(Error::io("open", launch.log))?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "eval \"$GUARD\"", "guard"])
            .env("GUARD", SCRIPT)
            .arg(launch.stop.name())
            .arg(launch.grace.as_secs().to_string())
            .arg(launch.remove.unwrap_or(Path::new("")))
            .arg(launch.program)
            .args(&launch.arguments)
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0);
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid).current_dir("/");
        }
        let mut guard = command.spawn().map_err(Error::io("start", launch.program))?;
        let pipe = guard.stdin.take();
        let pid = read_pid(&mut guard).map_err(Error::io("start", launch.program))?;
        let (server, grace) = (launch.server, launch.grace);
        Ok(Self { server, pid, grace, guard: Some(guard), pipe })
    }

    /// The process id of the server itself, not of its guard.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How the server ended, if it has. A server that a signal ended has the exit code 128 plus the
    /// signal's number, as in a shell.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        // Fails only for a child that is not ours, and the guard is.
        self.guard.as_mut().and_then(|guard| guard.try_wait().ok().flatten())
    }

    /// Waits until the server ends by itself.
    pub async fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.exited() {
                return status;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Asks the server to stop and waits for it; after its grace it is killed.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.pipe = None;
        let limit = self.grace.saturating_add(MARGIN);
        let start = Instant::now();
        while self.exited().is_none() {
            if start.elapsed() > limit {
                let (server, pid) = (self.server, self.pid);
                return Err(Error::NotStopped { server, pid, limit_s: limit.as_secs() });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.pipe = None;
        if let Some(mut guard) = self.guard.take()
            && !matches!(guard.try_wait(), Ok(Some(_)))
        {
            // Only collects the exit status, so that no dead child stays in the process table.
            std::thread::spawn(move || guard.wait());
        }
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("server", &self.server)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

impl StopSignal {
    fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Quit => "QUIT",
            Self::Terminate => "TERM",
        }
    }
}

/// The guard's first and only line.
fn read_pid(guard: &mut Child) -> std::io::Result<u32> {
    let mut line = String::new();
    if let Some(output) = guard.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    line.trim().parse().map_err(std::io::Error::other)
}
