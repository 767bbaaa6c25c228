//! `amicable call`: calls to be made, who makes them, and what was said.

use std::process::ExitCode;

use contracts::intake::{CallContact, CallContactAnswer, GetCallContact};
use contracts::telephony_task::{
    ClaimRefusal, ClaimTask, ClaimTaskAnswer, CloseRefusal, CloseTask, CloseTaskAnswer, ListTasks,
    PromisedPayment, TaskSummary,
};
use primitives::{CallTaskId, Money, Timestamp};
use serde::Serialize;

use super::case::{self, Whole};
use crate::cli::{Call, CallClose};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{told, told_day};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const CALL: Kind = Kind { name: "call", list: "amicable call list" };

/// All that a caller needs to know.
#[derive(Debug, Serialize)]
struct Sheet {
    task_id: CallTaskId,
    until: Timestamp,
    contact: Option<CallContact>,
    case: Whole,
}

pub(crate) async fn run(session: &Session, call: Call) -> Result<ExitCode, Failure> {
    match call {
        Call::List { limit, json } => list(session, limit.limit, json).await,
        Call::Claim { id, who, json } => claim(session, &id, &who.code, json).await,
        Call::Close(close) => self::close(session, close).await,
    }
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListTasks { limit }).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["call", "debtor", "for", "open", "language", "from", "until", "taken on"]);
    for task in &list.tasks {
        let case = case::load(session, task.case_id).await?;
        table.row([
            short(task.task_id),
            case.parties.debtor.name.clone(),
            case.parties.creditor.name.clone(),
            case.money.map_or_else(|| "-".to_owned(), |money| money.open.to_string()),
            task.language.to_string(),
            told(task.not_before),
            told(task.not_after),
            taken_on(session, task).await?,
        ]);
    }
    table.say("no calls wait");
    Ok(ExitCode::SUCCESS)
}

async fn taken_on(session: &Session, task: &TaskSummary) -> Result<String, Failure> {
    let Some(staff_id) = task.claimed_by else { return Ok("nobody".to_owned()) };
    Ok(session.people().await?.code(staff_id))
}

/// The call whose id begins so.
async fn find(session: &Session, given: &str) -> Result<CallTaskId, Failure> {
    if let Ok(task_id) = given.trim().parse() {
        return Ok(task_id);
    }
    let tasks = session.asker.ask(&ListTasks { limit: LIST_MAX }).await?.tasks;
    Ok(CALL.find(given, tasks.into_iter().map(|task| task.task_id))?)
}

