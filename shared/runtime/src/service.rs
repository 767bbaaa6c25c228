//! How a service starts, runs and stops: the same for all of them, once.
//!
//! `main.rs` of a service is one call of [`run`]. Here alone the environment is read. What goes
//! wrong at the start is told in one line on standard error.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use axum::Router;
use primitives::{Clock, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::clock::{self, ClockError, DemoClock, SystemClock};
use crate::config::{self, ClockMode, Config, ConfigError, ProcessConfig};
use crate::error::{BoxError, chain};
use crate::files::{FileStore, FileStoreError};
use crate::health::Health;
use crate::http::{self, HttpError};
use crate::nats::{self, NatsError};
use crate::postgres::{self, PostgresError};
use crate::shutdown::{Phase, StopReason, StopRequests, Tasks};
use crate::telemetry::{Telemetry, TelemetryError};
use crate::tls;

/// Usage errors, as `EX_USAGE` of sysexits.h.
const EXIT_USAGE: u8 = 64;
/// Configuration errors, as `EX_CONFIG` of sysexits.h.
const EXIT_CONFIG: u8 = 78;

/// A service: its name, its configuration, and how it starts.
pub trait Service {
    /// In kebab case. It names the schema, the user, the inbox, the variables and the traces.
    const NAME: &'static str;

    /// Its own keys beside those of every process, with defaults.
    type Config: Clone + Debug + Default + Serialize + DeserializeOwned + Send + Sync;

    /// The migrations that its schema must hold, in the order in which they are applied.
    fn migrators() -> Vec<&'static Migrator>;

    /// Spawns the tasks of the service and returns: then it is ready.
    fn start(context: Context<Self::Config>) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// What a service gets from its process.
#[derive(Clone, Debug)]
pub struct Context<C> {
    /// The service's name.
    pub service: &'static str,
    /// Its configuration.
    pub config: Config<C>,
    /// Its database, in its own schema, at least at its own head.
    pub pool: PgPool,
    /// The broker, under its own user.
    pub nats: Client,
    /// Business time and wall time.
    pub clock: Arc<dyn Clock>,
    /// Tells when business time jumps; an error says that it never will.
    pub clock_moved: watch::Receiver<Timestamp>,
    /// The store of files.
    pub files: FileStore,
    /// Where it spawns what runs.
    pub tasks: Tasks,
    /// Where it says whether it is ready.
    pub health: Health,
}

/// Why a service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Telemetry did not start.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The admin port is not to be had.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The database is of no use.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The broker is of no use.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// The business clock is of no use.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The store of files is of no use.
    #[error(transparent)]
    Files(#[from] FileStoreError),
    /// The system gives us no thread or no signal.
    #[error("the system refuses what a process needs")]
    System(#[from] io::Error),
    /// The service itself refuses.
    #[error(transparent)]
    Service(BoxError),
}

/// The whole life of a service's process. `args` are the ones after the program's name. The exit
/// code is 0 after an orderly stop, 1 after a failure, 64 for wrong arguments, 78 for a refused
/// configuration, 130 where a second signal cut the shutdown short.
pub fn run<S: Service>(args: impl IntoIterator<Item = String>) -> ExitCode {
    let fail = |code: u8, sentence: &str| {
        eprintln!("amicable {}: {sentence}", S::NAME);
        ExitCode::from(code)
    };
    let arguments = match Arguments::parse(args) {
        Ok(arguments) => arguments,
        Err(argument) => return fail(EXIT_USAGE, &format!("{argument}; try --help")),
    };
    if arguments.help {
        println!("{}", help(S::NAME));
        return ExitCode::SUCCESS;
    }
    match config::load::<S::Config>(S::NAME, arguments.file.as_deref(), environment()) {
        Err(error) => fail(EXIT_CONFIG, &chain(&error)),
        Ok(_) if arguments.only_check => {
            println!("the configuration of {} is complete", S::NAME);
            ExitCode::SUCCESS
        }
        Ok(config) => match live::<S>(config) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error @ StartError::Config(_)) => fail(EXIT_CONFIG, &chain(&error)),
            Err(error) => fail(1, &chain(&error)),
        },
    }
}

/// The variables whose names are text, as ours are; `std::env::vars` would panic at any other.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    })
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    file: Option<PathBuf>,
    only_check: bool,
    help: bool,
}

impl Arguments {
    fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut args = args.into_iter();
        while let Some(argument) = args.next() {
            match argument.as_str() {
                "--config" => {
                    parsed.file = Some(args.next().ok_or("--config needs a file")?.into());
                }
                "--check-config" => parsed.only_check = true,
                "--help" | "-h" => parsed.help = true,
                _ => return Err(format!("unknown argument `{argument}`")),
            }
        }
        Ok(parsed)
    }
}

fn help(service: &str) -> String {
    let prefix = config::variable_prefix(service);
    format!(
        "Runs the service {service} until SIGTERM or SIGINT.\n\n\
         Usage: {service} [--config FILE] [--check-config]\n\n\
         \x20 --config FILE   reads a TOML file over the defaults\n\
         \x20 --check-config  reads the configuration, says whether it is complete, and ends\n\n\
         Every key can be set in the environment too, which wins: `url` under [postgres] is\n\
         {prefix}POSTGRES__URL.\n\n\
         Example: {service} --config {service}.toml"
    )
}

