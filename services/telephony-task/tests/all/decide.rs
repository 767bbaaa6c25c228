//! What a call task does: given, when, then; and what holds whatever happens in whatever order.

use crate::sample::{
    LATE, NOT_AFTER, NOT_BEFORE, NOW, at, caller, case_id, certificate, day, dutch, euros, id,
    opened, order, position, promised, staff, task_id,
};
use contracts::payment_reconciliation::{PositionLine, PositionLineKind};
use contracts::permit::PermittedDeed;
use contracts::telephony_task::{
    CallClosed, CallNotMade, ClaimRefusal, ClaimTaskAnswer, CloseRefusal, CloseTask,
    CloseTaskAnswer, NotMadeReason, PromisedPayment, ReleaseRefusal, ReleaseTaskAnswer,
    TaskClaimed,
};
use contracts::{Outgoing, intake::StaffRegistered};
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{
    Actor, CallOutcome, CaseId, ContentHash, CorrelationId, Country, CreditorId, Currency,
    MessageId, MessageKind, Money, NonPaymentReason, StaffRole, Timestamp,
};
use proptest::prelude::*;
use telephony_task::domain::{
    CallTask, Case, ClaimDesk, Closing, Owed, StaffMember, Stage, Summary, TASK_END, claim, close,
    create, end, open, register, release, withdraw,
};

const WORDS: &str = "Mevrouw betaalt vrijdag na haar loon.";

fn facts(actor: Actor, now: &str, version: u64) -> Facts {
    Facts {
        now: at(now),
        cause: MessageId::from_uuid(id(9)),
        correlation: CorrelationId::from_uuid(id(9)),
        actor,
        version,
    }
}

fn by(number: u128, now: &str) -> Facts {
    facts(Actor::Staff(staff(number)), now, 0)
}

fn unheard() -> CallTask {
    CallTask::unheard(task_id())
}

fn case_in(country: Country) -> Case {
    open(Case::default(), &opened(country)).unwrap().state
}

fn created_in(country: Country) -> CallTask {
    create((unheard(), case_in(country)), &order()).unwrap().state.0
}

fn created() -> CallTask {
    created_in(Country::NL)
}

fn member(news: &StaffRegistered) -> StaffMember {
    let machine = Actor::Machine("intake".to_owned());
    register(StaffMember::default(), news, &facts(machine, NOW, 1)).state
}

fn certified() -> StaffMember {
    member(&caller(1, vec![dutch()]))
}

fn owed() -> Owed {
    Owed { case_id: case_id(), position: Some(position()) }
}

fn asks(
    task: CallTask,
    who: &StaffMember,
    facts: &Facts,
) -> (Decision<ClaimDesk>, ClaimTaskAnswer) {
    claim(ClaimDesk { task, caller: Some(who.clone()) }, &owed(), facts)
}

/// Why a claim of the first member of staff is refused.
fn refused(task: &CallTask, who: &StaffMember, now: &str) -> ClaimRefusal {
    let (decision, answer) = asks(task.clone(), who, &by(1, now));
    assert_eq!(&decision.state.task, task);
    assert!(decision.messages.is_empty() && decision.timers.is_empty());
    match answer {
        ClaimTaskAnswer::Refused { reason } => reason,
        ClaimTaskAnswer::Claimed { .. } => panic!("{answer:?}"),
    }
}

fn claimed() -> CallTask {
    asks(created(), &certified(), &by(1, NOW)).0.state.task
}

fn closing(request: CloseTask) -> Closing {
    Closing { request, summary: Summary::read(WORDS.as_bytes()).unwrap(), owed: owed() }
}

fn promise() -> Closing {
    closing(promised(ContentHash::from_digest([7; 32])))
}

fn no_closing(task: &CallTask, closing: &Closing, facts: &Facts) -> CloseRefusal {
    let (decision, answer) = close(task.clone(), closing, facts);
    assert_eq!(&decision.state, task);
    assert!(decision.messages.is_empty() && decision.timers.is_empty());
    match answer {
        CloseTaskAnswer::Refused { reason } => reason,
        CloseTaskAnswer::Closed { .. } => panic!("{answer:?}"),
    }
}

/// What is told, in words.
fn told(messages: &[Outgoing]) -> Vec<String> {
    let tell = |message: &Outgoing| {
        if let Some(told) = message.read::<CallNotMade>() {
            return format!("not made: {:?}", told.reason);
        }
        if message.read::<TaskClaimed>().is_some() {
            return "claimed".to_owned();
        }
        assert!(message.read::<CallClosed>().is_some(), "{}", message.contract);
        "closed".to_owned()
    };
    messages.iter().map(tell).collect()
}

fn set(due_at: &str) -> Timer {
    Timer::Set { name: TASK_END, due_at: at(due_at) }
}

