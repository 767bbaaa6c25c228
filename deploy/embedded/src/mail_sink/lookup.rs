//! Questions about the mails, in the form of Mailpit's API, and a page for people.
//!
//! It only answers: nothing here changes or removes a mail.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::store::{Content, Correspondent, Mail, Store};
use crate::Error;

const PAGE_DEFAULT: usize = 50;

/// Answers until it is dropped.
pub(super) async fn serve(listener: TcpListener, store: Arc<Store>) {
    let routes = Router::new()
        .route("/", get(page))
        .route("/view/{id}", get(view))
        .route("/api/v1/messages", get(list))
        .route("/api/v1/search", get(search))
        .route("/api/v1/message/{id}", get(message))
        .route("/api/v1/message/{id}/headers", get(headers))
        .route("/api/v1/message/{id}/raw", get(raw))
        .with_state(store);
    // axum's loop ends only with the task.
    axum::serve(listener, routes).await.ok();
}

#[derive(Deserialize)]
struct Window {
    #[serde(default)]
    query: String,
    #[serde(default)]
    start: usize,
    limit: Option<usize>,
}

/// The answer to a list or a search, newest first.
#[derive(Serialize)]
struct Listing {
    /// Mails in the sink.
    total: usize,
    /// Mails that the question concerns.
    messages_count: usize,
    /// Mails in this answer.
    count: usize,
    start: usize,
    messages: Vec<Summary>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    from: Person,
    to: Vec<Person>,
    subject: String,
    created: String,
    size: u64,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Person {
    name: String,
    address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Whole {
    #[serde(flatten)]
    summary: Summary,
    return_path: String,
    text: String,
    #[serde(rename = "HTML")]
    html: String,
}

async fn list(State(store): State<Arc<Store>>, Query(window): Query<Window>) -> Json<Listing> {
    let mails = store.mails();
    let total = mails.len();
    Json(Listing::of(total, mails, &window))
}

async fn search(State(store): State<Arc<Store>>, Query(window): Query<Window>) -> Response {
    let Some(wanted) = message_id_in(&window.query) else {
        let said = "only a search for message-id:\"…\" is understood\n";
        return (StatusCode::BAD_REQUEST, said).into_response();
    };
    let mut mails = store.mails();
    let total = mails.len();
    mails.retain(|mail| mail.message_id.as_deref() == Some(wanted));
    Json(Listing::of(total, mails, &window)).into_response()
}

async fn message(store: State<Arc<Store>>, id: Path<String>) -> Result<Json<Whole>, Refusal> {
    let mail = find(&store, &id)?;
    let Content { text, html, .. } = mail.content()?;
    Ok(Json(Whole { return_path: mail.return_path.clone(), text, html, summary: mail.into() }))
}

async fn headers(
    store: State<Arc<Store>>,
    id: Path<String>,
) -> Result<Json<BTreeMap<String, Vec<String>>>, Refusal> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in find(&store, &id)?.content()?.headers {
        named.entry(name).or_default().push(value);
    }
    Ok(Json(named))
}

async fn raw(store: State<Arc<Store>>, id: Path<String>) -> Result<Response, Refusal> {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((plain, find(&store, &id)?.raw()?).into_response())
}

async fn view(store: State<Arc<Store>>, id: Path<String>) -> Result<String, Refusal> {
    let mail = find(&store, &id)?;
    let to = mail.recipients.join(", ");
    Ok(format!("To: {to}\nSubject: {}\n\n{}", mail.subject, mail.text()?))
}

async fn page(State(store): State<Arc<Store>>) -> Html<String> {
    let mut rows = String::new();
    for mail in store.mails().iter().rev() {
        let (id, received) = (mail.id(), mail.received);
        let (to, subject) = (escaped(&mail.recipients.join(", ")), escaped(&mail.subject));
        // Writing to a string cannot fail.
        writeln!(
            rows,
            "<tr><td>{received:.0}<td>{to}<td><a href=\"/view/{id}\">{subject}</a>\
             <td><a href=\"/api/v1/message/{id}/raw\">source</a>"
        )
        .ok();
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mails</title>\
         <style>body{{font-family:sans-serif}}td{{padding:.2em 1em}}</style>\
         <h1>Mails that were sent</h1><table>{rows}</table></html>"
    ))
}

impl Listing {
    fn of(total: usize, matching: Vec<Mail>, window: &Window) -> Self {
        let messages_count = matching.len();
        let newest_first = matching.into_iter().rev().skip(window.start);
        let messages: Vec<Summary> =
            newest_first.take(window.limit.unwrap_or(PAGE_DEFAULT)).map(Summary::from).collect();
        Self { total, messages_count, count: messages.len(), start: window.start, messages }
    }
}

impl From<Mail> for Summary {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id(),
            message_id: mail.message_id.unwrap_or_default(),
            from: mail.from.into_iter().next().map(Person::from).unwrap_or_default(),
            to: mail.to.into_iter().map(Person::from).collect(),
            subject: mail.subject,
            created: mail.received.to_string(),
            size: mail.size_bytes,
        }
    }
}

impl From<Correspondent> for Person {
    fn from(Correspondent { name, address }: Correspondent) -> Self {
        Self { name, address }
    }
}

/// Why a question about one mail has no answer.
enum Refusal {
    Unknown,
    Unreadable(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Unreadable(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, "no such mail\n").into_response(),
            Self::Unreadable(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
            }
        }
    }
}

fn find(store: &Store, id: &str) -> Result<Mail, Refusal> {
    store.mails().into_iter().find(|mail| mail.id() == id).ok_or(Refusal::Unknown)
}

/// The id in `message-id:"…"`, with or without quotes and angle brackets.
fn message_id_in(query: &str) -> Option<&str> {
    let id = query.trim().strip_prefix("message-id:")?.trim_matches('"');
    Some(id.trim_start_matches('<').trim_end_matches('>')).filter(|id| !id.is_empty())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
