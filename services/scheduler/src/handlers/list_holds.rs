//! `scheduler.api.list-holds`: the holds, those placed last first.

use contracts::hold::{HoldList, ListHolds};
use mailbox::Query;
use primitives::{Country, Timestamp};
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListHolds;

impl Query for AnswerListHolds {
    type Request = ListHolds;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListHolds,
        now: Timestamp,
    ) -> sqlx::Result<HoldList> {
        let asked = store::Asked {
            limit: request.limit.clamp(1, 1000),
            case_id: request.case_id,
            open_on: request.only_open.then(|| day_of(Country::NL, now)),
        };
        let (holds, total) = store::holds_placed(conn, &asked).await?;
        Ok(HoldList { holds, total })
    }
}
