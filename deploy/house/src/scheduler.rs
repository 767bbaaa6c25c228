//! The scheduler's messages and timers.

use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn,
};
use contracts::letter::{Dispatched, NotSent, Uncertain};
use contracts::mediation::{PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{
    ClaimSettled, MoneyAwaited, MoneyCleared, PaymentAllocated, PaymentsKnown,
};
use contracts::telephony_task::{CallClosed, CallNotMade};
use mailbox::{Brought, Fault, Rehearsal, Rehearsed, Row};
use scheduler::domain::{
    self, Creditor, NEXT_STEP, PERMIT_END, PROMISE_DUE, Person, REVIEW, Track,
};
use uuid::Uuid;

use crate::{Input, on};

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("scheduler")
        .keeps::<Creditor>(|_| Creditor::default())
        .keeps::<Track>(|_| Track::default())
        .keeps::<Person>(|_| Person::default())
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

/// The timeline is only added to: a case that is loaded again has no news.
fn saved(states: &mut Rehearsal, brought: Brought) -> Brought {
    for row in &brought.changed {
        let told = states.find::<Track>(row.id).filter(|track| !track.news.is_empty()).cloned();
        if let Some(track) = told {
            states.load(row.id, Track { news: Vec::new(), ..track });
        }
    }
    brought
}
