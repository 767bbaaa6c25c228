//! Timer `charge`: costs and interest may be asked from today on.

use mailbox::{Decision, Facts, Fault, Nothing, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::{self, CHARGE, Case};

#[derive(Debug)]
pub(crate) struct OnCharge;

impl TimerHandler for OnCharge {
    type State = Case;
    type Effect = Nothing;

    const NAME: &'static str = CHARGE;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case| vec![*case]).collect())
    }

    fn decide(case: Case, _: Timestamp, facts: &Facts) -> Result<Decision<Case>, Fault> {
        case::charge(case, facts)
    }
}
