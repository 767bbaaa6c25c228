//! `payment-reconciliation.api.balances`: the ledger in sums.

use contracts::payment_reconciliation::{Balances, GetBalances};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerBalances;

impl Query for AnswerBalances {
    type Request = GetBalances;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        _: GetBalances,
        _: Timestamp,
    ) -> sqlx::Result<Balances> {
        Ok(Balances { lines: store::balances(conn).await? })
    }
}
