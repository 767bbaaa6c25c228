//! The whole scheduler on real servers: what it takes in, what it tells, what it checks.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::agreement::{
    AgreedCharges, AgreedDeed, AgreedPromises, AgreedRemittance, AgreedStep, Agreement, PayTo,
    StepMoment,
};
use contracts::hold::{
    HoldCause, HoldPreview, HoldScope, HoldThen, HoldTold, LiftHold, LiftHoldAnswer, ListHolds,
    PlaceHold, PlaceHoldAnswer, PreviewHold,
};
use contracts::intake::{AgreementAgreed, CaseOpened, ClaimRegistered};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Uncertain, Withdraw};
use contracts::operations::{CheckReport, Operation, Status};
use contracts::payment_reconciliation::{MoneyAwaited, MoneyCleared, PaymentAllocated};
use contracts::permit::{Permit, PermittedDeed};
use contracts::reason::{
    CaseDecision, DecideCase, DecideCaseAnswer, DecisionRefusal, DecisionWhy, RecordReason,
    RecordReasonAnswer, SaidBy,
};
use contracts::registry::Slice;
use contracts::scheduler::{
    CaseClosed, CasePosition, CasePositionAnswer, CaseState, CloseReason, GetCasePosition,
    HoldReason, ListPositions, PermitGranted, PositionList, TimelineEvent,
};
use contracts::telephony_task::CallClosed;
use contracts::{Contract, Message, Request};
use mailbox::topology::{COMMANDS, EVENTS};
use mailbox::{Asker, MailboxSettings};
use primitives::{
    Actor, CallOutcome, CallTaskId, Capacity, CaseId, Channel, ClaimId, ContentHash, Country,
    CreditorId, Currency, Date, DebtorKind, HoldId, Language, MessageKind, Money, NonPaymentReason,
    PaymentId, PermitId, PersonId, StaffId, StructuredReference, Timestamp,
};
use scheduler::{MIGRATIONS, Scheduler, SchedulerConfig};
use serde_json::json;
use testkit::{House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

const SERVICE: &str = "scheduler";
const LIMIT: Duration = Duration::from_mins(1);
const NOTICE: &str = "notice";
const REMINDER: &str = "reminder";

/// A Sunday, three weeks before the claims are due.
const BEGIN: &str = "2026-11-01T12:00:00Z";
/// Friday; five days before is a Sunday, so the notice is for the Monday after.
const DUE_ON: &str = "2026-11-20";
const NOTICE_AT: &str = "2026-11-16T08:00:00Z";
const REMINDER_AT: &str = "2026-11-23T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn case_id(number: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(number))
}

fn claim_id(number: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(number))
}

fn person_id(number: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(number))
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(77))
}

fn owed() -> Money {
    Money::new(12_000, Currency::EUR)
}

/// A notice five days before the due date and a reminder three days after it.
fn agreed() -> AgreementAgreed {
    let step = |key: &str, message, days_from_due| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::FromDue { days: days_from_due },
    };
    let agreement = Agreement {
        version: 1,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            step(NOTICE, MessageKind::PreDueNotice, -5),
            step(REMINDER, MessageKind::FreeFirstReminder, 3),
        ],
        payments_known_within_days: None,
        review_after_days: 30,
        review_by: "handler".to_owned(),
        charges: AgreedCharges::default(),
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance::default(),
        small_difference: None,
    };
    AgreementAgreed { creditor_id: creditor_id(), agreement }
}

fn opened(case: u128, person: u128) -> CaseOpened {
    CaseOpened {
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: person_id(person),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: vec![Channel::Email],
        agreement_version: 1,
        pay_to: PayTo::Creditor { since_version: 1 },
    }
}

/// The claim of a case has its number.
fn registered(case: u128, person: u128) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: claim_id(case),
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: person_id(person),
        amount: owed(),
        issued_on: day("2026-10-21"),
        due_on: day(DUE_ON),
        reference: StructuredReference::rf_from("123").unwrap(),
        reachable: Vec::new(),
    }
}

fn paid(permit: &Permit) -> PaymentAllocated {
    PaymentAllocated {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(5)),
        case_id: permit.case_id,
        claim_id: permit.claim_ids[0],
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        amount: owed(),
        costs: Money::zero(Currency::EUR),
        interest: Money::zero(Currency::EUR),
        principal: owed(),
        claim_open: Money::zero(Currency::EUR),
        case_open: Money::zero(Currency::EUR),
        received_on: day("2026-11-23"),
    }
}

