//! Intake: creditors' documents and invoices become creditors, persons, parties, cases and claims.
//!
//! Personal data lives here and nowhere else; other services know ids and ask. `domain::ubl::read`
//! and `domain::invoice::report_json` need no server.

mod config;
pub mod domain;
mod handlers;
mod http;
mod store;

use std::net::SocketAddr;

use mailbox::Mailbox;
use primitives::Iban;
use runtime::config::ConfigError;
use runtime::error::BoxError;
use runtime::files::FileStore;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::{AgencyConfig, IntakeConfig};
pub use http::openapi;

use handlers::{
    AnswerCallContact, AnswerCreditorAccounts, AnswerCreditorContact, AnswerFindClaims,
    AnswerInvoiceNumbers, AnswerListCases, AnswerListCreditors, AnswerListDirectPayments,
    AnswerListStaff, AnswerParties, OnImportDirectPayments, OnImportInvoice, OnRegisterCreditor,
    OnRegisterStaff, OnReportDirectPayment, OnRetractDirectPayment, OnTellCreditorAnew,
    OnTellStaffAnew, OnWithdrawClaim,
};

/// The migrations of intake's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct Intake;

impl Service for Intake {
    const NAME: &'static str = "intake";

    type Config = IntakeConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<IntakeConfig>) -> Result<(), BoxError> {
        start(context).await.map(|_| ())
    }
}

/// Starts the service, and says where the creditors' API answers.
pub async fn start(context: Context<IntakeConfig>) -> Result<SocketAddr, BoxError> {
    let config = &context.config.service;
    let agency = agency(&config.agency)?;
    mailbox(context.files.clone(), agency).start(&context, config.mailbox.clone()).await?;
    http::start(&context).await
}

/// Everything that intake takes in.
#[must_use]
pub fn mailbox(files: FileStore, agency: AgencyConfig) -> Mailbox {
    let agency_account = Iban::parse(&agency.account).ok();
    Mailbox::of(Intake::NAME)
        .change(OnRegisterCreditor { files: files.clone(), agency_account })
        .change(OnRegisterStaff { files: files.clone() })
        .change(OnImportDirectPayments { files: files.clone() })
        .change(OnImportInvoice { files })
        .change(OnWithdrawClaim)
        .change(OnReportDirectPayment)
        .change(OnRetractDirectPayment)
        .change(OnTellCreditorAnew)
        .change(OnTellStaffAnew)
        .query(AnswerParties { agency })
        .query(AnswerCallContact)
        .query(AnswerCreditorContact)
        .query(AnswerCreditorAccounts)
        .query(AnswerListCreditors)
        .query(AnswerListCases)
        .query(AnswerListStaff)
        .query(AnswerListDirectPayments)
        .query(AnswerInvoiceNumbers)
        .query(AnswerFindClaims)
        .check("case-complete", |conn, now| Box::pin(store::case_complete(conn, now)))
        .check("one-reference", |conn, now| Box::pin(store::one_reference(conn, now)))
        .check("positive-claims", |conn, now| Box::pin(store::positive_claims(conn, now)))
}

/// The agency's name and account: both, or neither.
fn agency(config: &AgencyConfig) -> Result<AgencyConfig, ConfigError> {
    let AgencyConfig { name, account } = config;
    if name.is_empty() && account.is_empty() {
        return Ok(config.clone());
    }
    if name.is_empty() {
        return Err(ConfigError::refused("agency.name", "must be set where agency.account is"));
    }
    let account = Iban::parse(account)
        .map_err(|error| ConfigError::refused("agency.account", format!("is no IBAN: {error}")))?;
    Ok(AgencyConfig { name: name.clone(), account: account.to_string() })
}
