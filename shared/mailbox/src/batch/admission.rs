//! What is let in: each input once.

use std::collections::HashSet;

use contracts::operations::ParkedReason;
use jiff::Span;
use primitives::Date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::halving::{Busy, Failure};
use super::in_hand::Hold;
use super::input::{Input, Outcome, Ticket, day};
use super::slots::{Batch, Slot};
use crate::store::{self, DueTimer};

impl<'a> Batch<'a> {
    /// Lets in what was not handled before, as far as that can be told before the locks.
    pub(super) async fn admit(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        self.admit_messages(conn).await?;
        self.admit_kept(conn).await?;
        for (index, input) in self.inputs.iter().enumerate() {
            let Ticket::Request { subject, key, body_hash } = &input.ticket else { continue };
            let kept = store::begin_request(conn, subject, key, body_hash, self.now).await?;
            let Some(kept) = kept else { continue };
            let outcome = match kept.answer {
                _ if kept.body_hash != *body_hash => Outcome::KeyReused,
                Some(answer) => Outcome::Answered(answer),
                None => Outcome::Duplicate,
            };
            self.set(index, Slot::Closed(outcome));
        }
        Ok(())
    }

    async fn admit_messages(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let today = day(self.now);
        let oldest = today
            .checked_sub(Span::new().days(i64::from(self.engine.horizon_days)))
            .unwrap_or(Date::MIN);
        let newest = today.checked_add(Span::new().days(2)).unwrap_or(Date::MAX);
        let mut fresh: Vec<(Uuid, Date)> = Vec::new();
        let mut aside = HashSet::new();
        for (index, input) in self.inputs.iter().enumerate() {
            if !self.needs_inbox(input) {
                continue;
            }
            let recorded_on = day(input.payload.envelope.recordedtime);
            let parks = if recorded_on < oldest {
                (ParkedReason::Stale, "recorded before the horizon of the inbox")
            } else if recorded_on > newest {
                (ParkedReason::Poison, "recorded in the future; check the clocks")
            } else {
                fresh.push((input.id().as_uuid(), recorded_on));
                continue;
            };
            let slot = if aside.insert(input.id()) {
                Slot::Parks(parks.0, parks.1.to_owned())
            } else {
                Slot::Closed(Outcome::Duplicate)
            };
            self.set(index, slot);
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let replayed: Vec<Uuid> = self
            .inputs
            .iter()
            .filter(|input| input.payload.envelope.replayed && self.needs_inbox(input))
            .map(|input| input.id().as_uuid())
            .collect();
        if !replayed.is_empty() {
            let known: HashSet<Uuid> = store::known(conn, &replayed).await?.into_iter().collect();
            fresh.retain(|(id, _)| !known.contains(id));
        }
        fresh.sort_unstable();
        fresh.dedup();
        let (ids, days): (Vec<Uuid>, Vec<Date>) = fresh.into_iter().unzip();
        let mut new: HashSet<Uuid> =
            store::record_new(conn, &days, &ids).await?.into_iter().collect();
        for (index, input) in self.inputs.iter().enumerate() {
            let open = matches!(self.slots.get(index), Some(Slot::Open(_)));
            if self.needs_inbox(input) && open && !new.remove(&input.id().as_uuid()) {
                self.set(index, Slot::Closed(Outcome::Duplicate));
            }
        }
        Ok(())
    }

    /// Takes the rows of the batch in hand. Of what came from the broker, that of which a row is in
    /// other hands is set aside, where that is allowed, and its inbox is as before.
    pub(super) async fn take_in_hand(
        &mut self,
        conn: &mut PgConnection,
        busy: Busy,
    ) -> Result<Hold<'a>, Failure> {
        let in_hand = &self.engine.in_hand;
        let is_brought = |input: &&Input| matches!(input.ticket, Ticket::Stream);
        if busy == Busy::Awaited || !self.inputs.iter().all(is_brought) {
            return Ok(in_hand.take(self.rows()));
        }
        let wanted = self.slots.iter().enumerate().filter_map(|(place, slot)| match slot {
            Slot::Open(Some(unit)) => Some((place, unit.rows())),
            Slot::Open(None) | Slot::Closed(_) | Slot::Waits(..) | Slot::Parks(..) => None,
        });
        let (hold, aside) = in_hand.take_free(wanted);
        let (mut days, mut ids) = (Vec::new(), Vec::new());
        for place in aside {
            if let Some(input) = self.inputs.get(place).filter(|input| self.needs_inbox(input)) {
                days.push(day(input.payload.envelope.recordedtime));
                ids.push(input.id().as_uuid());
            }
            self.set(place, Slot::Closed(Outcome::SetAside));
        }
        if !ids.is_empty() {
            store::unrecord(conn, &days, &ids).await?;
        }
        Ok(hold)
    }

