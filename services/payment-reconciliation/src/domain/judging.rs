//! Which claims a payment pays that no known reference tells: what is certain is booked, and what
//! is likely is proposed to a person.
//!
//! The evidence is weighed in `matching`; proposals are never kept, but made when somebody looks,
//! so that they are always of what is open then. The cases of likely ones are told to wait
//! (`money-awaited`), so that nothing is asked of a debtor who may have paid; that is kept.

use std::collections::BTreeMap;

use contracts::Outgoing;
use contracts::payment_reconciliation::{
    AllocatePayment, AssignmentRefusal, AwaitedMoney, DismissProposalsAnswer, JudgePayment,
    MoneyAwaited, MoneyCleared, PairPayout, PaymentProposal, PaymentUnmatched, ProposedPart,
};
use jiff::SignedDuration;
use mailbox::{Decision, Facts, Fault};
use matching::{Found, Judgement, Match, Payment, clues, judge};
use primitives::{CaseId, CreditorId, Money, PaymentId, StaffId, Timestamp};

use super::payment::ReceivedPayment;
use super::staff::Staff;
use super::{bug, whole_second};

/// From this confidence on, in per mille, a case waits for the money: something names the claim
/// itself, or two clues agree (the payer's name and the amount, the account and the principal). A
/// name, an account or an amount alone may be somebody else's, or for something else, and holds
/// nobody's case.
pub const AWAITED_FROM: u16 = 400;
/// For how many days a case waits at most, where nothing else is configured.
pub const AWAITED_DAYS: u16 = 7;

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
    /// Whether some of it was on a case, or went back, so that a person has begun with it: then
    /// the rest is a person's too, and no case waits for it.
    pub is_taken_up: bool,
    /// The cases that were told to wait for it.
    pub awaited: BTreeMap<CaseId, Awaited>,
    /// For how many days they do at most; where it is none, no case waits.
    pub awaited_days: u16,
}

/// That a case was told to wait for a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    pub creditor_id: CreditorId,
    pub since: Timestamp,
    /// Never moved: a likeness that comes and goes holds nobody for longer.
    pub until: Timestamp,
    /// Whether the case was told that it need not wait any more.
    pub is_cleared: bool,
}

/// What a text names beside claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    #[default]
    Nothing,
    /// A settlement: the provider paid, and no debtor.
    Settlement,
    /// What looks like one, and the provider knows none such, or cannot be asked.
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

    /// The cases that wait for the payment.
    fn waiting(&self) -> impl Iterator<Item = (CaseId, Awaited)> {
        let waiting = self.awaited.iter().filter(|(_, it)| !it.is_cleared);
        waiting.map(|(case_id, it)| (*case_id, *it))
    }

    /// The same, as the work list tells it.
    #[must_use]
    pub fn awaited_on(&self) -> Vec<AwaitedMoney> {
        let told = |(case_id, Awaited { since, until, .. })| AwaitedMoney { case_id, since, until };
        self.waiting().map(told).collect()
    }

    /// The cases that it may be for, likely enough to wait for it.
    fn meant(&self) -> BTreeMap<CaseId, CreditorId> {
        let proposals = if self.is_taken_up { Vec::new() } else { self.proposals() };
        let likely = proposals.iter().filter(|it| it.confidence_per_mille >= AWAITED_FROM);
        likely.flat_map(|it| &it.parts).map(|part| (part.case_id, part.creditor_id)).collect()
    }

    /// Has these cases wait, and no others. Tells what changes by that.
    fn have_wait(
        &mut self,
        payment_id: PaymentId,
        meant: &BTreeMap<CaseId, CreditorId>,
        now: Timestamp,
    ) -> Vec<Outgoing> {
        let mut told: Vec<Outgoing> = Vec::new();
        for (case_id, it) in &mut self.awaited {
            if !it.is_cleared && !meant.contains_key(case_id) {
                it.is_cleared = true;
                let creditor_id = it.creditor_id;
                let case_id = *case_id;
                // It may be awaited again.
                let for_good = false;
                told.push(MoneyCleared { payment_id, case_id, creditor_id, for_good }.into());
            }
        }
        let since = whole_second(now);
        let at_most = SignedDuration::from_hours(i64::from(self.awaited_days).saturating_mul(24));
        let until = since.saturating_add(at_most).unwrap_or(Timestamp::MAX);
        for (case_id, creditor_id) in meant {
            let new = Awaited { creditor_id: *creditor_id, since, until, is_cleared: true };
            let it = self.awaited.get(case_id).copied().unwrap_or(new);
            if it.is_cleared && now < it.until {
                self.awaited.insert(*case_id, Awaited { is_cleared: false, ..it });
                let Awaited { creditor_id, since, until, .. } = it;
                let case_id = *case_id;
                let awaited = MoneyAwaited { payment_id, case_id, creditor_id, since, until };
                told.push(awaited.into());
            }
        }
        told
    }
}

