//! The creditors' API: a creditor's software posts its invoices here, and what debtors paid to it.
//!
//! It has no say of its own: it puts the file into the store and asks the same request as everybody
//! else, so there is one door for each. A creditor is known by its token; what it may do is hand
//! over for itself.

mod answer;
mod openapi;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use contracts::Request;
use contracts::intake::{ImportDirectPayments, ImportInvoice};
use futures_util::TryStreamExt;
use mailbox::Asker;
use primitives::{Actor, ContentHash, CreditorId};
use runtime::Context;
use runtime::error::{BoxError, chain};
use runtime::files::{FileStore, FileStoreError};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use tokio::time::timeout;
use tokio_util::io::StreamReader;

use crate::config::IntakeConfig;
use crate::domain::TABLE_BYTES_MAX;
use crate::domain::ubl::MAX_BYTES;
use crate::store;
use answer::Refusal;

pub use openapi::openapi;

/// How long an upload may take: who is slower holds a connection for nothing.
const UPLOAD_LIMIT: Duration = Duration::from_mins(2);
const KEY_HEADER: &str = contracts::header::IDEMPOTENCY_KEY;
const KEY_LENGTH_MAX: usize = 100;

/// What the handlers work with.
#[derive(Clone)]
struct Api {
    pool: PgPool,
    files: FileStore,
    nats: async_nats::Client,
    answer_limit: Duration,
}

/// One route: where it answers, and how it is described.
struct Route {
    method: &'static str,
    path: &'static str,
    describe: fn(&mut schemars::SchemaGenerator) -> serde_json::Value,
    handler: fn() -> MethodRouter<Api>,
}

/// Every route; the router and the description are both made of these.
const ROUTES: [Route; 3] = [
    Route {
        method: "post",
        path: "/v1/creditors/{creditor_id}/invoices",
        describe: openapi::post_invoice,
        handler: || post(post_invoice),
    },
    Route {
        method: "post",
        path: "/v1/creditors/{creditor_id}/direct-payments",
        describe: openapi::post_direct_payments,
        handler: || post(post_direct_payments),
    },
    Route {
        method: "get",
        path: "/openapi.json",
        describe: openapi::get_openapi,
        handler: || get(|| async { axum::Json(openapi()) }),
    },
];

/// Answers until the process stops; says where.
pub(crate) async fn start(context: &Context<IntakeConfig>) -> Result<SocketAddr, BoxError> {
    let config = &context.config.service;
    let api = Api {
        pool: context.pool.clone(),
        files: context.files.clone(),
        nats: context.nats.clone(),
        answer_limit: Duration::from_millis(config.answer_limit_ms),
    };
    let listener = runtime::http::listen("http_listen", config.http_listen).await?;
    let address = listener.local_addr()?;
    tracing::info!("intake answers creditors on http://{address}");
    runtime::http::serve(&context.tasks, "creditors-api", listener, router(api));
    Ok(address)
}

fn router(api: Api) -> Router {
    let add = |router: Router<Api>, route: &Route| router.route(route.path, (route.handler)());
    runtime::http::traced(ROUTES.iter().fold(Router::new(), add).with_state(api))
}

async fn post_invoice(
    State(api): State<Api>,
    Path(creditor): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let ask = |creditor_id, document| ImportInvoice { creditor_id, document };
    answer::told(api.hand_over((&creditor, &headers), body, MAX_BYTES, ask).await?)
}

async fn post_direct_payments(
    State(api): State<Api>,
    Path(creditor): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let ask = |creditor_id, document| ImportDirectPayments { creditor_id, document };
    answer::reported(api.hand_over((&creditor, &headers), body, TABLE_BYTES_MAX, ask).await?)
}

impl Api {
    /// Puts what a creditor sends into the store, and asks for it what the route is for.
    async fn hand_over<R: Request>(
        &self,
        (creditor, headers): (&str, &HeaderMap),
        body: Body,
        bytes_max: usize,
        ask: impl FnOnce(CreditorId, ContentHash) -> R,
    ) -> Result<R::Answer, Refusal> {
        let creditor_id = self.known_creditor(creditor, headers).await?;
        let key = idempotency_key(headers)?;
        let document = self.receive(headers, body, bytes_max).await?;
        let asker = Asker::new(self.nats.clone(), self.answer_limit, Actor::Creditor(creditor_id));
        // The keys of one creditor are nothing to another.
        let key = format!("{creditor_id}/{key}");
        let answer = asker.change(&ask(creditor_id, document), &key).await;
        answer.map_err(|error| Refusal::not_asked(&error))
    }

    /// Nobody learns here which creditors exist: whatever is wrong, the answer is the same.
    async fn known_creditor(
        &self,
        creditor: &str,
        headers: &HeaderMap,
    ) -> Result<CreditorId, Refusal> {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(bearer_token);
        let id = creditor.parse::<CreditorId>().ok();
        let (id, token) = id.zip(token).ok_or_else(Refusal::unknown)?;
        let found = async {
            let mut conn = self.pool.acquire().await?;
            store::api_token_of(&mut conn, id).await
        };
        let expected = found.await.map_err(|error| Refusal::unavailable(&chain(&error)))?;
        let given = ContentHash::from_digest(Sha256::digest(token.as_bytes()).into());
        if expected == Some(given) { Ok(id) } else { Err(Refusal::unknown()) }
    }

    /// Puts the body into the store as it comes, and no more of it than a document can have.
    async fn receive(
        &self,
        headers: &HeaderMap,
        body: Body,
        bytes_max: usize,
    ) -> Result<ContentHash, Refusal> {
        let bytes_max = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        if length.and_then(|text| text.parse::<u64>().ok()).is_some_and(|it| it > bytes_max) {
            return Err(Refusal::too_large(bytes_max));
        }
        let stream = body.into_data_stream().map_err(io::Error::other);
        let stored = self.files.put_reader(StreamReader::new(stream), bytes_max);
        match timeout(UPLOAD_LIMIT, stored).await {
            Err(_) => Err(Refusal::too_slow(UPLOAD_LIMIT)),
            Ok(Ok(stored)) => Ok(stored.hash),
            Ok(Err(FileStoreError::TooLarge { max_bytes })) => Err(Refusal::too_large(max_bytes)),
            Ok(Err(FileStoreError::Incoming(_))) => Err(Refusal::broken_off()),
            Ok(Err(
                error @ (FileStoreError::NotFound { .. }
                | FileStoreError::Corrupt { .. }
                | FileStoreError::Folder { .. }),
            )) => Err(Refusal::unavailable(&chain(&error))),
        }
    }
}

/// The token of the header; the name of the scheme is in letters of any case (RFC 9110, 11.1).
fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

fn idempotency_key(headers: &HeaderMap) -> Result<&str, Refusal> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (1..=KEY_LENGTH_MAX).contains(&key.len());
    if fits && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(key)
    } else {
        Err(Refusal::without_key())
    }
}
