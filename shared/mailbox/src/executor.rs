//! Performing effects: claimed under the aggregate's lock, performed outside any transaction, the
//! ending fed back through the decision.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use contracts::{Envelope, SPEC_VERSION};
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use primitives::{Actor, MessageId, Timestamp};
use serde_json::Value;
use sqlx::Connection;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::aggregate::Arena;
use crate::batch::{Engine, Input, Outage, Outcome, Ticket, panicked};
use crate::crash::CrashPoint;
use crate::decision::{Claim, Facts, Fault};
use crate::effect::{
    EndingBody, EndingValue, ErasedPerformer, Evidence, Performance, Performers, own_body,
};
use crate::guards::Source;
use crate::handler::Payload;
use crate::ids;
use crate::settings::MailboxSettings;
use crate::store::{self, KeptEffect};

/// Pauses before the ending of an act is recorded again; each is twice the one before.
const RECORD_AGAIN: Duration = Duration::from_millis(100);
const RECORD_AGAIN_MAX: Duration = Duration::from_secs(5);

/// The executor of one service.
pub(crate) struct Executor {
    pub(crate) engine: Arc<Engine>,
    pub(crate) performers: Performers,
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
            let mut busy = false;
            if !self.engine.guards.stopped(Source::Effects) {
                let free = places.available_permits();
                match self.take(free).await {
                    Ok(taken) => {
                        busy = !taken.is_empty();
                        for work in taken {
                            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
                            let executor = Arc::clone(&self);
                            running.spawn(async move {
                                executor.work(work).await;
                                drop(place);
                            });
                        }
                    }
                    Err(outage) => tracing::warn!("effects: {}", runtime::error::chain(&outage)),
                }
            }
            if busy {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = woken => {}
                Some(_) = running.join_next() => {}
                () = sleep(poll) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// What there are free places for: uncertain acts first, since nobody else asks about them.
    async fn take(&self, free: usize) -> Result<Vec<Taken>, Outage> {
        let mut taken = Vec::new();
        if free == 0 {
            return Ok(taken);
        }
        // At most half of the places, rounded up: evidence may be slow to come.
        for (effect, announced) in self.take_uncertain(free.div_ceil(2)).await? {
            taken.push(Taken::Uncertain { effect, announced });
        }
        let acts = self.start(free.saturating_sub(taken.len())).await?;
        taken.extend(acts.into_iter().map(Taken::Act));
        Ok(taken)
    }

    async fn work(&self, work: Taken) {
        match work {
            Taken::Act(effect) => self.perform(effect).await,
            Taken::Uncertain { effect, announced } => {
                if let Err(outage) = self.seek(&effect, announced).await {
                    // The next search is due after a lease, and it is taken up from there.
                    not_recorded(&effect, &outage);
                }
            }
        }
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
        let (expired, candidates): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|effect| self.is_over(effect));
        if !expired.is_empty() {
            let inputs: Result<Vec<Input>, serde_json::Error> = expired
                .iter()
                .map(|effect| ending_input(engine, effect, EndingValue::Expired))
                .collect();
            engine.process(Source::Effects, inputs.map_err(Outage::Envelope)?).await?;
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
        let rows: BTreeSet<_> = candidates
            .iter()
            .filter_map(|effect| Some(self.performer(effect).ok()?.row(effect.aggregate_id)))
            .collect();
        let mut conn = engine.pool.acquire().await?;
        let mut tx = conn.begin().await?;
        let arena = Arena::lock(&engine.kinds, &mut tx, &rows).await?;
        let ids: Vec<Uuid> = candidates.iter().map(|effect| effect.effect_id).collect();
        let pending = store::lock_pending(&mut tx, &ids, now).await?;
        let mut started = Vec::new();
        let mut withdrawn = Vec::new();
        for mut effect in candidates {
            let Some(attempts) = pending.get(&effect.effect_id) else { continue };
            effect.attempts = attempts.saturating_add(1);
            match self.claimed(&arena, &effect) {
                Ok(Claim::Start) => started.push(effect),
                Ok(Claim::Withdraw) => withdrawn.push(effect.effect_id),
                Err(fault) => {
                    tracing::error!(effect.id = %effect.effect_id, "effect not claimed: {fault}");
                    let (next, reason) = (self.next_try(effect.attempts), fault.to_string());
                    let ids = [effect.effect_id];
                    store::put_off_effects(&mut tx, &ids, next, &reason).await?;
                }
            }
        }
        let ids: Vec<Uuid> = started.iter().map(|effect| effect.effect_id).collect();
        store::start_effects(&mut tx, &ids, self.lease_ms()).await?;
        if !withdrawn.is_empty() {
            store::withdraw_effects(&mut tx, &withdrawn, now).await?;
        }
        tx.commit().await?;
        Ok(started)
    }

    /// The decision to start or withdraw; a panic in it is a fault.
    fn claimed(&self, arena: &Arena, effect: &KeptEffect) -> Result<Claim, Fault> {
        let facts = self.facts(effect);
        let performer = self.performer(effect)?;
        let claim = || performer.claim(arena, effect.aggregate_id, &effect.body, &facts);
        catch_unwind(AssertUnwindSafe(claim)).unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
    }

    /// Who performs the effect: another release may have left effects of kinds that this one has
    /// nobody for; they stay where they are.
    fn performer(&self, effect: &KeptEffect) -> Result<&Arc<dyn ErasedPerformer>, Fault> {
        let kind = effect.aggregate_kind.as_str();
        self.performers
            .get(kind)
            .ok_or_else(|| Fault::Bug(format!("nobody performs the effects of a `{kind}`")))
    }

    /// Whether the time in which the act is allowed is over; the end itself is not in it.
    fn is_over(&self, effect: &KeptEffect) -> bool {
        let now = self.engine.clock.business_now();
        effect.not_after.is_some_and(|not_after| now >= not_after)
    }

    fn lease_ms(&self) -> i64 {
        i64::try_from(self.settings.lease_ms).unwrap_or(i64::MAX)
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
        let (attempt, traceparent) = async {
            // What follows from the act belongs to the span of the act.
            let own = runtime::trace_context::current_traceparent();
            (self.attempt(&effect).await, own)
        }
        .instrument(span)
        .await;
        effect.traceparent = traceparent.or(effect.traceparent);
        let Some(attempt) = attempt else { return };
        // Only this process knows how it went, however long the database is away: what it does not
        // write down becomes uncertain.
        let mut pause = RECORD_AGAIN;
        while let Err(outage) = self.record(&effect, &attempt).await {
            not_recorded(&effect, &outage);
            if !matches!(outage, Outage::Database(_) | Outage::Planned(_)) {
                return;
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(RECORD_AGAIN_MAX);
        }
    }

    async fn record(&self, effect: &KeptEffect, attempt: &Attempt) -> Result<(), Outage> {
        self.engine.crashes.pass(CrashPoint::EffectPerformed)?;
        match attempt {
            Attempt::Over => self.end(effect, EndingValue::Expired).await,
            Attempt::Made(Performance::Done(outcome)) => {
                self.end(effect, EndingValue::Performed(outcome.clone())).await
            }
            Attempt::Made(Performance::Unknown { reason }) if effect.once => {
                self.uncertain(effect, reason).await
            }
            Attempt::Made(
                Performance::NotPerformed { reason } | Performance::Unknown { reason },
            ) => self.give_back(effect, reason).await,
        }
    }

    /// Makes the attempt, if it may still be begun; none where another may have the effect by now.
    ///
    /// This process may have slept since the claim, so the lease is renewed first, and the permit's
    /// end looked at once more.
    async fn attempt(&self, effect: &KeptEffect) -> Option<Attempt> {
        let begun = Instant::now();
        match self.extend_lease(effect).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(effect.id = %effect.effect_id, "the lease was lost before the act");
                return None;
            }
            Err(error) => {
                let reason = format!("not begun: {}", runtime::error::chain(&error));
                return Some(Attempt::Made(Performance::NotPerformed { reason }));
            }
        }
        if self.is_over(effect) {
            return Some(Attempt::Over);
        }
        let performer = match self.performer(effect) {
            Ok(performer) => performer,
            Err(fault) => {
                let reason = fault.to_string();
                return Some(Attempt::Made(Performance::NotPerformed { reason }));
            }
        };
        let facts = self.facts(effect);
        let act = performer.perform(&effect.body, &facts);
        Some(Attempt::Made(self.under_lease(effect, begun, act).await))
    }

