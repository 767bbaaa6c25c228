//! `intake.api.list-cases`: the newest cases.

use contracts::intake::{CaseList, ListCases};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerListCases;

impl Query for AnswerListCases {
    type Request = ListCases;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListCases,
        _: Timestamp,
    ) -> sqlx::Result<CaseList> {
        store::list_cases(conn, &request, request.limit.clamp(1, 1000)).await
    }
}
