//! The description of the creditors' API: `OpenAPI` 3.1, made of the routes and of the types that
//! they answer with.

use contracts::intake::{ImportDirectPaymentsAnswer, ImportInvoiceAnswer};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::{KEY_HEADER, KEY_LENGTH_MAX, ROUTES};
use crate::domain::ubl::MAX_BYTES;
use crate::domain::{TABLE_BYTES_MAX, TABLE_LINES_MAX};

const COMPONENTS: &str = "/components/schemas";

/// The whole document.
#[must_use]
pub fn openapi() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = COMPONENTS.into();
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in &ROUTES {
        let operation = (route.describe)(&mut generator);
        let methods = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(route.method.to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Amicable: invoices of creditors",
            "version": "1",
            "description": "Hand over unpaid invoices, the credit notes that lower them, and what \
                            debtors paid straight to you.",
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

pub(super) fn post_invoice(generator: &mut SchemaGenerator) -> Value {
    let answers =
        ["It was taken in before; nothing happened.", "It became a claim, or lowered one."];
    let body = json!({
        "required": true,
        "description": format!(
            "A UBL 2.x invoice or credit note, such as Peppol BIS 3; at most {MAX_BYTES} bytes."
        ),
        "content": { "application/xml": {} },
    });
    hand_over::<ImportInvoiceAnswer>(
        generator,
        ("postInvoice", "Hand over one invoice or credit note."),
        &body,
        answers,
    )
}

pub(super) fn post_direct_payments(generator: &mut SchemaGenerator) -> Value {
    let answers = ["It was taken in before; nothing happened.", "Every payment was taken in."];
    let body = json!({
        "required": true,
        "description": format!(
            "What debtors paid straight to the creditor: a table with a first line that names its \
             columns, as intake's README describes it; at most {TABLE_LINES_MAX} payments and \
             {TABLE_BYTES_MAX} bytes."
        ),
        "content": { "text/csv": {} },
    });
    hand_over::<ImportDirectPaymentsAnswer>(
        generator,
        ("postDirectPayments", "Tell what debtors paid straight to the creditor."),
        &body,
        answers,
    )
}

/// A document that is handed over.
fn hand_over<A: JsonSchema>(
    generator: &mut SchemaGenerator,
    (operation_id, summary): (&str, &str),
    body: &Value,
    [known, taken]: [&str; 2],
) -> Value {
    let answered = content::<A>(generator, "application/json");
    let refused = content::<Refusal>(generator, "application/problem+json");
    let answer = |description: &str| json!({ "description": description, "content": answered });
    let refusal = |description: &str| json!({ "description": description, "content": refused });
    json!({
        "operationId": operation_id,
        "summary": summary,
        "security": [{ "token": [] }],
        "parameters": [
            {
                "name": "creditor_id", "in": "path", "required": true,
                "schema": { "type": "string", "format": "uuid" },
            },
            {
                "name": KEY_HEADER, "in": "header", "required": true,
                "description": "Makes it safe to send the same document again: same key and same \
                                document, same answer.",
                "schema": { "type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX },
            },
        ],
        "requestBody": body,
        "responses": {
            "200": answer(known),
            "201": answer(taken),
            "400": refusal("No idempotency key, or half a document."),
            "401": refusal("No such creditor, or not its token."),
            "408": refusal("The document came too slowly."),
            "409": refusal("The key was used for another document."),
            "413": refusal("The document is too large."),
            "422": refusal("The document is refused, with every problem; nothing was taken in."),
            "503": refusal("Not now: send it again with the same key."),
        },
    })
}

pub(super) fn get_openapi(_: &mut SchemaGenerator) -> Value {
    let content = json!({ "application/json": { "schema": { "type": "object" } } });
    json!({
        "operationId": "getOpenapi",
        "summary": "This document.",
        "responses": { "200": { "description": "This document.", "content": content } },
    })
}

fn content<T: JsonSchema>(generator: &mut SchemaGenerator, media_type: &str) -> Value {
    json!({ media_type: { "schema": generator.subschema_for::<T>() } })
}
