//! Decisions without servers, for simulations: one input at a time is folded as a batch folds it,
//! on states that are kept in memory. Ids, versions and envelopes are those that a batch makes.
//!
//! It opens, publishes and acknowledges nothing, and says nothing of how rows are loaded and saved:
//! whoever rehearses says which rows an input concerns, and what a row just made is.

use std::collections::BTreeMap;
use std::fmt;

use contracts::Envelope;
use primitives::{MessageId, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::aggregate::{Aggregate, Arena, Held, Row, States};
use crate::decision::{Decision, Effect, Facts, Fault, Timer};
use crate::handler::{Emitted, MintedEffect, not_locked};
use crate::ids::{self, Minter};
use crate::saving::envelope_of;

/// Makes the state of a row that nothing has happened to.
type Blank = Box<dyn Fn(Uuid) -> Held + Send + Sync>;

/// The states of one service.
pub struct Rehearsal {
    service: &'static str,
    arena: Arena,
    blanks: BTreeMap<&'static str, Blank>,
    concerned: Vec<Row>,
}

/// One input, as its decision sees it.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsed<'a> {
    /// What its handler is registered under: the message's type without its version.
    pub stem: &'a str,
    pub facts: &'a Facts,
    /// The process dies before the commit, and the input comes again: what it brings forth must be
    /// the same.
    pub dies_first: bool,
}

/// What one input brought forth.
#[derive(Debug, Default)]
pub struct Brought {
    pub messages: Vec<Envelope>,
    pub effects: Vec<BroughtEffect>,
    pub timers: Vec<(Row, Timer)>,
    /// The rows that it concerned.
    pub rows: Vec<Row>,
    /// Those of them that have to be saved.
    pub changed: Vec<Row>,
}

/// An act on the outside that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct BroughtEffect {
    pub id: Uuid,
    /// Whose it is.
    pub row: Row,
    pub kind: &'static str,
    pub once: bool,
    pub body: Value,
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsal").field("service", &self.service).finish_non_exhaustive()
    }
}

impl Rehearsal {
    #[must_use]
    pub fn of(service: &'static str) -> Self {
        Self { service, arena: Arena::default(), blanks: BTreeMap::new(), concerned: Vec::new() }
    }

    /// Says what a row just made of this kind is.
    #[must_use]
    pub fn keeps<A: Aggregate>(mut self, blank: fn(Uuid) -> A) -> Self {
        self.blanks.insert(A::KIND, Box::new(move |id| Box::new(blank(id))));
        self
    }

    #[must_use]
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// A state as it stands; none of a row that nothing was decided on.
    #[must_use]
    pub fn find<A: Aggregate>(&self, id: Uuid) -> Option<&A> {
        self.arena.find(id)
    }

    /// All states of a kind, in the order of their ids.
    #[must_use]
    pub fn all<A: Aggregate>(&self) -> BTreeMap<Uuid, &A> {
        let rows = self.arena.rows().filter(|row| row.kind == A::KIND);
        rows.filter_map(|row| Some((row.id, self.arena.find::<A>(row.id)?))).collect()
    }

    /// Puts a state as its store would load it: what a decision finds, and counts as no change.
    pub fn load<A: Aggregate>(&mut self, id: Uuid, state: A) {
        self.arena.load(Row { kind: A::KIND, id }, Box::new(state));
    }

    /// Decides on an input, for each of its keys. What fails changes nothing.
    pub fn decide<S: States, E: Effect>(
        &mut self,
        input: Rehearsed<'_>,
        keys: &[S::Key],
        mut decide: impl FnMut(S) -> Result<Decision<S, E>, Fault>,
    ) -> Result<Brought, Fault> {
        let rows: Vec<Row> = keys.iter().flat_map(S::rows).collect();
        self.concerned.clone_from(&rows);
        self.make(&rows)?;
        let first = self.fold(input, &rows, keys, &mut decide)?;
        if !input.dies_first {
            return Ok(self.keep(first, &rows, input.facts));
        }
        let died = format!("{:?}", (&first.0.messages, &first.0.effects, &first.0.timers));
        self.arena.restore(first.1);
        let again = self.fold(input, &rows, keys, &mut decide)?;
        if died != format!("{:?}", (&again.0.messages, &again.0.effects, &again.0.timers)) {
            self.arena.restore(again.1);
            return Err(Fault::Bug("a redelivery brought forth something else".to_owned()));
        }
        Ok(self.keep(again, &rows, input.facts))
    }

    /// The rows of the last input: what comes too early waits for the first of them.
    #[must_use]
    pub fn concerned(&self) -> &[Row] {
        &self.concerned
    }

    fn make(&mut self, rows: &[Row]) -> Result<(), Fault> {
        for row in rows.iter().filter(|row| !self.arena.holds(**row)).copied().collect::<Vec<_>>() {
            let blank = self.blanks.get(row.kind).ok_or_else(not_locked)?;
            self.arena.load(row, blank(row.id));
        }
        Ok(())
    }

    fn fold<S: States, E: Effect>(
        &mut self,
        input: Rehearsed<'_>,
        rows: &[Row],
        keys: &[S::Key],
        decide: &mut impl FnMut(S) -> Result<Decision<S, E>, Fault>,
    ) -> Result<(Emitted, crate::aggregate::Snapshot), Fault> {
        let snapshot = self.arena.snapshot(rows);
        let namespace = ids::namespace(self.service, input.stem);
        let mut minter = Minter::new(namespace, input.facts.cause);
        let mut emitted = Emitted::default();
        let folded = keys.iter().try_for_each(|key| {
            let state = S::take(&self.arena, key).ok_or_else(not_locked)?;
            emitted.absorb(&mut self.arena, key, decide(state)?, &mut minter)
        });
        match folded {
            Ok(()) => Ok((emitted, snapshot)),
            Err(fault) => {
                self.arena.restore(snapshot);
                Err(fault)
            }
        }
    }

