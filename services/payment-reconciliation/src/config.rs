//! The configuration of payment-reconciliation.

use mailbox::MailboxSettings;
use primitives::Iban;
use runtime::config::ConfigError;
use serde::{Deserialize, Serialize};

/// The keys beside those of every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentReconciliationConfig {
    /// IBANs of the agency's accounts for client money. Statements of other accounts are taken in
    /// only where intake knows the account as a creditor's.
    pub client_accounts: Vec<String>,
    /// The agency's name as its bank knows it, for payment orders; they pay from the first of
    /// `client_accounts`. Without it no remittance can be approved.
    pub payer_name: String,
    /// The VAT on the agency's commission, in hundredths of a percent.
    pub commission_vat_basis_points: u32,
    /// How long intake may take to say which account is whose.
    pub ask_timeout_ms: u64,
    pub mailbox: MailboxSettings,
}

impl Default for PaymentReconciliationConfig {
    fn default() -> Self {
        Self {
            client_accounts: Vec::new(),
            payer_name: String::new(),
            commission_vat_basis_points: 2_100,
            ask_timeout_ms: 5_000,
            mailbox: MailboxSettings::default(),
        }
    }
}

impl PaymentReconciliationConfig {
    /// The accounts for client money, each checked.
    pub(crate) fn client_accounts(&self) -> Result<Vec<Iban>, ConfigError> {
        let parse = |(ordinal, account): (usize, &String)| {
            Iban::parse(account).map_err(|error| {
                let problem = format!("holds no IBAN at place {ordinal}: {error}");
                ConfigError::refused("client_accounts", problem)
            })
        };
        (1..).zip(&self.client_accounts).map(parse).collect()
    }
}
