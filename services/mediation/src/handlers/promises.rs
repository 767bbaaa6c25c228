//! `mediation.api.promises`: the promises of a case.

use contracts::mediation::{GetPromises, PromiseList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerPromises;

impl Query for AnswerPromises {
    type Request = GetPromises;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetPromises,
        _: Timestamp,
    ) -> sqlx::Result<PromiseList> {
        let file = store::find_case(conn, request.case_id).await?;
        Ok(PromiseList { promises: file.summaries() })
    }
}
