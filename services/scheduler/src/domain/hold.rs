//! Holds that people place, and the one gate of theirs: what may not go out now.
//!
//! A hold is one row. Cases read those that cover them whenever they are loaded, so one counts from
//! the moment it is there; that it reaches its cases in pages only has them told, and takes back
//! what is out.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Outgoing;
use contracts::agreement::AgreedDeed;
use contracts::hold::{
    DoneSince, HoldChange, HoldLift, HoldRefusal, HoldScope, HoldTerms, HoldThen, HoldTold,
    LiftHoldAnswer, PlaceHold, PlaceHoldAnswer, WeighHold,
};
use contracts::scheduler::{HoldReason, TimelineEvent};
use jiff::civil::Time;
use law::Pack;
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{Actor, CaseId, ClaimId, Country, CreditorId, Date, HoldId, StaffId, Timestamp};

use super::case::{Case, Position, Thanks, Track};
use super::plan::{day_of, later, morning_of};
use super::settle::{Timers, settle};

/// Goes off while a hold has cases to tell.
pub const SPREAD_HOLD: &str = "spread-hold";
/// Goes off on the day on which a hold over a case changes.
pub const HOLD_CHANGES: &str = "hold-changes";

/// So many cases are told of a hold in one transaction.
pub const CASES_PER_PAGE: u16 = 200;

/// No hold is planned further ahead, and none begins longer ago, in days.
const DAYS_MAX: i64 = 731;

/// The holds that a case or creditor was loaded with, by their ids: neither lifted nor for others.
pub type Holds = BTreeMap<HoldId, HoldTerms>;

/// Whether a hold is about a case or a claim of it.
#[must_use]
pub fn concerns(scope: &HoldScope, case: &Case) -> bool {
    match scope {
        HoldScope::Claim { case_id, .. } | HoldScope::Case { case_id } => *case_id == case.case_id,
        HoldScope::Person { person_id } => *person_id == case.person_id,
        HoldScope::Creditor { creditor_id } => *creditor_id == case.creditor_id,
        HoldScope::All => true,
    }
}

/// What holds stop on a case at a moment: the gate that every outward act passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stopped {
    /// Everything.
    whole: bool,
    /// Else whatever would speak of these.
    claims: BTreeSet<ClaimId>,
}

impl Stopped {
    pub(super) fn of(case: &Case, now: Timestamp) -> Self {
        let today = day_of(case.country, now);
        let mut stopped = Self::default();
        for terms in case.holds.values().filter(|terms| counts_on(terms, today)) {
            match terms.scope {
                // What somebody should have decided by now stops the whole case: it is told
                HoldScope::Claim { claim_id, .. } if !is_overdue(terms, today) => {
                    stopped.claims.insert(claim_id);
                }
                HoldScope::Claim { .. }
                | HoldScope::Case { .. }
                | HoldScope::Person { .. }
                | HoldScope::Creditor { .. }
                | HoldScope::All => stopped.whole = true,
            }
        }
        let mut open = case.open_claims().map(|(claim_id, _)| claim_id).peekable();
        let any_open = open.peek().is_some();
        stopped.whole |= any_open && open.all(|claim_id| stopped.claims.contains(&claim_id));
        stopped
    }

    /// Whether the case does nothing at all.
    pub(super) const fn everything(&self) -> bool {
        self.whole
    }

    /// Whether an act that speaks of these claims may not happen.
    pub(super) fn stops(&self, claim_ids: &BTreeSet<ClaimId>) -> bool {
        self.whole || !self.claims.is_disjoint(claim_ids)
    }

    /// Whether nothing may be said of a claim.
    pub(super) fn stops_claim(&self, claim_id: ClaimId) -> bool {
        self.whole || self.claims.contains(&claim_id)
    }
}

/// Whether nothing may go out under a hold on a day.
#[must_use]
pub fn counts_on(terms: &HoldTerms, today: Date) -> bool {
    let is_over = match terms.then {
        HoldThen::GoOn => terms.ends_on <= today,
        HoldThen::Decide => false,
    };
    terms.starts_on <= today && !is_over
}

/// Whether its owner should have decided by now.
fn is_overdue(terms: &HoldTerms, today: Date) -> bool {
    counts_on(terms, today) && terms.ends_on <= today
}

