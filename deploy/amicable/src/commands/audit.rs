//! `amicable audit`: what happened on a case, who did it, and by which rule.

use std::process::ExitCode;

use contracts::monitoring::{AuditEntry, GetAuditTrail};

use super::case;
use crate::cli::Audit;
use crate::failure::Failure;
use crate::find::short;
use crate::moment::told;
use crate::output::{Table, say_json};
use crate::session::Session;

pub(crate) async fn run(session: &Session, audit: &Audit) -> Result<ExitCode, Failure> {
    let case_id = case::find(session, &audit.id).await?;
    let trail = session.asker.ask(&GetAuditTrail { case_id }).await?;
    if audit.json {
        say_json(&trail);
        return Ok(ExitCode::SUCCESS);
    }
    let people = session.people().await?;
    let mut table = Table::new(["when", "what", "more", "who", "permit", "rules"]);
    for entry in &trail.entries {
        table.row([
            told(entry.at),
            what(&entry.message_type),
            more(entry),
            people.actor(&entry.actor),
            entry.permit_id.map(short).unwrap_or_default(),
            rules(entry),
        ]);
    }
    table.say("nothing happened on this case yet");
    Ok(ExitCode::SUCCESS)
}

/// `letter dispatched` of `letter.evt.dispatched.v2`.
fn what(message_type: &str) -> String {
    let mut parts = message_type.split('.');
    match (parts.next(), parts.nth(1)) {
        (Some(service), Some(name)) => format!("{service} {name}"),
        (_, _) => message_type.to_owned(),
    }
}

fn more(entry: &AuditEntry) -> String {
    let amount = entry.amount.map(|amount| amount.to_string());
    let parts = [entry.code.clone(), amount, entry.text_version.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The rules, after the pack that holds them.
fn rules(entry: &AuditEntry) -> String {
    match &entry.rule_pack {
        Some(pack) if !entry.rule_ids.is_empty() => {
            format!("{pack}: {}", entry.rule_ids.join(", "))
        }
        Some(_) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_by_its_service_and_what_happened() {
        assert_eq!(what("letter.evt.dispatched.v2"), "letter dispatched");
        assert_eq!(what("odd"), "odd");
    }
}
