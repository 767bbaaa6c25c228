//! Finds the programs of Postgres and nats-server, and refuses what is missing or too old.
//!
//! The order: the place that the operator names, the folder that `deploy/setup` filled, the
//! machine's own installation. It must never install or start anything.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// How long a program may take to tell its version.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What a nats-server must be at least: 2.10 has stream metadata and several filter subjects;
/// older ones drop such settings in silence.
pub const NATS_MIN: Version = Version { major: 2, minor: 10 };
/// What Postgres must be at least.
pub const POSTGRES_MIN: Version = Version { major: 15, minor: 0 };

/// Where to look for the servers' programs. An explicit place is not second-guessed: if it does not
/// serve, that is an error, even when another one would do.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A folder with `postgres` and `initdb`.
    pub postgres_bin: Option<PathBuf>,
    /// The program nats-server.
    pub nats_server: Option<PathBuf>,
    /// The folder of tools that `deploy/setup` fills.
    pub tools: Option<PathBuf>,
    /// The machine's search path.
    pub path: Vec<PathBuf>,
}

/// A server's version, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
}

/// A Postgres installation that is new enough.
#[derive(Clone, Debug)]
pub struct PostgresTools {
    /// The folder that holds `postgres` and `initdb`.
    pub bin: PathBuf,
    pub version: Version,
}

impl Search {
    /// Reads `AMICABLE_POSTGRES_BIN`, `AMICABLE_NATS_SERVER`, `AMICABLE_TOOLS` and `PATH`. Without
    /// `AMICABLE_TOOLS` the tools are the `.tools` of `start` or of the nearest folder above it.
    #[must_use]
    pub fn from_env(start: &Path) -> Self {
        let place = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self {
            postgres_bin: place("AMICABLE_POSTGRES_BIN"),
            nats_server: place("AMICABLE_NATS_SERVER"),
            tools: place("AMICABLE_TOOLS").or_else(|| nearest_tools(start)),
            path: std::env::split_paths(&path).collect(),
        }
    }

    /// The Postgres to use.
    pub fn postgres(&self) -> Result<PostgresTools, Error> {
        let wanted =
            Wanted { server: "Postgres", needed: POSTGRES_MIN, variable: "AMICABLE_POSTGRES_BIN" };
        let programs = |folders: Vec<PathBuf>| {
            folders.into_iter().map(|folder| folder.join("postgres")).collect::<Vec<_>>()
        };
        let (program, version) = match &self.postgres_bin {
            Some(bin) => wanted.exactly(&bin.join("postgres"))?,
            None => wanted.first_of(&programs(self.postgres_folders()))?,
        };
        // Debian links the programs from elsewhere; those beside the real file belong together.
        let program = program.canonicalize().map_err(Error::io("find", &program))?;
        let bin = program.parent().unwrap_or(&program).to_owned();
        Ok(PostgresTools { bin, version })
    }

    /// The nats-server to use.
    pub fn nats_server(&self) -> Result<PathBuf, Error> {
        let wanted =
            Wanted { server: "nats-server", needed: NATS_MIN, variable: "AMICABLE_NATS_SERVER" };
        if let Some(program) = &self.nats_server {
            return Ok(wanted.exactly(program)?.0);
        }
        let ours = self.tools.iter().map(|tools| tools.join("bin"));
        let folders = ours.chain(self.path.iter().cloned());
        let programs: Vec<_> = folders.map(|folder| folder.join("nats-server")).collect();
        Ok(wanted.first_of(&programs)?.0)
    }

    fn postgres_folders(&self) -> Vec<PathBuf> {
        let ours = self.tools.iter().map(|tools| tools.join("postgres/bin"));
        let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
            .unwrap_or_default();
        debian.sort();
        ours.chain(debian.into_iter().rev()).chain(self.path.iter().cloned()).collect()
    }
}

/// The folder of tools that belongs to `start`: `deploy/setup` may have left a note there that says
/// where it put them instead.
fn nearest_tools(start: &Path) -> Option<PathBuf> {
    let tools = start.ancestors().map(|folder| folder.join(".tools")).find(|f| f.is_dir())?;
    match fs::read_to_string(tools.join("location")) {
        Ok(elsewhere) => Some(PathBuf::from(elsewhere.trim())),
        Err(_) => Some(tools),
    }
}

/// One server, and what it must be.
struct Wanted {
    server: &'static str,
    needed: Version,
    variable: &'static str,
}

impl Wanted {
    fn exactly(&self, program: &Path) -> Result<(PathBuf, Version), Error> {
        if !program.is_file() {
            return Err(Error::Missing { server: self.server, variable: self.variable });
        }
        let version = self.version_of(program)?;
        if version < self.needed {
            return Err(self.too_old(program, version));
        }
        Ok((program.to_owned(), version))
    }

