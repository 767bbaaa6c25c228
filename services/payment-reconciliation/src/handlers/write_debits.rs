//! `payment-reconciliation.api.write-debits`: a file of what was approved, for the bank.

use contracts::payment_reconciliation::{WriteDebits, WriteDebitsAnswer};
use contracts::scheduler::GetCasePosition;
use mailbox::{Asker, Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use runtime::error::chain;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::record_mandate::with_identifier;
use crate::domain::debit::{self, DebitOffice, DebitWork, Said};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnWriteDebits {
    pub(crate) pool: PgPool,
    pub(crate) asker: Asker,
    /// Whether the configuration says who collects.
    pub(crate) has_identifier: bool,
}

impl RequestHandler for OnWriteDebits {
    type Request = WriteDebits;
    type Input = Said;
    type State = DebitOffice;
    type Effect = DebitWork;

    /// The scheduler alone knows what a debtor said, and what is on hold.
    async fn prepare(&self, _: WriteDebits) -> Result<Said, RequestError> {
        with_identifier(self.has_identifier)?;
        let cases = match self.pool.acquire().await {
            Ok(mut conn) => store::cases_to_debit(&mut conn).await,
            Err(error) => Err(error),
        };
        let cases = cases.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        let mut said = Said::new();
        for case_id in cases {
            let told = self.asker.ask(&GetCasePosition { case_id }).await;
            let told = told.map_err(|error| RequestError::Unavailable(chain(&error)))?;
            said.insert(case_id, told);
        }
        Ok(said)
    }

    async fn key(_: &mut PgConnection, _: &Said, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(DebitOffice::ID)
    }

    fn decide(
        office: DebitOffice,
        said: &Said,
        facts: &Facts,
    ) -> Result<(Decision<DebitOffice, DebitWork>, WriteDebitsAnswer), Fault> {
        debit::write(office, said, facts)
    }
}
