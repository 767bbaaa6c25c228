//! The webhook of the payment service provider: it is told that something became of a link.
//!
//! Anybody can call it, so it believes nothing: it takes which link is meant, and has the provider
//! asked. Whatever it is told of, the answer is the same, so that nobody learns which links there
//! are; only where we cannot ask now it is another, and the provider comes again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use contracts::payment_reconciliation::AskPaymentProvider;
use mailbox::Asker;
use primitives::{Actor, Clock, PaymentLinkId};
use runtime::error::{BoxError, chain};
use runtime::{Context, Service};
use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::config::PaymentReconciliationConfig;
use crate::store;
use crate::{PaymentReconciliation, ProviderConfig};

/// Where it answers; the id of the link follows.
pub(crate) const WEBHOOK: &str = "v1/payment-links/";
/// A form of one short field.
const FORM_BYTES_MAX: usize = 1024;
const ID_LENGTH_MAX: usize = 100;
/// The provider waits for 15 seconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// So many words are taken at once.
const TAKEN_AT_ONCE: usize = 4;

/// What the handler works with.
#[derive(Clone)]
struct Edge {
    pool: PgPool,
    asker: Asker,
    clock: Arc<dyn Clock>,
    /// A flood of words must not keep the service from its database.
    places: Arc<Semaphore>,
}

/// Answers until the process stops; says where.
pub(crate) async fn start(
    context: &Context<PaymentReconciliationConfig>,
    config: &ProviderConfig,
) -> Result<SocketAddr, BoxError> {
    let actor = Actor::Machine(PaymentReconciliation::NAME.to_owned());
    let asker = Asker::new(context.nats.clone(), ANSWER_LIMIT, actor);
    let (pool, clock) = (context.pool.clone(), Arc::clone(&context.clock));
    let edge = Edge { pool, asker, clock, places: Arc::new(Semaphore::new(TAKEN_AT_ONCE)) };
    let key = "payment_provider.webhook_listen";
    let listener = runtime::http::listen(key, config.webhook_listen).await?;
    let address = listener.local_addr()?;
    tracing::info!("payment-reconciliation takes the provider's word on http://{address}");
    let router = Router::new()
        .route(&format!("/{WEBHOOK}{{link_id}}"), post(take))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(edge);
    let router = runtime::http::traced(router);
    runtime::http::serve(&context.tasks, "payment-webhook", listener, router);
    Ok(address)
}

async fn take(State(edge): State<Edge>, Path(link): Path<String>, form: Bytes) -> StatusCode {
    if !names_something(&form) {
        return StatusCode::BAD_REQUEST;
    }
    let Ok(link_id) = link.parse::<PaymentLinkId>() else { return StatusCode::OK };
    let Ok(_place) = edge.places.try_acquire() else { return StatusCode::SERVICE_UNAVAILABLE };
    match edge.hand_over(link_id).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(error = chain(&*error), "the provider's word could not be taken now");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

impl Edge {
    async fn hand_over(&self, link_id: PaymentLinkId) -> Result<(), BoxError> {
        let mut conn = self.pool.acquire().await?;
        let known = store::case_of_link(&mut conn, link_id).await?;
        drop(conn);
        if known.is_some() {
            // Each word is one of its own: what it is about may have changed since the last.
            let key = format!("{link_id}/{}", self.clock.wall_now());
            self.asker.change(&AskPaymentProvider { link_id }, &key).await?;
        }
        Ok(())
    }
}

/// Whether it is the form that the provider sends: one field `id`, of letters, figures and `_`.
fn names_something(form: &[u8]) -> bool {
    let Ok(form) = std::str::from_utf8(form) else { return false };
    let id = form.split('&').find_map(|field| field.strip_prefix("id="));
    id.is_some_and(|id| {
        (1..=ID_LENGTH_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
