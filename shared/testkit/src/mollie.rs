//! Mollie's API, as far as payment links and what is paid out of them need it: it keeps what it is
//! told, and a test is the debtor who pays.
//!
//! After what Mollie publishes: the `OpenAPI` description (`mollie/openapi`, `specs.yaml`) for
//! paths, fields, errors and pages; docs.mollie.com, "API idempotency" (keys of POST only; the same
//! answer again, with `Idempotent-Replayed`; 400 for the same key with other content) and
//! "Webhooks" (a form with the payment's `id`, also for links, as
//! `mollie/api-documentation#843` says). A key is kept for an hour here: documents of different
//! years say an hour and a day, and a client must live with the shorter one.
//!
//! Time stands still until a test moves it, and no webhook is delivered unless a test does that: so
//! it can come twice, late, before the answer, or never.

mod answers;
mod book;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use primitives::{Money, Timestamp};
use runtime::http::{CallLimits, HttpClient};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use answers::{Answer, Problem};
use book::Book;

pub use book::{CheckoutRefusal, MollieLink, MolliePayment, PaymentEnd};

/// What the fake takes as its key.
pub const MOLLIE_KEY: &str = "test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM";
/// What it takes for settlements, of which keys of a profile may not ask.
pub const MOLLIE_TOKEN: &str = "access_Wwvu7egPcJLLJ9Kb7J632x8wJ2zMeJ";

/// What the fake does beside its work when it is asked next.
#[derive(Clone, Debug)]
pub enum MollieFault {
    /// Nothing is done, and this status is the answer.
    Refuse(u16),
    /// All is done, and the answer is lost: 502.
    LoseAnswer,
    /// All is done, and the answer waits until [`Mollie::release`].
    HoldAnswer,
    /// Nothing is done for so long; who asks gives up, or waits.
    Wait(Duration),
}

/// A running fake on a free loopback port. Dropping it ends it.
#[derive(Debug)]
pub struct Mollie {
    address: SocketAddr,
    desk: Desk,
    http: HttpClient,
    _task: JoinSet<()>,
}

/// What the handlers work with.
#[derive(Clone, Debug)]
struct Desk {
    book: Arc<Mutex<Book>>,
    faults: Arc<Mutex<VecDeque<(&'static str, MollieFault)>>>,
    calls: Arc<Mutex<Vec<String>>>,
    held: Arc<Semaphore>,
}

impl Mollie {
    /// Starts it, at a moment.
    pub async fn start(now: Timestamp) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let desk = Desk {
            book: Arc::new(Mutex::new(Book::new(now))),
            faults: Arc::default(),
            calls: Arc::default(),
            held: Arc::new(Semaphore::new(0)),
        };
        let routes = Router::new()
            .route("/v2/payment-links", post(create_link).get(list_links))
            .route("/v2/payment-links/{id}", get(show_link).patch(update_link))
            .route("/v2/payment-links/{id}/payments", get(list_payments))
            .route("/v2/payments/{id}", get(show_payment))
            .route("/v2/settlements", get(list_settlements))
            .route("/v2/settlements/{id}", get(show_settlement))
            .route("/v2/settlements/{id}/payments", get(list_settled))
            .route("/v2/settlements/{id}/refunds", get(list_refunds))
            .route("/v2/settlements/{id}/chargebacks", get(list_charge_backs))
            .with_state(desk.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            // axum's loop ends only with the task.
            axum::serve(listener, routes).await.ok();
        });
        let limit = Duration::from_secs(20);
        let limits = CallLimits { connect: limit, total: limit };
        let http = HttpClient::new("mollie", limits).expect("a client can be built");
        Self { address, desk, http, _task: task }
    }

    /// What a client takes as the root of the API.
    #[must_use]
    pub fn root(&self) -> String {
        format!("http://{}/v2/", self.address)
    }

    /// Moves its clock.
    pub fn set_now(&self, now: Timestamp) {
        lock(&self.desk.book).now = now;
    }

    /// Does this when it is asked so next, such as `POST payment-links`. Faults of one operation
    /// come one after the other.
    pub fn fault(&self, operation: &'static str, fault: MollieFault) {
        lock(&self.desk.faults).push_back((operation, fault));
    }

    /// Gives one answer that was held.
    pub fn release(&self) {
        self.desk.held.add_permits(1);
    }

    /// What it was asked, in order, such as `POST payment-links`.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.desk.calls).clone()
    }

    /// The links, oldest first.
    #[must_use]
    pub fn links(&self) -> Vec<MollieLink> {
        lock(&self.desk.book).links.clone()
    }

    /// The payments that were begun, oldest first.
    #[must_use]
    pub fn payments(&self) -> Vec<MolliePayment> {
        lock(&self.desk.book).payments.clone()
    }

    /// A debtor follows a link and chooses a way to pay. Returns the id of the payment.
    pub fn begin(&self, link_id: &str, method: &str) -> Result<String, CheckoutRefusal> {
        lock(&self.desk.book).begin(link_id, method)
    }

    /// What becomes of a payment that was begun, also where its link was archived meanwhile: the
    /// debtor is at the bank by then.
    pub fn finish(&self, payment_id: &str, end: PaymentEnd) {
        lock(&self.desk.book).finish(payment_id, end);
    }

    /// Pays a link with iDEAL. Returns the id of the payment.
    pub fn pay(&self, link_id: &str) -> Result<String, CheckoutRefusal> {
        let payment_id = self.begin(link_id, "ideal")?;
        self.finish(&payment_id, PaymentEnd::Paid);
        Ok(payment_id)
    }

    /// A payment by another product of the organisation. Returns its id.
    #[must_use]
    pub fn receive_elsewhere(&self, amount: Money) -> String {
        lock(&self.desk.book).receive_elsewhere(amount)
    }

    /// Somebody sends so much of a payment back to its payer; the next settlement is less by it.
    pub fn send_back(&self, payment_id: &str, amount: Money) {
        lock(&self.desk.book).send_back(payment_id, amount, false);
    }

    /// The payer's bank takes so much back; the next settlement is less by it.
    pub fn charge_back(&self, payment_id: &str, amount: Money) {
        lock(&self.desk.book).send_back(payment_id, amount, true);
    }

    /// Pays out what was paid by these payments, less what was sent back since the last settlement
    /// and a fee in minor units. Returns the settlement's reference, which the bank's statement
    /// shows, and the amount.
    #[must_use]
    pub fn pay_out(&self, payment_ids: &[String], fee_minor: i64) -> (String, Money) {
        lock(&self.desk.book).pay_out(payment_ids, fee_minor)
    }

    /// Whether the money of a settlement has left, as it says.
    pub fn set_paid_out(&self, reference: &str, is_paid_out: bool) {
        lock(&self.desk.book).set_paid_out(reference, is_paid_out);
    }

    /// Calls the webhook of a payment's link once; the status of its answer, or none where nobody
    /// answers.
    pub async fn deliver(&self, payment_id: &str) -> Option<u16> {
        let url = lock(&self.desk.book).webhook_of(payment_id);
        self.deliver_to(&url, &format!("id={payment_id}")).await
    }

    /// Calls any webhook with any form.
    pub async fn deliver_to(&self, url: &str, form: &str) -> Option<u16> {
        let form_type = "application/x-www-form-urlencoded";
        let request = self.http.request(Method::POST, url).header(header::CONTENT_TYPE, form_type);
        let answer = self.http.call("POST webhook", request.body(form.to_owned())).await.ok()?;
        Some(answer.status().as_u16())
    }
}