    fn keep(
        &mut self,
        (emitted, _): (Emitted, crate::aggregate::Snapshot),
        rows: &[Row],
        facts: &Facts,
    ) -> Brought {
        let Emitted { messages, effects, timers, .. } = emitted;
        let envelope = |message| envelope_of(self.service, message, facts, facts.now, None);
        Brought {
            messages: messages.into_iter().map(envelope).collect(),
            effects: effects.into_iter().map(BroughtEffect::from).collect(),
            timers,
            rows: rows.to_vec(),
            changed: self.arena.take_changed().into_iter().collect(),
        }
    }

    /// The id of one firing of a timer.
    #[must_use]
    pub fn firing(&self, row: Row, name: &str, generation: i64) -> MessageId {
        ids::timer_firing(self.service, (row.kind, row.id), name, generation)
    }

    /// What a timer's handler is registered under.
    #[must_use]
    pub fn timer_stem(&self, name: &str) -> String {
        format!("{}.timer.{name}", self.service)
    }

    /// The id of one ending of one attempt of an effect.
    #[must_use]
    pub fn ending(effect: Uuid, attempt: i32, ending: &str) -> MessageId {
        ids::effect_ending(effect, attempt, ending)
    }

    /// What the endings of the effects of one kind of aggregate are registered under.
    #[must_use]
    pub fn ending_stem(&self, kind: &str) -> String {
        ids::ending_stem(self.service, kind)
    }

    /// The id of a request that changes something.
    #[must_use]
    pub fn request(subject: &str, idempotency_key: &str) -> MessageId {
        ids::request(subject, idempotency_key)
    }
}

impl From<MintedEffect> for BroughtEffect {
    fn from(effect: MintedEffect) -> Self {
        let MintedEffect { id, row, kind, once, body, not_before, not_after } = effect;
        Self { id, row, kind, once, body, not_before, not_after }
    }
}

#[cfg(test)]
mod tests {
    use contracts::letter::Withdraw;
    use primitives::{Actor, CaseId, CorrelationId, CreditorId, LetterId};
    use sqlx::PgConnection;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Count {
        version: u64,
        number: u64,
    }

    impl Aggregate for Count {
        const KIND: &'static str = "count";

        async fn lock(_: &mut PgConnection, _: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
            Ok(Vec::new())
        }

        async fn save(_: &mut PgConnection, _: &[(Uuid, Self)]) -> sqlx::Result<()> {
            Ok(())
        }

        fn version(&self) -> u64 {
            self.version
        }

        fn set_version(&mut self, version: u64) {
            self.version = version;
        }
    }

    const ROW: Uuid = Uuid::from_u128(7);

    fn counts() -> Rehearsal {
        Rehearsal::of("letter").keeps::<Count>(|_| Count::default())
    }

    fn facts(cause: u128) -> Facts {
        Facts {
            now: Timestamp::UNIX_EPOCH,
            cause: MessageId::from_uuid(Uuid::from_u128(cause)),
            correlation: CorrelationId::from_uuid(ROW),
            actor: Actor::Operator,
            version: 0,
        }
    }

    fn count(mut count: Count) -> Decision<Count> {
        count.number = count.number.saturating_add(1);
        let told = Withdraw {
            letter_id: LetterId::from_uuid(ROW),
            creditor_id: CreditorId::from_uuid(ROW),
            case_id: CaseId::from_uuid(ROW),
        };
        Decision::quiet(count).send(told)
    }

    fn tell(states: &mut Rehearsal, facts: &Facts, dies_first: bool) -> Brought {
        let input = Rehearsed { stem: "letter.cmd.send", facts, dies_first };
        states.decide(input, &[ROW], |state| Ok(count(state))).unwrap()
    }

    #[test]
    fn what_died_and_comes_again_is_done_once_and_the_same() {
        let (mut calm, mut troubled) = (counts(), counts());
        for cause in 1..4 {
            let facts = facts(cause);
            let brought = tell(&mut calm, &facts, false);
            let again = tell(&mut troubled, &facts, true);
            assert_eq!(format!("{brought:?}"), format!("{again:?}"));
            let versions: Vec<u64> =
                again.messages.iter().map(|message| message.aggregateversion).collect();
            assert_eq!(versions, [u64::try_from(cause).unwrap()]);
        }
        assert_eq!(troubled.find::<Count>(ROW), Some(&Count { version: 3, number: 3 }));
        assert_eq!(calm.all::<Count>(), troubled.all::<Count>());
    }

    #[test]
    fn what_fails_changes_nothing_and_tells_which_row_it_waits_for() {
        let mut states = counts();
        let facts = facts(1);
        let input = Rehearsed { stem: "letter.cmd.send", facts: &facts, dies_first: false };
        let early = |_: Count| Err::<Decision<Count>, Fault>(Fault::Early("later".to_owned()));
        assert!(matches!(states.decide(input, &[ROW], early), Err(Fault::Early(_))));
        assert_eq!(states.concerned(), [Row { kind: "count", id: ROW }]);
        assert_eq!(states.find::<Count>(ROW), Some(&Count::default()));
    }

    #[test]
    fn a_decision_that_is_not_pure_is_found_out() {
        let mut states = counts();
        let facts = facts(1);
        let input = Rehearsed { stem: "letter.cmd.send", facts: &facts, dies_first: true };
        let mut times = 0;
        let moody = |state: Count| {
            times += 1;
            Ok(if times > 1 { Decision::quiet(state) } else { count(state) })
        };
        assert!(matches!(states.decide(input, &[ROW], moody), Err(Fault::Bug(_))));
    }
}
