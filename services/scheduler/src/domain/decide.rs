//! The decisions, one for each message and timer. They only put down what happened; `settle` draws
//! the conclusion.

use std::collections::{BTreeMap, BTreeSet};

use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Uncertain};
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated};
use contracts::scheduler::{HoldReason, TimelineEvent};
use law::Notice;
use mailbox::{Decision, Facts, Fault};
use primitives::{
    Channel, ClaimId, Country, Date, DebtorKind, MessageKind, Money, MoneyError, PermitId,
    Timestamp,
};
use uuid::Uuid;

use super::act;
use super::case::{Act, Case, Claim, Confirmation, Errand, ErrandState, Thanks, Track};
use super::creditor::Creditor;
use super::hold::Stopped;
use super::person::Person;
use super::plan::{CONFIRMATION, Next, NextStep, THANKS, day_of, later, morning_of, plan, thanks};
use super::reason::Reasons;
use super::route::Route;
use super::rules::Rules;
use super::settle::{Timers, settle};

/// A case is opened under a version of its creditor's agreement.
pub fn open(
    (creditor, track): (Creditor, Track),
    opened: &CaseOpened,
    facts: &Facts,
) -> Result<Decision<(Creditor, Track)>, Fault> {
    let Some(agreement) = creditor.agreements.get(&opened.agreement_version) else {
        return Err(Fault::Early(format!(
            "agreement {} of creditor {}",
            opened.agreement_version, opened.creditor_id
        )));
    };
    let mut track = track;
    if track.case.is_none() {
        track.case = Some(Case {
            case_id: opened.case_id,
            creditor_id: opened.creditor_id,
            person_id: opened.person_id,
            debtor_kind: opened.debtor_kind,
            country: opened.country,
            is_lawless: false,
            language: opened.language,
            reachable: opened.reachable.iter().copied().collect(),
            no_address: BTreeSet::new(),
            agreement: agreement.clone(),
            opened_at: facts.now,
            claims: BTreeMap::new(),
            act: None,
            blocked: None,
            reason: None,
            is_led_anew: false,
            reasons: Reasons::new(),
            not_before: None,
            asked_by: None,
            tried: None,
            unreached: None,
            promises: BTreeMap::new(),
            awaited: BTreeMap::new(),
            thanks: Thanks::default(),
            holds: creditor.holds.clone(),
            wakes_at: None,
            position: None,
        });
        track.note(facts, TimelineEvent::CaseOpened);
    }
    Ok(Decision::quiet((creditor, track)))
}

/// A claim is put on a case; one put on a closed case opens it again, and its invoice may bring an
/// address that was missing.
pub fn register_claim(
    mut track: Track,
    registered: &ClaimRegistered,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(registered.case_id)?;
    if case.claims.contains_key(&registered.claim_id) {
        return Ok(Decision::quiet(track));
    }
    case.tried = None;
    case.reachable.extend(&registered.reachable);
    // A number is told as being there and not which: a stranger's may be the same.
    case.no_address.retain(|channel| {
        *channel == Channel::Telephone || !registered.reachable.contains(channel)
    });
    let nothing = Money::zero(registered.amount.currency());
    case.claims.insert(
        registered.claim_id,
        Claim {
            amount: registered.amount,
            issued_on: registered.issued_on,
            due_on: registered.due_on,
            paid: nothing,
            credited: nothing,
            withdrawn: false,
            settled_by: None,
            settled_as_of: 0,
            passed: BTreeMap::new(),
            begins_at: None,
            notices: Vec::new(),
        },
    );
    track.note(
        facts,
        TimelineEvent::ClaimRegistered {
            claim_id: registered.claim_id,
            amount: registered.amount,
            due_on: registered.due_on,
        },
    );
    Ok(settle(track, before, facts))
}

