//! The whole of mediation on real servers: what it takes in, what it tells, what it checks.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::Message;
use contracts::mediation::{
    GetPromises, JudgePromise, PromiseJudged, PromiseList, PromiseMade, PromiseVerdict,
};
use contracts::operations::{CheckReport, Operation, Status};
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated, SettledBy};
use contracts::registry::Slice;
use contracts::telephony_task::{CallClosed, PromisedPayment};
use mailbox::topology::EVENTS;
use mediation::{MIGRATIONS, Mediation, MediationConfig};
use primitives::{
    CallOutcome, CallTaskId, CaseId, ClaimId, CreditorId, Currency, Date, Money, NonPaymentReason,
    PaymentId, PermitId, PersonId, PromiseId, StaffId, Timestamp,
};
use serde_json::json;
use testkit::{House, Resident, Schema, connect_to, eventually};
use uuid::Uuid;

const SERVICE: &str = "mediation";
const LIMIT: Duration = Duration::from_mins(1);
const MADE_AT: &str = "2026-11-02T13:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn euros(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

fn case_id(case: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(case))
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(77))
}

fn claim_id(case: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(case))
}

fn task_id(call: u128) -> CallTaskId {
    CallTaskId::from_uuid(Uuid::from_u128(call))
}

fn promise_id(call: u128) -> PromiseId {
    PromiseId::derive(task_id(call).as_uuid(), b"promise")
}

/// A call on a case, in which 100 was promised by Monday the 9th.
fn call(case: u128, call: u128) -> CallClosed {
    CallClosed {
        task_id: task_id(call),
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(88)),
        permit_id: PermitId::from_uuid(Uuid::from_u128(call)),
        claim_ids: vec![claim_id(case)],
        outcome: CallOutcome::Promised,
        reason: NonPaymentReason::Hardship,
        promise: Some(PromisedPayment { amount: euros(10_000), pay_by: day("2026-11-09") }),
        staff_id: StaffId::from_uuid(Uuid::from_u128(99)),
        called_at: at(MADE_AT),
        closed_at: at(MADE_AT),
    }
}

fn paid(case: u128, payment: u128, amount: i64, received_on: &str) -> PaymentAllocated {
    PaymentAllocated {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(payment)),
        case_id: case_id(case),
        claim_id: claim_id(case),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(88)),
        amount: euros(amount),
        costs: euros(0),
        interest: euros(0),
        principal: euros(amount),
        claim_open: euros(0),
        case_open: euros(0),
        received_on: day(received_on),
    }
}

fn judge(case: u128, call: u128) -> JudgePromise {
    JudgePromise {
        promise_id: promise_id(call),
        case_id: case_id(case),
        creditor_id: creditor_id(),
    }
}

/// Mediation, and what stands around it.
struct Agency {
    house: House,
    service: Resident,
}

impl Agency {
    async fn new() -> Self {
        let slice = Slice::of(SERVICE).unwrap();
        let house = House::new(&[Schema::of(SERVICE, &MIGRATIONS)], &[*slice], at(MADE_AT)).await;
        let service = house.start::<Mediation>(MediationConfig::default()).await;
        Self { house, service }
    }

    async fn status(&self) -> Status {
        self.house.asker().operate(SERVICE, Operation::Status, &json!({})).await.unwrap()
    }

    /// The rows that break an invariant, as the live check tells them.
    async fn broken(&self) -> Vec<Uuid> {
        let report: CheckReport =
            self.house.asker().operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
        assert_eq!(report.checks, ["promises-judged"]);
        report.breaches.into_iter().map(|breach| breach.id).collect()
    }

    /// Comes to rest; then nothing is parked.
    async fn rest(&self) {
        self.house.rest().await;
        let status = self.status().await;
        assert_eq!(status.parked, 0, "{status:?}");
    }

    async fn go_to(&self, moment: &str) {
        self.house.advance(at(moment)).await;
        eventually(LIMIT, "new day", async || self.status().await.business_now >= at(moment)).await;
    }

    async fn promises(&self, case: u128) -> PromiseList {
        self.house.asker().ask(&GetPromises { case_id: case_id(case) }).await.unwrap()
    }

    /// What was told of one kind, in order.
    async fn told<M: Message>(&self) -> Vec<M> {
        let events = self.house.stream(EVENTS).await.into_iter();
        let own = events.filter(|event| event.message_type == M::CONTRACT.subject());
        own.map(|event| M::decode(M::CONTRACT.version, event.data.get()).unwrap()).collect()
    }

