//! `amicable creditor`: creditors and their agreements.

use std::path::Path;
use std::process::ExitCode;

use contracts::intake::{ListCreditors, RegisterCreditor, RegisterCreditorAnswer};

use crate::cli::Creditor;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json};
use crate::sentences;
use crate::session::Session;

/// A document is written by hand; this is a thousand times what is needed.
const DOCUMENT_BYTES_MAX: u64 = 1024 * 1024;

pub(crate) async fn run(session: &Session, creditor: Creditor) -> Result<ExitCode, Failure> {
    match creditor {
        Creditor::Add { file, json } => add_file(session, &file, json).await,
        Creditor::List { json } => list(session, json).await,
    }
}

async fn add_file(session: &Session, file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let document = session.store_file(file, DOCUMENT_BYTES_MAX).await?;
    let answer = session.change(&RegisterCreditor { document }).await?;
    if json {
        say_json(&answer);
    } else {
        tell(&answer);
    }
    Ok(match answer {
        RegisterCreditorAnswer::Registered { .. } | RegisterCreditorAnswer::Unchanged { .. } => {
            ExitCode::SUCCESS
        }
        RegisterCreditorAnswer::Refused { .. } => ExitCode::FAILURE,
    })
}

fn tell(answer: &RegisterCreditorAnswer) {
    match answer {
        RegisterCreditorAnswer::Registered { creditor_id, agreement_version } => say(format_args!(
            "creditor {creditor_id} is registered, with version {agreement_version} of its \
             agreement"
        )),
        RegisterCreditorAnswer::Unchanged { creditor_id, agreement_version } => say(format_args!(
            "creditor {creditor_id} is known so already, with version {agreement_version} of its \
             agreement"
        )),
        RegisterCreditorAnswer::Refused { problems } => {
            say("refused; nothing was registered:");
            sentences::say_problems(problems);
        }
    }
}

async fn list(session: &Session, json: bool) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListCreditors {}).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["code", "id", "name", "agreement", "cases"]);
    for creditor in &list.creditors {
        table.row([
            creditor.code.clone(),
            short(creditor.creditor_id),
            creditor.name.clone(),
            format!("version {}", creditor.agreement_version),
            creditor.case_count.to_string(),
        ]);
    }
    table.say("no creditors yet; add one with `amicable creditor add`");
    Ok(ExitCode::SUCCESS)
}
