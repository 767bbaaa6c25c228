//! `amicable bank`: bank statements, and the money on them that fits nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contracts::payment_reconciliation::{
    ImportStatement, ImportStatementAnswer, ImportedStatement, ListUnmatched,
};
use payment_reconciliation::domain::account_statement::FILE_BYTES_MAX;
use serde::Serialize;

use super::import::{bar, files as files_meant, unreadable};
use crate::cli::Bank;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json};
use crate::sentences::{self, counted};
use crate::session::Session;

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
    }
}

/// Takes in one bank file.
pub(crate) async fn import_file(
    session: &Session,
    file: &Path,
) -> Result<ImportStatementAnswer, Failure> {
    let bytes_max = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let document = session.store_file(file, bytes_max).await?;
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
            say(format_args!("{file}: set aside for a person; nothing was booked"));
            (&[][..], problems.as_slice())
        }
        ImportStatementAnswer::Refused { problems } => {
            say(format_args!("{file}: refused; nothing was booked"));
            (&[][..], problems.as_slice())
        }
    };
    for statement in statements {
        let ImportedStatement { payment_count, outgoing_count, credited, debited, .. } = statement;
        say(format_args!(
            "  statement {}: {} in ({credited}), {outgoing_count} out ({debited})",
            short(statement.statement_id),
            counted(payment_count, "payment")
        ));
    }
    sentences::say_problems(problems);
}

async fn unmatched(session: &Session, limit: u32, json: bool) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListUnmatched { limit }).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["payment", "received", "amount", "from", "what the payer wrote"]);
    for payment in &list.payments {
        table.row([
            short(payment.payment_id),
            payment.received_on.to_string(),
            payment.amount.to_string(),
            payment.counterparty_name.clone().unwrap_or_default(),
            payment.remittance.join(" / "),
        ]);
    }
    table.say("no unmatched money");
    Ok(ExitCode::SUCCESS)
}
