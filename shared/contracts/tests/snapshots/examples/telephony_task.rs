//! Messages owned by telephony-task.

use contracts::telephony_task::{
    CallClosed, CallList, CallMade, CallNotMade, ClaimRefusal, ClaimTask, ClaimTaskAnswer,
    CloseRefusal, CloseTask, CloseTaskAnswer, CreateTask, GetCalls, ListTasks, PromisedPayment,
    ReleaseRefusal, ReleaseTask, ReleaseTaskAnswer, TaskClaimed, TaskList, TaskSummary,
    WithdrawTask,
};
use primitives::{CallOutcome, Language, NonPaymentReason};

use super::{
    call_permit, case, claim, creditor, day, document, euros, moment, not_made_reasons, permit_id,
    person, staff, task,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let requests = questions().into_iter().chain(changes()).flatten();
    messages().into_iter().chain(requests).collect()
}

pub(crate) fn tasks_created() -> Vec<CreateTask> {
    let create = |language: &Language| CreateTask {
        task_id: task(),
        creditor_id: creditor(),
        language: *language,
        permit: call_permit(),
        promise_days_max: 14,
    };
    Language::ALL.iter().map(create).collect()
}

fn messages() -> [Snapshot; 5] {
    let not_made = |reason| CallNotMade {
        task_id: task(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        reason,
    };
    let closed = |(outcome, reason, promise)| CallClosed {
        task_id: task(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        claim_ids: vec![claim()],
        outcome,
        reason,
        promise,
        staff_id: staff(),
        called_at: moment("2026-03-10T09:50:00Z"),
        closed_at: moment("2026-03-10T10:00:00Z"),
    };
    [
        Snapshot::message(tasks_created()),
        Snapshot::message(vec![WithdrawTask {
            task_id: task(),
            creditor_id: creditor(),
            case_id: case(),
        }]),
        Snapshot::message(vec![TaskClaimed {
            task_id: task(),
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            permit_id: permit_id(),
            staff_id: staff(),
            certificate_valid_until: day("2029-12-31"),
        }]),
        Snapshot::message(told().into_iter().map(closed).collect()),
        Snapshot::message(not_made_reasons().map(not_made).to_vec()),
    ]
}

/// Every outcome with one reason, and every reason that a debtor can give.
pub(crate) fn told() -> Vec<(CallOutcome, NonPaymentReason, Option<PromisedPayment>)> {
    let outcome = |outcome: &CallOutcome| match outcome {
        CallOutcome::Promised => (*outcome, NonPaymentReason::Carelessness, Some(promised())),
        CallOutcome::Reached => (*outcome, NonPaymentReason::NotGiven, None),
        CallOutcome::OtherPerson | CallOutcome::NoAnswer | CallOutcome::WrongNumber => {
            (*outcome, NonPaymentReason::Unreached, None)
        }
    };
    let given = NonPaymentReason::ALL.iter().filter(|reason| {
        !matches!(reason, NonPaymentReason::Unreached | NonPaymentReason::NotGiven)
    });
    let given = given.map(|reason| (CallOutcome::Reached, *reason, None));
    CallOutcome::ALL.iter().map(outcome).chain(given).collect()
}

fn promised() -> PromisedPayment {
    PromisedPayment { amount: euros(5_000), pay_by: day("2026-03-20") }
}

fn questions() -> [[Snapshot; 2]; 2] {
    let waiting = TaskSummary {
        task_id: task(),
        case_id: case(),
        creditor_id: creditor(),
        language: Language::Nl,
        not_before: moment("2026-03-09T08:00:00Z"),
        not_after: moment("2026-03-10T18:00:00Z"),
        claimed_by: None,
    };
    let claimed = TaskSummary { claimed_by: Some(staff()), ..waiting.clone() };
    let call = |(outcome, reason, promise)| CallMade {
        task_id: task(),
        staff_id: staff(),
        called_at: moment("2026-03-10T09:50:00Z"),
        closed_at: moment("2026-03-10T10:00:00Z"),
        outcome,
        reason,
        summary: "Forgot the invoice, pays on Friday.".to_owned(),
        promise,
    };
    [
        Snapshot::request(
            vec![ListTasks { limit: 100 }],
            vec![TaskList { tasks: vec![waiting, claimed], total: 2 }],
        ),
        Snapshot::request(
            vec![GetCalls { case_id: case() }],
            vec![CallList { calls: told().into_iter().map(call).collect() }],
        ),
    ]
}

fn changes() -> [[Snapshot; 2]; 3] {
    let close = |(outcome, reason, promise): (_, _, Option<PromisedPayment>)| CloseTask {
        task_id: task(),
        case_id: case(),
        called_at: promise.is_some().then(|| moment("2026-03-10T09:50:00Z")),
        outcome,
        reason,
        summary: document(),
        promise,
    };
    let claim_refusals = [
        ClaimRefusal::Unknown,
        ClaimRefusal::NotACaller,
        ClaimRefusal::NoCertificate,
        ClaimRefusal::CertificateEnded { on: day("2026-02-28") },
        ClaimRefusal::TakenByAnother,
        ClaimRefusal::NotNow {
            not_before: moment("2026-03-09T08:00:00Z"),
            not_after: moment("2026-03-10T18:00:00Z"),
        },
        ClaimRefusal::NothingOwed,
        ClaimRefusal::ToBeWrittenDown,
        ClaimRefusal::PaymentsNotKnown { until: Some(day("2026-03-05")), within_days: 2 },
        ClaimRefusal::PaymentsNotKnown { until: None, within_days: 2 },
        ClaimRefusal::Over,
    ];
    let close_refusals = [
        CloseRefusal::Unknown,
        CloseRefusal::NotTakenByYou,
        CloseRefusal::Over,
        CloseRefusal::NotCalledThen {
            not_before: moment("2026-03-10T09:45:00Z"),
            not_after: moment("2026-03-10T18:00:00Z"),
        },
        CloseRefusal::SummaryEmpty,
        CloseRefusal::PromiseAndOutcomeDiffer,
        CloseRefusal::PromiseOfNothing,
        CloseRefusal::PromiseAboveOpen { open: euros(17_345) },
        CloseRefusal::PromiseTooLate { latest: day("2026-03-24") },
        CloseRefusal::ReasonAndOutcomeDiffer,
    ];
    let release_refusals =
        [ReleaseRefusal::Unknown, ReleaseRefusal::NotTakenByYou, ReleaseRefusal::Over];
    let released = [
        ReleaseTaskAnswer::Open { until: moment("2026-03-10T18:00:00Z") },
        ReleaseTaskAnswer::NotMade,
    ];
    let not_released = release_refusals.map(|reason| ReleaseTaskAnswer::Refused { reason });
    let claimed =
        ClaimTaskAnswer::Claimed { case_id: case(), until: moment("2026-03-10T18:00:00Z") };
    let not_claimed = claim_refusals.map(|reason| ClaimTaskAnswer::Refused { reason });
    let closed = CloseTaskAnswer::Closed { case_id: case() };
    let not_closed = close_refusals.map(|reason| CloseTaskAnswer::Refused { reason });
    [
        Snapshot::request(
            vec![ClaimTask { task_id: task(), case_id: case() }],
            [claimed].into_iter().chain(not_claimed).collect(),
        ),
        Snapshot::request(
            told().into_iter().map(close).collect(),
            [closed].into_iter().chain(not_closed).collect(),
        ),
        Snapshot::request(
            vec![ReleaseTask { task_id: task() }],
            released.into_iter().chain(not_released).collect(),
        ),
    ]
}
