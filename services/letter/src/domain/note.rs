//! One note to a creditor, from the wish to send it to its end.
//!
//! It needs no permit: a permit protects a debtor, and a note reaches nobody but the creditor,
//! about its own cases and its own money. It moves as a letter does, drafted first and sent once,
//! but it is not withdrawn and its time never ends: what cannot be sent now is sent later.

use contracts::letter::{
    Note as NoteText, NoteDispatched, NoteNotSent, NoteNotSentReason, SendNote,
};
use mailbox::{Claim, Decision, Effect, Ended, Ending, Facts, Fault};
use primitives::{CaseId, ContentHash, NoteId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// A note as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub note_id: NoteId,
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    pub stage: NoteStage,
}

impl Note {
    /// The same note at another stage.
    const fn at(&self, stage: NoteStage) -> Self {
        Self { note_id: self.note_id, version: self.version, stage }
    }
}

/// How far a note is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteStage {
    /// Nothing is known of it.
    Unheard,
    /// It is to be drafted.
    Requested { wish: NoteWish },
    /// It is to be sent, or is being sent.
    Drafted { wish: NoteWish, draft: NoteDraft },
    /// It left, and its copy is kept.
    Dispatched { wish: NoteWish, draft: NoteDraft, dispatched_at: Timestamp },
    /// It did not leave, as far as is known; a person sees to it.
    NotSent { wish: NoteWish, reason: NoteNotSentReason },
}

/// What was asked for, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteWish {
    pub send: SendNote,
    /// Business time.
    pub requested_at: Timestamp,
}

/// A finished note in the file store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDraft {
    /// The whole mail, byte for byte as it leaves.
    pub content: ContentHash,
    pub text_version: String,
    /// Business time. It may be sent for an hour after it.
    pub drafted_at: Timestamp,
}

/// What a note asks to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteWork {
    /// Write the mail and keep it.
    Draft {
        #[serde(deserialize_with = "any_version")]
        send: SendNote,
    },
    /// Hand the kept mail to the mail server.
    Send {
        #[serde(deserialize_with = "any_version")]
        send: SendNote,
        draft: NoteDraft,
    },
}

/// Effects that earlier releases kept hold the command in its version 2 or 3.
fn any_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SendNote, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Current(SendNote),
        Third(contracts::earlier::v3::SendNote),
        Second(contracts::earlier::v2::SendNote),
    }
    Ok(match Kept::deserialize(deserializer)? {
        Kept::Current(send) => send,
        Kept::Third(send) => send.into(),
        Kept::Second(send) => contracts::earlier::v3::SendNote::from(send).into(),
    })
}

impl Effect for NoteWork {
    fn kind(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft-note",
            Self::Send { .. } => "send-note",
        }
    }

    fn once(&self) -> bool {
        match self {
            Self::Draft { .. } => false,
            Self::Send { .. } => true,
        }
    }
}

/// What came of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteOutcome {
    /// The mail lies ready.
    Drafted(NoteDraft),
    /// The draft is too old, or says what is not true any more.
    Outdated,
    /// The mail server took it.
    Sent { dispatched_at: Timestamp },
    /// It must not or cannot be sent.
    Refused(NoteNotSentReason),
}

/// Decides on the wish to send a note.
pub fn send_note(
    note: Note,
    send: &SendNote,
    facts: &Facts,
) -> Result<Decision<Note, NoteWork>, Fault> {
    match &note.stage {
        NoteStage::Unheard => {
            let wish = NoteWish { send: send.clone(), requested_at: facts.now };
            Ok(draft_anew(&note, wish))
        }
        NoteStage::Requested { wish }
        | NoteStage::Drafted { wish, .. }
        | NoteStage::Dispatched { wish, .. }
        | NoteStage::NotSent { wish, .. } => {
            if wish.send == *send {
                return Ok(Decision::quiet(note));
            }
            Err(Fault::Poison(format!("note {} was asked for otherwise before", note.note_id)))
        }
    }
}

/// Whether a piece of work is still wanted.
#[must_use]
pub fn claim_note(note: &Note, work: &NoteWork) -> Claim {
    let wanted = match work {
        NoteWork::Draft { .. } => matches!(note.stage, NoteStage::Requested { .. }),
        NoteWork::Send { draft, .. } => {
            matches!(&note.stage, NoteStage::Drafted { draft: kept, .. } if kept == draft)
        }
    };
    if wanted { Claim::Start } else { Claim::Withdraw }
}

