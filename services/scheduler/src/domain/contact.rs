//! No escalation with the cause unknown and no real attempt to reach the debtor: the one place that
//! says so. The plan asks what has to come first, the gate before an act whether it came.
//!
//! A call is a real attempt: it was made, on as many days as agreed, and not to a stranger. Where
//! one was agreed before the step that escalates and there is a number, it comes first, also where
//! its turn was over. Where none was agreed, nobody knows a number or the debtor is written to
//! because calls do not reach him, a message that left and gave time is it: the
//! agreement was made with the creditor, and a rule that holds each case of an agreement without
//! calls would break it. The Dutch 14-day letter costs nothing yet and gives time to pay, so it may
//! be that message; what comes after it may not.

use contracts::agreement::{AgreedDeed, AgreedStep};
use primitives::{Channel, MessageKind};

use super::case::{Case, Claim};
use super::route::Route;

/// The rule, as the gate tells it.
pub(super) const CONTACT_FIRST: &str = "house.contact-first";

/// What a step supposes of the contact before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Supposes {
    Nothing,
    /// An agreed call, where there is one with a number.
    Call,
    /// The same, and else a message that left.
    Contact,
}

const fn supposes(deed: &AgreedDeed) -> Supposes {
    match deed {
        AgreedDeed::Write { message: MessageKind::FourteenDayLetter, .. } => Supposes::Call,
        AgreedDeed::Write { message: MessageKind::FormalNotice | MessageKind::Demand, .. } => {
            Supposes::Contact
        }
        AgreedDeed::Write {
            message:
                MessageKind::PreDueNotice
                | MessageKind::FreeFirstReminder
                | MessageKind::PromiseConfirmation
                | MessageKind::PaymentThanks,
            ..
        }
        | AgreedDeed::Call { .. } => Supposes::Nothing,
    }
}

/// The place of the call that has to be tried before a step about a claim; none where nothing has.
pub(super) fn call_first(case: &Case, claim: &Claim, step: &AgreedStep) -> Option<usize> {
    let is_free = supposes(&step.deed) == Supposes::Nothing || case.is_lawless;
    if is_free
        || case.is_cause_known()
        || was_called(case, claim)
        || !case.is_reachable(Channel::Telephone)
        || case.route() == Route::InWriting
    {
        return None;
    }
    let before = case.agreement.steps.iter().take_while(|one| one.key != step.key);
    let mut calls = before.enumerate().filter(|(_, one)| is_call(one));
    calls.next().map(|(place, _)| place)
}

/// Whether a step may be taken about a claim, as far as contact goes.
pub(super) fn may_escalate(case: &Case, claim: &Claim, step: &str) -> bool {
    let Some(step) = case.step(step) else { return true };
    let is_enough = match supposes(&step.deed) {
        Supposes::Nothing => true,
        Supposes::Call => call_first(case, claim, step).is_none(),
        Supposes::Contact => {
            let attempted = was_called(case, claim) || was_written_to(claim);
            attempted && call_first(case, claim, step).is_none()
        }
    };
    is_enough || case.is_cause_known() || case.is_lawless
}

fn is_call(step: &AgreedStep) -> bool {
    matches!(step.deed, AgreedDeed::Call { .. })
}

/// Whether an agreed call about the claim was made, or tried on its days.
fn was_called(case: &Case, claim: &Claim) -> bool {
    let mut calls = case.agreement.steps.iter().filter(|step| is_call(step));
    calls.any(|step| claim.passed.contains_key(&step.key))
}

/// Whether a message about the claim left that asked to pay.
fn was_written_to(claim: &Claim) -> bool {
    let courtesy = MessageKind::PreDueNotice;
    claim.notices.iter().any(|notice| notice.message != courtesy)
}
