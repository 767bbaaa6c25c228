//! Metrics, as Prometheus scrapes them from the admin port.
//!
//! Labels are codes of ours, such as where a message came from; never an id, and nothing personal.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

/// The metrics of this process.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
}

impl Metrics {
    /// Has every meter of this process end here.
    pub(crate) fn start(resource: Resource) -> Result<Self, OTelSdkError> {
        let registry = Registry::new();
        let exporter =
            opentelemetry_prometheus::exporter().with_registry(registry.clone()).build()?;
        let provider =
            SdkMeterProvider::builder().with_reader(exporter).with_resource(resource).build();
        opentelemetry::global::set_meter_provider(provider);
        Ok(Self { registry })
    }

    /// `/metrics`, in the text format of Prometheus.
    pub fn router(&self) -> Router {
        Router::new().route("/metrics", get(scrape)).with_state(self.clone())
    }
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    match TextEncoder::new().encode_to_string(&metrics.registry.gather()) {
        Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
