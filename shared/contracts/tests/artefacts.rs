//! What is generated from the contracts and committed says what the code says.
//!
//! `make generate` runs this with `AMICABLE_GENERATE=1`: then it writes instead of refusing.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use contracts::registry::{ENTRIES, SLICES, is_current};
use contracts::{Kind, asyncapi, permissions, schema};
use serde_json::Value;

#[test]
fn committed_files_are_as_generated() {
    let generated: Vec<(String, String)> =
        schema::files().into_iter().chain([asyncapi::file(), permissions::file()]).collect();
    let known: BTreeSet<PathBuf> = generated.iter().map(|(path, _)| root().join(path)).collect();
    let orphans = files_in(&root().join(schema::FOLDER)).into_iter().filter(|f| !known.contains(f));
    if std::env::var_os("AMICABLE_GENERATE").is_some_and(|asked| asked == "1") {
        orphans.for_each(|orphan| fs::remove_file(orphan).unwrap());
        for (path, text) in &generated {
            write(&root().join(path), text);
        }
        return;
    }
    let differs = |(path, text): &&(String, String)| {
        fs::read_to_string(root().join(path)).ok().as_ref() != Some(text)
    };
    let mut wrong: Vec<String> =
        generated.iter().filter(differs).map(|(path, _)| path.clone()).collect();
    wrong.extend(orphans.map(|orphan| format!("{} belongs to no message", orphan.display())));
    assert!(
        wrong.is_empty(),
        "these files are not what the contracts generate; run `make generate`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_reference_of_the_asyncapi_document_leads_somewhere() {
    let document = asyncapi::document();
    let schemas = schema::schemas();
    for reference in references(&document) {
        let found = if let Some(pointer) = reference.strip_prefix('#') {
            document.pointer(pointer).is_some()
        } else {
            let name = reference.strip_prefix("schemas/").unwrap();
            schemas.contains_key(name.strip_suffix(".json").unwrap())
        };
        assert!(found, "{reference}");
    }
}

#[test]
fn the_asyncapi_document_sends_current_versions_and_receives_all() {
    let document = asyncapi::document();
    let operations = document.get("operations").and_then(Value::as_object).unwrap();
    let told = |verb: &str, subject: &str| -> BTreeSet<&str> {
        let of =
            |id| SLICES.iter().map(|s| s.service).find(|s| format!("{s}.{verb}.{subject}") == id);
        operations.keys().filter_map(|id| of(id.clone())).collect()
    };
    for contract in ENTRIES.iter().map(|entry| entry.contract) {
        if contract.kind == Kind::Request {
            continue;
        }
        let subject = contract.subject();
        let sends = SLICES.iter().filter(|slice| {
            slice.events().any(|sent| sent == contract) || slice.commands.contains(&contract)
        });
        let senders: BTreeSet<&str> = sends.map(|slice| slice.service).collect();
        assert_eq!(told("sends", &subject), senders, "{subject}");
        assert_eq!(senders.is_empty(), !is_current(&contract), "{subject}");
        let takes = |consumed: &contracts::Contract| consumed.stem() == contract.stem();
        let receivers: BTreeSet<&str> = SLICES
            .iter()
            .filter(|slice| slice.consumes.iter().any(takes))
            .map(|slice| slice.service)
            .collect();
        assert_eq!(told("receives", &subject), receivers, "{subject}");
    }
}

#[test]
fn no_permission_is_given_twice() {
    let (_, text) = permissions::file();
    for list in text.split("allow: [").skip(1) {
        let list = list.split(']').next().unwrap();
        let subjects: Vec<&str> = list.split_whitespace().collect();
        let once: BTreeSet<&&str> = subjects.iter().collect();
        assert_eq!(once.len(), subjects.len(), "{list}");
        assert!(!subjects.is_empty());
    }
}

#[test]
fn every_schema_holds_the_definitions_that_it_uses() {
    for (name, schema) in schema::schemas() {
        for reference in references(&schema) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(schema.pointer(pointer).is_some(), "{name}: {reference}");
        }
    }
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
