//! `amicable call`: calls to be made, who makes them, and what was said.

use std::process::ExitCode;

use contracts::intake::{CallContact, CallContactAnswer, GetCallContact};
use contracts::telephony_task::{
    ClaimRefusal, ClaimTask, ClaimTaskAnswer, CloseRefusal, CloseTask, CloseTaskAnswer, ListTasks,
    PromisedPayment, ReleaseRefusal, ReleaseTask, ReleaseTaskAnswer, TaskSummary,
};
use primitives::{CallTaskId, CaseId, Timestamp};
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
        Call::Release { id, code } => release(session, &id, code.as_deref()).await,
    }
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListTasks { limit }).await?;
    let now = session.business_now().await?;
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
            taken_on(session, task, now).await?,
        ]);
    }
    table.say("no calls wait");
    Ok(ExitCode::SUCCESS)
}

async fn taken_on(
    session: &Session,
    task: &TaskSummary,
    now: Timestamp,
) -> Result<String, Failure> {
    let Some(staff_id) = task.claimed_by else { return Ok("nobody".to_owned()) };
    let code = session.people().await?.code(staff_id);
    Ok(if now < task.not_after { code } else { format!("{code}, to be written down") })
}

/// The call whose id begins so, and its case.
async fn find(session: &Session, given: &str) -> Result<(CallTaskId, CaseId), Failure> {
    let tasks = session.asker.ask(&ListTasks { limit: LIST_MAX }).await?.tasks;
    let task_id = CALL.find(given, tasks.iter().map(|task| task.task_id))?;
    let task = tasks.into_iter().find(|task| task.task_id == task_id);
    let case_id = task.map(|task| task.case_id);
    Ok((task_id, case_id.ok_or_else(|| Failure::Refused(OVER.to_owned()))?))
}

async fn claim(
    session: &Session,
    given: &str,
    code: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let (task_id, case_id) = find(session, given).await?;
    let request = ClaimTask { task_id, case_id };
    let until = match session.change_as(staff_id, &request).await? {
        ClaimTaskAnswer::Claimed { until, .. } => until,
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
        say(format_args!("the number of the case is {}", contact.case_number));
    }
    say(format_args!(
        "say who you are and that you call for {}; speak of the claim to nobody else than {}",
        sheet.case.parties.creditor.name, sheet.case.parties.debtor.name
    ));
    say("");
    case::tell(&sheet.case);
    say(format_args!(
        "\nwrite down how it went with `amicable call close {task} --as ... --outcome ... --reason \
         ... --summary ...`,\nor give it back with `amicable call release {task} --as ...`"
    ));
}

async fn close(session: &Session, close: CallClose) -> Result<ExitCode, Failure> {
    let word = |expected| move |_| Failure::Argument { given: String::new(), expected };
    let staff_id = session.staff(&close.who.code).await?;
    let (task_id, case_id) = find(session, &close.id).await?;
    let promise = close.promise.zip(close.by);
    let request = CloseTask {
        task_id,
        case_id,
        called_at: close.at,
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

async fn release(session: &Session, given: &str, code: Option<&str>) -> Result<ExitCode, Failure> {
    let (task_id, _) = find(session, given).await?;
    let request = ReleaseTask { task_id };
    let answer = match code {
        Some(code) => session.change_as(session.staff(code).await?, &request).await?,
        None => session.change(&request).await?,
    };
    match answer {
        ReleaseTaskAnswer::Open { until } => {
            say(format_args!("given back: it waits for a caller until {}", told(until)));
            Ok(ExitCode::SUCCESS)
        }
        ReleaseTaskAnswer::NotMade => {
            say("given back: it was not made");
            Ok(ExitCode::SUCCESS)
        }
        ReleaseTaskAnswer::Refused { reason } => {
            let why = match reason {
                ReleaseRefusal::Unknown => UNKNOWN,
                ReleaseRefusal::NotTakenByYou => {
                    "you did not take it on; once its time is over, leave out `--as` to give it \
                     back for its caller"
                }
                ReleaseRefusal::Over => OVER,
            };
            Err(Failure::Refused(format!("the call is not given back: {why}")))
        }
    }
}

const UNKNOWN: &str = "there is no such call; see `amicable call list`";
const OVER: &str = "it was made, withdrawn, or not made in time";

fn no_claim(reason: &ClaimRefusal) -> String {
    match reason {
        ClaimRefusal::Unknown => UNKNOWN.to_owned(),
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
        ClaimRefusal::NothingOwed => "nothing is owed any more".to_owned(),
        ClaimRefusal::PaymentsNotKnown { until, within_days } => format!(
            "payments are known {}, and that may be at most {within_days} days old; who paid \
             already is not called: read newer statements first with `amicable bank import`",
            until.map_or_else(|| "of no day".to_owned(), |day| format!("until {}", told_day(day)))
        ),
        ClaimRefusal::ToBeWrittenDown => {
            "it was taken back, or its time is over: do not call any more; write down how it \
             went with `amicable call close`, or give it back with `amicable call release`"
                .to_owned()
        }
        ClaimRefusal::Over => OVER.to_owned(),
    }
}

fn no_close(reason: &CloseRefusal) -> String {
    match reason {
        CloseRefusal::Unknown => UNKNOWN.to_owned(),
        CloseRefusal::NotTakenByYou => {
            "you did not take it on; see `amicable call claim`".to_owned()
        }
        CloseRefusal::Over => OVER.to_owned(),
        CloseRefusal::NotCalledThen { not_before, not_after } => format!(
            "say with --at when the debtor was called: between {} and {}, when it was taken on and \
             when it could last be made",
            told(*not_before),
            told(*not_after)
        ),
        CloseRefusal::PromiseAboveOpen { open } => {
            format!("{open} is open: write down a promise of that at most")
        }
        CloseRefusal::SummaryEmpty => "--summary has to say in a sentence what was said".to_owned(),
        CloseRefusal::PromiseAndOutcomeDiffer => {
            "--promise and --by belong to the outcome `promised`, which needs them".to_owned()
        }
        CloseRefusal::PromiseOfNothing => {
            "the promised amount has to be above zero, in the currency of the claims".to_owned()
        }
        CloseRefusal::PromiseTooLate { latest } => {
            format!("--by has to be a day from that of the call to {}", told_day(*latest))
        }
        CloseRefusal::ReasonAndOutcomeDiffer => {
            "that reason does not go with that outcome: a promise goes with carelessness, \
             hardship, unwilling, moved and not-given; `no-answer` with unreached; what somebody \
             else told of the debtor with `other-person`; every other reason with `reached`"
                .to_owned()
        }
    }
}
