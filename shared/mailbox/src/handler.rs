//! What a service tells the mailbox: which keys a message concerns and which decision it calls.

use std::any::Any;
use std::fmt::Debug;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use contracts::{Envelope, Message, Outgoing, Request};
use futures_util::future::BoxFuture;
use primitives::{Actor, Timestamp};
use serde_json::value::RawValue;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::{Arena, Kind, Row, States};
use crate::decision::{Decision, Effect, Facts, Fault, Timer};
use crate::ids::Minter;

/// What a consumer makes of messages that come in another order than they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Every order ends in the same state.
    Commutes,
    /// The aggregate's version decides; an older message changes nothing.
    LatestWins,
    /// A message waits until the one before it was handled.
    NeedsPrevious,
}

/// Handles one kind of event or command.
pub trait Handler: Send + Sync + 'static {
    type Message: Message;
    type State: States;
    type Effect: Effect;

    /// The declared rule; a permutation test holds the handler to it.
    const ORDER: Order;

    /// The keys that each message concerns, in the order of `messages`: one to
    /// [`KEYS_MAX`] each. May ask
    /// the database, in bulk; what it reads is not locked yet.
    fn keys(
        conn: &mut PgConnection,
        messages: &[&Self::Message],
    ) -> impl Future<Output = sqlx::Result<Vec<Vec<<Self::State as States>::Key>>>> + Send;

    /// The decision, for one key.
    fn decide(
        state: Self::State,
        message: &Self::Message,
        facts: &Facts,
    ) -> Result<Decision<Self::State, Self::Effect>, Fault>;
}

/// Handles a timer that went off.
pub trait TimerHandler: Send + Sync + 'static {
    type State: States;
    type Effect: Effect;

    /// The timer's name, as decisions set it.
    const NAME: &'static str;

    /// Whether it goes off by the calendar and for no case's sake. Whoever asks what is due next
    /// does not mean such a timer.
    const IS_ROUTINE: bool = false;

    /// The keys that each aggregate's timer concerns, in the order of `aggregates`.
    fn keys(
        conn: &mut PgConnection,
        aggregates: &[Uuid],
    ) -> impl Future<Output = sqlx::Result<Vec<Vec<<Self::State as States>::Key>>>> + Send;

    /// The decision. `due_at` is when it was due, in business time; `facts.now` may be later.
    fn decide(
        state: Self::State,
        due_at: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<Self::State, Self::Effect>, Fault>;
}

/// Handles a request that changes something.
pub trait RequestHandler: Send + Sync + 'static {
    type Request: Request;
    /// What the decision reads: the request, and what `prepare` fetched for it.
    type Input: Debug + Send + Sync + 'static;
    type State: States;
    type Effect: Effect;

    /// Fetches what the request names (a file by its hash), before any transaction.
    fn prepare(
        &self,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Input, RequestError>> + Send;

    /// The one key that it concerns. `actor` is who asks, as [`Facts`] will say: where a request
    /// concerns its asker, their row is part of the key.
    fn key(
        conn: &mut PgConnection,
        input: &Self::Input,
        actor: &Actor,
    ) -> impl Future<Output = sqlx::Result<<Self::State as States>::Key>> + Send;

    /// The decision and its answer.
    #[expect(clippy::type_complexity, reason = "a decision and its answer, nothing to name")]
    fn decide(
        state: Self::State,
        input: &Self::Input,
        facts: &Facts,
    ) -> Result<(Decision<Self::State, Self::Effect>, <Self::Request as Request>::Answer), Fault>;
}

/// Answers a request that changes nothing.
pub trait Query: Send + Sync + 'static {
    type Request: Request;

    fn answer(
        &self,
        conn: &mut PgConnection,
        request: Self::Request,
        now: Timestamp,
    ) -> impl Future<Output = sqlx::Result<<Self::Request as Request>::Answer>> + Send;
}

/// Keeps a read model. It can return neither messages nor effects, so it may be rebuilt from the
/// log at any time: a message that was published again comes to it again. A message may have a
/// handler beside its projection: the handler takes it once, the projection each time.
pub trait Projection: Send + Sync + 'static {
    type Message: Message;

    /// Writes what the messages tell, in bulk. Every order must end in the same rows, and a message
    /// that comes twice changes nothing.
    fn project(
        conn: &mut PgConnection,
        messages: &[(&Envelope, Self::Message)],
    ) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// Why a request gets no answer of its own type.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The asker's fault: it says what to change.
    #[error("{0}")]
    Refused(String),
    /// Something needed is not there now: ask again later.
    #[error("{0}")]
    Unavailable(String),
}

