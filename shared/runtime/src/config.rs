//! Configuration: defaults in code, then one TOML file, then the environment; later wins.
//!
//! The key `postgres.url` of the service `payment-reconciliation` is `url` under `[postgres]` in
//! the file, and the variable `AMICABLE_PAYMENT_RECONCILIATION__POSTGRES__URL`. A key that no
//! default names is refused, wherever it stands: a typing error must not start a service with the
//! default. A variable's text is taken as it is where the default is a text or absent, and read as
//! JSON where the default is a number, a truth value or a list; so an optional key holds text.
//!
//! This file never reads the environment itself and never repeats a value it refuses: that value
//! may be a password.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::error::Kind;
use figment::providers::Serialized;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::nats::NatsConfig;
use crate::postgres::PostgresConfig;
use crate::shutdown::ShutdownConfig;
use crate::telemetry::TelemetryConfig;

/// What a service is configured with: what every process has, and its own keys beside it, both at
/// the top level. A service's own key must not bear the name of a key of the process, and its
/// struct must not deny unknown fields at the top level: [`load`] does, for both together.
#[derive(Clone, Debug, Default)]
pub struct Config<S> {
    /// What every process has.
    pub process: ProcessConfig,
    /// The service's own keys.
    pub service: S,
}

/// The keys of every process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProcessConfig {
    /// Where `/livez`, `/readyz` and `/metrics` answer. Port 0 takes any free port; the log says
    /// which.
    pub admin_listen: SocketAddr,
    /// Whose time is business time.
    pub clock: ClockMode,
    /// The store of files.
    pub files: FilesConfig,
    /// The broker.
    pub nats: NatsConfig,
    /// The database.
    pub postgres: PostgresConfig,
    /// How long each phase of the shutdown may take.
    pub shutdown: ShutdownConfig,
    /// How long a start waits for Postgres, for NATS and for the migrations.
    pub start_limit_ms: u64,
    /// Logs and traces.
    pub telemetry: TelemetryConfig,
    /// The parent process holds our standard input; when it closes, as it does when the parent dies
    /// in whatever way, we stop in order.
    pub watch_stdin: bool,
}

/// Whose time is business time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockMode {
    /// The machine's.
    System,
    /// The shared clock of a demonstration, which stands still until somebody advances it.
    Demo,
}

/// The store of files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FilesConfig {
    /// The folder it lies in, shared by all services.
    pub folder: PathBuf,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self {
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: ClockMode::System,
            files: FilesConfig::default(),
            nats: NatsConfig::default(),
            postgres: PostgresConfig::default(),
            shutdown: ShutdownConfig::default(),
            start_limit_ms: 10_000,
            telemetry: TelemetryConfig::default(),
            watch_stdin: false,
        }
    }
}

impl ProcessConfig {
    /// How long a start waits for each thing it needs.
    #[must_use]
    pub const fn start_limit(&self) -> Duration {
        Duration::from_millis(self.start_limit_ms)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.postgres.url.expose().is_empty() {
            return Err(ConfigError::refused("postgres.url", "must be set"));
        }
        if self.files.folder.as_os_str().is_empty() {
            return Err(ConfigError::refused("files.folder", "must be set"));
        }
        self.nats.check()?;
        self.telemetry.check()
    }
}

/// A text that is never shown: not in logs, not in errors, not when the configuration is printed.
/// A default in code must be empty.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret from elsewhere than the configuration.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one who connects with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn masked(&self) -> &'static str {
        if self.0.is_empty() { "" } else { "***" }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secret({})", self.masked())
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.masked())
    }
}

