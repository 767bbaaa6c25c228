//! What a payment service provider pays out: a movement of the bank names a settlement, the
//! provider says which payments by link that pays out and what it kept, and the two are paired to
//! the cent.
//!
//! Debtors paid in full, whatever the provider keeps: its fees are the agency's own cost. Nothing
//! is booked of a pay-out that does not add up, or that holds anything of which nobody here knows;
//! it stays unmatched money, with what is wrong. It is tried again, so that it does not matter
//! whether a payment or its pay-out is heard of first.

use std::collections::{BTreeMap, BTreeSet};

use contracts::payment_reconciliation::{
    JudgePayment, NameSettlement, NameSettlementAnswer, NameSettlementRefusal, PairPayout,
    PaymentUnmatched, PayoutProblem, ProviderPayoutState, TakeProviderRefund,
};
use jiff::SignedDuration;
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Timer};
use primitives::{Currency, Money, MoneyError, PaymentId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::ledger::{Holder, LedgerTransaction, Occasion};
use super::payment::{Receipt, ReceivedPayment, ToldBy};
use super::staff::Staff;
use super::{bug, whole_second};

/// The timer of a pay-out that is tried again.
pub const TRY_AGAIN: &str = "pair-payout";

/// How often it is tried again at first, and how long: what a webhook lost is known by then. After
/// that the nightly search tries it.
const TRY_EVERY: SignedDuration = SignedDuration::from_hours(1);
const TRY_FOR: SignedDuration = SignedDuration::from_hours(24);
/// So soon nobody asks again for a settlement that the provider does not know.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The lengths of the three numbers that a settlement's reference is made of: the organisation, the
/// month, and the settlement of the month.
const NUMBERS: [(usize, usize); 3] = [(4, 10), (4, 4), (2, 3)];

/// A pay-out, and the movement by which it came in.
pub type Pairing = (Payout, ReceivedPayment);

/// The same, and who says which settlement it is.
pub type Naming = (Payout, ReceivedPayment, Staff);

/// One pay-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// The movement of the bank.
    pub payment_id: PaymentId,
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    /// The settlements that its text names. Read with the movement, and never kept with it.
    pub references: BTreeSet<String>,
    /// The settlement that it is whatever its text names, and who said so.
    pub named: Option<(String, StaffId)>,
    /// When it was first tried.
    pub begun_at: Option<Timestamp>,
    /// When the provider was asked last, and whether its answer is still to come.
    pub asked_at: Option<Timestamp>,
    pub is_asking: bool,
    /// What the provider said last.
    pub answer: Option<PayoutAnswer>,
    /// Why it is not paired.
    pub problem: Option<PayoutProblem>,
    /// Whether it was told that a person may be needed.
    pub is_told: bool,
    /// What the provider kept, once it is paired.
    pub fees: Option<Money>,
    /// The payments that the settlement names, as far as they are known here, by what the provider
    /// calls them. Read with it, and never kept with it.
    pub known: BTreeMap<String, KnownPayment>,
    /// Another movement that was paired with the same settlement. Read in the same way.
    pub paired_before: Option<PaymentId>,
    /// How it was paired just now, to be added to the ledger.
    pub news: Option<LedgerTransaction>,
}

/// A payment by link, as it is booked here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPayment {
    pub payment_id: PaymentId,
    pub amount: Money,
    pub paid_out_by: Option<PaymentId>,
    /// Whether it is out of the books, since the provider sent it back.
    pub is_sent_back: bool,
}

/// What is done about a pay-out. It may be done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayoutWork {
    /// What does the provider say of the settlement?
    Ask { payment_id: PaymentId, reference: String },
}

/// What the provider answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayoutAnswer {
    Settled(Settlement),
    /// It knows no such settlement, or there is no provider.
    Unknown,
    /// There is nothing by which it could be asked.
    NoToken,
    /// It does not let us ask.
    Refused {
        status: u16,
    },
}

/// What the provider says of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub settlement_id: String,
    /// Whether it says that the money has left; from then on nothing of it changes.
    pub is_paid_out: bool,
    /// What was paid out.
    pub amount: Money,
    pub costs: Costs,
    /// By what the provider calls the payment.
    pub payments: BTreeMap<String, Money>,
    /// What was sent back, by the payment that it was of.
    pub refunds: BTreeMap<String, Money>,
    pub charge_backs: u32,
}

