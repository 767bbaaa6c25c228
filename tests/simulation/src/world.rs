//! One story, told step by step: a clock, a broker that loses nothing for good but hands things out
//! late, twice and in another order, an inbox for each service, timers, and what waits.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::rc::Rc;

use contracts::Envelope;
use house::{House, Input, consumers, day_of, facts_of, stem_of};
use jiff::SignedDuration;
use mailbox::{Brought, Facts, Fault, Rehearsal, Rehearsed, Row, Timer};
use payment_reconciliation::domain::account_statement::BankFile;
use primitives::{Actor, CorrelationId, MessageId, Timestamp};
use uuid::Uuid;

use crate::bank::Bank;
use crate::deeds::{Calling, Doing, People};
use crate::faults::{Fate, Mishap, Wrong};

use crate::invariants::{self, Watch};
use crate::outside::{Acting, Outside};
use crate::plan::{Moment, Plan};
use crate::rest;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub detail: String,
}

impl Violation {
    /// Whether another one is of the same kind: the same words, about whatever case and amount.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.invariant == other.invariant && self.words().eq(other.words())
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.detail.split_whitespace();
        words.filter(|word| !word.contains(|sign: char| sign.is_ascii_digit()))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}

/// What is broken on purpose, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    Nothing,
    /// The inbox lets everything in again.
    NoInbox,
    /// An act whose answer was lost is performed again without asking.
    PerformAgain,
    /// The scheduler's planned steps set no timer.
    ForgetNextStep,
    /// One message to the scheduler is lost for good.
    LoseMessage,
    /// Letters leave whenever somebody gets round to it.
    IgnorePermitEnd,
    /// Letters leave without asking what is owed at that moment.
    NeverAsk,
    /// A cent disappears from a booking.
    LoseCent,
}

/// How much there was in a story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub steps: u64,
    pub messages: u64,
    pub mishaps: u64,
    /// Letters and notes that left, and calls that were made.
    pub acts: u64,
    pub payments: u64,
    pub cases: u64,
    pub closed: u64,
}

/// A story that was told.
#[derive(Debug)]
pub struct Told {
    pub violation: Option<Violation>,
    pub counts: Counts,
    pub mishaps: BTreeSet<Mishap>,
    /// What happened, where it was asked for.
    pub lines: Vec<String>,
}

/// Tells the story of a plan; `aloud` keeps what happened, for people.
#[must_use]
pub fn tell(plan: &Plan, sabotage: Sabotage, aloud: bool) -> Told {
    let mut world = World::new(plan, sabotage, aloud);
    let violation = world.run().err();
    world.counts.mishaps = u64::try_from(world.fate.happened.len()).unwrap_or(u64::MAX);
    if let Some(violation) = &violation {
        world.say(|| format!("VIOLATION {violation}"));
    }
    Told { violation, counts: world.counts, mishaps: world.fate.happened, lines: world.lines }
}

pub(crate) type Told1 = Result<(), Violation>;

/// What is going to happen.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Deliver {
        service: &'static str,
        envelope: Rc<Envelope>,
    },
    /// What waits is looked at again.
    Again {
        service: &'static str,
        id: MessageId,
    },
    Timer {
        key: TimerKey,
        generation: i64,
    },
    Acting(Acting),
    Doing(Doing),
    Calling(Calling),
}

pub(crate) type TimerKey = (&'static str, Row, &'static str);

/// A timer that is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetTimer {
    pub(crate) due_at: Timestamp,
    generation: i64,
    correlation: CorrelationId,
}

/// A message that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) service: &'static str,
    pub(crate) envelope: Rc<Envelope>,
    /// None where it is only tried again after a while.
    row: Option<Row>,
    pub(crate) detail: String,
    tries: u32,
}

