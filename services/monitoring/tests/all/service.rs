//! The whole of monitoring on real servers: what it takes in, what it tells, what it checks.

use std::time::Duration;

use crate::heard::*;
use contracts::letter::{CaseFeedback, Note, SendNote};
use contracts::mediation::PromiseVerdict;
use contracts::monitoring::{AuditTrail, GetAuditTrail};
use contracts::operations::{CheckReport, Operation, Status};
use contracts::permit::PermittedDeed;
use contracts::registry::Slice;
use contracts::scheduler::{CaseClosed, CloseReason};
use contracts::{Envelope, Message};
use mailbox::topology::COMMANDS;
use monitoring::{MIGRATIONS, Monitoring, MonitoringConfig};
use primitives::{Channel, MessageId, NonPaymentReason, NoteId};
use serde_json::json;
use testkit::{House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

const SERVICE: &str = "monitoring";
const LIMIT: Duration = Duration::from_mins(1);

/// Monitoring, and what stands around it.
struct Agency {
    house: House,
    service: Resident,
}

impl Agency {
    async fn at(moment: &str) -> Self {
        let slice = Slice::of(SERVICE).unwrap();
        let house = House::new(&[Schema::of(SERVICE, &MIGRATIONS)], &[*slice], at(moment)).await;
        let service = house.start::<Monitoring>(MonitoringConfig::default()).await;
        Self { house, service }
    }

    /// Hears of something at a moment, as its producer would tell it.
    async fn hears<M: Message>(&self, name: &str, moment: &str, message: &M) -> MessageId {
        let envelope = told(name, moment, message);
        self.house.publish_envelope(&envelope, name).await;
        envelope.id
    }

    async fn status(&self) -> Status {
        self.house.asker().operate(SERVICE, Operation::Status, &json!({})).await.unwrap()
    }

    async fn rest(&self) {
        self.house.rest().await;
        let status = self.status().await;
        assert_eq!(status.parked, 0, "{status:?}");
    }

    async fn go_to(&self, moment: &str) {
        self.house.advance(at(moment)).await;
        eventually(LIMIT, "new day", async || self.status().await.business_now >= at(moment)).await;
        self.rest().await;
    }

    async fn trail(&self) -> AuditTrail {
        self.house.asker().ask(&GetAuditTrail { case_id: case_id() }).await.unwrap()
    }

    /// The broken invariants with their rows, as the live check tells them.
    async fn broken(&self) -> Vec<(String, Uuid)> {
        let report: CheckReport =
            self.house.asker().operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
        assert_eq!(report.checks, ["permit-for-each-act", "feedback-sent"]);
        report.breaches.into_iter().map(|breach| (breach.invariant, breach.id)).collect()
    }

    /// The notes that letter was asked to write, oldest first. A work queue is read by number.
    async fn notes(&self) -> Vec<SendNote> {
        let context = async_nats::jetstream::new(self.house.nats.clone());
        let stream = context.get_stream(COMMANDS).await.unwrap();
        let mut notes = Vec::new();
        for number in 1..=stream.cached_info().state.last_sequence {
            let message = stream.get_raw_message(number).await.unwrap();
            let envelope: Envelope = serde_json::from_slice(&message.payload).unwrap();
            assert_eq!(envelope.message_type, SendNote::CONTRACT.subject());
            notes.push(SendNote::decode(SendNote::CONTRACT.version, envelope.data.get()).unwrap());
        }
        notes
    }

    async fn empty_the_trail(&self) {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        sqlx::query("delete from entry").execute(&mut conn).await.unwrap();
    }
}

const CLOSED_AT: &str = "2026-11-24T06:00:00Z";

/// All that is heard of a case, in a bad order: acts before their permits, the end before the
/// beginning.
fn story() -> Vec<Envelope> {
    let call = called(1, 2, NonPaymentReason::Hardship, Some(100), "2026-11-04T10:00:00Z");
    let post = dispatched(1, 1, Channel::Post, "2026-11-03T08:00:01Z");
    let mail = dispatched(2, 1, Channel::Email, "2026-11-03T08:00:01Z");
    vec![
        told("closed", CLOSED_AT, &closed(CloseReason::Paid)),
        told("call", "2026-11-04T10:00:00Z", &call),
        told("post", "2026-11-03T08:00:01Z", &post),
        told("paid", "2026-11-24T05:00:00Z", &paid(1, [40, 2, 100])),
        told("claim", "2026-11-02T09:00:00Z", &registered(1, 150)),
        told("permit 2", "2026-11-04T08:00:00Z", &granted(2, PermittedDeed::Call, "2026-11-04")),
        told("broken", "2026-11-14T07:00:00Z", &judged(1, PromiseVerdict::Broken)),
        told("permit 1", "2026-11-03T08:00:00Z", &granted(1, reminder(), "2026-11-03")),
        told("promise", "2026-11-04T10:00:00Z", &promised(1, 100)),
        told("mail", "2026-11-03T08:00:01Z", &mail),
        told("charged", "2026-11-20T06:00:00Z", &charged(1, 40, 2)),
        told("opened", "2026-11-02T09:00:00Z", &opened()),
        told("claimed", "2026-11-04T09:50:00Z", &claimed(1, 2)),
        told("credited", "2026-11-03T12:00:00Z", &credited(1, 50)),
        told("not sent", "2026-11-24T05:00:00Z", &not_sent(3, 5)),
        told("direct", "2026-11-23T05:00:00Z", &paid_directly(1, 20)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_and_the_note_do_not_depend_on_the_order() {
    let agency = Agency::at(CLOSED_AT).await;
    let story = story();
    for delivery in ["first", "again"] {
        for envelope in &story {
            let name = format!("{delivery} {}", envelope.id);
            agency.house.publish_envelope(envelope, &name).await;
        }
    }
    agency.rest().await;
    let trail = agency.trail().await;
    assert_eq!(trail.entries.len(), story.len(), "each once");
    assert!(trail.entries.is_sorted_by_key(|entry| entry.at));
    let sent = trail.entries.iter().find(|it| it.message_type == "letter.evt.dispatched.v3");
    let sent = sent.unwrap();
    assert_eq!(sent.rule_ids, ["rule-1/1", "contact-window/2"]);
    assert_eq!(sent.rule_pack.as_deref(), Some("nl-2026.2"));
    assert_eq!((sent.permit_id, sent.amount), (Some(permit_id(1)), Some(euros(100))));
    assert_eq!(agency.broken().await, []);
    assert!(agency.notes().await.is_empty());

    agency.go_to("2026-11-25T07:59:59Z").await;
    assert!(agency.notes().await.is_empty());
    agency.go_to("2026-11-25T08:00:00Z").await;
    let closing = story.iter().find(|it| it.message_type == CaseClosed::CONTRACT.subject());
    let feedback = CaseFeedback {
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
        calls_made: 1,
        conversations: Some(1),
        reasons: vec![NonPaymentReason::Hardship],
        promises_kept: 0,
        promises_broken: 1,
    };
    let expected = SendNote {
        note_id: NoteId::derive(closing.unwrap().id.as_uuid(), b"feedback"),
        creditor_id: creditor_id(),
        note: Note::Feedback(feedback),
    };
    assert_eq!(agency.notes().await, std::slice::from_ref(&expected));

    // The trail is a read model: it is built anew by publishing again, and nobody is told twice.
    agency.empty_the_trail().await;
    assert!(agency.trail().await.entries.is_empty());
    for envelope in story.iter().rev() {
        agency.house.publish_envelope(envelope, &format!("rebuilt {}", envelope.id)).await;
    }
    agency.rest().await;
    assert_eq!(agency.trail().await, trail);
    agency.go_to("2026-11-27T08:00:00Z").await;
    assert_eq!(agency.notes().await, [expected]);
    assert_eq!(agency.broken().await, []);
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_open_again_has_no_note_until_it_is_closed_again() {
    let agency = Agency::at(CLOSED_AT).await;
    for envelope in story() {
        agency.house.publish_envelope(&envelope, &envelope.id.to_string()).await;
    }
    agency.rest().await;
    agency.hears("claim 2", "2026-11-24T15:00:00Z", &registered(2, 70)).await;
    agency.rest().await;
    agency.go_to("2026-11-25T08:00:00Z").await;
    assert!(agency.notes().await.is_empty());
    agency.hears("paid 2", "2026-11-25T09:00:00Z", &paid(2, [0, 0, 70])).await;
    agency.hears("closed 2", "2026-11-25T09:00:00Z", &closed(CloseReason::Paid)).await;
    agency.rest().await;
    agency.go_to("2026-11-26T08:00:00Z").await;
    let notes = agency.notes().await;
    let [SendNote { note: Note::Feedback(feedback), .. }] = notes.as_slice() else {
        panic!("not one note: {notes:?}");
    };
    assert_eq!((feedback.handed_over, feedback.principal_received), (euros(220), euros(170)));
    assert_eq!(feedback.closed_on, day("2026-11-25"));
    assert_eq!(agency.broken().await, []);
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_waits_for_what_it_tells() {
    let agency = Agency::at(CLOSED_AT).await;
    agency.hears("closed", CLOSED_AT, &closed(CloseReason::Paid)).await;
    agency.hears("opened", "2026-11-02T09:00:00Z", &opened()).await;
    agency.rest().await;
    agency.go_to("2026-11-25T09:00:01Z").await;
    let status = agency.status().await;
    assert_eq!((status.waiting, agency.notes().await.len()), (1, 0), "{status:?}");
    assert_eq!(agency.broken().await, [("feedback-sent".to_owned(), case_id().as_uuid())]);
    agency.hears("claim", "2026-11-02T09:00:00Z", &registered(1, 150)).await;
    let told = async || agency.notes().await.len() == 1;
    eventually(LIMIT, "the note", told).await;
    agency.rest().await;
    assert_eq!(agency.broken().await, []);
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_check_finds_acts_without_leave() {
    let agency = Agency::at("2026-11-03T08:30:00Z").await;
    let unpermitted = dispatched(1, 9, Channel::Email, "2026-11-03T08:20:00Z");
    let unpermitted = agency.hears("no permit", "2026-11-03T08:20:00Z", &unpermitted).await;
    agency.hears("permit", "2026-11-03T08:00:00Z", &granted(1, reminder(), "2026-11-03")).await;
    let wrong_way = dispatched(2, 1, Channel::Sms, "2026-11-03T08:20:00Z");
    let wrong_way = agency.hears("wrong way", "2026-11-03T08:20:00Z", &wrong_way).await;
    let mail = |letter| dispatched(letter, 1, Channel::Email, "2026-11-03T08:20:00Z");
    agency.hears("mail", "2026-11-03T08:20:00Z", &mail(3)).await;
    agency.hears("mail again", "2026-11-03T08:20:00Z", &mail(4)).await;
    agency.hears("late", "2026-11-03T08:00:00Z", &granted(2, reminder(), "2026-11-03")).await;
    let late = dispatched(5, 2, Channel::Post, "2026-11-03T16:00:01Z");
    let late = agency.hears("late act", "2026-11-03T08:20:00Z", &late).await;
    let call = |permit: u128, on: &str| granted(permit, PermittedDeed::Call, on);
    let called = |task, permit, when| called(task, permit, NonPaymentReason::NotGiven, None, when);
    agency.hears("call 3", "2026-11-03T08:00:00Z", &call(3, "2026-11-03")).await;
    agency.hears("call 4", "2026-11-03T08:00:00Z", &call(4, "2026-11-03")).await;
    // A call may be written down an hour after it.
    let in_time = called(1, 3, "2026-11-03T17:00:00Z");
    agency.hears("called 3", "2026-11-03T08:20:00Z", &in_time).await;
    let too_late = called(2, 4, "2026-11-03T17:00:01Z");
    let too_late = agency.hears("called 4", "2026-11-03T08:20:00Z", &too_late).await;
    agency.rest().await;
    assert_eq!(agency.broken().await, [], "all of it is under way");

    agency.go_to("2026-11-03T09:20:01Z").await;
    let mut broken: Vec<Uuid> = agency.broken().await.into_iter().map(|(_, id)| id).collect();
    broken.sort_unstable();
    let messages = [unpermitted, wrong_way, late, too_late].map(|id| id.as_uuid());
    let mut expected: Vec<Uuid> = messages.into_iter().chain([permit_id(1).as_uuid()]).collect();
    expected.sort_unstable();
    assert_eq!(broken, expected);

    // The permit was only slow.
    agency.hears("slow", "2026-11-03T08:00:00Z", &granted(9, reminder(), "2026-11-03")).await;
    agency.rest().await;
    assert_eq!(agency.broken().await.len(), 4);
    agency.service.stop().await;
}
