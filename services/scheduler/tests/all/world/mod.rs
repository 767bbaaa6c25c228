//! Everything that the decisions of one agency work on, and what every decision must keep.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{
    AgreedCharges, AgreedDeed, AgreedPromises, AgreedRemittance, AgreedStep, Agreement, PayTo,
    StepMoment,
};
use contracts::hold::{HoldScope, LiftHoldAnswer, PlaceHold, PlaceHoldAnswer, WeighHold};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, WithdrawalReason,
};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Uncertain};
use contracts::payment_reconciliation::{
    ClaimSettled, MoneyAwaited, MoneyCleared, PaymentAllocated, SettledBy,
};
use contracts::reason::{
    CaseDecision, DecideCase, DecideCaseAnswer, DecisionWhy, RecordReason, RecordReasonAnswer,
    SaidBy,
};
use contracts::scheduler::{
    Audience, CaseClosed, CaseExplanation, CaseHeld, CaseState, HoldReason, PermitGranted,
    PromiseAwaited, StepPlanned,
};
use contracts::{Message, Outgoing};
use jiff::{SignedDuration, Timestamp, ToSpan};
use law::Pack;
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{
    Actor, Capacity, CaseId, Channel, ClaimId, ContentHash, CorrelationId, Country, CreditorId,
    Currency, Date, DebtorKind, HoldId, Language, LetterId, MessageId, MessageKind, Money,
    NonPaymentReason, PaymentId, PersonId, SourceFileId, StaffId, StructuredReference,
};
use scheduler::domain::{
    self, CASES_PER_PAGE, CONFIRMATION, Case, Creditor, ErrandState, HOLD_CHANGES, Hold, Holds,
    NEXT_STEP, PERMIT_END, PROMISE_DUE, Person, Position, REVIEW, SPREAD_HOLD, THANKS, Timers,
    Trace, Track,
};
use uuid::Uuid;

/// Friday 20 November 2026; five days before is a Sunday.
pub(crate) const DUE: &str = "2026-11-20";
/// A Tuesday.
pub(crate) const MONEY_CAME: &str = "2026-11-10T12:00:00Z";
pub(crate) const NOTICE: &str = "notice";
pub(crate) const REMINDER: &str = "reminder";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn euros(amount: i64) -> Money {
    Money::new(amount * 100, Currency::EUR)
}

pub(crate) fn case_id(number: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn claim_id(number: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(77))
}

pub(crate) fn staff_id() -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(99))
}

pub(crate) fn person_id() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(88))
}

/// A notice five days before the due date and a reminder three days after it, both by e-mail.
pub(crate) fn agreement() -> Agreement {
    let step = |key: &str, message, days_from_due| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::FromDue { days: days_from_due },
    };
    Agreement {
        version: 1,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            step(NOTICE, MessageKind::PreDueNotice, -5),
            step(REMINDER, MessageKind::FreeFirstReminder, 3),
        ],
        payments_known_within_days: None,
        review_after_days: 30,
        review_by: "handler".to_owned(),
        charges: AgreedCharges::default(),
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance::default(),
        small_difference: None,
    }
}

pub(crate) fn opened(case: CaseId) -> CaseOpened {
    CaseOpened {
        case_id: case,
        creditor_id: creditor_id(),
        person_id: person_id(),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: vec![Channel::Email],
        agreement_version: 1,
        pay_to: PayTo::Creditor { since_version: 1 },
    }
}

pub(crate) fn registered(
    case: CaseId,
    claim: ClaimId,
    amount: Money,
    due_on: Date,
) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: claim,
        case_id: case,
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount,
        issued_on: due_on - 30.days(),
        due_on,
        reference: StructuredReference::rf_from("123").unwrap(),
        reachable: Vec::new(),
    }
}

/// Everything that the decisions of one agency work on: what the mailbox keeps in Postgres.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) causes: u128,
    pub(crate) creditor: Creditor,
    pub(crate) tracks: BTreeMap<CaseId, Track>,
    pub(crate) person: Person,
    pub(crate) timers: BTreeMap<(CaseId, &'static str), Timestamp>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    /// When each hold goes on telling its cases.
    pub(crate) spreads: BTreeMap<HoldId, Timestamp>,
    /// Commands that wait to be taken in.
    pub(crate) to_weigh: Vec<WeighHold>,
}

