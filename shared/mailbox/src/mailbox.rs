//! Putting a service's mailbox together, and running it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use async_nats::jetstream;
use contracts::consumers;
use contracts::{Contract, Kind, Lane, Message, Request};
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use primitives::Timestamp;
use runtime::Context;
use runtime::config::ClockMode;
use runtime::shutdown::{Phase, Tasks};
use sqlx::{PgConnection, PgPool};
use tokio::sync::{Notify, Semaphore, watch};

use crate::aggregate::{Aggregate, Kinds};
use crate::background;
use crate::batch::{Engine, InHand, Registered};
use crate::consumer::{Consuming, NOTHING_LEFT};
use crate::crash::{CrashPlanError, Crashes};
use crate::effect::{EndingAdapter, Performer, PerformerAdapter, Performers};
use crate::executor::Executor;
use crate::guards::{Guards, Source};
use crate::handler::{
    Handler, MessageAdapter, Order, Projection, ProjectionAdapter, Query, RequestAdapter,
    RequestHandler, Shared, TimerAdapter, TimerHandler,
};
use crate::ids;
use crate::meters::Meters;
use crate::operations::{Check, Operations};
use crate::publisher::Publisher;
use crate::recovery::{self, Recovery};
use crate::requests::{Answerer, ChangeAnswerer, Desk, QueryAnswerer};
use crate::settings::MailboxSettings;
use crate::topology::{COMMANDS, EVENTS};

