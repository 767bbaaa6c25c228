//! A private nats-server with `JetStream`: configured, started, found again after a crash, stopped.
//!
//! It listens on 127.0.0.1 only. Who may do what comes from the caller as a piece of configuration;
//! this module must never decide that.

use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;

use crate::folder::{lock, throwaway_folder};
use crate::guard::{Guarded, Launch};
use crate::server_log::ServerLog;
use crate::{Error, orphan, port, secret};

const SERVER: &str = "nats-server";
/// `JetStream` reads its store before it listens.
const READY_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const RELOAD_LIMIT: Duration = Duration::from_secs(10);
/// What the server says in its log after a reload.
const RELOADED: &str = "Reloaded server configuration";
const NOT_RELOADED: &str = "Failed to reload server configuration";
const GREETING_LIMIT: Duration = Duration::from_secs(2);
const GREETING_BYTES_MAX: u64 = 64 * 1024;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running nats-server. Dropping it stops the server without waiting; [`NatsServer::stop`] waits.
#[derive(Debug)]
pub struct NatsServer {
    process: Guarded,
    port: u16,
    name: String,
    /// Held so that no second process takes the folder.
    _lock: fs::File,
}

/// Where a server lives.
#[derive(Debug)]
struct Home {
    folder: PathBuf,
    store: PathBuf,
    config: PathBuf,
    pid: PathBuf,
    log: PathBuf,
    throwaway: bool,
}

/// The part of a server's greeting that matters here.
#[derive(Deserialize)]
struct Greeting {
    server_name: String,
    #[serde(default)]
    jetstream: bool,
}

