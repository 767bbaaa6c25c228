//! The receiver takes what an OTLP exporter sends.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Link;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use testkit::TraceReceiver;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn attribute(key: &str, value: Value) -> KeyValue {
    let value = Some(AnyValue { value: Some(value) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn request() -> ExportTraceServiceRequest {
    let span = Span {
        trace_id: vec![0xab; 16],
        span_id: vec![1; 8],
        parent_span_id: vec![2; 8],
        name: "process letter.evt.dispatched".to_owned(),
        attributes: vec![attribute("count", Value::IntValue(3))],
        links: vec![Link { trace_id: vec![0xcd; 16], ..Link::default() }],
        ..Span::default()
    };
    let root = Span { parent_span_id: Vec::new(), span_id: vec![2; 8], ..span.clone() };
    let service = attribute("service.name", Value::StringValue("letter".to_owned()));
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: vec![service], ..Resource::default() }),
            scope_spans: vec![ScopeSpans { spans: vec![root, span], ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    }
}

async fn post(receiver: &TraceReceiver, body: &[u8]) -> String {
    let address = receiver.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn spans_are_kept_with_service_parent_and_links() {
    let receiver = TraceReceiver::start().await;
    assert!(post(&receiver, &request().encode_to_vec()).await.contains(" 200 "));
    let child = receiver
        .wait_for(Duration::from_secs(5), "child span", |spans| {
            spans.iter().find(|span| span.parent_span_id.is_some()).cloned()
        })
        .await;
    assert_eq!(child.service, "letter");
    assert_eq!(child.name, "process letter.evt.dispatched");
    assert_eq!(child.trace_id, "ab".repeat(16));
    assert_eq!(child.links, ["cd".repeat(16)]);
    assert_eq!(child.attributes.get("count").map(String::as_str), Some("3"));
    let root = receiver.spans().into_iter().find(|span| span.parent_span_id.is_none()).unwrap();
    assert_eq!(Some(root.span_id), child.parent_span_id);
}

#[tokio::test]
async fn what_is_not_otlp_is_refused() {
    let receiver = TraceReceiver::start().await;
    assert!(post(&receiver, b"\xff\xff\xff").await.contains(" 400 "));
    assert_eq!(receiver.spans(), []);
}
