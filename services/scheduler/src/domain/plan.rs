//! The plan: what a case does next, from what is known of it. It never yields nothing for an open
//! case.

use std::collections::BTreeSet;

use contracts::agreement::AgreedStep;
use contracts::payment_reconciliation::SettledBy;
use contracts::scheduler::{CloseReason, HoldReason};
use jiff::ToSpan;
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use law::{ContactHours, Pack, lawful_days, next_lawful_moment};
use primitives::{ClaimId, Country, Date, MessageKind, Timestamp};

use super::case::{ActState, Case, Claim};

/// When a day's steps and reviews begin, where the debtor is.
const MORNING: Time = time(9, 0, 0, 0);

/// So many tries of a step in a row may fail before a person looks.
const TRIES_MAX: u32 = 3;

/// What a case does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing is owed any more.
    Close(CloseReason),
    /// A permit is out; its answer comes first.
    Await,
    /// A person decides.
    Hold(HoldReason),
    Step(NextStep),
}

/// An agreed step with its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    pub step: AgreedStep,
    /// The claims for which this step is next, and due by then or by now.
    pub claim_ids: BTreeSet<ClaimId>,
    /// May be past: then it is due at once.
    pub due_at: Timestamp,
}

/// Works out what is next; none only while no claim was heard.
#[must_use]
pub fn plan(case: &Case, now: Timestamp) -> Option<Next> {
    if case.claims.is_empty() {
        return None;
    }
    if case.open_claims().next().is_none() {
        return Some(Next::Close(close_reason(case)));
    }
    match case.act.as_ref().map(|act| act.state) {
        Some(ActState::Granted | ActState::Withdrawing) => return Some(Next::Await),
        Some(ActState::Uncertain) => return Some(Next::Hold(HoldReason::ActUncertain)),
        None => {}
    }
    if let Some(reason) = &case.blocked {
        return Some(Next::Hold(reason.clone()));
    }
    if case.tried.as_ref().is_some_and(|tried| tried.times >= TRIES_MAX) {
        return Some(Next::Hold(HoldReason::TriedInVain));
    }
    Some(match Pack::of(case.country) {
        Some(pack) => next_step(case, pack, now),
        None => Next::Hold(HoldReason::GateRefused),
    })
}

/// The calendar day at `moment` where the debtor is; UTC where we know no law.
#[must_use]
pub(super) fn day_of(country: Country, moment: Timestamp) -> Date {
    Pack::of(country)
        .map_or_else(|| TimeZone::UTC.to_datetime(moment).date(), |pack| pack.local_date(moment))
}

/// The morning of a day where the debtor is; the end of time for a day beyond it.
#[must_use]
pub(super) fn morning_of(country: Country, day: Date) -> Timestamp {
    let moment = match Pack::of(country) {
        Some(pack) => pack.moment(day, MORNING),
        None => TimeZone::UTC.to_timestamp(day.to_datetime(MORNING)).ok(),
    };
    moment.unwrap_or(Timestamp::MAX)
}

/// The day so many days later; the last day of time for one beyond it.
#[must_use]
pub(super) fn later(day: Date, days: impl Into<i64>) -> Date {
    day.saturating_add(days.into().days())
}

/// Money first: what was paid is said to be paid, whatever brought the last cent. A rule over all
/// claims gives the same reason in whatever order they were settled.
fn close_reason(case: &Case) -> CloseReason {
    let any = |is: fn(&Claim) -> bool| case.claims.values().any(is);
    if any(|claim| !claim.paid.is_zero() || claim.settled_by == Some(SettledBy::Payment)) {
        return CloseReason::Paid;
    }
    if any(|claim| !claim.credited.is_zero() || claim.settled_by == Some(SettledBy::CreditNote)) {
        return CloseReason::Credited;
    }
    CloseReason::Withdrawn
}

/// The earliest next step of the claims, with every claim that can go along in one message.
fn next_step(case: &Case, pack: Pack, now: Timestamp) -> Next {
    let candidates: Vec<Candidate> = case
        .open_claims()
        .filter_map(|(claim_id, claim)| candidate(case, pack, claim_id, claim, now))
        .collect();
    let reachable = candidates.iter().filter(|one| case.is_reachable(one.step.channel));
    let Some(first) = reachable.min_by_key(|one| (one.due_at, one.place)) else {
        let used_up = candidates.is_empty();
        return Next::Hold(if used_up {
            HoldReason::StepsUsedUp
        } else {
            HoldReason::NotReachable
        });
    };
    let until = first.due_at.max(now);
    let along = candidates.iter().filter(|one| one.place == first.place && one.due_at <= until);
    Next::Step(NextStep {
        step: first.step.clone(),
        claim_ids: along.map(|one| one.claim_id).collect(),
        due_at: first.due_at,
    })
}

/// The next step of one claim.
struct Candidate<'a> {
    claim_id: ClaimId,
    /// The step's place in the agreement.
    place: usize,
    step: &'a AgreedStep,
    due_at: Timestamp,
}

/// The first agreed step after the last one passed that can still be taken. Only a notice before
/// the due date lapses: when its time is over, or when there is no address for it.
fn candidate<'a>(
    case: &'a Case,
    pack: Pack,
    claim_id: ClaimId,
    claim: &Claim,
    now: Timestamp,
) -> Option<Candidate<'a>> {
    let steps = &case.agreement.steps;
    let behind = steps.iter().rposition(|step| claim.passed.contains(&step.key));
    let from = behind.map_or(0, |place| place.saturating_add(1));
    steps.iter().enumerate().skip(from).find_map(|(place, step)| {
        let due_at = moment(case, pack, step, claim);
        let lapsed = match step.message {
            MessageKind::PreDueNotice => {
                pack.local_date(due_at.max(now)) >= claim.due_on || !case.is_reachable(step.channel)
            }
            MessageKind::FreeFirstReminder => false,
        };
        (!lapsed).then_some(Candidate { claim_id, place, step, due_at })
    })
}

/// The first lawful moment for a step, from the morning of its agreed day on, and never before a
/// day's morning. The gate looks again when it is due.
fn moment(case: &Case, pack: Pack, step: &AgreedStep, claim: &Claim) -> Timestamp {
    let lawful = lawful_days(pack, step.message, &[claim.facts()]).value;
    let first = lawful.map_or(Date::MIN, |days| days.first);
    let day = later(claim.due_on, step.days_from_due).max(first);
    let agreed = morning_of(case.country, day);
    let from = case.not_before.map_or(agreed, |not_before| agreed.max(not_before));
    let window = next_lawful_moment(pack, step.channel, from, &ContactHours::default());
    let opens = window.value.map_or(from, |window| window.opens);
    opens.max(morning_of(case.country, pack.local_date(opens)))
}
