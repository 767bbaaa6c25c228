//! How a mailbox works: sizes, pauses, limits. Defaults are what a service ships with.

use std::str::FromStr;

use contracts::Lane;
use serde::{Deserialize, Serialize};

use crate::crash::{CrashPlan, CrashPlanError};

/// The `[mailbox]` section of a service's configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailboxSettings {
    /// At most so many messages in one transaction (1 to 5000).
    pub batch_max: usize,
    /// How long a batch is filled once its first message is there.
    pub batch_fill_ms: u64,
    /// Batches of a stream that are worked on at the same time (1 to 64), and half as many of what
    /// is urgent in it, beside them.
    pub workers: usize,
    /// How long the broker may take to confirm a publish.
    pub publish_timeout_ms: u64,
    /// Pause of the sweeper, which publishes what was left behind and retries what waits.
    pub sweep_ms: u64,
    /// What waits is tried again after so long.
    pub waiting_retry_ms: u64,
    /// Waiting longer than this raises an alarm, once a minute.
    pub waiting_alarm_ms: u64,
    /// Inbox, sent rows and answers are kept for so many days; older messages are never handled.
    pub horizon_days: u16,
    /// Parked messages are kept for so many days after they were settled, with what was said about
    /// them; never for less than the horizon.
    pub settled_days: u16,
    /// A started effect without a sign of life for so long is over.
    pub lease_ms: u64,
    /// How long the outside is given to keep what it got before it is asked whether an uncertain
    /// act happened: who asks too early hears "no" and does it twice.
    pub evidence_after_ms: u64,
    /// Effects performed at the same time (1 to 256).
    pub effects_max: usize,
    /// Pause before an effect that did not happen is tried again; doubles up to an hour.
    pub effect_retry_ms: u64,
    /// So often one effect of each kind that did not happen is tried before its time; once one
    /// happens, all of its kind are tried.
    pub effect_probe_ms: u64,
    /// More parked messages than this in one minute, and more than a tenth of those handled, stop
    /// what brings them, until all of that minute are settled.
    pub parked_per_minute_max: u64,
    /// Whether the database was restored where it does not show, see
    /// `recovery.rs`. For one start.
    pub is_restored: bool,
    /// Planned faults such as `committed:3:death`, with commas between them, for fault tests;
    /// refused outside demo mode.
    pub crash: Option<String>,
}

impl Default for MailboxSettings {
    fn default() -> Self {
        Self {
            batch_max: 500,
            batch_fill_ms: 3,
            workers: 4,
            publish_timeout_ms: 5_000,
            sweep_ms: 1_000,
            waiting_retry_ms: 5_000,
            waiting_alarm_ms: 60_000,
            horizon_days: 14,
            settled_days: 90,
            lease_ms: 15_000,
            evidence_after_ms: 5_000,
            effects_max: 8,
            effect_retry_ms: 1_000,
            effect_probe_ms: 5_000,
            parked_per_minute_max: 5,
            is_restored: false,
            crash: None,
        }
    }
}

impl MailboxSettings {
    /// Batches of a lane that are worked on at the same time.
    #[must_use]
    pub fn workers_of(&self, lane: Lane) -> usize {
        let workers = self.workers.clamp(1, 64);
        match lane {
            Lane::Usual => workers,
            Lane::Urgent => workers.div_ceil(2),
        }
    }

    /// The planned faults.
    pub fn crash_plans(&self) -> Result<Vec<CrashPlan>, CrashPlanError> {
        let plans = self.crash.iter().flat_map(|plans| plans.split(','));
        plans.map(CrashPlan::from_str).collect()
    }
}
