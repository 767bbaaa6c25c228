//! `intake.api.list-creditors`: the registered creditors.

use contracts::intake::{CreditorList, ListCreditors};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerListCreditors;

impl Query for AnswerListCreditors {
    type Request = ListCreditors;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        _: ListCreditors,
        _: Timestamp,
    ) -> sqlx::Result<CreditorList> {
        Ok(CreditorList { creditors: store::list_creditors(conn).await? })
    }
}
