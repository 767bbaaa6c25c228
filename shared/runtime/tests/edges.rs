//! HTTP and OTLP over real sockets: what operators and collectors see of a process.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use axum::routing::{get, post};
use runtime::health::Health;
use runtime::http::{self, CallLimits, HttpClient};
use runtime::shutdown::{ShutdownConfig, Tasks};
use runtime::telemetry::{Telemetry, TelemetryConfig};
use runtime::trace_context;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::{Instrument, info_span};

const LIMIT: Duration = Duration::from_secs(20);

async fn serve(tasks: &Tasks, router: Router) -> String {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = http::listen("admin_listen", any_port).await.unwrap();
    let address = listener.local_addr().unwrap();
    http::serve(tasks, "server", listener, router);
    format!("http://{address}")
}

fn client() -> HttpClient {
    HttpClient::new("test", CallLimits { connect: LIMIT, total: LIMIT }).unwrap()
}

#[tokio::test]
async fn health_is_told_over_http_until_the_end() {
    let (tasks, health, client) = (Tasks::default(), Health::default(), client());
    let url = serve(&tasks, health.router()).await;
    let status = async |path: &str| {
        let request = client.request(Method::GET, format!("{url}{path}"));
        client.call("GET health", request).await.map(|response| response.status().as_u16())
    };
    assert_eq!(status("/livez").await.unwrap(), 200);
    assert_eq!(status("/readyz").await.unwrap(), 503);
    health.set_ready("process");
    assert_eq!(status("/readyz").await.unwrap(), 200);
    assert!(tasks.stop(&ShutdownConfig::default()).await);
    assert!(status("/livez").await.is_err());
}

#[tokio::test]
async fn a_port_in_use_is_told_with_its_key() {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let taken = http::listen("admin_listen", any_port).await.unwrap();
    let address = taken.local_addr().unwrap();
    let refused = http::listen("admin_listen", address).await.unwrap_err().to_string();
    assert_eq!(refused, format!("no listening on {address} (configuration key `admin_listen`)"));
}

/// One test, since a process has one telemetry: a call through two services reaches the collector
/// as one trace, and what waits is sent at the end.
#[tokio::test]
async fn a_trace_through_http_reaches_the_collector() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let collector = Router::new().route(
        "/v1/traces",
        post(async move |headers: HeaderMap, body: Bytes| {
            sender.send((headers.get("content-type").cloned(), body)).unwrap();
        }),
    );
    let tasks = Tasks::default();
    let endpoint = serve(&tasks, collector).await;
    let config = TelemetryConfig { otlp_endpoint: Some(endpoint), ..TelemetryConfig::default() };
    let telemetry = Telemetry::start("late-letter", &config).unwrap();
    assert!(Telemetry::start("late-letter", &config).is_err());

    let answer = get(async || trace_context::current_traceparent().unwrap());
    let url = serve(&tasks, http::traced(Router::new().route("/letters/{id}", answer))).await;
    let ours = async {
        let client = client();
        let request = client.request(Method::GET, format!("{url}/letters/7"));
        let answer = client.call("GET letter", request).await.unwrap();
        (trace_context::current_traceparent().unwrap(), answer.text().await.unwrap())
    };
    let (ours, theirs) = ours.instrument(info_span!("work on a case")).await;
    let trace_id = |traceparent: &str| traceparent.split('-').nth(1).map(str::to_owned);
    assert_eq!(trace_id(&ours), trace_id(&theirs));

    telemetry.shutdown(LIMIT).await;
    let mut spans = Vec::new();
    while let Ok(Some((content_type, body))) = timeout(LIMIT, received.recv()).await {
        assert_eq!(content_type.unwrap(), "application/x-protobuf");
        spans.extend_from_slice(&body);
        if received.is_empty() {
            break;
        }
    }
    let sent = String::from_utf8_lossy(&spans);
    for name in ["late-letter", "work on a case", "GET letter", "GET /letters/{id}"] {
        assert!(sent.contains(name), "{name} is missing in what was sent");
    }
    assert!(!sent.contains("/letters/7"), "a path with an id was sent");
    assert!(tasks.stop(&ShutdownConfig::default()).await);
}
