//! `payment-reconciliation.api.approve-debit`: a second person has a direct debit collected.

use contracts::payment_reconciliation::{ApproveDebit, ApproveDebitAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::debit::{self, Proposing};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnApproveDebit;

impl RequestHandler for OnApproveDebit {
    type Request = ApproveDebit;
    type Input = ApproveDebit;
    type State = Proposing;
    type Effect = Nothing;

    async fn prepare(&self, request: ApproveDebit) -> Result<ApproveDebit, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        request: &ApproveDebit,
        _: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        let (case, mandate) = store::rows_of_debit(conn, request.debit_id).await?;
        Ok((case, mandate, case))
    }

    fn decide(
        states: Proposing,
        request: &ApproveDebit,
        facts: &Facts,
    ) -> Result<(Decision<Proposing, Nothing>, ApproveDebitAnswer), Fault> {
        debit::approve(states, request.debit_id, facts)
    }
}
