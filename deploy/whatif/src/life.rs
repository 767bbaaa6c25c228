//! One debtor under one agreement: the agency's own decisions, told what a message, a payment or a
//! morning would tell them.
//!
//! Nothing is late and nothing fails: what a decision sends is taken in at once, a letter leaves a
//! minute after it may, a call is made a quarter of an hour after that, and what is paid on a day
//! is known the next morning, as from the bank's statement.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use contracts::agreement::PayTo;
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, WithdrawalReason,
};
use contracts::payment_reconciliation::AllocatePayment;
use contracts::scheduler::HoldReason;
use contracts::telephony_task::PromisedPayment;
use contracts::{Envelope, Message, Outgoing};
use house::{House, Input, consumers, facts_of, stem_of};
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use mailbox::{Brought, Facts, Fault, Rehearsed, Row, Timer};
use payment_reconciliation::domain::account_statement::Owner;
use payment_reconciliation::domain::ledger::Holder;
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment, ToldBy};
use primitives::{
    Actor, CaseId, ClaimId, CorrelationId, Country, CreditorId, Date, MessageId, Money, PaymentId,
    PersonId, PromiseId, SourceFileId, StructuredReference, Timestamp,
};
use scheduler::domain::{Heard, Position, Track};
use uuid::Uuid;

use crate::act::Act;
use crate::outcome::Sums;
use crate::outside::Errand;
use crate::people::Character;
use crate::portfolio::{Debtor, What};
use crate::{Defect, Settings, Strategy};

/// The namespace of all ids of a what-if.
const NAMESPACE: Uuid = Uuid::from_u128(0x4f2b_61d7_0c8e_4a39_9d15_72e6_b8a3_10cf);

/// When claims are handed over.
const HAND_OVER: Time = time(7, 30, 0, 0);
/// When the statement of the day before is read.
const STATEMENT: Time = time(6, 30, 0, 0);
/// When something happens of itself.
const NOON: Time = time(12, 0, 0, 0);
/// When the last day is looked back on.
const EVENING: Time = time(23, 59, 59, 0);
/// A life has no end of its own where decisions go round in a circle: so many steps a day are more
/// than any has.
const STEPS_A_DAY_MAX: u64 = 500;

/// The services that decide here: letters and calls are the outside's.
const DECIDING: [&str; 3] = ["scheduler", "payment-reconciliation", "mediation"];

/// What comes.
#[derive(Debug)]
pub(crate) enum Due {
    HandOver {
        claim: usize,
    },
    Happens {
        claim: usize,
        event: usize,
    },
    /// The debtor pays what is open on claims of a case, and so much at most.
    Pays {
        case_id: CaseId,
        claims: Vec<ClaimId>,
        most: Option<Money>,
    },
    /// A payment stands on the statement.
    Known {
        case_id: CaseId,
        claims: Vec<ClaimId>,
        amount: Money,
        paid_on: Date,
    },
    Errand(Box<Errand>),
    Timer {
        key: TimerKey,
        generation: i64,
    },
}

pub(crate) type TimerKey = (&'static str, Row, &'static str);

/// A claim as the services know it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) case_id: CaseId,
    pub(crate) reference: StructuredReference,
    /// Its place among the debtor's.
    pub(crate) place: usize,
}

pub(crate) fn creditor_id(creditor: &str) -> CreditorId {
    CreditorId::derive(NAMESPACE, creditor.as_bytes())
}

