//! Plain sentences about a position, for the people of the agency. They carry no personal data.

use std::collections::BTreeSet;

use contracts::agreement::{AgreedDeed, StepMoment};
use contracts::scheduler::{CloseReason, HoldReason, TimelineEntry, TimelineEvent};
use jiff::SignedDuration;
use primitives::{ClaimId, MessageKind};

use super::case::{Act, Case, Errand, ErrandKind, ErrandState, Position, Promise};
use super::plan::{CONFIRMATION, THANKS, unjudged_for_long};

/// How far apart the messages of one happening may arrive.
const ONE_MOMENT: SignedDuration = SignedDuration::from_mins(1);

/// The timeline as things happened. That nothing is owed may be heard before the payment that
/// settled it, since their messages travel apart: what is heard in the same moment comes first.
#[must_use]
pub fn as_it_happened(heard: Vec<TimelineEntry>) -> Vec<TimelineEntry> {
    let mut ordered: Vec<TimelineEntry> = Vec::with_capacity(heard.len());
    for entry in heard {
        let closing = ordered.pop_if(|last| {
            matches!(last.what, TimelineEvent::Closed { .. })
                && settles(&entry.what)
                && entry.at.duration_since(last.at) < ONE_MOMENT
        });
        ordered.push(entry);
        ordered.extend(closing);
    }
    ordered
}

const fn settles(what: &TimelineEvent) -> bool {
    matches!(
        what,
        TimelineEvent::PaymentReceived { .. }
            | TimelineEvent::ClaimCredited { .. }
            | TimelineEvent::ClaimWithdrawn { .. }
    )
}

/// Why the case stands where it stands.
#[must_use]
pub fn why(case: &Case) -> Vec<String> {
    match (&case.position, &case.act) {
        (None, _) => vec!["The case was opened; no claim of it was heard of yet.".to_owned()],
        (Some(Position::Planned { step, claim_ids, .. }), _) => {
            let mut sentences = vec![agreed(case, step)];
            sentences.extend(claims(case, claim_ids));
            sentences
                .extend(case.not_before.map(|until| format!("Nothing is tried before {until}.")));
            sentences
        }
        (Some(Position::Acting), Some(act)) => {
            let mut sentences = vec![agreed(case, &act.step)];
            sentences.extend(act.errands.iter().map(|errand| under_way(act, errand)));
            sentences.extend(claims(case, &act.claim_ids));
            sentences
        }
        (Some(Position::Acting), None) => Vec::new(),
        (Some(Position::AwaitingPromise { amount, pay_by, judge_at, .. }), _) => {
            let mut sentences = vec![
                format!("The debtor promised to pay {amount} by {pay_by}."),
                format!("Whether it was kept is judged at {judge_at}, or as soon as it is paid."),
            ];
            if case.agreement.payments_known_within_days.is_some() {
                sentences.push(format!(
                    "It is not judged before statements of the account show {pay_by}."
                ));
            }
            sentences
        }
        (Some(Position::Held { reason, .. }), _) => {
            let open: BTreeSet<ClaimId> =
                case.open_claims().map(|(claim_id, _)| claim_id).collect();
            let call = case.act.as_ref().is_some_and(Act::is_call);
            let mut sentences = match unjudged(case, reason) {
                Some(promise) => vec![format!(
                    "The debtor promised to pay by {}, and no statement of the account shows that \
                     day yet: read newer statements.",
                    promise.pay_by
                )],
                None => vec![held(reason, call).to_owned()],
            };
            sentences.extend(
                case.reason.map(|reason| format!("The reason that was learnt last: {reason}.")),
            );
            sentences.extend(claims(case, &open));
            sentences
        }
        (Some(Position::Closed { reason }), _) => vec![closed(reason).to_owned()],
    }
}

/// What would stop or change what comes next.
#[must_use]
pub fn would_stop(case: &Case) -> Vec<String> {
    let nothing_open = "A payment, credit note or withdrawal that leaves nothing open.";
    let sentences: Vec<&str> = match &case.position {
        None => vec!["Its first claim."],
        Some(Position::Planned { step, .. }) => {
            let mut sentences = vec![
                nothing_open,
                "The law gate, asked when the step is due: hours, holidays, number of contacts.",
                "Another claim on the case with an earlier step.",
            ];
            let deed = case.step(step).map(|step| &step.deed);
            if let Some(AgreedDeed::Write { message: MessageKind::PreDueNotice, .. }) = deed {
                sentences.push("The due date: from then on the notice is left out.");
            }
            sentences
        }
        Some(Position::Acting) => vec![
            nothing_open,
            "The end of the permit: then the act goes back, and the step is planned again.",
        ],
        Some(Position::AwaitingPromise { .. }) => {
            vec![nothing_open, "Enough money for the promise.", "The judgement of the promise."]
        }
        Some(Position::Held { reason, .. }) => match reason {
            HoldReason::ActUncertain if case.act.as_ref().is_some_and(Act::is_call) => {
                vec![nothing_open, "The caller's word that the call was made, or that it was not."]
            }
            HoldReason::ActUncertain => {
                vec![nothing_open, "Proof that the message left, or that it did not."]
            }
            HoldReason::StepsUsedUp => vec![nothing_open, "Another claim on the case."],
            HoldReason::NotReachable => {
                vec![nothing_open, "An invoice that brings an address.", TRIED_AGAIN]
            }
            HoldReason::TriedInVain if unjudged(case, reason).is_some() => {
                vec![nothing_open, "Statements that show the promised day."]
            }
            HoldReason::TriedInVain => {
                vec![nothing_open, "Any other news of a claim on the case.", TRIED_AGAIN]
            }
            HoldReason::ReasonGiven => vec![nothing_open, "The decision of a person."],
            HoldReason::OnHold => vec![nothing_open, "The end of the last hold, or its lifting."],
            HoldReason::GateRefused | HoldReason::NotDelivered | HoldReason::NotWritten => {
                vec![nothing_open, TRIED_AGAIN]
            }
        },
        Some(Position::Closed { .. }) => vec!["A new claim on the case opens it again."],
    };
    sentences.into_iter().map(str::to_owned).collect()
}