/// What the provider kept, VAT within. It tells each line in hundredths of a cent, and not how the
/// sum became cents: it lies between these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costs {
    pub least: Money,
    pub most: Money,
}

impl Effect for PayoutWork {
    fn kind(&self) -> &'static str {
        "ask-settlement"
    }

    fn once(&self) -> bool {
        false
    }
}

/// The settlements that texts name, such as `1234567.2404.03`.
#[must_use]
pub fn references_in<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let words = texts.into_iter().flat_map(|text| {
        text.split(|sign: char| !sign.is_ascii_digit() && sign != '.')
            .map(|it| it.trim_matches('.'))
    });
    words.filter(|word| is_reference(word)).map(str::to_owned).collect()
}

fn is_reference(word: &str) -> bool {
    let numbers: Vec<&str> = word.split('.').collect();
    numbers.len() == NUMBERS.len()
        && numbers.iter().zip(NUMBERS).all(|(it, (least, most))| {
            (least..=most).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Pairs a pay-out with the payments that it pays out, or has the provider asked for them.
pub fn pair(
    (mut payout, payment): Pairing,
    facts: &Facts,
) -> Result<Decision<Pairing, PayoutWork>, Fault> {
    let payment_id = payout.payment_id;
    let Some(receipt) = payment.receipt else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    let is_named = payout.named.is_some() || !payout.references.is_empty();
    if !is_named || !is_ours(receipt) || payout.fees.is_some() {
        return Ok(Decision::quiet((payout, payment)));
    }
    let left = payment.left().map_err(|error| bug(&error))?;
    if left.is_some_and(Money::is_zero) {
        // It paid something else.
        let decision = Decision::quiet((payout, payment));
        return Ok(decision.timer(Timer::Cancel { name: TRY_AGAIN }));
    }
    payout.begun_at = payout.begun_at.or(Some(whole_second(facts.now)));
    let hindrance = if payment.told_by == ToldBy::Report {
        Err(PayoutProblem::StatementToCome)
    } else if left == Some(receipt.amount) {
        payout.reference().map(str::to_owned).ok_or(PayoutProblem::SeveralReferences)
    } else {
        Err(PayoutProblem::NotWhole)
    };
    let reference = match hindrance {
        Ok(reference) => reference,
        Err(problem) => return payout.wait(problem, receipt, facts).map(|it| with(it, payment)),
    };
    let Some(PayoutAnswer::Settled(settlement)) = payout.answer.clone() else {
        return Ok(with(payout.ask(reference, facts), payment));
    };
    if !settlement.is_paid_out {
        return Ok(with(payout.ask(reference, facts), payment));
    }
    match weigh(&payout, &settlement, receipt.amount) {
        Ok(fees) => book((payout, payment), &settlement, (receipt, fees), facts),
        Err(Unpaired::Broken(error)) => Err(bug(&error)),
        Err(Unpaired::Problem(problem)) => {
            // Nothing else is wrong with it then.
            let are_refunds = matches!(problem, PayoutProblem::Refunds { .. });
            let refunds = are_refunds.then(|| payout.refunds_to_take(&settlement));
            let decision = payout.wait(problem, receipt, facts)?;
            Ok(with(refunds.into_iter().flatten().fold(decision, Decision::send), payment))
        }
    }
}

/// A member of the finance desk says which settlement a payment is, where its text names none, or
/// another one.
pub fn name(
    (mut payout, payment, staff): Naming,
    message: &NameSettlement,
    facts: &Facts,
) -> Result<(Decision<Naming, PayoutWork>, NameSettlementAnswer), Fault> {
    let reference = message.reference.trim();
    let by = staff.of_finance_desk(&facts.actor);
    let left = payment.left().map_err(|error| bug(&error))?;
    let answer = match (by, payment.receipt) {
        (None, _) => refused(NameSettlementRefusal::NotOfTheFinanceDesk),
        (Some(_), None) => NameSettlementAnswer::Unknown,
        (Some(_), Some(_)) if !is_reference(reference) => {
            refused(NameSettlementRefusal::NotAReference)
        }
        (Some(_), Some(receipt)) if !is_ours(receipt) || left != Some(receipt.amount) => {
            refused(NameSettlementRefusal::NotUnmatched)
        }
        (Some(by), Some(_)) => {
            if payout.reference() != Some(reference) {
                (payout.answer, payout.problem) = (None, None);
            }
            payout.named = Some((reference.to_owned(), by));
            let decision = pair((payout, payment), facts)?;
            let Decision { state: (payout, payment), messages, effects, timers } = decision;
            let state = (payout, payment.clone(), staff);
            let decision = Decision { state, messages, effects, timers };
            return Ok((payment.is_decided(decision), NameSettlementAnswer::Named));
        }
    };
    Ok((Decision::quiet((payout, payment, staff)), answer))
}

const fn refused(reason: NameSettlementRefusal) -> NameSettlementAnswer {
    NameSettlementAnswer::Refused { reason }
}

/// Whether the provider could have paid it out to the agency.
fn is_ours(receipt: Receipt) -> bool {
    receipt.holder == Holder::Agency && receipt.amount.is_positive()
}

/// Whether the provider is still to be asked.
#[must_use]
pub const fn claim(payout: &Payout) -> Claim {
    if payout.is_asking { Claim::Start } else { Claim::Withdraw }
}

/// The provider answered.
pub fn end(
    mut payout: Payout,
    ended: &Ended<PayoutWork, PayoutAnswer>,
    facts: &Facts,
) -> Result<Decision<Payout, PayoutWork>, Fault> {
    let answer = ended.performed()?.clone();
    let payment_id = payout.payment_id;
    let PayoutWork::Ask { reference, .. } = &ended.effect;
    if payout.reference() != Some(reference) {
        // Somebody named another one meanwhile.
        payout.is_asking = false;
        return Ok(Decision::quiet(payout).send(PairPayout { payment_id }));
    }
    let was_open = payout.answer.as_ref().is_some_and(PayoutAnswer::tells_nothing);
    payout.is_asking = false;
    let tells_nothing = answer.tells_nothing();
    payout.answer = Some(answer.clone());
    payout.problem = match answer {
        PayoutAnswer::Settled(settlement) if settlement.is_paid_out => {
            return Ok(Decision::quiet(payout).send(PairPayout { payment_id }));
        }
        PayoutAnswer::Settled(_) => Some(PayoutProblem::NotPaidOut),
        PayoutAnswer::Unknown => Some(PayoutProblem::Unknown),
        PayoutAnswer::NoToken => Some(PayoutProblem::NoToken),
        PayoutAnswer::Refused { status } => Some(PayoutProblem::Refused { status }),
    };
    // A debtor may have written what looks like a settlement.
    let is_for_others = tells_nothing && !was_open;
    let timer = payout.next_try(facts)?;
    let decision = Decision::quiet(payout).timer(timer);
    Ok(if is_for_others { decision.send(JudgePayment { payment_id }) } else { decision })
}

/// The provider sent a payment back: it never came, as far as anybody here is concerned. One that
/// pays something on a case, or of which another amount went back, is left to a person.
pub fn take_refund(
    mut payment: ReceivedPayment,
    message: &TakeProviderRefund,
    facts: &Facts,
) -> Result<Decision<ReceivedPayment>, Fault> {
    let TakeProviderRefund { payment_id, amount, payout_id } = *message;
    let left = payment.left().map_err(|error| bug(&error))?;
    let Some((left, receipt)) = left.zip(payment.receipt) else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    if payment.sent_back_by.is_some() || left != amount || receipt.amount != amount {
        return Ok(Decision::quiet(payment));
    }
    let occasion = Occasion { booked_on: receipt.received_on, cause: facts.cause };
    let gone = LedgerTransaction::provider_refund(payment_id, amount, occasion);
    payment.news.push(gone.map_err(|error| bug(&error))?);
    payment.retracted = true;
    payment.sent_back_by = Some(payout_id);
    let decision = Decision::quiet(payment.clone()).send(PairPayout { payment_id: payout_id });
    Ok(payment.is_decided(decision))
}

/// Why it is not paired.
enum Unpaired {
    Problem(PayoutProblem),
    Broken(MoneyError),
}

impl From<MoneyError> for Unpaired {
    fn from(error: MoneyError) -> Self {
        Self::Broken(error)
    }
}

/// What the provider kept, where all of the settlement is known here and adds up.
fn weigh(payout: &Payout, settlement: &Settlement, paid_out: Money) -> Result<Money, Unpaired> {
    let problem = |problem| Err(Unpaired::Problem(problem));
    if let Some(payment_id) = payout.paired_before {
        return problem(PayoutProblem::PairedBefore { payment_id });
    }
    if settlement.amount != paid_out {
        return problem(PayoutProblem::OtherAmount { told: settlement.amount });
    }
    if settlement.charge_backs > 0 {
        return problem(PayoutProblem::ChargeBacks { payments: settlement.charge_backs });
    }
    let known = |name: &String| payout.known.get(name);
    let payments = || settlement.payments.iter();
    let unknown = count(payments().filter(|(name, _)| known(name).is_none()));
    let others =
        count(payments().filter(|(name, it)| known(name).is_some_and(|own| own.amount != **it)));
    let before = count(
        payments().filter(|(name, _)| known(name).is_some_and(|own| own.paid_out_by.is_some())),
    );
    if unknown > 0 {
        return problem(PayoutProblem::UnknownPayments { payments: unknown });
    }
    if others > 0 {
        return problem(PayoutProblem::OtherPayments { payments: others });
    }
    if before > 0 {
        return problem(PayoutProblem::PaidOutBefore { payments: before });
    }
    let is_open = |(name, amount): &(&String, &Money)| {
        !known(name).is_some_and(|own| own.is_sent_back && own.amount == **amount)
    };
    let refunds = count(settlement.refunds.iter().filter(is_open));
    if refunds > 0 {
        return problem(PayoutProblem::Refunds { payments: refunds });
    }
    let sum = |amounts: &BTreeMap<String, Money>| {
        Money::sum(paid_out.currency(), amounts.values().copied())
    };
    let kept = sum(&settlement.payments)?.checked_sub(sum(&settlement.refunds)?)?;
    let fees = kept.checked_sub(paid_out)?;
    let Costs { least, most } = settlement.costs;
    if fees.checked_cmp(least)?.is_lt() {
        return problem(PayoutProblem::DoesNotAddUp { difference: least.checked_sub(fees)? });
    }
    if fees.checked_cmp(most)?.is_gt() {
        return problem(PayoutProblem::DoesNotAddUp { difference: most.checked_sub(fees)? });
    }
    Ok(fees)
}

fn count<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

/// The money is the bank's and not the provider's any more, and the fees were the agency's.
fn book(
    (mut payout, mut payment): Pairing,
    settlement: &Settlement,
    (receipt, fees): (Receipt, Money),
    facts: &Facts,
) -> Result<Decision<Pairing, PayoutWork>, Fault> {
    let occasion = Occasion { booked_on: receipt.received_on, cause: facts.cause };
    let (payment_id, amount) = (payout.payment_id, receipt.amount);
    let transaction = LedgerTransaction::provider_paid_out(payment_id, amount, fees, occasion);
    payout.news = Some(transaction.map_err(|error| bug(&error))?);
    for name in settlement.payments.keys() {
        if let Some(known) = payout.known.get_mut(name) {
            known.paid_out_by = Some(payment_id);
        }
    }
    (payout.fees, payout.problem) = (Some(fees), None);
    payment.allocated = true;
    let decision = Decision::quiet((payout, payment.clone()));
    Ok(payment.is_decided(decision.timer(Timer::Cancel { name: TRY_AGAIN })))
}

fn with(
    decision: Decision<Payout, PayoutWork>,
    payment: ReceivedPayment,
) -> Decision<Pairing, PayoutWork> {
    let Decision { state, messages, effects, timers } = decision;
    Decision { state: (state, payment), messages, effects, timers }
}

impl PayoutAnswer {
    /// Whether nothing is known by it of the settlement, if it is one.
    const fn tells_nothing(&self) -> bool {
        match self {
            Self::Settled(_) => false,
            Self::Unknown | Self::NoToken | Self::Refused { .. } => true,
        }
    }
}

impl Payout {
    /// One that nobody tried to pair yet.
    #[must_use]
    pub const fn unheard(payment_id: PaymentId) -> Self {
        Self {
            payment_id,
            version: 0,
            references: BTreeSet::new(),
            named: None,
            begun_at: None,
            asked_at: None,
            is_asking: false,
            answer: None,
            problem: None,
            is_told: false,
            fees: None,
            known: BTreeMap::new(),
            paired_before: None,
            news: None,
        }
    }

    /// The settlement that it is; none where nobody said which of several.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        let told = self.references.first().filter(|_| self.references.len() == 1);
        let named = self.named.as_ref().map(|(reference, _)| reference);
        named.or(told).map(String::as_str)
    }

    /// The settlement that the provider told of.
    #[must_use]
    pub const fn settlement(&self) -> Option<&Settlement> {
        match &self.answer {
            Some(PayoutAnswer::Settled(settlement)) => Some(settlement),
            Some(PayoutAnswer::Unknown | PayoutAnswer::NoToken | PayoutAnswer::Refused { .. })
            | None => None,
        }
    }

    /// As it is told.
    #[must_use]
    pub fn state(&self) -> ProviderPayoutState {
        let payments = self.settlement().map_or(0, |it| count(it.payments.iter()));
        match (self.fees, &self.problem) {
            (Some(fees), _) => ProviderPayoutState::Paired { payments, fees },
            (None, Some(problem)) => ProviderPayoutState::Open { problem: problem.clone() },
            (None, None) => ProviderPayoutState::Asking,
        }
    }

    /// Has the provider asked, unless it is being asked or just said that it knows nothing.
    fn ask(mut self, reference: String, facts: &Facts) -> Decision<Self, PayoutWork> {
        let since = self.asked_at.map(|it| facts.now.duration_since(it));
        let is_fresh = since.is_some_and(|it| it < UNKNOWN_FOR);
        if self.is_asking || is_fresh && self.answer == Some(PayoutAnswer::Unknown) {
            return Decision::quiet(self);
        }
        self.is_asking = true;
        self.asked_at = Some(whole_second(facts.now));
        let work = PayoutWork::Ask { payment_id: self.payment_id, reference };
        Decision::quiet(self).perform(work)
    }

    /// It waits: for what may still become known, or for a person, who is told once.
    fn wait(
        mut self,
        problem: PayoutProblem,
        receipt: Receipt,
        facts: &Facts,
    ) -> Result<Decision<Self, PayoutWork>, Fault> {
        self.problem = Some(problem);
        let was_told = std::mem::replace(&mut self.is_told, true);
        let Receipt { amount, received_on, .. } = receipt;
        let unmatched = PaymentUnmatched { payment_id: self.payment_id, amount, received_on };
        let timer = self.next_try(facts)?;
        let decision = Decision::quiet(self).timer(timer);
        Ok(if was_told { decision } else { decision.send(unmatched) })
    }

    fn next_try(&self, facts: &Facts) -> Result<Timer, Fault> {
        let since = self.begun_at.map(|it| facts.now.duration_since(it));
        if since.is_some_and(|it| it >= TRY_FOR) {
            return Ok(Timer::Cancel { name: TRY_AGAIN });
        }
        let due_at = facts.now.checked_add(TRY_EVERY).map_err(|error| bug(&error))?;
        Ok(Timer::Set { name: TRY_AGAIN, due_at: whole_second(due_at) })
    }

    /// What was sent back in whole, and is still in the books.
    fn refunds_to_take(&self, settlement: &Settlement) -> Vec<TakeProviderRefund> {
        let refunds = settlement.refunds.iter().filter_map(|(name, amount)| {
            let known =
                self.known.get(name).filter(|it| !it.is_sent_back && it.amount == *amount)?;
            let (payment_id, payout_id) = (known.payment_id, self.payment_id);
            Some(TakeProviderRefund { payment_id, amount: *amount, payout_id })
        });
        refunds.collect()
    }
}

impl Costs {
    /// No costs.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { least: Money::zero(currency), most: Money::zero(currency) }
    }

    /// With one more line, as the provider writes it: with more decimals than the currency has.
    pub fn and(self, value: &str, currency: Currency) -> Result<Self, MoneyError> {
        let places = usize::from(currency.minor_digits());
        let end = value.find('.').map(|dot| dot.saturating_add(places).saturating_add(1));
        let (told, rest) = end.and_then(|end| value.split_at_checked(end)).unwrap_or((value, ""));
        let near = Money::parse(told, currency)?;
        if rest.bytes().any(|byte| !byte.is_ascii_digit()) {
            // Says what is wrong with it.
            return Money::parse(value, currency).map(|_| self);
        }
        let one = i64::from(rest.bytes().any(|byte| byte != b'0'));
        let one = Money::new(one, currency);
        let (least, most) = if told.starts_with('-') {
            (near.checked_sub(one)?, near)
        } else {
            (near, near.checked_add(one)?)
        };
        Ok(Self { least: self.least.checked_add(least)?, most: self.most.checked_add(most)? })
    }
}
