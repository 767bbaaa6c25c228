//! `payment-reconciliation.api.list-payment-links`: the payment links, newest first.

use contracts::payment_reconciliation::{ListPaymentLinks, PaymentLinkList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerListPaymentLinks;

impl Query for AnswerListPaymentLinks {
    type Request = ListPaymentLinks;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: ListPaymentLinks,
        _: Timestamp,
    ) -> sqlx::Result<PaymentLinkList> {
        let ListPaymentLinks { limit, case_id, only_open } = request;
        let limit = limit.clamp(1, 1000);
        let (links, total) = store::payment_links(conn, limit, case_id, only_open).await?;
        let at_provider = store::at_provider(conn).await?;
        Ok(PaymentLinkList { links, total, at_provider })
    }
}
