//! How the creditors' API tells what became of a document: JSON, and `application/problem+json`
//! (RFC 9457) where nothing was taken in.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::intake::{ImportDirectPaymentsAnswer, ImportInvoiceAnswer, Problem};
use mailbox::AskError;
use runtime::error::chain;
use schemars::JsonSchema;
use serde::Serialize;

use super::{KEY_HEADER, KEY_LENGTH_MAX};

/// Why nothing was taken in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refusal {
    /// The HTTP status again.
    status: u16,
    /// What kind of refusal it is.
    title: &'static str,
    /// What to do.
    detail: String,
    /// What is wrong with the document, one by one; empty where it was not looked at.
    problems: Vec<Problem>,
}

/// What became of a file that was read.
pub(super) fn told(answer: ImportInvoiceAnswer) -> Result<Response, Refusal> {
    let status = match &answer {
        ImportInvoiceAnswer::Registered { .. } | ImportInvoiceAnswer::Credited { .. } => {
            StatusCode::CREATED
        }
        ImportInvoiceAnswer::AlreadyKnown { .. } => StatusCode::OK,
        ImportInvoiceAnswer::Refused { problems } => return Err(Refusal::of(problems.clone())),
    };
    Ok((status, Json(answer)).into_response())
}

/// What became of a file of payments.
pub(super) fn reported(answer: ImportDirectPaymentsAnswer) -> Result<Response, Refusal> {
    let status = match &answer {
        ImportDirectPaymentsAnswer::Imported { .. } => StatusCode::CREATED,
        ImportDirectPaymentsAnswer::AlreadyKnown { .. } => StatusCode::OK,
        ImportDirectPaymentsAnswer::Refused { problems } => {
            return Err(Refusal::of(problems.clone()));
        }
    };
    Ok((status, Json(answer)).into_response())
}

impl Refusal {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status: status.as_u16(), title, detail: detail.into(), problems: Vec::new() }
    }

    /// What is wrong with the document.
    fn of(problems: Vec<Problem>) -> Self {
        let detail = "Nothing was taken in. Mend what the problems name, and send it again with \
                      another idempotency key.";
        let refusal =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "the document is refused", detail);
        Self { problems, ..refusal }
    }

    pub(super) fn unknown() -> Self {
        let detail = "Send the creditor's token as `Authorization: Bearer …`, to the creditor's \
                      own address.";
        Self::new(StatusCode::UNAUTHORIZED, "no such creditor, or not its token", detail)
    }

    pub(super) fn without_key() -> Self {
        let detail = format!(
            "Send the header {KEY_HEADER}, 1 to {KEY_LENGTH_MAX} visible ASCII characters, the \
             same whenever you send this document again."
        );
        Self::new(StatusCode::BAD_REQUEST, "no idempotency key", detail)
    }

    pub(super) fn too_large(bytes_max: u64) -> Self {
        let detail = format!("Such a document, with all within it, may have {bytes_max} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the document is too large", detail)
    }

    pub(super) fn too_slow(limit: Duration) -> Self {
        let detail = format!("Send the document within {} seconds.", limit.as_secs());
        Self::new(StatusCode::REQUEST_TIMEOUT, "the document came too slowly", detail)
    }

    pub(super) fn broken_off() -> Self {
        let detail = "The document broke off before its end; send it again.";
        Self::new(StatusCode::BAD_REQUEST, "half a document", detail)
    }

    /// The caller learns that it should try again; why is in our log.
    pub(super) fn unavailable(reason: &str) -> Self {
        tracing::warn!("a document could not be taken in now: {reason}");
        let detail = "Send it again in a moment, with the same idempotency key.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not now", detail)
    }

    pub(super) fn not_asked(error: &AskError) -> Self {
        match error {
            AskError::Refused { code: 409, .. } => {
                let detail =
                    "This idempotency key was used for another document; choose a new one.";
                Self::new(StatusCode::CONFLICT, "the key is taken", detail)
            }
            AskError::Key => {
                Self::new(StatusCode::BAD_REQUEST, "no idempotency key", error.to_string())
            }
            AskError::NoAnswer { .. } | AskError::Refused { .. } | AskError::Malformed { .. } => {
                Self::unavailable(&chain(error))
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
