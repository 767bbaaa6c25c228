//! What must be true in the end, whatever broke.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contracts::operations::{
    ListUncertain, Operation, SettleUncertain, SettledUncertain, UncertainFilter, UncertainList,
    UncertainVerdict,
};
use jiff_sqlx::ToSqlx;
use mailbox::{Asker, topology};
use primitives::Timestamp;
use runtime::error::BoxError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{PgConnection, Row as _};
use testkit::connect_to;
use uuid::Uuid;

use crate::reference::{Counter, SERVICE};
use crate::story::Story;

/// Planned faults that may meet one request of an operator.
const TRIES: u32 = 20;

/// What is wrong at the end of a story, and how uncertain acts fared.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Done more than once.
    pub doubled: Vec<String>,
    /// Not done, and not told to be undone.
    pub lost: Vec<String>,
    /// Acts that nobody can say happened, each listed with an owner.
    pub uncertain: usize,
    /// Acts whose process was gone before it wrote down how they went.
    pub cut_off: usize,
}

impl Verdict {
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.doubled.is_empty() && self.lost.is_empty()
    }

    pub(crate) fn lost(&mut self, what: String) {
        self.lost.push(what);
    }

    /// Compares what there is with what must be: more is doubled, less is lost.
    fn compare(&mut self, what: &str, found: i64, expected: i64) {
        let told = format!("{what}: {found} instead of {expected}");
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => self.lost.push(told),
            std::cmp::Ordering::Greater => self.doubled.push(told),
            std::cmp::Ordering::Equal => {}
        }
    }
}

