//! Refunds: what a payment brought too much, or what is for nobody here, goes back to whoever paid
//! it, on the word of two members of the finance desk.
//!
//! Money goes back to the account that it came from, and to no other. What went back is no part of
//! the payment any more: whatever becomes known later, it pays nothing. What the bank sends back is
//! the payment's again, as if it had never gone.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use contracts::payment_reconciliation::{
    ApproveRefundAnswer, PaymentUnmatched, ProposeRefund, ProposeRefundAnswer,
    Refund as ToldRefund, RefundApproved, RefundRefusal, RefundReturned, RefundState, SettledBy,
    WithdrawRefundAnswer,
};
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault};
use primitives::{
    CaseId, ContentHash, Currency, Date, Iban, Money, MoneyError, PaymentId, RefundId, StaffId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::AccountError;
use super::case::{Case, Change};
use super::ledger::{Holder, LedgerTransaction, Occasion};
use super::payment::{Receipt, ReceivedPayment, ToldBy};
use super::staff::member;
use super::{bug, day_of, whole_second};

/// A refund, the payment whose money it is, and the case on which that is too much (nil where the
/// payment is on none).
pub type Refunding = (Refund, ReceivedPayment, Case);

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub refund_id: RefundId,
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    /// None where there is no such refund.
    pub slip: Option<Slip>,
    /// Who may decide. Read with it, and never kept with it.
    pub finance_desk: BTreeSet<StaffId>,
    /// What was decided just now, to be added to the ledger.
    pub news: Vec<LedgerTransaction>,
}

/// What a refund says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub refund_id: RefundId,
    /// The payment, or the part of it that is on the case.
    pub payment_id: PaymentId,
    /// None where the payment is on no case.
    pub case_id: Option<CaseId>,
    /// Above zero, in euros.
    pub amount: Money,
    pub proposed_by: StaffId,
    pub proposed_at: Timestamp,
    pub state: SlipState,
    /// Where the bank sent it back.
    pub returned: Option<SentBack>,
}

/// How a refund came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBack {
    /// The movement that brought it.
    pub by: PaymentId,
    pub on: Date,
    /// Why, by a code of the bank.
    pub reason_code: Option<String>,
    /// Whether the money is the payment's again; until then it is in transit.
    pub is_booked: bool,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipState {
    Proposed,
    /// Withdrawn, or the money was not there any more.
    Void,
    Approved {
        by: StaffId,
        at: Timestamp,
        order: Option<ContentHash>,
        paid_on: Option<Date>,
    },
}

/// The act of an approved refund: its payment order is made. It may be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundWork {
    MakeOrder {
        refund_id: RefundId,
        payment_id: PaymentId,
        amount: Money,
        /// The day on which the payment came in.
        received_on: Date,
        approved_at: Timestamp,
    },
}

impl Effect for RefundWork {
    fn kind(&self) -> &'static str {
        "make-refund-order"
    }

    fn once(&self) -> bool {
        false
    }
}

/// The id of the next refund of a payment, of which so many were decided.
#[must_use]
pub fn refund_id(payment_id: PaymentId, decided: u64) -> RefundId {
    RefundId::derive(payment_id.as_uuid(), format!("refund {decided}").as_bytes())
}

/// Puts together what goes back. Nothing is booked, and the money can still be assigned.
pub fn propose(
    (mut refund, payment, case): Refunding,
    message: &ProposeRefund,
    facts: &Facts,
) -> Result<(Decision<Refunding, RefundWork>, ProposeRefundAnswer), Fault> {
    let answer = match member(&facts.actor, &refund.finance_desk) {
        None => {
            let reason = RefundRefusal::NotOfTheFinanceDesk;
            ProposeRefundAnswer::Refused { reason }
        }
        Some(_) if payment.receipt.is_none() => ProposeRefundAnswer::Unknown,
        Some(proposed_by) => match (&refund.slip, returnable(&payment, &case, message)) {
            (Some(slip), _) => ProposeRefundAnswer::Waiting(slip.told()),
            (None, Err(Unreturnable::Refused(reason))) => ProposeRefundAnswer::Refused { reason },
            (None, Err(Unreturnable::Broken(error))) => return Err(bug(&error)),
            (None, Ok(amount)) => {
                let slip = Slip {
                    refund_id: refund.refund_id,
                    payment_id: message.payment_id,
                    case_id: message.case_id,
                    amount,
                    proposed_by,
                    proposed_at: whole_second(facts.now),
                    state: SlipState::Proposed,
                    returned: None,
                };
                let answer = ProposeRefundAnswer::Proposed(slip.told());
                refund.slip = Some(slip);
                answer
            }
        },
    };
    Ok((Decision::quiet((refund, payment, case)), answer))
}

