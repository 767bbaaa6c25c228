//! What every service answers about itself, and what an operator may do to its mailbox.

use std::sync::atomic::Ordering;

use contracts::operations::{
    Breach, CheckReport, ListRequest, Operation, ParkedAction, ParkedList, ParkedMessage,
    SettleParked, SettleParkedAnswer, SettleUncertain, SettleUncertainAnswer, Status, UncertainAct,
    UncertainList, UncertainVerdict, WaitingList, WaitingMessage,
};
use futures_util::future::BoxFuture;
use primitives::{EffectId, MessageId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgConnection;

use crate::background;
use crate::batch::{Engine, Outcome, Ticket, reread};
use crate::effect::EndingValue;
use crate::executor::ending_input;
use crate::guards::Source;
use crate::requests::{Refusal, with_connection};
use crate::store::{self, KeptParked};

/// One live check of an invariant, on a service's own data.
pub type Check = Box<
    dyn for<'c> Fn(&'c mut PgConnection, Timestamp) -> BoxFuture<'c, sqlx::Result<Vec<Breach>>>
        + Send
        + Sync,
>;

/// The operations of one service.
pub(crate) struct Operations {
    /// By the invariant's name.
    pub(crate) checks: Vec<(&'static str, Check)>,
    /// Who looks at uncertain acts: a role.
    pub(crate) uncertain_owner: &'static str,
}

impl Operations {
    pub(crate) async fn answer(
        &self,
        engine: &Engine,
        operation: Operation,
        body: &str,
    ) -> Result<String, Refusal> {
        match operation {
            Operation::Status => written(&self.status(engine).await?),
            Operation::Check => written(&self.check(engine).await?),
            Operation::ListParked => written(&list_parked(engine, read(body)?).await?),
            Operation::SettleParked => written(&settle_parked(engine, read(body)?).await?),
            Operation::ListWaiting => written(&list_waiting(engine, read(body)?).await?),
            Operation::ListUncertain => written(&self.list_uncertain(engine, read(body)?).await?),
            Operation::SettleUncertain => written(&settle_uncertain(engine, read(body)?).await?),
            Operation::Refill => {
                let contracts::operations::Refill { since } = read(body)?;
                let refilled = background::refill(engine, since)
                    .await
                    .map_err(|error| Refusal::new(503, runtime::error::chain(&error)))?;
                let message_count = u64::try_from(refilled).unwrap_or(u64::MAX);
                written(&contracts::operations::Refilled { message_count })
            }
        }
    }

    async fn status(&self, engine: &Engine) -> Result<Status, Refusal> {
        let business_now = engine.clock.business_now();
        let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
        let counts =
            store::counts(&mut conn, business_now).await.map_err(|error| database(&error))?;
        let stopped = store::stopped_sources(&mut conn).await.map_err(|error| database(&error))?;
        Ok(Status {
            service: engine.service.to_owned(),
            in_flight: engine.in_flight.load(Ordering::Relaxed),
            unsent: count(counts.unsent),
            effects_due: count(counts.effects_due),
            timers_due: count(counts.timers_due),
            waiting: count(counts.waiting),
            parked: count(counts.parked),
            uncertain: count(counts.uncertain),
            next_due_at: counts.next_due_at,
            business_now,
            stopped_sources: stopped,
        })
    }

    async fn check(&self, engine: &Engine) -> Result<CheckReport, Refusal> {
        let now = engine.clock.business_now();
        let mut breaches = Vec::new();
        for (_, check) in &self.checks {
            breaches.extend(with_connection(&engine.pool, now, check.as_ref()).await?);
        }
        Ok(CheckReport {
            service: engine.service.to_owned(),
            checks: self.checks.iter().map(|(name, _)| (*name).to_owned()).collect(),
            breaches,
        })
    }

