//! The plan: what a case does next, from what is known of it. It never yields nothing for an open
//! case.

use std::collections::BTreeSet;

use contracts::agreement::{AgreedDeed, AgreedStep, StepMoment};
use contracts::payment_reconciliation::SettledBy;
use contracts::scheduler::{CloseReason, HoldReason};
use jiff::ToSpan;
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use law::{CaseFacts, Deed, Pack};
use primitives::{
    Capacity, Channel, ClaimId, Country, Date, DebtorKind, MessageKind, Money, PromiseId, Timestamp,
};

use super::act::law_act;
use super::case::{Case, Claim, Confirmation, Promise, Thanks};
use super::contact;
use super::hold::Stopped;
use super::route::Route;
use super::rules::Rules;

/// The step in which a promise is confirmed; no agreement may use its key.
pub const CONFIRMATION: &str = "promise-confirmation";
/// The step in which a debtor is thanked; no agreement may use its key.
pub const THANKS: &str = "thanks";

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
    /// The debtor promised; it is followed before anything else.
    AwaitPromise {
        promise_id: PromiseId,
        amount: Money,
        pay_by: Date,
        judge_at: Timestamp,
    },
    /// A person decides.
    Hold(HoldReason),
    Step(NextStep),
}

/// A step with its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The step's key.
    pub key: String,
    pub deed: AgreedDeed,
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
    if let Some(act) = &case.act {
        let uncertain = !act.is_awaited() && act.is_uncertain();
        return Some(if uncertain { Next::Hold(HoldReason::ActUncertain) } else { Next::Await });
    }
    let stopped = Stopped::of(case, now);
    if stopped.everything() {
        return Some(Next::Hold(HoldReason::OnHold));
    }
    let Some(rules) = Rules::of(case) else {
        return Some(Next::Hold(HoldReason::GateRefused));
    };
    let route = case.route();
    if route.is_silent() {
        return Some(Next::Hold(HoldReason::ReasonGiven));
    }
    if let Some(promise) = case.open_promise() {
        return Some(follow(case, rules, promise, &stopped, now));
    }
    if route.holds() {
        return Some(Next::Hold(HoldReason::ReasonGiven));
    }
    if let Some(reason) = &case.blocked {
        return Some(Next::Hold(reason.clone()));
    }
    if case.tried.as_ref().is_some_and(|tried| tried.times >= TRIES_MAX) {
        return Some(Next::Hold(HoldReason::TriedInVain));
    }
    Some(next_step(case, rules, &stopped, now))
}

/// A promise is confirmed in writing, then awaited. By e-mail where there is an address, since the
/// confirmation should come at once (WER art. XIX.11); else by post.
fn follow(case: &Case, rules: Rules, promise: &Promise, stopped: &Stopped, now: Timestamp) -> Next {
    let by = [Channel::Email, Channel::Post];
    let channel = by.into_iter().find(|channel| case.is_reachable(*channel));
    let confirm = |from| {
        let open = case.open_claims().map(|(claim_id, _)| claim_id);
        let claim_ids = open.filter(|claim_id| !stopped.stops_claim(*claim_id)).collect();
        let (key, channels) = (CONFIRMATION.to_owned(), channel.into_iter().collect());
        let message = MessageKind::PromiseConfirmation;
        Next::Step(answer(case, rules, key, message, channels, claim_ids, from))
    };
    let Promise { amount, pay_by, judge_at, .. } = *promise;
    match promise.promise_id {
        // Mediation takes it up within moments. Should it not, it is looked for every morning.
        None => confirm(morning_of(case.country, later(day_of(case.country, now), 1))),
        // Of a call that was written down late, the promised day may be over.
        Some(_)
            if promise.confirmation == Confirmation::Due
                && channel.is_some()
                && day_of(case.country, now) <= promise.pay_by =>
        {
            confirm(promise.made_at)
        }
        Some(_) if unjudged_for_long(case, promise) => Next::Hold(HoldReason::TriedInVain),
        Some(promise_id) => Next::AwaitPromise { promise_id, amount, pay_by, judge_at },
    }
}

/// So many days after it should have been judged, a person looks after a promise.
const UNJUDGED_DAYS_MAX: i64 = 7;

