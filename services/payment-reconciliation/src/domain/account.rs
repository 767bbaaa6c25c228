//! The account of one case: what is known of it, and what was booked for that.
//!
//! What should be booked follows from what is known, and from nothing else (`replay`). Whenever
//! something becomes known the account is worked out anew, and the difference to what was booked
//! before is booked: so it does not matter in which order things become known, and a payment that
//! is heard of late corrects the costs and the interest that came after it. What was booked stays.

use std::collections::{BTreeMap, BTreeSet};

use law::Notice;
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, LetterId, MessageId, Money, MoneyError, PaymentId,
    Timestamp,
};

use super::charges::{ChargeRules, Sources};
use super::ledger::{
    Holder, LedgerAccount, LedgerError, LedgerTransaction, Occasion, Pair, TransactionKind,
    positive,
};
use super::parts::Parts;
use super::replay::{Outcome, ReplayError, replay};

/// The account of one case. All its claims are in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAccount {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub currency: Currency,
    /// What may be asked beside the principal; none where nothing may, or where it is not known.
    pub rules: Option<ChargeRules>,
    /// What a payment may leave open on a claim for the creditor to give it up; none where nothing
    /// is given up.
    pub small_difference: Option<Money>,
    pub claims: BTreeMap<ClaimId, Claim>,
    pub payments: BTreeMap<PaymentId, Payment>,
    /// The messages that left, with the claims that they spoke of.
    pub notices: BTreeMap<LetterId, CaseNotice>,
    /// The last day on which a term may have ended for its charges to be asked: all payments until
    /// then are known. None where none ever were.
    pub charged_until: Option<Date>,
    /// What `charged_until` was from which moment on, for the account as it was known then.
    pub charged_since: BTreeMap<Timestamp, Date>,
    /// What is to be paid back to debtors of the case; positive where it grew. Only added to.
    pub refundable: Vec<Line>,
    /// What was remitted to the creditor, or settled with it, of each payment on each claim.
    pub remitted: BTreeMap<(ClaimId, PaymentId), Parts>,
}

/// What is known of one claim, and what was booked on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub principal: Money,
    pub issued_on: Date,
    /// The day on which the principal had to be paid.
    pub due_on: Date,
    /// What the creditor took off, by the day of the credit note, each above zero. What was
    /// credited was never owed, whatever the day.
    pub credits: BTreeMap<Date, Money>,
    /// The day on which the creditor gave up what was open.
    pub withdrawn_on: Option<Date>,
    /// In the order in which they were booked; only ever added to. They sum to what is open.
    pub lines: Vec<Line>,
}

/// A payment on the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What came in for the case, less what went back; never below zero.
    pub amount: Money,
    /// What went back to whoever paid it, and pays nothing.
    pub sent_back: Money,
    /// In whose account it lies.
    pub holder: Holder,
    pub received_on: Date,
    /// The claims that it pays first, in this order.
    pub named: Vec<ClaimId>,
    /// Whether it was taken back or off the case: then it pays nothing, and stays for what was
    /// booked of it.
    pub retracted: bool,
}

/// A message that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNotice {
    pub notice: Notice,
    pub claim_ids: Vec<ClaimId>,
    /// When it was heard of.
    pub heard_at: Timestamp,
    /// The day on which it left the house; a letter is sent when it is handed to the post.
    pub left_on: Date,
    /// What it asked to be paid. None of one that an earlier release heard of, until it is judged.
    pub asked: Option<Money>,
    /// What of that was not owed, as it is known and was told.
    pub excess: Option<Excess>,
}

/// What a message asked too much, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    pub amount: Money,
    pub told_at: Timestamp,
}