/// Approves a refund: from now on the money is in transit, and its order is made.
pub fn approve(
    (mut refund, payment, case): Refunding,
    facts: &Facts,
) -> Result<(Decision<Refunding, RefundWork>, ApproveRefundAnswer), Fault> {
    let by = member(&facts.actor, &refund.finance_desk);
    let (by, mut slip) = match (by, refund.slip.clone()) {
        (Some(by), Some(slip)) => (by, slip),
        (by, _) => {
            let reason = RefundRefusal::NotOfTheFinanceDesk;
            let refused = ApproveRefundAnswer::Refused { reason };
            let answer = if by.is_none() { refused } else { ApproveRefundAnswer::Unknown };
            return Ok((Decision::quiet((refund, payment, case)), answer));
        }
    };
    let refusal = match slip.state {
        SlipState::Approved { .. } => {
            let answer = ApproveRefundAnswer::AlreadyApproved(slip.told());
            return Ok((Decision::quiet((refund, payment, case)), answer));
        }
        SlipState::Void => Some(RefundRefusal::Decided),
        SlipState::Proposed if by == slip.proposed_by => Some(RefundRefusal::SamePerson),
        SlipState::Proposed => None,
    };
    if let Some(reason) = refusal {
        let answer = ApproveRefundAnswer::Refused { reason };
        return Ok((Decision::quiet((refund, payment, case)), answer));
    }
    let (payment, case, transaction) = match send_back(&slip, &payment, &case, facts) {
        Ok(sent) => sent,
        Err(Unreturnable::Refused(_)) => {
            slip.state = SlipState::Void;
            refund.slip = Some(slip);
            let reason = RefundRefusal::Outdated;
            let answer = ApproveRefundAnswer::Refused { reason };
            return Ok((Decision::quiet((refund, payment, case)), answer));
        }
        Err(Unreturnable::Broken(error)) => return Err(bug(&error)),
    };
    refund.news.push(transaction);
    let approved_at = whole_second(facts.now);
    slip.state = SlipState::Approved { by, at: approved_at, order: None, paid_on: None };
    let Slip { refund_id, payment_id, amount, .. } = slip;
    let received_on = payment.receipt.map_or(day_of(facts.now), |it| it.received_on);
    let work = RefundWork::MakeOrder { refund_id, payment_id, amount, received_on, approved_at };
    let answer = ApproveRefundAnswer::Approved(slip.told());
    refund.slip = Some(slip);
    let decision = Decision::quiet((refund, payment.clone(), case)).perform(work);
    Ok((payment.is_decided(decision), answer))
}

/// Withdraws a refund that nobody approved yet; any member of the finance desk may.
pub fn withdraw(
    mut refund: Refund,
    facts: &Facts,
) -> (Decision<Refund, RefundWork>, WithdrawRefundAnswer) {
    let is_member = member(&facts.actor, &refund.finance_desk).is_some();
    let answer = match &mut refund.slip {
        _ if !is_member => {
            let reason = RefundRefusal::NotOfTheFinanceDesk;
            WithdrawRefundAnswer::Refused { reason }
        }
        None => WithdrawRefundAnswer::Unknown,
        Some(slip) if slip.state == SlipState::Proposed => {
            slip.state = SlipState::Void;
            WithdrawRefundAnswer::Withdrawn(slip.told())
        }
        Some(_) => WithdrawRefundAnswer::Refused { reason: RefundRefusal::Decided },
    };
    (Decision::quiet(refund), answer)
}

/// Whether the order of a refund is still to be made.
#[must_use]
pub fn claim(refund: &Refund) -> Claim {
    match refund.slip.as_ref().map(|slip| slip.state) {
        Some(SlipState::Approved { order: None, .. }) => Claim::Start,
        Some(SlipState::Approved { .. } | SlipState::Proposed | SlipState::Void) | None => {
            Claim::Withdraw
        }
    }
}

