//! `intake.api.list-direct-payments`: what creditors said that debtors paid to them.

use contracts::intake::{DirectPaymentList, ListDirectPayments};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerListDirectPayments;

impl Query for AnswerListDirectPayments {
    type Request = ListDirectPayments;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListDirectPayments,
        _: Timestamp,
    ) -> sqlx::Result<DirectPaymentList> {
        store::direct_payments(conn, request.claim_id, request.limit.clamp(1, 1000)).await
    }
}