/// One booked reason why the account is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The day it counts for.
    pub on: Date,
    pub kind: LineKind,
    /// Positive where it raises what is owed or refundable. What is refundable counts as principal.
    pub parts: Parts,
    /// The message that had it booked, and when.
    pub cause: MessageId,
    pub booked_at: Timestamp,
    pub sources: Sources,
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
    /// The creditor gave up the little that payments left open.
    SmallDifference,
    /// Collection costs, or the lump sum of a clause.
    Costs,
    /// Interest until the day of the line.
    Interest,
    /// Money was paid on it, or released from it where the parts are positive.
    Payment { payment_id: PaymentId, holder: Holder },
}

/// Why an account cannot change. It is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error("claim {0} is on the case already")]
    KnownClaim(ClaimId),
    #[error("claim {0} is not on the case: register it first")]
    UnknownClaim(ClaimId),
    #[error("payment {0} was allocated to the case already")]
    KnownPayment(PaymentId),
    #[error("payment {0} is not on the case")]
    UnknownPayment(PaymentId),
    #[error("the payment lies in the account of creditor {0}, who is not the creditor of the case")]
    OtherCreditor(CreditorId),
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the account cannot be worked out")]
    Replay(#[from] ReplayError),
    #[error("the change cannot be booked")]
    Ledger(#[from] LedgerError),
}

/// What one change booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    pub transactions: Vec<LedgerTransaction>,
    /// The new lines of claims.
    pub lines: Vec<(ClaimId, Line)>,
    /// The account as it should be, and is.
    pub outcome: Outcome,
}

/// Lines of one key say the same thing together: the difference to them is booked as one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Principal,
    CreditNote(Date),
    Withdrawal,
    SmallDifference(Date),
    Costs(Date),
    Interest(Date),
    Payment(PaymentId),
}

/// The sum of the lines of one key.
#[derive(Clone, Debug)]
struct Sum {
    on: Date,
    kind: LineKind,
    parts: Parts,
    sources: Sources,
}

type Sums = BTreeMap<(ClaimId, Key), Sum>;

impl CaseAccount {
    /// A case on which nothing is owed. Charges are known in euros only.
    #[must_use]
    pub fn new(
        case_id: CaseId,
        creditor_id: CreditorId,
        currency: Currency,
        rules: Option<ChargeRules>,
    ) -> Self {
        Self {
            case_id,
            creditor_id,
            currency,
            rules: rules.filter(|_| currency == Currency::EUR),
            small_difference: None,
            claims: BTreeMap::new(),
            payments: BTreeMap::new(),
            notices: BTreeMap::new(),
            charged_until: None,
            charged_since: BTreeMap::new(),
            refundable: Vec::new(),
            remitted: BTreeMap::new(),
        }
    }

    /// What is owed on a claim by what was booked; no component is ever negative.
    pub fn open(&self, claim_id: ClaimId) -> Result<Parts, AccountError> {
        let claim = self.claims.get(&claim_id).ok_or(AccountError::UnknownClaim(claim_id))?;
        Ok(Parts::sum(self.currency, claim.lines.iter().map(|line| line.parts))?)
    }

    /// What is owed on the case by what was booked; never negative.
    pub fn open_total(&self) -> Result<Money, AccountError> {
        let mut total = Money::zero(self.currency);
        for claim_id in self.claims.keys() {
            total = total.checked_add(self.open(*claim_id)?.total()?)?;
        }
        Ok(total)
    }

    /// What is to be paid back; never negative.
    pub fn refundable_total(&self) -> Result<Money, AccountError> {
        Ok(Money::sum(self.currency, self.refundable.iter().map(|line| line.parts.principal))?)
    }

    /// What is to be paid back of which payment, each above zero.
    pub fn overpaid(&self) -> Result<BTreeMap<PaymentId, Money>, AccountError> {
        let mut overpaid: BTreeMap<PaymentId, Money> = BTreeMap::new();
        for line in &self.refundable {
            let LineKind::Payment { payment_id, .. } = line.kind else { continue };
            let sum = overpaid.entry(payment_id).or_insert(Money::zero(self.currency));
            *sum = sum.checked_add(line.parts.principal)?;
        }
        overpaid.retain(|_, amount| !amount.is_zero());
        Ok(overpaid)
    }

