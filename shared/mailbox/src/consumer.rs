//! Pulling: what waits at the broker, in batches, acknowledged after the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, message::Acker};
use contracts::{Envelope, SPEC_VERSION};
use futures_util::StreamExt;
use jiff::SignedDuration;
use primitives::{Actor, CorrelationId, MessageId, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::batch::{Engine, Input, Outcome, Ticket};
use crate::guards::Source;
use crate::handler::Payload;
use crate::settings::MailboxSettings;

/// Pauses after pulling failed.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The broker gives a sign of life so often; two that stay out end the pull, which begins anew.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// The broker brings it again.
const AGAIN: AckKind = AckKind::Nak(Some(Duration::from_millis(500)));

/// One consumer of one stream, shared by its workers.
pub(crate) struct Consuming {
    pub(crate) engine: Arc<Engine>,
    pub(crate) consumer: PullConsumer,
    pub(crate) stream: &'static str,
    pub(crate) settings: MailboxSettings,
    pub(crate) source: Source,
    /// The minute of the last alarm about lag.
    pub(crate) lag_told: AtomicI64,
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
            if self.stands_still() {
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
            .heartbeat(HEARTBEAT)
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
            if self.stands_still() {
                return Ok(());
            }
        }
    }

    /// How often a long batch tells the broker that it goes on.
    fn progress_every(&self) -> Duration {
        let ack_wait = self.consumer.cached_info().config.ack_wait;
        ack_wait.checked_div(2).unwrap_or(ack_wait)
    }

    fn stands_still(&self) -> bool {
        self.engine.guards.stopped(self.source)
    }

    /// Alarms when what comes in is so old that the stream may soon lose what is behind it.
    fn watch_lag(&self, inputs: &[Input], redelivered: u64) {
        let now = self.engine.clock.wall_now();
        let oldest = inputs.iter().map(|input| input.payload.envelope.recordedtime).min();
        let half_hours = i64::from(self.engine.horizon_days).saturating_mul(12);
        let Some(lag) = oldest.map(|oldest| now.duration_since(oldest)) else { return };
        self.engine.meters.pulled(self.stream, lag, redelivered);
        let minute = now.as_second().div_euclid(60);
        if lag > SignedDuration::from_hours(half_hours)
            && self.lag_told.swap(minute, Ordering::Relaxed) != minute
        {
            tracing::error!(
                stream = self.stream,
                "this consumer is {} h behind; messages are kept for {} days",
                lag.as_hours(),
                self.engine.horizon_days
            );
        }
    }

    async fn handle(&self, taken: Vec<jetstream::Message>) -> Result<(), String> {
        let again = |message: &&jetstream::Message| message.info().is_ok_and(|it| it.delivered > 1);
        let redelivered = u64::try_from(taken.iter().filter(again).count()).unwrap_or(u64::MAX);
        let (inputs, ackers): (Vec<Input>, Vec<Acker>) = taken
            .into_iter()
            .map(|message| {
                let (message, acker) = message.split();
                (read(&message, self.engine.clock.wall_now()), acker)
            })
            .unzip();
        self.watch_lag(&inputs, redelivered);
        let handling = self.engine.process(self.source, inputs);
        tokio::pin!(handling);
        let result = loop {
            tokio::select! {
                result = &mut handling => break result,
                () = sleep(self.progress_every()) => {
                    acknowledge(&ackers, AckKind::Progress).await;
                }
            }
        };
        match result {
            Ok(outcomes) => {
                let (mut done, mut left) = (Vec::new(), Vec::new());
                for (acker, outcome) in ackers.into_iter().zip(outcomes) {
                    if outcome == Outcome::Left { left.push(acker) } else { done.push(acker) }
                }
                acknowledge(&done, AckKind::Ack).await;
                acknowledge(&left, AGAIN).await;
                Ok(())
            }
            Err(outage) => {
                acknowledge(&ackers, AGAIN).await;
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
