//! Performing effects: claimed under the aggregate's lock, performed outside any transaction, the
//! ending fed back through the decision.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use contracts::{Envelope, SPEC_VERSION};
use jiff::SignedDuration;
use primitives::{Actor, MessageId, Timestamp};
use serde_json::Value;
use sqlx::Connection;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::aggregate::Arena;
use crate::batch::{Engine, Input, Outage, Ticket};
use crate::crash::CrashPoint;
use crate::decision::{Claim, Facts};
use crate::effect::{EndingBody, EndingValue, ErasedPerformer, Evidence, Performance, own_body};
use crate::handler::Payload;
use crate::ids;
use crate::settings::MailboxSettings;
use crate::store::{self, KeptEffect};

/// The executor of one service.
pub(crate) struct Executor {
    pub(crate) engine: Arc<Engine>,
    pub(crate) performer: Arc<dyn ErasedPerformer>,
    pub(crate) settings: MailboxSettings,
}

impl Executor {
    /// Performs what is due until told to stop; then finishes what was started.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.settings.effects_max));
        let mut running = JoinSet::new();
        let poll = Duration::from_millis(500);
        while !stop.is_cancelled() {
            let woken = self.engine.wake.notified();
            if let Err(outage) = self.recover().await {
                tracing::warn!("uncertain effects: {}", runtime::error::chain(&outage));
            }
            let free = places.available_permits();
            let started = match self.start(free).await {
                Ok(started) => started,
                Err(outage) => {
                    tracing::warn!("effects: {}", runtime::error::chain(&outage));
                    Vec::new()
                }
            };
            let busy = !started.is_empty();
            for effect in started {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
                let executor = Arc::clone(&self);
                running.spawn(async move {
                    executor.perform(effect).await;
                    drop(place);
                });
            }
            if busy {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = woken => {}
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(poll) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Claims due effects: each is started, withdrawn or expired, under its aggregate's lock.
    async fn start(&self, free: usize) -> Result<Vec<KeptEffect>, Outage> {
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let engine = &self.engine;
        let (business_now, now) = (engine.clock.business_now(), engine.clock.wall_now());
        let mut conn = engine.pool.acquire().await.map_err(Outage::Database)?;
        let candidates = store::startable_effects(&mut conn, business_now, now, limit)
            .await
            .map_err(Outage::Database)?;
        drop(conn);
        let (expired, candidates): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|effect| effect.not_after.is_some_and(|not_after| business_now > not_after));
        if !expired.is_empty() {
            let inputs: Result<Vec<Input>, serde_json::Error> =
                expired.iter().map(|effect| self.ending(effect, EndingValue::Expired)).collect();
            engine.process(inputs.map_err(Outage::Envelope)?).await?;
        }
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let started = self.claim(candidates).await.map_err(Outage::Database)?;
        engine.crashes.pass(CrashPoint::EffectStarted)?;
        Ok(started)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    async fn claim(&self, candidates: Vec<KeptEffect>) -> sqlx::Result<Vec<KeptEffect>> {
        let engine = &self.engine;
        let now = engine.clock.wall_now();
        let rows: BTreeSet<_> =
            candidates.iter().map(|effect| self.performer.row(effect.aggregate_id)).collect();
        let mut conn = engine.pool.acquire().await?;
        let mut tx = conn.begin().await?;
        let arena = Arena::lock(&engine.kinds, &mut tx, &rows).await?;
        let ids: Vec<Uuid> = candidates.iter().map(|effect| effect.effect_id).collect();
        let pending: HashSet<Uuid> =
            store::lock_pending(&mut tx, &ids).await?.into_iter().collect();
        let mut started = Vec::new();
        let mut withdrawn = Vec::new();
        for mut effect in candidates {
            if !pending.contains(&effect.effect_id) {
                continue;
            }
            let facts = self.facts(&effect);
            match self.performer.claim(&arena, effect.aggregate_id, &effect.body, &facts) {
                Ok(Claim::Start) => {
                    effect.attempts = effect.attempts.saturating_add(1);
                    started.push(effect);
                }
                Ok(Claim::Withdraw) => withdrawn.push(effect.effect_id),
                Err(fault) => {
                    tracing::error!(effect.id = %effect.effect_id, "effect not claimed: {fault}");
                }
            }
        }
        let ids: Vec<Uuid> = started.iter().map(|effect| effect.effect_id).collect();
        store::start_effects(&mut tx, &ids, self.lease(now)).await?;
        if !withdrawn.is_empty() {
            store::withdraw_effects(&mut tx, &withdrawn, now).await?;
        }
        tx.commit().await?;
        Ok(started)
    }

    fn lease(&self, now: Timestamp) -> Timestamp {
        let lease = i64::try_from(self.settings.lease_ms).unwrap_or(i64::MAX);
        now.checked_add(SignedDuration::from_millis(lease)).unwrap_or(Timestamp::MAX)
    }

    fn facts(&self, effect: &KeptEffect) -> Facts {
        Facts {
            now: self.engine.clock.business_now(),
            cause: MessageId::from_uuid(effect.effect_id),
            correlation: effect.correlation,
            actor: Actor::Machine(self.engine.service.to_owned()),
            version: 0,
        }
    }

    /// One attempt, with its lease kept alive, and what follows from it.
    async fn perform(&self, effect: KeptEffect) {
        let span = tracing::info_span!(
            "perform",
            otel.name = format!("perform {}", effect.kind),
            effect.id = %effect.effect_id,
            correlation.id = %effect.correlation,
        );
        if let Some(traceparent) = &effect.traceparent {
            runtime::trace_context::set_parent(&span, traceparent);
        }
        let mut effect = effect;
        // This process may have slept since the claim: an act is begun only under its own lease.
        if !self.keep_lease(&effect).await {
            tracing::warn!(effect.id = %effect.effect_id, "the lease was lost before the act");
            return;
        }
        let performance = async {
            // What follows from the act belongs to the span of the act.
            let own = runtime::trace_context::current_traceparent();
            let facts = self.facts(&effect);
            let act = self.performer.perform(&effect.body, &facts);
            (self.with_lease(&effect, act).await, own)
        }
        .instrument(span)
        .await;
        let (performance, traceparent) = performance;
        effect.traceparent = traceparent.or(effect.traceparent);
        if self.engine.crashes.pass(CrashPoint::EffectPerformed).is_err() {
            return;
        }
        let settled = match performance {
            Performance::Done(outcome) => self.end(&effect, EndingValue::Performed(outcome)).await,
            Performance::Unknown { reason } if effect.once => {
                self.uncertain(&effect, &reason).await
            }
            Performance::NotPerformed { reason } | Performance::Unknown { reason } => {
                self.give_back(&effect, &reason).await
            }
        };
        if let Err(outage) = settled {
            // The lease runs out, and the effect is taken up from there.
            tracing::warn!(
                effect.id = %effect.effect_id,
                "ending not recorded: {}", runtime::error::chain(&outage)
            );
        }
    }

    /// Waits for the act, and tells the database now and then that it goes on.
    async fn with_lease(
        &self,
        effect: &KeptEffect,
        act: impl Future<Output = Performance<Value>> + Send,
    ) -> Performance<Value> {
        tokio::pin!(act);
        let third = Duration::from_millis((self.settings.lease_ms / 3).max(1));
        loop {
            tokio::select! {
                performance = &mut act => return performance,
                () = tokio::time::sleep(third) => {
                    // A database that does not answer has not given the lease to anybody else.
                    if let Ok(false) = self.extend_lease(effect).await {
                        let reason = "the lease was lost while the act went on".to_owned();
                        return Performance::Unknown { reason };
                    }
                }
            }
        }
    }

    /// Whether the act may begin: not if the lease was lost, nor if that cannot be known.
    async fn keep_lease(&self, effect: &KeptEffect) -> bool {
        self.extend_lease(effect).await.unwrap_or(false)
    }

    async fn extend_lease(&self, effect: &KeptEffect) -> sqlx::Result<bool> {
        let until = self.lease(self.engine.clock.wall_now());
        let mut conn = self.engine.pool.acquire().await?;
        store::extend_lease(&mut conn, effect.effect_id, effect.attempts, until).await
    }

    async fn end(&self, effect: &KeptEffect, ending: EndingValue) -> Result<(), Outage> {
        let input = self.ending(effect, ending).map_err(Outage::Envelope)?;
        self.engine.process(vec![input]).await?;
        Ok(())
    }

    /// The ending of an effect as an input of the shell.
    fn ending(&self, effect: &KeptEffect, ending: EndingValue) -> Result<Input, serde_json::Error> {
        ending_input(&self.engine, effect, ending)
    }

    async fn give_back(&self, effect: &KeptEffect, reason: &str) -> Result<(), Outage> {
        let doublings = u32::try_from(effect.attempts.clamp(1, 12)).unwrap_or(1);
        let base = self.settings.effect_retry_ms;
        let pause = base.saturating_mul(1_u64 << (doublings.saturating_sub(1))).min(3_600_000);
        let now = self.engine.clock.wall_now();
        let pause = SignedDuration::from_millis(i64::try_from(pause).unwrap_or(i64::MAX));
        let next = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        tracing::warn!(
            effect.id = %effect.effect_id,
            "{} did not happen and is tried again at {next}: {reason}", effect.kind
        );
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::give_back_effect(&mut conn, effect.effect_id, effect.attempts, next, reason)
            .await
            .map_err(Outage::Database)
    }

    async fn uncertain(&self, effect: &KeptEffect, reason: &str) -> Result<(), Outage> {
        tracing::warn!(effect.id = %effect.effect_id, "{} is uncertain: {reason}", effect.kind);
        let now = self.engine.clock.wall_now();
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::mark_uncertain(&mut conn, effect.effect_id, effect.attempts, now)
            .await
            .map_err(Outage::Database)
    }

    /// Takes up effects whose lease ran out, and seeks evidence for uncertain ones.
    async fn recover(&self) -> Result<(), Outage> {
        let engine = &self.engine;
        let now = engine.clock.wall_now();
        let mut conn = engine.pool.acquire().await.map_err(Outage::Database)?;
        store::expire_leases(&mut conn, now).await.map_err(Outage::Database)?;
        let due = store::uncertain_due(&mut conn, now, 16).await.map_err(Outage::Database)?;
        drop(conn);
        for (effect, announced) in due {
            self.seek(&effect, announced).await?;
        }
        Ok(())
    }

    async fn seek(&self, effect: &KeptEffect, announced: bool) -> Result<(), Outage> {
        match self.performer.evidence(&effect.body).await {
            Evidence::Happened(outcome) => {
                return self.end(effect, EndingValue::Performed(outcome)).await;
            }
            Evidence::DidNotHappen if !announced => {
                return self.give_back(effect, "the outside knows nothing of it").await;
            }
            Evidence::Silent if !announced => {
                self.end(effect, EndingValue::Uncertain).await?;
            }
            // Once announced, a person has it in hand, and the machine does not act on its own.
            Evidence::DidNotHappen | Evidence::Silent => {}
            Evidence::Unreachable { reason } => {
                tracing::warn!(effect.id = %effect.effect_id, "no evidence yet: {reason}");
            }
        }
        let pause = SignedDuration::from_secs(if announced { 600 } else { 2 });
        let next = self.engine.clock.wall_now().checked_add(pause).unwrap_or(Timestamp::MAX);
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::postpone_uncertain(&mut conn, effect.effect_id, next).await.map_err(Outage::Database)
    }
}

/// The ending of an effect as an input of the shell.
pub(crate) fn ending_input(
    engine: &Engine,
    effect: &KeptEffect,
    ending: EndingValue,
) -> Result<Input, serde_json::Error> {
    let id = ids::effect_ending(effect.effect_id, effect.attempts, ending.name());
    let row_state = ending.row_state();
    let body = EndingBody { effect_id: effect.effect_id, effect: effect.body.clone(), ending };
    let envelope = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id,
        source: format!("/amicable/{}", engine.service),
        message_type: format!("{}.effect.ended.v1", engine.service),
        subject: effect.aggregate_id,
        time: engine.clock.business_now(),
        datacontenttype: "application/json".to_owned(),
        correlationid: effect.correlation,
        causationid: MessageId::from_uuid(effect.effect_id),
        actor: Actor::Machine(engine.service.to_owned()),
        creditor: None,
        aggregateversion: 0,
        recordedtime: engine.clock.wall_now(),
        traceparent: effect.traceparent.clone(),
        data: own_body(&body)?,
    };
    let ticket = Ticket::Effect { id: effect.effect_id, attempt: effect.attempts, row_state };
    Ok(Input { payload: Payload { envelope, prepared: None }, ticket })
}
