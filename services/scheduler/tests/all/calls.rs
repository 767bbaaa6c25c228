//! What the scheduler decides about calls, promises, several channels, and thanks.

use contracts::Outgoing;
use contracts::agreement::{AgreedDeed, AgreedStep, Agreement, StepMoment};
use contracts::intake::CaseOpened;
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Withdraw};
use contracts::mediation::{JudgePromise, PromiseJudged, PromiseMade, PromiseVerdict};
use contracts::payment_reconciliation::{PaymentsKnown, SettledBy, TellPaymentsKnown};
use contracts::permit::PermittedDeed;
use contracts::scheduler::{
    CaseClosed, CaseHeld, CaseState, HoldReason, PermitGranted, PromiseAwaited, TimelineEvent,
};
use contracts::telephony_task::{
    CallClosed, CallNotMade, CreateTask, NotMadeReason, PromisedPayment, WithdrawTask,
};
use mailbox::{Facts, Fault};
use primitives::{
    CallOutcome, Channel, LetterId, MessageKind, NonPaymentReason, PromiseId, StaffId,
};
use proptest::prelude::*;
use scheduler::domain::{self, CONFIRMATION, NEXT_STEP, PERMIT_END, PROMISE_DUE, THANKS, Thanks};
use uuid::Uuid;

use crate::world::*;

pub(crate) const CALL: &str = "call";
pub(crate) const LETTER: &str = "fourteen-day-letter";

/// A reminder by post and e-mail, a call two days later at most on three days, and a 14-day letter.
pub(crate) fn whole() -> Agreement {
    let write =
        |message, channels: &[Channel]| AgreedDeed::Write { message, channels: channels.to_vec() };
    let step = |key: &str, deed, moment| AgreedStep { key: key.to_owned(), deed, moment };
    Agreement {
        steps: vec![
            step(
                REMINDER,
                write(MessageKind::FreeFirstReminder, &[Channel::Post, Channel::Email]),
                StepMoment::FromDue { days: 2 },
            ),
            step(CALL, AgreedDeed::Call { attempts_max: 3 }, StepMoment::AfterPrevious { days: 2 }),
            step(
                LETTER,
                write(MessageKind::FourteenDayLetter, &[Channel::Post]),
                StepMoment::AfterPrevious { days: 1 },
            ),
        ],
        thanks_by: vec![Channel::Email],
        ..agreement()
    }
}

/// A case with one claim of 120 euros, due on Friday 20 November 2026.
pub(crate) fn begun() -> World {
    begun_under(whole())
}

