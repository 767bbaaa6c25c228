//! `intake.api.register-creditor`: a creditor's document from the file store.

use contracts::agreement::PayTo;
use contracts::intake::{Problem, RegisterCreditor, RegisterCreditorAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Iban;
use runtime::files::FileStore;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fetch;
use crate::domain::{
    CreditorDocument, DOCUMENT_MAX_BYTES, Enrolment, Registration, account_of_the_agency,
    pay_to_nobody, read_document,
};

pub(crate) struct OnRegisterCreditor {
    pub(crate) files: FileStore,
    /// The agency's own account to be paid to, where it has one.
    pub(crate) agency_account: Option<Iban>,
}

impl OnRegisterCreditor {
    /// The document, where it agrees with the agency's own account.
    fn beside_the_agency(
        &self,
        document: CreditorDocument,
    ) -> Result<CreditorDocument, Vec<Problem>> {
        let agreed = &document.agreed;
        let nobody = agreed.agreement.pay_to == PayTo::Agency && self.agency_account.is_none();
        let same = self.agency_account.as_ref() == Some(&agreed.account);
        let problems: Vec<Problem> = [nobody.then(pay_to_nobody), same.then(account_of_the_agency)]
            .into_iter()
            .flatten()
            .collect();
        if problems.is_empty() { Ok(document) } else { Err(problems) }
    }
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
        Ok(Registration(document.and_then(|document| self.beside_the_agency(document))))
    }

    async fn key(_: &mut PgConnection, input: &Registration) -> sqlx::Result<Option<Uuid>> {
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
