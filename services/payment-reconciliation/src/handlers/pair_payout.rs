//! `payment-reconciliation.cmd.pair-payout`: which payments by link does the provider pay out?

use contracts::payment_reconciliation::PairPayout;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::provider_payout::{self, Pairing, PayoutWork};

#[derive(Debug)]
pub(crate) struct OnPairPayout;

impl Handler for OnPairPayout {
    type Message = PairPayout;
    type State = Pairing;
    type Effect = PayoutWork;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&PairPayout],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let ids = messages.iter().map(|message| message.payment_id.as_uuid());
        Ok(ids.map(|id| vec![(id, id)]).collect())
    }

    fn decide(
        pairing: Pairing,
        _: &PairPayout,
        facts: &Facts,
    ) -> Result<Decision<Pairing, PayoutWork>, Fault> {
        provider_payout::pair(pairing, facts)
    }
}