pub(crate) fn begun_under(agreement: Agreement) -> World {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), agreement);
    let reachable = vec![Channel::Email, Channel::Post, Channel::Telephone];
    world.open(&CaseOpened { reachable, ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    world
}

/// The same, up to the call that waits for a caller.
pub(crate) fn called() -> World {
    called_under(whole())
}

pub(crate) fn called_under(agreement: Agreement) -> World {
    let mut world = begun_under(agreement);
    world.next_timer();
    for channel in [Channel::Post, Channel::Email] {
        left(&mut world, channel);
    }
    assert_eq!(world.next_timer().0, NEXT_STEP);
    world
}

pub(crate) fn id_of(world: &World, channel: Option<Channel>) -> Uuid {
    let act = world.case(case_id(1)).act.as_ref().unwrap();
    let kind = channel.map_or(domain::ErrandKind::Call, domain::ErrandKind::Letter);
    act.errands.iter().find(|errand| errand.kind == kind).unwrap().id
}

/// The message on this channel left, now.
pub(crate) fn left(world: &mut World, channel: Channel) -> Vec<Outgoing> {
    let letter_id = LetterId::from_uuid(id_of(world, Some(channel)));
    let message =
        Dispatched { letter_id, channel, ..dispatched(world.case(case_id(1)), world.now) };
    world.on_both(case_id(1), None, |it, facts| domain::dispatched(it, &message, facts)).unwrap()
}

fn refused(world: &mut World, channel: Channel, reason: NotSentReason) -> Vec<Outgoing> {
    let letter_id = LetterId::from_uuid(id_of(world, Some(channel)));
    let message = NotSent { letter_id, ..not_sent(world.case(case_id(1)), reason) };
    world.on_both(case_id(1), None, |it, facts| domain::not_sent(it, &message, facts)).unwrap()
}

pub(crate) fn call_closed(
    world: &World,
    outcome: CallOutcome,
    reason: NonPaymentReason,
    promise: Option<PromisedPayment>,
) -> CallClosed {
    let act = world.case(case_id(1)).act.as_ref().unwrap();
    CallClosed {
        task_id: primitives::CallTaskId::from_uuid(id_of(world, None)),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: act.permit_id,
        claim_ids: vec![claim_id(1)],
        outcome,
        reason,
        promise,
        staff_id: StaffId::from_uuid(Uuid::from_u128(9)),
        called_at: world.now,
        closed_at: world.now,
    }
}

pub(crate) fn close(world: &mut World, closed: &CallClosed) -> Vec<Outgoing> {
    world.on_both(case_id(1), None, |it, facts| domain::call_closed(it, closed, facts)).unwrap()
}

pub(crate) fn promised() -> PromisedPayment {
    PromisedPayment { amount: euros(120), pay_by: day("2026-12-18") }
}

fn promise_id() -> PromiseId {
    PromiseId::from_uuid(Uuid::from_u128(55))
}

pub(crate) fn made(closed: &CallClosed) -> PromiseMade {
    let PromisedPayment { amount, pay_by } = closed.promise.clone().unwrap();
    PromiseMade {
        promise_id: promise_id(),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        claim_ids: vec![claim_id(1)],
        amount,
        pay_by,
        task_id: closed.task_id,
        staff_id: closed.staff_id,
        made_at: closed.called_at,
    }
}

fn judged(verdict: PromiseVerdict) -> PromiseJudged {
    PromiseJudged {
        promise_id: promise_id(),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        verdict,
        promised: euros(120),
        received: euros(0),
        pay_by: day("2026-12-18"),
    }
}

pub(crate) fn take_up(world: &mut World, made: &PromiseMade) -> Vec<Outgoing> {
    world.on_track(case_id(1), |track, facts| domain::promise_made(track, made, facts)).unwrap()
}

pub(crate) fn judge(world: &mut World, verdict: PromiseVerdict) -> Result<Vec<Outgoing>, Fault> {
    let message = judged(verdict);
    world.on_track(case_id(1), |track, facts| domain::promise_judged(track, &message, facts))
}

pub(crate) fn awaits_promise(world: &World) -> bool {
    matches!(world.state(), CaseState::AwaitingPromise { .. })
}

// ---- several channels ----

#[test]
fn one_permit_sends_one_letter_on_each_channel_and_is_one_contact() {
    let mut world = begun();
    let (_, messages) = world.next_timer();
    let permit = only::<PermitGranted>(&messages).permit;
    let channels = vec![Channel::Post, Channel::Email];
    let message = MessageKind::FreeFirstReminder;
    assert_eq!(permit.deed, PermittedDeed::Write { message, channels: channels.clone() });
    let sent: Vec<Send> = read(&messages);
    assert_eq!(sent.iter().map(|send| send.channel).collect::<Vec<_>>(), channels);
    assert_ne!(sent[0].letter_id, sent[1].letter_id);
    assert!(sent.iter().all(|send| send.permit == permit));
    left(&mut world, Channel::Email);
    assert!(matches!(world.state(), CaseState::Acting { .. }), "the other answer is awaited");
    left(&mut world, Channel::Post);
    assert_eq!(world.person.moments().len(), 1);
    assert_eq!(world.planned().0, CALL);
    world.check();
}

#[test]
fn a_message_that_left_on_one_channel_has_left() {
    let mut world = begun();
    world.next_timer();
    refused(&mut world, Channel::Email, NotSentReason::AddressRefused);
    left(&mut world, Channel::Post);
    assert_eq!(world.planned().0, CALL);
    assert_eq!(world.person.moments().len(), 1);
    world.check();
}

#[test]
fn only_channels_with_an_address_are_used() {
    let mut world = World::agreed(at("2026-11-21T12:00:00Z"), whole());
    world.open(&CaseOpened { reachable: vec![Channel::Post], ..opened(case_id(1)) }).unwrap();
    world.register(&registered(case_id(1), claim_id(1), euros(120), day(DUE))).unwrap();
    let (_, messages) = world.next_timer();
    assert_eq!(only::<Send>(&messages).channel, Channel::Post);
    left(&mut world, Channel::Post);
    // Nobody can be called without a number: the letter is next.
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

#[test]
fn a_payment_takes_back_what_is_under_way_on_every_channel() {
    let mut world = begun();
    world.next_timer();
    let messages = world.pay(claim_id(1), euros(120));
    assert_eq!(read::<Withdraw>(&messages).len(), 2);
    for channel in [Channel::Post, Channel::Email] {
        refused(&mut world, channel, NotSentReason::Withdrawn);
    }
    assert!(world.person.moments().is_empty(), "nobody was contacted");
    world.check();
}

// ---- calls ----

#[test]
fn a_debtor_who_was_given_a_day_is_not_called_before_it_is_over() {
    let world = called();
    // By post: two delivery days and fourteen days more, and the morning after.
    let asked_by = law::pay_by(
        law::Pack::NL,
        MessageKind::FreeFirstReminder,
        Channel::Post,
        day(DUE),
        day("2026-11-23"),
    );
    let today = law::Pack::NL.local_date(world.now);
    assert!(today > asked_by.value.unwrap(), "{today}");
    assert!(matches!(world.state(), CaseState::Acting { .. }));
}

#[test]
fn a_due_call_becomes_a_task_under_a_permit() {
    let mut world = begun();
    world.next_timer();
    left(&mut world, Channel::Post);
    left(&mut world, Channel::Email);
    let (_, messages) = world.next_timer();
    let task = only::<CreateTask>(&messages);
    assert_eq!(task.permit, only::<PermitGranted>(&messages).permit);
    assert_eq!(task.permit.deed, PermittedDeed::Call);
    assert_eq!(task.promise_days_max, 14);
    assert!(read::<Send>(&messages).is_empty());
    world.check();
}

#[test]
fn calls_that_reach_nobody_are_tried_on_the_agreed_number_of_days() {
    let mut world = called();
    for attempt in 1..=3 {
        let closed = call_closed(&world, CallOutcome::NoAnswer, NonPaymentReason::Unreached, None);
        close(&mut world, &closed);
        world.check();
        let expected = if attempt < 3 { CALL } else { LETTER };
        assert_eq!(world.planned().0, expected);
        let tomorrow = law::Pack::NL.local_date(world.now).tomorrow().unwrap();
        assert!(law::Pack::NL.local_date(world.planned().1) >= tomorrow);
        world.next_timer();
    }
}

#[test]
fn a_call_that_nobody_makes_is_planned_again_and_then_held() {
    let mut world = called();
    for _ in 0..3 {
        let act = world.case(case_id(1)).act.clone().unwrap();
        world.now = act.not_after + jiff::SignedDuration::from_mins(5);
        let message = CallNotMade {
            task_id: primitives::CallTaskId::from_uuid(act.errands[0].id),
            case_id: case_id(1),
            creditor_id: creditor_id(),
            person_id: person_id(),
            permit_id: act.permit_id,
            reason: NotMadeReason::PermitExpired,
        };
        world
            .on_both(case_id(1), None, |it, facts| domain::call_not_made(it, &message, facts))
            .unwrap();
        world.check();
        while matches!(world.state(), CaseState::Planned { .. }) {
            world.next_timer();
        }
    }
    assert_eq!(world.hold().0, HoldReason::TriedInVain);
}

#[test]
fn a_reason_that_needs_a_person_holds_the_case_and_no_review_day_lifts_it() {
    for reason in [
        NonPaymentReason::Hardship,
        NonPaymentReason::Dissatisfied,
        NonPaymentReason::DebtAid,
        NonPaymentReason::Deceased,
        NonPaymentReason::Minor,
    ] {
        let mut world = called();
        let closed = call_closed(&world, CallOutcome::Reached, reason, None);
        assert_eq!(only::<CaseHeld>(&close(&mut world, &closed)).reason, HoldReason::ReasonGiven);
        for _ in 0..3 {
            world.next_timer();
            assert_eq!(world.hold().0, HoldReason::ReasonGiven, "{reason}");
            world.check();
        }
    }
}

#[test]
fn news_of_a_death_holds_the_case_whoever_tells_it_and_whatever_was_promised() {
    let told = [
        (CallOutcome::OtherPerson, NonPaymentReason::Deceased, None),
        (CallOutcome::Promised, NonPaymentReason::Hardship, Some(promised())),
    ];
    for (outcome, reason, promise) in told {
        let mut world = called();
        let closed = call_closed(&world, outcome, reason, promise.clone());
        close(&mut world, &closed);
        if promise.is_some() {
            take_up(&mut world, &made(&closed));
            judge(&mut world, PromiseVerdict::Broken).unwrap();
        }
        assert_eq!(world.hold().0, HoldReason::ReasonGiven);
        world.check();
    }
}

#[test]
fn a_claim_that_a_correction_opens_again_goes_on() {
    let mut world = begun();
    world.pay(claim_id(1), euros(120));
    let settled = settled(case_id(1), claim_id(1), SettledBy::Payment);
    world
        .on_track(case_id(1), |track, facts| domain::settle_claim(track, &settled, facts))
        .unwrap();
    assert!(matches!(world.state(), CaseState::Closed { .. }));
    let taken_back = contracts::payment_reconciliation::PaymentAllocated {
        claim_open: euros(50),
        ..paid(case_id(1), claim_id(1), euros(-50))
    };
    world.on_track(case_id(1), |track, facts| domain::pay(track, &taken_back, facts)).unwrap();
    assert_eq!(world.planned().0, REMINDER);
    world.check();
}

#[test]
fn a_claim_that_a_correction_opens_again_goes_on_whatever_is_heard_first() {
    let paid_all = paid(case_id(1), claim_id(1), euros(120));
    let settled = settled(case_id(1), claim_id(1), SettledBy::Payment);
    let taken_back = contracts::payment_reconciliation::PaymentAllocated {
        claim_open: euros(120),
        ..paid(case_id(1), claim_id(1), euros(-120))
    };
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let mut world = begun();
        for version in order {
            let heard = world.on_track(case_id(1), |track, facts| {
                let facts = Facts { version, ..facts.clone() };
                match version {
                    1 => domain::pay(track, &paid_all, &facts),
                    2 => domain::settle_claim(track, &settled, &facts),
                    _ => domain::pay(track, &taken_back, &facts),
                }
            });
            heard.unwrap();
        }
        assert!(!matches!(world.state(), CaseState::Closed { .. }), "{order:?}");
        assert_eq!(world.planned().0, REMINDER, "{order:?}");
        world.check();
    }
}

#[test]
fn a_debtor_who_says_that_he_paid_is_left_alone_until_the_review_day() {
    let mut world = called();
    let closed = call_closed(&world, CallOutcome::Reached, NonPaymentReason::SaysPaid, None);
    close(&mut world, &closed);
    assert_eq!(world.hold().0, HoldReason::ReasonGiven);
    world.next_timer();
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

#[test]
fn a_careless_debtor_who_promises_nothing_gets_the_next_letter_another_day() {
    let mut world = called();
    let closed = call_closed(&world, CallOutcome::Reached, NonPaymentReason::Carelessness, None);
    close(&mut world, &closed);
    let (step, due_at) = world.planned();
    assert_eq!(step, LETTER);
    assert!(law::Pack::NL.local_date(due_at) > law::Pack::NL.local_date(world.now));
}

#[test]
fn a_wrong_number_is_not_called_again() {
    let mut world = called();
    let closed = call_closed(&world, CallOutcome::WrongNumber, NonPaymentReason::Moved, None);
    close(&mut world, &closed);
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

#[test]
fn a_payment_takes_a_call_back() {
    let mut world = called();
    let messages = world.pay(claim_id(1), euros(120));
    only::<WithdrawTask>(&messages);
    only::<CaseClosed>(&messages);
    world.check();
}

#[test]
fn a_lost_answer_of_a_call_is_noticed_after_its_grace() {
    let mut world = called();
    let not_after = world.case(case_id(1)).act.as_ref().unwrap().not_after;
    let (timer, _) = world.next_timer();
    assert_eq!(timer, PERMIT_END);
    assert_eq!(world.now.duration_since(not_after), jiff::SignedDuration::from_hours(2));
    assert_eq!(world.hold().0, HoldReason::ActUncertain);
}

#[test]
fn a_call_that_is_written_down_days_later_counts_from_when_it_was_made() {
    let mut world = called();
    let called_at = world.now;
    let promise = PromisedPayment { pay_by: day("2026-12-23"), ..promised() };
    let carelessness = NonPaymentReason::Carelessness;
    let mut closed = call_closed(&world, CallOutcome::Promised, carelessness, Some(promise));
    world.next_timer();
    assert_eq!(world.hold().0, HoldReason::ActUncertain, "nothing follows from it meanwhile");
    world.check();
    world.now = at("2026-12-14T09:00:00Z");
    closed.closed_at = world.now;
    close(&mut world, &closed);
    take_up(&mut world, &made(&closed));
    assert_eq!(world.planned().0, CONFIRMATION);
    assert_eq!(world.person.moments().last(), Some(&called_at));
    assert_eq!(world.case(case_id(1)).promises[&closed.task_id].made_at, called_at);
    world.check();
}

#[test]
fn a_promise_whose_day_is_over_when_it_is_written_down_is_not_confirmed_any_more() {
    let mut world = called();
    let promise = PromisedPayment { pay_by: day("2026-12-11"), ..promised() };
    let carelessness = NonPaymentReason::Carelessness;
    let closed = call_closed(&world, CallOutcome::Promised, carelessness, Some(promise));
    world.next_timer();
    world.now = at("2026-12-16T09:00:00Z");
    close(&mut world, &closed);
    take_up(&mut world, &made(&closed));
    assert!(awaits_promise(&world));
    let (timer, messages) = world.next_timer();
    assert_eq!(timer, PROMISE_DUE);
    only::<JudgePromise>(&messages);
    world.check();
}

// ---- promises ----

/// Up to the confirmation that was sent.
fn confirmed() -> World {
    confirmed_after(called())
}

/// The same, from a call that waits for a caller.
fn confirmed_after(mut world: World) -> World {
    let closed = call_closed(
        &world,
        CallOutcome::Promised,
        NonPaymentReason::Carelessness,
        Some(promised()),
    );
    close(&mut world, &closed);
    assert_eq!(world.planned().0, CONFIRMATION, "nothing else before mediation took it up");
    world.check();
    take_up(&mut world, &made(&closed));
    let (_, messages) = world.next_timer();
    let send = only::<Send>(&messages);
    assert_eq!(send.channel, Channel::Email);
    let told = send.promise.unwrap();
    assert_eq!((told.promise_id, told.amount), (promise_id(), euros(120)));
    assert_eq!(world.person.moments().len(), 1, "an answer does not count");
    only::<PromiseAwaited>(&left(&mut world, Channel::Email));
    world.check();
    world
}

#[test]
fn a_promise_is_confirmed_and_awaited_and_nothing_else_happens_meanwhile() {
    let mut world = confirmed();
    assert!(awaits_promise(&world));
    let (timer, messages) = world.next_timer();
    assert_eq!(timer, PROMISE_DUE);
    // Three days after the promised Friday.
    assert_eq!(world.now, at("2026-12-21T08:00:00Z"));
    assert_eq!(only::<JudgePromise>(&messages).promise_id, promise_id());
    assert!(awaits_promise(&world), "until it is judged");
    world.check();
}

/// What no statement has shown yet is not broken.
#[test]
fn where_statements_are_read_a_promise_is_judged_once_they_reach_its_day() {
    let agreement = Agreement { payments_known_within_days: Some(3), ..whole() };
    let mut world = confirmed_after(called_under(agreement));
    let (timer, messages) = world.next_timer();
    assert_eq!(timer, PROMISE_DUE);
    only::<TellPaymentsKnown>(&messages);
    assert!(read::<JudgePromise>(&messages).is_empty());
    let hear = |world: &mut World, until: Option<&str>| {
        let (case_id, creditor_id) = (case_id(1), creditor_id());
        let known = PaymentsKnown { case_id, creditor_id, until: until.map(day) };
        let told = world.on_track(case_id, |track, _| domain::payments_known(track, &known));
        read::<JudgePromise>(&told.unwrap())
    };
    assert!(hear(&mut world, None).is_empty());
    assert!(hear(&mut world, Some("2026-12-17")).is_empty());
    assert!(awaits_promise(&world));
    world.check();
    // It is asked again every morning.
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, world.now), (PROMISE_DUE, at("2026-12-22T08:00:00Z")));
    only::<TellPaymentsKnown>(&messages);
    let asked = hear(&mut world, Some("2026-12-18"));
    assert_eq!(asked.iter().map(|it| it.promise_id).collect::<Vec<_>>(), [promise_id()]);
    // Once it is judged there is nothing left to ask.
    judge(&mut world, PromiseVerdict::Broken).unwrap();
    assert!(hear(&mut world, Some("2026-12-18")).is_empty());
    world.check();
}

/// Where no statement comes any more, somebody looks, and the promise is asked after all the same.
#[test]
fn a_promise_that_nothing_is_heard_of_is_held_for_a_person() {
    let agreement = Agreement { payments_known_within_days: Some(3), ..whole() };
    let mut world = confirmed_after(called_under(agreement));
    while awaits_promise(&world) {
        let (timer, messages) = world.next_timer();
        assert_eq!(timer, PROMISE_DUE);
        only::<TellPaymentsKnown>(&messages);
        world.check();
        assert!(world.now < at("2027-01-01T00:00:00Z"));
    }
    assert_eq!(world.hold().0, HoldReason::TriedInVain);
    let told = world.explained();
    let told = [told.why, told.would_stop];
    assert!(told.iter().all(|sentences| sentences.join(" ").contains("tatement")), "{told:?}");
    // A week after Monday 21 December, when it should have been judged.
    assert_eq!(world.now, at("2026-12-27T08:00:00Z"));
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, read::<TellPaymentsKnown>(&messages).len()), (PROMISE_DUE, 1));
    let (case_id, creditor_id) = (case_id(1), creditor_id());
    let known = PaymentsKnown { case_id, creditor_id, until: Some(day("2026-12-18")) };
    let told = world.on_track(case_id, |track, _| domain::payments_known(track, &known)).unwrap();
    only::<JudgePromise>(&told);
    judge(&mut world, PromiseVerdict::Broken).unwrap();
    assert_eq!(world.planned().0, LETTER);
    world.check();
}

