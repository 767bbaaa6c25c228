//! The outside world of the letter service: other services, the file store, the mail server, and
//! the provider that knows which mails it took.
//!
//! What is said is composed by the domain; here it is fetched, kept and sent. Nothing personal
//! leaves here but in the mail itself and in its copy.

mod lookup;
mod mail;
mod smtp;

use std::time::Duration;

use contracts::intake::{GetParties, Parties, PartiesAnswer};
use contracts::letter::{NotSentReason, Send as SendLetter};
use contracts::payment_reconciliation::{GetPosition, Position, PositionAnswer};
use jiff::SignedDuration;
use lettre::Address;
use lettre::message::Mailbox as Receiver;
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::Timestamp;
use runtime::config::ConfigError;
use runtime::error::{BoxError, chain};
use runtime::files::{FileStore, FileStoreError};
use runtime::http::{CallLimits, HttpClient};
use tracing::warn;

use crate::config::LetterConfig;
use crate::domain::{self, Agency, Draft, Letter, Outcome, Refusal, Work, compose};
use lookup::Lookup;
use mail::{Mail, MailError};
use smtp::{Handed, MailServer};

/// How long a draft may be sent after it was written.
const DRAFT_GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Writes and sends.
#[derive(Debug)]
pub(crate) struct PostRoom {
    agency: Agency,
    asker: Asker,
    files: FileStore,
    server: MailServer,
    lookup: Option<Lookup>,
}

