//! What calls bring: who was reached, why it was not paid, and what was promised.

use contracts::Outgoing;
use contracts::agreement::AgreedDeed;
use contracts::mediation::{JudgePromise, PromiseJudged, PromiseMade, PromiseVerdict};
use contracts::payment_reconciliation::{PaymentsKnown, TellPaymentsKnown};
use contracts::reason::SaidBy;
use contracts::scheduler::TimelineEvent;
use contracts::telephony_task::{CallClosed, CallNotMade, NotMadeReason, PromisedPayment};
use mailbox::{Decision, Facts, Fault};
use primitives::{CallOutcome, CallTaskId, CaseId, Channel, ClaimId, NonPaymentReason, Timestamp};

use super::case::{Case, Confirmation, ErrandState, Promise, Track};
use super::decide::{answer, beside, conclude, pass, tomorrow};
use super::person::Person;
use super::plan::{day_of, later, morning_of};
use super::reason::{self, Reason};
use super::settle::{Timers, settle};

/// A call was made and written down: the contact counts, and what was learnt says how it goes on.
pub fn call_closed(
    (mut track, mut person): (Track, Person),
    closed: &CallClosed,
    facts: &Facts,
) -> Result<Decision<(Track, Person)>, Fault> {
    let before = Timers::of(&track);
    person.contacted(closed.permit_id, closed.called_at);
    let case = track.case_mut(closed.case_id)?;
    let answered = answer(case, closed.permit_id, closed.task_id.as_uuid(), ErrandState::Done);
    let step = match answered {
        Some(act) => {
            case.act = None;
            Some(act.step)
        }
        None => first_call(case, &closed.claim_ids),
    };
    case.tried = None;
    // Also beside a promise, which is followed first, and on the word of somebody else.
    if let Some(reason) = reason::of_call(case, closed) {
        case.learn_reason(closed.task_id.as_uuid(), reason);
    }
    if let Some(promised) = &closed.promise {
        take_down(case, closed.task_id, promised, closed.called_at);
    }
    if let Some(step) = step {
        go_on(case, &step, closed, facts.now);
        let (outcome, reason) = (closed.outcome, closed.reason);
        track.note(facts, TimelineEvent::CallClosed { step, outcome, reason });
    }
    Ok(beside(settle(track, before, facts), person))
}

/// What a debtor told us unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub case_id: CaseId,
    /// Names the talk; mediation makes a promise of it under the same.
    pub talk: CallTaskId,
    pub reason: NonPaymentReason,
    pub promise: Option<PromisedPayment>,
    pub at: Timestamp,
}

/// The debtor told us something unasked: that is no contact of ours, and no step is behind anybody
/// by it.
pub fn hear(mut track: Track, heard: &Heard, facts: &Facts) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(heard.case_id)?;
    case.tried = None;
    let reason = Reason {
        reason: heard.reason,
        said_by: SaidBy::Debtor,
        said_on: day_of(case.country, heard.at),
        recorded_by: None,
        recorded_at: heard.at,
        in_call: true,
        evidence: None,
        answered_at: None,
    };
    case.learn_reason(heard.talk.as_uuid(), reason);
    if let Some(promised) = &heard.promise {
        take_down(case, heard.talk, promised, heard.at);
    }
    Ok(settle(track, before, facts))
}

/// What a call means for its step.
fn go_on(case: &mut Case, step: &str, closed: &CallClosed, now: Timestamp) {
    let today = day_of(case.country, now);
    match closed.outcome {
        CallOutcome::Promised | CallOutcome::Reached => {
            pass(case, &closed.claim_ids, step, today);
        }
        CallOutcome::OtherPerson | CallOutcome::NoAnswer => {
            let attempts_max = match case.step(step).map(|step| &step.deed) {
                Some(AgreedDeed::Call { attempts_max }) => u32::from(*attempts_max),
                Some(AgreedDeed::Write { .. }) | None => 1,
            };
            if case.count_unreached(step) >= attempts_max {
                case.unreached = None;
                pass(case, &closed.claim_ids, step, today);
            } else {
                case.not_before = Some(tomorrow(case, now));
            }
        }
        CallOutcome::WrongNumber => {
            // There is no number any more, so the step lapses; but nobody tried to reach the
            // debtor. Another number may be called.
            case.unreached = None;
            case.no_address.insert(Channel::Telephone);
        }
    }
}

/// The call step that is not behind all claims of a call whose act is over.
fn first_call(case: &Case, claim_ids: &[ClaimId]) -> Option<String> {
    let mut steps = case.agreement.steps.iter();
    let step = steps.find(|step| {
        let mut claims = claim_ids.iter().filter_map(|id| case.claims.get(id));
        matches!(step.deed, AgreedDeed::Call { .. })
            && claims.any(|claim| !case.is_behind(claim, &step.key))
    })?;
    Some(step.key.clone())
}

