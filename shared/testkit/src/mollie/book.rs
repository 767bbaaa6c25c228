//! What the fake keeps: links, payments, settlements, and the answers that it gave to keys.

use std::collections::BTreeMap;
use std::time::Duration;

use primitives::{Currency, Money, Timestamp};
use serde_json::{Value, json};

use super::answers::{Answer, Problem};
use super::wish;

/// How long the answer to a key is kept.
const KEYS_KEPT: Duration = Duration::from_hours(1);
/// How long an iDEAL payment can be finished.
const PAYMENT_OPEN: Duration = Duration::from_mins(15);
/// What a link can be created with, and be changed in.
const CREATED_WITH: [&str; 8] = [
    "allowedMethods",
    "amount",
    "description",
    "expiresAt",
    "profileId",
    "redirectUrl",
    "reusable",
    "webhookUrl",
];
const CHANGED_IN: [&str; 3] = ["allowedMethods", "archived", "description"];
const METHODS: [&str; 4] = ["bancontact", "creditcard", "ideal", "paypal"];

/// A link as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MollieLink {
    pub id: String,
    pub description: String,
    pub amount: Money,
    pub archived: bool,
    pub redirect_url: Option<String>,
    pub webhook_url: String,
    pub allowed_methods: Vec<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
}

/// A payment that somebody began on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MolliePayment {
    pub id: String,
    pub link_id: String,
    pub method: String,
    pub amount: Money,
    pub created_at: Timestamp,
    /// None while it is open.
    pub end: Option<(PaymentEnd, Timestamp)>,
}

/// How a payment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentEnd {
    Paid,
    Failed,
    Canceled,
    Expired,
}

/// Why a debtor cannot pay a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutRefusal {
    NoSuchLink,
    Archived,
    Expired,
    AlreadyPaid,
    MethodNotAllowed,
}

/// What was paid out.
#[derive(Clone, Debug)]
struct Settlement {
    id: String,
    reference: String,
    /// Whether the money has left.
    is_paid_out: bool,
    amount: Money,
    fee: Money,
    payment_ids: Vec<String>,
    settled_at: Timestamp,
}

/// Money of a payment that went back to its payer.
#[derive(Clone, Debug)]
struct Back {
    id: String,
    payment_id: String,
    amount: Money,
    /// Whether the payer's bank took it.
    by_the_bank: bool,
    /// The settlement that is less by it, once there is one.
    settlement_id: Option<String>,
}

/// Everything that the fake keeps.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) now: Timestamp,
    pub(super) links: Vec<MollieLink>,
    pub(super) payments: Vec<MolliePayment>,
    settlements: Vec<Settlement>,
    backs: Vec<Back>,
    /// By key: the request, the answer, and when.
    keys: BTreeMap<String, (Vec<u8>, Answer, Timestamp)>,
}

impl Book {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            links: Vec::new(),
            payments: Vec::new(),
            settlements: Vec::new(),
            backs: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    /// Does it once for each key, as long as the key is kept.
    pub(super) fn once(
        &mut self,
        key: Option<String>,
        body: &[u8],
        work: impl FnOnce(&mut Self, &Value) -> Result<Answer, Problem>,
    ) -> Result<Answer, Problem> {
        let Some(key) = key else { return work(self, &wish(body)?) };
        let now = self.now;
        self.keys.retain(|_, (_, _, at)| now.duration_since(*at).unsigned_abs() <= KEYS_KEPT);
        match self.keys.get(&key) {
            Some((known, _, _)) if known != body => {
                let detail = "The idempotency key was used with other parameters";
                Err(Problem::bad_request(detail))
            }
            Some((_, answer, _)) => Ok(Answer { is_replayed: true, ..answer.clone() }),
            None => {
                let answer = work(self, &wish(body)?)?;
                self.keys.insert(key, (body.to_vec(), answer.clone(), now));
                Ok(answer)
            }
        }
    }

