//! One story: a plan played on a world, until everything is at rest again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::{self, consumer::PullConsumer};
use contracts::operations::{Operation, Refill, Refilled};
use contracts::{Envelope, header};
use jiff::{SignedDuration, Timestamp};
use mailbox::Asker;
use primitives::Actor;
use runtime::error::BoxError;
use testkit::{House, connect_to};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::chance::Chance;
use crate::judge::{self, Verdict};
use crate::plan::{Act, Plan, Server};
use crate::reference::{Add, SERVICE, SLICE};
use crate::replica::{Replica, Site};
use crate::ringer::Ringer;
use crate::script::{Script, counter};
use crate::world::{self, BACK_LIMIT, USER, World};

/// How long a story may take to come to rest when nothing breaks any more.
const REST_LIMIT: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What a request adds.
const ADDED: i64 = 1_000;

/// How a story ended.
#[derive(Debug)]
pub struct Ended {
    /// By the names of the report.
    pub faults: BTreeMap<&'static str, u64>,
    pub verdict: Verdict,
}

pub(crate) struct Story<'a> {
    world: &'a mut World,
    pub(crate) house: House,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) script: Script,
    pub(crate) ringer: Ringer,
    chance: Chance,
    told: usize,
    requests: JoinSet<Result<(), String>>,
    pub(crate) asked: i64,
    again: u64,
    has_backup: bool,
    pub(crate) restored: bool,
    faults: BTreeMap<&'static str, u64>,
}

fn begin() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Plays a plan to its end; what cannot be judged is an error.
pub async fn play(world: &mut World, program: &Path, plan: &Plan) -> Result<Ended, BoxError> {
    let house = world.house(begin()).await?;
    let site = Site {
        program: program.to_path_buf(),
        postgres: world.url_of(&house.database),
        user: USER.to_owned(),
        folder: house.folder().to_path_buf(),
    };
    let mut replicas = Vec::new();
    for (number, crashes) in plan.crashes.iter().enumerate() {
        let replica = Replica::new(site.clone(), number, world.ports(), crashes.clone());
        replicas.push(replica.await?);
    }
    let mut story = Story {
        world,
        ringer: Ringer::at(house.folder()),
        house,
        replicas,
        script: Script::draw(plan.seed, Timestamp::now()),
        chance: Chance::new(plan.seed),
        told: 0,
        requests: JoinSet::new(),
        asked: 0,
        again: 0,
        has_backup: false,
        restored: false,
        faults: BTreeMap::new(),
    };
    for act in &plan.acts {
        story.tend()?;
        story.act(act).await?;
    }
    story.tell(usize::MAX).await?;
    let verdict = story.end().await?;
    story.count_planned()?;
    let Story { house, replicas, faults, world, .. } = story;
    drop(replicas);
    world.clear(&house).await?;
    Ok(Ended { faults, verdict })
}

