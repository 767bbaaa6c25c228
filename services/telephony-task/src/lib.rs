//! Telephony-task: who may call whom when, and what followed?
//!
//! It keeps the calls to be made, hands each to one caller with a valid certificate, and takes down
//! how the call went. Nobody is called without a permit of the scheduler. It knows no name and no
//! number; what was said stands in one erasable table.

mod config;
pub mod domain;
mod handlers;
mod store;

use std::time::Duration;

use mailbox::{Asker, Mailbox};
use primitives::Actor;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::TelephonyTaskConfig;

use handlers::{
    calls::AnswerCalls, case_opened::OnCaseOpened, claim_task::OnClaimTask,
    close_task::OnCloseTask, create_task::OnCreateTask, list_tasks::AnswerListTasks,
    release_task::OnReleaseTask, staff_registered::OnStaffRegistered, task_end::OnTaskEnd,
    withdraw_task::OnWithdrawTask,
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
        let config = &context.config.service;
        let asker = Asker::new(
            context.nats.clone(),
            Duration::from_millis(config.ask_timeout_ms),
            Actor::Machine(Self::NAME.to_owned()),
        );
        let files = context.files.clone();
        mailbox()
            .change(OnClaimTask { asker: asker.clone() })
            .change(OnCloseTask { files, asker })
            .start(&context, config.mailbox.clone())
            .await?;
        Ok(())
    }
}

/// Everything that the service takes in, but for what needs its surroundings: to take a call on,
/// and to write it down.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(TelephonyTask::NAME)
        .handle::<OnCaseOpened>()
        .handle::<OnStaffRegistered>()
        .handle::<OnCreateTask>()
        .handle::<OnWithdrawTask>()
        .timer::<OnTaskEnd>()
        .change(OnReleaseTask)
        .query(AnswerListTasks)
        .query(AnswerCalls)
        .check("calls-end", |conn, now| Box::pin(store::calls_end(conn, now)))
        .check("calls-accounted", |conn, now| Box::pin(store::calls_accounted(conn, now)))
}
