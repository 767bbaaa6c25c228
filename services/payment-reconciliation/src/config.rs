//! The configuration of payment-reconciliation.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use mailbox::MailboxSettings;
use primitives::Iban;
use reqwest::Url;
use runtime::config::{ConfigError, Secret};
use runtime::error::BoxError;
use runtime::http::{CallLimits, HttpClient};
use serde::{Deserialize, Serialize};

use crate::effects::Provider;
use crate::http::WEBHOOK;

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
    /// How long another service may take to answer.
    pub ask_timeout_ms: u64,
    /// Who makes payment links; none where debtors cannot pay by link.
    pub payment_provider: Option<ProviderConfig>,
    pub mailbox: MailboxSettings,
}

/// A payment service provider that speaks Mollie's API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// The root of its API.
    pub api_url: String,
    /// The key of our profile there.
    pub api_key: Secret,
    /// Where our webhook answers. It speaks no TLS: a proxy stands before it.
    pub webhook_listen: SocketAddr,
    /// How the provider reaches it, such as `https://pay.agency.example/`.
    pub webhook_url: String,
    /// The page that a debtor comes back to. Empty where the provider says thanks.
    pub return_url: String,
    /// How long the provider may take to answer.
    pub timeout_ms: u64,
}

impl Default for ProviderConfig {
    fn default() -> Self {
        Self {
            api_url: "https://api.mollie.com/v2/".to_owned(),
            api_key: Secret::default(),
            webhook_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8430)),
            webhook_url: String::new(),
            return_url: String::new(),
            timeout_ms: 15_000,
        }
    }
}

impl ProviderConfig {
    /// The provider, each address checked.
    pub(crate) fn provider(&self) -> Result<Provider, BoxError> {
        if self.api_key.expose().is_empty() {
            let problem = "must be set where payment_provider is";
            return Err(ConfigError::refused("payment_provider.api_key", problem).into());
        }
        let limit = Duration::from_millis(self.timeout_ms);
        let limits = CallLimits { connect: limit, total: limit };
        let return_to = Some(&self.return_url).filter(|it| !it.is_empty());
        Ok(Provider {
            client: HttpClient::new("payment-reconciliation", limits)?,
            root: folder("payment_provider.api_url", &self.api_url)?,
            key: self.api_key.clone(),
            webhook: folder("payment_provider.webhook_url", &self.webhook_url)?
                .join(WEBHOOK)
                .map_err(|error| refused("payment_provider.webhook_url", &error))?,
            return_to: return_to
                .map(|it| address("payment_provider.return_url", it))
                .transpose()?,
        })
    }
}

/// An address under which others lie.
fn folder(key: &'static str, text: &str) -> Result<Url, ConfigError> {
    address(key, &format!("{}/", text.trim_end_matches('/')))
}

/// An address of the web; what is not on this machine is spoken to under TLS only.
fn address(key: &'static str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|error| refused(key, &error))?;
    let is_here = url.host_str().is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host));
    if url.scheme() == "https" || url.scheme() == "http" && is_here {
        return Ok(url);
    }
    Err(ConfigError::refused(key, "must begin with https://"))
}

fn refused(key: &'static str, error: &dyn std::error::Error) -> ConfigError {
    ConfigError::refused(key, format!("is no address of the web: {error}"))
}

impl Default for PaymentReconciliationConfig {
    fn default() -> Self {
        Self {
            client_accounts: Vec::new(),
            payer_name: String::new(),
            commission_vat_basis_points: 2_100,
            ask_timeout_ms: 5_000,
            payment_provider: None,
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
