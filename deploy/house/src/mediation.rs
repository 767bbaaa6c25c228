//! Mediation's messages.

use contracts::mediation::JudgePromise;
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated};
use contracts::telephony_task::CallClosed;
use mailbox::{Brought, Fault, Rehearsal};
use mediation::domain::{self, CaseFile};

use crate::{Input, on};

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("mediation").keeps::<CaseFile>(|_| CaseFile::default())
}

pub fn take(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    match input.rehearsed.stem {
        "telephony-task.evt.call-closed" => {
            on!(states, input, CallClosed, |it| it.case_id.as_uuid(), |state, facts| Ok(
                domain::close_call(state, &it, facts)
            ))
        }
        "payment-reconciliation.evt.payment-allocated" => {
            on!(states, input, PaymentAllocated, |it| it.case_id.as_uuid(), |state, facts| {
                domain::receive(state, &it, facts)
            })
        }
        "payment-reconciliation.evt.claim-settled" => {
            on!(states, input, ClaimSettled, |it| it.case_id.as_uuid(), |state, facts| Ok(
                domain::settle_claim(state, &it, facts)
            ))
        }
        "mediation.cmd.judge-promise" => {
            on!(states, input, JudgePromise, |it| it.case_id.as_uuid(), |state, facts| {
                domain::judge(state, &it, facts)
            })
        }
        _ => Err(input.unexpected("mediation")),
    }
}
