//! `payment-reconciliation.api.list-corrected-letters`: the messages that asked too much.

use contracts::payment_reconciliation::{CorrectedLetterList, ListCorrectedLetters};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListCorrectedLetters;

impl Query for AnswerListCorrectedLetters {
    type Request = ListCorrectedLetters;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListCorrectedLetters,
        _: Timestamp,
    ) -> sqlx::Result<CorrectedLetterList> {
        let limit = request.limit.clamp(1, 1000);
        let (letters, total) = store::corrected_letters(conn, limit, request.case_id).await?;
        Ok(CorrectedLetterList { letters, total })
    }
}
