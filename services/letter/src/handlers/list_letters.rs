//! `letter.api.list-letters`: what became of the letters.

use contracts::letter::{LetterList, ListLetters};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::{domain, store};

#[derive(Debug)]
pub(crate) struct AnswerListLetters;

impl Query for AnswerListLetters {
    type Request = ListLetters;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListLetters,
        _: Timestamp,
    ) -> sqlx::Result<LetterList> {
        let (letters, total) = store::listed(conn, &request).await?;
        Ok(LetterList { letters: letters.iter().filter_map(domain::told).collect(), total })
    }
}