    /// Waits for the act, and renews the lease meanwhile. Past its lease an act is not gone on
    /// with, whatever the reason: somebody else may look whether it happened, and do it again.
    async fn under_lease(
        &self,
        effect: &KeptEffect,
        begun: Instant,
        mut act: BoxFuture<'_, Performance<Value>>,
    ) -> Performance<Value> {
        let lease = Duration::from_millis(self.settings.lease_ms);
        let third = Duration::from_millis(self.settings.lease_ms / 3);
        let (good_until, _) = watch::channel(after(begun, lease));
        let renewal = async {
            loop {
                sleep(third).await;
                let asked = Instant::now();
                match self.extend_lease(effect).await {
                    Ok(true) => drop(good_until.send_replace(after(asked, lease))),
                    Ok(false) => return,
                    Err(error) => tracing::warn!(
                        effect.id = %effect.effect_id,
                        "lease not renewed: {}", runtime::error::chain(&error)
                    ),
                }
            }
        };
        let end = async {
            while Instant::now() < *good_until.borrow() {
                let until = *good_until.borrow();
                sleep_until(until).await;
            }
        };
        // Timers may be told late of a long sleep of this process: the clock is asked each time.
        let watched = poll_fn(|context| {
            let is_lost = Instant::now() >= *good_until.borrow();
            if is_lost { Poll::Pending } else { act.as_mut().poll(context) }
        });
        tokio::select! {
            biased;
            () = end => {}
            () = renewal => {}
            performance = watched => return performance,
        }
        Performance::Unknown { reason: "the lease was lost while the act went on".to_owned() }
    }

