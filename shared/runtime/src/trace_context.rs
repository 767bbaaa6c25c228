//! The trace across processes: one line of text out of a span, and back into another.
//!
//! The text is a `traceparent` as the W3C Trace Context recommendation writes it; the `tracestate`
//! of other vendors is not carried on. A text that is none is ignored: a trace is never a reason to
//! refuse work.

use std::collections::HashMap;

use async_nats::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header and the attribute that carry the trace.
pub const TRACEPARENT: &str = "traceparent";

/// The current span's place in its trace; nothing where no trace is kept.
#[must_use]
pub fn current_traceparent() -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove(TRACEPARENT)
}

/// Makes the span a child of the one that the text names. Only before the span is first entered.
pub fn set_parent(span: &Span, traceparent: &str) {
    if let Some(parent) = parse(traceparent) {
        let context = opentelemetry::Context::new().with_remote_span_context(parent);
        // An error says that no trace is kept or the span is under way; neither stops the work.
        let _ = span.set_parent(context);
    }
}

/// Links the span to the one that the text names, which stays in its own trace.
pub fn add_link(span: &Span, traceparent: &str) {
    if let Some(other) = parse(traceparent) {
        span.add_link(other);
    }
}

/// Writes the current span's place into the headers of a message.
pub fn inject(headers: &mut HeaderMap) {
    if let Some(traceparent) = current_traceparent() {
        headers.insert(TRACEPARENT, traceparent);
    }
}

/// What the headers of a message say of its trace.
#[must_use]
pub fn extract(headers: &HeaderMap) -> Option<String> {
    headers.get(TRACEPARENT).map(|value| value.as_str().to_owned())
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let context = TraceContextPropagator::new()
        .extract_with_context(&opentelemetry::Context::new(), &carrier);
    Some(context.span().span_context().clone()).filter(SpanContext::is_valid)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use proptest::prelude::*;
    use tracing::info_span;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const ELSEWHERE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /// Runs the test where a trace is kept.
    fn traced<T>(test: impl FnOnce() -> T) -> T {
        let tracer = SdkTracerProvider::builder().build().tracer("test");
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), test)
    }

    fn trace_id(traceparent: &str) -> &str {
        traceparent.split('-').nth(1).unwrap()
    }

    #[test]
    fn a_trace_goes_on_in_the_next_process() {
        traced(|| {
            let sender = info_span!("sender");
            let mut headers = HeaderMap::new();
            sender.in_scope(|| inject(&mut headers));
            let sent = extract(&headers).unwrap();
            let receiver = info_span!("receiver");
            set_parent(&receiver, &sent);
            let child = receiver.in_scope(current_traceparent).unwrap();
            assert_eq!(trace_id(&child), trace_id(&sent));
            assert_ne!(child, sent);
        });
    }

    #[test]
    fn a_linked_span_stays_in_its_own_trace() {
        traced(|| {
            let span = info_span!("timer");
            add_link(&span, ELSEWHERE);
            let own = span.in_scope(current_traceparent).unwrap();
            assert_ne!(trace_id(&own), trace_id(ELSEWHERE));
        });
    }

    #[test]
    fn without_a_trace_nothing_is_written() {
        let mut headers = HeaderMap::new();
        info_span!("alone").in_scope(|| inject(&mut headers));
        assert_eq!(extract(&headers), None);
    }

    proptest! {
        #[test]
        fn what_is_no_traceparent_is_ignored(text in "\\PC{0,80}") {
            traced(|| {
                let span = info_span!("receiver");
                set_parent(&span, &text);
                add_link(&span, &text);
                assert!(span.in_scope(current_traceparent).is_some());
            });
        }
    }

    #[test]
    fn near_misses_are_ignored() {
        assert!(parse(ELSEWHERE).is_some());
        for wrong in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
