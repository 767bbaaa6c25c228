//! The operations that every service serves.

use contracts::operations::{
    Breach, CheckReport, EmptyRequest, ListParked, ListUncertain, ListWaiting, Operation,
    ParkedAction, ParkedEvent, ParkedFilter, ParkedList, ParkedMessage, ParkedReason, ParkedState,
    RecoveryEnded, Refill, Refilled, SettleParked, SettleUncertain, SettleWaiting, SettledAs,
    SettledParked, SettledUncertain, SettledWaiting, ShowParked, ShowParkedAnswer, Status,
    UncertainAct, UncertainFilter, UncertainList, UncertainVerdict, WaitingAction, WaitingFilter,
    WaitingList, WaitingMessage, WaitingReason,
};
use primitives::{Actor, EffectId};

use super::{message_id, moment, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    [on_the_mailbox(), on_parked(), on_waiting_and_uncertain_lists(), on_settling()]
        .into_iter()
        .flatten()
        .flatten()
        .collect()
}

fn on_the_mailbox() -> Vec<[Snapshot; 2]> {
    let at_work = Status {
        service: "letter".to_owned(),
        in_flight: 1,
        unsent: 2,
        effects_due: 3,
        timers_due: 4,
        waiting: 5,
        parked: 6,
        uncertain: 7,
        next_due_at: Some(moment("2026-03-09T08:00:00Z")),
        business_now: moment("2026-03-02T08:00:00Z"),
        stopped_sources: vec!["commands".to_owned()],
    };
    let nothing_planned = Status { next_due_at: None, ..at_work.clone() };
    let report = CheckReport {
        service: "scheduler".to_owned(),
        checks: vec!["never-let-go".to_owned()],
        breaches: vec![Breach {
            invariant: "never-let-go".to_owned(),
            id: uuid(1),
            detail: "an open case without a next step; plan one".to_owned(),
        }],
    };
    vec![
        Snapshot::operation(
            Operation::Status,
            vec![EmptyRequest {}],
            vec![at_work, nothing_planned],
        ),
        Snapshot::operation(Operation::Check, vec![EmptyRequest {}], vec![report]),
        Snapshot::operation(
            Operation::Refill,
            vec![Refill { since: moment("2026-03-02T08:00:00Z") }],
            vec![Refilled { message_count: 17 }],
        ),
        Snapshot::operation(
            Operation::EndRecovery,
            vec![EmptyRequest {}],
            vec![RecoveryEnded { ended: true }],
        ),
    ]
}

const REASONS: [ParkedReason; 4] =
    [ParkedReason::Poison, ParkedReason::Bug, ParkedReason::Stale, ParkedReason::GivenUp];

fn on_parked() -> Vec<[Snapshot; 2]> {
    let at = moment("2026-03-09T08:00:05Z");
    let settled = |action, because: Option<&str>| ParkedEvent::Settled {
        at,
        action,
        by: Actor::Operator,
        because: because.map(str::to_owned),
    };
    let history = vec![
        settled(SettledAs::GivenUp, Some("the case will never come")),
        ParkedEvent::Parked {
            at,
            reason: ParkedReason::GivenUp,
            detail: "the case is not known yet".to_owned(),
        },
        settled(SettledAs::Replayed, None),
        settled(SettledAs::Discarded, Some("it was registered again")),
    ];
    let shown = ShowParkedAnswer::Shown {
        parked: ParkedMessage { state: ParkedState::Discarded, ..parked(ParkedReason::Poison) },
        envelope: "{}".to_owned(),
        history,
    };
    let replayed = ParkedMessage { state: ParkedState::Replayed, ..parked(ParkedReason::Bug) };
    let listed = REASONS.map(parked).into_iter().chain([replayed]).collect();
    let list = |which, settled| ListParked { which, settled, limit: 100 };
    let which = ParkedFilter {
        message_id: Some(message_id()),
        message_type: Some("letter.cmd.send".to_owned()),
        reason: Some(ParkedReason::GivenUp),
        detail_has: Some("agreed form".to_owned()),
        before: Some(at),
    };
    vec![
        Snapshot::operation(
            Operation::ListParked,
            vec![list(which, false), list(ParkedFilter::default(), true)],
            vec![ParkedList { parked: listed, total: 5, counted_at: at }],
        ),
        Snapshot::operation(
            Operation::ShowParked,
            vec![ShowParked { message_id: message_id() }],
            vec![shown, ShowParkedAnswer::Unknown],
        ),
    ]
}