    async fn extend_lease(&self, effect: &KeptEffect) -> sqlx::Result<bool> {
        let mut conn = self.engine.pool.acquire().await?;
        store::extend_lease(&mut conn, effect.effect_id, effect.attempts, self.lease_ms()).await
    }

    async fn end(&self, effect: &KeptEffect, ending: EndingValue) -> Result<(), Outage> {
        let (name, happened) = (ending.name(), matches!(ending, EndingValue::Performed(_)));
        let input = ending_input(&self.engine, effect, ending).map_err(Outage::Envelope)?;
        let outcomes = self.engine.process(Source::Effects, vec![input]).await?;
        if outcomes.contains(&Outcome::Duplicate) {
            tracing::error!(
                effect.id = %effect.effect_id,
                "attempt {} of {} ended as {name}, and another has it by now",
                effect.attempts, effect.kind
            );
        }
        if happened && effect.attempts > 1 {
            self.recall(effect).await?;
        }
        Ok(())
    }

    /// What failed before is done: the outside is there again, and others of its kind need not wait
    /// for as long as it was away.
    async fn recall(&self, effect: &KeptEffect) -> Result<(), Outage> {
        let now = self.engine.clock.wall_now();
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        let recalled = store::recall_effects(&mut conn, effect, now).await;
        if recalled.map_err(Outage::Database)? > 0 {
            self.engine.wake.notify_waiters();
        }
        Ok(())
    }

    /// When the next try is, after so many.
    fn next_try(&self, attempts: i32) -> Timestamp {
        let doublings = u32::try_from(attempts.clamp(1, 12)).unwrap_or(1).saturating_sub(1);
        let pause = self.settings.effect_retry_ms.saturating_mul(1_u64 << doublings);
        self.in_ms(pause.min(3_600_000))
    }

