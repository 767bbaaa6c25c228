//! What every service answers about itself: the mailbox's state, what it keeps for people, the live
//! checks.
//!
//! The subject carries the service asked: `letter.api.status.v1`. The mailbox serves them all, so
//! they are the same everywhere.

use crate::message::value;
use primitives::{Actor, EffectId, MessageId, Timestamp};
use uuid::Uuid;

/// The operations that every service serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    Status,
    Check,
    ListParked,
    ShowParked,
    SettleParked,
    ListWaiting,
    SettleWaiting,
    ListUncertain,
    SettleUncertain,
    Refill,
    EndRecovery,
}

impl Operation {
    pub const ALL: [Self; 11] = [
        Self::Status,
        Self::Check,
        Self::ListParked,
        Self::ShowParked,
        Self::SettleParked,
        Self::ListWaiting,
        Self::SettleWaiting,
        Self::ListUncertain,
        Self::SettleUncertain,
        Self::Refill,
        Self::EndRecovery,
    ];

    /// In kebab case, as it stands in the subject.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Check => "check",
            Self::ListParked => "list-parked",
            Self::ShowParked => "show-parked",
            Self::SettleParked => "settle-parked",
            Self::ListWaiting => "list-waiting",
            Self::SettleWaiting => "settle-waiting",
            Self::ListUncertain => "list-uncertain",
            Self::SettleUncertain => "settle-uncertain",
            Self::Refill => "refill",
            Self::EndRecovery => "end-recovery",
        }
    }

    /// The version of its body and its answer.
    #[must_use]
    pub const fn version(self) -> u16 {
        match self {
            Self::ListParked
            | Self::SettleParked
            | Self::ListWaiting
            | Self::ListUncertain
            | Self::SettleUncertain => 2,
            Self::Status
            | Self::Check
            | Self::ShowParked
            | Self::SettleWaiting
            | Self::Refill
            | Self::EndRecovery => 1,
        }
    }

    /// Where `service` answers it.
    #[must_use]
    pub fn subject(self, service: &str) -> String {
        format!("{service}.api.{}.v{}", self.name(), self.version())
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
    /// Which parked messages are meant: those that everything given here fits.
    #[derive(Default)]
    struct ParkedFilter {
        pub message_id: Option<MessageId>,
        /// All versions, as `letter.cmd.send`, or one, as `letter.cmd.send.v1`.
        pub message_type: Option<String>,
        pub reason: Option<ParkedReason>,
        /// Stands in the detail, in whatever case.
        pub detail_has: Option<String>,
        /// Parked before this, in wall time.
        pub before: Option<Timestamp>,
    }
}

value! {
    struct ListParked {
        pub which: ParkedFilter,
        /// Those that were settled, in the place of those that are open.
        pub settled: bool,
        /// At most so many (1 to 1000), the oldest first.
        pub limit: u32,
    }
}

value! {
    struct ParkedList {
        pub parked: Vec<ParkedMessage>,
        /// How many fit, listed or not.
        pub total: u64,
        /// The service's wall time: what is parked after it was not counted.
        pub counted_at: Timestamp,
    }
}

value! {
    struct ParkedMessage {
        pub message_id: MessageId,
        pub message_type: String,
        pub state: ParkedState,
        pub reason: ParkedReason,
        /// The whole chain of the error. No personal data.
        pub detail: String,
        pub parked_at: Timestamp,
        /// How often it was replayed before.
        pub replay_count: u32,
    }
}

value! {
    enum ParkedState {
        Open,
        Replayed,
        Discarded,
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
        /// It waited, and a person gave up on it.
        GivenUp,
    }
}

value! {
    struct ShowParked {
        pub message_id: MessageId,
    }
}

value! {
    enum ShowParkedAnswer {
        Shown {
            parked: ParkedMessage,
            /// The whole envelope, as JSON text.
            envelope: String,
            /// What happened to it before, the oldest first.
            history: Vec<ParkedEvent>,
        },
        Unknown,
    }
}

value! {
    enum ParkedEvent {
        /// It was parked; then something else happened.
        Parked { at: Timestamp, reason: ParkedReason, detail: String },
        /// Somebody settled it.
        Settled { at: Timestamp, action: SettledAs, by: Actor, because: Option<String> },
    }
}

value! {
    enum SettledAs {
        Replayed,
        Discarded,
        /// It waited before.
        GivenUp,
    }
}

