//! Checks the SQL of every crate against its own migrations, and records what the checking found.
//!
//! The query macros of sqlx ask a real database at compile time, or read the answers from the
//! crate's `.sqlx` folder. This program starts a throwaway Postgres, builds each crate's schema
//! from the migration files, and lets the macros write that folder anew. It must never touch a
//! database that holds data, and takes no address of one.
//!
//! ```text
//! prepare-queries            writes the .sqlx folders
//! prepare-queries CRATE...   writes those of these crates only
//! prepare-queries --check    writes nothing; exit 1 and a list when a folder is out of date
//! prepare-queries --serve    keeps the database up and .env pointing at it while you work
//! ```
//!
//! All crates are compiled at once, with the features that all of the workspace needs, so that
//! nothing is built for it alone. Cargo then calls the program itself in the place of the compiler:
//! only so can each crate's macros write into a folder of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime};

use embedded::{Cluster, Search, schema};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use tokio::signal::unix::{Signal, SignalKind, signal};

type Outcome<T> = Result<T, Box<dyn StdError>>;

const USAGE: &str = "usage: prepare-queries [--check | --serve | CRATE...]";
const USAGE_ERROR: u8 = 64;
/// Where the macros write, a folder for each crate; set where Cargo calls us as the compiler.
const INTO: &str = "AMICABLE_QUERIES_INTO";
/// How often `--serve` looks for changed migrations.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A crate with checked queries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Checked {
    name: String,
    folder: PathBuf,
    /// The environment variable in which its macros look for the database.
    variable: String,
    /// Migration folders, in order.
    migrations: Vec<PathBuf>,
}

