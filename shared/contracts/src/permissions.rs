//! Who may do what at the broker: one user per service, one for the operator's command line, one
//! for whoever sets the broker up.
//!
//! Derived from the slices: what a slice does not name, the broker refuses. Nobody may be given a
//! permission by hand.
//!
//! Who may send a message may send every version of it, though only the current one is made: an
//! outbox and a log hold earlier ones, which are published again when a broker is refilled, and
//! while a release goes out, services of the one before still work.
//!
//! A service answers only into the inboxes of those that may ask it. NATS could let it answer
//! whatever reply subject a question names, but then who asks could name the subject of an event
//! that neither of the two may publish, and find the answer published there. (The broker itself
//! answers wherever a question of its own API says. So a subject proves who sent a message only if
//! the envelope in it is of that type: consumers must compare the two.)

use std::fmt::Write;

use crate::registry::{SLICES, Slice};

/// The stream of all events.
pub const EVENTS: &str = "EVENTS";
/// The work queue of all commands.
pub const COMMANDS: &str = "COMMANDS";
/// The key-value bucket of the shared business clock.
pub const CLOCK_BUCKET: &str = "clock";
/// The user of the command line.
pub const OPERATOR: &str = "operator";
/// The user that makes streams, consumers and buckets.
pub const ADMIN: &str = "admin";
/// Where the permissions are committed, from the workspace on.
pub const FILE: &str = "deploy/nats/permissions.conf";

/// Everything that a service must be allowed in order to read and follow the clock.
const CLOCK_READS: [&str; 7] = [
    "$JS.API.STREAM.INFO.KV_clock",
    "$JS.API.STREAM.MSG.GET.KV_clock",
    "$JS.API.DIRECT.GET.KV_clock.>",
    "$JS.API.CONSUMER.CREATE.KV_clock",
    "$JS.API.CONSUMER.CREATE.KV_clock.>",
    "$JS.API.CONSUMER.DELETE.KV_clock.>",
    "$JS.FC.KV_clock.>",
];

/// Looking at streams and consumers without changing them.
const BROKER_READS: [&str; 7] = [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.CONSUMER.NAMES.*",
    "$JS.API.CONSUMER.LIST.*",
    "$JS.API.CONSUMER.INFO.*.*",
];

struct User {
    name: &'static str,
    publish: Vec<String>,
    subscribe: Vec<String>,
}

/// The users as a piece of a nats-server's configuration; `password_of` gets a user's name.
#[must_use]
pub fn broker_users(password_of: &dyn Fn(&str) -> String) -> String {
    authorization(&|user| quoted(&password_of(user)))
}

/// The users as a file: path from the workspace on, and text with variables for the passwords.
#[must_use]
pub fn file() -> (String, String) {
    let header = "# Who may do what at the broker. Made by `make generate` from shared/contracts; \
                  do not edit.\n# nats-server takes the passwords from its environment and reads \
                  them as values of this\n# language: begin them with a letter, and use letters \
                  and digits only.\n";
    let users =
        authorization(&|user| format!("${}_PASSWORD", user.to_ascii_uppercase().replace('-', "_")));
    (FILE.to_owned(), format!("{header}{users}"))
}

/// The users' names, services first.
pub fn users() -> impl Iterator<Item = &'static str> {
    all().into_iter().map(|user| user.name)
}

/// The start of the subjects on which a user gets answers; nobody else may listen there.
#[must_use]
pub fn inbox_prefix(user: &str) -> String {
    format!("_INBOX_{user}")
}

fn all() -> Vec<User> {
    SLICES.iter().map(service).chain([operator(), admin()]).collect()
}

fn service(slice: &Slice) -> User {
    let name = slice.service;
    let messages = slice.events().chain(slice.commands.iter().copied());
    let mut publish: Vec<String> =
        messages.chain(slice.requests.iter().copied()).map(|contract| contract.filter()).collect();
    publish.extend(askers(name).map(inbox));
    publish.push("$JS.API.INFO".to_owned());
    publish.extend([EVENTS, COMMANDS].map(|stream| format!("$JS.API.STREAM.INFO.{stream}")));
    for consumer in slice.consumers() {
        let (stream, consumer) = (consumer.stream, consumer.name());
        publish.extend([
            format!("$JS.API.CONSUMER.INFO.{stream}.{consumer}"),
            format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
            format!("$JS.ACK.{stream}.{consumer}.>"),
            // The newer form of the same: domain and account come first.
            format!("$JS.ACK.*.*.{stream}.{consumer}.>"),
        ]);
    }
    publish.extend(CLOCK_READS.map(str::to_owned));
    let mut subscribe = vec![inbox(name), format!("{name}.api.>")];
    // Discovery of the NATS service API: asked of all, of this service, of one replica. Spelt out,
    // because the broker lets who may listen to `$SRV.*` listen to `$SRV.>`.
    for asked in ["PING", "INFO", "STATS"].map(|verb| format!("$SRV.{verb}")) {
        subscribe.extend([format!("{asked}.{name}"), format!("{asked}.{name}.*"), asked]);
    }
    User { name, publish, subscribe }
}

/// Asks every service everything, looks at the broker, and turns the clock.
fn operator() -> User {
    let mut publish = vec!["*.api.>".to_owned(), "$SRV.>".to_owned()];
    publish.extend(BROKER_READS.map(str::to_owned));
    publish.extend(CLOCK_READS.map(str::to_owned));
    publish.push(format!("$KV.{CLOCK_BUCKET}.>"));
    User { name: OPERATOR, publish, subscribe: vec![inbox(OPERATOR)] }
}

/// Makes and changes streams, consumers and buckets; publishes no message and asks no service.
fn admin() -> User {
    User { name: ADMIN, publish: vec!["$JS.API.>".to_owned()], subscribe: vec![inbox(ADMIN)] }
}

/// Who may ask a service something.
fn askers(service: &str) -> impl Iterator<Item = &'static str> {
    let asks = move |slice: &&Slice| slice.requests.iter().any(|asked| asked.owner == service);
    SLICES.iter().filter(asks).map(|slice| slice.service).chain([OPERATOR])
}

fn inbox(user: &str) -> String {
    format!("{}.>", inbox_prefix(user))
}

/// `password` gives a value of the configuration language: a quoted string or a variable.
fn authorization(password: &dyn Fn(&str) -> String) -> String {
    let mut text = String::from("authorization {\n  users = [\n");
    for user in all() {
        let (name, secret) = (user.name, password(user.name));
        let (publish, subscribe) = (list(&user.publish), list(&user.subscribe));
        write!(
            text,
            "    {{\n      user: \"{name}\"\n      password: {secret}\n      \
             permissions {{\n        publish {{ allow: [{publish}] }}\n        \
             subscribe {{ allow: [{subscribe}] }}\n      }}\n    }}\n"
        )
        .expect("writing to a string cannot fail");
    }
    text.push_str("  ]\n}\n");
    text
}

fn list(subjects: &[String]) -> String {
    let subjects: Vec<String> = subjects.iter().map(|subject| quoted(subject)).collect();
    format!("\n          {}\n        ", subjects.join("\n          "))
}

/// A string of the configuration language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