#[test]
fn a_task_goes_from_the_wish_to_a_call_that_is_written_down() {
    let decision = create((unheard(), case_in(Country::NL)), &order()).unwrap();
    assert_eq!((decision.messages.len(), &decision.timers[..]), (0, &[set(NOT_AFTER)][..]));
    let (decision, answer) = asks(decision.state.0, &certified(), &by(1, NOW));
    let expected = ClaimTaskAnswer::Claimed { case_id: case_id(), until: at(NOT_AFTER) };
    let cancelled = Timer::Cancel { name: TASK_END };
    assert_eq!((answer, &decision.timers[..]), (expected, &[cancelled][..]));
    let told: TaskClaimed = decision.messages.first().unwrap().read().unwrap();
    assert_eq!((told.staff_id, told.certificate_valid_until), (staff(1), day("2026-12-31")));
    let (decision, answer) = close(decision.state.task, &promise(), &by(1, NOW));
    assert_eq!(answer, CloseTaskAnswer::Closed { case_id: case_id() });
    assert_eq!(decision.timers, [Timer::Cancel { name: TASK_END }]);
    let told: CallClosed = decision.messages.first().unwrap().read().unwrap();
    assert_eq!((told.staff_id, told.called_at, told.closed_at), (staff(1), at(NOW), at(NOW)));
    assert_eq!(told.claim_ids, order().permit.claim_ids);
    assert_eq!(told.promise, promise().request.promise);
    let minutes = decision.state.minutes.unwrap();
    assert_eq!(minutes.summary.as_str(), WORDS);
    let wire = serde_json::to_string(&decision.messages.first().unwrap().data).unwrap();
    assert!(!wire.contains("Mevrouw"));
}

#[test]
fn a_task_waits_for_its_case() {
    let early = create((unheard(), Case::default()), &order());
    assert!(matches!(early, Err(Fault::Early(_))));
    let forestalled = withdraw(unheard()).state;
    let early = create((forestalled, Case::default()), &order());
    assert!(matches!(early, Err(Fault::Early(_))));
}

#[test]
fn what_can_never_be_a_call_is_refused_for_good() {
    let mut foreign = order();
    foreign.creditor_id = CreditorId::from_uuid(id(77));
    let mut written = order();
    let message = MessageKind::FreeFirstReminder;
    written.permit.deed = PermittedDeed::Write { message, channels: Vec::new() };
    let mut turned = order();
    turned.permit.not_after = turned.permit.not_before;
    for (wrong, country) in [
        (foreign, Country::NL),
        (written, Country::NL),
        (turned, Country::NL),
        (order(), Country::DE),
    ] {
        let refused = create((unheard(), case_in(country)), &wrong);
        assert!(matches!(refused, Err(Fault::Poison(_))), "{refused:?}");
    }
    let moved = open(case_in(Country::NL), &opened(Country::BE));
    assert!(matches!(moved, Err(Fault::Bug(_))));
}

#[test]
fn the_same_wish_twice_is_one_and_another_under_its_id_is_refused() {
    let mut other = order();
    other.promise_days_max = 3;
    let closed = close(claimed(), &promise(), &by(1, NOW)).0.state;
    for task in [created(), claimed(), closed, withdraw(created()).state] {
        let again = create((task.clone(), case_in(Country::NL)), &order()).unwrap();
        assert_eq!((&again.state.0.stage, again.messages.len()), (&task.stage, 0));
        assert!(again.timers.is_empty());
        let refused = create((task, case_in(Country::NL)), &other);
        assert!(matches!(refused, Err(Fault::Poison(_))));
    }
}

#[test]
fn only_a_caller_with_a_certificate_of_the_country_may_claim() {
    let no_caller =
        StaffRegistered { roles: vec![StaffRole::FinanceDesk], ..caller(1, vec![dutch()]) };
    assert_eq!(refused(&created(), &member(&no_caller), NOW), ClaimRefusal::NotACaller);
    assert_eq!(refused(&created(), &StaffMember::default(), NOW), ClaimRefusal::NotACaller);
    let with = |certificates| member(&caller(1, certificates));
    assert_eq!(refused(&created(), &with(vec![]), NOW), ClaimRefusal::NoCertificate);
    let belgian = certificate(Country::BE, "2026-01-01", "2026-12-31");
    let none = refused(&created(), &with(vec![belgian.clone()]), NOW);
    assert_eq!(none, ClaimRefusal::NoCertificate);
    let to_come = certificate(Country::NL, "2026-11-13", "2027-11-12");
    let none = refused(&created(), &with(vec![to_come.clone()]), NOW);
    assert_eq!(none, ClaimRefusal::NoCertificate);
    let older = certificate(Country::NL, "2024-01-01", "2024-12-31");
    let old = certificate(Country::NL, "2025-01-01", "2026-11-11");
    let ended = refused(&created(), &with(vec![older, old, to_come]), NOW);
    assert_eq!(ended, ClaimRefusal::CertificateEnded { on: day("2026-11-11") });
    // The house asks for a Belgian one too.
    let none = refused(&created_in(Country::BE), &certified(), NOW);
    assert_eq!(none, ClaimRefusal::NoCertificate);
    let (_, answer) = asks(created_in(Country::BE), &with(vec![belgian]), &by(1, NOW));
    assert!(matches!(answer, ClaimTaskAnswer::Claimed { .. }));
}