    fn in_ms(&self, pause_ms: u64) -> Timestamp {
        let pause = SignedDuration::from_millis(i64::try_from(pause_ms).unwrap_or(i64::MAX));
        self.engine.clock.wall_now().checked_add(pause).unwrap_or(Timestamp::MAX)
    }

    async fn give_back(&self, effect: &KeptEffect, reason: &str) -> Result<(), Outage> {
        let next = self.next_try(effect.attempts);
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
        let settled_by = self.in_ms(self.settings.evidence_after_ms);
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::mark_uncertain(&mut conn, effect.effect_id, effect.attempts, settled_by)
            .await
            .map_err(Outage::Database)
    }

    /// Ends the leases that ran out, and takes uncertain effects whose evidence is due.
    async fn take_uncertain(&self, free: usize) -> Result<Vec<(KeptEffect, bool)>, Outage> {
        let now = self.engine.clock.wall_now();
        let settled_by = self.in_ms(self.settings.evidence_after_ms);
        // Whoever dies while asking has asked in vain: the next one asks after a lease.
        let again = self.in_ms(self.settings.lease_ms);
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::expire_leases(&mut conn, now, settled_by).await.map_err(Outage::Database)?;
        store::take_uncertain(&mut conn, now, again, limit).await.map_err(Outage::Database)
    }

    async fn seek(&self, effect: &KeptEffect, announced: bool) -> Result<(), Outage> {
        let evidence = match self.performer(effect) {
            Ok(performer) => performer.evidence(&effect.body).await,
            Err(fault) => Evidence::Unreachable { reason: fault.to_string() },
        };
        match evidence {
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
        let next = self.in_ms(if announced { 600_000 } else { 2_000 });
        let mut conn = self.engine.pool.acquire().await.map_err(Outage::Database)?;
        store::postpone_uncertain(&mut conn, effect.effect_id, next).await.map_err(Outage::Database)
    }
}

/// What a place is used for.
enum Taken {
    Act(KeptEffect),
    Uncertain { effect: KeptEffect, announced: bool },
}

/// What became of an attempt.
enum Attempt {
    /// The permit was over before it began.
    Over,
    Made(Performance<Value>),
}

fn not_recorded(effect: &KeptEffect, outage: &Outage) {
    tracing::warn!(
        effect.id = %effect.effect_id,
        "ending not recorded: {}", runtime::error::chain(outage)
    );
}

fn after(begin: Instant, time: Duration) -> Instant {
    begin.checked_add(time).unwrap_or(begin)
}

/// The ending of an effect as an input of the shell.
pub(crate) fn ending_input(
    engine: &Engine,
    effect: &KeptEffect,
    ending: EndingValue,
) -> Result<Input, serde_json::Error> {
    let name = ending.name();
    let id = ids::effect_ending(effect.effect_id, effect.attempts, name);
    let body = EndingBody { effect_id: effect.effect_id, effect: effect.body.clone(), ending };
    let envelope = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id,
        source: format!("/amicable/{}", engine.service),
        message_type: format!("{}.v1", ids::ending_stem(engine.service, &effect.aggregate_kind)),
        subject: effect.aggregate_id,
        time: engine.clock.business_now(),
        datacontenttype: "application/json".to_owned(),
        correlationid: effect.correlation,
        causationid: MessageId::from_uuid(effect.effect_id),
        actor: Actor::Machine(engine.service.to_owned()),
        creditor: None,
        aggregateversion: 0,
        recordedtime: engine.clock.wall_now(),
        replayed: false,
        traceparent: effect.traceparent.clone(),
        data: own_body(&body)?,
    };
    let ticket = Ticket::Effect { id: effect.effect_id, attempt: effect.attempts, ending: name };
    Ok(Input { payload: Payload { envelope, prepared: None }, ticket })
}