async fn claim(
    session: &Session,
    given: &str,
    code: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let task_id = find(session, given).await?;
    let (case_id, until) = match session.change_as(staff_id, &ClaimTask { task_id }).await? {
        ClaimTaskAnswer::Claimed { case_id, until } => (case_id, until),
        ClaimTaskAnswer::Refused { reason } => {
            return Err(Failure::Refused(format!("the call is not yours: {}", no_claim(&reason))));
        }
    };
    let contact = match session.asker.ask(&GetCallContact { case_id }).await? {
        CallContactAnswer::Known(contact) => Some(contact),
        CallContactAnswer::Unknown => None,
    };
    let sheet = Sheet { task_id, until, contact, case: case::load(session, case_id).await? };
    if json {
        say_json(&sheet);
    } else {
        tell(&sheet);
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything on one page, the first things first.
fn tell(sheet: &Sheet) {
    let task = short(sheet.task_id);
    say(format_args!("call {task} is yours until {}", told(sheet.until)));
    if let Some(contact) = &sheet.contact {
        let telephones = contact.telephones.join(" or ");
        say(format_args!("call {} on {telephones}, in {}", contact.name, contact.language));
    }
    say(format_args!(
        "say who you are and that you call for {}; speak of the claim to nobody else than {}",
        sheet.case.parties.creditor.name, sheet.case.parties.debtor.name
    ));
    say("");
    case::tell(&sheet.case);
    say(format_args!(
        "\nwrite down how it went with `amicable call close {task} --as ... --outcome ... --reason \
         ... --summary ...`"
    ));
}

async fn close(session: &Session, close: CallClose) -> Result<ExitCode, Failure> {
    let word = |expected| move |_| Failure::Argument { given: String::new(), expected };
    let staff_id = session.staff(&close.who.code).await?;
    let task_id = find(session, &close.id).await?;
    let promise = close.promise.zip(close.by);
    if let Some((amount, _)) = promise {
        not_beyond(session, task_id, amount).await?;
    }
    let request = CloseTask {
        task_id,
        outcome: close.outcome.parse().map_err(word("an outcome of a call"))?,
        reason: close.reason.parse().map_err(word("a reason for non-payment"))?,
        summary: session.store_text(&close.summary).await?,
        promise: promise.map(|(amount, pay_by)| PromisedPayment { amount, pay_by }),
    };
    match session.change_as(staff_id, &request).await? {
        CloseTaskAnswer::Closed { case_id } => {
            let case = short(case_id);
            say(format_args!("written down; see `amicable case show {case}` for what follows"));
            Ok(ExitCode::SUCCESS)
        }
        CloseTaskAnswer::Refused { reason } => {
            Err(Failure::Refused(format!("the call is not closed: {}", no_close(&reason))))
        }
    }
}

/// A typing error must not become a promise of more than is owed.
async fn not_beyond(session: &Session, task_id: CallTaskId, amount: Money) -> Result<(), Failure> {
    let tasks = session.asker.ask(&ListTasks { limit: LIST_MAX }).await?.tasks;
    let Some(task) = tasks.into_iter().find(|task| task.task_id == task_id) else { return Ok(()) };
    let open = case::money(session, task.case_id).await?.map(|money| money.open);
    match open {
        Some(open) if open.checked_sub(amount).is_ok_and(Money::is_negative) => {
            Err(Failure::Refused(format!("{open} is open: write down a promise of that at most")))
        }
        Some(_) | None => Ok(()),
    }
}

fn no_claim(reason: &ClaimRefusal) -> String {
    match reason {
        ClaimRefusal::Unknown => "there is no such call; see `amicable call list`".to_owned(),
        ClaimRefusal::NotACaller => {
            "only staff with the role `caller` may; see `amicable staff list`".to_owned()
        }
        ClaimRefusal::NoCertificate => {
            "there is no certificate for the country of the debtor; see `amicable staff list`"
                .to_owned()
        }
        ClaimRefusal::CertificateEnded { on } => format!(
            "the certificate for the country of the debtor ended on {}; register the new one with \
             `amicable staff add`",
            told_day(*on)
        ),
        ClaimRefusal::TakenByAnother => "somebody else took it on".to_owned(),
        ClaimRefusal::NotNow { not_before, not_after } => {
            format!("it may be made from {} until {} only", told(*not_before), told(*not_after))
        }
        ClaimRefusal::Over => "it was made, withdrawn, or not made in time".to_owned(),
    }
}

fn no_close(reason: &CloseRefusal) -> String {
    match reason {
        CloseRefusal::Unknown => "there is no such call; see `amicable call list`".to_owned(),
        CloseRefusal::NotTakenByYou => {
            "you did not take it on; see `amicable call claim`".to_owned()
        }
        CloseRefusal::Over => "it was made, withdrawn, or not made in time".to_owned(),
        CloseRefusal::SummaryEmpty => "--summary has to say in a sentence what was said".to_owned(),
        CloseRefusal::PromiseAndOutcomeDiffer => {
            "--promise and --by belong to the outcome `promised`, which needs them".to_owned()
        }
        CloseRefusal::PromiseOfNothing => {
            "the promised amount has to be above zero, in the currency of the claims".to_owned()
        }
        CloseRefusal::PromiseTooLate { latest } => {
            format!("--by has to be a day from today to {}", told_day(*latest))
        }
        CloseRefusal::ReasonAndOutcomeDiffer => {
            "that reason does not go with that outcome: a promise goes with carelessness, \
             hardship, unwilling, moved and not-given; `no-answer` with unreached; what somebody \
             else told of the debtor with `other-person`; every other reason with `reached`"
                .to_owned()
        }
    }
}