/// A payment lowers a claim.
pub fn pay(
    mut track: Track,
    paid: &PaymentAllocated,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let claim = track.news_of(paid.case_id, paid.claim_id)?;
    claim.paid = claim.paid.checked_add(paid.principal).map_err(|error| never_adds_up(&error))?;
    // What was taken back of a payment opens a claim again that it had settled.
    if paid.principal.is_negative() && paid.claim_open.is_positive() {
        claim.hear(None, facts.version);
    }
    let (claim_id, amount) = (paid.claim_id, paid.amount);
    track.note(facts, TimelineEvent::PaymentReceived { claim_id, amount });
    Ok(settle(track, before, facts))
}

/// The creditor's credit note lowers a claim.
pub fn credit(
    mut track: Track,
    credited: &ClaimCredited,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let claim = track.news_of(credited.case_id, credited.claim_id)?;
    claim.credited =
        claim.credited.checked_add(credited.amount).map_err(|error| never_adds_up(&error))?;
    let (claim_id, amount) = (credited.claim_id, credited.amount);
    track.note(facts, TimelineEvent::ClaimCredited { claim_id, amount });
    Ok(settle(track, before, facts))
}

/// The creditor takes a claim back.
pub fn withdraw(
    mut track: Track,
    withdrawn: &ClaimWithdrawn,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    track.news_of(withdrawn.case_id, withdrawn.claim_id)?.withdrawn = true;
    track.note(facts, TimelineEvent::ClaimWithdrawn { claim_id: withdrawn.claim_id });
    Ok(settle(track, before, facts))
}

/// Payment-reconciliation, whose word counts, says that nothing is owed on a claim any more.
pub fn settle_claim(
    mut track: Track,
    settled: &ClaimSettled,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let claim = track.news_of(settled.case_id, settled.claim_id)?;
    claim.hear(Some(settled.by.clone()), facts.version);
    Ok(settle(track, before, facts))
}

/// The planned step is due: the gate is asked, and what it allows is granted.
pub fn take_step(
    (mut track, mut person): (Track, Person),
    facts: &Facts,
) -> Decision<(Track, Person)> {
    let before = Timers { next_step: None, ..Timers::of(&track) };
    let mut messages = Vec::new();
    if let Some(case) = &mut track.case
        && let Some(next) = due_step(case, facts.now)
    {
        let what = act::pass_gate(case, &mut person, &next, &mut messages, facts);
        track.note(facts, what);
    }
    let mut decision = settle(track, before, facts);
    decision.messages.extend(messages);
    beside(decision, person)
}

/// The step that is to be taken now; of a closed case, the thanks.
fn due_step(case: &Case, now: Timestamp) -> Option<NextStep> {
    let next = match plan(case, now)? {
        Next::Step(next) => Some(next),
        Next::Close(_) => thanks(case),
        Next::Await | Next::AwaitPromise { .. } | Next::Hold(_) => None,
    };
    let stopped = Stopped::of(case, now);
    next.filter(|next| next.due_at <= now && !stopped.stops(&next.claim_ids))
}

/// A permit is over, and nothing was heard of its act: whether it was done is open.
pub fn end_permit(mut track: Track, facts: &Facts) -> Decision<Track> {
    let before = Timers { permit_end: None, ..Timers::of(&track) };
    let act = track.case.as_mut().and_then(|case| case.act.as_mut());
    let mut doubted = Vec::new();
    if let Some(act) = act {
        let awaited = act.errands.iter_mut().filter(|errand| errand.state.is_awaited());
        awaited.for_each(|errand| {
            errand.state = ErrandState::Uncertain;
            doubted.push((act.step.clone(), errand.channel()));
        });
    }
    for (step, channel) in doubted {
        track.note(facts, TimelineEvent::MessageUncertain { step, channel });
    }
    settle(track, before, facts)
}