fn message_of(permit: &Permit) -> MessageKind {
    match &permit.deed {
        PermittedDeed::Write { message, .. } => *message,
        PermittedDeed::Call => panic!("{permit:?}"),
    }
}

fn dispatched(Send { letter_id, permit, .. }: &Send, now: &str) -> Dispatched {
    Dispatched {
        letter_id: *letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        message: message_of(permit),
        channel: Channel::Email,
        claim_ids: permit.claim_ids.clone(),
        text_version: "text@1".to_owned(),
        content: ContentHash::from_digest([7; 32]),
        asked: owed(),
        dispatched_at: at(now),
    }
}

fn withdrawn(Send { letter_id, permit, .. }: &Send) -> NotSent {
    NotSent {
        letter_id: *letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        reason: NotSentReason::Withdrawn,
    }
}

fn doubtful(Send { letter_id, permit, .. }: &Send) -> Uncertain {
    Uncertain {
        letter_id: *letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
    }
}

/// The scheduler, and what stands around it.
struct Agency {
    house: House,
    service: Resident,
}

impl Agency {
    async fn new() -> Self {
        Self::with(SchedulerConfig::default()).await
    }

    async fn with(config: SchedulerConfig) -> Self {
        let slice = Slice::of(SERVICE).unwrap();
        let house = House::new(&[Schema::of(SERVICE, &MIGRATIONS)], &[*slice], at(BEGIN)).await;
        let service = house.start::<Scheduler>(config).await;
        Self { house, service }
    }

    /// A member of staff asks.
    async fn change<R: Request>(&self, request: &R, key: &str) -> R::Answer {
        let actor = Actor::Staff(StaffId::from_uuid(Uuid::from_u128(99)));
        let asker = Asker::new(self.house.nats.clone(), LIMIT, actor).patient(LIMIT);
        asker.change(request, key).await.unwrap()
    }

    async fn holds(&self, case_id: Option<CaseId>) -> Vec<HoldTold> {
        let asked = ListHolds { limit: 10, case_id, only_open: true };
        self.house.asker().ask(&asked).await.unwrap().holds
    }

    /// An agency with one case and its claim.
    async fn with_case() -> Self {
        let agency = Self::new().await;
        agency.house.publish("agreement", &agreed()).await;
        agency.house.publish("case", &opened(1, 1)).await;
        agency.house.publish("claim", &registered(1, 1)).await;
        agency.sound().await;
        agency
    }

    /// Comes to rest; then nothing waits, nothing is parked, and every invariant holds.
    async fn sound(&self) {
        self.house.rest().await;
        let status = self.status().await;
        assert_eq!((status.waiting, status.parked), (0, 0), "{status:?}");
        assert_eq!(self.broken().await, []);
    }

    async fn status(&self) -> Status {
        self.house.asker().operate(SERVICE, Operation::Status, &json!({})).await.unwrap()
    }

    /// The broken invariants with their rows, as the live check tells them.
    async fn broken(&self) -> Vec<(String, Uuid)> {
        let report: CheckReport =
            self.house.asker().operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
        assert_eq!(report.checks, ["never-let-go", "gate", "contact-budget", "holds", "reasons"]);
        report.breaches.into_iter().map(|breach| (breach.invariant, breach.id)).collect()
    }

    /// Goes on to a moment, and lets happen what is due.
    async fn go_to(&self, moment: &str) {
        self.house.advance(at(moment)).await;
        eventually(LIMIT, "new day", async || self.status().await.business_now >= at(moment)).await;
        self.house.rest().await;
    }

    /// The last message of its kind that the broker was given.
    async fn last<M: Message>(&self, stream: &str) -> M {
        let context = async_nats::jetstream::new(self.house.nats.clone());
        let stream = context.get_stream(stream).await.unwrap();
        let subject = M::CONTRACT.subject();
        let message = stream.get_last_raw_message_by_subject(&subject).await.unwrap();
        let envelope: contracts::Envelope = serde_json::from_slice(&message.payload).unwrap();
        M::decode(M::CONTRACT.version, envelope.data.get()).unwrap()
    }

    async fn position(&self) -> CasePosition {
        let question = GetCasePosition { case_id: case_id(1) };
        match self.house.asker().ask(&question).await.unwrap() {
            CasePositionAnswer::Known(position) => position,
            CasePositionAnswer::Unknown => panic!("the case is not known"),
        }
    }

