//! The decisions, one for each message and timer. They only put down what happened; `settle` draws
//! the conclusion.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Outgoing;
use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Uncertain};
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated};
use contracts::permit::Permit;
use contracts::scheduler::{HoldReason, PermitGranted, PermitRefused, TimelineEvent};
use law::{Answer, GateFacts, Pack, Verdict, gate, pay_by};
use mailbox::{Decision, Facts, Fault};
use primitives::{ClaimId, Date, LetterId, MessageKind, Money, MoneyError, PermitId, Timestamp};

use super::case::{Act, ActState, Case, Claim, Track};
use super::creditor::Creditor;
use super::person::Person;
use super::plan::{Next, NextStep, day_of, later, morning_of, plan};
use super::settle::{Timers, in_order_of_due_dates, settle};

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
            language: opened.language,
            reachable: opened.reachable.iter().copied().collect(),
            no_address: BTreeSet::new(),
            agreement: agreement.clone(),
            opened_at: facts.now,
            claims: BTreeMap::new(),
            act: None,
            blocked: None,
            not_before: None,
            asked_by: None,
            tried: None,
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
    case.no_address.retain(|channel| !registered.reachable.contains(channel));
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
            passed: BTreeSet::new(),
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
    claim.paid = claim.paid.checked_add(paid.amount).map_err(|error| never_adds_up(&error))?;
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
    track.news_of(settled.case_id, settled.claim_id)?.settled_by = Some(settled.by.clone());
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
        && let Some(Next::Step(next)) = plan(case, facts.now)
        && next.due_at <= facts.now
    {
        let what = pass_gate(case, &mut person, &next, &mut messages, facts);
        track.note(facts, what);
    }
    let mut decision = settle(track, before, facts);
    decision.messages.extend(messages);
    beside(decision, person)
}

/// A permit is over, and nothing was heard of its message: whether it left is open.
pub fn end_permit(mut track: Track, facts: &Facts) -> Decision<Track> {
    let before = Timers { permit_end: None, ..Timers::of(&track) };
    let permit_id = track.case.as_ref().and_then(|case| Some(case.act.as_ref()?.permit_id));
    if let Some(permit_id) = permit_id {
        doubt(&mut track, permit_id, facts);
    }
    settle(track, before, facts)
}

