//! `intake.api.call-contact`: how to reach the debtor of a case by telephone.

use contracts::intake::{CallContactAnswer, GetCallContact};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerCallContact;

impl Query for AnswerCallContact {
    type Request = GetCallContact;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetCallContact,
        _: Timestamp,
    ) -> sqlx::Result<CallContactAnswer> {
        let contact = store::call_contact(conn, request.case_id).await?;
        Ok(contact.map_or(CallContactAnswer::Unknown, CallContactAnswer::Known))
    }
}
