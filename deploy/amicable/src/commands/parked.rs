//! `amicable parked`: messages that were taken aside, and what becomes of them.

use std::process::ExitCode;

use contracts::operations::{
    ListParked, Operation, ParkedAction, ParkedEvent, ParkedFilter, ParkedList, ParkedMessage,
    ParkedReason, ParkedState, SettleParked, SettledAs, SettledParked, ShowParked,
    ShowParkedAnswer,
};
use mailbox::Asker;
use primitives::MessageId;

use super::listing::{self, Fit, OfService, PAGE};
use crate::cli::{Listing, MeantMessage, OneService, Parked, WhichParked};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, People, Session};

const MESSAGE: Kind = Kind { name: "parked message", list: "amicable parked list" };

pub(crate) async fn run(session: &Session, parked: Parked) -> Result<ExitCode, Failure> {
    match parked {
        Parked::List { which, settled, listing } => list(session, &which, settled, &listing).await,
        Parked::Show { id, service, json } => show(session, &id, &service, json).await,
        Parked::Replay(replay) => {
            let (action, because) = (ParkedAction::Replay, replay.because);
            settle(session, &replay.meant, &replay.which, action, because).await
        }
        Parked::Discard(discard) => {
            let (action, because) = (ParkedAction::Discard, Some(discard.because));
            settle(session, &discard.meant, &discard.which, action, because).await
        }
    }
}

fn filter(which: &WhichParked) -> ParkedFilter {
    ParkedFilter {
        message_id: None,
        message_type: which.of.message_type.clone(),
        reason: which.reason.map(ParkedReason::from),
        detail_has: which.of.detail_has.clone(),
        before: listing::before(which.of.older_than),
    }
}

async fn list(
    session: &Session,
    which: &WhichParked,
    settled: bool,
    listing: &Listing,
) -> Result<ExitCode, Failure> {
    let which = filter(which);
    let lists = parked(session, &listing.service, &which, settled, listing.limit.limit).await?;
    if listing.json {
        say_json(&lists);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["message", "service", "type", "reason", "since", "state", "detail"]);
    for OfService { service, list } in &lists {
        for message in &list.parked {
            table.row([
                short(message.message_id),
                (*service).to_owned(),
                message.message_type.clone(),
                reason(&message.reason).to_owned(),
                message.parked_at.to_string(),
                state(&message.state).to_owned(),
                message.detail.clone(),
            ]);
        }
    }
    table.say(if settled { "nothing was settled" } else { "nothing is parked" });
    Ok(ExitCode::SUCCESS)
}

async fn parked(
    session: &Session,
    service: &OneService,
    which: &ParkedFilter,
    settled: bool,
    limit: u32,
) -> Result<Vec<OfService<ParkedList>>, Failure> {
    let body = ListParked { which: which.clone(), settled, limit };
    listing::ask(session, service, Operation::ListParked, &body).await
}

/// The one parked message whose id begins so, and the service that has it.
async fn find(
    session: &Session,
    given: &str,
    service: &OneService,
    states: &[bool],
) -> Result<(&'static str, MessageId), Failure> {
    // Of a whole id it does not matter how many others there are.
    let which = ParkedFilter { message_id: given.trim().parse().ok(), ..ParkedFilter::default() };
    let mut lists = Vec::new();
    for settled in states {
        lists.extend(parked(session, service, &which, *settled, LIST_MAX).await?);
    }
    let ids = |list: &ParkedList| list.parked.iter().map(|message| message.message_id).collect();
    listing::find(MESSAGE, given, &lists, ids)
}

