//! Whether the process lives and whether it is ready, told over HTTP on the admin port.
//!
//! Ready means that every condition holds. Who knows of a condition sets it; this file knows none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

/// The conditions of one process, by name. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Reasons>>);

/// By condition: nothing where it holds, else the reason.
type Reasons = BTreeMap<String, Option<String>>;

/// The answer of `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether there are conditions and all hold.
    pub ready: bool,
    /// In order of their names.
    pub conditions: Vec<Condition>,
}

/// One condition of being ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// What it is about, such as `postgres`.
    pub name: String,
    /// Whether it holds.
    pub ready: bool,
    /// Why it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Health {
    /// The condition holds.
    pub fn set_ready(&self, name: &str) {
        self.reasons().insert(name.to_owned(), None);
    }

    /// The condition does not hold. The reason is told to operators: no personal data, no secrets.
    pub fn set_unready(&self, name: &str, reason: impl Into<String>) {
        self.reasons().insert(name.to_owned(), Some(reason.into()));
    }

    /// All conditions as they stand.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let conditions: Vec<_> = self
            .reasons()
            .iter()
            .map(|(name, reason)| Condition {
                name: name.clone(),
                ready: reason.is_none(),
                reason: reason.clone(),
            })
            .collect();
        let ready = !conditions.is_empty() && conditions.iter().all(|condition| condition.ready);
        Readiness { ready, conditions }
    }

    /// `/livez` and `/readyz`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/livez", get(|| async { Json(serde_json::json!({ "alive": true })) }))
            .route("/readyz", get(readyz))
            .with_state(self.clone())
    }

    fn reasons(&self) -> MutexGuard<'_, Reasons> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn readyz(State(health): State<Health>) -> (StatusCode, Json<Readiness>) {
    let readiness = health.readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_means_that_there_are_conditions_and_all_hold() {
        let health = Health::default();
        assert!(!health.readiness().ready);
        health.set_ready("nats");
        assert!(health.readiness().ready);
        health.set_unready("postgres", "no answer");
        assert_eq!(
            serde_json::json!(health.readiness()),
            serde_json::json!({ "ready": false, "conditions": [
                { "name": "nats", "ready": true },
                { "name": "postgres", "ready": false, "reason": "no answer" },
            ]})
        );
        health.clone().set_ready("postgres");
        assert!(health.readiness().ready);
    }
}
