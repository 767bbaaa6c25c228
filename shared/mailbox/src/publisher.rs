//! Publishing: outbox rows become messages of the stream, and `sent` rows become them again after
//! the broker lost what it had confirmed.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::{self, message::PublishMessage};
use contracts::header;
use futures_util::future::join_all;
use primitives::Timestamp;
use uuid::Uuid;

use crate::broker;
use crate::store::OutboxRow;

/// At most so many messages wait for their confirmation at the same time.
const IN_FLIGHT_MAX: usize = 500;

/// A message that the broker has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confirmed {
    pub(crate) id: Uuid,
    /// It had it before.
    pub(crate) duplicate: bool,
}

/// What the broker drops a message by that it has already.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Delivery {
    /// The message's own id: what it has, it need not take again.
    Own,
    /// It shall take it once more, whether it has it or not: somebody lost it after the broker had
    /// it. The time tells one such occasion from another.
    Again(Timestamp),
}

impl Delivery {
    fn of(self, id: Uuid) -> String {
        match self {
            Self::Own => id.to_string(),
            Self::Again(at) => format!("{id} again {}", at.as_millisecond()),
        }
    }
}

/// Publishes with message ids, pipelined.
#[derive(Clone, Debug)]
pub(crate) struct Publisher {
    context: jetstream::Context,
}

impl Publisher {
    pub(crate) fn new(client: async_nats::Client, ack_timeout: Duration) -> Self {
        let context = jetstream::context::ContextBuilder::new().timeout(ack_timeout).build(client);
        Self { context }
    }

    /// The identity of the broker that is there now. Asked before publishing: what another one
    /// confirms may be taken for not confirmed, and never the other way round.
    pub(crate) fn broker(&self) -> String {
        broker::identity(&self.context.client())
    }

    /// Publishes the rows and returns what the broker confirmed.
    pub(crate) async fn publish(&self, rows: &[OutboxRow], delivery: Delivery) -> Vec<Confirmed> {
        let mut confirmed = Vec::with_capacity(rows.len());
        // The client takes a bounded number of messages that wait for their confirmation.
        for some in rows.chunks(IN_FLIGHT_MAX) {
            let before = confirmed.len();
            self.publish_some(some, delivery, &mut confirmed).await;
            if confirmed.len() == before {
                break;
            }
        }
        confirmed
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    async fn publish_some(
        &self,
        rows: &[OutboxRow],
        delivery: Delivery,
        confirmed: &mut Vec<Confirmed>,
    ) {
        let mut waiting = Vec::with_capacity(rows.len());
        for row in rows {
            let message = outbound(row, delivery);
            match self.context.send_publish(row.subject.clone(), message).await {
                Ok(ack) => waiting.push(async move { (row, ack.await) }),
                // One that cannot be sent must not keep back those behind it.
                Err(error) => {
                    tracing::error!(message.id = %row.message_id, "not published: {error}");
                }
            }
        }
        for (row, answer) in join_all(waiting).await {
            match answer {
                Ok(ack) => {
                    confirmed.push(Confirmed { id: row.message_id, duplicate: ack.duplicate });
                }
                Err(error) => {
                    tracing::warn!(message.id = %row.message_id, "not confirmed: {error}");
                }
            }
        }
    }
}

fn outbound(row: &OutboxRow, delivery: Delivery) -> PublishMessage {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::CLOUD_EVENT);
    if let Some(traceparent) = &row.traceparent {
        headers.insert(header::TRACEPARENT, traceparent.as_str());
    }
    PublishMessage::build()
        .payload(row.envelope.clone().into())
        .headers(headers)
        .message_id(delivery.of(row.message_id))
}