    pub(super) fn create(&mut self, wish: &Value) -> Result<Answer, Problem> {
        only(wish, &CREATED_WITH)?;
        let amount = amount(wish.get("amount"))?;
        let description = text(wish, "description")?
            .filter(|it| !it.is_empty() && it.len() <= 255)
            .ok_or_else(|| Problem::unprocessable("description", "The description is invalid"))?;
        let webhook_url = text(wish, "webhookUrl")?
            .filter(|it| it.starts_with("http://") || it.starts_with("https://"))
            .ok_or_else(|| Problem::unprocessable("webhookUrl", "The webhook URL is invalid"))?;
        let expires_at = text(wish, "expiresAt")?.map(|it| it.parse::<Timestamp>());
        let expires_at = expires_at
            .transpose()
            .ok()
            .filter(|it| it.is_none_or(|it| it > self.now))
            .ok_or_else(|| Problem::unprocessable("expiresAt", "The expiry date is invalid"))?;
        if wish.get("reusable").is_some_and(|it| *it != Value::Bool(false)) {
            return Err(Problem::unprocessable("reusable", "This fake knows links of one payment"));
        }
        let link = MollieLink {
            id: format!("pl_{:022}", self.links.len()),
            description,
            amount,
            archived: false,
            redirect_url: text(wish, "redirectUrl")?,
            webhook_url,
            allowed_methods: methods(wish.get("allowedMethods"))?,
            created_at: self.now,
            expires_at,
            paid_at: None,
        };
        let told = link.told();
        self.links.push(link);
        Ok(Answer::created(told))
    }

    pub(super) fn update(&mut self, id: &str, wish: &Value) -> Result<Answer, Problem> {
        only(wish, &CHANGED_IN)?;
        let link = self.links.iter_mut().find(|it| it.id == id);
        let link = link.ok_or_else(|| Problem::not_found(id))?;
        if let Some(archived) = wish.get("archived") {
            link.archived = archived
                .as_bool()
                .ok_or_else(|| Problem::unprocessable("archived", "archived is a boolean"))?;
        }
        if let Some(description) = text(wish, "description")? {
            link.description = description;
        }
        Ok(Answer::ok(link.told()))
    }

    pub(super) fn show_link(&self, id: &str) -> Result<Answer, Problem> {
        self.link(id).map(|link| Answer::ok(link.told())).ok_or_else(|| Problem::not_found(id))
    }

    pub(super) fn list_links(&self, query: &str) -> Result<Answer, Problem> {
        let all = self.links.iter().rev().map(|it| (it.id.clone(), it.told()));
        Answer::page("payment_links", "payment-links", all.collect(), query)
    }

    pub(super) fn list_payments(&self, id: &str, query: &str) -> Result<Answer, Problem> {
        self.link(id).ok_or_else(|| Problem::not_found(id))?;
        let of_link = self.payments.iter().rev().filter(|it| it.link_id == id);
        let all = of_link.map(|it| (it.id.clone(), self.told(it)));
        Answer::page("payments", &format!("payment-links/{id}/payments"), all.collect(), query)
    }

    pub(super) fn show_payment(&self, id: &str) -> Result<Answer, Problem> {
        let payment = self.payments.iter().find(|it| it.id == id);
        payment.map(|it| Answer::ok(self.told(it))).ok_or_else(|| Problem::not_found(id))
    }

    pub(super) fn list_settlements(&self, query: &str) -> Result<Answer, Problem> {
        let all = self.settlements.iter().rev().map(|it| (it.id.clone(), it.told()));
        Answer::page("settlements", "settlements", all.collect(), query)
    }

    /// By its id, or by its bank reference.
    pub(super) fn show_settlement(&self, name: &str) -> Result<Answer, Problem> {
        let mut all = self.settlements.iter();
        let settlement = all.find(|it| it.id == name || it.reference == name);
        settlement.map(|it| Answer::ok(it.told())).ok_or_else(|| Problem::not_found(name))
    }

