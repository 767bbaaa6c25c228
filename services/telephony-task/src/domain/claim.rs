//! Taking a call on: by whom, when, and with which certificate.

use contracts::telephony_task::{ClaimRefusal, ClaimTaskAnswer};
use mailbox::{Aggregate, Arena, Decision, Facts, Kind, Row, States, Timer};
use primitives::{StaffId, Timestamp};
use uuid::Uuid;

use super::owed::Owed;
use super::staff::StaffMember;
use super::staff_of;
use super::task::{CallTask, Claim, Errand, Stage, TASK_END};

/// What a claim works on: the task, and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDesk {
    pub task: CallTask,
    /// None where no member of staff asks; then no row of one is locked or made.
    pub caller: Option<StaffMember>,
}

impl States for ClaimDesk {
    type Key = (Uuid, Option<Uuid>);

    fn kinds() -> Vec<Box<dyn Kind>> {
        <(CallTask, StaffMember)>::kinds()
    }

    fn rows((task, caller): &Self::Key) -> Vec<Row> {
        let caller = caller.map(|id| Row { kind: StaffMember::KIND, id });
        CallTask::rows(task).into_iter().chain(caller).collect()
    }

    fn take(arena: &Arena, (task, caller): &Self::Key) -> Option<Self> {
        let caller = match caller {
            Some(id) => Some(StaffMember::take(arena, id)?),
            None => None,
        };
        Some(Self { task: CallTask::take(arena, task)?, caller })
    }

    fn put(self, arena: &mut Arena, (task, caller): &Self::Key, spoke: bool) -> u64 {
        if let (Some(state), Some(id)) = (self.caller, caller) {
            state.put(arena, id, false);
        }
        self.task.put(arena, task, spoke)
    }
}

/// Decides whether who asks may make the call, given what is owed now. Whoever has it already hears
/// the same again while it may be made.
pub fn claim(
    desk: ClaimDesk,
    owed: &Owed,
    facts: &Facts,
) -> (Decision<ClaimDesk>, ClaimTaskAnswer) {
    let caller = staff_of(&facts.actor).zip(desk.caller.as_ref());
    if let Some((errand, taken_back)) = held(&desk.task.stage, caller) {
        let answer = match still_to_be_made(errand, taken_back, owed, facts.now) {
            Ok(()) => claimed(errand),
            Err(reason) => ClaimTaskAnswer::Refused { reason },
        };
        return (Decision::quiet(desk), answer);
    }
    let (errand, claim) = match weigh(&desk.task.stage, caller, owed, facts.now) {
        Ok((errand, claim)) => (errand.clone(), claim),
        Err(reason) => return (Decision::quiet(desk), ClaimTaskAnswer::Refused { reason }),
    };
    let (told, answer) = (errand.claimed(&claim), claimed(&errand));
    let timer = Timer::Cancel { name: TASK_END };
    let task = desk.task.at(Stage::Claimed { errand, claim, taken_back: false });
    (Decision::quiet(ClaimDesk { task, ..desk }).send(told).timer(timer), answer)
}

/// The call may be begun until the end of the permit.
const fn claimed(errand: &Errand) -> ClaimTaskAnswer {
    ClaimTaskAnswer::Claimed { case_id: errand.order.permit.case_id, until: errand.not_after() }
}

/// Who asks, where it is a member of staff, with what is known of them.
type Caller<'a> = Option<(StaffId, &'a StaffMember)>;

/// The errand of a task that who asks has already, and whether it was taken back.
fn held<'a>(stage: &'a Stage, caller: Caller<'_>) -> Option<(&'a Errand, bool)> {
    match stage {
        Stage::Claimed { errand, claim, taken_back } => {
            let theirs = caller.is_some_and(|(staff_id, _)| staff_id == claim.staff_id);
            Some((errand, *taken_back)).filter(|_| theirs)
        }
        Stage::Unheard
        | Stage::Forestalled
        | Stage::Open { .. }
        | Stage::Closed { .. }
        | Stage::Withdrawn { .. }
        | Stage::Expired { .. } => None,
    }
}

/// Refuses to show again whom to call where nobody is to be called any more.
fn still_to_be_made(
    errand: &Errand,
    taken_back: bool,
    owed: &Owed,
    now: Timestamp,
) -> Result<(), ClaimRefusal> {
    if taken_back || now >= errand.not_after() {
        return Err(ClaimRefusal::ToBeWrittenDown);
    }
    if !owed.is_of(errand) {
        return Err(ClaimRefusal::Unknown);
    }
    owed.still_asked_for(errand, now)
}

fn weigh<'a>(
    stage: &'a Stage,
    caller: Caller<'_>,
    owed: &Owed,
    now: Timestamp,
) -> Result<(&'a Errand, Claim), ClaimRefusal> {
    let (staff_id, member) = caller.ok_or(ClaimRefusal::NotACaller)?;
    if !member.is_caller() {
        return Err(ClaimRefusal::NotACaller);
    }
    match stage {
        Stage::Unheard | Stage::Forestalled => Err(ClaimRefusal::Unknown),
        Stage::Closed { .. } | Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            Err(ClaimRefusal::Over)
        }
        Stage::Claimed { .. } => Err(ClaimRefusal::TakenByAnother),
        Stage::Open { errand } if !owed.is_of(errand) => Err(ClaimRefusal::Unknown),
        Stage::Open { errand } => {
            let claim = grant(errand, staff_id, member, now)?;
            owed.still_asked_for(errand, now)?;
            Ok((errand, claim))
        }
    }
}

/// Nobody has it: it is a matter of time and certificate.
fn grant(
    errand: &Errand,
    staff_id: StaffId,
    member: &StaffMember,
    now: Timestamp,
) -> Result<Claim, ClaimRefusal> {
    let (not_before, not_after) = (errand.order.permit.not_before, errand.not_after());
    // Its timer is late.
    if now >= not_after {
        return Err(ClaimRefusal::Over);
    }
    if now < not_before {
        return Err(ClaimRefusal::NotNow { not_before, not_after });
    }
    let certificate = member.certificate(errand.country(), errand.local_date(now))?;
    Ok(Claim {
        staff_id,
        claimed_at: now,
        certificate_from: certificate.valid_from,
        certificate_until: certificate.valid_until,
    })
}