#[test]
fn a_certificate_counts_by_the_day_where_the_debtor_is() {
    // Half an hour after midnight in Amsterdam, half an hour before it in London.
    let night = "2026-11-11T23:30:00Z";
    let mut nightly = order();
    nightly.permit.not_before = at("2026-11-11T23:00:00Z");
    let task = create((unheard(), case_in(Country::NL)), &nightly).unwrap().state.0;
    for (certificate, allowed) in [
        (certificate(Country::NL, "2026-01-01", "2026-11-11"), false),
        (certificate(Country::NL, "2026-01-01", "2026-11-12"), true),
        (certificate(Country::NL, "2026-11-12", "2026-11-12"), true),
    ] {
        let who = member(&caller(1, vec![certificate]));
        let (_, answer) = asks(task.clone(), &who, &by(1, night));
        assert_eq!(matches!(answer, ClaimTaskAnswer::Claimed { .. }), allowed, "{answer:?}");
    }
}

#[test]
fn who_is_no_member_of_staff_claims_and_closes_nothing() {
    for actor in [Actor::Operator, Actor::Machine("scheduler".to_owned())] {
        let facts = facts(actor, NOW, 0);
        let (decision, answer) =
            claim(ClaimDesk { task: created(), caller: None }, &owed(), &facts);
        assert_eq!(answer, ClaimTaskAnswer::Refused { reason: ClaimRefusal::NotACaller });
        assert_eq!(decision.state.task, created());
        assert_eq!(no_closing(&claimed(), &promise(), &facts), CloseRefusal::NotTakenByYou);
    }
}

#[test]
fn a_call_is_claimed_within_its_permit_only() {
    let not_now = ClaimRefusal::NotNow { not_before: at(NOT_BEFORE), not_after: at(NOT_AFTER) };
    assert_eq!(refused(&created(), &certified(), "2026-11-12T07:59:59Z"), not_now);
    for now in [NOT_BEFORE, "2026-11-12T18:59:59Z"] {
        let (_, answer) = asks(created(), &certified(), &by(1, now));
        assert!(matches!(answer, ClaimTaskAnswer::Claimed { .. }), "{now}");
    }
    assert_eq!(refused(&created(), &certified(), NOT_AFTER), ClaimRefusal::Over);
}

#[test]
fn a_claimed_task_stays_with_its_caller() {
    let other = member(&caller(2, vec![dutch()]));
    for now in [NOW, NOT_AFTER, LATE] {
        let reason = ClaimRefusal::TakenByAnother;
        let answer = asks(claimed(), &other, &by(2, now)).1;
        assert_eq!(answer, ClaimTaskAnswer::Refused { reason }, "{now}");
    }
    // The same answer, even where the certificate or the role ended in between.
    for who in [certified(), StaffMember::default()] {
        let (decision, answer) = asks(claimed(), &who, &by(1, "2026-11-12T11:00:00Z"));
        let same = ClaimTaskAnswer::Claimed { case_id: case_id(), until: at(NOT_AFTER) };
        assert_eq!((answer, decision.messages.len()), (same, 0));
        assert_eq!((decision.state.task, decision.timers.len()), (claimed(), 0));
    }
}

/// Whoever asks again to see whom to call is not told to call who is not to be called any more.
#[test]
fn a_caller_is_told_when_a_call_is_not_to_be_made_any_more() {
    let over = ClaimRefusal::ToBeWrittenDown;
    assert_eq!(refused(&claimed(), &certified(), NOT_AFTER), over);
    assert_eq!(refused(&claimed(), &certified(), LATE), over);
    assert_eq!(refused(&withdraw(claimed()).state, &certified(), NOW), over);
    let mut paid = owed();
    paid.position.as_mut().unwrap().claims.clear();
    let desk = ClaimDesk { task: claimed(), caller: Some(certified()) };
    let reason = ClaimRefusal::NothingOwed;
    assert_eq!(claim(desk, &paid, &by(1, NOW)).1, ClaimTaskAnswer::Refused { reason });
}