/// The order was made: everybody is told.
pub fn end(
    mut refund: Refund,
    ended: &Ended<RefundWork, ContentHash>,
) -> Result<Decision<Refund, RefundWork>, Fault> {
    let payment_order = *ended.performed()?;
    let Some(Slip { refund_id, payment_id, case_id, amount, proposed_by, state, .. }) =
        &mut refund.slip
    else {
        return Err(Fault::Bug("an order was made of a refund that is not there".to_owned()));
    };
    let SlipState::Approved { by, order: made @ None, .. } = state else {
        return Ok(Decision::quiet(refund));
    };
    *made = Some(payment_order);
    let approved = RefundApproved {
        refund_id: *refund_id,
        payment_id: *payment_id,
        case_id: *case_id,
        amount: *amount,
        proposed_by: *proposed_by,
        approved_by: *by,
        payment_order,
    };
    Ok(Decision::quiet(refund).send(approved))
}

/// What a refund that came back changes. The case leads, since the timer of its charges is its own.
pub type Returning = (Case, ReceivedPayment, Refund);

/// The bank sent a refund back: the money is the payment's again. On the case, where it is there
/// still, it is too much or pays what became owed meanwhile.
pub fn take_back(
    (case, mut payment, mut refund): Returning,
    facts: &Facts,
) -> Result<Decision<Returning>, Fault> {
    let Some(Slip { refund_id, payment_id, case_id, amount, returned: Some(returned), .. }) =
        &mut refund.slip
    else {
        return Err(Fault::Bug("a refund is to be taken back that did not come back".to_owned()));
    };
    let (refund_id, payment_id, amount) = (*refund_id, *payment_id, *amount);
    if returned.is_booked {
        return Ok(Decision::quiet((case, payment, refund)));
    }
    returned.is_booked = true;
    let SentBack { by: returned_by, on: returned_on, reason_code, .. } = returned.clone();
    let account = case.account.as_ref().filter(|account| Some(account.case_id) == *case_id);
    let on_case = account.and_then(|account| account.payments.get(&payment_id));
    let case_id = case_id.filter(|_| on_case.is_some_and(|it| !it.retracted));
    payment.gets_back(payment_id, amount).map_err(|error| bug(&error))?;
    let occasion = Occasion { booked_on: returned_on, cause: facts.cause };
    let of = (case_id, refund_id);
    let back = LedgerTransaction::refund_taken_back(payment_id, of, amount, occasion);
    refund.news.push(back.map_err(|error| bug(&error))?);
    let news = RefundReturned {
        refund_id,
        payment_id,
        case_id,
        amount,
        returned_by,
        returned_on,
        reason_code,
    };
    let Some(case_id) = case_id else {
        // What is unmatched is known by the id of the whole.
        let payment_id = payment.own_id.unwrap_or(payment_id);
        let received_on = payment.receipt.map_or(returned_on, |it| it.received_on);
        let unmatched = PaymentUnmatched { payment_id, amount, received_on };
        return Ok(Decision::quiet((case, payment, refund)).send(news).send(unmatched));
    };
    let mut change = Change::on(case, case_id, &[])?;
    change.account.get_back(payment_id, amount).map_err(|error| bug(&error))?;
    let told = change.conclude(&SettledBy::Payment, facts)?;
    let mut decision = Decision::quiet((told.state, payment, refund)).send(news);
    decision.messages.extend(told.messages);
    decision.timers = told.timers;
    Ok(decision)
}

/// Why money cannot go back.
enum Unreturnable {
    Refused(RefundRefusal),
    Broken(AccountError),
}

impl From<AccountError> for Unreturnable {
    fn from(error: AccountError) -> Self {
        Self::Broken(error)
    }
}

impl From<MoneyError> for Unreturnable {
    fn from(error: MoneyError) -> Self {
        Self::Broken(error.into())
    }
}

