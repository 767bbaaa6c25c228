//! What was published once can be read for ever: each message version has a frozen snapshot.
//!
//! A snapshot is a list of examples. It is written once, when its message version is new
//! (`make generate`, which sets `AMICABLE_GENERATE=1`), and never again.
//!
//! Snapshots of events and commands stay for ever: streams, logs and tables hold every version, and
//! the current type reads them all (`upgrades.rs`). Those of a request go when its next version
//! takes its place: nobody keeps a question, and an asker of the release before asks again until it
//! is replaced too. Who deletes any other says that this message was never sent anywhere.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod coverage;
mod examples;
mod upgrades;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use contracts::operations::Operation;
use contracts::registry::{ENTRIES, is_current};
use contracts::schema::{EVERY_SERVICE, answer_to};
use contracts::{Message, Request, schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// The examples of one message version, as they must stand in its file.
struct Snapshot {
    name: String,
    text: String,
    /// Whether a text means these examples.
    means: Box<dyn Fn(&str) -> bool>,
}

impl Snapshot {
    fn new<T>(name: String, examples: Vec<T>, read: fn(&str) -> Option<T>) -> Self
    where
        T: Serialize + PartialEq + 'static,
    {
        let text = format!("{}\n", serde_json::to_string_pretty(&examples).unwrap());
        let means = move |text: &str| {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap_or_default();
            let items: Option<Vec<T>> = items.iter().map(|item| read(item.get())).collect();
            items.as_ref() == Some(&examples)
        };
        Self { name, text, means: Box::new(means) }
    }

    fn message<M: Message + PartialEq>(examples: Vec<M>) -> Self {
        let read = |text: &str| M::decode(M::CONTRACT.version, text).ok();
        Self::new(M::CONTRACT.subject(), examples, read)
    }

    /// Of an earlier version what was frozen while it was made: its type reads that, and writes it
    /// again as it was.
    fn frozen<M: Message + PartialEq>() -> Self {
        let file = folder().join(format!("{}.json", M::CONTRACT.subject()));
        let items: Vec<Box<RawValue>> =
            serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let read = |item: &RawValue| M::decode(M::CONTRACT.version, item.get()).unwrap();
        Self::message(items.iter().map(|item| read(item)).collect::<Vec<M>>())
    }

    fn request<R: Request + PartialEq>(bodies: Vec<R>, answers: Vec<R::Answer>) -> [Self; 2]
    where
        R::Answer: PartialEq,
    {
        let name = answer_to(&R::CONTRACT.subject());
        [Self::message(bodies), Self::new(name, answers, plain)]
    }

    fn operation<B, A>(operation: Operation, bodies: Vec<B>, answers: Vec<A>) -> [Self; 2]
    where
        B: Serialize + DeserializeOwned + PartialEq + 'static,
        A: Serialize + DeserializeOwned + PartialEq + 'static,
    {
        let subject = operation.subject(EVERY_SERVICE);
        let answers = Self::new(answer_to(&subject), answers, plain);
        [Self::new(subject, bodies, plain), answers]
    }

    /// The schema that the examples have the form of: `envelope~replayed` are envelopes that show
    /// what was added after `envelope` was frozen.
    fn schema(&self) -> &str {
        schema_of(&self.name)
    }

    fn path(&self) -> PathBuf {
        folder().join(format!("{}.json", self.name))
    }
}

fn schema_of(name: &str) -> &str {
    name.split_once('~').map_or(name, |(schema, _)| schema)
}

#[test]
fn frozen_messages_are_written_and_read_as_ever() {
    let generate = std::env::var_os("AMICABLE_GENERATE").is_some_and(|asked| asked == "1");
    for snapshot in examples::all() {
        let (path, name) = (snapshot.path(), &snapshot.name);
        if generate && !path.exists() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &snapshot.text).unwrap();
        }
        let frozen = fs::read_to_string(&path).unwrap_or_else(|_| {
            panic!("{name} has no snapshot yet; if it is new, run `make generate`")
        });
        assert!(
            frozen == snapshot.text && (snapshot.means)(&frozen),
            "{name} is frozen, and what the code writes or reads is not what {} says. Undo the \
             change, and make a new version of the message beside this one; or, where it never \
             landed, delete the file and run `make generate`.\nfrozen:\n{frozen}\n\
             code:\n{}",
            path.display(),
            snapshot.text
        );
    }
}

#[test]
fn every_message_version_has_a_snapshot_and_every_snapshot_a_message() {
    let examples: BTreeSet<String> =
        examples::all().iter().map(|snapshot| snapshot.schema().to_owned()).collect();
    let contracts: BTreeSet<String> = schema::schemas().into_keys().collect();
    let more: Vec<&String> = examples.difference(&contracts).collect();
    let fewer: Vec<&String> = contracts.difference(&examples).collect();
    assert!(
        more.is_empty() && fewer.is_empty(),
        "examples of no message (add it to ENTRIES in registry.rs): {more:?}; messages without an \
         example (add one in tests/snapshots/examples, and its file to mod.rs): {fewer:?}"
    );
    for entry in fs::read_dir(folder()).into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known =
            name.strip_suffix(".json").is_some_and(|name| contracts.contains(schema_of(name)));
        assert!(
            known,
            "{name} belongs to no message; a published event or command stays in the code, and \
             only a request that has a newer version is deleted"
        );
    }
}

/// Earlier versions showed every part when they were current; being frozen, they show nothing for
/// the current ones, whose types may have the same names.
#[test]
fn snapshots_have_the_form_of_their_schemas_and_show_every_part_of_them() {
    let schemas = schema::schemas();
    let earlier: BTreeSet<String> = earlier_versions();
    let mut missing = BTreeMap::new();
    let mut shown = BTreeSet::new();
    for snapshot in examples::all() {
        let schema = schemas.get(snapshot.schema()).unwrap();
        let is_earlier = earlier.contains(&snapshot.name);
        if !is_earlier {
            missing.extend(coverage::parts(schema).into_iter().map(|p| (p, snapshot.name.clone())));
        }
        for example in serde_json::from_str::<Vec<Value>>(&snapshot.text).unwrap() {
            let parts = coverage::shown(schema, &example);
            let parts = parts.unwrap_or_else(|| panic!("{}: {example:#}", snapshot.name));
            shown.extend(parts.into_iter().filter(|_| !is_earlier));
        }
    }
    missing.retain(|part, _| !shown.contains(part));
    assert!(missing.is_empty(), "no example shows: {missing:#?}");
}

/// The subjects of the versions that are read and made no more.
fn earlier_versions() -> BTreeSet<String> {
    let contracts = ENTRIES.iter().map(|entry| entry.contract);
    contracts.filter(|contract| !is_current(contract)).map(|contract| contract.subject()).collect()
}

fn plain<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}