/// Why a process refuses its configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is absent or closed to us.
    #[error("configuration file {} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("configuration file {}, line {line}: {problem}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the TOML reader says.
        problem: String,
    },
    /// No default names this key.
    #[error("unknown configuration key `{key}` in {place}; {known}")]
    UnknownKey {
        /// With its sections, by points.
        key: String,
        /// The file or the variable.
        place: String,
        /// Which keys stand there.
        known: String,
    },
    /// A key's value is not of its type.
    #[error("configuration key `{key}` in {place}: {problem}")]
    WrongValue {
        /// With its sections, by points.
        key: String,
        /// The file or the variable.
        place: String,
        /// What is expected.
        problem: String,
    },
    /// A key's value is of its type and yet impossible.
    #[error("configuration key `{key}` {problem}")]
    Refused {
        /// With its sections, by points.
        key: &'static str,
        /// What it must be.
        problem: String,
    },
    /// The defaults in code cannot be written as text; a fault of ours.
    #[error("the defaults in code are no configuration: {problem}")]
    Defaults {
        /// What the serialiser says.
        problem: String,
    },
}

impl ConfigError {
    /// For values that are of their type and yet impossible.
    #[must_use]
    pub fn refused(key: &'static str, problem: impl Into<String>) -> Self {
        Self::Refused { key, problem: problem.into() }
    }
}

/// Reads the configuration of the service named `prefix`, in kebab case: defaults, then `file`,
/// then those variables of `env` that begin with [`variable_prefix`].
pub fn load<S: Serialize + Default + DeserializeOwned>(
    prefix: &str,
    file: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Config<S>, ConfigError> {
    let known = known_keys::<S>()?;
    let mut figment = Figment::from(Serialized::defaults(ProcessConfig::default()))
        .merge(Serialized::defaults(S::default()));
    if let Some(file) = file {
        figment = figment.merge(file_layer(file, &known)?);
    }
    for variable in variables(prefix, env) {
        figment = figment.merge(variable.layer(&known)?);
    }
    let process: ProcessConfig = figment.extract().map_err(wrong_value)?;
    let service = figment.extract().map_err(wrong_value)?;
    process.check()?;
    Ok(Config { process, service })
}

/// What the variables of a service begin with.
#[must_use]
pub fn variable_prefix(service: &str) -> String {
    format!("AMICABLE_{}__", service.to_uppercase().replace('-', "_"))
}

/// The keys that exist, as the serialised defaults. An empty table or `null` among them stands for
/// what only its own type can judge.
fn known_keys<S: Serialize + Default>() -> Result<Json, ConfigError> {
    let wrong = |problem: String| ConfigError::Defaults { problem };
    let tree = |tree: Result<Json, serde_json::Error>| tree.map_err(|e| wrong(e.to_string()));
    let mut known = tree(serde_json::to_value(ProcessConfig::default()))?;
    let own = tree(serde_json::to_value(S::default()))?;
    if let (Json::Object(known), Json::Object(own)) = (&mut known, own) {
        if let Some(taken) = own.keys().find(|key| known.contains_key(*key)) {
            return Err(wrong(format!("`{taken}` is a key of every process")));
        }
        known.extend(own);
    }
    Ok(known)
}

/// Values from one place.
struct Layer {
    place: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.place.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn file_layer(file: &Path, known: &Json) -> Result<Layer, ConfigError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let problem = error.message().to_owned();
        ConfigError::Syntax { file: file.to_owned(), line, problem }
    })?;
    let place = format!("file {}", file.display());
    let value = Value::serialize(&table).map_err(wrong_value)?;
    refuse_unknown(&value, known, "", &place)?;
    Ok(Layer { place, values: value.into_dict().unwrap_or_default() })
}

/// Goes down both trees as far as both have keys.
fn refuse_unknown(
    value: &Value,
    known: &Json,
    section: &str,
    place: &str,
) -> Result<(), ConfigError> {
    let (Value::Dict(_, values), Json::Object(keys)) = (value, known) else { return Ok(()) };
    if keys.is_empty() {
        return Ok(());
    }
    for (name, value) in values {
        let key = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        let Some(known) = keys.get(name) else {
            return Err(unknown_key(key, place, section, known));
        };
        refuse_unknown(value, known, &key, place)?;
    }
    Ok(())
}