/// What was taken in, before it is typed. Timers, ended effects and requests have an envelope too,
/// so that they can wait, be parked and be replayed like any message.
#[derive(Debug)]
pub(crate) struct Payload {
    pub(crate) envelope: Envelope,
    /// What `prepare` made of a request.
    pub(crate) prepared: Option<Box<dyn Any + Send + Sync>>,
}

/// The body of a timer's envelope.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Firing {
    pub(crate) due_at: Timestamp,
}

/// One input of a batch, typed and with its keys: ready to be folded.
pub(crate) trait Unit: Send + Sync {
    fn rows(&self) -> Vec<Row>;
    /// Decides for every key. The caller restores the arena when it fails half way.
    fn fold(&self, arena: &mut Arena, facts: &Facts, minter: Minter) -> Result<Emitted, Fault>;
    /// The envelope's body for a projection, where this is one.
    fn projected(&self) -> Option<&(dyn Any + Send + Sync)> {
        None
    }
}

/// What one input brought forth, with its ids.
#[derive(Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) messages: Vec<MintedMessage>,
    pub(crate) effects: Vec<MintedEffect>,
    pub(crate) timers: Vec<(Row, Timer)>,
    pub(crate) answer: Option<Box<RawValue>>,
}

#[derive(Debug)]
pub(crate) struct MintedMessage {
    pub(crate) id: primitives::MessageId,
    pub(crate) outgoing: Outgoing,
    pub(crate) version: u64,
}

#[derive(Debug)]
pub(crate) struct MintedEffect {
    pub(crate) id: Uuid,
    pub(crate) row: Row,
    pub(crate) kind: &'static str,
    pub(crate) once: bool,
    pub(crate) body: serde_json::Value,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) not_after: Option<Timestamp>,
}

impl Emitted {
    /// Takes a decision in: states into the arena, the rest under ids.
    pub(crate) fn absorb<S: States, E: Effect>(
        &mut self,
        arena: &mut Arena,
        key: &S::Key,
        decision: Decision<S, E>,
        minter: &mut Minter,
    ) -> Result<(), Fault> {
        let Decision { state, messages, effects, timers } = decision;
        let lead = S::rows(key).into_iter().next();
        let row = lead.ok_or_else(|| Fault::Bug("a key without a row".to_owned()))?;
        let version = state.put(arena, key, !messages.is_empty());
        for outgoing in messages {
            let id = minter.message(&outgoing.contract, outgoing.aggregate);
            self.messages.push(MintedMessage { id, outgoing, version });
        }
        for effect in effects {
            let body = serde_json::to_value(&effect)
                .map_err(|error| Fault::Bug(format!("effect does not serialise: {error}")))?;
            self.effects.push(MintedEffect {
                id: minter.next(row.id, effect.kind()),
                row,
                kind: effect.kind(),
                once: effect.once(),
                body,
                not_before: effect.not_before(),
                not_after: effect.not_after(),
            });
        }
        self.timers.extend(timers.into_iter().map(|timer| (row, timer)));
        Ok(())
    }
}

/// What payloads became, in their order.
pub(crate) type Units = Vec<Result<Box<dyn Unit>, Refused>>;

/// A handler without its types.
pub(crate) trait Erased: Send + Sync {
    fn kinds(&self) -> Vec<Box<dyn Kind>>;
    /// Types the payloads and finds their keys, in bulk, in order.
    fn units<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>>;
    /// Whether it keeps a read model.
    fn projects(&self) -> bool {
        false
    }
    /// Writes the read model, for projections.
    fn project<'a>(
        &'a self,
        _conn: &'a mut PgConnection,
        _messages: &'a [(&'a Envelope, &'a (dyn Any + Send + Sync))],
    ) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// Why a payload could not be typed.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Of a version that this service does not know yet.
    Newer(String),
    /// It will never be readable.
    Malformed(String),
    /// Its handler is wrong.
    Ours(String),
}

/// One message concerns at most so many keys; wider acts are jobs that send a command for each.
pub const KEYS_MAX: usize = 16;

/// What a handler named for one message, if that is something that can be decided.
fn checked<K>(keys: Option<Vec<K>>) -> Result<Vec<K>, Refused> {
    let keys = keys.ok_or_else(|| Refused::Ours("the handler left out its keys".to_owned()))?;
    if keys.is_empty() {
        return Err(Refused::Ours("the handler found no key for it".to_owned()));
    }
    if keys.len() > KEYS_MAX {
        let count = keys.len();
        return Err(Refused::Ours(format!("it concerns {count} keys; {KEYS_MAX} are allowed")));
    }
    Ok(keys)
}