/// What is under way in the service's tables, if anything.
pub(crate) async fn busy(conn: &mut PgConnection, now: Timestamp) -> sqlx::Result<Option<String>> {
    let row = sqlx::query(
        "select (select count(*) from outbox) as unsent,
                (select count(*) from waiting) as waiting,
                (select count(*) from timer where due_at <= $1) as timers,
                (select count(*) from effect where state in ('pending', 'started')
                     or state = 'uncertain' and not announced) as effects",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    let mut under_way = Vec::new();
    for what in ["unsent", "waiting", "timers", "effects"] {
        let count: i64 = row.try_get(what)?;
        if count > 0 {
            under_way.push(format!("{count} {what}"));
        }
    }
    Ok((!under_way.is_empty()).then(|| under_way.join(", ")))
}

/// Takes the place of the person who finds out about uncertain acts. Each must be in a list, with
/// an owner, and each must have been in the hands of a process that was killed or slept.
pub(crate) async fn settle_uncertain(
    story: &Story<'_>,
    verdict: &mut Verdict,
) -> Result<(), BoxError> {
    let mut conn = connect_to(&story.house.database, SERVICE).await;
    let rows = sqlx::query("select effect_id, body from effect where state = 'uncertain'")
        .fetch_all(&mut conn)
        .await?;
    let mut bells = BTreeMap::new();
    for row in &rows {
        let body: Value = row.try_get("body")?;
        let bell: Uuid = serde_json::from_value(body.get("bell").cloned().unwrap_or_default())?;
        bells.insert(row.try_get::<Uuid, _>("effect_id")?, bell);
    }
    let asker = story.house.asker();
    let all = UncertainFilter { effect_id: None, kind: None, before: None };
    let list = ListUncertain { which: all.clone(), limit: 1_000 };
    let listed: UncertainList = operate(&asker, Operation::ListUncertain, &list).await?;
    verdict.uncertain = bells.len();
    verdict.cut_off = story.ringer.cut_off();
    if listed.uncertain.len() != bells.len() {
        verdict.lost.push(format!(
            "uncertain: {} listed of {}",
            listed.uncertain.len(),
            bells.len()
        ));
    }
    let rings: HashSet<Uuid> = story.ringer.rings().into_iter().collect();
    let begun = story.ringer.begun();
    let disturbed: HashSet<u32> =
        story.replicas.iter().flat_map(|replica| replica.disturbed.iter().copied()).collect();
    for act in listed.uncertain {
        let Some(bell) = bells.get(&act.effect_id.as_uuid()) else { continue };
        if act.owner.is_empty() {
            verdict.lost.push(format!("uncertain act {bell} has no owner"));
        }
        let hands = begun.get(bell).map(Vec::as_slice).unwrap_or_default();
        let explained = if story.restored {
            true
        } else if hands.is_empty() {
            !disturbed.is_empty()
        } else {
            hands.iter().any(|pid| disturbed.contains(pid))
        };
        if !explained {
            verdict.lost.push(format!("act {bell} is uncertain, though nobody was killed in it"));
        }
        let happened = rings.contains(bell);
        let said =
            if happened { UncertainVerdict::Happened } else { UncertainVerdict::DidNotHappen };
        let settle = SettleUncertain {
            which: UncertainFilter { effect_id: Some(act.effect_id), ..all.clone() },
            verdict: said,
            because: "looked at the bell".to_owned(),
            limit: 1,
        };
        let answer: SettledUncertain = operate(&asker, Operation::SettleUncertain, &settle).await?;
        // A first try may have settled it, and its answer met a planned fault.
        if answer.settled.saturating_add(answer.settled_before) > 1 || answer.parked > 0 {
            verdict.lost.push(format!("uncertain act {bell} could not be settled: {answer:?}"));
        }
    }
    Ok(())
}

/// What the service knows of events that are not in the stream.
async fn missing_events(conn: &mut PgConnection, told: &HashSet<Uuid>) -> sqlx::Result<String> {
    let told: Vec<Uuid> = told.iter().copied().collect();
    let missing: Vec<String> = sqlx::query_scalar(
        "select message_id || ' sent at ' || sent_at from sent
         where subject like '%.counted.%' and message_id <> all ($1)
         union all
         select 'the broker ' || identity || ' of ' || stream || ', last seen at ' || seen_at
         from broker",
    )
    .bind(told)
    .fetch_all(conn)
    .await?;
    Ok(format!("missing in the stream: {missing:?}"))
}

/// Asks the service again when it meets a planned fault.
async fn operate<B: Serialize + Sync, A: DeserializeOwned>(
    asker: &Asker,
    operation: Operation,
    body: &B,
) -> Result<A, BoxError> {
    let mut tries = 0_u32;
    loop {
        match asker.operate(SERVICE, operation, body).await {
            Ok(answer) => return Ok(answer),
            Err(error) if tries >= TRIES => return Err(error.into()),
            Err(_) => tries = tries.saturating_add(1),
        }
    }
}

/// Compares everything that was told with everything that came of it.
pub(crate) async fn judge(story: &Story<'_>, verdict: &mut Verdict) -> Result<(), BoxError> {
    let expected = &story.script.expected;
    let mut conn = connect_to(&story.house.database, SERVICE).await;
    let rows = sqlx::query("select * from counter").fetch_all(&mut conn).await?;
    let counters: Vec<Counter> = rows.iter().map(Counter::read).collect::<sqlx::Result<_>>()?;
    let sum = |pick: fn(&Counter) -> i64| counters.iter().map(pick).sum::<i64>();
    let events = expected.bumps.saturating_add(story.asked);
    verdict.compare(
        "totals",
        sum(|counter| counter.total),
        expected.total.saturating_add(story.added()),
    );
    verdict.compare("commands handled", sum(|counter| counter.pokes), expected.bumps);
    verdict.compare("urgent events handled", sum(|counter| counter.shuts), expected.shuts);
    verdict.compare("timers gone off", sum(|counter| counter.chimes), expected.chimes);

    let rings = story.ringer.rings();
    let distinct: HashSet<&Uuid> = rings.iter().collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    verdict.compare("rings of bells", count(rings.len()), count(distinct.len()));
    let unrung: i64 = sqlx::query_scalar("select count(*) from effect where state <> 'done'")
        .fetch_one(&mut conn)
        .await?;
    verdict.compare("effects undone", unrung, 0);
    let said_not = count(expected.rings).saturating_sub(count(distinct.len()));
    if said_not > count(verdict.uncertain) {
        verdict.lost.push(format!(
            "{said_not} bells never rang, of which {} were uncertain",
            verdict.uncertain
        ));
    }
    verdict.compare("endings known", sum(|counter| counter.rung), count(distinct.len()));
    // A process that slept may still have told how it went after its act was said to be uncertain.
    let unknown = sum(|counter| counter.unknown);
    if !(count(verdict.uncertain)..=count(verdict.cut_off)).contains(&unknown) {
        verdict.lost.push(format!(
            "{unknown} acts said to be uncertain; {} are, of {} that were cut off",
            verdict.uncertain, verdict.cut_off
        ));
    }

    let told = story.house.stream(topology::EVENTS).await;
    let counted: Vec<_> = told
        .iter()
        .filter(|envelope| envelope.message_type == "reference.evt.counted.v1")
        .collect();
    let ids: HashSet<Uuid> = counted.iter().map(|envelope| envelope.id.as_uuid()).collect();
    verdict.compare("events told", count(ids.len()), events);
    if count(ids.len()) < events {
        verdict.lost.push(missing_events(&mut conn, &ids).await?);
    }
    let versions: HashSet<(Uuid, u64)> =
        counted.iter().map(|envelope| (envelope.subject, envelope.aggregateversion)).collect();
    // A service that recovers handles what it lost in another order.
    if !story.restored {
        verdict.compare("versions of events", count(versions.len()), count(ids.len()));
    }
    let seen: i64 = sqlx::query_scalar("select count(*) from seen").fetch_one(&mut conn).await?;
    verdict.compare("rows of the read model", seen, events);

    let parked: BTreeSet<Uuid> =
        sqlx::query_scalar("select message_id from parked where state = 'open'")
            .fetch_all(&mut conn)
            .await?
            .into_iter()
            .collect();
    if parked != expected.parked {
        let (more, less) =
            (parked.difference(&expected.parked), expected.parked.difference(&parked));
        let (more, less): (Vec<_>, Vec<_>) = (more.collect(), less.collect());
        verdict.lost.push(format!("parked, and should not be: {more:?}; not parked: {less:?}"));
    }
    Ok(())
}
