//! Codes of the contracts as sentences for the people of the agency.
//!
//! Nothing personal stands in them; who needs a name puts it before.

use std::fmt::Display;

use contracts::hold::{DoneSince, HoldCause, HoldTerms, HoldThen};
use contracts::intake::Problem;
use contracts::letter::NotSentReason;
use contracts::mediation::PromiseVerdict;
use contracts::payment_reconciliation::PositionLineKind;
use contracts::reason::{CaseDecision, DecisionWhy, SaidBy};
use contracts::scheduler::{CaseState, CloseReason, HoldReason, TimelineEvent};
use contracts::telephony_task::NotMadeReason;

use primitives::Channel;

use crate::find::short;
use crate::moment::{told, told_day};
use crate::output::say;

/// Where a case stands.
#[must_use]
pub(crate) fn state(state: &CaseState) -> String {
    match state {
        CaseState::Planned { step, due_at } => format!("next is {step}, {}", told(*due_at)),
        CaseState::Acting { step, not_after, .. } => {
            format!("{step} is on its way, until {}", told(*not_after))
        }
        CaseState::AwaitingPromise { amount, pay_by, .. } => {
            format!("{amount} is promised, by {}", told_day(*pay_by))
        }
        CaseState::Held { reason, owner, review_on } => {
            format!("held for {owner}: {}; review {}", hold(reason), told_day(*review_on))
        }
        CaseState::Closed { reason } => format!("closed: {}", close(reason)),
    }
}

/// Where a case stands, without what comes next.
#[must_use]
pub(crate) fn position(state: &CaseState) -> String {
    match state {
        CaseState::Planned { .. } => "planned".to_owned(),
        CaseState::Acting { .. } => "acting".to_owned(),
        CaseState::AwaitingPromise { .. } => "waiting for a promise".to_owned(),
        CaseState::Held { reason, owner, .. } => format!("held for {owner}: {}", hold(reason)),
        CaseState::Closed { reason } => format!("closed: {}", close(reason)),
    }
}

/// What comes next on a case.
#[must_use]
pub(crate) fn next(state: &CaseState) -> String {
    match state {
        CaseState::Planned { step, due_at } => format!("{step}, {}", told(*due_at)),
        CaseState::Acting { step, not_after, .. } => {
            format!("{step} happens, by {}", told(*not_after))
        }
        CaseState::AwaitingPromise { amount, pay_by, judged_at, .. } => {
            format!("{amount} comes in by {}; it is judged {}", told_day(*pay_by), told(*judged_at))
        }
        CaseState::Held { owner, review_on, .. } => {
            format!("{owner} decides, by {}", told_day(*review_on))
        }
        CaseState::Closed { .. } => "nothing".to_owned(),
    }
}

