//! One call to be made, from the wish to its end.
//!
//! No order of commands is supposed: a withdrawal may come before the creation, or twice. A task
//! that was asked for ends once: as made and written down, as withdrawn, or as not made in time.
//! One that somebody took on never ends by itself: only they know whether they called, and what was
//! said then must not be lost.

use contracts::permit::PermittedDeed;
use contracts::telephony_task::{
    CallNotMade, CreateTask, NotMadeReason, PromisedPayment, TaskClaimed,
};
use law::{Jurisdiction, Pack};
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{
    CallOutcome, CallTaskId, ContentHash, Country, Date, NonPaymentReason, StaffId, Timestamp,
};

use super::case::Case;
use super::summary::Summary;

/// The timer that ends a task.
pub const TASK_END: &str = "task-end";

/// A call task as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTask {
    pub task_id: CallTaskId,
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    pub stage: Stage,
    /// What was said, from the closing until it is saved. It is never loaded again: no decision
    /// depends on it, so it may be erased.
    pub minutes: Option<Minutes>,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is known of it.
    Unheard,
    /// It was withdrawn before it was asked for.
    Forestalled,
    /// It waits for a caller.
    Open { errand: Errand },
    /// A caller has it, until they write it down or give it back. Once it was taken back it goes to
    /// no other caller.
    Claimed { errand: Errand, claim: Claim, taken_back: bool },
    /// The call was made and written down.
    Closed { errand: Errand, claim: Claim, report: Report },
    /// The scheduler took it back.
    Withdrawn { errand: Errand },
    /// Nobody called in time.
    Expired { errand: Errand },
}

/// What is to be done, and under whose law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    pub order: CreateTask,
    /// The debtor's country, as the law knows it.
    pub pack: Pack,
}

/// Who took it on, and the certificate that allowed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub staff_id: StaffId,
    pub claimed_at: Timestamp,
    pub certificate_from: Date,
    /// The last day.
    pub certificate_until: Date,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub outcome: CallOutcome,
    pub reason: NonPaymentReason,
    pub promise: Option<PromisedPayment>,
    /// When the debtor was called.
    pub called_at: Timestamp,
    /// When it was written down.
    pub closed_at: Timestamp,
}

/// What was said, and the file that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minutes {
    pub file: ContentHash,
    pub summary: Summary,
}

impl CallTask {
    /// A task that nothing is known of.
    #[must_use]
    pub const fn unheard(task_id: CallTaskId) -> Self {
        Self { task_id, version: 0, stage: Stage::Unheard, minutes: None }
    }

    /// The same task at another stage.
    pub(super) const fn at(&self, stage: Stage) -> Self {
        Self { task_id: self.task_id, version: self.version, stage, minutes: None }
    }
}

impl Errand {
    /// Where the debtor lives or is established.
    #[must_use]
    pub const fn country(&self) -> Country {
        match self.pack.jurisdiction {
            Jurisdiction::Nl => Country::NL,
            Jurisdiction::Be => Country::BE,
        }
    }

    /// The calendar day at `moment` where the debtor is.
    #[must_use]
    pub fn local_date(&self, moment: Timestamp) -> Date {
        self.pack.local_date(moment)
    }

    /// From then on nobody calls any more.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.order.permit.not_after
    }

    /// What is told when `claim` takes it on.
    pub(super) const fn claimed(&self, claim: &Claim) -> TaskClaimed {
        let permit = &self.order.permit;
        TaskClaimed {
            task_id: self.order.task_id,
            case_id: permit.case_id,
            creditor_id: permit.creditor_id,
            person_id: permit.person_id,
            permit_id: permit.permit_id,
            staff_id: claim.staff_id,
            certificate_valid_until: claim.certificate_until,
        }
    }

    pub(super) const fn not_made(&self, reason: NotMadeReason) -> CallNotMade {
        let permit = &self.order.permit;
        CallNotMade {
            task_id: self.order.task_id,
            case_id: permit.case_id,
            creditor_id: permit.creditor_id,
            person_id: permit.person_id,
            permit_id: permit.permit_id,
            reason,
        }
    }
}

