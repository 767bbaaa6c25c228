//! What goes on beside the messages: timers, waiting messages, what was left in the outbox, a
//! broker that lost something, the daily partitions.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream;
use contracts::operations::WaitingMessage;
use contracts::{Envelope, SPEC_VERSION};
use jiff::SignedDuration;
use primitives::{Actor, Timestamp};
use runtime::error::BoxError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::batch::{Engine, Input, Outage, Outcome, Ticket, day, reread};
use crate::broker;
use crate::effect::own_body;
use crate::guards::Source;
use crate::handler::{Firing, Payload};
use crate::publisher::Delivery;
use crate::recovery;
use crate::settings::MailboxSettings;
use crate::store::{self, DueTimer, SeenBroker};
use crate::{ids, topology};

/// At most so many rows are taken up at once.
const PAGE: i64 = 500;

/// Fires timers when they are due, until told to stop.
pub(crate) async fn run_timers(engine: Arc<Engine>, stop: CancellationToken, poll: Duration) {
    while !stop.is_cancelled() {
        let woken = engine.wake.notified();
        let fired =
            if engine.guards.stopped(Source::Timers) { Ok(false) } else { fire_due(&engine).await };
        match fired {
            Ok(true) => continue,
            Ok(false) => {}
            Err(outage) => tracing::warn!("timers: {}", runtime::error::chain(&outage)),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

/// Fires one page of due timers; true when there may be more.
async fn fire_due(engine: &Engine) -> Result<bool, Outage> {
    let mut conn = engine.pool.acquire().await.map_err(Outage::Database)?;
    let now = engine.clock.business_now();
    let due = store::due_timers(&mut conn, now, PAGE).await.map_err(Outage::Database)?;
    drop(conn);
    if due.is_empty() {
        return Ok(false);
    }
    let wall = engine.clock.wall_now();
    let inputs: Result<Vec<Input>, serde_json::Error> =
        due.into_iter().map(|timer| firing(engine, timer, wall)).collect();
    let outcomes = engine.process(Source::Timers, inputs.map_err(Outage::Envelope)?).await?;
    Ok(outcomes.iter().any(|outcome| *outcome != Outcome::Duplicate))
}

fn firing(engine: &Engine, timer: DueTimer, wall: Timestamp) -> Result<Input, serde_json::Error> {
    let row = (timer.kind.as_str(), timer.aggregate_id);
    let id = ids::timer_firing(engine.service, row, &timer.name, timer.generation);
    let envelope = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id,
        source: format!("/amicable/{}", engine.service),
        message_type: format!("{}.timer.{}.v1", engine.service, timer.name),
        subject: timer.aggregate_id,
        time: timer.due_at,
        datacontenttype: "application/json".to_owned(),
        correlationid: timer.correlation,
        causationid: id,
        actor: Actor::Machine(engine.service.to_owned()),
        creditor: None,
        aggregateversion: 0,
        recordedtime: wall,
        replayed: false,
        traceparent: timer.traceparent.clone(),
        data: own_body(&Firing { due_at: timer.due_at })?,
    };
    Ok(Input { payload: Payload { envelope, prepared: None }, ticket: Ticket::Timer(timer) })
}

/// Publishes what was left behind, retries what waits, watches the broker, keeps the partitions.
pub(crate) async fn run_sweeper(
    engine: Arc<Engine>,
    context: jetstream::Context,
    settings: MailboxSettings,
    stop: CancellationToken,
) {
    let pause = Duration::from_millis(settings.sweep_ms);
    let probe_every = Duration::from_millis(settings.effect_probe_ms);
    let (mut maintained, mut probed) = (None, Instant::now());
    while !stop.is_cancelled() {
        let today = day(engine.clock.wall_now());
        if maintained != Some(today) {
            match maintain(&engine).await {
                Ok(()) => maintained = Some(today),
                Err(error) => tracing::warn!("partitions: {}", runtime::error::chain(&error)),
            }
        }
        if let Err(error) = watch_guards(&engine).await {
            tracing::warn!("guards: {}", runtime::error::chain(&error));
        }
        if let Err(error) = recovery::adopt(&engine).await {
            tracing::warn!("recovery: {}", runtime::error::chain(&error));
        }
        if let Err(error) = measure(&engine).await {
            tracing::warn!("metrics: {}", runtime::error::chain(&error));
        }
        if let Err(reason) = watch_broker(&engine, &context).await {
            tracing::warn!("broker not seen: {reason}");
        }
        if let Err(error) = sweep_outbox(&engine, COMMITTER_GRACE).await {
            tracing::warn!("outbox: {}", runtime::error::chain(&error));
        }
        if probed.elapsed() >= probe_every {
            probed = Instant::now();
            if let Err(error) = probe_effects(&engine, &settings).await {
                tracing::warn!("effects: {}", runtime::error::chain(&error));
            }
        }
        if let Err(outage) = retry_waiting(&engine, &settings).await {
            tracing::warn!("waiting: {}", runtime::error::chain(&outage));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    // Nothing of ours is being committed any more.
    if let Err(error) = sweep_outbox(&engine, SignedDuration::ZERO).await {
        tracing::warn!("last publishing pass: {}", runtime::error::chain(&error));
    }
}

/// Makes the partitions of the coming days, drops those behind the horizon.
pub(crate) async fn maintain(engine: &Engine) -> sqlx::Result<()> {
    let now = engine.clock.wall_now();
    let mut conn = engine.pool.acquire().await?;
    store::maintain(&mut conn, day(now), engine.horizon_days).await?;
    let ago = |days: i32| {
        let hours = i64::from(days).saturating_mul(24);
        now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
    };
    let horizon = ago(engine.horizon_days);
    while store::forget_requests(&mut conn, horizon).await? > 0 {}
    while store::forget_effects(&mut conn, horizon).await? > 0 {}
    // What is stale comes again for as long as its producer keeps it: not to be forgotten before.
    let settled = ago(engine.settled_days.max(engine.horizon_days));
    while store::forget_parked(&mut conn, settled).await? > 0 {}
    Ok(())
}

/// Takes over what other replicas and operators stopped and released.
pub(crate) async fn watch_guards(engine: &Engine) -> sqlx::Result<()> {
    let mut conn = engine.pool.acquire().await?;
    engine.guards.adopt(&store::stopped_sources(&mut conn).await?);
    engine.meters.stopped(&engine.guards);
    Ok(())
}

/// A committer publishes its own rows at once; only what is older was left behind.
const COMMITTER_GRACE: SignedDuration = SignedDuration::from_millis(500);

/// Publishes rows that their committer did not, and moves them.
async fn sweep_outbox(engine: &Engine, grace: SignedDuration) -> sqlx::Result<()> {
    let before = engine.clock.wall_now().checked_sub(grace).unwrap_or(Timestamp::MIN);
    loop {
        let mut conn = engine.pool.acquire().await?;
        let rows = store::unsent(&mut conn, before, PAGE).await?;
        drop(conn);
        if rows.is_empty() {
            return Ok(());
        }
        let broker = engine.publisher.broker();
        let confirmed = engine.publisher.publish(&rows, engine.delivery()).await;
        let moved = engine.settle_published(&confirmed, &broker).await?;
        // What stays is for the next sweep: it may be that another broker has to be noticed first.
        if moved.len() < rows.len() {
            return Ok(());
        }
    }
}

/// Looks whether an outside that failed is there again: of each kind of effect, one is tried now
/// that would not be for a while. Where it succeeds, the others follow.
async fn probe_effects(engine: &Engine, settings: &MailboxSettings) -> sqlx::Result<()> {
    let now = engine.clock.wall_now();
    let soon = SignedDuration::from_millis(i64::try_from(settings.effect_probe_ms).unwrap_or(0));
    let soon = now.checked_add(soon).unwrap_or(Timestamp::MAX);
    let mut conn = engine.pool.acquire().await?;
    if store::probe_effects(&mut conn, now, soon).await? > 0 {
        engine.wake.notify_waiters();
    }
    Ok(())
}

/// Tries again what waits and is due.
async fn retry_waiting(engine: &Engine, settings: &MailboxSettings) -> Result<(), Outage> {
    let now = engine.clock.wall_now();
    let mut conn = engine.pool.acquire().await.map_err(Outage::Database)?;
    let due = store::waiting_due(&mut conn, now, PAGE).await.map_err(Outage::Database)?;
    let oldest = store::oldest_waiting(&mut conn).await.map_err(Outage::Database)?;
    drop(conn);
    let alarm =
        SignedDuration::from_millis(i64::try_from(settings.waiting_alarm_ms).unwrap_or(i64::MAX));
    let alarming = |message: &WaitingMessage| now.duration_since(message.waiting_since) > alarm;
    let minute = now.as_second().div_euclid(60);
    if let Some(message) = oldest.filter(alarming)
        && engine.waiting_told.swap(minute, Ordering::Relaxed) != minute
    {
        tracing::error!(
            message.id = %message.message_id,
            "waiting since {}: {}", message.waiting_since, message.detail
        );
    }
    if !due.is_empty() && !engine.guards.stopped(Source::Waiting) {
        engine.process(Source::Waiting, reread(&due, &|| Ticket::Waiting)).await?;
    }
    Ok(())
}

/// The broker's sight is noted so often. What it may have lost begins a minute before the last.
const SIGHT_EVERY: SignedDuration = SignedDuration::from_secs(10);
const MAY_BE_LOST: SignedDuration = SignedDuration::from_mins(1);

/// Notices another broker, or another start of a stream, and publishes again what it may have lost:
/// it confirms before it syncs. Until the new broker has everything, that is noted, too.
async fn watch_broker(engine: &Engine, context: &jetstream::Context) -> Result<(), BoxError> {
    let identity = broker::identity(&context.client());
    let now = engine.clock.wall_now();
    let mut sights = Vec::new();
    let mut lost_since = None;
    for name in [topology::EVENTS, topology::COMMANDS] {
        let stream = context.get_stream(name).await?;
        let seen = SeenBroker {
            identity: identity.clone(),
            started_at: stream.cached_info().created.to_string(),
            seen_at: now,
            refill_from: None,
        };
        let mut conn = engine.pool.acquire().await?;
        let before = store::find_broker(&mut conn, name).await?;
        if let Some(since) = before.as_ref().and_then(|before| before.lost_since(&seen)) {
            tracing::warn!(stream = name, "the broker started anew: messages go out again");
            store::notice_broker(&mut conn, name, &seen, since).await?;
            lost_since = Some(lost_since.map_or(since, |other: Timestamp| other.min(since)));
        } else if before.is_some_and(|before| now.duration_since(before.seen_at) < SIGHT_EVERY) {
            continue;
        }
        sights.push((name, seen));
    }
    if let Some(since) = lost_since {
        refill(engine, since, engine.delivery()).await?;
    }
    let mut conn = engine.pool.acquire().await?;
    for (name, seen) in &sights {
        store::see_broker(&mut conn, name, seen).await?;
    }
    Ok(())
}

impl SeenBroker {
    /// Since when `now`, the broker that is there, may lack what was sent; none if it is the same
    /// and has everything.
    fn lost_since(&self, now: &Self) -> Option<Timestamp> {
        let is_same = (&self.identity, &self.started_at) == (&now.identity, &now.started_at);
        let since = self.seen_at.checked_sub(MAY_BE_LOST).unwrap_or(Timestamp::MIN);
        match self.refill_from {
            Some(from) => Some(from.min(since)),
            None => (!is_same).then_some(since),
        }
    }
}

/// Not everything was published again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefillError {
    #[error("what was sent could not be read")]
    Database(#[from] sqlx::Error),
    #[error(
        "{confirmed} messages were published again, then the broker confirmed no more; do it again"
    )]
    Unconfirmed { confirmed: usize },
}

/// Publishes again everything sent since a time; returns how much.
pub(crate) async fn refill(
    engine: &Engine,
    since: Timestamp,
    delivery: Delivery,
) -> Result<usize, RefillError> {
    let mut after = (since, Uuid::nil());
    let mut count = 0_usize;
    loop {
        let mut conn = engine.pool.acquire().await?;
        let page = store::sent_since(&mut conn, since, after, PAGE).await?;
        drop(conn);
        let Some((last, sent_at)) = page.last() else { return Ok(count) };
        after = (*sent_at, last.message_id);
        let rows: Vec<_> = page.into_iter().map(|(row, _)| row).collect();
        let confirmed = engine.publisher.publish(&rows, delivery).await.len();
        count = count.saturating_add(confirmed);
        if confirmed < rows.len() {
            return Err(RefillError::Unconfirmed { confirmed: count });
        }
    }
}

/// Measures what the tables hold.
async fn measure(engine: &Engine) -> sqlx::Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let (wall_now, business_now) = (engine.clock.wall_now(), engine.clock.business_now());
    engine.meters.backlog(&store::backlog(&mut conn, wall_now, business_now).await?);
    Ok(())
}
