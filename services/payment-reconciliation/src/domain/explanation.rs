//! What is owed on a case at the end of a day, and why, in sentences that its debtor can read: each
//! line with what it is, how it came about, and the rule that it follows.
//!
//! The numbers come from the replay of the account; how each language says them stands in
//! [`words`](super::explanation_words).

use contracts::payment_reconciliation::{ExplainedClaim, ExplainedLine, Explanation};
use law::{CostStep, InterestSegment};
use primitives::{ClaimId, Date, Language, Money, MoneyError, Timestamp};

use super::account::{AccountError, CaseAccount, Claim, LineKind, Payment};
use super::charges::{How, InterestSteps};
use super::explanation_words::{self as words, CostsGround, InterestGround, OrderGround};
use super::position::line_kind;
use super::replay::{Outcome, Reason, Standing, replay_until};

/// What is to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub as_of: Date,
    /// Only what was known by then; everything that is known where none is given.
    pub known_at: Option<Timestamp>,
    pub language: Language,
}

/// Explains an account; none where nothing was known of it yet. Of a day after `today` interest is
/// told until then, and nothing else that may still come.
pub fn explain(
    account: &CaseAccount,
    asked: Asked,
    today: Date,
) -> Result<Option<Explanation>, AccountError> {
    let Asked { as_of, known_at, language } = asked;
    let then = known_at.map(|moment| account.known_at(moment)).transpose()?;
    let account = then.as_ref().unwrap_or(account);
    if account.claims.is_empty() {
        return Ok(None);
    }
    let outcome = replay_until(account, as_of)?;
    let mut open = Money::zero(account.currency);
    let mut claims = Vec::with_capacity(outcome.claims.len());
    for (claim_id, standing) in &outcome.claims {
        let Some(claim) = account.claims.get(claim_id) else { continue };
        let explained = Explaining { account, claim, language }.claim(*claim_id, standing)?;
        open = open.checked_add(explained.open)?;
        claims.push(explained);
    }
    let refundable = Money::sum(account.currency, outcome.refundable.values().copied())?;
    let remarks = remarks(asked, today, open, &outcome, refundable);
    let case_id = account.case_id;
    Ok(Some(Explanation { case_id, as_of, known_at, open, refundable, claims, remarks }))
}

/// What holds for all of it.
fn remarks(
    asked: Asked,
    today: Date,
    open: Money,
    outcome: &Outcome,
    refundable: Money,
) -> Vec<String> {
    let Asked { as_of, known_at, language } = asked;
    let mut remarks = vec![words::total(language, as_of, open)];
    if as_of > today {
        remarks.push(words::future(language, as_of));
    }
    if let Some(moment) = known_at {
        remarks.push(words::known(language, super::day_of(moment)));
    }
    if !outcome.refundable.is_empty() {
        remarks.push(words::unused(language, refundable));
    }
    remarks
}

/// A claim that is being explained.
struct Explaining<'a> {
    account: &'a CaseAccount,
    claim: &'a Claim,
    language: Language,
}

