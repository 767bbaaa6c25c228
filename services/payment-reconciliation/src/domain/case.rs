//! The account of a case: what intake says is owed, what creditors take off, what payments pay.
//!
//! Every decision changes the position, books the same in the ledger, lets refundable money pay
//! what is open, and tells what became of each claim and payment.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::PayTo;
use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn};
use contracts::payment_reconciliation::{
    AllocatePayment, ClaimPosition, ClaimSettled, PaymentAllocated, PaymentUnmatched, Position,
    PositionLine, PositionLineKind, SettledBy,
};
use contracts::{Message, Outgoing};
use mailbox::{Decision, Facts, Fault};
use primitives::{CaseId, ClaimId, CreditorId, Date, MessageId, Money, PaymentId, PersonId};

use super::ledger::{LedgerTransaction, Occasion};
use super::matching::{Named, Reference};
use super::payment::ReceivedPayment;
use super::position::{CaseAccount, LineKind, Payment, PositionError, Reapplied};
use super::{bug, day_of, poison};

/// What is known of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// None until intake opened the case.
    pub opened: Option<OpenedCase>,
    /// None until the first claim, which brings the currency.
    pub account: Option<CaseAccount>,
    /// What was decided just now, to be added to the ledger.
    pub news: Vec<LedgerTransaction>,
}

/// What intake says of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedCase {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub person_id: PersonId,
    /// Which of the creditor's accounts is paid to; none where it is the agency's.
    pub account_since: Option<u32>,
}

/// A case begins.
pub fn open(mut case: Case, message: &CaseOpened) -> Decision<Case> {
    let CaseOpened { case_id, creditor_id, person_id, .. } = *message;
    let account_since = match message.pay_to {
        PayTo::Agency => None,
        PayTo::Creditor { since_version } => Some(since_version),
    };
    case.opened = Some(OpenedCase { case_id, creditor_id, person_id, account_since });
    Decision::quiet(case)
}

/// A claim is put on a case, and its reference names it from now on.
pub fn register_claim(
    (case, mut reference): (Case, Reference),
    message: &ClaimRegistered,
    facts: &Facts,
) -> Result<Decision<(Case, Reference)>, Fault> {
    let ClaimRegistered { claim_id, case_id, creditor_id, amount, issued_on, due_on, .. } =
        *message;
    let Some(opened) = case.opened else { return Err(unheard(case_id)) };
    let waited = reference.name(Named { claim_id, case_id, creditor_id })?;
    let occasion = Occasion { booked_on: issued_on, cause: facts.cause };
    let account = case
        .account
        .clone()
        .unwrap_or_else(|| CaseAccount::new(opened.case_id, opened.creditor_id, amount.currency()));
    let mut change = Change::of(case, opened, account, facts.cause);
    let registered = change.account.register(claim_id, amount, due_on, occasion);
    change.booked.push(registered.map_err(|error| poison(&error))?);
    let told = change.conclude(&SettledBy::Payment).map_err(|error| bug(&error))?;
    let Decision { state: case, messages, .. } = told;
    let mut decision = Decision::quiet((case, reference));
    decision.messages = messages;
    decision.messages.extend(waited);
    Ok(decision)
}

/// The creditor lowers a claim.
pub fn credit(case: Case, message: &ClaimCredited, facts: &Facts) -> Result<Decision<Case>, Fault> {
    let ClaimCredited { claim_id, case_id, amount, credited_on, .. } = *message;
    let mut change = Change::on(case, case_id, &[claim_id], facts.cause)?;
    let occasion = Occasion { booked_on: credited_on, cause: facts.cause };
    let (_, booked) =
        change.account.credit(claim_id, amount, occasion).map_err(|error| poison(&error))?;
    change.booked.extend(booked);
    change.conclude(&SettledBy::CreditNote).map_err(|error| bug(&error))
}

