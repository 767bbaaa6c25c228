//! `intake.evt.staff-registered`: what a member of staff may do now.

use contracts::intake::StaffRegistered;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{StaffMember, register};

#[derive(Debug)]
pub(crate) struct OnStaffRegistered;

impl Handler for OnStaffRegistered {
    type Message = StaffRegistered;
    type State = StaffMember;
    type Effect = Nothing;

    const ORDER: Order = Order::LatestWins;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&StaffRegistered],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.staff_id.as_uuid()]).collect())
    }

    fn decide(
        member: StaffMember,
        message: &StaffRegistered,
        facts: &Facts,
    ) -> Result<Decision<StaffMember>, Fault> {
        Ok(register(member, message, facts))
    }
}