/// Decides on the wish to have a debtor called. It waits for its case: only the case says under
/// whose law the debtor lives.
pub fn create(
    (task, case): (CallTask, Case),
    order: &CreateTask,
) -> Result<Decision<(CallTask, Case)>, Fault> {
    match &task.stage {
        Stage::Unheard => {
            let errand = errand(&case, order)?;
            let timer = Timer::Set { name: TASK_END, due_at: errand.not_after() };
            Ok(Decision::quiet((task.at(Stage::Open { errand }), case)).timer(timer))
        }
        Stage::Forestalled => {
            let errand = errand(&case, order)?;
            let told = errand.not_made(NotMadeReason::Withdrawn);
            Ok(Decision::quiet((task.at(Stage::Withdrawn { errand }), case)).send(told))
        }
        Stage::Open { errand }
        | Stage::Claimed { errand, .. }
        | Stage::Closed { errand, .. }
        | Stage::Withdrawn { errand }
        | Stage::Expired { errand } => {
            if errand.order == *order {
                return Ok(Decision::quiet((task, case)));
            }
            let task_id = task.task_id;
            Err(Fault::Poison(format!("call task {task_id} was asked for otherwise before")))
        }
    }
}

/// What is asked for, if it can be done at all.
fn errand(case: &Case, order: &CreateTask) -> Result<Errand, Fault> {
    let permit = &order.permit;
    if order.creditor_id != permit.creditor_id {
        return Err(Fault::Poison("the permit is another creditor's".to_owned()));
    }
    match &permit.deed {
        PermittedDeed::Call => {}
        PermittedDeed::Write { .. } => {
            return Err(Fault::Poison("the permit allows a message, not a call".to_owned()));
        }
    }
    if permit.not_before >= permit.not_after {
        return Err(Fault::Poison("the permit ends before it begins".to_owned()));
    }
    let Some(country) = case.country else {
        return Err(Fault::Early(format!("case {} is not opened yet", permit.case_id)));
    };
    let Some(pack) = Pack::of(country) else {
        return Err(Fault::Poison(format!("we know no law for calls to {country}")));
    };
    Ok(Errand { order: order.clone(), pack })
}

/// Decides on a withdrawal. What was made and written down stays so; and a call that somebody took
/// on stays with them, since they may be talking already.
pub fn withdraw(task: CallTask) -> Decision<CallTask> {
    match task.stage.clone() {
        Stage::Unheard => Decision::quiet(task.at(Stage::Forestalled)),
        Stage::Open { errand } => {
            let told = errand.not_made(NotMadeReason::Withdrawn);
            Decision::quiet(task.at(Stage::Withdrawn { errand }))
                .send(told)
                .timer(Timer::Cancel { name: TASK_END })
        }
        Stage::Claimed { errand, claim, taken_back: false } => {
            Decision::quiet(task.at(Stage::Claimed { errand, claim, taken_back: true }))
        }
        Stage::Forestalled
        | Stage::Claimed { taken_back: true, .. }
        | Stage::Closed { .. }
        | Stage::Withdrawn { .. }
        | Stage::Expired { .. } => Decision::quiet(task),
    }
}

/// Decides on the end of a task's time, which ends what nobody took on.
pub fn end(task: CallTask, facts: &Facts) -> Decision<CallTask> {
    let (errand, due_at) = match &task.stage {
        Stage::Open { errand } => (errand.clone(), errand.not_after()),
        Stage::Unheard
        | Stage::Forestalled
        | Stage::Claimed { .. }
        | Stage::Closed { .. }
        | Stage::Withdrawn { .. }
        | Stage::Expired { .. } => return Decision::quiet(task),
    };
    if facts.now < due_at {
        return Decision::quiet(task).timer(Timer::Set { name: TASK_END, due_at });
    }
    let told = errand.not_made(NotMadeReason::PermitExpired);
    Decision::quiet(task.at(Stage::Expired { errand })).send(told)
}
