//! `payment-reconciliation.api.list-bank-files`: the files that were set aside for a person.

use contracts::payment_reconciliation::{BankFileList, ListBankFiles};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListBankFiles;

impl Query for AnswerListBankFiles {
    type Request = ListBankFiles;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListBankFiles,
        _: Timestamp,
    ) -> sqlx::Result<BankFileList> {
        let limit = request.limit.clamp(1, 100);
        let (files, total) = store::quarantined_files(conn, limit, request.with_decided).await?;
        Ok(BankFileList { files, total })
    }
}