    /// The refunds or the charge-backs that a settlement is less by.
    pub(super) fn list_backs(
        &self,
        id: &str,
        by_the_bank: bool,
        query: &str,
    ) -> Result<Answer, Problem> {
        self.settlement(id)?;
        let within = self
            .backs
            .iter()
            .filter(|it| it.by_the_bank == by_the_bank && it.settlement_id.as_deref() == Some(id));
        let all = within.map(|it| (it.id.clone(), it.told()));
        let name = if by_the_bank { "chargebacks" } else { "refunds" };
        Answer::page(name, &format!("settlements/{id}/{name}"), all.collect(), query)
    }

    fn settlement(&self, id: &str) -> Result<&Settlement, Problem> {
        self.settlements.iter().find(|it| it.id == id).ok_or_else(|| Problem::not_found(id))
    }

    pub(super) fn list_settled(&self, id: &str, query: &str) -> Result<Answer, Problem> {
        let settlement = self.settlement(id)?;
        let within = self.payments.iter().filter(|it| settlement.payment_ids.contains(&it.id));
        let all = within.map(|it| (it.id.clone(), self.told(it)));
        Answer::page("payments", &format!("settlements/{id}/payments"), all.collect(), query)
    }

    pub(super) fn begin(&mut self, link_id: &str, method: &str) -> Result<String, CheckoutRefusal> {
        let now = self.now;
        let link = self.link(link_id).ok_or(CheckoutRefusal::NoSuchLink)?;
        if link.archived {
            return Err(CheckoutRefusal::Archived);
        }
        if link.expires_at.is_some_and(|at| at <= now) {
            return Err(CheckoutRefusal::Expired);
        }
        if link.paid_at.is_some() {
            return Err(CheckoutRefusal::AlreadyPaid);
        }
        if !link.allowed_methods.iter().any(|it| it == method) {
            return Err(CheckoutRefusal::MethodNotAllowed);
        }
        let payment = MolliePayment {
            id: format!("tr_{:010}", self.payments.len()),
            link_id: link_id.to_owned(),
            method: method.to_owned(),
            amount: link.amount,
            created_at: now,
            end: None,
        };
        let id = payment.id.clone();
        self.payments.push(payment);
        Ok(id)
    }

    pub(super) fn finish(&mut self, payment_id: &str, end: PaymentEnd) {
        let now = self.now;
        let payment = self.payments.iter_mut().find(|it| it.id == payment_id);
        let payment = payment.expect("the payment was begun");
        assert_eq!(payment.end, None, "a payment ends once");
        payment.end = Some((end, now));
        let link_id = payment.link_id.clone();
        if end == PaymentEnd::Paid
            && let Some(link) = self.links.iter_mut().find(|it| it.id == link_id)
        {
            link.paid_at = Some(now);
        }
    }

    /// A payment of another profile of the same organisation, by no link of ours.
    pub(super) fn receive_elsewhere(&mut self, amount: Money) -> String {
        let id = format!("tr_{:010}", self.payments.len());
        self.payments.push(MolliePayment {
            id: id.clone(),
            link_id: "pl_elsewhere".to_owned(),
            method: "ideal".to_owned(),
            amount,
            created_at: self.now,
            end: Some((PaymentEnd::Paid, self.now)),
        });
        id
    }

    pub(super) fn send_back(&mut self, payment_id: &str, amount: Money, by_the_bank: bool) {
        let kind = if by_the_bank { "chb" } else { "re" };
        self.backs.push(Back {
            id: format!("{kind}_{:010}", self.backs.len()),
            payment_id: payment_id.to_owned(),
            amount,
            by_the_bank,
            settlement_id: None,
        });
    }

