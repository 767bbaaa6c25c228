//! Who performs a service's acts on the outside world, and how their endings are decided on.

use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use contracts::Envelope;
use futures_util::future::BoxFuture;
use primitives::EffectId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aggregate::{Aggregate, Arena, Kind, Row, States};
use crate::decision::{Claim, Decision, Effect, Ended, Ending, Facts, Fault};
use crate::handler::{Emitted, Erased, Payload, Refused, Unit, Units, not_locked, read_body};
use crate::ids::Minter;

/// Performs the effects of one kind of aggregate.
pub trait Performer: Send + Sync + 'static {
    type Effect: Effect;
    /// Whose effects they are.
    type Aggregate: Aggregate;
    /// What the outside answered.
    type Outcome: Serialize + DeserializeOwned + std::fmt::Debug + Clone + Send + Sync + 'static;

    /// Whether the state still wants it; decided under the aggregate's lock.
    fn claim(state: &Self::Aggregate, effect: &Self::Effect, facts: &Facts) -> Claim;

    /// Performs the act, outside any transaction.
    fn perform(
        &self,
        effect: &Self::Effect,
        facts: &Facts,
    ) -> impl Future<Output = Performance<Self::Outcome>> + Send;

    /// Looks outside whether an uncertain act happened.
    fn evidence(
        &self,
        effect: &Self::Effect,
    ) -> impl Future<Output = Evidence<Self::Outcome>> + Send;

    /// The decision on how it ended.
    fn decide(
        state: Self::Aggregate,
        ended: &Ended<Self::Effect, Self::Outcome>,
        facts: &Facts,
    ) -> Result<Decision<Self::Aggregate, Self::Effect>, Fault>;
}

/// How an attempt went.
#[derive(Clone, Debug)]
pub enum Performance<O> {
    Done(O),
    /// It certainly did not happen; it will be tried again.
    NotPerformed {
        reason: String,
    },
    /// Nobody knows: a `Once` act becomes uncertain, another is tried again.
    Unknown {
        reason: String,
    },
}

/// What the outside knows of an uncertain act.
#[derive(Clone, Debug)]
pub enum Evidence<O> {
    Happened(O),
    /// The outside is sure that it did not happen: it may be performed.
    DidNotHappen,
    /// There is nobody to ask: a person settles it.
    Silent,
    /// Somebody could be asked and did not answer: ask again later.
    Unreachable {
        reason: String,
    },
}

/// The body of the envelope of an ended effect.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EndingBody {
    pub(crate) effect_id: Uuid,
    pub(crate) effect: Value,
    pub(crate) ending: EndingValue,
}

/// An ending, with its outcome not yet typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndingValue {
    Performed(Value),
    Expired,
    Uncertain,
    SaidToHaveHappened,
    SaidNotToHaveHappened,
}

impl EndingValue {
    /// Goes into the id of the ending, and tells the store which states it may end.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Performed(_) => "performed",
            Self::Expired => "expired",
            Self::Uncertain => "uncertain",
            Self::SaidToHaveHappened => "said-to-have-happened",
            Self::SaidNotToHaveHappened => "said-not-to-have-happened",
        }
    }

    fn typed<O: DeserializeOwned>(self) -> Result<Ending<O>, serde_json::Error> {
        Ok(match self {
            Self::Performed(outcome) => Ending::Performed(serde_json::from_value(outcome)?),
            Self::Expired => Ending::Expired,
            Self::Uncertain => Ending::Uncertain,
            Self::SaidToHaveHappened => Ending::SaidToHaveHappened,
            Self::SaidNotToHaveHappened => Ending::SaidNotToHaveHappened,
        })
    }
}

/// The performers of a service, by the kind of aggregate whose effects they perform.
pub(crate) type Performers = BTreeMap<&'static str, Arc<dyn ErasedPerformer>>;

/// A performer without its types.
pub(crate) trait ErasedPerformer: Send + Sync {
    fn row(&self, aggregate: Uuid) -> Row;
    fn claim(
        &self,
        arena: &Arena,
        aggregate: Uuid,
        body: &Value,
        facts: &Facts,
    ) -> Result<Claim, Fault>;
    fn perform<'a>(
        &'a self,
        body: &'a Value,
        facts: &'a Facts,
    ) -> BoxFuture<'a, Performance<Value>>;
    fn evidence<'a>(&'a self, body: &'a Value) -> BoxFuture<'a, Evidence<Value>>;
}

pub(crate) struct PerformerAdapter<P>(pub(crate) Arc<P>);

