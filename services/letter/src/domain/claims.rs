//! What is owed on the claims that a message speaks of, as intake and the ledger know it.

use contracts::intake::{ClaimParticulars, Parties};
use contracts::letter::Send as SendLetter;
use contracts::payment_reconciliation::{ClaimPosition, Position, PositionLineKind};
use law::{BusinessCosts, ChargeTerms, InterestSegment, InterestTerms, Notice, Pack};
use primitives::{
    ClaimId, Currency, Date, DebtorKind, MessageKind, Money, MoneyError, StructuredReference,
};

use super::one_line;

/// One claim.
#[derive(Debug)]
pub(super) struct Bill {
    pub(super) number: String,
    pub(super) description: String,
    pub(super) issued_on: Date,
    pub(super) due_on: Date,
    pub(super) amount: Money,
    /// Interest and costs that were booked, whatever was paid of them.
    pub(super) interest: Money,
    pub(super) costs: Money,
    pub(super) open: Money,
    pub(super) interest_open: Money,
    pub(super) costs_open: Money,
    pub(super) reference: StructuredReference,
    /// The unpaid principal from each day on.
    principal: Vec<(Date, Money)>,
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
            Bill::new(claim, owed).map_err(|_| NotKnownYet(format!("the sums of claim {claim_id}")))
        })
    };
    permit.claim_ids.iter().map(bill).collect()
}

impl Bill {
    fn new(claim: &ClaimParticulars, owed: &ClaimPosition) -> Result<Self, MoneyError> {
        let booked = |kind: &PositionLineKind, open: Money| {
            let of_kind = owed.lines.iter().filter(|line| line.kind == *kind);
            let zero = Money::zero(claim.amount.currency());
            let sum = of_kind.map(|line| line.amount).try_fold(zero, Money::checked_add)?;
            // What is open was booked, whatever the lines say.
            if sum.checked_cmp(open)?.is_lt() { Ok(open) } else { Ok(sum) }
        };
        Ok(Self {
            number: one_line(&claim.invoice_number),
            description: claim.description.as_deref().map(one_line).unwrap_or_default(),
            issued_on: claim.issued_on,
            due_on: claim.due_on,
            amount: claim.amount,
            interest: booked(&PositionLineKind::Interest, owed.interest_open)?,
            costs: booked(&PositionLineKind::Costs, owed.costs_open)?,
            open: owed.open,
            interest_open: owed.interest_open,
            costs_open: owed.costs_open,
            reference: claim.reference.clone(),
            principal: unpaid_principal(claim, owed),
        })
    }

    /// What was paid or deducted, where that is something.
    pub(super) fn settled(&self) -> Option<Money> {
        let due = self.amount.checked_add(self.interest).ok()?.checked_add(self.costs).ok()?;
        due.checked_sub(self.open).ok().filter(|settled| settled.is_positive())
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