    /// A projection takes a message as often as it comes: so it is rebuilt by publishing again.
    fn needs_inbox(&self, input: &Input) -> bool {
        let projects = || {
            let registered = self.engine.handlers.get(input.stem());
            registered.is_some_and(|registered| registered.handler.projects())
        };
        matches!(input.ticket, Ticket::Stream) && !projects()
    }

    /// Locks the rows of what waited or was parked.
    async fn admit_kept(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let waiting = self.ids(|ticket| matches!(ticket, Ticket::Waiting));
        let parked = self.ids(|ticket| matches!(ticket, Ticket::Parked));
        let mut held: HashSet<Uuid> = HashSet::new();
        if !waiting.is_empty() {
            held.extend(store::lock_waiting(conn, &waiting).await?);
        }
        if !parked.is_empty() {
            held.extend(store::lock_parked(conn, &parked).await?);
        }
        for (index, input) in self.inputs.iter().enumerate() {
            let kept = matches!(input.ticket, Ticket::Waiting | Ticket::Parked);
            if kept && !held.contains(&input.id().as_uuid()) {
                self.set(index, Slot::Closed(Outcome::Duplicate));
            }
        }
        Ok(())
    }

    /// Takes the tickets that lie under the locks: timers and effects.
    pub(super) async fn take_tickets(&mut self, conn: &mut PgConnection) -> Result<(), Failure> {
        let mut timers: Vec<(usize, DueTimer)> = Vec::new();
        let mut effects: Vec<(usize, Uuid, i32, String)> = Vec::new();
        for (index, input) in self.inputs.iter().enumerate() {
            match &input.ticket {
                Ticket::Timer(timer) => timers.push((index, timer.clone())),
                Ticket::Effect { id, attempt, ending } => {
                    effects.push((index, *id, *attempt, (*ending).to_owned()));
                }
                Ticket::Stream | Ticket::Waiting | Ticket::Parked | Ticket::Request { .. } => {}
            }
        }
        if !timers.is_empty() {
            let due: Vec<DueTimer> = timers.iter().map(|(_, timer)| timer.clone()).collect();
            let taken: HashSet<i64> = store::take_timers(conn, &due).await?.into_iter().collect();
            for (position, (index, _)) in (1_i64..).zip(&timers) {
                if !taken.contains(&position) {
                    self.set(*index, Slot::Closed(Outcome::Duplicate));
                }
            }
        }
        if !effects.is_empty() {
            let ids: Vec<Uuid> = effects.iter().map(|(_, id, ..)| *id).collect();
            let attempts: Vec<i32> = effects.iter().map(|(_, _, attempt, _)| *attempt).collect();
            let endings: Vec<String> =
                effects.iter().map(|(_, _, _, ending)| ending.clone()).collect();
            let ended: HashSet<Uuid> =
                store::end_effects(conn, &ids, &attempts, &endings, self.now)
                    .await?
                    .into_iter()
                    .collect();
            for (index, id, ..) in &effects {
                if !ended.contains(id) {
                    self.set(*index, Slot::Closed(Outcome::Duplicate));
                }
            }
        }
        Ok(())
    }
}
