//! The payment service provider, spoken to as Mollie publishes its API. What is relied on, and
//! where it stands:
//!
//! - `POST payment-links` makes a link of an exact amount (a text with two decimals) and answers
//!   with its `id` and, in `_links.paymentLink.href`, the page on which it is paid. It is left to
//!   the methods of `allowedMethods`, is paid once (`reusable` false), and not from `expiresAt` on
//!   (`OpenAPI` description, `mollie/openapi`, `specs.yaml`: `create-payment-link`).
//! - A payment is made when somebody begins to pay; `GET payment-links/{id}/payments` tells them
//!   in pages, with `status` and, of one that is `paid`, `paidAt`. Who began may go on (the same:
//!   `get-payment-link-payments`; docs.mollie.com, "Payment status").
//! - `PATCH payment-links/{id}` with `archived` true: nobody can pay it any more (the same:
//!   `update-payment-link`). It can be repeated.
//! - A `POST` under an `Idempotency-Key` that is known is answered as before; with another content
//!   it is refused with 400, and while the first is at work with 409 (docs.mollie.com, "API
//!   idempotency"). How long a key is known was a day and is an hour, by the year of the document:
//!   after the shorter one a link that may have been made is looked for, by its own webhook.
//! - Errors are JSON with `status`, `title`, `detail` and perhaps `field` (the same, "Error
//!   handling"). Only 400 and 422 say that it will never work.
//! - The webhook is called with a form of one field, `id`: that of the payment, also of a link
//!   (`mollie/api-documentation#843`; docs.mollie.com, "Webhooks"). Whatever is not answered with
//!   200 within 15 seconds comes again, ten times within 26 hours, and then never.
//!
//! Fees are the agency's: no field that asks the debtor for more is ever sent. Who paid is told
//! too, and not read.

use primitives::{Currency, Money, MoneyError, PaymentLinkId, Timestamp};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use runtime::config::Secret;
use runtime::http::HttpClient;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::payment_link::{Made, PaidByLink, Told};

/// The ways to pay: iDEAL, which Wero takes the place of under the same name, and Bancontact.
const METHODS: [&str; 2] = ["ideal", "bancontact"];
/// So many are told in one page; the most that there can be.
const PAGE: u32 = 250;
/// So many pages of links are looked through at most.
const PAGES_MAX: u32 = 400;

/// Where the provider is, and who we are to it.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) client: HttpClient,
    /// Ends with a slash.
    pub(crate) root: Url,
    pub(crate) key: Secret,
    /// Where our webhook is for the provider; ends with a slash. A link's own has its id behind it.
    pub(crate) webhook: Url,
    /// Where a debtor comes back to; the provider says thanks where none is given.
    pub(crate) return_to: Option<Url>,
}

/// What a link is made of.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) link_id: PaymentLinkId,
    pub(crate) description: String,
    pub(crate) amount: Money,
    pub(crate) expires_at: Timestamp,
}

