//! What every service answers about itself, and what an operator may do to its mailbox.

use std::sync::atomic::Ordering;

use contracts::operations::{
    Breach, CheckReport, ListParked, ListUncertain, ListWaiting, Operation, ParkedList, ShowParked,
    ShowParkedAnswer, Status, UncertainAct, UncertainList, WaitingList,
};
use futures_util::future::BoxFuture;
use primitives::{Actor, EffectId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgConnection;

use crate::batch::Engine;
use crate::publisher::Delivery;
use crate::recovery;
use crate::requests::{Refusal, with_connection};
use crate::store;
use crate::{background, settling};

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
    /// The names of the timers that are not told as due next.
    pub(crate) routines: Vec<String>,
    /// Who looks at uncertain acts: a role.
    pub(crate) uncertain_owner: &'static str,
}

impl Operations {
    pub(crate) async fn answer(
        &self,
        engine: &Engine,
        operation: Operation,
        body: &str,
        by: &Actor,
    ) -> Result<String, Refusal> {
        match operation {
            Operation::Status => written(&self.status(engine).await?),
            Operation::Check => written(&self.check(engine).await?),
            Operation::ListParked => written(&list_parked(engine, read(body)?).await?),
            Operation::ShowParked => written(&show_parked(engine, read(body)?).await?),
            Operation::SettleParked => written(&settling::parked(engine, by, read(body)?).await?),
            Operation::SettleWaiting => written(&settling::waiting(engine, by, read(body)?).await?),
            Operation::ListWaiting => written(&list_waiting(engine, read(body)?).await?),
            Operation::ListUncertain => written(&self.list_uncertain(engine, read(body)?).await?),
            Operation::SettleUncertain => {
                written(&settling::uncertain(engine, by, read(body)?).await?)
            }
            Operation::EndRecovery => {
                let ended = recovery::end(engine).await.map_err(|error| database(&error))?;
                written(&contracts::operations::RecoveryEnded { ended })
            }
            Operation::Refill => {
                let contracts::operations::Refill { since } = read(body)?;
                let refilled =
                    background::refill(engine, since, Delivery::Again(engine.clock.wall_now()))
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
        let counts = store::counts(&mut conn, business_now, &self.routines)
            .await
            .map_err(|error| database(&error))?;
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
        let mut breaches: Vec<Breach> = recovery::breach(engine).into_iter().collect();
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
        ListUncertain { which, limit }: ListUncertain,
    ) -> Result<UncertainList, Refusal> {
        let counted_at = engine.clock.wall_now();
        let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
        let (rows, total) = store::list_uncertain(&mut conn, &which, bounded(limit))
            .await
            .map_err(|error| database(&error))?;
        let act = |effect: store::KeptEffect| UncertainAct {
            effect_id: EffectId::from_uuid(effect.effect_id),
            kind: effect.kind,
            aggregate_id: effect.aggregate_id,
            owner: self.uncertain_owner.to_owned(),
            since: effect.created_at,
        };
        let uncertain = rows.into_iter().map(act).collect();
        Ok(UncertainList { uncertain, total: count(total), counted_at })
    }
}

async fn list_parked(
    engine: &Engine,
    ListParked { which, settled, limit }: ListParked,
) -> Result<ParkedList, Refusal> {
    let counted_at = engine.clock.wall_now();
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let (parked, total) = store::list_parked(&mut conn, &which, settled, bounded(limit))
        .await
        .map_err(|error| database(&error))?;
    Ok(ParkedList { parked, total: count(total), counted_at })
}

async fn show_parked(
    engine: &Engine,
    ShowParked { message_id }: ShowParked,
) -> Result<ShowParkedAnswer, Refusal> {
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let found =
        store::find_parked(&mut conn, message_id).await.map_err(|error| database(&error))?;
    Ok(match found {
        Some((parked, envelope, history)) => ShowParkedAnswer::Shown { parked, envelope, history },
        None => ShowParkedAnswer::Unknown,
    })
}

async fn list_waiting(
    engine: &Engine,
    ListWaiting { which, limit }: ListWaiting,
) -> Result<WaitingList, Refusal> {
    let counted_at = engine.clock.wall_now();
    let mut conn = engine.pool.acquire().await.map_err(|error| database(&error))?;
    let (waiting, total) = store::list_waiting(&mut conn, &which, bounded(limit))
        .await
        .map_err(|error| database(&error))?;
    Ok(WaitingList { waiting, total: count(total), counted_at })
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
