//! What the trail keeps of each type of message.

use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, DirectPaymentReported,
    DirectPaymentRetracted,
};
use contracts::letter::{Dispatched, NotSent, NoteDispatched, NoteNotSent, Uncertain};
use contracts::mediation::{PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{
    ChargesBooked, ClaimSettled, PaymentAllocated, RefundApproved, RefundPaid, RefundReturned,
    RemittanceApproved, RemittancePaid, RemittanceReturned,
};
use contracts::permit::PermittedDeed;
use contracts::scheduler::{CaseClosed, CaseHeld, PermitGranted, PermitRefused, PromiseAwaited};
use contracts::telephony_task::{CallClosed, CallNotMade, TaskClaimed};
use primitives::{CaseId, Channel, PermitId};
use serde::Serialize;
use serde_json::Value;

use super::entry::{Audited, Particulars, Parts};

/// What is kept of anything that happened on a case.
fn on(case_id: CaseId) -> Particulars {
    Particulars { case_id: Some(case_id), ..Particulars::default() }
}

/// What is kept of anything that happened, or not, under a permit.
fn under(permit_id: PermitId, case_id: CaseId) -> Particulars {
    Particulars { permit_id: Some(permit_id), ..on(case_id) }
}

/// A member of a closed set of the contracts, as it is written.
fn word(member: &impl Serialize) -> Option<String> {
    match serde_json::to_value(member) {
        Ok(Value::String(word)) => Some(word),
        Ok(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_),
        )
        | Err(_) => None,
    }
}

impl Audited for CaseOpened {
    fn particulars(&self) -> Particulars {
        on(self.case_id)
    }
}

impl Audited for ClaimRegistered {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..on(self.case_id) }
    }
}

impl Audited for ClaimCredited {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..on(self.case_id) }
    }
}

impl Audited for ClaimWithdrawn {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.reason), ..on(self.case_id) }
    }
}

impl Audited for DirectPaymentReported {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..on(self.case_id) }
    }
}

impl Audited for DirectPaymentRetracted {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..on(self.case_id) }
    }
}

impl Audited for PermitGranted {
    fn particulars(&self) -> Particulars {
        let permit = &self.permit;
        let (code, channels) = match &permit.deed {
            PermittedDeed::Write { message, channels } => (message.as_str(), channels.clone()),
            PermittedDeed::Call => ("call", vec![Channel::Telephone]),
        };
        Particulars {
            rule_ids: permit.rule_ids.clone(),
            rule_pack: Some(permit.rule_pack.clone()),
            code: Some(code.to_owned()),
            channels,
            not_before: Some(permit.not_before),
            not_after: Some(permit.not_after),
            ..under(permit.permit_id, permit.case_id)
        }
    }
}

impl Audited for PermitRefused {
    fn particulars(&self) -> Particulars {
        Particulars {
            rule_ids: self.rule_ids.clone(),
            rule_pack: Some(self.rule_pack.clone()),
            ..on(self.case_id)
        }
    }
}

impl Audited for CaseHeld {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.reason), ..on(self.case_id) }
    }
}

impl Audited for PromiseAwaited {
    fn particulars(&self) -> Particulars {
        on(self.case_id)
    }
}

impl Audited for CaseClosed {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.reason), ..on(self.case_id) }
    }
}

impl Audited for Dispatched {
    fn particulars(&self) -> Particulars {
        Particulars {
            text_version: Some(self.text_version.clone()),
            amount: Some(self.asked),
            code: word(&self.message),
            channels: vec![self.channel],
            happened_at: Some(self.dispatched_at),
            ..under(self.permit_id, self.case_id)
        }
    }
}

impl Audited for NotSent {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.reason), ..under(self.permit_id, self.case_id) }
    }
}

impl Audited for Uncertain {
    fn particulars(&self) -> Particulars {
        under(self.permit_id, self.case_id)
    }
}

impl Audited for NoteDispatched {
    fn particulars(&self) -> Particulars {
        Particulars {
            case_id: self.case_id,
            happened_at: Some(self.dispatched_at),
            ..Particulars::default()
        }
    }
}

impl Audited for NoteNotSent {
    fn particulars(&self) -> Particulars {
        Particulars { case_id: self.case_id, code: word(&self.reason), ..Particulars::default() }
    }
}

impl Audited for TaskClaimed {
    fn particulars(&self) -> Particulars {
        under(self.permit_id, self.case_id)
    }
}

impl Audited for CallClosed {
    fn particulars(&self) -> Particulars {
        Particulars {
            amount: self.promise.as_ref().map(|promise| promise.amount),
            code: word(&self.outcome),
            channels: vec![Channel::Telephone],
            happened_at: Some(self.called_at),
            reason: Some(self.reason),
            ..under(self.permit_id, self.case_id)
        }
    }
}

impl Audited for CallNotMade {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.reason), ..under(self.permit_id, self.case_id) }
    }
}

impl Audited for PromiseMade {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..on(self.case_id) }
    }
}

impl Audited for PromiseJudged {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.received), code: word(&self.verdict), ..on(self.case_id) }
    }
}

impl Audited for PaymentAllocated {
    fn particulars(&self) -> Particulars {
        let Self { costs, interest, principal, .. } = *self;
        Particulars {
            amount: Some(self.amount),
            parts: Some(Parts { costs, interest, principal }),
            ..on(self.case_id)
        }
    }
}

impl Audited for ChargesBooked {
    fn particulars(&self) -> Particulars {
        Particulars {
            rule_ids: self.rule_ids.clone(),
            rule_pack: Some(self.rule_pack.clone()),
            // Both are of the claim's currency, and far from the largest amount.
            amount: self.costs.checked_add(self.interest).ok(),
            ..on(self.case_id)
        }
    }
}

impl Audited for ClaimSettled {
    fn particulars(&self) -> Particulars {
        Particulars { code: word(&self.by), ..on(self.case_id) }
    }
}

impl Audited for RefundApproved {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), case_id: self.case_id, ..Particulars::default() }
    }
}

impl Audited for RefundPaid {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), case_id: self.case_id, ..Particulars::default() }
    }
}

impl Audited for RefundReturned {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), case_id: self.case_id, ..Particulars::default() }
    }
}

impl Audited for RemittanceApproved {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..Particulars::default() }
    }
}

impl Audited for RemittanceReturned {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..Particulars::default() }
    }
}

impl Audited for RemittancePaid {
    fn particulars(&self) -> Particulars {
        Particulars { amount: Some(self.amount), ..Particulars::default() }
    }
}