/// What happened on a case.
#[must_use]
pub(crate) fn event(event: &TimelineEvent) -> String {
    match event {
        TimelineEvent::CaseOpened => "the case was opened".to_owned(),
        TimelineEvent::ClaimRegistered { claim_id, amount, due_on } => format!(
            "claim {} of {amount} was registered, due {}",
            short(claim_id),
            told_day(*due_on)
        ),
        TimelineEvent::StepPlanned { step, due_at } => {
            format!("{step} was planned for {}", told(*due_at))
        }
        TimelineEvent::PermitGranted { step, .. } => format!("the gate let {step} pass"),
        TimelineEvent::PermitRefused { step, rule_ids, again_at } => {
            let rules = rule_ids.join(", ");
            match again_at {
                Some(again_at) => {
                    format!("the gate put {step} off until {} ({rules})", told(*again_at))
                }
                None => format!("the gate refused {step} for good ({rules})"),
            }
        }
        TimelineEvent::MessageSent { step, channel } => {
            format!("{step} was sent{}", by(*channel))
        }
        TimelineEvent::MessageNotSent { step, channel, reason } => {
            format!("{step} was not sent{}: {}", by(*channel), not_sent(reason))
        }
        TimelineEvent::MessageUncertain { step, channel } => uncertain(step, *channel),
        TimelineEvent::CallClosed { step, outcome, reason } => {
            format!("{step} was made: {outcome}; the reason: {reason}")
        }
        TimelineEvent::CallNotMade { step, reason } => match reason {
            NotMadeReason::Withdrawn => format!("{step} was taken back"),
            NotMadeReason::PermitExpired => format!("nobody made {step} in its time"),
        },
        TimelineEvent::PromiseMade { amount, pay_by, .. } => {
            format!("the debtor promised {amount} by {}", told_day(*pay_by))
        }
        TimelineEvent::PromiseJudged { verdict, promised, received, pay_by, .. } => {
            format!(
                "the promise of {promised} by {} {}: {received} was received",
                told_day(*pay_by),
                judged(verdict)
            )
        }
        TimelineEvent::PaymentReceived { claim_id, amount } => {
            format!("{amount} was paid on claim {}", short(claim_id))
        }
        TimelineEvent::ClaimCredited { claim_id, amount } => {
            format!("the creditor credited {amount} on claim {}", short(claim_id))
        }
        TimelineEvent::ClaimWithdrawn { claim_id } => {
            format!("the creditor took claim {} back", short(claim_id))
        }
        TimelineEvent::Held { reason, owner, review_on } => {
            format!("held for {owner}: {}; review {}", hold(reason), told_day(*review_on))
        }
        TimelineEvent::Closed { reason } => format!("closed: {}", close(reason)),
        TimelineEvent::HoldPlaced { hold_id, terms, done_since, .. } => {
            let (id, terms) = (short(*hold_id), hold_terms(terms));
            format!("hold {id} was placed: {terms}{}", without_it(done_since))
        }
        TimelineEvent::HoldLifted { hold_id, .. } => format!("hold {} was lifted", short(*hold_id)),
        TimelineEvent::ReasonRecorded { reason, said_by, said_on, evidence, .. } => {
            let (by, day) = (on_the_word_of(said_by), told_day(*said_on));
            format!("why it is not paid: {reason}, {by} {day}{}", shown(evidence.is_some()))
        }
        TimelineEvent::CaseDecided { held, decision, why, evidence, .. } => {
            decided(held, decision, why) + shown(evidence.is_some())
        }
    }
}

/// What it is open of whether it happened.
fn uncertain(step: &str, channel: Option<Channel>) -> String {
    if channel.is_none() {
        return format!(
            "it is open whether {step} was made; its caller writes it down or gives it back: see \
             `amicable call list`"
        );
    }
    let by = by(channel);
    format!("it is open whether {step} happened{by}; see `amicable uncertain list`")
}

/// Whether a document shows it.
const fn shown(by_document: bool) -> &'static str {
    if by_document { ", as a document shows" } else { "" }
}

/// Who said it.
pub(crate) const fn on_the_word_of(said_by: &SaidBy) -> &'static str {
    match said_by {
        SaidBy::Debtor => "said by the debtor",
        SaidBy::Creditor => "said by the creditor",
        SaidBy::ThirdParty => "said by somebody else",
        SaidBy::Register => "found in a register",
    }
}

/// How a held case goes on, and why.
fn decided(held: &HoldReason, decision: &CaseDecision, why: &DecisionWhy) -> String {
    let how = match decision {
        CaseDecision::GoOn => "it goes on".to_owned(),
        CaseDecision::ReviewOn { review_on } => {
            format!("it is looked at again {}", told_day(*review_on))
        }
        CaseDecision::FromStep { step } => format!("it goes on with {step}"),
    };
    format!("held ({}): {how}, since {}", hold(held), why_decided(why))
}

const fn why_decided(why: &DecisionWhy) -> &'static str {
    match why {
        DecisionWhy::Answered => "it was answered",
        DecisionWhy::Arranged => "it was agreed how it will be paid",
        DecisionWhy::Unfounded => "it is not so, or not any more",
        DecisionWhy::AddressChecked => "the address was checked",
        DecisionWhy::IdentityChecked => "it is sure who it is",
        DecisionWhy::Corrected => "what stood in the way was put right",
        DecisionWhy::ContactMade => "somebody spoke with the debtor",
        DecisionWhy::CreditorAsked => "the creditor asked for it",
        DecisionWhy::DebtorAsked => "the debtor asked for it",
        DecisionWhy::AwaitsAnswer => "an answer is awaited",
    }
}