/// The next day on which a hold that counts changes by itself.
fn next_end(case: &Case, today: Date) -> Option<Date> {
    let ends = case.holds.values().filter(|terms| counts_on(terms, today));
    ends.map(|terms| terms.ends_on).filter(|day| *day > today).min()
}

/// When the case has to look at its holds again; none where none of them ends by itself.
pub(super) fn wakes_at(case: &Case, now: Timestamp) -> Option<Timestamp> {
    let ends = next_end(case, day_of(case.country, now));
    ends.map(|day| morning_of(case.country, day))
}

/// When a case on hold is looked at: when one of its holds ends, or its owner should have decided
/// long enough ago. A day that was told is kept until it comes.
pub(super) fn review_on(case: &Case, told: Option<&Position>, today: Date) -> Date {
    let told = match told {
        Some(Position::Held { reason: HoldReason::OnHold, review_on }) if *review_on > today => {
            Some(*review_on)
        }
        Some(_) | None => None,
    };
    let again = later(today, case.agreement.review_after_days.max(1));
    let overdue = case.holds.values().any(|terms| is_overdue(terms, today));
    let decide = overdue.then(|| told.unwrap_or(again));
    decide.into_iter().chain(next_end(case, today)).min().unwrap_or(again)
}

/// The hold of a held case that is told with it: the one that ends on its review day, else the
/// first that somebody should have decided on.
pub(super) fn leading(case: &Case, review_on: Date) -> Option<&HoldTerms> {
    let counts = |terms: &&HoldTerms| {
        let is_over = match terms.then {
            HoldThen::GoOn => terms.ends_on < review_on,
            HoldThen::Decide => false,
        };
        terms.starts_on < review_on && !is_over
    };
    let first = |terms: &&HoldTerms| (terms.ends_on != review_on, terms.ends_on);
    case.holds.values().filter(counts).min_by_key(first)
}

/// The day on which a case on hold goes on by itself; none where a person has to decide first.
pub(super) fn goes_on(case: &Case, today: Date) -> Option<Date> {
    let counting = case.holds.values().filter(|terms| counts_on(terms, today));
    let (of_claims, of_all): (Vec<_>, Vec<_>) =
        counting.partition(|terms| matches!(terms.scope, HoldScope::Claim { .. }));
    let end = |terms: &&HoldTerms| match terms.then {
        HoldThen::GoOn => Some(terms.ends_on),
        HoldThen::Decide => None,
    };
    if of_claims.iter().any(|terms| is_overdue(terms, today)) {
        return None;
    }
    let of = |terms: &HoldTerms, id: ClaimId| match terms.scope {
        HoldScope::Claim { claim_id, .. } => claim_id == id,
        HoldScope::Case { .. }
        | HoldScope::Person { .. }
        | HoldScope::Creditor { .. }
        | HoldScope::All => false,
    };
    // When each open claim is free again, as far as its own holds go.
    let free: Vec<Option<Date>> = case
        .open_claims()
        .map(|(claim_id, _)| {
            let own = of_claims.iter().filter(|terms| of(terms, claim_id));
            own.map(end).try_fold(today, |latest, ends| Some(latest.max(ends?)))
        })
        .collect();
    // The first claim that is free goes on.
    let first = free.into_iter().flatten().min()?;
    let rest = of_all.iter().map(end).try_fold(first, |latest, ends| Some(latest.max(ends?)))?;
    (rest > today).then_some(rest)
}

/// A hold over the case was placed or lifted. What it does next follows from those that it was
/// loaded with, so that messages about several may come in any order.
pub fn weigh_hold(
    mut track: Track,
    weigh: &WeighHold,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(weigh.case_id)?;
    let hold_id = weigh.hold_id;
    let what = match &weigh.change {
        HoldChange::Placed { by, terms } => TimelineEvent::HoldPlaced {
            hold_id,
            by: *by,
            done_since: done_since(case, terms),
            terms: terms.clone(),
        },
        HoldChange::Lifted { by } => TimelineEvent::HoldLifted { hold_id, by: *by },
    };
    // Thanks that waited for the end of the hold are due at once; others put them off again.
    if let (HoldChange::Lifted { .. }, Thanks::Due { at }) = (&weigh.change, &mut case.thanks) {
        *at = (*at).min(facts.now);
    }
    track.note(facts, what);
    Ok(settle(track, before, facts))
}