/// Decides on the end of a piece of work.
pub fn end_note(
    note: Note,
    ended: &Ended<NoteWork, NoteOutcome>,
) -> Result<Decision<Note, NoteWork>, Fault> {
    match (&ended.effect, &ended.ending) {
        (_, Ending::Performed(NoteOutcome::Refused(reason))) => Ok(not_sent(note, reason)),
        (NoteWork::Draft { .. }, Ending::Performed(NoteOutcome::Drafted(draft))) => {
            Ok(drafted(note, draft))
        }
        (NoteWork::Send { .. }, Ending::Performed(NoteOutcome::Outdated)) => Ok(outdated(note)),
        (
            NoteWork::Send { send, draft },
            Ending::Performed(NoteOutcome::Sent { dispatched_at }),
        ) => Ok(dispatched(note, send, draft, *dispatched_at)),
        // It left within the hour for which a draft is good.
        (NoteWork::Send { send, draft }, Ending::SaidToHaveHappened) => {
            Ok(dispatched(note, send, draft, draft.drafted_at))
        }
        (NoteWork::Send { .. }, Ending::Uncertain) => {
            Ok(not_sent(note, &NoteNotSentReason::Uncertain))
        }
        // The person who found it out has it in hand: nothing is sent again on somebody's word.
        (NoteWork::Send { .. }, Ending::SaidNotToHaveHappened) => Ok(Decision::quiet(note)),
        (
            NoteWork::Draft { .. } | NoteWork::Send { .. },
            Ending::Performed(_)
            | Ending::Expired
            | Ending::Uncertain
            | Ending::SaidToHaveHappened
            | Ending::SaidNotToHaveHappened,
        ) => Err(Fault::Bug(format!("`{}` cannot end like that", ended.effect.kind()))),
    }
}

fn draft_anew(note: &Note, wish: NoteWish) -> Decision<Note, NoteWork> {
    let work = NoteWork::Draft { send: wish.send.clone() };
    Decision::quiet(note.at(NoteStage::Requested { wish })).perform(work)
}

fn drafted(note: Note, draft: &NoteDraft) -> Decision<Note, NoteWork> {
    let NoteStage::Requested { wish } = note.stage.clone() else { return Decision::quiet(note) };
    let work = NoteWork::Send { send: wish.send.clone(), draft: draft.clone() };
    let stage = NoteStage::Drafted { wish, draft: draft.clone() };
    Decision::quiet(note.at(stage)).perform(work)
}

fn outdated(note: Note) -> Decision<Note, NoteWork> {
    match note.stage.clone() {
        NoteStage::Drafted { wish, .. } => draft_anew(&note, wish),
        NoteStage::Unheard
        | NoteStage::Requested { .. }
        | NoteStage::Dispatched { .. }
        | NoteStage::NotSent { .. } => Decision::quiet(note),
    }
}

/// The mail left, whatever we thought before.
fn dispatched(
    note: Note,
    send: &SendNote,
    draft: &NoteDraft,
    dispatched_at: Timestamp,
) -> Decision<Note, NoteWork> {
    let wish = match note.stage.clone() {
        NoteStage::Requested { wish }
        | NoteStage::Drafted { wish, .. }
        | NoteStage::NotSent { wish, .. } => wish,
        NoteStage::Unheard | NoteStage::Dispatched { .. } => return Decision::quiet(note),
    };
    let told = NoteDispatched {
        note_id: note.note_id,
        creditor_id: send.creditor_id,
        case_id: case_of(send),
        content: draft.content,
        dispatched_at,
    };
    let stage = NoteStage::Dispatched { wish, draft: draft.clone(), dispatched_at };
    Decision::quiet(note.at(stage)).send(told)
}

fn not_sent(note: Note, reason: &NoteNotSentReason) -> Decision<Note, NoteWork> {
    let wish = match note.stage.clone() {
        NoteStage::Requested { wish } | NoteStage::Drafted { wish, .. } => wish,
        NoteStage::Unheard | NoteStage::Dispatched { .. } | NoteStage::NotSent { .. } => {
            return Decision::quiet(note);
        }
    };
    let told = NoteNotSent {
        note_id: note.note_id,
        creditor_id: wish.send.creditor_id,
        case_id: case_of(&wish.send),
        reason: reason.clone(),
    };
    let stage = NoteStage::NotSent { wish, reason: reason.clone() };
    Decision::quiet(note.at(stage)).send(told)
}

/// The case that a note is about, where it is about one.
const fn case_of(send: &SendNote) -> Option<CaseId> {
    match &send.note {
        NoteText::Feedback(feedback) => Some(feedback.case_id),
        NoteText::Remittance(_) => None,
    }
}
