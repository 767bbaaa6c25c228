//! Pulling: what waits at the broker, in batches, acknowledged after the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, message::Acker};
use contracts::{Envelope, SPEC_VERSION};
use jiff::SignedDuration;
use primitives::{Actor, CorrelationId, MessageId, Timestamp};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::batch::{Engine, Input, Outcome, Ticket};
use crate::broker;
use crate::guards::Source;
use crate::handler::Payload;
use crate::pulling::Pulling;
use crate::settings::MailboxSettings;

/// Pauses after pulling failed.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Handling what is on its way at the end takes no longer than this; the rest is given back. Less
/// than the phase of the shutdown has.
const WIND_UP_LIMIT: Duration = Duration::from_secs(4);
/// The broker brings it again.
const AGAIN: AckKind = AckKind::Nak(Some(Duration::from_millis(500)));

/// In the place of a time that a message was recorded: no timestamp reaches so far.
pub(crate) const NOTHING_LEFT: i64 = i64::MAX;

/// One consumer of one stream, shared by its workers.
pub(crate) struct Consuming {
    pub(crate) engine: Arc<Engine>,
    pub(crate) consumer: PullConsumer,
    pub(crate) context: jetstream::Context,
    pub(crate) settings: MailboxSettings,
    pub(crate) source: Source,
    /// When the oldest message of the last batch was recorded; [`NOTHING_LEFT`] where all is done.
    pub(crate) oldest_ms: AtomicI64,
    /// The minute of the last alarm about lag.
    pub(crate) lag_told: AtomicI64,
}