    pub(super) fn pay_out(&mut self, payment_ids: &[String], fee_minor: i64) -> (String, Money) {
        let number = self.settlements.len();
        let id = format!("stl_{number:010}");
        let paid = self.payments.iter().filter(|it| payment_ids.contains(&it.id));
        let paid = Money::sum(Currency::EUR, paid.map(|it| it.amount)).expect("amounts add up");
        let mut less = Money::new(fee_minor, Currency::EUR);
        for back in self.backs.iter_mut().filter(|it| it.settlement_id.is_none()) {
            back.settlement_id = Some(id.clone());
            less = less.checked_add(back.amount).expect("amounts add up");
        }
        let amount = paid.checked_sub(less).expect("amounts can be subtracted");
        let reference = format!("1234567.2603.{number:02}");
        self.settlements.push(Settlement {
            id,
            reference: reference.clone(),
            is_paid_out: true,
            amount,
            fee: Money::new(fee_minor, Currency::EUR),
            payment_ids: payment_ids.to_vec(),
            settled_at: self.now,
        });
        (reference, amount)
    }

    pub(super) fn set_paid_out(&mut self, reference: &str, is_paid_out: bool) {
        let settlement = self.settlements.iter_mut().find(|it| it.reference == reference);
        settlement.expect("there is such a settlement").is_paid_out = is_paid_out;
    }

    /// Where a payment's link has its webhook.
    pub(super) fn webhook_of(&self, payment_id: &str) -> String {
        let payment = self.payments.iter().find(|it| it.id == payment_id);
        let link = payment.and_then(|it| self.link(&it.link_id));
        link.map(|it| it.webhook_url.clone()).expect("the payment was begun on a link")
    }

    fn link(&self, id: &str) -> Option<&MollieLink> {
        self.links.iter().find(|it| it.id == id)
    }

    fn told(&self, payment: &MolliePayment) -> Value {
        let MolliePayment { id, link_id, method, amount, created_at, end } = payment;
        let expires_at = created_at.saturating_add(PAYMENT_OPEN).ok();
        let status = match end {
            None if expires_at.is_some_and(|at| at <= self.now) => "expired",
            None => "open",
            Some((PaymentEnd::Paid, _)) => "paid",
            Some((PaymentEnd::Failed, _)) => "failed",
            Some((PaymentEnd::Canceled, _)) => "canceled",
            Some((PaymentEnd::Expired, _)) => "expired",
        };
        let mut told = json!({
            "resource": "payment",
            "id": id,
            "mode": "test",
            "createdAt": created_at,
            "amount": told_amount(*amount),
            "description": self.link(link_id).map(|it| it.description.clone()),
            "method": method,
            "metadata": null,
            "status": status,
            "profileId": "pfl_QkEhN94Ba",
            "sequenceType": "oneoff",
            "_links": { "self": { "href": format!("https://api.mollie.com/v2/payments/{id}") } },
        });
        if let (Some((PaymentEnd::Paid, at)), Some(told)) = (end, told.as_object_mut()) {
            told.insert("paidAt".to_owned(), json!(at));
            let payer = json!({
                "consumerName": "T. TEST",
                "consumerAccount": "NL17RABO0213698412",
                "consumerBic": "RABONL2U",
            });
            told.insert("details".to_owned(), payer);
        }
        told
    }
}

impl MollieLink {
    fn told(&self) -> Value {
        let token = self.id.trim_start_matches("pl_");
        let checkout = format!("https://paymentlink.mollie.com/payment/{token}");
        json!({
            "resource": "payment-link",
            "id": self.id,
            "mode": "test",
            "description": self.description,
            "amount": told_amount(self.amount),
            "archived": self.archived,
            "redirectUrl": self.redirect_url,
            "webhookUrl": self.webhook_url,
            "profileId": "pfl_QkEhN94Ba",
            "reusable": false,
            "allowedMethods": self.allowed_methods,
            "createdAt": self.created_at,
            "paidAt": self.paid_at,
            "expiresAt": self.expires_at,
            "_links": {
                "self": { "href": format!("https://api.mollie.com/v2/payment-links/{}", self.id) },
                "paymentLink": { "href": checkout, "type": "text/html" },
            },
        })
    }
}

