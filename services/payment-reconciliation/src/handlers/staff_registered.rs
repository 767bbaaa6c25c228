//! `intake.evt.staff-registered`: who may send money to creditors.

use contracts::intake::StaffRegistered;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::staff::{Staff, register_staff};

#[derive(Debug)]
pub(crate) struct OnStaffRegistered;

impl Handler for OnStaffRegistered {
    type Message = StaffRegistered;
    type State = Staff;
    type Effect = Nothing;

    const ORDER: Order = Order::LatestWins;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&StaffRegistered],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.staff_id.as_uuid()]).collect())
    }

    fn decide(
        staff: Staff,
        message: &StaffRegistered,
        facts: &Facts,
    ) -> Result<Decision<Staff>, Fault> {
        Ok(register_staff(staff, message, facts))
    }
}
