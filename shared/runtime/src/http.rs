//! HTTP at the edges: the client that calls out, and the server that answers.
//!
//! Both carry the trace and name their spans by template, never by path: a path holds ids. Every
//! HTTP client of ours is built here, with limits, and follows no redirection; only the exporter of
//! traces brings its own.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{IntoUrl, Method, RequestBuilder};
use tokio::net::TcpListener;
use tracing::{Instrument, Span, field, info_span};

use crate::shutdown::{Phase, Tasks};
use crate::{tls, trace_context};

/// How long a call out may take.
#[derive(Clone, Copy, Debug)]
pub struct CallLimits {
    /// Until connected.
    pub connect: Duration,
    /// Until the whole answer is here.
    pub total: Duration,
}

/// The HTTP client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct HttpClient(reqwest::Client);

/// Why HTTP could not start.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The client cannot be built, as without any root certificate on the machine.
    #[error("no HTTP client could be built")]
    Client(#[source] reqwest::Error),
    /// The address is taken or not ours.
    #[error("no listening on {address} (configuration key `{key}`)")]
    Listen {
        /// Which key holds the address.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl HttpClient {
    /// A client for the service.
    pub fn new(service: &str, limits: CallLimits) -> Result<Self, HttpError> {
        tls::install();
        let client = reqwest::Client::builder()
            .user_agent(format!("amicable-{service}/{}", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .redirect(Policy::none())
            .build();
        client.map(Self).map_err(HttpError::Client)
    }

    /// Begins a request; [`Self::call`] sends it.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.0.request(method, url)
    }

    /// Sends a request in a span named `template`, such as `POST mail-provider/messages`.
    pub async fn call(
        &self,
        template: &'static str,
        mut request: RequestBuilder,
    ) -> reqwest::Result<reqwest::Response> {
        let span = info_span!(
            "http call",
            otel.name = template,
            otel.kind = "client",
            http.response.status_code = field::Empty,
        );
        async move {
            if let Some(traceparent) = trace_context::current_traceparent() {
                request = request.header(trace_context::TRACEPARENT, traceparent);
            }
            let response = request.send().await?;
            Span::current().record("http.response.status_code", response.status().as_u16());
            Ok(response)
        }
        .instrument(span)
        .await
    }
}

/// Takes the address that stands under the configuration key.
pub async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, HttpError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| HttpError::Listen { key, address, source })
}

/// Answers until the phase [`Phase::Http`]; what was asked before it is answered.
pub fn serve(tasks: &Tasks, name: &'static str, listener: TcpListener, router: Router) {
    let stopping = tasks.stopping(Phase::Http);
    let server = axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned());
    tasks.spawn(Phase::Http, name, async move { Ok(server.await?) });
}

/// Gives every route of the router a span that goes on with the caller's trace.
pub fn traced(router: Router) -> Router {
    router.layer(middleware::from_fn(in_span))
}

async fn in_span(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("no route", MatchedPath::as_str);
    let span = info_span!(
        "http request",
        otel.name = format!("{} {route}", request.method()),
        otel.kind = "server",
        http.response.status_code = field::Empty,
    );
    let traceparent = request.headers().get(trace_context::TRACEPARENT);
    if let Some(traceparent) = traceparent.map(HeaderValue::to_str).and_then(Result::ok) {
        trace_context::set_parent(&span, traceparent);
    }
    async move {
        let response = next.run(request).await;
        Span::current().record("http.response.status_code", response.status().as_u16());
        response
    }
    .instrument(span)
    .await
}
