//! `payment-reconciliation.api.record-mandate`: a debtor lets us collect by direct debit.

use contracts::payment_reconciliation::{RecordMandate, RecordMandateAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use runtime::error::chain;
use runtime::files::FileStore;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::Case;
use crate::domain::mandate::{self, Debtor, Handed, Mandate};

/// A name and an account number are no more.
const DEBTOR_BYTES_MAX: u64 = 4096;

#[derive(Debug)]
pub(crate) struct OnRecordMandate {
    pub(crate) files: FileStore,
    /// Whether the configuration says who collects.
    pub(crate) has_identifier: bool,
}

impl RequestHandler for OnRecordMandate {
    type Request = RecordMandate;
    type Input = Handed;
    type State = (Mandate, Case);
    type Effect = Nothing;

    async fn prepare(&self, request: RecordMandate) -> Result<Handed, RequestError> {
        with_identifier(self.has_identifier)?;
        let content = self.files.get_at_most(request.debtor, DEBTOR_BYTES_MAX).await;
        let content = content.map_err(|error| RequestError::Refused(chain(&error)))?;
        // What is wrong with it is not repeated: it is personal.
        let debtor: Debtor = serde_json::from_slice(&content).map_err(|_| {
            let said = "the debtor is not JSON of a `name` and an `account`, which is an IBAN";
            RequestError::Refused(said.to_owned())
        })?;
        if debtor.name.trim().is_empty() {
            let said = "the mandate names nobody: whose account is it?";
            return Err(RequestError::Refused(said.to_owned()));
        }
        Ok(Handed { request, debtor })
    }

    async fn key(_: &mut PgConnection, it: &Handed, _: &Actor) -> sqlx::Result<(Uuid, Uuid)> {
        let mandate_id = Mandate::id_of(&it.request.reference);
        Ok((mandate_id.as_uuid(), it.request.case_id.as_uuid()))
    }

    fn decide(
        states: (Mandate, Case),
        handed: &Handed,
        facts: &Facts,
    ) -> Result<(Decision<(Mandate, Case), Nothing>, RecordMandateAnswer), Fault> {
        Ok(mandate::record(states, handed, facts))
    }
}

/// Refuses what needs to say who collects.
pub(super) fn with_identifier(has_identifier: bool) -> Result<(), RequestError> {
    if has_identifier {
        return Ok(());
    }
    let reason = "nothing can be collected by direct debit: set `creditor_identifier`, \
                  `payer_name` and `client_accounts` in the configuration of \
                  payment-reconciliation";
    Err(RequestError::Refused(reason.to_owned()))
}
