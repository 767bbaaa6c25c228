//! `telephony-task.api.calls`: the calls of a case that were made, with what was said.

use contracts::telephony_task::{CallList, GetCalls};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerCalls;

impl Query for AnswerCalls {
    type Request = GetCalls;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetCalls,
        _: Timestamp,
    ) -> sqlx::Result<CallList> {
        Ok(CallList { calls: store::calls_of(conn, request.case_id).await? })
    }
}