impl Story<'_> {
    fn count(&mut self, fault: &'static str, count: u64) {
        let counted = self.faults.entry(fault).or_default();
        *counted = counted.saturating_add(count);
    }

    /// Wakes and starts replicas.
    fn tend(&mut self) -> Result<(), BoxError> {
        for replica in &mut self.replicas {
            replica.tend()?;
        }
        Ok(())
    }

    async fn wait(&mut self, time: Duration) -> Result<(), BoxError> {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.tend()?;
            sleep(LOOK_EVERY.min(time)).await;
        }
        Ok(())
    }

    async fn act(&mut self, act: &Act) -> Result<(), BoxError> {
        let replica = |number: usize| number.checked_rem(self.replicas.len()).unwrap_or(0);
        match *act {
            Act::Tell(count) => self.tell(usize::try_from(count)?).await?,
            Act::Again(count) => self.tell_again(count).await?,
            Act::Ask(count) => (0..count).for_each(|_| self.ask()),
            Act::Wait { ms } => self.wait(Duration::from_millis(ms)).await?,
            Act::Rest => drop(self.rest(begin()).await?),
            Act::Restart { server, kill } => self.world.restart(server, kill).await?,
            Act::PowerLoss { ms } => self.power_loss(Duration::from_millis(ms)).await?,
            Act::Full { server, ms } => self.full(server, Duration::from_millis(ms)).await?,
            Act::Recreate => self.recreate().await?,
            Act::Backup => self.backup().await?,
            Act::Restore => {
                if !self.restore().await? {
                    return Ok(());
                }
            }
            Act::Sabotage => self.forget_inbox().await?,
            Act::Kill { replica: number } => {
                let number = replica(number);
                if !self.replicas.get_mut(number).is_some_and(Replica::kill) {
                    return Ok(());
                }
            }
            Act::Sleep { replica: number, .. }
            | Act::Cut { replica: number, .. }
            | Act::Refuse { replica: number, .. }
            | Act::Slow { replica: number, .. } => {
                let number = replica(number);
                if let Some(replica) = self.replicas.get_mut(number) {
                    disturb(replica, act);
                }
            }
        }
        if let Some(fault) = act.fault() {
            self.count(fault, act.count());
        }
        Ok(())
    }

    /// Tells the next messages, each until the broker confirms it.
    async fn tell(&mut self, count: usize) -> Result<(), BoxError> {
        let from = self.told;
        self.told = from.saturating_add(count).min(self.script.told.len());
        for told in self.script.told.get(from..self.told).unwrap_or_default().to_vec() {
            self.publish(&told.envelope, &told.name).await?;
        }
        Ok(())
    }

    async fn tell_again(&mut self, count: u32) -> Result<(), BoxError> {
        for _ in 0..count {
            let index = self.chance.index(self.told.max(1));
            let Some(told) = self.script.told.get(index).cloned() else { continue };
            self.again = self.again.saturating_add(1);
            self.publish(&told.envelope, &format!("{} again {}", told.name, self.again)).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, envelope: &Envelope, delivery: &str) -> Result<(), BoxError> {
        let begun = Instant::now();
        loop {
            match publish_once(&self.house.nats, envelope, delivery).await {
                Ok(()) => return Ok(()),
                Err(error) if begun.elapsed() > BACK_LIMIT => return Err(error),
                Err(_) => self.wait(LOOK_EVERY).await?,
            }
        }
    }

    /// Asks for a change until it is answered.
    fn ask(&mut self) {
        self.asked = self.asked.saturating_add(1);
        self.ask_for(self.asked);
    }

    fn ask_for(&mut self, number: i64) {
        let key = format!("add {number}");
        let add = Add { counter_id: counter(number.unsigned_abs().into()), amount: ADDED };
        let nats = self.house.nats.clone();
        self.requests.spawn(async move {
            let asker = Asker::new(nats, Duration::from_secs(2), Actor::Operator);
            let begun = Instant::now();
            loop {
                match asker.change(&add, &key).await {
                    Ok(_) => return Ok(()),
                    Err(error) if begun.elapsed() > REST_LIMIT => return Err(error.to_string()),
                    Err(_) => sleep(LOOK_EVERY).await,
                }
            }
        });
    }

    /// What all requests added.
    pub(crate) const fn added(&self) -> i64 {
        self.asked.saturating_mul(ADDED)
    }

    async fn power_loss(&mut self, time: Duration) -> Result<(), BoxError> {
        let image = self.world.image()?;
        self.tell(3).await?;
        self.wait(time).await?;
        self.world.power_loss(image).await?;
        self.provision().await?;
        // As a producer's mailbox does when it finds another broker.
        for told in self.script.told.get(..self.told).unwrap_or_default().to_vec() {
            self.publish(&told.envelope, &told.name).await?;
        }
        Ok(())
    }

    async fn provision(&mut self) -> Result<(), BoxError> {
        let begun = Instant::now();
        loop {
            match self.house.try_provision().await {
                Ok(()) => return Ok(()),
                Err(error) if begun.elapsed() > BACK_LIMIT => return Err(error.into()),
                Err(_) => self.wait(LOOK_EVERY).await?,
            }
        }
    }

    async fn full(&mut self, server: Server, time: Duration) -> Result<(), BoxError> {
        self.tell(3).await?;
        match server {
            Server::Postgres => {
                let mut conn = connect_to(&self.house.database, SERVICE).await;
                world::fill_database(&mut conn, true).await?;
                self.wait(time).await?;
                world::fill_database(&mut conn, false).await?;
            }
            Server::Broker => {
                world::fill_broker(&self.house.nats).await?;
                self.wait(time).await?;
                self.provision().await?;
            }
        }
        Ok(())
    }

    async fn recreate(&mut self) -> Result<(), BoxError> {
        world::delete_consumers(&self.house.nats).await?;
        self.provision().await
    }

    /// Copies the database, once the service has started in it.
    async fn backup(&mut self) -> Result<(), BoxError> {
        let begun = Instant::now();
        while !self.has_started().await.unwrap_or(false) {
            if begun.elapsed() > BACK_LIMIT {
                return Err("no replica starts".into());
            }
            self.wait(LOOK_EVERY).await?;
        }
        for replica in &mut self.replicas {
            replica.kill();
        }
        self.world.backup(&self.house.database).await?;
        self.has_backup = true;
        Ok(())
    }

    async fn has_started(&self) -> sqlx::Result<bool> {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        sqlx::query_scalar("select exists (select from home)").fetch_one(&mut conn).await
    }

    /// Puts the copy in the place of the database, and does what an operator does then. False where
    /// there is no copy.
    async fn restore(&mut self) -> Result<bool, BoxError> {
        if !std::mem::take(&mut self.has_backup) {
            return Ok(false);
        }
        for replica in &mut self.replicas {
            replica.kill();
        }
        self.world.restore(&self.house.database).await?;
        self.restored = true;
        // Every producer sends again what it sent, the service itself included, and people ask for
        // what they asked for.
        for told in self.script.told.get(..self.told).unwrap_or_default().to_vec() {
            let delivery = format!("{} after the restore", told.name);
            self.publish(&told.envelope, &delivery).await?;
        }
        for number in 1..=self.asked {
            self.ask_for(number);
        }
        let since = Refill { since: Timestamp::UNIX_EPOCH };
        let begun = Instant::now();
        loop {
            self.tend()?;
            let asked: Result<Refilled, _> =
                self.house.asker().operate(SERVICE, Operation::Refill, &since).await;
            match asked {
                Ok(_) => return Ok(true),
                Err(error) if begun.elapsed() > BACK_LIMIT => return Err(error.into()),
                Err(_) => self.wait(LOOK_EVERY).await?,
            }
        }
    }

    async fn forget_inbox(&mut self) -> Result<(), BoxError> {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        sqlx::query("delete from inbox").execute(&mut conn).await?;
        Ok(())
    }

    /// Lets everything come to rest and judges it.
    async fn end(&mut self) -> Result<Verdict, BoxError> {
        self.replicas.iter_mut().for_each(Replica::calm);
        let mut verdict = Verdict::default();
        // Each request ends by itself, answered or given up.
        loop {
            self.tend()?;
            match timeout(LOOK_EVERY, self.requests.join_next()).await {
                Ok(None) => break,
                Ok(Some(answered)) => {
                    if let Err(reason) = answered? {
                        verdict.lost(format!("a request was never answered: {reason}"));
                    }
                }
                Err(_) => {}
            }
        }
        if let Some(busy) = self.rest(begin()).await? {
            verdict.lost(format!("it does not come to rest: {busy}"));
            self.tell_last_words(&mut verdict);
            return Ok(verdict);
        }
        judge::settle_uncertain(self, &mut verdict).await?;
        let later = begin().checked_add(SignedDuration::from_mins(2))?;
        self.house.advance(later).await;
        if let Some(busy) = self.rest(later).await? {
            verdict.lost(format!("it does not come to rest after its timers: {busy}"));
            self.tell_last_words(&mut verdict);
            return Ok(verdict);
        }
        judge::judge(self, &mut verdict).await?;
        Ok(verdict)
    }

    /// What the replicas logged last.
    fn tell_last_words(&self, verdict: &mut Verdict) {
        for replica in &self.replicas {
            let log = std::fs::read(replica.log()).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<&str> = log.lines().collect();
            let last = lines.get(lines.len().saturating_sub(5)..).unwrap_or_default();
            verdict.lost(format!("the last lines of a replica:\n{}", last.join("\n")));
        }
    }

    /// Waits until nothing is under way, seen twice in a row; or says what is.
    async fn rest(&mut self, now: Timestamp) -> Result<Option<String>, BoxError> {
        let begun = Instant::now();
        let mut quiet = 0_u8;
        while quiet < 2 {
            self.wait(LOOK_EVERY).await?;
            let busy = self.busy(now).await.unwrap_or_else(|error| Some(error.to_string()));
            quiet = if busy.is_none() { quiet.saturating_add(1) } else { 0 };
            if busy.is_some() && begun.elapsed() > REST_LIMIT {
                return Ok(busy);
            }
        }
        Ok(None)
    }

    async fn busy(&self, now: Timestamp) -> Result<Option<String>, BoxError> {
        let context = jetstream::new(self.house.nats.clone());
        for planned in SLICE.consumers() {
            let (name, stream) = (planned.name(), planned.stream);
            let mut consumer: PullConsumer =
                context.get_consumer_from_stream(&name, stream).await?;
            let info = consumer.info().await?;
            if info.num_pending > 0 || info.num_ack_pending > 0 {
                let (pending, unacked) = (info.num_pending, info.num_ack_pending);
                return Ok(Some(format!("{name}: {pending} pending, {unacked} not acked")));
            }
        }
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        judge::busy(&mut conn, now).await.map_err(BoxError::from)
    }

    /// Planned faults are counted by what the replicas say of them.
    fn count_planned(&mut self) -> Result<(), BoxError> {
        let mut all = 0_u64;
        for replica in &self.replicas {
            let log = std::fs::read(replica.log())?;
            let lines = String::from_utf8_lossy(&log);
            let met = lines.lines().filter(|line| line.contains("planned fault at")).count();
            all = all.saturating_add(u64::try_from(met)?);
        }
        let deaths = self.replicas.iter().map(|replica| replica.planned_deaths).sum::<u64>();
        self.count("death at a crash point", deaths);
        self.count("error at a crash point", all.saturating_sub(deaths));
        Ok(())
    }
}

