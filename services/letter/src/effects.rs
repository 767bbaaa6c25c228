//! The outside world of the letter service: other services, the file store, the mail server, the
//! provider that knows which mails it took, and the outgoing folder.
//!
//! What is said is composed by the domain; here it is fetched, kept and sent. Nothing personal
//! leaves here but in the mail or the PDF itself and in its copy.

mod letters;
mod lookup;
mod mail;
mod notes;
mod outgoing;
mod smtp;

use std::time::Duration;

use contracts::intake::{GetParties, Parties, PartiesAnswer};
use contracts::operations::Breach;
use jiff::SignedDuration;
use lettre::Address;
use lettre::message::Mailbox as Receiver;
use mailbox::{AskError, Asker};
use primitives::{CaseId, ContentHash, LetterId, Timestamp};
use runtime::config::ConfigError;
use runtime::error::{BoxError, chain};
use runtime::files::{FileStore, FileStoreError};
use runtime::http::{CallLimits, HttpClient};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::config::LetterConfig;
use crate::domain::{self, Agency, post_day};
use crate::store;
use lookup::{Lookup, LookupError};
use mail::{Content, Mail, MailError};
use smtp::MailServer;

pub(crate) use letters::Letters;
pub(crate) use notes::Notes;
pub(crate) use outgoing::{Outgoing, OutgoingError};

/// How long a draft may be sent after it was written.
const DRAFT_GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What both who write letters and who write notes need.
#[derive(Debug)]
pub(crate) struct PostRoom {
    agency: Agency,
    asker: Asker,
    files: FileStore,
    server: MailServer,
    lookup: Option<Lookup>,
    outgoing: Outgoing,
}

/// Why something cannot be fetched, made or kept now; that may pass.
#[derive(Debug, thiserror::Error)]
enum Unready {
    #[error("another service could not be asked")]
    Ask(#[from] AskError),
    #[error("{service} does not know {what} yet")]
    Unknown { service: &'static str, what: &'static str },
    #[error("the mail was not made")]
    Mail(#[from] MailError),
    #[error("the copy was not kept, or a file not read")]
    Files(#[from] FileStoreError),
    #[error("the outgoing folder was not to be had")]
    Outgoing(#[from] OutgoingError),
    #[error("the work was broken off")]
    BrokenOff(#[from] tokio::task::JoinError),
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
            outgoing: Outgoing::open(&config.outgoing.folder)?,
        })
    }

    /// The outgoing folder, for the checks.
    pub(crate) fn outgoing(&self) -> Outgoing {
        self.outgoing.clone()
    }

    async fn parties(&self, case_id: CaseId) -> Result<Parties, Unready> {
        match self.asker.ask(&GetParties { case_id }).await? {
            PartiesAnswer::Known(parties) => Ok(parties),
            PartiesAnswer::Unknown => Err(Unready::Unknown { service: "intake", what: "the case" }),
        }
    }

    fn mail(
        &self,
        id: Uuid,
        content: Content,
        to: Receiver,
        drafted_at: Timestamp,
    ) -> Result<Mail, MailError> {
        mail::build(&self.agency, id, content, to, drafted_at)
    }

    /// Whether the provider has the mail; none where nobody can be asked.
    async fn was_taken(&self, id: Uuid) -> Option<Result<bool, LookupError>> {
        let lookup = self.lookup.as_ref()?;
        Some(lookup.has(&mail::message_id(&self.agency, id)).await)
    }

    /// A draft as it was kept; none where it is too old, or not to be had any more.
    async fn kept(
        &self,
        content: ContentHash,
        drafted_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, FileStoreError> {
        let age = now.duration_since(drafted_at);
        if age.is_negative() || age > DRAFT_GOOD_FOR {
            return Ok(None);
        }
        match self.files.get(content).await {
            Ok(kept) => Ok(Some(kept)),
            Err(FileStoreError::NotFound { .. } | FileStoreError::Corrupt { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Who a mail goes to; none where there is no address that can be written to.
fn receiver(name: &str, email: Option<&str>) -> Option<Receiver> {
    let address: Address = email.map(str::trim).unwrap_or_default().parse().ok()?;
    Some(Receiver::new(Some(domain::one_line(name)), address))
}

/// Databases and mails keep less than nanoseconds.
fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// The check that a letter which was told as dispatched by post stands in the outgoing folder, on
/// those that left last; days that were cleared away are left out.
pub(crate) async fn handed_over(
    conn: &mut PgConnection,
    outgoing: Outgoing,
) -> sqlx::Result<Vec<Breach>> {
    let posted = store::posted(conn).await?;
    let missing = tokio::task::spawn_blocking(move || {
        posted
            .into_iter()
            .filter_map(|(id, drafted_at)| missing(&outgoing, id, drafted_at))
            .collect()
    });
    // Only a process that stops breaks it off.
    Ok(missing.await.unwrap_or_default())
}

fn missing(outgoing: &Outgoing, letter_id: LetterId, drafted_at: Timestamp) -> Option<Breach> {
    let day = post_day(drafted_at);
    if !outgoing.holds(day) {
        return None;
    }
    let detail = match outgoing.handed_over(letter_id, day) {
        Ok(Some(_)) => return None,
        Ok(None) => format!("it was dispatched by post, and the manifest of {day} lacks it"),
        Err(error) => format!("the manifest of {day} is not to be had: {}", chain(&error)),
    };
    Some(Breach { invariant: "handed-over".to_owned(), id: letter_id.as_uuid(), detail })
}
