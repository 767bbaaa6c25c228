//! The configuration of monitoring.

use mailbox::MailboxSettings;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MonitoringConfig {
    pub mailbox: MailboxSettings,
}
