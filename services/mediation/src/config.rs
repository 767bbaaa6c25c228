//! The configuration of mediation. What decisions depend on stands in agreements and messages, not
//! here: a decision must not change with the machine that makes it.

use mailbox::MailboxSettings;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MediationConfig {
    pub mailbox: MailboxSettings,
}
