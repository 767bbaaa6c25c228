//! What a decision reads and what it yields. Pure: no clock, no randomness, no IO.

use contracts::{Message, Outgoing};
use primitives::{Actor, CorrelationId, EffectId, MessageId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Everything impure that a decision may read, passed in as data.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Business time.
    pub now: Timestamp,
    /// The message, timer, effect or request that is decided on.
    pub cause: MessageId,
    pub correlation: CorrelationId,
    pub actor: Actor,
    /// The version of the producer's aggregate that the message carries; 0 where it has none.
    pub version: u64,
}

impl Facts {
    /// A new id that is the same at every redelivery: `UUIDv5` over the cause and `name`. Where the
    /// cause concerns several keys, `name` has to hold the key.
    #[must_use]
    pub fn derive(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.cause.as_uuid(), name.as_bytes())
    }
}

/// What a decision yields. A business refusal ("already paid") is a decision, never a fault.
#[must_use]
#[derive(Clone, Debug)]
pub struct Decision<S, E = Nothing> {
    pub state: S,
    pub messages: Vec<Outgoing>,
    pub effects: Vec<E>,
    pub timers: Vec<Timer>,
}

impl<S, E> Decision<S, E> {
    /// The state, and nothing to tell anybody.
    pub fn quiet(state: S) -> Self {
        Self { state, messages: Vec::new(), effects: Vec::new(), timers: Vec::new() }
    }

    /// Adds a message.
    #[expect(clippy::needless_pass_by_value, reason = "decisions build messages in place")]
    pub fn send(mut self, message: impl Message) -> Self {
        self.messages.push(Outgoing::new(&message));
        self
    }

    /// Adds an effect.
    pub fn perform(mut self, effect: E) -> Self {
        self.effects.push(effect);
        self
    }

    /// Adds the setting of a timer.
    pub fn timer(mut self, timer: Timer) -> Self {
        self.timers.push(timer);
        self
    }
}

/// A timer of the aggregate that was decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Sets it, in business time; replaces one of the same name.
    Set { name: &'static str, due_at: Timestamp },
    /// Takes it back, if it is set.
    Cancel { name: &'static str },
}

/// Why a message could not be decided.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It is about something not heard of yet: it waits for it.
    #[error("waits: {0}")]
    Early(String),
    /// It fails in a way that may pass: it waits, and is tried again.
    #[error("tried again: {0}")]
    Retry(String),
    /// This message can never work: it is parked.
    #[error("never works: {0}")]
    Poison(String),
    /// Our code or our data is wrong: it is parked.
    #[error("a fault of ours: {0}")]
    Bug(String),
}

/// An act on the outside world, as a service describes it. Kept as JSON with the state.
pub trait Effect:
    Serialize + DeserializeOwned + Clone + std::fmt::Debug + Send + Sync + 'static
{
    /// In kebab case, such as `send-email`; the lists of operators show it.
    fn kind(&self) -> &'static str;

    /// Whether the outside cannot deduplicate it.
    fn once(&self) -> bool;

    /// The business time before which it is not performed; none for at once.
    fn not_before(&self) -> Option<Timestamp> {
        None
    }

    /// The business time after which it must not be performed any more, such as the permit's end;
    /// none for never.
    fn not_after(&self) -> Option<Timestamp> {
        None
    }
}

/// The effect of a service that has none.
#[derive(Clone, Copy, Debug, Serialize, serde::Deserialize)]
pub enum Nothing {}

impl Effect for Nothing {
    fn kind(&self) -> &'static str {
        match *self {}
    }

    fn once(&self) -> bool {
        match *self {}
    }

    fn not_before(&self) -> Option<Timestamp> {
        match *self {}
    }

    fn not_after(&self) -> Option<Timestamp> {
        match *self {}
    }
}

/// The claim of an effect is itself a decision: started or withdrawn, never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Start,
    /// The state no longer wants it.
    Withdraw,
}

/// How an effect ended, as its owner's `decide` hears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending<O> {
    /// Performed, or proven to have been performed; with what the outside answered.
    Performed(O),
    /// Its time was over before it was started.
    Expired,
    /// It was started, and nobody knows whether it happened.
    Uncertain,
    /// A person found out, after *uncertain*: it happened.
    SaidToHaveHappened,
    /// A person found out, after *uncertain*: it did not happen.
    SaidNotToHaveHappened,
}

/// An ended effect.
#[derive(Clone, Debug)]
pub struct Ended<E, O> {
    pub effect_id: EffectId,
    pub effect: E,
    pub ending: Ending<O>,
}

impl<E: Effect, O> Ended<E, O> {
    /// What the outside answered. For effects that are not `once` and have no end: these end in no
    /// other way.
    pub fn performed(&self) -> Result<&O, Fault> {
        match &self.ending {
            Ending::Performed(outcome) => Ok(outcome),
            Ending::Expired
            | Ending::Uncertain
            | Ending::SaidToHaveHappened
            | Ending::SaidNotToHaveHappened => {
                Err(Fault::Bug(format!("{} has no such end", self.effect.kind())))
            }
        }
    }
}
