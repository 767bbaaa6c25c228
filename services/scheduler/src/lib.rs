//! The scheduler: where each case stands, what comes next, and whether it may happen now.
//!
//! It alone grants permits, after the law gate and under the person's lock. It performs nothing and
//! knows no name or address.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod agreement_agreed;
    pub(crate) mod case_opened;
    pub(crate) mod case_position;
    pub(crate) mod claim_credited;
    pub(crate) mod claim_registered;
    pub(crate) mod claim_settled;
    pub(crate) mod claim_withdrawn;
    pub(crate) mod letter_dispatched;
    pub(crate) mod letter_not_sent;
    pub(crate) mod letter_uncertain;
    pub(crate) mod list_positions;
    pub(crate) mod next_step;
    pub(crate) mod payment_allocated;
    pub(crate) mod permit_end;
    pub(crate) mod review;
}

use mailbox::Mailbox;
use sqlx::migrate::Migrator;

pub use config::SchedulerConfig;

use handlers::agreement_agreed::OnAgreementAgreed;
use handlers::case_opened::OnCaseOpened;
use handlers::case_position::AnswerCasePosition;
use handlers::claim_credited::OnClaimCredited;
use handlers::claim_registered::OnClaimRegistered;
use handlers::claim_settled::OnClaimSettled;
use handlers::claim_withdrawn::OnClaimWithdrawn;
use handlers::letter_dispatched::OnDispatched;
use handlers::letter_not_sent::OnNotSent;
use handlers::letter_uncertain::OnUncertain;
use handlers::list_positions::AnswerListPositions;
use handlers::next_step::OnNextStep;
use handlers::payment_allocated::OnPaymentAllocated;
use handlers::permit_end::OnPermitEnd;
use handlers::review::OnReview;

/// The migrations of the scheduler's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// Everything that the scheduler takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of("scheduler")
        .handle::<OnAgreementAgreed>()
        .handle::<OnCaseOpened>()
        .handle::<OnClaimRegistered>()
        .handle::<OnClaimCredited>()
        .handle::<OnClaimWithdrawn>()
        .handle::<OnDispatched>()
        .handle::<OnNotSent>()
        .handle::<OnUncertain>()
        .handle::<OnPaymentAllocated>()
        .handle::<OnClaimSettled>()
        .timer::<OnNextStep>()
        .timer::<OnPermitEnd>()
        .timer::<OnReview>()
        .query(AnswerCasePosition)
        .query(AnswerListPositions)
        .check("never-let-go", |conn, now| Box::pin(store::never_let_go(conn, now)))
        .check("gate", |conn, now| Box::pin(store::gate(conn, now)))
        .check("contact-budget", |conn, now| Box::pin(store::contact_budget(conn, now)))
}
