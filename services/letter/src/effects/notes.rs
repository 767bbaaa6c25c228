//! Who drafts and sends notes to creditors.

use std::sync::Arc;

use contracts::intake::{CreditorContact, CreditorContactAnswer, GetCreditorContact, Parties};
use contracts::letter::{Note as NoteText, NoteNotSentReason, SendNote};
use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use primitives::Timestamp;
use runtime::error::chain;
use tracing::warn;

use super::mail::{Attached, Content, Mail};
use super::smtp::Handed;
use super::{PostRoom, Unready, receiver, whole_second};
use crate::domain::{
    self, Attachment, ComposedNote, Note, NoteDraft, NoteOutcome, NoteRefusal, NoteWork,
    compose_note,
};

/// Performs the work of notes.
#[derive(Debug)]
pub(crate) struct Notes(pub(crate) Arc<PostRoom>);

/// Why there is no note to send.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(transparent)]
    Unready(#[from] Unready),
    #[error("the creditor gave no e-mail address that can be written to")]
    NoAddress,
    #[error("the note was not composed")]
    Composing(#[from] NoteRefusal),
}

impl Hindrance {
    /// What it means for the note; none where it may pass.
    const fn reason(&self) -> Option<NoteNotSentReason> {
        match self {
            Self::Unready(_) => None,
            Self::NoAddress => Some(NoteNotSentReason::NoAddress),
            Self::Composing(_) => Some(NoteNotSentReason::NoText),
        }
    }
}

impl Notes {
    /// Writes the mail and keeps it.
    async fn draft(&self, send: &SendNote, now: Timestamp) -> Result<NoteDraft, Hindrance> {
        let drafted_at = whole_second(now);
        let (mail, text_version) = self.write(send, drafted_at).await?;
        let content = self.0.files.put(&mail.bytes).await.map_err(Unready::from)?;
        Ok(NoteDraft { content, text_version, drafted_at })
    }

    /// The mail as it would be written now; none where the draft is too old or says something else.
    async fn still_true(
        &self,
        send: &SendNote,
        draft: &NoteDraft,
        now: Timestamp,
    ) -> Result<Option<Mail>, Hindrance> {
        let kept = self.0.kept(draft.content, draft.drafted_at, now).await;
        let Some(kept) = kept.map_err(Unready::from)? else { return Ok(None) };
        let (mail, _) = self.write(send, draft.drafted_at).await?;
        Ok(Some(mail).filter(|mail| mail.bytes == kept))
    }

    async fn write(
        &self,
        send: &SendNote,
        drafted_at: Timestamp,
    ) -> Result<(Mail, String), Hindrance> {
        let contact = self.contact(send).await?;
        let parties = self.parties(send).await?;
        let to = receiver(&contact.name, contact.email.as_deref()).ok_or(Hindrance::NoAddress)?;
        let composed = compose_note(&self.0.agency, send, &contact, parties.as_ref())?;
        let ComposedNote { sender_name, subject, text, html, text_version, attachments } = composed;
        let mut attached = Vec::with_capacity(attachments.len());
        for Attachment { name, content, kind } in attachments {
            let bytes = self.0.files.get(content).await.map_err(Unready::from)?;
            attached.push(Attached { name, kind, bytes });
        }
        let content = Content { sender_name, reply_to: None, subject, text, html, attached };
        let mail = self.0.mail(send.note_id.as_uuid(), content, to, drafted_at);
        Ok((mail.map_err(Unready::from)?, text_version))
    }

    async fn contact(&self, send: &SendNote) -> Result<CreditorContact, Unready> {
        let creditor_id = send.creditor_id;
        match self.0.asker.ask(&GetCreditorContact { creditor_id }).await? {
            CreditorContactAnswer::Known(contact) => Ok(contact),
            CreditorContactAnswer::Unknown => {
                Err(Unready::Unknown { service: "intake", what: "the creditor" })
            }
        }
    }

    /// Who stands on the case, where the note is about one.
    async fn parties(&self, send: &SendNote) -> Result<Option<Parties>, Unready> {
        match &send.note {
            NoteText::Feedback(feedback) => self.0.parties(feedback.case_id).await.map(Some),
            NoteText::Remittance(_) => Ok(None),
        }
    }

    async fn dispatch(
        &self,
        send: &SendNote,
        draft: &NoteDraft,
        now: Timestamp,
    ) -> Performance<NoteOutcome> {
        let mail = match self.still_true(send, draft, now).await {
            Ok(Some(mail)) => mail,
            Ok(None) => return Performance::Done(NoteOutcome::Outdated),
            Err(hindrance) => return hindered(send, &hindrance),
        };
        match self.0.server.hand_over(&mail.envelope, &mail.bytes).await {
            Handed::Taken => {
                Performance::Done(NoteOutcome::Sent { dispatched_at: whole_second(now) })
            }
            Handed::AddressRefused => {
                Performance::Done(NoteOutcome::Refused(NoteNotSentReason::AddressRefused))
            }
            Handed::NotTaken(reason) => Performance::NotPerformed { reason },
            Handed::Unknown(reason) => Performance::Unknown { reason },
        }
    }
}

impl Performer for Notes {
    type Effect = NoteWork;
    type Aggregate = Note;
    type Outcome = NoteOutcome;

    fn claim(note: &Note, work: &NoteWork, _: &Facts) -> Claim {
        domain::claim_note(note, work)
    }

    async fn perform(&self, work: &NoteWork, facts: &Facts) -> Performance<NoteOutcome> {
        match work {
            NoteWork::Draft { send } => match self.draft(send, facts.now).await {
                Ok(draft) => Performance::Done(NoteOutcome::Drafted(draft)),
                Err(hindrance) => hindered(send, &hindrance),
            },
            NoteWork::Send { send, draft } => self.dispatch(send, draft, facts.now).await,
        }
    }

    async fn evidence(&self, work: &NoteWork) -> Evidence<NoteOutcome> {
        let NoteWork::Send { send, draft } = work else { return Evidence::Silent };
        match self.0.was_taken(send.note_id.as_uuid()).await {
            None => Evidence::Silent,
            // It left within the hour for which a draft is good.
            Some(Ok(true)) => {
                Evidence::Happened(NoteOutcome::Sent { dispatched_at: draft.drafted_at })
            }
            Some(Ok(false)) => Evidence::DidNotHappen,
            Some(Err(error)) => Evidence::Unreachable { reason: chain(&error) },
        }
    }

    fn decide(
        note: Note,
        ended: &Ended<NoteWork, NoteOutcome>,
        _: &Facts,
    ) -> Result<Decision<Note, NoteWork>, Fault> {
        domain::end_note(note, ended)
    }
}

fn hindered(send: &SendNote, hindrance: &Hindrance) -> Performance<NoteOutcome> {
    match hindrance.reason() {
        None => Performance::NotPerformed { reason: chain(hindrance) },
        Some(reason) => {
            let (note_id, creditor_id) = (send.note_id, send.creditor_id);
            warn!(
                note.id = %note_id,
                creditor.id = %creditor_id,
                "note {note_id} is not sent: {}", chain(hindrance)
            );
            Performance::Done(NoteOutcome::Refused(reason))
        }
    }
}
