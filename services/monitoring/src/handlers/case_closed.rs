//! `scheduler.evt.case-closed`: a case is over; its creditor is told on the next morning.

use contracts::scheduler::CaseClosed;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{WatchedCase, watch};

#[derive(Debug)]
pub(crate) struct OnCaseClosed;

impl Handler for OnCaseClosed {
    type Message = CaseClosed;
    type State = WatchedCase;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&CaseClosed]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        watched: WatchedCase,
        _: &CaseClosed,
        facts: &Facts,
    ) -> Result<Decision<WatchedCase>, Fault> {
        Ok(watch(watched, facts))
    }
}