/// The part of a crate's `sqlx.toml` that matters here.
#[derive(Deserialize)]
struct SqlxToml {
    common: SqlxCommon,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SqlxCommon {
    database_url_var: String,
}

/// File name to content.
type Files = BTreeMap<String, Vec<u8>>;

/// Every migration file with its time of change and size; a difference means to build again.
type Fingerprint = BTreeMap<PathBuf, (SystemTime, u64)>;

#[tokio::main]
async fn main() -> ExitCode {
    if let Some(into) = std::env::var_os(INTO) {
        return compile(Path::new(&into));
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--check"] => prepare(true, &[]).await,
        ["--serve"] => serve().await,
        names if !names.iter().any(|name| name.starts_with('-')) => prepare(false, names).await,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("prepare-queries: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Writes each crate's `.sqlx`, or compares it with what would be written; of `names` only, where
/// some are given.
async fn prepare(check_only: bool, names: &[&str]) -> Outcome<()> {
    let root = workspace()?;
    // The `.env` of `--serve` would let the mailbox's macros write into each service's folder.
    let _alone = lock(&root)?;
    let crates = checked_crates(&root)?;
    if let Some(name) = names.iter().find(|name| !crates.iter().any(|it| it.name == **name)) {
        return Err(format!("{name} is no crate with checked queries").into());
    }
    let cluster = Cluster::throwaway(&Search::from_env(&root).postgres()?).await?;
    for checked in &crates {
        rebuild(&cluster, checked).await?;
    }
    let into = tempfile::tempdir()?;
    let is_wanted = |it: &Checked| names.is_empty() || names.contains(&it.name.as_str());
    write_queries(&root, &cluster, &crates, into.path(), is_wanted)?;
    let mut stale = Vec::new();
    for checked in crates.iter().filter(|it| is_wanted(it)) {
        let fresh = contents(&into.path().join(&checked.name))?;
        if fresh.is_empty() {
            return Err(format!("the macros of {} wrote nothing", checked.name).into());
        }
        let committed = checked.folder.join(".sqlx");
        if check_only {
            let place = committed.strip_prefix(&root)?;
            stale.extend(differences(&contents(&committed)?, &fresh, place));
        } else {
            replace(&committed, &fresh)?;
        }
    }
    cluster.stop().await?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("out of date, run prepare-queries and commit:\n  {}", stale.join("\n  ")).into())
}

/// Keeps the schemas up to date with the migration files until it is told to stop.
async fn serve() -> Outcome<()> {
    let root = workspace()?;
    let _alone = lock(&root)?;
    let cluster = Cluster::throwaway(&Search::from_env(&root).postgres()?).await?;
    println!("Postgres on 127.0.0.1:{}; migrations are applied as they change", cluster.port());
    let mut stop = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    let env = EnvFile(root.join(".env"));
    let mut seen: BTreeMap<String, Fingerprint> = BTreeMap::new();
    while !told_to_stop(&mut stop).await {
        if let Err(error) = follow(&root, &cluster, &env, &mut seen).await {
            eprintln!("{}", chain(&*error));
        }
    }
    drop(env);
    cluster.stop().await?;
    Ok(())
}

/// Builds the schemas whose files changed since `seen`; reports a broken one and goes on.
async fn follow(
    root: &Path,
    cluster: &Cluster,
    env: &EnvFile,
    seen: &mut BTreeMap<String, Fingerprint>,
) -> Outcome<()> {
    let crates = checked_crates(root)?;
    if crates.iter().any(|checked| !seen.contains_key(&checked.name)) {
        env.write(&crates, cluster)?;
    }
    for checked in &crates {
        let now = fingerprint(checked)?;
        if seen.get(&checked.name) == Some(&now) {
            continue;
        }
        match rebuild(cluster, checked).await {
            Ok(()) => println!("{}: {} migrations applied", checked.name, now.len()),
            Err(error) => eprintln!("{}: {}", checked.name, chain(&*error)),
        }
        seen.insert(checked.name.clone(), now);
    }
    Ok(())
}

/// Waits a moment for a signal.
async fn told_to_stop(stop: &mut [Signal; 2]) -> bool {
    let [interrupt, terminate] = stop;
    tokio::select! {
        _ = interrupt.recv() => true,
        _ = terminate.recv() => true,
        () = tokio::time::sleep(LOOK_EVERY) => false,
    }
}

/// Held while one of us works on the checkout.
fn lock(root: &Path) -> Outcome<File> {
    let lock = File::create(root.join(".amicable-queries.lock"))?;
    let taken = "another prepare-queries is running on this checkout; stop it first";
    lock.try_lock().map_err(|_| taken)?;
    Ok(lock)
}

/// The workspace around the current folder.
fn workspace() -> Outcome<PathBuf> {
    let here = std::env::current_dir()?;
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
    Ok(root.ok_or("there is no Cargo.lock here or above; run this in the checkout")?.to_owned())
}

/// The mailbox, then the services, by name.
fn checked_crates(root: &Path) -> Outcome<Vec<Checked>> {
    let mailbox = root.join("shared/mailbox");
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join("services"))? {
        folders.push(entry?.path());
    }
    folders.sort();
    folders.insert(0, mailbox.clone());
    folders.retain(|folder| folder.join("sqlx.toml").is_file());
    folders
        .into_iter()
        .map(|folder| {
            let toml = fs::read_to_string(folder.join("sqlx.toml"))?;
            let toml: SqlxToml = toml::from_str(&toml)
                .map_err(|error| format!("{}/sqlx.toml: {error}", folder.display()))?;
            let mut migrations = vec![mailbox.join("migrations")];
            if folder != mailbox {
                migrations.push(folder.join("migrations"));
            }
            let name = file_name(&folder);
            Ok(Checked { name, folder, variable: toml.common.database_url_var, migrations })
        })
        .collect()
}

impl Checked {
    fn schema(&self) -> String {
        self.name.replace('-', "_")
    }

    fn url(&self, cluster: &Cluster) -> String {
        format!("{}&options=-csearch_path%3D{}", cluster.url("postgres"), self.schema())
    }
}

async fn rebuild(cluster: &Cluster, checked: &Checked) -> Outcome<()> {
    let mut connection = PgConnection::connect_with(&cluster.options("postgres")).await?;
    schema::rebuild(&mut connection, &checked.schema(), &checked.migrations).await?;
    connection.close().await?;
    Ok(())
}

/// Compiles the crates against the database, which makes the macros write their answers.
#[expect(clippy::disallowed_methods, reason = "to Cargo, a newer time of change means a change")]
fn write_queries(
    root: &Path,
    cluster: &Cluster,
    crates: &[Checked],
    into: &Path,
    is_wanted: impl Fn(&Checked) -> bool,
) -> Outcome<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args(["check", "--quiet", "--workspace", "--lib"]);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?).env(INTO, into);
    // One that remembers what was compiled would keep the macros from asking.
    cargo.env("RUSTC_WRAPPER", "");
    for checked in crates {
        fs::create_dir(into.join(&checked.name))?;
        cargo.env(&checked.variable, checked.url(cluster));
        if !is_wanted(checked) {
            continue;
        }
        // Cargo does not know that the macros depend on the database.
        let lib = File::options().append(true).open(checked.folder.join("src/lib.rs"))?;
        lib.set_modified(SystemTime::now())?;
    }
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err("there are crates that do not compile".into())
    }
}

