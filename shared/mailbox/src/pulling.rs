//! Pull requests to one consumer of the broker, one at a time, each of which comes to its end.
//!
//! What the broker has handed out and nobody took up stays away for half a minute, until the broker
//! thinks of giving it to somebody else. So whoever stops pulling takes in first what is on its
//! way: the broker says when a request is over, since each is short.

use std::time::Duration;

use async_nats::Subscriber;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt;
use runtime::error::{BoxError, chain};
use tokio::time::{Instant, timeout_at};

use crate::broker;

/// A request with nothing to bring ends after so long; stopping may take as long.
const EXPIRES: Duration = Duration::from_secs(1);
/// A request of which nothing was heard for so much longer was forgotten, by a broker that started
/// anew perhaps.
const SLACK: Duration = Duration::from_secs(2);

/// An inbox into which one worker has messages brought.
pub(crate) struct Pulling {
    consumer: PullConsumer,
    context: jetstream::Context,
    inbox: String,
    subscriber: Subscriber,
    batch_max: usize,
    /// What the request that is under way may still bring.
    coming: usize,
    /// When it is over, whatever the broker says.
    over_at: Instant,
    /// The broker that it was asked of.
    broker: String,
}

impl Pulling {
    pub(crate) async fn open(
        consumer: &PullConsumer,
        context: &jetstream::Context,
        batch_max: usize,
    ) -> Result<Self, BoxError> {
        let client = context.client();
        let inbox = client.new_inbox();
        let subscriber = client.subscribe(inbox.clone()).await?;
        let (consumer, context) = (consumer.clone(), context.clone());
        let over_at = Instant::now();
        let (coming, broker) = (0, String::new());
        Ok(Self { consumer, context, inbox, subscriber, batch_max, coming, over_at, broker })
    }

    /// Has the next batch brought, unless a request is under way.
    pub(crate) async fn ask(&mut self) -> Result<(), String> {
        if self.coming > 0 {
            return Ok(());
        }
        let request =
            BatchConfig { batch: self.batch_max, expires: Some(EXPIRES), ..BatchConfig::default() };
        self.broker = broker::identity(&self.context.client());
        // Noted first: who gives up waiting here may have asked already.
        self.coming = self.batch_max;
        self.over_at = after(EXPIRES.saturating_add(SLACK));
        let asked = self.consumer.request_batch(request, self.inbox.as_str().into()).await;
        asked.map_err(|error| {
            self.coming = 0;
            chain(&error)
        })
    }

    /// The identity of the broker that brings, or brought, the messages of this request.
    pub(crate) fn broker(&self) -> &str {
        &self.broker
    }

    /// The next message; asks as long as there is none. Nothing is lost where the wait is given up.
    pub(crate) async fn next(&mut self) -> Result<Message, String> {
        loop {
            self.ask().await?;
            if let Some(message) = self.next_coming().await? {
                return Ok(message);
            }
        }
    }

    /// The next message of the request under way; none when it is over.
    pub(crate) async fn next_coming(&mut self) -> Result<Option<Message>, String> {
        while self.coming > 0 {
            let Ok(brought) = timeout_at(self.over_at, self.subscriber.next()).await else {
                break;
            };
            let Some(message) = brought else { return Err("the subscription ended".to_owned()) };
            let status = message.status.map_or(200, |status| status.as_u16());
            match status {
                200 => {
                    self.coming = self.coming.saturating_sub(1);
                    let context = self.context.clone();
                    return Ok(Some(Message { message, context }));
                }
                // A sign of life, the end of the time, nothing there.
                100 => {}
                404 | 408 => break,
                _ => {
                    self.coming = 0;
                    let told = message.description.unwrap_or_default();
                    return Err(format!("the broker refused ({status}): {told}"));
                }
            }
        }
        self.coming = 0;
        Ok(None)
    }
}

fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now)
}
