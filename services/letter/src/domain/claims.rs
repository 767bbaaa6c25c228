//! What is owed on the claims that a message speaks of, as intake and the ledger know it.

use contracts::intake::{ClaimParticulars, Parties};
use contracts::letter::Send as SendLetter;
use contracts::payment_reconciliation::{ClaimPosition, Position, PositionLine, PositionLineKind};
use law::{
    BusinessCosts, ChargeTerms, InterestSegment, InterestTerms, Notice, Pack, mask_national_numbers,
};
use primitives::{
    ClaimId, Currency, Date, DebtorKind, MessageKind, Money, MoneyError, PaymentId,
    StructuredReference,
};

use super::one_line;

/// One claim: its amount with costs and interest, less what lowered it, is what is open, to the
/// cent.
#[derive(Debug)]
pub(super) struct Bill {
    pub(super) number: String,
    pub(super) description: String,
    pub(super) issued_on: Date,
    pub(super) due_on: Date,
    pub(super) amount: Money,
    /// Costs and interest that were booked, whatever was paid of them.
    pub(super) costs: Money,
    pub(super) interest: Money,
    /// What lowered it, oldest first.
    pub(super) lowered: Vec<Lowered>,
    pub(super) open: Money,
    pub(super) interest_open: Money,
    pub(super) costs_open: Money,
    pub(super) reference: StructuredReference,
    /// The unpaid principal from each day on.
    principal: Vec<(Date, Money)>,
}

/// Something that lowered a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowered {
    pub(super) on: Date,
    pub(super) by: Means,
    /// Above zero.
    pub(super) amount: Money,
}

/// What can lower a claim.
#[derive(Clone, Copy, Debug)]
pub(super) enum Means {
    /// Money, with what it paid of each.
    Payment { payment_id: PaymentId, costs: Money, interest: Money, principal: Money },
    /// The creditor took it off.
    Creditor,
}

/// Why the claims are not known well enough to write of them; that may pass.
#[derive(Debug)]
pub(super) struct NotKnownYet(pub(super) String);

/// The claims of the permit, in its order, as both services know them.
pub(super) fn bills(
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
) -> Result<Vec<Bill>, NotKnownYet> {
    let permit = &send.permit;
    let same_case = parties.case_id == permit.case_id && position.case_id == permit.case_id;
    let same_parties = parties.creditor.creditor_id == permit.creditor_id
        && parties.debtor.person_id == permit.person_id;
    if !same_case || !same_parties {
        return Err(NotKnownYet("the answers are not about the permit's case".to_owned()));
    }
    let bill = |claim_id: &ClaimId| {
        let claim = parties.claims.iter().find(|claim| claim.claim_id == *claim_id);
        let owed = position.claims.iter().find(|claim| claim.claim_id == *claim_id);
        let both = claim.zip(owed).ok_or_else(|| NotKnownYet(format!("claim {claim_id}")));
        both.and_then(|(claim, owed)| {
            let unfit = |_| NotKnownYet(format!("the sums of claim {claim_id}"));
            Bill::new(claim, owed).map_err(unfit)
        })
    };
    permit.claim_ids.iter().map(bill).collect()
}

/// A description as it may be shown: what a creditor writes may name a person by a number that we
/// may not use.
fn described(text: &str) -> String {
    mask_national_numbers(&one_line(text)).into_owned()
}

impl Bill {
    fn new(claim: &ClaimParticulars, owed: &ClaimPosition) -> Result<Self, Unfit> {
        let booked = |kind: &PositionLineKind| {
            let of_kind = owed.lines.iter().filter(|line| line.kind == *kind);
            Money::sum(claim.amount.currency(), of_kind.map(|line| line.amount))
        };
        let bill = Self {
            number: one_line(&claim.invoice_number),
            description: claim.description.as_deref().map(described).unwrap_or_default(),
            issued_on: claim.issued_on,
            due_on: claim.due_on,
            amount: claim.amount,
            costs: booked(&PositionLineKind::Costs)?,
            interest: booked(&PositionLineKind::Interest)?,
            lowered: lowered(&owed.lines)?,
            open: owed.open,
            interest_open: owed.interest_open,
            costs_open: owed.costs_open,
            reference: claim.reference.clone(),
            principal: unpaid_principal(claim, owed),
        };
        if bill.adds_up()? { Ok(bill) } else { Err(Unfit) }
    }

    /// Whether its reader can follow it to what is open.
    fn adds_up(&self) -> Result<bool, MoneyError> {
        let due = self.amount.checked_add(self.costs)?.checked_add(self.interest)?;
        let left = self.lowered.iter().try_fold(due, |left, it| left.checked_sub(it.amount))?;
        Ok(left == self.open)
    }

