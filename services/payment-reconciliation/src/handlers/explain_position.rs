//! `payment-reconciliation.api.explain-position`: where a case stood at the end of a day, in words.

use contracts::payment_reconciliation::{ExplainPosition, ExplainPositionAnswer};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::domain::explanation::{Asked, explain};
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerExplainPosition;

impl Query for AnswerExplainPosition {
    type Request = ExplainPosition;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ExplainPosition,
        now: Timestamp,
    ) -> sqlx::Result<ExplainPositionAnswer> {
        let ExplainPosition { case_id, as_of, known_at, language } = request;
        let found = store::find_case(conn, case_id).await?.unwrap_or_default();
        let Some(account) = found.account else { return Ok(ExplainPositionAnswer::Unknown) };
        let today = day_of(now);
        let asked = Asked { as_of: as_of.unwrap_or(today), known_at, language };
        let explained = explain(&account, asked, today)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(explained.map_or(ExplainPositionAnswer::Unknown, ExplainPositionAnswer::Explained))
    }
}
