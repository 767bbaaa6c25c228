//! `scheduler.api.list-positions`: the cases with the earliest next step.

use contracts::scheduler::{ListPositions, PositionList, PositionSummary};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListPositions;

impl Query for AnswerListPositions {
    type Request = ListPositions;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListPositions,
        _: Timestamp,
    ) -> sqlx::Result<PositionList> {
        let limit = request.limit.clamp(1, 1000);
        let (cases, total) = store::earliest_positions(conn, limit, request.skip).await?;
        let positions = cases.into_iter().filter_map(|case| {
            Some(PositionSummary { case_id: case.case_id, state: case.state()? })
        });
        Ok(PositionList { positions: positions.collect(), total })
    }
}
