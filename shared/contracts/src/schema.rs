//! The JSON Schemas (2020-12) of everything that travels, generated from the types.
//!
//! Each is complete in itself. Nothing may be written into a schema by hand: it says what the code
//! does.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::Envelope;
use crate::operations::{
    CheckReport, EmptyRequest, ListParked, ListUncertain, ListWaiting, Operation, ParkedList,
    RecoveryEnded, Refill, Refilled, SettleParked, SettleUncertain, SettleWaiting, SettledParked,
    SettledUncertain, SettledWaiting, ShowParked, ShowParkedAnswer, Status, UncertainList,
    WaitingList,
};
use crate::registry::ENTRIES;

/// Where the schemas are committed, from the workspace on.
pub const FOLDER: &str = "shared/contracts/schemas";
/// The name of the envelope's schema.
pub const ENVELOPE: &str = "envelope";
/// Stands for the service in the names of the operations that every service serves.
pub const EVERY_SERVICE: &str = "every-service";

type Form = fn(&mut SchemaGenerator) -> Schema;

/// All schemas by name: the subject of a message, `<subject>.answer`, or [`ENVELOPE`].
#[must_use]
pub fn schemas() -> BTreeMap<String, Value> {
    let mut schemas = BTreeMap::from([schema(ENVELOPE.to_owned(), Envelope::json_schema)]);
    for entry in ENTRIES {
        schemas.extend([schema(entry.contract.subject(), entry.schema)]);
        let answer = entry.answer.as_ref();
        schemas
            .extend(answer.map(|told| schema(answer_to(&entry.contract.subject()), told.schema)));
    }
    for operation in Operation::ALL {
        let subject = operation.subject(EVERY_SERVICE);
        let (body, answer) = forms(operation);
        schemas.extend([schema(answer_to(&subject), answer), schema(subject, body)]);
    }
    schemas
}

/// The schemas as files: path from the workspace on, and text.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let file = |(name, schema): (String, Value)| (path(&name), text(schema));
    schemas().into_iter().map(file).collect()
}

/// The name of what answers a request.
#[must_use]
pub fn answer_to(subject: &str) -> String {
    format!("{subject}.answer")
}

/// Generated JSON as it is committed: keys in order, so that no build flag changes it.
pub(crate) fn text(mut value: Value) -> String {
    value.sort_all_objects();
    format!("{value:#}\n")
}

fn path(name: &str) -> String {
    format!("{FOLDER}/{name}.json")
}

fn schema(name: String, form: Form) -> (String, Value) {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = form(&mut generator);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(name));
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
    (name, schema.to_value())
}

/// The body and the answer of an operation.
fn forms(operation: Operation) -> (Form, Form) {
    match operation {
        Operation::Status => (EmptyRequest::json_schema, Status::json_schema),
        Operation::Check => (EmptyRequest::json_schema, CheckReport::json_schema),
        Operation::ListParked => (ListParked::json_schema, ParkedList::json_schema),
        Operation::ShowParked => (ShowParked::json_schema, ShowParkedAnswer::json_schema),
        Operation::SettleParked => (SettleParked::json_schema, SettledParked::json_schema),
        Operation::ListWaiting => (ListWaiting::json_schema, WaitingList::json_schema),
        Operation::SettleWaiting => (SettleWaiting::json_schema, SettledWaiting::json_schema),
        Operation::ListUncertain => (ListUncertain::json_schema, UncertainList::json_schema),
        Operation::SettleUncertain => (SettleUncertain::json_schema, SettledUncertain::json_schema),
        Operation::Refill => (Refill::json_schema, Refilled::json_schema),
        Operation::EndRecovery => (EmptyRequest::json_schema, RecoveryEnded::json_schema),
    }
}