pub(crate) struct World<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) sabotage: Sabotage,
    pub(crate) now: Timestamp,
    pub(crate) agenda: BTreeMap<(Timestamp, u64), Event>,
    ordinal: u64,
    /// Of the agenda, those that are no timers.
    pub(crate) restless: u64,
    pub(crate) house: House,
    pub(crate) fate: Fate,
    inbox: HashSet<(&'static str, MessageId)>,
    pub(crate) published: Vec<(MessageId, Rc<str>)>,
    pub(crate) told_money: Vec<Rc<Envelope>>,
    pub(crate) statements: Vec<(BankFile, Facts)>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) timers: BTreeMap<TimerKey, SetTimer>,
    generations: HashMap<TimerKey, i64>,
    pub(crate) outside: Outside,
    pub(crate) bank: Bank,
    pub(crate) people: People,
    pub(crate) watch: Watch,
    pub(crate) counts: Counts,
    aloud: bool,
    lines: Vec<String>,
    lost: bool,
}

impl<'p> World<'p> {
    fn new(plan: &'p Plan, sabotage: Sabotage, aloud: bool) -> Self {
        let fate = Fate::of(plan);
        Self {
            plan,
            sabotage,
            now: Timestamp::UNIX_EPOCH,
            agenda: BTreeMap::new(),
            ordinal: 0,
            restless: 0,
            house: House::empty(),
            fate,
            inbox: HashSet::new(),
            published: Vec::new(),
            told_money: Vec::new(),
            statements: Vec::new(),
            waiting: Vec::new(),
            timers: BTreeMap::new(),
            generations: HashMap::new(),
            outside: Outside::default(),
            bank: Bank::default(),
            people: People::default(),
            watch: Watch::default(),
            counts: Counts::default(),
            aloud,
            lines: Vec::new(),
            lost: false,
        }
    }

    fn run(&mut self) -> Told1 {
        self.now = self.moment(Moment { day: -1, minute: 6 * 60 });
        self.register_everybody()?;
        self.plan_deeds();
        let over = self.moment(Moment { day: self.plan.days.saturating_add(21), minute: 0 });
        loop {
            // Once nobody does anything more, only timers are left; held cases have them for ever.
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            if self.restless == 0 && next.is_none_or(|at| at > over) {
                if self.bank.told_all() {
                    break;
                }
                self.last_statements();
                continue;
            }
            let Some(((at, _), event)) = self.agenda.pop_first() else { break };
            let is_timer = matches!(event, Event::Timer { .. });
            if !is_timer {
                self.restless = self.restless.saturating_sub(1);
            }
            self.now = self.now.max(at);
            self.counts.steps = self.counts.steps.saturating_add(1);
            if self.counts.steps > 60_000 {
                return Err(violation("rest", "the story does not end"));
            }
            self.step(event)?;
        }
        rest::check(self)
    }

    fn step(&mut self, event: Event) -> Told1 {
        match event {
            Event::Deliver { service, envelope } => self.deliver(service, &envelope),
            Event::Again { service, id } => self.again(service, id),
            Event::Timer { key, generation } => self.fire(key, generation),
            Event::Acting(acting) => self.act(acting),
            Event::Doing(doing) => self.doing(doing),
            Event::Calling(calling) => self.calling(&calling),
        }
    }

    /// A moment of the story.
    pub(crate) fn moment(&self, moment: Moment) -> Timestamp {
        let day = crate::deeds::day(self.plan, moment.day);
        let begins = law::Pack::NL.moment(day, jiff::civil::Time::midnight());
        later(begins.unwrap_or(self.now), SignedDuration::from_mins(moment.minute))
    }

    pub(crate) fn put(&mut self, at: Timestamp, event: Event) {
        if !matches!(event, Event::Timer { .. }) {
            self.restless = self.restless.saturating_add(1);
        }
        self.ordinal = self.ordinal.saturating_add(1);
        self.agenda.insert((at.max(self.now), self.ordinal), event);
    }

    /// Writes down what happens, for people.
    pub(crate) fn say(&mut self, what: impl FnOnce() -> String) {
        if self.aloud {
            let what = what();
            let at = law::Pack::NL.local_date(self.now);
            self.lines.push(format!("{at} {} {what}", self.now.strftime("%H:%M")));
        }
    }

    // The broker.

