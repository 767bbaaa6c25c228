//! The scheduler's messages and timers.

use contracts::hold::{HoldScope, LiftHoldAnswer, PlaceHold, PlaceHoldAnswer, WeighHold};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn,
};
use contracts::letter::{Dispatched, NotSent, Uncertain};
use contracts::mediation::{PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{
    ClaimSettled, MoneyAwaited, MoneyCleared, PaymentAllocated, PaymentsKnown,
};
use contracts::reason::{DecideCase, DecideCaseAnswer, RecordReason, RecordReasonAnswer};
use contracts::telephony_task::{CallClosed, CallNotMade};
use mailbox::{Aggregate, Brought, Fault, Rehearsal, Rehearsed, Row};
use primitives::{CaseId, CreditorId, HoldId};
use scheduler::domain::{
    self, CASES_PER_PAGE, Case, Creditor, HOLD_CHANGES, Hold, Holds, NEXT_STEP, PERMIT_END,
    PROMISE_DUE, Person, Position, REVIEW, SPREAD_HOLD, Thanks, Track,
};
use uuid::Uuid;

use crate::{Input, on};

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("scheduler")
        .keeps::<Creditor>(|_| Creditor::default())
        .keeps::<Track>(|_| Track::default())
        .keeps::<Person>(|_| Person::default())
        .keeps::<Hold>(|_| Hold::default())
}

pub fn take(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    let brought = match input.rehearsed.stem {
        "intake.evt.agreement-agreed" => {
            on!(states, input, AgreementAgreed, |it| it.creditor_id.as_uuid(), |state, _facts| {
                domain::agree(state, &it)
            })
        }
        "intake.evt.case-opened" => {
            on!(
                states,
                input,
                CaseOpened,
                |it| (it.creditor_id.as_uuid(), it.case_id.as_uuid()),
                |state, facts| domain::open(state, &it, facts)
            )
        }
        "intake.evt.claim-registered" => {
            on!(states, input, ClaimRegistered, |it| it.case_id.as_uuid(), |state, facts| {
                domain::register_claim(state, &it, facts)
            })
        }
        "intake.evt.claim-credited" => {
            on!(states, input, ClaimCredited, |it| it.case_id.as_uuid(), |state, facts| {
                domain::credit(state, &it, facts)
            })
        }
        "intake.evt.claim-withdrawn" => {
            on!(states, input, ClaimWithdrawn, |it| it.case_id.as_uuid(), |state, facts| {
                domain::withdraw(state, &it, facts)
            })
        }
        "scheduler.cmd.weigh-hold" => {
            on!(states, input, WeighHold, |it| it.case_id.as_uuid(), |state, facts| {
                domain::weigh_hold(state, &it, facts)
            })
        }
        _ => take_of_others(states, input),
    };
    brought.map(|brought| saved(states, brought))
}

/// What others than intake tell.
fn take_of_others(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    match input.rehearsed.stem {
        "letter.evt.dispatched" => {
            on!(
                states,
                input,
                Dispatched,
                |it| (it.case_id.as_uuid(), it.person_id.as_uuid()),
                |state, facts| domain::dispatched(state, &it, facts)
            )
        }
        "letter.evt.not-sent" => {
            on!(
                states,
                input,
                NotSent,
                |it| (it.case_id.as_uuid(), it.person_id.as_uuid()),
                |state, facts| domain::not_sent(state, &it, facts)
            )
        }
        "letter.evt.uncertain" => {
            on!(states, input, Uncertain, |it| it.case_id.as_uuid(), |state, facts| {
                domain::uncertain(state, &it, facts)
            })
        }
        "telephony-task.evt.call-closed" => {
            on!(
                states,
                input,
                CallClosed,
                |it| (it.case_id.as_uuid(), it.person_id.as_uuid()),
                |state, facts| domain::call_closed(state, &it, facts)
            )
        }
        "telephony-task.evt.call-not-made" => {
            on!(
                states,
                input,
                CallNotMade,
                |it| (it.case_id.as_uuid(), it.person_id.as_uuid()),
                |state, facts| domain::call_not_made(state, &it, facts)
            )
        }
        "mediation.evt.promise-made" => {
            on!(states, input, PromiseMade, |it| it.case_id.as_uuid(), |state, facts| {
                domain::promise_made(state, &it, facts)
            })
        }
        "mediation.evt.promise-judged" => {
            on!(states, input, PromiseJudged, |it| it.case_id.as_uuid(), |state, facts| {
                domain::promise_judged(state, &it, facts)
            })
        }
        _ => take_of_money(states, input),
    }
}

