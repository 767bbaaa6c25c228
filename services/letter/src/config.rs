//! The letter service's configuration: who writes, which mail server takes it, and where letters
//! lie for the print partner.

use std::path::PathBuf;

use lettre::Address;
use mailbox::MailboxSettings;
use runtime::config::{ConfigError, Secret};
use serde::{Deserialize, Serialize};

use crate::domain::Agency;

/// The keys beside those of every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LetterConfig {
    pub mailbox: MailboxSettings,
    /// The agency, as its messages name it.
    pub agency: Agency,
    /// The server that mails are handed to.
    pub smtp: SmtpConfig,
    /// Where letters on paper are handed over.
    pub outgoing: OutgoingConfig,
    /// Where to ask whether a mail was taken: the root of an API such as Mailpit's. Without it, a
    /// person settles what a crash left open.
    pub evidence_url: Option<String>,
    /// How long another service may take to answer.
    pub ask_timeout_ms: u64,
}

/// The server that mails are handed to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: TlsMode,
    /// Empty where the server asks for none.
    pub user: String,
    pub password: Secret,
    /// How long each answer of the server may take, but for the last one: that is waited for ten
    /// minutes (RFC 5321, section 4.5.3.2.6), since nobody knows what a late one would have said.
    pub timeout_ms: u64,
}

/// Where letters on paper are handed over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutgoingConfig {
    /// The folder that the print partner fetches from. All replicas share it.
    pub folder: PathBuf,
}

/// How the connection to the mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Not at all: for a server on this machine only.
    None,
    /// Plain at first, and TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
}

impl Default for LetterConfig {
    fn default() -> Self {
        Self {
            mailbox: MailboxSettings::default(),
            agency: Agency::default(),
            smtp: SmtpConfig::default(),
            outgoing: OutgoingConfig::default(),
            evidence_url: None,
            ask_timeout_ms: 5_000,
        }
    }
}

impl Default for SmtpConfig {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: TlsMode::Starttls,
            user: String::new(),
            password: Secret::default(),
            timeout_ms: 60_000,
        }
    }
}

impl LetterConfig {
    /// Refuses what no message could be sent with.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let agency = &self.agency;
        let required = [
            ("agency.name", &agency.name),
            ("agency.legal_name", &agency.legal_name),
            ("agency.company_number", &agency.company_number),
            ("agency.telephone", &agency.telephone),
            ("agency.email", &agency.email),
            ("agency.website", &agency.website),
            ("agency.complaints", &agency.complaints),
            ("agency.domain", &agency.domain),
            ("smtp.host", &self.smtp.host),
        ];
        if let Some((key, _)) = required.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(ConfigError::refused(key, "must be set"));
        }
        if agency.registration_nl.as_deref().is_none_or(|number| number.trim().is_empty()) {
            return Err(ConfigError::refused(
                "agency.registration_nl",
                "must be the agency's number in the Dutch register of collectors, or \"none\" \
                 where it has none",
            ));
        }
        if self.outgoing.folder.as_os_str().is_empty() {
            return Err(ConfigError::refused(
                "outgoing.folder",
                "must be the folder in which letters on paper lie for the print partner",
            ));
        }
        if agency.address.is_empty() {
            return Err(ConfigError::refused("agency.address", "must be set"));
        }
        if agency.email.parse::<Address>().is_err() {
            return Err(ConfigError::refused("agency.email", "must be an e-mail address"));
        }
        if Address::new("letter", &agency.domain).is_err() {
            return Err(ConfigError::refused("agency.domain", "must be a domain name"));
        }
        Ok(())
    }
}