/// One debtor's year.
pub(crate) struct Life<'a> {
    pub(crate) debtor: &'a Debtor,
    pub(crate) strategy: &'a Strategy,
    pub(crate) settings: &'a Settings,
    pub(crate) character: Option<Character<'a>>,
    pub(crate) now: Timestamp,
    agenda: BTreeMap<(Timestamp, u64), Due>,
    ordinal: u64,
    queue: VecDeque<Envelope>,
    waiting: Vec<(&'static str, Envelope)>,
    pub(crate) house: House,
    generations: HashMap<TimerKey, (i64, CorrelationId)>,
    pub(crate) claims: BTreeMap<ClaimId, Known>,
    /// The creditors of the cases that were opened.
    pub(crate) cases: BTreeMap<CaseId, String>,
    /// What was paid on claims and stands on no statement yet, by the first of them.
    under_way: BTreeMap<ClaimId, i64>,
    /// When promises were made.
    pub(crate) promised_on: BTreeMap<PromiseId, Date>,
    /// The rule that decided when the gate said no last.
    pub(crate) refused_by: BTreeMap<CaseId, String>,
    /// Errands that were taken back before they were run.
    pub(crate) taken_back: BTreeSet<Uuid>,
    /// Whose statements were read, and until when payments are known.
    holders: Vec<Owner>,
    known_until: Option<Date>,
    /// Messages of one kind on one claim, and calls.
    pub(crate) counted: HashMap<String, u32>,
    pub(crate) contacts: u32,
    pub(crate) acts: Vec<Act>,
    pub(crate) sums: Sums,
}

