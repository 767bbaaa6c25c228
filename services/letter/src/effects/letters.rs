//! Who drafts, prints, sends and hands over letters to debtors.

use std::sync::Arc;

use contracts::letter::{NotSentReason, Send as SendLetter};
use contracts::payment_reconciliation::{GetPosition, Position, PositionAnswer};
use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use primitives::{Country, Language, Timestamp};
use runtime::error::chain;
use tracing::warn;

use super::mail::{Content, Mail};
use super::outgoing::{HandOverError, Parcel};
use super::smtp::Handed;
use super::{PostRoom, Unready, receiver, whole_second};
use crate::domain::{
    self, Composed, Draft, Form, Letter, Outcome, Refusal, Work, compose, post_day,
};

/// Performs the work of letters.
#[derive(Debug)]
pub(crate) struct Letters(pub(crate) Arc<PostRoom>);

/// Why there is nothing to send.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(transparent)]
    Unready(#[from] Unready),
    #[error("no e-mail address is known")]
    NoAddress,
    #[error("the message was not composed")]
    Composing(#[from] Refusal),
}

impl Hindrance {
    /// What it means for the letter; none where it may pass.
    const fn reason(&self) -> Option<NotSentReason> {
        match self {
            Self::Unready(_) => None,
            Self::NoAddress => Some(NotSentReason::NoAddress),
            Self::Composing(refusal) => refusal.reason(),
        }
    }
}

/// A message as it leaves.
#[derive(Debug)]
enum Finished {
    Mail(Mail),
    Paper { pdf: Vec<u8>, pages: u16, destination: Country, language: Language },
}

impl Finished {
    /// As it is kept.
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mail(mail) => &mail.bytes,
            Self::Paper { pdf, .. } => pdf,
        }
    }
}

impl Letters {
    /// Writes the message and keeps it.
    async fn draft(&self, send: &SendLetter, now: Timestamp) -> Result<Draft, Hindrance> {
        let drafted_at = whole_second(now);
        let (finished, asked, text_version) = self.write(send, drafted_at, now).await?;
        let content = self.0.files.put(finished.bytes()).await.map_err(Unready::from)?;
        Ok(Draft { content, asked, text_version, drafted_at })
    }

    /// The message as it would be written now; none where the draft is too old, of another day, or
    /// says something else.
    async fn still_true(
        &self,
        send: &SendLetter,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<Option<Finished>, Hindrance> {
        let kept = self.0.kept(draft.content, draft.drafted_at, now).await;
        let Some(kept) = kept.map_err(Unready::from)? else { return Ok(None) };
        let (finished, ..) = self.write(send, draft.drafted_at, now).await?;
        Ok(Some(finished).filter(|finished| finished.bytes() == kept))
    }

    async fn write(
        &self,
        send: &SendLetter,
        drafted_at: Timestamp,
        now: Timestamp,
    ) -> Result<(Finished, primitives::Money, String), Hindrance> {
        let case_id = send.permit.case_id;
        let (parties, position) = tokio::try_join!(self.0.parties(case_id), self.position(send))?;
        let to = receiver(&parties.debtor.name, parties.debtor.email.as_deref());
        let composed = {
            let (agency, send) = (self.0.agency.clone(), send.clone());
            // Printing takes the processor for a while.
            let compose = move || compose(&agency, &send, &parties, &position, now);
            tokio::task::spawn_blocking(compose).await.map_err(Unready::from)??
        };
        let Composed { sender_name, reply_to, subject, text, form, text_version, asked, .. } =
            composed;
        let finished = match form {
            Form::Paper { pdf, pages, destination, language } => {
                // From then on a folder that is not there is one that the partner cleared away.
                self.0.outgoing.make_folder(post_day(drafted_at)).map_err(Unready::from)?;
                Finished::Paper { pdf, pages, destination, language }
            }
            Form::Mail { html } => {
                let attached = Vec::new();
                let content = Content { sender_name, reply_to, subject, text, html, attached };
                let to = to.ok_or(Hindrance::NoAddress)?;
                let mail = self.0.mail(send.letter_id.as_uuid(), content, to, drafted_at);
                Finished::Mail(mail.map_err(Unready::from)?)
            }
        };
        Ok((finished, asked, text_version))
    }

    async fn position(&self, send: &SendLetter) -> Result<Position, Unready> {
        let (case_id, announce_for) = (send.permit.case_id, send.permit.claim_ids.clone());
        match self.0.asker.ask(&GetPosition { case_id, announce_for }).await? {
            PositionAnswer::Known(position) => Ok(position),
            PositionAnswer::Unknown => {
                Err(Unready::Unknown { service: "payment-reconciliation", what: "the case" })
            }
        }
    }

    async fn dispatch(
        &self,
        send: &SendLetter,
        draft: &Draft,
        now: Timestamp,
    ) -> Performance<Outcome> {
        let finished = match self.still_true(send, draft, now).await {
            Ok(Some(finished)) => finished,
            Ok(None) => return Performance::Done(Outcome::Outdated),
            Err(hindrance) => return hindered(send, &hindrance),
        };
        match finished {
            Finished::Mail(mail) => self.send(&mail, now).await,
            Finished::Paper { pdf, pages, destination, language } => {
                let day = post_day(draft.drafted_at);
                // The folder of a day that is over changes no more.
                if day != post_day(now) {
                    return Performance::Done(Outcome::Outdated);
                }
                let parcel = Parcel {
                    letter_id: send.letter_id,
                    day,
                    pdf,
                    sha256: draft.content,
                    pages,
                    country: destination,
                    language,
                };
                self.hand_over(parcel, whole_second(now)).await
            }
        }
    }

    /// Hands a mail to the mail server.
    async fn send(&self, mail: &Mail, now: Timestamp) -> Performance<Outcome> {
        match self.0.server.hand_over(&mail.envelope, &mail.bytes).await {
            Handed::Taken => Performance::Done(Outcome::Sent { dispatched_at: whole_second(now) }),
            Handed::AddressRefused => {
                Performance::Done(Outcome::Refused(NotSentReason::AddressRefused))
            }
            Handed::NotTaken(reason) => Performance::NotPerformed { reason },
            Handed::Unknown(reason) => Performance::Unknown { reason },
        }
    }

    /// Lays a letter into the outgoing folder.
    async fn hand_over(&self, parcel: Parcel, now: Timestamp) -> Performance<Outcome> {
        let outgoing = self.0.outgoing.clone();
        match tokio::task::spawn_blocking(move || outgoing.hand_over(&parcel, now)).await {
            Ok(Ok(dispatched_at)) => Performance::Done(Outcome::Sent { dispatched_at }),
            Ok(Err(error @ HandOverError::NotHandedOver(_))) => {
                Performance::NotPerformed { reason: chain(&error) }
            }
            Ok(Err(error @ HandOverError::Doubtful(_))) => {
                Performance::Unknown { reason: chain(&error) }
            }
            Err(broken_off) => Performance::Unknown { reason: chain(&broken_off) },
        }
    }

    /// Whether a letter lies in the outgoing folder.
    async fn lies_in_folder(&self, send: &SendLetter, draft: &Draft) -> Evidence<Outcome> {
        let (outgoing, letter_id) = (self.0.outgoing.clone(), send.letter_id);
        let day = post_day(draft.drafted_at);
        // A folder that the partner cleared away cannot tell what was in it: a person finds out.
        if !outgoing.holds(day) {
            return Evidence::Silent;
        }
        let found = tokio::task::spawn_blocking(move || outgoing.handed_over(letter_id, day)).await;
        match found.map_err(Unready::from).map(|found| found.map_err(Unready::from)) {
            Ok(Ok(Some(dispatched_at))) => Evidence::Happened(Outcome::Sent { dispatched_at }),
            Ok(Ok(None)) => Evidence::DidNotHappen,
            Ok(Err(error)) | Err(error) => Evidence::Unreachable { reason: chain(&error) },
        }
    }
}

impl Performer for Letters {
    type Effect = Work;
    type Aggregate = Letter;
    type Outcome = Outcome;