#[test]
fn a_broken_promise_is_told_and_the_next_letter_follows() {
    let mut world = confirmed();
    world.next_timer();
    judge(&mut world, PromiseVerdict::Broken).unwrap();
    assert_eq!(world.planned().0, LETTER);
    let news = &world.track(case_id(1)).news;
    let told = news.iter().any(|entry| {
        matches!(entry.what, TimelineEvent::PromiseJudged { verdict: PromiseVerdict::Broken, .. })
    });
    assert!(told, "{news:?}");
    world.check();
}

#[test]
fn of_two_verdicts_the_better_one_counts_whichever_is_heard_last() {
    let mut world = confirmed();
    judge(&mut world, PromiseVerdict::Kept).unwrap();
    judge(&mut world, PromiseVerdict::Broken).unwrap();
    let promises = &world.case(case_id(1)).promises;
    assert!(promises.values().all(|promise| promise.verdict == Some(PromiseVerdict::Kept)));
}

#[test]
fn mediation_is_asked_again_every_day_until_it_judges() {
    let mut world = confirmed();
    world.next_timer();
    let (timer, messages) = world.next_timer();
    assert_eq!((timer, world.now), (PROMISE_DUE, at("2026-12-22T08:00:00Z")));
    only::<JudgePromise>(&messages);
}

