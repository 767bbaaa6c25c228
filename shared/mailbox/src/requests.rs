//! Answering: the requests of a service, over the NATS service API.

use std::sync::Arc;

use async_nats::service::{self, ServiceExt, endpoint::Endpoint, error::Error as ServiceError};
use contracts::header::{ACTOR, IDEMPOTENCY_KEY, TRACEPARENT};
use contracts::operations::Operation;
use contracts::{Contract, Envelope, Request, SPEC_VERSION};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use primitives::{Actor, CorrelationId, Timestamp};
use runtime::shutdown::{Phase, Tasks};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgPool};
use tokio::sync::Semaphore;
use tracing::Instrument;
use uuid::Uuid;

use crate::batch::{Engine, Input, Outcome, Ticket};
use crate::crash::CrashPoint;
use crate::guards::Source;
use crate::handler::{Payload, Query, RequestError, RequestHandler};
use crate::ids;
use crate::mailbox::spawn_draining;
use crate::operations::Operations;
use crate::store::{self, KeptRequest};

/// How the transaction of a query begins.
const SNAPSHOT: &str = "begin isolation level repeatable read read only";

/// At most so many requests are answered at the same time.
const CONCURRENT_MAX: usize = 64;

/// What is known of a question beside its body.
pub(crate) struct Asked {
    subject: String,
    body: Box<RawValue>,
    key: Option<String>,
    actor: Actor,
    traceparent: Option<String>,
}

/// Answers one kind of request.
pub(crate) trait Answerer: Send + Sync {
    fn answer<'a>(
        &'a self,
        engine: &'a Engine,
        asked: Asked,
    ) -> BoxFuture<'a, Result<String, Refusal>>;
}

/// Why a question gets an error instead of an answer; the code is that of HTTP.
pub(crate) struct Refusal {
    code: usize,
    reason: String,
}

impl Refusal {
    pub(crate) fn new(code: usize, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// Answers a query.
pub(crate) struct QueryAnswerer<Q>(pub(crate) Q);

impl<Q: Query> Answerer for QueryAnswerer<Q> {
    fn answer<'a>(
        &'a self,
        engine: &'a Engine,
        asked: Asked,
    ) -> BoxFuture<'a, Result<String, Refusal>> {
        Box::pin(async move {
            let request = read::<Q::Request>(&asked)?;
            let now = engine.clock.business_now();
            let answered = async {
                let mut conn = engine.pool.acquire().await?;
                // All statements of one answer see the same moment.
                let mut snapshot = conn.begin_with(SNAPSHOT).await?;
                let answer = self.0.answer(&mut snapshot, request, now).await?;
                snapshot.rollback().await?;
                Ok::<_, sqlx::Error>(answer)
            };
            let answer = answered.await.map_err(|error| unavailable(&error))?;
            serde_json::to_string(&answer).map_err(|error| Refusal::new(500, error.to_string()))
        })
    }
}

/// Answers a request that changes something, through the shell.
pub(crate) struct ChangeAnswerer<H>(pub(crate) Arc<H>);

impl<H: RequestHandler> Answerer for ChangeAnswerer<H> {
    fn answer<'a>(
        &'a self,
        engine: &'a Engine,
        asked: Asked,
    ) -> BoxFuture<'a, Result<String, Refusal>> {
        Box::pin(async move {
            let Some(key) = asked.key.clone() else {
                let reason = format!("send the header {IDEMPOTENCY_KEY}: this changes something");
                return Err(Refusal::new(400, reason));
            };
            let request = read::<H::Request>(&asked)?;
            // What was answered is answered again, even where it could not be prepared any more.
            if let Some(kept) = kept_request(engine, &asked.subject, &key).await? {
                match kept.answer {
                    _ if kept.body_hash != body_hash(&asked) => return Err(key_reused()),
                    Some(answer) => return Ok(answer),
                    None => {}
                }
            }
            let prepared = self.0.prepare(request).await.map_err(|error| match error {
                RequestError::Refused(reason) => Refusal::new(400, reason),
                RequestError::Unavailable(reason) => Refusal::new(503, reason),
            })?;
            let input = change_input(engine, &asked, &key, Arc::new(prepared));
            let outcomes = engine
                .process(Source::Desk, vec![input])
                .await
                .map_err(|outage| Refusal::new(503, runtime::error::chain(&outage)))?;
            engine
                .crashes
                .pass(CrashPoint::Answered)
                .map_err(|injected| Refusal::new(503, injected.to_string()))?;
            match outcomes.into_iter().next() {
                Some(Outcome::Answered(answer)) => Ok(answer),
                Some(Outcome::KeyReused) => Err(key_reused()),
                Some(Outcome::Parked(detail)) => Err(Refusal::new(500, detail)),
                Some(
                    Outcome::Handled
                    | Outcome::Duplicate
                    | Outcome::Waits
                    | Outcome::Left
                    | Outcome::SetAside,
                )
                | None => Err(Refusal::new(503, "not answered now; ask again with the same key")),
            }
        })
    }
}

