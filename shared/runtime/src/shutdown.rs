//! The tasks of a process and the order in which they end.
//!
//! Every long-running task is spawned here, with a name and the phase of the shutdown in which it
//! ends. The phases follow each other; each has a limit, after which what is left of it is dropped.
//! Work that must survive being dropped lies in the database: nothing here saves anything.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::panic::AssertUnwindSafe;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::error::{BoxError, chain};

/// When a task is told to stop and is waited for, in this order. Before the first the process says
/// that it is not ready; after the last it sends its traces and closes its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Taking no more work from the broker.
    Pulling,
    /// Finishing the work that was taken.
    InFlight,
    /// Performing no more effects.
    Executor,
    /// Publishing what is committed, one last time.
    Publishing,
    /// Answering over HTTP, and whatever serves the phases before.
    Http,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 5] =
        [Self::Pulling, Self::InFlight, Self::Executor, Self::Publishing, Self::Http];
}

/// Section `shutdown`: how long each step may take, in milliseconds. Together they stay within the
/// 30 s that a container is usually given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShutdownConfig {
    /// Phase [`Phase::Pulling`].
    pub pulling_ms: u64,
    /// Phase [`Phase::InFlight`].
    pub in_flight_ms: u64,
    /// Phase [`Phase::Executor`].
    pub executor_ms: u64,
    /// Phase [`Phase::Publishing`].
    pub publishing_ms: u64,
    /// Phase [`Phase::Http`].
    pub http_ms: u64,
    /// Sending the traces.
    pub telemetry_ms: u64,
    /// Closing the connections.
    pub pools_ms: u64,
}

impl Default for ShutdownConfig {
    fn default() -> Self {
        Self {
            pulling_ms: 2_000,
            in_flight_ms: 8_000,
            executor_ms: 8_000,
            publishing_ms: 4_000,
            http_ms: 3_000,
            telemetry_ms: 3_000,
            pools_ms: 2_000,
        }
    }
}

impl ShutdownConfig {
    /// How long the phase may take.
    #[must_use]
    pub const fn limit(&self, phase: Phase) -> Duration {
        Duration::from_millis(match phase {
            Phase::Pulling => self.pulling_ms,
            Phase::InFlight => self.in_flight_ms,
            Phase::Executor => self.executor_ms,
            Phase::Publishing => self.publishing_ms,
            Phase::Http => self.http_ms,
        })
    }
}

/// The tasks of one process. Clones are the same.
#[derive(Clone, Debug)]
pub struct Tasks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    groups: [(Phase, Group); Phase::ALL.len()],
    next_number: AtomicU64,
    /// The first task that failed.
    failed: watch::Sender<Option<String>>,
}

/// The tasks of one phase.
#[derive(Debug, Default)]
struct Group {
    /// Tells them to stop.
    stopping: CancellationToken,
    /// Drops them.
    dropping: CancellationToken,
    tracker: TaskTracker,
    names: Mutex<BTreeMap<u64, String>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self(Arc::new(Inner {
            groups: Phase::ALL.map(|phase| (phase, Group::default())),
            next_number: AtomicU64::default(),
            failed: watch::Sender::default(),
        }))
    }
}

impl Tasks {
    /// Is cancelled when the phase begins. A task may look at any phase's token: a consumer stops
    /// pulling in one phase and ends in the next.
    #[must_use]
    pub fn stopping(&self, phase: Phase) -> CancellationToken {
        self.group(phase).stopping.clone()
    }

    /// Spawns a task that lives until its phase. Ending earlier, an error or a panic is a failure
    /// of the process: it is logged, and the process stops in order and exits with 1.
    pub fn spawn(
        &self,
        phase: Phase,
        name: impl Into<String>,
        task: impl Future<Output = Result<(), BoxError>> + Send + 'static,
    ) {
        let name = name.into();
        let tasks = self.clone();
        self.track(phase, name.clone(), async move {
            let fault = match AssertUnwindSafe(task).catch_unwind().await {
                Ok(Ok(())) if tasks.group(phase).stopping.is_cancelled() => return,
                Ok(Ok(())) => "ended too early".to_owned(),
                Ok(Err(error)) => chain(error.as_ref()),
                Err(panic) => format!("panicked: {}", panic_text(panic.as_ref())),
            };
            error!(task = name, "task {name} failed: {fault}");
            tasks.0.failed.send_if_modified(|first| {
                let is_first = first.is_none();
                first.get_or_insert(name);
                is_first
            });
        });
    }