impl Explaining<'_> {
    fn claim(&self, claim_id: ClaimId, standing: &Standing) -> Result<ExplainedClaim, MoneyError> {
        // What was paid before there was an invoice counts from the invoice on.
        let mut reasons: Vec<&Reason> = standing.reasons.iter().collect();
        reasons.sort_by_key(|reason| {
            let is_other = reason.kind != LineKind::Principal;
            (reason.on.max(self.claim.issued_on), is_other)
        });
        let mut open_after = Money::zero(self.account.currency);
        let mut lines = Vec::with_capacity(reasons.len());
        for reason in reasons {
            let amount = reason.parts.total()?;
            open_after = open_after.checked_add(amount)?;
            lines.push(ExplainedLine {
                on: reason.on,
                kind: line_kind(reason.kind, reason.parts),
                amount,
                open_after,
                words: self.words(reason)?,
                rule_ids: reason.why.sources.rule_ids.clone(),
                rule_pack: reason.why.sources.rule_pack.clone(),
            });
        }
        let open = standing.open;
        Ok(ExplainedClaim {
            claim_id,
            open: open.total()?,
            costs_open: open.costs,
            interest_open: open.interest,
            principal_open: open.principal,
            lines,
        })
    }

    fn words(&self, reason: &Reason) -> Result<Vec<String>, MoneyError> {
        let amount = reason.parts.total()?;
        let paid = amount.checked_neg()?;
        Ok(match reason.kind {
            LineKind::Principal => {
                let Claim { issued_on, due_on, .. } = *self.claim;
                vec![words::principal(self.language, issued_on, due_on, amount)]
            }
            LineKind::CreditNote => vec![words::credit_note(self.language, paid)],
            LineKind::Withdrawal => vec![words::withdrawal(self.language, paid)],
            LineKind::SmallDifference => vec![words::small_difference(self.language, paid)],
            LineKind::Costs => self.costs(reason, amount)?,
            LineKind::Interest => self.interest(reason, amount),
            LineKind::Payment { payment_id, .. } => {
                let sum = |it: &Payment| Ok((it.amount.checked_add(it.sent_back)?, it.sent_back));
                let nothing = Money::zero(paid.currency());
                let known = self.account.payments.get(&payment_id);
                let whole = known.map_or(Ok((paid, nothing)), sum)?;
                self.payment(reason, whole, paid)?
            }
        })
    }

    fn costs(&self, reason: &Reason, amount: Money) -> Result<Vec<String>, MoneyError> {
        let language = self.language;
        let ground = CostsGround::of(&reason.why.sources.rule_ids);
        let mut told = vec![words::costs(language, ground, amount)];
        told.extend(ground.map(|ground| words::costs_ground(language, ground).to_owned()));
        let Some(How::Costs { unpaid, costs, share }) = &reason.why.how else { return Ok(told) };
        let is_shared = costs.shares.iter().filter(|share| share.is_positive()).count() > 1;
        told.push(words::unpaid(language, *unpaid, is_shared));
        let mut is_first = true;
        for step in &costs.steps {
            told.push(words::cost_step(language, *step, is_first));
            is_first = is_first && !matches!(step, CostStep::Band { .. });
        }
        if is_shared {
            let total = costs.fee.checked_add(costs.vat)?;
            told.push(words::share(language, total, *share));
        }
        Ok(told)
    }

    fn interest(&self, reason: &Reason, amount: Money) -> Vec<String> {
        let language = self.language;
        let mut told = vec![words::interest(language, amount)];
        let ground = InterestGround::of(&reason.why.sources.rule_ids);
        told.extend(ground.map(|ground| words::interest_ground(language, ground)));
        let Some(How::Interest(steps)) = &reason.why.how else { return told };
        let InterestSteps { segments, counted_before, rates_end_on } = steps;
        told.extend(segments.iter().map(|segment| words::segment(language, segment)));
        // Only the interest of a full year makes the amount larger.
        let base = |segment: &InterestSegment| segment.base.amount_minor();
        let mut pairs = segments.iter().zip(segments.iter().skip(1));
        let is_larger = pairs.any(|(first, next)| base(first) < base(next));
        if is_larger {
            told.push(words::full_years(language).to_owned());
        }
        if counted_before.is_positive() {
            told.push(words::counted_before(language, *counted_before));
        }
        told.extend(rates_end_on.map(|day| words::rates_end(language, day)));
        told
    }

    fn payment(
        &self,
        reason: &Reason,
        (whole, sent_back): (Money, Money),
        paid: Money,
    ) -> Result<Vec<String>, MoneyError> {
        let parts = reason.parts.checked_neg()?;
        let is_clause = self.account.rules.is_some_and(|rules| rules.is_clause());
        let mut told = vec![words::payment(self.language, whole, paid)];
        told.push(words::paid_for(self.language, parts, is_clause));
        if sent_back.is_positive() {
            told.push(words::sent_back(self.language, sent_back));
        }
        // Of what went to the invoice alone there is nothing to say.
        if !parts.costs.is_zero() || !parts.interest.is_zero() {
            let ground = OrderGround::of(self.account.rules.map(|rules| rules.pack));
            told.push(words::order(self.language, ground, is_clause));
        }
        Ok(told)
    }
}
