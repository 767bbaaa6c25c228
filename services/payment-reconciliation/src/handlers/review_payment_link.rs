//! `payment-reconciliation.cmd.review-payment-link`: what is owed on a case changed while a link of
//! it is open.

use contracts::payment_reconciliation::ReviewPaymentLink;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::Case;
use crate::domain::payment_link::{self, CaseLinks, LinkWork};

#[derive(Debug)]
pub(crate) struct OnReviewPaymentLink;

impl Handler for OnReviewPaymentLink {
    type Message = ReviewPaymentLink;
    type State = (CaseLinks, Case);
    type Effect = LinkWork;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&ReviewPaymentLink],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let ids = messages.iter().map(|message| message.case_id.as_uuid());
        Ok(ids.map(|id| vec![(id, id)]).collect())
    }

    fn decide(
        states: (CaseLinks, Case),
        _: &ReviewPaymentLink,
        facts: &Facts,
    ) -> Result<Decision<(CaseLinks, Case), LinkWork>, Fault> {
        payment_link::review(states, facts)
    }
}