impl World {
    /// An agency with one agreement.
    pub(crate) fn agreed(now: Timestamp, agreement: Agreement) -> Self {
        let agreed = AgreementAgreed { creditor_id: creditor_id(), agreement };
        let creditor = domain::agree(Creditor::default(), &agreed).unwrap().state;
        Self {
            now,
            causes: 0,
            creditor,
            tracks: BTreeMap::new(),
            person: Person::default(),
            timers: BTreeMap::new(),
            holds: BTreeMap::new(),
            spreads: BTreeMap::new(),
            to_weigh: Vec::new(),
        }
    }

    /// An agency with one case and one claim of 120 euros on it, due on `due_on`.
    pub(crate) fn with_claim(now: Timestamp, due_on: Date) -> Self {
        let mut world = Self::agreed(now, agreement());
        world.open(&opened(case_id(1))).unwrap();
        world.register(&registered(case_id(1), claim_id(1), euros(120), due_on)).unwrap();
        world
    }

    pub(crate) fn facts(&mut self) -> Facts {
        self.causes += 1;
        Facts {
            now: self.now,
            cause: MessageId::from_uuid(Uuid::from_u128(self.causes)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(1)),
            actor: Actor::Machine("test".to_owned()),
            version: 0,
        }
    }

    /// A case as it is loaded: with the holds that cover it.
    pub(crate) fn track(&self, case: CaseId) -> Track {
        let mut track = self.tracks.get(&case).cloned().unwrap_or_default();
        if let Some(case) = &mut track.case {
            case.holds = self.holds_over(|scope| domain::concerns(scope, case));
        }
        track
    }

    /// The holds that were not lifted.
    pub(crate) fn holds_over(&self, covers: impl Fn(&HoldScope) -> bool) -> Holds {
        let there = self.holds.values().filter(|hold| hold.lifted.is_none());
        let placed = there.filter_map(|hold| hold.placed.as_ref());
        let placed = placed.filter(|placed| covers(&placed.terms.scope));
        placed.map(|placed| (placed.hold_id, placed.terms.clone())).collect()
    }

    pub(crate) fn case(&self, case: CaseId) -> &Case {
        self.tracks[&case].case.as_ref().unwrap()
    }

    pub(crate) fn state(&self) -> CaseState {
        self.case(case_id(1)).state().unwrap()
    }

    pub(crate) fn planned(&self) -> (String, Timestamp) {
        match self.state() {
            CaseState::Planned { step, due_at } => (step, due_at),
            other => panic!("not planned: {other:?}"),
        }
    }

    pub(crate) fn hold(&self) -> (HoldReason, Date) {
        match self.state() {
            CaseState::Held { reason, review_on, .. } => (reason, review_on),
            other => panic!("not held: {other:?}"),
        }
    }

    pub(crate) fn open(&mut self, opened: &CaseOpened) -> Result<(), Fault> {
        let facts = self.facts();
        let of_creditor = |scope: &HoldScope| match scope {
            HoldScope::Creditor { creditor_id: covered } => *covered == creditor_id(),
            HoldScope::All => true,
            _ => false,
        };
        self.creditor.holds = self.holds_over(of_creditor);
        let states = (self.creditor.clone(), self.track(opened.case_id));
        let Decision { state: (creditor, track), messages, timers, .. } =
            domain::open(states, opened, &facts)?;
        assert!(messages.is_empty() && timers.is_empty(), "the row would be the creditor's");
        self.creditor = creditor;
        self.tracks.insert(opened.case_id, track);
        Ok(())
    }

