//! The fake of Mollie keeps to what Mollie publishes, so that who gets on with it gets on there.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::Duration;

use axum::http::Method;
use primitives::{Currency, Money, Timestamp};
use runtime::http::{CallLimits, HttpClient};
use serde_json::{Value, json};
use testkit::{CheckoutRefusal, MOLLIE_KEY, MOLLIE_TOKEN, Mollie, MollieFault, PaymentEnd};

struct Shop {
    mollie: Mollie,
    http: HttpClient,
}

impl Shop {
    async fn open() -> Self {
        let mollie = Mollie::start(moment("2026-03-10T09:00:00Z")).await;
        let limits = CallLimits { connect: Duration::from_secs(5), total: Duration::from_secs(5) };
        Self { mollie, http: HttpClient::new("shop", limits).unwrap() }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> (u16, bool, Value) {
        let url = format!("{}{path}", self.mollie.root());
        let mut request = self.http.request(method, url);
        let secret = if path.starts_with("settlements") { MOLLIE_TOKEN } else { MOLLIE_KEY };
        request = request.header("authorization", format!("Bearer {secret}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = self.http.call("shop", request).await.unwrap();
        let is_replayed = answer.headers().contains_key("idempotent-replayed");
        (answer.status().as_u16(), is_replayed, answer.json().await.unwrap())
    }

    async fn create(&self, key: &str, wish: Value) -> (u16, bool, Value) {
        self.ask(Method::POST, "payment-links", Some(key), Some(wish)).await
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wish() -> Value {
    json!({
        "description": "RF18539007547034",
        "amount": { "currency": "EUR", "value": "24.95" },
        "webhookUrl": "http://127.0.0.1:1/webhook",
        "expiresAt": "2026-03-11T00:00:00Z",
        "allowedMethods": ["ideal", "bancontact"],
    })
}

#[tokio::test]
async fn a_key_makes_one_link_and_another_wish_under_it_is_refused() {
    let shop = Shop::open().await;
    let (status, is_replayed, first) = shop.create("one", wish()).await;
    assert_eq!((status, is_replayed), (201, false));
    let again = shop.create("one", wish()).await;
    assert_eq!(again, (201, true, first.clone()));
    let mut other = wish();
    other["description"] = json!("RF712348231");
    let (status, _, problem) = shop.create("one", other).await;
    assert_eq!((status, &problem["title"]), (400, &json!("Bad Request")));
    assert_eq!(shop.mollie.links().len(), 1);

    // A key is forgotten.
    shop.mollie.set_now(moment("2026-03-10T10:00:01Z"));
    let (status, is_replayed, second) = shop.create("one", wish()).await;
    assert_eq!((status, is_replayed), (201, false));
    assert_ne!(first["id"], second["id"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_field() {
    let shop = Shop::open().await;
    let wrong = [
        ("amount", json!({ "currency": "EUR", "value": "24.9" })),
        ("amount", json!({ "currency": "EUR", "value": 24.95 })),
        ("amount", json!({ "currency": "EUR", "value": "0.00" })),
        ("description", json!("")),
        ("webhookUrl", json!("nowhere")),
        ("expiresAt", json!("2026-03-10T08:59:59Z")),
        ("allowedMethods", json!(["gold"])),
    ];
    for (field, value) in wrong {
        let mut wish = wish();
        wish[field] = value;
        let (status, _, problem) = shop.create(field, wish).await;
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
    }
    let mut unknown = wish();
    unknown["surcharge"] = json!("1.00");
    assert_eq!(shop.create("unknown", unknown).await.0, 422);
    let unknown = shop.ask(Method::GET, "payment-links/pl_none", None, None).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(shop.mollie.links(), []);

    let url = format!("{}payment-links", shop.mollie.root());
    let answer = shop.http.call("no key", shop.http.request(Method::GET, url)).await.unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}

#[tokio::test]
async fn a_link_is_paid_once_and_not_when_it_is_over() {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for key in ["paid", "archived", "expired"] {
        let (_, _, link) = shop.create(key, wish()).await;
        ids.push(link["id"].as_str().unwrap().to_owned());
    }
    let [paid, archived, expired] = &ids[..] else { panic!("{ids:?}") };
    assert_eq!(shop.mollie.begin(paid, "paypal"), Err(CheckoutRefusal::MethodNotAllowed));
    let failed = shop.mollie.begin(paid, "bancontact").unwrap();
    shop.mollie.finish(&failed, PaymentEnd::Failed);
    let payment = shop.mollie.pay(paid).unwrap();
    assert_eq!(shop.mollie.begin(paid, "ideal"), Err(CheckoutRefusal::AlreadyPaid));
    let path = format!("payment-links/{paid}/payments");
    let (_, _, list) = shop.ask(Method::GET, &path, None, None).await;
    let told = &list["_embedded"]["payments"];
    assert_eq!((&told[0]["id"], &told[0]["status"]), (&json!(payment), &json!("paid")));
    assert_eq!((&told[1]["status"], &told[1]["paidAt"]), (&json!("failed"), &Value::Null));
    assert_eq!(told[0]["amount"], json!({ "currency": "EUR", "value": "24.95" }));
    let (_, _, one) = shop.ask(Method::GET, &format!("payments/{payment}"), None, None).await;
    assert_eq!(one, told[0]);

    let begun = shop.mollie.begin(archived, "ideal").unwrap();
    let archive = Some(json!({ "archived": true }));
    let path = format!("payment-links/{archived}");
    let (status, _, link) = shop.ask(Method::PATCH, &path, None, archive).await;
    assert_eq!((status, &link["archived"]), (200, &json!(true)));
    assert_eq!(shop.mollie.begin(archived, "ideal"), Err(CheckoutRefusal::Archived));
    // Who is at the bank already can go on.
    shop.mollie.finish(&begun, PaymentEnd::Paid);

    shop.mollie.set_now(moment("2026-03-11T00:00:00Z"));
    assert_eq!(shop.mollie.begin(expired, "ideal"), Err(CheckoutRefusal::Expired));
}

#[tokio::test]
async fn a_list_comes_in_pages_newest_first() {
    let shop = Shop::open().await;
    for key in ["1", "2", "3"] {
        shop.create(key, wish()).await;
    }
    let (_, _, page) = shop.ask(Method::GET, "payment-links?limit=2", None, None).await;
    let ids = |page: &Value| -> Vec<String> {
        let links = page["_embedded"]["payment_links"].as_array().unwrap();
        links.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let links = shop.mollie.links();
    assert_eq!(ids(&page), [links[2].id.clone(), links[1].id.clone()]);
    let next = page["_links"]["next"]["href"].as_str().unwrap();
    let path = next.trim_start_matches("https://api.mollie.com/v2/");
    let (_, _, last) = shop.ask(Method::GET, path, None, None).await;
    assert_eq!((ids(&last), &last["_links"]["next"]), (vec![links[0].id.clone()], &Value::Null));
}

#[tokio::test]
async fn faults_come_when_they_are_wanted() {
    let shop = Shop::open().await;
    shop.mollie.fault("POST payment-links", MollieFault::Refuse(503));
    shop.mollie.fault("POST payment-links", MollieFault::LoseAnswer);
    assert_eq!(shop.create("one", wish()).await.0, 503);
    assert_eq!(shop.mollie.links(), []);
    assert_eq!(shop.create("one", wish()).await.0, 502, "made, and not told");
    let (status, is_replayed, link) = shop.create("one", wish()).await;
    assert_eq!((status, is_replayed), (201, true));
    assert_eq!(shop.mollie.links().len(), 1);

    let id = link["id"].as_str().unwrap();
    let payment = shop.mollie.pay(id).unwrap();
    assert_eq!(shop.mollie.deliver(&payment).await, None, "nobody listens there");
    assert_eq!(shop.mollie.links()[0].paid_at, Some(moment("2026-03-10T09:00:00Z")));
    assert_eq!(shop.mollie.payments()[0].amount, Money::new(2_495, Currency::EUR));
}

#[tokio::test]
async fn a_settlement_is_told_by_its_reference_and_to_an_access_token_only() {
    let shop = Shop::open().await;
    let mut paid = Vec::new();
    for key in ["1", "2", "3"] {
        let (_, _, link) = shop.create(key, wish()).await;
        paid.push(shop.mollie.pay(link["id"].as_str().unwrap()).unwrap());
    }
    shop.mollie.send_back(&paid[0], Money::new(2_495, Currency::EUR));
    shop.mollie.charge_back(&paid[1], Money::new(495, Currency::EUR));
    let (reference, amount) = shop.mollie.pay_out(&paid, 105);
    assert_eq!(amount, Money::new(3 * 2_495 - 2_495 - 495 - 105, Currency::EUR));
    let path = format!("settlements/{reference}");
    let (status, _, told) = shop.ask(Method::GET, &path, None, None).await;
    assert_eq!((status, &told["reference"]), (200, &json!(reference)));
    assert_eq!((&told["status"], &told["amount"]["value"]), (&json!("paidout"), &json!("43.90")));
    let costs = &told["periods"]["2026"]["03"]["costs"][0]["amountGross"];
    assert_eq!(*costs, json!({ "currency": "EUR", "value": "1.0500" }));
    let id = told["id"].as_str().unwrap();
    let within = async |of: &str| {
        let path = format!("settlements/{id}/{of}");
        let (_, _, list) = shop.ask(Method::GET, &path, None, None).await;
        list["_embedded"][of].as_array().unwrap().clone()
    };
    assert_eq!(within("payments").await.len(), 3);
    let (refunds, charge_backs) = (within("refunds").await, within("chargebacks").await);
    assert_eq!((refunds.len(), &refunds[0]["paymentId"]), (1, &json!(paid[0])));
    assert_eq!((charge_backs.len(), &charge_backs[0]["paymentId"]), (1, &json!(paid[1])));

    // What went back is deducted once.
    let (second, amount) = shop.mollie.pay_out(&[], -100);
    assert_eq!(amount, Money::new(100, Currency::EUR));
    shop.mollie.set_paid_out(&second, false);
    let path = format!("settlements/{second}");
    let (_, _, told) = shop.ask(Method::GET, &path, None, None).await;
    assert_eq!((&told["status"], &told["settledAt"]), (&json!("pending"), &Value::Null));
    let unknown = shop.ask(Method::GET, "settlements/1234567.2603.99", None, None).await;
    assert_eq!(unknown.0, 404);

    let url = format!("{}settlements/{reference}", shop.mollie.root());
    let request = shop.http.request(Method::GET, url);
    let request = request.header("authorization", format!("Bearer {MOLLIE_KEY}"));
    let answer = shop.http.call("the key of a profile", request).await.unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}