    /// Spawns a task that ends by itself, such as the work on one request. A panic is logged, and
    /// the process goes on.
    pub fn spawn_brief(
        &self,
        phase: Phase,
        name: impl Into<String>,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let name = name.into();
        self.track(phase, name.clone(), async move {
            if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
                let panic = panic_text(panic.as_ref());
                error!(task = name, "task {name} panicked: {panic}");
            }
        });
    }

    /// Waits until a task fails, and names it.
    pub async fn failed(&self) -> String {
        let mut failed = self.0.failed.subscribe();
        loop {
            if let Some(name) = failed.borrow_and_update().clone() {
                return name;
            }
            if failed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Goes through all phases in order. Says whether every task ended within its limit.
    pub async fn stop(&self, limits: &ShutdownConfig) -> bool {
        let mut clean = true;
        for (phase, group) in &self.0.groups {
            clean &= group.stop(*phase, limits.limit(*phase)).await;
        }
        clean
    }

    fn track(&self, phase: Phase, name: String, task: impl Future<Output = ()> + Send + 'static) {
        let tasks = self.clone();
        let number = self.0.next_number.fetch_add(1, Ordering::Relaxed);
        let group = self.group(phase);
        group.names().insert(number, name);
        group.tracker.spawn(async move {
            let group = tasks.group(phase);
            tokio::select! {
                () = task => {}
                () = group.dropping.cancelled() => {}
            }
            group.names().remove(&number);
        });
    }

    fn group(&self, phase: Phase) -> &Group {
        let [pulling, in_flight, executor, publishing, http] = &self.0.groups;
        let (_, group) = match phase {
            Phase::Pulling => pulling,
            Phase::InFlight => in_flight,
            Phase::Executor => executor,
            Phase::Publishing => publishing,
            Phase::Http => http,
        };
        group
    }
}

impl Group {
    async fn stop(&self, phase: Phase, limit: Duration) -> bool {
        self.stopping.cancel();
        self.tracker.close();
        if timeout(limit, self.tracker.wait()).await.is_ok() {
            return true;
        }
        let names = self.names().values().cloned().collect::<Vec<_>>().join(", ");
        let limit_ms = limit.as_millis();
        warn!(?phase, limit_ms, "phase {phase:?} took over {limit_ms} ms; dropping {names}");
        self.dropping.cancel();
        false
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<u64, String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Why a process stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The system or a person asked: SIGTERM or SIGINT.
    Signal,
    /// The parent closed our standard input, or died.
    StdinClosed,
    /// This task failed.
    TaskFailed(String),
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal => f.write_str("a signal asked for it"),
            Self::StdinClosed => f.write_str("standard input is closed, and watch_stdin is set"),
            Self::TaskFailed(task) => write!(f, "{task} failed"),
        }
    }
}

/// What asks a process to stop.
#[derive(Debug)]
pub struct StopRequests {
    interrupt: Signal,
    terminate: Signal,
    stdin: Option<oneshot::Receiver<()>>,
}

impl StopRequests {
    /// Listens from now on; from now on the signals do not kill by themselves.
    pub fn listen(watch_stdin: bool) -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            stdin: if watch_stdin { Some(stdin_closed()?) } else { None },
        })
    }

    /// Waits for the first request.
    pub async fn first(&mut self) -> StopReason {
        let stdin = async {
            match &mut self.stdin {
                // The sender goes away with the thread, which ends when the input does.
                Some(closed) => drop(closed.await),
                None => std::future::pending().await,
            }
            self.stdin = None;
        };
        tokio::select! {
            _ = self.interrupt.recv() => StopReason::Signal,
            _ = self.terminate.recv() => StopReason::Signal,
            () = stdin => StopReason::StdinClosed,
        }
    }

    /// Runs the shutdown to its end, unless a signal comes: then the process ends at once, with
    /// 130.
    pub async fn or_die<T>(mut self, shutdown: impl Future<Output = T>) -> T {
        tokio::select! {
            ended = shutdown => ended,
            _ = self.interrupt.recv() => die(),
            _ = self.terminate.recv() => die(),
        }
    }
}

