//! A received payment: what came in, and whether it is booked on a case yet.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::JudgePayment;
use mailbox::Decision;
use primitives::{CaseId, ClaimId, Date, Money, MoneyError, PaymentId};

use super::ledger::{Holder, LedgerTransaction};

/// One payment that the bank, a payment service provider or a creditor told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// Its own id; none where nobody told of it yet.
    pub own_id: Option<PaymentId>,
    /// None where nobody told of it yet.
    pub receipt: Option<Receipt>,
    /// Whether it is booked on a case in whole. Until then it is unmatched money, but for its
    /// parts.
    pub allocated: bool,
    /// The case that it is on in whole. Not known of what earlier releases booked: there its lines
    /// tell.
    pub case_id: Option<CaseId>,
    /// Its parts that went to cases of their own, oldest first.
    pub parts: Vec<PaymentPart>,
    pub told_by: ToldBy,
    /// Whether no such money came: the creditor took back what it had said, no statement told what
    /// a report had, or the payment service provider sent it back.
    pub retracted: bool,
    /// The claims that it pays first, once it is booked on their case.
    pub named: Vec<ClaimId>,
    /// What went back to whoever paid it, of the payment and of each of its parts; all of it above
    /// zero. Kept with the refunds.
    pub refunded: BTreeMap<PaymentId, Money>,
    /// The pay-out of the payment service provider that is less by it, where the provider sent it
    /// back.
    pub sent_back_by: Option<PaymentId>,
    /// The account that it came from, as the bank told. Kept with the statement.
    pub paid_from: Option<String>,
    /// Whether a case waits until it is known what it pays. Kept with the judgement.
    pub is_awaited: bool,
    /// What was decided just now, to be added to the ledger, where no case does that.
    pub news: Vec<LedgerTransaction>,
}

/// Who says that a payment came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToldBy {
    /// The bank by a statement, or the payment service provider.
    #[default]
    Statement,
    /// The bank by a report, and by no statement yet.
    Report,
    /// The creditor that it was paid to.
    Creditor,
}

/// A part of a payment, booked on a case as a payment of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPart {
    /// Its own id on the case and in the ledger.
    pub payment_id: PaymentId,
    pub case_id: CaseId,
    /// Above zero.
    pub amount: Money,
    /// The claims that it pays first.
    pub named: Vec<ClaimId>,
    /// Whether it still is on the case.
    pub is_on_case: bool,
}

impl ReceivedPayment {
    /// Whether the creditor that it was paid to told of it, and nobody else.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.told_by == ToldBy::Creditor
    }

    /// What was booked on a case last: the payment itself, or its newest part.
    #[must_use]
    pub fn booked_last(&self, payment_id: PaymentId) -> PaymentId {
        let part = self.parts.last().filter(|_| !self.allocated);
        part.map_or(payment_id, |part| part.payment_id)
    }

    /// The case that the payment, or a part of it, is on; none where it is on none, and where it is
    /// not known.
    pub(super) fn stands_on(&self, payment_id: PaymentId) -> Option<CaseId> {
        let part = self.parts.iter().find(|it| it.payment_id == payment_id);
        match part {
            Some(part) => part.is_on_case.then_some(part.case_id),
            None => self.case_id.filter(|_| self.allocated),
        }
    }

    /// Whether somebody, or a booking, has begun with it.
    #[must_use]
    pub fn is_taken_up(&self) -> bool {
        !self.parts.is_empty() || !self.refunded.is_empty()
    }

    /// Something became of it: where a case waits for it, it is judged again, which tells the case.
    pub(super) fn is_decided<S, E>(&self, decision: Decision<S, E>) -> Decision<S, E> {
        match self.own_id.filter(|_| self.is_awaited) {
            Some(payment_id) => decision.send(JudgePayment { payment_id }),
            None => decision,
        }
    }

    /// What is on no case yet; nothing where nobody told of the payment.
    pub fn left(&self) -> Result<Option<Money>, MoneyError> {
        let Some(Receipt { amount, .. }) = self.receipt else { return Ok(None) };
        if self.allocated || self.retracted {
            return Ok(Some(Money::zero(amount.currency())));
        }
        // What went back of a part that is on a case is a part of that part.
        let mut on_cases = self.parts.iter().filter(|part| part.is_on_case);
        let left = on_cases.try_fold(amount, |left, part| {
            left.checked_sub(part.amount)?.checked_add(self.refunded_of(part.payment_id, amount))
        })?;
        self.refunded.values().try_fold(left, |left, back| left.checked_sub(*back)).map(Some)
    }

    /// What went back of the payment, or of one of its parts, came back.
    pub(super) fn gets_back(
        &mut self,
        payment_id: PaymentId,
        amount: Money,
    ) -> Result<(), MoneyError> {
        let left = self.refunded_of(payment_id, amount).checked_sub(amount)?;
        if left.is_zero() {
            self.refunded.remove(&payment_id);
        } else {
            self.refunded.insert(payment_id, left);
        }
        Ok(())
    }

    /// What went back of the payment itself, or of one of its parts.
    fn refunded_of(&self, payment_id: PaymentId, like: Money) -> Money {
        self.refunded.get(&payment_id).copied().unwrap_or(Money::zero(like.currency()))
    }
}

/// What the bank says, or the creditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Negative where money went out.
    pub amount: Money,
    pub received_on: Date,
    /// In whose account it lies.
    pub holder: Holder,
}
