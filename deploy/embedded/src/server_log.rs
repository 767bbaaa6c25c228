//! What a server has said since we started it, to tell why it ended.
//!
//! Logs of earlier runs are kept; this must never blame them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::Error;

/// A place in a server's log. Holds the file open: a throwaway server's log is removed with it.
#[derive(Debug)]
pub(crate) struct ServerLog {
    path: PathBuf,
    file: File,
    from: u64,
}

impl ServerLog {
    /// The log as it is now; what comes later is what was said since.
    pub(crate) fn from_here(path: &Path) -> Result<Self, Error> {
        let mut options = File::options();
        let open = options.create(true).append(true).read(true).open(path);
        let mut file = open.map_err(Error::io("open", path))?;
        let from = file.seek(SeekFrom::End(0)).map_err(Error::io("read", path))?;
        Ok(Self { path: path.to_owned(), file, from })
    }

    /// What was said since; nothing where it cannot be read.
    pub(crate) fn said(&self) -> String {
        let mut said = Vec::new();
        let mut file = &self.file;
        if file.seek(SeekFrom::Start(self.from)).is_ok() {
            file.read_to_end(&mut said).ok();
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// The last line with `mark`, from the mark on; else the last line.
    pub(crate) fn reason(&self, mark: &str) -> String {
        let said = self.said();
        let marked = said.lines().rev().find_map(|line| Some(line.split_once(mark)?.1.trim()));
        let last = said.lines().rfind(|line| !line.trim().is_empty());
        marked.or(last).unwrap_or("it gave no reason").to_owned()
    }

    /// That `server` ended, and why.
    pub(crate) fn exited(&self, server: &'static str, mark: &str) -> Error {
        Error::Exited { server, reason: self.reason(mark), log: self.path.clone() }
    }
}