/// What payment-reconciliation tells.
fn take_of_money(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    match input.rehearsed.stem {
        "payment-reconciliation.evt.payment-allocated" => {
            on!(states, input, PaymentAllocated, |it| it.case_id.as_uuid(), |state, facts| {
                domain::pay(state, &it, facts)
            })
        }
        "payment-reconciliation.evt.claim-settled" => {
            on!(states, input, ClaimSettled, |it| it.case_id.as_uuid(), |state, facts| {
                domain::settle_claim(state, &it, facts)
            })
        }
        "payment-reconciliation.evt.payments-known" => {
            on!(states, input, PaymentsKnown, |it| it.case_id.as_uuid(), |state, _facts| {
                domain::payments_known(state, &it)
            })
        }
        "payment-reconciliation.evt.money-awaited" => {
            on!(states, input, MoneyAwaited, |it| it.case_id.as_uuid(), |state, facts| {
                domain::await_money(state, &it, facts)
            })
        }
        "payment-reconciliation.evt.money-cleared" => {
            on!(states, input, MoneyCleared, |it| it.case_id.as_uuid(), |state, facts| {
                domain::clear_money(state, &it, facts)
            })
        }
        _ => Err(input.unexpected("scheduler")),
    }
}

pub fn wake(
    states: &mut Rehearsal,
    (row, name): (Row, &str),
    it: Rehearsed<'_>,
) -> Result<Brought, Fault> {
    let brought = match name {
        NEXT_STEP => {
            let opened = states.find::<Track>(row.id).and_then(|track| track.case.as_ref());
            let person: Vec<(Uuid, Uuid)> =
                opened.map(|case| (row.id, case.person_id.as_uuid())).into_iter().collect();
            states.decide(it, &person, |state| Ok(domain::take_step(state, it.facts)))
        }
        PERMIT_END => states.decide(it, &[row.id], |state| Ok(domain::end_permit(state, it.facts))),
        REVIEW => states.decide(it, &[row.id], |state| Ok(domain::review(state, it.facts))),
        PROMISE_DUE => {
            states.decide(it, &[row.id], |state| Ok(domain::promise_due(state, it.facts)))
        }
        HOLD_CHANGES => {
            states.decide(it, &[row.id], |state| Ok(domain::holds_change(state, it.facts)))
        }
        SPREAD_HOLD => {
            let page = page_of(states, row.id);
            states.decide(it, &[row.id], |state| {
                Ok(domain::spread_hold(Hold { page: page.clone(), ..state }, it.facts))
            })
        }
        _ => Err(Fault::Bug(format!("the scheduler has no timer {name}"))),
    };
    brought.map(|brought| saved(states, brought))
}

/// A debtor told something unasked.
pub fn hear(
    states: &mut Rehearsal,
    heard: &domain::Heard,
    it: Rehearsed<'_>,
) -> Result<Brought, Fault> {
    let id = heard.case_id.as_uuid();
    let brought = states.decide(it, &[id], |state| domain::hear(state, heard, it.facts));
    brought.map(|brought| saved(states, brought))
}

/// Somebody puts down why a debtor does not pay.
pub fn record_reason(
    states: &mut Rehearsal,
    request: &RecordReason,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<RecordReasonAnswer>), Fault> {
    let mut answer = None;
    let brought = states.decide(it, &[request.case_id.as_uuid()], |state| {
        let (decision, told) = domain::record_reason(state, request, it.facts);
        answer = Some(told);
        Ok(decision)
    })?;
    Ok((saved(states, brought), answer))
}

/// Somebody decides how a held case goes on.
pub fn decide_case(
    states: &mut Rehearsal,
    request: &DecideCase,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<DecideCaseAnswer>), Fault> {
    let mut answer = None;
    let brought = states.decide(it, &[request.case_id.as_uuid()], |state| {
        let (decision, told) = domain::decide_case(state, request, it.facts);
        answer = Some(told);
        Ok(decision)
    })?;
    Ok((saved(states, brought), answer))
}

/// Somebody puts cases on hold.
pub fn place_hold(
    states: &mut Rehearsal,
    request: &PlaceHold,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<PlaceHoldAnswer>), Fault> {
    let mut answer = None;
    let brought = states.decide(it, &[request.hold_id.as_uuid()], |state| {
        let (decision, told) = domain::place_hold(state, request, it.facts);
        answer = Some(told);
        Ok(decision)
    })?;
    Ok((saved(states, brought), answer))
}