async fn show(
    session: &Session,
    id: &str,
    service: &OneService,
    json: bool,
) -> Result<ExitCode, Failure> {
    let (holder, message_id) = find(session, id, service, &[false, true]).await?;
    let request = ShowParked { message_id };
    let answer = session.asker.operate(holder, Operation::ShowParked, &request).await?;
    match &answer {
        ShowParkedAnswer::Unknown => return Err(MESSAGE.unknown(id).into()),
        shown if json => say_json(shown),
        ShowParkedAnswer::Shown { parked, envelope, history } => {
            tell(parked, envelope, history, &session.people().await?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Does it to the message that is named, or to all that fit.
async fn settle(
    session: &Session,
    meant: &MeantMessage,
    which: &WhichParked,
    action: ParkedAction,
    because: Option<String>,
) -> Result<ExitCode, Failure> {
    let settling = &meant.settling;
    let asker = session.asker_of(settling.code.as_deref()).await?;
    let wish = |which| SettleParked {
        which,
        action: action.clone(),
        because: because.clone(),
        limit: PAGE,
        after: None,
    };
    if let Some(id) = &meant.id {
        let (holder, message_id) = find(session, id, &settling.service, &[false]).await?;
        let which = ParkedFilter { message_id: Some(message_id), ..ParkedFilter::default() };
        let done = pages(&asker, holder, wish(which)).await?;
        if [done.handled, done.waiting, done.parked_again, done.discarded] == [0; 4] {
            return Err(MESSAGE.unknown(id).into());
        }
        return Ok(tell_settled(&done));
    }
    let which = filter(which);
    let lists = parked(session, &settling.service, &which, false, 1).await?;
    let counted: Vec<Fit> = lists
        .iter()
        .map(|OfService { service, list: ParkedList { total, counted_at, .. } }| Fit {
            service,
            total: *total,
            counted_at: *counted_at,
        })
        .collect();
    let does = match action {
        ParkedAction::Replay => "they are tried again",
        ParkedAction::Discard => "they are closed for good",
    };
    if let Some(end) = listing::confirm(&counted, settling, does) {
        return Ok(end);
    }
    let mut done = nothing();
    for of in counted.iter().filter(|of| of.total > 0) {
        let which = ParkedFilter { before: Some(of.before(which.before)), ..which.clone() };
        add(&mut done, pages(&asker, of.service, wish(which)).await?);
    }
    Ok(tell_settled(&done))
}

/// Page after page, until nothing is left.
async fn pages(
    asker: &Asker,
    service: &str,
    mut wish: SettleParked,
) -> Result<SettledParked, Failure> {
    let mut done = nothing();
    loop {
        let page: SettledParked = asker.operate(service, Operation::SettleParked, &wish).await?;
        let Some(last) = page.last else { return Ok(done) };
        wish.after = Some(last);
        add(&mut done, page);
    }
}

const fn nothing() -> SettledParked {
    SettledParked {
        handled: 0,
        waiting: 0,
        parked_again: 0,
        discarded: 0,
        detail: None,
        last: None,
    }
}

fn add(sum: &mut SettledParked, page: SettledParked) {
    listing::add([
        (&mut sum.handled, page.handled),
        (&mut sum.waiting, page.waiting),
        (&mut sum.parked_again, page.parked_again),
        (&mut sum.discarded, page.discarded),
    ]);
    sum.detail = page.detail.or(sum.detail.take());
}

fn tell_settled(done: &SettledParked) -> ExitCode {
    for (count, what) in [
        (done.handled, "replayed and handled"),
        (done.waiting, "replayed, and waiting now"),
        (done.discarded, "discarded; they stay in the history"),
    ] {
        if count > 0 {
            say(format_args!("{count} {what}"));
        }
    }
    if done.parked_again == 0 {
        return ExitCode::SUCCESS;
    }
    let detail = done.detail.as_deref().unwrap_or_default();
    say(format_args!("{} tried, and parked again: {detail}", done.parked_again));
    ExitCode::FAILURE
}

fn tell(parked: &ParkedMessage, envelope: &str, history: &[ParkedEvent], people: &People) {
    say(format_args!("{} {}", parked.message_type, parked.message_id));
    say(format_args!(
        "{}; parked {}, replayed {} times, as {}",
        state(&parked.state),
        parked.parked_at,
        parked.replay_count,
        reason(&parked.reason)
    ));
    say(format_args!("because: {}", parked.detail));
    for event in history {
        match event {
            ParkedEvent::Parked { at, reason: why, detail } => {
                say(format_args!("before: parked {at} as {}: {detail}", reason(why)));
            }
            ParkedEvent::Settled { at, action, by, because } => {
                let action = match action {
                    SettledAs::Replayed => "replayed",
                    SettledAs::Discarded => "discarded",
                    SettledAs::GivenUp => "given up on",
                };
                let because = because.as_deref().unwrap_or("no reason was given");
                say(format_args!("{action} {at} by {}: {because}", people.actor(by)));
            }
        }
    }
    match serde_json::from_str::<serde_json::Value>(envelope) {
        Ok(value) => say_json(&value),
        Err(_) => say(envelope),
    }
}

const fn state(state: &ParkedState) -> &'static str {
    match state {
        ParkedState::Open => "open",
        ParkedState::Replayed => "replayed",
        ParkedState::Discarded => "discarded",
    }
}

const fn reason(reason: &ParkedReason) -> &'static str {
    match reason {
        ParkedReason::Poison => "poison",
        ParkedReason::Bug => "bug",
        ParkedReason::Stale => "stale",
        ParkedReason::GivenUp => "given up",
    }
}
