//! The end of every decision: the position is worked out anew, and what changed is told.

use std::collections::BTreeSet;

use contracts::Outgoing;
use contracts::letter::Withdraw;
use contracts::scheduler::{
    CaseClosed, CaseHeld, CloseReason, HoldReason, PromiseAwaited, StepPlanned, TimelineEvent,
};
use contracts::telephony_task::WithdrawTask;
use jiff::SignedDuration;
use mailbox::{Decision, Facts, Timer};
use primitives::{CallTaskId, ClaimId, Date, LetterId, Timestamp};

use super::awaited::asks;
use super::case::{Act, Case, Claim, ErrandKind, ErrandState, Position, Thanks, Track};
use super::hold::{self, HOLD_CHANGES, Stopped};
use super::plan::{Next, THANKS, day_of, later, morning_of, plan, thanks, to_thank_for};

/// Goes off when the planned step is due.
pub const NEXT_STEP: &str = "next-step";
/// Goes off when a permit is over and its answer is not in.
pub const PERMIT_END: &str = "permit-end";
/// Goes off when a person should have looked at a held case.
pub const REVIEW: &str = "review";

/// Goes off when an open promise is to be judged.
pub const PROMISE_DUE: &str = "promise-due";

/// How long after a permit's end its answer may still be on its way.
const ANSWER_GRACE: SignedDuration = SignedDuration::from_hours(1);
/// The same of a call: who called near the end takes some time to write it down. After that it is
/// uncertain, until they do.
const CALL_GRACE: SignedDuration = SignedDuration::from_hours(2);

/// When each timer of a case goes off; none for one that is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timers {
    pub next_step: Option<Timestamp>,
    pub permit_end: Option<Timestamp>,
    pub review: Option<Timestamp>,
    pub promise_due: Option<Timestamp>,
    pub hold_changes: Option<Timestamp>,
}

impl Timers {
    /// The timers that follow from where the case stands.
    #[must_use]
    pub fn of(track: &Track) -> Self {
        let Some(case) = &track.case else { return Self::default() };
        let awaited = case.act.as_ref().filter(|act| act.is_awaited());
        let permit_end = awaited.map(|act| {
            let grace = if act.is_call() { CALL_GRACE } else { ANSWER_GRACE };
            act.not_after.saturating_add(grace).unwrap_or(Timestamp::MAX)
        });
        let (next_step, review) = match &case.position {
            Some(Position::Planned { due_at, .. }) => (Some(*due_at), None),
            Some(Position::Held { review_on, .. }) => {
                (None, Some(morning_of(case.country, *review_on)))
            }
            Some(Position::Closed { .. }) => (thanks(case).map(|step| step.due_at), None),
            Some(Position::Acting | Position::AwaitingPromise { .. }) | None => (None, None),
        };
        let closed = matches!(case.position, Some(Position::Closed { .. }));
        let promise = case.open_promise().filter(|_| !closed);
        let promise_due = promise.map(|promise| promise.judge_at);
        Self { next_step, permit_end, review, promise_due, hold_changes: case.wakes_at }
    }