    fn claim(letter: &Letter, work: &Work, _: &Facts) -> Claim {
        domain::claim(letter, work)
    }

    async fn perform(&self, work: &Work, facts: &Facts) -> Performance<Outcome> {
        match work {
            Work::DraftEmail { send } | Work::PrintLetter { send } => {
                match self.draft(send, facts.now).await {
                    Ok(draft) => Performance::Done(Outcome::Drafted(draft)),
                    Err(hindrance) => hindered(send, &hindrance),
                }
            }
            Work::SendEmail { send, draft } | Work::HandOver { send, draft } => {
                self.dispatch(send, draft, facts.now).await
            }
        }
    }

    async fn evidence(&self, work: &Work) -> Evidence<Outcome> {
        match work {
            // Repeated at will: nobody asks.
            Work::DraftEmail { .. } | Work::PrintLetter { .. } => Evidence::Silent,
            Work::HandOver { send, draft } => self.lies_in_folder(send, draft).await,
            Work::SendEmail { send, draft } => {
                match self.0.was_taken(send.letter_id.as_uuid()).await {
                    None => Evidence::Silent,
                    // It left within the hour for which a draft is good.
                    Some(Ok(true)) => {
                        Evidence::Happened(Outcome::Sent { dispatched_at: draft.drafted_at })
                    }
                    Some(Ok(false)) => Evidence::DidNotHappen,
                    Some(Err(error)) => Evidence::Unreachable { reason: chain(&error) },
                }
            }
        }
    }

    fn decide(
        letter: Letter,
        ended: &Ended<Work, Outcome>,
        _: &Facts,
    ) -> Result<Decision<Letter, Work>, Fault> {
        domain::end(letter, ended)
    }
}

fn hindered(send: &SendLetter, hindrance: &Hindrance) -> Performance<Outcome> {
    match hindrance.reason() {
        None => Performance::NotPerformed { reason: chain(hindrance) },
        Some(reason) => {
            let (letter_id, case_id) = (send.letter_id, send.permit.case_id);
            let because = chain(hindrance);
            warn!(
                letter.id = %letter_id,
                case.id = %case_id,
                "letter {letter_id} is not sent: {because}"
            );
            Performance::Done(Outcome::Hindered { reason, because })
        }
    }
}
