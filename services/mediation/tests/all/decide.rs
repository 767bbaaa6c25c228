//! What mediation decides: given promises and payments, when something is heard, then it is told.

use std::collections::BTreeMap;

use contracts::Outgoing;
use contracts::mediation::{JudgePromise, PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated, SettledBy};
use contracts::telephony_task::{CallClosed, PromisedPayment};
use jiff::{SignedDuration, ToSpan};
use mailbox::{Decision, Facts, Fault};
use mediation::domain::{self, CaseFile, PromiseVerdict};
use primitives::{
    Actor, CallOutcome, CallTaskId, CaseId, ClaimId, CorrelationId, CreditorId, Currency, Date,
    MessageId, Money, NonPaymentReason, PaymentId, PermitId, PersonId, PromiseId, StaffId,
    Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

use PromiseVerdict::{Broken, Kept, Late, Released};

/// Day 0 of the tests; everything else is counted from it.
const DAY_0: &str = "2026-11-02";

fn day(number: i64) -> Date {
    let first: Date = DAY_0.parse().unwrap();
    first + number.days()
}

/// Noon of a day.
fn noon(number: i64) -> Timestamp {
    let first: Timestamp = "2026-11-02T11:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * number)
}

fn euros(amount: i64) -> Money {
    Money::new(amount * 100, Currency::EUR)
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn case_id() -> CaseId {
    CaseId::from_uuid(uuid(1))
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(uuid(77))
}

fn person_id() -> PersonId {
    PersonId::from_uuid(uuid(88))
}

fn task_id(call: u128) -> CallTaskId {
    CallTaskId::from_uuid(uuid(1000 + call))
}

fn claim_id(number: u128) -> ClaimId {
    ClaimId::from_uuid(uuid(2000 + number))
}

/// The promise that a call brings.
fn promise_id(call: u128) -> PromiseId {
    PromiseId::derive(task_id(call).as_uuid(), b"promise")
}

fn without_promise(call: u128, made: i64) -> CallClosed {
    CallClosed {
        task_id: task_id(call),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: PermitId::from_uuid(uuid(3000 + call)),
        claim_ids: vec![claim_id(1), claim_id(2)],
        outcome: CallOutcome::Reached,
        reason: NonPaymentReason::Carelessness,
        promise: None,
        staff_id: StaffId::from_uuid(uuid(99)),
        called_at: noon(made),
        closed_at: noon(made),
    }
}

/// A call on a day, in which an amount was promised by another day.
fn call(call: u128, made: i64, amount: i64, pay_by: i64) -> CallClosed {
    CallClosed {
        outcome: CallOutcome::Promised,
        promise: Some(PromisedPayment { amount: euros(amount), pay_by: day(pay_by) }),
        ..without_promise(call, made)
    }
}

fn paid(payment: u128, amount: i64, received: i64) -> PaymentAllocated {
    PaymentAllocated {
        payment_id: PaymentId::from_uuid(uuid(4000 + payment)),
        case_id: case_id(),
        claim_id: claim_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount: euros(amount),
        costs: euros(0),
        interest: euros(0),
        principal: euros(amount),
        claim_open: euros(0),
        case_open: euros(0),
        received_on: day(received),
    }
}

fn settled(claim: u128, by: SettledBy) -> ClaimSettled {
    ClaimSettled {
        case_id: case_id(),
        claim_id: claim_id(claim),
        creditor_id: creditor_id(),
        by,
        case_open: euros(0),
    }
}

fn judge(call: u128) -> JudgePromise {
    JudgePromise { promise_id: promise_id(call), case_id: case_id(), creditor_id: creditor_id() }
}

/// Anything that mediation takes in.
#[derive(Clone, Debug)]
enum News {
    Call(CallClosed),
    Paid(PaymentAllocated),
    Settled(ClaimSettled),
    Judge(JudgePromise),
}

/// One case, as the mailbox would keep it, with what was told of it and what waits.
#[derive(Clone, Debug, Default)]
struct World {
    file: CaseFile,
    told: Vec<Outgoing>,
    waiting: Vec<News>,
}

fn facts(now: Timestamp) -> Facts {
    Facts {
        now,
        cause: MessageId::from_uuid(uuid(4)),
        correlation: CorrelationId::from_uuid(uuid(5)),
        actor: Actor::Machine("test".to_owned()),
        version: 0,
    }
}

impl World {
    fn decide(&self, news: &News, now: Timestamp) -> Result<Decision<CaseFile>, Fault> {
        let (file, facts) = (self.file.clone(), facts(now));
        match news {
            News::Call(call) => Ok(domain::close_call(file, call, &facts)),
            News::Paid(paid) => domain::receive(file, paid, &facts),
            News::Settled(settled) => Ok(domain::settle_claim(file, settled, &facts)),
            News::Judge(asked) => domain::judge(file, asked, &facts),
        }
    }

    /// Hears of something; what comes too early waits, as in the mailbox.
    fn hears(&mut self, news: &News, now: Timestamp) {
        match self.decide(news, now) {
            Ok(decision) => {
                assert!(decision.effects.is_empty() && decision.timers.is_empty());
                self.told.extend(decision.messages);
                self.file = decision.state;
                for news in std::mem::take(&mut self.waiting) {
                    self.hears(&news, now);
                }
            }
            Err(Fault::Early(_)) => self.waiting.push(news.clone()),
            Err(fault) => panic!("{fault}"),
        }
    }

    /// Hears of it at noon of a day.
    fn on(mut self, number: i64, news: &News) -> Self {
        self.hears(news, noon(number));
        self
    }

    fn calls(self, number: i64, call: CallClosed) -> Self {
        self.on(number, &News::Call(call))
    }

    fn pays(self, number: i64, paid: PaymentAllocated) -> Self {
        self.on(number, &News::Paid(paid))
    }

    fn settles(self, number: i64, settled: ClaimSettled) -> Self {
        self.on(number, &News::Settled(settled))
    }

    fn judges(self, number: i64, call: u128) -> Self {
        self.on(number, &News::Judge(judge(call)))
    }

    fn judged(&self) -> Vec<PromiseJudged> {
        self.told.iter().filter_map(Outgoing::read).collect()
    }

    /// The verdicts on the promise of a call, in the order in which they were told.
    fn verdicts(&self, call: u128) -> Vec<PromiseVerdict> {
        let judged = self.judged().into_iter();
        let own = judged.filter(|judged| judged.promise_id == promise_id(call));
        own.map(|judged| judged.verdict).collect()
    }

    fn last_verdicts(&self) -> BTreeMap<PromiseId, Option<PromiseVerdict>> {
        self.file.promises.iter().map(|(id, it)| (*id, it.verdict.clone())).collect()
    }
}

#[test]
fn a_call_with_a_promise_makes_one() {
    let world = World::default().calls(0, call(1, 0, 100, 7));
    let made: Vec<PromiseMade> = world.told.iter().filter_map(Outgoing::read).collect();
    let expected = PromiseMade {
        promise_id: promise_id(1),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        claim_ids: vec![claim_id(1), claim_id(2)],
        amount: euros(100),
        pay_by: day(7),
        task_id: task_id(1),
        staff_id: StaffId::from_uuid(uuid(99)),
        made_at: noon(0),
    };
    assert_eq!(made, [expected]);
    let again = world.clone().calls(0, call(1, 0, 100, 7));
    assert_eq!((again.told.len(), again.file), (1, world.file), "one call, one promise");
}

#[test]
fn a_call_without_a_promise_makes_none() {
    let world = World::default().calls(0, without_promise(1, 0));
    assert!(world.told.is_empty() && world.file == CaseFile::default());
}

#[test]
fn a_promise_is_kept_as_soon_as_enough_was_received() {
    let world = World::default().calls(0, call(1, 0, 100, 7)).pays(3, paid(1, 60, 3));
    assert!(world.verdicts(1).is_empty());
    let world = world.pays(7, paid(2, 40, 7));
    let expected = PromiseJudged {
        promise_id: promise_id(1),
        case_id: case_id(),
        creditor_id: creditor_id(),
        person_id: person_id(),
        verdict: Kept,
        promised: euros(100),
        received: euros(100),
        pay_by: day(7),
    };
    assert_eq!(world.judged(), [expected]);
    assert_eq!(world.judges(10, 1).verdicts(1), [Kept], "it was told");
}

#[test]
fn payments_before_the_day_of_a_promise_do_not_keep_it() {
    let world = World::default().pays(0, paid(1, 100, -1)).calls(0, call(1, 0, 100, 7));
    assert_eq!(world.judges(10, 1).verdicts(1), [Broken]);
    // One of the day itself does, though it was heard of before the call was.
    let world = World::default().pays(0, paid(1, 100, 0)).calls(0, call(1, 0, 100, 7));
    assert_eq!(world.verdicts(1), [Kept]);
}

#[test]
fn a_promise_without_enough_money_is_broken() {
    let world = World::default().calls(0, call(1, 0, 100, 7)).pays(3, paid(1, 60, 3));
    let judged = world.judges(10, 1).judged();
    assert_eq!((&judged[0].verdict, judged[0].received), (&Broken, euros(60)));
    assert_eq!(judged.len(), 1);
}

#[test]
fn money_that_came_after_the_day_and_before_the_judging_makes_it_late() {
    let world = World::default().calls(0, call(1, 0, 100, 7)).pays(8, paid(1, 100, 8));
    assert!(world.verdicts(1).is_empty(), "a statement may still bring one that was in time");
    assert_eq!(world.judges(10, 1).verdicts(1), [Late]);
}

#[test]
fn money_in_another_currency_keeps_nothing() {
    let dollars = PaymentAllocated {
        amount: Money::new(10_000, Currency::parse("USD").unwrap()),
        ..paid(1, 0, 3)
    };
    let world = World::default().calls(0, call(1, 0, 100, 7)).pays(3, dollars);
    assert_eq!(world.judges(10, 1).verdicts(1), [Broken]);
}

#[test]
fn what_a_late_statement_shows_corrects_a_verdict() {
    let broken = World::default().calls(0, call(1, 0, 100, 7)).judges(10, 1);
    let in_time = broken.clone().pays(12, paid(1, 100, 7));
    assert_eq!(in_time.verdicts(1), [Broken, Kept]);
    let late = broken.clone().pays(12, paid(1, 100, 9));
    assert_eq!(late.verdicts(1), [Broken, Late]);
    let both = late.pays(13, paid(2, 100, 6));
    assert_eq!(both.verdicts(1), [Broken, Late, Kept]);
    // What was paid after the judging does not keep what was broken.
    let after = broken.pays(12, paid(1, 100, 11));
    assert_eq!(after.verdicts(1), [Broken]);
    assert_eq!(after.file.summaries()[0].received, euros(100));
}

#[test]
fn a_promise_that_was_agreed_anew_in_time_is_released() {
    let world = World::default().calls(0, call(1, 0, 100, 7)).calls(5, call(2, 5, 100, 20));
    assert_eq!((world.verdicts(1), world.verdicts(2)), (vec![Released], vec![]));
    let world = world.pays(18, paid(1, 100, 18));
    assert_eq!((world.verdicts(1), world.verdicts(2)), (vec![Released], vec![Kept]));
    let newest_first: Vec<_> = world.file.summaries().iter().map(|it| it.promise_id).collect();
    assert_eq!(newest_first, [promise_id(2), promise_id(1)]);
}

#[test]
fn a_promise_is_judged_at_once_by_a_newer_one_after_its_day() {
    let broken = World::default().calls(0, call(1, 0, 100, 7)).calls(8, call(2, 8, 100, 20));
    assert_eq!((broken.verdicts(1), broken.verdicts(2)), (vec![Broken], vec![]));
    // Its money was on its way: that was kept.
    let kept = broken.pays(9, paid(1, 100, 7));
    assert_eq!((kept.verdicts(1), kept.verdicts(2)), (vec![Broken, Kept], vec![]));
}

#[test]
fn a_promise_is_released_when_nothing_is_owed_for_another_reason() {
    let world = World::default()
        .calls(0, call(1, 0, 100, 7))
        .settles(3, settled(1, SettledBy::CreditNote))
        .pays(3, paid(1, 50, 3));
    assert!(world.verdicts(1).is_empty(), "the other claim is owed");
    let world = world.settles(4, settled(2, SettledBy::Withdrawal));
    assert_eq!(world.verdicts(1), [Released]);
    assert_eq!(world.judges(10, 1).verdicts(1), [Released]);

    // Withdrawn after it was broken: broken it stays.
    let broken = World::default()
        .calls(0, call(1, 0, 100, 7))
        .judges(10, 1)
        .settles(11, settled(1, SettledBy::Withdrawal))
        .settles(11, settled(2, SettledBy::Withdrawal));
    assert_eq!(broken.verdicts(1), [Broken]);
}

#[test]
fn who_paid_what_was_owed_broke_nothing() {
    // Promised 100, of which 30 were credited: the last cent came by payment.
    let world = World::default()
        .calls(0, call(1, 0, 100, 7))
        .pays(3, paid(1, 70, 3))
        .settles(3, settled(1, SettledBy::CreditNote))
        .settles(3, settled(2, SettledBy::Payment));
    assert_eq!(world.verdicts(1), [Released]);
}

#[test]
fn a_promise_is_not_judged_before_its_day_is_over() {
    let world = World::default().calls(0, call(1, 0, 100, 7));
    let last_moment = "2026-11-09T22:59:59Z".parse().unwrap();
    let early = world.decide(&News::Judge(judge(1)), last_moment);
    assert!(matches!(early, Err(Fault::Retry(_))), "{early:?}");
    let midnight = "2026-11-09T23:00:00Z".parse().unwrap();
    assert!(world.decide(&News::Judge(judge(1)), midnight).is_ok());
}

#[test]
fn a_judging_waits_for_its_promise() {
    let world = World::default().judges(10, 1);
    assert_eq!((world.waiting.len(), world.told.len()), (1, 0));
    assert_eq!(world.calls(10, call(1, 0, 100, 7)).verdicts(1), [Broken]);
}

const fn rank(verdict: &PromiseVerdict) -> u8 {
    match verdict {
        Broken => 0,
        Released => 1,
        Late => 2,
        Kept => 3,
    }
}

fn any_news() -> impl Strategy<Value = Vec<News>> {
    let calls = prop::collection::vec((0..30_i64, 1..4_i64, 0..10_i64), 1..4);
    let payments = prop::collection::vec((1..4_i64, -2..45_i64), 0..6);
    let claims = prop::collection::vec(prop::option::of(0..3_u8), 2);
    let judged = prop::collection::vec(any::<bool>(), 3);
    (calls, payments, claims, judged).prop_map(|(calls, payments, claims, judged)| {
        let mut news = Vec::new();
        for ((number, (made, amount, days)), judged) in (1..).zip(calls).zip(judged) {
            news.push(News::Call(call(number, made, amount * 50, made + days)));
            if judged {
                news.push(News::Judge(judge(number)));
            }
        }
        for (number, (amount, received)) in (1..).zip(payments) {
            news.push(News::Paid(paid(number, amount * 50, received)));
        }
        for (number, by) in (1..).zip(claims) {
            let by = match by {
                None => continue,
                Some(0) => SettledBy::Payment,
                Some(1) => SettledBy::CreditNote,
                Some(_) => SettledBy::Withdrawal,
            };
            news.push(News::Settled(settled(number, by)));
        }
        news
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_order_ends_in_the_same_verdicts(
        (news, shuffled) in any_news().prop_flat_map(|news| {
            (Just(news.clone()), Just(news).prop_shuffle())
        }),
        again in any::<prop::sample::Index>(),
    ) {
        // Heard within a moment, after all days; some of it twice.
        let heard = |news: &[News]| {
            let mut world = World::default();
            for one in news {
                world.hears(one, noon(50));
            }
            world
        };
        let first = heard(&news);
        let mut more = shuffled.clone();
        // A payment that comes twice is a correction; the same message never does.
        more.extend(Some(again.get(&shuffled).clone()).filter(|it| !matches!(it, News::Paid(_))));
        let second = heard(&more);
        prop_assert_eq!(&first.file.payments, &second.file.payments);
        prop_assert_eq!(first.last_verdicts(), second.last_verdicts());
        prop_assert!(first.waiting.is_empty() && second.waiting.is_empty());
    }

    #[test]
    fn a_verdict_only_ever_gets_better_and_is_true(
        news in any_news().prop_shuffle(),
        steps in prop::collection::vec(0..5_i64, 16),
    ) {
        let (mut world, mut today) = (World::default(), 40);
        for (one, step) in news.iter().zip(steps) {
            today += step;
            world.hears(one, noon(today));
        }
        for (id, promise) in &world.file.promises {
            let judged = world.judged().into_iter().filter(|judged| judged.promise_id == *id);
            let told: Vec<PromiseVerdict> = judged.map(|judged| judged.verdict).collect();
            prop_assert!(told.windows(2).all(|two| rank(&two[0]) < rank(&two[1])), "{told:?}");
            prop_assert_eq!(told.last(), promise.verdict.as_ref(), "the last one is kept");
            let received = |until: Date| -> i64 {
                let first = promise.made_at.to_zoned(jiff::tz::TimeZone::UTC).date();
                let all = world.file.payments.values();
                let own = all.filter(|it| (first..=until).contains(&it.received_on));
                own.map(|it| it.amount.amount_minor()).sum()
            };
            let promised = promise.amount.amount_minor();
            let kept = promise.verdict == Some(Kept);
            prop_assert_eq!(kept, received(promise.pay_by) >= promised, "kept, and only then");
            if promise.verdict == Some(Late) {
                prop_assert!(received(Date::MAX) >= promised);
            }
            let settled = [1, 2].map(claim_id).iter().all(|id| world.file.settled.contains_key(id));
            let newer = world.file.promises.values().any(|it| it.made_at > promise.made_at);
            if settled || newer {
                prop_assert!(promise.verdict.is_some(), "nobody waits for it any more");
            }
        }
    }
}
