//! `amicable case reason` and `amicable case decide`: why a debtor does not pay, and how a held
//! case goes on.

use std::path::Path;

use contracts::reason::{
    CaseDecision, DecideCase, DecideCaseAnswer, DecisionRefusal, ReasonRefusal, ReasonTold,
    RecordReason, RecordReasonAnswer,
};
use primitives::ContentHash;

use super::case;
use crate::cli::{BecauseDecided, Decide, WhyUnpaid};
use crate::failure::Failure;
use crate::moment::{told, told_day};
use crate::output::say;
use crate::sentences;
use crate::session::Session;

/// No document is larger.
const EVIDENCE_BYTES_MAX: u64 = 20_000_000;

const NOT_HEARD: &str = "the scheduler has not heard of the case yet";

pub(crate) async fn record(session: &Session, given: WhyUnpaid) -> Result<(), Failure> {
    let asked = RecordReason {
        case_id: case::find(session, &given.id).await?,
        reason: given.reason,
        said_by: given.said_by.into(),
        said_on: given.on,
        evidence: keep(session, given.evidence.as_deref()).await?,
    };
    let staff_id = session.staff(&given.who.code).await?;
    match session.change_as(staff_id, &asked).await? {
        RecordReasonAnswer::Recorded { state } => {
            let state = state.as_ref().map_or_else(String::new, sentences::state);
            say(format_args!("{} is put down; {state}", asked.reason));
            Ok(())
        }
        RecordReasonAnswer::Refused { reason } => Err(not_recorded(&reason)),
        RecordReasonAnswer::Unknown => Err(Failure::Refused(NOT_HEARD.to_owned())),
    }
}

fn not_recorded(reason: &ReasonRefusal) -> Failure {
    let why = match reason {
        ReasonRefusal::NotStaff => "only a member of staff puts a reason down",
        ReasonRefusal::SaidAhead => "--on has not come yet",
        ReasonRefusal::SaidTooLongAgo => "--on is more than ten years ago",
        ReasonRefusal::EvidenceMissing => {
            "nothing goes out because of what was said before: show with --evidence that it is not \
             so"
        }
    };
    Failure::Refused(why.to_owned())
}

pub(crate) async fn decide(session: &Session, decide: Decide) -> Result<(), Failure> {
    let (id, decision, because) = match decide {
        Decide::GoOn { id, because } => (id, CaseDecision::GoOn, because),
        Decide::ReviewOn { id, day, because } => {
            (id, CaseDecision::ReviewOn { review_on: day }, because)
        }
        Decide::FromStep { id, step, because } => (id, CaseDecision::FromStep { step }, because),
    };
    let BecauseDecided { why, evidence, who } = because;
    let asked = DecideCase {
        case_id: case::find(session, &id).await?,
        decision,
        why: why.into(),
        evidence: keep(session, evidence.as_deref()).await?,
    };
    let staff_id = session.staff(&who.code).await?;
    match session.change_as(staff_id, &asked).await? {
        DecideCaseAnswer::Decided { state } => {
            say(sentences::state(&state));
            Ok(())
        }
        DecideCaseAnswer::Refused { reason } => Err(not_decided(&reason)),
        DecideCaseAnswer::Unknown => Err(Failure::Refused(NOT_HEARD.to_owned())),
    }
}

fn not_decided(reason: &DecisionRefusal) -> Failure {
    let why = match reason {
        DecisionRefusal::NotStaff => "only a member of staff decides",
        DecisionRefusal::NotHeld => "the case waits for nobody's decision",
        DecisionRefusal::ActUncertain => {
            "it is open whether something happened: see `amicable uncertain list` and `amicable \
             call list`"
        }
        DecisionRefusal::OnHold => "it is on hold: see `amicable hold lift`",
        DecisionRefusal::UnknownStep => "the agreement has no such step",
        DecisionRefusal::NothingNext => {
            "it would be held for the same reason again: begin at a step with `from-step`, or put \
             right what holds it"
        }
        DecisionRefusal::NoNextMoment => "the review day has to come after today",
        DecisionRefusal::TooFar => "no review is put off further than 92 days",
        DecisionRefusal::EvidenceMissing => {
            "nothing goes out because of what was said: show with --evidence that it is not so, or \
             not any more"
        }
    };
    Failure::Refused(why.to_owned())
}

/// Keeps a document in the file store.
async fn keep(session: &Session, file: Option<&Path>) -> Result<Option<ContentHash>, Failure> {
    let Some(path) = file else { return Ok(None) };
    Ok(Some(session.store_file(path, EVIDENCE_BYTES_MAX).await?))
}

/// Why it is not paid, as people said; the newest last.
pub(crate) fn tell(reasons: &[ReasonTold]) {
    if !reasons.is_empty() {
        say("why it is not paid:");
    }
    for it in reasons {
        let (by, day) = (sentences::on_the_word_of(&it.said_by), told_day(it.said_on));
        let leads = if it.leads { ", leads" } else { "" };
        let answered = it.answered_at.map(|at| format!(", decided {}", told(at)));
        let shown = it.evidence.map(|hash| format!(", document {hash}"));
        let (answered, shown) = (answered.unwrap_or_default(), shown.unwrap_or_default());
        say(format_args!("  {day}  {}, {by}{leads}{answered}{shown}", it.reason));
    }
}
