//! `amicable debit`: collecting by direct debit.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use contracts::payment_reconciliation::{
    ApproveDebit, ApproveDebitAnswer, CloseDebit, CloseDebitAnswer, Debit, DebitFile, DebitLeftOut,
    DebitList, DebitRefusal, DebitState, ListDebits, LoweredDebit, ProposeDebit,
    ProposeDebitAnswer, WriteDebits, WriteDebitsAnswer,
};
use primitives::{ContentHash, DebitFileId, DebitId, StaffId};
use tokio::time::{Instant, sleep};

use super::refund::meaning;
use super::{case, mandate};
use crate::cli::Debit as Deed;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::told_day;
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, PATIENCE, Session};

const DEBIT: Kind = Kind { name: "direct debit", list: "amicable debit list" };
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(session: &Session, deed: Deed) -> Result<ExitCode, Failure> {
    match deed {
        Deed::Propose { case, mandate, due, notified_on, amount, who } => {
            let staff_id = session.staff(&who.code).await?;
            let request = ProposeDebit {
                case_id: case::find(session, &case).await?,
                mandate_id: mandate::find(session, &mandate).await?,
                amount,
                due_on: due,
                notified_on,
            };
            propose(session, staff_id, &request).await?;
        }
        Deed::Approve { id, who } => approve(session, &id, &who.code).await?,
        Deed::Close { id, refused_for, who } => {
            close(session, &id, refused_for, &who.code).await?;
        }
        Deed::Write { who } => write(session, &who.code).await?,
        Deed::List { limit, json } => list(session, limit.limit, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn propose(
    session: &Session,
    staff_id: StaffId,
    request: &ProposeDebit,
) -> Result<(), Failure> {
    match session.change_as(staff_id, request).await? {
        ProposeDebitAnswer::Proposed(debit) => {
            let (id, due) = (short(debit.debit_id), told_day(debit.due_on));
            say(format_args!("direct debit {id}: {} on {due}", debit.amount));
            say(format_args!(
                "somebody else of the finance desk approves it: `amicable debit approve {id} --as \
                 CODE`"
            ));
            Ok(())
        }
        ProposeDebitAnswer::Waiting(debit) => {
            say(format_args!(
                "nothing new: direct debit {} of {} for that day is {}",
                short(debit.debit_id),
                debit.amount,
                state(&debit.state)
            ));
            Ok(())
        }
        ProposeDebitAnswer::Refused { reason } => Err(refused(&reason)),
        ProposeDebitAnswer::Unknown => {
            let said = "the case is not known yet where money is; try again in a moment";
            Err(Failure::Refused(said.to_owned()))
        }
    }
}

async fn approve(session: &Session, given: &str, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let debit_id = find(session, given).await?;
    match session.change_as(staff_id, &ApproveDebit { debit_id }).await? {
        ApproveDebitAnswer::Approved(debit) | ApproveDebitAnswer::AlreadyApproved(debit) => {
            say(format_args!(
                "direct debit {} of {} is {}; make the file with `amicable debit write`",
                short(debit_id),
                debit.amount,
                state(&debit.state)
            ));
            Ok(())
        }
        ApproveDebitAnswer::Refused { reason } => Err(refused(&reason)),
        ApproveDebitAnswer::Unknown => Err(DEBIT.unknown(given).into()),
    }
}

async fn close(
    session: &Session,
    given: &str,
    reason_code: Option<String>,
    code: &str,
) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let debit_id = find(session, given).await?;
    match session.change_as(staff_id, &CloseDebit { debit_id, reason_code }).await? {
        CloseDebitAnswer::Closed(debit) => {
            let (id, state) = (short(debit_id), state(&debit.state));
            say(format_args!("direct debit {id} of {} is {state}", debit.amount));
            Ok(())
        }
        CloseDebitAnswer::Refused { reason } => Err(refused(&reason)),
        CloseDebitAnswer::Unknown => Err(DEBIT.unknown(given).into()),
    }
}

/// Has the file made, waits for it, lays it where a person finds it, and names what is not in it.
async fn write(session: &Session, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let left_out = match session.change_as(staff_id, &WriteDebits {}).await? {
        WriteDebitsAnswer::Written { file, debits, lowered, left_out } => {
            let document = made(session, file.file_id).await?;
            let path = save(session, &file, document).await?;
            say(format_args!("{} direct debits, {} in all", file.debits, file.sum));
            say(format_args!("  {}", path.display()));
            for LoweredDebit { debit_id, approved } in &lowered {
                let amount = debits.iter().find(|it| it.debit_id == *debit_id).map(|it| it.amount);
                let amount = amount.map_or_else(String::new, |it| it.to_string());
                let id = short(*debit_id);
                say(format_args!("direct debit {id} is {amount} and not {approved}: less is owed"));
            }
            left_out
        }
        WriteDebitsAnswer::Nothing { left_out } => {
            say("no direct debit can be handed over now; see `amicable debit list`");
            left_out
        }
        WriteDebitsAnswer::Refused => return Err(refused(&DebitRefusal::NotOfTheFinanceDesk)),
    };
    for debit in &left_out {
        let (id, case) = (short(debit.debit_id), short(debit.case_id));
        let why = state(&debit.state);
        say(format_args!("left out: direct debit {id} of {} on case {case}, {why}", debit.amount));
    }
    Ok(())
}

async fn made(session: &Session, file_id: DebitFileId) -> Result<ContentHash, Failure> {
    let begun = Instant::now();
    loop {
        let files = debits(session, LIST_MAX).await?.files;
        let file = files.into_iter().find(|it| it.file_id == file_id);
        if let Some(document) = file.and_then(|it| it.document) {
            return Ok(document);
        }
        if begun.elapsed() > PATIENCE {
            let said = "written, but the file is not made yet; `amicable debit list --json` tells \
                        its hash once it is";
            return Err(Failure::Refused(said.to_owned()));
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn save(
    session: &Session,
    file: &DebitFile,
    document: ContentHash,
) -> Result<PathBuf, Failure> {
    let folder = session.layout.debits();
    fs::create_dir_all(&folder).map_err(Failure::io("make", &folder))?;
    let path = folder.join(format!("{}-direct-debits.xml", short(file.file_id)));
    let bytes = session.files.get(document).await?;
    fs::write(&path, bytes).map_err(Failure::io("write", &path))?;
    Ok(path)
}

async fn find(session: &Session, given: &str) -> Result<DebitId, Failure> {
    let all = debits(session, LIST_MAX).await?.debits;
    Ok(DEBIT.find(given, all.into_iter().map(|it| it.debit_id))?)
}

async fn debits(session: &Session, limit: u32) -> Result<DebitList, Failure> {
    Ok(session.asker.ask(&ListDebits { limit }).await?)
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<(), Failure> {
    let all = debits(session, limit).await?;
    if json {
        say_json(&all);
        return Ok(());
    }
    let people = session.people().await?;
    let mut table = Table::new([
        "debit",
        "case",
        "due",
        "amount",
        "mandate",
        "told",
        "by",
        "approved by",
        "file",
        "state",
    ]);
    for debit in &all.debits {
        let Debit { debit_id, case_id, due_on, amount, mandate_id, notified_on, .. } = *debit;
        table.row([
            short(debit_id),
            short(case_id),
            told_day(due_on),
            amount.to_string(),
            short(mandate_id),
            told_day(notified_on),
            people.code(debit.proposed_by),
            debit.approved_by.map(|it| people.code(it)).unwrap_or_default(),
            debit.file_id.map(short).unwrap_or_default(),
            state(&debit.state),
        ]);
    }
    table.say("no direct debits yet; begin with `amicable debit propose`");
    Ok(())
}

fn state(state: &DebitState) -> String {
    match state {
        DebitState::Proposed => "proposed; somebody else approves it".to_owned(),
        DebitState::Approved => "approved; in no file yet".to_owned(),
        DebitState::Written => "in a file; the bank has not shown it yet".to_owned(),
        DebitState::Collected { collected_on } => {
            format!("collected on {}", told_day(*collected_on))
        }
        DebitState::Returned { returned_on, reason_code, lost } => {
            let why = reason_code.as_deref().map_or_else(String::new, in_words);
            let lost = lost.map_or_else(String::new, |lost| {
                format!("; {lost} of it had been paid back or moved: your own money paid that")
            });
            format!("came back on {}{why}{lost}", told_day(*returned_on))
        }
        DebitState::Rejected { reason_code } => {
            format!("refused by the bank{}", in_words(reason_code))
        }
        DebitState::Void { because } => format!("void: {}", left_out(because)),
    }
}

fn in_words(code: &str) -> String {
    let why = meaning(code).map_or_else(String::new, |why| format!(", {why}"));
    format!(" ({code}{why})")
}

const fn left_out(because: &DebitLeftOut) -> &'static str {
    match because {
        DebitLeftOut::Withdrawn => "withdrawn",
        DebitLeftOut::NothingOwed => "nothing is owed any more that is not being collected",
        DebitLeftOut::ReasonGiven => "the debtor gave a reason that a person has to weigh",
        DebitLeftOut::OnHold => "the case is on hold",
        DebitLeftOut::NoMandate => "the mandate cannot be used any more",
        DebitLeftOut::CameBack => {
            "another collection by the mandate came back since; propose it anew if it is to be \
             tried"
        }
        DebitLeftOut::TooLate => "its day is too near; propose another one, and tell the debtor",
        DebitLeftOut::Outdated => "it was not any more as it was proposed",
    }
}

fn refused(reason: &DebitRefusal) -> Failure {
    let said = match reason {
        DebitRefusal::NotOfTheFinanceDesk => {
            "only staff with the role `finance-desk` may; see `amicable staff list`"
        }
        DebitRefusal::SamePerson => {
            "whoever proposed it may not approve it; ask somebody else of the finance desk"
        }
        DebitRefusal::OtherPerson => "the mandate is of another debtor",
        DebitRefusal::NoMandate => {
            "the mandate cannot be used for that day; see `amicable mandate list`"
        }
        DebitRefusal::PaidToTheCreditor => "debtors of the case are asked to pay to the creditor",
        DebitRefusal::NothingOwed => "nothing is owed that is not being collected already",
        DebitRefusal::WrongAmount { most } => {
            return Failure::Refused(format!("give an amount above zero and of at most {most}"));
        }
        DebitRefusal::NotInEuros => "direct debits are in euros only",
        DebitRefusal::NotASettlementDay => {
            "banks do not settle on that day: no Saturday, Sunday, 1 January, Good Friday, Easter \
             Monday, 1 May, 25 or 26 December"
        }
        DebitRefusal::DueTooSoon { first } => {
            let said = format!("no file for that day can be handed over any more; {first} can be");
            return Failure::Refused(said);
        }
        DebitRefusal::NotifiedTooLate { at_latest } => {
            let said = format!("the debtor has to be told by {at_latest} for that day");
            return Failure::Refused(said);
        }
        DebitRefusal::Outdated => {
            "it is not any more as it was proposed, so it is void; propose it anew"
        }
        DebitRefusal::Decided => "it is void, or came in or back; see `amicable debit list`",
        DebitRefusal::InAFile => {
            "it is in a file: say with `--refused-for CODE` why the bank refused it, or wait for \
             the statement"
        }
        DebitRefusal::InNoFile => "it is in no file, so no bank can have refused it",
        DebitRefusal::NoCode => "give the bank's code: at most four letters and figures",
    };
    Failure::Refused(said.to_owned())
}