#[test]
fn nobody_is_called_who_may_have_paid() {
    let with = |within_days, change: &dyn Fn(&mut Owed)| {
        let mut strict = order();
        strict.permit.payments_known_within_days = within_days;
        let task = create((unheard(), case_in(Country::NL)), &strict).unwrap().state.0;
        let mut owed = owed();
        change(&mut owed);
        let desk = ClaimDesk { task, caller: Some(certified()) };
        match claim(desk, &owed, &by(1, NOW)).1 {
            ClaimTaskAnswer::Claimed { .. } => None,
            ClaimTaskAnswer::Refused { reason } => Some(reason),
        }
    };
    let known = |until: &str| {
        let until = day(until);
        move |owed: &mut Owed| owed.position.as_mut().unwrap().payments_known_until = Some(until)
    };
    let unknown = |owed: &mut Owed| owed.position.as_mut().unwrap().payments_known_until = None;
    let unheard = |owed: &mut Owed| owed.position = None;
    let stale = |until: Option<&str>, within_days| {
        Some(ClaimRefusal::PaymentsNotKnown { until: until.map(day), within_days })
    };
    // As old as the agreement allows, and not a day older.
    assert_eq!(with(Some(1), &known("2026-11-11")), None);
    assert_eq!(with(Some(0), &known("2026-11-11")), stale(Some("2026-11-11"), 0));
    assert_eq!(with(Some(2), &known("2026-11-09")), stale(Some("2026-11-09"), 2));
    assert_eq!(with(Some(9), &unknown), stale(None, 9));
    assert_eq!(with(Some(9), &unheard), stale(None, 9));
    assert_eq!(with(None, &unknown), None);
    assert_eq!(with(None, &unheard), None);
    // What is owed on other claims is nothing that this call may be about.
    let paid = |owed: &mut Owed| {
        let claims = &mut owed.position.as_mut().unwrap().claims;
        claims.first_mut().unwrap().open = euros(0);
    };
    assert_eq!(with(None, &paid), Some(ClaimRefusal::NothingOwed));
    // Nobody asks for one case with the papers of another.
    let another = |owed: &mut Owed| owed.case_id = CaseId::from_uuid(id(99));
    assert_eq!(with(None, &another), Some(ClaimRefusal::Unknown));
}

#[test]
fn there_is_nothing_to_claim_or_close_before_and_after_a_task() {
    for unknown in [unheard(), withdraw(unheard()).state] {
        assert_eq!(refused(&unknown, &certified(), NOW), ClaimRefusal::Unknown);
        assert_eq!(no_closing(&unknown, &promise(), &by(1, NOW)), CloseRefusal::Unknown);
    }
    let mut closed = close(claimed(), &promise(), &by(1, NOW)).0.state;
    closed.minutes = None;
    let expired = end(created(), &by(1, NOT_AFTER)).state;
    for over in [closed, expired, withdraw(created()).state] {
        assert_eq!(refused(&over, &certified(), NOW), ClaimRefusal::Over);
        assert_eq!(no_closing(&over, &promise(), &by(1, NOW)), CloseRefusal::Over);
    }
}

#[test]
fn a_call_is_written_down_by_its_caller_however_late_and_counts_from_when_it_was_made() {
    assert_eq!(no_closing(&created(), &promise(), &by(1, NOW)), CloseRefusal::NotTakenByYou);
    assert_eq!(no_closing(&claimed(), &promise(), &by(2, NOW)), CloseRefusal::NotTakenByYou);
    let told = |called_at: Option<&str>, now| {
        let mut closing = promise();
        closing.request.called_at = called_at.map(at);
        let (decision, answer) = close(claimed(), &closing, &by(1, now));
        assert_eq!(answer, CloseTaskAnswer::Closed { case_id: case_id() });
        let told: CallClosed = decision.messages.first().unwrap().read().unwrap();
        (told.called_at, told.closed_at)
    };
    // It was taken on at 10:00 (UTC), and could be made until 19:00.
    let (eleven, twelve) = ("2026-11-12T11:00:00Z", "2026-11-12T12:00:00Z");
    let at_once = "2026-11-12T20:00:00Z";
    assert_eq!(told(None, eleven), (at(eleven), at(eleven)));
    assert_eq!(told(Some(eleven), twelve), (at(eleven), at(twelve)));
    assert_eq!(told(Some(eleven), LATE), (at(eleven), at(LATE)));
    assert_eq!(told(None, at_once), (at(NOT_AFTER), at(at_once)));
    for (called_at, now, until) in [
        (Some("2026-11-12T09:59:59Z"), LATE, NOT_AFTER),
        (Some("2026-11-12T19:00:01Z"), LATE, NOT_AFTER),
        (Some(twelve), eleven, eleven),
        // After an hour nobody guesses when it was.
        (None, "2026-11-12T20:00:01Z", NOT_AFTER),
        (None, LATE, NOT_AFTER),
    ] {
        let mut wrong = promise();
        wrong.request.called_at = called_at.map(at);
        let refused = no_closing(&claimed(), &wrong, &by(1, now));
        let (not_before, not_after) = (at(NOW), at(until));
        assert_eq!(refused, CloseRefusal::NotCalledThen { not_before, not_after }, "{now}");
    }
}