    /// Takes a decision on a case in, and checks what every decision must keep.
    pub(crate) fn keep(
        &mut self,
        case: CaseId,
        fired: Option<&'static str>,
        decision: Decision<Track>,
    ) -> Vec<Outgoing> {
        let before = self.track(case).case.and_then(|case| case.position);
        if let Some(name) = fired {
            self.timers.remove(&(case, name));
        }
        for timer in decision.timers {
            match timer {
                Timer::Set { name, due_at } => self.timers.insert((case, name), due_at),
                Timer::Cancel { name } => self.timers.remove(&(case, name)),
            };
        }
        if let Some(granted) = decision.messages.iter().find_map(Outgoing::read::<PermitGranted>) {
            let case = decision.state.case.as_ref().unwrap();
            let claim_ids = granted.permit.claim_ids.iter().copied().collect();
            assert!(!self.is_stopped(case, &claim_ids), "a permit while a hold counts");
            let step = &case.act.as_ref().unwrap().step;
            assert!(may_go_out(case, step), "a permit while a reason holds the case");
        }
        let after = decision.state.case.as_ref().and_then(|case| case.position.clone());
        let told = decision.messages.iter().filter(|message| tells_position(message)).count();
        let expected = usize::from(before != after && after != Some(Position::Acting));
        assert_eq!(told, expected, "a position is told when it changes, and only then");
        self.tracks.insert(case, decision.state);
        decision.messages
    }

    pub(crate) fn on_track(
        &mut self,
        case: CaseId,
        decide: impl Fn(Track, &Facts) -> Result<Decision<Track>, Fault>,
    ) -> Result<Vec<Outgoing>, Fault> {
        let facts = self.facts();
        let decision = decide(self.track(case), &facts)?;
        Ok(self.keep(case, None, decision))
    }

    pub(crate) fn on_both(
        &mut self,
        case: CaseId,
        fired: Option<&'static str>,
        decide: impl Fn((Track, Person), &Facts) -> Result<Decision<(Track, Person)>, Fault>,
    ) -> Result<Vec<Outgoing>, Fault> {
        let facts = self.facts();
        let states = (self.track(case), self.person.clone());
        let Decision { state: (track, person), messages, effects, timers } =
            decide(states, &facts)?;
        self.person = person;
        Ok(self.keep(case, fired, Decision { state: track, messages, effects, timers }))
    }

    pub(crate) fn register(&mut self, message: &ClaimRegistered) -> Result<Vec<Outgoing>, Fault> {
        self.on_track(message.case_id, |track, facts| domain::register_claim(track, message, facts))
    }

    pub(crate) fn pay(&mut self, claim: ClaimId, amount: Money) -> Vec<Outgoing> {
        let message = paid(case_id(1), claim, amount);
        self.on_track(case_id(1), |track, facts| domain::pay(track, &message, facts)).unwrap()
    }

    /// The message of the act under way left, now.
    pub(crate) fn dispatch(&mut self) -> Vec<Outgoing> {
        let message = dispatched(self.case(case_id(1)), self.now);
        self.on_both(case_id(1), None, |states, facts| domain::dispatched(states, &message, facts))
            .unwrap()
    }

    pub(crate) fn refuse_to_send(&mut self, reason: NotSentReason) -> Vec<Outgoing> {
        let message = not_sent(self.case(case_id(1)), reason);
        self.on_both(case_id(1), None, |states, facts| domain::not_sent(states, &message, facts))
            .unwrap()
    }

    pub(crate) fn doubt(&mut self) -> Vec<Outgoing> {
        let message = uncertain(self.case(case_id(1)));
        self.on_track(case_id(1), |track, facts| domain::uncertain(track, &message, facts)).unwrap()
    }

    /// What a handler is told of the first case.
    pub(crate) fn explained(&self) -> CaseExplanation {
        self.trace().told(&Audience::Handler, Language::En)
    }

    pub(crate) fn trace(&self) -> Trace {
        let track = self.track(case_id(1));
        Trace::of(track.case.as_ref().unwrap(), &track.news, self.now)
    }

    /// Advances the clock to the next timer and lets it go off.
    pub(crate) fn next_timer(&mut self) -> (&'static str, Vec<Outgoing>) {
        let ((case, name), due_at) = self.first_timer().unwrap();
        self.now = self.now.max(due_at);
        (name, self.go_off(case, name))
    }