/// What went out since the start of a hold; nothing where nothing did.
fn without_it(done_since: &[DoneSince]) -> String {
    let told = done_since.iter().map(|done| {
        let what = done.message.map_or_else(|| "a call".to_owned(), |message| message.to_string());
        format!("{what} on {}", told_day(done.on))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!("; gone before: {}", told.join(", ")) }
}

/// Why nothing goes out, from when to when, and what then.
#[must_use]
pub(crate) fn hold_terms(terms: &HoldTerms) -> String {
    let then = match terms.then {
        HoldThen::GoOn => format!("ends {}", told_day(terms.ends_on)),
        HoldThen::Decide => format!("{} decides {}", terms.owner, told_day(terms.ends_on)),
    };
    let (cause, starts_on) = (hold_cause(&terms.cause), told_day(terms.starts_on));
    format!("{cause}, from {starts_on}, {then}")
}

/// Why nothing goes out.
#[must_use]
pub(crate) const fn hold_cause(cause: &HoldCause) -> &'static str {
    match cause {
        HoldCause::Complaint => "a complaint",
        HoldCause::AwaitingDocuments => "documents are awaited",
        HoldCause::DebtAid => "debt aid",
        HoldCause::CoolingOff => "a cooling-off period",
        HoldCause::Illness => "illness",
        HoldCause::Bereavement => "bereavement",
        HoldCause::CreditorAsked => "the creditor asked for it",
        HoldCause::LegalQuestion => "a question of law",
        HoldCause::Crisis => "a crisis",
        HoldCause::Season => "the season",
        HoldCause::SystemError => "a fault in a system",
        HoldCause::Dispute => "a dispute",
    }
}

/// ` by post`; nothing where no channel is known.
fn by(channel: Option<Channel>) -> String {
    channel.map(|channel| format!(" by {channel}")).unwrap_or_default()
}

/// What a line of a claim's account is.
#[must_use]
pub(crate) fn line(kind: &PositionLineKind) -> String {
    match kind {
        PositionLineKind::Principal => "invoice".to_owned(),
        PositionLineKind::CreditNote => "credit note".to_owned(),
        PositionLineKind::Withdrawal => "given up by the creditor".to_owned(),
        PositionLineKind::Costs => "collection costs".to_owned(),
        PositionLineKind::Interest => "interest".to_owned(),
        PositionLineKind::Payment { payment_id, costs, interest, principal } => {
            let parts = [(costs, "costs"), (interest, "interest"), (principal, "the invoice")];
            let parts = parts.into_iter().filter(|(part, _)| !part.is_zero());
            let toward: Vec<String> = parts.map(|(part, what)| format!("{part} {what}")).collect();
            format!("payment {}: {}", short(payment_id), toward.join(", "))
        }
    }
}

/// `1 file`, `2 files`.
#[must_use]
pub(crate) fn counted(count: &impl Display, thing: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// What is wrong with a document, and where.
#[must_use]
pub(crate) fn problem(problem: &Problem) -> String {
    let Problem { field, line, reason } = problem;
    let line = line.map(|line| format!("line {line}, ")).unwrap_or_default();
    if field.is_empty() { format!("{line}{reason}") } else { format!("{line}{field}: {reason}") }
}

/// One problem a line, set in.
pub(crate) fn say_problems(problems: &[Problem]) {
    for it in problems {
        say(format_args!("  {}", problem(it)));
    }
}

const fn hold(reason: &HoldReason) -> &'static str {
    match reason {
        HoldReason::StepsUsedUp => "all agreed steps were taken",
        HoldReason::NotReachable => "no address for the next step's channel",
        HoldReason::GateRefused => "the law gate will never let the next step pass",
        HoldReason::ActUncertain => "it is open whether a message left or a call was made",
        HoldReason::NotDelivered => "a message could not be delivered",
        HoldReason::NotWritten => "a message could not be written: look in letter's log",
        HoldReason::TriedInVain => "what was tried several times came to nothing",
        HoldReason::ReasonGiven => "the debtor gave a reason that a person weighs",
        HoldReason::OnHold => "it was put on hold",
    }
}

