//! Writing a call down: complete, or not at all.

use contracts::telephony_task::{CallClosed, CloseRefusal, CloseTask, CloseTaskAnswer};
use jiff::{SignedDuration, ToSpan};
use mailbox::{Decision, Facts, Timer};
use primitives::{CallOutcome, Date, NonPaymentReason, StaffId, Timestamp};

use super::owed::Owed;
use super::staff_of;
use super::summary::Summary;
use super::task::{CallTask, Claim, Errand, Minutes, Report, Stage, TASK_END};

/// A request to close a task, with the text that it names, and what is owed where it tells of a
/// promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub request: CloseTask,
    pub summary: Summary,
    pub owed: Owed,
}

/// Decides whether a call may be closed like this.
pub fn close(
    task: CallTask,
    closing: &Closing,
    facts: &Facts,
) -> (Decision<CallTask>, CloseTaskAnswer) {
    let staff_id = staff_of(&facts.actor);
    let judged = held(&task.stage, staff_id, &closing.owed).and_then(|(errand, claim)| {
        let called_at = called_at(closing, errand, claim, facts.now)?;
        complete(closing, errand, called_at)?;
        Ok((errand.clone(), *claim, called_at))
    });
    let (errand, claim, called_at) = match judged {
        Ok(judged) => judged,
        Err(reason) => return (Decision::quiet(task), CloseTaskAnswer::Refused { reason }),
    };
    let CloseTask { outcome, reason, summary: file, promise, .. } = closing.request.clone();
    let report = Report { outcome, reason, promise, called_at, closed_at: facts.now };
    let told = closed(&errand, &claim, &report);
    let answer = CloseTaskAnswer::Closed { case_id: errand.order.permit.case_id };
    let mut task = task.at(Stage::Closed { errand, claim, report });
    task.minutes = Some(Minutes { file, summary: closing.summary.clone() });
    let decision = Decision::quiet(task).send(told).timer(Timer::Cancel { name: TASK_END });
    (decision, answer)
}

/// The task as who asks has it.
fn held<'a>(
    stage: &'a Stage,
    staff_id: Option<StaffId>,
    owed: &Owed,
) -> Result<(&'a Errand, &'a Claim), CloseRefusal> {
    match stage {
        Stage::Unheard | Stage::Forestalled => Err(CloseRefusal::Unknown),
        Stage::Closed { .. } | Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            Err(CloseRefusal::Over)
        }
        Stage::Open { .. } => Err(CloseRefusal::NotTakenByYou),
        Stage::Claimed { claim, .. } if staff_id != Some(claim.staff_id) => {
            Err(CloseRefusal::NotTakenByYou)
        }
        Stage::Claimed { errand, .. } if !owed.is_of(errand) => Err(CloseRefusal::Unknown),
        Stage::Claimed { errand, claim, .. } => Ok((errand, claim)),
    }
}

/// How long after a permit's end a call counts as made at that end, where the caller does not say.
const WRITTEN_AT_ONCE: SignedDuration = SignedDuration::from_hours(1);

/// When the debtor was called: not before it was taken on, and within the permit. Where the caller
/// does not say, it was just now, or at the last moment at which that was allowed.
fn called_at(
    closing: &Closing,
    errand: &Errand,
    claim: &Claim,
    now: Timestamp,
) -> Result<Timestamp, CloseRefusal> {
    let (not_before, not_after) = (claim.claimed_at, errand.not_after().min(now));
    let minute = |moment: Timestamp| moment.as_second().div_euclid(60);
    let called_at = match closing.request.called_at {
        // People tell the minute.
        Some(told) if minute(told) == minute(not_before) => Some(told.max(not_before)),
        None if now.duration_since(not_after) <= WRITTEN_AT_ONCE => Some(not_after),
        told => told,
    };
    called_at
        .filter(|called_at| (not_before..=not_after).contains(called_at))
        .ok_or(CloseRefusal::NotCalledThen { not_before, not_after })
}

/// Whether nothing is missing and nothing contradicts.
fn complete(closing: &Closing, errand: &Errand, called_at: Timestamp) -> Result<(), CloseRefusal> {
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
    let called_on = errand.local_date(called_at);
    closing.owed.covers(promise.amount, called_on)?;
    let days_max = i64::from(errand.order.promise_days_max);
    let latest = called_on.checked_add(days_max.days()).unwrap_or(Date::MAX);
    if promise.pay_by < called_on || latest < promise.pay_by {
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
        called_at: report.called_at,
        closed_at: report.closed_at,
    }
}
