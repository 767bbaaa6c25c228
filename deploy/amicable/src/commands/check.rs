//! `amicable check`: every invariant on the live data. Each service checks its own; here is what
//! only the stack as a whole can see.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use contracts::operations::{Breach, CheckReport, EmptyRequest, Operation};
use contracts::scheduler::{CaseState, ListPositions};
use futures_util::{StreamExt, TryStreamExt};
use primitives::CaseId;
use serde::Serialize;
use uuid::Uuid;

use super::case::money;
use super::mail::newest;
use crate::cli::Check;
use crate::failure::Failure;
use crate::output::{say, say_json};
use crate::rest::Survey;
use crate::session::{LIST_MAX, Session};
use crate::stack;

/// Cases asked about at the same time.
const AT_ONCE: usize = 16;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) services: Vec<CheckReport>,
    /// Why the services' views of a case were not compared; only at rest must they agree.
    not_at_rest: Vec<String>,
}

impl Report {
    pub(crate) fn breaches(&self) -> impl Iterator<Item = (&str, &Breach)> {
        self.services.iter().flat_map(|report| {
            report.breaches.iter().map(|breach| (report.service.as_str(), breach))
        })
    }

    pub(crate) fn check_count(&self) -> usize {
        self.services.iter().map(|report| report.checks.len()).sum()
    }
}

pub(crate) async fn run(session: &Session, check: &Check) -> Result<ExitCode, Failure> {
    let report = make(session).await?;
    if check.json {
        say_json(&report);
    } else {
        tell(&report);
    }
    let holds = report.breaches().next().is_none();
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes all checks.
pub(crate) async fn make(session: &Session) -> Result<Report, Failure> {
    let mut services = Vec::new();
    for service in stack::names() {
        let report = session.asker.operate(service, Operation::Check, &EmptyRequest {}).await?;
        services.push(report);
    }
    let survey = Survey::make(session).await?;
    let not_at_rest = survey.busy();
    let mut checks = vec!["taking-in".to_owned(), "not-twice".to_owned()];
    let mut breaches = taking_in(&survey);
    breaches.extend(not_twice(session).await?);
    if not_at_rest.is_empty() {
        checks.push("closed-is-paid".to_owned());
        breaches.extend(closed_is_paid(session).await?);
    }
    services.push(CheckReport { service: "stack".to_owned(), checks, breaches });
    Ok(Report { services, not_at_rest })
}

/// No service stopped taking messages in.
fn taking_in(survey: &Survey) -> Vec<Breach> {
    let stopped = survey.services.iter().flat_map(|status| {
        status.stopped_sources.iter().map(move |source| (&status.service, source))
    });
    stopped
        .map(|(service, source)| Breach {
            invariant: "taking-in".to_owned(),
            id: Uuid::nil(),
            detail: format!(
                "{service}: its {source} stand still, since too much was parked; see `amicable \
                 parked list`; it goes on when the cause is mended and what is parked is settled"
            ),
        })
        .collect()
}

/// Invariant 3: among the mails that the sink kept, none left the house twice.
async fn not_twice(session: &Session) -> Result<Vec<Breach>, Failure> {
    let mut seen = BTreeSet::new();
    let mails = newest(session, u32::MAX).await?.messages;
    let twice = mails
        .into_iter()
        .filter(|mail| !mail.message_id.is_empty() && !seen.insert(mail.message_id.clone()));
    let breach = |message_id: String| Breach {
        invariant: "not-twice".to_owned(),
        id: Uuid::new_v5(&Uuid::NAMESPACE_URL, message_id.as_bytes()),
        detail: format!("the mail {message_id} was sent more than once"),
    };
    Ok(twice.map(|mail| breach(mail.message_id)).collect())
}

/// The scheduler has closed a case exactly when payment-reconciliation has nothing open on it.
async fn closed_is_paid(session: &Session) -> Result<Vec<Breach>, Failure> {
    let states = states(session).await?;
    let compared: Vec<Option<Breach>> = futures_util::stream::iter(states)
        .map(async |(case_id, state)| {
            let open = money(session, case_id).await?.map(|money| money.open);
            let is_closed = matches!(state, CaseState::Closed { .. });
            let agrees = open.is_some_and(|open| open.is_zero() == is_closed);
            let open = open.map_or_else(|| "an unknown sum".to_owned(), |open| open.to_string());
            Ok::<_, Failure>((!agrees).then(|| Breach {
                invariant: "closed-is-paid".to_owned(),
                id: case_id.as_uuid(),
                detail: format!(
                    "{open} is open, and the scheduler has {} the case; see `amicable case show \
                     {case_id}`",
                    if is_closed { "closed" } else { "not closed" }
                ),
            }))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(compared.into_iter().flatten().collect())
}

/// Where every case stands. Nothing moves while it is read: the stack is at rest.
async fn states(session: &Session) -> Result<BTreeMap<CaseId, CaseState>, Failure> {
    let mut states = BTreeMap::new();
    let mut skip = 0;
    loop {
        let list = session.asker.ask(&ListPositions { limit: LIST_MAX, skip }).await?;
        let page = list.positions.len();
        states.extend(list.positions.into_iter().map(|one| (one.case_id, one.state)));
        skip = skip.saturating_add(u64::try_from(page).unwrap_or(u64::MAX));
        if page == 0 || skip >= list.total {
            return Ok(states);
        }
    }
}

fn tell(report: &Report) {
    for service in &report.services {
        let broken = service.breaches.len();
        let checks = service.checks.join(", ");
        let verdict = if broken == 0 { "hold".to_owned() } else { format!("{broken} breaches") };
        say(format_args!("{}: {verdict} ({checks})", service.service));
    }
    for (service, Breach { invariant, id, detail }) in report.breaches() {
        say(format_args!("BROKEN {invariant} at {service}, {id}: {detail}"));
    }
    if !report.not_at_rest.is_empty() {
        say(format_args!(
            "not at rest, so the services' views of the cases were not compared: {}",
            report.not_at_rest.join("; ")
        ));
    }
}