fn unknown_key(key: String, place: &str, section: &str, known: &Json) -> ConfigError {
    let names = known.as_object().map(|keys| keys.keys().map(String::as_str).collect::<Vec<_>>());
    let names = names.unwrap_or_default().join(", ");
    let known = match (section, names.is_empty()) {
        ("", _) => format!("the top level has {names}"),
        (section, true) => format!("`{section}` is no section"),
        (section, false) => format!("`{section}` has {names}"),
    };
    ConfigError::UnknownKey { key, place: place.to_owned(), known }
}

/// One variable of ours.
struct Variable {
    name: String,
    path: Vec<String>,
    text: String,
}

fn variables(
    prefix: &str,
    env: impl Iterator<Item = (String, String)>,
) -> impl Iterator<Item = Variable> {
    let start = variable_prefix(prefix);
    // Sorted, so that of several faults always the same is told.
    let sorted: BTreeMap<_, _> = env.collect();
    sorted.into_iter().filter_map(move |(name, text)| {
        let path = name.strip_prefix(&start)?.to_lowercase();
        Some(Variable { path: path.split("__").map(str::to_owned).collect(), name, text })
    })
}

impl Variable {
    fn layer(self, known: &Json) -> Result<Layer, ConfigError> {
        let place = format!("environment variable {}", self.name);
        let key = self.path.join(".");
        let mut node = known;
        let mut section = String::new();
        for name in &self.path {
            node = match node {
                Json::Object(keys) if !keys.is_empty() => keys
                    .get(name)
                    .ok_or_else(|| unknown_key(key.clone(), &place, &section, node))?,
                Json::Object(_) | Json::Null => &Json::Null,
                Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                    return Err(unknown_key(key, &place, &section, node));
                }
            };
            section = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        }
        let value = match node {
            Json::Object(keys) if !keys.is_empty() => {
                let problem = "is a section; set the keys in it".to_owned();
                return Err(ConfigError::WrongValue { key, place, problem });
            }
            Json::String(_) | Json::Null | Json::Object(_) => Value::from(self.text),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
                let value = serde_json::from_str(&self.text).unwrap_or(Json::String(self.text));
                Value::serialize(value).map_err(wrong_value)?
            }
        };
        let nested = figment::util::nest(&key, value);
        Ok(Layer { place, values: nested.into_dict().unwrap_or_default() })
    }
}

