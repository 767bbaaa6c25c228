//! `payment-reconciliation.api.close-debit`: a direct debit is withdrawn, or the bank refused it.

use contracts::payment_reconciliation::{CloseDebit, CloseDebitAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::debit::{self, CaseDebits};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnCloseDebit;

impl RequestHandler for OnCloseDebit {
    type Request = CloseDebit;
    type Input = CloseDebit;
    type State = CaseDebits;
    type Effect = Nothing;

    async fn prepare(&self, request: CloseDebit) -> Result<CloseDebit, RequestError> {
        Ok(request)
    }

    async fn key(conn: &mut PgConnection, it: &CloseDebit, _: &Actor) -> sqlx::Result<Uuid> {
        let (case, _) = store::rows_of_debit(conn, it.debit_id).await?;
        Ok(case)
    }

    fn decide(
        debits: CaseDebits,
        request: &CloseDebit,
        facts: &Facts,
    ) -> Result<(Decision<CaseDebits, Nothing>, CloseDebitAnswer), Fault> {
        Ok(debit::close(debits, request, facts))
    }
}