    pub(crate) fn go_off(&mut self, case: CaseId, name: &'static str) -> Vec<Outgoing> {
        if name == NEXT_STEP {
            let decide = |states, facts: &Facts| Ok(domain::take_step(states, facts));
            return self.on_both(case, Some(name), decide).unwrap();
        }
        let decide = match name {
            REVIEW => domain::review,
            HOLD_CHANGES => domain::holds_change,
            PROMISE_DUE => domain::promise_due,
            _ => domain::end_permit,
        };
        let facts = self.facts();
        let decision = decide(self.track(case), &facts);
        self.keep(case, Some(name), decision)
    }

    /// A member of staff puts a reason down.
    pub(crate) fn record(&mut self, request: &RecordReason) -> (Vec<Outgoing>, RecordReasonAnswer) {
        let facts = Facts { actor: Actor::Staff(staff_id()), ..self.facts() };
        let (decision, answer) =
            domain::record_reason(self.track(request.case_id), request, &facts);
        (self.keep(request.case_id, None, decision), answer)
    }

    /// The same, on the debtor's word of today, with a document.
    pub(crate) fn hear_reason(&mut self, reason: NonPaymentReason) -> Vec<Outgoing> {
        let (messages, answer) = self.record(&recorded(reason));
        assert!(matches!(answer, RecordReasonAnswer::Recorded { .. }), "{answer:?}");
        messages
    }

    /// A member of staff decides on a held case.
    pub(crate) fn decide(&mut self, request: &DecideCase) -> (Vec<Outgoing>, DecideCaseAnswer) {
        let facts = Facts { actor: Actor::Staff(staff_id()), ..self.facts() };
        let (decision, answer) = domain::decide_case(self.track(request.case_id), request, &facts);
        (self.keep(request.case_id, None, decision), answer)
    }

    pub(crate) fn place(&mut self, request: &PlaceHold) -> PlaceHoldAnswer {
        let facts = Facts { actor: Actor::Staff(staff_id()), ..self.facts() };
        let hold = self.holds.get(&request.hold_id).cloned().unwrap_or_default();
        let (decision, answer) = domain::place_hold(hold, request, &facts);
        self.keep_hold(request.hold_id, decision);
        answer
    }

    pub(crate) fn lift(&mut self, hold_id: HoldId) -> LiftHoldAnswer {
        let facts = Facts { actor: Actor::Staff(staff_id()), ..self.facts() };
        let hold = self.holds.get(&hold_id).cloned().unwrap_or_default();
        let (decision, answer) = domain::lift_hold(hold, &facts);
        self.keep_hold(hold_id, decision);
        answer
    }

    fn keep_hold(&mut self, hold_id: HoldId, decision: Decision<Hold>) {
        for timer in decision.timers {
            match timer {
                Timer::Set { name, due_at } => {
                    assert_eq!(name, SPREAD_HOLD);
                    self.spreads.insert(hold_id, due_at);
                }
                Timer::Cancel { .. } => {
                    self.spreads.remove(&hold_id);
                }
            }
        }
        self.to_weigh.extend(decision.messages.iter().map(|it| it.read().unwrap()));
        self.holds.insert(hold_id, decision.state);
        let ids: Vec<CaseId> = self.tracks.keys().copied().collect();
        for id in ids {
            let track = self.track(id);
            self.tracks.insert(id, track);
        }
    }

    /// Tells one page of a hold's cases, without their taking it in yet.
    pub(crate) fn spread_page(&mut self, hold_id: HoldId) {
        self.spreads.remove(&hold_id);
        let mut hold = self.holds[&hold_id].clone();
        if let (Some(placed), Some(spread)) = (&hold.placed, hold.spread) {
            let cases = self.tracks.values().filter_map(|track| track.case.as_ref());
            let ahead = cases.filter(|case| spread.after.is_none_or(|last| case.case_id > last));
            let covered = ahead.filter(|case| domain::concerns(&placed.terms.scope, case));
            let page = covered.map(|case| (case.case_id, case.creditor_id));
            hold.page = page.take(usize::from(CASES_PER_PAGE)).collect();
        }
        let facts = self.facts();
        self.keep_hold(hold_id, domain::spread_hold(hold, &facts));
    }

