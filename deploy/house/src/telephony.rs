//! The messages, requests and timer of telephony-task.

use contracts::intake::{CaseOpened, StaffRegistered};
use contracts::telephony_task::{
    ClaimTaskAnswer, CloseTaskAnswer, CreateTask, ReleaseTaskAnswer, WithdrawTask,
};
use mailbox::{Brought, Fault, Rehearsal, Rehearsed, Row};
use primitives::CallTaskId;
use telephony_task::domain::{
    self, CallTask, Case, ClaimDesk, Closing, Owed, StaffMember, staff_of,
};

use crate::{Input, on};

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("telephony-task")
        .keeps::<CallTask>(|id| CallTask::unheard(CallTaskId::from_uuid(id)))
        .keeps::<Case>(|_| Case::default())
        .keeps::<StaffMember>(|_| StaffMember::default())
}

pub fn take(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    match input.rehearsed.stem {
        "intake.evt.case-opened" => {
            on!(states, input, CaseOpened, |it| it.case_id.as_uuid(), |state, _facts| domain::open(
                state, &it
            ))
        }
        "intake.evt.staff-registered" => {
            on!(states, input, StaffRegistered, |it| it.staff_id.as_uuid(), |state, facts| Ok(
                domain::register(state, &it, facts)
            ))
        }
        "telephony-task.cmd.create-task" => {
            on!(
                states,
                input,
                CreateTask,
                |it| (it.task_id.as_uuid(), it.permit.case_id.as_uuid()),
                |state, _facts| domain::create(state, &it)
            )
        }
        "telephony-task.cmd.withdraw-task" => {
            on!(states, input, WithdrawTask, |it| it.task_id.as_uuid(), |state, _facts| Ok(
                domain::withdraw(state)
            ))
        }
        _ => Err(input.unexpected("telephony-task")),
    }
}

pub fn wake(states: &mut Rehearsal, row: Row, it: Rehearsed<'_>) -> Result<Brought, Fault> {
    states.decide(it, &[row.id], |state| Ok(domain::end(state, it.facts)))
}

/// `telephony-task.api.claim-task`.
pub fn claim(
    states: &mut Rehearsal,
    task_id: CallTaskId,
    owed: &Owed,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<ClaimTaskAnswer>), Fault> {
    let key = (task_id.as_uuid(), staff_of(&it.facts.actor).map(|id| id.as_uuid()));
    let mut told = None;
    let brought = states.decide(it, &[key], |desk: ClaimDesk| {
        let (decision, answer) = domain::claim(desk, owed, it.facts);
        told = Some(answer);
        Ok(decision)
    })?;
    Ok((brought, told))
}

/// `telephony-task.api.close-task`. What was said goes into its own table, and is never loaded.
pub fn close(
    states: &mut Rehearsal,
    closing: &Closing,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<CloseTaskAnswer>), Fault> {
    let id = closing.request.task_id.as_uuid();
    let mut told = None;
    let brought = states.decide(it, &[id], |task: CallTask| {
        let (decision, answer) = domain::close(task, closing, it.facts);
        told = Some(answer);
        Ok(decision)
    })?;
    if let Some(task) = states.find::<CallTask>(id).cloned() {
        states.load(id, CallTask { minutes: None, ..task });
    }
    Ok((brought, told))
}

/// `telephony-task.api.release-task`.
pub fn release(
    states: &mut Rehearsal,
    task_id: CallTaskId,
    it: Rehearsed<'_>,
) -> Result<(Brought, Option<ReleaseTaskAnswer>), Fault> {
    let mut told = None;
    let brought = states.decide(it, &[task_id.as_uuid()], |task: CallTask| {
        let (decision, answer) = domain::release(task, it.facts);
        told = Some(answer);
        Ok(decision)
    })?;
    Ok((brought, told))
}
