//! What a creditor is told of a case that is over.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Message;
use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered};
use contracts::letter::{CaseFeedback, Dispatched, Note, SendNote};
use contracts::mediation::{PromiseJudged, PromiseVerdict};
use contracts::payment_reconciliation::PaymentAllocated;
use contracts::scheduler::CaseClosed;
use contracts::telephony_task::CallClosed;
use jiff::ToSpan;
use jiff::civil::{Time, time};
use law::Pack;
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{CallOutcome, Date, MessageId, Money, NonPaymentReason, NoteId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::entry::Entry;

/// The timer of the morning after a case was closed.
pub const FEEDBACK: &str = "feedback";

/// By then the messages of the day before are in, and the creditor is at work.
const MORNING: Time = time(9, 0, 0, 0);

/// A case, as far as its creditor's feedback is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchedCase {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// When a note is due; none while the case is open, or once it was told of.
    pub due_at: Option<Timestamp>,
    /// The closings of which the creditor was told, by their messages.
    pub noted: BTreeSet<MessageId>,
    /// All that was heard of the case, where a note is due. Read from the trail, never written.
    pub entries: Vec<Entry>,
}

/// A case was closed: the note is due on the next morning.
pub fn watch(mut watched: WatchedCase, facts: &Facts) -> Decision<WatchedCase> {
    let tomorrow = day_of(facts.now).saturating_add(1.day());
    let due_at = Pack::NL.moment(tomorrow, MORNING).unwrap_or(Timestamp::MAX);
    watched.due_at = Some(due_at);
    Decision::quiet(watched).timer(Timer::Set { name: FEEDBACK, due_at })
}

/// The morning after: the creditor is told, unless the case is open again or it was told before.
pub fn tell_creditor(
    mut watched: WatchedCase,
    facts: &Facts,
) -> Result<Decision<WatchedCase>, Fault> {
    if watched.due_at.is_none_or(|due_at| due_at > facts.now) {
        return Ok(Decision::quiet(watched));
    }
    let closing = of::<CaseClosed>(&watched.entries).max_by_key(|entry| entry.place());
    let closing = closing.ok_or_else(|| not_in_the_trail("its closing"))?;
    let closing_id = closing.message_id;
    // When it is closed again, that closing has a note of its own.
    let open = of::<ClaimRegistered>(&watched.entries).any(|claim| claim.place() > closing.place());
    if open || watched.noted.contains(&closing_id) {
        watched.due_at = None;
        return Ok(Decision::quiet(watched));
    }
    let creditor_id =
        closing.creditor_id.ok_or_else(|| Fault::Bug("a closing without a creditor".to_owned()))?;
    let note = SendNote {
        note_id: NoteId::derive(closing_id.as_uuid(), b"feedback"),
        creditor_id,
        note: Note::Feedback(feedback(&watched.entries, closing)?),
    };
    watched.due_at = None;
    watched.noted.insert(closing_id);
    Ok(Decision::quiet(watched).send(note))
}

