//! `payment-reconciliation.api.prove-books`: the proof of the books, made now.

use contracts::payment_reconciliation::{BooksProof, ProveBooks};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerProveBooks;

impl Query for AnswerProveBooks {
    type Request = ProveBooks;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        _: ProveBooks,
        now: Timestamp,
    ) -> sqlx::Result<BooksProof> {
        Ok(store::records(conn).await?.prove(day_of(now)).answer())
    }
}
