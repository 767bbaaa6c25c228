//! `amicable status`: the running stack's children, and what is still under way.

use std::process::ExitCode;

use serde::Serialize;

use super::stream;
use crate::cli::Status;
use crate::failure::Failure;
use crate::output::{Table, say, say_json};
use crate::rest::Survey;
use crate::session::Session;
use crate::stack::{Board, Layout};

#[derive(Serialize)]
struct Report {
    pid: u32,
    started_at: String,
    business_now: String,
    children: Vec<Child>,
    /// Nothing where the stack is at rest.
    busy: Vec<String>,
    /// Consumers that no service of this release reads, with what they have to take.
    strays: Vec<String>,
    services: Vec<contracts::operations::Status>,
}

#[derive(Serialize)]
struct Child {
    name: String,
    pid: Option<u32>,
    ready: bool,
    restart_count: u32,
    last_end: Option<String>,
}

pub(crate) async fn run(layout: &Layout, status: &Status) -> Result<ExitCode, Failure> {
    let session = Session::open(layout).await?;
    let report = report(&session).await?;
    if status.json {
        say_json(&report);
    } else {
        tell(&report);
    }
    Ok(ExitCode::SUCCESS)
}

async fn report(session: &Session) -> Result<Report, Failure> {
    let survey = Survey::make(session).await?;
    let Some(board) = Board::load(&session.layout)? else {
        return Err(Failure::NotRunning { folder: session.layout.root().to_owned() });
    };
    let mut children = Vec::new();
    for child in board.children {
        let ready = match session.description.ports.admin.get(&child.name) {
            Some(port) => session.answers(*port, "/readyz").await,
            // Servers and sink are on the board only while they are ready.
            None => child.pid.is_some(),
        };
        children.push(Child {
            ready,
            pid: child.pid,
            restart_count: child.restart_count,
            last_end: child.last_end,
            name: child.name,
        });
    }
    let readers = stream::readers(session).await?;
    let strays = readers.iter().filter(|reader| reader.is_stray);
    let strays = strays.map(|it| format!("{} of {} ({})", it.service, it.stream, it.pending));
    Ok(Report {
        strays: strays.collect(),
        pid: board.pid,
        started_at: board.started_at.to_string(),
        business_now: survey.now.to_string(),
        children,
        busy: survey.busy(),
        services: survey.services,
    })
}

fn tell(report: &Report) {
    say(format_args!("process {}, since {}", report.pid, report.started_at));
    say(format_args!("business time {}", report.business_now));
    let mut table = Table::new(["child", "process", "ready", "restarts", "last end"]);
    for child in &report.children {
        table.row([
            child.name.clone(),
            child.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string()),
            if child.ready { "yes" } else { "no" }.to_owned(),
            child.restart_count.to_string(),
            child.last_end.clone().unwrap_or_default(),
        ]);
    }
    table.say("no children");
    let parked: u64 = report.services.iter().map(|service| service.parked).sum();
    let uncertain: u64 = report.services.iter().map(|service| service.uncertain).sum();
    if parked > 0 || uncertain > 0 {
        say(format_args!("for a person: {parked} parked, {uncertain} uncertain"));
    }
    if !report.strays.is_empty() {
        say(format_args!(
            "consumers that nobody reads any more: {}; see `amicable stream prune-consumers`",
            report.strays.join(", ")
        ));
    }
    if report.busy.is_empty() {
        say("at rest");
    } else {
        report.busy.iter().for_each(|busy| say(format_args!("busy: {busy}")));
    }
}