fn typed<E: DeserializeOwned>(body: &Value) -> Result<E, Fault> {
    serde_json::from_value(body.clone())
        .map_err(|error| Fault::Bug(format!("a kept effect is not readable: {error}")))
}

impl<P: Performer> ErasedPerformer for PerformerAdapter<P> {
    fn row(&self, aggregate: Uuid) -> Row {
        Row { kind: P::Aggregate::KIND, id: aggregate }
    }

    fn claim(
        &self,
        arena: &Arena,
        aggregate: Uuid,
        body: &Value,
        facts: &Facts,
    ) -> Result<Claim, Fault> {
        let state = P::Aggregate::take(arena, &aggregate).ok_or_else(not_locked)?;
        Ok(P::claim(&state, &typed(body)?, facts))
    }

    fn perform<'a>(
        &'a self,
        body: &'a Value,
        facts: &'a Facts,
    ) -> BoxFuture<'a, Performance<Value>> {
        Box::pin(async move {
            let effect: P::Effect = match typed(body) {
                Ok(effect) => effect,
                Err(fault) => return Performance::NotPerformed { reason: fault.to_string() },
            };
            match self.0.perform(&effect, facts).await {
                Performance::Done(outcome) => serde_json::to_value(&outcome)
                    .map_or_else(|error| unknown(&error), Performance::Done),
                Performance::NotPerformed { reason } => Performance::NotPerformed { reason },
                Performance::Unknown { reason } => Performance::Unknown { reason },
            }
        })
    }

    fn evidence<'a>(&'a self, body: &'a Value) -> BoxFuture<'a, Evidence<Value>> {
        Box::pin(async move {
            let Ok(effect) = typed::<P::Effect>(body) else { return Evidence::Silent };
            match self.0.evidence(&effect).await {
                Evidence::Happened(outcome) => {
                    serde_json::to_value(&outcome).map_or(Evidence::Silent, Evidence::Happened)
                }
                Evidence::DidNotHappen => Evidence::DidNotHappen,
                Evidence::Silent => Evidence::Silent,
                Evidence::Unreachable { reason } => Evidence::Unreachable { reason },
            }
        })
    }
}

fn unknown(error: &serde_json::Error) -> Performance<Value> {
    Performance::Unknown { reason: format!("the outcome does not serialise: {error}") }
}

/// Decides on endings.
pub(crate) struct EndingAdapter<P>(PhantomData<fn() -> P>);

impl<P: Performer> EndingAdapter<P> {
    pub(crate) fn shared() -> crate::handler::Shared {
        Arc::new(Self(PhantomData))
    }
}

struct EndingUnit<P: Performer> {
    key: Uuid,
    ended: Ended<P::Effect, P::Outcome>,
}

impl<P: Performer> Unit for EndingUnit<P> {
    fn rows(&self) -> Vec<Row> {
        P::Aggregate::rows(&self.key)
    }

    fn fold(&self, arena: &mut Arena, facts: &Facts, mut minter: Minter) -> Result<Emitted, Fault> {
        let state = P::Aggregate::take(arena, &self.key).ok_or_else(not_locked)?;
        let decision = P::decide(state, &self.ended, facts)?;
        let mut emitted = Emitted::default();
        emitted.absorb(arena, &self.key, decision, &mut minter)?;
        Ok(emitted)
    }
}

impl<P: Performer> EndingAdapter<P> {
    fn unit(envelope: &Envelope) -> Result<Box<dyn Unit>, Refused> {
        let EndingBody { effect_id, effect, ending } = read_body(envelope)?;
        let malformed = |error: serde_json::Error| Refused::Malformed(error.to_string());
        let ended = Ended {
            effect_id: EffectId::from_uuid(effect_id),
            effect: serde_json::from_value(effect).map_err(malformed)?,
            ending: ending.typed().map_err(malformed)?,
        };
        Ok(Box::new(EndingUnit::<P> { key: envelope.subject, ended }))
    }
}

impl<P: Performer> Erased for EndingAdapter<P> {
    fn kinds(&self) -> Vec<Box<dyn Kind>> {
        P::Aggregate::kinds()
    }

    fn units<'a>(
        &'a self,
        _conn: &'a mut PgConnection,
        payloads: &'a [&'a Payload],
    ) -> BoxFuture<'a, sqlx::Result<Units>> {
        Box::pin(async move {
            Ok(payloads.iter().map(|payload| Self::unit(&payload.envelope)).collect())
        })
    }
}

/// The JSON text of one of the mailbox's own bodies.
pub(crate) fn own_body<T: Serialize>(body: &T) -> Result<Box<RawValue>, serde_json::Error> {
    serde_json::value::to_raw_value(body)
}
