//! Payment-reconciliation: whose money is this, and what does it pay?
//!
//! It keeps what is owed and why, reads bank statements, books every movement in a double-entry
//! ledger, and matches payments to claims by their reference. `domain::camt::read` and
//! `domain::reading::report_json` need no server.

mod config;
pub mod domain;
mod store;

mod handlers {
    pub(crate) mod allocate_payment;
    pub(crate) mod case_opened;
    pub(crate) mod claim_credited;
    pub(crate) mod claim_registered;
    pub(crate) mod claim_withdrawn;
    pub(crate) mod import_statement;
    pub(crate) mod list_unmatched;
    pub(crate) mod match_payment;
    pub(crate) mod position;
}

use std::time::Duration;

use mailbox::{Asker, Mailbox};
use primitives::Actor;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::PaymentReconciliationConfig;

use handlers::{
    allocate_payment::OnAllocatePayment, case_opened::OnCaseOpened,
    claim_credited::OnClaimCredited, claim_registered::OnClaimRegistered,
    claim_withdrawn::OnClaimWithdrawn, import_statement::OnImportStatement,
    list_unmatched::AnswerListUnmatched, match_payment::OnMatchPayment, position::AnswerPosition,
};

/// The migrations of the service's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct PaymentReconciliation;

impl Service for PaymentReconciliation {
    const NAME: &'static str = "payment-reconciliation";

    type Config = PaymentReconciliationConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<PaymentReconciliationConfig>) -> Result<(), BoxError> {
        let config = &context.config.service;
        let asker = Asker::new(
            context.nats.clone(),
            Duration::from_millis(config.ask_timeout_ms),
            Actor::Machine(Self::NAME.to_owned()),
        );
        let client_accounts = config.client_accounts()?;
        let files = context.files.clone();
        let numbers = client_accounts.iter().map(ToString::to_string).collect();
        mailbox()
            .query(AnswerPosition { client_accounts: numbers })
            .change(OnImportStatement { files, asker, client_accounts })
            .start(&context, config.mailbox.clone())
            .await?;
        Ok(())
    }
}

/// Everything that the service takes in, but for bank files and the question for a position: those
/// need its surroundings.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(PaymentReconciliation::NAME)
        .handle::<OnCaseOpened>()
        .handle::<OnClaimRegistered>()
        .handle::<OnClaimCredited>()
        .handle::<OnClaimWithdrawn>()
        .handle::<OnMatchPayment>()
        .handle::<OnAllocatePayment>()
        .query(AnswerListUnmatched)
        .check("exact-money", |conn, now| Box::pin(store::exact_money(conn, now)))
        .check("positions-booked", |conn, now| Box::pin(store::positions_booked(conn, now)))
        .check("payments-accounted", |conn, now| Box::pin(store::payments_accounted(conn, now)))
}
