//! `intake.api.import-direct-payments`: a file of what debtors paid straight to a creditor.

use contracts::intake::{ImportDirectPayments, ImportDirectPaymentsAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use runtime::files::FileStore;
use sqlx::PgConnection;

use super::fetch;
use crate::domain::{
    HandedPayments, PaymentDesk, PaymentDeskKey, PaymentFile, TABLE_BYTES_MAX,
    import_direct_payments, read_payments,
};
use crate::store;

pub(crate) struct OnImportDirectPayments {
    pub(crate) files: FileStore,
}

impl RequestHandler for OnImportDirectPayments {
    type Request = ImportDirectPayments;
    type Input = HandedPayments;
    type State = PaymentDesk;
    type Effect = Nothing;

    async fn prepare(&self, request: ImportDirectPayments) -> Result<HandedPayments, RequestError> {
        let ImportDirectPayments { creditor_id, document } = request;
        let table = fetch(&self.files, document, TABLE_BYTES_MAX).await?;
        let table = table.and_then(|bytes| read_payments(&bytes));
        Ok(HandedPayments { creditor_id, document, table })
    }

    async fn key(
        conn: &mut PgConnection,
        input: &HandedPayments,
        _: &Actor,
    ) -> sqlx::Result<PaymentDeskKey> {
        let file = PaymentFile::id(input.creditor_id, input.document);
        let numbers = input.numbers();
        let customers = store::customers_of_invoices(conn, input.creditor_id, &numbers).await?;
        Ok(PaymentDeskKey { file, customers: customers.into_iter().collect() })
    }

    fn decide(
        state: PaymentDesk,
        input: &HandedPayments,
        facts: &Facts,
    ) -> Result<(Decision<PaymentDesk>, ImportDirectPaymentsAnswer), Fault> {
        import_direct_payments(state, input, facts)
    }
}
