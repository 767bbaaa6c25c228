//! A small service that uses everything the mailbox offers: counters that are bumped, ring a bell
//! outside, chime on a timer, and answer requests.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contracts::{Contract, Envelope, Kind, Lane, Message, Request};
use mailbox::{
    Aggregate, Claim, Decision, Effect, Ended, Ending, Evidence, Facts, Fault, Handler, Mailbox,
    Order, Performance, Performer, Projection, Query, RequestError, RequestHandler, Timer,
    TimerHandler,
};
use primitives::{Actor, CreditorId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

pub(crate) const SERVICE: &str = "reference";

/// Adding it makes the decision panic.
pub(crate) const UNLUCKY: i64 = 13;

const fn contract(owner: &'static str, kind: Kind, name: &'static str) -> Contract {
    Contract { owner, kind, name, version: 1, lane: Lane::Usual }
}

const fn urgent(owner: &'static str, kind: Kind, name: &'static str) -> Contract {
    Contract { lane: Lane::Urgent, ..contract(owner, kind, name) }
}

macro_rules! message {
    ($type:ident, $contract:expr, { $($field:ident : $field_type:ty),* }) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub(crate) struct $type { $(pub(crate) $field: $field_type),* }
        impl Message for $type {
            const CONTRACT: Contract = $contract;
            fn aggregate(&self) -> Uuid { self.counter_id }
            fn creditor(&self) -> Option<CreditorId> { None }
        }
    };
}

message!(Opened, contract("outside", Kind::Event, "opened"), { counter_id: Uuid });
message!(Bumped, contract("outside", Kind::Event, "bumped"), {
    counter_id: Uuid, amount: i64, ring: bool, chime_in_s: Option<i64>, trouble: Option<String>
});
message!(Shut, urgent("outside", Kind::Event, "shut"), { counter_id: Uuid });
message!(Poke, contract("reference", Kind::Command, "poke"), { counter_id: Uuid });
message!(Counted, contract("reference", Kind::Event, "counted"), { counter_id: Uuid, total: i64 });
message!(Add, contract("reference", Kind::Request, "add"), { counter_id: Uuid, amount: i64 });
message!(Read, contract("reference", Kind::Request, "read"), { counter_id: Uuid });

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Total {
    pub(crate) total: i64,
}

impl Request for Add {
    type Answer = Total;
    const CHANGES: bool = true;
    const PERSONAL_ANSWER: bool = false;
}

impl Request for Read {
    type Answer = Total;
    const CHANGES: bool = false;
    const PERSONAL_ANSWER: bool = false;
}

pub(crate) const SLICE: contracts::registry::Slice = contracts::registry::Slice {
    service: SERVICE,
    consumes: &[
        Opened::CONTRACT,
        Bumped::CONTRACT,
        Shut::CONTRACT,
        Poke::CONTRACT,
        Counted::CONTRACT,
    ],
    commands: &[Poke::CONTRACT],
    requests: &[],
};

pub(crate) const TABLES: &str = "
    create table counter (
        id uuid primary key, open boolean not null default false,
        total bigint not null default 0, rung bigint not null default 0,
        unknown bigint not null default 0, chimes bigint not null default 0,
        pokes bigint not null default 0, shuts bigint not null default 0,
        version bigint not null default 0,
        check (total < 1000000));
    create table seen (message_id uuid primary key);";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counter {
    pub(crate) id: Uuid,
    pub(crate) open: bool,
    pub(crate) total: i64,
    pub(crate) rung: i64,
    pub(crate) unknown: i64,
    pub(crate) chimes: i64,
    pub(crate) pokes: i64,
    pub(crate) shuts: i64,
    pub(crate) version: i64,
}

impl Aggregate for Counter {
    const KIND: &'static str = "counter";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query("insert into counter (id) select unnest($1::uuid[]) on conflict do nothing")
            .bind(ids)
            .execute(&mut *conn)
            .await?;
        let rows = sqlx::query("select * from counter where id = any($1) order by id for update")
            .bind(ids)
            .fetch_all(conn)
            .await?;
        rows.iter().map(|row| Ok((row.try_get("id")?, Self::read(row)?))).collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, counter) in changed {
            sqlx::query(
                "update counter set open = $2, total = $3, rung = $4, unknown = $5, chimes = $6,
                        pokes = $7, shuts = $8, version = $9 where id = $1",
            )
            .bind(id)
            .bind(counter.open)
            .bind(counter.total)
            .bind(counter.rung)
            .bind(counter.unknown)
            .bind(counter.chimes)
            .bind(counter.pokes)
            .bind(counter.shuts)
            .bind(counter.version)
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }

    fn version(&self) -> u64 {
        u64::try_from(self.version).unwrap_or_default()
    }

    fn set_version(&mut self, version: u64) {
        self.version = i64::try_from(version).unwrap_or(i64::MAX);
    }
}

