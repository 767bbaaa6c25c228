//! `intake.api.invoice-numbers`: a creditor's own numbers of its invoices.

use contracts::intake::{GetInvoiceNumbers, InvoiceNumbers};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerInvoiceNumbers;

impl Query for AnswerInvoiceNumbers {
    type Request = GetInvoiceNumbers;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetInvoiceNumbers,
        _: Timestamp,
    ) -> sqlx::Result<InvoiceNumbers> {
        let invoices =
            store::invoice_numbers(conn, request.creditor_id, &request.claim_ids).await?;
        Ok(InvoiceNumbers { invoices })
    }
}
