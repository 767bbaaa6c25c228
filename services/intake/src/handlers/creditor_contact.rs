//! `intake.api.creditor-contact`: how to write to a creditor, and where it is paid.

use contracts::intake::{CreditorContactAnswer, GetCreditorContact};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerCreditorContact;

impl Query for AnswerCreditorContact {
    type Request = GetCreditorContact;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetCreditorContact,
        _: Timestamp,
    ) -> sqlx::Result<CreditorContactAnswer> {
        let contact = store::creditor_contact(conn, request.creditor_id).await?;
        Ok(contact.map_or(CreditorContactAnswer::Unknown, CreditorContactAnswer::Known))
    }
}
