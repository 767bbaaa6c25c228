//! `intake.api.register-creditor`: a creditor's document from the file store.

use contracts::intake::{RegisterCreditor, RegisterCreditorAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::{Actor, Iban};
use runtime::files::FileStore;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fetch;
use crate::domain::{
    DOCUMENT_MAX_BYTES, Enrolment, Registration, beside_the_agency, read_document,
};

pub(crate) struct OnRegisterCreditor {
    pub(crate) files: FileStore,
    /// The agency's own account to be paid to, where it has one.
    pub(crate) agency_account: Option<Iban>,
}

impl RequestHandler for OnRegisterCreditor {
    type Request = RegisterCreditor;
    type Input = Registration;
    type State = Enrolment;
    type Effect = Nothing;

    async fn prepare(&self, request: RegisterCreditor) -> Result<Registration, RequestError> {
        let hash = request.document;
        let read = fetch(&self.files, hash, DOCUMENT_MAX_BYTES).await?;
        let document = read.and_then(|bytes| read_document(&bytes, hash));
        Ok(Registration(
            document.and_then(|document| beside_the_agency(document, self.agency_account.as_ref())),
        ))
    }

    async fn key(
        _: &mut PgConnection,
        input: &Registration,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        Ok(input.key())
    }

    fn decide(
        state: Enrolment,
        input: &Registration,
        _: &Facts,
    ) -> Result<(Decision<Enrolment>, RegisterCreditorAnswer), Fault> {
        crate::domain::register(state, input)
    }
}
