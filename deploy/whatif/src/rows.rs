//! The rows of a portfolio, out of a table (CSV) or a JSON document.

use std::collections::BTreeMap;

use csv::ReaderBuilder;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::portfolio::Fault;

/// The names of columns, and of fields in JSON.
const NAMES: [&str; 17] = [
    "amount",
    "birth_year",
    "claim",
    "country",
    "creditor",
    "currency",
    "date",
    "debtor",
    "due_on",
    "event",
    "handed_over_on",
    "issued_on",
    "kind",
    "language",
    "pay_by",
    "reachable",
    "reason",
];

/// One claim, or one event.
#[derive(Debug)]
pub(crate) struct Row {
    place: String,
    fields: BTreeMap<&'static str, String>,
    is_claim: bool,
}

impl Row {
    /// A field that is there and not blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    pub(crate) fn place(&self, field: &str) -> String {
        format!("{}, {field}", self.place)
    }

    pub(crate) const fn is_claim(&self) -> bool {
        self.is_claim
    }
}

/// All rows; JSON is known by its first sign.
pub(crate) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match bytes.iter().find(|it| !it.is_ascii_whitespace()) {
        Some(b'{') => of_json(bytes),
        Some(_) => of_table(bytes),
        None => Err(fault("the portfolio", "is empty")),
    }
}

fn fault(place: impl Into<String>, reason: impl Into<String>) -> Fault {
    Fault { place: place.into(), reason: reason.into() }
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| *known == name)
}

fn of_table(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let heading = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
    let parts = |separator: u8| heading.split(|it| *it == separator).count();
    let separators = [b',', b';', b'\t'];
    let separator = separators.into_iter().max_by_key(|it| parts(*it)).unwrap_or(b',');
    let mut table = ReaderBuilder::new().delimiter(separator).from_reader(bytes);
    let broken = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        fault(format!("line {line}"), format!("cannot be read as a table in UTF-8: {error}"))
    };
    let heading = table.headers().map_err(|error| broken(&error))?.clone();
    let mut names = Vec::new();
    for name in &heading {
        let name = name.trim();
        let Some(name) = known(name) else {
            let all = NAMES.join(", ");
            return Err(fault("line 1", format!("'{name}' is no column; there are {all}")));
        };
        if names.contains(&name) {
            return Err(fault("line 1", format!("column {name} is there twice")));
        }
        names.push(name);
    }
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields = names.iter().zip(&record).map(|(name, text)| (*name, text.trim().to_owned()));
        let fields: BTreeMap<_, _> = fields.filter(|(_, text)| !text.is_empty()).collect();
        let is_claim = !fields.contains_key("event");
        rows.push(Row { place: format!("line {line}"), fields, is_claim });
    }
    Ok(rows)
}

fn of_json(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let document: Document = serde_json::from_slice(bytes)
        .map_err(|error| fault(format!("line {}", error.line()), format!("{error}")))?;
    let mut rows = Vec::new();
    for (name, list, is_claim) in
        [("claims", document.claims, true), ("events", document.events, false)]
    {
        for (place, one) in list.into_iter().enumerate() {
            rows.push(of_object(&format!("{name}[{place}]"), one, is_claim)?);
        }
    }
    Ok(rows)
}

/// A portfolio as JSON: nothing else, and nothing twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    claims: Vec<Map<String, Value>>,
    #[serde(default)]
    events: Vec<Map<String, Value>>,
}

fn of_object(place: &str, object: Map<String, Value>, is_claim: bool) -> Result<Row, Fault> {
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        let at = format!("{place}, {name}");
        let Some(name) = known(&name).filter(|it| !is_claim || *it != "event") else {
            return Err(fault(at, format!("is unknown; there are {}", NAMES.join(", "))));
        };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Array(list) => {
                let words: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
                // What is no list of texts is refused where the field is read.
                match words.as_deref() {
                    Some([]) => "none".to_owned(),
                    Some(words) => words.join(" "),
                    None => "[]".to_owned(),
                }
            }
            Value::Bool(_) | Value::Object(_) => return Err(fault(at, "must be a text")),
        };
        if !text.is_empty() {
            fields.insert(name, text);
        }
    }
    Ok(Row { place: place.to_owned(), fields, is_claim })
}
