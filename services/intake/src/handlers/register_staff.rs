//! `intake.api.register-staff`: the document of a member of staff from the file store.

use contracts::intake::{RegisterStaff, RegisterStaffAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use runtime::files::FileStore;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fetch;
use crate::domain::{
    DOCUMENT_MAX_BYTES, Reached, Staff, StaffRegistration, read_staff_document, register_staff,
};

pub(crate) struct OnRegisterStaff {
    pub(crate) files: FileStore,
}

impl RequestHandler for OnRegisterStaff {
    type Request = RegisterStaff;
    type Input = StaffRegistration;
    type State = Reached<Staff>;
    type Effect = Nothing;

    async fn prepare(&self, request: RegisterStaff) -> Result<StaffRegistration, RequestError> {
        let read = fetch(&self.files, request.document, DOCUMENT_MAX_BYTES).await?;
        Ok(StaffRegistration(read.and_then(|bytes| read_staff_document(&bytes))))
    }

    async fn key(
        _: &mut PgConnection,
        input: &StaffRegistration,
        _: &Actor,
    ) -> sqlx::Result<Option<Uuid>> {
        Ok(input.key())
    }

    fn decide(
        state: Reached<Staff>,
        input: &StaffRegistration,
        _: &Facts,
    ) -> Result<(Decision<Reached<Staff>>, RegisterStaffAnswer), Fault> {
        register_staff(state, input)
    }
}
