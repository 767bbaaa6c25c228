//! One written message, from the wish to send it to its end.
//!
//! A letter is first drafted: the finished mail or PDF is laid into the file store, which may be
//! repeated at will. Only then does it leave, once. So what an uncertain act would have said is
//! known, and whoever settles it needs to know no more than whether it happened.
//!
//! A permit for several channels is several letters, one per channel.
//!
//! No order of messages is supposed: a withdrawal may come before the wish, or twice.

use contracts::letter::{
    Dispatched, LetterState, LetterTold, NotSent, NotSentReason, Send as SendLetter, Uncertain,
};
use contracts::permit::PermittedDeed;
use law::Pack;
use mailbox::{Claim, Decision, Effect, Ended, Ending, Fault};
use primitives::{Channel, ContentHash, Date, LetterId, MessageKind, Money, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

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
    NotSent {
        send: SendLetter,
        reason: NotSentReason,
        /// What exactly was in the way, in words for the agency.
        because: Option<String>,
    },
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

/// What a letter asks to be done. Kept effects hold it, also those of earlier releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Write the mail and keep it.
    DraftEmail {
        #[serde(deserialize_with = "any_version")]
        send: SendLetter,
    },
    /// Hand the kept mail to the mail server.
    SendEmail {
        #[serde(deserialize_with = "any_version")]
        send: SendLetter,
        draft: Draft,
    },
    /// Print the letter and keep it.
    PrintLetter { send: SendLetter },
    /// Lay the kept PDF into the outgoing folder.
    HandOver { send: SendLetter, draft: Draft },
}

impl Work {
    const fn send(&self) -> &SendLetter {
        match self {
            Self::DraftEmail { send }
            | Self::SendEmail { send, .. }
            | Self::PrintLetter { send }
            | Self::HandOver { send, .. } => send,
        }
    }
}

/// An effect that was kept before version 2 of the command holds it as it was then.
fn any_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SendLetter, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Current(SendLetter),
        Earlier(contracts::earlier::Send),
    }
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Current(send) => send,
        Kept::Earlier(send) => contracts::earlier::v2::Send::from(send).into(),
    })
}

impl Effect for Work {
    fn kind(&self) -> &'static str {
        match self {
            Self::DraftEmail { .. } => "draft-email",
            Self::SendEmail { .. } => "send-email",
            Self::PrintLetter { .. } => "print-letter",
            Self::HandOver { .. } => "hand-over-letter",
        }
    }

    /// A hand-over may be repeated, too. It is `Once` all the same, so that what a crash leaves
    /// open is settled by what stands in the folder, and not by the end of the permit or by a
    /// withdrawal that came meanwhile.
    fn once(&self) -> bool {
        match self {
            Self::DraftEmail { .. } | Self::PrintLetter { .. } => false,
            Self::SendEmail { .. } | Self::HandOver { .. } => true,
        }
    }

    fn not_before(&self) -> Option<Timestamp> {
        Some(self.send().permit.not_before)
    }

    fn not_after(&self) -> Option<Timestamp> {
        Some(self.send().permit.not_after)
    }
}

/// How a letter is drafted and leaves; none where its channel has no texts.
#[derive(Clone, Copy)]
enum Way {
    Mail,
    Paper,
}

impl Way {
    const fn of(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => Some(Self::Mail),
            Channel::Post => Some(Self::Paper),
            Channel::Sms | Channel::Telephone | Channel::Visit => None,
        }
    }

    fn draft(self, send: SendLetter) -> Work {
        match self {
            Self::Mail => Work::DraftEmail { send },
            Self::Paper => Work::PrintLetter { send },
        }
    }

    fn dispatch(self, send: SendLetter, draft: Draft) -> Work {
        match self {
            Self::Mail => Work::SendEmail { send, draft },
            Self::Paper => Work::HandOver { send, draft },
        }
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
    /// The mail server took it, or it lies in the outgoing folder.
    Sent { dispatched_at: Timestamp },
    /// It must not or cannot be sent.
    Refused(NotSentReason),
    /// The same, with what exactly is in the way, in words for the agency.
    Hindered { reason: NotSentReason, because: String },
}