/// How much goes back, as it is asked for.
fn returnable(
    payment: &ReceivedPayment,
    case: &Case,
    asked: &ProposeRefund,
) -> Result<Money, Unreturnable> {
    let refused = |reason| Err(Unreturnable::Refused(reason));
    let Some(Receipt { amount: whole, holder, .. }) = payment.receipt else {
        return refused(RefundRefusal::NothingToPayBack);
    };
    let iban = payment.paid_from.as_deref().map(Iban::parse);
    if holder != Holder::Agency || payment.is_reported() {
        return refused(RefundRefusal::AtTheCreditor);
    }
    let most = most(payment, case, asked)?.unwrap_or(Money::zero(whole.currency()));
    // What only a report of the bank told of may still not come; and where such a payment is on the
    // case, what is too much of another one may be what is owed.
    let is_early = payment.told_by == ToldBy::Report || asked.case_id.is_some() && case.has_early;
    if is_early || !most.is_positive() {
        return refused(RefundRefusal::NothingToPayBack);
    }
    let amount = asked.amount.unwrap_or(most);
    if !amount.is_positive() || !amount.checked_cmp(most).is_ok_and(Ordering::is_le) {
        return refused(RefundRefusal::WrongAmount { most });
    }
    if amount.currency() != Currency::EUR {
        return refused(RefundRefusal::NotInEuros);
    }
    if !matches!(iban, Some(Ok(_))) {
        return refused(RefundRefusal::NoAccount);
    }
    Ok(amount)
}

/// What of a payment can go back at most: what it brought too much on the case, or what is on none.
/// None where no such money is there.
fn most(
    payment: &ReceivedPayment,
    case: &Case,
    asked: &ProposeRefund,
) -> Result<Option<Money>, AccountError> {
    let Some(case_id) = asked.case_id else {
        // A part is on its case, and nothing of it elsewhere.
        let is_whole = payment.own_id == Some(asked.payment_id);
        return if is_whole { Ok(payment.left()?) } else { Ok(None) };
    };
    let account = case.account.as_ref().filter(|account| account.case_id == case_id);
    account.map_or(Ok(None), |account| Ok(account.overpaid()?.remove(&asked.payment_id)))
}

/// The payment and the case without what goes back, and how that is booked. What is owed on the
/// case stays as it is.
fn send_back(
    slip: &Slip,
    payment: &ReceivedPayment,
    case: &Case,
    facts: &Facts,
) -> Result<(ReceivedPayment, Case, LedgerTransaction), Unreturnable> {
    let Slip { refund_id, payment_id, case_id, amount, .. } = *slip;
    let asked = ProposeRefund { payment_id, case_id, amount: Some(amount) };
    returnable(payment, case, &asked)?;
    let (mut payment, mut case) = (payment.clone(), case.clone());
    if let Some(account) = case.account.as_mut().filter(|_| case_id.is_some()) {
        account.give_back(payment_id, amount)?;
        let booked = account.settle(facts.cause, facts.now)?;
        // Rules that changed since are booked with the next news of the case, which tells of it.
        if !booked.lines.is_empty() {
            return Err(Unreturnable::Refused(RefundRefusal::Outdated));
        }
    }
    let nothing = Money::zero(amount.currency());
    let back = payment.refunded.entry(payment_id).or_insert(nothing);
    *back = back.checked_add(amount)?;
    let of = (case_id, refund_id);
    let occasion = Occasion { booked_on: day_of(facts.now), cause: facts.cause };
    let transaction = LedgerTransaction::refund_approved(payment_id, of, amount, occasion);
    let transaction = transaction.map_err(|error| Unreturnable::Broken(error.into()))?;
    Ok((payment, case, transaction))
}

impl Refund {
    /// One that nobody proposed yet.
    #[must_use]
    pub const fn unheard(refund_id: RefundId) -> Self {
        Self { refund_id, version: 0, slip: None, finance_desk: BTreeSet::new(), news: Vec::new() }
    }
}

impl Slip {
    /// The case whose account it changes; nil where it changes none.
    #[must_use]
    pub fn case_row(case_id: Option<CaseId>) -> Uuid {
        case_id.map_or(Uuid::nil(), |case_id| case_id.as_uuid())
    }

    /// As it is told.
    #[must_use]
    pub fn told(&self) -> ToldRefund {
        let (state, approved_by, payment_order) = match self.state {
            SlipState::Proposed => (RefundState::Proposed, None, None),
            SlipState::Void => (RefundState::Void, None, None),
            SlipState::Approved { by, order, paid_on: None, .. } => {
                (RefundState::Approved, Some(by), order)
            }
            SlipState::Approved { by, order, paid_on: Some(paid_on), .. } => {
                (RefundState::Paid { paid_on }, Some(by), order)
            }
        };
        ToldRefund {
            refund_id: self.refund_id,
            payment_id: self.payment_id,
            case_id: self.case_id,
            state,
            amount: self.amount,
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            approved_by,
            payment_order,
        }
    }
}
