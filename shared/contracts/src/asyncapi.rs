//! The `AsyncAPI` 3.0 document: every channel, who sends there and who receives.
//!
//! Payloads are references to the committed schemas. `AsyncAPI` reads them as its own schema
//! language, in which all keywords that they use mean the same. It describes what the services do
//! with each other; the operator's command line may ask whatever is answered here.
//!
//! Only the current version of a message is sent. Whoever receives it receives the earlier ones
//! too, since streams hold them.

use serde_json::{Map, Value, json};

use crate::header::{
    ACTOR, CLOUD_EVENT, CONTENT_TYPE, ERROR, ERROR_CODE, IDEMPOTENCY_KEY, JSON, MESSAGE_ID,
    TRACEPARENT,
};
use crate::operations::Operation;
use crate::permissions::{COMMANDS, EVENTS};
use crate::registry::{ENTRIES, SLICES, is_current};
use crate::schema::{self, ENVELOPE, EVERY_SERVICE, answer_to};
use crate::{Contract, Kind};

/// Where the document is committed, from the workspace on.
pub const FILE: &str = "shared/contracts/asyncapi.json";

/// The document as a file: path from the workspace on, and text.
#[must_use]
pub fn file() -> (String, String) {
    (FILE.to_owned(), schema::text(document()))
}

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let service = |slice: &crate::registry::Slice| tag(slice.service);
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Amicable",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the services of Amicable tell and ask each other over NATS.",
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            "tags": SLICES.iter().map(service).collect::<Vec<_>>(),
        },
        "defaultContentType": JSON,
        "servers": {
            "nats": {
                "host": "localhost:4222",
                "protocol": "nats",
                "description": "A nats-server 2.10 or later with JetStream.",
                "security": [reference(&["components", "securitySchemes", "user"])],
            },
        },
        "channels": channels(),
        "operations": operations(),
        "components": {
            "messages": messages(),
            "securitySchemes": {
                "user": {
                    "type": "userPassword",
                    "description": "Each service has its own user, with permissions from here.",
                },
            },
        },
    })
}

fn channels() -> Map<String, Value> {
    let mut channels = Map::new();
    for entry in ENTRIES {
        let name = entry.contract.subject();
        let mut told = match entry.contract.kind {
            Kind::Event => format!("Kept in the stream {EVENTS}."),
            Kind::Command => format!("Kept in the work queue {COMMANDS}."),
            Kind::Request => {
                channels.extend([answer_channel(&name)]);
                "Core NATS, answered over the NATS service API.".to_owned()
            }
        };
        if !is_current(&entry.contract) {
            told.push_str(" An earlier version: still read, and made no more.");
        }
        channels.extend([channel(&name, &json!(name), &told, &[entry.contract.owner])]);
    }
    let services = services();
    for operation in Operation::ALL {
        let name = operation.subject(EVERY_SERVICE);
        channels.extend([answer_channel(&name)]);
        let address = json!(operation.subject("{service}"));
        let told = "Core NATS, answered by every service over the NATS service API.";
        let (name, channel) = channel(&name, &address, told, &services);
        let service = json!({ "description": "The service that is asked.", "enum": services });
        channels.insert(name, with(channel, "parameters", json!({ "service": service })));
    }
    channels
}

/// Answers come back on a subject of the asker's own inbox.
fn answer_channel(request: &str) -> (String, Value) {
    channel(&answer_to(request), &Value::Null, "The inbox of whoever asked.", &[])
}

fn channel(name: &str, address: &Value, told: &str, tags: &[&str]) -> (String, Value) {
    let channel = json!({
        "address": address,
        "description": told,
        "messages": { name: reference(&["components", "messages", name]) },
        "tags": tags.iter().map(|name| tag(name)).collect::<Vec<_>>(),
    });
    (name.to_owned(), channel)
}

fn operations() -> Map<String, Value> {
    let mut operations = Map::new();
    for slice in SLICES {
        let service = slice.service;
        let mut add = |verb: &str, action: &str, contract: Contract| {
            let subject = contract.subject();
            let id = format!("{service}.{verb}.{subject}");
            let replies = contract.kind == Kind::Request;
            operations.insert(id, operation(action, &subject, replies, &[service]));
        };
        slice.events().for_each(|contract| add("sends", "send", contract));
        slice.commands.iter().for_each(|contract| add("sends", "send", *contract));
        slice.receives().for_each(|contract| add("receives", "receive", contract));
        slice.serves().for_each(|contract| add("answers", "receive", contract));
        slice.requests.iter().for_each(|contract| add("asks", "send", *contract));
    }
    for served in Operation::ALL {
        let subject = served.subject(EVERY_SERVICE);
        let id = format!("{EVERY_SERVICE}.answers.{}", served.name());
        operations.insert(id, operation("receive", &subject, true, &services()));
    }
    operations
}

fn operation(action: &str, subject: &str, replies: bool, services: &[&str]) -> Value {
    let tags = services.iter().map(|name| tag(name)).collect();
    let operation = with(with(on_channel(subject), "action", json!(action)), "tags", tags);
    if !replies {
        return operation;
    }
    with(operation, "reply", on_channel(&answer_to(subject)))
}

fn on_channel(name: &str) -> Value {
    json!({
        "channel": reference(&["channels", name]),
        "messages": [reference(&["channels", name, "messages", name])],
    })
}

fn messages() -> Map<String, Value> {
    let mut messages = Map::new();
    for (name, schema) in schema::schemas().into_iter().filter(|(name, _)| name != ENVELOPE) {
        let message = if name.contains(".evt.") || name.contains(".cmd.") {
            json!({
                "contentType": CLOUD_EVENT,
                "correlationId": { "location": "$message.payload#/correlationid" },
                "headers": headers(&[MESSAGE_ID, TRACEPARENT, CONTENT_TYPE]),
                "payload": in_envelope(&name),
            })
        } else if name.ends_with(".answer") {
            json!({ "headers": headers(&[ERROR, ERROR_CODE]), "payload": schema_file(&name) })
        } else {
            let headers = headers(&[ACTOR, IDEMPOTENCY_KEY, TRACEPARENT]);
            json!({ "headers": headers, "payload": schema_file(&name) })
        };
        let told = schema.get("description").cloned().unwrap_or_else(|| json!(name));
        let message = with(with(message, "name", json!(name)), "description", told);
        messages.insert(name, message);
    }
    messages
}

/// An event or command travels inside the envelope.
fn in_envelope(name: &str) -> Value {
    let own = json!({ "properties": { "type": { "const": name }, "data": schema_file(name) } });
    json!({ "allOf": [schema_file(ENVELOPE), own] })
}

fn headers(names: &[&str]) -> Value {
    let header = |name: &&str| ((*name).to_owned(), json!({ "type": "string" }));
    json!({ "type": "object", "properties": names.iter().map(header).collect::<Map<_, _>>() })
}

fn schema_file(name: &str) -> Value {
    json!({ "$ref": format!("schemas/{name}.json") })
}

/// A pointer into this document; no name in it needs an escape.
fn reference(path: &[&str]) -> Value {
    json!({ "$ref": format!("#/{}", path.join("/")) })
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    object
}

fn tag(name: &str) -> Value {
    json!({ "name": name })
}

fn services() -> Vec<&'static str> {
    SLICES.iter().map(|slice| slice.service).collect()
}
