//! The headers of messages on the broker, and their media types.
//!
//! Headers repeat what stands in the envelope, or belong to a request; they never carry data.

/// The message's id again; the broker drops a second message with it.
pub const MESSAGE_ID: &str = "Nats-Msg-Id";
/// W3C trace context of the step that sent it.
pub const TRACEPARENT: &str = "traceparent";
/// The media type of the payload.
pub const CONTENT_TYPE: &str = "Content-Type";
/// Of a request: makes one that changes something safe to repeat.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Of a request: on whose behalf it is asked, such as `operator`.
pub const ACTOR: &str = "Amicable-Actor";
/// Of an answer: why there is none (NATS service API).
pub const ERROR: &str = "Nats-Service-Error";
/// Of an answer: the kind of the error, in the numbers of HTTP (NATS service API).
pub const ERROR_CODE: &str = "Nats-Service-Error-Code";

/// Events and commands: an envelope (`CloudEvents` 1.0, structured mode).
pub const CLOUD_EVENT: &str = "application/cloudevents+json";
/// Requests and answers: the bare body.
pub const JSON: &str = "application/json";