const TRIED_AGAIN: &str = "The review day: then it is tried again.";

fn agreed(case: &Case, key: &str) -> String {
    match key {
        CONFIRMATION => return "The debtor's promise is confirmed in writing.".to_owned(),
        THANKS => return "The debtor is thanked for the payment.".to_owned(),
        _ => {}
    }
    let version = case.agreement.version;
    let Some(step) = case.step(key) else {
        return format!("Step {key} of agreement {version}.");
    };
    let what = match &step.deed {
        AgreedDeed::Write { message, channels } => {
            let by: Vec<&str> = channels.iter().map(|channel| channel.as_str()).collect();
            format!("{message} by {}", by.join(" and "))
        }
        AgreedDeed::Call { attempts_max: 1 } => "one call".to_owned(),
        AgreedDeed::Call { attempts_max } => {
            format!("a call, tried on {attempts_max} days at most")
        }
    };
    let moment = match step.moment {
        StepMoment::FromDue { days: 0 } => "on the due date".to_owned(),
        StepMoment::FromDue { days: 1 } => "1 day after the due date".to_owned(),
        StepMoment::FromDue { days: -1 } => "1 day before the due date".to_owned(),
        StepMoment::FromDue { days: days @ 2.. } => format!("{days} days after the due date"),
        StepMoment::FromDue { days } => {
            format!("{} days before the due date", days.unsigned_abs())
        }
        StepMoment::AfterPrevious { days: 1 } => "1 day after the step before".to_owned(),
        StepMoment::AfterPrevious { days } => format!("{days} days after the step before"),
    };
    format!("Step {key} of agreement {version}: {what}, {moment}.")
}

fn claims<'a>(
    case: &'a Case,
    claim_ids: &'a BTreeSet<ClaimId>,
) -> impl Iterator<Item = String> + 'a {
    claim_ids.iter().filter_map(|claim_id| {
        let claim = case.claims.get(claim_id)?;
        Some(format!(
            "Claim {claim_id}: {} of {} is open; it was to be paid by {}.",
            claim.open(),
            claim.amount,
            claim.due_on
        ))
    })
}

fn under_way(act: &Act, errand: &Errand) -> String {
    let until = act.not_after;
    let what = match errand.kind {
        ErrandKind::Letter(channel) => format!("The message by {channel}"),
        ErrandKind::Call => "The call".to_owned(),
    };
    match &errand.state {
        ErrandState::Granted if errand.kind == ErrandKind::Call => {
            format!("{what} may be made until {until}; a caller is awaited.")
        }
        ErrandState::Granted => format!("{what} may leave until {until}; its answer is awaited."),
        ErrandState::Withdrawing => format!("{what} was taken back; its answer is awaited."),
        ErrandState::Uncertain => format!("It is open whether it happened: {what}."),
        ErrandState::Done => format!("{what} is done."),
        ErrandState::NotSent(_) | ErrandState::NotMade(_) => format!("{what} came to nothing."),
    }
}

/// The promise that holds the case, since no statement shows its day.
fn unjudged<'a>(case: &'a Case, reason: &HoldReason) -> Option<&'a Promise> {
    let promise = case.open_promise().filter(|_| *reason == HoldReason::TriedInVain)?;
    unjudged_for_long(case, promise).then_some(promise)
}

/// What a hold means; `call` is whether a call is what is under way.
const fn held(reason: &HoldReason, call: bool) -> &'static str {
    match reason {
        HoldReason::StepsUsedUp => "All agreed steps were taken; somebody decides how to go on.",
        HoldReason::NotReachable => "No address is known for the channel of the next step.",
        HoldReason::GateRefused => "The law gate will never let the next step pass as things are.",
        HoldReason::ActUncertain if call => {
            "It is open whether the call was made: who took it on has to write it down, or to give \
             it back."
        }
        HoldReason::ActUncertain => "It is open whether a message left; nothing follows from it.",
        HoldReason::NotDelivered => "The debtor's address refuses our messages for good.",
        HoldReason::NotWritten => {
            "The message could not be written: look in letter's log for what is missing or wrong."
        }
        HoldReason::TriedInVain => {
            "The same step was tried three times in a row, and nothing came of it."
        }
        HoldReason::OnHold => "Somebody put it on hold: nothing goes out before that ends.",
        HoldReason::ReasonGiven => {
            "The debtor gave a reason that a person has to weigh before anything else happens."
        }
    }
}

const fn closed(reason: &CloseReason) -> &'static str {
    match reason {
        CloseReason::Paid => "Nothing is owed any more: it was paid.",
        CloseReason::Credited => "Nothing is owed any more: the creditor credited it.",
        CloseReason::Withdrawn => "Nothing is owed any more: the creditor took it back.",
    }
}