/// Decides on the wish to send a letter.
pub fn send(letter: Letter, send: &SendLetter) -> Result<Decision<Letter, Work>, Fault> {
    if send.creditor_id != send.permit.creditor_id {
        return Err(Fault::Poison("the permit is another creditor's".to_owned()));
    }
    if permitted_message(send).is_none() {
        return Err(Fault::Poison(format!("the permit is not for a message by {}", send.channel)));
    }
    match &letter.stage {
        Stage::Unheard => Ok(match Way::of(send.channel) {
            Some(way) => draft_anew(&letter, send, way),
            None => not_sent(&letter, send, NotSentReason::NoText, None),
        }),
        Stage::Forestalled => Ok(not_sent(&letter, send, NotSentReason::Withdrawn, None)),
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

/// The message that the permit allows, where it allows one on the channel.
pub(super) fn permitted_message(send: &SendLetter) -> Option<MessageKind> {
    match &send.permit.deed {
        PermittedDeed::Write { message, channels } => {
            channels.contains(&send.channel).then_some(*message)
        }
        PermittedDeed::Call => None,
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
            not_sent(&letter, &send, NotSentReason::Withdrawn, None)
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
    let wanted = match work {
        Work::DraftEmail { .. } | Work::PrintLetter { .. } => {
            matches!(letter.stage, Stage::Requested { .. })
        }
        Work::SendEmail { draft, .. } | Work::HandOver { draft, .. } => {
            matches!(&letter.stage, Stage::Drafted { draft: kept, .. } if kept == draft)
        }
    };
    if wanted { Claim::Start } else { Claim::Withdraw }
}

/// Decides on the end of a piece of work.
pub fn end(letter: Letter, ended: &Ended<Work, Outcome>) -> Result<Decision<Letter, Work>, Fault> {
    let send = ended.effect.send();
    match &ended.ending {
        Ending::Performed(Outcome::Refused(reason)) => {
            return Ok(give_up(letter, send, reason.clone(), None));
        }
        Ending::Performed(Outcome::Hindered { reason, because }) => {
            return Ok(give_up(letter, send, reason.clone(), Some(because.clone())));
        }
        Ending::Expired => return Ok(give_up(letter, send, NotSentReason::PermitExpired, None)),
        Ending::Performed(_)
        | Ending::Uncertain
        | Ending::SaidToHaveHappened
        | Ending::SaidNotToHaveHappened => {}
    }
    match &ended.effect {
        Work::DraftEmail { .. } | Work::PrintLetter { .. } => match &ended.ending {
            Ending::Performed(Outcome::Drafted(draft)) => Ok(drafted(letter, draft)),
            Ending::Performed(_)
            | Ending::Expired
            | Ending::Uncertain
            | Ending::SaidToHaveHappened
            | Ending::SaidNotToHaveHappened => Err(cannot_end(&ended.effect)),
        },
        Work::SendEmail { draft, .. } | Work::HandOver { draft, .. } => match &ended.ending {
            Ending::Performed(Outcome::Outdated) => Ok(outdated(letter)),
            Ending::Performed(Outcome::Sent { dispatched_at }) => {
                Ok(dispatched(letter, send, draft, *dispatched_at))
            }
            Ending::Uncertain => Ok(uncertain(letter, send, draft)),
            // It left within the hour for which a draft is good.
            Ending::SaidToHaveHappened => Ok(dispatched(letter, send, draft, draft.drafted_at)),
            // Nothing is sent again on somebody's word: the scheduler plans anew.
            Ending::SaidNotToHaveHappened => {
                Ok(give_up(letter, send, NotSentReason::PermitExpired, None))
            }
            Ending::Performed(
                Outcome::Drafted(_) | Outcome::Refused(_) | Outcome::Hindered { .. },
            )
            | Ending::Expired => Err(cannot_end(&ended.effect)),
        },
    }
}

fn cannot_end(work: &Work) -> Fault {
    Fault::Bug(format!("`{}` cannot end like that", work.kind()))
}

/// The day of the outgoing folder that a letter which was drafted then belongs to. The Netherlands
/// and Belgium have the same clock.
#[must_use]
pub fn post_day(drafted_at: Timestamp) -> Date {
    Pack::NL.local_date(drafted_at)
}

/// The letter as it is listed; none before it was asked for.
#[must_use]
pub fn told(letter: &Letter) -> Option<LetterTold> {
    let (send, state) = match &letter.stage {
        Stage::Unheard | Stage::Forestalled => return None,
        Stage::Requested { send } | Stage::Drafted { send, .. } => (send, LetterState::OnItsWay),
        Stage::Uncertain { send, .. } => (send, LetterState::Uncertain),
        Stage::Dispatched { send, dispatched_at, .. } => {
            (send, LetterState::Dispatched { at: *dispatched_at })
        }
        Stage::NotSent { send, reason, because } => {
            (send, LetterState::NotSent { reason: reason.clone(), because: because.clone() })
        }
    };
    Some(LetterTold {
        letter_id: letter.letter_id,
        case_id: send.permit.case_id,
        message: permitted_message(send)?,
        channel: send.channel,
        not_after: send.permit.not_after,
        state,
    })
}

/// Asks for a draft, whatever was there before.
fn draft_anew(letter: &Letter, send: &SendLetter, way: Way) -> Decision<Letter, Work> {
    let stage = Stage::Requested { send: send.clone() };
    Decision::quiet(letter.at(stage)).perform(way.draft(send.clone()))
}

fn drafted(letter: Letter, draft: &Draft) -> Decision<Letter, Work> {
    let Stage::Requested { send } = letter.stage.clone() else { return Decision::quiet(letter) };
    let Some(way) = Way::of(send.channel) else { return Decision::quiet(letter) };
    let stage = Stage::Drafted { send: send.clone(), draft: draft.clone() };
    Decision::quiet(letter.at(stage)).perform(way.dispatch(send, draft.clone()))
}

fn outdated(letter: Letter) -> Decision<Letter, Work> {
    let Stage::Drafted { send, .. } = letter.stage.clone() else { return Decision::quiet(letter) };
    match Way::of(send.channel) {
        Some(way) => draft_anew(&letter, &send, way),
        None => Decision::quiet(letter),
    }
}

/// The message did not leave, and will not.
fn give_up(
    letter: Letter,
    send: &SendLetter,
    reason: NotSentReason,
    because: Option<String>,
) -> Decision<Letter, Work> {
    match letter.stage {
        Stage::Requested { .. } | Stage::Drafted { .. } | Stage::Uncertain { .. } => {
            not_sent(&letter, send, reason, because)
        }
        Stage::Unheard | Stage::Forestalled | Stage::Dispatched { .. } | Stage::NotSent { .. } => {
            Decision::quiet(letter)
        }
    }
}

/// The message left, whatever we thought before. What left is told in whole seconds, and a permit
/// may begin within one: nothing leaves before its permit, so it is not told to have.
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
    let dispatched_at = dispatched_at.max(permit.not_before);
    // A letter without one never came to be drafted.
    let Some(message) = permitted_message(send) else { return Decision::quiet(letter) };
    let told = Dispatched {
        letter_id: letter.letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        message,
        channel: send.channel,
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

/// Tells the reason. The words beside it stay here: events carry none.
fn not_sent(
    letter: &Letter,
    send: &SendLetter,
    reason: NotSentReason,
    because: Option<String>,
) -> Decision<Letter, Work> {
    let permit = &send.permit;
    let told = NotSent {
        letter_id: letter.letter_id,
        case_id: permit.case_id,
        creditor_id: permit.creditor_id,
        person_id: permit.person_id,
        permit_id: permit.permit_id,
        reason: reason.clone(),
    };
    let stage = Stage::NotSent { send: send.clone(), reason, because };
    Decision::quiet(letter.at(stage)).send(told)
}
