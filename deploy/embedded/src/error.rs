//! What can go wrong with an embedded server, each in one sentence that says what to do.
//!
//! Display never holds the source's text; whoever prints an error prints the chain.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::tools::Version;

/// Why a server is not found, not started or not stopped.
#[derive(Debug, Error)]
pub enum Error {
    #[error("{server} is missing; run deploy/setup, or name its place in {variable}")]
    Missing { server: &'static str, variable: &'static str },
    #[error(
        "{server} at {} has version {found}, and {needed} or newer is needed; run deploy/setup, or \
         name a newer one in {variable}", path.display()
    )]
    TooOld {
        server: &'static str,
        path: PathBuf,
        found: Version,
        needed: Version,
        variable: &'static str,
    },
    #[error("{} does not tell its version, so it is not {server}", path.display())]
    NoVersion { server: &'static str, path: PathBuf },
    #[error("{server} in {} is already in use by another process", folder.display())]
    Busy { server: &'static str, folder: PathBuf },
    #[error("port {port} for {server} is in use by another program; choose another port")]
    PortInUse { server: &'static str, port: u16 },
    #[error(
        "{} was written by Postgres {data}, and the Postgres found is {found}; install Postgres \
         {data}, or start with an empty folder", folder.display()
    )]
    OtherMajor { folder: PathBuf, data: String, found: Version },
    #[error("{program} failed: {reason}")]
    Failed { program: String, reason: String },
    #[error("{server} stopped at once: {reason}; its log is {}", log.display())]
    Exited { server: &'static str, reason: String, log: PathBuf },
    #[error("{server} was not ready within {limit_s} s; its log is {}", log.display())]
    NotReady { server: &'static str, limit_s: u64, log: PathBuf },
    #[error("{server} (process {pid}) did not stop within {limit_s} s")]
    NotStopped { server: &'static str, pid: u32, limit_s: u64 },
    #[error("cannot {action} {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot {action}")]
    Database { action: String, source: sqlx::Error },
}

impl Error {
    /// Names the file or folder that a system call failed on; for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
