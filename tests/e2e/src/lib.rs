//! The whole stack, in real processes, as its operator sees it.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

mod ending;
mod papers;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub use ending::{Ending, ending};
pub use papers::{invoice, statement};

/// The program, which `make test` builds beside the tests.
#[must_use]
pub fn program() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("amicable")
}

/// Where `make previous` puts the program of the landed state before, whose commit is given.
#[must_use]
pub fn program_of(commit: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("previous").join(commit).join("amicable")
}

/// A command of the program for the stack in the folder.
#[must_use]
pub fn amicable(folder: &Path) -> Command {
    command(&program(), folder)
}

/// The same of another program.
#[must_use]
pub fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
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

/// Chance that can be played again.
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// A number below another.
    pub fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// What a stack says of its children.
#[must_use]
pub fn board(folder: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(folder.join("children.json")).ok()?;
    serde_json::from_str(&text).ok()
}

/// The children of a stack that are alive, by name; the stack's own process last.
#[must_use]
pub fn alive(folder: &Path) -> Vec<(String, u64)> {
    let Some(board) = board(folder) else { return Vec::new() };
    let children = board["children"].as_array().unwrap().iter();
    let mut alive: Vec<_> = children
        .filter_map(|child| Some((child["name"].as_str()?.to_owned(), child["pid"].as_u64()?)))
        .collect();
    alive.push(("stack".to_owned(), board["pid"].as_u64().unwrap()));
    alive
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
