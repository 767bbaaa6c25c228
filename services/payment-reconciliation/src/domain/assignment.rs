//! What a person decides about a payment: the case that it is for, or that it is not for one.
//!
//! Nothing that was booked is changed: what a payment paid by mistake is owed again, and the money
//! is unmatched as it was before.

use std::cmp::Ordering;

use contracts::payment_reconciliation::{
    AssignPayment, AssignPaymentAnswer, AssignmentRefusal, PaymentUnmatched, ReleasePayment,
    ReleasePaymentAnswer, RetractPayment, RetractPaymentAnswer, RetractionRefusal, SettledBy,
};
use mailbox::{Decision, Facts, Fault};
use primitives::{CaseId, Money, PaymentId};

use super::bug;
use super::case::{Case, Change, Placed, Share, place};
use super::desk::Desk;
use super::ledger::{LedgerTransaction, Occasion};
use super::payment::{Receipt, ReceivedPayment};
use super::staff::Staff;

/// A case, a payment, and who decides about both.
pub type OnCase = (Case, ReceivedPayment, Staff);

/// Unmatched money is booked on a case, in whole or in part, by a member of the finance desk.
pub fn assign(
    (case, payment, staff): OnCase,
    message: &AssignPayment,
    facts: &Facts,
) -> Result<(Decision<OnCase>, AssignPaymentAnswer), Fault> {
    let left = payment.left().map_err(|error| bug(&error))?;
    let Some((left, receipt)) = left.zip(payment.receipt) else {
        return Ok((Decision::quiet((case, payment, staff)), AssignPaymentAnswer::Unknown));
    };
    let amount = message.amount.unwrap_or(left);
    let fits = amount.is_positive() && amount.checked_cmp(left).is_ok_and(Ordering::is_le);
    let known = case.account.as_ref().zip(case.opened).filter(|(account, _)| {
        let is_on_it = |claim_id| account.claims.contains_key(claim_id);
        !message.claim_ids.is_empty() && message.claim_ids.iter().all(is_on_it)
    });
    let case_id = known.map(|(_, opened)| opened.case_id);
    let refusal = if !staff.is_finance_desk {
        Some(AssignmentRefusal::NotOfTheFinanceDesk)
    } else if !left.is_positive() {
        Some(AssignmentRefusal::NothingLeft)
    } else if payment.is_reported() && amount != receipt.amount {
        Some(AssignmentRefusal::Reported)
    } else if !fits {
        Some(AssignmentRefusal::WrongAmount { left })
    } else {
        None
    };
    let reason = match (refusal, case_id) {
        (Some(reason), _) => reason,
        (None, None) => AssignmentRefusal::NotOneCase,
        (None, Some(case_id)) => {
            let share = Share { payment_id: message.payment_id, receipt, amount };
            let change = Change::on(case, case_id, &message.claim_ids)?;
            return match place((change, payment), share, &message.claim_ids, facts)? {
                Placed::Booked(decision) => {
                    let left = left.checked_sub(amount).map_err(|error| bug(&error))?;
                    let booked = decision.state.1.booked_last(message.payment_id);
                    let answer = AssignPaymentAnswer::Assigned { case_id, booked, left };
                    Ok((with(decision, staff), answer))
                }
                Placed::Elsewhere((case, payment)) => {
                    let reason = AssignmentRefusal::WrongAccount;
                    let answer = AssignPaymentAnswer::Refused { reason };
                    Ok((Decision::quiet((case, payment, staff)), answer))
                }
            };
        }
    };
    let answer = AssignPaymentAnswer::Refused { reason };
    Ok((Decision::quiet((case, payment, staff)), answer))
}

