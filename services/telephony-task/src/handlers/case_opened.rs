//! `intake.evt.case-opened`: where the debtor of a case is.

use contracts::intake::CaseOpened;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Case, open};

#[derive(Debug)]
pub(crate) struct OnCaseOpened;

impl Handler for OnCaseOpened {
    type Message = CaseOpened;
    type State = Case;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&CaseOpened]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(case: Case, message: &CaseOpened, _: &Facts) -> Result<Decision<Case>, Fault> {
        open(case, message)
    }
}