/// The creditor takes a claim back: what is open on it is given up, what was paid stays paid.
pub fn withdraw(
    case: Case,
    message: &ClaimWithdrawn,
    facts: &Facts,
) -> Result<Decision<Case>, Fault> {
    let ClaimWithdrawn { claim_id, case_id, withdrawn_at, .. } = *message;
    let mut change = Change::on(case, case_id, &[claim_id], facts.cause)?;
    // Not the day of handling: a late one would let later money pay what was given up.
    let occasion = Occasion { booked_on: day_of(withdrawn_at), cause: facts.cause };
    let booked = change.account.withdraw(claim_id, occasion).map_err(|error| bug(&error))?;
    change.booked.extend(booked);
    change.conclude(&SettledBy::Withdrawal).map_err(|error| bug(&error))
}

/// A payment is booked on its case. What the bank said counts, whatever the command repeats of it.
/// Money that lies with another creditor, or in another currency, pays nothing and stays unmatched.
pub fn allocate(
    (case, mut payment): (Case, ReceivedPayment),
    message: &AllocatePayment,
    facts: &Facts,
) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
    let AllocatePayment { payment_id, case_id, ref claim_ids, .. } = *message;
    let Some(receipt) = payment.receipt else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    if payment.allocated {
        return Ok(Decision::quiet((case, payment)));
    }
    let mut change = Change::on(case.clone(), case_id, claim_ids, facts.cause)?;
    let occasion = Occasion { booked_on: receipt.received_on, cause: facts.cause };
    let paid = Payment { payment_id, amount: receipt.amount, holder: receipt.holder };
    match change.account.pay(paid, claim_ids, occasion) {
        Ok((allocation, booked)) => {
            change.booked.extend(booked);
            let (received_on, lines) = (receipt.received_on, allocation.lines);
            change.paid.push(Reapplied { payment_id, received_on, lines });
        }
        Err(PositionError::OtherCreditor(_) | PositionError::Money(_)) => {
            let (amount, received_on) = (receipt.amount, receipt.received_on);
            let unmatched = PaymentUnmatched { payment_id, amount, received_on };
            return Ok(Decision::quiet((case, payment)).send(unmatched));
        }
        Err(
            error @ (PositionError::KnownClaim(_)
            | PositionError::UnknownClaim(_)
            | PositionError::KnownPayment(_)
            | PositionError::Ledger(_)),
        ) => return Err(bug(&error)),
    }
    let told = change.conclude(&SettledBy::Payment).map_err(|error| bug(&error))?;
    payment.allocated = true;
    let mut decision = Decision::quiet((told.state, payment));
    decision.messages = told.messages;
    Ok(decision)
}

/// The position as it is told; none before the first claim. Payments are known until the day given.
pub fn position(
    case: &Case,
    payments_known_until: Option<Date>,
) -> Result<Option<Position>, PositionError> {
    let Some(account) = &case.account else { return Ok(None) };
    let claim = |claim_id: &ClaimId| {
        let lines = account.explain(*claim_id)?.into_iter().map(|line| {
            let kind = match line.kind {
                LineKind::Principal => PositionLineKind::Principal,
                LineKind::CreditNote => PositionLineKind::CreditNote,
                LineKind::Withdrawal => PositionLineKind::Withdrawal,
                LineKind::Payment { payment_id, .. } => PositionLineKind::Payment { payment_id },
            };
            PositionLine { on: line.on, kind, amount: line.amount }
        });
        let (claim_id, lines) = (*claim_id, lines.collect());
        Ok(ClaimPosition { claim_id, open: account.open(claim_id)?, lines })
    };
    let claims = account.claims.keys().map(claim).collect::<Result<_, PositionError>>()?;
    let (case_id, open) = (account.case_id, account.open_total()?);
    Ok(Some(Position { case_id, open, claims, payments_known_until }))
}

/// A change of a case under way: the case before, its account after, and what was booked.
struct Change {
    before: Case,
    opened: OpenedCase,
    account: CaseAccount,
    cause: MessageId,
    booked: Vec<LedgerTransaction>,
    /// What payments pay by it.
    paid: Vec<Reapplied>,
}

impl Change {
    fn of(before: Case, opened: OpenedCase, account: CaseAccount, cause: MessageId) -> Self {
        Self { before, opened, account, cause, booked: Vec::new(), paid: Vec::new() }
    }

