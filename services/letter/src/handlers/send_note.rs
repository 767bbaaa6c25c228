//! `letter.cmd.send-note`: a creditor is to be written to.

use contracts::letter::SendNote;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{self, Note, NoteWork};

#[derive(Debug)]
pub(crate) struct OnSendNote;

impl Handler for OnSendNote {
    type Message = SendNote;
    type State = Note;
    type Effect = NoteWork;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&SendNote]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.note_id.as_uuid()]).collect())
    }

    fn decide(
        note: Note,
        message: &SendNote,
        facts: &Facts,
    ) -> Result<Decision<Note, NoteWork>, Fault> {
        domain::send_note(note, message, facts)
    }
}
