//! `payment-reconciliation.api.ask-payment-provider`: something became of a payment link.

use contracts::payment_reconciliation::{AskPaymentProvider, AskPaymentProviderAnswer};
use mailbox::{Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::payment_link::{self, CaseLinks, LinkWork};
use crate::store;

#[derive(Debug)]
pub(crate) struct OnAskPaymentProvider;

impl RequestHandler for OnAskPaymentProvider {
    type Request = AskPaymentProvider;
    type Input = AskPaymentProvider;
    type State = CaseLinks;
    type Effect = LinkWork;

    async fn prepare(
        &self,
        request: AskPaymentProvider,
    ) -> Result<AskPaymentProvider, RequestError> {
        Ok(request)
    }

    /// Nil where there is no such link.
    async fn key(
        conn: &mut PgConnection,
        request: &AskPaymentProvider,
        _: &Actor,
    ) -> sqlx::Result<Uuid> {
        Ok(store::case_of_link(conn, request.link_id).await?.unwrap_or_default())
    }

    fn decide(
        links: CaseLinks,
        request: &AskPaymentProvider,
        _: &Facts,
    ) -> Result<(Decision<CaseLinks, LinkWork>, AskPaymentProviderAnswer), Fault> {
        Ok(payment_link::ask(links, request.link_id))
    }
}