/// People tell the minute, and a claim has seconds.
#[test]
fn a_call_in_the_minute_of_its_claim_was_made_after_it() {
    let claimed_at = "2026-11-12T10:15:40Z";
    let task = asks(created(), &certified(), &by(1, claimed_at)).0.state.task;
    let mut closing = promise();
    closing.request.called_at = Some(at("2026-11-12T10:15:00Z"));
    let (decision, _) = close(task, &closing, &by(1, LATE));
    let told: CallClosed = decision.messages.first().unwrap().read().unwrap();
    assert_eq!(told.called_at, at(claimed_at));
}

#[test]
fn a_promise_that_is_written_down_late_counts_from_the_day_of_the_call() {
    let close_late = |pay_by| {
        let mut closing = promise();
        closing.request.promise.as_mut().unwrap().pay_by = day(pay_by);
        closing.request.called_at = Some(at(NOW));
        close(claimed(), &closing, &by(1, LATE)).1
    };
    let latest = day("2026-11-26");
    let refused = CloseTaskAnswer::Refused { reason: CloseRefusal::PromiseTooLate { latest } };
    let closed = CloseTaskAnswer::Closed { case_id: case_id() };
    assert_eq!(close_late("2026-11-11"), refused);
    // Its day may be over when it is written down; it was promised all the same.
    assert_eq!(close_late("2026-11-12"), closed);
    assert_eq!(close_late("2026-11-26"), closed);
    assert_eq!(close_late("2026-11-27"), refused);
}

#[test]
fn nobody_promises_more_than_is_owed() {
    let closes = |amount| {
        let mut closing = promise();
        closing.request.promise.as_mut().unwrap().amount = amount;
        match close(claimed(), &closing, &by(1, NOW)).1 {
            CloseTaskAnswer::Closed { .. } => None,
            CloseTaskAnswer::Refused { reason } => Some(reason),
        }
    };
    assert_eq!(closes(euros(10_000)), None);
    let above = CloseRefusal::PromiseAboveOpen { open: euros(10_000) };
    assert_eq!(closes(euros(10_001)), Some(above));
    // What came in since the call may be the first part of what was promised in it.
    let paid_since = |on: &str, amount| {
        let mut closing = promise();
        let position = closing.owed.position.as_mut().unwrap();
        position.open = euros(6_000);
        position.claims.first_mut().unwrap().lines.push(PositionLine {
            on: day(on),
            kind: PositionLineKind::CreditNote,
            amount: euros(-4_000),
            because: Vec::new(),
            rule_ids: Vec::new(),
            rule_pack: String::new(),
        });
        closing.request.promise.as_mut().unwrap().amount = euros(amount);
        matches!(close(claimed(), &closing, &by(1, NOW)).1, CloseTaskAnswer::Closed { .. })
    };
    assert!(paid_since("2026-11-12", 10_000));
    assert!(!paid_since("2026-11-12", 10_001));
    assert!(!paid_since("2026-11-11", 6_001));
    let dollars = Money::new(100, Currency::USD);
    assert_eq!(closes(dollars), Some(CloseRefusal::PromiseOfNothing));
    let mut other = promise();
    other.owed.case_id = CaseId::from_uuid(id(99));
    assert_eq!(no_closing(&claimed(), &other, &by(1, NOW)), CloseRefusal::Unknown);
}

#[test]
fn a_call_that_was_not_made_is_given_back() {
    let operator = |now| facts(Actor::Operator, now, 0);
    let (decision, answer) = release(claimed(), &by(1, NOW));
    assert_eq!(answer, ReleaseTaskAnswer::Open { until: at(NOT_AFTER) });
    assert_eq!((decision.messages.len(), &decision.timers[..]), (0, &[set(NOT_AFTER)][..]));
    assert_eq!(decision.state, created());
    let gone = |task, facts: &Facts| {
        let (decision, answer) = release(task, facts);
        assert_eq!(answer, ReleaseTaskAnswer::NotMade);
        assert!(decision.timers.is_empty());
        told(&decision.messages)
    };
    assert_eq!(gone(claimed(), &by(1, NOT_AFTER)), ["not made: PermitExpired"]);
    assert_eq!(gone(claimed(), &operator(LATE)), ["not made: PermitExpired"]);
    // Nobody else is to make what was taken back meanwhile.
    assert_eq!(gone(withdraw(claimed()).state, &by(1, NOW)), ["not made: Withdrawn"]);
    let refused = |task: CallTask, facts: &Facts| match release(task, facts).1 {
        ReleaseTaskAnswer::Refused { reason } => reason,
        other @ (ReleaseTaskAnswer::Open { .. } | ReleaseTaskAnswer::NotMade) => {
            panic!("{other:?}")
        }
    };
    assert_eq!(refused(claimed(), &by(2, NOW)), ReleaseRefusal::NotTakenByYou);
    // They may be on the telephone.
    assert_eq!(refused(claimed(), &operator(NOW)), ReleaseRefusal::NotTakenByYou);
    let machine = facts(Actor::Machine("scheduler".to_owned()), NOW, 0);
    assert_eq!(refused(claimed(), &machine), ReleaseRefusal::NotTakenByYou);
    assert_eq!(refused(created(), &by(1, NOW)), ReleaseRefusal::NotTakenByYou);
    assert_eq!(refused(unheard(), &by(1, NOW)), ReleaseRefusal::Unknown);
    assert_eq!(refused(withdraw(created()).state, &by(1, NOW)), ReleaseRefusal::Over);
}

