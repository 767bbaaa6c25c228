//! Bank files that were set aside, and what a person decides about them.

use std::process::ExitCode;

use contracts::payment_reconciliation::{
    BankFileDecided, BankFileDecision, BankFileRefusal, DecideBankFile, DecideBankFileAnswer,
    ImportedStatement, ListBankFiles, OfferedStatement,
};
use primitives::ContentHash;

use super::say_statement;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::told;
use crate::output::{say, say_json};
use crate::sentences::{counted, problem, say_problems};
use crate::session::Session;

/// So many files are looked through for the beginning of an id.
const MOST: u32 = 100;
const FILE: Kind = Kind { name: "bank file", list: "amicable bank files --all" };

pub(super) async fn files(
    session: &Session,
    with_decided: bool,
    json: bool,
) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListBankFiles { limit: MOST, with_decided }).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let people = session.people().await?;
    for file in &list.files {
        let (id, since) = (short(file.document), told(file.quarantined_at));
        let state = file.decided.as_ref().map_or_else(
            || "waits for a decision".to_owned(),
            |it| format!("{} by {}", decided(it), people.code(it.by)),
        );
        say(format_args!("bank file {id}, set aside {since}: {state}"));
        say_problems(&file.problems);
    }
    let shown = u64::try_from(list.files.len()).unwrap_or(u64::MAX);
    if shown == 0 {
        say("no bank file waits for a decision");
    } else if shown < list.total {
        say(format_args!("the first {shown} of {}", list.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// What taking a file in would book.
pub(super) async fn offer(session: &Session, given: &str, json: bool) -> Result<ExitCode, Failure> {
    let document = find(session, given).await?;
    let request = DecideBankFile { document, decision: None, because: String::new() };
    let answer = session.change(&request).await?;
    if json {
        say_json(&answer);
        return Ok(ExitCode::SUCCESS);
    }
    tell(document, answer)
}

pub(super) async fn decide(
    session: &Session,
    (given, decision): (&str, BankFileDecision),
    because: String,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let document = find(session, given).await?;
    let request = DecideBankFile { document, decision: Some(decision), because };
    tell(document, session.change_as(staff_id, &request).await?)
}

fn tell(document: ContentHash, answer: DecideBankFileAnswer) -> Result<ExitCode, Failure> {
    let id = short(document);
    match answer {
        DecideBankFileAnswer::Offered { statements, known_count } => {
            say(format_args!("bank file {id} would be taken in like this:"));
            let of = |it: &OfferedStatement| it.statement.clone();
            tell_statements(&statements.iter().map(of).collect::<Vec<_>>(), known_count);
            for known in statements.iter().flat_map(|it| &it.known) {
                let payment = short(known.payment_id);
                say(format_args!(
                    "  {} of {} is booked as payment {payment}",
                    known.amount, known.booked_on
                ));
            }
        }
        DecideBankFileAnswer::TakenIn { statements, known_count } => {
            say(format_args!("bank file {id} is taken in:"));
            tell_statements(&statements, known_count);
        }
        DecideBankFileAnswer::SetAside => {
            say(format_args!("bank file {id} is set aside for good; nothing of it was booked"));
        }
        DecideBankFileAnswer::AlreadyDecided(it) => {
            say(format_args!("bank file {id} was decided before: {}", decided(&it)));
        }
        DecideBankFileAnswer::Refused { reason } => return Err(refused(&id, reason)),
        DecideBankFileAnswer::Unknown => return Err(FILE.unknown(&id).into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_statements(statements: &[ImportedStatement], known_count: u32) {
    statements.iter().for_each(say_statement);
    if statements.is_empty() {
        say("  every statement of it was taken in before");
    }
    if known_count > 0 {
        let movements = counted(&known_count, "movement");
        say(format_args!("  less {movements} that another statement told of"));
    }
}

fn decided(it: &BankFileDecided) -> String {
    let what = match it.decision {
        BankFileDecision::TakeIn => "taken in",
        BankFileDecision::SetAside => "set aside for good",
    };
    format!("{what} {} ({})", told(it.at), it.because)
}

fn refused(id: &str, reason: BankFileRefusal) -> Failure {
    Failure::Refused(match reason {
        BankFileRefusal::NotOfTheFinanceDesk => {
            "only a member of staff with the role finance-desk decides about bank files".to_owned()
        }
        BankFileRefusal::NoReason => "say why with --because".to_owned(),
        BankFileRefusal::Unbookable { problems } => {
            let problems = problems.iter().map(problem).collect::<Vec<_>>().join("; ");
            format!("bank file {id} cannot be booked, and can only be set aside: {problems}")
        }
    })
}

async fn find(session: &Session, given: &str) -> Result<ContentHash, Failure> {
    let list = session.asker.ask(&ListBankFiles { limit: MOST, with_decided: false }).await?;
    let waiting = list.files.iter().map(|it| it.document);
    if let Ok(document) = FILE.find(given, waiting) {
        return Ok(document);
    }
    let list = session.asker.ask(&ListBankFiles { limit: MOST, with_decided: true }).await?;
    Ok(FILE.find(given, list.files.iter().map(|it| it.document))?)
}
