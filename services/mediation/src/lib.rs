//! Mediation: what was agreed with a debtor, and whether it was kept.
//!
//! So far it keeps promises: it takes them from closed calls and judges them by what was received.
//! When a promise is due is the scheduler's business, and so is what follows.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod call_closed;
    pub(crate) mod claim_settled;
    pub(crate) mod judge_promise;
    pub(crate) mod payment_allocated;
    pub(crate) mod promises;
}

use mailbox::Mailbox;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::MediationConfig;

use handlers::{
    call_closed::OnCallClosed, claim_settled::OnClaimSettled, judge_promise::OnJudgePromise,
    payment_allocated::OnPaymentAllocated, promises::AnswerPromises,
};

/// The migrations of mediation's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct Mediation;

impl Service for Mediation {
    const NAME: &'static str = "mediation";

    type Config = MediationConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<MediationConfig>) -> Result<(), BoxError> {
        let settings = context.config.service.mailbox.clone();
        Ok(mailbox().start(&context, settings).await?)
    }
}

/// Everything that mediation takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(Mediation::NAME)
        .handle::<OnCallClosed>()
        .handle::<OnPaymentAllocated>()
        .handle::<OnClaimSettled>()
        .handle::<OnJudgePromise>()
        .query(AnswerPromises)
        .check("promises-judged", |conn, now| Box::pin(store::promises_judged(conn, now)))
}
