//! `payment-reconciliation.evt.money-cleared`: a case need not wait for money.

use contracts::payment_reconciliation::MoneyCleared;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Track, clear_money};

#[derive(Debug)]
pub(crate) struct OnMoneyCleared;

impl Handler for OnMoneyCleared {
    type Message = MoneyCleared;
    type State = Track;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&MoneyCleared],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        track: Track,
        message: &MoneyCleared,
        facts: &Facts,
    ) -> Result<Decision<Track>, Fault> {
        clear_money(track, message, facts)
    }
}
