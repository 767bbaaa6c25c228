//! The operations that every service serves.

use contracts::operations::{
    Breach, CheckReport, EmptyRequest, ListRequest, Operation, ParkedAction, ParkedList,
    ParkedMessage, ParkedReason, Refill, Refilled, SettleParked, SettleParkedAnswer,
    SettleUncertain, SettleUncertainAnswer, Status, UncertainAct, UncertainList, UncertainVerdict,
    WaitingList, WaitingMessage, WaitingReason,
};
use primitives::EffectId;

use super::{message_id, moment, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    on_the_mailbox().into_iter().chain(on_what_is_kept()).flatten().collect()
}

fn on_the_mailbox() -> [[Snapshot; 2]; 3] {
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
    [
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
    ]
}

fn on_what_is_kept() -> [[Snapshot; 2]; 5] {
    let parked_reasons = [ParkedReason::Poison, ParkedReason::Bug, ParkedReason::Stale];
    let waiting_reasons = [WaitingReason::Early, WaitingReason::Newer, WaitingReason::Retry];
    let actions = [ParkedAction::Show, ParkedAction::Replay, ParkedAction::Discard];
    let verdicts = [UncertainVerdict::Happened, UncertainVerdict::DidNotHappen];
    let settle = |action| SettleParked { message_id: message_id(), action };
    let judge = |verdict| SettleUncertain { effect_id: effect_id(), verdict };
    let act = UncertainAct {
        effect_id: effect_id(),
        kind: "send-email".to_owned(),
        aggregate_id: uuid(6),
        owner: "case-handling".to_owned(),
        since: moment("2026-03-09T08:00:05Z"),
    };
    let answers = vec![
        SettleParkedAnswer::Shown {
            envelope: "{}".to_owned(),
            parked: parked(ParkedReason::Poison),
        },
        SettleParkedAnswer::Replayed,
        SettleParkedAnswer::ParkedAgain { detail: "the state cannot be read".to_owned() },
        SettleParkedAnswer::Discarded,
        SettleParkedAnswer::Unknown,
    ];
    let judged = vec![
        SettleUncertainAnswer::Settled,
        SettleUncertainAnswer::NotUncertain,
        SettleUncertainAnswer::Unknown,
    ];
    let list = || vec![ListRequest { limit: 100 }];
    [
        Snapshot::operation(
            Operation::ListParked,
            list(),
            vec![ParkedList { parked: parked_reasons.map(parked).to_vec(), total: 3 }],
        ),
        Snapshot::operation(Operation::SettleParked, actions.map(settle).to_vec(), answers),
        Snapshot::operation(
            Operation::ListWaiting,
            list(),
            vec![WaitingList { waiting: waiting_reasons.map(waiting).to_vec(), total: 3 }],
        ),
        Snapshot::operation(
            Operation::ListUncertain,
            list(),
            vec![UncertainList { uncertain: vec![act], total: 1 }],
        ),
        Snapshot::operation(Operation::SettleUncertain, verdicts.map(judge).to_vec(), judged),
    ]
}

fn parked(reason: ParkedReason) -> ParkedMessage {
    ParkedMessage {
        message_id: message_id(),
        message_type: "letter.cmd.send.v1".to_owned(),
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