/// Why there is no mail to send.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("another service could not be asked")]
    Ask(#[from] AskError),
    #[error("{service} does not know the case yet")]
    CaseUnknown { service: &'static str },
    #[error("no e-mail address is known")]
    NoAddress,
    #[error("the message was not composed")]
    Composing(#[from] Refusal),
    #[error("the mail was not made")]
    Mail(#[from] MailError),
    #[error("the copy was not kept")]
    Files(#[from] FileStoreError),
}

impl Hindrance {
    /// What it means for the letter; none where it may pass.
    const fn reason(&self) -> Option<NotSentReason> {
        match self {
            Self::Ask(_)
            | Self::CaseUnknown { .. }
            | Self::Mail(_)
            | Self::Files(_)
            | Self::Composing(Refusal::NotKnownYet(_)) => None,
            Self::NoAddress => Some(NotSentReason::NoAddress),
            Self::Composing(Refusal::NothingOwed) => Some(NotSentReason::NothingOwed),
            Self::Composing(Refusal::PaymentsNotKnown { .. }) => {
                Some(NotSentReason::PaymentsNotKnown)
            }
            Self::Composing(Refusal::NotCovered { .. }) => Some(NotSentReason::TextNotLawful),
            Self::Composing(Refusal::Incomplete { .. }) => Some(NotSentReason::DataMissing),
            Self::Composing(Refusal::NoOneSum(_) | Refusal::Text(_) | Refusal::Template(_)) => {
                Some(NotSentReason::NoText)
            }
        }
    }
}

impl PostRoom {
    /// Opens it; nothing is connected to yet.
    pub(crate) fn open(
        config: &LetterConfig,
        asker: Asker,
        files: FileStore,
    ) -> Result<Self, BoxError> {
        let limits = CallLimits { connect: Duration::from_secs(3), total: Duration::from_secs(10) };
        let lookup = match &config.evidence_url {
            Some(root) => Some(
                Lookup::new(HttpClient::new("letter", limits)?, root)
                    .map_err(|problem| ConfigError::refused("evidence_url", problem))?,
            ),
            None => None,
        };
        Ok(Self {
            agency: config.agency.clone(),
            asker,
            files,
            server: MailServer::new(config.smtp.clone(), &config.agency.domain)?,
            lookup,
        })
    }

    /// Writes the message and keeps it.
    async fn draft(&self, send: &SendLetter, now: Timestamp) -> Result<Draft, Hindrance> {
        let drafted_at = whole_second(now);
        let (mail, composed) = self.write(send, drafted_at, now).await?;
        let content = self.files.put(&mail.bytes).await?;
        let (asked, text_version) = (composed.asked, composed.text_version);
        Ok(Draft { content, asked, text_version, drafted_at })
    }

    /// The mail as it would be written now; none where the draft is too old or says something else.
    async fn still_true(
        &self,
        send: &SendLetter,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<Option<Mail>, Hindrance> {
        let age = now.duration_since(draft.drafted_at);
        if age.is_negative() || age > DRAFT_GOOD_FOR {
            return Ok(None);
        }
        let kept = match self.files.get(draft.content).await {
            Ok(kept) => kept,
            Err(FileStoreError::NotFound { .. } | FileStoreError::Corrupt { .. }) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let (mail, _) = self.write(send, draft.drafted_at, now).await?;
        Ok(Some(mail).filter(|mail| mail.bytes == kept))
    }

    async fn write(
        &self,
        send: &SendLetter,
        drafted_at: Timestamp,
        now: Timestamp,
    ) -> Result<(Mail, domain::Composed), Hindrance> {
        let (parties, position) = tokio::try_join!(self.parties(send), self.position(send))?;
        let composed = compose(&self.agency, send, &parties, &position, now)?;
        let receiver = receiver(&parties)?;
        let mail = mail::build(&self.agency, send.letter_id, &composed, receiver, drafted_at)?;
        Ok((mail, composed))
    }

    async fn parties(&self, send: &SendLetter) -> Result<Parties, Hindrance> {
        let case_id = send.permit.case_id;
        match self.asker.ask(&GetParties { case_id }).await? {
            PartiesAnswer::Known(parties) => Ok(parties),
            PartiesAnswer::Unknown => Err(Hindrance::CaseUnknown { service: "intake" }),
        }
    }

    async fn position(&self, send: &SendLetter) -> Result<Position, Hindrance> {
        let case_id = send.permit.case_id;
        match self.asker.ask(&GetPosition { case_id }).await? {
            PositionAnswer::Known(position) => Ok(position),
            PositionAnswer::Unknown => {
                Err(Hindrance::CaseUnknown { service: "payment-reconciliation" })
            }
        }
    }

    /// Hands the mail over.
    async fn dispatch(&self, mail: &Mail, now: Timestamp) -> Performance<Outcome> {
        match self.server.hand_over(&mail.envelope, &mail.bytes).await {
            Handed::Taken => Performance::Done(Outcome::Sent { dispatched_at: whole_second(now) }),
            Handed::AddressRefused => {
                Performance::Done(Outcome::Refused(NotSentReason::AddressRefused))
            }
            Handed::NotTaken(reason) => Performance::NotPerformed { reason },
            Handed::Unknown(reason) => Performance::Unknown { reason },
        }
    }
}

impl Performer for PostRoom {
    type Effect = Work;
    type Aggregate = Letter;
    type Outcome = Outcome;

    fn claim(letter: &Letter, work: &Work, _: &Facts) -> Claim {
        domain::claim(letter, work)
    }

    async fn perform(&self, work: &Work, facts: &Facts) -> Performance<Outcome> {
        match work {
            Work::DraftEmail { send } => match self.draft(send, facts.now).await {
                Ok(draft) => Performance::Done(Outcome::Drafted(draft)),
                Err(hindrance) => hindered(send, &hindrance),
            },
            Work::SendEmail { send, draft } => {
                match self.still_true(send, draft, facts.now).await {
                    Ok(Some(mail)) => self.dispatch(&mail, facts.now).await,
                    Ok(None) => Performance::Done(Outcome::Outdated),
                    Err(hindrance) => hindered(send, &hindrance),
                }
            }
        }
    }

    async fn evidence(&self, work: &Work) -> Evidence<Outcome> {
        let (Work::SendEmail { send, draft }, Some(lookup)) = (work, &self.lookup) else {
            return Evidence::Silent;
        };
        match lookup.has(&mail::message_id(&self.agency, send.letter_id)).await {
            // It left within the hour for which a draft is good.
            Ok(true) => Evidence::Happened(Outcome::Sent { dispatched_at: draft.drafted_at }),
            Ok(false) => Evidence::DidNotHappen,
            Err(error) => Evidence::Unreachable { reason: chain(&error) },
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
            warn!(
                letter.id = %letter_id,
                case.id = %case_id,
                "letter {letter_id} is not sent: {}", chain(hindrance)
            );
            Performance::Done(Outcome::Refused(reason))
        }
    }
}

fn receiver(parties: &Parties) -> Result<Receiver, Hindrance> {
    let email = parties.debtor.email.as_deref().map(str::trim).unwrap_or_default();
    let address: Address = email.parse().map_err(|_| Hindrance::NoAddress)?;
    Ok(Receiver::new(Some(domain::one_line(&parties.debtor.name)), address))
}

/// Databases and mails keep less than nanoseconds.
fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
