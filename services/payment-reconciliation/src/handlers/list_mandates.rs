//! `payment-reconciliation.api.list-mandates`: the mandates, newest first.

use contracts::payment_reconciliation::{ListMandates, MandateList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListMandates;

impl Query for AnswerListMandates {
    type Request = ListMandates;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListMandates,
        now: Timestamp,
    ) -> sqlx::Result<MandateList> {
        let limit = request.limit.clamp(1, 1000);
        let (mandates, total) = store::mandates(conn, limit, day_of(now)).await?;
        Ok(MandateList { mandates, total })
    }
}
