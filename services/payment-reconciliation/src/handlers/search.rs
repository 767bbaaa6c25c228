//! Timer `search`: intake is asked again about unmatched payments, every night.

use mailbox::{Decision, Facts, Fault, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::search::{self, SEARCH, Search, SearchWork};

#[derive(Debug)]
pub(crate) struct OnSearch;

impl TimerHandler for OnSearch {
    type State = Search;
    type Effect = SearchWork;

    const NAME: &'static str = SEARCH;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, searches: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(searches.iter().map(|id| vec![*id]).collect())
    }

    fn decide(
        search: Search,
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<Search, SearchWork>, Fault> {
        Ok(search::begin(search, facts))
    }
}
