//! What a person does with the messages and acts that are kept for him: singly or by filter, a page
//! at a time, with who did it and why.

use contracts::operations::{
    ParkedAction, ParkedReason, SettleParked, SettleUncertain, SettleWaiting, SettledParked,
    SettledUncertain, SettledWaiting, UncertainVerdict, WaitingAction,
};
use primitives::{Actor, MessageId};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use uuid::Uuid;

use crate::background;
use crate::batch::{Engine, Input, Outcome, Ticket, reread};
use crate::effect::EndingValue;
use crate::executor::ending_input;
use crate::guards::Source;
use crate::requests::Refusal;
use crate::store;

/// So much is settled in one go at most.
const PAGE_MAX: u32 = 200;
/// A reason is a sentence or two.
const BECAUSE_MAX: usize = 500;

pub(crate) async fn parked(
    engine: &Engine,
    by: &Actor,
    wanted: SettleParked,
) -> Result<SettledParked, Refusal> {
    let SettleParked { which, action, because, limit, after } = wanted;
    let because = reason(because.as_deref(), action == ParkedAction::Discard)?;
    let now = engine.clock.wall_now();
    let mut conn = connection(engine).await?;
    // Nobody remembers whether what is stale was handled: it is done over only for whoever says so.
    let means_stale = which.message_id.is_some() || which.reason == Some(ParkedReason::Stale);
    let but_stale = action == ParkedAction::Replay && !means_stale;
    let page = store::page_parked(&mut conn, &which, but_stale, after, page_size(limit))
        .await
        .map_err(|error| database(&error))?;
    let mut done = SettledParked {
        handled: 0,
        waiting: 0,
        parked_again: 0,
        discarded: 0,
        detail: None,
        last: page.last().map(|(id, _)| MessageId::from_uuid(*id)),
    };
    if page.is_empty() {
        return Ok(done);
    }
    let (ids, envelopes): (Vec<Uuid>, Vec<String>) = page.into_iter().unzip();
    match action {
        ParkedAction::Discard => {
            let note = store::note("discarded", by, because, now);
            done.discarded = store::discard_parked(&mut conn, &ids, &note, now)
                .await
                .map_err(|error| database(&error))?;
        }
        ParkedAction::Replay => {
            // Nothing is held while others need connections.
            drop(conn);
            let inputs = reread(&envelopes, &|| Ticket::Parked);
            let tried = process(engine, inputs).await?;
            (done.handled, done.waiting) = (tried.handled, tried.waiting);
            (done.parked_again, done.detail) = (tried.parked, tried.detail);
            conn = connection(engine).await?;
            let note = store::note("replayed", by, because, now);
            store::note_parked(&mut conn, &tried.ids, &note)
                .await
                .map_err(|error| database(&error))?;
        }
    }
    release(engine, conn).await?;
    Ok(done)
}

pub(crate) async fn waiting(
    engine: &Engine,
    by: &Actor,
    wanted: SettleWaiting,
) -> Result<SettledWaiting, Refusal> {
    let SettleWaiting { which, action, because, limit, after } = wanted;
    let because = reason(because.as_deref(), action == WaitingAction::GiveUp)?;
    let now = engine.clock.wall_now();
    let mut conn = connection(engine).await?;
    let page = store::page_waiting(&mut conn, &which, after, page_size(limit))
        .await
        .map_err(|error| database(&error))?;
    let mut done = SettledWaiting {
        handled: 0,
        waiting: 0,
        parked: 0,
        given_up: 0,
        last: page.last().map(|(id, _)| MessageId::from_uuid(*id)),
    };
    let (ids, envelopes): (Vec<Uuid>, Vec<String>) = page.into_iter().unzip();
    match action {
        WaitingAction::GiveUp => {
            let note = store::note("given-up", by, because, now);
            done.given_up = store::give_up_waiting(&mut conn, &ids, &note, now)
                .await
                .map_err(|error| database(&error))?;
        }
        WaitingAction::TryNow => {
            drop(conn);
            let inputs = reread(&envelopes, &|| Ticket::Waiting);
            let tried = process(engine, inputs).await?;
            (done.handled, done.waiting) = (tried.handled, tried.waiting);
            done.parked = tried.parked;
        }
    }
    Ok(done)
}