/// Whether no statement shows the day of a promise for so long that something must be wrong. It is
/// asked for every morning all the same.
pub(super) fn unjudged_for_long(case: &Case, promise: &Promise) -> bool {
    let known = later(promise.pay_by, case.agreement.promises.grace_days);
    morning_of(case.country, later(known, UNJUDGED_DAYS_MAX)) <= promise.judge_at
}

/// The thanks for the last payment, while they are due.
#[must_use]
pub(super) fn thanks(case: &Case) -> Option<NextStep> {
    let Thanks::Due { at } = case.thanks else { return None };
    let rules = Rules::of(case)?;
    let deed = AgreedDeed::Write {
        message: MessageKind::PaymentThanks,
        channels: case.agreement.thanks_by.clone(),
    };
    let channels = case.channels(&deed);
    if channels.is_empty() || case.act.is_some() {
        return None;
    }
    let claim_ids: BTreeSet<ClaimId> = to_thank_for(case).collect();
    if claim_ids.is_empty() {
        return None;
    }
    let key = THANKS.to_owned();
    Some(answer(case, rules, key, MessageKind::PaymentThanks, channels, claim_ids, at))
}

/// The claims on which money was paid that nobody was thanked for yet.
pub(super) fn to_thank_for(case: &Case) -> impl Iterator<Item = ClaimId> {
    let unthanked = case
        .claims
        .iter()
        .filter(|(_, claim)| claim.paid.is_positive() && !claim.passed.contains_key(THANKS));
    unthanked.map(|(claim_id, _)| *claim_id)
}

/// A message of ours that answers what the debtor did, at the first lawful moment.
fn answer(
    case: &Case,
    rules: Rules,
    key: String,
    message: MessageKind,
    channels: Vec<Channel>,
    claim_ids: BTreeSet<ClaimId>,
    from: Timestamp,
) -> NextStep {
    let from = case.not_before.map_or(from, |not_before| from.max(not_before));
    let due_at = opening(rules, case.debtor_kind, &channels, from);
    NextStep { key, deed: AgreedDeed::Write { message, channels }, claim_ids, due_at }
}

