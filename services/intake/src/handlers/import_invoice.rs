//! `intake.api.import-invoice`: one invoice or credit note from the file store.

use contracts::intake::{ImportInvoice, ImportInvoiceAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use runtime::files::FileStore;
use sqlx::PgConnection;

use super::fetch;
use crate::domain::{Desk, DeskKey, Found, Handed, import, ubl};

pub(crate) struct OnImportInvoice {
    pub(crate) files: FileStore,
}

impl RequestHandler for OnImportInvoice {
    type Request = ImportInvoice;
    type Input = Handed;
    type State = Desk;
    type Effect = Nothing;

    async fn prepare(&self, request: ImportInvoice) -> Result<Handed, RequestError> {
        let ImportInvoice { creditor_id, document: file } = request;
        let bytes = match fetch(&self.files, file, ubl::MAX_BYTES).await? {
            Ok(bytes) => bytes,
            Err(problems) => {
                return Ok(Handed { creditor_id, file, found: Found::Refused(problems) });
            }
        };
        // A large file takes long enough to keep others waiting.
        let handed = move || Handed::new(creditor_id, file, ubl::read(&bytes));
        tokio::task::spawn_blocking(handed)
            .await
            .map_err(|error| RequestError::Unavailable(error.to_string()))
    }

    async fn key(_: &mut PgConnection, input: &Handed, _: &Actor) -> sqlx::Result<DeskKey> {
        Ok(input.key())
    }

    fn decide(
        state: Desk,
        input: &Handed,
        facts: &Facts,
    ) -> Result<(Decision<Desk>, ImportInvoiceAnswer), Fault> {
        import(state, input, facts)
    }
}
