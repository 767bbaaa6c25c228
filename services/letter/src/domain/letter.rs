//! One written message, from the wish to send it to its end.
//!
//! A letter is first drafted: the finished message is laid into the file store, which may be
//! repeated at will. Only then is it sent, once. So what an uncertain act would have said is known,
//! and whoever settles it needs to know no more than whether it happened.
//!
//! No order of messages is supposed: a withdrawal may come before the wish, or twice.

use contracts::letter::{Dispatched, NotSent, NotSentReason, Send as SendLetter, Uncertain};
use mailbox::{Claim, Decision, Effect, Ended, Ending, Fault};
use primitives::{Channel, ContentHash, LetterId, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// A letter as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub letter_id: LetterId,
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    pub stage: Stage,
}

impl Letter {
    /// The same letter at another stage.
    const fn at(&self, stage: Stage) -> Self {
        Self { letter_id: self.letter_id, version: self.version, stage }
    }
}

/// How far a letter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is known of it.
    Unheard,
    /// It was withdrawn before it was asked for.
    Forestalled,
    /// It is to be drafted.
    Requested { send: SendLetter },
    /// It is to be sent, or is being sent.
    Drafted { send: SendLetter, draft: Draft },
    /// It may have been sent; a person finds out.
    Uncertain { send: SendLetter, draft: Draft },
    /// It left, and its copy is kept.
    Dispatched { send: SendLetter, draft: Draft, dispatched_at: Timestamp },
    /// It did not leave, and will not.
    NotSent { send: SendLetter, reason: NotSentReason },
}

/// A finished message in the file store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The whole message, byte for byte as it leaves.
    pub content: ContentHash,
    pub asked: Money,
    pub text_version: String,
    /// Business time. It may be sent for an hour after it.
    pub drafted_at: Timestamp,
}

/// What a letter asks to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Write the message and keep it.
    DraftEmail { send: SendLetter },
    /// Hand the kept message to the mail server.
    SendEmail { send: SendLetter, draft: Draft },
}

impl Work {
    const fn send(&self) -> &SendLetter {
        match self {
            Self::DraftEmail { send } | Self::SendEmail { send, .. } => send,
        }
    }
}

impl Effect for Work {
    fn kind(&self) -> &'static str {
        match self {
            Self::DraftEmail { .. } => "draft-email",
            Self::SendEmail { .. } => "send-email",
        }
    }

    fn once(&self) -> bool {
        match self {
            Self::DraftEmail { .. } => false,
            Self::SendEmail { .. } => true,
        }
    }

    fn not_before(&self) -> Option<Timestamp> {
        Some(self.send().permit.not_before)
    }

    fn not_after(&self) -> Option<Timestamp> {
        Some(self.send().permit.not_after)
    }
}

/// What came of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The message lies ready.
    Drafted(Draft),
    /// The draft is too old, or says what is not true any more.
    Outdated,
    /// The mail server took it.
    Sent { dispatched_at: Timestamp },
    /// It must not or cannot be sent.
    Refused(NotSentReason),
}

/// Decides on the wish to send a letter.
pub fn send(letter: Letter, send: &SendLetter) -> Result<Decision<Letter, Work>, Fault> {
    if send.creditor_id != send.permit.creditor_id {
        return Err(Fault::Poison("the permit is another creditor's".to_owned()));
    }
    match &letter.stage {
        Stage::Unheard => Ok(match send.permit.channel {
            Channel::Email => draft_anew(&letter, send),
            Channel::Post | Channel::Sms | Channel::Telephone | Channel::Visit => {
                not_sent(&letter, send, NotSentReason::NoText)
            }
        }),
        Stage::Forestalled => Ok(not_sent(&letter, send, NotSentReason::Withdrawn)),
        Stage::Requested { send: known }
        | Stage::Drafted { send: known, .. }
        | Stage::Uncertain { send: known, .. }
        | Stage::Dispatched { send: known, .. }
        | Stage::NotSent { send: known, .. } => {
            if known == send {
                return Ok(Decision::quiet(letter));
            }
            Err(Fault::Poison(format!(
                "letter {} was asked for otherwise before",
                letter.letter_id
            )))
        }
    }
}

/// Decides on a withdrawal.
///
/// A letter that is just being handed over is told as not sent at once, and as dispatched after all
/// should that turn out: what happened has the last word.
pub fn withdraw(letter: Letter) -> Decision<Letter, Work> {
    match letter.stage.clone() {
        Stage::Unheard => Decision::quiet(letter.at(Stage::Forestalled)),
        Stage::Requested { send } | Stage::Drafted { send, .. } => {
            not_sent(&letter, &send, NotSentReason::Withdrawn)
        }
        Stage::Forestalled
        | Stage::Uncertain { .. }
        | Stage::Dispatched { .. }
        | Stage::NotSent { .. } => Decision::quiet(letter),
    }
}

/// Whether a piece of work is still wanted.
#[must_use]
pub fn claim(letter: &Letter, work: &Work) -> Claim {
    let wanted = match (work, &letter.stage) {
        (Work::DraftEmail { .. }, Stage::Requested { .. }) => true,
        (Work::SendEmail { draft, .. }, Stage::Drafted { draft: kept, .. }) => draft == kept,
        (
            Work::DraftEmail { .. } | Work::SendEmail { .. },
            Stage::Unheard
            | Stage::Forestalled
            | Stage::Requested { .. }
            | Stage::Drafted { .. }
            | Stage::Uncertain { .. }
            | Stage::Dispatched { .. }
            | Stage::NotSent { .. },
        ) => false,
    };
    if wanted { Claim::Start } else { Claim::Withdraw }
}

