//! The forms in which Mollie answers: objects, lists in pages, and errors.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// What is answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    /// Whether it was given before, for the same key.
    pub(super) is_replayed: bool,
}

/// Why nothing was done.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) status: u16,
    title: &'static str,
    detail: String,
    /// What of the request is wrong, where it is one field.
    field: Option<&'static str>,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body, is_replayed: false }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body, is_replayed: false }
    }

    /// A page of what there is, in its order.
    pub(super) fn page(
        name: &str,
        path: &str,
        all: Vec<(String, Value)>,
        query: &str,
    ) -> Result<Self, Problem> {
        let told = |key: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value.to_owned())
        };
        let limit = told("limit").map_or(Ok(50), |it| it.parse::<usize>());
        let limit = limit
            .ok()
            .filter(|it| (1..=250).contains(it))
            .ok_or_else(|| Problem::bad_request("Invalid limit").at("limit"))?;
        let from = told("from");
        let mut rest =
            all.into_iter().skip_while(|(id, _)| from.as_ref().is_some_and(|it| it != id));
        let page: Vec<Value> = rest.by_ref().take(limit).map(|(_, it)| it).collect();
        let next = rest.next().map(|(id, _)| {
            let href = format!("https://api.mollie.com/v2/{path}?from={id}&limit={limit}");
            json!({ "href": href, "type": "application/hal+json" })
        });
        Ok(Self::ok(json!({
            "count": page.len(),
            "_embedded": { name: page },
            "_links": {
                "self": { "href": format!("https://api.mollie.com/v2/{path}") },
                "previous": null,
                "next": next,
            },
        })))
    }

    pub(super) fn text(&self) -> String {
        self.body.to_string()
    }
}

impl Problem {
    fn new(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), field: None }
    }

    /// A status that a test wants.
    pub(super) fn of(status: u16) -> Self {
        Self::new(status, "As the test wants it", "The test asked for this answer")
    }

    pub(super) fn bad_request(detail: &str) -> Self {
        Self::new(400, "Bad Request", detail)
    }

    pub(super) fn unauthorized() -> Self {
        let detail = "Missing authentication, or failed to authenticate";
        Self::new(401, "Unauthorized Request", detail)
    }

    pub(super) fn not_found(id: &str) -> Self {
        let detail = format!("No object exists with token {id}.");
        Self::new(404, "Not Found", detail)
    }

    pub(super) fn unprocessable(field: &'static str, detail: impl Into<String>) -> Self {
        Self::new(422, "Unprocessable Entity", detail).at(field)
    }

    fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// As it is told.
    pub(super) fn told(&self) -> Value {
        let Self { status, title, detail, field } = self;
        let documentation = json!({ "documentation": { "href": "...", "type": "text/html" } });
        let mut told = json!({ "status": status, "title": title, "detail": detail });
        if let (Some(told), Some(field)) = (told.as_object_mut(), field) {
            told.insert("field".to_owned(), Value::from(*field));
        }
        if let Some(told) = told.as_object_mut() {
            told.insert("_links".to_owned(), documentation);
        }
        told
    }
}
