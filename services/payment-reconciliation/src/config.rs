//! The configuration of payment-reconciliation.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use mailbox::MailboxSettings;
use primitives::{CompanyNumber, Country, CreditorIdentifier, Iban};
use reqwest::Url;
use runtime::config::{ConfigError, Secret};
use runtime::error::BoxError;
use runtime::http::{CallLimits, HttpClient};
use serde::{Deserialize, Serialize};

use crate::domain::invoice_document::{Endpoint, Seller, register_of};
use crate::domain::judging::AWAITED_DAYS;
use crate::domain::retention::TEXT_KEPT_DAYS;
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
    /// The agency's identifier as a creditor of SEPA direct debits, which its bank gave it; they
    /// are collected on the first of `client_accounts`. Without it nothing is collected.
    pub creditor_identifier: String,
    /// The VAT on the agency's commission, in hundredths of a percent.
    pub commission_vat_basis_points: u32,
    /// The agency, where it invoices what is its own of remittances.
    pub seller: SellerConfig,
    /// How many days a creditor has to pay what is charged separately.
    pub invoice_term_days: u16,
    /// How long another service may take to answer.
    pub ask_timeout_ms: u64,
    /// Who makes payment links; none where debtors cannot pay by link.
    pub payment_provider: Option<ProviderConfig>,
    /// How many days after it was received is kept what intake told of a payment that nobody placed
    /// yet: words of names, and numbers. So long it is asked again.
    pub clues_kept_days: u16,
    /// For how many days at most nothing is asked on a case while it is open whether money that
    /// came in is for it; with 0 no case waits.
    pub money_awaited_days: u16,
    /// For how many days after the last decision about a payment its payer's name and text are
    /// kept; of what nobody decided about they stay.
    pub payer_text_kept_days: u16,
    pub mailbox: MailboxSettings,
}

/// The agency as its invoices name it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SellerConfig {
    /// Its legal name. Without it nothing is invoiced.
    pub name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// `NL` or `BE`.
    pub country: String,
    /// With its country code.
    pub vat_number: String,
    /// `KvK` number or Belgian enterprise number.
    pub company_number: String,
    /// Where Peppol reaches it: a scheme, a colon and an id, such as `0106:90001118`. Left out, it
    /// is the company number.
    pub peppol_endpoint: String,
    /// IBAN of an account of its own, which is none of `client_accounts`.
    pub account: String,
}

/// A payment service provider that speaks Mollie's API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// The root of its API.
    pub api_url: String,
    /// The key of our profile there.
    pub api_key: Secret,
    /// An access token of our organisation there, which may read settlements and payments. Without
    /// it nothing that the provider pays out is paired with what was paid by link.
    pub access_token: Secret,
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
            access_token: Secret::default(),
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
            token: Some(self.access_token.clone()).filter(|it| !it.expose().is_empty()),
            webhook: folder("payment_provider.webhook_url", &self.webhook_url)?
                .join(WEBHOOK)
                .map_err(|error| no_address("payment_provider.webhook_url", &error))?,
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
    let url = Url::parse(text).map_err(|error| no_address(key, &error))?;
    let is_here = url.host_str().is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host));
    if url.scheme() == "https" || url.scheme() == "http" && is_here {
        return Ok(url);
    }
    Err(ConfigError::refused(key, "must begin with https://"))
}

fn no_address(key: &'static str, error: &dyn std::error::Error) -> ConfigError {
    ConfigError::refused(key, format!("is no address of the web: {error}"))
}

impl Default for PaymentReconciliationConfig {
    fn default() -> Self {
        Self {
            client_accounts: Vec::new(),
            payer_name: String::new(),
            creditor_identifier: String::new(),
            commission_vat_basis_points: 2_100,
            seller: SellerConfig::default(),
            invoice_term_days: 30,
            ask_timeout_ms: 5_000,
            payment_provider: None,
            clues_kept_days: 180,
            money_awaited_days: AWAITED_DAYS,
            payer_text_kept_days: TEXT_KEPT_DAYS,
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

    /// By which identifier direct debits are collected, checked; none where none is given.
    pub(crate) fn creditor_identifier(&self) -> Result<Option<CreditorIdentifier>, ConfigError> {
        let given = self.creditor_identifier.trim();
        if given.is_empty() {
            return Ok(None);
        }
        let known = CreditorIdentifier::parse(given);
        let wrong =
            |error| ConfigError::refused("creditor_identifier", format!("is wrong: {error}"));
        known.map(Some).map_err(wrong)
    }

    /// Who invoices, checked; none where no name is given.
    pub(crate) fn seller(&self) -> Result<Option<Seller>, ConfigError> {
        let given = &self.seller;
        if given.name.trim().is_empty() {
            return Ok(None);
        }
        if self.commission_vat_basis_points == 0 {
            let problem = "must be above 0 where `seller` is given: what is invoiced bears VAT";
            return Err(ConfigError::refused("commission_vat_basis_points", problem));
        }
        let is_covered = |it: &Country| [Country::NL, Country::BE].contains(it);
        let country = Country::parse(&given.country).ok().filter(is_covered);
        let country = country.ok_or_else(|| refused("country", "must be NL or BE"))?;
        let wrong = |key: &'static str| move |error| refused(key, &format!("is {error}"));
        let (company_number, vat_number) = if country == Country::BE {
            let company = CompanyNumber::parse_enterprise(&given.company_number);
            let vat = CompanyNumber::parse_enterprise(&given.vat_number);
            (company, vat.map(|it| format!("BE{it}")))
        } else {
            let company = CompanyNumber::parse_kvk(&given.company_number);
            let vat = CompanyNumber::parse_dutch_vat(&given.vat_number);
            (company, vat.map(|it| it.to_string()))
        };
        let company_number = company_number.map_err(wrong("company_number"))?;
        let account = Iban::parse(&given.account)
            .map_err(|error| refused("account", &format!("is no IBAN: {error}")))?;
        if self.client_accounts()?.contains(&account) {
            let problem = "is one of `client_accounts`: write an account of the agency's own";
            return Err(refused("account", problem));
        }
        Ok(Some(Seller {
            name: filled("name", &given.name)?,
            street: filled("street", &given.street)?,
            postal_code: filled("postal_code", &given.postal_code)?,
            city: filled("city", &given.city)?,
            country,
            vat_number: vat_number.map_err(wrong("vat_number"))?,
            endpoint: endpoint(&given.peppol_endpoint, country, &company_number)?,
            company_number,
            account,
        }))
    }
}

fn refused(key: &str, problem: &str) -> ConfigError {
    ConfigError::refused("seller", format!("cannot be used: `{key}` {problem}"))
}

fn filled(key: &str, text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    if text.is_empty() { Err(refused(key, "is missing")) } else { Ok(text.to_owned()) }
}

fn endpoint(
    text: &str,
    country: Country,
    company_number: &CompanyNumber,
) -> Result<Endpoint, ConfigError> {
    let text = text.trim();
    if text.is_empty() {
        let (scheme, id) = (register_of(country).to_owned(), company_number.to_string());
        return Ok(Endpoint { scheme, id });
    }
    let is_scheme = |it: &str| it.len() == 4 && it.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once(':').filter(|(scheme, id)| is_scheme(scheme) && !id.is_empty());
    let (scheme, id) = parts.ok_or_else(|| {
        refused("peppol_endpoint", "must be four digits, a colon and an id: 0106:90001118")
    })?;
    Ok(Endpoint { scheme: scheme.to_owned(), id: id.to_owned() })
}