/// A call was not made.
pub fn call_not_made(
    (mut track, mut person): (Track, Person),
    not_made: &CallNotMade,
    facts: &Facts,
) -> Result<Decision<(Track, Person)>, Fault> {
    let before = Timers::of(&track);
    person.release(not_made.permit_id);
    let case = track.case_mut(not_made.case_id)?;
    let (id, reason) = (not_made.task_id.as_uuid(), not_made.reason.clone());
    let state = ErrandState::NotMade(reason.clone());
    if let Some(act) = answer(case, not_made.permit_id, id, state) {
        conclude(case, facts.now);
        // Nobody called in time: a matter of ours, tried again in the next hours that are open.
        if reason == NotMadeReason::PermitExpired {
            case.count_try(&act.step);
        }
        let step = act.step;
        track.note(facts, TimelineEvent::CallNotMade { step, reason });
    }
    Ok(beside(settle(track, before, facts), person))
}

/// Mediation took a promise up: it is confirmed in writing and followed.
pub fn promise_made(
    mut track: Track,
    made: &PromiseMade,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(made.case_id)?;
    let PromiseMade { promise_id, amount, pay_by, .. } = *made;
    take_down(case, made.task_id, &PromisedPayment { amount, pay_by }, made.made_at);
    let promise = case.promises.get_mut(&made.task_id);
    if let Some(promise) = promise.filter(|promise| promise.promise_id.is_none()) {
        promise.promise_id = Some(promise_id);
        track.note(facts, TimelineEvent::PromiseMade { promise_id, amount, pay_by });
    }
    Ok(settle(track, before, facts))
}

/// Keeps a promise, whoever tells of it first.
fn take_down(case: &mut Case, task_id: CallTaskId, promised: &PromisedPayment, made_at: Timestamp) {
    let known = later(promised.pay_by, case.agreement.promises.grace_days);
    let judge_at = morning_of(case.country, known);
    case.promises.entry(task_id).or_insert(Promise {
        promise_id: None,
        made_at,
        amount: promised.amount,
        pay_by: promised.pay_by,
        judge_at,
        confirmation: Confirmation::Due,
        verdict: None,
    });
}

/// A promise was kept or broken; the case is told why. A better verdict may follow a worse one,
/// when a payment becomes known late.
pub fn promise_judged(
    mut track: Track,
    judged: &PromiseJudged,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(judged.case_id)?;
    let promise_id = judged.promise_id;
    let mut promises = case.promises.values_mut();
    let promise = promises
        .find(|promise| promise.promise_id == Some(promise_id))
        .ok_or_else(|| Fault::Early(format!("promise {promise_id} to be made")))?;
    // Verdicts only improve, so of two that overtook each other the better one is the later.
    if promise.verdict.as_ref().map_or(-1, rank) >= rank(&judged.verdict) {
        return Ok(Decision::quiet(track));
    }
    promise.verdict = Some(judged.verdict.clone());
    let PromiseJudged { promised, received, pay_by, .. } = *judged;
    let verdict = judged.verdict.clone();
    track.note(
        facts,
        TimelineEvent::PromiseJudged { promise_id, verdict, promised, received, pay_by },
    );
    Ok(settle(track, before, facts))
}

/// The better, the higher.
const fn rank(verdict: &PromiseVerdict) -> i8 {
    match verdict {
        PromiseVerdict::Broken => 0,
        PromiseVerdict::Released => 1,
        PromiseVerdict::Late => 2,
        PromiseVerdict::Kept => 3,
    }
}

/// The payment of a promise should be known by now: mediation is asked to judge, every day until it
/// does. Where the creditor's agreement says how well payments have to be known,
/// payment-reconciliation is asked first: what no statement has shown yet is not broken.
pub fn promise_due(mut track: Track, facts: &Facts) -> Decision<Track> {
    let set = Timers::of(&track);
    let before = Timers { promise_due: None, ..set };
    let mut next = None;
    if let Some(case) =
        track.case.as_mut().filter(|_| set.promise_due.is_some_and(|at| at <= facts.now))
    {
        let (case_id, creditor_id, again) =
            (case.case_id, case.creditor_id, tomorrow(case, facts.now));
        let statements = case.agreement.payments_known_within_days.is_some();
        if let Some(promise) = case.open_promise_mut() {
            promise.judge_at = again;
            next = promise.promise_id.map(|promise_id| {
                if statements {
                    Outgoing::new(&TellPaymentsKnown { case_id, creditor_id })
                } else {
                    Outgoing::new(&JudgePromise { promise_id, case_id, creditor_id })
                }
            });
        }
    }
    let mut decision = settle(track, before, facts);
    decision.messages.extend(next);
    decision
}

/// Until when payments are known: a promise whose last day is among them is judged.
pub fn payments_known(track: Track, known: &PaymentsKnown) -> Result<Decision<Track>, Fault> {
    let case = track
        .case
        .as_ref()
        .ok_or_else(|| Fault::Early(format!("case {} to be opened", known.case_id)))?;
    let (case_id, creditor_id) = (case.case_id, case.creditor_id);
    let shown = |promise: &&Promise| known.until.is_some_and(|until| promise.pay_by <= until);
    let judge = case.open_promise().filter(shown).and_then(|promise| {
        let promise_id = promise.promise_id?;
        Some(JudgePromise { promise_id, case_id, creditor_id })
    });
    let mut decision = Decision::quiet(track);
    decision.messages.extend(judge.map(|judge| Outgoing::new(&judge)));
    Ok(decision)
}