/// Says whether the process stopped in order and without a failure.
fn live<S: Service>(config: Config<S::Config>) -> Result<bool, StartError> {
    tls::install();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(live_async::<S>(config));
    // A blocking call that hangs must not keep the process from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn live_async<S: Service>(config: Config<S::Config>) -> Result<bool, StartError> {
    let mut requests = StopRequests::listen(config.process.watch_stdin)?;
    let telemetry = Telemetry::start(S::NAME, &config.process.telemetry)?;
    let limits = config.process.shutdown.clone();
    let (tasks, health) = (Tasks::default(), Health::default());
    let admin = health.router().merge(telemetry.metrics().router());
    let started = tokio::select! {
        started = start::<S>(config, tasks.clone(), health.clone(), admin) => Some(started),
        reason = requests.first() => {
            info!("{} stops before it is ready: {reason}", S::NAME);
            None
        }
    };
    let outcome = match started {
        Some(Ok(connections)) => {
            info!("{} is ready", S::NAME);
            let reason = tokio::select! {
                reason = requests.first() => reason,
                name = tasks.failed() => StopReason::TaskFailed(name),
            };
            info!("{} stops: {reason}", S::NAME);
            Ok((connections, !matches!(reason, StopReason::TaskFailed(_))))
        }
        Some(Err(error)) => Err(error),
        None => Ok((None, true)),
    };
    health.set_unready("process", "stopping");
    let shutdown = async {
        let in_order = tasks.stop(&limits).await;
        telemetry.shutdown(Duration::from_millis(limits.telemetry_ms)).await;
        let (connections, unfailed) = outcome?;
        if let Some(connections) = connections {
            connections.close(Duration::from_millis(limits.pools_ms)).await;
        }
        Ok(in_order && unfailed)
    };
    requests.or_die(shutdown).await
}

/// What is closed last.
struct Connections {
    pool: PgPool,
    nats: Client,
}

impl Connections {
    async fn close(self, limit: Duration) {
        let close = async {
            // Whatever mattered was published and confirmed before; this is a courtesy.
            let _ = self.nats.drain().await;
            self.pool.close().await;
        };
        if timeout(limit, close).await.is_err() {
            warn!("the connections were not closed within {} ms", limit.as_millis());
        }
    }
}

async fn start<S: Service>(
    config: Config<S::Config>,
    tasks: Tasks,
    health: Health,
    router: Router,
) -> Result<Option<Connections>, StartError> {
    health.set_unready("process", "starting");
    let admin = http::listen("admin_listen", config.process.admin_listen).await?;
    info!("{} answers /livez, /readyz and /metrics on {}", S::NAME, admin.local_addr()?);
    http::serve(&tasks, "admin", admin, router);
    let context = Context::open(S::NAME, config, &S::migrators(), tasks, health.clone()).await?;
    let connections = Connections { pool: context.pool.clone(), nats: context.nats.clone() };
    S::start(context).await.map_err(StartError::Service)?;
    health.set_ready("process");
    Ok(Some(connections))
}

impl<C> Context<C> {
    /// Connects everything, as a start does and as a test in process does.
    pub async fn open(
        service: &'static str,
        config: Config<C>,
        migrators: &[&Migrator],
        tasks: Tasks,
        health: Health,
    ) -> Result<Self, StartError> {
        let process = &config.process;
        let limit = process.start_limit();
        let files = FileStore::open(&process.files.folder)?;
        let home = postgres::Home::default();
        let pool = postgres::connect(service, &process.postgres, home.clone(), limit).await?;
        health.set_ready("postgres");
        let schema = postgres::schema_of(service);
        postgres::await_schema(&pool, &schema, migrators, limit).await?;
        let probe =
            postgres::probe(pool.clone(), home, health.clone(), tasks.stopping(Phase::Http));
        tasks.spawn(Phase::Http, "postgres-probe", probe);
        let nats = nats::connect(service, &process.nats, limit, &health).await?;
        health.set_ready("nats");
        let (clock, clock_moved) = open_clock(process, &nats, &tasks).await?;
        Ok(Self { service, config, pool, nats, clock, clock_moved, files, tasks, health })
    }
}

async fn open_clock(
    process: &ProcessConfig,
    nats: &Client,
    tasks: &Tasks,
) -> Result<(Arc<dyn Clock>, watch::Receiver<Timestamp>), ClockError> {
    match process.clock {
        ClockMode::System => Ok((Arc::new(SystemClock), SystemClock.moved())),
        ClockMode::Demo => {
            let bucket = clock::open_bucket(nats).await?;
            let clock = DemoClock::open(&bucket, process.start_limit()).await?;
            let moved = clock.moved();
            let follow = Arc::clone(&clock).follow(bucket, tasks.stopping(Phase::Http));
            tasks.spawn(Phase::Http, "business-clock", follow);
            Ok((clock, moved))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_few() {
        let parse = |text: &str| Arguments::parse(text.split_whitespace().map(str::to_owned));
        let file = Some("a.toml".into());
        assert_eq!(parse(""), Ok(Arguments::default()));
        assert_eq!(
            parse("--check-config --config a.toml"),
            Ok(Arguments { file, only_check: true, help: false })
        );
        assert_eq!(parse("--config"), Err("--config needs a file".to_owned()));
        assert_eq!(parse("--confg x"), Err("unknown argument `--confg`".to_owned()));
    }
}
