//! A receiver of traces over OTLP/HTTP with protobuf, as a collector is one.
//!
//! For tests that prove one trace across several processes: it keeps what it is sent, in order.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1 as wire;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::eventually;

/// One span that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// 32 lower hexadecimal digits.
    pub trace_id: String,
    /// 16 lower hexadecimal digits.
    pub span_id: String,
    /// None for the root of a trace.
    pub parent_span_id: Option<String>,
    pub name: String,
    /// The process's `service.name`.
    pub service: String,
    /// Attributes of the span itself; numbers and the like as text.
    pub attributes: BTreeMap<String, String>,
    /// The traces that it links to.
    pub links: Vec<String>,
}

/// A running receiver on a free loopback port. Dropping it ends it.
#[derive(Debug)]
pub struct TraceReceiver {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<Span>>>,
    _task: JoinSet<()>,
}

impl TraceReceiver {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let spans = Arc::default();
        let routes =
            Router::new().route("/v1/traces", post(receive)).with_state(Arc::clone(&spans));
        let mut task = JoinSet::new();
        task.spawn(async move {
            // axum's loop ends only with the task.
            axum::serve(listener, routes).await.ok();
        });
        Self { address, spans, _task: task }
    }

    /// What an exporter takes as its OTLP endpoint, without `/v1/traces`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything received so far, in the order of arrival.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        lock(&self.spans).clone()
    }

    /// Waits until the spans received satisfy `look`, and returns what it yields; see
    /// [`eventually`].
    pub async fn wait_for<T>(
        &self,
        limit: Duration,
        what: &str,
        look: impl Fn(&[Span]) -> Option<T>,
    ) -> T {
        eventually(limit, what, async || look(&self.spans())).await
    }
}

async fn receive(State(spans): State<Arc<Mutex<Vec<Span>>>>, body: Bytes) -> Response {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return (StatusCode::BAD_REQUEST, "not an OTLP request\n").into_response();
    };
    for resource in request.resource_spans {
        let described = resource.resource.map(|one| texts(one.attributes)).unwrap_or_default();
        let service = described.get("service.name").cloned().unwrap_or_default();
        let received = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        lock(&spans).extend(received.map(|span| Span::from_wire(span, &service)));
    }
    let protobuf = [(header::CONTENT_TYPE, "application/x-protobuf")];
    (protobuf, ExportTraceServiceResponse::default().encode_to_vec()).into_response()
}

impl Span {
    fn from_wire(span: wire::Span, service: &str) -> Self {
        Self {
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent_span_id: Some(hex(&span.parent_span_id)).filter(|id| !id.is_empty()),
            name: span.name,
            service: service.to_owned(),
            attributes: texts(span.attributes),
            links: span.links.iter().map(|link| hex(&link.trace_id)).collect(),
        }
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|one| (one.key, text(one.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(yes)) => yes.to_string(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        Some(Value::BytesValue(bytes)) => hex(&bytes),
        Some(Value::ArrayValue(list)) => {
            list.values.into_iter().map(|one| text(Some(one))).collect::<Vec<_>>().join(",")
        }
        // Nested maps, and indices into a table that traces do not have.
        Some(Value::KvlistValue(_) | Value::StringValueStrindex(_)) | None => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn lock(spans: &Mutex<Vec<Span>>) -> MutexGuard<'_, Vec<Span>> {
    spans.lock().unwrap_or_else(PoisonError::into_inner)
}
