//! `payment-reconciliation.api.list-debits`: the direct debits and their files, newest first.

use contracts::payment_reconciliation::{DebitList, ListDebits};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListDebits;

impl Query for AnswerListDebits {
    type Request = ListDebits;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListDebits,
        _: Timestamp,
    ) -> sqlx::Result<DebitList> {
        let (debits, files, total) = store::debits(conn, request.limit.clamp(1, 1000)).await?;
        Ok(DebitList { debits, files, total })
    }
}