impl<'a> Life<'a> {
    pub(crate) fn new(debtor: &'a Debtor, strategy: &'a Strategy, settings: &'a Settings) -> Self {
        let people = settings.people.as_ref();
        let character =
            people.map(|it| Character::of(it, settings.seed, &debtor.code, debtor.kind));
        Self {
            debtor,
            strategy,
            settings,
            character,
            now: Timestamp::UNIX_EPOCH,
            agenda: BTreeMap::new(),
            ordinal: 0,
            queue: VecDeque::new(),
            waiting: Vec::new(),
            house: House::empty(),
            generations: HashMap::new(),
            claims: BTreeMap::new(),
            cases: BTreeMap::new(),
            under_way: BTreeMap::new(),
            promised_on: BTreeMap::new(),
            refused_by: BTreeMap::new(),
            taken_back: BTreeSet::new(),
            holders: Vec::new(),
            known_until: None,
            counted: HashMap::new(),
            contacts: 0,
            acts: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Lives through all days.
    pub(crate) fn run(mut self) -> Result<(Vec<Act>, Sums), Defect> {
        let Settings { from, to, .. } = *self.settings;
        self.now = self.moment(from, Time::midnight());
        let ends = self.moment(to.saturating_add(1.day()), Time::midnight());
        for (place, claim) in self.debtor.claims.iter().enumerate() {
            let day = claim.handed_over_on.max(from);
            self.put(self.moment(day, HAND_OVER), Due::HandOver { claim: place });
            for (event, what) in claim.events.iter().enumerate() {
                let at = self.moment(what.on.max(day), NOON);
                self.put(at, Due::Happens { claim: place, event });
            }
        }
        let days = u64::try_from(to.since(from).map_or(0, |span| span.get_days())).unwrap_or(0);
        let events = self.debtor.claims.iter().map(|claim| claim.events.len());
        let things = events.fold(self.debtor.claims.len(), usize::saturating_add);
        let things = u64::try_from(things).unwrap_or(u64::MAX);
        let mut steps_left =
            days.saturating_add(30).saturating_add(things).saturating_mul(STEPS_A_DAY_MAX);
        while let Some(((at, _), due)) = self.agenda.pop_first() {
            // What was paid on the last day stands on a statement that is read after it.
            if at >= ends && !matches!(due, Due::Known { paid_on, .. } if paid_on <= to) {
                continue;
            }
            steps_left = steps_left.checked_sub(1).ok_or_else(|| self.defect("it does not end"))?;
            self.now = self.now.max(at.min(self.moment(to, EVENING)));
            self.step(due)?;
            self.drain()?;
        }
        self.now = self.now.max(self.moment(to, EVENING));
        self.read_statements();
        self.count_cases();
        Ok((self.acts, self.sums))
    }

    pub(crate) fn defect(&self, what: impl Into<String>) -> Defect {
        Defect { debtor: self.debtor.code.clone(), on: self.today(), what: what.into() }
    }

    // Time.

    pub(crate) fn today(&self) -> Date {
        self.day_of(self.now)
    }

    pub(crate) fn day_of(&self, moment: Timestamp) -> Date {
        if self.settings.is_lawless {
            TimeZone::UTC.to_datetime(moment).date()
        } else {
            house::day_of(moment)
        }
    }

    fn moment(&self, day: Date, time: Time) -> Timestamp {
        let moment = if self.settings.is_lawless {
            TimeZone::UTC.to_timestamp(day.to_datetime(time)).ok()
        } else {
            law::Pack::NL.moment(day, time)
        };
        moment.unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn put(&mut self, at: Timestamp, due: Due) {
        self.ordinal = self.ordinal.saturating_add(1);
        self.agenda.insert((at.max(self.now), self.ordinal), due);
    }

    /// Puts something at noon of a day.
    pub(crate) fn put_on(&mut self, day: Date, due: Due) {
        self.put(self.moment(day, NOON), due);
    }

    // What comes.

    fn step(&mut self, due: Due) -> Result<(), Defect> {
        match due {
            Due::HandOver { claim } => self.hand_over(claim),
            Due::Happens { claim, event } => self.happens(claim, event),
            Due::Pays { case_id, claims, most } => {
                self.pays_open(case_id, claims, most);
                Ok(())
            }
            Due::Known { case_id, claims, amount, paid_on } => {
                self.known(case_id, claims, (amount, paid_on))
            }
            Due::Errand(errand) => self.run_errand(*errand),
            Due::Timer { key, generation } => self.fire(key, generation),
        }
    }

    fn hand_over(&mut self, place: usize) -> Result<(), Defect> {
        let Some(claim) = self.debtor.claims.get(place) else { return Ok(()) };
        let creditor_id = creditor_id(&claim.creditor);
        let person_id = self.person_id(&claim.creditor);
        let case_id = self.case_id(&claim.creditor);
        if !self.cases.contains_key(&case_id) {
            self.open(case_id, (creditor_id, &claim.creditor), person_id)?;
        }
        let claim_id = self.claim_id(place);
        let name = claim_id.as_uuid().simple().to_string();
        let signs = name.get(..12).unwrap_or_default().to_uppercase();
        let reference = StructuredReference::rf_from(&signs);
        let reference = reference.map_err(|error| self.defect(error.to_string()))?;
        self.claims.insert(claim_id, Known { case_id, reference: reference.clone(), place });
        self.tell(&ClaimRegistered {
            claim_id,
            case_id,
            creditor_id,
            person_id,
            amount: claim.amount,
            issued_on: claim.issued_on,
            due_on: claim.due_on,
            reference,
            reachable: self.debtor.reachable.iter().copied().collect(),
        });
        let unasked = self.character.as_ref();
        let day = unasked.and_then(|it| it.pays_unasked(&claim.number, claim.due_on));
        if let Some(day) = day.filter(|day| *day >= self.today()) {
            self.put_on(day, Due::Pays { case_id, claims: vec![claim_id], most: None });
        }
        Ok(())
    }

    fn open(
        &mut self,
        case_id: CaseId,
        (creditor_id, creditor): (CreditorId, &str),
        person_id: PersonId,
    ) -> Result<(), Defect> {
        let agreement = &self.strategy.agreement;
        self.tell(&AgreementAgreed { creditor_id, agreement: agreement.clone() });
        self.tell(&CaseOpened {
            case_id,
            creditor_id,
            person_id,
            debtor_kind: self.debtor.kind,
            country: self.country(),
            language: self.debtor.language,
            reachable: self.debtor.reachable.iter().copied().collect(),
            agreement_version: agreement.version,
            pay_to: agreement.pay_to.clone(),
        });
        let owner = match agreement.pay_to {
            PayTo::Agency => Owner { holder: Holder::Agency, account_since: None },
            PayTo::Creditor { since_version } => {
                Owner { holder: Holder::Creditor(creditor_id), account_since: Some(since_version) }
            }
        };
        self.holders.push(owner);
        self.known_until = None;
        self.cases.insert(case_id, creditor.to_owned());
        self.drain()?;
        if self.settings.is_lawless {
            let id = case_id.as_uuid();
            let track = self.house.scheduler.find::<Track>(id).cloned().unwrap_or_default();
            let case = track.case.map(|case| scheduler::domain::Case { is_lawless: true, ..case });
            self.house.scheduler.load(id, Track { case, ..track });
        }
        Ok(())
    }

    /// Where no law is asked, the debtor lives where we know none, so that nobody else does either.
    fn country(&self) -> Country {
        let nowhere = Country::parse("AQ").ok().filter(|_| self.settings.is_lawless);
        nowhere.unwrap_or(self.debtor.country)
    }

    fn happens(&mut self, place: usize, event: usize) -> Result<(), Defect> {
        let debtor = self.debtor;
        let Some(claim) = debtor.claims.get(place) else { return Ok(()) };
        let Some(event) = claim.events.get(event) else { return Ok(()) };
        let (claim_id, case_id) = (self.claim_id(place), self.case_id(&claim.creditor));
        let creditor_id = creditor_id(&claim.creditor);
        match event.what {
            What::Pays(amount) => self.pays(case_id, vec![claim_id], amount),
            What::Credits(amount) => {
                let source_file_id = SourceFileId::derive(NAMESPACE, self.unique().as_bytes());
                let credited_on = event.on;
                self.tell(&ClaimCredited {
                    claim_id,
                    case_id,
                    creditor_id,
                    source_file_id,
                    amount,
                    credited_on,
                });
            }
            What::Withdraws => {
                let (reason, withdrawn_at) = (WithdrawalReason::Other, self.now);
                self.tell(&ClaimWithdrawn { claim_id, case_id, creditor_id, reason, withdrawn_at });
            }
            What::Says(reason) => self.talk(case_id, claim_id, reason, None)?,
            What::Promises { amount, pay_by } => {
                let reason = primitives::NonPaymentReason::Carelessness;
                let promise = Some(PromisedPayment { amount, pay_by });
                self.talk(case_id, claim_id, reason, promise)?;
            }
        }
        Ok(())
    }

    /// The debtor pays what is open on some claims, less what it paid today, and so much at most.
    fn pays_open(&mut self, case_id: CaseId, claims: Vec<ClaimId>, most: Option<Money>) {
        let Some(position) = self.house.position(case_id, &[], self.now) else { return };
        let ours = position.claims.iter().filter(|claim| claims.contains(&claim.claim_id));
        let open = ours.map(|claim| claim.open.amount_minor()).fold(0, i64::saturating_add);
        let under_way = claims.iter().filter_map(|claim| self.under_way.get(claim));
        let under_way = under_way.copied().fold(0, i64::saturating_add);
        let most = most.map_or(i64::MAX, Money::amount_minor);
        let minor = open.saturating_sub(under_way).min(most);
        if minor > 0 {
            self.pays(case_id, claims, Money::new(minor, position.open.currency()));
        }
    }

    /// The debtor pays; it is known the next morning.
    fn pays(&mut self, case_id: CaseId, claims: Vec<ClaimId>, amount: Money) {
        let paid_on = self.today();
        if let Some(first) = claims.first() {
            let under_way = self.under_way.entry(*first).or_default();
            *under_way = under_way.saturating_add(amount.amount_minor());
        }
        let at = self.moment(paid_on.saturating_add(1.day()), STATEMENT);
        self.put(at, Due::Known { case_id, claims, amount, paid_on });
    }

    fn known(
        &mut self,
        case_id: CaseId,
        claim_ids: Vec<ClaimId>,
        (amount, received_on): (Money, Date),
    ) -> Result<(), Defect> {
        if let Some(under_way) = claim_ids.first().and_then(|it| self.under_way.get_mut(it)) {
            *under_way = under_way.saturating_sub(amount.amount_minor());
        }
        let Some(creditor) = self.cases.get(&case_id) else { return Ok(()) };
        let creditor_id = creditor_id(creditor);
        let payment_id = PaymentId::derive(NAMESPACE, self.unique().as_bytes());
        let holder = match self.strategy.agreement.pay_to {
            PayTo::Agency => Holder::Agency,
            PayTo::Creditor { .. } => Holder::Creditor(creditor_id),
        };
        let receipt = Some(Receipt { amount, received_on, holder });
        let payment = ReceivedPayment {
            own_id: Some(payment_id),
            receipt,
            told_by: ToldBy::default(),
            ..ReceivedPayment::default()
        };
        self.house.money.states.load(payment_id.as_uuid(), payment);
        self.tell(&AllocatePayment {
            payment_id,
            case_id,
            claim_ids,
            creditor_id,
            amount,
            received_on,
            judged: None,
        });
        self.drain()
    }

    // Messages.

    /// Somebody outside these decisions says something.
    pub(crate) fn tell<M: Message>(&mut self, message: &M) {
        let envelope = self.envelope(message);
        self.queue.push_back(envelope);
    }

    /// A message as it travels.
    pub(crate) fn envelope<M: Message>(&mut self, message: &M) -> Envelope {
        let outgoing = Outgoing::new(message);
        let id = MessageId::derive(NAMESPACE, self.unique().as_bytes());
        Envelope {
            specversion: contracts::SPEC_VERSION.to_owned(),
            id,
            source: "/amicable/what-if".to_owned(),
            message_type: outgoing.contract.subject(),
            subject: outgoing.aggregate,
            time: self.now,
            datacontenttype: "application/json".to_owned(),
            correlationid: CorrelationId::from_uuid(id.as_uuid()),
            causationid: id,
            actor: Actor::Operator,
            creditor: outgoing.creditor,
            aggregateversion: self.ordinal,
            recordedtime: self.now,
            replayed: false,
            traceparent: None,
            data: outgoing.data,
        }
    }

    /// The scheduler hears what a debtor says.
    pub(crate) fn hear(&mut self, heard: &Heard) -> Result<(), Defect> {
        let cause = MessageId::derive(NAMESPACE, self.unique().as_bytes());
        let correlation = CorrelationId::from_uuid(cause.as_uuid());
        let facts = Facts { now: self.now, cause, correlation, actor: Actor::Operator, version: 0 };
        let it = Rehearsed { stem: "what-if.talk", facts: &facts, dies_first: false };
        match house::scheduler::hear(&mut self.house.scheduler, heard, it) {
            Ok(brought) => self.keep("scheduler", brought, &facts),
            Err(fault) => Err(self.defect(format!("scheduler cannot hear a debtor: {fault}"))),
        }
    }

    /// A name that nothing else of this life has.
    pub(crate) fn unique(&mut self) -> String {
        self.ordinal = self.ordinal.saturating_add(1);
        format!("{} {}", self.debtor.code, self.ordinal)
    }

    /// Takes everything in that was said, and what that brings forth.
    pub(crate) fn drain(&mut self) -> Result<(), Defect> {
        while let Some(envelope) = self.queue.pop_front() {
            let stem = stem_of(&envelope).to_owned();
            self.notice(&stem, &envelope)?;
            for service in consumers(&stem).iter().filter(|it| DECIDING.contains(it)) {
                self.take(service, envelope.clone())?;
            }
        }
        Ok(())
    }

    pub(crate) fn take(&mut self, service: &'static str, envelope: Envelope) -> Result<(), Defect> {
        self.read_statements();
        let facts = facts_of(&envelope, self.now);
        let stem = stem_of(&envelope);
        let input = Input {
            rehearsed: Rehearsed { stem, facts: &facts, dies_first: false },
            envelope: &envelope,
        };
        match self.house.take(service, input) {
            Ok(brought) => self.keep(service, brought, &facts),
            Err(Fault::Early(_) | Fault::Retry(_)) => {
                self.waiting.push((service, envelope));
                Ok(())
            }
            Err(fault @ (Fault::Poison(_) | Fault::Bug(_))) => {
                Err(self.defect(format!("{service} cannot take {stem}: {fault}")))
            }
        }
    }

    /// Payments are known until yesterday.
    fn read_statements(&mut self) {
        let yesterday = self.today().saturating_sub(1.day());
        if self.known_until == Some(yesterday) {
            return;
        }
        for owner in &self.holders {
            self.house.money.know(*owner, yesterday);
        }
        self.known_until = Some(yesterday);
    }

    fn keep(
        &mut self,
        service: &'static str,
        brought: Brought,
        facts: &Facts,
    ) -> Result<(), Defect> {
        for (row, timer) in brought.timers {
            self.set((service, row), &timer, facts.correlation);
        }
        self.queue.extend(brought.messages);
        let (again, rest) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(waits_for, _)| *waits_for == service);
        self.waiting = rest;
        let again: Vec<(&'static str, Envelope)> = again;
        again.into_iter().try_for_each(|(service, envelope)| self.take(service, envelope))
    }

    fn set(
        &mut self,
        (service, row): (&'static str, Row),
        timer: &Timer,
        correlation: CorrelationId,
    ) {
        let (name, due_at) = match *timer {
            Timer::Set { name, due_at } => (name, Some(due_at)),
            Timer::Cancel { name } => (name, None),
        };
        let key = (service, row, name);
        let generation = self.generations.get(&key).map_or(1, |(it, _)| it.saturating_add(1));
        self.generations.insert(key, (generation, correlation));
        if let Some(due_at) = due_at {
            self.put(due_at, Due::Timer { key, generation });
        }
    }

    fn fire(&mut self, key: TimerKey, generation: i64) -> Result<(), Defect> {
        let set = self.generations.get(&key).copied();
        let Some((_, correlation)) = set.filter(|(newest, _)| *newest == generation) else {
            return Ok(());
        };
        self.read_statements();
        let (service, row, name) = key;
        let states = self.house.states(service);
        let (cause, stem) = (states.firing(row, name, generation), states.timer_stem(name));
        let actor = Actor::Machine(service.to_owned());
        let facts = Facts { now: self.now, cause, correlation, actor, version: 0 };
        let it = Rehearsed { stem: &stem, facts: &facts, dies_first: false };
        match self.house.wake(service, (row, name), it) {
            Ok(brought) => self.keep(service, brought, &facts),
            Err(Fault::Early(_) | Fault::Retry(_)) => {
                let later = self.now.saturating_add(SignedDuration::from_hours(1));
                let due_at = later.unwrap_or(Timestamp::MAX);
                self.set((service, row), &Timer::Set { name, due_at }, correlation);
                Ok(())
            }
            Err(fault @ (Fault::Poison(_) | Fault::Bug(_))) => {
                Err(self.defect(format!("{service} cannot take its timer {name}: {fault}")))
            }
        }
    }

    // Names.

    /// As in intake, a debtor is a person of its own to each creditor.
    pub(crate) fn person_id(&self, creditor: &str) -> PersonId {
        PersonId::derive(NAMESPACE, format!("{creditor}\n{}", self.debtor.code).as_bytes())
    }

    pub(crate) fn case_id(&self, creditor: &str) -> CaseId {
        CaseId::derive(NAMESPACE, format!("{creditor}\n{}", self.debtor.code).as_bytes())
    }

    fn claim_id(&self, place: usize) -> ClaimId {
        let claim = self.debtor.claims.get(place);
        let name = claim.map(|it| format!("{}\n{}", it.creditor, it.number)).unwrap_or_default();
        ClaimId::derive(NAMESPACE, name.as_bytes())
    }

    /// How the cases stand in the end.
    fn count_cases(&mut self) {
        for case_id in self.cases.keys() {
            let position = self.house.position(*case_id, &[], self.now);
            let open = position.map_or(0, |it| it.open.amount_minor());
            self.sums.cases = self.sums.cases.saturating_add(1);
            self.sums.open_cases = self.sums.open_cases.saturating_add(u64::from(open > 0));
            self.sums.open_minor = self.sums.open_minor.saturating_add(open.max(0));
            let track = self.house.scheduler.find::<Track>(case_id.as_uuid());
            let position = track.and_then(|it| it.case.as_ref()?.position.as_ref());
            if let Some(Position::Held { reason, .. }) = position {
                let rule = self.refused_by.get(case_id);
                let rule = rule.filter(|_| *reason == HoldReason::GateRefused);
                let word = serde_json::to_value(reason).unwrap_or_default();
                let word = word.as_str().unwrap_or_default();
                let reason = rule.map_or(word.to_owned(), |rule| format!("{word} ({rule})"));
                let cases = self.sums.held.entry(reason).or_default();
                *cases = cases.saturating_add(1);
            }
        }
        let claims = self.claims.values().filter_map(|it| self.debtor.claims.get(it.place));
        let minor = claims.map(|it| it.amount.amount_minor()).fold(0, i64::saturating_add);
        self.sums.claimed_minor = minor;
    }
}
