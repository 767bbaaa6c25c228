//! Why a debtor does not pay: every reason that was heard is kept, one of them leads, and it
//! selects the way of the case.
//!
//! Which one leads is a rule over all of them, so that they may be heard in any order. What was
//! said last leads, with one exception: a weaker reason takes the place of a stronger one only
//! where a person put it down by itself after the stronger one was known. What somebody says in a
//! call, whose caller did not know the file, ends no dispute and raises nobody from the dead. What
//! was answered leads only where nothing else was said: else one answer would end all that it took
//! the place of.

use std::collections::BTreeMap;

use contracts::reason::{ReasonRefusal, ReasonTold, RecordReason, RecordReasonAnswer, SaidBy};
use contracts::scheduler::{HoldReason, TimelineEvent};
use contracts::telephony_task::CallClosed;
use jiff::SignedDuration;
use mailbox::{Decision, Facts};
use primitives::{CallOutcome, ContentHash, Date, NonPaymentReason, StaffId, Timestamp};
use uuid::Uuid;

use super::case::{Case, Track};
use super::hold::staff_of;
use super::plan::{day_of, later};
use super::route::Route;
use super::settle::{Timers, settle};

/// The reasons of a case by their ids: of a call that of its task.
pub type Reasons = BTreeMap<Uuid, Reason>;

/// A reason that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub reason: NonPaymentReason,
    pub said_by: SaidBy,
    pub said_on: Date,
    /// None of what is only played through.
    pub recorded_by: Option<StaffId>,
    pub recorded_at: Timestamp,
    /// Whether it was learnt in a call.
    pub in_call: bool,
    pub evidence: Option<ContentHash>,
    /// When a person decided how to go on all the same, or time answered it.
    pub answered_at: Option<Timestamp>,
}

impl Reason {
    /// How much stands against going on with the case. Of none that was given, least.
    fn weight(&self) -> u8 {
        match self.answered_at {
            None => Route::of(self.reason).weight().saturating_add(self.is_known().into()),
            Some(_) => self.is_known().into(),
        }
    }

    /// Whether it says anything.
    fn is_known(&self) -> bool {
        self.reason != NonPaymentReason::NotGiven
    }

    /// Whether it says anything, and nobody answered it.
    fn is_open(&self) -> bool {
        self.is_known() && self.answered_at.is_none()
    }

    /// Whether it takes the place of the one that led before it.
    fn takes_over(&self, before: &Self) -> bool {
        let knew = !self.in_call && self.recorded_at >= before.recorded_at;
        knew || self.weight() >= before.weight()
    }
}

/// The reason that leads, with its id.
#[must_use]
pub fn leading(reasons: &Reasons) -> Option<(Uuid, &Reason)> {
    let mut ordered: Vec<(Uuid, &Reason)> = reasons.iter().map(|(id, it)| (*id, it)).collect();
    ordered.sort_by_key(|(id, it)| (it.said_on, it.recorded_at, *id));
    if ordered.iter().any(|(_, it)| it.is_open()) {
        ordered.retain(|(_, it)| it.is_open());
    }
    let all = ordered.into_iter();
    all.reduce(|before, after| if after.1.takes_over(before.1) { after } else { before })
}

/// Whether a case is held by the reason that leads.
#[must_use]
pub fn is_held(reasons: &Reasons) -> bool {
    let led = leading(reasons).map(|(_, it)| it).filter(|it| it.answered_at.is_none());
    led.is_some_and(|it| Route::of(it.reason).holds())
}

impl Case {
    /// The way that the case takes because of the reason that leads; one that was answered stands
    /// in no way any more.
    #[must_use]
    pub fn route(&self) -> Route {
        let led = leading(&self.reasons).map(|(_, it)| it);
        let open = led.filter(|it| it.answered_at.is_none());
        let route = open.map_or(Route::GoOn, |it| Route::of(it.reason));
        if self.blocked == Some(HoldReason::ReasonGiven) && !route.holds() {
            // The release before kept the last reason only, and whether the case is held for one.
            return self.reason.map_or(Route::GoOn, Route::of);
        }
        route
    }

