//! Messages owned by mediation.

use contracts::mediation::{
    GetPromises, JudgePromise, PromiseJudged, PromiseList, PromiseMade, PromiseSummary,
};

use super::{case, claim, creditor, day, euros, moment, person, promise, staff, task, verdicts};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let (pay_by, made_at) = (day("2026-03-20"), moment("2026-03-10T10:00:00Z"));
    let judged = |verdict| PromiseJudged {
        promise_id: promise(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        verdict,
        promised: euros(5_000),
        received: euros(2_000),
        pay_by,
    };
    let summary = |verdict| PromiseSummary {
        promise_id: promise(),
        amount: euros(5_000),
        pay_by,
        made_at,
        received: euros(2_000),
        verdict,
    };
    let verdicts_and_none = [None].into_iter().chain(verdicts().map(Some));
    let asked = Snapshot::request(
        vec![GetPromises { case_id: case() }],
        vec![PromiseList { promises: verdicts_and_none.map(summary).collect() }],
    );
    let messages = [
        Snapshot::message(vec![PromiseMade {
            promise_id: promise(),
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            claim_ids: vec![claim()],
            amount: euros(5_000),
            pay_by,
            task_id: task(),
            staff_id: staff(),
            made_at,
        }]),
        Snapshot::message(vec![JudgePromise {
            promise_id: promise(),
            case_id: case(),
            creditor_id: creditor(),
        }]),
        Snapshot::message(verdicts().map(judged).to_vec()),
    ];
    messages.into_iter().chain(asked).collect()
}