    /// Hands a message to all who take it in, each in its own time.
    pub(crate) fn publish(&mut self, envelope: Envelope) -> Told1 {
        let envelope = Rc::new(envelope);
        let stem = stem_of(&envelope).to_owned();
        self.counts.messages = self.counts.messages.saturating_add(1);
        self.published.push((envelope.id, Rc::from(stem.as_str())));
        self.said_by(&envelope, &stem);
        self.watch.hear(&stem, &envelope, &self.house)?;
        for service in consumers(&stem) {
            self.hand_out(service, &stem, &envelope);
        }
        Ok(())
    }

    /// What was handed to payment-reconciliation, to be told again in another order.
    fn remember(&mut self, service: &str, envelope: &Rc<Envelope>) {
        if service == "payment-reconciliation" {
            self.told_money.push(Rc::clone(envelope));
        }
    }

    fn hand_out(&mut self, service: &'static str, stem: &str, envelope: &Rc<Envelope>) {
        let loses = self.sabotage == Sabotage::LoseMessage && !self.lost;
        if loses && service == "scheduler" && stem == "letter.evt.dispatched" {
            self.lost = true;
            return;
        }
        self.remember(service, envelope);
        let what = Uuid::new_v5(&envelope.id.as_uuid(), service.as_bytes());
        let deliver =
            |envelope: &Rc<Envelope>| Event::Deliver { service, envelope: Rc::clone(envelope) };
        let mut delay = SignedDuration::from_millis(20);
        if self.fate.strikes(Wrong::Late, what) {
            let mut chance = self.fate.chance(Wrong::Late, what);
            let minutes =
                if chance.percent(60) { chance.within(1, 90) } else { chance.within(90, 2_000) };
            delay = SignedDuration::from_mins(minutes);
            self.say(|| format!("  ({stem} comes {minutes} min late to {service})"));
        }
        self.put(later(self.now, delay), deliver(envelope));
        if self.fate.strikes(Wrong::Doubled, what) {
            let minutes = self.fate.chance(Wrong::Doubled, what).within(0, 1_500);
            self.put(later(self.now, SignedDuration::from_mins(minutes)), deliver(envelope));
            self.say(|| format!("  ({stem} comes to {service} again after {minutes} min)"));
        }
    }

    fn deliver(&mut self, service: &'static str, envelope: &Rc<Envelope>) -> Told1 {
        if service == "monitoring" {
            let facts = facts_of(envelope, self.now);
            let input = Input { rehearsed: rehearsed(stem_of(envelope), &facts, false), envelope };
            self.house.monitoring.project(input).map_err(|fault| parked(service, &fault))?;
        }
        let is_new = self.inbox.insert((service, envelope.id));
        if !is_new && self.sabotage != Sabotage::NoInbox {
            return Ok(());
        }
        self.handle(service, envelope, 0)
    }

    /// Whether a service has a message behind it, or keeps it waiting.
    pub(crate) fn took_in(&self, service: &'static str, id: MessageId) -> bool {
        self.inbox.contains(&(service, id))
    }

    // The services.

    fn handle(&mut self, service: &'static str, envelope: &Rc<Envelope>, tries: u32) -> Told1 {
        let what = Uuid::new_v5(&envelope.id.as_uuid(), service.as_bytes());
        let dies = tries == 0 && self.fate.strikes(Wrong::Died, what);
        let facts = facts_of(envelope, self.now);
        let input = Input { rehearsed: rehearsed(stem_of(envelope), &facts, dies), envelope };
        match self.house.take(service, input) {
            Ok(brought) => self.keep(service, brought, &facts),
            Err(fault) => self.wait(service, envelope, &fault, tries),
        }
    }

    /// What cannot be decided now waits; what never can is a violation.
    fn wait(
        &mut self,
        service: &'static str,
        envelope: &Rc<Envelope>,
        fault: &Fault,
        tries: u32,
    ) -> Told1 {
        let row = match fault {
            Fault::Early(_) => self.house.states(service).concerned().first().copied(),
            Fault::Retry(_) => None,
            Fault::Poison(_) | Fault::Bug(_) => return Err(parked(service, fault)),
        };
        let id = envelope.id;
        let envelope = Rc::clone(envelope);
        let detail = fault.to_string();
        self.waiting.push(Waiting { service, envelope, row, detail, tries });
        let minutes = 10_i64.saturating_mul(1 << tries.min(5));
        let at = later(self.now, SignedDuration::from_mins(minutes));
        self.put(at, Event::Again { service, id });
        Ok(())
    }

