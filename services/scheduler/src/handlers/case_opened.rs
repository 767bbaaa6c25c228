//! `intake.evt.case-opened`: a case begins, under a version of its creditor's agreement.

use contracts::intake::CaseOpened;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Creditor, Track, open};

#[derive(Debug)]
pub(crate) struct OnCaseOpened;

impl Handler for OnCaseOpened {
    type Message = CaseOpened;
    /// The creditor comes first: a case that waits for its agreement waits at the creditor's row.
    type State = (Creditor, Track);
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&CaseOpened],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let key =
            |message: &&CaseOpened| (message.creditor_id.as_uuid(), message.case_id.as_uuid());
        Ok(messages.iter().map(|message| vec![key(message)]).collect())
    }

    fn decide(
        states: (Creditor, Track),
        message: &CaseOpened,
        facts: &Facts,
    ) -> Result<Decision<(Creditor, Track)>, Fault> {
        open(states, message, facts)
    }
}