impl Consuming {
    /// Pulls until told to stop; then finishes what it has in hand and what is on its way to it.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = Duration::ZERO;
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
            if self.stands_still() {
                pause = Duration::from_secs(1);
                continue;
            }
            pause = match self.pull(&stop).await {
                Ok(()) => Duration::ZERO,
                Err(reason) => {
                    tracing::warn!(source = self.source.name(), "pulling stopped: {reason}");
                    pause.saturating_mul(2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
                }
            };
        }
    }

    /// Pulls batches until something fails, the guard stops it, or the end.
    async fn pull(&self, stop: &CancellationToken) -> Result<(), String> {
        let opened = Pulling::open(&self.consumer, &self.context, self.settings.batch_max).await;
        let mut pulling = opened.map_err(|error| runtime::error::chain(&*error))?;
        let result = self.pull_on(&mut pulling, stop).await;
        self.wind_up(&mut pulling, result.is_ok() && stop.is_cancelled()).await?;
        result
    }

    async fn pull_on(&self, pulling: &mut Pulling, stop: &CancellationToken) -> Result<(), String> {
        while !self.stands_still() {
            let first = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                first = pulling.next() => first?,
            };
            let taken = self.fill(pulling, first).await;
            let broker = pulling.broker().to_owned();
            // The next batch is brought while this one is handled.
            let asked = if stop.is_cancelled() { Ok(()) } else { pulling.ask().await };
            self.handle(taken, &broker).await?;
            asked?;
        }
        Ok(())
    }

    /// A batch of what comes within a moment.
    async fn fill(
        &self,
        pulling: &mut Pulling,
        first: jetstream::Message,
    ) -> Vec<jetstream::Message> {
        let mut taken = vec![first];
        let full = sleep(Duration::from_millis(self.settings.batch_fill_ms));
        tokio::pin!(full);
        while taken.len() < self.settings.batch_max {
            tokio::select! {
                biased;
                next = pulling.next_coming() => match next {
                    Ok(Some(message)) => taken.push(message),
                    Ok(None) | Err(_) => break,
                },
                () = &mut full => break,
            }
        }
        taken
    }

    /// Takes in what the broker has handed out already: it is handled where we end in order, and
    /// given back otherwise, since nobody else gets it before the broker misses us.
    async fn wind_up(&self, pulling: &mut Pulling, mut finishes: bool) -> Result<(), String> {
        let begun = Instant::now();
        while let Some(first) = pulling.next_coming().await? {
            let taken = self.fill(pulling, first).await;
            finishes &= begun.elapsed() < WIND_UP_LIMIT && !self.stands_still();
            if finishes {
                finishes = self.handle(taken, pulling.broker()).await.is_ok();
                continue;
            }
            let ackers: Vec<Acker> = taken.into_iter().map(|message| message.split().1).collect();
            self.acknowledge(pulling.broker(), &ackers, AGAIN).await;
        }
        Ok(())
    }

    /// How often a long batch tells the broker that it goes on.
    fn progress_every(&self) -> Duration {
        let ack_wait = self.consumer.cached_info().config.ack_wait;
        ack_wait.checked_div(2).unwrap_or(ack_wait)
    }

    fn stands_still(&self) -> bool {
        self.engine.guards.stopped(self.source)
    }

    /// Says how far behind we are, also while nothing is pulled, until told to stop. What comes is
    /// no older than the last batch was: its age counts on as long as anything is left.
    pub(crate) async fn watch_lag(self: Arc<Self>, stop: CancellationToken) {
        let pause = Duration::from_millis(self.settings.sweep_ms.max(100));
        while !stop.is_cancelled() {
            let before = self.oldest_ms.load(Ordering::Relaxed);
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                asked = self.consumer.get_info() => asked,
            };
            // While the broker cannot be asked, what was known last holds on.
            if let Ok(info) = asked {
                let in_hand = u64::try_from(info.num_ack_pending).unwrap_or(u64::MAX);
                let pending = info.num_pending.saturating_add(in_hand);
                self.engine.meters.pending(self.source, pending);
                if pending == 0 {
                    // Unless a batch came meanwhile.
                    let relaxed = Ordering::Relaxed;
                    let swapped =
                        self.oldest_ms.compare_exchange(before, NOTHING_LEFT, relaxed, relaxed);
                    swapped.ok();
                }
            }
            self.tell_lag();
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Alarms when what comes in is so old that the stream may soon lose what is behind it.
    fn tell_lag(&self) {
        let now = self.engine.clock.wall_now();
        let oldest = Timestamp::from_millisecond(self.oldest_ms.load(Ordering::Relaxed));
        let lag = oldest.map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest));
        let half_hours = i64::from(self.engine.horizon_days).saturating_mul(12);
        self.engine.meters.lag(self.source, lag);
        let minute = now.as_second().div_euclid(60);
        if lag > SignedDuration::from_hours(half_hours)
            && self.lag_told.swap(minute, Ordering::Relaxed) != minute
        {
            tracing::error!(
                source = self.source.name(),
                "this consumer is {} h behind; messages are kept for {} days",
                lag.as_hours(),
                self.engine.horizon_days
            );
        }
    }

    async fn handle(&self, taken: Vec<jetstream::Message>, broker: &str) -> Result<(), String> {
        let again = |message: &&jetstream::Message| message.info().is_ok_and(|it| it.delivered > 1);
        let redelivered = u64::try_from(taken.iter().filter(again).count()).unwrap_or(u64::MAX);
        let (inputs, ackers): (Vec<Input>, Vec<Acker>) = taken
            .into_iter()
            .map(|message| {
                let (message, acker) = message.split();
                (read(&message, self.engine.clock.wall_now()), acker)
            })
            .unzip();
        self.engine.meters.redelivered(self.source, redelivered);
        if let Some(oldest) = inputs.iter().map(|input| input.payload.envelope.recordedtime).min() {
            self.oldest_ms.store(oldest.as_millisecond(), Ordering::Relaxed);
            self.tell_lag();
        }
        let handling = self.engine.process(self.source, inputs);
        tokio::pin!(handling);
        let result = loop {
            tokio::select! {
                result = &mut handling => break result,
                () = sleep(self.progress_every()) => {
                    self.acknowledge(broker, &ackers, AckKind::Progress).await;
                }
            }
        };
        match result {
            Ok(outcomes) => {
                let (mut done, mut left) = (Vec::new(), Vec::new());
                for (acker, outcome) in ackers.into_iter().zip(outcomes) {
                    if outcome == Outcome::Left { left.push(acker) } else { done.push(acker) }
                }
                self.acknowledge(broker, &done, AckKind::Ack).await;
                self.acknowledge(broker, &left, AGAIN).await;
                Ok(())
            }
            Err(outage) => {
                self.acknowledge(broker, &ackers, AGAIN).await;
                Err(runtime::error::chain(&outage))
            }
        }
    }

    /// Tells the broker that brought the messages, and no other: one that lost what it had not
    /// synced gives the same numbers to other messages, which nobody has handled. An answer that is
    /// not given, or gets lost, costs a redelivery, which the inbox notices.
    async fn acknowledge(&self, broker: &str, ackers: &[Acker], kind: AckKind) {
        let client = self.context.client();
        let is_there = client.connection_state() == State::Connected;
        if !is_there || broker::identity(&client) != broker {
            tracing::debug!("not acknowledged: another broker is there by now, or none");
            return;
        }
        for acker in ackers {
            if let Err(error) = acker.ack_with(kind).await {
                tracing::debug!("not acknowledged: {error}");
            }
        }
    }
}

/// Reads an envelope. What is none gets one, so that it can be parked whole. So does an envelope of
/// another type than its subject: the broker's permissions hold for subjects.
fn read(message: &async_nats::Message, now: Timestamp) -> Input {
    let envelope = serde_json::from_slice(&message.payload)
        .ok()
        .filter(|envelope: &Envelope| envelope.message_type == message.subject.as_str())
        .unwrap_or_else(|| envelope_of_junk(message, now));
    Input { payload: Payload { envelope, prepared: None }, ticket: Ticket::Stream }
}

fn envelope_of_junk(message: &async_nats::Message, now: Timestamp) -> Envelope {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &message.payload);
    let text = String::from_utf8_lossy(&message.payload);
    Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id: MessageId::from_uuid(id),
        source: "/unknown".to_owned(),
        message_type: message.subject.to_string(),
        subject: Uuid::nil(),
        time: now,
        datacontenttype: "application/json".to_owned(),
        correlationid: CorrelationId::from_uuid(id),
        causationid: MessageId::from_uuid(id),
        actor: Actor::Operator,
        creditor: None,
        aggregateversion: 0,
        recordedtime: now,
        replayed: false,
        traceparent: None,
        data: serde_json::value::to_raw_value(&text).unwrap_or_default(),
    }
}