    /// The first that serves; else the reason of the first that does not.
    fn first_of(&self, programs: &[PathBuf]) -> Result<(PathBuf, Version), Error> {
        let mut reason = None;
        for program in programs.iter().filter(|program| program.is_file()) {
            match self.exactly(program) {
                Ok(found) => return Ok(found),
                Err(error) => reason = reason.or(Some(error)),
            }
        }
        Err(reason.unwrap_or(Error::Missing { server: self.server, variable: self.variable }))
    }

    fn version_of(&self, program: &Path) -> Result<Version, Error> {
        let unanswered = || Error::NoVersion { server: self.server, path: program.to_owned() };
        let mut asked = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", program))?;
        let start = Instant::now();
        // What is no server of ours may do anything, also nothing.
        while asked.try_wait().map_err(Error::io("run", program))?.is_none() {
            if start.elapsed() > ANSWER_LIMIT {
                asked.kill().ok();
                asked.wait().ok();
                return Err(unanswered());
            }
            thread::sleep(LOOK_EVERY);
        }
        let said = asked.wait_with_output().map_err(Error::io("run", program))?;
        Version::find_in(&String::from_utf8_lossy(&said.stdout)).ok_or_else(unanswered)
    }

    fn too_old(&self, program: &Path, found: Version) -> Error {
        Error::TooOld {
            server: self.server,
            path: program.to_owned(),
            found,
            needed: self.needed,
            variable: self.variable,
        }
    }
}

impl Version {
    /// The first `number.number` in what a program says about itself.
    pub(crate) fn find_in(said: &str) -> Option<Self> {
        said.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
            let mut numbers = word.split('.');
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            Some(Self { major, minor })
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell writes the program, for a file that this process has open to write is open in each
    /// child that another test starts just then too, and a file open to write cannot be run.
    fn program(folder: &Path, name: &str, says: &str) -> PathBuf {
        let path = folder.join(name);
        fs::create_dir_all(folder).unwrap();
        let write = r#"printf '#!/bin/sh\necho "%s"\n' "$1" > "$2" && chmod 755 "$2""#;
        let mut shell = Command::new("sh");
        shell.args(["-c", write, "sh", says]).arg(&path);
        assert!(shell.status().unwrap().success());
        path
    }

    #[test]
    fn versions_are_read_as_the_servers_print_them() {
        let found = |said| Version::find_in(said).map(|version| version.to_string());
        assert_eq!(found("nats-server: v2.15.1").as_deref(), Some("2.15"));
        assert_eq!(found("postgres (PostgreSQL) 18.6").as_deref(), Some("18.6"));
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(found(debian).as_deref(), Some("15.18"));
        assert_eq!(found("no number"), None);
    }

    #[test]
    fn our_tools_come_before_the_machines_and_an_old_one_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let old = home.path().join("old");
        let new = home.path().join("new");
        program(&old, "nats-server", "nats-server: v2.9.10");
        let wanted = program(&new, "nats-server", "nats-server: v2.10.0");
        let search = Search { path: vec![old.clone(), new], ..Search::default() };
        assert_eq!(search.nats_server().unwrap(), wanted);

        let ours = program(&home.path().join("tools/bin"), "nats-server", "nats-server: v2.15.1");
        let search = Search { tools: Some(home.path().join("tools")), ..search };
        assert_eq!(search.nats_server().unwrap(), ours);

        let search = Search { path: vec![old], ..Search::default() };
        let said = search.nats_server().unwrap_err().to_string();
        assert!(said.contains("version 2.9, and 2.10 or newer is needed"), "{said}");
    }

    #[test]
    fn a_named_place_is_not_second_guessed() {
        let home = tempfile::tempdir().unwrap();
        let old = program(&home.path().join("named"), "nats-server", "nats-server: v2.9.10");
        let good = home.path().join("good");
        program(&good, "nats-server", "nats-server: v2.15.1");
        let search = Search { nats_server: Some(old), path: vec![good], ..Search::default() };
        assert!(matches!(search.nats_server(), Err(Error::TooOld { .. })));
    }

    #[test]
    fn what_is_nowhere_is_missing_in_one_sentence() {
        let said = Search::default().nats_server().unwrap_err().to_string();
        assert_eq!(
            said,
            "nats-server is missing; run deploy/setup, or name its place in AMICABLE_NATS_SERVER"
        );
        let nowhere = Search { postgres_bin: Some("/nowhere".into()), ..Search::default() };
        let said = nowhere.postgres().unwrap_err().to_string();
        assert!(said.starts_with("Postgres is missing;"), "{said}");
    }

    #[test]
    fn the_tools_are_those_of_the_nearest_folder_above_or_where_its_note_says() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("services/letter");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir(home.path().join(".tools")).unwrap();
        assert_eq!(nearest_tools(&deep), Some(home.path().join(".tools")));
        fs::write(home.path().join(".tools/location"), "/somewhere/else\n").unwrap();
        assert_eq!(nearest_tools(&deep), Some(PathBuf::from("/somewhere/else")));
    }
}