impl Settlement {
    fn told(&self) -> Value {
        let Self { id, reference, is_paid_out, amount, fee, payment_ids, settled_at } = self;
        let costs = json!({
            "description": "iDEAL",
            "method": "ideal",
            "count": payment_ids.len(),
            "rate": { "fixed": null, "percentage": null },
            "amountNet": told_finely(*fee),
            "amountVat": null,
            "amountGross": told_finely(*fee),
        });
        let day = settled_at.to_string();
        let (year, month) = (day.get(..4).unwrap_or_default(), day.get(5..7).unwrap_or_default());
        let own = format!("https://api.mollie.com/v2/settlements/{id}");
        json!({
            "resource": "settlement",
            "id": id,
            "reference": reference,
            "status": if *is_paid_out { "paidout" } else { "pending" },
            "amount": told_amount(*amount),
            "createdAt": settled_at,
            "settledAt": is_paid_out.then_some(settled_at),
            "balanceId": "bal_3kUf4yU2nT",
            "invoiceId": null,
            "periods": { year: { month: { "revenue": [], "costs": [costs], "invoiceId": null } } },
            "_links": {
                "self": { "href": own },
                "payments": { "href": format!("{own}/payments") },
            },
        })
    }
}

impl Back {
    fn told(&self) -> Value {
        let Self { id, payment_id, amount, by_the_bank, .. } = self;
        json!({
            "resource": if *by_the_bank { "chargeback" } else { "refund" },
            "id": id,
            "paymentId": payment_id,
            "amount": told_amount(*amount),
            "status": "refunded",
            "_links": { "self": { "href": "..." } },
        })
    }
}

/// With the four decimals of costs and revenue.
fn told_finely(amount: Money) -> Value {
    let value = format!("{}00", amount.to_decimal());
    json!({ "currency": amount.currency().code(), "value": value })
}

fn told_amount(amount: Money) -> Value {
    json!({ "currency": amount.currency().code(), "value": amount.to_decimal().to_string() })
}

/// Refuses what the API does not have.
fn only(wish: &Value, known: &[&'static str]) -> Result<(), Problem> {
    let fields = wish.as_object().ok_or_else(|| Problem::bad_request("An object is needed"))?;
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        None => Ok(()),
        Some(field) => {
            let detail = format!("Non-existent parameter \"{field}\" for this API call.");
            Err(Problem::unprocessable("body", detail))
        }
    }
}

fn text(wish: &Value, field: &'static str) -> Result<Option<String>, Problem> {
    match wish.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::unprocessable(field, format!("{field} is a string"))),
    }
}

/// An amount in euros, with exactly two decimals.
fn amount(wish: Option<&Value>) -> Result<Money, Problem> {
    let refused = |detail: &str| Problem::unprocessable("amount", detail);
    let amount = wish.ok_or_else(|| refused("The amount is required"))?;
    let told = |field| amount.get(field).and_then(Value::as_str);
    if told("currency") != Some("EUR") {
        return Err(refused("The currency is not supported"));
    }
    let value = told("value").unwrap_or_default();
    let is_exact = value.split_once('.').is_some_and(|(_, cents)| cents.len() == 2);
    let money = Money::parse(value, Currency::EUR).ok().filter(|it| is_exact && it.is_positive());
    money.ok_or_else(|| refused("The amount contains an invalid value"))
}

fn methods(wish: Option<&Value>) -> Result<Vec<String>, Problem> {
    let refused = || Problem::unprocessable("allowedMethods", "The method is invalid");
    let Some(wish) = wish.filter(|it| !it.is_null()) else {
        return Ok(METHODS.map(str::to_owned).to_vec());
    };
    let names = wish.as_array().ok_or_else(refused)?.iter().map(|it| {
        let name = it.as_str().filter(|it| METHODS.contains(it)).ok_or_else(refused)?;
        Ok(name.to_owned())
    });
    names.collect()
}