#[test]
fn a_call_is_closed_complete_or_not_at_all() {
    let refuses = |change: &dyn Fn(&mut CloseTask)| {
        let mut wrong = promise();
        change(&mut wrong.request);
        no_closing(&claimed(), &wrong, &by(1, NOW))
    };
    let empty = Summary::read(b" \n ok. \n").unwrap();
    let silent = Closing { summary: empty, ..promise() };
    assert_eq!(no_closing(&claimed(), &silent, &by(1, NOW)), CloseRefusal::SummaryEmpty);
    let no_promise = refuses(&|it| it.promise = None);
    assert_eq!(no_promise, CloseRefusal::PromiseAndOutcomeDiffer);
    let promise_too_many = refuses(&|it| it.outcome = CallOutcome::Reached);
    assert_eq!(promise_too_many, CloseRefusal::PromiseAndOutcomeDiffer);
    for minor in [0, -1] {
        let nothing = refuses(&|it| it.promise.as_mut().unwrap().amount = euros(minor));
        assert_eq!(nothing, CloseRefusal::PromiseOfNothing);
    }
    for pay_by in ["2026-11-11", "2026-11-27"] {
        let late = refuses(&|it| it.promise.as_mut().unwrap().pay_by = day(pay_by));
        assert_eq!(late, CloseRefusal::PromiseTooLate { latest: day("2026-11-26") });
    }
    for pay_by in ["2026-11-12", "2026-11-26"] {
        let mut right = promise();
        right.request.promise.as_mut().unwrap().pay_by = day(pay_by);
        let (_, answer) = close(claimed(), &right, &by(1, NOW));
        assert!(matches!(answer, CloseTaskAnswer::Closed { .. }), "{pay_by}");
    }
}

#[test]
fn a_reason_goes_with_what_happened() {
    use NonPaymentReason::{
        Carelessness, DebtAid, Deceased, Hardship, IdentityUnsure, Insolvent, Minor, Moved,
        NotGiven, Unreached, Unwilling,
    };
    let promises = [Carelessness, Hardship, Unwilling, Moved, NotGiven];
    let told = [Unreached, IdentityUnsure, Deceased, Minor, Insolvent, DebtAid, Moved];
    for outcome in CallOutcome::ALL {
        for reason in NonPaymentReason::ALL {
            let mut request = promise().request;
            (request.outcome, request.reason) = (*outcome, *reason);
            request.promise = request.promise.filter(|_| *outcome == CallOutcome::Promised);
            let fits = match outcome {
                CallOutcome::Promised => promises.contains(reason),
                CallOutcome::Reached => *reason != Unreached,
                CallOutcome::NoAnswer => *reason == Unreached,
                CallOutcome::OtherPerson => told.contains(reason),
                CallOutcome::WrongNumber => [Moved, IdentityUnsure].contains(reason),
            };
            let (_, answer) = close(claimed(), &closing(request), &by(1, NOW));
            let closed = CloseTaskAnswer::Closed { case_id: case_id() };
            let differ = CloseRefusal::ReasonAndOutcomeDiffer;
            let refused = CloseTaskAnswer::Refused { reason: differ };
            assert_eq!(answer, if fits { closed } else { refused }, "{outcome} {reason}");
        }
    }
}

#[test]
fn time_ends_a_task_but_for_one_that_somebody_took_on() {
    let ends = |task, now| {
        let decision = end(task, &facts(Actor::Machine("telephony-task".to_owned()), now, 0));
        (told(&decision.messages), decision.timers)
    };
    let expired = vec!["not made: PermitExpired".to_owned()];
    assert_eq!(ends(created(), NOT_AFTER), (expired, vec![]));
    assert_eq!(ends(claimed(), LATE), (vec![], vec![]));
    assert_eq!(ends(created(), NOW), (vec![], vec![set(NOT_AFTER)]));
    for over in [unheard(), withdraw(unheard()).state, withdraw(created()).state] {
        assert_eq!(ends(over, LATE), (vec![], vec![]));
    }
}

#[test]
fn a_withdrawal_ends_what_is_not_made_and_forestalls_what_is_not_heard_of() {
    let decision = withdraw(created());
    assert_eq!(told(&decision.messages), ["not made: Withdrawn"]);
    assert_eq!(decision.timers, [Timer::Cancel { name: TASK_END }]);
    assert!(withdraw(decision.state).messages.is_empty());
    let closed = close(claimed(), &promise(), &by(1, NOW)).0.state;
    assert!(withdraw(closed).messages.is_empty());
    let forestalled = withdraw(withdraw(unheard()).state);
    assert!(forestalled.messages.is_empty());
    let decision = create((forestalled.state, case_in(Country::NL)), &order()).unwrap();
    assert_eq!(told(&decision.messages), ["not made: Withdrawn"]);
    assert!(decision.timers.is_empty());
    let told: CallNotMade = decision.messages.first().unwrap().read().unwrap();
    assert_eq!((told.reason, told.permit_id), (NotMadeReason::Withdrawn, order().permit.permit_id));
}