impl Counter {
    pub(crate) fn read(row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            open: row.try_get("open")?,
            total: row.try_get("total")?,
            rung: row.try_get("rung")?,
            unknown: row.try_get("unknown")?,
            chimes: row.try_get("chimes")?,
            pokes: row.try_get("pokes")?,
            shuts: row.try_get("shuts")?,
            version: row.try_get("version")?,
        })
    }

    fn counted(&self) -> Counted {
        Counted { counter_id: self.id, total: self.total }
    }
}

/// Rings the bell once: a line in a file, which nobody could take back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ring {
    pub(crate) bell: Uuid,
    pub(crate) not_after: Option<Timestamp>,
}

impl Effect for Ring {
    fn kind(&self) -> &'static str {
        "ring"
    }

    fn once(&self) -> bool {
        true
    }

    fn not_before(&self) -> Option<Timestamp> {
        None
    }

    fn not_after(&self) -> Option<Timestamp> {
        self.not_after
    }
}

type Decided = Result<Decision<Counter, Ring>, Fault>;

pub(crate) struct OnOpened;

impl Handler for OnOpened {
    type Message = Opened;
    type State = Counter;
    type Effect = Ring;
    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Opened]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.counter_id]).collect())
    }

    fn decide(mut state: Counter, _: &Opened, _: &Facts) -> Decided {
        state.open = true;
        Ok(Decision::quiet(state))
    }
}

pub(crate) struct OnBumped;

impl Handler for OnBumped {
    type Message = Bumped;
    type State = Counter;
    type Effect = Ring;
    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Bumped]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.counter_id]).collect())
    }

    fn decide(mut state: Counter, message: &Bumped, facts: &Facts) -> Decided {
        if !state.open {
            return Err(Fault::Early("the counter is not open yet".to_owned()));
        }
        match message.trouble.as_deref() {
            Some("poison") => return Err(Fault::Poison("it says so itself".to_owned())),
            Some("panic") => panic!("as asked"),
            Some("retry") if state.pokes == 0 => {
                return Err(Fault::Retry("nobody poked it yet".to_owned()));
            }
            // Breaks a constraint of the table: found out only when saving.
            Some("unsavable") => state.total += 10_000_000,
            _ => {}
        }
        state.total += message.amount;
        let counted = state.counted();
        let mut decision =
            Decision::quiet(state).send(counted).send(Poke { counter_id: message.counter_id });
        if message.ring {
            decision = decision.perform(Ring { bell: facts.derive("bell"), not_after: None });
        }
        if let Some(seconds) = message.chime_in_s {
            let due_at = facts.now + jiff::SignedDuration::from_secs(seconds);
            decision = decision.timer(Timer::Set { name: OnChime::NAME, due_at });
        }
        Ok(decision)
    }
}

pub(crate) struct OnShut;

impl Handler for OnShut {
    type Message = Shut;
    type State = Counter;
    type Effect = Ring;
    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Shut]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.counter_id]).collect())
    }

    fn decide(mut state: Counter, _: &Shut, _: &Facts) -> Decided {
        state.open = false;
        state.shuts += 1;
        Ok(Decision::quiet(state))
    }
}

pub(crate) struct OnPoke;

impl Handler for OnPoke {
    type Message = Poke;
    type State = Counter;
    type Effect = Ring;
    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Poke]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.counter_id]).collect())
    }

    fn decide(mut state: Counter, _: &Poke, _: &Facts) -> Decided {
        state.pokes += 1;
        Ok(Decision::quiet(state))
    }
}

pub(crate) struct OnChime;

impl TimerHandler for OnChime {
    type State = Counter;
    type Effect = Ring;
    const NAME: &'static str = "chime";

    async fn keys(_: &mut PgConnection, counters: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(counters.iter().map(|counter| vec![*counter]).collect())
    }

    fn decide(mut state: Counter, _: Timestamp, _: &Facts) -> Decided {
        state.chimes += 1;
        Ok(Decision::quiet(state))
    }
}

pub(crate) struct OnAdd {
    /// While this file is there, nothing is added.
    pub(crate) shut: PathBuf,
}

impl RequestHandler for OnAdd {
    type Request = Add;
    type Input = Add;
    type State = Counter;
    type Effect = Ring;

