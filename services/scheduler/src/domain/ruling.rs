//! What people decide on held cases: to go on, to begin at a step, or to look again another day.
//!
//! A decision clears what stood in the way and nothing else: the gate, the cap and what protects
//! the debtor hold as before, and steps follow one at a time.

use contracts::reason::{CaseDecision, DecideCase, DecideCaseAnswer, DecisionRefusal, DecisionWhy};
use contracts::scheduler::{HoldReason, TimelineEvent};
use mailbox::{Decision, Facts};
use primitives::{Channel, Date, StaffId, Timestamp};

use super::case::{Case, Position, Track};
use super::hold::staff_of;
use super::plan::{Next, day_of, later, plan};
use super::settle::{Timers, settle, settle_reviewed};

/// No review is put off further, in days.
const REVIEW_DAYS_MAX: i64 = 92;

/// A member of staff decides how a held case goes on.
pub fn decide_case(
    mut track: Track,
    request: &DecideCase,
    facts: &Facts,
) -> (Decision<Track>, DecideCaseAnswer) {
    let refused = |track, reason| (Decision::quiet(track), DecideCaseAnswer::Refused { reason });
    let Some(by) = staff_of(&facts.actor) else { return refused(track, DecisionRefusal::NotStaff) };
    let before = Timers::of(&track);
    let Some(case) = &mut track.case else {
        return (Decision::quiet(track), DecideCaseAnswer::Unknown);
    };
    let (held, review_on) = match weigh(case, request, facts.now) {
        Ok((held, decided, review_on)) => {
            *case = decided;
            (held, review_on)
        }
        Err(reason) => return refused(track, reason),
    };
    track.note(facts, told(request, held, by));
    let decision = match review_on {
        Some(day) => settle_reviewed(track, before, day, facts),
        None => settle(track, before, facts),
    };
    let state = decision.state.case.as_ref().and_then(Case::state);
    let answer =
        state.map_or(DecideCaseAnswer::Unknown, |state| DecideCaseAnswer::Decided { state });
    (decision, answer)
}

fn told(request: &DecideCase, held: HoldReason, by: StaffId) -> TimelineEvent {
    TimelineEvent::CaseDecided {
        held,
        decision: request.decision.clone(),
        why: request.why.clone(),
        by,
        evidence: request.evidence,
    }
}

/// Why the case is held, the case after the decision, and the review day that was asked for.
fn weigh(
    case: &Case,
    request: &DecideCase,
    now: Timestamp,
) -> Result<(HoldReason, Case, Option<Date>), DecisionRefusal> {
    let Some(Position::Held { reason, .. }) = &case.position else {
        return Err(DecisionRefusal::NotHeld);
    };
    match reason {
        HoldReason::ActUncertain => return Err(DecisionRefusal::ActUncertain),
        HoldReason::OnHold => return Err(DecisionRefusal::OnHold),
        HoldReason::StepsUsedUp
        | HoldReason::NotReachable
        | HoldReason::GateRefused
        | HoldReason::NotDelivered
        | HoldReason::NotWritten
        | HoldReason::TriedInVain
        | HoldReason::ReasonGiven => {}
    }
    let mut decided = case.clone();
    let step = match &request.decision {
        CaseDecision::ReviewOn { review_on } => {
            let today = day_of(case.country, now);
            if *review_on <= today {
                return Err(DecisionRefusal::NoNextMoment);
            }
            if *review_on > later(today, REVIEW_DAYS_MAX) {
                return Err(DecisionRefusal::TooFar);
            }
            return Ok((reason.clone(), decided, Some(*review_on)));
        }
        CaseDecision::GoOn => None,
        CaseDecision::FromStep { step } => Some(step),
    };
    if case.route().is_silent() && request.evidence.is_none() {
        return Err(DecisionRefusal::EvidenceMissing);
    }
    decided.answer_reasons(now);
    decided.blocked = None;
    decided.tried = None;
    if *reason == HoldReason::NotReachable || request.why == DecisionWhy::AddressChecked {
        // Of a number nobody can say here that it is another one than the stranger's.
        decided.no_address.retain(|channel| *channel == Channel::Telephone);
    }
    if let Some(step) = step {
        begin_at(&mut decided, step)?;
    }
    match plan(&decided, now) {
        Some(Next::Hold(again)) if again == *reason => Err(DecisionRefusal::NothingNext),
        Some(_) | None => Ok((reason.clone(), decided, None)),
    }
}

/// Has every open claim go on with a step. What was taken before stays written down.
fn begin_at(case: &mut Case, step: &str) -> Result<(), DecisionRefusal> {
    if case.step(step).is_none() {
        return Err(DecisionRefusal::UnknownStep);
    }
    case.unreached = None;
    for claim in case.claims.values_mut().filter(|claim| claim.is_open()) {
        claim.begins_at = Some(step.to_owned());
    }
    Ok(())
}