fn change_input<I: Send + Sync + 'static>(
    engine: &Engine,
    asked: &Asked,
    key: &str,
    prepared: Arc<I>,
) -> Input {
    let id = ids::request(&asked.subject, key);
    let now = engine.clock.wall_now();
    let envelope = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id,
        source: format!("/amicable/{}", asked.actor),
        message_type: asked.subject.clone(),
        subject: Uuid::nil(),
        time: engine.clock.business_now(),
        datacontenttype: "application/json".to_owned(),
        correlationid: CorrelationId::from_uuid(id.as_uuid()),
        causationid: id,
        actor: asked.actor.clone(),
        creditor: None,
        aggregateversion: 0,
        recordedtime: now,
        replayed: false,
        traceparent: asked.traceparent.clone(),
        data: asked.body.clone(),
    };
    let ticket = Ticket::Request {
        subject: asked.subject.clone(),
        key: key.to_owned(),
        body_hash: body_hash(asked),
    };
    Input { payload: Payload { envelope, prepared: Some(Box::new(prepared)) }, ticket }
}

fn body_hash(asked: &Asked) -> Vec<u8> {
    Sha256::digest(asked.body.get().as_bytes()).to_vec()
}

fn key_reused() -> Refusal {
    Refusal::new(409, "this idempotency key was used for another body; choose a new one")
}

async fn kept_request(
    engine: &Engine,
    subject: &str,
    key: &str,
) -> Result<Option<KeptRequest>, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| unavailable(&error))?;
    store::find_request(&mut conn, subject, key).await.map_err(|error| unavailable(&error))
}

fn read<R: Request>(asked: &Asked) -> Result<R, Refusal> {
    R::decode(R::CONTRACT.version, asked.body.get())
        .map_err(|error| Refusal::new(400, runtime::error::chain(&error)))
}

fn unavailable(error: &sqlx::Error) -> Refusal {
    Refusal::new(503, runtime::error::chain(error))
}

/// The requests that one service answers.
pub(crate) struct Desk {
    pub(crate) engine: Arc<Engine>,
    pub(crate) answerers: Vec<(Contract, Arc<dyn Answerer>)>,
    pub(crate) operations: Arc<Operations>,
}

impl Desk {
    /// Opens every endpoint; they are answered until told to stop.
    pub(crate) async fn open(
        self,
        client: &async_nats::Client,
        tasks: &Tasks,
    ) -> Result<(), async_nats::Error> {
        let service = client
            .service_builder()
            .queue_group(self.engine.service)
            .start(self.engine.service, env!("CARGO_PKG_VERSION"))
            .await?;
        let places = Arc::new(Semaphore::new(CONCURRENT_MAX));
        for (contract, answerer) in self.answerers {
            let endpoint = add(&service, contract.name, contract.subject()).await?;
            let line =
                Line { engine: Arc::clone(&self.engine), places: Arc::clone(&places), answerer };
            spawn_draining(tasks, contract.subject(), line.serve(endpoint, tasks.clone()));
        }
        for operation in Operation::ALL {
            let subject = operation.subject(self.engine.service);
            let endpoint = add(&service, operation.name(), subject.clone()).await?;
            let answerer: Arc<dyn Answerer> =
                Arc::new(OperationAnswerer(Arc::clone(&self.operations), operation));
            let line =
                Line { engine: Arc::clone(&self.engine), places: Arc::clone(&places), answerer };
            spawn_draining(tasks, subject, line.serve(endpoint, tasks.clone()));
        }
        // Dropping the service would close its endpoints.
        let stopping = tasks.stopping(Phase::InFlight);
        spawn_draining(tasks, "request desk".to_owned(), async move {
            stopping.cancelled().await;
            drop(service);
        });
        // Whoever starts us may ask as soon as we return: an answer of the broker proves that it
        // knows of the subscriptions.
        async_nats::jetstream::new(client.clone()).query_account().await?;
        Ok(())
    }
}

