//! What every service answers about itself: the mailbox's state, and the live checks.
//!
//! The subject carries the service asked: `letter.api.status.v1`. The mailbox serves them all, so
//! they are the same everywhere.

use crate::message::value;
use primitives::{EffectId, MessageId, Timestamp};
use uuid::Uuid;

/// The operations that every service serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    Status,
    Check,
    ListParked,
    SettleParked,
    ListWaiting,
    ListUncertain,
    SettleUncertain,
    Refill,
}

impl Operation {
    pub const ALL: [Self; 8] = [
        Self::Status,
        Self::Check,
        Self::ListParked,
        Self::SettleParked,
        Self::ListWaiting,
        Self::ListUncertain,
        Self::SettleUncertain,
        Self::Refill,
    ];

    /// In kebab case, as it stands in the subject.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Check => "check",
            Self::ListParked => "list-parked",
            Self::SettleParked => "settle-parked",
            Self::ListWaiting => "list-waiting",
            Self::ListUncertain => "list-uncertain",
            Self::SettleUncertain => "settle-uncertain",
            Self::Refill => "refill",
        }
    }

    /// Where `service` answers it.
    #[must_use]
    pub fn subject(self, service: &str) -> String {
        format!("{service}.api.{}.v1", self.name())
    }
}

value! {
    /// The body of an operation that needs none: `{}`.
    struct EmptyRequest {}
}

value! {
    /// What is on its way inside one service. All zero, twice in a row and with empty consumers,
    /// is rest.
    struct Status {
        pub service: String,
        /// Messages taken from the broker and not yet committed or given back.
        pub in_flight: u64,
        /// Outbox rows that the broker has not confirmed.
        pub unsent: u64,
        /// Effects that may run now, or run now.
        pub effects_due: u64,
        /// Timers that are due at the business time.
        pub timers_due: u64,
        /// Messages that wait for something this service has not heard of yet.
        pub waiting: u64,
        pub parked: u64,
        pub uncertain: u64,
        /// The earliest timer or effect still to come, in business time.
        pub next_due_at: Option<Timestamp>,
        /// The business time as this service sees it.
        pub business_now: Timestamp,
        /// What stands still because too much of it was parked: `events`, `commands`, `timers`,
        /// `effects` or `waiting`.
        pub stopped_sources: Vec<String>,
    }
}

value! {
    /// The service's own check of its invariants on live data.
    struct CheckReport {
        pub service: String,
        /// The checks that were made, by name.
        pub checks: Vec<String>,
        pub breaches: Vec<Breach>,
    }
}

value! {
    /// One broken invariant.
    struct Breach {
        /// The invariant's name, such as `never-let-go`.
        pub invariant: String,
        /// The row that breaks it.
        pub id: Uuid,
        /// What is wrong and what to do. No personal data.
        pub detail: String,
    }
}

value! {
    struct ListRequest {
        /// At most so many (1 to 1000).
        pub limit: u32,
    }
}

value! {
    struct ParkedList {
        pub parked: Vec<ParkedMessage>,
        pub total: u64,
    }
}

value! {
    struct ParkedMessage {
        pub message_id: MessageId,
        pub message_type: String,
        pub reason: ParkedReason,
        /// The whole chain of the error. No personal data.
        pub detail: String,
        pub parked_at: Timestamp,
        /// How often it was replayed before.
        pub replay_count: u32,
    }
}

value! {
    /// Why a message was taken aside.
    enum ParkedReason {
        /// This message can never work.
        Poison,
        /// Our code or our data is wrong.
        Bug,
        /// Recorded before the horizon of the inbox: it may have been handled already.
        Stale,
    }
}

value! {
    struct SettleParked {
        pub message_id: MessageId,
        pub action: ParkedAction,
    }
}

value! {
    enum ParkedAction {
        Show,
        Replay,
        Discard,
    }
}

value! {
    /// What became of a parked message.
    enum SettleParkedAnswer {
        /// The whole envelope, as JSON text.
        Shown { envelope: String, parked: ParkedMessage },
        Replayed,
        /// It was tried and parked again.
        ParkedAgain { detail: String },
        Discarded,
        Unknown,
    }
}

value! {
    struct WaitingList {
        pub waiting: Vec<WaitingMessage>,
        pub total: u64,
    }
}

value! {
    struct WaitingMessage {
        pub message_id: MessageId,
        pub message_type: String,
        pub reason: WaitingReason,
        pub waiting_since: Timestamp,
        /// What it waits for, in words.
        pub detail: String,
    }
}

value! {
    /// Why a message waits.
    enum WaitingReason {
        /// It is about something this service has not heard of yet.
        Early,
        /// Its version is newer than this service.
        Newer,
        /// It failed in a way that may pass.
        Retry,
    }
}

value! {
    struct UncertainList {
        pub uncertain: Vec<UncertainAct>,
        pub total: u64,
    }
}

value! {
    /// An outward act of which it is open whether it happened.
    struct UncertainAct {
        pub effect_id: EffectId,
        /// What it does, such as `send-email`.
        pub kind: String,
        /// The aggregate that it belongs to.
        pub aggregate_id: Uuid,
        /// A role or staff code.
        pub owner: String,
        pub since: Timestamp,
    }
}

value! {
    struct SettleUncertain {
        pub effect_id: EffectId,
        pub verdict: UncertainVerdict,
    }
}

value! {
    /// What a person found out.
    enum UncertainVerdict {
        Happened,
        DidNotHappen,
    }
}

value! {
    enum SettleUncertainAnswer {
        Settled,
        NotUncertain,
        Unknown,
    }
}

value! {
    /// Publish again what was sent since a time, after a broker lost it.
    struct Refill {
        pub since: Timestamp,
    }
}

value! {
    struct Refilled {
        pub message_count: u64,
    }
}