    fn again(&mut self, service: &'static str, id: MessageId) -> Told1 {
        let is_it = |one: &Waiting| one.service == service && one.envelope.id == id;
        let Some(place) = self.waiting.iter().position(is_it) else { return Ok(()) };
        let one = self.waiting.swap_remove(place);
        self.handle(service, &one.envelope, one.tries.saturating_add(1))
    }

    /// Takes over what a decision brought forth, and looks whether all is as it must be.
    pub(crate) fn keep(
        &mut self,
        service: &'static str,
        mut brought: Brought,
        facts: &Facts,
    ) -> Told1 {
        self.doctor(service, &mut brought);
        for (row, timer) in std::mem::take(&mut brought.timers) {
            self.set(service, row, &timer, facts.correlation);
        }
        for effect in std::mem::take(&mut brought.effects) {
            self.ask_for(service, effect, facts.correlation);
        }
        for envelope in std::mem::take(&mut brought.messages) {
            self.publish(envelope)?;
        }
        invariants::changed(self, service, &brought.changed)?;
        self.notice_calls(service, &brought.changed);
        self.take_up(service, &brought.rows)
    }

    /// What waited for one of these rows is looked at again.
    fn take_up(&mut self, service: &'static str, rows: &[Row]) -> Told1 {
        let is_it = |one: &Waiting| {
            one.service == service && one.row.is_some_and(|row| rows.contains(&row))
        };
        let (ready, rest) = std::mem::take(&mut self.waiting).into_iter().partition(is_it);
        self.waiting = rest;
        let ready: Vec<Waiting> = ready;
        for one in ready {
            self.handle(service, &one.envelope, one.tries.saturating_add(1))?;
        }
        Ok(())
    }

    /// Breaks what is to be broken.
    fn doctor(&mut self, service: &str, brought: &mut Brought) {
        match self.sabotage {
            Sabotage::ForgetNextStep if service == "scheduler" => {
                let is_step = |timer: &Timer| matches!(timer, Timer::Set { name: "next-step", .. });
                brought.timers.retain(|(_, timer)| !is_step(timer));
            }
            Sabotage::LoseCent if service == "payment-reconciliation" => {
                if let Some(balance) = self.house.money.balances.values_mut().next() {
                    *balance = balance.saturating_sub(1);
                }
            }
            Sabotage::Nothing
            | Sabotage::NoInbox
            | Sabotage::PerformAgain
            | Sabotage::ForgetNextStep
            | Sabotage::LoseMessage
            | Sabotage::IgnorePermitEnd
            | Sabotage::NeverAsk
            | Sabotage::LoseCent => {}
        }
    }

    // Timers.

    fn set(&mut self, service: &'static str, row: Row, timer: &Timer, correlation: CorrelationId) {
        match *timer {
            Timer::Cancel { name } => {
                self.timers.remove(&(service, row, name));
            }
            Timer::Set { name, due_at } => {
                let key = (service, row, name);
                let generation = self.generations.entry(key).or_default();
                *generation = generation.saturating_add(1);
                let generation = *generation;
                self.timers.insert(key, SetTimer { due_at, generation, correlation });
                let what = Uuid::new_v5(&row.id, format!("{name} {generation}").as_bytes());
                let mut late = SignedDuration::from_millis(50);
                if self.fate.strikes(Wrong::Asleep, what) {
                    let minutes = self.fate.chance(Wrong::Asleep, what).within(1, 55);
                    late = SignedDuration::from_mins(minutes);
                }
                self.put(later(due_at, late), Event::Timer { key, generation });
            }
        }
    }

