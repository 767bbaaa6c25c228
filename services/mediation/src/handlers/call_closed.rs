//! `telephony-task.evt.call-closed`: a call was made; it may have brought a promise.

use contracts::telephony_task::CallClosed;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CaseFile, close_call};

#[derive(Debug)]
pub(crate) struct OnCallClosed;

impl Handler for OnCallClosed {
    type Message = CallClosed;
    type State = CaseFile;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&CallClosed]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        file: CaseFile,
        message: &CallClosed,
        facts: &Facts,
    ) -> Result<Decision<CaseFile>, Fault> {
        Ok(close_call(file, message, facts))
    }
}
