//! A private Postgres: made, started, found again after a crash, stopped.
//!
//! It listens on 127.0.0.1 only, with a password of its own, and not on a Unix socket, whose path
//! may not be longer than 107 bytes. It must never log what a statement holds: that can be a
//! person's data.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

use crate::account::Account;
use crate::folder::{data_folder, lock, throwaway_folder};
use crate::guard::{Guarded, Launch, StopSignal};
use crate::server_log::ServerLog;
use crate::tools::PostgresTools;
use crate::{Error, orphan, port, secret};

const SERVER: &str = "Postgres";
/// The superuser's name. Services have users of their own.
pub const SUPERUSER: &str = "postgres";
/// Recovery after a power cut replays at most `max_wal_size`.
const READY_LIMIT: Duration = Duration::from_mins(2);
const INIT_LIMIT: Duration = Duration::from_mins(2);
const STOP_LIMIT: Duration = Duration::from_mins(1);
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// For every cluster. Terse errors without the failing statement keep persons' data out of the log.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=1GB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
];
/// For data that nobody misses after a power cut.
const THROWAWAY_SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=256MB",
    "shared_buffers=256MB",
];

/// A running Postgres. Dropping it stops the server without waiting; [`Cluster::stop`] waits.
#[derive(Debug)]
pub struct Cluster {
    process: Guarded,
    port: u16,
    password: String,
    /// Held so that no second process takes the folder.
    _lock: fs::File,
}

/// Where a cluster lives.
#[derive(Debug)]
struct Home {
    /// Holds everything below; owned by the server's account.
    folder: PathBuf,
    data: PathBuf,
    password: PathBuf,
    log: PathBuf,
    account: Option<Account>,
    throwaway: bool,
}

impl Cluster {
    /// Starts the cluster in `folder`, and makes it first where there is none. Data is durable.
    ///
    /// Without a port it takes a free one. A server that a killed parent left in the folder is
    /// stopped first; a living parent's is an error.
    pub async fn start(
        tools: &PostgresTools,
        folder: &Path,
        port: Option<u16>,
    ) -> Result<Self, Error> {
        let account = Account::for_postgres();
        let home = Home::new(data_folder(folder, account)?, account, false);
        Self::start_in(tools, &home, port).await
    }

    /// Starts an empty cluster in a temporary folder that is removed when the server ends. For
    /// tests: it does not wait for the disk.
    pub async fn throwaway(tools: &PostgresTools) -> Result<Self, Error> {
        let account = Account::for_postgres();
        let folder = throwaway_folder("amicable-postgres-")?;
        let home = Home::new(data_folder(&folder, account)?, account, true);
        let started = Self::start_in(tools, &home, None).await;
        if started.is_err() {
            fs::remove_dir_all(&home.folder).ok();
        }
        started
    }