/// The first of figment's errors, in our words and without the value.
fn wrong_value(error: figment::Error) -> ConfigError {
    let place = error.metadata.as_ref().map_or("the defaults in code", |data| &data.name);
    let place = place.to_owned();
    let mut path = error.path;
    let problem = match error.kind {
        Kind::Message(text) => text,
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("expected {expected}")
        }
        Kind::InvalidLength(length, expected) => format!("{length} items, expected {expected}"),
        Kind::UnknownVariant(_, variants) => format!("expected one of {}", variants.join(", ")),
        Kind::UnknownField(name, fields) => {
            path.push(name);
            let known = format!("expected one of {}", fields.join(", "));
            return ConfigError::UnknownKey { key: path.join("."), place, known };
        }
        Kind::MissingField(name) => {
            path.push(name.into_owned());
            "must be set".to_owned()
        }
        Kind::DuplicateField(_) => "stands twice".to_owned(),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "is out of range".to_owned(),
        Kind::Unsupported(_) | Kind::UnsupportedKey(..) => "is not of a usable kind".to_owned(),
    };
    ConfigError::WrongValue { key: path.join("."), place, problem }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMPLETE: [(&str, &str); 2] = [
        ("AMICABLE_LATE_LETTER__POSTGRES__URL", "postgres://letter:hunter2@localhost/amicable"),
        ("AMICABLE_LATE_LETTER__FILES__FOLDER", "/var/lib/files"),
    ];

    /// A service's own keys.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Own {
        smtp: Smtp,
        languages: Vec<String>,
    }

    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Smtp {
        host: String,
        port: u16,
        password: Secret,
        relay: Option<String>,
    }

    impl Default for Own {
        fn default() -> Self {
            let (host, password) = ("localhost".to_owned(), Secret::default());
            Self {
                smtp: Smtp { host, port: 25, password, relay: None },
                languages: vec!["nl".to_owned()],
            }
        }
    }

    /// Loads from a file of this text, if any, and these variables.
    fn load_from(file: &str, env: &[(&str, &str)]) -> Result<Config<Own>, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.toml");
        std::fs::write(&path, file).unwrap();
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load("late-letter", Some(&path).filter(|_| !file.is_empty()).map(PathBuf::as_path), env)
    }

    /// The one sentence with which it is refused; the folder of the file cut off.
    fn refusal(file: &str, env: &[(&str, &str)]) -> String {
        let refused = load_from(file, &[&COMPLETE, env].concat()).unwrap_err();
        let told = crate::error::chain(&refused);
        assert!(!told.contains('\n') && !told.contains("hunter2"), "{told}");
        let (before, after) = told.split_once(" /").unwrap_or((&told, ""));
        let file = after.split_once("letter.toml").map(|(_, after)| format!(" letter.toml{after}"));
        format!("{before}{}", file.unwrap_or_default())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let file =
            "admin_listen = '127.0.0.1:8080'\nclock = 'demo'\n[smtp]\nport = 2525\nhost = 'mail'";
        let env = [("AMICABLE_LATE_LETTER__SMTP__HOST", "relay"), ("AMICABLE_INTAKE__NO", "thing")];
        let config = load_from(file, &[&COMPLETE[..], &env].concat()).unwrap();
        assert_eq!(config.process.clock, ClockMode::Demo);
        assert_eq!(config.process.admin_listen.port(), 8080);
        assert_eq!(config.process.postgres.max_connections, 10);
        let smtp = config.service.smtp;
        assert_eq!((smtp.host.as_str(), smtp.port), ("relay", 2525));
    }

    #[test]
    fn variables_are_read_as_their_defaults_are() {
        let env = [
            ("AMICABLE_LATE_LETTER__SMTP__PASSWORD", "0123"),
            ("AMICABLE_LATE_LETTER__SMTP__PORT", "26"),
            ("AMICABLE_LATE_LETTER__SMTP__RELAY", "10.0"),
            ("AMICABLE_LATE_LETTER__LANGUAGES", r#"["fr","nl"]"#),
            ("AMICABLE_LATE_LETTER__WATCH_STDIN", "true"),
        ];
        let config = load_from("", &[&COMPLETE[..], &env].concat()).unwrap();
        assert!(config.process.watch_stdin);
        let Own { smtp, languages } = config.service;
        assert_eq!((smtp.password.expose(), smtp.port), ("0123", 26));
        assert_eq!(smtp.relay.as_deref(), Some("10.0"));
        assert_eq!(languages, ["fr", "nl"]);
    }

    #[test]
    fn unknown_keys_are_refused_wherever_they_stand() {
        assert_eq!(
            refusal("[smtp]\nprot = 'hunter2'", &[]),
            "unknown configuration key `smtp.prot` in file letter.toml; \
             `smtp` has host, password, port, relay"
        );
        assert_eq!(
            refusal("", &[("AMICABLE_LATE_LETTER__POSTGRES__URI", "hunter2")]),
            "unknown configuration key `postgres.uri` in environment variable \
             AMICABLE_LATE_LETTER__POSTGRES__URI; `postgres` has acquire_limit_ms, \
             idle_in_transaction_limit_ms, lock_limit_ms, max_connections, statement_limit_ms, url"
        );
        let told = refusal("colour = 1", &[]);
        assert!(
            told.starts_with("unknown configuration key `colour` in file letter.toml; the top")
        );
        let told = refusal("", &[("AMICABLE_LATE_LETTER__SMTP__HOST__NAME", "x")]);
        assert!(told.ends_with("`smtp.host` is no section"), "{told}");
        let told = refusal("", &[("AMICABLE_LATE_LETTER__", "x")]);
        assert!(told.starts_with("unknown configuration key ``"), "{told}");
    }

    #[test]
    fn values_of_the_wrong_kind_are_refused_without_repeating_them() {
        let port = "AMICABLE_LATE_LETTER__SMTP__PORT";
        let told_port = format!("`smtp.port` in environment variable {port}: expected u16");
        for (file, env, told) in [
            ("[smtp]\nport = 'hunter2'", None, "`smtp.port` in file letter.toml: expected u16"),
            ("[smtp]\nport = 70000", None, "`smtp.port` in file letter.toml: expected u16"),
            ("smtp = 'hunter2'", None, "`smtp` in file letter.toml: expected struct Smtp"),
            (
                "clock = 'hunter2'",
                None,
                "`clock` in file letter.toml: expected one of system, demo",
            ),
            ("", Some((port, "hunter2")), &told_port),
            (
                "",
                Some(("AMICABLE_LATE_LETTER__SMTP", "hunter2")),
                "`smtp` in environment variable AMICABLE_LATE_LETTER__SMTP: is a section; \
                 set the keys in it",
            ),
        ] {
            let env: Vec<_> = env.into_iter().collect();
            assert_eq!(refusal(file, &env), format!("configuration key {told}"));
        }
    }

    #[test]
    fn a_file_that_is_no_toml_or_not_there_is_named() {
        let told = refusal("clock = 'demo'\n[smtp\npassword = 'hunter2'", &[]);
        assert!(told.starts_with("configuration file letter.toml, line 2: "), "{told}");
        let absent = load::<Own>("letter", Some(Path::new("/no/letter.toml")), [].into_iter());
        assert_eq!(
            absent.unwrap_err().to_string(),
            "configuration file /no/letter.toml cannot be read"
        );
    }

    #[test]
    fn what_must_be_set_must_be_set() {
        let told = |env| load_from("", env).unwrap_err().to_string();
        assert_eq!(told(&[]), "configuration key `postgres.url` must be set");
        assert_eq!(told(&COMPLETE[..1]), "configuration key `files.folder` must be set");
        assert!(load_from("", &COMPLETE).is_ok());
        let told = refusal("[telemetry]\nfilter = 'info,=='", &[]);
        assert!(told.starts_with("configuration key `telemetry.filter` must be"), "{told}");
        let told = refusal("[telemetry]\notlp_endpoint = 'collector'", &[]);
        assert!(
            told.starts_with("configuration key `telemetry.otlp_endpoint` must look"),
            "{told}"
        );
    }

    #[test]
    fn no_service_takes_a_key_of_the_process() {
        #[derive(Clone, Default, Serialize, Deserialize)]
        struct Greedy {
            clock: String,
        }
        let refused = load::<Greedy>("greedy", None, [].into_iter()).map(|_| ());
        assert_eq!(
            refused.unwrap_err().to_string(),
            "the defaults in code are no configuration: `clock` is a key of every process"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = load_from("", &COMPLETE).unwrap();
        let shown =
            format!("{config:?} {}", serde_json::to_string(&config.process.postgres).unwrap());
        assert!(shown.contains("***") && !shown.contains("hunter2"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_file_and_no_variable_makes_loading_panic(
            file in "\\PC{0,60}", name in "[A-Z_]{0,20}", value in "\\PC{0,20}",
        ) {
            let name = format!("AMICABLE_LATE_LETTER__{name}");
            let _ = load_from(&file, &[(&name, &value)]);
        }
    }
}