    /// A claim is put on the case.
    pub fn register(
        &mut self,
        claim_id: ClaimId,
        principal: Money,
        issued_on: Date,
        due_on: Date,
    ) -> Result<(), AccountError> {
        if self.claims.contains_key(&claim_id) {
            return Err(AccountError::KnownClaim(claim_id));
        }
        let principal = self.amount(principal)?;
        let (credits, lines) = (BTreeMap::new(), Vec::new());
        let claim = Claim { principal, issued_on, due_on, credits, withdrawn_on: None, lines };
        self.claims.insert(claim_id, claim);
        Ok(())
    }

    /// The creditor lowers a claim.
    pub fn credit(
        &mut self,
        claim_id: ClaimId,
        amount: Money,
        on: Date,
    ) -> Result<(), AccountError> {
        let amount = self.amount(amount)?;
        let nothing = Money::zero(self.currency);
        let sum = self.claim_mut(claim_id)?.credits.entry(on).or_insert(nothing);
        *sum = sum.checked_add(amount)?;
        Ok(())
    }

    /// The creditor gives up what is open on a claim. Where it does so twice, the first day counts.
    pub fn withdraw(&mut self, claim_id: ClaimId, on: Date) -> Result<(), AccountError> {
        let claim = self.claim_mut(claim_id)?;
        claim.withdrawn_on = Some(claim.withdrawn_on.map_or(on, |known| known.min(on)));
        Ok(())
    }

    /// A payment is for this case; of the claims that it names the one due first comes first (6:43
    /// BW), between equal days the one with the smaller id.
    pub fn pay(&mut self, payment_id: PaymentId, mut payment: Payment) -> Result<(), AccountError> {
        if let Holder::Creditor(creditor_id) = payment.holder
            && creditor_id != self.creditor_id
        {
            return Err(AccountError::OtherCreditor(creditor_id));
        }
        self.amount(payment.amount)?;
        if self.payments.get(&payment_id).is_some_and(|known| !known.retracted) {
            return Err(AccountError::KnownPayment(payment_id));
        }
        let due = |claim_id: &ClaimId| {
            let claim = self.claims.get(claim_id);
            claim.map(|it| it.due_on).ok_or(AccountError::UnknownClaim(*claim_id))
        };
        let named: BTreeSet<(Date, ClaimId)> = payment
            .named
            .iter()
            .map(|id| Ok((due(id)?, *id)))
            .collect::<Result<_, AccountError>>()?;
        payment.named = named.into_iter().map(|(_, claim_id)| claim_id).collect();
        self.payments.insert(payment_id, payment);
        Ok(())
    }

    /// A payment never came, or is not for this case: whatever it paid is owed again.
    pub fn take_back(&mut self, payment_id: PaymentId) -> Result<(), AccountError> {
        let payment = self.payments.get_mut(&payment_id);
        payment.ok_or(AccountError::UnknownPayment(payment_id))?.retracted = true;
        Ok(())
    }

    /// A part of what a payment brought too much goes back to whoever paid it.
    pub fn give_back(&mut self, payment_id: PaymentId, amount: Money) -> Result<(), AccountError> {
        let payment = self.payments.get_mut(&payment_id);
        let payment = payment.ok_or(AccountError::UnknownPayment(payment_id))?;
        payment.amount = payment.amount.checked_sub(positive(amount)?)?;
        payment.sent_back = payment.sent_back.checked_add(amount)?;
        Ok(())
    }

    /// What went back came back: it is the payment's again.
    pub fn get_back(&mut self, payment_id: PaymentId, amount: Money) -> Result<(), AccountError> {
        let payment = self.payments.get_mut(&payment_id);
        let payment = payment.ok_or(AccountError::UnknownPayment(payment_id))?;
        payment.sent_back = payment.sent_back.checked_sub(positive(amount)?)?;
        payment.amount = payment.amount.checked_add(amount)?;
        Ok(())
    }

