//! `payment-reconciliation.api.position`: what is owed on a case, line by line.

use contracts::payment_reconciliation::{GetPosition, PositionAnswer};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::case;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerPosition;

impl Query for AnswerPosition {
    type Request = GetPosition;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetPosition,
        _: Timestamp,
    ) -> sqlx::Result<PositionAnswer> {
        let Some(found) = store::find_case(conn, request.case_id).await? else {
            return Ok(PositionAnswer::Unknown);
        };
        let known_until = match found.opened {
            Some(opened) => store::payments_known_until(conn, opened.creditor_id).await?,
            None => None,
        };
        let position = case::position(&found, known_until)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(position.map_or(PositionAnswer::Unknown, PositionAnswer::Known))
    }
}
