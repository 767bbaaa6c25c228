//! The position as it is told: what is owed on a case today, line by line, and what would be added.

use contracts::payment_reconciliation::{
    AnnouncedCharges, ClaimPosition, Position, PositionLine, PositionLineKind, PositionSums,
};
use primitives::{ClaimId, Date, Money, MoneyError};

use super::account::{AccountError, CaseAccount, LineKind};
use super::charges::{Announcement, Why};
use super::parts::Parts;
use super::replay::{Outcome, Reason, ReplayError, Standing, replay, replay_until};

/// The position of a day, with the interest until then where any is asked. `announce_for` names the
/// claims of which it is asked what would be added; all where it is empty.
pub fn position(
    account: &CaseAccount,
    announce_for: &[ClaimId],
    today: Date,
    payments_known_until: Option<Date>,
) -> Result<Position, AccountError> {
    let outcome = replay(account, Some(today))?;
    let mut open = Money::zero(account.currency);
    let mut claims = Vec::with_capacity(outcome.claims.len());
    for (claim_id, standing) in &outcome.claims {
        let claim = claim_position(*claim_id, standing)?;
        open = open.checked_add(claim.open)?;
        claims.push(claim);
    }
    Ok(Position {
        case_id: account.case_id,
        on: today,
        open,
        claims,
        payments_known_until,
        announced: announced(account, &outcome, announce_for, today)?,
    })
}

/// What is owed at the end of a day, in sums; none where no claim was issued by then.
pub fn position_sums(
    account: &CaseAccount,
    as_of: Date,
) -> Result<Option<PositionSums>, AccountError> {
    let outcome = replay_until(account, as_of)?;
    if outcome.claims.is_empty() {
        return Ok(None);
    }
    let open: Vec<Parts> = outcome.claims.values().map(|standing| standing.open).collect();
    let sum = Parts::sum(account.currency, open.iter().copied())?;
    Ok(Some(PositionSums {
        case_id: account.case_id,
        creditor_id: account.creditor_id,
        claims_open: open.iter().fold(0, |count, parts| {
            if parts.is_zero() { count } else { u32::saturating_add(count, 1) }
        }),
        open: sum.total()?,
        costs_open: sum.costs,
        interest_open: sum.interest,
        principal_open: sum.principal,
        refundable: Money::sum(account.currency, outcome.refundable.values().copied())?,
    }))
}

fn claim_position(claim_id: ClaimId, standing: &Standing) -> Result<ClaimPosition, MoneyError> {
    let Standing { open, reasons, .. } = standing;
    Ok(ClaimPosition {
        claim_id,
        open: open.total()?,
        costs_open: open.costs,
        interest_open: open.interest,
        principal_open: open.principal,
        lines: reasons.iter().map(line).collect::<Result<_, _>>()?,
    })
}

fn line(reason: &Reason) -> Result<PositionLine, MoneyError> {
    let Reason { on, kind, parts, why } = reason;
    Ok(PositionLine {
        on: *on,
        kind: line_kind(*kind, *parts),
        amount: parts.total()?,
        because: why.because.clone(),
        rule_ids: why.sources.rule_ids.clone(),
        rule_pack: why.sources.rule_pack.clone(),
    })
}

/// What a line is, as it is told.
pub(super) const fn line_kind(kind: LineKind, parts: Parts) -> PositionLineKind {
    let Parts { costs, interest, principal } = parts;
    match kind {
        LineKind::Principal => PositionLineKind::Principal,
        LineKind::CreditNote => PositionLineKind::CreditNote,
        LineKind::Withdrawal | LineKind::SmallDifference => PositionLineKind::Withdrawal,
        LineKind::Costs => PositionLineKind::Costs,
        LineKind::Interest => PositionLineKind::Interest,
        LineKind::Payment { payment_id, .. } => {
            PositionLineKind::Payment { payment_id, costs, interest, principal }
        }
    }
}

/// What would be added to the claims that are unpaid and bear nothing yet.
fn announced(
    account: &CaseAccount,
    outcome: &Outcome,
    announce_for: &[ClaimId],
    today: Date,
) -> Result<Option<AnnouncedCharges>, AccountError> {
    let Some(rules) = account.rules else { return Ok(None) };
    let mut unpaid = Vec::new();
    for (claim_id, claim) in &account.claims {
        let is_meant = announce_for.is_empty() || announce_for.contains(claim_id);
        let Some(standing) = outcome.claims.get(claim_id).filter(|_| is_meant) else { continue };
        if standing.open.principal.is_positive() && !standing.is_charged {
            unpaid.push((claim.due_on, standing.open.principal));
        }
    }
    let announced = rules.announced(&unpaid, today).map_err(ReplayError::from)?;
    Ok(announced.map(|Announcement { costs, vat, interest, rate, why }| {
        let Why { because, sources, how: _ } = why;
        AnnouncedCharges {
            costs,
            vat,
            interest,
            interest_basis_points: rate,
            because,
            rule_ids: sources.rule_ids,
            rule_pack: sources.rule_pack,
        }
    }))
}