/// Everything that one service takes in: what its `lib.rs` lists.
pub struct Mailbox {
    service: &'static str,
    handlers: HashMap<String, Shared>,
    projections: HashMap<String, Shared>,
    consumed: Vec<(Contract, Option<Order>)>,
    timers: Vec<&'static str>,
    /// Of those, the ones that nobody means who asks what is due next.
    routines: Vec<&'static str>,
    answerers: Vec<(Contract, Arc<dyn Answerer>)>,
    performers: Performers,
    checks: Vec<(&'static str, Check)>,
    uncertain_owner: &'static str,
    /// What was given two handlers, of which only one could be called.
    twice: Vec<String>,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox")
            .field("service", &self.service)
            .field("consumed", &self.consumed)
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

impl Mailbox {
    /// An empty mailbox of a service.
    #[must_use]
    pub fn of(service: &'static str) -> Self {
        Self {
            service,
            handlers: HashMap::new(),
            projections: HashMap::new(),
            consumed: Vec::new(),
            timers: Vec::new(),
            routines: Vec::new(),
            answerers: Vec::new(),
            performers: Performers::new(),
            checks: Vec::new(),
            uncertain_owner: "operator",
            twice: Vec::new(),
        }
    }

    fn register(&mut self, stem: String, handler: Shared) {
        if self.handlers.insert(stem.clone(), handler).is_some() {
            self.twice.push(stem);
        }
    }

    /// Handles an event or a command.
    #[must_use]
    pub fn handle<H: Handler>(mut self) -> Self {
        let contract = H::Message::CONTRACT;
        self.consumed.push((contract, Some(H::ORDER)));
        self.register(contract.stem(), MessageAdapter::<H>::shared());
        self
    }

    /// Keeps a read model of an event, which may have a handler beside it.
    #[must_use]
    pub fn project<P: Projection>(mut self) -> Self {
        let contract = P::Message::CONTRACT;
        self.consumed.push((contract, None));
        let projection = ProjectionAdapter::<P>::shared();
        if self.projections.insert(contract.stem(), projection).is_some() {
            self.twice.push(contract.stem());
        }
        self
    }

    /// Handles a timer.
    #[must_use]
    pub fn timer<H: TimerHandler>(mut self) -> Self {
        self.timers.push(H::NAME);
        self.routines.extend(H::IS_ROUTINE.then_some(H::NAME));
        let stem = format!("{}.timer.{}", self.service, H::NAME);
        self.register(stem, TimerAdapter::<H>::shared());
        self
    }

    /// Answers a request that changes something.
    #[must_use]
    pub fn change<H: RequestHandler>(mut self, handler: H) -> Self {
        let contract = <H::Request as Message>::CONTRACT;
        debug_assert!(H::Request::CHANGES, "{contract} is declared to change nothing");
        self.register(contract.stem(), RequestAdapter::<H>::shared());
        self.answerers.push((contract, Arc::new(ChangeAnswerer(Arc::new(handler)))));
        self
    }

    /// Answers a request that changes nothing.
    #[must_use]
    pub fn query<Q: Query>(mut self, query: Q) -> Self {
        let contract = <Q::Request as Message>::CONTRACT;
        debug_assert!(!Q::Request::CHANGES, "{contract} is declared to change something");
        self.answerers.push((contract, Arc::new(QueryAnswerer(query))));
        self
    }

    /// Performs the effects of one kind of aggregate; uncertain acts are for `owner`, a role, to
    /// settle: the same for all kinds.
    #[must_use]
    pub fn perform<P: Performer>(mut self, performer: P, owner: &'static str) -> Self {
        let kind = P::Aggregate::KIND;
        self.register(ids::ending_stem(self.service, kind), EndingAdapter::<P>::shared());
        self.performers.insert(kind, Arc::new(PerformerAdapter(Arc::new(performer))));
        self.uncertain_owner = owner;
        self
    }

    /// Adds a live check of an invariant.
    #[must_use]
    pub fn check(
        mut self,
        invariant: &'static str,
        check: impl for<'c> Fn(
            &'c mut PgConnection,
            Timestamp,
        )
            -> BoxFuture<'c, sqlx::Result<Vec<contracts::operations::Breach>>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.checks.push((invariant, Box::new(check)));
        self
    }

    /// The events and commands that it takes, with their declared order rules.
    #[must_use]
    pub fn consumed(&self) -> &[(Contract, Option<Order>)] {
        &self.consumed
    }

    /// The requests that it answers, beside the operations.
    pub fn answered(&self) -> impl Iterator<Item = Contract> {
        self.answerers.iter().map(|(contract, _)| *contract)
    }

    /// The timers that it handles, by name.
    #[must_use]
    pub fn timers(&self) -> &[&'static str] {
        &self.timers
    }

    /// Whether it performs effects.
    #[must_use]
    pub fn performs(&self) -> bool {
        !self.performers.is_empty()
    }

    /// The name of the service.
    #[must_use]
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// Starts everything on the process's tasks, and returns.
    pub async fn start<C: Clone>(
        self,
        context: &Context<C>,
        settings: MailboxSettings,
    ) -> Result<(), StartError> {
        if let Some(stem) = self.twice.into_iter().next() {
            return Err(StartError::Twice(stem));
        }
        let plans = settings.crash_plans()?;
        if !plans.is_empty() && context.config.process.clock != ClockMode::Demo {
            return Err(StartError::CrashForReal);
        }
        let timeout = Duration::from_millis(settings.publish_timeout_ms);
        let retry_after_ms = i64::try_from(settings.waiting_retry_ms).unwrap_or(i64::MAX);
        let engine = Arc::new(Engine {
            service: self.service,
            pool: context.pool.clone(),
            clock: Arc::clone(&context.clock),
            kinds: kinds(&self.handlers),
            handlers: registered(self.service, self.handlers, self.projections),
            crashes: Crashes::new(plans),
            publisher: Publisher::new(context.nats.clone(), timeout),
            meters: Meters::new(),
            guards: Guards::new(settings.parked_per_minute_max),
            horizon_days: i32::from(settings.horizon_days),
            settled_days: i32::from(settings.settled_days),
            retry_after: SignedDuration::from_millis(retry_after_ms),
            evidence_after: SignedDuration::from_millis(
                i64::try_from(settings.evidence_after_ms).unwrap_or(i64::MAX),
            ),
            recovery: Recovery::default(),
            wake: Notify::new(),
            seats: Semaphore::new(seats(&context.pool)),
            in_hand: InHand::default(),
            waiting_told: AtomicI64::new(0),
            in_flight: AtomicU64::new(0),
        });
        background::maintain(&engine).await.map_err(StartError::Partitions)?;
        background::watch_guards(&engine).await.map_err(StartError::Partitions)?;
        recovery::look(&engine, settings.is_restored).await.map_err(StartError::Home)?;
        let starting = Starting {
            engine: &engine,
            jetstream: jetstream::new(context.nats.clone()),
            settings: &settings,
            tasks: &context.tasks,
        };
        starting.pull(&self.consumed).await?;
        starting.work(self.performers, context.clock_moved.clone());
        let operations = Operations {
            checks: self.checks,
            routines: self.routines.into_iter().map(str::to_owned).collect(),
            uncertain_owner: self.uncertain_owner,
        };
        let desk = Desk {
            engine: Arc::clone(&engine),
            answerers: self.answerers,
            operations: Arc::new(operations),
        };
        desk.open(&context.nats, &context.tasks).await.map_err(StartError::Requests)
    }
}

/// The mailbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0} has two handlers, or two projections: list one")]
    Twice(String),
    #[error("the setting mailbox.crash is wrong")]
    Crash(#[from] CrashPlanError),
    #[error("the setting mailbox.crash plans a fault; only clock = \"demo\" allows that")]
    CrashForReal,
    #[error("the partitions of the inbox could not be made: run the migrations first")]
    Partitions(#[source] sqlx::Error),
    #[error("it could not be seen whether this is the database of the last start")]
    Home(#[source] sqlx::Error),
    #[error("the consumer {consumer} of the stream {stream} is not there: provision the broker")]
    Consumer {
        consumer: String,
        stream: &'static str,
        #[source]
        source: jetstream::stream::ConsumerError,
    },
    #[error("the requests could not be served")]
    Requests(#[source] async_nats::Error),
}

/// What the tasks of a mailbox are started with.
struct Starting<'a> {
    engine: &'a Arc<Engine>,
    jetstream: jetstream::Context,
    settings: &'a MailboxSettings,
    tasks: &'a Tasks,
}

impl Starting<'_> {
    /// Pulls from the streams that hold something for this service.
    async fn pull(&self, consumed: &[(Contract, Option<Order>)]) -> Result<(), StartError> {
        let takes = |takes: fn(&Contract) -> bool| consumed.iter().any(|(it, _)| takes(it));
        for (is_taken, source, stream, lane) in [
            (takes(|it| it.kind == Kind::Event), Source::Events, EVENTS, Lane::Usual),
            (takes(|it| it.lane == Lane::Urgent), Source::Urgent, EVENTS, Lane::Urgent),
            (takes(|it| it.kind == Kind::Command), Source::Commands, COMMANDS, Lane::Usual),
        ] {
            if !is_taken {
                continue;
            }
            let name = consumers::name(self.engine.service, lane);
            let pulled = self
                .jetstream
                .get_consumer_from_stream(&name, stream)
                .await
                .map_err(|source| StartError::Consumer { consumer: name, stream, source })?;
            let consuming = Arc::new(Consuming {
                engine: Arc::clone(self.engine),
                consumer: pulled,
                context: self.jetstream.clone(),
                settings: self.settings.clone(),
                source,
                oldest_ms: AtomicI64::new(NOTHING_LEFT),
                lag_told: AtomicI64::new(0),
            });
            let watch = Arc::clone(&consuming).watch_lag(self.tasks.stopping(Phase::Pulling));
            let name = consuming.source.name();
            self.tasks.spawn(Phase::Pulling, format!("lag of {name}"), async {
                watch.await;
                Ok(())
            });
            for worker in 1..=self.settings.workers_of(lane) {
                let name = format!("pull {name} {worker}");
                let pulling = Arc::clone(&consuming).run(self.tasks.stopping(Phase::Pulling));
                spawn_draining(self.tasks, name, pulling);
            }
        }
        Ok(())
    }

    /// Timers, effects, and the sweeper.
    fn work(&self, performers: Performers, mut clock_moved: watch::Receiver<Timestamp>) {
        let poll = Duration::from_millis(self.settings.sweep_ms);
        let stop = self.tasks.stopping(Phase::Executor);
        let timers = background::run_timers(Arc::clone(self.engine), stop.clone(), poll);
        self.tasks.spawn(Phase::Executor, "timers", async {
            timers.await;
            Ok(())
        });
        if !performers.is_empty() {
            let executor = Arc::new(Executor {
                engine: Arc::clone(self.engine),
                performers,
                settings: self.settings.clone(),
            });
            let executing = executor.run(stop.clone());
            self.tasks.spawn(Phase::Executor, "executor", async {
                executing.await;
                Ok(())
            });
        }
        let engine = Arc::clone(self.engine);
        self.tasks.spawn(Phase::Executor, "clock watch", async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    moved = clock_moved.changed() => match moved {
                        Ok(()) => engine.wake.notify_waiters(),
                        // The machine's clock never jumps.
                        Err(_) => stop.cancelled().await,
                    },
                }
            }
        });
        let sweeper = background::run_sweeper(
            Arc::clone(self.engine),
            self.jetstream.clone(),
            self.settings.clone(),
            self.tasks.stopping(Phase::Publishing),
        );
        self.tasks.spawn(Phase::Publishing, "sweeper", async {
            sweeper.await;
            Ok(())
        });
    }
}

