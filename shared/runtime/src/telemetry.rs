//! Logs to standard error, traces over OTLP, metrics for Prometheus: one of each per process.
//!
//! What must never be logged, on any level, is in the invariants: no name, address, number or text
//! of a person. The filter of the logs does not thin out the traces.

use std::io::{self, IsTerminal};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use tracing::subscriber::SetGlobalDefaultError;
use tracing::warn;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::ConfigError;
use crate::metrics::Metrics;
use crate::tls;

/// Section `telemetry`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TelemetryConfig {
    /// The collector, as `http://host:4318`; traces go to `/v1/traces` there. Without it there are
    /// no traces.
    pub otlp_endpoint: Option<String>,
    /// How a log line looks.
    pub log: LogFormat,
    /// Which log lines are written. The client of NATS is quiet by default, since `nats` tells the
    /// same in our words.
    pub filter: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        let filter = "info,async_nats=warn".to_owned();
        Self { otlp_endpoint: None, log: LogFormat::Text, filter }
    }
}

impl TelemetryConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if EnvFilter::try_new(&self.filter).is_err() {
            let problem = "must be log levels, as in info,sqlx=warn";
            return Err(ConfigError::refused("telemetry.filter", problem));
        }
        let Some(endpoint) = &self.otlp_endpoint else { return Ok(()) };
        match reqwest::Url::parse(endpoint) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
            _ => Err(ConfigError::refused(
                "telemetry.otlp_endpoint",
                "must look like http://host:4318",
            )),
        }
    }
}

/// Why telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The exporter cannot be built.
    #[error("traces cannot be sent (configuration key `telemetry.otlp_endpoint`)")]
    Exporter(#[from] ExporterBuildError),
    /// The reader of the meters cannot be built.
    #[error("there would be no metrics")]
    Metrics(#[from] OTelSdkError),
    /// The process has one already.
    #[error("telemetry was started twice in one process")]
    Twice(#[from] SetGlobalDefaultError),
}

/// The telemetry of this process, from the start to the end.
#[derive(Debug)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
    metrics: Metrics,
}

impl Telemetry {
    /// Starts logs and metrics, and traces if an endpoint is configured. The configuration is
    /// checked already.
    pub fn start(service: &str, config: &TelemetryConfig) -> Result<Self, TelemetryError> {
        let provider = match &config.otlp_endpoint {
            Some(endpoint) => Some(provider(resource(service), endpoint)?),
            None => None,
        };
        let traces = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("amicable"))
                .with_threads(false)
                .with_tracked_inactivity(false)
                .with_filter(LevelFilter::INFO)
        });
        let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
        let lines = match config.log {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        };
        let lines = lines.with_filter(EnvFilter::new(&config.filter));
        let subscriber = tracing_subscriber::registry().with(traces).with(lines);
        tracing::subscriber::set_global_default(subscriber)?;
        let metrics = Metrics::start(resource(service))?;
        Ok(Self { provider, metrics })
    }

    /// What Prometheus scrapes.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Sends the traces that wait. What is not sent within `limit` is lost, and said to be.
    pub async fn shutdown(self, limit: Duration) {
        let Some(provider) = self.provider else { return };
        let flush = move || provider.shutdown_with_timeout(limit);
        match tokio::task::spawn_blocking(flush).await {
            Ok(Ok(()) | Err(OTelSdkError::AlreadyShutdown)) => {}
            Ok(Err(error)) => warn!("the last traces were not sent: {error}"),
            Err(error) => warn!("the last traces were not sent: {error}"),
        }
    }
}

/// Whose telemetry it is.
fn resource(service: &str) -> Resource {
    Resource::builder()
        .with_service_name(service.to_owned())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build()
}

fn provider(resource: Resource, endpoint: &str) -> Result<SdkTracerProvider, ExporterBuildError> {
    tls::install();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()?;
    // The batches are sent by a thread of their own, so that the last of them outlive our tasks.
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
