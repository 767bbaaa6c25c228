//! What is owed on one case, line by line, and how a payment is spread over its claims.
//!
//! A position is the sum of its lines, and every line is booked in the ledger in the same step.
//! Narrow: principal only. Costs and interest will be further kinds of lines, allocated before the
//! principal of their claim (6:44 BW). Nothing here makes a claim negative: what was paid and is no
//! longer owed is refundable.

use std::collections::BTreeMap;

use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, MessageId, Money, MoneyError, PaymentId,
};

use super::ledger::{
    Holder, LedgerAccount, LedgerError, LedgerTransaction, Occasion, Pair, TransactionKind,
    positive,
};

/// The account of one case. All its claims are in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAccount {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub currency: Currency,
    pub claims: BTreeMap<ClaimId, ClaimAccount>,
    /// What is to be paid back to debtors of the case; positive where it grew.
    pub refundable: Vec<Line>,
}

/// The account of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimAccount {
    /// The day on which the principal had to be paid.
    pub due_on: Date,
    /// In the order in which they became known; only ever added to. They sum to what is open.
    pub lines: Vec<Line>,
}

/// One reason why the position is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The day it counts for.
    pub on: Date,
    pub kind: LineKind,
    /// Positive where it raises what is owed or refundable.
    pub amount: Money,
    /// The message that brought it.
    pub cause: MessageId,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The claim as it was handed over.
    Principal,
    /// The creditor lowered it.
    CreditNote,
    /// The creditor gave up the rest of it.
    Withdrawal,
    /// Money was paid on it, or released from it where the amount is positive.
    Payment { payment_id: PaymentId, holder: Holder },
}

/// A received payment that is known to be for this case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    pub payment_id: PaymentId,
    /// Above zero.
    pub amount: Money,
    /// In whose account it lies.
    pub holder: Holder,
}

/// How a payment is spread. The lines and the rest sum to the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// In the order in which the claims are paid; amounts above zero.
    pub lines: Vec<(ClaimId, Money)>,
    /// More than was owed.
    pub refundable: Money,
}

/// What a payment now pays of what it was too much before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reapplied {
    pub payment_id: PaymentId,
    /// The day of the payment, for which its lines count.
    pub received_on: Date,
    /// In the order in which the claims are paid; amounts above zero.
    pub lines: Vec<(ClaimId, Money)>,
}

/// How a credit note is used. The parts sum to the credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Taken off what was open.
    pub off_open: Money,
    /// In the place of what the creditor had given up already.
    pub off_withdrawn: Money,
    /// Taken off what was paid, which is now refundable.
    pub off_paid: Money,
    /// More than the claim ever was; nothing was paid for it, and nothing is booked.
    pub beyond: Money,
}

/// Why a position cannot change. It is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    #[error("claim {0} is on the case already")]
    KnownClaim(ClaimId),
    #[error("claim {0} is not on the case: register it first")]
    UnknownClaim(ClaimId),
    #[error("payment {0} was allocated to the case already")]
    KnownPayment(PaymentId),
    #[error("the payment lies in the account of creditor {0}, who is not the creditor of the case")]
    OtherCreditor(CreditorId),
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the change cannot be booked")]
    Ledger(#[from] LedgerError),
}

impl CaseAccount {
    /// A case on which nothing is owed.
    #[must_use]
    pub const fn new(case_id: CaseId, creditor_id: CreditorId, currency: Currency) -> Self {
        let claims = BTreeMap::new();
        Self { case_id, creditor_id, currency, claims, refundable: Vec::new() }
    }

    /// What is owed on a claim; never negative.
    pub fn open(&self, claim_id: ClaimId) -> Result<Money, PositionError> {
        Ok(self.claim(claim_id)?.open(self.currency)?)
    }

    /// What is owed on the case; never negative.
    pub fn open_total(&self) -> Result<Money, PositionError> {
        let mut total = Money::zero(self.currency);
        for claim in self.claims.values() {
            total = total.checked_add(claim.open(self.currency)?)?;
        }
        Ok(total)
    }