#[test]
fn a_judgement_that_comes_first_waits_for_its_promise() {
    let mut world = called();
    let early = judge(&mut world, PromiseVerdict::Kept);
    assert!(matches!(early, Err(Fault::Early(_))), "{early:?}");
}

#[test]
fn a_promise_that_mediation_told_of_first_is_the_same_promise() {
    let world = called();
    let closed =
        call_closed(&world, CallOutcome::Promised, NonPaymentReason::Hardship, Some(promised()));
    let mut in_order = world.clone();
    close(&mut in_order, &closed);
    take_up(&mut in_order, &made(&closed));
    let mut other = world;
    take_up(&mut other, &made(&closed));
    close(&mut other, &closed);
    assert_eq!(in_order.case(case_id(1)), other.case(case_id(1)));
}

// ---- thanks ----

#[test]
fn who_was_asked_and_paid_is_thanked_once() {
    let mut world = called();
    let (_, act) = (world.now, world.case(case_id(1)).act.clone().unwrap());
    world.pay(claim_id(1), euros(120));
    let message = CallNotMade {
        task_id: primitives::CallTaskId::from_uuid(act.errands[0].id),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: act.permit_id,
        reason: NotMadeReason::Withdrawn,
    };
    world
        .on_both(case_id(1), None, |it, facts| domain::call_not_made(it, &message, facts))
        .unwrap();
    let (timer, messages) = world.next_timer();
    assert_eq!(timer, NEXT_STEP);
    let send = only::<Send>(&messages);
    let message = MessageKind::PaymentThanks;
    assert_eq!(send.permit.deed, PermittedDeed::Write { message, channels: vec![Channel::Email] });
    // That it settled the claim is heard a moment later; the thanks go on.
    let settled = settled(case_id(1), claim_id(1), SettledBy::Payment);
    let messages = world
        .on_track(case_id(1), |track, facts| domain::settle_claim(track, &settled, facts))
        .unwrap();
    assert!(read::<Withdraw>(&messages).is_empty());
    left(&mut world, Channel::Email);
    assert_eq!(world.case(case_id(1)).thanks, Thanks::Over);
    assert_eq!(world.first_timer(), None);
    world.check();
}