#[test]
fn who_is_on_the_phone_when_the_call_is_taken_back_can_write_down_what_was_said() {
    let decision = withdraw(claimed());
    assert!(decision.messages.is_empty() && decision.timers.is_empty());
    let again = withdraw(decision.state.clone());
    assert_eq!((&again.state, again.messages.len()), (&decision.state, 0));
    let (_, answer) = close(decision.state, &promise(), &by(1, NOW));
    assert_eq!(answer, CloseTaskAnswer::Closed { case_id: case_id() });
}

/// A task in its surroundings.
struct World {
    now: Timestamp,
    task: CallTask,
    case: Case,
    /// The creations that wait for the case.
    waiting: usize,
    timer: Option<Timestamp>,
    told: Vec<Outgoing>,
    /// How many closings were answered as done.
    closed: usize,
}

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Event {
    Open,
    Create,
    Withdraw,
    Claim {
        by: u128,
    },
    Close {
        by: u128,
    },
    /// The operator's where it is nobody's.
    Release {
        by: Option<u128>,
    },
    /// The timer goes off, if it is due.
    Timer,
    /// The timer of a task goes off that nobody set, as after a replay.
    StrayTimer,
    Minutes(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => Just(Event::Open),
        2 => Just(Event::Create),
        1 => Just(Event::Withdraw),
        4 => (1_u128..4).prop_map(|by| Event::Claim { by }),
        3 => (1_u128..4).prop_map(|by| Event::Close { by }),
        1 => prop::option::of(1_u128..4).prop_map(|by| Event::Release { by }),
        2 => Just(Event::Timer),
        1 => Just(Event::StrayTimer),
        4 => (0_i64..200).prop_map(Event::Minutes),
    ]
}

impl World {
    fn new() -> Self {
        Self {
            now: at("2026-11-12T07:00:00Z"),
            task: unheard(),
            case: Case::default(),
            waiting: 0,
            timer: None,
            told: Vec::new(),
            closed: 0,
        }
    }

    fn take<S>(&mut self, decision: Decision<S>) -> S {
        for timer in decision.timers {
            self.timer = match timer {
                Timer::Set { due_at, .. } => Some(due_at),
                Timer::Cancel { .. } => None,
            };
        }
        self.told.extend(decision.messages);
        decision.state
    }

    fn facts(&self, by: u128) -> Facts {
        Facts { now: self.now, ..self::by(by, NOW) }
    }

    fn create(&mut self) {
        match create((self.task.clone(), self.case.clone()), &order()) {
            Ok(decision) => self.task = self.take(decision).0,
            Err(Fault::Early(_)) => self.waiting += 1,
            Err(fault) => panic!("{fault}"),
        }
    }