    /// What is to be paid back; never negative.
    pub fn refundable_total(&self) -> Result<Money, PositionError> {
        Ok(Money::sum(self.currency, self.refundable.iter().map(|line| line.amount))?)
    }

    /// Why a claim stands where it does: its lines, oldest first. They sum to what is open.
    pub fn explain(&self, claim_id: ClaimId) -> Result<Vec<Line>, PositionError> {
        let mut lines = self.claim(claim_id)?.lines.clone();
        lines.sort_by_key(|line| line.on);
        Ok(lines)
    }

    /// Spreads an amount over the claims: the named ones first, then the others, each time the one
    /// that was due first (6:43 BW), between equal days the one with the smaller id. What is then
    /// left is refundable. What a creditor gave up is still paid by money that was received until
    /// that day: so it does not matter which of the two was heard of first.
    pub fn allocate(
        &self,
        amount: Money,
        named: &[ClaimId],
        received_on: Date,
    ) -> Result<Allocation, PositionError> {
        named.iter().try_for_each(|claim_id| self.claim(*claim_id).map(|_| ()))?;
        let mut order: Vec<(&ClaimId, &ClaimAccount)> = self.claims.iter().collect();
        order.sort_by_key(|(id, claim)| (!named.contains(id), claim.due_on, **id));
        let mut left = self.amount(amount)?;
        let mut lines = Vec::new();
        for (claim_id, claim) in order {
            let given_up = claim.given_up(self.currency, received_on)?;
            let part = claim.open(self.currency)?.checked_add(given_up)?.min(left)?;
            if part.is_positive() {
                left = left.checked_sub(part)?;
                lines.push((*claim_id, part));
            }
        }
        Ok(Allocation { lines, refundable: left })
    }

    /// Puts a claim on the case.
    pub fn register(
        &mut self,
        claim_id: ClaimId,
        principal: Money,
        due_on: Date,
        occasion: Occasion,
    ) -> Result<LedgerTransaction, PositionError> {
        if self.claims.contains_key(&claim_id) {
            return Err(PositionError::KnownClaim(claim_id));
        }
        let raised = self.raised(claim_id, self.amount(principal)?);
        let kind = TransactionKind::ClaimRegistered(claim_id);
        let transaction = LedgerTransaction::of(kind, occasion, [raised])?;
        let lines = vec![Line::new(LineKind::Principal, principal, occasion)];
        self.claims.insert(claim_id, ClaimAccount { due_on, lines });
        Ok(transaction)
    }

    /// Books a payment that was received and is still unmatched.
    pub fn pay(
        &mut self,
        payment: Payment,
        named: &[ClaimId],
        occasion: Occasion,
    ) -> Result<(Allocation, Vec<LedgerTransaction>), PositionError> {
        let Payment { payment_id, amount, holder } = payment;
        self.may_take(payment)?;
        let allocation = self.allocate(amount, named, occasion.booked_on)?;
        let unmatched = LedgerAccount::Unmatched(holder);
        let paying = self.paying(payment, unmatched, &allocation.lines, occasion)?;
        let mut transactions: Vec<LedgerTransaction> = paying.transaction.into_iter().collect();
        if allocation.refundable.is_positive() {
            let credit = LedgerAccount::Refundable(holder, self.case_id);
            let pair = Pair { debit: unmatched, credit, amount: allocation.refundable };
            let overpaid = TransactionKind::Overpaid(payment_id);
            transactions.push(LedgerTransaction::of(overpaid, occasion, [pair])?);
            let kind = LineKind::Payment { payment_id, holder };
            self.refundable.push(Line::new(kind, allocation.refundable, occasion));
        }
        self.add(paying.lines);
        Ok((allocation, transactions))
    }

