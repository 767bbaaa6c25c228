//! The whole stack, in real processes, as its operator sees it.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program, which `make test` builds beside the tests.
#[must_use]
pub fn amicable(folder: &Path) -> Command {
    let test = std::env::current_exe().unwrap();
    let mut command = Command::new(test.ancestors().nth(2).unwrap().join("amicable"));
    command.arg("--folder").arg(folder).stdin(Stdio::null());
    command
}

/// Runs one command to its end.
#[must_use]
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    amicable(folder).args(arguments).output().unwrap()
}

/// Runs a command that has to succeed, and returns what it printed.
#[expect(clippy::must_use_candidate, reason = "most callers only want it done")]
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same of a command that prints JSON.
#[must_use]
pub fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(folder, arguments)).unwrap()
}

/// A file of this crate or, with `../..`, of the project.
#[must_use]
pub fn within(path: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), path].iter().collect();
    path.to_string_lossy().into_owned()
}

/// A folder whose stack is down when the test is over, however it ends.
#[derive(Debug)]
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(run(self.path(), &["down"]));
    }
}
