//! `amicable waiting`: messages that wait for something their service has not heard of yet.

use std::process::ExitCode;

use contracts::operations::{
    ListWaiting, Operation, SettleWaiting, SettledWaiting, WaitingAction, WaitingFilter,
    WaitingList, WaitingReason,
};
use mailbox::Asker;

use super::listing::{self, Fit, OfService, PAGE};
use crate::cli::{Listing, MeantMessage, OneService, Waiting, WhichWaiting};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const MESSAGE: Kind = Kind { name: "waiting message", list: "amicable waiting list" };

pub(crate) async fn run(session: &Session, waiting: Waiting) -> Result<ExitCode, Failure> {
    match waiting {
        Waiting::List { which, listing } => list(session, &which, &listing).await,
        Waiting::Try { meant, which } => {
            settle(session, &meant, &which, WaitingAction::TryNow, None).await
        }
        Waiting::GiveUp(give_up) => {
            let (action, because) = (WaitingAction::GiveUp, Some(give_up.because));
            settle(session, &give_up.meant, &give_up.which, action, because).await
        }
    }
}

fn filter(which: &WhichWaiting) -> WaitingFilter {
    WaitingFilter {
        message_id: None,
        message_type: which.of.message_type.clone(),
        reason: which.reason.map(WaitingReason::from),
        detail_has: which.of.detail_has.clone(),
        before: listing::before(which.of.older_than),
    }
}

async fn list(
    session: &Session,
    which: &WhichWaiting,
    listing: &Listing,
) -> Result<ExitCode, Failure> {
    let lists = waiting(session, &listing.service, &filter(which), listing.limit.limit).await?;
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

async fn waiting(
    session: &Session,
    service: &OneService,
    which: &WaitingFilter,
    limit: u32,
) -> Result<Vec<OfService<WaitingList>>, Failure> {
    let body = ListWaiting { which: which.clone(), limit };
    listing::ask(session, service, Operation::ListWaiting, &body).await
}

/// Does it to the message that is named, or to all that fit.
async fn settle(
    session: &Session,
    meant: &MeantMessage,
    which: &WhichWaiting,
    action: WaitingAction,
    because: Option<String>,
) -> Result<ExitCode, Failure> {
    let settling = &meant.settling;
    let asker = session.asker_of(settling.code.as_deref()).await?;
    let wish = |which| SettleWaiting {
        which,
        action: action.clone(),
        because: because.clone(),
        limit: PAGE,
        after: None,
    };
    if let Some(id) = &meant.id {
        let only = WaitingFilter { message_id: id.trim().parse().ok(), ..WaitingFilter::default() };
        let lists = waiting(session, &settling.service, &only, LIST_MAX).await?;
        let ids =
            |list: &WaitingList| list.waiting.iter().map(|message| message.message_id).collect();
        let (holder, message_id) = listing::find(MESSAGE, id, &lists, ids)?;
        let which = WaitingFilter { message_id: Some(message_id), ..WaitingFilter::default() };
        return Ok(tell(&pages(&asker, holder, wish(which)).await?));
    }
    let which = filter(which);
    let lists = waiting(session, &settling.service, &which, 1).await?;
    let counted: Vec<Fit> = lists
        .iter()
        .map(|OfService { service, list: WaitingList { total, counted_at, .. } }| Fit {
            service,
            total: *total,
            counted_at: *counted_at,
        })
        .collect();
    let does = match action {
        WaitingAction::TryNow => "they are tried now",
        WaitingAction::GiveUp => "they are parked",
    };
    if let Some(end) = listing::confirm(&counted, settling, does) {
        return Ok(end);
    }
    let mut done = nothing();
    for of in counted.iter().filter(|of| of.total > 0) {
        let which = WaitingFilter { before: Some(of.before(which.before)), ..which.clone() };
        add(&mut done, &pages(&asker, of.service, wish(which)).await?);
    }
    Ok(tell(&done))
}

/// Page after page, until nothing is left.
async fn pages(
    asker: &Asker,
    service: &str,
    mut wish: SettleWaiting,
) -> Result<SettledWaiting, Failure> {
    let mut done = nothing();
    loop {
        let page: SettledWaiting = asker.operate(service, Operation::SettleWaiting, &wish).await?;
        let Some(last) = page.last else { return Ok(done) };
        wish.after = Some(last);
        add(&mut done, &page);
    }
}

const fn nothing() -> SettledWaiting {
    SettledWaiting { handled: 0, waiting: 0, parked: 0, given_up: 0, last: None }
}

fn add(sum: &mut SettledWaiting, page: &SettledWaiting) {
    listing::add([
        (&mut sum.handled, page.handled),
        (&mut sum.waiting, page.waiting),
        (&mut sum.parked, page.parked),
        (&mut sum.given_up, page.given_up),
    ]);
}

fn tell(done: &SettledWaiting) -> ExitCode {
    let told = [
        (done.handled, "handled"),
        (done.waiting, "tried, and waiting on"),
        (done.parked, "tried, and parked; see `amicable parked list`"),
        (done.given_up, "parked; see `amicable parked list --reason given-up`"),
    ];
    if told.iter().all(|(count, _)| *count == 0) {
        say("nothing waits any more");
    }
    for (count, what) in told.into_iter().filter(|(count, _)| *count > 0) {
        say(format_args!("{count} {what}"));
    }
    ExitCode::SUCCESS
}