    async fn prepare(&self, request: Add) -> Result<Add, RequestError> {
        if request.amount < 0 {
            return Err(RequestError::Refused("counters only go up".to_owned()));
        }
        if self.shut.exists() {
            return Err(RequestError::Unavailable("shut".to_owned()));
        }
        Ok(request)
    }

    async fn key(_: &mut PgConnection, input: &Add, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(input.counter_id)
    }

    fn decide(
        mut state: Counter,
        input: &Add,
        _: &Facts,
    ) -> Result<(Decision<Counter, Ring>, Total), Fault> {
        assert_ne!(input.amount, UNLUCKY, "as asked");
        state.total += input.amount;
        let (counted, total) = (state.counted(), state.total);
        Ok((Decision::quiet(state).send(counted), Total { total }))
    }
}

pub(crate) struct OnRead;

impl Query for OnRead {
    type Request = Read;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: Read,
        _: Timestamp,
    ) -> sqlx::Result<Total> {
        let row = sqlx::query("select total from counter where id = $1")
            .bind(request.counter_id)
            .fetch_optional(conn)
            .await?;
        let total = row.map_or(Ok(0), |row| row.try_get("total"))?;
        Ok(Total { total })
    }
}

/// What the bell ringer is told to do.
#[derive(Clone, Debug)]
pub(crate) struct Bell {
    pub(crate) file: PathBuf,
    /// Whether somebody can be asked who heard it.
    pub(crate) witness: bool,
    /// Rings, and does not know whether it rang.
    pub(crate) deaf: bool,
    /// How long it takes to pull the rope before the bell rings.
    pub(crate) pull: Duration,
}

impl Bell {
    pub(crate) fn at(folder: &Path) -> Self {
        Self { file: folder.join("bell"), witness: true, deaf: false, pull: Duration::ZERO }
    }

    pub(crate) fn rings(&self) -> Vec<Uuid> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    pub(crate) fn ring(&self, bell: Uuid) -> std::io::Result<()> {
        let mut file: File = OpenOptions::new().create(true).append(true).open(&self.file)?;
        file.write_all(format!("{bell}\n").as_bytes())?;
        file.sync_all()
    }
}

impl Performer for Bell {
    type Effect = Ring;
    type Aggregate = Counter;
    type Outcome = ();

    fn claim(_: &Counter, _: &Ring, _: &Facts) -> Claim {
        Claim::Start
    }

    async fn perform(&self, effect: &Ring, _: &Facts) -> Performance<()> {
        tokio::time::sleep(self.pull).await;
        match self.ring(effect.bell) {
            Ok(()) if self.deaf => Performance::Unknown { reason: "deaf".to_owned() },
            Ok(()) => Performance::Done(()),
            Err(error) => Performance::NotPerformed { reason: error.to_string() },
        }
    }

    async fn evidence(&self, effect: &Ring) -> Evidence<()> {
        match (self.witness, self.rings().contains(&effect.bell)) {
            (false, _) => Evidence::Silent,
            (true, true) => Evidence::Happened(()),
            (true, false) => Evidence::DidNotHappen,
        }
    }

    fn decide(mut state: Counter, ended: &Ended<Ring, ()>, _: &Facts) -> Decided {
        match ended.ending {
            Ending::Performed(()) | Ending::SaidToHaveHappened => state.rung += 1,
            Ending::Uncertain => state.unknown += 1,
            Ending::Expired | Ending::SaidNotToHaveHappened => {}
        }
        Ok(Decision::quiet(state))
    }
}

/// Keeps what was seen: a read model.
pub(crate) struct Seen;

impl Projection for Seen {
    type Message = Counted;

    async fn project(
        conn: &mut PgConnection,
        messages: &[(&Envelope, Counted)],
    ) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = messages.iter().map(|(envelope, _)| envelope.id.as_uuid()).collect();
        sqlx::query("insert into seen select unnest($1::uuid[]) on conflict do nothing")
            .bind(ids)
            .execute(conn)
            .await?;
        Ok(())
    }
}

pub(crate) fn mailbox(bell: Bell) -> Mailbox {
    let shut = bell.file.with_file_name("shut");
    mailbox_of(bell, shut)
}

/// The service with another who rings; it adds nothing while there is a file at `shut`.
pub(crate) fn mailbox_of<P>(ringer: P, shut: PathBuf) -> Mailbox
where
    P: Performer<Effect = Ring, Aggregate = Counter, Outcome = ()>,
{
    Mailbox::of(SERVICE)
        .handle::<OnOpened>()
        .handle::<OnBumped>()
        .handle::<OnShut>()
        .handle::<OnPoke>()
        .project::<Seen>()
        .timer::<OnChime>()
        .change(OnAdd { shut })
        .query(OnRead)
        .perform(ringer, "operator")
}
