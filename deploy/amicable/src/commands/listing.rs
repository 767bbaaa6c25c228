//! Asking every service for the same list, and settling what is on it.

use std::fmt::Display;
use std::process::ExitCode;

use contracts::operations::Operation;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::{OneService, Settling};
use crate::failure::Failure;
use crate::find::Kind;
use crate::moment::now;
use crate::output::{Table, say};
use crate::session::Session;
use crate::stack;

/// So much is settled with one question.
pub(super) const PAGE: u32 = 200;

/// One service's list.
#[derive(Debug, Serialize)]
pub(super) struct OfService<L> {
    pub(super) service: &'static str,
    #[serde(flatten)]
    pub(super) list: L,
}

/// Asks the one service that is meant, or all.
pub(super) async fn ask<B: Serialize + Sync, L: DeserializeOwned>(
    session: &Session,
    one: &OneService,
    operation: Operation,
    body: &B,
) -> Result<Vec<OfService<L>>, Failure> {
    let is_meant = |name: &&str| one.service.as_ref().is_none_or(|wanted| wanted == name);
    let mut lists = Vec::new();
    for service in stack::names().filter(is_meant) {
        let list = session.asker.operate(service, operation, body).await?;
        lists.push(OfService { service, list });
    }
    Ok(lists)
}

/// The one thing whose id begins so, and the one service that has it.
pub(super) fn find<L, I: Copy + Display + Eq>(
    kind: Kind,
    given: &str,
    lists: &[OfService<L>],
    ids: impl Fn(&L) -> Vec<I>,
) -> Result<(&'static str, I), Failure> {
    let id = kind.find(given, lists.iter().flat_map(|of| ids(&of.list)))?;
    // The same event may be kept by several consumers: then the service must be named.
    let mut holders = lists.iter().filter(|of| ids(&of.list).contains(&id));
    let (Some(holder), None) = (holders.next(), holders.next()) else {
        return Err(Failure::Argument {
            given: given.to_owned(),
            expected: "kept by one service only; name the one you mean with --service",
        });
    };
    Ok((holder.service, id))
}

/// When what is older than this began.
pub(super) fn before(older_than: Option<SignedDuration>) -> Option<Timestamp> {
    older_than.map(|age| now().checked_sub(age).unwrap_or(Timestamp::MIN))
}

/// What fits, at one service, counted at a moment of its own clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) service: &'static str,
    pub(super) total: u64,
    pub(super) counted_at: Timestamp,
}

impl Fit {
    /// Until when something came that is meant: what comes after the counting is not.
    pub(super) fn before(&self, before: Option<Timestamp>) -> Timestamp {
        before.map_or(self.counted_at, |before| before.min(self.counted_at))
    }
}

/// Says how much fits. Returns how to end, unless it is to be done now.
pub(super) fn confirm(counted: &[Fit], settling: &Settling, does: &str) -> Option<ExitCode> {
    let total: u64 = counted.iter().map(|of| of.total).sum();
    if total == 0 {
        say("nothing fits");
        return Some(ExitCode::SUCCESS);
    }
    if settling.yes {
        return None;
    }
    let mut table = Table::new(["service", "fit"]);
    for of in counted.iter().filter(|of| of.total > 0) {
        table.row([of.service.to_owned(), of.total.to_string()]);
    }
    table.say("nothing fits");
    say(format_args!("nothing was done; with --yes {does}"));
    Some(ExitCode::SUCCESS)
}

/// Adds what a page came to.
pub(super) fn add<const N: usize>(counts: [(&mut u64, u64); N]) {
    for (sum, page) in counts {
        *sum = sum.saturating_add(page);
    }
}
