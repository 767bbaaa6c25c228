//! What monitoring makes of what it hears: the trail of a case, and what its creditor is told.

use std::collections::BTreeSet;

use crate::heard::*;
use contracts::intake::ClaimRegistered;
use contracts::letter::{CaseFeedback, Note, SendNote};
use contracts::mediation::PromiseVerdict;
use contracts::monitoring::AuditEntry;
use contracts::permit::PermittedDeed;
use contracts::scheduler::{CaseClosed, CloseReason};
use contracts::telephony_task::CallClosed;
use jiff::SignedDuration;
use mailbox::{Decision, Facts, Fault, Timer};
use monitoring::domain::{
    self, Audited, Entry, FEEDBACK, WatchedCase, audit_trail, tell_creditor, watch,
};
use primitives::{
    Actor, CallOutcome, Channel, CorrelationId, MessageId, NonPaymentReason, NoteId, StaffId,
    Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

fn entry<M: Audited>(name: &str, moment: &str, message: &M) -> Entry {
    let mut envelope = told(name, moment, message);
    envelope.recordedtime = at("2026-12-31T12:00:00Z");
    Entry::of(&envelope, message)
}

/// A case that was called about, promised, broken, and paid in two parts.
fn story() -> Vec<Entry> {
    vec![
        entry("opened", "2026-11-02T09:00:00Z", &opened()),
        entry("claim 1", "2026-11-02T09:00:00Z", &registered(1, 100)),
        entry("claim 2", "2026-11-02T09:00:01Z", &registered(2, 50)),
        entry("permit 1", "2026-11-03T08:00:00Z", &granted(1, reminder(), "2026-11-03")),
        entry(
            "post",
            "2026-11-03T08:00:01Z",
            &dispatched(1, 1, Channel::Post, "2026-11-03T08:00:01Z"),
        ),
        entry(
            "mail",
            "2026-11-03T08:00:01Z",
            &dispatched(2, 1, Channel::Email, "2026-11-03T08:00:01Z"),
        ),
        entry("credited", "2026-11-03T12:00:00Z", &credited(2, 50)),
        entry("permit 2", "2026-11-04T08:00:00Z", &granted(2, PermittedDeed::Call, "2026-11-04")),
        entry("claimed", "2026-11-04T09:50:00Z", &claimed(1, 2)),
        entry(
            "call 1",
            "2026-11-04T10:00:00Z",
            &called(1, 2, NonPaymentReason::Carelessness, Some(100), "2026-11-04T10:00:00Z"),
        ),
        entry("promise", "2026-11-04T10:00:00Z", &promised(1, 100)),
        entry("paid 1", "2026-11-07T06:00:00Z", &paid(1, [0, 0, 40])),
        entry("broken", "2026-11-14T07:00:00Z", &judged(1, PromiseVerdict::Broken)),
        entry("permit 3", "2026-11-16T08:00:00Z", &granted(3, PermittedDeed::Call, "2026-11-16")),
        entry(
            "call 2",
            "2026-11-16T10:00:00Z",
            &called(2, 3, NonPaymentReason::Hardship, None, "2026-11-16T10:00:00Z"),
        ),
        entry("charged", "2026-11-20T06:00:00Z", &charged(1, 40, 2)),
        entry("paid 2", "2026-11-24T06:00:00Z", &paid(2, [40, 2, 60])),
        entry("closed", "2026-11-24T06:00:00Z", &closed(CloseReason::Paid)),
    ]
}

fn closing(entries: &[Entry]) -> &Entry {
    entries.iter().rfind(|entry| entry.is::<CaseClosed>()).unwrap()
}

fn expected() -> CaseFeedback {
    CaseFeedback {
        case_id: case_id(),
        opened_on: day("2026-11-02"),
        closed_on: day("2026-11-24"),
        close_reason: CloseReason::Paid,
        handed_over: euros(150),
        principal_received: euros(100),
        interest_received: euros(2),
        costs_received: euros(40),
        credited: euros(50),
        messages_sent: 2,
        calls_made: 2,
        conversations: Some(2),
        reasons: vec![NonPaymentReason::Carelessness, NonPaymentReason::Hardship],
        promises_kept: 0,
        promises_broken: 1,
    }
}

fn facts(now: &str) -> Facts {
    Facts {
        now: at(now),
        cause: MessageId::from_uuid(Uuid::from_u128(4)),
        correlation: CorrelationId::from_uuid(Uuid::from_u128(5)),
        actor: Actor::Machine("test".to_owned()),
        version: 0,
    }
}

fn note(decision: &Decision<WatchedCase>) -> Option<SendNote> {
    decision.messages.iter().find_map(contracts::Outgoing::read)
}

/// A case that was closed, with what the trail has of it by the morning after.
fn due(entries: Vec<Entry>) -> WatchedCase {
    let due_at = Some(at("2026-11-25T08:00:00Z"));
    WatchedCase { due_at, entries, ..WatchedCase::default() }
}

#[test]
fn an_entry_says_who_when_why_and_by_which_text() {
    let mut envelope = told("post", "2026-11-03T08:00:01Z", &dispatched(1, 1, Channel::Post, NOW));
    let staff = Actor::Staff(StaffId::from_uuid(Uuid::from_u128(99)));
    envelope.actor = staff.clone();
    let kept = Entry::of(&envelope, &dispatched(1, 1, Channel::Post, NOW));
    let trail = audit_trail(vec![kept]);
    let expected = AuditEntry {
        message_id: envelope.id,
        message_type: "letter.evt.dispatched.v3".to_owned(),
        at: at("2026-11-03T08:00:01Z"),
        actor: staff,
        cause: envelope.causationid,
        permit_id: Some(permit_id(1)),
        rule_ids: Vec::new(),
        rule_pack: None,
        text_version: Some("free-first-reminder/nl/consumer@2".to_owned()),
        amount: Some(euros(100)),
        code: Some("free-first-reminder".to_owned()),
    };
    assert_eq!(trail.entries, [expected], "its permit was not heard of");
}

const NOW: &str = "2026-11-03T08:00:01Z";

#[test]
fn every_type_keeps_what_it_has() {
    let code = |entry: &Entry| entry.particulars.code.clone();
    let kept = entry("charged", NOW, &charged(1, 40, 2)).particulars;
    assert_eq!((kept.amount, kept.rule_ids), (Some(euros(42)), vec!["wik/1".to_owned()]));
    assert_eq!(code(&entry("no", NOW, &not_sent(1, 1))).as_deref(), Some("withdrawn"));
    assert_eq!(
        code(&entry("x", NOW, &judged(1, PromiseVerdict::Broken))).as_deref(),
        Some("broken")
    );
    let call = granted(2, PermittedDeed::Call, "2026-11-04");
    assert_eq!(code(&entry("permit", NOW, &call)).as_deref(), Some("call"));
    let call = called(1, 2, NonPaymentReason::Hardship, Some(100), NOW);
    let kept = entry("call", NOW, &call).particulars;
    assert_eq!((kept.code.as_deref(), kept.amount), (Some("promised"), Some(euros(100))));
    let direct = entry("direct", NOW, &paid_directly(1, 30)).particulars;
    assert_eq!((direct.amount, direct.case_id), (Some(euros(30)), Some(case_id())));
}

#[test]
fn acts_show_the_rules_of_their_permit() {
    let trail = audit_trail(story()).entries;
    let rules = |name: &str| {
        let found = trail.iter().find(|entry| entry.message_type.contains(name)).unwrap();
        (found.rule_ids.first().cloned(), found.rule_pack.clone())
    };
    let pack = || Some("nl-2026.2".to_owned());
    assert_eq!(rules("letter.evt.dispatched"), (Some("rule-1/1".to_owned()), pack()));
    assert_eq!(rules("task-claimed"), (Some("rule-2/1".to_owned()), pack()));
    assert_eq!(rules("call-closed"), (Some("rule-2/1".to_owned()), pack()));
    assert_eq!(rules("charges-booked"), (Some("wik/1".to_owned()), pack()));
    assert_eq!(rules("claim-registered"), (None, None));
}

#[test]
fn the_creditor_hears_of_a_closed_case_on_the_next_morning() {
    for (closed_at, due_at) in [
        ("2026-11-24T06:00:00Z", "2026-11-25T08:00:00Z"),
        // Half past midnight in Amsterdam.
        ("2026-11-24T23:30:00Z", "2026-11-26T08:00:00Z"),
        // Summer time ends in the night.
        ("2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z"),
        ("2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z"),
    ] {
        let decision = watch(WatchedCase::default(), &facts(closed_at));
        let set = Timer::Set { name: FEEDBACK, due_at: at(due_at) };
        assert_eq!((decision.timers, decision.messages.len()), (vec![set], 0));
        assert_eq!(decision.state.due_at, Some(at(due_at)));
    }

    let told = tell_creditor(due(story()), &facts("2026-11-25T08:00:00Z")).unwrap();
    let closing_id = closing(&story()).message_id;
    let expected = SendNote {
        note_id: NoteId::derive(closing_id.as_uuid(), b"feedback"),
        creditor_id: creditor_id(),
        note: Note::Feedback(expected()),
    };
    assert_eq!(note(&told), Some(expected));
    assert_eq!((told.state.due_at, told.messages.len()), (None, 1));
    let again = WatchedCase { due_at: due(story()).due_at, ..told.state };
    let again = tell_creditor(again, &facts("2026-11-25T08:00:00Z")).unwrap();
    assert_eq!((note(&again), again.state.due_at), (None, None), "one note for each closing");
}

#[test]
fn nobody_is_told_of_a_case_that_is_open_again() {
    let mut reopened = story();
    reopened.push(entry("claim 3", "2026-11-24T15:00:00Z", &registered(3, 70)));
    let quiet = tell_creditor(due(reopened.clone()), &facts("2026-11-25T08:00:00Z")).unwrap();
    assert_eq!((note(&quiet), quiet.state.due_at), (None, None));

    // Closed again, it has a note of its own, about all of it.
    reopened.push(entry("paid 3", "2026-12-01T06:00:00Z", &paid(3, [0, 0, 70])));
    reopened.push(entry("closed again", "2026-12-01T06:00:00Z", &closed(CloseReason::Paid)));
    let told = tell_creditor(due(reopened), &facts("2026-12-02T08:00:00Z")).unwrap();
    let Note::Feedback(feedback) = note(&told).unwrap().note else { panic!("no feedback") };
    assert_eq!((feedback.handed_over, feedback.closed_on), (euros(220), day("2026-12-01")));
}

#[test]
fn a_claim_of_the_same_moment_is_told_apart_by_when_it_was_recorded() {
    // The business clock of a demonstration stands still while all of it happens.
    let now = "2026-11-24T06:00:00Z";
    let claim = |seconds: i64| {
        let mut claim = entry("claim", now, &registered(1, 100));
        claim.recorded_at = closing(&story()).recorded_at + SignedDuration::from_secs(seconds);
        claim
    };
    let open = |seconds: i64| {
        let mut entries = vec![entry("opened", now, &opened()), claim(seconds)];
        entries.push(closing(&story()).clone());
        entries[2].recorded_at = claim(0).recorded_at;
        note(&tell_creditor(due(entries), &facts("2026-11-25T08:00:00Z")).unwrap()).is_none()
    };
    assert!(open(1) && !open(-1));
}

#[test]
fn no_note_is_written_of_half_a_case() {
    for lacking in ["case-opened", "claim-registered", "case-closed"] {
        let mut entries = story();
        entries.retain(|entry| !entry.stem().ends_with(lacking));
        let waits = tell_creditor(due(entries), &facts("2026-11-25T08:00:00Z"));
        assert!(matches!(waits, Err(Fault::Retry(_))), "{waits:?}");
    }
    let early = tell_creditor(due(story()), &facts("2026-11-25T07:59:59Z")).unwrap();
    assert_eq!((note(&early), early.state), (None, due(story())));
}

#[test]
fn reasons_and_verdicts_are_those_that_count() {
    let mut entries = story();
    let call = |name: &str, number, reason, when: &str| {
        entry(name, when, &called(number, 3, reason, None, when))
    };
    entries.push(call("a", 3, NonPaymentReason::Unreached, "2026-11-17T09:00:00Z"));
    entries.push(call("b", 4, NonPaymentReason::NotGiven, "2026-11-18T09:00:00Z"));
    entries.push(call("c", 5, NonPaymentReason::Carelessness, "2026-11-19T09:00:00Z"));
    // A late statement showed that the first promise was kept; others were not, or are open.
    entries.push(entry("kept", "2026-11-15T09:00:00Z", &judged(1, PromiseVerdict::Kept)));
    entries.push(entry("late", "2026-11-15T09:00:00Z", &judged(2, PromiseVerdict::Late)));
    entries.push(entry("freed", "2026-11-15T09:00:00Z", &judged(3, PromiseVerdict::Released)));
    entries.push(entry("broken 4", "2026-11-15T09:00:00Z", &judged(4, PromiseVerdict::Broken)));
    let told = domain::feedback(&entries, closing(&story())).unwrap();
    assert_eq!(told.reasons, [NonPaymentReason::Hardship, NonPaymentReason::Carelessness]);
    assert_eq!((told.promises_kept, told.promises_broken, told.calls_made), (2, 1, 5));
}

/// Who was not there, or not the debtor, was not spoken to.
#[test]
fn only_calls_that_reached_the_debtor_are_conversations() {
    let mut entries = story();
    let outcomes = [CallOutcome::OtherPerson, CallOutcome::NoAnswer, CallOutcome::WrongNumber];
    for (number, outcome) in (3..).zip(outcomes) {
        let when = "2026-11-17T09:00:00Z";
        let call = called(number, 3, NonPaymentReason::Unreached, None, when);
        entries.push(entry(&number.to_string(), when, &CallClosed { outcome, ..call }));
    }
    let told = domain::feedback(&entries, closing(&story())).unwrap();
    assert_eq!((told.calls_made, told.conversations), (5, Some(2)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_order_ends_in_the_same_trail_and_note(entries in Just(story()).prop_shuffle()) {
        let closing = closing(&entries).clone();
        prop_assert_eq!(domain::feedback(&entries, &closing).unwrap(), expected());
        let told = tell_creditor(due(entries.clone()), &facts("2026-11-25T08:00:00Z")).unwrap();
        prop_assert!(note(&told).is_some());
        // Two messages of one moment, in the order in which they were recorded.
        let mut recorded = entries.clone();
        recorded.sort_by_key(|entry| entry.message_id);
        let moment: Timestamp = closing.recorded_at;
        for entry in &mut recorded {
            entry.recorded_at = moment;
        }
        let first = audit_trail(recorded.clone()).entries;
        recorded.reverse();
        let second = audit_trail(recorded).entries;
        prop_assert_eq!(&first, &second);
        prop_assert!(first.windows(2).all(|two| two[0].at <= two[1].at), "as it happened");
        let ids: BTreeSet<MessageId> = first.iter().map(|entry| entry.message_id).collect();
        prop_assert_eq!(ids.len(), entries.len());
    }

    /// Closings, claims and mornings in any order: one note for each closing after which the case
    /// stayed closed, whatever was heard twice.
    #[test]
    fn each_closing_has_one_note(heard in prop::collection::vec((0..2_u8, 1..30_u8), 1..12)) {
        let mut case = WatchedCase::default();
        let mut told = Vec::new();
        let mut entries = vec![
            entry("opened", "2026-10-01T09:00:00Z", &opened()),
            entry("claim", "2026-10-01T09:00:00Z", &registered(1, 100)),
        ];
        for (number, (what, day)) in heard.iter().enumerate() {
            let moment = format!("2026-11-{day:02}T10:00:00Z");
            let name = format!("{number}");
            if *what == 0 {
                entries.push(entry(&name, &moment, &registered(1, 1)));
                continue;
            }
            entries.push(entry(&name, &moment, &closed(CloseReason::Paid)));
            case = watch(case, &facts("2026-12-01T09:00:00Z")).state;
            case.entries.clone_from(&entries);
            let decision = tell_creditor(case, &facts("2026-12-02T08:00:00Z")).unwrap();
            told.extend(note(&decision).map(|note| note.note_id));
            case = decision.state;
        }
        let distinct: BTreeSet<NoteId> = told.iter().copied().collect();
        prop_assert_eq!(distinct.len(), told.len());
        let last_of = |of: fn(&Entry) -> bool| {
            entries.iter().filter(|entry| of(entry)).max_by_key(|entry| entry.place())
        };
        let last_closing = last_of(Entry::is::<CaseClosed>);
        let last_claim = last_of(Entry::is::<ClaimRegistered>).unwrap();
        if let Some(closing) = last_closing {
            let own = NoteId::derive(closing.message_id.as_uuid(), b"feedback");
            let heard_last = heard.iter().rposition(|(what, _)| *what == 1).unwrap();
            let complete = heard_last + 1 == heard.len();
            if complete && closing.place() > last_claim.place() {
                prop_assert!(told.contains(&own), "it stayed closed");
            }
        }
    }
}