/// The day has come on which a hold over the case changes by itself.
pub fn holds_change(mut track: Track, facts: &Facts) -> Decision<Track> {
    let before = Timers { hold_changes: None, ..Timers::of(&track) };
    if let Some(case) = &mut track.case {
        case.wakes_at = None;
    }
    settle(track, before, facts)
}

/// What would not have been done, had a hold been there since its start.
fn done_since(case: &Case, terms: &HoldTerms) -> Vec<DoneSince> {
    let asked = |claim_id: &ClaimId| match terms.scope {
        HoldScope::Claim { claim_id: held, .. } => held == *claim_id,
        HoldScope::Case { .. }
        | HoldScope::Person { .. }
        | HoldScope::Creditor { .. }
        | HoldScope::All => true,
    };
    let mut done: Vec<DoneSince> = Vec::new();
    for (_, claim) in case.claims.iter().filter(|(claim_id, _)| asked(claim_id)) {
        let calls =
            case.agreement.steps.iter().filter(|step| matches!(step.deed, AgreedDeed::Call { .. }));
        let calls = calls.filter_map(|step| *claim.passed.get(&step.key)?);
        let sent = claim.notices.iter().map(|notice| (Some(notice.message), notice.sent_on));
        for (message, on) in sent.chain(calls.map(|on| (None, on))) {
            let one = DoneSince { message, on };
            if on >= terms.starts_on && !done.contains(&one) {
                done.push(one);
            }
        }
    }
    done.sort_by_key(|one| one.on);
    done
}

/// The row of one hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// None while only the id was heard.
    pub placed: Option<Placed>,
    pub lifted: Option<HoldLift>,
    /// How far its cases were told; none when all of them were.
    pub spread: Option<Spread>,
    /// So many cases were told of its beginning, or of its lifting.
    pub cases_told: u64,
    /// The next cases to be told, as it was loaded: at most [`CASES_PER_PAGE`].
    pub page: Vec<(CaseId, CreditorId)>,
}

/// What was placed, by whom, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub hold_id: HoldId,
    pub terms: HoldTerms,
    pub by: StaffId,
    pub at: Timestamp,
}

/// The last case that was told; cases are told in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub after: Option<CaseId>,
}

impl Hold {
    /// As it is told; none while only its id was heard.
    #[must_use]
    pub fn told(&self) -> Option<HoldTold> {
        let placed = self.placed.as_ref()?;
        Some(HoldTold {
            hold_id: placed.hold_id,
            terms: placed.terms.clone(),
            placed_by: placed.by,
            placed_at: placed.at,
            lifted: self.lifted.clone(),
            cases_told: self.cases_told,
            is_spreading: self.spread.is_some(),
        })
    }
}

/// A member of staff puts on hold what a scope covers.
pub fn place_hold(
    mut hold: Hold,
    request: &PlaceHold,
    facts: &Facts,
) -> (Decision<Hold>, PlaceHoldAnswer) {
    // One calendar for all: holds over many cases have no debtor, and both countries have one time.
    let today = day_of(Country::NL, facts.now);
    let terms = HoldTerms {
        scope: request.scope.clone(),
        cause: request.cause.clone(),
        owner: request.owner.clone(),
        starts_on: request.starts_on.unwrap_or(today),
        ends_on: request.ends_on,
        then: request.then.clone(),
    };
    let refused = |hold, reason| (Decision::quiet(hold), PlaceHoldAnswer::Refused { reason });
    let Some(by) = staff_of(&facts.actor) else { return refused(hold, HoldRefusal::NotStaff) };
    if let Some((told, placed)) = hold.told().zip(hold.placed.as_ref()) {
        let is_same = placed.terms == terms && placed.by == by;
        let in_use = PlaceHoldAnswer::Refused { reason: HoldRefusal::IdInUse };
        let answer = if is_same { PlaceHoldAnswer::Placed(told) } else { in_use };
        return (Decision::quiet(hold), answer);
    }
    if let Some(reason) = refusal(&terms, today) {
        return refused(hold, reason);
    }
    let begins = Pack::NL.moment(terms.starts_on, Time::midnight()).unwrap_or(Timestamp::MAX);
    hold.placed = Some(Placed { hold_id: request.hold_id, terms, by, at: facts.now });
    hold.spread = Some(Spread::default());
    let Some(told) = hold.told() else { return refused(hold, HoldRefusal::IdInUse) };
    let timer = Timer::Set { name: SPREAD_HOLD, due_at: begins.max(facts.now) };
    (Decision::quiet(hold).timer(timer), PlaceHoldAnswer::Placed(told))
}