    /// Whether it is known why it is not paid. That nobody was reached is no cause.
    pub(super) fn is_cause_known(&self) -> bool {
        let unknown = [NonPaymentReason::NotGiven, NonPaymentReason::Unreached];
        self.reason.is_some_and(|reason| !unknown.contains(&reason))
    }

    /// Keeps a reason, once. Where another one leads then, the review day of the one before says
    /// nothing any more.
    pub(super) fn learn_reason(&mut self, id: Uuid, reason: Reason) {
        let leads = |reasons: &Reasons| leading(reasons).map(|(_, it)| it.reason);
        let before = leads(&self.reasons);
        self.reasons.entry(id).or_insert(reason);
        self.reason = leads(&self.reasons);
        self.is_led_anew |= before != self.reason;
    }

    /// Takes up what the row of a case says of what stands in its way. Where a reason holds it, the
    /// row says only that, as the release before knows it, and `beside` what else does. What that
    /// release learnt becomes a reason as all others: else any weaker word would take its place.
    pub fn take_up_blocked(&mut self, row: Option<HoldReason>, beside: Option<HoldReason>) {
        self.blocked = row;
        if self.blocked != Some(HoldReason::ReasonGiven) {
            return;
        }
        let is_kept = |reason| self.reasons.values().any(|it| it.reason == reason && it.is_open());
        let lost = self.reason.filter(|reason| Route::of(*reason).holds() && !is_kept(*reason));
        if let Some(reason) = lost {
            let (id, reason) = self.of_the_release_before(reason);
            self.reasons.insert(id, reason);
        }
        if is_held(&self.reasons) {
            self.blocked = beside;
        }
    }

    /// A reason of which only the word was kept, as one that was learnt last, with the same id
    /// whenever it is looked at.
    fn of_the_release_before(&self, reason: NonPaymentReason) -> (Uuid, Reason) {
        let name = format!("reason/{}/{reason}", self.reasons.len());
        let opened_on = day_of(self.country, self.opened_at);
        let said = self.reasons.values().map(|it| it.said_on);
        let kept = Reason {
            reason,
            said_by: SaidBy::Debtor,
            said_on: said.fold(opened_on, Date::max),
            recorded_by: None,
            recorded_at: after_all(self, self.opened_at),
            in_call: true,
            evidence: None,
            answered_at: None,
        };
        (Uuid::new_v5(&self.case_id.as_uuid(), name.as_bytes()), kept)
    }

    /// The review day is there: what was said to be paid is known by now. Nothing else is answered
    /// by time.
    pub(super) fn answer_payments(&mut self, now: Timestamp) {
        for reason in self.reasons.values_mut() {
            if reason.reason == NonPaymentReason::SaysPaid {
                reason.answered_at.get_or_insert(now);
            }
        }
        self.reason = leading(&self.reasons).map_or(self.reason, |(_, it)| Some(it.reason));
    }

    /// Nothing that was said until now stands in the way any more.
    pub(super) fn answer_reasons(&mut self, now: Timestamp) {
        for reason in self.reasons.values_mut() {
            reason.answered_at.get_or_insert(now);
        }
        self.reason = leading(&self.reasons).map_or(self.reason, |(_, it)| Some(it.reason));
        self.blocked.take_if(|reason| *reason == HoldReason::ReasonGiven);
    }