    async fn start_in(
        tools: &PostgresTools,
        home: &Home,
        wanted_port: Option<u16>,
    ) -> Result<Self, Error> {
        let lock = lock(SERVER, &home.folder).await?;
        home.end_orphan().await?;
        home.init(tools).await?;
        home.check_version(tools)?;
        let password = read_password(&home.password)?;
        let start = Instant::now();
        let mut tries = 1;
        loop {
            let port = port::choose(SERVER, wanted_port)?;
            match home.run(tools, port, &password).await {
                Ok(process) => return Ok(Self { process, port, password, _lock: lock }),
                Err(Failure::PortTaken) if wanted_port.is_none() && tries < port::TRIES => {
                    tries = tries.saturating_add(1);
                }
                Err(Failure::PortTaken) => return Err(Error::PortInUse { server: SERVER, port }),
                Err(Failure::RemainsRun(_)) if start.elapsed() < STOP_LIMIT => {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(Failure::RemainsRun(error) | Failure::Other(error)) => return Err(error),
            }
        }
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// How the server ended, if it has.
    pub fn exited(&mut self) -> Option<std::process::ExitStatus> {
        self.process.exited()
    }

    /// The superuser's password, new for each cluster.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// How the superuser connects to a database of the cluster; `postgres` is always there.
    #[must_use]
    pub fn options(&self, database: &str) -> PgConnectOptions {
        options(self.port, &self.password).database(database)
    }

    /// The same as a URL, for programs that want one.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// Stops the server: open transactions are rolled back, everything committed is on disk.
    pub async fn stop(self) -> Result<(), Error> {
        self.process.stop().await
    }
}

/// How the superuser connects to the cluster in `folder`, which another process of ours runs.
pub fn superuser(folder: &Path, port: u16) -> Result<PgConnectOptions, Error> {
    let folder = folder.canonicalize().map_err(Error::io("find", folder))?;
    let password = read_password(&Home::new(folder, None, false).password)?;
    Ok(options(port, &password).database("postgres"))
}

/// Why one attempt to run the server failed.
#[derive(Debug)]
enum Failure {
    PortTaken,
    /// A killed server's children still hold its memory; they end by themselves.
    RemainsRun(Error),
    Other(Error),
}

impl Home {
    fn new(folder: PathBuf, account: Option<Account>, throwaway: bool) -> Self {
        Self {
            data: folder.join("data"),
            password: folder.join("password"),
            log: folder.join("postgres.log"),
            folder,
            account,
            throwaway,
        }
    }

    async fn end_orphan(&self) -> Result<(), Error> {
        let pid_file = self.data.join("postmaster.pid");
        orphan::end(SERVER, &pid_file, &self.data, Signal::INT, STOP_LIMIT).await
    }

    /// Makes the cluster where there is none. It gets its name only when it is whole.
    async fn init(&self, tools: &PostgresTools) -> Result<(), Error> {
        if self.data.exists() {
            return Ok(());
        }
        let password = secret::word();
        self.write_password(&password)?;
        let unfinished = self.folder.join("data.unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(Error::io("remove", &unfinished))?;
        }
        let program = tools.bin.join("initdb");
        let mut command = tokio::process::Command::new(&program);
        command.arg("--pgdata").arg(&unfinished).arg("--pwfile").arg(&self.password);
        command.args(["--username", SUPERUSER, "--auth", "scram-sha-256"]);
        command.args(["--encoding", "UTF8", "--locale", "C.UTF-8"]);
        if self.throwaway {
            command.arg("--no-sync");
        }
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid).current_dir("/");
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        let failed = |reason| Error::Failed { program: program.display().to_string(), reason };
        let output = tokio::time::timeout(INIT_LIMIT, command.output())
            .await
            .map_err(|_| failed(format!("not done within {} s", INIT_LIMIT.as_secs())))?
            .map_err(Error::io("run", &program))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(said.lines().last().unwrap_or("it gave no reason").to_owned()));
        }
        fs::rename(&unfinished, &self.data).map_err(Error::io("rename", &unfinished))
    }

    fn write_password(&self, password: &str) -> Result<(), Error> {
        fs::File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&self.password)
            .and_then(|mut file| {
                writeln!(file, "{password}")?;
                file.sync_all()
            })
            .map_err(Error::io("write", &self.password))?;
        self.account.map_or(Ok(()), |account| account.own(&self.password))
    }

    fn check_version(&self, tools: &PostgresTools) -> Result<(), Error> {
        let path = self.data.join("PG_VERSION");
        let data = fs::read_to_string(&path).map_err(Error::io("read", &path))?.trim().to_owned();
        if data == tools.version.major.to_string() {
            return Ok(());
        }
        Err(Error::OtherMajor { folder: self.data.clone(), data, found: tools.version })
    }

    /// One attempt: starts the server and waits until it answers.
    async fn run(
        &self,
        tools: &PostgresTools,
        port: u16,
        password: &str,
    ) -> Result<Guarded, Failure> {
        let log = ServerLog::from_here(&self.log).map_err(Failure::Other)?;
        let mut process = self.spawn(tools, port).map_err(Failure::Other)?;
        let start = Instant::now();
        loop {
            if process.exited().is_some() {
                return Err(why_it_ended(&log));
            }
            if answers(port, password).await {
                return Ok(process);
            }
            if start.elapsed() > READY_LIMIT {
                let (limit_s, log) = (READY_LIMIT.as_secs(), self.log.clone());
                return Err(Failure::Other(Error::NotReady { server: SERVER, limit_s, log }));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn spawn(&self, tools: &PostgresTools, port: u16) -> Result<Guarded, Error> {
        let mut arguments: Vec<OsString> = vec!["-D".into(), self.data.clone().into()];
        let mut set = |setting: &str| arguments.extend(["-c".into(), setting.into()]);
        set(&format!("port={port}"));
        SETTINGS.iter().copied().for_each(&mut set);
        if self.throwaway {
            THROWAWAY_SETTINGS.iter().copied().for_each(&mut set);
        }
        let program = tools.bin.join("postgres");
        let launch = Launch {
            arguments,
            stop: if self.throwaway { StopSignal::Quit } else { StopSignal::Interrupt },
            grace: STOP_LIMIT,
            remove: self.throwaway.then_some(&self.folder),
            ..Launch::new(SERVER, &program, &self.log)
        };
        Guarded::spawn_as(&launch, self.account)
    }
}

fn read_password(path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    Ok(text.trim().to_owned())
}

fn why_it_ended(log: &ServerLog) -> Failure {
    let said = log.said();
    let error = log.exited(SERVER, "FATAL:");
    if said.contains("could not bind") {
        Failure::PortTaken
    } else if said.contains("shared memory block") {
        Failure::RemainsRun(error)
    } else {
        Failure::Other(error)
    }
}

fn options(port: u16, password: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host(&Ipv4Addr::LOCALHOST.to_string())
        .port(port)
        .username(SUPERUSER)
        .password(password)
        .ssl_mode(PgSslMode::Disable)
}

/// Whether our server, which alone knows the password, takes connections.
async fn answers(port: u16, password: &str) -> bool {
    let options = options(port, password).database("postgres").disable_statement_logging();
    let connection = tokio::time::timeout(CONNECT_LIMIT, options.connect()).await;
    match connection {
        Ok(Ok(connection)) => {
            connection.close().await.ok();
            true
        }
        Ok(Err(_)) | Err(_) => false,
    }
}