    /// Each by its name.
    #[must_use]
    pub const fn by_name(self) -> [(&'static str, Option<Timestamp>); 5] {
        [
            (NEXT_STEP, self.next_step),
            (PERMIT_END, self.permit_end),
            (REVIEW, self.review),
            (PROMISE_DUE, self.promise_due),
            (HOLD_CHANGES, self.hold_changes),
        ]
    }

    /// What to set and to cancel to come from these timers to those.
    fn changes(self, to: Self) -> Vec<Timer> {
        let both = self.by_name().into_iter().zip(to.by_name());
        both.filter(|(before, after)| before != after)
            .map(|(_, (name, due_at))| match due_at {
                Some(due_at) => Timer::Set { name, due_at },
                None => Timer::Cancel { name },
            })
            .collect()
    }
}

/// Ends a decision. `before` are the timers as they were set when it began: one that went off is
/// set no longer, and is set again where the case still needs it.
pub(super) fn settle(track: Track, before: Timers, facts: &Facts) -> Decision<Track> {
    end(track, before, None, facts)
}

/// The same, where a person named the day on which a held case is looked at again.
pub(super) fn settle_reviewed(
    track: Track,
    before: Timers,
    review_on: Date,
    facts: &Facts,
) -> Decision<Track> {
    end(track, before, Some(review_on), facts)
}

fn end(mut track: Track, before: Timers, day: Option<Date>, facts: &Facts) -> Decision<Track> {
    let Some(case) = &mut track.case else { return Decision::quiet(track) };
    let withdrawals = withdraw_act(case, facts.now);
    let told = case.position.take();
    // A review day was for the reason that led then.
    let is_over = std::mem::take(&mut case.is_led_anew);
    let given =
        |it: &&Position| matches!(it, Position::Held { reason: HoldReason::ReasonGiven, .. });
    let kept = told.as_ref().filter(|it| !(is_over && given(it)));
    case.position = position(case, kept, facts.now);
    if let Some(day) = day {
        review_again(case, day, facts.now);
    }
    case.thanks = thanks_owed(case, facts.now);
    // A case on hold has its review day, and a closed one does nothing.
    let is_closed = matches!(case.position, Some(Position::Closed { .. }));
    let wakes_at = hold::wakes_at(case, facts.now);
    case.wakes_at = wakes_at.filter(|_| !is_closed && !case.is_on_hold());
    let announcement = (case.position != told).then(|| announce(case)).flatten();
    if let Some(Announcement { what: Some(what), .. }) = &announcement {
        track.note(facts, what.clone());
    }
    let timers = before.changes(Timers::of(&track));
    let mut decision = Decision::quiet(track);
    decision.timers = timers;
    decision.messages.extend(announcement.map(|announcement| announcement.message));
    decision.messages.extend(withdrawals);
    decision
}

/// Puts the review of a held case off to a day, or to the first one on which there is something to
/// review. A case on hold keeps the day of its hold.
fn review_again(case: &mut Case, day: Date, now: Timestamp) {
    let today = day_of(case.country, now);
    let first = match &case.position {
        Some(Position::Held { reason, .. }) if *reason != HoldReason::OnHold => {
            first_review(case, reason, today)
        }
        Some(_) | None => return,
    };
    if let Some(Position::Held { review_on, .. }) = &mut case.position {
        *review_on = day.max(first);
    }
}

/// Takes an act back when nothing is open any more of what it may speak of, but for thanks, which
/// are for just that; when it asks for what may have been paid; and when a hold or a reason stops
/// it.
fn withdraw_act(case: &mut Case, now: Timestamp) -> Vec<Outgoing> {
    let stopped = Stopped::of(case, now);
    let is_open = |act: &Act| {
        let mut claims = act.claim_ids.iter().filter_map(|claim_id| case.claims.get(claim_id));
        claims.any(Claim::is_open)
    };
    let waits = case.awaits_money(now).is_some();
    let is_meant = |act: &Act| act.step == THANKS || is_open(act) && !(waits && asks(&act.step));
    let route = case.route();
    let is_still = |act: &Act| route.is_silent() || route.holds() && asks(&act.step);
    let goes_on = |act: &Act| is_meant(act) && !stopped.stops(&act.claim_ids) && !is_still(act);
    let (case_id, creditor_id) = (case.case_id, case.creditor_id);
    if case.act.as_ref().is_none_or(goes_on) {
        return Vec::new();
    }
    let errands = case.act.iter_mut().flat_map(|act| act.errands.iter_mut());
    let granted = errands.filter(|errand| errand.state == ErrandState::Granted);
    granted
        .map(|errand| {
            errand.state = ErrandState::Withdrawing;
            match errand.kind {
                ErrandKind::Letter(_) => {
                    let letter_id = LetterId::from_uuid(errand.id);
                    Withdraw { letter_id, creditor_id, case_id }.into()
                }
                ErrandKind::Call => {
                    let task_id = CallTaskId::from_uuid(errand.id);
                    WithdrawTask { task_id, creditor_id, case_id }.into()
                }
            }
        })
        .collect()
}

/// Whether thanks are due now: once for each claim of a case that was asked for money and is paid.
fn thanks_owed(case: &Case, now: Timestamp) -> Thanks {
    match (&case.position, case.thanks) {
        (Some(Position::Closed { .. }), _) if case.route().is_silent() => Thanks::Over,
        (Some(Position::Closed { .. }), Thanks::Due { .. }) if thanks_stopped(case, now) => {
            let today = day_of(case.country, now);
            Thanks::Due { at: morning_of(case.country, hold::review_on(case, None, today)) }
        }
        (Some(Position::Closed { reason: CloseReason::Paid }), Thanks::NotDue)
            if case.asked_by.is_some()
                && !case.agreement.thanks_by.is_empty()
                && to_thank_for(case).next().is_some() =>
        {
            Thanks::Due { at: now }
        }
        (Some(Position::Closed { .. }), thanks) => thanks,
        (
            Some(
                Position::Planned { .. }
                | Position::Acting
                | Position::AwaitingPromise { .. }
                | Position::Held { .. },
            )
            | None,
            _,
        ) => Thanks::NotDue,
    }
}

/// Whether a hold stops the thanks.
fn thanks_stopped(case: &Case, now: Timestamp) -> bool {
    Stopped::of(case, now).stops(&to_thank_for(case).collect())
}

/// The position that follows from the plan. A hold keeps its review date until that day.
fn position(case: &Case, told: Option<&Position>, now: Timestamp) -> Option<Position> {
    Some(match plan(case, now)? {
        Next::Close(reason) => Position::Closed { reason },
        Next::Await => Position::Acting,
        Next::AwaitPromise { promise_id, amount, pay_by, judge_at } => {
            Position::AwaitingPromise { promise_id, amount, pay_by, judge_at }
        }
        Next::Step(next) => {
            Position::Planned { step: next.key, claim_ids: next.claim_ids, due_at: next.due_at }
        }
        Next::Hold(reason @ HoldReason::OnHold) => {
            let today = day_of(case.country, now);
            Position::Held { reason, review_on: hold::review_on(case, told, today) }
        }
        Next::Hold(reason) => {
            let today = day_of(case.country, now);
            let first = first_review(case, &reason, today);
            let review_on = match told {
                Some(Position::Held { reason: before, review_on })
                    if *before == reason && *review_on >= first =>
                {
                    *review_on
                }
                Some(_) | None => later(today, case.agreement.review_after_days.max(1)).max(first),
            };
            Position::Held { reason, review_on }
        }
    })
}

/// The first day on which there is something to review. Where all steps were taken, the debtor has
/// until the day that the last message named; who looks before it decides too early.
fn first_review(case: &Case, reason: &HoldReason, today: Date) -> Date {
    let asked_by = case.asked_by.filter(|_| *reason == HoldReason::StepsUsedUp);
    let tomorrow = later(today, 1);
    asked_by.map_or(tomorrow, |day| later(day, 1).max(tomorrow))
}

struct Announcement {
    /// None where the timeline tells it already.
    what: Option<TimelineEvent>,
    message: Outgoing,
}

/// What a new position is told as; the permit itself tells of an act.
fn announce(case: &Case) -> Option<Announcement> {
    let (case_id, creditor_id) = (case.case_id, case.creditor_id);
    Some(match case.position.clone()? {
        Position::Planned { step, claim_ids, due_at } => Announcement {
            what: Some(TimelineEvent::StepPlanned { step: step.clone(), due_at }),
            message: StepPlanned {
                case_id,
                creditor_id,
                step,
                claim_ids: in_order_of_due_dates(case, &claim_ids),
                due_at,
            }
            .into(),
        },
        Position::Acting => return None,
        Position::AwaitingPromise { promise_id, judge_at, .. } => {
            let judged_at = judge_at;
            return Some(Announcement {
                what: None,
                message: PromiseAwaited { case_id, creditor_id, promise_id, judged_at }.into(),
            });
        }
        Position::Held { reason, review_on } => {
            let owner = case.owner(&reason, review_on).to_owned();
            Announcement {
                what: Some(TimelineEvent::Held {
                    reason: reason.clone(),
                    owner: owner.clone(),
                    review_on,
                }),
                message: CaseHeld { case_id, creditor_id, reason, owner, review_on }.into(),
            }
        }
        Position::Closed { reason } => Announcement {
            what: Some(TimelineEvent::Closed { reason: reason.clone() }),
            message: CaseClosed { case_id, creditor_id, reason }.into(),
        },
    })
}

/// As messages list claims.
pub(super) fn in_order_of_due_dates(case: &Case, claim_ids: &BTreeSet<ClaimId>) -> Vec<ClaimId> {
    let mut ordered: Vec<ClaimId> = claim_ids.iter().copied().collect();
    ordered.sort_by_key(|claim_id| case.claims.get(claim_id).map(|claim| claim.due_on));
    ordered
}