fn on_waiting_and_uncertain_lists() -> Vec<[Snapshot; 2]> {
    let at = moment("2026-03-09T08:00:05Z");
    let reasons = [WaitingReason::Early, WaitingReason::Newer, WaitingReason::Retry];
    let which = WaitingFilter {
        message_id: Some(message_id()),
        message_type: Some("intake.evt.claim-registered.v1".to_owned()),
        reason: Some(WaitingReason::Early),
        detail_has: Some("not known".to_owned()),
        before: Some(at),
    };
    let which_acts = UncertainFilter {
        effect_id: Some(effect_id()),
        kind: Some("send-email".to_owned()),
        before: Some(at),
    };
    let act = UncertainAct {
        effect_id: effect_id(),
        kind: "send-email".to_owned(),
        aggregate_id: uuid(6),
        owner: "case-handling".to_owned(),
        since: at,
    };
    vec![
        Snapshot::operation(
            Operation::ListWaiting,
            [which, WaitingFilter::default()]
                .map(|which| ListWaiting { which, limit: 100 })
                .to_vec(),
            vec![WaitingList { waiting: reasons.map(waiting).to_vec(), total: 3, counted_at: at }],
        ),
        Snapshot::operation(
            Operation::ListUncertain,
            [which_acts, UncertainFilter::default()]
                .map(|which| ListUncertain { which, limit: 100 })
                .to_vec(),
            vec![UncertainList { uncertain: vec![act], total: 1, counted_at: at }],
        ),
    ]
}

fn on_settling() -> Vec<[Snapshot; 2]> {
    let one = || ParkedFilter { message_id: Some(message_id()), ..ParkedFilter::default() };
    let discard = SettleParked {
        which: one(),
        action: ParkedAction::Discard,
        because: Some("it was registered again".to_owned()),
        limit: 200,
        after: Some(message_id()),
    };
    let replay = SettleParked {
        action: ParkedAction::Replay,
        because: None,
        after: None,
        ..discard.clone()
    };
    let parked = SettledParked {
        handled: 1,
        waiting: 2,
        parked_again: 3,
        discarded: 4,
        detail: Some("the state cannot be read".to_owned()),
        last: Some(message_id()),
    };
    let no_parked = SettledParked { detail: None, last: None, ..parked.clone() };
    let one = || WaitingFilter { message_id: Some(message_id()), ..WaitingFilter::default() };
    let give_up = SettleWaiting {
        which: one(),
        action: WaitingAction::GiveUp,
        because: Some("the case will never come".to_owned()),
        limit: 200,
        after: Some(message_id()),
    };
    let try_now = SettleWaiting {
        action: WaitingAction::TryNow,
        because: None,
        after: None,
        ..give_up.clone()
    };
    let waiting =
        SettledWaiting { handled: 1, waiting: 2, parked: 3, given_up: 4, last: Some(message_id()) };
    let no_waiting = SettledWaiting { last: None, ..waiting.clone() };
    let judge = |verdict| SettleUncertain {
        which: UncertainFilter { effect_id: Some(effect_id()), ..UncertainFilter::default() },
        verdict,
        because: "the print partner has it in its list".to_owned(),
        limit: 200,
    };
    let verdicts = [UncertainVerdict::Happened, UncertainVerdict::DidNotHappen];
    let judged = SettledUncertain { settled: 1, settled_before: 2, parked: 3 };
    vec![
        Snapshot::operation(
            Operation::SettleParked,
            vec![discard, replay],
            vec![parked, no_parked],
        ),
        Snapshot::operation(
            Operation::SettleWaiting,
            vec![give_up, try_now],
            vec![waiting, no_waiting],
        ),
        Snapshot::operation(Operation::SettleUncertain, verdicts.map(judge).to_vec(), vec![judged]),
    ]
}

fn parked(reason: ParkedReason) -> ParkedMessage {
    ParkedMessage {
        message_id: message_id(),
        message_type: "letter.cmd.send.v1".to_owned(),
        state: ParkedState::Open,
        reason,
        detail: "the body does not have the agreed form".to_owned(),
        parked_at: moment("2026-03-09T08:00:05Z"),
        replay_count: 1,
    }
}

fn waiting(reason: WaitingReason) -> WaitingMessage {
    WaitingMessage {
        message_id: message_id(),
        message_type: "intake.evt.claim-registered.v1".to_owned(),
        reason,
        waiting_since: moment("2026-03-09T08:00:05Z"),
        detail: "the case is not known yet".to_owned(),
    }
}

fn effect_id() -> EffectId {
    EffectId::from_uuid(uuid(24))
}
