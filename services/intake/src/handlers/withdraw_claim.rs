//! `intake.api.withdraw-claim`: a creditor takes a claim back.

use contracts::intake::{WithdrawClaim, WithdrawClaimAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Customer, Reached, withdraw};
use crate::store;

pub(crate) struct OnWithdrawClaim;

impl RequestHandler for OnWithdrawClaim {
    type Request = WithdrawClaim;
    type Input = WithdrawClaim;
    type State = Reached<Customer>;
    type Effect = Nothing;

    async fn prepare(&self, request: WithdrawClaim) -> Result<WithdrawClaim, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        input: &WithdrawClaim,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        store::customer_of(conn, input.claim_id).await
    }

    fn decide(
        state: Reached<Customer>,
        input: &WithdrawClaim,
        facts: &Facts,
    ) -> Result<(Decision<Reached<Customer>>, WithdrawClaimAnswer), Fault> {
        withdraw(state, input, facts)
    }
}