async fn add(
    service: &service::Service,
    name: &str,
    subject: String,
) -> Result<Endpoint, async_nats::Error> {
    service.endpoint_builder().name(name).add(subject).await
}

/// One endpoint being answered.
struct Line {
    engine: Arc<Engine>,
    places: Arc<Semaphore>,
    answerer: Arc<dyn Answerer>,
}

impl Line {
    async fn serve(self, mut endpoint: Endpoint, tasks: Tasks) {
        let stop = tasks.stopping(Phase::Pulling);
        let line = Arc::new(self);
        loop {
            let question = tokio::select! {
                () = stop.cancelled() => return,
                question = endpoint.next() => question,
            };
            let Some(question) = question else { return };
            let Ok(place) = Arc::clone(&line.places).acquire_owned().await else { return };
            let line = Arc::clone(&line);
            tasks.spawn_brief(Phase::InFlight, "answer", async move {
                line.reply(question).await;
                drop(place);
            });
        }
    }

    async fn reply(&self, question: service::Request) {
        // An answer may hold personal data: it goes to an inbox, never to a subject of a stream.
        let reply = question.message.reply.as_deref().unwrap_or_default();
        if !reply.starts_with("_INBOX") {
            tracing::warn!("a question on {} names no inbox", question.message.subject);
            return;
        }
        let result = match asked(&question) {
            Ok(asked) => {
                let span =
                    tracing::info_span!("answer", otel.name = format!("answer {}", asked.subject),);
                if let Some(traceparent) = &asked.traceparent {
                    runtime::trace_context::set_parent(&span, traceparent);
                }
                let traced = async {
                    let mut asked = asked;
                    let own = runtime::trace_context::current_traceparent();
                    asked.traceparent = own.or(asked.traceparent);
                    self.answerer.answer(&self.engine, asked).await
                };
                traced.instrument(span).await
            }
            Err(refusal) => Err(refusal),
        };
        let response = result.map(|answer| answer.into_bytes().into()).map_err(|refusal| {
            let subject = &question.message.subject;
            tracing::warn!("{subject} refused ({}): {}", refusal.code, refusal.reason);
            ServiceError { code: refusal.code, status: one_line(&refusal.reason) }
        });
        if let Err(error) = question.respond(response).await {
            tracing::warn!("answer not sent: {error}");
        }
    }
}

/// Headers take one line.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

fn asked(question: &service::Request) -> Result<Asked, Refusal> {
    let message = &question.message;
    let header = |name: &str| {
        let headers = message.headers.as_ref()?;
        headers.get(name).map(|value| value.as_str().to_owned())
    };
    let body = serde_json::from_slice(&message.payload)
        .map_err(|error| Refusal::new(400, format!("the body is not JSON: {error}")))?;
    let actor = header(ACTOR).map(|actor| actor.parse::<Actor>());
    let actor = actor.transpose().map_err(|_| {
        Refusal::new(400, format!("the header {ACTOR} names no actor, such as `operator`"))
    })?;
    Ok(Asked {
        subject: message.subject.to_string(),
        body,
        key: header(IDEMPOTENCY_KEY),
        actor: actor.unwrap_or(Actor::Operator),
        traceparent: header(TRACEPARENT),
    })
}

/// Answers one of the operations that every service serves.
struct OperationAnswerer(Arc<Operations>, Operation);

impl Answerer for OperationAnswerer {
    fn answer<'a>(
        &'a self,
        engine: &'a Engine,
        asked: Asked,
    ) -> BoxFuture<'a, Result<String, Refusal>> {
        Box::pin(async move { self.0.answer(engine, self.1, asked.body.get(), &asked.actor).await })
    }
}

/// The pool and the time, for live checks.
pub(crate) async fn with_connection<T>(
    pool: &PgPool,
    now: Timestamp,
    check: &(
         dyn for<'c> Fn(&'c mut sqlx::PgConnection, Timestamp) -> BoxFuture<'c, sqlx::Result<T>>
             + Send
             + Sync
     ),
) -> Result<T, Refusal> {
    let mut conn = pool.acquire().await.map_err(|error| unavailable(&error))?;
    check(&mut conn, now).await.map_err(|error| unavailable(&error))
}