const fn judged(verdict: &PromiseVerdict) -> &'static str {
    match verdict {
        PromiseVerdict::Kept => "was kept",
        PromiseVerdict::Late => "was kept late",
        PromiseVerdict::Broken => "is broken",
        PromiseVerdict::Released => "holds nobody any more",
    }
}

const fn close(reason: &CloseReason) -> &'static str {
    match reason {
        CloseReason::Paid => "paid",
        CloseReason::Credited => "credited by the creditor",
        CloseReason::Withdrawn => "taken back by the creditor",
    }
}

/// Why a letter was not sent, with what exactly was in the way, where that is known.
#[must_use]
pub(crate) fn not_sent_because(reason: &NotSentReason, because: Option<&str>) -> String {
    let because = because.map(|because| format!(" ({because})")).unwrap_or_default();
    format!("not sent: {}{because}", not_sent(reason))
}

const fn not_sent(reason: &NotSentReason) -> &'static str {
    match reason {
        NotSentReason::Withdrawn => "it was withdrawn",
        NotSentReason::PermitExpired => "its permit ran out",
        NotSentReason::NothingOwed => "nothing was owed any more",
        NotSentReason::PaymentsNotKnown => "what is known of payments is too old",
        NotSentReason::AddressRefused => "the receiving server refuses the address",
        NotSentReason::NoAddress => "no address is known",
        NotSentReason::TextNotLawful => "the law has no such message for this debtor",
        NotSentReason::DataMissing => "something that it must say is not known",
        NotSentReason::NoText => "no text could be made for it",
    }
}

#[cfg(test)]
mod tests {
    use primitives::{Channel, ClaimId, Currency, Money};
    use uuid::Uuid;

    use super::*;

    fn claim_id() -> ClaimId {
        ClaimId::from_uuid(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057))
    }

    #[test]
    fn a_timeline_reads_as_sentences() {
        let amount = Money::new(12_130, Currency::EUR);
        let step = || "first-reminder".to_owned();
        let at = "2026-03-02T08:00:00Z".parse().unwrap();
        let due_on = "2026-02-27".parse().unwrap();
        let told = |what| event(&what);
        let registered = TimelineEvent::ClaimRegistered { claim_id: claim_id(), amount, due_on };
        assert_eq!(
            told(registered),
            "claim 01890a5d of 121.30 EUR was registered, due Fri 27 Feb 2026"
        );
        assert_eq!(
            told(TimelineEvent::StepPlanned { step: step(), due_at: at }),
            "first-reminder was planned for Mon 2 Mar 2026 09:00"
        );
        let rule_ids = vec!["nl-hours".to_owned()];
        let refused = TimelineEvent::PermitRefused { step: step(), rule_ids, again_at: Some(at) };
        assert_eq!(
            told(refused),
            "the gate put first-reminder off until Mon 2 Mar 2026 09:00 (nl-hours)"
        );
        let reason = NotSentReason::NothingOwed;
        let channel = Some(Channel::Post);
        assert_eq!(
            told(TimelineEvent::MessageNotSent { step: step(), channel, reason }),
            "first-reminder was not sent by post: nothing was owed any more"
        );
        assert_eq!(told(TimelineEvent::Closed { reason: CloseReason::Paid }), "closed: paid");
    }

    #[test]
    fn a_problem_says_where() {
        let told = |field: &str, line| {
            problem(&Problem { field: field.to_owned(), line, reason: "is missing".to_owned() })
        };
        assert_eq!(told("cbc:DueDate", Some(7)), "line 7, cbc:DueDate: is missing");
        assert_eq!(told("", None), "is missing");
    }
}
