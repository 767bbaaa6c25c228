//! `intake.api.report-direct-payment`: a debtor paid the creditor itself.

use contracts::intake::{ReportDirectPayment, ReportDirectPaymentAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Customer, Reached, report_direct_payment};
use crate::store;

pub(crate) struct OnReportDirectPayment;

impl RequestHandler for OnReportDirectPayment {
    type Request = ReportDirectPayment;
    type Input = ReportDirectPayment;
    type State = Reached<Customer>;
    type Effect = Nothing;

    async fn prepare(
        &self,
        request: ReportDirectPayment,
    ) -> Result<ReportDirectPayment, RequestError> {
        Ok(request)
    }

    async fn key(
        conn: &mut PgConnection,
        input: &ReportDirectPayment,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        store::customer_of(conn, input.claim_id).await
    }

    fn decide(
        state: Reached<Customer>,
        input: &ReportDirectPayment,
        facts: &Facts,
    ) -> Result<(Decision<Reached<Customer>>, ReportDirectPaymentAnswer), Fault> {
        report_direct_payment(state, input, facts)
    }
}