fn refusal(terms: &HoldTerms, today: Date) -> Option<HoldRefusal> {
    let owner = terms.owner.as_str();
    let of_code = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if owner.is_empty() || owner.len() > 64 || !owner.bytes().all(of_code) {
        return Some(HoldRefusal::OwnerMalformed);
    }
    if terms.ends_on <= today || terms.ends_on <= terms.starts_on {
        return Some(HoldRefusal::NoNextMoment);
    }
    let is_far =
        terms.ends_on > later(today, DAYS_MAX) || terms.starts_on < later(today, -DAYS_MAX);
    is_far.then_some(HoldRefusal::TooFar)
}

/// A member of staff lifts a hold: the others that cover its cases stay.
pub fn lift_hold(mut hold: Hold, facts: &Facts) -> (Decision<Hold>, LiftHoldAnswer) {
    let Some(by) = staff_of(&facts.actor) else {
        let reason = HoldRefusal::NotStaff;
        return (Decision::quiet(hold), LiftHoldAnswer::Refused { reason });
    };
    let Some(told) = hold.told() else { return (Decision::quiet(hold), LiftHoldAnswer::Unknown) };
    if hold.lifted.is_some() {
        return (Decision::quiet(hold), LiftHoldAnswer::AlreadyLifted(told));
    }
    hold.lifted = Some(HoldLift { by, at: facts.now });
    let has_begun = told.terms.starts_on <= day_of(Country::NL, facts.now);
    hold.spread = has_begun.then(Spread::default);
    hold.cases_told = 0;
    let timer = if has_begun {
        Timer::Set { name: SPREAD_HOLD, due_at: facts.now }
    } else {
        Timer::Cancel { name: SPREAD_HOLD }
    };
    let told = hold.told().unwrap_or(told);
    (Decision::quiet(hold).timer(timer), LiftHoldAnswer::Lifted(told))
}

/// Tells the next page of cases that a hold over them was placed or lifted, and goes on at once
/// while there are more.
pub fn spread_hold(mut hold: Hold, facts: &Facts) -> Decision<Hold> {
    let page = std::mem::take(&mut hold.page);
    let Some((placed, _)) = hold.placed.clone().zip(hold.spread) else {
        return Decision::quiet(hold);
    };
    let change = match &hold.lifted {
        Some(lift) => HoldChange::Lifted { by: lift.by },
        None => HoldChange::Placed { by: placed.by, terms: placed.terms },
    };
    let is_last = page.len() < usize::from(CASES_PER_PAGE);
    hold.spread = page.last().filter(|_| !is_last).map(|(id, _)| Spread { after: Some(*id) });
    let told = u64::try_from(page.len()).unwrap_or(u64::MAX);
    hold.cases_told = hold.cases_told.saturating_add(told);
    let mut decision = Decision::quiet(hold);
    if !is_last {
        decision.timers.push(Timer::Set { name: SPREAD_HOLD, due_at: facts.now });
    }
    decision.messages.extend(page.into_iter().map(|(case_id, creditor_id)| {
        let (hold_id, change) = (placed.hold_id, change.clone());
        Outgoing::new(&WeighHold { case_id, creditor_id, hold_id, change })
    }));
    decision
}

pub(super) const fn staff_of(actor: &Actor) -> Option<StaffId> {
    match actor {
        Actor::Staff(staff_id) => Some(*staff_id),
        Actor::Machine(_) | Actor::Creditor(_) | Actor::Debtor(_) | Actor::Operator => None,
    }
}
