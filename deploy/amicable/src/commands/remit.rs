//! `amicable remit`: payments of collected money to creditors.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, ListRemittances, ProposeRemittance,
    ProposeRemittanceAnswer, Remittance, RemittanceRefusal, RemittanceState,
};
use primitives::{ContentHash, CreditorId, RemittanceId};
use tokio::time::{Instant, sleep};

use crate::cli::Remit;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{told, told_day};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, PATIENCE, Session};

const REMITTANCE: Kind = Kind { name: "remittance", list: "amicable remit list" };
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(session: &Session, remit: Remit) -> Result<ExitCode, Failure> {
    match remit {
        Remit::Propose { creditor, who, json } => {
            let creditor_id = session.creditor(&creditor).await?;
            let proposed = propose(session, creditor_id, &who.code).await?;
            match proposed {
                Some(remittance) if json => say_json(&remittance),
                Some(remittance) => tell(&remittance),
                None if json => say_json(&None::<Remittance>),
                None => say("nothing to pay: no money was collected since the last time"),
            }
        }
        Remit::Approve { id, who, json } => {
            let remittance_id = find(session, &id).await?;
            let remittance = approve(session, remittance_id, &who.code).await?;
            let files = save(session, &remittance).await?;
            if json {
                say_json(&remittance);
            } else {
                tell(&remittance);
                for file in files {
                    say(format_args!("  {}", file.display()));
                }
            }
        }
        Remit::List { limit, json } => list(session, limit.limit, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts together what a creditor is to be paid; none where that is nothing.
pub(crate) async fn propose(
    session: &Session,
    creditor_id: CreditorId,
    code: &str,
) -> Result<Option<Remittance>, Failure> {
    let staff_id = session.staff(code).await?;
    match session.change_as(staff_id, &ProposeRemittance { creditor_id }).await? {
        ProposeRemittanceAnswer::Proposed(remittance)
        | ProposeRemittanceAnswer::Waiting(remittance) => Ok(Some(remittance)),
        ProposeRemittanceAnswer::NothingToRemit => Ok(None),
        ProposeRemittanceAnswer::Refused { reason } => Err(refused(&reason)),
    }
}

/// Approves a proposal, and waits for the files that are made of it.
pub(crate) async fn approve(
    session: &Session,
    remittance_id: RemittanceId,
    code: &str,
) -> Result<Remittance, Failure> {
    let staff_id = session.staff(code).await?;
    match session.change_as(staff_id, &ApproveRemittance { remittance_id }).await? {
        ApproveRemittanceAnswer::Approved(_) | ApproveRemittanceAnswer::AlreadyApproved(_) => {}
        ApproveRemittanceAnswer::Refused { reason } => return Err(refused(&reason)),
        ApproveRemittanceAnswer::Unknown => {
            return Err(REMITTANCE.unknown(&remittance_id.to_string()).into());
        }
    }
    let begun = Instant::now();
    loop {
        let all = remittances(session, LIST_MAX).await?;
        let made = all.into_iter().find(|remittance| {
            remittance.remittance_id == remittance_id && remittance.payment_order.is_some()
        });
        match made {
            Some(remittance) => return Ok(remittance),
            None if begun.elapsed() < PATIENCE => sleep(LOOK_EVERY).await,
            None => {
                let said = "approved, but its files are not made yet; look again with `amicable \
                            remit list`";
                return Err(Failure::Refused(said.to_owned()));
            }
        }
    }
}

/// Lays the payment order and the specification where a person finds them.
pub(crate) async fn save(
    session: &Session,
    remittance: &Remittance,
) -> Result<Vec<PathBuf>, Failure> {
    let folder = session.layout.remittances();
    fs::create_dir_all(&folder).map_err(Failure::io("make", &folder))?;
    let id = short(remittance.remittance_id);
    let files: [(String, Option<ContentHash>); 2] = [
        (format!("{id}-payment-order.xml"), remittance.payment_order),
        (format!("{id}-specification.csv"), remittance.specification),
    ];
    let mut saved = Vec::new();
    for (name, content) in files {
        let Some(content) = content else { continue };
        let file = folder.join(name);
        let bytes = session.files.get(content).await?;
        fs::write(&file, bytes).map_err(Failure::io("write", &file))?;
        saved.push(file);
    }
    Ok(saved)
}

async fn find(session: &Session, given: &str) -> Result<RemittanceId, Failure> {
    let all = remittances(session, LIST_MAX).await?;
    Ok(REMITTANCE.find(given, all.into_iter().map(|remittance| remittance.remittance_id))?)
}

async fn remittances(session: &Session, limit: u32) -> Result<Vec<Remittance>, Failure> {
    let list = ListRemittances { limit, creditor_id: None };
    Ok(session.asker.ask(&list).await?.remittances)
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<(), Failure> {
    let all = remittances(session, limit).await?;
    if json {
        say_json(&all);
        return Ok(());
    }
    let creditors = session.asker.ask(&contracts::intake::ListCreditors {}).await?.creditors;
    let people = session.people().await?;
    let by = |staff_id| people.code(staff_id);
    let mut table =
        Table::new(["remittance", "creditor", "proposed", "by", "approved by", "to pay", "state"]);
    for remittance in &all {
        let creditor = creditors.iter().find(|it| it.creditor_id == remittance.creditor_id);
        table.row([
            short(remittance.remittance_id),
            creditor.map_or_else(|| short(remittance.creditor_id), |it| it.code.clone()),
            told(remittance.proposed_at),
            by(remittance.proposed_by),
            remittance.approved_by.map(by).unwrap_or_default(),
            remittance.amount.to_string(),
            state(&remittance.state),
        ]);
    }
    table.say("no remittances yet; begin with `amicable remit propose`");
    Ok(())
}

fn tell(remittance: &Remittance) {
    let Remittance { collected, kept_costs, commission, commission_vat, amount, .. } = remittance;
    let id = short(remittance.remittance_id);
    say(format_args!("remittance {id}: {}", state(&remittance.state)));
    say(format_args!("  collected              {:>14}", collected.to_string()));
    say(format_args!("  collection costs kept  {:>14}", format!("-{kept_costs}")));
    say(format_args!("  commission             {:>14}", format!("-{commission}")));
    say(format_args!("  VAT on commission      {:>14}", format!("-{commission_vat}")));
    say(format_args!("  to pay to the creditor {:>14}", amount.to_string()));
    let lines = remittance.lines.len();
    say(format_args!("  {}", crate::sentences::counted(&lines, "payment line")));
}

fn state(state: &RemittanceState) -> String {
    match state {
        RemittanceState::Proposed => "proposed; somebody else approves it".to_owned(),
        RemittanceState::Approved => "approved; the bank has not shown it yet".to_owned(),
        RemittanceState::Paid { paid_on } => format!("paid on {}", told_day(*paid_on)),
        RemittanceState::Void => "void".to_owned(),
    }
}

fn refused(reason: &RemittanceRefusal) -> Failure {
    Failure::Refused(
        match reason {
            RemittanceRefusal::NotOfTheFinanceDesk => {
                "only staff with the role `finance-desk` may; see `amicable staff list`"
            }
            RemittanceRefusal::SamePerson => {
                "whoever proposed it may not approve it; ask somebody else of the finance desk"
            }
            RemittanceRefusal::Outdated => {
                "what was collected changed since; propose it anew with `amicable remit propose`"
            }
        }
        .to_owned(),
    )
}