    /// Cases take in what they were told of holds.
    pub(crate) fn weigh(&mut self) -> Vec<Outgoing> {
        let told = std::mem::take(&mut self.to_weigh);
        let weigh = |one: &WeighHold| {
            let decide = |track, facts: &Facts| domain::weigh_hold(track, one, facts);
            self.on_track(one.case_id, decide).unwrap()
        };
        told.iter().flat_map(weigh).collect()
    }

    /// Tells all cases of the holds that have begun by then.
    pub(crate) fn spread(&mut self, until: Timestamp) -> Vec<Outgoing> {
        let mut messages = Vec::new();
        loop {
            let due = self.spreads.iter().find(|(_, due_at)| **due_at <= until);
            let Some((hold_id, due_at)) = due.map(|(id, at)| (*id, *at)) else { return messages };
            self.now = self.now.max(due_at);
            self.spread_page(hold_id);
            messages.extend(self.weigh());
        }
    }

    /// Whether a hold stops an act on some claims of a case today.
    pub(crate) fn is_stopped(&self, case: &Case, claim_ids: &BTreeSet<ClaimId>) -> bool {
        let today = Pack::NL.local_date(self.now);
        let holds = self.holds_over(|scope| domain::concerns(scope, case));
        holds.values().any(|terms| {
            let about = match terms.scope {
                HoldScope::Claim { claim_id, .. } => claim_ids.contains(&claim_id),
                _ => true,
            };
            about && domain::counts_on(terms, today)
        })
    }

