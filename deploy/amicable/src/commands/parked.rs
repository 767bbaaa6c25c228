//! `amicable parked`: messages that were taken aside, and what becomes of them.

use std::process::ExitCode;

use contracts::operations::{
    Operation, ParkedAction, ParkedList, ParkedMessage, ParkedReason, SettleParked,
    SettleParkedAnswer,
};
use primitives::MessageId;

use super::listing::{self, OfService};
use crate::cli::{Listing, OneService, Parked};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const MESSAGE: Kind = Kind { name: "parked message", list: "amicable parked list" };

pub(crate) async fn run(session: &Session, parked: Parked) -> Result<ExitCode, Failure> {
    match parked {
        Parked::List(listing) => list(session, &listing).await,
        Parked::Show { id, service, json } => {
            let answer = settle(session, &id, &service, ParkedAction::Show).await?;
            if json {
                say_json(&answer);
                return Ok(ExitCode::SUCCESS);
            }
            tell(&id, answer)
        }
        Parked::Replay { id, service } => {
            tell(&id, settle(session, &id, &service, ParkedAction::Replay).await?)
        }
        Parked::Discard { id, service } => {
            tell(&id, settle(session, &id, &service, ParkedAction::Discard).await?)
        }
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

async fn parked(
    session: &Session,
    service: &OneService,
    limit: u32,
) -> Result<Vec<OfService<ParkedList>>, Failure> {
    listing::ask(session, service, Operation::ListParked, limit).await
}

/// Does it to the one parked message whose id begins so, whichever service has it.
async fn settle(
    session: &Session,
    given: &str,
    service: &OneService,
    action: ParkedAction,
) -> Result<SettleParkedAnswer, Failure> {
    let lists = parked(session, service, LIST_MAX).await?;
    let ids = |of: &OfService<ParkedList>| -> Vec<MessageId> {
        of.list.parked.iter().map(|message| message.message_id).collect()
    };
    let message_id = MESSAGE.find(given, lists.iter().flat_map(ids))?;
    // The same event may be parked by several consumers: then the service must be named.
    let mut holders = lists.iter().filter(|of| ids(of).contains(&message_id));
    let (Some(holder), None) = (holders.next(), holders.next()) else {
        return Err(Failure::Argument {
            given: given.to_owned(),
            expected: "parked in one service only; name the one you mean with --service",
        });
    };
    let request = SettleParked { message_id, action };
    Ok(session.asker.operate(holder.service, Operation::SettleParked, &request).await?)
}

fn tell(given: &str, answer: SettleParkedAnswer) -> Result<ExitCode, Failure> {
    match answer {
        SettleParkedAnswer::Shown { envelope, parked } => show(&parked, &envelope),
        SettleParkedAnswer::Replayed => say("replayed: it was handled, or waits now"),
        SettleParkedAnswer::Discarded => say("discarded; it stays in the history"),
        SettleParkedAnswer::ParkedAgain { detail } => {
            say(format_args!("tried, and parked again: {detail}"));
            return Ok(ExitCode::FAILURE);
        }
        SettleParkedAnswer::Unknown => return Err(MESSAGE.unknown(given).into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(parked: &ParkedMessage, envelope: &str) {
    say(format_args!("{} {}", parked.message_type, parked.message_id));
    say(format_args!(
        "parked {}, replayed {} times, as {}",
        parked.parked_at,
        parked.replay_count,
        reason(&parked.reason)
    ));
    say(format_args!("because: {}", parked.detail));
    match serde_json::from_str::<serde_json::Value>(envelope) {
        Ok(value) => say_json(&value),
        Err(_) => say(envelope),
    }
}

const fn reason(reason: &ParkedReason) -> &'static str {
    match reason {
        ParkedReason::Poison => "poison",
        ParkedReason::Bug => "bug",
        ParkedReason::Stale => "stale",
    }
}