impl NatsServer {
    /// Starts the server on the store in `folder`. Without a port it takes a free one.
    ///
    /// `access` is added to the configuration: users, permissions, accounts, limits. A server that
    /// a killed parent left in the folder is stopped first; a living parent's is an error.
    pub async fn start(
        program: &Path,
        folder: &Path,
        port: Option<u16>,
        access: &str,
    ) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        let folder = folder.canonicalize().map_err(Error::io("find", folder))?;
        Self::start_in(program, &Home::new(folder, false), port, access).await
    }

    /// Starts the server on an empty store in a temporary folder that is removed when it ends.
    pub async fn throwaway(program: &Path, access: &str) -> Result<Self, Error> {
        let home = Home::new(throwaway_folder("amicable-nats-")?, true);
        let started = Self::start_in(program, &home, None, access).await;
        if started.is_err() {
            fs::remove_dir_all(&home.folder).ok();
        }
        started
    }

    async fn start_in(
        program: &Path,
        home: &Home,
        wanted_port: Option<u16>,
        access: &str,
    ) -> Result<Self, Error> {
        let lock = lock(SERVER, &home.folder).await?;
        orphan::end(SERVER, &home.pid, &home.config, Signal::TERM, STOP_LIMIT).await?;
        let name = home.server_name()?;
        let mut tries = 1;
        loop {
            let port = port::choose(SERVER, wanted_port)?;
            home.configure(port, &name, access)?;
            match home.run(program, port, &name).await {
                Ok(process) => return Ok(Self { process, port, name, _lock: lock }),
                Err(Error::PortInUse { .. }) if wanted_port.is_none() && tries < port::TRIES => {
                    tries = tries.saturating_add(1);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives other access to the server that another process of ours runs in `folder`, and waits
    /// until the server has taken it. Connections stay, except those of users that are no more.
    pub async fn reload(folder: &Path, port: u16, access: &str) -> Result<(), Error> {
        let folder = folder.canonicalize().map_err(Error::io("find", folder))?;
        let home = Home::new(folder, false);
        let failed = |reason| Error::Failed { program: format!("the reload of {SERVER}"), reason };
        let gone = || failed("it does not run".to_owned());
        let server = orphan::running(&home.pid, &home.config).ok_or_else(gone)?;
        let log = ServerLog::from_here(&home.log)?;
        home.configure(port, &home.server_name()?, access)?;
        kill_process(server, Signal::HUP).map_err(|_| gone())?;
        let start = Instant::now();
        while !log.said().contains(RELOADED) {
            if log.said().contains(NOT_RELOADED) {
                return Err(failed(log.reason("[ERR]")));
            }
            if start.elapsed() > RELOAD_LIMIT {
                return Err(failed(format!("not done within {} s", RELOAD_LIMIT.as_secs())));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where clients connect, without a user.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The server's name: it belongs to the store, so a new store has a new one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// How the server ended, if it has.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.process.exited()
    }

    /// Stops the server; the streams are on disk.
    pub async fn stop(self) -> Result<(), Error> {
        self.process.stop().await
    }
}

impl Home {
    fn new(folder: PathBuf, throwaway: bool) -> Self {
        Self {
            store: folder.join("jetstream"),
            config: folder.join("nats.conf"),
            pid: folder.join("nats.pid"),
            log: folder.join("nats.log"),
            folder,
            throwaway,
        }
    }

    /// Read from the folder, or made up and kept there.
    fn server_name(&self) -> Result<String, Error> {
        let path = self.folder.join("name");
        if let Ok(name) = fs::read_to_string(&path) {
            return Ok(name.trim().to_owned());
        }
        let name = format!("amicable-{}", secret::word());
        fs::write(&path, &name).map_err(Error::io("write", &path))?;
        Ok(name)
    }

    /// Writes the configuration, readable by nobody else: `access` holds passwords. `JetStream`
    /// syncs every ten seconds instead of every two minutes, which bounds what a power cut takes.
    ///
    /// Streams reserve the room that they may take. By default all of them may reserve three
    /// quarters of what the disk has free; the many streams of tests never fill theirs, so a
    /// throwaway server promises more than it has.
    fn configure(&self, port: u16, name: &str, access: &str) -> Result<(), Error> {
        let room = if self.throwaway { "  max_file_store: 1TB\n" } else { "" };
        let text = format!(
            "server_name: {}\nlisten: \"127.0.0.1:{port}\"\npid_file: {}\n\
             jetstream {{\n  store_dir: {}\n  sync_interval: \"10s\"\n{room}}}\n{access}\n",
            quoted(name),
            quoted(&self.pid.to_string_lossy()),
            quoted(&self.store.to_string_lossy()),
        );
        fs::remove_file(&self.config).ok();
        fs::File::options()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&self.config)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(Error::io("write", &self.config))
    }

    /// One attempt: starts the server and waits until it answers under its own name.
    async fn run(&self, program: &Path, port: u16, name: &str) -> Result<Guarded, Error> {
        let log = ServerLog::from_here(&self.log)?;
        let mut process = Guarded::spawn(&Launch {
            arguments: vec!["-c".into(), self.config.clone().into()],
            grace: STOP_LIMIT,
            remove: self.throwaway.then_some(&self.folder),
            ..Launch::new(SERVER, program, &self.log)
        })?;
        let start = Instant::now();
        loop {
            if process.exited().is_some() {
                return Err(why_it_ended(&log, port));
            }
            if greeting(port).await.is_some_and(|told| told.server_name == name && told.jetstream) {
                return Ok(process);
            }
            if start.elapsed() > READY_LIMIT {
                let (limit_s, log) = (READY_LIMIT.as_secs(), self.log.clone());
                return Err(Error::NotReady { server: SERVER, limit_s, log });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn why_it_ended(log: &ServerLog, port: u16) -> Error {
    if log.said().contains("address already in use") {
        return Error::PortInUse { server: SERVER, port };
    }
    // A wrong configuration is told without this mark, and is then the last line.
    log.exited(SERVER, "[FTL]")
}

/// What the server on the port says first, if it is a nats-server.
async fn greeting(port: u16) -> Option<Greeting> {
    let read = async {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
        let mut line = String::new();
        BufReader::new(stream.take(GREETING_BYTES_MAX)).read_line(&mut line).await.ok()?;
        serde_json::from_str(line.strip_prefix("INFO ")?).ok()
    };
    tokio::time::timeout(GREETING_LIMIT, read).await.ok().flatten()
}

/// A string of the configuration language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
