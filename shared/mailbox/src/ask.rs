//! Asking another service, and being told.

use std::time::Duration;

use async_nats::HeaderMap;
use contracts::Request;
use contracts::header::{self, ACTOR, IDEMPOTENCY_KEY, TRACEPARENT};
use contracts::operations::Operation;
use primitives::Actor;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep};

/// Asks other services over the broker.
#[derive(Clone, Debug)]
pub struct Asker {
    client: async_nats::Client,
    timeout: Duration,
    actor: Actor,
    patience: Duration,
}

/// Between two tries of a patient asker.
const PAUSE: Duration = Duration::from_millis(250);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The service is not there, or too slow.
    #[error("{subject} gave no answer")]
    NoAnswer {
        subject: String,
        #[source]
        source: async_nats::RequestError,
    },
    /// A header takes one line of visible text.
    #[error("the idempotency key holds a line break; leave it out")]
    Key,
    /// It says what to change, or that it cannot now.
    #[error("{subject} refused ({code}): {reason}")]
    Refused { subject: String, code: u16, reason: String },
    #[error("the answer of {subject} does not have the agreed form")]
    Malformed {
        subject: String,
        #[source]
        source: serde_json::Error,
    },
}

impl Asker {
    /// `timeout` is for one question.
    #[must_use]
    pub const fn new(client: async_nats::Client, timeout: Duration, actor: Actor) -> Self {
        Self { client, timeout, actor, patience: Duration::ZERO }
    }

    /// Asks again for so long while a service is not there or cannot answer now. Safe, since a
    /// change has a key; for people and programs that have nothing better to do than wait.
    #[must_use]
    pub const fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Asks something that changes nothing.
    pub async fn ask<R: Request>(&self, request: &R) -> Result<R::Answer, AskError> {
        self.send(R::CONTRACT.subject(), request, None).await
    }

    /// Asks for a change; with the same key it may be asked again at any time.
    pub async fn change<R: Request>(&self, request: &R, key: &str) -> Result<R::Answer, AskError> {
        if key.contains(['\r', '\n']) {
            return Err(AskError::Key);
        }
        self.send(R::CONTRACT.subject(), request, Some(key)).await
    }

    /// Asks a service about itself.
    pub async fn operate<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        service: &str,
        operation: Operation,
        body: &B,
    ) -> Result<A, AskError> {
        self.send(operation.subject(service), body, None).await
    }

    async fn send<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        subject: String,
        body: &B,
        key: Option<&str>,
    ) -> Result<A, AskError> {
        let begun = Instant::now();
        loop {
            match self.send_once(subject.clone(), body, key).await {
                Err(AskError::NoAnswer { .. } | AskError::Refused { code: 503, .. })
                    if begun.elapsed() < self.patience =>
                {
                    sleep(PAUSE).await;
                }
                answer => return answer,
            }
        }
    }

    async fn send_once<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        subject: String,
        body: &B,
        key: Option<&str>,
    ) -> Result<A, AskError> {
        let malformed = |source| AskError::Malformed { subject: subject.clone(), source };
        let payload = serde_json::to_vec(body).map_err(malformed)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACTOR, self.actor.to_string());
        if let Some(key) = key {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        if let Some(traceparent) = runtime::trace_context::current_traceparent() {
            headers.insert(TRACEPARENT, traceparent);
        }
        let question = async_nats::Request::new()
            .payload(payload.into())
            .headers(headers)
            .timeout(Some(self.timeout));
        let answer = self
            .client
            .send_request(subject.clone(), question)
            .await
            .map_err(|source| AskError::NoAnswer { subject: subject.clone(), source })?;
        let told = |name: &str| {
            let headers = answer.headers.as_ref()?;
            headers.get(name).map(|value| value.as_str().to_owned())
        };
        if let Some(reason) = told(header::ERROR) {
            let code = told(header::ERROR_CODE).and_then(|code| code.parse().ok());
            return Err(AskError::Refused { subject, code: code.unwrap_or(500), reason });
        }
        serde_json::from_slice(&answer.payload).map_err(malformed)
    }
}