    async fn list_uncertain(
        &self,
        engine: &Engine,
        ListRequest { limit }: ListRequest,
    ) -> Result<UncertainList, Refusal> {
        let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
        let rows = store::list_uncertain(&mut conn, None, bounded(limit))
            .await
            .map_err(|error| database(&error))?;
        let counts = store::counts(&mut conn, engine.clock.business_now())
            .await
            .map_err(|error| database(&error))?;
        let act = |effect: store::KeptEffect| UncertainAct {
            effect_id: EffectId::from_uuid(effect.effect_id),
            kind: effect.kind,
            aggregate_id: effect.aggregate_id,
            owner: self.uncertain_owner.to_owned(),
            since: effect.created_at,
        };
        Ok(UncertainList {
            uncertain: rows.into_iter().map(act).collect(),
            total: count(counts.uncertain),
        })
    }
}

async fn settle_parked(
    engine: &Engine,
    SettleParked { message_id, action }: SettleParked,
) -> Result<SettleParkedAnswer, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let id = message_id.as_uuid();
    let found =
        store::list_parked(&mut conn, Some(id), 1).await.map_err(|error| database(&error))?;
    let Some(parked) = found.into_iter().next() else {
        return Ok(SettleParkedAnswer::Unknown);
    };
    let answer = match action {
        ParkedAction::Show => {
            let envelope = parked.envelope.clone();
            return Ok(SettleParkedAnswer::Shown { envelope, parked: told(parked) });
        }
        ParkedAction::Discard => {
            store::close_parked(&mut conn, &[id], true).await.map_err(|error| database(&error))?;
            SettleParkedAnswer::Discarded
        }
        ParkedAction::Replay => {
            let inputs = reread(&[parked.envelope], &|| Ticket::Parked);
            let outcomes = engine
                .process(Source::Desk, inputs)
                .await
                .map_err(|outage| Refusal::new(503, runtime::error::chain(&outage)))?;
            match outcomes.into_iter().next() {
                Some(Outcome::Parked(detail)) => SettleParkedAnswer::ParkedAgain { detail },
                Some(Outcome::Handled | Outcome::Waits) => SettleParkedAnswer::Replayed,
                _ => SettleParkedAnswer::Unknown,
            }
        }
    };
    store::release_sources(&mut conn).await.map_err(|error| database(&error))?;
    drop(conn);
    background::watch_guards(engine).await.map_err(|error| database(&error))?;
    Ok(answer)
}

async fn settle_uncertain(
    engine: &Engine,
    SettleUncertain { effect_id, verdict }: SettleUncertain,
) -> Result<SettleUncertainAnswer, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let found = store::list_uncertain(&mut conn, Some(effect_id.as_uuid()), 1)
        .await
        .map_err(|error| database(&error))?;
    drop(conn);
    let Some(effect) = found.into_iter().next() else {
        return Ok(SettleUncertainAnswer::NotUncertain);
    };
    let ending = match verdict {
        UncertainVerdict::Happened => EndingValue::SaidToHaveHappened,
        UncertainVerdict::DidNotHappen => EndingValue::SaidNotToHaveHappened,
    };
    let input = ending_input(engine, &effect, ending)
        .map_err(|error| Refusal::new(500, error.to_string()))?;
    let outcomes = engine
        .process(Source::Desk, vec![input])
        .await
        .map_err(|outage| Refusal::new(503, runtime::error::chain(&outage)))?;
    Ok(match outcomes.first() {
        Some(Outcome::Handled) => SettleUncertainAnswer::Settled,
        _ => SettleUncertainAnswer::NotUncertain,
    })
}

async fn list_parked(
    engine: &Engine,
    ListRequest { limit }: ListRequest,
) -> Result<ParkedList, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let rows = store::list_parked(&mut conn, None, bounded(limit))
        .await
        .map_err(|error| database(&error))?;
    let counts = store::counts(&mut conn, engine.clock.business_now())
        .await
        .map_err(|error| database(&error))?;
    Ok(ParkedList { parked: rows.into_iter().map(told).collect(), total: count(counts.parked) })
}

async fn list_waiting(
    engine: &Engine,
    ListRequest { limit }: ListRequest,
) -> Result<WaitingList, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let rows =
        store::list_waiting(&mut conn, bounded(limit)).await.map_err(|error| database(&error))?;
    let counts = store::counts(&mut conn, engine.clock.business_now())
        .await
        .map_err(|error| database(&error))?;
    let waiting = rows
        .into_iter()
        .map(|row| WaitingMessage {
            message_id: MessageId::from_uuid(row.message_id),
            message_type: row.subject,
            reason: row.reason,
            waiting_since: row.since,
            detail: row.detail,
        })
        .collect();
    Ok(WaitingList { waiting, total: count(counts.waiting) })
}

fn told(parked: KeptParked) -> ParkedMessage {
    ParkedMessage {
        message_id: MessageId::from_uuid(parked.message_id),
        message_type: parked.subject,
        reason: parked.reason,
        detail: parked.detail,
        parked_at: parked.parked_at,
        replay_count: u32::try_from(parked.replay_count).unwrap_or_default(),
    }
}

fn bounded(limit: u32) -> i64 {
    i64::from(limit.clamp(1, 1000))
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

fn database(error: &sqlx::Error) -> Refusal {
    Refusal::new(503, runtime::error::chain(error))
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Refusal> {
    serde_json::from_str(body)
        .map_err(|error| Refusal::new(400, format!("the body does not have the form: {error}")))
}

fn written<T: Serialize>(answer: &T) -> Result<String, Refusal> {
    serde_json::to_string(answer).map_err(|error| Refusal::new(500, error.to_string()))
}