/// Decides on the end of a piece of work.
pub fn end(letter: Letter, ended: &Ended<Work, Outcome>) -> Result<Decision<Letter, Work>, Fault> {
    let send = ended.effect.send();
    match (&ended.effect, &ended.ending) {
        (_, Ending::Performed(Outcome::Refused(reason))) => {
            Ok(give_up(letter, send, reason.clone()))
        }
        (_, Ending::Expired) => Ok(give_up(letter, send, NotSentReason::PermitExpired)),
        (Work::DraftEmail { .. }, Ending::Performed(Outcome::Drafted(draft))) => {
            Ok(drafted(letter, draft))
        }
        (Work::SendEmail { .. }, Ending::Performed(Outcome::Outdated)) => Ok(outdated(letter)),
        (Work::SendEmail { draft, .. }, Ending::Performed(Outcome::Sent { dispatched_at })) => {
            Ok(dispatched(letter, send, draft, *dispatched_at))
        }
        (Work::SendEmail { draft, .. }, Ending::Uncertain) => Ok(uncertain(letter, send, draft)),
        // It left within the hour for which a draft is good.
        (Work::SendEmail { draft, .. }, Ending::SaidToHaveHappened) => {
            Ok(dispatched(letter, send, draft, draft.drafted_at))
        }
        // Nothing is sent again on somebody's word: the scheduler plans anew.
        (Work::SendEmail { .. }, Ending::SaidNotToHaveHappened) => {
            Ok(give_up(letter, send, NotSentReason::PermitExpired))
        }
        (
            Work::DraftEmail { .. } | Work::SendEmail { .. },
            Ending::Performed(_)
            | Ending::Uncertain
            | Ending::SaidToHaveHappened
            | Ending::SaidNotToHaveHappened,
        ) => Err(Fault::Bug(format!("`{}` cannot end like that", ended.effect.kind()))),
    }
}

/// Asks for a draft, whatever was there before.
fn draft_anew(letter: &Letter, send: &SendLetter) -> Decision<Letter, Work> {
    let stage = Stage::Requested { send: send.clone() };
    Decision::quiet(letter.at(stage)).perform(Work::DraftEmail { send: send.clone() })
}

fn drafted(letter: Letter, draft: &Draft) -> Decision<Letter, Work> {
    let Stage::Requested { send } = letter.stage.clone() else { return Decision::quiet(letter) };
    let stage = Stage::Drafted { send: send.clone(), draft: draft.clone() };
    let work = Work::SendEmail { send, draft: draft.clone() };
    Decision::quiet(letter.at(stage)).perform(work)
}

fn outdated(letter: Letter) -> Decision<Letter, Work> {
    let Stage::Drafted { send, .. } = letter.stage.clone() else { return Decision::quiet(letter) };
    draft_anew(&letter, &send)
}

/// The message did not leave, and will not.
fn give_up(letter: Letter, send: &SendLetter, reason: NotSentReason) -> Decision<Letter, Work> {
    match letter.stage {
        Stage::Requested { .. } | Stage::Drafted { .. } | Stage::Uncertain { .. } => {
            not_sent(&letter, send, reason)
        }
        Stage::Unheard | Stage::Forestalled | Stage::Dispatched { .. } | Stage::NotSent { .. } => {
            Decision::quiet(letter)
        }
    }
}

/// The message left, whatever we thought before.
fn dispatched(
    letter: Letter,
    send: &SendLetter,
    draft: &Draft,
    dispatched_at: Timestamp,
) -> Decision<Letter, Work> {
    if matches!(letter.stage, Stage::Dispatched { .. }) {
        return Decision::quiet(letter);
    }
    let permit = &send.permit;
    let told = Dispatched {
        letter_id: letter.letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        message: permit.message,
        claim_ids: permit.claim_ids.clone(),
        text_version: draft.text_version.clone(),
        content: draft.content,
        asked: draft.asked,
        dispatched_at,
    };
    let stage = Stage::Dispatched { send: send.clone(), draft: draft.clone(), dispatched_at };
    Decision::quiet(letter.at(stage)).send(told)
}

fn uncertain(letter: Letter, send: &SendLetter, draft: &Draft) -> Decision<Letter, Work> {
    if matches!(letter.stage, Stage::Dispatched { .. } | Stage::Uncertain { .. }) {
        return Decision::quiet(letter);
    }
    let permit = &send.permit;
    let told = Uncertain {
        letter_id: letter.letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
    };
    let stage = Stage::Uncertain { send: send.clone(), draft: draft.clone() };
    Decision::quiet(letter.at(stage)).send(told)
}

fn not_sent(letter: &Letter, send: &SendLetter, reason: NotSentReason) -> Decision<Letter, Work> {
    let permit = &send.permit;
    let told = NotSent {
        letter_id: letter.letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        reason: reason.clone(),
    };
    let stage = Stage::NotSent { send: send.clone(), reason };
    Decision::quiet(letter.at(stage)).send(told)
}
