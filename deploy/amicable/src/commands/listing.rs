//! Asking every service for the same list.

use contracts::operations::{ListRequest, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::OneService;
use crate::failure::Failure;
use crate::session::Session;
use crate::stack;

/// One service's list.
#[derive(Debug, Serialize)]
pub(super) struct OfService<L> {
    pub(super) service: &'static str,
    #[serde(flatten)]
    pub(super) list: L,
}

/// Asks the one service that is meant, or all.
pub(super) async fn ask<L: DeserializeOwned>(
    session: &Session,
    one: &OneService,
    operation: Operation,
    limit: u32,
) -> Result<Vec<OfService<L>>, Failure> {
    let is_meant = |name: &&str| one.service.as_ref().is_none_or(|wanted| wanted == name);
    let mut lists = Vec::new();
    for service in stack::names().filter(is_meant) {
        let list = session.asker.operate(service, operation, &ListRequest { limit }).await?;
        lists.push(OfService { service, list });
    }
    Ok(lists)
}