    /// Books a credit note. It takes off what is open first, then what the creditor had given up,
    /// then what was paid, the newest payment first; so it does not matter which of them came
    /// before.
    pub fn credit(
        &mut self,
        claim_id: ClaimId,
        amount: Money,
        occasion: Occasion,
    ) -> Result<(Credit, Vec<LedgerTransaction>), PositionError> {
        let amount = self.amount(amount)?;
        let claim = self.claim(claim_id)?;
        let credit = claim.credit(amount, self.currency)?;
        let mut transactions = Vec::new();
        let mut lines = Vec::new();
        let mut refundable = Vec::new();
        for (payment_id, holder, amount) in claim.release(credit.off_paid)? {
            let debit = self.creditors_share(holder);
            let given_back = LedgerAccount::Refundable(holder, self.case_id);
            let pairs = [Pair { debit, credit: given_back, amount }, self.raised(claim_id, amount)];
            let kind = TransactionKind::PaymentReleased(payment_id);
            transactions.push(LedgerTransaction::of(kind, occasion, pairs)?);
            let line = Line::new(LineKind::Payment { payment_id, holder }, amount, occasion);
            lines.push((claim_id, line));
            refundable.push(line);
        }
        if credit.off_withdrawn.is_positive() {
            let pair = self.raised(claim_id, credit.off_withdrawn);
            let kind = TransactionKind::WithdrawalReduced(claim_id);
            transactions.push(LedgerTransaction::of(kind, occasion, [pair])?);
            let line = Line::new(LineKind::Withdrawal, credit.off_withdrawn, occasion);
            lines.push((claim_id, line));
        }
        let booked = amount.checked_sub(credit.beyond)?;
        if booked.is_positive() {
            let kind = TransactionKind::ClaimCredited(claim_id);
            let pair = self.lowered(claim_id, booked);
            transactions.push(LedgerTransaction::of(kind, occasion, [pair])?);
            let line = Line::new(LineKind::CreditNote, booked.checked_neg()?, occasion);
            lines.push((claim_id, line));
        }
        self.refundable.extend(refundable);
        self.add(lines);
        Ok((credit, transactions))
    }

    /// The creditor gives up what is open on a claim. What was paid stays paid. Absent when nothing
    /// was open.
    pub fn withdraw(
        &mut self,
        claim_id: ClaimId,
        occasion: Occasion,
    ) -> Result<Option<LedgerTransaction>, PositionError> {
        let open = self.open(claim_id)?;
        if !open.is_positive() {
            return Ok(None);
        }
        let kind = TransactionKind::ClaimWithdrawn(claim_id);
        let transaction = LedgerTransaction::of(kind, occasion, [self.lowered(claim_id, open)])?;
        let line = Line::new(LineKind::Withdrawal, open.checked_neg()?, occasion);
        self.add([(claim_id, line)]);
        Ok(Some(transaction))
    }

    /// Lets what was paid too much pay what is open, the oldest money first. To be called after
    /// each change that raises what is open or refundable: then it does not matter which of them
    /// came first, and nobody is asked for money while there is money to be given back.
    pub fn reapply(
        &mut self,
        cause: MessageId,
    ) -> Result<(Vec<Reapplied>, Vec<LedgerTransaction>), PositionError> {
        let (mut reapplied, mut transactions) = (Vec::new(), Vec::new());
        for (payment, received_on) in self.overpaid()? {
            let Payment { payment_id, amount, holder } = payment;
            let Allocation { lines, refundable } = self.allocate(amount, &[], received_on)?;
            let occasion = Occasion { booked_on: received_on, cause };
            let from = LedgerAccount::Refundable(holder, self.case_id);
            let paying = self.paying(payment, from, &lines, occasion)?;
            let Some(transaction) = paying.transaction else { continue };
            let kind = LineKind::Payment { payment_id, holder };
            let used = refundable.checked_sub(amount)?;
            self.refundable.push(Line::new(kind, used, occasion));
            self.add(paying.lines);
            transactions.push(transaction);
            reapplied.push(Reapplied { payment_id, received_on, lines });
        }
        Ok((reapplied, transactions))
    }

