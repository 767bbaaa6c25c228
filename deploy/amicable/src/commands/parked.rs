//! `amicable parked`: messages that were taken aside, and what becomes of them.

use std::process::ExitCode;

use contracts::operations::{
    ListRequest, Operation, ParkedAction, ParkedList, ParkedMessage, ParkedReason, SettleParked,
    SettleParkedAnswer,
};
use primitives::MessageId;
use serde::Serialize;

use crate::cli::{Listing, OneService, Parked};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session, asked_services};

const MESSAGE: Kind = Kind { name: "parked message", list: "amicable parked list" };

#[derive(Serialize)]
struct OfService {
    service: &'static str,
    #[serde(flatten)]
    list: ParkedList,
}

pub(crate) async fn run(session: &Session, parked: Parked) -> Result<ExitCode, Failure> {
    match parked {
        Parked::List(listing) => list(session, &listing).await,
        Parked::Show { id, service, json } => {
            let answer = settle(session, &id, &service, ParkedAction::Show).await?;
            match answer.2 {
                answer @ SettleParkedAnswer::Shown { .. } if json => say_json(&answer),
                SettleParkedAnswer::Shown { envelope, parked } => show(&parked, &envelope),
                _ => return Err(MESSAGE.unknown(&id).into()),
            }
            Ok(ExitCode::SUCCESS)
        }
        Parked::Replay { id, service } => replay(session, &id, &service).await,
        Parked::Discard { id, service } => discard(session, &id, &service).await,
    }
}

async fn list(session: &Session, listing: &Listing) -> Result<ExitCode, Failure> {
    let lists = parked(session, &listing.service, listing.limit.limit).await?;
    if listing.json {
        say_json(&lists);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["message", "service", "type", "reason", "since", "detail"]);
    for OfService { service, list } in &lists {
        for message in &list.parked {
            table.row([
                short(message.message_id),
                (*service).to_owned(),
                message.message_type.clone(),
                reason(&message.reason).to_owned(),
                message.parked_at.to_string(),
                message.detail.clone(),
            ]);
        }
    }
    table.say("nothing is parked");
    Ok(ExitCode::SUCCESS)
}