    async fn verdicts(&self) -> Vec<(PromiseId, PromiseVerdict)> {
        let judged = self.told::<PromiseJudged>().await.into_iter();
        judged.map(|judged| (judged.promise_id, judged.verdict)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_are_made_judged_and_listed() {
    let agency = Agency::new().await;
    // The payment is heard of before the call that it keeps, and so is the order to judge.
    agency.house.publish("paid 1", &paid(1, 1, 10_000, "2026-11-05")).await;
    agency.house.publish("judge 2", &judge(2, 2)).await;
    agency.rest().await;
    assert_eq!(agency.status().await.waiting, 1);
    agency.go_to("2026-11-12T08:00:00Z").await;
    for case in [1, 2] {
        agency.house.publish(&format!("call {case}"), &call(case, case)).await;
    }
    let mut silent = call(3, 3);
    (silent.outcome, silent.promise) = (CallOutcome::Reached, None);
    agency.house.publish("call 3", &silent).await;
    agency.rest().await;
    assert_eq!(agency.status().await.waiting, 0);
    let made: BTreeSet<PromiseId> =
        agency.told::<PromiseMade>().await.iter().map(|made| made.promise_id).collect();
    assert_eq!(made, BTreeSet::from([promise_id(1), promise_id(2)]));
    assert_eq!(agency.told::<PromiseMade>().await.len(), 2);
    let kept = (promise_id(1), PromiseVerdict::Kept);
    let broken = (promise_id(2), PromiseVerdict::Broken);
    let mut verdicts = agency.verdicts().await;
    verdicts.sort_by_key(|(id, _)| *id != promise_id(1));
    assert_eq!(verdicts, [kept, broken]);

    // A statement that came late shows a payment that was in time.
    agency.house.publish("paid 2", &paid(2, 2, 10_000, "2026-11-09")).await;
    agency.house.publish("paid 2", &paid(2, 2, 10_000, "2026-11-09")).await;
    agency.rest().await;
    assert_eq!(agency.verdicts().await.last(), Some(&(promise_id(2), PromiseVerdict::Kept)));
    let list = agency.promises(2).await.promises;
    let summary = list.first().unwrap();
    assert_eq!((list.len(), summary.received, summary.amount), (1, euros(10_000), euros(10_000)));
    assert_eq!(summary.verdict, Some(PromiseVerdict::Kept));
    assert_eq!((summary.made_at, summary.pay_by), (at(MADE_AT), day("2026-11-09")));
    assert!(agency.promises(3).await.promises.is_empty());
    assert_eq!(agency.broken().await, [] as [Uuid; 0]);
    agency.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_check_finds_a_forgotten_promise() {
    let agency = Agency::new().await;
    agency.house.publish("call", &call(1, 1)).await;
    agency.house.publish("other call", &call(2, 2)).await;
    agency.rest().await;
    // The debtor has until the 9th; 40 days later is the 19th of December.
    agency.go_to("2026-12-19T12:00:00Z").await;
    assert_eq!(agency.broken().await, [] as [Uuid; 0]);
    agency.go_to("2026-12-20T12:00:00Z").await;
    let mut broken = agency.broken().await;
    broken.sort_unstable();
    let mut both = [promise_id(1).as_uuid(), promise_id(2).as_uuid()];
    both.sort_unstable();
    assert_eq!(broken, both);

    let settled = ClaimSettled {
        case_id: case_id(1),
        claim_id: claim_id(1),
        creditor_id: creditor_id(),
        by: SettledBy::Withdrawal,
        case_open: euros(0),
    };
    agency.house.publish("settled", &settled).await;
    agency.house.publish("judge", &judge(2, 2)).await;
    agency.rest().await;
    let mut verdicts = agency.verdicts().await;
    verdicts.sort_by_key(|(id, _)| *id != promise_id(1));
    let expected =
        [(promise_id(1), PromiseVerdict::Released), (promise_id(2), PromiseVerdict::Broken)];
    assert_eq!(verdicts, expected);
    assert_eq!(agency.broken().await, [] as [Uuid; 0]);

    // What was saved is what was decided: another process goes on with it.
    let mut conn = connect_to(&agency.house.database, SERVICE).await;
    let closed: i64 =
        sqlx::query_scalar("select count(*) from promise where closed_at is not null")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert_eq!(closed, 2);
    agency.service.stop().await;
}
