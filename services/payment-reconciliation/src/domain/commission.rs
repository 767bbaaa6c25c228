//! What collecting a claim costs its creditor, under the rules of an agreement.
//!
//! Commission is a function of all that a claim brought: a remittance charges what is due on that,
//! less what was charged before. So it does not matter in how many payments the money came, in what
//! order, or how often it was remitted; what goes back gives back what it cost; and rounding never
//! adds up, since only the sum is rounded. Nothing collected is nothing charged.

use contracts::agreement::{AgeBand, CommissionBands, CommissionRates, CommissionRules};
use primitives::{Date, Money, MoneyError};

/// A claim, as far as its commission depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimBasis {
    /// Its principal when it was registered.
    pub principal: Money,
    pub due_on: Date,
}

/// What a payment brought for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    pub received_on: Date,
    /// Whether the creditor got it itself.
    pub direct: bool,
    /// Principal and interest; below zero where it is taken back.
    pub base: Money,
}

/// A claim under rules, with what was remitted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuledClaim {
    pub rules: CommissionRules,
    pub basis: ClaimBasis,
    pub brought: Vec<Brought>,
    /// The commission on it so far.
    pub charged: Money,
}

impl RuledClaim {
    /// Takes in one more line, and gives the commission that it adds; below zero where it takes
    /// some back.
    pub fn charge(&mut self, brought: Brought) -> Result<Money, MoneyError> {
        self.brought.push(brought);
        let due = due(&self.rules, self.basis, &self.brought)?;
        let added = due.checked_sub(self.charged)?;
        self.charged = due;
        Ok(added)
    }
}

/// The commission on all that a claim brought, without VAT; halves are rounded up.
///
/// What the agency collected goes through marginal bands before what the creditor got itself. The
/// minimum is never more than what was brought; where no direct payment costs anything, none of
/// them brings a minimum either.
pub fn due(
    rules: &CommissionRules,
    claim: ClaimBasis,
    brought: &[Brought],
) -> Result<Money, MoneyError> {
    let currency = claim.principal.currency();
    let sum = |direct| {
        let of_kind = brought.iter().filter(move |it| it.direct == direct);
        Money::sum(currency, of_kind.map(|it| it.base))
    };
    let (collected, direct) = (sum(false)?, sum(true)?);
    let (exact, is_direct_charged) = match &rules.bands {
        CommissionBands::WholeByPrincipal(bands) => {
            let fits = |up_to: Option<Money>| is_within(claim.principal, up_to);
            let band = bands.iter().find(|it| fits(it.up_to)).map(|it| &it.rates);
            let exact = band.map_or(0, |rates| at(rates, collected, direct));
            (exact, band.is_some_and(is_direct_charged))
        }
        CommissionBands::MarginalByPrincipal(bands) => {
            let bands: Vec<(i128, &CommissionRates)> =
                bands.iter().map(|it| (end(it.up_to), &it.rates)).collect();
            let is_charged = bands.iter().any(|(_, rates)| is_direct_charged(rates));
            (marginal(&bands, minor(collected), minor(direct)), is_charged)
        }
        CommissionBands::WholeByAge(bands) => {
            let exact = brought.iter().map(|it| by_age(bands, claim.due_on, *it));
            let is_charged = bands.iter().any(|it| is_direct_charged(&it.rates));
            (exact.fold(0, i128::saturating_add), is_charged)
        }
    };
    let base = if is_direct_charged { collected.checked_add(direct)? } else { collected };
    let nothing = Money::zero(currency);
    if !base.is_positive() {
        return Ok(nothing);
    }
    let mut due = rounded(exact, nothing)?;
    if let Some(minimum) = rules.minimum {
        let minimum = minimum.min(base)?;
        due = if minimum.checked_cmp(due)?.is_gt() { minimum } else { due };
    }
    rules.cap.map_or(Ok(due), |cap| due.min(cap))
}

fn is_within(amount: Money, up_to: Option<Money>) -> bool {
    up_to.is_none_or(|up_to| amount.amount_minor() <= up_to.amount_minor())
}

const fn is_direct_charged(rates: &CommissionRates) -> bool {
    rates.direct_basis_points > 0
}

fn minor(amount: Money) -> i128 {
    amount.amount_minor().into()
}

fn end(up_to: Option<Money>) -> i128 {
    up_to.map_or(i128::MAX, minor)
}

/// In hundredths of a percent of a minor unit, like all that follow.
fn share(minor: i128, basis_points: u16) -> i128 {
    minor.saturating_mul(basis_points.into())
}

fn at(rates: &CommissionRates, collected: Money, direct: Money) -> i128 {
    let collected = share(minor(collected), rates.basis_points);
    collected.saturating_add(share(minor(direct), rates.direct_basis_points))
}

/// The direct money lies in the bands on top of what was collected.
fn marginal(bands: &[(i128, &CommissionRates)], collected: i128, direct: i128) -> i128 {
    let (mut from, mut exact) = (0_i128, 0_i128);
    let all = collected.saturating_add(direct);
    for (end, rates) in bands {
        let within = |amount: i128| amount.clamp(from, *end).saturating_sub(from);
        let of_direct = within(all).saturating_sub(within(collected));
        exact = exact
            .saturating_add(share(within(collected), rates.basis_points))
            .saturating_add(share(of_direct, rates.direct_basis_points));
        from = *end;
    }
    exact
}

fn by_age(bands: &[AgeBand], due_on: Date, brought: Brought) -> i128 {
    let days = brought.received_on.duration_since(due_on).as_hours() / 24;
    let fits = |up_to: Option<u16>| up_to.is_none_or(|up_to| days <= i64::from(up_to));
    let band = bands.iter().find(|it| fits(it.up_to_days));
    band.map_or(0, |AgeBand { rates, .. }| {
        let basis_points =
            if brought.direct { rates.direct_basis_points } else { rates.basis_points };
        share(minor(brought.base), basis_points)
    })
}

/// From hundredths of a percent to whole minor units, halves away from zero.
pub(super) fn rounded(exact: i128, nothing: Money) -> Result<Money, MoneyError> {
    let half = 5_000_i128.saturating_mul(exact.signum());
    let minor = exact.saturating_add(half).checked_div(10_000).unwrap_or(0);
    let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
    Ok(Money::new(minor, nothing.currency()))
}