/// The calendar day at `moment` where the debtor is; UTC where we know no law.
#[must_use]
pub fn day_of(country: Country, moment: Timestamp) -> Date {
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

/// The earliest next step of the claims, with every claim that can go along in one act.
fn next_step(case: &Case, rules: Rules, stopped: &Stopped, now: Timestamp) -> Next {
    let candidates: Vec<Candidate> = case
        .open_claims()
        .filter(|(claim_id, _)| !stopped.stops_claim(*claim_id))
        .filter_map(|(claim_id, claim)| candidate(case, rules, claim_id, claim, now))
        .collect();
    let reachable = candidates.iter().filter(|one| !case.channels(&one.step.deed).is_empty());
    let Some(first) = reachable.min_by_key(|one| (one.due_at, one.place)) else {
        let used_up = candidates.is_empty();
        return Next::Hold(if used_up {
            HoldReason::StepsUsedUp
        } else {
            HoldReason::NotReachable
        });
    };
    let until = first.due_at.max(now);
    // What is said in our own name about one claim is not for another one: it may come too early.
    let along = candidates.iter().filter(|one| {
        (one.place, one.capacity) == (first.place, first.capacity) && one.due_at <= until
    });
    Next::Step(NextStep {
        key: first.step.key.clone(),
        deed: first.step.deed.clone(),
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
    capacity: Capacity,
    due_at: Timestamp,
}

/// The first agreed step after the last one passed that can still be taken. A notice before the due
/// date lapses when its time is over, and like a call when there is no address for it; a call also
/// for who is written to instead; a message that the law does not know for this debtor is left out.
/// What escalates gives way to the call that has to come first.
fn candidate<'a>(
    case: &'a Case,
    rules: Rules,
    claim_id: ClaimId,
    claim: &Claim,
    now: Timestamp,
) -> Option<Candidate<'a>> {
    let steps = &case.agreement.steps;
    let behind = steps.iter().rposition(|step| claim.passed.contains_key(&step.key));
    let begins = claim.begins_at.as_ref().and_then(|key| case.place_of(key));
    let from = begins.or(behind.map(|place| place.saturating_add(1))).unwrap_or(0);
    let by_telephone = case.route() != Route::InWriting;
    let next = steps.iter().enumerate().skip(from).find_map(|(place, step)| {
        let due_at = moment(case, rules, step, claim);
        let reachable = !case.channels(&step.deed).is_empty();
        let lapsed = match step.deed {
            AgreedDeed::Write { message: MessageKind::PreDueNotice, .. } => {
                rules.local_date(due_at.max(now)) >= claim.due_on || !reachable
            }
            AgreedDeed::Call { .. } => !reachable || !by_telephone,
            AgreedDeed::Write { .. } => false,
        };
        let capacity = case.capacity(&step.key, [claim]);
        (!lapsed).then_some(Candidate { claim_id, place, step, capacity, due_at })
    })?;
    let first = contact::call_first(case, claim, next.step);
    let first = first.and_then(|place| Some((place, steps.get(place)?)));
    Some(first.map_or(next, |(place, step)| {
        let due_at = moment(case, rules, step, claim);
        let capacity = case.capacity(&step.key, [claim]);
        Candidate { claim_id, place, step, capacity, due_at }
    }))
}

/// The first lawful moment for a step, from the morning of its agreed day on, and never before a
/// day's morning. The gate looks again when it is due.
fn moment(case: &Case, rules: Rules, step: &AgreedStep, claim: &Claim) -> Timestamp {
    let channels = case.channels(&step.deed);
    let capacity = case.capacity(&step.key, [claim]);
    let facts = CaseFacts {
        claims: vec![claim.facts()],
        notices: claim.notices.clone(),
        ..CaseFacts::default()
    };
    let lawful = deeds(&step.deed, &channels)
        .filter_map(|deed| rules.first_day(&law_act(case, capacity, deed), &facts))
        .max();
    let agreed = match step.moment {
        StepMoment::FromDue { days } => later(claim.due_on, days),
        StepMoment::AfterPrevious { days } => {
            let previous = claim.passed.values().flatten().max();
            later(previous.copied().unwrap_or(claim.due_on), days)
        }
    };
    let left_alone = asked_by(rules, claim).map_or(Date::MIN, |day| later(day, 1));
    let day = agreed.max(lawful.unwrap_or(Date::MIN)).max(left_alone);
    let morning = morning_of(case.country, day);
    // Nothing is asked while money may be for the case; how long at most was said with it.
    let waits = [case.not_before, case.money_until()];
    let from = waits.into_iter().flatten().fold(morning, Timestamp::max);
    opening(rules, case.debtor_kind, &channels, from)
}

/// The latest day by which a message about the claim asked to pay: until it is over, whoever was
/// given it is left alone.
fn asked_by(rules: Rules, claim: &Claim) -> Option<Date> {
    let days = claim.notices.iter().filter_map(|notice| {
        rules.pay_by((notice.message, notice.channel), claim.due_on, notice.sent_on)
    });
    days.max()
}

/// What the law is asked about a deed: once for each channel.
pub(super) fn deeds<'a>(
    deed: &'a AgreedDeed,
    channels: &'a [Channel],
) -> impl Iterator<Item = Deed> + 'a {
    channels.iter().map(|channel| match deed {
        AgreedDeed::Write { message, .. } => Deed::Write { message: *message, channel: *channel },
        AgreedDeed::Call { .. } => Deed::Call,
    })
}

/// The first moment from `from` on at which the contact hours of all channels are open, and never
/// before its day's morning.
fn opening(
    rules: Rules,
    debtor_kind: DebtorKind,
    channels: &[Channel],
    from: Timestamp,
) -> Timestamp {
    let open = |from, channel: &Channel| rules.opens(debtor_kind, *channel, from);
    // Twice, since a later channel may lead out of an earlier one's hours.
    let opens = channels.iter().chain(channels).fold(from, open);
    opens.max(morning_of_moment(rules, opens))
}

fn morning_of_moment(rules: Rules, moment: Timestamp) -> Timestamp {
    rules.moment(rules.local_date(moment), MORNING).unwrap_or(moment)
}
