//! What the agency's people do in the play: calls, and payments to creditors.

use std::collections::BTreeMap;

use contracts::intake::{CreditorContactAnswer, GetCreditorContact};
use contracts::telephony_task::{
    ClaimRefusal, ClaimTask, ClaimTaskAnswer, CloseTask, CloseTaskAnswer, ListTasks,
    PromisedPayment, TaskSummary,
};
use jiff::civil::Date;
use primitives::{CallOutcome, CaseId, ClaimId, CreditorId, NonPaymentReason};

use super::agency::later;
use super::bank::Moved;
use super::story::{LEFT_WAITING, TALKS, Talk};
use crate::commands::remit::Proposal;
use crate::commands::{case, remit};
use crate::failure::Failure;
use crate::session::{LIST_MAX, Session};

/// Who calls, and who may not any more.
const CALLER: &str = "mila";
const WITHOUT_CERTIFICATE: &str = "ravi";
/// Who proposes what a creditor is paid, and who approves it.
const PROPOSER: &str = "finn";
const APPROVER: &str = "femke";

/// Makes the calls that wait, and tells how many.
pub(super) async fn call(
    session: &Session,
    claims: &BTreeMap<String, (CaseId, ClaimId)>,
    today: Date,
) -> Result<usize, Failure> {
    let mut count: usize = 0;
    for task in session.asker.ask(&ListTasks { limit: LIST_MAX }).await?.tasks {
        let earlier = session
            .asker
            .ask(&contracts::telephony_task::GetCalls { case_id: task.case_id })
            .await?
            .calls
            .len();
        let is_of = |invoice: &str| claims.get(invoice).is_some_and(|it| it.0 == task.case_id);
        if is_of(LEFT_WAITING) && earlier > 0 {
            continue;
        }
        let talk = TALKS.iter().find(|talk| is_of(talk.invoice)).filter(|_| earlier == 0);
        refused_without_certificate(session, &task).await?;
        make(session, &task, talk, today).await?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Somebody whose certificate ran out may not take a call on.
async fn refused_without_certificate(session: &Session, task: &TaskSummary) -> Result<(), Failure> {
    let staff_id = session.staff(WITHOUT_CERTIFICATE).await?;
    let request = ClaimTask { task_id: task.task_id, case_id: task.case_id };
    match session.change_as(staff_id, &request).await? {
        ClaimTaskAnswer::Refused {
            reason: ClaimRefusal::CertificateEnded { .. } | ClaimRefusal::NoCertificate,
        } => Ok(()),
        other @ (ClaimTaskAnswer::Claimed { .. } | ClaimTaskAnswer::Refused { .. }) => {
            Err(Failure::Demo(format!("a call without a certificate: {other:?}")))
        }
    }
}

async fn make(
    session: &Session,
    task: &TaskSummary,
    told: Option<&Talk>,
    today: Date,
) -> Result<(), Failure> {
    let staff_id = session.staff(CALLER).await?;
    let TaskSummary { task_id, case_id, .. } = *task;
    match session.change_as(staff_id, &ClaimTask { task_id, case_id }).await? {
        ClaimTaskAnswer::Claimed { .. } => {}
        ClaimTaskAnswer::Refused { reason } => {
            return Err(Failure::Demo(format!("a call was not claimed: {reason:?}")));
        }
    }
    let promise = match told.and_then(|talk| talk.promised_within_days) {
        Some(days) => {
            let open = case::money(session, task.case_id).await?.map(|money| money.open);
            open.map(|amount| PromisedPayment { amount, pay_by: later(today, days) })
        }
        None => None,
    };
    let summary = told.map_or("Niemand nam op; geen bericht ingesproken.", |talk| talk.summary);
    let close = CloseTask {
        task_id,
        case_id,
        called_at: None,
        outcome: told.map_or(CallOutcome::NoAnswer, |talk| talk.outcome),
        reason: told.map_or(NonPaymentReason::Unreached, |talk| talk.reason),
        summary: session.store_text(summary).await?,
        promise,
    };
    match session.change_as(staff_id, &close).await? {
        CloseTaskAnswer::Closed { .. } => Ok(()),
        CloseTaskAnswer::Refused { reason } => {
            Err(Failure::Demo(format!("a call was not closed: {reason:?}")))
        }
    }
}

/// Pays a creditor what was collected for it; what the bank will book, or nothing.
pub(super) async fn remit(
    session: &Session,
    creditor_id: CreditorId,
) -> Result<Option<Moved>, Failure> {
    let staff_id = session.staff(PROPOSER).await?;
    let proposed = match remit::propose(session, creditor_id, Vec::new(), staff_id).await? {
        Proposal::New(remittance) | Proposal::Waiting(remittance) => remittance,
        Proposal::Nothing => return Ok(None),
    };
    if remit::approve(session, proposed.remittance_id, PROPOSER).await.is_ok() {
        return Err(Failure::Demo("one person proposed and approved a remittance".to_owned()));
    }
    let approved = remit::approve(session, proposed.remittance_id, APPROVER).await?;
    remit::save(session, &approved).await?;
    let unknown = || Failure::Demo(format!("remittance {} has no order", approved.remittance_id));
    let order = session.files.get(approved.payment_order.ok_or_else(unknown)?).await?;
    let order = String::from_utf8_lossy(&order);
    let contact = session.asker.ask(&GetCreditorContact { creditor_id }).await?;
    let CreditorContactAnswer::Known(contact) = contact else { return Err(unknown()) };
    Ok(Some(Moved {
        is_outgoing: true,
        amount: approved.amount,
        party: contact.name,
        party_account: contact.account,
        end_to_end_id: Some(between(&order, "<EndToEndId>", "</EndToEndId>").ok_or_else(unknown)?),
        reference: None,
        words: between(&order, "<Ustrd>", "</Ustrd>").unwrap_or_default(),
    }))
}

/// What the bank reads of the order.
fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0.to_owned())
}
