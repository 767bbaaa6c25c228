//! The messages of letter, and how its work ends.

use contracts::letter::{Send, SendNote, Withdraw};
use letter::domain::{self, Letter, Note, NoteOutcome, NoteStage, NoteWork, Outcome, Stage, Work};
use mailbox::{Brought, Claim, Ended, Fault, Rehearsal, Rehearsed};
use primitives::{LetterId, NoteId};
use uuid::Uuid;

use crate::{Input, on};

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("letter")
        .keeps::<Letter>(|id| Letter {
            letter_id: LetterId::from_uuid(id),
            version: 0,
            stage: Stage::Unheard,
        })
        .keeps::<Note>(|id| Note {
            note_id: NoteId::from_uuid(id),
            version: 0,
            stage: NoteStage::Unheard,
        })
}

pub fn take(states: &mut Rehearsal, input: Input<'_>) -> Result<Brought, Fault> {
    match input.rehearsed.stem {
        "letter.cmd.send" => {
            on!(states, input, Send, |it| it.letter_id.as_uuid(), |state, _facts| domain::send(
                state, &it
            ))
        }
        "letter.cmd.withdraw" => {
            on!(states, input, Withdraw, |it| it.letter_id.as_uuid(), |state, _facts| Ok(
                domain::withdraw(state)
            ))
        }
        "letter.cmd.send-note" => {
            on!(states, input, SendNote, |it| it.note_id.as_uuid(), |state, facts| {
                domain::send_note(state, &it, facts)
            })
        }
        _ => Err(input.unexpected("letter")),
    }
}

/// Whether a letter still wants a piece of work.
#[must_use]
pub fn wants(states: &Rehearsal, letter: Uuid, work: &Work) -> bool {
    let letter = states.find::<Letter>(letter);
    letter.is_some_and(|letter| domain::claim(letter, work) == Claim::Start)
}

/// The same of a note.
#[must_use]
pub fn wants_note(states: &Rehearsal, note: Uuid, work: &NoteWork) -> bool {
    let note = states.find::<Note>(note);
    note.is_some_and(|note| domain::claim_note(note, work) == Claim::Start)
}

pub fn end(
    states: &mut Rehearsal,
    letter: Uuid,
    ended: &Ended<Work, Outcome>,
    it: Rehearsed<'_>,
) -> Result<Brought, Fault> {
    states.decide(it, &[letter], |state| domain::end(state, ended))
}

pub fn end_note(
    states: &mut Rehearsal,
    note: Uuid,
    ended: &Ended<NoteWork, NoteOutcome>,
    it: Rehearsed<'_>,
) -> Result<Brought, Fault> {
    states.decide(it, &[note], |state| domain::end_note(state, ended))
}
