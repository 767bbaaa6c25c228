//! Granting an act: the gate is asked for every channel, and what it allows is put under way.

use contracts::Outgoing;
use contracts::agreement::AgreedDeed;
use contracts::letter::{PromiseTold, Send};
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::{PermitGranted, PermitRefused, TimelineEvent};
use contracts::telephony_task::CreateTask;
use law::{CaseFacts, Deed, GateFacts, Verdict, counts_as_contact};
use mailbox::Facts;
use primitives::{CallTaskId, Capacity, Channel, LetterId, MessageKind, PermitId, Timestamp};

use super::awaited::asks;
use super::case::{Act, Case, Claim, Errand, ErrandKind, ErrandState};
use super::contact::{self, CONTACT_FIRST};
use super::decide::give_up;
use super::person::Person;
use super::plan::{CONFIRMATION, NextStep, day_of, deeds};
use super::rules::{Rules, Weighed};
use super::settle::in_order_of_due_dates;

/// What the gate must know beside the act and its claims.
struct Known {
    now: Timestamp,
    contacts: Vec<Timestamp>,
}

/// What the gate said about all channels of a step together.
struct Asked {
    verdict: Verdict,
    /// Those that it did not refuse for good.
    channels: Vec<Channel>,
    rule_ids: Vec<String>,
    rule_pack: String,
}

/// Asks the gate, and does as it says.
pub(super) fn pass_gate(
    case: &mut Case,
    person: &mut Person,
    next: &NextStep,
    messages: &mut Vec<Outgoing>,
    facts: &Facts,
) -> TimelineEvent {
    let asked = ask_gate(case, person, next, facts.now);
    let again_at = match asked.verdict {
        Verdict::Allowed { not_before, not_after } => {
            let permit = permit(case, next, &asked, (not_before, not_after), facts);
            let counts = deeds(&next.deed, &asked.channels).any(counts_as_contact);
            person.reserve(permit.permit_id, not_after, counts);
            return grant(case, next, &permit, messages, facts);
        }
        Verdict::Later { not_before } => {
            case.not_before = Some(not_before);
            Some(not_before)
        }
        Verdict::Never => {
            let (message, today) = (message_of(&next.deed), day_of(case.country, facts.now));
            give_up(case, &next.key, message, &next.claim_ids, today);
            None
        }
    };
    let (step, rule_ids) = (next.key.clone(), asked.rule_ids);
    let refused = PermitRefused {
        case_id: case.case_id,
        creditor_id: case.creditor_id,
        person_id: case.person_id,
        step: step.clone(),
        rule_ids: rule_ids.clone(),
        rule_pack: asked.rule_pack,
        again_at,
    };
    messages.push(refused.into());
    TimelineEvent::PermitRefused { step, rule_ids, again_at }
}

/// The message of a step, where it is one.
pub(super) const fn message_of(deed: &AgreedDeed) -> Option<MessageKind> {
    match deed {
        AgreedDeed::Write { message, .. } => Some(*message),
        AgreedDeed::Call { .. } => None,
    }
}

/// Asks for each channel. One that may never be used is left out; the others have to be open at
/// the same time, since together they are one contact.
fn ask_gate(case: &Case, person: &Person, next: &NextStep, now: Timestamp) -> Asked {
    let channels = case.channels(&next.deed);
    let claims: Vec<&Claim> =
        next.claim_ids.iter().filter_map(|claim_id| case.claims.get(claim_id)).collect();
    let capacity = case.capacity(&next.key, claims.iter().copied());
    let facts = Known { now, contacts: person.moments() };
    let mut all = Asked {
        verdict: Verdict::Never,
        channels: Vec::new(),
        rule_ids: Vec::new(),
        rule_pack: String::new(),
    };
    let Some(rules) = Rules::of(case) else { return all };
    all.rule_pack = rules.version();
    if !claims.iter().all(|claim| contact::may_escalate(case, claim, &next.key)) {
        all.rule_ids.push(CONTACT_FIRST.to_owned());
        return all;
    }
    for (deed, channel) in deeds(&next.deed, &channels).zip(&channels) {
        let weighed = weigh_claims(rules, &law_act(case, capacity, deed), &claims, &facts);
        let Some(weighed) = weighed else { continue };
        all.rule_pack = weighed.rule_pack;
        add_rules(&mut all.rule_ids, weighed.rule_ids);
        if weighed.verdict != Verdict::Never {
            let is_first = all.channels.is_empty();
            all.verdict =
                if is_first { weighed.verdict } else { both(all.verdict, weighed.verdict) };
            all.channels.push(*channel);
        }
    }
    all
}

/// What two channels, or two claims, allow together.
fn both(left: Verdict, right: Verdict) -> Verdict {
    match (left, right) {
        (Verdict::Never, _) | (_, Verdict::Never) => Verdict::Never,
        (Verdict::Later { not_before }, Verdict::Later { not_before: other }) => {
            Verdict::Later { not_before: not_before.max(other) }
        }
        (later @ Verdict::Later { .. }, Verdict::Allowed { .. })
        | (Verdict::Allowed { .. }, later @ Verdict::Later { .. }) => later,
        (
            Verdict::Allowed { not_before, not_after },
            Verdict::Allowed { not_before: other_before, not_after: other_after },
        ) => Verdict::Allowed {
            not_before: not_before.max(other_before),
            not_after: not_after.min(other_after),
        },
    }
}

