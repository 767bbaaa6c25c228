//! `scheduler.api.explain-case`: why a case stands where it does, in the words of who asks.

use contracts::scheduler::{ExplainCase, ExplainCaseAnswer};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::Trace;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerExplainCase;

impl Query for AnswerExplainCase {
    type Request = ExplainCase;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ExplainCase,
        now: Timestamp,
    ) -> sqlx::Result<ExplainCaseAnswer> {
        let found = store::find_position(conn, request.case_id).await?;
        Ok(match found {
            None => ExplainCaseAnswer::Unknown,
            Some((case, timeline)) => {
                let trace = Trace::of(&case, &timeline, now);
                ExplainCaseAnswer::Explained(trace.told(&request.audience, request.language))
            }
        })
    }
}
