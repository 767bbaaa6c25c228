//! `telephony-task.api.close-task`: a caller writes down how a call went.

use contracts::telephony_task::{CloseTask, CloseTaskAnswer};
use mailbox::{Asker, Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};
use sqlx::PgConnection;
use uuid::Uuid;

use super::owed;
use crate::domain::{BYTES_MAX, CallTask, Closing, Owed, Summary, SummaryFault, close};

#[derive(Debug)]
pub(crate) struct OnCloseTask {
    pub(crate) files: FileStore,
    pub(crate) asker: Asker,
}

impl RequestHandler for OnCloseTask {
    type Request = CloseTask;
    type Input = Closing;
    type State = CallTask;
    type Effect = Nothing;

    async fn prepare(&self, request: CloseTask) -> Result<Closing, RequestError> {
        let refused = |fault: SummaryFault| RequestError::Refused(fault.to_string());
        let bytes = match self.files.get_at_most(request.summary, BYTES_MAX).await {
            Ok(bytes) => bytes,
            Err(FileStoreError::TooLarge { .. }) => return Err(refused(SummaryFault::TooLong)),
            Err(error @ FileStoreError::NotFound { .. }) => {
                return Err(RequestError::Refused(format!("{error}: put the summary there first")));
            }
            Err(
                error @ (FileStoreError::Corrupt { .. }
                | FileStoreError::Incoming(_)
                | FileStoreError::Folder { .. }),
            ) => return Err(RequestError::Unavailable(chain(&error))),
        };
        let summary = Summary::read(&bytes).map_err(refused)?;
        // What is owed matters to a promise only; any other call can be written down without it.
        let owed = match &request.promise {
            Some(_) => owed(&self.asker, request.case_id).await?,
            None => Owed { case_id: request.case_id, position: None },
        };
        Ok(Closing { request, summary, owed })
    }

    async fn key(_: &mut PgConnection, input: &Closing, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(input.request.task_id.as_uuid())
    }

    fn decide(
        task: CallTask,
        input: &Closing,
        facts: &Facts,
    ) -> Result<(Decision<CallTask>, CloseTaskAnswer), Fault> {
        Ok(close(task, input, facts))
    }
}
