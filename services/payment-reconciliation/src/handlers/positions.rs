//! `payment-reconciliation.api.positions`: what is owed on many cases, in sums.

use contracts::payment_reconciliation::{GetPositions, PositionSums, PositionSumsPage};
use mailbox::Query;
use primitives::{CaseId, Timestamp};
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::domain::position::position_sums;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerPositions;

impl Query for AnswerPositions {
    type Request = GetPositions;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetPositions,
        now: Timestamp,
    ) -> sqlx::Result<PositionSumsPage> {
        let GetPositions { creditor_id, as_of, after, limit } = request;
        let as_of = as_of.unwrap_or_else(|| day_of(now));
        let limit = limit.clamp(1, 1000);
        let ids = store::page_of_cases(conn, creditor_id, after, limit).await?;
        // A page that is full may be the last one; then the next is empty.
        let is_full = u32::try_from(ids.len()).is_ok_and(|count| count == limit);
        let next = ids.last().copied().filter(|_| is_full).map(CaseId::from_uuid);
        let accounts = store::accounts(conn, &ids).await?;
        let sums = accounts.iter().filter_map(|account| position_sums(account, as_of).transpose());
        let positions: Vec<PositionSums> =
            sums.collect::<Result<_, _>>().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(PositionSumsPage { as_of, positions, next })
    }
}
