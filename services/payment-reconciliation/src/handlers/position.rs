//! `payment-reconciliation.api.position`: what is owed on a case, line by line.

use contracts::payment_reconciliation::{GetPosition, PositionAnswer};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::domain::position::position;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerPosition {
    /// The accounts for client money, as statements have them.
    pub(crate) client_accounts: Vec<String>,
}

impl Query for AnswerPosition {
    type Request = GetPosition;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetPosition,
        now: Timestamp,
    ) -> sqlx::Result<PositionAnswer> {
        // Asked first, so that what it promises is in the lines that are read after it.
        let known_until =
            store::payments_known_until(conn, request.case_id, &self.client_accounts).await?;
        let found = store::find_case(conn, request.case_id).await?.unwrap_or_default();
        let Some(account) = found.account else { return Ok(PositionAnswer::Unknown) };
        let position = position(&account, &request.announce_for, day_of(now), known_until)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(PositionAnswer::Known(position))
    }
}