    /// What a payment out of the account given does to claims.
    fn paying(
        &self,
        payment: Payment,
        from: LedgerAccount,
        parts: &[(ClaimId, Money)],
        occasion: Occasion,
    ) -> Result<Paying, PositionError> {
        let Payment { payment_id, holder, .. } = payment;
        let kind = LineKind::Payment { payment_id, holder };
        let (mut pairs, mut lines) = (Vec::new(), Vec::new());
        for (claim_id, amount) in parts {
            let credit = self.creditors_share(holder);
            pairs.push(Pair { debit: from, credit, amount: *amount });
            let off_open = self.open(*claim_id)?.min(*amount)?;
            if off_open.is_positive() {
                pairs.push(self.lowered(*claim_id, off_open));
            }
            // The rest comes in the place of what the creditor had given up.
            let regained = amount.checked_sub(off_open)?;
            if regained.is_positive() {
                lines.push((*claim_id, Line::new(LineKind::Withdrawal, regained, occasion)));
            }
            lines.push((*claim_id, Line::new(kind, amount.checked_neg()?, occasion)));
        }
        if pairs.is_empty() {
            return Ok(Paying { transaction: None, lines });
        }
        let kind = TransactionKind::PaymentAllocated(payment_id);
        let transaction = Some(LedgerTransaction::of(kind, occasion, pairs)?);
        Ok(Paying { transaction, lines })
    }

    /// What is to be paid back of which payment, and the day of the payment, the oldest first.
    pub fn overpaid(&self) -> Result<Vec<(Payment, Date)>, PositionError> {
        let mut overpaid: Vec<(Payment, Date)> = Vec::new();
        for line in &self.refundable {
            let LineKind::Payment { payment_id, holder } = line.kind else { continue };
            let known = overpaid.iter_mut().find(|(known, _)| known.payment_id == payment_id);
            if let Some((known, _)) = known {
                known.amount = known.amount.checked_add(line.amount)?;
            } else {
                let payment = Payment { payment_id, amount: line.amount, holder };
                overpaid.push((payment, self.received_on(payment_id).unwrap_or(line.on)));
            }
        }
        overpaid.retain(|(payment, _)| payment.amount.is_positive());
        overpaid.sort_by_key(|(payment, received_on)| (*received_on, payment.payment_id));
        Ok(overpaid)
    }

    /// The day for which a payment lowers claims, where it ever did.
    fn received_on(&self, payment_id: PaymentId) -> Option<Date> {
        let mut lines = self.claims.values().flat_map(|claim| &claim.lines);
        let lowers = |line: &&Line| {
            matches!(line.kind, LineKind::Payment { payment_id: id, .. } if id == payment_id)
                && line.amount.is_negative()
        };
        lines.find(lowers).map(|line| line.on)
    }

    fn claim(&self, claim_id: ClaimId) -> Result<&ClaimAccount, PositionError> {
        self.claims.get(&claim_id).ok_or(PositionError::UnknownClaim(claim_id))
    }

    /// The amount, if it is above zero and in the currency of the case.
    fn amount(&self, amount: Money) -> Result<Money, PositionError> {
        let amount = amount.checked_sub(Money::zero(self.currency))?;
        Ok(positive(amount)?)
    }

    /// No payment counts twice, and no creditor's money pays another's claims.
    fn may_take(&self, payment: Payment) -> Result<(), PositionError> {
        if let Holder::Creditor(creditor_id) = payment.holder
            && creditor_id != self.creditor_id
        {
            return Err(PositionError::OtherCreditor(creditor_id));
        }
        let lines = self.claims.values().flat_map(|claim| &claim.lines).chain(&self.refundable);
        let is_this = |line: &Line| match line.kind {
            LineKind::Payment { payment_id, .. } => payment_id == payment.payment_id,
            LineKind::Principal | LineKind::CreditNote | LineKind::Withdrawal => false,
        };
        if lines.into_iter().any(is_this) {
            return Err(PositionError::KnownPayment(payment.payment_id));
        }
        Ok(())
    }

    /// Where paid money belongs to the creditor.
    const fn creditors_share(&self, holder: Holder) -> LedgerAccount {
        match holder {
            Holder::Agency => LedgerAccount::OwedToCreditor(self.creditor_id),
            Holder::Creditor(creditor_id) => LedgerAccount::SettledAtCreditor(creditor_id),
        }
    }

