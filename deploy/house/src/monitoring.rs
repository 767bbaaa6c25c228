//! Monitoring's trail, and the timer of its feedback.

use std::collections::BTreeMap;

use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, DirectPaymentReported,
    DirectPaymentRetracted,
};
use contracts::letter::{Dispatched, NotSent, NoteDispatched, NoteNotSent, Uncertain};
use contracts::mediation::{PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{
    ChargesBooked, ClaimSettled, PaymentAllocated, RemittanceApproved, RemittancePaid,
    RemittanceReturned,
};
use contracts::scheduler::{CaseClosed, CaseHeld, PermitGranted, PermitRefused, PromiseAwaited};
use contracts::telephony_task::{CallClosed, CallNotMade, TaskClaimed};
use mailbox::{Brought, Fault, Rehearsal, Rehearsed, Row};
use monitoring::domain::{self, Audited, Entry, WatchedCase};
use primitives::MessageId;
use uuid::Uuid;

use crate::Input;

/// The service: its states, and the trail beside them.
#[derive(Debug)]
pub struct Monitoring {
    pub states: Rehearsal,
    /// By case, then by message: one that comes twice is one entry.
    pub trail: BTreeMap<Option<Uuid>, BTreeMap<MessageId, Entry>>,
}

impl Monitoring {
    #[must_use]
    pub fn empty() -> Self {
        let states = Rehearsal::of("monitoring").keeps::<WatchedCase>(|_| WatchedCase::default());
        Self { states, trail: BTreeMap::new() }
    }

    /// Writes a message into the trail, as often as it comes.
    pub fn project(&mut self, input: Input<'_>) -> Result<(), Fault> {
        let entry = entry(input)?;
        let case = entry.particulars.case_id.map(|case_id| case_id.as_uuid());
        self.trail.entry(case).or_default().insert(entry.message_id, entry);
        Ok(())
    }

    pub fn take(&mut self, input: Input<'_>) -> Result<Brought, Fault> {
        if input.rehearsed.stem != "scheduler.evt.case-closed" {
            return Ok(Brought::default());
        }
        let closed: CaseClosed = input.read()?;
        let facts = input.rehearsed.facts;
        let id = closed.case_id.as_uuid();
        self.states.decide(input.rehearsed, &[id], |state| Ok(domain::watch(state, facts)))
    }

    /// The entries are read with the case where a note is due, and never kept with it.
    pub fn wake(&mut self, row: Row, it: Rehearsed<'_>) -> Result<Brought, Fault> {
        let entries: Vec<Entry> =
            self.trail.get(&Some(row.id)).into_iter().flat_map(|it| it.values().cloned()).collect();
        self.load(row.id, entries);
        let brought =
            self.states.decide(it, &[row.id], |state| domain::tell_creditor(state, it.facts));
        self.load(row.id, Vec::new());
        brought
    }

    fn load(&mut self, id: Uuid, entries: Vec<Entry>) {
        if let Some(case) = self.states.find::<WatchedCase>(id).cloned() {
            self.states.load(id, WatchedCase { entries, ..case });
        }
    }
}

fn of<M: Audited>(input: Input<'_>) -> Result<Entry, Fault> {
    Ok(Entry::of(input.envelope, &input.read::<M>()?))
}

fn entry(input: Input<'_>) -> Result<Entry, Fault> {
    match input.rehearsed.stem {
        "intake.evt.case-opened" => of::<CaseOpened>(input),
        "intake.evt.claim-registered" => of::<ClaimRegistered>(input),
        "intake.evt.claim-credited" => of::<ClaimCredited>(input),
        "intake.evt.claim-withdrawn" => of::<ClaimWithdrawn>(input),
        "intake.evt.direct-payment-reported" => of::<DirectPaymentReported>(input),
        "intake.evt.direct-payment-retracted" => of::<DirectPaymentRetracted>(input),
        "scheduler.evt.permit-granted" => of::<PermitGranted>(input),
        "scheduler.evt.permit-refused" => of::<PermitRefused>(input),
        "scheduler.evt.case-held" => of::<CaseHeld>(input),
        "scheduler.evt.promise-awaited" => of::<PromiseAwaited>(input),
        "scheduler.evt.case-closed" => of::<CaseClosed>(input),
        "letter.evt.dispatched" => of::<Dispatched>(input),
        "letter.evt.not-sent" => of::<NotSent>(input),
        "letter.evt.uncertain" => of::<Uncertain>(input),
        "letter.evt.note-dispatched" => of::<NoteDispatched>(input),
        "letter.evt.note-not-sent" => of::<NoteNotSent>(input),
        "telephony-task.evt.task-claimed" => of::<TaskClaimed>(input),
        "telephony-task.evt.call-closed" => of::<CallClosed>(input),
        "telephony-task.evt.call-not-made" => of::<CallNotMade>(input),
        "mediation.evt.promise-made" => of::<PromiseMade>(input),
        "mediation.evt.promise-judged" => of::<PromiseJudged>(input),
        "payment-reconciliation.evt.payment-allocated" => of::<PaymentAllocated>(input),
        "payment-reconciliation.evt.charges-booked" => of::<ChargesBooked>(input),
        "payment-reconciliation.evt.claim-settled" => of::<ClaimSettled>(input),
        "payment-reconciliation.evt.remittance-returned" => of::<RemittanceReturned>(input),
        "payment-reconciliation.evt.remittance-approved" => of::<RemittanceApproved>(input),
        "payment-reconciliation.evt.remittance-paid" => of::<RemittancePaid>(input),
        _ => Err(input.unexpected("monitoring")),
    }
}
