//! `payment-reconciliation.api.list-remittances`: the remittances, newest first.

use contracts::payment_reconciliation::{ListRemittances, RemittanceList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListRemittances;

impl Query for AnswerListRemittances {
    type Request = ListRemittances;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListRemittances,
        _: Timestamp,
    ) -> sqlx::Result<RemittanceList> {
        let limit = request.limit.clamp(1, 1000);
        let (remittances, total) = store::remittances(conn, request.creditor_id, limit).await?;
        Ok(RemittanceList { remittances, total })
    }
}