    async fn state(&self) -> CaseState {
        self.position().await.state
    }

    async fn list(&self, limit: u32) -> PositionList {
        self.house.asker().ask(&ListPositions { limit, skip: 0 }).await.unwrap()
    }

    /// Does what only a broken program or a careless hand would do.
    async fn spoil(&self, sql: &'static str) {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    }
}

fn planned(step: &str, due_at: &str) -> CaseState {
    CaseState::Planned { step: step.to_owned(), due_at: at(due_at) }
}

#[test]
fn it_takes_in_and_answers_what_the_registry_says() {
    let sorted = |contracts: &mut dyn Iterator<Item = Contract>| contracts.collect::<BTreeSet<_>>();
    let (slice, mailbox) = (Slice::of(SERVICE).unwrap(), scheduler::mailbox());
    assert_eq!(
        sorted(&mut mailbox.consumed().iter().map(|(contract, _)| *contract)),
        sorted(&mut slice.consumes.iter().copied()),
    );
    assert_eq!(sorted(&mut mailbox.answered()), sorted(&mut slice.serves()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_whose_news_came_in_the_wrong_order_stands_where_it_should() {
    let agency = Agency::new().await;
    agency.house.publish("claim", &registered(1, 1)).await;
    eventually(LIMIT, "waiting claim", async || agency.status().await.waiting == 1).await;
    agency.house.publish("case", &opened(1, 1)).await;
    eventually(LIMIT, "waiting case", async || agency.status().await.waiting == 2).await;
    let unknown = agency.house.asker().ask(&GetCasePosition { case_id: case_id(1) }).await;
    assert_eq!(unknown.unwrap(), CasePositionAnswer::Unknown);
    assert_eq!(agency.list(10).await, PositionList { positions: vec![], total: 0 });
    agency.house.publish("agreement", &agreed()).await;
    eventually(LIMIT, "end of the wait", async || agency.status().await.waiting == 0).await;
    agency.sound().await;
    let position = agency.position().await;
    assert_eq!(position.state, planned(NOTICE, NOTICE_AT));
    assert_eq!((position.creditor_id, position.person_id), (creditor_id(), person_id(1)));
    assert!(!position.why.is_empty() && !position.would_stop.is_empty());
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_from_its_first_claim_to_its_end() {
    let agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    agency.sound().await;
    let notice: Send = agency.last(COMMANDS).await;
    let permit = &notice.permit;
    assert_eq!(*permit, agency.last::<PermitGranted>(EVENTS).await.permit);
    assert_eq!((permit.case_id, permit.person_id), (case_id(1), person_id(1)));
    assert_eq!(permit.claim_ids, [claim_id(1)]);
    let (message, channels) = (MessageKind::PreDueNotice, vec![Channel::Email]);
    assert_eq!(permit.deed, PermittedDeed::Write { message, channels });
    // Nothing may be sent from eight in the evening on, Dutch time.
    let time = (permit.not_before, permit.not_after);
    assert_eq!(time, (at(NOTICE_AT), at("2026-11-16T19:00:00Z")));
    let (permit_id, not_after) = (permit.permit_id, permit.not_after);
    let acting = CaseState::Acting { step: NOTICE.to_owned(), permit_id, not_after };
    assert_eq!(agency.state().await, acting);

    agency.house.publish("notice left", &dispatched(&notice, NOTICE_AT)).await;
    agency.sound().await;
    assert_eq!(agency.state().await, planned(REMINDER, REMINDER_AT));

    agency.go_to(REMINDER_AT).await;
    agency.sound().await;
    let reminder: Send = agency.last(COMMANDS).await;
    assert_eq!(message_of(&reminder.permit), MessageKind::FreeFirstReminder);
    agency.house.publish("paid", &paid(&reminder.permit)).await;
    agency.sound().await;
    assert_eq!(agency.last::<Withdraw>(COMMANDS).await.letter_id, reminder.letter_id);
    let reason = CloseReason::Paid;
    let closed = CaseClosed { case_id: case_id(1), creditor_id: creditor_id(), reason };
    assert_eq!(agency.last::<CaseClosed>(EVENTS).await, closed);
    agency.house.publish("reminder withdrawn", &withdrawn(&reminder)).await;
    agency.sound().await;
    assert_eq!(agency.status().await.next_due_at, None, "nothing wakes a closed case");
    assert_timeline(&agency.position().await);
    agency.service.stop().await;
}

fn assert_timeline(position: &CasePosition) {
    assert_eq!(position.state, CaseState::Closed { reason: CloseReason::Paid });
    let news: Vec<&TimelineEvent> = position.timeline.iter().map(|entry| &entry.what).collect();
    assert!(
        matches!(
            news[..],
            [
                TimelineEvent::CaseOpened,
                TimelineEvent::ClaimRegistered { .. },
                TimelineEvent::StepPlanned { .. },
                TimelineEvent::PermitGranted { .. },
                TimelineEvent::MessageSent { .. },
                TimelineEvent::StepPlanned { .. },
                TimelineEvent::PermitGranted { .. },
                TimelineEvent::PaymentReceived { .. },
                TimelineEvent::Closed { .. },
                TimelineEvent::MessageNotSent { .. },
            ]
        ),
        "{news:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_may_be_for_a_case_stops_its_letter_until_that_is_decided() {
    let agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    agency.sound().await;
    let notice: Send = agency.last(COMMANDS).await;
    let payment_id = PaymentId::from_uuid(Uuid::from_u128(7));
    let (case_id, creditor_id) = (case_id(1), creditor_id());
    let (since, until) = (at(NOTICE_AT), at("2026-11-18T12:00:00Z"));
    let awaited = MoneyAwaited { payment_id, case_id, creditor_id, since, until };
    agency.house.publish("money", &awaited).await;
    agency.sound().await;
    assert_eq!(agency.last::<Withdraw>(COMMANDS).await.letter_id, notice.letter_id);
    agency.house.publish("withdrawn", &withdrawn(&notice)).await;
    agency.sound().await;
    let position = agency.position().await;
    assert_eq!(position.state, planned(NOTICE, "2026-11-18T12:00:00Z"));
    assert!(position.why.iter().any(|it| it.contains("may be for this case")), "{position:?}");
    let cleared = MoneyCleared { payment_id, case_id, creditor_id, for_good: false };
    agency.house.publish("cleared", &cleared).await;
    agency.house.rest().await;
    eventually(LIMIT, "the letter", async || {
        agency.last::<Send>(COMMANDS).await.letter_id != notice.letter_id
    })
    .await;
    agency.sound().await;
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doubt_about_a_letter_holds_the_case_until_it_is_settled() {
    let agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    let notice: Send = agency.last(COMMANDS).await;
    agency.house.publish("doubt", &doubtful(&notice)).await;
    agency.sound().await;
    let (owner, review_on) = ("handler".to_owned(), day("2026-12-16"));
    let held = CaseState::Held { reason: HoldReason::ActUncertain, owner, review_on };
    assert_eq!(agency.state().await, held);
    agency.house.publish("it left", &dispatched(&notice, NOTICE_AT)).await;
    agency.sound().await;
    assert_eq!(agency.state().await, planned(REMINDER, REMINDER_AT));

    // The next answer never comes: an hour after the permit's end the case is held all the same.
    agency.go_to(REMINDER_AT).await;
    agency.go_to("2026-11-23T20:00:00Z").await;
    agency.sound().await;
    let state = agency.state().await;
    assert!(matches!(state, CaseState::Held { reason: HoldReason::ActUncertain, .. }), "{state:?}");
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cases_at_once_keep_the_budget_of_each_person() {
    const PERSONS: u128 = 30;
    let agency = Agency::new().await;
    // Two cases a person, the claims first of all.
    let cases = (1..=2 * PERSONS).map(|case| (case, case % PERSONS));
    for (case, person) in cases.clone() {
        agency.house.publish(&format!("claim {case}"), &registered(case, person)).await;
    }
    for (case, person) in cases {
        agency.house.publish(&format!("case {case}"), &opened(case, person)).await;
    }
    agency.house.publish("agreement", &agreed()).await;
    let all = async || agency.list(1).await.total == u64::try_from(2 * PERSONS).unwrap();
    eventually(LIMIT, "position of every case", all).await;
    agency.sound().await;

    agency.go_to(NOTICE_AT).await;
    agency.sound().await;
    let permits = async || -> Vec<Permit> {
        let events = agency.house.stream(EVENTS).await;
        let granted = PermitGranted::CONTRACT.subject();
        let granted = events.into_iter().filter(|event| event.message_type == granted);
        granted.map(|event| PermitGranted::decode(2, event.data.get()).unwrap().permit).collect()
    };
    let first = permits().await;
    let persons: BTreeSet<PersonId> = first.iter().map(|permit| permit.person_id).collect();
    assert_eq!((first.len(), persons.len()), (30, 30), "one letter a person on one day");
    // Those that are planned come last: the permits end before the next morning.
    let page = async |skip| {
        let request = ListPositions { limit: 7, skip };
        agency.house.asker().ask(&request).await.unwrap().positions
    };
    let mut paged = Vec::new();
    while let Some(next) = Some(page(paged.len() as u64).await).filter(|next| !next.is_empty()) {
        paged.extend(next);
    }
    let list = agency.list(1000).await;
    assert_eq!(paged, list.positions, "the pages are the whole");
    let acting = |state: &CaseState| matches!(state, CaseState::Acting { .. });
    let (now, later) = list.positions.split_at(30);
    assert!(now.iter().all(|summary| acting(&summary.state)), "{now:?}");
    let next = planned(NOTICE, "2026-11-17T08:00:00Z");
    assert!(later.len() == 30 && later.iter().all(|summary| summary.state == next), "{later:?}");

    agency.go_to("2026-11-17T08:00:00Z").await;
    agency.sound().await;
    let cases: BTreeSet<CaseId> = permits().await.iter().map(|permit| permit.case_id).collect();
    assert_eq!(cases.len(), 60, "the others had theirs on the next day");
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_checks_find_what_is_broken() {
    let agency = Agency::with_case().await;
    let case = case_id(1).as_uuid();
    agency.spoil("create table kept as table timer; delete from timer").await;
    assert_eq!(agency.broken().await, [("never-let-go".to_owned(), case)]);
    agency.spoil("insert into timer select * from kept").await;
    agency.sound().await;

    // A case that should have moved long ago: its timer is another one than its position says.
    agency
        .spoil(
            "create table stood as select case_id, next_at from track;
             update track set next_at = '2026-10-01T08:00:00Z';
             create table told as table timeline; update timeline set at = '2026-10-01T08:00:00Z'",
        )
        .await;
    let late = ("never-let-go".to_owned(), case);
    assert_eq!(agency.broken().await, [late.clone(), late]);
    agency
        .spoil(
            "update track t set next_at = s.next_at from stood s where s.case_id = t.case_id;
             update timeline t set at = s.at from told s where s.position = t.position",
        )
        .await;
    agency.sound().await;

    // A case of which no claim is heard for more than a day.
    agency.house.publish("empty case", &opened(2, 2)).await;
    agency.sound().await;
    agency.go_to("2026-11-02T13:00:00Z").await;
    assert_eq!(agency.broken().await, [("never-let-go".to_owned(), case_id(2).as_uuid())]);
    agency.house.publish("late claim", &registered(2, 2)).await;
    agency.sound().await;

    agency.go_to(NOTICE_AT).await;
    agency.sound().await;
    agency.spoil("create table spent as table contact; delete from contact").await;
    let broken = agency.broken().await.into_iter().collect::<BTreeSet<_>>();
    let gate = |case: u128| ("gate".to_owned(), case_id(case).as_uuid());
    assert_eq!(broken, BTreeSet::from([gate(1), gate(2)]));
    agency.spoil("insert into contact select * from spent").await;
    agency.sound().await;

    // A second contact of the first person on one day, and one that is reserved for no act.
    agency
        .spoil(
            "insert into contact
             select gen_random_uuid(), person_id, at, true from contact
             where person_id = '00000000-0000-0000-0000-000000000001';
             insert into contact
             values ('00000000-0000-0000-0000-000000000009',
                     '00000000-0000-0000-0000-000000000002', '2026-12-01', false)",
        )
        .await;
    let budget = |id: u128| ("contact-budget".to_owned(), Uuid::from_u128(id));
    assert_eq!(agency.broken().await, [budget(1), budget(9)]);
    agency.service.stop().await;
}

fn hold_over(scope: HoldScope, ends_on: &str) -> PlaceHold {
    PlaceHold {
        hold_id: HoldId::from_uuid(Uuid::from_u128(1)),
        scope,
        cause: HoldCause::Crisis,
        owner: "board".to_owned(),
        starts_on: None,
        ends_on: day(ends_on),
        then: HoldThen::GoOn,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_takes_back_what_is_out_and_is_lifted_again() {
    let agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    let notice: Send = agency.last(COMMANDS).await;
    let scope = HoldScope::Creditor { creditor_id: creditor_id() };
    let preview = PreviewHold { scope: scope.clone(), starts_on: None };
    let preview: HoldPreview = agency.house.asker().ask(&preview).await.unwrap();
    let expected = HoldPreview { cases: 1, planned: 0, permits: 1, sent_since: 0 };
    assert_eq!(preview, expected);
    let request = hold_over(scope, "2026-12-07");
    let placed = agency.change(&request, "place").await;
    assert!(matches!(placed, PlaceHoldAnswer::Placed(_)), "{placed:?}");
    agency.sound().await;
    assert_eq!(agency.last::<Withdraw>(COMMANDS).await.letter_id, notice.letter_id);
    agency.house.publish("taken back", &withdrawn(&notice)).await;
    agency.sound().await;
    let (owner, review_on) = ("board".to_owned(), day("2026-12-07"));
    let on_hold = CaseState::Held { reason: HoldReason::OnHold, owner, review_on };
    assert_eq!(agency.state().await, on_hold);
    let [told] = agency.holds(Some(case_id(1))).await.try_into().unwrap();
    assert_eq!((told.cases_told, told.is_spreading), (1, false));
    assert_eq!(told.placed_by, StaffId::from_uuid(Uuid::from_u128(99)));

    // A case that is opened under it does not begin.
    agency.house.publish("later case", &opened(2, 2)).await;
    agency.house.publish("later claim", &registered(2, 2)).await;
    agency.sound().await;
    let on_hold =
        agency.list(10).await.positions.into_iter().all(|summary| {
            matches!(summary.state, CaseState::Held { reason: HoldReason::OnHold, .. })
        });
    assert!(on_hold);

    let lift = LiftHold { hold_id: request.hold_id };
    let lifted = agency.change(&lift, "lift").await;
    assert!(matches!(lifted, LiftHoldAnswer::Lifted(_)), "{lifted:?}");
    agency.sound().await;
    assert_eq!(agency.holds(None).await, []);
    assert!(!matches!(agency.state().await, CaseState::Held { .. }));
    let timeline = agency.position().await.timeline;
    let holds = timeline.iter().map(|entry| &entry.what).filter(|what| {
        matches!(what, TimelineEvent::HoldPlaced { .. } | TimelineEvent::HoldLifted { .. })
    });
    assert_eq!(holds.count(), 2);
    agency.service.stop().await;
}

/// A hold over everything is told page by page. Whatever fails meanwhile, and though the service
/// ends half way and comes again, every case is held once; lifted, every case goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_hold_over_three_thousand_cases_survives_a_crash_half_way() {
    const CASES: u128 = 3_000;
    let failing = |crash: Option<&str>| SchedulerConfig {
        mailbox: MailboxSettings {
            sweep_ms: 50,
            waiting_retry_ms: 50,
            crash: crash.map(str::to_owned),
            ..MailboxSettings::default()
        },
    };
    let mut agency = Agency::with(failing(None)).await;
    agency.house.publish("agreement", &agreed()).await;
    let cases = numbered(CASES, |case| ("case", opened(case, case)));
    for (name, case) in cases {
        agency.house.publish(&name, &case).await;
    }
    for (name, claim) in numbered(CASES, |case| ("claim", registered(case, case))) {
        agency.house.publish(&name, &claim).await;
    }
    let held = async |agency: &Agency| agency.on_hold().await;
    let all = u64::try_from(CASES).unwrap();
    let known = async || agency.list(1).await.total == all;
    eventually(LIMIT, "position of every case", known).await;
    agency.sound().await;
    assert_eq!(held(&agency).await, 0);

    agency.service.stop().await;
    agency.service = agency.house.start::<Scheduler>(failing(Some("scattered:7:4"))).await;
    agency.change(&hold_over(HoldScope::All, "2026-12-07"), "place").await;
    eventually(LIMIT, "first cases on hold", async || held(&agency).await > 0).await;
    agency.service.stop().await;
    agency.service = agency.house.start::<Scheduler>(failing(Some("scattered:11:6"))).await;
    eventually(LIMIT, "all cases on hold", async || held(&agency).await == all).await;
    agency.service.stop().await;

    agency.service = agency.house.start::<Scheduler>(failing(None)).await;
    agency.sound().await;
    let [told] = agency.holds(None).await.try_into().unwrap();
    assert_eq!((told.cases_told, told.is_spreading), (all, false));
    let position = agency.position().await;
    let placed = position.timeline.iter().map(|entry| &entry.what);
    let placed = placed.filter(|what| matches!(what, TimelineEvent::HoldPlaced { .. }));
    assert_eq!(placed.count(), 1, "told once");
    // Nothing goes out, though every notice is due.
    agency.go_to(NOTICE_AT).await;
    let granted = PermitGranted::CONTRACT.subject();
    let events = agency.house.stream(EVENTS).await;
    assert!(!events.iter().any(|event| event.message_type == granted));

    let hold_id = HoldId::from_uuid(Uuid::from_u128(1));
    agency.change(&LiftHold { hold_id }, "lift").await;
    eventually(LIMIT, "no case on hold", async || held(&agency).await == 0).await;
    agency.service.stop().await;
}

/// So many messages with their names.
fn numbered<M>(
    count: u128,
    make: impl Fn(u128) -> (&'static str, M),
) -> impl Iterator<Item = (String, M)> {
    (1..=count).map(move |number| {
        let (name, message) = make(number);
        (format!("{name} {number}"), message)
    })
}

impl Agency {
    /// How many cases are on hold.
    async fn on_hold(&self) -> u64 {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        let sql = "select count(*) from track where stage = 'held' and on_hold";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        u64::try_from(count).unwrap()
    }
}

fn said(reason: NonPaymentReason) -> RecordReason {
    RecordReason {
        case_id: case_id(1),
        reason,
        said_by: SaidBy::Register,
        said_on: Some(day("2026-11-10")),
        evidence: Some(ContentHash::from_digest([7; 32])),
    }
}

fn decision(decision: CaseDecision) -> DecideCase {
    let evidence = Some(ContentHash::from_digest([8; 32]));
    DecideCase { case_id: case_id(1), decision, why: DecisionWhy::Unfounded, evidence }
}

impl Agency {
    async fn decide(&self, asked: CaseDecision, key: &str) -> CaseState {
        match self.change(&decision(asked), key).await {
            DecideCaseAnswer::Decided { state } => state,
            other => panic!("{other:?}"),
        }
    }
}

/// What only a person can clear stays known while a reason holds the case, and what the release
/// before knew of a reason holds it against the word of a call.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_beside_a_reason_and_what_the_release_before_knew_are_kept() {
    let mut agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    let notice: Send = agency.last(COMMANDS).await;
    let unwritten = NotSent { reason: NotSentReason::DataMissing, ..withdrawn(&notice) };
    agency.house.publish("unwritten", &unwritten).await;
    agency.sound().await;
    agency.change(&said(NonPaymentReason::Hardship), "hardship").await;
    agency.sound().await;
    agency.service.stop().await;
    agency.service = agency.house.start::<Scheduler>(SchedulerConfig::default()).await;
    let held = |state: CaseState| match state {
        CaseState::Held { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(held(agency.state().await), HoldReason::ReasonGiven);
    agency.change(&said(NonPaymentReason::Carelessness), "carelessness").await;
    agency.sound().await;
    assert_eq!(held(agency.state().await), HoldReason::NotWritten);

    agency.spoil("update track set blocked = 'reason-given', reason = 'deceased'").await;
    let closed = CallClosed {
        task_id: CallTaskId::from_uuid(Uuid::from_u128(31)),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(1),
        permit_id: PermitId::from_uuid(Uuid::from_u128(32)),
        claim_ids: vec![claim_id(1)],
        outcome: CallOutcome::Reached,
        reason: NonPaymentReason::Unwilling,
        promise: None,
        staff_id: StaffId::from_uuid(Uuid::from_u128(9)),
        called_at: at(NOTICE_AT),
        closed_at: at(NOTICE_AT),
    };
    agency.house.publish("call", &closed).await;
    agency.sound().await;
    assert_eq!(held(agency.state().await), HoldReason::ReasonGiven);
    let bare = DecideCase { evidence: None, ..decision(CaseDecision::GoOn) };
    let missing = DecideCaseAnswer::Refused { reason: DecisionRefusal::EvidenceMissing };
    assert_eq!(agency.change(&bare, "bare").await, missing);
    agency.service.stop().await;
}

/// The whole way: a reason takes back what is out and holds the case, whoever restarts; a document
/// lets it go on, a person begins at a step, and the last step is its last again.
#[tokio::test(flavor = "multi_thread")]
async fn a_reason_holds_a_case_and_a_person_decides_how_it_goes_on() {
    let mut agency = Agency::with_case().await;
    agency.go_to(NOTICE_AT).await;
    let notice: Send = agency.last(COMMANDS).await;
    let recorded = agency.change(&said(NonPaymentReason::Deceased), "reason").await;
    assert!(matches!(recorded, RecordReasonAnswer::Recorded { .. }), "{recorded:?}");
    agency.sound().await;
    assert_eq!(agency.last::<Withdraw>(COMMANDS).await.letter_id, notice.letter_id);
    agency.house.publish("taken back", &withdrawn(&notice)).await;
    agency.sound().await;
    let held = |state: &CaseState| {
        matches!(state, CaseState::Held { reason: HoldReason::ReasonGiven, .. })
    };
    assert!(held(&agency.state().await));
    agency.service.stop().await;
    agency.service = agency.house.start::<Scheduler>(SchedulerConfig::default()).await;

    // Once more under the same key is the same answer, and nothing new.
    agency.change(&said(NonPaymentReason::Deceased), "reason").await;
    let position = agency.position().await;
    let [told] = position.reasons.try_into().unwrap();
    assert_eq!((told.reason, told.said_by), (NonPaymentReason::Deceased, SaidBy::Register));
    assert!(told.leads && !told.in_call && told.evidence.is_some());
    let bare = DecideCase { evidence: None, ..decision(CaseDecision::GoOn) };
    let missing = DecideCaseAnswer::Refused { reason: DecisionRefusal::EvidenceMissing };
    assert_eq!(agency.change(&bare, "bare").await, missing);
    let later = agency.decide(CaseDecision::ReviewOn { review_on: day("2026-11-20") }, "later");
    let CaseState::Held { review_on, .. } = later.await else { panic!("held on") };
    assert_eq!(review_on, day("2026-11-20"));
    agency.sound().await;
    agency.decide(CaseDecision::GoOn, "go on").await;
    agency.sound().await;
    // The notice was due already: it goes out again, once.
    let again: Send = agency.last(COMMANDS).await;
    assert_ne!(again.letter_id, notice.letter_id);
    assert!(matches!(agency.state().await, CaseState::Acting { .. }));

    let refused = agency.change(&decision(CaseDecision::GoOn), "again").await;
    assert_eq!(refused, DecideCaseAnswer::Refused { reason: DecisionRefusal::NotHeld });
    agency.change(&said(NonPaymentReason::Hardship), "hardship").await;
    agency.sound().await;
    agency.house.publish("taken back again", &withdrawn(&again)).await;
    agency.sound().await;
    assert!(held(&agency.state().await));
    let from = CaseDecision::FromStep { step: REMINDER.to_owned() };
    assert_eq!(agency.decide(from, "from").await, planned(REMINDER, REMINDER_AT));
    agency.service.stop().await;
    agency.service = agency.house.start::<Scheduler>(SchedulerConfig::default()).await;
    agency.go_to(REMINDER_AT).await;
    let reminder: Send = agency.last(COMMANDS).await;
    assert_eq!(message_of(&reminder.permit), MessageKind::FreeFirstReminder);

    // What the release before writes for a reason, and what the check makes of a letter beside it.
    agency.spoil("update track set blocked = 'reason-given', reason = 'hardship'").await;
    assert_eq!(agency.broken().await, [("reasons".to_owned(), case_id(1).as_uuid())]);
    agency.change(&said(NonPaymentReason::Carelessness), "carelessness").await;
    agency.sound().await;
    agency.house.publish("sent", &dispatched(&reminder, "2026-11-23T08:00:05Z")).await;
    agency.sound().await;
    let used_up = |state: &CaseState| {
        matches!(state, CaseState::Held { reason: HoldReason::StepsUsedUp, .. })
    };
    assert!(used_up(&agency.state().await));
    let position = agency.position().await;
    assert_eq!(position.reasons.len(), 3);
    let what = position.timeline.iter().map(|entry| &entry.what);
    let decided = what.filter(|what| matches!(what, TimelineEvent::CaseDecided { .. }));
    assert_eq!(decided.count(), 3);
    agency.service.stop().await;
}
