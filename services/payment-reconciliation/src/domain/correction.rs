//! The messages that left and asked for more than was owed, as it is known now.
//!
//! A message is measured against the account at the end of the day on which it left: by everything
//! that is known of that day now, costs and interest with it. What the creditor credited or gave up
//! later was still owed then; the costs and the interest on it were not. Charges that only wait
//! until payments are known count as owed, since a message may announce them. So the order in which
//! things become known does not matter.

use contracts::payment_reconciliation::CorrectedLetter;
use jiff::civil::Time;
use primitives::{Currency, Date, LetterId, Money, MoneyError, Timestamp};

use super::account::{AccountError, CaseAccount, CaseNotice, Excess, LineKind};
use super::moment_of;
use super::parts::Parts;
use super::replay::{Outcome, Reason, replay_until};

/// The end of a day.
const NIGHT: Time = Time::constant(23, 59, 59, 0);

/// Judges every message of a case. Keeps what each is found to have asked too much, and names those
/// of which that has changed.
pub fn correct(
    account: &mut CaseAccount,
    told_at: Timestamp,
) -> Result<Vec<CorrectedLetter>, AccountError> {
    // Most cases have none.
    if account.notices.is_empty() {
        return Ok(Vec::new());
    }
    let all = CaseAccount { charged_until: Some(Date::MAX), ..account.clone() };
    let mut corrected = Vec::new();
    for (letter_id, notice) in &mut account.notices {
        let asked = notice.asked.map_or_else(|| asked_by_the_books(&all, notice), Ok)?;
        let owed = owed(notice, &replay_until(&all, notice.left_on)?, all.currency)?;
        notice.asked = Some(asked);
        let excess = Some(asked.checked_sub(owed)?).filter(|amount| amount.is_positive());
        if notice.excess.map(|told| told.amount) != excess {
            notice.excess = excess.map(|amount| Excess { amount, told_at });
            corrected.push(letter(*letter_id, notice, asked, owed));
        }
    }
    Ok(corrected)
}

fn letter(letter_id: LetterId, told: &CaseNotice, asked: Money, owed: Money) -> CorrectedLetter {
    let CaseNotice { notice, left_on, .. } = *told;
    let (message, channel) = (notice.message, notice.channel);
    CorrectedLetter { letter_id, message, channel, left_on, asked, owed }
}

/// What was owed on the claims that a message spoke of. What the creditor gave up on its day, it
/// gave up after it: the order within a day is that of the replay.
fn owed(notice: &CaseNotice, outcome: &Outcome, currency: Currency) -> Result<Money, MoneyError> {
    let is_given_up = |kind| matches!(kind, LineKind::Withdrawal | LineKind::SmallDifference);
    let later = |reason: &&Reason| is_given_up(reason.kind) && reason.on == notice.left_on;
    let claims = notice.claim_ids.iter().filter_map(|claim_id| outcome.claims.get(claim_id));
    let reasons = claims.flat_map(|standing| &standing.reasons);
    let parts = reasons.filter(|reason| !later(reason)).map(|reason| reason.parts);
    Parts::sum(currency, parts)?.total()
}

/// What a message asked of which no amount was kept: what was owed by the books that evening.
fn asked_by_the_books(account: &CaseAccount, notice: &CaseNotice) -> Result<Money, AccountError> {
    let evening = moment_of(notice.left_on, NIGHT).unwrap_or(Timestamp::MAX);
    let then = account.known_at(evening)?;
    Ok(owed(notice, &replay_until(&then, notice.left_on)?, account.currency)?)
}