    pub(crate) fn first_timer(&self) -> Option<((CaseId, &'static str), Timestamp)> {
        let timers = self.timers.iter().map(|(key, due_at)| (*key, *due_at));
        timers.min_by_key(|(key, due_at)| (*due_at, *key))
    }

    /// What holds after every decision, whatever happened.
    pub(crate) fn check(&self) {
        let today = Pack::NL.local_date(self.now);
        let behind = self.first_timer().is_some_and(|(_, due_at)| due_at <= self.now);
        for (case_id, track) in &self.tracks {
            let Some(case) = &track.case else { continue };
            for (name, due_at) in Timers::of(track).by_name() {
                assert_eq!(self.timers.get(&(*case_id, name)).copied(), due_at, "{name}");
            }
            self.check_money(case);
            check_reason(case);
            let any_open = case.open_claims().next().is_some();
            match &case.position {
                None => assert!(case.claims.is_empty(), "a case with claims has a position"),
                Some(Position::Closed { .. }) => assert!(!any_open, "closed with money owed"),
                Some(Position::Planned { claim_ids, .. }) => {
                    assert!(any_open && case.act.is_none() && !claim_ids.is_empty());
                    assert!(claim_ids.iter().all(|claim_id| case.claims[claim_id].is_open()));
                    assert!(self.timers.contains_key(&(*case_id, NEXT_STEP)));
                }
                Some(Position::Acting) => {
                    let act = case.act.as_ref().unwrap();
                    let mut states = act.errands.iter().map(|errand| &errand.state);
                    let goes_out = states.any(|state| *state == ErrandState::Granted);
                    let is_told = self.spreads.is_empty() && self.to_weigh.is_empty();
                    let is_stopped = self.is_stopped(case, &act.claim_ids);
                    assert!(!(goes_out && is_told && is_stopped), "not taken back for a hold");
                    assert!(any_open && self.timers.contains_key(&(*case_id, PERMIT_END)));
                    let act = case.act.as_ref().unwrap();
                    assert!(self.person.contacts.contains_key(&act.permit_id), "no reservation");
                }
                Some(Position::AwaitingPromise { .. }) => {
                    assert!(any_open && case.act.is_none());
                    assert!(self.timers.contains_key(&(*case_id, PROMISE_DUE)));
                }
                Some(Position::Held { review_on, .. }) => {
                    assert!(any_open && self.timers.contains_key(&(*case_id, REVIEW)));
                    assert!(behind || today <= *review_on, "a hold that went silent");
                }
            }
        }
        self.check_budget();
    }

    /// Payment-reconciliation's word number `version` on a payment: by odd ones the case waits for
    /// it, some days more with each.
    pub(crate) fn hear_of_money(
        &mut self,
        case: CaseId,
        payment: u8,
        version: u64,
    ) -> Result<Vec<Outgoing>, Fault> {
        let payment_id = PaymentId::from_uuid(Uuid::from_u128(payment.into()));
        let since = at(MONEY_CAME);
        let days = i64::try_from(version).unwrap() + 6;
        let until = since + SignedDuration::from_hours(24 * days);
        let creditor_id = creditor_id();
        self.on_track(case, |track, facts| {
            let facts = Facts { version, ..facts.clone() };
            if version % 2 == 1 {
                let awaited = MoneyAwaited { payment_id, case_id: case, creditor_id, since, until };
                domain::await_money(track, &awaited, &facts)
            } else {
                let cleared =
                    MoneyCleared { payment_id, case_id: case, creditor_id, for_good: false };
                domain::clear_money(track, &cleared, &facts)
            }
        })
    }

    /// The last word on a payment, of somebody who counts otherwise.
    pub(crate) fn hear_the_last_of_money(
        &mut self,
        case: CaseId,
        payment: u8,
        version: u64,
    ) -> Result<Vec<Outgoing>, Fault> {
        let payment_id = PaymentId::from_uuid(Uuid::from_u128(payment.into()));
        let creditor_id = creditor_id();
        self.on_track(case, |track, facts| {
            let facts = Facts { version, ..facts.clone() };
            let cleared = MoneyCleared { payment_id, case_id: case, creditor_id, for_good: true };
            domain::clear_money(track, &cleared, &facts)
        })
    }

    /// While money may be for a case, nothing that asks for it is on its way unhindered.
    fn check_money(&self, case: &Case) {
        let act = case.act.as_ref().filter(|_| case.awaits_money(self.now).is_some());
        let asking = act.filter(|act| act.step != CONFIRMATION && act.step != THANKS);
        let mut errands = asking.iter().flat_map(|act| &act.errands);
        assert!(errands.all(|it| it.state != ErrandState::Granted), "asked for what was paid");
    }

    fn check_budget(&self) {
        let moments = self.person.moments();
        let days: BTreeSet<Date> = moments.iter().map(|at| Pack::NL.local_date(*at)).collect();
        assert_eq!(days.len(), moments.len(), "two contacts on one day");
        let week = SignedDuration::from_hours(7 * 24);
        for start in &moments {
            let within =
                moments.iter().filter(|at| **at >= *start && at.duration_since(*start) < week);
            assert!(within.count() <= 3, "more than three contacts in seven days");
        }
        for (permit_id, _) in self.person.contacts.iter().filter(|(_, one)| !one.made) {
            let acts = self.tracks.values().filter_map(|track| track.case.as_ref()?.act.as_ref());
            assert!(acts.into_iter().any(|act| act.permit_id == *permit_id), "reserved for ever");
        }
    }
}

/// Whether something may go out while the reason that leads is as it is.
fn may_go_out(case: &Case, step: &str) -> bool {
    let route = case.route();
    let asks = step != CONFIRMATION && step != THANKS;
    !(route.is_silent() || route.holds() && asks)
}

/// While a reason holds a case, nothing is on its way unhindered that asks, and while nothing may
/// go out, nothing is.
fn check_reason(case: &Case) {
    let act = case.act.as_ref().filter(|act| !may_go_out(case, &act.step));
    let mut errands = act.iter().flat_map(|act| &act.errands);
    assert!(errands.all(|it| it.state != ErrandState::Granted), "not taken back for a reason");
    let planned = matches!(&case.position, Some(Position::Planned { step, .. })
        if !may_go_out(case, step));
    assert!(!planned, "planned though a reason holds it");
}

pub(crate) fn recorded(reason: NonPaymentReason) -> RecordReason {
    RecordReason {
        case_id: case_id(1),
        reason,
        said_by: SaidBy::Debtor,
        said_on: None,
        evidence: Some(ContentHash::from_digest([7; 32])),
    }
}

pub(crate) fn decided(decision: CaseDecision) -> DecideCase {
    DecideCase {
        case_id: case_id(1),
        decision,
        why: DecisionWhy::Answered,
        evidence: Some(ContentHash::from_digest([8; 32])),
    }
}

pub(crate) fn tells_position(message: &Outgoing) -> bool {
    let contracts =
        [StepPlanned::CONTRACT, PromiseAwaited::CONTRACT, CaseHeld::CONTRACT, CaseClosed::CONTRACT];
    contracts.contains(&message.contract)
}

pub(crate) fn paid(case: CaseId, claim: ClaimId, amount: Money) -> PaymentAllocated {
    PaymentAllocated {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(1)),
        case_id: case,
        claim_id: claim,
        creditor_id: creditor_id(),
        person_id: person_id(),
        amount,
        costs: euros(0),
        interest: euros(0),
        principal: amount,
        claim_open: euros(0),
        case_open: euros(0),
        received_on: day("2026-11-09"),
    }
}

