//! `intake.api.register-creditor`: a creditor's document from the file store.

use contracts::agreement::PayTo;
use contracts::intake::{RegisterCreditor, RegisterCreditorAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use runtime::files::FileStore;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fetch;
use crate::domain::{
    Creditor, DOCUMENT_MAX_BYTES, Reached, Registration, pay_to_nobody, read_document,
};

pub(crate) struct OnRegisterCreditor {
    pub(crate) files: FileStore,
    /// Whether the agency has an account of its own to be paid to.
    pub(crate) agency_is_paid: bool,
}

impl RequestHandler for OnRegisterCreditor {
    type Request = RegisterCreditor;
    type Input = Registration;
    type State = Reached<Creditor>;
    type Effect = Nothing;

    async fn prepare(&self, request: RegisterCreditor) -> Result<Registration, RequestError> {
        let hash = request.document;
        let read = fetch(&self.files, hash, DOCUMENT_MAX_BYTES).await?;
        let document = read.and_then(|bytes| read_document(&bytes, hash));
        Ok(Registration(document.and_then(|document| match document.agreed.agreement.pay_to {
            PayTo::Agency if !self.agency_is_paid => Err(vec![pay_to_nobody()]),
            PayTo::Agency | PayTo::Creditor { .. } => Ok(document),
        })))
    }

    async fn key(_: &mut PgConnection, input: &Registration) -> sqlx::Result<Option<Uuid>> {
        Ok(input.key())
    }

    fn decide(
        state: Reached<Creditor>,
        input: &Registration,
        _: &Facts,
    ) -> Result<(Decision<Reached<Creditor>>, RegisterCreditorAnswer), Fault> {
        crate::domain::register(state, input)
    }
}
