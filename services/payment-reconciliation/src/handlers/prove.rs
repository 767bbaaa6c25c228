//! Timer `prove`: the books are proven, every morning.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::books::{self, Books, PROVE};

#[derive(Debug)]
pub(crate) struct OnProve;

impl TimerHandler for OnProve {
    type State = Books;
    type Effect = Nothing;

    const NAME: &'static str = PROVE;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, books: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(books.iter().map(|id| vec![*id]).collect())
    }

    fn decide(books: Books, _: Timestamp, facts: &Facts) -> Result<Decision<Books>, Fault> {
        Ok(books::prove_daily(books, facts))
    }
}
