//! Monitoring: what happened, who did it, by which rule; and what a creditor learns of it.
//!
//! It observes and runs no case. All that it hears goes into the audit trail; when a case is over,
//! its creditor is told what was done and learnt.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod audit_trail;
    pub(crate) mod case_closed;
    pub(crate) mod feedback;
    pub(crate) mod trail;
}

use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, DirectPaymentReported,
    DirectPaymentRetracted,
};
use contracts::letter::{Dispatched, NotSent, NoteDispatched, NoteNotSent, Uncertain};
use contracts::mediation::{PromiseJudged, PromiseMade};
use contracts::payment_reconciliation::{
    ChargesBooked, ClaimSettled, PaymentAllocated, RefundApproved, RefundPaid, RefundReturned,
    RemittanceApproved, RemittancePaid, RemittanceReturned,
};
use contracts::scheduler::{CaseClosed, CaseHeld, PermitGranted, PermitRefused, PromiseAwaited};
use contracts::telephony_task::{CallClosed, CallNotMade, TaskClaimed};
use mailbox::Mailbox;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::MonitoringConfig;

use handlers::{
    audit_trail::AnswerAuditTrail, case_closed::OnCaseClosed, feedback::OnFeedback, trail::Trail,
};

/// The migrations of monitoring's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct Monitoring;

impl Service for Monitoring {
    const NAME: &'static str = "monitoring";

    type Config = MonitoringConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<MonitoringConfig>) -> Result<(), BoxError> {
        let settings = context.config.service.mailbox.clone();
        Ok(mailbox().start(&context, settings).await?)
    }
}

/// Everything that monitoring takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(Monitoring::NAME)
        .project::<Trail<CaseOpened>>()
        .project::<Trail<ClaimRegistered>>()
        .project::<Trail<ClaimCredited>>()
        .project::<Trail<ClaimWithdrawn>>()
        .project::<Trail<DirectPaymentReported>>()
        .project::<Trail<DirectPaymentRetracted>>()
        .project::<Trail<PermitGranted>>()
        .project::<Trail<PermitRefused>>()
        .project::<Trail<CaseHeld>>()
        .project::<Trail<PromiseAwaited>>()
        .project::<Trail<CaseClosed>>()
        .project::<Trail<Dispatched>>()
        .project::<Trail<NotSent>>()
        .project::<Trail<Uncertain>>()
        .project::<Trail<NoteDispatched>>()
        .project::<Trail<NoteNotSent>>()
        .project::<Trail<TaskClaimed>>()
        .project::<Trail<CallClosed>>()
        .project::<Trail<CallNotMade>>()
        .project::<Trail<PromiseMade>>()
        .project::<Trail<PromiseJudged>>()
        .project::<Trail<PaymentAllocated>>()
        .project::<Trail<ChargesBooked>>()
        .project::<Trail<ClaimSettled>>()
        .project::<Trail<RemittanceApproved>>()
        .project::<Trail<RemittancePaid>>()
        .project::<Trail<RefundApproved>>()
        .project::<Trail<RefundPaid>>()
        .project::<Trail<RefundReturned>>()
        .project::<Trail<RemittanceReturned>>()
        .handle::<OnCaseClosed>()
        .timer::<OnFeedback>()
        .query(AnswerAuditTrail)
        .check("permit-for-each-act", |conn, now| Box::pin(store::permit_for_each_act(conn, now)))
        .check("feedback-sent", |conn, now| Box::pin(store::feedback_sent(conn, now)))
}
