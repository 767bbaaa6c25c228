//! `amicable bank`: bank statements, and the money on them that fits nothing.

mod files;
mod payouts;
mod unmatched;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contracts::payment_reconciliation::{
    AssignPayment, BankFileDecision, ImportStatement, ImportStatementAnswer, ImportedStatement,
};
use payment_reconciliation::domain::account_statement::FILE_BYTES_MAX;
use serde::Serialize;

use super::import::{bar, files as files_meant, unreadable};
use crate::cli::Bank;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{say, say_json};
use crate::sentences::{self, counted};
use crate::session::Session;
pub(crate) use unmatched::find_money;
use unmatched::{accept, assign, dismiss, find, release, retract, search, unmatched};

#[derive(Serialize)]
struct Imported {
    file: PathBuf,
    answer: ImportStatementAnswer,
}

/// How files of banks end.
const ENDINGS: [&str; 8] = ["xml", "940", "mt940", "sta", "swi", "cod", "coda", "txt"];

pub(crate) async fn run(session: &Session, bank: Bank) -> Result<ExitCode, Failure> {
    match bank {
        Bank::Import { files, json } => import(session, files, json).await,
        Bank::Unmatched { limit, json } => unmatched(session, limit.limit, json).await,
        Bank::Payouts { all, limit, json } => {
            payouts::payouts(session, all, limit.limit, json).await
        }
        Bank::Payout { payment, settlement, who } => {
            payouts::name(session, &payment, settlement, &who.code).await
        }
        Bank::Search {} => search(session).await,
        Bank::Accept { payment, proposal, who } => {
            accept(session, &payment, &proposal, &who.code).await
        }
        Bank::Assign { payment, claims, amount, who } => {
            let staff_id = session.staff(&who.code).await?;
            let payment_id = find(session, &payment).await?.payment_id;
            let mut claim_ids = Vec::new();
            for claim in &claims {
                claim_ids.push(super::claim::find(session, claim).await?.0);
            }
            assign(session, staff_id, AssignPayment { payment_id, claim_ids, amount }).await?;
            Ok(ExitCode::SUCCESS)
        }
        Bank::Release { payment, case, who } => release(session, &payment, &case, &who.code).await,
        Bank::Files { all, json } => files::files(session, all, json).await,
        Bank::Offer { file, json } => files::offer(session, &file, json).await,
        Bank::TakeIn { file, because, who } => {
            let meant = (file.as_str(), BankFileDecision::TakeIn);
            files::decide(session, meant, because, &who.code).await
        }
        Bank::SetAside { file, because, who } => {
            let meant = (file.as_str(), BankFileDecision::SetAside);
            files::decide(session, meant, because, &who.code).await
        }
        Bank::Retract { payment, who } => retract(session, &payment, &who.code).await,
        Bank::Dismiss { payment, who } => dismiss(session, &payment, &who.code).await,
    }
}

/// Takes in one bank file.
pub(crate) async fn import_file(
    session: &Session,
    file: &Path,
) -> Result<ImportStatementAnswer, Failure> {
    let document = session.store_file(file, FILE_BYTES_MAX).await?;
    session.change(&ImportStatement { document }).await
}

async fn import(session: &Session, files: Vec<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut imported = Vec::new();
    // One after the other: statements of one account follow each other.
    let files = files_meant(&files, &ENDINGS)?;
    let bar = bar(files.len());
    for file in files {
        let answer = match import_file(session, &file).await {
            Ok(answer) => answer,
            Err(failure) => {
                let problems = vec![unreadable(failure)?];
                ImportStatementAnswer::Refused { problems }
            }
        };
        imported.push(Imported { file, answer });
        bar.inc(1);
    }
    bar.finish_and_clear();
    if json {
        say_json(&imported);
    } else {
        imported.iter().for_each(tell);
    }
    let taken = |it: &Imported| match it.answer {
        ImportStatementAnswer::Imported { .. } | ImportStatementAnswer::AlreadyKnown { .. } => true,
        ImportStatementAnswer::Quarantined { .. } | ImportStatementAnswer::Refused { .. } => false,
    };
    Ok(if imported.iter().all(taken) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(Imported { file, answer }: &Imported) {
    let file = file.display();
    let (statements, problems) = match answer {
        ImportStatementAnswer::Imported { statements, problems } => {
            say(format_args!("{file}: taken in"));
            (statements.as_slice(), problems.as_slice())
        }
        ImportStatementAnswer::AlreadyKnown { statements } => {
            say(format_args!("{file}: known already; nothing was booked"));
            (statements.as_slice(), &[][..])
        }
        ImportStatementAnswer::Quarantined { problems } => {
            say(format_args!(
                "{file}: set aside for a person (`amicable bank files`); nothing was booked"
            ));
            (&[][..], problems.as_slice())
        }
        ImportStatementAnswer::Refused { problems } => {
            say(format_args!("{file}: refused; nothing was booked"));
            (&[][..], problems.as_slice())
        }
    };
    statements.iter().for_each(say_statement);
    sentences::say_problems(problems);
}

fn say_statement(statement: &ImportedStatement) {
    let ImportedStatement { payment_count, outgoing_count, credited, debited, .. } = statement;
    say(format_args!(
        "  statement {}: {} in ({credited}), {outgoing_count} out ({debited})",
        short(statement.statement_id),
        counted(payment_count, "payment")
    ));
}
