//! `amicable waiting`: messages that wait for something their service has not heard of yet.

use std::process::ExitCode;

use contracts::operations::{Operation, WaitingList, WaitingReason};

use super::listing::{self, OfService};
use crate::cli::Waiting;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say_json};
use crate::session::Session;

pub(crate) async fn run(session: &Session, waiting: Waiting) -> Result<ExitCode, Failure> {
    let Waiting::List(listing) = waiting;
    let (service, limit) = (&listing.service, listing.limit.limit);
    let lists: Vec<OfService<WaitingList>> =
        listing::ask(session, service, Operation::ListWaiting, limit).await?;
    if listing.json {
        say_json(&lists);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["message", "service", "type", "reason", "since", "waits for"]);
    for OfService { service, list } in &lists {
        for message in &list.waiting {
            let reason = match message.reason {
                WaitingReason::Early => "early",
                WaitingReason::Newer => "newer",
                WaitingReason::Retry => "retry",
            };
            table.row([
                short(message.message_id),
                (*service).to_owned(),
                message.message_type.clone(),
                reason.to_owned(),
                message.waiting_since.to_string(),
                message.detail.clone(),
            ]);
        }
    }
    table.say("nothing waits");
    Ok(ExitCode::SUCCESS)
}
