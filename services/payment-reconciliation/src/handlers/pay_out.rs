//! Timer `pay-out`: a creditor is paid in its rhythm, so that a remittance is proposed.

use mailbox::{Decision, Facts, Fault, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::remittance::{self, PAY_OUT, Proposing, Till};

#[derive(Debug)]
pub(crate) struct OnPayOut;

impl TimerHandler for OnPayOut {
    type State = Till;
    type Effect = Proposing;

    const NAME: &'static str = PAY_OUT;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, creditors: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(creditors.iter().map(|creditor_id| vec![*creditor_id]).collect())
    }

    fn decide(till: Till, _: Timestamp, facts: &Facts) -> Result<Decision<Till, Proposing>, Fault> {
        Ok(remittance::pay_out(till, facts))
    }
}