/// Asks about each claim with what was sent about it, so that no claim's time is cut short and none
/// is measured by the message of another one. The strictest answer counts, and its rules come last.
fn weigh_claims(rules: Rules, act: &law::Act, claims: &[&Claim], facts: &Known) -> Option<Weighed> {
    let weigh = |claim: &&Claim| {
        let case = CaseFacts {
            claims: vec![claim.facts()],
            notices: claim.notices.clone(),
            ..CaseFacts::default()
        };
        rules.weigh(act, &GateFacts { now: facts.now, case, contacts: facts.contacts.clone() })
    };
    let mut answers: Vec<Weighed> = claims.iter().map(weigh).collect();
    answers.sort_by_key(|it| match it.verdict {
        Verdict::Allowed { .. } => (0_u8, Timestamp::MIN),
        Verdict::Later { not_before } => (1, not_before),
        Verdict::Never => (2, Timestamp::MAX),
    });
    answers.into_iter().reduce(|mut all, one| {
        add_rules(&mut all.rule_ids, one.rule_ids);
        let verdict = both(all.verdict, one.verdict);
        Weighed { verdict, rule_ids: all.rule_ids, rule_pack: one.rule_pack }
    })
}

/// Each once, where it was asked last.
fn add_rules(all: &mut Vec<String>, more: Vec<String>) {
    for rule in more {
        all.retain(|known| *known != rule);
        all.push(rule);
    }
}

/// A deed of a step, as the law sees it.
pub(super) fn law_act(case: &Case, capacity: Capacity, deed: Deed) -> law::Act {
    law::Act {
        country: case.country,
        debtor_kind: case.debtor_kind,
        capacity,
        deed,
        adds_costs: false,
    }
}

fn permit(
    case: &Case,
    next: &NextStep,
    asked: &Asked,
    (not_before, not_after): (Timestamp, Timestamp),
    facts: &Facts,
) -> Permit {
    let deed = match &next.deed {
        AgreedDeed::Write { message, .. } => {
            PermittedDeed::Write { message: *message, channels: asked.channels.clone() }
        }
        AgreedDeed::Call { .. } => PermittedDeed::Call,
    };
    let asks = asks(&next.key);
    let claims = next.claim_ids.iter().filter_map(|claim_id| case.claims.get(claim_id));
    Permit {
        permit_id: PermitId::from_uuid(facts.derive("permit")),
        person_id: case.person_id,
        case_id: case.case_id,
        creditor_id: case.creditor_id,
        claim_ids: in_order_of_due_dates(case, &next.claim_ids),
        deed,
        capacity: case.capacity(&next.key, claims),
        not_before,
        not_after,
        payments_known_within_days: case.agreement.payments_known_within_days.filter(|_| asks),
        rule_ids: asked.rule_ids.clone(),
        rule_pack: asked.rule_pack.clone(),
    }
}

/// Puts the act under way.
fn grant(
    case: &mut Case,
    next: &NextStep,
    permit: &Permit,
    messages: &mut Vec<Outgoing>,
    facts: &Facts,
) -> TimelineEvent {
    let (step, permit_id, not_after) = (next.key.clone(), permit.permit_id, permit.not_after);
    let (case_id, creditor_id, language) = (case.case_id, case.creditor_id, case.language);
    messages.push(PermitGranted { case_id, creditor_id, permit: permit.clone() }.into());
    let mut errands = Vec::new();
    let mut ask = |id, kind| errands.push(Errand { id, kind, state: ErrandState::Granted });
    match &permit.deed {
        PermittedDeed::Write { channels, .. } => {
            let promise = promise_told(case).filter(|_| step == CONFIRMATION);
            for channel in channels.clone() {
                let id = facts.derive(&format!("letter/{channel}"));
                ask(id, ErrandKind::Letter(channel));
                let (letter_id, permit) = (LetterId::from_uuid(id), permit.clone());
                let promise = promise.clone();
                messages.push(
                    Send { letter_id, creditor_id, language, channel, permit, promise }.into(),
                );
            }
        }
        PermittedDeed::Call => {
            let id = facts.derive("call");
            ask(id, ErrandKind::Call);
            let promise_days_max = case.agreement.promises.days_max;
            let (task_id, permit) = (CallTaskId::from_uuid(id), permit.clone());
            messages.push(
                CreateTask { task_id, creditor_id, language, permit, promise_days_max }.into(),
            );
        }
    }
    case.not_before = None;
    case.act = Some(Act {
        permit_id,
        step: step.clone(),
        claim_ids: next.claim_ids.clone(),
        not_after,
        errands,
    });
    TimelineEvent::PermitGranted { step, permit_id }
}

/// The open promise, as its confirmation tells it.
fn promise_told(case: &Case) -> Option<PromiseTold> {
    let promise = case.open_promise()?;
    let promise_id = promise.promise_id?;
    Some(PromiseTold { promise_id, amount: promise.amount, pay_by: promise.pay_by })
}