    /// Books the difference between what should be booked and what is.
    pub fn settle(
        &mut self,
        cause: MessageId,
        booked_at: Timestamp,
    ) -> Result<Booked, AccountError> {
        let outcome = replay(self, None)?;
        let booked = self.booked()?;
        let wanted = wanted(&outcome)?;
        let lines = self.differences(&booked, &wanted, (cause, booked_at))?;
        let back = self.differences_back(&outcome, (cause, booked_at))?;
        let mut ledger = Bookings { account: self, pairs: BTreeMap::new() };
        for (claim_id, line) in &lines {
            ledger.line(*claim_id, line, &booked)?;
        }
        for line in &back {
            ledger.overpaid(line)?;
        }
        let transactions = ledger.transactions(cause)?;
        for (claim_id, line) in &lines {
            self.claim_mut(*claim_id)?.lines.push(line.clone());
        }
        self.refundable.extend(back);
        Ok(Booked { transactions, lines, outcome })
    }

    /// What was booked, by claim and key.
    fn booked(&self) -> Result<Sums, MoneyError> {
        let mut sums = Sums::new();
        for (claim_id, claim) in &self.claims {
            for Line { on, kind, parts, sources, .. } in &claim.lines {
                add(&mut sums, *claim_id, *on, *kind, *parts, sources)?;
            }
        }
        Ok(sums)
    }

    fn differences(
        &self,
        booked: &Sums,
        wanted: &Sums,
        (cause, booked_at): (MessageId, Timestamp),
    ) -> Result<Vec<(ClaimId, Line)>, MoneyError> {
        let nothing = Parts::zero(self.currency);
        let mut lines = Vec::new();
        let keys: BTreeSet<&(ClaimId, Key)> = booked.keys().chain(wanted.keys()).collect();
        for key in keys {
            let (is, should) = (booked.get(key), wanted.get(key));
            let Some(Sum { on, kind, sources, .. }) = should.or(is) else { continue };
            let parts = |sum: Option<&Sum>| sum.map_or(nothing, |sum| sum.parts);
            let parts = parts(should).checked_sub(parts(is))?;
            if !parts.is_zero() {
                let (on, kind, sources) = (*on, *kind, sources.clone());
                lines.push((key.0, Line { on, kind, parts, cause, booked_at, sources }));
            }
        }
        Ok(lines)
    }

    /// The same for what is to be paid back.
    fn differences_back(
        &self,
        outcome: &Outcome,
        (cause, booked_at): (MessageId, Timestamp),
    ) -> Result<Vec<Line>, AccountError> {
        let (is, should) = (self.overpaid()?, &outcome.refundable);
        let mut lines = Vec::new();
        for (payment_id, payment) in &self.payments {
            let nothing = Money::zero(self.currency);
            let amount = |of: &BTreeMap<_, _>| of.get(payment_id).copied().unwrap_or(nothing);
            let amount = amount(should).checked_sub(amount(&is))?;
            if amount.is_zero() {
                continue;
            }
            let kind = LineKind::Payment { payment_id: *payment_id, holder: payment.holder };
            let parts = Parts::of(law::Component::Principal, amount);
            let (on, sources) = (payment.received_on, Sources::default());
            lines.push(Line { on, kind, parts, cause, booked_at, sources });
        }
        Ok(lines)
    }

