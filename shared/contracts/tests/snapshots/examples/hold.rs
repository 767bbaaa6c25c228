//! Messages about holds.

use contracts::hold::{
    HoldCause, HoldChange, HoldLift, HoldList, HoldPreview, HoldRefusal, HoldScope, HoldTerms,
    HoldThen, HoldTold, LiftHold, LiftHoldAnswer, ListHolds, PlaceHold, PlaceHoldAnswer,
    PreviewHold, WeighHold,
};
use primitives::HoldId;

use super::{case, claim, creditor, day, moment, person, staff, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let placed = terms().map(|terms| HoldChange::Placed { by: staff(), terms });
    let weigh =
        |change| WeighHold { case_id: case(), creditor_id: creditor(), hold_id: hold(), change };
    let changes = placed.into_iter().chain([HoldChange::Lifted { by: staff() }]);
    let command = Snapshot::message(changes.map(weigh).collect());
    [command].into_iter().chain(requests().into_iter().flatten()).collect()
}

fn requests() -> [[Snapshot; 2]; 4] {
    let refusals = || {
        [
            HoldRefusal::NotStaff,
            HoldRefusal::OwnerMalformed,
            HoldRefusal::NoNextMoment,
            HoldRefusal::TooFar,
            HoldRefusal::IdInUse,
        ]
    };
    let placing = |terms: HoldTerms| PlaceHold {
        hold_id: hold(),
        scope: terms.scope,
        cause: terms.cause,
        owner: terms.owner,
        starts_on: None,
        ends_on: terms.ends_on,
        then: terms.then,
    };
    let mut asked: Vec<PlaceHold> = terms().map(placing).to_vec();
    asked.extend(terms().map(|terms| {
        let starts_on = Some(terms.starts_on);
        PlaceHold { starts_on, ..placing(terms) }
    }));
    let not_placed = refusals().map(|reason| PlaceHoldAnswer::Refused { reason });
    let not_lifted = refusals().map(|reason| LiftHoldAnswer::Refused { reason });
    let placed = holds().map(PlaceHoldAnswer::Placed).into_iter().chain(not_placed);
    let [open, lifted] = holds();
    let lifting = [
        LiftHoldAnswer::Lifted(lifted.clone()),
        LiftHoldAnswer::AlreadyLifted(lifted),
        LiftHoldAnswer::Unknown,
    ];
    let previews = terms().map(|terms| PreviewHold { scope: terms.scope, starts_on: None });
    let since = PreviewHold { starts_on: Some(open.terms.starts_on), scope: HoldScope::All };
    [
        Snapshot::request(asked, placed.collect()),
        Snapshot::request(
            vec![LiftHold { hold_id: hold() }],
            lifting.into_iter().chain(not_lifted).collect(),
        ),
        Snapshot::request(
            vec![
                ListHolds { limit: 100, case_id: None, only_open: true },
                ListHolds { limit: 100, case_id: Some(case()), only_open: false },
            ],
            vec![HoldList { holds: holds().to_vec(), total: 2 }],
        ),
        Snapshot::request(
            previews.into_iter().chain([since]).collect(),
            vec![HoldPreview { cases: 3_000, planned: 2_000, permits: 40, sent_since: 12 }],
        ),
    ]
}

fn holds() -> [HoldTold; 2] {
    let [terms, ..] = terms();
    let open = HoldTold {
        hold_id: hold(),
        terms,
        placed_by: staff(),
        placed_at: moment("2026-03-02T08:00:00Z"),
        lifted: None,
        cases_told: 200,
        is_spreading: true,
    };
    let lift = HoldLift { by: staff(), at: moment("2026-03-04T08:00:00Z") };
    [open.clone(), HoldTold { lifted: Some(lift), is_spreading: false, ..open }]
}

pub(super) fn hold() -> HoldId {
    HoldId::from_uuid(uuid(51))
}

/// Every cause, every scope, and both ends.
pub(super) fn terms() -> [HoldTerms; 12] {
    let scopes = [
        HoldScope::Claim { case_id: case(), claim_id: claim() },
        HoldScope::Case { case_id: case() },
        HoldScope::Person { person_id: person() },
        HoldScope::Creditor { creditor_id: creditor() },
        HoldScope::All,
    ];
    let thens = [HoldThen::GoOn, HoldThen::Decide];
    let causes = [
        HoldCause::Complaint,
        HoldCause::AwaitingDocuments,
        HoldCause::DebtAid,
        HoldCause::CoolingOff,
        HoldCause::Illness,
        HoldCause::Bereavement,
        HoldCause::CreditorAsked,
        HoldCause::LegalQuestion,
        HoldCause::Crisis,
        HoldCause::Season,
        HoldCause::SystemError,
        HoldCause::Dispute,
    ];
    let mut both = scopes.into_iter().cycle().zip(thens.into_iter().cycle());
    causes.map(|cause| {
        let (scope, then) = both.next().unwrap_or((HoldScope::All, HoldThen::GoOn));
        HoldTerms {
            scope,
            cause,
            owner: "case-handling".to_owned(),
            starts_on: day("2026-03-01"),
            ends_on: day("2026-04-01"),
            then,
        }
    })
}