/// Books what is certain; of anything else it is told that a person is needed, and the cases that
/// it is likely to be for wait. Whatever becomes of the payment, it is judged again, so that nobody
/// waits in vain. What names a settlement is the provider's, and no debtor's.
pub fn judge_payment(
    (mut judging, mut received): (Judging, ReceivedPayment),
    message: &JudgePayment,
    facts: &Facts,
) -> Result<Decision<(Judging, ReceivedPayment)>, Fault> {
    let payment_id = message.payment_id;
    if !judging.is_known {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    }
    judging.is_taken_up |= received.is_taken_up();
    let left = received.left().map_err(|error| bug(&error))?;
    if left.is_some_and(|left| !left.is_positive()) {
        judging.payment = None;
    }
    let names = judging.payment.as_ref().map_or(Names::Nothing, |_| judging.names);
    let mut told: Vec<Outgoing> = match names {
        Names::Nothing => Vec::new(),
        Names::Settlement | Names::UnknownSettlement => vec![PairPayout { payment_id }.into()],
    };
    let is_debtors = judging.dismissed_by.is_none() && names != Names::Settlement;
    let Some(payment) = judging.payment.as_ref().filter(|_| is_debtors) else {
        told.extend(judging.have_wait(payment_id, &BTreeMap::new(), facts.now));
        received.is_awaited = false;
        return Ok(tell((judging, received), told));
    };
    let (amount, received_on) = (payment.amount, payment.received_on);
    let certain = match judging.judgement() {
        Judgement::Certain(only) if !judging.is_taken_up => shares(payment_id, payment, &only)?,
        Judgement::Certain(_) | Judgement::Proposals(_) | Judgement::Unknown => Vec::new(),
    };
    if !certain.is_empty() {
        told.extend(certain.into_iter().map(Outgoing::from));
        return Ok(tell((judging, received), told));
    }
    let meant = judging.meant();
    told.extend(judging.have_wait(payment_id, &meant, facts.now));
    received.is_awaited = judging.waiting().next().is_some();
    if !std::mem::replace(&mut judging.is_told, true) {
        told.push(PaymentUnmatched { payment_id, amount, received_on }.into());
    }
    Ok(tell((judging, received), told))
}

fn tell(
    states: (Judging, ReceivedPayment),
    told: Vec<Outgoing>,
) -> Decision<(Judging, ReceivedPayment)> {
    let mut decision = Decision::quiet(states);
    decision.messages = told;
    decision
}

/// Nobody is shown the proposals for a payment any more, and nobody waits for it.
pub fn dismiss(
    (mut judging, staff): (Judging, Staff),
    payment_id: PaymentId,
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
    let told = judging.have_wait(payment_id, &BTreeMap::new(), facts.now);
    let mut decision = Decision::quiet((judging, staff));
    decision.messages = told;
    (decision, DismissProposalsAnswer::Dismissed)
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
