//! `intake.evt.case-opened`: a case begins, under a version of its creditor's agreement.

use contracts::intake::CaseOpened;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, Case};
use crate::domain::terms::Agreements;

#[derive(Debug)]
pub(crate) struct OnCaseOpened;

impl Handler for OnCaseOpened {
    type Message = CaseOpened;
    /// The agreements come first: a case that waits for its agreement waits at their row.
    type State = (Agreements, Case);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&CaseOpened],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key = |it: &&CaseOpened| (it.creditor_id.as_uuid(), it.case_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Agreements, Case),
        message: &CaseOpened,
        _: &Facts,
    ) -> Result<Decision<(Agreements, Case)>, Fault> {
        case::open(states, message)
    }
}
