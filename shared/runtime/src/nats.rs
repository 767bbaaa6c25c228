//! The broker: one connection per process, under the service's own user and inbox.
//!
//! Who may do what is the broker's to refuse. A refusal is always a fault of ours or of the set-up,
//! so each refused subject is told once, loudly.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::{
    Client, ConnectError, ConnectErrorKind, ConnectOptions, Event, ServerAddr, ServerError,
};
use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};

use crate::config::{ConfigError, Secret};
use crate::health::Health;
use crate::retry::patiently;

/// How many refused subjects we remember, lest a flood of them fill the memory.
const REFUSED_SUBJECTS_MAX: usize = 1_000;

/// Section `nats`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NatsConfig {
    /// `nats://host:port` or `tls://host:port`, without user and password.
    pub url: String,
    /// The service's own user; empty where the broker asks for none.
    pub user: String,
    /// The user's password.
    pub password: Secret,
}

impl Default for NatsConfig {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".to_owned(),
            user: String::new(),
            password: Secret::default(),
        }
    }
}

impl NatsConfig {
    /// The address is told in messages, so nothing secret may stand in it.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |problem: &str| Err(ConfigError::refused("nats.url", problem));
        match self.url.parse::<ServerAddr>() {
            Ok(address) if address.has_user_pass() || address.username().is_some() => refuse(
                "must not hold a user or password; set `nats.user` and `nats.password` instead",
            ),
            Ok(address) if !address.host().is_empty() => Ok(()),
            _ => refuse("must look like nats://host:port"),
        }
    }
}

/// Why the broker is of no use to us.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// No server, or it refuses us.
    #[error("no connection to NATS at {url} as user `{user}` (configuration section `nats`)")]
    Unreachable {
        /// As configured.
        url: String,
        /// As configured.
        user: String,
        /// What the client says.
        #[source]
        source: ConnectError,
    },
    /// The server is too old.
    #[error(
        "NATS at {url} is version {version}; Amicable needs 2.10 or later \
         (configuration key `nats.url`)"
    )]
    TooOld {
        /// As configured.
        url: String,
        /// As the server says it.
        version: String,
    },
    /// The server keeps no streams.
    #[error("NATS at {url} runs without JetStream; start it with JetStream on")]
    NoJetStream {
        /// As configured.
        url: String,
    },
}

/// Connects the service. Tries again for `limit` while the server is out of reach; a refusal is an
/// error at once. Afterwards the client reconnects by itself for ever, and the condition `nats` of
/// the health tells how it fares.
pub async fn connect(
    service: &str,
    config: &NatsConfig,
    limit: Duration,
    health: &Health,
) -> Result<Client, NatsError> {
    let watcher = Arc::new(Watcher { health: health.clone(), refused: Mutex::default() });
    let mut options = ConnectOptions::new()
        .name(service)
        .custom_inbox_prefix(inbox_prefix(service))
        .max_reconnects(None)
        .event_callback(move |event| {
            watcher.see(&event);
            std::future::ready(())
        });
    if !config.user.is_empty() {
        let password = config.password.expose().to_owned();
        options = options.user_and_password(config.user.clone(), password);
    }
    let attempt = || options.clone().connect(config.url.as_str());
    let client = patiently(limit, may_pass, attempt).await.map_err(|source| {
        NatsError::Unreachable { url: config.url.clone(), user: config.user.clone(), source }
    })?;
    let url = config.url.clone();
    let server = client.server_info();
    if !client.is_server_compatible(2, 10, 0) {
        return Err(NatsError::TooOld { url, version: server.version });
    }
    if !server.jetstream {
        return Err(NatsError::NoJetStream { url });
    }
    Ok(client)
}

/// Where answers to the service arrive; no other user may listen there.
#[must_use]
pub fn inbox_prefix(service: &str) -> String {
    format!("_INBOX_{service}")
}

fn may_pass(error: &ConnectError) -> bool {
    match error.kind() {
        ConnectErrorKind::Io | ConnectErrorKind::TimedOut | ConnectErrorKind::Dns => true,
        ConnectErrorKind::ServerParse
        | ConnectErrorKind::Authentication
        | ConnectErrorKind::AuthorizationViolation
        | ConnectErrorKind::Tls
        | ConnectErrorKind::MaxReconnects => false,
    }
}

/// Sees what happens to the connection.
struct Watcher {
    health: Health,
    refused: Mutex<HashSet<String>>,
}

impl Watcher {
    fn see(&self, event: &Event) {
        match event {
            Event::Connected => {
                info!("NATS is connected");
                self.health.set_ready("nats");
            }
            Event::Disconnected => {
                warn!("NATS is disconnected; the client reconnects by itself");
                self.health.set_unready("nats", "disconnected");
            }
            Event::ServerError(ServerError::Other(text)) => self.see_error(text),
            Event::Closed | Event::Draining | Event::LameDuckMode => info!("NATS: {event}"),
            Event::ServerError(_) | Event::ClientError(_) | Event::SlowConsumer(_) => {
                error!("NATS: {event}");
            }
        }
    }

    fn see_error(&self, text: &str) {
        let Some(subject) = refused_subject(text) else {
            error!("NATS: {text}");
            return;
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < REFUSED_SUBJECTS_MAX && refused.insert(subject.to_owned()) {
            error!(nats.subject = subject, "NATS refuses the subject {subject}: {text}");
        }
    }
}

/// The subject in `Permissions Violation for Publish to "subject"`, and likewise for subscriptions.
fn refused_subject(text: &str) -> Option<&str> {
    let words = text.get(.."permissions violation".len())?;
    let subject = text.split('"').nth(1)?;
    words.eq_ignore_ascii_case("permissions violation").then_some(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_refused_subject() {
        for text in [
            r#"Permissions Violation for Publish to "letter.cmd.send.v1""#,
            r#"permissions violation for subscription to "letter.cmd.send.v1" using queue "x""#,
        ] {
            assert_eq!(refused_subject(text), Some("letter.cmd.send.v1"), "{text}");
        }
        assert_eq!(refused_subject(r#"stale "connection""#), None);
        assert_eq!(refused_subject("é"), None);
    }

    #[test]
    fn refuses_addresses_that_hold_secrets() {
        let told = |url: &str| NatsConfig { url: url.to_owned(), ..NatsConfig::default() }.check();
        assert!(told("nats://127.0.0.1:4222").is_ok());
        assert!(told("127.0.0.1:4222").is_ok());
        for url in ["nats://letter:secret@localhost", "nats://letter@localhost", "http://x", ""] {
            let sentence = told(url).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(sentence.starts_with("configuration key `nats.url` must"), "{url}: {sentence}");
            assert!(!sentence.contains("secret"));
        }
    }
}