/// A payment, or the part of it that is on the case, is taken off it: it is unmatched again.
pub fn release(
    (case, mut payment, staff): OnCase,
    message: &ReleasePayment,
    facts: &Facts,
) -> Result<(Decision<OnCase>, ReleasePaymentAnswer), Fault> {
    let ReleasePayment { payment_id, case_id } = *message;
    let Some(Receipt { received_on, holder, .. }) = payment.receipt else {
        return Ok((Decision::quiet((case, payment, staff)), ReleasePaymentAnswer::Unknown));
    };
    let found = on_case(&case, &payment, payment_id, case_id);
    let (own_id, amount) = match found {
        Some(found) if staff.is_finance_desk && !payment.is_reported() => found,
        Some(_) | None => {
            let reason = if !staff.is_finance_desk {
                AssignmentRefusal::NotOfTheFinanceDesk
            } else if payment.is_reported() {
                AssignmentRefusal::Reported
            } else {
                AssignmentRefusal::NotOnTheCase
            };
            let answer = ReleasePaymentAnswer::Refused { reason };
            return Ok((Decision::quiet((case, payment, staff)), answer));
        }
    };
    let mut change = Change::on(case, case_id, &[])?;
    change.account.take_back(own_id).map_err(|error| bug(&error))?;
    let mut told = change.conclude(&SettledBy::Payment, facts)?;
    let occasion = Occasion { booked_on: received_on, cause: facts.cause };
    let off = LedgerTransaction::payment_unassigned(own_id, (holder, case_id), amount, occasion);
    told.state.news.push(off.map_err(|error| bug(&error))?);
    if own_id == payment_id {
        payment.allocated = false;
        payment.case_id = None;
    }
    for part in payment.parts.iter_mut().filter(|part| part.payment_id == own_id) {
        part.is_on_case = false;
    }
    let mut decision = Decision::quiet((told.state, payment));
    decision.messages = told.messages;
    decision.timers = told.timers;
    // What is unmatched is known by the id of the whole.
    let payment_id = decision.state.1.own_id.unwrap_or(payment_id);
    let decision = decision.send(PaymentUnmatched { payment_id, amount, received_on });
    Ok((with(decision, staff), ReleasePaymentAnswer::Released { amount }))
}

/// What is locked while a payment is retracted: with the desk, no statement comes in meanwhile.
pub type Retracting = (Desk, ReceivedPayment, Staff);

/// A payment that only a report told of never came.
pub fn retract(
    (mut desk, mut payment, staff): Retracting,
    message: &RetractPayment,
    facts: &Facts,
) -> Result<(Decision<Retracting>, RetractPaymentAnswer), Fault> {
    let RetractPayment { payment_id } = *message;
    let left = payment.left().map_err(|error| bug(&error))?;
    let Some((left, receipt)) = left.zip(payment.receipt) else {
        return Ok((Decision::quiet((desk, payment, staff)), RetractPaymentAnswer::Unknown));
    };
    let Receipt { amount, received_on, holder } = receipt;
    let early = desk.early.iter().find(|it| it.movement.payment_id == payment_id);
    let refusal = match early {
        _ if !staff.is_finance_desk => Some(RetractionRefusal::NotOfTheFinanceDesk),
        None => Some(RetractionRefusal::NotToldEarly),
        Some(early) if !desk.has_told(&early.account, received_on) => {
            Some(RetractionRefusal::StatementToCome { received_on })
        }
        Some(_) if left != amount => Some(RetractionRefusal::OnACase),
        Some(_) => None,
    };
    if let Some(reason) = refusal {
        let answer = RetractPaymentAnswer::Refused { reason };
        return Ok((Decision::quiet((desk, payment, staff)), answer));
    }
    let occasion = Occasion { booked_on: received_on, cause: facts.cause };
    let gone = LedgerTransaction::report_retracted(payment_id, (holder, None), amount, occasion);
    payment.news.push(gone.map_err(|error| bug(&error))?);
    payment.retracted = true;
    desk.early.retain(|it| it.movement.payment_id != payment_id);
    let answer = RetractPaymentAnswer::Retracted { amount };
    let decision = Decision::quiet((desk, payment.clone(), staff));
    Ok((payment.is_decided(decision), answer))
}

/// What of a payment is on a case, under which id: the part that is named, or the whole, or its
/// newest part there.
fn on_case(
    case: &Case,
    payment: &ReceivedPayment,
    payment_id: PaymentId,
    case_id: CaseId,
) -> Option<(PaymentId, Money)> {
    let account = case.account.as_ref()?;
    // What went back to the payer is there no more.
    let is_there = |id: PaymentId| {
        let known = account.payments.get(&id).filter(|it| !it.retracted);
        known.map(|it| (id, it.amount)).filter(|(_, amount)| amount.is_positive())
    };
    if payment.allocated {
        return is_there(payment_id);
    }
    let is_named = payment.parts.iter().any(|part| part.payment_id == payment_id);
    let parts = payment.parts.iter().rev().filter(|part| part.is_on_case);
    let mut meant = parts
        .filter(|part| part.case_id == case_id && (!is_named || part.payment_id == payment_id));
    meant.find_map(|part| is_there(part.payment_id))
}

fn with(decision: Decision<(Case, ReceivedPayment)>, staff: Staff) -> Decision<OnCase> {
    let Decision { state: (case, payment), messages, effects, timers } = decision;
    Decision { state: (case, payment, staff), messages, effects, timers }
}
