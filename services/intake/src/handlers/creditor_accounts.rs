//! `intake.api.creditor-accounts`: the accounts that creditors are paid on.

use contracts::intake::{CreditorAccounts, GetCreditorAccounts};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerCreditorAccounts;

impl Query for AnswerCreditorAccounts {
    type Request = GetCreditorAccounts;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        _: GetCreditorAccounts,
        _: Timestamp,
    ) -> sqlx::Result<CreditorAccounts> {
        Ok(CreditorAccounts { accounts: store::creditor_accounts(conn).await? })
    }
}
