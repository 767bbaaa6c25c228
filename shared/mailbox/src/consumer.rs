//! Pulling: what waits at the broker, in batches, acknowledged after the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, message::Acker};
use contracts::{Envelope, SPEC_VERSION};
use futures_util::StreamExt;
use primitives::{Actor, CorrelationId, MessageId, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::batch::{Engine, Input, Outcome, Ticket};
use crate::handler::Payload;
use crate::settings::MailboxSettings;

/// Pauses after pulling failed.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// One consumer of one stream, shared by its workers.
pub(crate) struct Consuming {
    pub(crate) engine: Arc<Engine>,
    pub(crate) consumer: PullConsumer,
    pub(crate) stream: &'static str,
    pub(crate) settings: MailboxSettings,
    pub(crate) guard: Arc<ParkGuard>,
}

/// Stops a consumer that parks too much: a bad release must not park the stream.
#[derive(Debug, Default)]
pub(crate) struct ParkGuard {
    /// The minute of wall time that is counted.
    minute: AtomicU64,
    parked: AtomicU64,
    handled: AtomicU64,
    stopped: std::sync::atomic::AtomicBool,
}

impl ParkGuard {
    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Lets the consumer go on after a person looked at what was parked.
    pub(crate) fn release(&self) {
        self.parked.store(0, Ordering::Relaxed);
        self.stopped.store(false, Ordering::Relaxed);
    }

    fn count(&self, outcomes: &[Outcome], now: Timestamp, parked_max: u64) {
        let minute = u64::try_from(now.as_second() / 60).unwrap_or_default();
        if self.minute.swap(minute, Ordering::Relaxed) != minute {
            self.parked.store(0, Ordering::Relaxed);
            self.handled.store(0, Ordering::Relaxed);
        }
        let parked =
            outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Parked(_))).count();
        let add = |counter: &AtomicU64, more: usize| {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            counter.fetch_add(more, Ordering::Relaxed).saturating_add(more)
        };
        let handled = add(&self.handled, outcomes.len());
        let parked = add(&self.parked, parked);
        if parked > parked_max && parked.saturating_mul(10) > handled {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }
}

impl Consuming {
    /// Pulls until told to stop; then finishes the batch in hand.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut pause = Duration::ZERO;
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
            if self.guard.stopped() {
                pause = Duration::from_secs(1);
                continue;
            }
            pause = match self.pull(&stop).await {
                Ok(()) => Duration::ZERO,
                Err(reason) => {
                    tracing::warn!(stream = self.stream, "pulling stopped: {reason}");
                    pause.saturating_mul(2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
                }
            };
        }
    }

    /// Pulls batches until something fails, the guard stops it, or the end.
    async fn pull(&self, stop: &CancellationToken) -> Result<(), String> {
        let mut messages = self
            .consumer
            .stream()
            .max_messages_per_batch(self.settings.batch_max)
            .heartbeat(Duration::from_secs(5))
            .expires(Duration::from_secs(30))
            .messages()
            .await
            .map_err(|error| error.to_string())?;
        loop {
            let first = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                first = messages.next() => first,
            };
            let Some(first) = first else { return Err("the subscription ended".to_owned()) };
            let mut taken = vec![first.map_err(|error| error.to_string())?];
            let full = sleep(Duration::from_millis(self.settings.batch_fill_ms));
            tokio::pin!(full);
            while taken.len() < self.settings.batch_max {
                tokio::select! {
                    biased;
                    next = messages.next() => match next {
                        Some(Ok(message)) => taken.push(message),
                        Some(Err(_)) | None => break,
                    },
                    () = &mut full => break,
                }
            }
            self.handle(taken).await?;
            if self.guard.stopped() {
                tracing::error!(
                    stream = self.stream,
                    "too much was parked within a minute: this consumer stands still until \
                     somebody settles what is parked"
                );
                return Ok(());
            }
        }
    }

    async fn handle(&self, taken: Vec<jetstream::Message>) -> Result<(), String> {
        let (inputs, ackers): (Vec<Input>, Vec<Acker>) = taken
            .into_iter()
            .map(|message| {
                let (message, acker) = message.split();
                (read(&message, self.engine.clock.wall_now()), acker)
            })
            .unzip();
        let handling = self.engine.process(inputs);
        tokio::pin!(handling);
        let half = Duration::from_millis(self.settings.ack_wait_ms / 2);
        let result = loop {
            tokio::select! {
                result = &mut handling => break result,
                () = sleep(half) => acknowledge(&ackers, AckKind::Progress).await,
            }
        };
        match result {
            Ok(outcomes) => {
                let now = self.engine.clock.wall_now();
                self.guard.count(&outcomes, now, self.settings.parked_per_minute_max);
                acknowledge(&ackers, AckKind::Ack).await;
                Ok(())
            }
            Err(outage) => {
                acknowledge(&ackers, AckKind::Nak(Some(Duration::from_millis(500)))).await;
                Err(runtime::error::chain(&outage))
            }
        }
    }
}

/// Tells the broker. An answer that gets lost costs a redelivery, which the inbox notices.
async fn acknowledge(ackers: &[Acker], kind: AckKind) {
    for acker in ackers {
        if let Err(error) = acker.ack_with(kind).await {
            tracing::debug!("not acknowledged: {error}");
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
        traceparent: None,
        data: serde_json::value::to_raw_value(&text).unwrap_or_default(),
    }
}
