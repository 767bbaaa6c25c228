//! `payment-reconciliation.evt.money-awaited`: money may be for a case.

use contracts::payment_reconciliation::MoneyAwaited;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, await_money};

#[derive(Debug)]
pub(crate) struct OnMoneyAwaited;

impl Handler for OnMoneyAwaited {
    type Message = MoneyAwaited;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&MoneyAwaited],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &MoneyAwaited,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        await_money(track, message, facts)
    }
}
