//! The configuration of telephony-task. Who may call whom and when stands in permits, certificates
//! and the domain, not here: a decision must not change with the machine that makes it.

use mailbox::MailboxSettings;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TelephonyTaskConfig {
    pub mailbox: MailboxSettings,
}
