//! Which claims a payment pays that no known reference tells: what is certain is booked, and what
//! is likely is proposed to a person.
//!
//! The evidence is weighed in `matching`; proposals are never kept, but made when somebody looks,
//! so that they are always of what is open then.

use contracts::payment_reconciliation::{
    AllocatePayment, AssignmentRefusal, DismissProposalsAnswer, JudgePayment, PairPayout,
    PaymentProposal, PaymentUnmatched, ProposedPart,
};
use mailbox::{Decision, Facts, Fault};
use matching::{Found, Judgement, Match, Payment, clues, judge};
use primitives::{Money, PaymentId, StaffId};

use super::bug;
use super::staff::Staff;

/// What is known of a payment that may pay something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// What is left of the payment; none where nobody told of it, or where there is nothing to
    /// judge: it is on a case, went out, or came back from a bank.
    pub payment: Option<Payment>,
    /// Whether it was heard of at all.
    pub is_known: bool,
    /// Read with the payment, and never kept with it.
    pub found: Found,
    /// Whether its text names a settlement of the payment service provider. Read with it too.
    pub names: Names,
    /// Who said that none of the proposals is right.
    pub dismissed_by: Option<StaffId>,
    /// Whether it was told that a person is needed: what is judged again is told once.
    pub is_told: bool,
}

/// What a text names beside claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    #[default]
    Nothing,
    /// A settlement: the provider paid, and no debtor.
    Settlement,
    /// What looks like one, and the provider knows none such.
    UnknownSettlement,
}

impl Judging {
    /// What the payment pays.
    #[must_use]
    pub fn judgement(&self) -> Judgement {
        let Some(payment) = &self.payment else { return Judgement::Unknown };
        judge(payment, &clues(payment), &self.found)
    }

    /// What a person may decide, the likeliest first; nothing where that was refused.
    #[must_use]
    pub fn proposals(&self) -> Vec<PaymentProposal> {
        if self.dismissed_by.is_some() || self.names == Names::Settlement {
            return Vec::new();
        }
        match self.judgement() {
            Judgement::Certain(only) => vec![proposal(&only)],
            Judgement::Proposals(matches) => matches.iter().map(proposal).collect(),
            Judgement::Unknown => Vec::new(),
        }
    }
}

/// Books what is certain; of anything else it is told that a person is needed.
pub fn judge_payment(judging: Judging, message: &JudgePayment) -> Result<Decision<Judging>, Fault> {
    let payment_id = message.payment_id;
    if !judging.is_known {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    }
    let pairing = PairPayout { payment_id };
    if judging.payment.is_some() && judging.names == Names::Settlement {
        return Ok(Decision::quiet(judging).send(pairing));
    }
    let asks_again = judging.payment.is_some() && judging.names == Names::UnknownSettlement;
    let decision = judge_by_clues(judging, payment_id)?;
    Ok(if asks_again { decision.send(pairing) } else { decision })
}

/// What no settlement tells of either.
fn judge_by_clues(mut judging: Judging, payment_id: PaymentId) -> Result<Decision<Judging>, Fault> {
    let Some(payment) = judging.payment.as_ref().filter(|_| judging.dismissed_by.is_none()) else {
        return Ok(Decision::quiet(judging));
    };
    let unmatched =
        PaymentUnmatched { payment_id, amount: payment.amount, received_on: payment.received_on };
    let certain = match judging.judgement() {
        Judgement::Certain(only) => shares(payment_id, payment, &only)?,
        Judgement::Proposals(_) | Judgement::Unknown => Vec::new(),
    };
    if certain.is_empty() {
        let was_told = std::mem::replace(&mut judging.is_told, true);
        let decision = Decision::quiet(judging);
        return Ok(if was_told { decision } else { decision.send(unmatched) });
    }
    Ok(certain.into_iter().fold(Decision::quiet(judging), Decision::send))
}

/// Nobody is shown the proposals for a payment any more.
pub fn dismiss(
    (mut judging, staff): (Judging, Staff),
    facts: &Facts,
) -> (Decision<(Judging, Staff)>, DismissProposalsAnswer) {
    let Some(by) = staff.of_finance_desk(&facts.actor) else {
        let reason = AssignmentRefusal::NotOfTheFinanceDesk;
        let answer = DismissProposalsAnswer::Refused { reason };
        return (Decision::quiet((judging, staff)), answer);
    };
    if judging.proposals().is_empty() {
        return (Decision::quiet((judging, staff)), DismissProposalsAnswer::NothingProposed);
    }
    judging.dismissed_by = Some(by);
    (Decision::quiet((judging, staff)), DismissProposalsAnswer::Dismissed)
}

/// One command for each case. What is left over goes with the first of them: it is to be paid back
/// there.
fn shares(
    payment_id: PaymentId,
    payment: &Payment,
    only: &Match,
) -> Result<Vec<AllocatePayment>, Fault> {
    let mut shares: Vec<AllocatePayment> = Vec::new();
    let mut over = Some(only.remainder);
    for part in &only.parts {
        let add = |one: Money, other| one.checked_add(other).map_err(|error| bug(&error));
        let more = over.take().map_or(Ok(part.amount), |over| add(part.amount, over))?;
        if let Some(share) = shares.iter_mut().find(|share| share.case_id == part.case_id) {
            share.amount = add(share.amount, more)?;
            share.judged = share.judged.map(|judged| add(judged, part.amount)).transpose()?;
            share.claim_ids.push(part.claim_id);
        } else {
            shares.push(AllocatePayment {
                payment_id,
                case_id: part.case_id,
                claim_ids: vec![part.claim_id],
                creditor_id: part.creditor_id,
                amount: more,
                received_on: payment.received_on,
                judged: Some(part.amount),
            });
        }
    }
    Ok(shares)
}

fn proposal(one: &Match) -> PaymentProposal {
    let part = |part: &matching::Part| ProposedPart {
        claim_id: part.claim_id,
        case_id: part.case_id,
        creditor_id: part.creditor_id,
        amount: part.amount,
    };
    PaymentProposal {
        parts: one.parts.iter().map(part).collect(),
        remainder: one.remainder,
        confidence_per_mille: one.confidence,
        because: one.reasons.iter().map(ToString::to_string).collect(),
    }
}
