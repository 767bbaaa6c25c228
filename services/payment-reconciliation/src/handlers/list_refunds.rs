//! `payment-reconciliation.api.list-refunds`: the refunds, newest first.

use contracts::payment_reconciliation::{ListRefunds, RefundList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListRefunds;

impl Query for AnswerListRefunds {
    type Request = ListRefunds;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListRefunds,
        _: Timestamp,
    ) -> sqlx::Result<RefundList> {
        let (refunds, total) = store::refunds(conn, request.limit.clamp(1, 1000)).await?;
        Ok(RefundList { refunds, total })
    }
}
