//! Timer `pair-payout`: what a pay-out waits for may be known by now.

use mailbox::{Decision, Facts, Fault, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::provider_payout::{self, Pairing, PayoutWork, TRY_AGAIN};

#[derive(Debug)]
pub(crate) struct OnTryPayoutAgain;

impl TimerHandler for OnTryPayoutAgain {
    type State = Pairing;
    type Effect = PayoutWork;

    const NAME: &'static str = TRY_AGAIN;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, payouts: &[Uuid]) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        Ok(payouts.iter().map(|id| vec![(*id, *id)]).collect())
    }

    fn decide(
        pairing: Pairing,
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<Pairing, PayoutWork>, Fault> {
        provider_payout::pair(pairing, facts)
    }
}
