//! `payment-reconciliation.api.list-unmatched`: the money that fits no claim.

use contracts::payment_reconciliation::{ListUnmatched, UnmatchedList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListUnmatched;

impl Query for AnswerListUnmatched {
    type Request = ListUnmatched;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListUnmatched,
        _: Timestamp,
    ) -> sqlx::Result<UnmatchedList> {
        let limit = request.limit.clamp(1, 1000);
        let beginning = request.beginning.unwrap_or_default().to_lowercase();
        let (payments, total) = store::unmatched(conn, limit, &beginning).await?;
        let searched_at = store::searched_at(conn).await?;
        Ok(UnmatchedList { payments, total, searched_at })
    }
}
