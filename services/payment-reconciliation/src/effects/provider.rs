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
//! - `GET settlements/{reference}` tells a settlement by its bank reference, such as
//!   `1234567.2404.03`: its `id`, its `status` (`paidout` once the money left), the `amount` that
//!   was paid out, and in `periods`, by year and month, the `costs`, each with `amountGross` (VAT
//!   within, four decimals). `GET settlements/{id}/payments`, `/refunds` (each with its
//!   `paymentId`) and `/chargebacks` tell in pages what it is made of. All of it needs an access
//!   token of the organisation that may read settlements and payments; the key of a profile is
//!   refused (`get-settlement`, `list-settlement-payments`, `list-settlement-refunds`,
//!   `list-settlement-chargebacks`). `settlementAmount` of payments ends with 2026, and is not
//!   read.
//!
//! Fees are the agency's: no field that asks the debtor for more is ever sent. Who paid is told
//! too, and not read.

use std::collections::BTreeMap;

use primitives::{Currency, Money, MoneyError, PaymentLinkId, Timestamp};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use runtime::config::Secret;
use runtime::http::HttpClient;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::payment_link::{Made, PaidByLink, Told};
use crate::domain::provider_payout::{Costs, PayoutAnswer, Settlement};

/// The ways to pay: iDEAL, which Wero takes the place of under the same name, and Bancontact.
const METHODS: [&str; 2] = ["ideal", "bancontact"];
/// So many are told in one page; the most that there can be.
const PAGE: u32 = 250;
/// So many pages of a list are looked through at most.
const PAGES_MAX: u32 = 400;

/// Where the provider is, and who we are to it.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) client: HttpClient,
    /// Ends with a slash.
    pub(crate) root: Url,
    pub(crate) key: Secret,
    /// What may ask for settlements; none where nobody may.
    pub(crate) token: Option<Secret>,
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
    #[error("a list of the payment service provider is longer than can be looked through")]
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
struct ToldSettlement {
    id: String,
    reference: Option<String>,
    status: String,
    amount: Amount,
    /// By year and month.
    #[serde(default)]
    periods: BTreeMap<String, BTreeMap<String, Period>>,
}

#[derive(Deserialize)]
struct Period {
    #[serde(default)]
    costs: Vec<Cost>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    amount_gross: Amount,
}

#[derive(Deserialize)]
struct Refunds {
    refunds: Vec<Refund>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund {
    payment_id: String,
    amount: Amount,
}

#[derive(Deserialize)]
struct ChargeBacks {
    chargebacks: Vec<ChargeBack>,
}

/// Of which only the number is told here.
#[derive(Deserialize)]
struct ChargeBack {}

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
            let page: Page<Links> =
                self.page(template, "payment-links", from.as_deref(), &self.key).await?;
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
        let template = "GET payment-provider/payment-links/id/payments";
        for page in self.pages::<Payments>(template, &path, &self.key).await? {
            for payment in page.payments {
                match payment.status.as_str() {
                    "paid" => paid.push(payment.paid()?),
                    "canceled" | "expired" | "failed" => {}
                    _ => is_under_way = true,
                }
            }
        }
        Ok(Told { paid, is_under_way, is_shut })
    }

    /// What a settlement pays out, by its bank reference.
    pub(crate) async fn settlement(&self, reference: &str) -> Result<PayoutAnswer, ProviderError> {
        let Some(token) = &self.token else { return Ok(PayoutAnswer::NoToken) };
        match self.told_settlement(token, reference).await {
            Ok(settlement) => Ok(settlement.map_or(PayoutAnswer::Unknown, PayoutAnswer::Settled)),
            // What is no reference of its kind is refused as such.
            Err(ProviderError::Refused { status: 400 | 404 | 410 | 422, .. }) => {
                Ok(PayoutAnswer::Unknown)
            }
            Err(ProviderError::Refused { status: status @ (401 | 403), .. }) => {
                Ok(PayoutAnswer::Refused { status })
            }
            Err(error) => Err(error),
        }
    }

    async fn told_settlement(
        &self,
        token: &Secret,
        reference: &str,
    ) -> Result<Option<Settlement>, ProviderError> {
        let url = join(&self.root, &format!("settlements/{reference}"))?;
        let request = self.client.request(Method::GET, url).bearer_auth(token.expose());
        let template = "GET payment-provider/settlements/reference";
        let told: ToldSettlement = self.call(template, request).await?;
        if told.reference.as_deref() != Some(reference) {
            return Ok(None);
        }
        let mut costs = Costs::zero(Currency::EUR);
        for cost in told.periods.values().flat_map(BTreeMap::values).flat_map(|it| &it.costs) {
            let Amount { currency, value } = &cost.amount_gross;
            if currency != Currency::EUR.code() {
                return Err(ProviderError::Currency(currency.clone()));
            }
            costs = costs.and(value, Currency::EUR)?;
        }
        let path = |of: &str| format!("settlements/{}/{of}", told.id);
        let template = "GET payment-provider/settlements/id/payments";
        let mut payments = BTreeMap::new();
        for page in self.pages::<Payments>(template, &path("payments"), token).await? {
            for payment in page.payments {
                payments.insert(payment.id, payment.amount.euros()?);
            }
        }
        let template = "GET payment-provider/settlements/id/refunds";
        let mut refunds: BTreeMap<String, Money> = BTreeMap::new();
        for page in self.pages::<Refunds>(template, &path("refunds"), token).await? {
            for refund in page.refunds {
                let sum = refunds.entry(refund.payment_id).or_insert(Money::zero(Currency::EUR));
                *sum = sum.checked_add(refund.amount.euros()?)?;
            }
        }
        let template = "GET payment-provider/settlements/id/chargebacks";
        let pages = self.pages::<ChargeBacks>(template, &path("chargebacks"), token).await?;
        let charge_backs = pages.iter().map(|it| it.chargebacks.len()).sum::<usize>();
        Ok(Some(Settlement {
            settlement_id: told.id,
            is_paid_out: told.status == "paidout",
            amount: told.amount.euros()?,
            costs,
            payments,
            refunds,
            charge_backs: u32::try_from(charge_backs).unwrap_or(u32::MAX),
        }))
    }

    /// All pages of a list.
    async fn pages<T: DeserializeOwned>(
        &self,
        template: &'static str,
        path: &str,
        secret: &Secret,
    ) -> Result<Vec<T>, ProviderError> {
        let (mut pages, mut from) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page: Page<T> = self.page(template, path, from.as_deref(), secret).await?;
            pages.push(page.embedded);
            from = page.links.next.and_then(|next| from_of(&next));
            if from.is_none() {
                return Ok(pages);
            }
        }
        Err(ProviderError::TooMany)
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
        secret: &Secret,
    ) -> Result<Page<T>, ProviderError> {
        let mut url = join(&self.root, path)?;
        url.query_pairs_mut().append_pair("limit", &PAGE.to_string());
        if let Some(from) = from {
            url.query_pairs_mut().append_pair("from", from);
        }
        let request = self.client.request(Method::GET, url).bearer_auth(secret.expose());
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

impl Amount {
    fn euros(self) -> Result<Money, ProviderError> {
        if self.currency != Currency::EUR.code() {
            return Err(ProviderError::Currency(self.currency));
        }
        Ok(Money::parse(&self.value, Currency::EUR)?)
    }
}

impl Payment {
    fn paid(self) -> Result<PaidByLink, ProviderError> {
        Ok(PaidByLink {
            provider_id: self.id,
            amount: self.amount.euros()?,
            paid_at: self.paid_at.ok_or(ProviderError::NoDay)?,
        })
    }
}
