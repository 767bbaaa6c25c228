//! `intake.api.retract-direct-payment`: a report of a payment to the creditor was wrong.

use contracts::intake::{RetractDirectPayment, RetractDirectPaymentAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Customer, Reached, retract_direct_payment};
use crate::store;

pub(crate) struct OnRetractDirectPayment;

impl RequestHandler for OnRetractDirectPayment {
    type Request = RetractDirectPayment;
    type Input = RetractDirectPayment;
    type State = Reached<Customer>;
    type Effect = Nothing;

    async fn prepare(
        &self,
        request: RetractDirectPayment,
    ) -> Result<RetractDirectPayment, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        input: &RetractDirectPayment,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        store::customer_that_paid(conn, input.payment_id).await
    }

    fn decide(
        state: Reached<Customer>,
        input: &RetractDirectPayment,
        facts: &Facts,
    ) -> Result<(Decision<Reached<Customer>>, RetractDirectPaymentAnswer), Fault> {
        retract_direct_payment(state, input, facts)
    }
}