/// The review day of a held case: what somebody may have corrected by now is tried again. Where
/// nothing was, the case is held again, visibly. A reason that the debtor gave stays: no time that
/// passes is an answer to it; but what was said to be paid is known by then. Of a case on hold only
/// that hold is looked at.
pub fn review(mut track: Track, facts: &Facts) -> Decision<Track> {
    let set = Timers::of(&track);
    let before = Timers { review: None, ..set };
    let is_due = set.review.is_some_and(|at| at <= facts.now);
    if let Some(case) = track.case.as_mut().filter(|case| is_due && !case.is_on_hold()) {
        if case.route() == Route::CheckPayment {
            case.answer_payments(facts.now);
        }
        case.blocked.take_if(|reason| *reason != HoldReason::ReasonGiven);
        // At a wrong number is a stranger: no day that passes makes it the right one.
        case.no_address.retain(|channel| *channel == Channel::Telephone);
        case.tried = None;
    }
    settle(track, before, facts)
}

/// A message left: its step is behind its claims, and the contact counts. That it left has the
/// last word, also after it was said not to have left.
pub fn dispatched(
    (mut track, mut person): (Track, Person),
    dispatched: &Dispatched,
    facts: &Facts,
) -> Result<Decision<(Track, Person)>, Fault> {
    let before = Timers::of(&track);
    person.contacted(dispatched.permit_id, dispatched.dispatched_at);
    let case = track.case_mut(dispatched.case_id)?;
    remember(case, dispatched);
    let id = dispatched.letter_id.as_uuid();
    let step = match answer(case, dispatched.permit_id, id, ErrandState::Done) {
        Some(answered) => {
            conclude(case, facts.now);
            Some(answered.step)
        }
        None => left_after_all(case, dispatched).inspect(|step| {
            let today = day_of(case.country, facts.now);
            pass(case, &dispatched.claim_ids, step, today);
        }),
    };
    if let Some(step) = step {
        case.tried = None;
        let channel = Some(dispatched.channel);
        track.note(facts, TimelineEvent::MessageSent { step, channel });
    }
    Ok(beside(settle(track, before, facts), person))
}

/// Keeps what a message that left means for the terms of its claims.
fn remember(case: &mut Case, dispatched: &Dispatched) {
    let Dispatched { message, channel, .. } = *dispatched;
    let left_on = day_of(case.country, dispatched.dispatched_at);
    let rules = Rules::of(case);
    let sent_on = rules.map_or(left_on, |rules| rules.sent_on(message, channel, left_on));
    let notice = Notice { message, channel, sent_on };
    let mut asked_by: Option<Date> = case.asked_by;
    for claim_id in &dispatched.claim_ids {
        let Some(claim) = case.claims.get_mut(claim_id) else { continue };
        if !claim.notices.contains(&notice) {
            claim.notices.push(notice);
        }
        let day = rules.and_then(|it| it.pay_by((message, channel), claim.due_on, sent_on));
        asked_by = asked_by.max(day);
    }
    case.asked_by = asked_by;
}

/// A message did not leave: the budget is free again where nothing else went under its permit, and
/// the reason says how it goes on.
pub fn not_sent(
    (mut track, mut person): (Track, Person),
    not_sent: &NotSent,
    facts: &Facts,
) -> Result<Decision<(Track, Person)>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(not_sent.case_id)?;
    let (id, reason) = (not_sent.letter_id.as_uuid(), not_sent.reason.clone());
    let state = ErrandState::NotSent(reason.clone());
    let answered = answer(case, not_sent.permit_id, id, state);
    if answered.as_ref().is_none_or(|act| !act.goes_on()) {
        person.release(not_sent.permit_id);
    }
    if let Some(act) = answered {
        conclude(case, facts.now);
        let errand = act.errands.iter().find(|errand| errand.id == id);
        let (channel, step) = (errand.and_then(Errand::channel), act.step.clone());
        track.note(facts, TimelineEvent::MessageNotSent { step, channel, reason });
    }
    Ok(beside(settle(track, before, facts), person))
}

/// It is open whether a message left. Its contact stays reserved, and no step is behind anybody.
pub fn uncertain(
    mut track: Track,
    uncertain: &Uncertain,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(uncertain.case_id)?;
    let act = case.act.as_mut().filter(|act| act.permit_id == uncertain.permit_id);
    if let Some(act) = act
        && let Some(errand) = act.errand_mut(uncertain.letter_id.as_uuid())
        && errand.state.is_awaited()
    {
        errand.state = ErrandState::Uncertain;
        let (channel, step) = (errand.channel(), act.step.clone());
        track.note(facts, TimelineEvent::MessageUncertain { step, channel });
    }
    Ok(settle(track, before, facts))
}