    const fn raised(&self, claim_id: ClaimId, amount: Money) -> Pair {
        let credit = LedgerAccount::CreditorClaims(self.creditor_id);
        Pair { debit: LedgerAccount::Receivable(claim_id), credit, amount }
    }

    const fn lowered(&self, claim_id: ClaimId, amount: Money) -> Pair {
        let Pair { debit, credit, amount } = self.raised(claim_id, amount);
        Pair { debit: credit, credit: debit, amount }
    }

    /// The last step of each change, after all that can fail.
    fn add(&mut self, lines: impl IntoIterator<Item = (ClaimId, Line)>) {
        for (claim_id, line) in lines {
            self.claims.entry(claim_id).and_modify(|claim| claim.lines.push(line));
        }
    }
}

/// What a payment does to claims.
struct Paying {
    /// None where it pays nothing.
    transaction: Option<LedgerTransaction>,
    lines: Vec<(ClaimId, Line)>,
}

impl ClaimAccount {
    /// What is owed; never negative.
    pub fn open(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::sum(currency, self.lines.iter().map(|line| line.amount))
    }

    /// The sum of the lines of the kinds that are meant; negative where they lowered the claim.
    pub fn sum(
        &self,
        currency: Currency,
        is_meant: impl Fn(LineKind) -> bool,
    ) -> Result<Money, MoneyError> {
        let those = self.lines.iter().filter(|line| is_meant(line.kind));
        Money::sum(currency, those.map(|line| line.amount))
    }

    /// What the creditor gave up on the day given or later, as far as nothing took its place.
    fn given_up(&self, currency: Currency, since: Date) -> Result<Money, MoneyError> {
        let gives_up = |line: &Line| {
            line.kind == LineKind::Withdrawal && line.amount.is_negative() && line.on >= since
        };
        if !self.lines.iter().any(gives_up) {
            return Ok(Money::zero(currency));
        }
        self.sum(currency, |kind| kind == LineKind::Withdrawal)?.checked_neg()
    }

    fn credit(&self, amount: Money, currency: Currency) -> Result<Credit, MoneyError> {
        let is_invoiced = |kind| matches!(kind, LineKind::Principal | LineKind::CreditNote);
        let creditable = self.sum(currency, is_invoiced)?;
        let withdrawn = self.sum(currency, |kind| kind == LineKind::Withdrawal)?.checked_neg()?;
        let booked = amount.min(creditable)?;
        let off_open = booked.min(self.open(currency)?)?;
        let rest = booked.checked_sub(off_open)?;
        let off_withdrawn = rest.min(withdrawn)?;
        let off_paid = rest.checked_sub(off_withdrawn)?;
        Ok(Credit { off_open, off_withdrawn, off_paid, beyond: amount.checked_sub(booked)? })
    }

    /// Which payments give back `amount`, the newest first.
    fn release(&self, amount: Money) -> Result<Vec<(PaymentId, Holder, Money)>, MoneyError> {
        let mut paid: Vec<(PaymentId, Holder, Money)> = Vec::new();
        for line in &self.lines {
            let LineKind::Payment { payment_id, holder } = line.kind else { continue };
            let known = paid.iter_mut().find(|(id, _, _)| *id == payment_id);
            match known {
                Some((_, _, sum)) => *sum = sum.checked_sub(line.amount)?,
                None => paid.push((payment_id, holder, line.amount.checked_neg()?)),
            }
        }
        let mut left = amount;
        let mut released = Vec::new();
        for (payment_id, holder, paid) in paid.into_iter().rev() {
            let part = paid.min(left)?;
            if part.is_positive() {
                left = left.checked_sub(part)?;
                released.push((payment_id, holder, part));
            }
        }
        Ok(released)
    }
}

impl Line {
    const fn new(kind: LineKind, amount: Money, occasion: Occasion) -> Self {
        Self { on: occasion.booked_on, kind, amount, cause: occasion.cause }
    }
}