    /// The account as it was known at a moment: what was booked, heard of and certain by then. It
    /// says what was said then, but for a payment that was moved between claims of the case since:
    /// of that, the claims count that it names now.
    pub fn known_at(&self, moment: Timestamp) -> Result<Self, MoneyError> {
        let mut known = Self { claims: BTreeMap::new(), ..self.clone() };
        for (claim_id, claim) in &self.claims {
            known.claims.extend(claim.known_at(moment)?.map(|claim| (*claim_id, claim)));
        }
        known.refundable.retain(|line| line.booked_at <= moment);
        known.notices.retain(|_, notice| notice.heard_at <= moment);
        known.charged_since.retain(|since, _| *since <= moment);
        known.charged_until = known.charged_since.values().next_back().copied();
        let mut on_case: BTreeMap<PaymentId, Money> = BTreeMap::new();
        let pays = known.claims.values().flat_map(|claim| &claim.lines);
        let pays = pays.map(|line| (line.kind, line.parts.checked_neg()));
        let back = known.refundable.iter().map(|line| (line.kind, Ok(line.parts)));
        for (kind, parts) in pays.chain(back) {
            let Some(payment_id) = kind.payment_id() else { continue };
            let sum = on_case.entry(payment_id).or_insert(Money::zero(self.currency));
            *sum = sum.checked_add(parts?.total()?)?;
        }
        known.payments.retain(|payment_id, _| on_case.contains_key(payment_id));
        for (payment_id, payment) in &mut known.payments {
            let Some(amount) = on_case.get(payment_id) else { continue };
            let received = payment.amount.checked_add(payment.sent_back)?;
            payment.retracted = amount.is_zero();
            payment.amount = *amount;
            payment.sent_back = received.checked_sub(*amount)?;
        }
        Ok(known)
    }

    /// Whether anything of a payment was booked on the case before.
    pub(super) fn is_placed(&self, payment_id: PaymentId) -> bool {
        let lines = self.claims.values().flat_map(|claim| &claim.lines).chain(&self.refundable);
        lines.into_iter().any(|line| line.kind.payment_id() == Some(payment_id))
    }

    fn claim_mut(&mut self, claim_id: ClaimId) -> Result<&mut Claim, AccountError> {
        self.claims.get_mut(&claim_id).ok_or(AccountError::UnknownClaim(claim_id))
    }

    /// The amount, if it is above zero and in the currency of the case.
    fn amount(&self, amount: Money) -> Result<Money, AccountError> {
        let amount = amount.checked_sub(Money::zero(self.currency))?;
        Ok(positive(amount)?)
    }
}

impl Claim {
    /// The claim as it was known at a moment; none where it was not heard of yet.
    fn known_at(&self, moment: Timestamp) -> Result<Option<Self>, MoneyError> {
        let lines: Vec<Line> =
            self.lines.iter().filter(|line| line.booked_at <= moment).cloned().collect();
        let is = |kind: LineKind| lines.iter().any(|line| line.kind == kind);
        if !is(LineKind::Principal) {
            return Ok(None);
        }
        let nothing = Money::zero(self.principal.currency());
        let mut credits: BTreeMap<Date, Money> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.kind == LineKind::CreditNote) {
            let credited = credits.entry(line.on).or_insert(nothing);
            *credited = credited.checked_sub(line.parts.principal)?;
        }
        let withdrawn_on = self.withdrawn_on.filter(|_| is(LineKind::Withdrawal));
        Ok(Some(Self { credits, withdrawn_on, lines, ..self.clone() }))
    }
}

impl LineKind {
    /// The payment that it is about, where it is about one.
    #[must_use]
    pub const fn payment_id(self) -> Option<PaymentId> {
        match self {
            Self::Payment { payment_id, .. } => Some(payment_id),
            Self::Principal
            | Self::CreditNote
            | Self::Withdrawal
            | Self::SmallDifference
            | Self::Costs
            | Self::Interest => None,
        }
    }

    const fn key(self, on: Date) -> Key {
        match self {
            Self::Principal => Key::Principal,
            Self::CreditNote => Key::CreditNote(on),
            Self::Withdrawal => Key::Withdrawal,
            Self::SmallDifference => Key::SmallDifference(on),
            Self::Costs => Key::Costs(on),
            Self::Interest => Key::Interest(on),
            Self::Payment { payment_id, .. } => Key::Payment(payment_id),
        }
    }
}