/// A shared, erased handler under its name.
pub(crate) type Shared = Arc<dyn Erased>;

pub(crate) struct MessageAdapter<H>(PhantomData<fn() -> H>);

impl<H: Handler> MessageAdapter<H> {
    pub(crate) fn shared() -> Shared {
        Arc::new(Self(PhantomData))
    }
}

struct MessageUnit<H: Handler> {
    message: H::Message,
    keys: Vec<<H::State as States>::Key>,
}

impl<H: Handler> Unit for MessageUnit<H> {
    fn rows(&self) -> Vec<Row> {
        self.keys.iter().flat_map(H::State::rows).collect()
    }

    fn fold(&self, arena: &mut Arena, facts: &Facts, mut minter: Minter) -> Result<Emitted, Fault> {
        let mut emitted = Emitted::default();
        for key in &self.keys {
            let state = H::State::take(arena, key).ok_or_else(not_locked)?;
            let decision = H::decide(state, &self.message, facts)?;
            emitted.absorb(arena, key, decision, &mut minter)?;
        }
        Ok(emitted)
    }
}

pub(crate) fn not_locked() -> Fault {
    Fault::Bug("`lock` of the store did not return a row that it was asked for".to_owned())
}

/// Reads the body of an envelope as the message that its type says it is.
fn decode<M: Message>(payload: &Payload) -> Result<M, Refused> {
    let subject = &payload.envelope.message_type;
    let version = contracts::split_subject(subject).map_or(0, |(_, version)| version);
    M::decode(version, payload.envelope.data.get()).map_err(|error| match error {
        contracts::DecodeError::NewerVersion { .. } => Refused::Newer(error.to_string()),
        contracts::DecodeError::Malformed { .. } => {
            Refused::Malformed(runtime::error::chain(&error))
        }
    })
}

impl<H: Handler> Erased for MessageAdapter<H> {
    fn kinds(&self) -> Vec<Box<dyn Kind>> {
        H::State::kinds()
    }

    fn units<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>> {
        Box::pin(async move {
            let decoded: Vec<Result<H::Message, Refused>> =
                payloads.iter().map(|payload| decode(payload)).collect();
            let readable: Vec<&H::Message> =
                decoded.iter().filter_map(|message| message.as_ref().ok()).collect();
            let mut keys = H::keys(conn, &readable).await?.into_iter();
            Ok(decoded
                .into_iter()
                .map(|message| {
                    let message = message?;
                    let keys = checked(keys.next())?;
                    Ok(Box::new(MessageUnit::<H> { message, keys }) as Box<dyn Unit>)
                })
                .collect())
        })
    }
}

/// Reads the body of one of the mailbox's own envelopes.
pub(crate) fn read_body<T: serde::de::DeserializeOwned>(envelope: &Envelope) -> Result<T, Refused> {
    serde_json::from_str(envelope.data.get())
        .map_err(|error| Refused::Malformed(format!("own envelope: {error}")))
}

pub(crate) struct TimerAdapter<H>(PhantomData<fn() -> H>);

impl<H: TimerHandler> TimerAdapter<H> {
    pub(crate) fn shared() -> Shared {
        Arc::new(Self(PhantomData))
    }
}

struct TimerUnit<H: TimerHandler> {
    due_at: Timestamp,
    keys: Vec<<H::State as States>::Key>,
}

impl<H: TimerHandler> Unit for TimerUnit<H> {
    fn rows(&self) -> Vec<Row> {
        self.keys.iter().flat_map(H::State::rows).collect()
    }

    fn fold(&self, arena: &mut Arena, facts: &Facts, mut minter: Minter) -> Result<Emitted, Fault> {
        let mut emitted = Emitted::default();
        for key in &self.keys {
            let state = H::State::take(arena, key).ok_or_else(not_locked)?;
            let decision = H::decide(state, self.due_at, facts)?;
            emitted.absorb(arena, key, decision, &mut minter)?;
        }
        Ok(emitted)
    }
}

impl<H: TimerHandler> Erased for TimerAdapter<H> {
    fn kinds(&self) -> Vec<Box<dyn Kind>> {
        H::State::kinds()
    }

    fn units<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>> {
        Box::pin(async move {
            let aggregates: Vec<Uuid> =
                payloads.iter().map(|payload| payload.envelope.subject).collect();
            let mut keys = H::keys(conn, &aggregates).await?.into_iter();
            Ok(payloads
                .iter()
                .map(|payload| {
                    let keys = checked(keys.next())?;
                    let Firing { due_at } = read_body(&payload.envelope)?;
                    Ok(Box::new(TimerUnit::<H> { due_at, keys }) as Box<dyn Unit>)
                })
                .collect())
        })
    }
}