#[test]
fn a_later_claim_that_is_taken_back_brings_no_second_thanks() {
    let mut world = begun();
    world.next_timer();
    left(&mut world, Channel::Post);
    left(&mut world, Channel::Email);
    world.pay(claim_id(1), euros(120));
    let (_, messages) = world.next_timer();
    assert_eq!(only::<Send>(&messages).permit.claim_ids, [claim_id(1)]);
    left(&mut world, Channel::Email);
    let due = day("2027-01-15");
    world.register(&registered(case_id(1), claim_id(2), euros(30), due)).unwrap();
    assert!(matches!(world.state(), CaseState::Planned { .. }));
    let gone = withdrawn(case_id(1), claim_id(2));
    world.on_track(case_id(1), |track, facts| domain::withdraw(track, &gone, facts)).unwrap();
    assert!(matches!(world.state(), CaseState::Closed { .. }));
    assert_eq!((world.case(case_id(1)).thanks, world.first_timer()), (Thanks::NotDue, None));
    world.check();
}

#[test]
fn thanks_name_what_was_paid_and_not_what_was_taken_back() {
    let mut world = begun();
    world.register(&registered(case_id(1), claim_id(2), euros(30), day(DUE))).unwrap();
    world.next_timer();
    left(&mut world, Channel::Post);
    left(&mut world, Channel::Email);
    world.pay(claim_id(1), euros(120));
    let gone = withdrawn(case_id(1), claim_id(2));
    world.on_track(case_id(1), |track, facts| domain::withdraw(track, &gone, facts)).unwrap();
    let (_, messages) = world.next_timer();
    assert_eq!(only::<Send>(&messages).permit.claim_ids, [claim_id(1)]);
    world.check();
}