/// Why the provider did not do it, or gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("the payment service provider gave no answer")]
    NoAnswer(#[from] reqwest::Error),
    #[error("the payment service provider refused ({status}): {detail}")]
    Refused { status: u16, detail: String },
    #[error("the payment service provider told an amount that is none in euros")]
    Amount(#[from] MoneyError),
    #[error("the payment service provider told an amount in {0}, and not in euros")]
    Currency(String),
    #[error("the payment service provider told a payment as paid, and not when")]
    NoDay,
    #[error("an address of the payment service provider cannot be made: {0}")]
    Address(String),
    #[error("more links than can be looked through")]
    TooMany,
}

impl ProviderError {
    /// The status of a refusal that will be the same for the same request.
    pub(crate) const fn is_final(&self) -> Option<u16> {
        match self {
            Self::Refused { status: status @ (400 | 422), .. } => Some(*status),
            Self::Refused { .. }
            | Self::NoAnswer(_)
            | Self::Amount(_)
            | Self::Currency(_)
            | Self::NoDay
            | Self::Address(_)
            | Self::TooMany => None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewLink {
    description: String,
    amount: Amount,
    webhook_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    reusable: bool,
    expires_at: Timestamp,
    allowed_methods: [&'static str; 2],
}

#[derive(Serialize)]
struct Change {
    archived: bool,
}

#[derive(Deserialize, Serialize)]
struct Amount {
    currency: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    id: String,
    #[serde(default)]
    archived: bool,
    webhook_url: Option<String>,
    created_at: Timestamp,
    paid_at: Option<Timestamp>,
    #[serde(rename = "_links")]
    links: LinkPages,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkPages {
    payment_link: Address,
}

#[derive(Deserialize)]
struct Address {
    href: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    id: String,
    status: String,
    amount: Amount,
    paid_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(rename = "_embedded")]
    embedded: T,
    #[serde(rename = "_links")]
    links: PageLinks,
}

#[derive(Deserialize)]
struct PageLinks {
    next: Option<Address>,
}

#[derive(Deserialize)]
struct Links {
    payment_links: Vec<Link>,
}

#[derive(Deserialize)]
struct Payments {
    payments: Vec<Payment>,
}

#[derive(Deserialize)]
struct Refusal {
    detail: String,
}

impl Provider {
    /// Makes a link; the same one again within the life of the key.
    pub(crate) async fn make(&self, wanted: &Wanted) -> Result<Made, ProviderError> {
        let Wanted { link_id, description, amount, expires_at } = wanted;
        let new = NewLink {
            description: description.clone(),
            amount: Amount {
                currency: amount.currency().code().to_owned(),
                value: amount.to_decimal().to_string(),
            },
            webhook_url: join(&self.webhook, &link_id.to_string())?.into(),
            redirect_url: self.return_to.clone().map(String::from),
            reusable: false,
            expires_at: *expires_at,
            allowed_methods: METHODS,
        };
        let request = self.request(Method::POST, "payment-links")?;
        let request = request.header("idempotency-key", link_id.to_string()).json(&new);
        let link: Link = self.call("POST payment-provider/payment-links", request).await?;
        Ok(link.made())
    }

    /// The link of ours that the provider made after a moment, if it did.
    pub(crate) async fn find(
        &self,
        link_id: PaymentLinkId,
        since: Timestamp,
    ) -> Result<Option<Made>, ProviderError> {
        let own = format!("/{link_id}");
        let mut from: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let template = "GET payment-provider/payment-links";
            let page: Page<Links> = self.page(template, "payment-links", from.as_deref()).await?;
            // The newest come first.
            let is_over = page.embedded.payment_links.iter().any(|it| it.created_at < since);
            let mut links = page.embedded.payment_links.into_iter();
            let is_own = |it: &Link| it.webhook_url.as_ref().is_some_and(|it| it.ends_with(&own));
            if let Some(link) = links.find(is_own) {
                return Ok(Some(link.made()));
            }
            from = page.links.next.and_then(|next| from_of(&next));
            if is_over || from.is_none() {
                return Ok(None);
            }
        }
        Err(ProviderError::TooMany)
    }

    /// Nobody can pay it any more.
    pub(crate) async fn shut(&self, provider_id: &str) -> Result<(), ProviderError> {
        let request = self.request(Method::PATCH, &format!("payment-links/{provider_id}"))?;
        let request = request.json(&Change { archived: true });
        let template = "PATCH payment-provider/payment-links/id";
        match self.call::<Link>(template, request).await {
            // It was deleted there, which is possible only until somebody opened it.
            Ok(_) | Err(ProviderError::Refused { status: 404 | 410, .. }) => Ok(()),
            // It may be over in a way that cannot be changed any more.
            Err(refused @ ProviderError::Refused { status: 400 | 409 | 422, .. }) => {
                let link = self.link(provider_id).await?;
                if link.is_shut() { Ok(()) } else { Err(refused) }
            }
            Err(error) => Err(error),
        }
    }

    /// What was paid by a link. The link is looked at before its payments: what was begun before it
    /// was shut is among these.
    pub(crate) async fn ask(&self, provider_id: &str) -> Result<Told, ProviderError> {
        let is_shut = match self.link(provider_id).await {
            Ok(link) => link.is_shut(),
            Err(ProviderError::Refused { status: 404 | 410, .. }) => {
                return Ok(Told { paid: Vec::new(), is_under_way: false, is_shut: true });
            }
            Err(error) => return Err(error),
        };
        let path = format!("payment-links/{provider_id}/payments");
        let (mut paid, mut is_under_way) = (Vec::new(), false);
        let mut from: Option<String> = None;
        loop {
            let template = "GET payment-provider/payment-links/id/payments";
            let page: Page<Payments> = self.page(template, &path, from.as_deref()).await?;
            for payment in page.embedded.payments {
                match payment.status.as_str() {
                    "paid" => paid.push(payment.paid()?),
                    "canceled" | "expired" | "failed" => {}
                    _ => is_under_way = true,
                }
            }
            from = page.links.next.and_then(|next| from_of(&next));
            if from.is_none() {
                return Ok(Told { paid, is_under_way, is_shut });
            }
        }
    }

    async fn link(&self, provider_id: &str) -> Result<Link, ProviderError> {
        let request = self.request(Method::GET, &format!("payment-links/{provider_id}"))?;
        self.call("GET payment-provider/payment-links/id", request).await
    }

    async fn page<T: DeserializeOwned>(
        &self,
        template: &'static str,
        path: &str,
        from: Option<&str>,
    ) -> Result<Page<T>, ProviderError> {
        let mut url = join(&self.root, path)?;
        url.query_pairs_mut().append_pair("limit", &PAGE.to_string());
        if let Some(from) = from {
            url.query_pairs_mut().append_pair("from", from);
        }
        let request = self.client.request(Method::GET, url).bearer_auth(self.key.expose());
        self.call(template, request).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ProviderError> {
        let url = join(&self.root, path)?;
        Ok(self.client.request(method, url).bearer_auth(self.key.expose()))
    }

    async fn call<T: DeserializeOwned>(
        &self,
        template: &'static str,
        request: RequestBuilder,
    ) -> Result<T, ProviderError> {
        let answer = self.client.call(template, request).await?;
        let status = answer.status();
        if matches!(status, StatusCode::OK | StatusCode::CREATED) {
            return Ok(answer.json().await?);
        }
        let told = answer.json::<Refusal>().await;
        let detail = told.map_or_else(|_| "it says no more".to_owned(), |it| it.detail);
        Err(ProviderError::Refused { status: status.as_u16(), detail })
    }
}

fn join(root: &Url, path: &str) -> Result<Url, ProviderError> {
    root.join(path).map_err(|error| ProviderError::Address(error.to_string()))
}

/// The object that a page begins with; our own requests are made of it, so that no key is sent to
/// an address that somebody else wrote.
fn from_of(next: &Address) -> Option<String> {
    let url = Url::parse(&next.href).ok()?;
    url.query_pairs().find(|(name, _)| name == "from").map(|(_, value)| value.into_owned())
}

impl Link {
    const fn is_shut(&self) -> bool {
        self.archived || self.paid_at.is_some()
    }

    fn made(self) -> Made {
        Made { provider_id: self.id, checkout_url: self.links.payment_link.href }
    }
}

impl Payment {
    fn paid(self) -> Result<PaidByLink, ProviderError> {
        let Amount { currency, value } = self.amount;
        if currency != Currency::EUR.code() {
            return Err(ProviderError::Currency(currency));
        }
        Ok(PaidByLink {
            provider_id: self.id,
            amount: Money::parse(&value, Currency::EUR)?,
            paid_at: self.paid_at.ok_or(ProviderError::NoDay)?,
        })
    }
}
