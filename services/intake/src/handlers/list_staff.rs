//! `intake.api.list-staff`: the agency's staff.

use contracts::intake::{ListStaff, StaffList};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::store;

pub(crate) struct AnswerListStaff;

impl Query for AnswerListStaff {
    type Request = ListStaff;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        _: ListStaff,
        _: Timestamp,
    ) -> sqlx::Result<StaffList> {
        Ok(StaffList { staff: store::list_staff(conn).await? })
    }
}