#[test]
fn who_paid_before_anything_was_asked_is_not_thanked() {
    let mut world = begun();
    world.pay(claim_id(1), euros(120));
    assert_eq!(world.case(case_id(1)).thanks, Thanks::NotDue);
    assert_eq!(world.first_timer(), None);
}

#[test]
fn thanks_that_cannot_be_given_hold_nothing_up() {
    let mut world = begun();
    world.next_timer();
    left(&mut world, Channel::Post);
    left(&mut world, Channel::Email);
    world.pay(claim_id(1), euros(120));
    world.next_timer();
    assert_eq!(world.case(case_id(1)).act.as_ref().unwrap().step, THANKS);
    refused(&mut world, Channel::Email, NotSentReason::NoText);
    assert_eq!(world.case(case_id(1)).thanks, Thanks::Over);
    world.check();
}

proptest! {
    /// What a call brought commutes with payments that come between.
    #[test]
    fn calls_promises_and_payments_commute(order in Just([0, 1, 2, 3]).prop_shuffle()) {
        let world = called();
        let (outcome, reason) = (CallOutcome::Promised, NonPaymentReason::Carelessness);
        let closed = call_closed(&world, outcome, reason, Some(promised()));
        let end = |order: &[usize]| {
            let mut world = world.clone();
            let mut waiting: Vec<usize> = order.to_vec();
            while !waiting.is_empty() {
                waiting.retain(|which| match which {
                    0 => {
                        close(&mut world, &closed);
                        false
                    }
                    1 => {
                        take_up(&mut world, &made(&closed));
                        false
                    }
                    2 => judge(&mut world, PromiseVerdict::Broken).is_err(),
                    _ => {
                        world.pay(claim_id(1), euros(50));
                        false
                    }
                });
            }
            world.check();
            (world.case(case_id(1)).clone(), world.person)
        };
        prop_assert_eq!(end(&[0, 1, 2, 3]), end(&order));
    }
}
