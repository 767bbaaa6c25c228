//! The configuration of telephony-task. Who may call whom and when stands in permits, certificates
//! and the domain, not here: a decision must not change with the machine that makes it.

use mailbox::MailboxSettings;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TelephonyTaskConfig {
    pub mailbox: MailboxSettings,
    /// How long another service may take to answer.
    pub ask_timeout_ms: u64,
}

impl Default for TelephonyTaskConfig {
    fn default() -> Self {
        Self { mailbox: MailboxSettings::default(), ask_timeout_ms: 5_000 }
    }
}