/// Spawns a task that stops taking things in when pulling stops, and counts as in flight until it
/// finished what it has in hand.
pub(crate) fn spawn_draining(
    tasks: &Tasks,
    name: String,
    task: impl Future<Output = ()> + Send + 'static,
) {
    let stopping = tasks.stopping(Phase::InFlight);
    tasks.spawn(Phase::InFlight, name, async move {
        task.await;
        stopping.cancelled().await;
        Ok(())
    });
}

/// So many connections are left to what is urgent, and to housekeeping.
const LEFT_TO_OTHERS: u32 = 3;

fn seats(pool: &PgPool) -> usize {
    let seats = pool.options().get_max_connections().saturating_sub(LEFT_TO_OTHERS).max(1);
    usize::try_from(seats).unwrap_or(usize::MAX)
}

fn kinds(handlers: &HashMap<String, Shared>) -> Kinds {
    let mut kinds: Kinds = BTreeMap::new();
    for handler in handlers.values() {
        for kind in handler.kinds() {
            kinds.insert(kind.name(), kind);
        }
    }
    kinds
}

/// A projection beside a handler goes with it; one alone is the handler of its messages.
fn registered(
    service: &str,
    handlers: HashMap<String, Shared>,
    mut projections: HashMap<String, Shared>,
) -> HashMap<String, Registered> {
    let entry = |stem: String, handler: Shared, beside: Option<Shared>| {
        let namespace = ids::namespace(service, &stem);
        (stem, Registered { handler, beside, namespace })
    };
    let mut registered: HashMap<String, Registered> = handlers
        .into_iter()
        .map(|(stem, handler)| {
            let beside = projections.remove(&stem);
            entry(stem, handler, beside)
        })
        .collect();
    registered.extend(projections.into_iter().map(|(stem, alone)| entry(stem, alone, None)));
    registered
}
