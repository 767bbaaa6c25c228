//! `payment-reconciliation.api.list-payouts`: what the provider paid out, newest first.

use contracts::payment_reconciliation::{ListPayouts, PayoutList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListPayouts;

impl Query for AnswerListPayouts {
    type Request = ListPayouts;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListPayouts,
        _: Timestamp,
    ) -> sqlx::Result<PayoutList> {
        let ListPayouts { limit, only_open } = request;
        let (payouts, total) = store::payouts(conn, limit.clamp(1, 1000), only_open).await?;
        Ok(PayoutList { payouts, total })
    }
}
