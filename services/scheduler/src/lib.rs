//! The scheduler: where each case stands, what comes next, and whether it may happen now.
//!
//! It alone grants permits, after the law gate and under the person's lock. It performs nothing and
//! knows no name or address.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod agreement_agreed;
    pub(crate) mod call_closed;
    pub(crate) mod call_not_made;
    pub(crate) mod case_opened;
    pub(crate) mod case_position;
    pub(crate) mod claim_credited;
    pub(crate) mod claim_registered;
    pub(crate) mod claim_settled;
    pub(crate) mod claim_withdrawn;
    pub(crate) mod decide_case;
    pub(crate) mod explain_case;
    pub(crate) mod hold_changes;
    pub(crate) mod letter_dispatched;
    pub(crate) mod letter_not_sent;
    pub(crate) mod letter_uncertain;
    pub(crate) mod lift_hold;
    pub(crate) mod list_holds;
    pub(crate) mod list_positions;
    pub(crate) mod money_awaited;
    pub(crate) mod money_cleared;
    pub(crate) mod next_step;
    pub(crate) mod payment_allocated;
    pub(crate) mod payments_known;
    pub(crate) mod permit_end;
    pub(crate) mod place_hold;
    pub(crate) mod preview_hold;
    pub(crate) mod promise_due;
    pub(crate) mod promise_judged;
    pub(crate) mod promise_made;
    pub(crate) mod record_reason;
    pub(crate) mod review;
    pub(crate) mod spread_hold;
    pub(crate) mod weigh_hold;
}

use mailbox::Mailbox;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::SchedulerConfig;

use handlers::{
    agreement_agreed::OnAgreementAgreed, call_closed::OnCallClosed, call_not_made::OnCallNotMade,
    case_opened::OnCaseOpened, case_position::AnswerCasePosition, claim_credited::OnClaimCredited,
    claim_registered::OnClaimRegistered, claim_settled::OnClaimSettled,
    claim_withdrawn::OnClaimWithdrawn, decide_case::OnDecideCase, explain_case::AnswerExplainCase,
    hold_changes::OnHoldChanges, letter_dispatched::OnDispatched, letter_not_sent::OnNotSent,
    letter_uncertain::OnUncertain, lift_hold::OnLiftHold, list_holds::AnswerListHolds,
    list_positions::AnswerListPositions, money_awaited::OnMoneyAwaited,
    money_cleared::OnMoneyCleared, next_step::OnNextStep, payment_allocated::OnPaymentAllocated,
    payments_known::OnPaymentsKnown, permit_end::OnPermitEnd, place_hold::OnPlaceHold,
    preview_hold::AnswerPreviewHold, promise_due::OnPromiseDue, promise_judged::OnPromiseJudged,
    promise_made::OnPromiseMade, record_reason::OnRecordReason, review::OnReview,
    spread_hold::OnSpreadHold, weigh_hold::OnWeighHold,
};

/// The migrations of the scheduler's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct Scheduler;

impl Service for Scheduler {
    const NAME: &'static str = "scheduler";

    type Config = SchedulerConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<SchedulerConfig>) -> Result<(), BoxError> {
        let settings = context.config.service.mailbox.clone();
        Ok(mailbox().start(&context, settings).await?)
    }
}

/// Everything that the scheduler takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(Scheduler::NAME)
        .handle::<OnAgreementAgreed>()
        .handle::<OnCaseOpened>()
        .handle::<OnClaimRegistered>()
        .handle::<OnClaimCredited>()
        .handle::<OnClaimWithdrawn>()
        .handle::<OnDispatched>()
        .handle::<OnNotSent>()
        .handle::<OnUncertain>()
        .handle::<OnCallClosed>()
        .handle::<OnCallNotMade>()
        .handle::<OnPromiseMade>()
        .handle::<OnPromiseJudged>()
        .handle::<OnPaymentAllocated>()
        .handle::<OnClaimSettled>()
        .handle::<OnPaymentsKnown>()
        .handle::<OnMoneyAwaited>()
        .handle::<OnMoneyCleared>()
        .handle::<OnWeighHold>()
        .timer::<OnNextStep>()
        .timer::<OnPermitEnd>()
        .timer::<OnReview>()
        .timer::<OnPromiseDue>()
        .timer::<OnHoldChanges>()
        .timer::<OnSpreadHold>()
        .change(OnPlaceHold)
        .change(OnLiftHold)
        .change(OnRecordReason)
        .change(OnDecideCase)
        .query(AnswerCasePosition)
        .query(AnswerListPositions)
        .query(AnswerExplainCase)
        .query(AnswerListHolds)
        .query(AnswerPreviewHold)
        .check("never-let-go", |conn, now| Box::pin(store::never_let_go(conn, now)))
        .check("gate", |conn, now| Box::pin(store::gate(conn, now)))
        .check("contact-budget", |conn, now| Box::pin(store::contact_budget(conn, now)))
        .check("holds", |conn, now| Box::pin(store::holds(conn, now)))
        .check("reasons", |conn, now| Box::pin(store::reasons(conn, now)))
}