fn never_adds_up(error: &MoneyError) -> Fault {
    Fault::Poison(error.to_string())
}

/// Joins a case's decision with its person's state.
pub(super) fn beside(decision: Decision<Track>, person: Person) -> Decision<(Track, Person)> {
    let Decision { state, messages, effects, timers } = decision;
    Decision { state: (state, person), messages, effects, timers }
}

/// A step that the law never allows: what only belongs to other debtors or other days is left out,
/// anything else stops the case.
pub(super) fn give_up(
    case: &mut Case,
    step: &str,
    message: Option<MessageKind>,
    claim_ids: &BTreeSet<ClaimId>,
    today: Date,
) {
    match message {
        Some(MessageKind::PreDueNotice | MessageKind::FourteenDayLetter) => {
            pass(case, claim_ids, step, today);
        }
        // A Belgian consumer must have it before anything else that a collector does.
        Some(MessageKind::FormalNotice)
            if case.country != Country::BE || case.debtor_kind != DebtorKind::Consumer =>
        {
            pass(case, claim_ids, step, today);
        }
        Some(MessageKind::PromiseConfirmation | MessageKind::PaymentThanks) => {
            answer_over(case, step);
        }
        Some(MessageKind::FreeFirstReminder | MessageKind::FormalNotice | MessageKind::Demand)
        | None => {
            case.blocked = Some(HoldReason::GateRefused);
        }
    }
}

/// Puts a step behind some claims. Of one that is taken again, the last day counts.
pub(super) fn pass<'a>(
    case: &mut Case,
    claim_ids: impl IntoIterator<Item = &'a ClaimId>,
    step: &str,
    today: Date,
) {
    let place = case.place_of(step);
    let steps = &case.agreement.steps;
    let after = place.and_then(|place| steps.get(place.saturating_add(1))).map(|step| &step.key);
    for claim_id in claim_ids {
        let Some(claim) = case.claims.get_mut(claim_id) else { continue };
        let mut agreed = steps.iter().map(|step| &step.key);
        let begins = claim.begins_at.as_ref().and_then(|key| agreed.position(|it| it == key));
        if begins.zip(place).is_some_and(|(begins, place)| begins <= place) {
            claim.passed.insert(step.to_owned(), Some(today));
            claim.begins_at = after.cloned();
        } else {
            claim.passed.entry(step.to_owned()).or_insert(Some(today));
        }
    }
}

/// One of our own answers was given, or cannot be.
fn answer_over(case: &mut Case, step: &str) {
    if step == THANKS {
        case.thanks = Thanks::Over;
    } else if let Some(promise) = case.open_promise_mut().filter(|_| step == CONFIRMATION) {
        promise.confirmation = Confirmation::Over;
    }
}

/// Puts down how an errand of the act under way ended, and shows the act. An answer to another
/// permit is an old one.
pub(super) fn answer(
    case: &mut Case,
    permit_id: PermitId,
    errand: Uuid,
    state: ErrandState,
) -> Option<Act> {
    let act = case.act.as_mut().filter(|act| act.permit_id == permit_id)?;
    act.errand_mut(errand)?.state = state;
    Some(act.clone())
}

/// Ends the act under way once all its answers are in.
pub(super) fn conclude(case: &mut Case, now: Timestamp) {
    let Some(act) = case.act.take_if(|act| !act.is_awaited() && !act.is_uncertain()) else {
        return;
    };
    let today = day_of(case.country, now);
    if act.errands.iter().any(|errand| errand.state == ErrandState::Done) {
        pass(case, &act.claim_ids, &act.step, today);
        answer_over(case, &act.step);
        return;
    }
    let mut reasons = act.errands.iter().filter_map(|errand| match &errand.state {
        ErrandState::NotSent(reason) => Some(reason.clone()),
        ErrandState::Granted
        | ErrandState::Withdrawing
        | ErrandState::Uncertain
        | ErrandState::Done
        | ErrandState::NotMade(_) => None,
    });
    if let Some(reason) = reasons.next() {
        learn(case, &act, &reason, now);
    }
}