pub(crate) async fn uncertain(
    engine: &Engine,
    by: &Actor,
    wanted: SettleUncertain,
) -> Result<SettledUncertain, Refusal> {
    let SettleUncertain { which, verdict, because, limit } = wanted;
    let because = reason(Some(&because), true)?;
    let now = engine.clock.wall_now();
    let mut conn = connection(engine).await?;
    let (page, _) = store::list_uncertain(&mut conn, &which, page_size(limit))
        .await
        .map_err(|error| database(&error))?;
    let (said, ending): (_, fn() -> EndingValue) = match verdict {
        UncertainVerdict::Happened => ("happened", || EndingValue::SaidToHaveHappened),
        UncertainVerdict::DidNotHappen => ("did-not-happen", || EndingValue::SaidNotToHaveHappened),
    };
    let ids: Vec<Uuid> = page.iter().map(|effect| effect.effect_id).collect();
    let note = store::note(said, by, because, now);
    store::note_uncertain(&mut conn, &ids, &note).await.map_err(|error| database(&error))?;
    drop(conn);
    let inputs: Result<Vec<Input>, _> =
        page.iter().map(|effect| ending_input(engine, effect, ending())).collect();
    let inputs = inputs.map_err(|error| Refusal::new(500, error.to_string()))?;
    let count = wide(inputs.len());
    let tried = process(engine, inputs).await?;
    let settled_before = count.saturating_sub(tried.handled).saturating_sub(tried.parked);
    Ok(SettledUncertain { settled: tried.handled, settled_before, parked: tried.parked })
}

/// What became of inputs that a person had tried.
#[derive(Default)]
struct Tried {
    handled: u64,
    waiting: u64,
    parked: u64,
    /// Why the last of those was parked.
    detail: Option<String>,
    /// Those that were really tried: nobody else had them in hand.
    ids: Vec<Uuid>,
}

async fn process(engine: &Engine, inputs: Vec<Input>) -> Result<Tried, Refusal> {
    let mut tried = Tried::default();
    if inputs.is_empty() {
        return Ok(tried);
    }
    let ids: Vec<Uuid> = inputs.iter().map(|input| input.id().as_uuid()).collect();
    let outcomes = engine
        .process(Source::Desk, inputs)
        .await
        .map_err(|outage| Refusal::new(503, runtime::error::chain(&outage)))?;
    for (id, outcome) in ids.into_iter().zip(outcomes) {
        let count = match outcome {
            Outcome::Handled => &mut tried.handled,
            Outcome::Waits => &mut tried.waiting,
            Outcome::Parked(detail) => {
                tried.detail = Some(detail);
                &mut tried.parked
            }
            Outcome::Duplicate
            | Outcome::Left
            | Outcome::SetAside
            | Outcome::Answered(_)
            | Outcome::KeyReused => {
                continue;
            }
        };
        *count = count.saturating_add(1);
        tried.ids.push(id);
    }
    Ok(tried)
}

/// Lets go on what stood still because of what is settled now.
async fn release(engine: &Engine, mut conn: PoolConnection<Postgres>) -> Result<(), Refusal> {
    store::release_sources(&mut conn).await.map_err(|error| database(&error))?;
    drop(conn);
    background::watch_guards(engine).await.map_err(|error| database(&error))
}

/// The reason as it is kept; refuses one that is missing where it is needed.
fn reason(because: Option<&str>, needed: bool) -> Result<Option<&str>, Refusal> {
    let because = because.map(str::trim).filter(|because| !because.is_empty());
    match because {
        None if needed => Err(Refusal::new(400, "say why, in `because`")),
        Some(because) if because.chars().count() > BECAUSE_MAX => {
            Err(Refusal::new(400, format!("`because` takes {BECAUSE_MAX} characters at most")))
        }
        because => Ok(because),
    }
}

async fn connection(engine: &Engine) -> Result<PoolConnection<Postgres>, Refusal> {
    engine.pool.acquire().await.map_err(|error| database(&error))
}

fn database(error: &sqlx::Error) -> Refusal {
    Refusal::new(503, runtime::error::chain(error))
}

fn page_size(limit: u32) -> i64 {
    i64::from(limit.clamp(1, PAGE_MAX))
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
