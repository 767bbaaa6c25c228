//! The children of the stack: what each is, how it starts, how it is noticed to have ended, how it
//! stops.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use embedded::tools::PostgresTools;
use embedded::{Cluster, NatsServer, Search};
use runtime::error::chain;
use runtime::http::{CallLimits, HttpClient};
use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;

use super::broker;
use super::description::Description;
use super::layout::Layout;
use super::process::{Plan, Process, program};
use super::secrets::Secrets;
use super::services;
use crate::failure::Failure;
use crate::output::complain;

/// The name of the mail sink among the children.
pub(crate) const MAIL_SINK: &str = "mail-sink";

const LOOK_EVERY: Duration = Duration::from_millis(50);
const CALL_LIMITS: CallLimits =
    CallLimits { connect: Duration::from_secs(1), total: Duration::from_secs(2) };
/// A guard passes on how a signal ended its server as 128 plus the signal's number.
const SIGNAL_BASE: i32 = 128;

/// One child: what it takes to start it, now or again.
#[derive(Clone, Debug)]
pub(super) enum Child {
    Postgres,
    Nats,
    Ours(Plan),
}

/// What children are started with.
#[derive(Debug)]
pub(super) struct Nursery {
    pub(super) layout: Layout,
    pub(super) description: Description,
    pub(super) secrets: Secrets,
    postgres: PostgresTools,
    nats_server: PathBuf,
    http: HttpClient,
}

/// A child that runs. Dropping it ends it without waiting.
#[derive(Debug)]
pub(super) enum Running {
    Postgres(Cluster),
    Nats(NatsServer),
    Ours(Process),
}

impl Nursery {
    /// Finds the programs of the servers; one that is missing or too old is told here.
    pub(super) fn new(
        layout: Layout,
        description: Description,
        secrets: Secrets,
    ) -> Result<Self, Failure> {
        let search = search(&layout)?;
        Ok(Self {
            postgres: search.postgres()?,
            nats_server: search.nats_server()?,
            http: HttpClient::new("up", CALL_LIMITS)?,
            layout,
            description,
            secrets,
        })
    }
}

impl Child {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Nats => "nats",
            Self::Ours(plan) => plan.name,
        }
    }

    /// The mail sink.
    pub(super) fn mail_sink(nursery: &Nursery) -> Self {
        Self::Ours(Plan {
            name: MAIL_SINK,
            arguments: vec!["--watch-stdin".into()],
            ready_port: nursery.description.ports.mail_page,
            ready_path: "/",
        })
    }

    /// All services.
    pub(super) fn services(nursery: &Nursery) -> Result<Vec<Self>, Failure> {
        let plan = |name| {
            let configuration = nursery.layout.configuration(name);
            let ready_port = nursery.description.ports.admin(name, &nursery.layout)?;
            let arguments = vec!["--config".into(), configuration.into()];
            Ok(Self::Ours(Plan { name, arguments, ready_port, ready_path: "/readyz" }))
        };
        services::names().map(plan).collect()
    }

    /// Starts the child and waits until it is ready.
    pub(super) async fn start(&self, nursery: &Nursery) -> Result<Running, Failure> {
        let Nursery { layout, description, secrets, .. } = nursery;
        let ports = &description.ports;
        Ok(match self {
            Self::Postgres => {
                let (tools, folder) = (&nursery.postgres, layout.postgres());
                let cluster = Cluster::start(tools, &folder, Some(ports.postgres)).await;
                Running::Postgres(cluster.map_err(|error| named(error, layout))?)
            }
            Self::Nats => {
                let (program, access) = (&nursery.nats_server, broker::access(secrets));
                let folder = layout.nats();
                let server = NatsServer::start(program, &folder, Some(ports.nats), &access).await;
                Running::Nats(server.map_err(|error| named(error, layout))?)
            }
            Self::Ours(plan) => Running::Ours(Process::start(plan, layout, &nursery.http).await?),
        })
    }
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        match self {
            Self::Postgres(cluster) => cluster.pid(),
            Self::Nats(server) => server.pid(),
            Self::Ours(process) => process.pid(),
        }
    }

    /// How the superuser of the database connects, if this is Postgres.
    pub(super) fn superuser(&self) -> Option<PgConnectOptions> {
        match self {
            Self::Postgres(cluster) => Some(cluster.options("postgres")),
            Self::Nats(_) | Self::Ours(_) => None,
        }
    }

    /// Waits until the child ends by itself, and says how it did.
    pub(super) async fn ended(&mut self) -> String {
        let status = match self {
            Self::Postgres(cluster) => Some(until_some(|| cluster.exited()).await),
            Self::Nats(server) => Some(until_some(|| server.exited()).await),
            Self::Ours(process) => process.ended().await,
        };
        status.map_or_else(|| "nobody knows how".to_owned(), how)
    }

    /// Asks the child to stop and waits for it.
    pub(super) async fn stop(self) {
        let stopped = match self {
            Self::Postgres(cluster) => cluster.stop().await,
            Self::Nats(server) => server.stop().await,
            Self::Ours(process) => {
                process.stop().await;
                Ok(())
            }
        };
        if let Err(error) = stopped {
            complain(chain(&error));
        }
    }
}

/// Looks for the servers from where we are called and, that failing, from where our program lies.
fn search(layout: &Layout) -> Result<Search, Failure> {
    let here = std::env::current_dir().map_err(Failure::io("find", layout.root()))?;
    let mut search = Search::from_env(&here);
    search.tools = search.tools.or_else(|| Search::from_env(&program()).tools);
    Ok(search)
}

/// Says where a port can be changed.
fn named(error: embedded::Error, layout: &Layout) -> Failure {
    if let embedded::Error::PortInUse { server, port } = error {
        let (user, file) = (server.to_owned(), layout.description());
        return Failure::PortInUse { port, user, file };
    }
    error.into()
}

async fn until_some<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look() {
            return found;
        }
        sleep(LOOK_EVERY).await;
    }
}

fn how(status: ExitStatus) -> String {
    let signal = status.signal().or_else(|| {
        status.code()?.checked_sub(SIGNAL_BASE).filter(|number| (1..SIGNAL_BASE).contains(number))
    });
    match (signal, status.code()) {
        (Some(signal), _) => format!("killed by signal {signal}"),
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_alike_with_and_without_a_guard() {
        assert_eq!(how(ExitStatus::from_raw(9)), "killed by signal 9");
        assert_eq!(how(ExitStatus::from_raw(137 << 8)), "killed by signal 9");
        assert_eq!(how(ExitStatus::from_raw(1 << 8)), "exit code 1");
        // 130 is also what a process answers when a second signal cut its shutdown short.
        assert_eq!(how(ExitStatus::from_raw(130 << 8)), "killed by signal 2");
    }
}