/// The review day of a held case: what somebody may have corrected by now is tried again. Where
/// nothing was, the case is held again, visibly.
pub fn review(mut track: Track, facts: &Facts) -> Decision<Track> {
    let set = Timers::of(&track);
    let before = Timers { review: None, ..set };
    if let Some(case) = track.case.as_mut().filter(|_| set.review.is_some_and(|at| at <= facts.now))
    {
        case.blocked = None;
        case.no_address.clear();
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
    case.asked_by = case.asked_by.max(asked_by(case, dispatched));
    let act = answered(case, dispatched.permit_id);
    if let Some(step) = act.map(|act| act.step).or_else(|| left_after_all(case, dispatched)) {
        pass(case, &dispatched.claim_ids, &step);
        case.tried = None;
        track.note(facts, TimelineEvent::MessageSent { step });
    }
    Ok(beside(settle(track, before, facts), person))
}

/// The latest day by which a message asked to pay any of its claims.
fn asked_by(case: &Case, dispatched: &Dispatched) -> Option<Date> {
    let pack = Pack::of(case.country)?;
    let sent_on = pack.local_date(dispatched.dispatched_at);
    let claims = dispatched.claim_ids.iter().filter_map(|id| case.claims.get(id));
    let days = claims.map(|it| pay_by(pack, dispatched.message, it.due_on, sent_on).value);
    days.max().flatten()
}

/// A message did not leave: the budget is free again, and the reason says how it goes on.
pub fn not_sent(
    (mut track, mut person): (Track, Person),
    not_sent: &NotSent,
    facts: &Facts,
) -> Result<Decision<(Track, Person)>, Fault> {
    let before = Timers::of(&track);
    person.release(not_sent.permit_id);
    let case = track.case_mut(not_sent.case_id)?;
    if let Some(act) = answered(case, not_sent.permit_id) {
        learn(case, &act, &not_sent.reason, facts.now);
        let (step, reason) = (act.step, not_sent.reason.clone());
        track.note(facts, TimelineEvent::MessageNotSent { step, reason });
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
    track.case_mut(uncertain.case_id)?;
    doubt(&mut track, uncertain.permit_id, facts);
    Ok(settle(track, before, facts))
}

fn never_adds_up(error: &MoneyError) -> Fault {
    Fault::Poison(error.to_string())
}

/// Joins a case's decision with its person's state.
fn beside(decision: Decision<Track>, person: Person) -> Decision<(Track, Person)> {
    let Decision { state, messages, effects, timers } = decision;
    Decision { state: (state, person), messages, effects, timers }
}

/// Asks the gate, and does as it says.
fn pass_gate(
    case: &mut Case,
    person: &mut Person,
    next: &NextStep,
    messages: &mut Vec<Outgoing>,
    facts: &Facts,
) -> TimelineEvent {
    let answer = ask_gate(case, person, next, facts.now);
    let again_at = match answer.value {
        Verdict::Allowed { not_before, not_after } => {
            let permit = permit(case, next, &answer, (not_before, not_after), facts);
            person.reserve(permit.permit_id, not_after);
            return grant(case, next, permit, messages, facts);
        }
        Verdict::Later { not_before } => {
            case.not_before = Some(not_before);
            Some(not_before)
        }
        Verdict::Never => {
            give_up(case, &next.step.key, &next.claim_ids);
            None
        }
    };
    let (step, rule_ids) = (next.step.key.clone(), rule_ids(&answer));
    let refused = PermitRefused {
        case_id: case.case_id,
        creditor_id: case.creditor_id,
        person_id: case.person_id,
        step: step.clone(),
        rule_ids: rule_ids.clone(),
        rule_pack: answer.pack.to_string(),
        again_at,
    };
    messages.push(refused.into());
    TimelineEvent::PermitRefused { step, rule_ids, again_at }
}

fn ask_gate(case: &Case, person: &Person, next: &NextStep, now: Timestamp) -> Answer<Verdict> {
    let act = law::Act {
        country: case.country,
        debtor_kind: case.debtor_kind,
        capacity: case.agreement.capacity,
        channel: next.step.channel,
        message: next.step.message,
        adds_costs: false,
    };
    let claims = next.claim_ids.iter().filter_map(|claim_id| case.claims.get(claim_id));
    let facts =
        GateFacts { now, claims: claims.map(Claim::facts).collect(), contacts: person.moments() };
    gate(&act, &facts)
}

fn permit(
    case: &Case,
    next: &NextStep,
    answer: &Answer<Verdict>,
    (not_before, not_after): (Timestamp, Timestamp),
    facts: &Facts,
) -> Permit {
    Permit {
        permit_id: PermitId::from_uuid(facts.derive("permit")),
        person_id: case.person_id,
        case_id: case.case_id,
        creditor_id: case.creditor_id,
        claim_ids: in_order_of_due_dates(case, &next.claim_ids),
        message: next.step.message,
        channel: next.step.channel,
        capacity: case.agreement.capacity,
        not_before,
        not_after,
        payments_known_within_days: case.agreement.payments_known_within_days,
        rule_ids: rule_ids(answer),
        rule_pack: answer.pack.to_string(),
    }
}

/// Puts the act under way.
fn grant(
    case: &mut Case,
    next: &NextStep,
    permit: Permit,
    messages: &mut Vec<Outgoing>,
    facts: &Facts,
) -> TimelineEvent {
    let letter_id = LetterId::from_uuid(facts.derive("letter"));
    let (step, permit_id) = (next.step.key.clone(), permit.permit_id);
    case.not_before = None;
    case.act = Some(Act {
        permit_id,
        letter_id,
        step: step.clone(),
        claim_ids: next.claim_ids.clone(),
        not_after: permit.not_after,
        state: ActState::Granted,
    });
    let (case_id, creditor_id) = (case.case_id, case.creditor_id);
    messages.push(PermitGranted { case_id, creditor_id, permit: permit.clone() }.into());
    messages.push(Send { letter_id, creditor_id, language: case.language, permit }.into());
    TimelineEvent::PermitGranted { step, permit_id }
}

fn rule_ids(answer: &Answer<Verdict>) -> Vec<String> {
    answer.rules.iter().map(ToString::to_string).collect()
}

/// A step that the law never allows: a notice before the due date is left out, anything else stops
/// the case.
fn give_up(case: &mut Case, step: &str, claim_ids: &BTreeSet<ClaimId>) {
    match case.step(step).map(|step| step.message) {
        Some(MessageKind::PreDueNotice) => pass(case, claim_ids, step),
        Some(MessageKind::FreeFirstReminder) | None => {
            case.blocked = Some(HoldReason::GateRefused);
        }
    }
}

/// Puts a step behind some claims.
fn pass<'a>(case: &mut Case, claim_ids: impl IntoIterator<Item = &'a ClaimId>, step: &str) {
    for claim_id in claim_ids {
        if let Some(claim) = case.claims.get_mut(claim_id) {
            claim.passed.insert(step.to_owned());
        }
    }
}

/// Takes the act that an answer is about. An answer to another permit is an old one.
fn answered(case: &mut Case, permit_id: PermitId) -> Option<Act> {
    case.act.take_if(|act| act.permit_id == permit_id)
}

/// The step of a message that left though its act was answered otherwise: the first of its kind
/// that is not behind all its claims.
fn left_after_all(case: &Case, dispatched: &Dispatched) -> Option<String> {
    let mut steps = case.agreement.steps.iter();
    let step = steps.find(|step| {
        let mut claims = dispatched.claim_ids.iter().filter_map(|id| case.claims.get(id));
        step.message == dispatched.message && claims.any(|claim| !claim.passed.contains(&step.key))
    })?;
    Some(step.key.clone())
}

/// It is open whether the message of a permit left.
fn doubt(track: &mut Track, permit_id: PermitId, facts: &Facts) {
    let act = track.case.as_mut().and_then(|case| case.act.as_mut());
    let awaited = |act: &&mut Act| act.permit_id == permit_id && act.state != ActState::Uncertain;
    if let Some(act) = act.filter(awaited) {
        act.state = ActState::Uncertain;
        let step = act.step.clone();
        track.note(facts, TimelineEvent::MessageUncertain { step });
    }
}

/// What the reason of an unsent message means for the case.
fn learn(case: &mut Case, act: &Act, reason: &NotSentReason, now: Timestamp) {
    match reason {
        // Nothing is wrong: the plan goes on from where it stands, at once.
        NotSentReason::Withdrawn => {}
        NotSentReason::PermitExpired => case.count_try(&act.step),
        // News is on its way: of the payment, or of the day's payments. The next try is tomorrow.
        NotSentReason::NothingOwed | NotSentReason::PaymentsNotKnown => {
            let tomorrow = later(day_of(case.country, now), 1);
            case.not_before = Some(morning_of(case.country, tomorrow));
            case.count_try(&act.step);
        }
        NotSentReason::AddressRefused => case.blocked = Some(HoldReason::NotDelivered),
        NotSentReason::NoAddress => {
            if let Some(channel) = case.step(&act.step).map(|step| step.channel) {
                case.no_address.insert(channel);
            }
        }
        NotSentReason::DataMissing | NotSentReason::NoText => {
            case.blocked = Some(HoldReason::NotWritten);
        }
        NotSentReason::TextNotLawful => give_up(case, &act.step, &act.claim_ids),
    }
}