    /// Whether money was paid on it.
    pub(super) fn was_paid(&self) -> bool {
        let paid = |it: &Lowered| matches!(it.by, Means::Payment { .. }) && it.amount.is_positive();
        self.lowered.iter().any(paid)
    }

    /// The lines of the computation of interest under `terms`, up to `until`; none where a rate is
    /// not known.
    pub(super) fn interest_until(
        &self,
        pack: Pack,
        terms: InterestTerms,
        until: Date,
    ) -> Option<law::Interest> {
        law::interest(pack, terms, &self.principal, until).ok().map(|answer| answer.value)
    }
}

/// Why a claim cannot be told: its sums are beyond counting, or do not add up.
#[derive(Debug)]
struct Unfit;

impl From<MoneyError> for Unfit {
    fn from(_: MoneyError) -> Self {
        Self
    }
}

/// What lowered a claim, oldest first. A payment of several lines is one, of its first day; one
/// that was taken back as a whole is none.
fn lowered(lines: &[PositionLine]) -> Result<Vec<Lowered>, MoneyError> {
    let mut lowered: Vec<Lowered> = Vec::new();
    for line in lines {
        let by = match line.kind {
            PositionLineKind::Payment { payment_id, costs, interest, principal } => {
                Means::Payment {
                    payment_id,
                    costs: costs.checked_neg()?,
                    interest: interest.checked_neg()?,
                    principal: principal.checked_neg()?,
                }
            }
            PositionLineKind::CreditNote | PositionLineKind::Withdrawal => Means::Creditor,
            PositionLineKind::Principal | PositionLineKind::Costs | PositionLineKind::Interest => {
                continue;
            }
        };
        let next = Lowered { on: line.on, by, amount: line.amount.checked_neg()? };
        match lowered.iter_mut().find(|it| it.by.is_of_payment(&next.by)) {
            Some(first) => first.take(&next)?,
            None => lowered.push(next),
        }
    }
    lowered.retain(|it| !it.amount.is_zero());
    Ok(lowered)
}

impl Lowered {
    /// Takes in another line of the same payment.
    fn take(&mut self, other: &Self) -> Result<(), MoneyError> {
        self.amount = self.amount.checked_add(other.amount)?;
        if let (
            Means::Payment { costs, interest, principal, .. },
            Means::Payment { costs: more_costs, interest: more_interest, principal: more, .. },
        ) = (&mut self.by, &other.by)
        {
            *costs = costs.checked_add(*more_costs)?;
            *interest = interest.checked_add(*more_interest)?;
            *principal = principal.checked_add(*more)?;
        }
        Ok(())
    }
}

impl Means {
    /// Whether both are the same payment.
    fn is_of_payment(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Payment { payment_id, .. }, Self::Payment { payment_id: other, .. }) => {
                payment_id == other
            }
            (Self::Payment { .. } | Self::Creditor, _) => false,
        }
    }
}

/// The principal on which interest is asked: what is still unpaid, from the beginning. The books
/// ask none on what was paid or credited before the demand.
fn unpaid_principal(claim: &ClaimParticulars, owed: &ClaimPosition) -> Vec<(Date, Money)> {
    vec![(claim.issued_on.min(claim.due_on), owed.principal_open)]
}

/// The sum of an amount of each.
pub(super) fn sum(bills: &[Bill], of: impl Fn(&Bill) -> Money) -> Result<Money, MoneyError> {
    let currency = bills.first().map_or(Currency::EUR, |bill| bill.amount.currency());
    Money::sum(currency, bills.iter().map(of))
}

/// The interest that runs by law on a claim which is paid too late; none for Belgian consumers, who
/// owe what a clause says.
pub(super) fn lawful_interest(
    pack: Pack,
    debtor: DebtorKind,
    due_on: Date,
    today: Date,
) -> Option<InterestTerms> {
    let terms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::None,
        interest: true,
        penalty_clause: None,
    };
    // The law asks for a notice before it lets interest be asked; its days do not hang on it.
    let messages = [MessageKind::FourteenDayLetter, MessageKind::Demand];
    let notices = messages.map(|message| Notice {
        message,
        channel: primitives::Channel::Email,
        sent_on: today,
    });
    law::surcharge(pack, debtor, &terms, due_on, &notices).value?.interest
}

/// Rates and the days for which each holds, over all claims, in order of time.
pub(super) fn rates(segments: &[InterestSegment]) -> Vec<(Date, Date, u32)> {
    let mut days: Vec<(Date, Date, u32)> =
        segments.iter().map(|it| (it.first, it.last, it.rate_bp)).collect();
    days.sort_unstable();
    let mut rates: Vec<(Date, Date, u32)> = Vec::new();
    for (first, last, rate) in days {
        match rates.last_mut() {
            Some((_, end, same)) if *same == rate => *end = last.max(*end),
            Some(_) | None => rates.push((first, last, rate)),
        }
    }
    rates
}
