//! What can go wrong with a command, each in one sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

use mailbox::AskError;
use mailbox::topology::TopologyError;
use runtime::clock::ClockError;
use runtime::files::FileStoreError;
use runtime::http::HttpError;
use runtime::nats::NatsError;
use runtime::postgres::PostgresError;
use thiserror::Error;

/// Why a command failed. Display never holds the source's text; whoever prints it prints the chain.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("no stack runs in {}; start one with `amicable up`", folder.display())]
    NotRunning { folder: PathBuf },
    #[error("the stack in {} (process {pid}) is not ready yet; try again", folder.display())]
    NotReady { folder: PathBuf, pid: u32 },
    #[error(
        "a stack runs in {} already (process {pid}): {addresses}; stop it with `amicable down`",
        folder.display()
    )]
    RunsAlready { folder: PathBuf, pid: u32, addresses: String },
    #[error(
        "port {port} for {user} is in use by another program; stop that program, or choose another \
         port in {}", file.display()
    )]
    PortInUse { port: u16, user: String, file: PathBuf },
    #[error("no free ports are left for a stack between {first} and {last}")]
    NoPorts { first: u16, last: u16 },
    #[error(
        "the stack in {} has the {has} clock for good; for the {wanted} clock use another folder",
        folder.display()
    )]
    OtherClock { folder: PathBuf, has: &'static str, wanted: &'static str },
    #[error(
        "the stack runs on the machine's clock, which nobody can turn; see `amicable up --help`"
    )]
    ClockNotOurs,
    #[error("the business clock stands at {now} already; it never goes back")]
    ClockBackwards { now: String },
    #[error("nothing is due: no service has a timer or an effect to wait for")]
    NothingDue,
    #[error("{} is not as it should be: {problem}", file.display())]
    Written { file: PathBuf, problem: String },
    #[error("{child} did not start: {reason}; its log is {}", log.display())]
    ChildEnded { child: &'static str, reason: String, log: PathBuf },
    #[error("{child} was not ready within {limit_s} s; its log is {}", log.display())]
    ChildNotReady { child: &'static str, limit_s: u64, log: PathBuf },
    #[error("the stack was told to stop before it was ready")]
    Interrupted,
    #[error("the stack did not start; its log is {}", log.display())]
    NotStarted { log: PathBuf },
    /// The law, or a rule of references, has no answer to what was asked.
    #[error("there is no answer: {0}")]
    NoAnswer(String),
    /// What the process that runs the stack said, before it ended.
    #[error("{0}")]
    Said(String),
    #[error("the stack (process {pid}) is not ours to stop")]
    NotOurs {
        pid: u32,
        #[source]
        source: io::Error,
    },
    #[error("the stack (process {pid}) did not stop within {limit_s} s")]
    NotStopped { pid: u32, limit_s: u64 },
    #[error("the stack did not come to rest within {limit_s} s: {busy}")]
    NoRest { limit_s: u64, busy: String },
    #[error("{0}")]
    NotFound(#[from] crate::find::NotFound),
    #[error("there are no files in {} that end in .{}", folder.display(), endings.join(", ."))]
    NoFiles { folder: PathBuf, endings: &'static [&'static str] },
    #[error("{given:?} is not {expected}")]
    Argument { given: String, expected: &'static str },
    #[error(
        "{} holds a stack that may be wanted; play on it with --keep, or name another folder",
        folder.display()
    )]
    NotThrowaway { folder: PathBuf },
    /// The answer to a wish was no; it says why and what to do.
    #[error("{0}")]
    Refused(String),
    #[error("the demonstration went wrong: {0}")]
    Demo(String),
    #[error("the stack was made ready in vain: cannot {action}")]
    Database {
        action: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("the broker cannot be asked about {what}")]
    Broker {
        what: &'static str,
        #[source]
        source: async_nats::Error,
    },
    #[error("the mail sink cannot be asked")]
    MailSink(#[source] reqwest::Error),
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the system refuses what a process needs")]
    System(#[from] io::Error),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Server(#[from] embedded::Error),
    #[error(transparent)]
    Files(#[from] FileStoreError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

impl Failure {
    /// Names the file or folder that a system call failed on; for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// Names a file whose content is wrong; for `map_err`.
    pub(crate) fn written<E: std::fmt::Display>(file: &Path) -> impl FnOnce(E) -> Self {
        let file = file.to_owned();
        move |problem| Self::Written { file, problem: one_sentence(&problem.to_string()) }
    }
}

/// A parser's report of several lines: where it is, and what is wrong; without the picture.
fn one_sentence(report: &str) -> String {
    let mut lines = report.trim().lines();
    match (lines.next(), lines.next_back()) {
        (Some(place), Some(problem)) => format!("{place}: {problem}"),
        (only, _) => only.unwrap_or_default().to_owned(),
    }
}
