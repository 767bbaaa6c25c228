//! Telephony-task: who may call whom when, and what followed?
//!
//! It keeps the calls to be made, hands each to one caller with a valid certificate, and takes down
//! how the call went. Nobody is called without a permit of the scheduler. It knows no name and no
//! number; what was said stands in one erasable table.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod calls;
    pub(crate) mod case_opened;
    pub(crate) mod claim_task;
    pub(crate) mod close_task;
    pub(crate) mod create_task;
    pub(crate) mod list_tasks;
    pub(crate) mod staff_registered;
    pub(crate) mod task_end;
    pub(crate) mod withdraw_task;
}

use mailbox::Mailbox;
use runtime::error::BoxError;
use runtime::files::FileStore;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::TelephonyTaskConfig;

use handlers::{
    calls::AnswerCalls, case_opened::OnCaseOpened, claim_task::OnClaimTask,
    close_task::OnCloseTask, create_task::OnCreateTask, list_tasks::AnswerListTasks,
    staff_registered::OnStaffRegistered, task_end::OnTaskEnd, withdraw_task::OnWithdrawTask,
};

/// The migrations of the service's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct TelephonyTask;

impl Service for TelephonyTask {
    const NAME: &'static str = "telephony-task";

    type Config = TelephonyTaskConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<TelephonyTaskConfig>) -> Result<(), BoxError> {
        let settings = context.config.service.mailbox.clone();
        Ok(mailbox(context.files.clone()).start(&context, settings).await?)
    }
}

/// Everything that the service takes in.
#[must_use]
pub fn mailbox(files: FileStore) -> Mailbox {
    Mailbox::of(TelephonyTask::NAME)
        .handle::<OnCaseOpened>()
        .handle::<OnStaffRegistered>()
        .handle::<OnCreateTask>()
        .handle::<OnWithdrawTask>()
        .timer::<OnTaskEnd>()
        .change(OnClaimTask)
        .change(OnCloseTask { files })
        .query(AnswerListTasks)
        .query(AnswerCalls)
        .check("calls-end", |conn, now| Box::pin(store::calls_end(conn, now)))
        .check("calls-accounted", |conn, now| Box::pin(store::calls_accounted(conn, now)))
}