    /// A change about claims, which must be on the case.
    fn on(
        before: Case,
        case_id: CaseId,
        claim_ids: &[ClaimId],
        cause: MessageId,
    ) -> Result<Self, Fault> {
        let Some(opened) = before.opened else { return Err(unheard(case_id)) };
        let Some(account) = before.account.clone() else {
            return Err(Fault::Early(format!("no claim of case {case_id} was heard of yet")));
        };
        if let Some(claim_id) = claim_ids.iter().find(|id| !account.claims.contains_key(*id)) {
            return Err(Fault::Early(format!("claim {claim_id} was not heard of yet")));
        }
        Ok(Self::of(before, opened, account, cause))
    }

    /// Lets refundable money pay what is open, and tells what changed. A claim that no payment
    /// settled was settled `otherwise`.
    fn conclude(mut self, otherwise: &SettledBy) -> Result<Decision<Case>, PositionError> {
        let (reapplied, booked) = self.account.reapply(self.cause)?;
        self.paid.extend(reapplied);
        self.booked.extend(booked);
        let mut messages = self.allocated()?;
        messages.extend(self.settled(otherwise)?);
        messages.extend(self.unmatched()?);
        let Self { before: mut case, account, booked, .. } = self;
        case.account = Some(account);
        case.news.extend(booked);
        let mut decision = Decision::quiet(case);
        decision.messages = messages;
        Ok(decision)
    }

    /// What payments paid.
    fn allocated(&self) -> Result<Vec<Outgoing>, PositionError> {
        let OpenedCase { case_id, creditor_id, person_id, .. } = self.opened;
        let case_open = self.account.open_total()?;
        let mut messages = Vec::new();
        for Reapplied { payment_id, received_on, lines } in &self.paid {
            for (claim_id, amount) in lines {
                let allocated = PaymentAllocated {
                    payment_id: *payment_id,
                    case_id,
                    claim_id: *claim_id,
                    creditor_id,
                    person_id,
                    amount: *amount,
                    claim_open: self.account.open(*claim_id)?,
                    case_open,
                    received_on: *received_on,
                };
                messages.push(outgoing(&allocated));
            }
        }
        Ok(messages)
    }

    /// The claims on which something was open and nothing is any more.
    fn settled(&self, otherwise: &SettledBy) -> Result<Vec<Outgoing>, PositionError> {
        let OpenedCase { case_id, creditor_id, .. } = self.opened;
        let case_open = self.account.open_total()?;
        let paid: BTreeSet<ClaimId> =
            self.paid.iter().flat_map(|it| &it.lines).map(|(claim_id, _)| *claim_id).collect();
        let mut messages = Vec::new();
        for claim_id in self.account.claims.keys().copied() {
            let before =
                self.before.account.as_ref().filter(|it| it.claims.contains_key(&claim_id));
            let was_open = before.map_or(Ok(true), |it| it.open(claim_id).map(Money::is_positive));
            if !was_open? || self.account.open(claim_id)?.is_positive() {
                continue;
            }
            let by = if paid.contains(&claim_id) { SettledBy::Payment } else { otherwise.clone() };
            let settled = ClaimSettled { case_id, claim_id, creditor_id, by, case_open };
            messages.push(outgoing(&settled));
        }
        Ok(messages)
    }

    /// The payments of which more is to be paid back than before.
    fn unmatched(&self) -> Result<Vec<Outgoing>, PositionError> {
        let mut before: BTreeMap<PaymentId, Money> = BTreeMap::new();
        if let Some(account) = &self.before.account {
            let overpaid = account.overpaid()?.into_iter();
            before.extend(overpaid.map(|(payment, _)| (payment.payment_id, payment.amount)));
        }
        let mut messages = Vec::new();
        for (Payment { payment_id, amount, .. }, received_on) in self.account.overpaid()? {
            let more = before.get(&payment_id).map_or(Ok(amount), |it| amount.checked_sub(*it))?;
            if more.is_positive() {
                let unmatched = PaymentUnmatched { payment_id, amount: more, received_on };
                messages.push(outgoing(&unmatched));
            }
        }
        Ok(messages)
    }
}

fn outgoing(message: &impl Message) -> Outgoing {
    Outgoing::new(message)
}

fn unheard(case_id: CaseId) -> Fault {
    Fault::Early(format!("case {case_id} was not heard of yet"))
}