fn die() -> ! {
    info!("second signal: the process ends at once");
    process::exit(130)
}

/// A thread of its own, since a blocked read would keep the async runtime from ending.
fn stdin_closed() -> io::Result<oneshot::Receiver<()>> {
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        let mut ignored = [0; 512];
        while input.read(&mut ignored).is_ok_and(|count| count > 0) {}
        drop(sender);
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const ALL_MS: u64 = 5_000;

    fn limits() -> ShutdownConfig {
        ShutdownConfig {
            pulling_ms: ALL_MS,
            in_flight_ms: ALL_MS,
            executor_ms: ALL_MS,
            publishing_ms: ALL_MS,
            http_ms: ALL_MS,
            ..ShutdownConfig::default()
        }
    }

    /// Spawns a task that notes its end.
    fn noted(tasks: &Tasks, phase: Phase, notes: &Arc<Mutex<Vec<Phase>>>) {
        let (stopping, notes) = (tasks.stopping(phase), Arc::clone(notes));
        tasks.spawn(phase, format!("{phase:?}"), async move {
            stopping.cancelled().await;
            // Gives the tasks of other phases every chance to end before this one.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            notes.lock().unwrap().push(phase);
            Ok(())
        });
    }

    #[tokio::test]
    async fn phases_end_in_order() {
        let (tasks, notes) = (Tasks::default(), Arc::default());
        for phase in Phase::ALL.into_iter().rev() {
            noted(&tasks, phase, &notes);
        }
        assert!(tasks.stop(&limits()).await);
        assert_eq!(*notes.lock().unwrap(), Phase::ALL);
    }

    #[tokio::test]
    async fn a_stuck_task_costs_its_limit_and_no_more() {
        let (tasks, notes) = (Tasks::default(), Arc::default());
        for phase in [Phase::Pulling, Phase::Publishing] {
            noted(&tasks, phase, &notes);
        }
        let (held, dropped) = oneshot::channel::<()>();
        tasks.spawn(Phase::InFlight, "stuck", async move {
            let _held = held;
            pending().await
        });
        let limits = ShutdownConfig { in_flight_ms: 20, ..limits() };
        assert!(!tasks.stop(&limits).await);
        assert_eq!(*notes.lock().unwrap(), [Phase::Pulling, Phase::Publishing]);
        // It was dropped, not forgotten.
        assert!(timeout(Duration::from_millis(ALL_MS), dropped).await.unwrap().is_err());
    }

    #[tokio::test]
    async fn a_task_that_fails_is_named() {
        async fn failed(task: impl Future<Output = Result<(), BoxError>> + Send + 'static) {
            let tasks = Tasks::default();
            tasks.spawn(Phase::Pulling, "the-task", task);
            let failed = timeout(Duration::from_millis(ALL_MS), tasks.failed()).await;
            assert_eq!(failed.unwrap(), "the-task");
            assert!(tasks.stop(&limits()).await);
        }
        failed(async { Ok(()) }).await;
        failed(async { Err("broken".into()) }).await;
        failed(async { panic!("a panic that the test wants") }).await;
    }

    #[tokio::test]
    async fn a_brief_task_may_end_and_is_waited_for() {
        let tasks = Tasks::default();
        let (sender, receiver) = oneshot::channel();
        let stopping = tasks.stopping(Phase::Http);
        tasks.spawn_brief(Phase::Http, "answer", async move {
            stopping.cancelled().await;
            sender.send(()).unwrap();
        });
        tasks.spawn_brief(Phase::Http, "bug", async { panic!("a panic that the test wants") });
        assert!(tasks.stop(&limits()).await);
        assert_eq!(receiver.await, Ok(()));
        assert!(tasks.failed().now_or_never().is_none());
    }
}