    fn end(&mut self) {
        let decision = end(self.task.clone(), &self.facts(1));
        self.task = self.take(decision);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Open => {
                self.case = open(self.case.clone(), &opened(Country::NL)).unwrap().state;
                for _ in 0..std::mem::take(&mut self.waiting) {
                    self.create();
                }
            }
            Event::Create => self.create(),
            Event::Withdraw => {
                let decision = withdraw(self.task.clone());
                self.task = self.take(decision);
            }
            Event::Claim { by } => {
                // The third has no certificate.
                let certificates = if by < 3 { vec![dutch()] } else { vec![] };
                let who = member(&caller(by, certificates));
                let (decision, _) = asks(self.task.clone(), &who, &self.facts(by));
                self.task = self.take(decision).task;
            }
            Event::Close { by } => {
                let (decision, answer) = close(self.task.clone(), &promise(), &self.facts(by));
                self.task = self.take(decision);
                // As the store does.
                self.task.minutes = None;
                let closed = matches!(answer, CloseTaskAnswer::Closed { .. });
                self.closed += usize::from(closed);
            }
            Event::Release { by } => {
                let facts = match by {
                    Some(by) => self.facts(by),
                    None => Facts { actor: Actor::Operator, ..self.facts(1) },
                };
                let (decision, _) = release(self.task.clone(), &facts);
                self.task = self.take(decision);
            }
            Event::Timer => {
                if self.timer.take_if(|due_at| *due_at <= self.now).is_some() {
                    self.end();
                }
            }
            Event::StrayTimer => self.end(),
            Event::Minutes(minutes) => {
                let later = self.now.checked_add(jiff::SignedDuration::from_mins(minutes));
                self.now = later.unwrap();
            }
        }
    }

    fn count(&self, word: &str) -> usize {
        told(&self.told).iter().filter(|told| told.starts_with(word)).count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens, a task that was asked for ends once, and says so once, unless somebody
    /// took it on: then it is theirs until they say how it went.
    #[test]
    fn whatever_happens_a_task_ends_once(events in prop::collection::vec(event(), 0..60)) {
        let mut world = World::new();
        for event in &events {
            world.happen(*event);
            prop_assert!(world.count("closed") + world.count("not made") <= 1, "{:?}", world.task);
        }
        // Time goes on, and nothing else comes.
        let asked_for = events.iter().any(|event| matches!(event, Event::Create));
        world.happen(Event::Open);
        world.happen(Event::Minutes(2 * 24 * 60));
        world.happen(Event::Timer);
        let ends = |world: &World| world.count("closed") + world.count("not made");
        let taken_on = matches!(world.task.stage, Stage::Claimed { .. });
        prop_assert_eq!(ends(&world), usize::from(asked_for && !taken_on));
        prop_assert_eq!(world.count("closed"), world.closed);
        if let Stage::Closed { claim, .. } = &world.task.stage {
            prop_assert!(claim.staff_id == staff(1) || claim.staff_id == staff(2));
            prop_assert!(world.count("claimed") > 0);
        }
        if taken_on {
            world.happen(Event::Release { by: None });
            prop_assert_eq!(ends(&world), 1);
        }
        prop_assert_eq!(world.timer, None);
    }

    /// The declared rule of both commands and of the case: every order ends in the same state and
    /// the same words.
    #[test]
    fn opening_creating_and_withdrawing_commute(
        events in (1_usize..3, 1_usize..3, 0_usize..3).prop_flat_map(|(opens, creates, takes)| {
            let some = [
                vec![Event::Open; opens],
                vec![Event::Create; creates],
                vec![Event::Withdraw; takes],
            ];
            Just(some.concat()).prop_shuffle()
        }),
    ) {
        let mut world = World::new();
        for event in &events {
            world.happen(*event);
        }
        let withdrawn = events.iter().any(|event| matches!(event, Event::Withdraw));
        if withdrawn {
            let withdrawn_at_last = matches!(world.task.stage, Stage::Withdrawn { .. });
            prop_assert!(withdrawn_at_last);
            prop_assert_eq!(told(&world.told), ["not made: Withdrawn"]);
            prop_assert_eq!(world.timer, None);
        } else {
            prop_assert_eq!(&world.task, &created());
            prop_assert_eq!(world.told.len(), 0);
            prop_assert_eq!(world.timer, Some(at(NOT_AFTER)));
        }
    }

    /// The declared rule of what intake tells of staff: the latest version wins, in every order,
    /// however often each comes.
    #[test]
    fn of_staff_the_latest_news_wins(
        versions in prop::collection::vec(1_u64..6, 1..12),
    ) {
        let news = |version: u64| {
            let first = certificate(Country::NL, "2026-01-01", "2026-12-31");
            let last = certificate(Country::NL, "2026-01-01", &format!("2027-01-0{version}"));
            let roles = [StaffRole::Caller, StaffRole::CaseDesk, StaffRole::Caller];
            let roles = roles.into_iter().skip(usize::from(version.is_multiple_of(2))).collect();
            StaffRegistered { staff_id: staff(1), roles, certificates: vec![last, first] }
        };
        let machine = || Actor::Machine("intake".to_owned());
        let tell = |member, version| {
            register(member, &news(version), &facts(machine(), NOW, version)).state
        };
        let member = versions.iter().fold(StaffMember::default(), |it, version| tell(it, *version));
        let latest = *versions.iter().max().unwrap();
        prop_assert_eq!(member, tell(StaffMember::default(), latest));
    }

    /// No text makes reading panic, and what is read is kept as it was, but for the spaces around.
    #[test]
    fn any_file_is_a_summary_or_is_not(text: String, bytes: Vec<u8>) {
        let _ = Summary::read(&bytes);
        if let Ok(summary) = Summary::read(text.as_bytes()) {
            prop_assert_eq!(summary.as_str(), text.trim());
        }
    }
}

/// The promise is counted from the day of the call where the debtor is.
#[test]
fn the_last_day_of_a_promise_counts_from_the_day_where_the_debtor_is() {
    let mut nightly = order();
    nightly.permit.not_before = at("2026-11-11T22:00:00Z");
    nightly.promise_days_max = 0;
    let task = create((unheard(), case_in(Country::NL)), &nightly).unwrap().state.0;
    let night = by(1, "2026-11-11T23:30:00Z");
    let task = asks(task, &certified(), &night).0.state.task;
    let mut today = promise();
    let pay_by = day("2026-11-12");
    today.request.promise = Some(PromisedPayment { amount: euros(1), pay_by });
    let (_, answer) = close(task, &today, &night);
    assert_eq!(answer, CloseTaskAnswer::Closed { case_id: case_id() });
}