/// What should be booked, by claim and key.
fn wanted(outcome: &Outcome) -> Result<Sums, MoneyError> {
    let mut sums = Sums::new();
    for (claim_id, standing) in &outcome.claims {
        for reason in &standing.reasons {
            let sources = &reason.why.sources;
            add(&mut sums, *claim_id, reason.on, reason.kind, reason.parts, sources)?;
        }
    }
    Ok(sums)
}

fn add(
    sums: &mut Sums,
    claim_id: ClaimId,
    on: Date,
    kind: LineKind,
    parts: Parts,
    sources: &Sources,
) -> Result<(), MoneyError> {
    let zero = Parts::zero(parts.principal.currency());
    let new = || Sum { on, kind, parts: zero, sources: sources.clone() };
    let sum = sums.entry((claim_id, kind.key(on))).or_insert_with(new);
    sum.parts = sum.parts.checked_add(parts)?;
    sum.on = sum.on.max(on);
    Ok(())
}

/// The order in which what changes is booked, so that no account is ever on the wrong side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Raised,
    Released,
    Received,
    Paid,
    Lowered,
}

/// What one change books.
struct Bookings<'a> {
    account: &'a CaseAccount,
    pairs: BTreeMap<(Phase, TransactionKind, Date), Vec<Pair>>,
}