pub(crate) fn credited(case: CaseId, claim: ClaimId, amount: Money) -> ClaimCredited {
    ClaimCredited {
        claim_id: claim,
        case_id: case,
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(5)),
        amount,
        credited_on: day("2026-11-09"),
    }
}

pub(crate) fn withdrawn(case: CaseId, claim: ClaimId) -> ClaimWithdrawn {
    ClaimWithdrawn {
        claim_id: claim,
        case_id: case,
        creditor_id: creditor_id(),
        reason: WithdrawalReason::Relation,
        withdrawn_at: at("2026-11-09T12:00:00Z"),
    }
}

pub(crate) fn settled(case: CaseId, claim: ClaimId, by: SettledBy) -> ClaimSettled {
    ClaimSettled {
        case_id: case,
        claim_id: claim,
        creditor_id: creditor_id(),
        by,
        case_open: euros(0),
    }
}

pub(crate) fn dispatched(case: &Case, now: Timestamp) -> Dispatched {
    let act = case.act.as_ref().unwrap();
    Dispatched {
        letter_id: LetterId::from_uuid(act.errands[0].id),
        case_id: case.case_id,
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: act.permit_id,
        message: message_of(case, &act.step),
        channel: Channel::Email,
        claim_ids: act.claim_ids.iter().copied().collect(),
        text_version: "text@1".to_owned(),
        content: ContentHash::from_digest([7; 32]),
        asked: euros(120),
        dispatched_at: now,
    }
}

fn message_of(case: &Case, step: &str) -> MessageKind {
    match case.step(step).map(|step| &step.deed) {
        Some(AgreedDeed::Write { message, .. }) => *message,
        _ if step == CONFIRMATION => MessageKind::PromiseConfirmation,
        _ => MessageKind::PaymentThanks,
    }
}

pub(crate) fn not_sent(case: &Case, reason: NotSentReason) -> NotSent {
    let act = case.act.as_ref().unwrap();
    NotSent {
        letter_id: LetterId::from_uuid(act.errands[0].id),
        case_id: case.case_id,
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: act.permit_id,
        reason,
    }
}

pub(crate) fn uncertain(case: &Case) -> Uncertain {
    let act = case.act.as_ref().unwrap();
    Uncertain {
        letter_id: LetterId::from_uuid(act.errands[0].id),
        case_id: case.case_id,
        creditor_id: creditor_id(),
        person_id: person_id(),
        permit_id: act.permit_id,
    }
}

pub(crate) fn read<M: Message>(messages: &[Outgoing]) -> Vec<M> {
    messages.iter().filter_map(Outgoing::read).collect()
}

pub(crate) fn only<M: Message>(messages: &[Outgoing]) -> M {
    let mut found = read(messages);
    assert_eq!(found.len(), 1, "in {messages:?}");
    found.pop().unwrap()
}
