//! What is owed on a case, as payment-reconciliation said a moment before a decision.

use contracts::payment_reconciliation::Position;
use contracts::telephony_task::{ClaimRefusal, CloseRefusal};
use jiff::ToSpan;
use primitives::{CaseId, Date, Money, Timestamp};

use super::task::Errand;

/// The answer for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub case_id: CaseId,
    /// None where it does not know the case yet, or was not asked.
    pub position: Option<Position>,
}

impl Owed {
    /// Whether it is about the case of a call.
    pub(super) fn is_of(&self, errand: &Errand) -> bool {
        self.case_id == errand.order.permit.case_id
    }

    /// Refuses a call to somebody who owes nothing any more, or who may have paid what is not known
    /// yet.
    pub(super) fn still_asked_for(
        &self,
        errand: &Errand,
        now: Timestamp,
    ) -> Result<(), ClaimRefusal> {
        let permit = &errand.order.permit;
        if let Some(position) = &self.position {
            let mut claims = position.claims.iter();
            let asked = |claim_id| permit.claim_ids.contains(claim_id);
            if !claims.any(|claim| asked(&claim.claim_id) && claim.open.is_positive()) {
                return Err(ClaimRefusal::NothingOwed);
            }
        }
        let Some(within_days) = permit.payments_known_within_days else { return Ok(()) };
        let until = self.position.as_ref().and_then(|position| position.payments_known_until);
        let oldest = errand.local_date(now).saturating_sub(i64::from(within_days).days());
        match until {
            Some(until) if until >= oldest => Ok(()),
            _ => Err(ClaimRefusal::PaymentsNotKnown { until, within_days }),
        }
    }

    /// Refuses a promise of nothing, or of more than was owed on the day of the call: what came in
    /// since may be its first part.
    pub(super) fn covers(&self, promised: Money, called_on: Date) -> Result<(), CloseRefusal> {
        if !promised.is_positive() {
            return Err(CloseRefusal::PromiseOfNothing);
        }
        let Some(position) = &self.position else { return Ok(()) };
        let lines = position.claims.iter().flat_map(|claim| &claim.lines);
        let since = lines.filter(|line| called_on <= line.on && line.amount.is_negative());
        let open = since.fold(position.open, |open, line| {
            open.checked_sub(line.amount).unwrap_or(position.open)
        });
        match open.checked_sub(promised) {
            Err(_) => Err(CloseRefusal::PromiseOfNothing),
            Ok(left) if left.is_negative() => Err(CloseRefusal::PromiseAboveOpen { open }),
            Ok(_) => Ok(()),
        }
    }
}