    fn fire(&mut self, key: TimerKey, generation: i64) -> Told1 {
        let is_it = self.timers.get(&key).filter(|timer| timer.generation == generation);
        let Some(timer) = is_it.copied() else { return Ok(()) };
        self.timers.remove(&key);
        let (service, row, name) = key;
        let cause = self.house.states(service).firing(row, name, generation);
        let facts = self.facts(cause, timer.correlation, Actor::Machine(service.to_owned()));
        let stem = self.house.states(service).timer_stem(name);
        let it = rehearsed(&stem, &facts, false);
        match self.house.wake(service, (row, name), it) {
            Ok(brought) => self.keep(service, brought, &facts),
            Err(Fault::Early(_) | Fault::Retry(_)) => {
                // The timer's own envelope would wait; it is set again, which is the same.
                let due_at = later(self.now, SignedDuration::from_mins(10));
                self.set(service, row, &Timer::Set { name, due_at }, timer.correlation);
                Ok(())
            }
            Err(fault @ (Fault::Poison(_) | Fault::Bug(_))) => Err(parked(service, &fault)),
        }
    }

    // Requests.

    pub(crate) const fn facts(
        &self,
        cause: MessageId,
        correlation: CorrelationId,
        actor: Actor,
    ) -> Facts {
        Facts { now: self.now, cause, correlation, actor, version: 0 }
    }

    /// The facts of a request that somebody makes.
    pub(crate) fn asked(&self, subject: &str, key: &str, actor: Actor) -> Facts {
        let cause = Rehearsal::request(subject, key);
        self.facts(cause, CorrelationId::from_uuid(cause.as_uuid()), actor)
    }
}

pub(crate) const fn rehearsed<'a>(
    stem: &'a str,
    facts: &'a Facts,
    dies_first: bool,
) -> Rehearsed<'a> {
    Rehearsed { stem, facts, dies_first }
}

pub(crate) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

pub(crate) fn violation(invariant: &'static str, detail: impl Into<String>) -> Violation {
    Violation { invariant, detail: detail.into() }
}

/// A message that would be parked for a person: no story has a reason for one.
pub(crate) fn parked(service: &str, fault: &Fault) -> Violation {
    violation("parked", format!("{service} parks a message: {fault}"))
}

impl World<'_> {
    /// Today, where the agency is.
    pub(crate) fn today(&self) -> primitives::Date {
        day_of(self.now)
    }
}

impl Counts {
    /// The counts of two stories.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            steps: self.steps.saturating_add(other.steps),
            messages: self.messages.saturating_add(other.messages),
            mishaps: self.mishaps.saturating_add(other.mishaps),
            acts: self.acts.saturating_add(other.acts),
            payments: self.payments.saturating_add(other.payments),
            cases: self.cases.saturating_add(other.cases),
            closed: self.closed.saturating_add(other.closed),
        }
    }
}

/// What a message says, in few words.
const TOLD_OF: [&str; 16] = [
    "step",
    "due_at",
    "reason",
    "message",
    "channel",
    "outcome",
    "verdict",
    "amount",
    "principal",
    "claim_open",
    "case_open",
    "promise",
    "review_on",
    "again_at",
    "by",
    "until",
];

impl World<'_> {
    fn said_by(&mut self, envelope: &Envelope, stem: &str) {
        // Creditors and staff are the same in every story.
        let is_setting = ["registered", "agreed"].iter().any(|it| stem.ends_with(it));
        if !self.aloud || (is_setting && stem != "intake.evt.claim-registered") {
            return;
        }
        let data: serde_json::Value = serde_json::from_str(envelope.data.get()).unwrap_or_default();
        let case_id = data.get("case_id").or_else(|| data.get("permit")?.get("case_id"));
        let case_id = case_id.and_then(|it| it.as_str()?.parse().ok());
        let debtor = case_id.and_then(|case_id| self.debtor_of(case_id));
        let debtor = debtor.map_or_else(String::new, |number| format!(" of debtor {number}"));
        let told = TOLD_OF.iter().filter_map(|key| Some(format!("{key}={}", data.get(key)?)));
        let told: Vec<String> = told.collect();
        self.say(|| format!("  {stem}{debtor} {}", told.join(" ")));
    }
}