impl Desk {
    /// One call: who asks is known, faults happen, and the work is done.
    async fn serve(
        &self,
        operation: &'static str,
        headers: &HeaderMap,
        work: impl FnOnce(&mut Book) -> Result<Answer, Problem>,
    ) -> Response {
        lock(&self.calls).push(operation.to_owned());
        let fault = self.next_fault(operation);
        match fault {
            Some(MollieFault::Refuse(status)) => return Problem::of(status).into_response(),
            Some(MollieFault::Wait(pause)) => tokio::time::sleep(pause).await,
            Some(MollieFault::LoseAnswer | MollieFault::HoldAnswer) | None => {}
        }
        let secret = if operation.contains("settlements") { MOLLIE_TOKEN } else { MOLLIE_KEY };
        let given = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        if given != Some(format!("Bearer {secret}").as_str()) {
            return Problem::unauthorized().into_response();
        }
        let answer = work(&mut lock(&self.book));
        match fault {
            Some(MollieFault::LoseAnswer) => return Problem::of(502).into_response(),
            Some(MollieFault::HoldAnswer) => {
                if let Ok(permit) = self.held.acquire().await {
                    permit.forget();
                }
            }
            Some(MollieFault::Refuse(_) | MollieFault::Wait(_)) | None => {}
        }
        answer.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
    }

    fn next_fault(&self, operation: &str) -> Option<MollieFault> {
        let mut faults = lock(&self.faults);
        let place = faults.iter().position(|(of, _)| *of == operation)?;
        faults.remove(place).map(|(_, fault)| fault)
    }
}

async fn create_link(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let key = headers.get("idempotency-key").and_then(|it| it.to_str().ok()).map(str::to_owned);
    let create = |book: &mut Book| book.once(key, &body, Book::create);
    desk.serve("POST payment-links", &headers, create).await
}

async fn list_links(
    State(desk): State<Desk>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_links(&query.unwrap_or_default());
    desk.serve("GET payment-links", &headers, list).await
}

async fn show_link(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    desk.serve("GET payment-links/id", &headers, |book| book.show_link(&id)).await
}

async fn update_link(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let update = |book: &mut Book| book.update(&id, &wish(&body)?);
    desk.serve("PATCH payment-links/id", &headers, update).await
}

async fn list_payments(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_payments(&id, &query.unwrap_or_default());
    desk.serve("GET payment-links/id/payments", &headers, list).await
}

async fn show_payment(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    desk.serve("GET payments/id", &headers, |book| book.show_payment(&id)).await
}

async fn list_settlements(
    State(desk): State<Desk>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_settlements(&query.unwrap_or_default());
    desk.serve("GET settlements", &headers, list).await
}

async fn list_settled(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_settled(&id, &query.unwrap_or_default());
    desk.serve("GET settlements/id/payments", &headers, list).await
}

async fn show_settlement(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    desk.serve("GET settlements/id", &headers, |book| book.show_settlement(&id)).await
}

async fn list_refunds(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_backs(&id, false, &query.unwrap_or_default());
    desk.serve("GET settlements/id/refunds", &headers, list).await
}

async fn list_charge_backs(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let list = |book: &mut Book| book.list_backs(&id, true, &query.unwrap_or_default());
    desk.serve("GET settlements/id/chargebacks", &headers, list).await
}

/// The JSON of a request.
fn wish(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|_| Problem::bad_request("Cannot parse the JSON body"))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = (self.status, [(header::CONTENT_TYPE, "application/hal+json")], self.text());
        if self.is_replayed {
            return ([("idempotent-replayed", "true")], body).into_response();
        }
        body.into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        Answer { status, body: self.told(), is_replayed: false }.into_response()
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