impl Bookings<'_> {
    fn transactions(self, cause: MessageId) -> Result<Vec<LedgerTransaction>, LedgerError> {
        let transactions = self.pairs.into_iter().map(|((_, kind, booked_on), pairs)| {
            LedgerTransaction::of(kind, Occasion { booked_on, cause }, pairs)
        });
        transactions.collect()
    }

    fn book(&mut self, phase: Phase, kind: TransactionKind, on: Date, pairs: Vec<Pair>) {
        self.pairs.entry((phase, kind, on)).or_default().extend(pairs);
    }

    /// A new line of a claim. One that only moves money between the components is no transaction:
    /// what is owed is the same.
    fn line(&mut self, claim_id: ClaimId, line: &Line, booked: &Sums) -> Result<(), AccountError> {
        let amount = line.parts.total()?;
        if amount.is_zero() {
            return Ok(());
        }
        let kind = match line.kind {
            LineKind::Principal => TransactionKind::ClaimRegistered(claim_id),
            LineKind::CreditNote => TransactionKind::ClaimCredited(claim_id),
            LineKind::Withdrawal if amount.is_positive() => {
                TransactionKind::WithdrawalReduced(claim_id)
            }
            LineKind::Withdrawal => TransactionKind::ClaimWithdrawn(claim_id),
            LineKind::SmallDifference => TransactionKind::SmallDifference(claim_id),
            LineKind::Costs => TransactionKind::CostsBooked(claim_id),
            LineKind::Interest => TransactionKind::InterestBooked(claim_id),
            LineKind::Payment { payment_id, holder } => {
                return self.payment(claim_id, payment_id, holder, line, booked);
            }
        };
        let phase = if amount.is_positive() { Phase::Raised } else { Phase::Lowered };
        self.book(phase, kind, line.on, vec![self.owed(claim_id, amount)?]);
        Ok(())
    }

    /// A payment pays more of a claim than before, or less. Its money comes from what is unmatched
    /// where it is new, and else from what was too much of it; what is released becomes that.
    fn payment(
        &mut self,
        claim_id: ClaimId,
        payment_id: PaymentId,
        holder: Holder,
        line: &Line,
        booked: &Sums,
    ) -> Result<(), AccountError> {
        let amount = line.parts.total()?;
        let other = if amount.is_negative() && !self.account.is_placed(payment_id) {
            LedgerAccount::Unmatched(holder)
        } else {
            LedgerAccount::Refundable(holder, self.account.case_id)
        };
        let before = booked.get(&(claim_id, Key::Payment(payment_id)));
        let before = before.map_or(Ok(Money::zero(amount.currency())), |it| it.parts.total())?;
        let paid = [before.checked_neg()?, before.checked_add(amount)?.checked_neg()?];
        let mut pairs = self.shares((claim_id, payment_id), holder, paid, other)?;
        pairs.push(self.owed(claim_id, amount)?);
        let (phase, kind) = if amount.is_negative() {
            (Phase::Paid, TransactionKind::PaymentAllocated(payment_id))
        } else {
            (Phase::Released, TransactionKind::PaymentReleased(payment_id))
        };
        self.book(phase, kind, line.on, pairs);
        Ok(())
    }

    /// What a payment that pays a claim `before` and `after` does to the creditor's money, against
    /// another account. What the creditor got already is covered by own money, and the creditor has
    /// to give it back.
    fn shares(
        &self,
        (claim_id, payment_id): (ClaimId, PaymentId),
        holder: Holder,
        [before, after]: [Money; 2],
        other: LedgerAccount,
    ) -> Result<Vec<Pair>, MoneyError> {
        let creditor_id = match holder {
            Holder::Agency => self.account.creditor_id,
            Holder::Creditor(creditor_id) => {
                let settled = LedgerAccount::SettledAtCreditor(creditor_id);
                return Ok(vec![pair(other, settled, after.checked_sub(before)?)?]);
            }
        };
        let nothing = Money::zero(before.currency());
        let remitted = self.account.remitted.get(&(claim_id, payment_id));
        let remitted = remitted.map_or(Ok(nothing), |parts| parts.total())?;
        // What is still with the agency for the creditor, and what the creditor got too much.
        let owed = |paid: Money| paid.checked_sub(remitted.min(paid)?);
        let advanced = |paid: Money| remitted.checked_sub(remitted.min(paid)?);
        let owed = owed(after)?.checked_sub(owed(before)?)?;
        let advanced = advanced(after)?.checked_sub(advanced(before)?)?;
        let by = LedgerAccount::OwedByCreditor(creditor_id);
        let pairs = [
            pair(other, LedgerAccount::OwedToCreditor(creditor_id), owed)?,
            pair(LedgerAccount::Own, other, advanced)?,
            pair(by, LedgerAccount::AdvancedToCreditor(creditor_id), advanced)?,
        ];
        Ok(pairs.into_iter().filter(|pair| !pair.amount.is_zero()).collect())
    }

    /// A new payment was more than is owed. What is to be paid back of a known one follows from
    /// what it pays.
    fn overpaid(&mut self, line: &Line) -> Result<(), AccountError> {
        let LineKind::Payment { payment_id, holder } = line.kind else { return Ok(()) };
        if self.account.is_placed(payment_id) {
            return Ok(());
        }
        let back = LedgerAccount::Refundable(holder, self.account.case_id);
        let pair = pair(LedgerAccount::Unmatched(holder), back, line.parts.principal)?;
        self.book(Phase::Received, TransactionKind::Overpaid(payment_id), line.on, vec![pair]);
        Ok(())
    }

    /// More is owed on a claim, or less where the amount is negative.
    fn owed(&self, claim_id: ClaimId, amount: Money) -> Result<Pair, MoneyError> {
        let credit = LedgerAccount::CreditorClaims(self.account.creditor_id);
        pair(LedgerAccount::Receivable(claim_id), credit, amount)
    }
}

/// The amount from one account to another; the other way round where it is negative.
fn pair(debit: LedgerAccount, credit: LedgerAccount, amount: Money) -> Result<Pair, MoneyError> {
    Ok(if amount.is_negative() {
        Pair { debit: credit, credit: debit, amount: amount.checked_neg()? }
    } else {
        Pair { debit, credit, amount }
    })
}
