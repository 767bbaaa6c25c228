//! Writing a call down: complete, or not at all.

use contracts::telephony_task::{CallClosed, CloseRefusal, CloseTask, CloseTaskAnswer};
use jiff::ToSpan;
use mailbox::{Decision, Facts, Timer};
use primitives::{CallOutcome, Date, NonPaymentReason, StaffId, Timestamp};

use super::staff_of;
use super::summary::Summary;
use super::task::{CallTask, Claim, Errand, Minutes, Report, Stage, TASK_END};

/// A request to close a task, with the text that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub request: CloseTask,
    pub summary: Summary,
}

/// Decides whether a call may be closed like this.
pub fn close(
    task: CallTask,
    closing: &Closing,
    facts: &Facts,
) -> (Decision<CallTask>, CloseTaskAnswer) {
    let staff_id = staff_of(&facts.actor);
    let held = held(&task.stage, staff_id, facts.now);
    let judged = held.and_then(|(errand, claim)| {
        complete(closing, errand, facts.now)?;
        Ok((errand.clone(), *claim))
    });
    let (errand, claim) = match judged {
        Ok(judged) => judged,
        Err(reason) => return (Decision::quiet(task), CloseTaskAnswer::Refused { reason }),
    };
    let CloseTask { outcome, reason, summary: file, promise, .. } = closing.request.clone();
    let report = Report { outcome, reason, promise, closed_at: facts.now };
    let told = closed(&errand, &claim, &report);
    let answer = CloseTaskAnswer::Closed { case_id: errand.order.permit.case_id };
    let mut task = task.at(Stage::Closed { errand, claim, report });
    task.minutes = Some(Minutes { file, summary: closing.summary.clone() });
    let decision = Decision::quiet(task).send(told).timer(Timer::Cancel { name: TASK_END });
    (decision, answer)
}

/// The task as who asks has it, while it can be written down.
fn held(
    stage: &Stage,
    staff_id: Option<StaffId>,
    now: Timestamp,
) -> Result<(&Errand, &Claim), CloseRefusal> {
    match stage {
        Stage::Unheard | Stage::Forestalled => Err(CloseRefusal::Unknown),
        Stage::Closed { .. } | Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            Err(CloseRefusal::Over)
        }
        Stage::Open { .. } => Err(CloseRefusal::NotTakenByYou),
        Stage::Claimed { claim, .. } if staff_id != Some(claim.staff_id) => {
            Err(CloseRefusal::NotTakenByYou)
        }
        // Its timer is late.
        Stage::Claimed { errand, .. } if now >= errand.written_by() => Err(CloseRefusal::Over),
        Stage::Claimed { errand, claim } => Ok((errand, claim)),
    }
}

/// Whether nothing is missing and nothing contradicts.
fn complete(closing: &Closing, errand: &Errand, now: Timestamp) -> Result<(), CloseRefusal> {
    let CloseTask { outcome, reason, promise, .. } = &closing.request;
    if !closing.summary.says_something() {
        return Err(CloseRefusal::SummaryEmpty);
    }
    if !goes_with(*reason, *outcome) {
        return Err(CloseRefusal::ReasonAndOutcomeDiffer);
    }
    if promise.is_some() != (*outcome == CallOutcome::Promised) {
        return Err(CloseRefusal::PromiseAndOutcomeDiffer);
    }
    let Some(promise) = promise else { return Ok(()) };
    if !promise.amount.is_positive() {
        return Err(CloseRefusal::PromiseOfNothing);
    }
    let today = errand.local_date(now);
    let latest =
        today.checked_add(i64::from(errand.order.promise_days_max).days()).unwrap_or(Date::MAX);
    if promise.pay_by < today || latest < promise.pay_by {
        return Err(CloseRefusal::PromiseTooLate { latest });
    }
    Ok(())
}

/// Whether a call that went like this can have told this reason. Who is dead, under age, insolvent,
/// in debt aid, not sure to be the debtor, or says that he paid, promises nothing: a person weighs
/// it first. Somebody else on the line may tell what concerns the debtor.
fn goes_with(reason: NonPaymentReason, outcome: CallOutcome) -> bool {
    use NonPaymentReason as Reason;
    match outcome {
        CallOutcome::Promised => matches!(
            reason,
            Reason::Carelessness
                | Reason::Hardship
                | Reason::Unwilling
                | Reason::Moved
                | Reason::NotGiven
        ),
        // The debtor was there, whatever he said.
        CallOutcome::Reached => reason != Reason::Unreached,
        CallOutcome::NoAnswer => reason == Reason::Unreached,
        CallOutcome::OtherPerson => matches!(
            reason,
            Reason::Unreached
                | Reason::IdentityUnsure
                | Reason::Deceased
                | Reason::Minor
                | Reason::Insolvent
                | Reason::DebtAid
                | Reason::Moved
        ),
        CallOutcome::WrongNumber => matches!(reason, Reason::Moved | Reason::IdentityUnsure),
    }
}

fn closed(errand: &Errand, claim: &Claim, report: &Report) -> CallClosed {
    let permit = &errand.order.permit;
    CallClosed {
        task_id: errand.order.task_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        claim_ids: permit.claim_ids.clone(),
        outcome: report.outcome,
        reason: report.reason,
        promise: report.promise.clone(),
        staff_id: claim.staff_id,
        closed_at: report.closed_at,
    }
}
