//! Brings the children up in tiers, starts again what dies, and takes them down in reverse.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::Timestamp;
use runtime::config::ClockMode;
use runtime::error::chain;
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::board::Keeper;
use super::children::{Child, MAIL_SINK, Nursery, Running};
use super::description::Description;
use super::layout::Layout;
use super::lock::Lock;
use super::secrets::Secrets;
use super::{broker, database, log, orphans, services, settings};
use crate::failure::Failure;
use crate::moment::now;
use crate::output::complain;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A child that ran this long has recovered.
const RECOVERED: Duration = Duration::from_secs(30);

/// What may be asked of a start.
#[derive(Clone, Debug, Default)]
pub(crate) struct StartOptions {
    /// Whose time is business time; the stack's own, or for a new one the demonstration's.
    pub clock: Option<ClockMode>,
    /// Where a new demonstration's clock begins; now, where nothing is said.
    pub demo_start: Option<Timestamp>,
    /// Where traces go.
    pub otlp_endpoint: Option<String>,
}

/// A stack, as far as it is up.
#[derive(Debug)]
pub(crate) struct Stack {
    nursery: Arc<Nursery>,
    keeper: Arc<Keeper>,
    /// In the order in which they were started.
    tiers: Vec<Tier>,
    _lock: Lock,
}

/// Children that start and stop together.
#[derive(Debug)]
struct Tier {
    stop: CancellationToken,
    kept: JoinSet<()>,
}

impl Stack {
    /// Takes the folder and clears away what a killed stack left; nothing runs yet.
    pub(crate) async fn open(layout: &Layout, options: &StartOptions) -> Result<Self, Failure> {
        layout.create()?;
        let lock = Lock::take(layout).await?;
        let description = Description::load_or_make(layout, options.clock)?;
        let secrets = Secrets::load_or_make(layout)?;
        settings::write(layout, &description, &secrets, options.otlp_endpoint.as_deref())?;
        orphans::end(layout).await?;
        description.ports.refuse_taken(layout).await?;
        log::rotate(layout, services::names().chain([MAIL_SINK]))?;
        log::link(layout)?;
        let nursery = Nursery::new(layout.clone(), description, secrets)?;
        let names = ["postgres", "nats", MAIL_SINK].into_iter().chain(services::names());
        let keeper = Arc::new(Keeper::new(layout.clone(), names));
        Ok(Self { nursery: Arc::new(nursery), keeper, tiers: Vec::new(), _lock: lock })
    }

    /// Starts everything and returns when all are ready. What was started before a failure is still
    /// to be stopped.
    pub(crate) async fn start(&mut self, options: &StartOptions) -> Result<(), Failure> {
        let nursery = Arc::clone(&self.nursery);
        let Nursery { description, secrets, .. } = &*nursery;
        let servers = vec![Child::Postgres, Child::Nats, Child::mail_sink(&nursery)];
        if let Some(superuser) = self.start_tier(servers).await? {
            database::prepare(superuser, description.ports.postgres, secrets).await?;
        }
        let demo_start = options.demo_start.unwrap_or_else(now);
        broker::prepare(description, secrets, demo_start).await?;
        self.start_tier(Child::services(&nursery)?).await?;
        self.keeper.set_ready(true);
        Ok(())
    }

    /// What the stack is.
    #[must_use]
    pub(crate) fn description(&self) -> &Description {
        &self.nursery.description
    }

    /// Stops every child, the last started first.
    pub(crate) async fn stop(mut self) {
        self.keeper.set_ready(false);
        while let Some(mut tier) = self.tiers.pop() {
            tier.stop.cancel();
            while tier.kept.join_next().await.is_some() {}
        }
    }

    /// Starts the children together and keeps those that started. Yields how the database's
    /// superuser connects, if Postgres is among them.
    async fn start_tier(
        &mut self,
        children: Vec<Child>,
    ) -> Result<Option<PgConnectOptions>, Failure> {
        let nursery = &self.nursery;
        let started = join_all(children.into_iter().map(|child| async move {
            let running = child.start(nursery).await;
            (child, running)
        }))
        .await;
        let mut tier = Tier { stop: CancellationToken::new(), kept: JoinSet::new() };
        let mut superuser = None;
        let mut failure = None;
        for (child, running) in started {
            match running {
                Ok(running) => {
                    superuser = superuser.or_else(|| running.superuser());
                    self.keeper.started(child.name(), running.pid());
                    tier.kept.spawn(keep(Keeping {
                        child,
                        nursery: Arc::clone(&self.nursery),
                        keeper: Arc::clone(&self.keeper),
                        stop: tier.stop.clone(),
                        running,
                    }));
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        self.tiers.push(tier);
        failure.map_or(Ok(superuser), Err)
    }
}

/// One child under care.
struct Keeping {
    child: Child,
    nursery: Arc<Nursery>,
    keeper: Arc<Keeper>,
    stop: CancellationToken,
    running: Running,
}

/// Starts the child again whenever it ends, until it is to stop.
async fn keep(keeping: Keeping) {
    let Keeping { child, nursery, keeper, stop, mut running } = keeping;
    let name = child.name();
    let mut pause = FIRST_PAUSE;
    loop {
        let since = Instant::now();
        let end = tokio::select! {
            end = running.ended() => end,
            () = stop.cancelled() => break,
        };
        complain(format_args!("{name} ended ({end}); it is started again"));
        keeper.ended(name, &end);
        if since.elapsed() > RECOVERED {
            pause = FIRST_PAUSE;
        }
        drop(running);
        let again = start_again(&child, &nursery, &mut pause);
        match stop.run_until_cancelled(again).await {
            Some(started) => running = started,
            None => return,
        }
        keeper.started(name, running.pid());
        complain(format_args!("{name} is ready again"));
    }
    running.stop().await;
    keeper.stopped(name);
}

/// Tries for as long as it takes, at growing distances.
async fn start_again(child: &Child, nursery: &Nursery, pause: &mut Duration) -> Running {
    loop {
        sleep(*pause).await;
        *pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        match child.start(nursery).await {
            Ok(running) => return running,
            Err(error) => complain(chain(&error)),
        }
    }
}
