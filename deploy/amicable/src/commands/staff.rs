//! `amicable staff`: the agency's people.

use std::path::Path;
use std::process::ExitCode;

use contracts::intake::{ListStaff, RegisterStaff, RegisterStaffAnswer};

use crate::cli::Staff;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json};
use crate::sentences;
use crate::session::Session;

/// A document is written by hand; this is a thousand times what is needed.
const DOCUMENT_BYTES_MAX: u64 = 1024 * 1024;

pub(crate) async fn run(session: &Session, staff: Staff) -> Result<ExitCode, Failure> {
    match staff {
        Staff::Add { file, json } => add_file(session, &file, json).await,
        Staff::List { json } => list(session, json).await,
    }
}

async fn add_file(session: &Session, file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let document = session.store_file(file, DOCUMENT_BYTES_MAX).await?;
    let answer = session.change(&RegisterStaff { document }).await?;
    if json {
        say_json(&answer);
    } else {
        match &answer {
            RegisterStaffAnswer::Registered { staff_id } => {
                say(format_args!("registered as {}", short(staff_id)));
            }
            RegisterStaffAnswer::Unchanged { staff_id } => {
                say(format_args!("nothing is new of {}", short(staff_id)));
            }
            RegisterStaffAnswer::Refused { problems } => {
                say("refused:");
                sentences::say_problems(problems);
            }
        }
    }
    Ok(match answer {
        RegisterStaffAnswer::Registered { .. } | RegisterStaffAnswer::Unchanged { .. } => {
            ExitCode::SUCCESS
        }
        RegisterStaffAnswer::Refused { .. } => ExitCode::FAILURE,
    })
}

async fn list(session: &Session, json: bool) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListStaff {}).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["code", "name", "roles", "certificates"]);
    for member in &list.staff {
        let roles: Vec<&str> = member.roles.iter().map(|role| role.as_str()).collect();
        let certificates = member.certificates.iter().map(|certificate| {
            format!("{} until {}", certificate.country, certificate.valid_until)
        });
        table.row([
            member.code.clone(),
            member.name.clone(),
            roles.join(", "),
            certificates.collect::<Vec<_>>().join(", "),
        ]);
    }
    table.say("no staff yet; begin with `amicable staff add`");
    Ok(ExitCode::SUCCESS)
}