fn disturb(replica: &mut Replica, act: &Act) {
    let of = Duration::from_millis;
    match *act {
        Act::Sleep { ms, .. } => replica.sleep(of(ms)),
        Act::Cut { server, .. } => replica.proxy(server).cut(),
        Act::Refuse { server, ms, .. } => replica.proxy(server).refuse(of(ms)),
        Act::Slow { server, delay_ms, ms, .. } => {
            replica.proxy(server).slow(of(delay_ms), of(ms));
        }
        Act::Tell(_)
        | Act::Again(_)
        | Act::Ask(_)
        | Act::Wait { .. }
        | Act::Rest
        | Act::Kill { .. }
        | Act::Restart { .. }
        | Act::PowerLoss { .. }
        | Act::Full { .. }
        | Act::Recreate
        | Act::Backup
        | Act::Restore
        | Act::Sabotage => {}
    }
}

async fn publish_once(
    nats: &async_nats::Client,
    envelope: &Envelope,
    delivery: &str,
) -> Result<(), BoxError> {
    let context = jetstream::context::ContextBuilder::new()
        .timeout(Duration::from_secs(1))
        .build(nats.clone());
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Msg-Id", delivery);
    headers.insert(header::CONTENT_TYPE, header::CLOUD_EVENT);
    let payload = serde_json::to_vec(envelope)?;
    let subject = envelope.message_type.clone();
    context.publish_with_headers(subject, headers, payload.into()).await?.await?;
    Ok(())
}