value! {
    /// Does it to all open messages that fit, a page at a time.
    struct SettleParked {
        pub which: ParkedFilter,
        pub action: ParkedAction,
        /// Why, in the operator's own words, without personal data; needed to discard. It is kept
        /// beside the message.
        pub because: Option<String>,
        /// At most so many (1 to 200).
        pub limit: u32,
        /// Goes on behind this one: the `last` of the page before.
        pub after: Option<MessageId>,
    }
}

value! {
    enum ParkedAction {
        Replay,
        Discard,
    }
}

value! {
    /// What became of one page of parked messages.
    struct SettledParked {
        pub handled: u64,
        /// Tried, and waiting now.
        pub waiting: u64,
        pub parked_again: u64,
        pub discarded: u64,
        /// Why the last of those was parked again.
        pub detail: Option<String>,
        /// The last of this page; none where nothing was left.
        pub last: Option<MessageId>,
    }
}

value! {
    /// Which waiting messages are meant: those that everything given here fits.
    #[derive(Default)]
    struct WaitingFilter {
        pub message_id: Option<MessageId>,
        /// All versions, as `letter.cmd.send`, or one, as `letter.cmd.send.v1`.
        pub message_type: Option<String>,
        pub reason: Option<WaitingReason>,
        /// Stands in the detail, in whatever case.
        pub detail_has: Option<String>,
        /// Waiting since before this, in wall time.
        pub before: Option<Timestamp>,
    }
}

value! {
    struct ListWaiting {
        pub which: WaitingFilter,
        /// At most so many (1 to 1000), the oldest first.
        pub limit: u32,
    }
}

value! {
    struct WaitingList {
        pub waiting: Vec<WaitingMessage>,
        /// How many fit, listed or not.
        pub total: u64,
        /// The service's wall time: what waits since after it was not counted.
        pub counted_at: Timestamp,
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
    /// Does it to all waiting messages that fit, a page at a time.
    struct SettleWaiting {
        pub which: WaitingFilter,
        pub action: WaitingAction,
        /// Why, in the operator's own words, without personal data; needed to give up. It is kept
        /// beside the message.
        pub because: Option<String>,
        /// At most so many (1 to 200).
        pub limit: u32,
        /// Goes on behind this one: the `last` of the page before.
        pub after: Option<MessageId>,
    }
}

value! {
    enum WaitingAction {
        /// Without waiting for its next turn.
        TryNow,
        /// It is parked, with the reason; nothing is lost.
        GiveUp,
    }
}

value! {
    /// What became of one page of waiting messages.
    struct SettledWaiting {
        pub handled: u64,
        /// Tried, and waiting on.
        pub waiting: u64,
        /// Tried, and parked.
        pub parked: u64,
        pub given_up: u64,
        /// The last of this page; none where nothing was left.
        pub last: Option<MessageId>,
    }
}

value! {
    /// Which uncertain acts are meant: those that everything given here fits.
    #[derive(Default)]
    struct UncertainFilter {
        pub effect_id: Option<EffectId>,
        /// What they do, such as `send-email`.
        pub kind: Option<String>,
        /// Decided before this, in wall time.
        pub before: Option<Timestamp>,
    }
}

value! {
    struct ListUncertain {
        pub which: UncertainFilter,
        /// At most so many (1 to 1000), the oldest first.
        pub limit: u32,
    }
}

value! {
    struct UncertainList {
        pub uncertain: Vec<UncertainAct>,
        /// How many fit, listed or not.
        pub total: u64,
        /// The service's wall time: what was decided after it was not counted.
        pub counted_at: Timestamp,
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
    /// Settles all uncertain acts that fit, a page at a time.
    struct SettleUncertain {
        pub which: UncertainFilter,
        pub verdict: UncertainVerdict,
        /// How that was found out, in the operator's own words, without personal data. It is kept
        /// beside the act.
        pub because: String,
        /// At most so many (1 to 200).
        pub limit: u32,
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
    /// What became of one page of uncertain acts. All zero: nothing was left.
    struct SettledUncertain {
        pub settled: u64,
        /// Somebody else, or evidence, was faster.
        pub settled_before: u64,
        /// The verdict could not be taken in: it is parked.
        pub parked: u64,
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

value! {
    /// What became of the wish to end a recovery.
    struct RecoveryEnded {
        /// False: there was none.
        pub ended: bool,
    }
}