/// A request whose input was prepared.
pub(crate) struct RequestAdapter<H>(PhantomData<fn() -> H>);

impl<H: RequestHandler> RequestAdapter<H> {
    pub(crate) fn shared() -> Shared {
        Arc::new(Self(PhantomData))
    }
}

struct RequestUnit<H: RequestHandler> {
    input: Arc<H::Input>,
    key: <H::State as States>::Key,
}

impl<H: RequestHandler> Unit for RequestUnit<H> {
    fn rows(&self) -> Vec<Row> {
        H::State::rows(&self.key)
    }

    fn fold(&self, arena: &mut Arena, facts: &Facts, mut minter: Minter) -> Result<Emitted, Fault> {
        let mut emitted = Emitted::default();
        let state = H::State::take(arena, &self.key).ok_or_else(not_locked)?;
        let (decision, answer) = H::decide(state, &self.input, facts)?;
        emitted.absorb(arena, &self.key, decision, &mut minter)?;
        let answer = serde_json::value::to_raw_value(&answer)
            .map_err(|error| Fault::Bug(format!("answer does not serialise: {error}")))?;
        emitted.answer = Some(answer);
        Ok(emitted)
    }
}

impl<H: RequestHandler> Erased for RequestAdapter<H> {
    fn kinds(&self) -> Vec<Box<dyn Kind>> {
        H::State::kinds()
    }

    fn units<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>> {
        Box::pin(async move {
            let mut units = Vec::with_capacity(payloads.len());
            for payload in payloads {
                let prepared = payload.prepared.as_ref();
                let Some(input) =
                    prepared.and_then(|prepared| prepared.downcast_ref::<Arc<H::Input>>())
                else {
                    units.push(Err(Refused::Malformed("not a request".to_owned())));
                    continue;
                };
                let key = H::key(conn, input, &payload.envelope.actor).await?;
                let unit = RequestUnit::<H> { input: Arc::clone(input), key };
                units.push(Ok(Box::new(unit) as Box<dyn Unit>));
            }
            Ok(units)
        })
    }
}

/// A projection of one kind of event.
pub(crate) struct ProjectionAdapter<P>(PhantomData<fn() -> P>);

impl<P: Projection> ProjectionAdapter<P> {
    pub(crate) fn shared() -> Shared {
        Arc::new(Self(PhantomData))
    }
}

struct ProjectionUnit<M: Message>(M);

impl<M: Message> Unit for ProjectionUnit<M> {
    fn rows(&self) -> Vec<Row> {
        Vec::new()
    }

    fn fold(&self, _: &mut Arena, _: &Facts, _: Minter) -> Result<Emitted, Fault> {
        Ok(Emitted::default())
    }

    fn projected(&self) -> Option<&(dyn Any + Send + Sync)> {
        Some(&self.0)
    }
}

impl<P: Projection> Erased for ProjectionAdapter<P> {
    fn kinds(&self) -> Vec<Box<dyn Kind>> {
        Vec::new()
    }

    fn projects(&self) -> bool {
        true
    }

    fn units<'a>(
        &'a self,
        _conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>> {
        Box::pin(async move {
            Ok(payloads
                .iter()
                .map(|payload| {
                    let message: P::Message = decode(payload)?;
                    Ok(Box::new(ProjectionUnit(message)) as Box<dyn Unit>)
                })
                .collect())
        })
    }

    fn project<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        messages: &'a [(&'a Envelope, &'a (dyn Any + Send + Sync))],
    ) -> BoxFuture<'a, sqlx::Result<()>> {
        let typed: Vec<(&Envelope, P::Message)> = messages
            .iter()
            .filter_map(|(envelope, message)| {
                Some((*envelope, message.downcast_ref::<P::Message>()?.clone()))
            })
            .collect();
        Box::pin(async move { P::project(conn, &typed).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_concerns_one_key_to_sixteen() {
        assert!(matches!(checked::<u8>(None), Err(Refused::Ours(_))));
        assert!(matches!(checked::<u8>(Some(vec![])), Err(Refused::Ours(_))));
        assert!(matches!(checked(Some(vec![0; KEYS_MAX + 1])), Err(Refused::Ours(_))));
        assert_eq!(checked(Some(vec![0; KEYS_MAX])).unwrap().len(), KEYS_MAX);
    }
}
