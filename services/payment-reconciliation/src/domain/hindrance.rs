//! What the scheduler says of a case that is to be debited: that nothing is in the way, that its
//! debtor or a person of ours is, or that it is not known yet.

use std::collections::BTreeSet;

use contracts::hold::{HoldScope, HoldTerms, HoldThen};
use contracts::payment_reconciliation::DebitLeftOut;
use contracts::scheduler::{
    CasePosition, CasePositionAnswer, CaseState, HoldReason, TimelineEvent,
};
use primitives::{ClaimId, Date, HoldId, NonPaymentReason};

/// What the scheduler says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing is in the way, unless one of these claims is still open: they are on hold.
    Free {
        held: BTreeSet<ClaimId>,
    },
    LeftOut(DebitLeftOut),
    /// Something is under way that may change it: the next file asks again.
    Waits,
}

/// Whether a case is debited by what the scheduler says on a day. What only keeps messages from
/// going out is no reason.
///
/// Its state alone does not tell: a call or a promise comes before a hold and a reason there.
#[must_use]
pub fn word_of(told: &CasePositionAnswer, today: Date) -> Word {
    let CasePositionAnswer::Known(position) = told else { return Word::Waits };
    let holds = holds_on(position, today);
    let is_held = holds.iter().any(|it| !matches!(it.scope, HoldScope::Claim { .. }));
    let mut leading = position.reasons.iter().filter(|it| it.leads && it.answered_at.is_none());
    if leading.any(|it| is_to_be_weighed(it.reason)) {
        return Word::LeftOut(DebitLeftOut::ReasonGiven);
    }
    if is_held {
        return Word::LeftOut(DebitLeftOut::OnHold);
    }
    let free = || {
        let claims = holds.iter().filter_map(|it| match it.scope {
            HoldScope::Claim { claim_id, .. } => Some(claim_id),
            HoldScope::Case { .. }
            | HoldScope::Person { .. }
            | HoldScope::Creditor { .. }
            | HoldScope::All => None,
        });
        Word::Free { held: claims.collect() }
    };
    match &position.state {
        CaseState::Acting { .. } | CaseState::AwaitingPromise { .. } => Word::Waits,
        CaseState::Planned { .. } | CaseState::Closed { .. } => free(),
        CaseState::Held { reason, .. } => match reason {
            HoldReason::ReasonGiven => Word::LeftOut(DebitLeftOut::ReasonGiven),
            HoldReason::OnHold => Word::LeftOut(DebitLeftOut::OnHold),
            HoldReason::ActUncertain | HoldReason::GateRefused => Word::Waits,
            HoldReason::StepsUsedUp
            | HoldReason::NotReachable
            | HoldReason::NotDelivered
            | HoldReason::NotWritten
            | HoldReason::TriedInVain => free(),
        },
    }
}

/// The holds over a case or its claims that count on a day, as its timeline tells of them. They may
/// be told in any order.
fn holds_on(position: &CasePosition, today: Date) -> Vec<&HoldTerms> {
    let events = || position.timeline.iter().map(|it| &it.what);
    let lifted = events().filter_map(|it| {
        let TimelineEvent::HoldLifted { hold_id, .. } = it else { return None };
        Some(*hold_id)
    });
    let lifted: BTreeSet<HoldId> = lifted.collect();
    let placed = events().filter_map(|it| {
        let TimelineEvent::HoldPlaced { hold_id, terms, .. } = it else { return None };
        (!lifted.contains(hold_id)).then_some(terms)
    });
    placed.filter(|terms| counts_on(terms, today)).collect()
}

/// As the scheduler counts.
fn counts_on(terms: &HoldTerms, today: Date) -> bool {
    let is_over = match terms.then {
        HoldThen::GoOn => terms.ends_on <= today,
        HoldThen::Decide => false,
    };
    terms.starts_on <= today && !is_over
}

/// Whether a person weighs it before anything else is asked of the debtor, as the scheduler has it.
const fn is_to_be_weighed(reason: NonPaymentReason) -> bool {
    match reason {
        NonPaymentReason::Carelessness
        | NonPaymentReason::Unwilling
        | NonPaymentReason::NotGiven
        | NonPaymentReason::Unreached => false,
        NonPaymentReason::SaysPaid
        | NonPaymentReason::Hardship
        | NonPaymentReason::Dissatisfied
        | NonPaymentReason::Moved
        | NonPaymentReason::IdentityUnsure
        | NonPaymentReason::DebtAid
        | NonPaymentReason::Insolvent
        | NonPaymentReason::Deceased
        | NonPaymentReason::Minor => true,
    }
}
