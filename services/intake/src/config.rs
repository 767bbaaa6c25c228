//! Intake's configuration.

use std::net::{Ipv4Addr, SocketAddr};

use mailbox::MailboxSettings;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IntakeConfig {
    /// Where the creditors' API answers. Beyond this machine only behind a proxy that speaks TLS:
    /// the tokens travel in clear text. Port 0 takes any free port; the log says which.
    pub http_listen: SocketAddr,
    /// How long the creditors' API waits for its answer.
    pub answer_limit_ms: u64,
    pub agency: AgencyConfig,
    pub mailbox: MailboxSettings,
}

/// The agency, where debtors are asked to pay to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AgencyConfig {
    /// In whose name its account for clients' money stands.
    pub name: String,
    /// IBAN of that account. Empty where no creditor's debtors pay to the agency.
    pub account: String,
}

impl Default for IntakeConfig {
    fn default() -> Self {
        Self {
            http_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8420)),
            answer_limit_ms: 20_000,
            agency: AgencyConfig::default(),
            mailbox: MailboxSettings::default(),
        }
    }
}
