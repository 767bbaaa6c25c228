//! Giving a call back that was not made.

use contracts::telephony_task::{NotMadeReason, ReleaseRefusal, ReleaseTaskAnswer};
use mailbox::{Decision, Facts, Timer};
use primitives::Actor;

use super::staff_of;
use super::task::{CallTask, Claim, Errand, Stage, TASK_END};

/// Decides whether a call goes out of its caller's hands: to the next one while there is time, else
/// it was not made.
pub fn release(task: CallTask, facts: &Facts) -> (Decision<CallTask>, ReleaseTaskAnswer) {
    let (errand, taken_back) = match held(&task.stage, facts) {
        Ok((errand, taken_back)) => (errand.clone(), taken_back),
        Err(reason) => return (Decision::quiet(task), ReleaseTaskAnswer::Refused { reason }),
    };
    let until = errand.not_after();
    if !taken_back && facts.now < until {
        let task = task.at(Stage::Open { errand });
        let timer = Timer::Set { name: TASK_END, due_at: until };
        return (Decision::quiet(task).timer(timer), ReleaseTaskAnswer::Open { until });
    }
    let (reason, stage): (_, fn(Errand) -> Stage) = if taken_back {
        (NotMadeReason::Withdrawn, |errand| Stage::Withdrawn { errand })
    } else {
        (NotMadeReason::PermitExpired, |errand| Stage::Expired { errand })
    };
    let told = errand.not_made(reason);
    (Decision::quiet(task.at(stage(errand))).send(told), ReleaseTaskAnswer::NotMade)
}

/// The task as who asks has it. An operator speaks for a caller who cannot, once nobody can be
/// on the telephone any more.
fn held<'a>(stage: &'a Stage, facts: &Facts) -> Result<(&'a Errand, bool), ReleaseRefusal> {
    let theirs = |errand: &Errand, claim: &Claim| {
        let in_their_place = facts.actor == Actor::Operator && errand.not_after() <= facts.now;
        in_their_place || staff_of(&facts.actor) == Some(claim.staff_id)
    };
    match stage {
        Stage::Unheard | Stage::Forestalled => Err(ReleaseRefusal::Unknown),
        Stage::Closed { .. } | Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            Err(ReleaseRefusal::Over)
        }
        Stage::Claimed { errand, claim, taken_back } if theirs(errand, claim) => {
            Ok((errand, *taken_back))
        }
        Stage::Open { .. } | Stage::Claimed { .. } => Err(ReleaseRefusal::NotTakenByYou),
    }
}
