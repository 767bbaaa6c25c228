//! Messages owned by the scheduler.

use contracts::hold::{DoneSince, HoldTerms};
use contracts::scheduler::{
    Audience, CaseClosed, CaseExplanation, CaseHeld, CasePosition, CasePositionAnswer, CaseState,
    CloseReason, ExplainCase, ExplainCaseAnswer, GetCasePosition, HoldReason, ListPositions,
    PermitGranted, PermitRefused, PositionList, PositionSummary, PromiseAwaited, StepPlanned,
    TimelineEntry, TimelineEvent,
};
use primitives::{CallOutcome, Capacity, Channel, Language, MessageKind, NonPaymentReason};

use super::hold::{hold, terms};
use super::reason;
use super::{
    call_permit, case, claim, close_reasons, creditor, day, euros, message_id, moment,
    not_made_reasons, not_sent_reasons, permit, permit_id, person, promise, staff, verdicts,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    events().into_iter().chain(questions().into_iter().flatten()).collect()
}

fn events() -> [Snapshot; 6] {
    let refused = PermitRefused {
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        step: "reminder".to_owned(),
        rule_ids: vec!["be.contact.weekly-limit".to_owned()],
        rule_pack: "be-2026-01".to_owned(),
        again_at: Some(moment("2026-03-16T08:00:00Z")),
    };
    let held = |reason| CaseHeld {
        case_id: case(),
        creditor_id: creditor(),
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let closed = |reason| CaseClosed { case_id: case(), creditor_id: creditor(), reason };
    [
        Snapshot::message(vec![StepPlanned {
            case_id: case(),
            creditor_id: creditor(),
            step: "reminder".to_owned(),
            claim_ids: vec![claim()],
            due_at: moment("2026-03-09T08:00:00Z"),
        }]),
        Snapshot::message(permits_granted().to_vec()),
        Snapshot::message(vec![refused.clone(), PermitRefused { again_at: None, ..refused }]),
        Snapshot::message(hold_reasons().map(held).to_vec()),
        Snapshot::message(vec![PromiseAwaited {
            case_id: case(),
            creditor_id: creditor(),
            promise_id: promise(),
            judged_at: moment("2026-03-24T08:00:00Z"),
        }]),
        Snapshot::message(close_reasons().map(closed).to_vec()),
    ]
}

pub(crate) fn permits_granted() -> [PermitGranted; 2] {
    let granted = |permit| PermitGranted { case_id: case(), creditor_id: creditor(), permit };
    let both = &[Channel::Post, Channel::Email];
    [
        granted(permit(MessageKind::FreeFirstReminder, both, Capacity::Collector)),
        granted(call_permit()),
    ]
}

fn questions() -> [[Snapshot; 2]; 3] {
    let position = |state| {
        CasePositionAnswer::Known(CasePosition {
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            state,
            why: vec!["The claim is due since 3 March 2026.".to_owned()],
            would_stop: vec!["Payment of the whole claim.".to_owned()],
            reasons: reason::told(),
            timeline: timeline(),
        })
    };
    let answers = case_states().into_iter().map(position).chain([CasePositionAnswer::Unknown]);
    let summary = |state| PositionSummary { case_id: case(), state };
    [
        Snapshot::request(vec![GetCasePosition { case_id: case() }], answers.collect()),
        Snapshot::request(
            vec![ListPositions { limit: 100, skip: 0 }],
            vec![PositionList {
                positions: case_states().into_iter().map(summary).collect(),
                total: 5,
            }],
        ),
        Snapshot::request(explanations_asked(), explanations()),
    ]
}

fn explanations_asked() -> Vec<ExplainCase> {
    let asked = |audience, language| ExplainCase { case_id: case(), audience, language };
    vec![
        asked(Audience::Handler, Language::Nl),
        asked(Audience::Creditor, Language::Fr),
        asked(Audience::Debtor, Language::De),
        asked(Audience::Debtor, Language::En),
    ]
}

fn explanations() -> Vec<ExplainCaseAnswer> {
    let told = CaseExplanation {
        why: vec!["You did not pay the invoice in time.".to_owned()],
        next: vec!["We send a reminder on 9 March 2026.".to_owned()],
        would_stop: vec!["You pay what is open.".to_owned()],
    };
    vec![ExplainCaseAnswer::Explained(told), ExplainCaseAnswer::Unknown]
}

fn case_states() -> [CaseState; 5] {
    let step = || "reminder".to_owned();
    [
        CaseState::Planned { step: step(), due_at: moment("2026-03-09T08:00:00Z") },
        CaseState::Acting {
            step: step(),
            permit_id: permit_id(),
            not_after: moment("2026-03-10T18:00:00Z"),
        },
        CaseState::AwaitingPromise {
            promise_id: promise(),
            amount: euros(5_000),
            pay_by: day("2026-03-20"),
            judged_at: moment("2026-03-24T08:00:00Z"),
        },
        CaseState::Held {
            reason: HoldReason::ReasonGiven,
            owner: "case-handling".to_owned(),
            review_on: day("2026-04-01"),
        },
        CaseState::Closed { reason: CloseReason::Paid },
    ]
}

fn timeline() -> Vec<TimelineEntry> {
    let (claim_id, permit_id, due_on) = (claim(), permit_id(), day("2026-03-03"));
    let step = || "reminder".to_owned();
    let rule_ids = || vec!["be.contact.weekly-limit".to_owned()];
    let again = Some(moment("2026-03-16T08:00:00Z"));
    let post = Some(Channel::Post);
    let sent = |reason| TimelineEvent::MessageNotSent { step: step(), channel: post, reason };
    let held = |reason| TimelineEvent::Held {
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let pay_by = day("2026-03-20");
    let judged = |verdict| TimelineEvent::PromiseJudged {
        promise_id: promise(),
        verdict,
        promised: euros(5_000),
        received: euros(2_000),
        pay_by,
    };
    let mut events = vec![
        TimelineEvent::CaseOpened,
        TimelineEvent::ClaimRegistered { claim_id, amount: euros(12_345), due_on },
        TimelineEvent::StepPlanned { step: step(), due_at: moment("2026-03-09T08:00:00Z") },
        TimelineEvent::PermitGranted { step: step(), permit_id },
        TimelineEvent::PermitRefused { step: step(), rule_ids: rule_ids(), again_at: again },
        TimelineEvent::PermitRefused { step: step(), rule_ids: rule_ids(), again_at: None },
        TimelineEvent::MessageSent { step: step(), channel: post },
        TimelineEvent::MessageSent { step: step(), channel: None },
        TimelineEvent::MessageNotSent {
            step: step(),
            channel: None,
            reason: contracts::letter::NotSentReason::Withdrawn,
        },
        TimelineEvent::MessageUncertain { step: step(), channel: post },
        TimelineEvent::MessageUncertain { step: step(), channel: None },
        TimelineEvent::PromiseMade { promise_id: promise(), amount: euros(5_000), pay_by },
        TimelineEvent::PaymentReceived { claim_id, amount: euros(5_000) },
        TimelineEvent::ClaimCredited { claim_id, amount: euros(2_500) },
        TimelineEvent::ClaimWithdrawn { claim_id },
    ];
    events.extend(holds());
    events.extend(reason::timeline());
    events.extend(calls());
    events.extend(verdicts().map(judged));
    events.extend(not_sent_reasons().map(sent));
    events.extend(hold_reasons().map(held));
    events.extend(close_reasons().map(|reason| TimelineEvent::Closed { reason }));
    let entry =
        |what| TimelineEntry { at: moment("2026-03-02T08:00:00Z"), what, cause: message_id() };
    events.into_iter().map(entry).collect()
}

/// Holds with whatever their terms may say, and one that was lifted.
fn holds() -> Vec<TimelineEvent> {
    let (hold_id, by) = (hold(), staff());
    let placed = |terms: HoldTerms| {
        let on = day("2026-03-02");
        let message = Some(MessageKind::FreeFirstReminder);
        let done_since = vec![DoneSince { message, on }, DoneSince { message: None, on }];
        TimelineEvent::HoldPlaced { hold_id, by, terms, done_since }
    };
    let placed = terms().into_iter().map(placed);
    placed.chain([TimelineEvent::HoldLifted { hold_id, by }]).collect()
}

/// Every outcome and every reason, and the calls that were not made.
fn calls() -> Vec<TimelineEvent> {
    let step = || "call".to_owned();
    let closed = |outcome, reason| TimelineEvent::CallClosed { step: step(), outcome, reason };
    let outcomes = CallOutcome::ALL.iter().map(|outcome| (*outcome, NonPaymentReason::NotGiven));
    let reasons = NonPaymentReason::ALL.iter().map(|reason| (CallOutcome::Reached, *reason));
    let made = outcomes.chain(reasons).map(|(outcome, reason)| closed(outcome, reason));
    let not_made = |reason| TimelineEvent::CallNotMade { step: step(), reason };
    made.chain(not_made_reasons().map(not_made)).collect()
}

fn hold_reasons() -> [HoldReason; 9] {
    [
        HoldReason::StepsUsedUp,
        HoldReason::NotReachable,
        HoldReason::GateRefused,
        HoldReason::ActUncertain,
        HoldReason::NotDelivered,
        HoldReason::NotWritten,
        HoldReason::TriedInVain,
        HoldReason::ReasonGiven,
        HoldReason::OnHold,
    ]
}