    /// The reasons as they are told, in the order in which they were said.
    #[must_use]
    pub fn reasons_told(&self) -> Vec<ReasonTold> {
        let led = leading(&self.reasons).map(|(id, _)| id);
        let mut ordered: Vec<(&Uuid, &Reason)> = self.reasons.iter().collect();
        ordered.sort_by_key(|(id, it)| (it.said_on, it.recorded_at, **id));
        let told = |(id, it): (&Uuid, &Reason)| {
            Some(ReasonTold {
                reason: it.reason,
                said_by: it.said_by.clone(),
                said_on: it.said_on,
                recorded_by: it.recorded_by?,
                recorded_at: it.recorded_at,
                in_call: it.in_call,
                evidence: it.evidence,
                answered_at: it.answered_at,
                leads: led == Some(*id),
            })
        };
        ordered.into_iter().filter_map(told).collect()
    }
}

/// What a call says of the reason. Who was not reached gave none, and of a stranger's word at a
/// wrong number nothing is true of the debtor.
pub(super) fn of_call(case: &Case, closed: &CallClosed) -> Option<Reason> {
    let said_by = match closed.outcome {
        CallOutcome::Promised | CallOutcome::Reached => SaidBy::Debtor,
        CallOutcome::OtherPerson | CallOutcome::NoAnswer => SaidBy::ThirdParty,
        CallOutcome::WrongNumber => return None,
    };
    (closed.reason != NonPaymentReason::Unreached).then(|| Reason {
        reason: closed.reason,
        said_by,
        said_on: day_of(case.country, closed.called_at),
        recorded_by: Some(closed.staff_id),
        recorded_at: closed.closed_at,
        in_call: true,
        evidence: None,
        answered_at: None,
    })
}

/// Nobody knows what was said longer ago, in days.
const SAID_DAYS_MAX: i64 = 3_660;

/// A member of staff puts down why a debtor does not pay. It may be said again and otherwise at any
/// time: nothing is overwritten.
pub fn record_reason(
    mut track: Track,
    request: &RecordReason,
    facts: &Facts,
) -> (Decision<Track>, RecordReasonAnswer) {
    let refused = |track, reason| (Decision::quiet(track), RecordReasonAnswer::Refused { reason });
    let Some(by) = staff_of(&facts.actor) else { return refused(track, ReasonRefusal::NotStaff) };
    let before = Timers::of(&track);
    let Some(case) = &mut track.case else {
        return (Decision::quiet(track), RecordReasonAnswer::Unknown);
    };
    let today = day_of(case.country, facts.now);
    let said_on = request.said_on.unwrap_or(today);
    if said_on > today {
        return refused(track, ReasonRefusal::SaidAhead);
    }
    if said_on < later(today, -SAID_DAYS_MAX) {
        return refused(track, ReasonRefusal::SaidTooLongAgo);
    }
    let mut heard = case.clone();
    let reason = Reason {
        reason: request.reason,
        said_by: request.said_by.clone(),
        said_on,
        recorded_by: Some(by),
        recorded_at: after_all(case, facts.now),
        in_call: false,
        evidence: request.evidence,
        answered_at: None,
    };
    heard.learn_reason(facts.derive("reason"), reason);
    // Who puts one down knows what the release before kept of an earlier one.
    heard.blocked.take_if(|reason| *reason == HoldReason::ReasonGiven);
    if case.route().is_silent() && !heard.route().is_silent() && request.evidence.is_none() {
        return refused(track, ReasonRefusal::EvidenceMissing);
    }
    *case = heard;
    let (reason, said_by, evidence) = (request.reason, request.said_by.clone(), request.evidence);
    track.note(facts, TimelineEvent::ReasonRecorded { reason, said_by, said_on, by, evidence });
    let decision = settle(track, before, facts);
    let state = decision.state.case.as_ref().and_then(Case::state);
    (decision, RecordReasonAnswer::Recorded { state })
}

/// When a reason counts as recorded: after all that were known, also where business time stands
/// still.
fn after_all(case: &Case, now: Timestamp) -> Timestamp {
    let last = case.reasons.values().map(|it| it.recorded_at).max();
    let next = last.and_then(|it| it.checked_add(SignedDuration::from_micros(1)).ok());
    next.map_or(now, |next| now.max(next))
}