/// What was done and learnt on a case until now, in whatever order it was heard.
pub fn feedback(entries: &[Entry], closing: &Entry) -> Result<CaseFeedback, Fault> {
    let opened = of::<CaseOpened>(entries).min_by_key(|entry| entry.place());
    let opened = opened.ok_or_else(|| not_in_the_trail("its opening"))?;
    let first = of::<ClaimRegistered>(entries).find_map(|entry| entry.particulars.amount);
    let currency = first.ok_or_else(|| not_in_the_trail("any of its claims"))?.currency();
    let sum = |amounts: &mut dyn Iterator<Item = Money>| {
        Money::sum(currency, amounts)
            .map_err(|error| Fault::Bug(format!("the amounts of the case never add up: {error}")))
    };
    let parts = || of::<PaymentAllocated>(entries).filter_map(|entry| entry.particulars.parts);
    let verdicts = verdicts(entries)?;
    let judged = |wanted: fn(&PromiseVerdict) -> bool| {
        count(verdicts.values().filter(|verdict| wanted(verdict)))
    };
    Ok(CaseFeedback {
        case_id: closing
            .particulars
            .case_id
            .ok_or_else(|| Fault::Bug("a closing without a case".to_owned()))?,
        opened_on: day_of(opened.at),
        closed_on: day_of(closing.at),
        close_reason: code(closing)?,
        handed_over: sum(&mut amounts::<ClaimRegistered>(entries))?,
        principal_received: sum(&mut parts().map(|parts| parts.principal))?,
        interest_received: sum(&mut parts().map(|parts| parts.interest))?,
        costs_received: sum(&mut parts().map(|parts| parts.costs))?,
        credited: sum(&mut amounts::<ClaimCredited>(entries))?,
        messages_sent: count(of::<Dispatched>(entries)),
        calls_made: count(of::<CallClosed>(entries)),
        conversations: Some(conversations(entries)?),
        reasons: reasons(entries),
        // What came late came: it was promised, and the creditor has it.
        promises_kept: judged(|it| matches!(it, PromiseVerdict::Kept | PromiseVerdict::Late)),
        promises_broken: judged(|it| matches!(it, PromiseVerdict::Broken)),
    })
}

/// The calls in which the debtor was spoken to. Somebody else, nobody, and a wrong number are none.
fn conversations(entries: &[Entry]) -> Result<u32, Fault> {
    let mut spoken = 0_u32;
    for call in of::<CallClosed>(entries) {
        match code(call)? {
            CallOutcome::Promised | CallOutcome::Reached => spoken = spoken.saturating_add(1),
            CallOutcome::OtherPerson | CallOutcome::NoAnswer | CallOutcome::WrongNumber => {}
        }
    }
    Ok(spoken)
}

/// The reasons that debtors gave, each at its last mention. That nobody was reached, or that none
/// was given, is no reason.
fn reasons(entries: &[Entry]) -> Vec<NonPaymentReason> {
    let mut calls: Vec<&Entry> = of::<CallClosed>(entries).collect();
    calls.sort_by_key(|call| (call.particulars.happened_at, call.place()));
    let mut reasons = Vec::new();
    for reason in calls.into_iter().filter_map(|call| call.particulars.reason) {
        if matches!(reason, NonPaymentReason::Unreached | NonPaymentReason::NotGiven) {
            continue;
        }
        reasons.retain(|earlier| *earlier != reason);
        reasons.push(reason);
    }
    reasons
}

/// The last verdict on each promise.
fn verdicts(entries: &[Entry]) -> Result<BTreeMap<Uuid, PromiseVerdict>, Fault> {
    let mut judged: Vec<&Entry> = of::<PromiseJudged>(entries).collect();
    judged.sort_by_key(|entry| entry.place());
    judged.into_iter().map(|entry| Ok((entry.subject, code(entry)?))).collect()
}

fn of<M: Message>(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.is::<M>())
}

fn amounts<M: Message>(entries: &[Entry]) -> impl Iterator<Item = Money> {
    of::<M>(entries).filter_map(|entry| entry.particulars.amount)
}

fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

/// The word of an entry, as the contracts have it.
fn code<T: DeserializeOwned>(entry: &Entry) -> Result<T, Fault> {
    let word = entry.particulars.code.clone().unwrap_or_default();
    serde_json::from_value(Value::String(word)).map_err(|error| {
        Fault::Bug(format!("entry {} has a code of no use: {error}", entry.message_id))
    })
}

/// The day of a moment. The Netherlands and Belgium share their time.
fn day_of(moment: Timestamp) -> Date {
    Pack::NL.local_date(moment)
}

/// What was told of a case is not there (yet): a note without it would tell the creditor wrong
/// numbers.
fn not_in_the_trail(what: &str) -> Fault {
    Fault::Retry(format!(
        "the case was closed, and the trail lacks {what}: look at what is parked, or publish again"
    ))
}
