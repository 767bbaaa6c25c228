//! `scheduler.evt.case-held`: a case waits for a person, maybe for what its debtor said.

use contracts::scheduler::CaseHeld;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::payment_link::{self, CaseLinks, LinkWork};

#[derive(Debug)]
pub(crate) struct OnCaseHeld;

impl Handler for OnCaseHeld {
    type Message = CaseHeld;
    type State = CaseLinks;
    type Effect = LinkWork;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&CaseHeld]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        links: CaseLinks,
        message: &CaseHeld,
        _: &Facts,
    ) -> Result<Decision<CaseLinks, LinkWork>, Fault> {
        Ok(payment_link::hold(links, message))
    }
}
