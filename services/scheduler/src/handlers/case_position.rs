//! `scheduler.api.case-position`: where a case stands and why.

use contracts::scheduler::{
    Audience, CaseExplanation, CasePosition, CasePositionAnswer, GetCasePosition,
};
use mailbox::Query;
use primitives::{Language, Timestamp};
use sqlx::PgConnection;

use crate::domain::{Trace, as_it_happened};
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerCasePosition;

impl Query for AnswerCasePosition {
    type Request = GetCasePosition;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetCasePosition,
        now: Timestamp,
    ) -> sqlx::Result<CasePositionAnswer> {
        let found = store::find_position(conn, request.case_id).await?;
        // Without a claim there is no position yet.
        let found = found.and_then(|(case, timeline)| Some((case.state()?, case, timeline)));
        Ok(match found {
            None => CasePositionAnswer::Unknown,
            Some((state, case, timeline)) => {
                let trace = Trace::of(&case, &timeline, now);
                let CaseExplanation { why, would_stop, .. } =
                    trace.told(&Audience::Handler, Language::En);
                CasePositionAnswer::Known(CasePosition {
                    case_id: case.case_id,
                    creditor_id: case.creditor_id,
                    person_id: case.person_id,
                    state,
                    why,
                    would_stop,
                    reasons: case.reasons_told(),
                    timeline: as_it_happened(timeline),
                })
            }
        })
    }
}