/// The step of a message that left though its act was answered otherwise: the first of its kind
/// that is not behind all its claims.
fn left_after_all(case: &Case, dispatched: &Dispatched) -> Option<String> {
    let mut steps = case.agreement.steps.iter();
    let step = steps.find(|step| {
        let mut claims = dispatched.claim_ids.iter().filter_map(|id| case.claims.get(id));
        act::message_of(&step.deed) == Some(dispatched.message)
            && claims.any(|claim| !case.is_behind(claim, &step.key))
    })?;
    Some(step.key.clone())
}

/// What the reason of an unsent message means for the case.
fn learn(case: &mut Case, act: &Act, reason: &NotSentReason, now: Timestamp) {
    if [CONFIRMATION, THANKS].contains(&act.step.as_str()) {
        return learn_of_answer(case, act, reason, now);
    }
    match reason {
        // Nothing is wrong: the plan goes on from where it stands, at once.
        NotSentReason::Withdrawn => {}
        NotSentReason::PermitExpired => {
            case.count_try(&act.step);
        }
        // News is on its way: of the payment, or of the day's payments. The next try is tomorrow.
        NotSentReason::NothingOwed | NotSentReason::PaymentsNotKnown => {
            case.not_before = Some(tomorrow(case, now));
            case.count_try(&act.step);
        }
        NotSentReason::AddressRefused => case.blocked = Some(HoldReason::NotDelivered),
        NotSentReason::NoAddress => case.no_address.extend(unreached(act, reason)),
        NotSentReason::DataMissing | NotSentReason::NoText => {
            case.blocked = Some(HoldReason::NotWritten);
        }
        NotSentReason::TextNotLawful => {
            let message = case.step(&act.step).and_then(|step| act::message_of(&step.deed));
            let today = day_of(case.country, now);
            give_up(case, &act.step, message, &act.claim_ids, today);
        }
    }
}

/// The channels of an act whose letters did not leave for this reason.
fn unreached(act: &Act, reason: &NotSentReason) -> BTreeSet<Channel> {
    let failed = |errand: &&Errand| errand.state == ErrandState::NotSent(reason.clone());
    act.errands.iter().filter(failed).filter_map(Errand::channel).collect()
}

/// One of our own answers is tried again where that may help, and never holds a case up.
fn learn_of_answer(case: &mut Case, act: &Act, reason: &NotSentReason, now: Timestamp) {
    if matches!(reason, NotSentReason::NoAddress | NotSentReason::AddressRefused) {
        // It may go another way; where there is none, it is over.
        case.no_address.extend(unreached(act, reason));
        let elsewhere = [Channel::Email, Channel::Post].iter().any(|it| case.is_reachable(*it));
        if elsewhere && act.step == CONFIRMATION {
            return;
        }
    }
    if *reason == NotSentReason::Withdrawn {
        // Taken back for a hold, it goes out after that; where nothing is owed, there is nothing
        // to confirm any more.
        if act.step == CONFIRMATION && case.open_claims().next().is_none() {
            answer_over(case, &act.step);
        }
        return;
    }
    let again = matches!(reason, NotSentReason::PermitExpired | NotSentReason::PaymentsNotKnown);
    if !again || case.count_try(&act.step) >= ANSWER_TRIES_MAX {
        case.tried = None;
        answer_over(case, &act.step);
    } else {
        case.not_before = Some(tomorrow(case, now));
    }
}

/// So often one of our own answers is tried.
const ANSWER_TRIES_MAX: u32 = 3;

/// The morning of the next day where the debtor is.
pub(super) fn tomorrow(case: &Case, now: Timestamp) -> Timestamp {
    morning_of(case.country, later(day_of(case.country, now), 1))
}