/// Calls the compiler with the arguments that Cargo gave us.
fn compile(into: &Path) -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let mut compiler = Command::new(arguments.next().unwrap_or_else(|| OsString::from("rustc")));
    compiler.args(arguments);
    let name = std::env::var_os("CARGO_PKG_NAME").unwrap_or_default();
    let folder = into.join(name);
    if folder.is_dir() {
        compiler.env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", folder);
    }
    eprintln!("prepare-queries: the compiler cannot be called: {}", compiler.exec());
    ExitCode::FAILURE
}

fn replace(committed: &Path, fresh: &Files) -> Outcome<()> {
    if committed.exists() {
        fs::remove_dir_all(committed)?;
    }
    fs::create_dir_all(committed)?;
    for (name, content) in fresh {
        fs::write(committed.join(name), content)?;
    }
    Ok(())
}

/// The paths of what is missing, superfluous or different.
fn differences(committed: &Files, fresh: &Files, folder: &Path) -> Vec<String> {
    let names: BTreeSet<&String> = committed.keys().chain(fresh.keys()).collect();
    let differ = names.into_iter().filter(|name| committed.get(*name) != fresh.get(*name));
    differ.map(|name| folder.join(name).display().to_string()).collect()
}

fn contents(folder: &Path) -> Outcome<Files> {
    let mut contents = Files::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            contents.insert(file_name(&path), fs::read(&path)?);
        }
    }
    Ok(contents)
}

fn fingerprint(checked: &Checked) -> Outcome<Fingerprint> {
    let mut found = Fingerprint::new();
    for folder in &checked.migrations {
        for file in schema::files(folder)? {
            let metadata = fs::metadata(&file)?;
            found.insert(file, (metadata.modified()?, metadata.len()));
        }
    }
    Ok(found)
}

/// The `.env` that the macros read while `--serve` runs; gone afterwards, so that builds go back to
/// the committed answers.
struct EnvFile(PathBuf);

impl EnvFile {
    fn write(&self, crates: &[Checked], cluster: &Cluster) -> Outcome<()> {
        let lines = crates.iter().map(|c| format!("{}={}\n", c.variable, c.url(cluster)));
        let text = lines.collect::<String>();
        let unfinished = self.0.with_extension("unfinished");
        fs::write(&unfinished, &text)?;
        fs::rename(&unfinished, &self.0)?;
        print!("{text}");
        Ok(())
    }
}

impl Drop for EnvFile {
    fn drop(&mut self) {
        // Nothing to do about a file that cannot be removed; the next run writes it anew.
        fs::remove_file(&self.0).ok();
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn chain(error: &dyn StdError) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // sqlx says again what its source says.
        if !said.ends_with(&error.to_string()) {
            said = format!("{said}: {error}");
        }
        cause = error.source();
    }
    said
}