/// Somebody lifts a hold.
pub fn lift_hold(
    states: &mut Rehearsal,
    hold_id: HoldId,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<LiftHoldAnswer>), Fault> {
    let mut answer = None;
    let brought = states.decide(it, &[hold_id.as_uuid()], |state| {
        let (decision, told) = domain::lift_hold(state, it.facts);
        answer = Some(told);
        Ok(decision)
    })?;
    Ok((saved(states, brought), answer))
}

/// The cases that a hold has to tell next.
fn page_of(states: &Rehearsal, hold: Uuid) -> Vec<(CaseId, CreditorId)> {
    let found = states.find::<Hold>(hold);
    let Some((placed, spread)) = found.and_then(|it| it.placed.as_ref().zip(it.spread)) else {
        return Vec::new();
    };
    let tracks = states.all::<Track>();
    let cases = tracks.values().filter_map(|track| track.case.as_ref());
    let covered = cases.filter(|case| {
        let is_ahead = spread.after.is_none_or(|after| case.case_id > after);
        let is_closed = matches!(case.position, Some(Position::Closed { .. }));
        let is_told = !is_closed || matches!(case.thanks, Thanks::Due { .. });
        is_told && is_ahead && domain::concerns(&placed.terms.scope, case)
    });
    let mut page: Vec<_> = covered.map(|case| (case.case_id, case.creditor_id)).collect();
    page.sort_unstable();
    page.truncate(usize::from(CASES_PER_PAGE));
    page
}

/// What cases and creditors read of holds beside their rows, whenever they are loaded.
fn read_holds(states: &mut Rehearsal, changed: &[Row]) {
    let of_holds = |row: &Row| row.kind == Hold::KIND;
    let holds: Holds = states
        .all::<Hold>()
        .into_values()
        .filter(|hold| hold.lifted.is_none())
        .filter_map(|hold| hold.placed.as_ref())
        .map(|placed| (placed.hold_id, placed.terms.clone()))
        .collect();
    if holds.is_empty() && !changed.iter().any(of_holds) {
        return;
    }
    let of_case = |case: &Case| -> Holds {
        let covers = holds.iter().filter(|(_, terms)| domain::concerns(&terms.scope, case));
        covers.map(|(hold_id, terms)| (*hold_id, terms.clone())).collect()
    };
    let all = changed.iter().any(of_holds);
    let is_read = |kind, id: Uuid| all || changed.contains(&Row { kind, id });
    let mut tracks: Vec<(Uuid, Track)> = Vec::new();
    for (id, track) in states.all::<Track>() {
        let Some(case) = track.case.as_ref().filter(|_| is_read(Track::KIND, id)) else { continue };
        let covering = of_case(case);
        if case.holds != covering {
            let case = Some(Case { holds: covering, ..case.clone() });
            tracks.push((id, Track { case, ..track.clone() }));
        }
    }
    for (id, track) in tracks {
        states.load(id, track);
    }
    let of_creditor = |id: Uuid| -> Holds {
        let covers = holds.iter().filter(|(_, terms)| match &terms.scope {
            HoldScope::All => true,
            HoldScope::Creditor { creditor_id } => creditor_id.as_uuid() == id,
            HoldScope::Claim { .. } | HoldScope::Case { .. } | HoldScope::Person { .. } => false,
        });
        covers.map(|(hold_id, terms)| (*hold_id, terms.clone())).collect()
    };
    let creditors: Vec<(Uuid, Creditor)> = states
        .all::<Creditor>()
        .into_iter()
        .filter(|(id, _)| is_read(Creditor::KIND, *id))
        .map(|(id, creditor)| (id, Creditor { holds: of_creditor(id), ..creditor.clone() }))
        .collect();
    for (id, creditor) in creditors {
        states.load(id, creditor);
    }
}

/// The timeline is only added to: a case that is loaded again has no news.
fn saved(states: &mut Rehearsal, brought: Brought) -> Brought {
    for row in &brought.changed {
        let told = states.find::<Track>(row.id).filter(|track| !track.news.is_empty()).cloned();
        if let Some(track) = told {
            states.load(row.id, Track { news: Vec::new(), ..track });
        }
    }
    read_holds(states, &brought.changed);
    brought
}
