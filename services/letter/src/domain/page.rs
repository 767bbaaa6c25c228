//! One message laid out, as plain text and as HTML, from the same pieces.
//!
//! Values are never trusted: the plain part holds no control characters (see `one_line`), the HTML
//! part escapes them all.

use std::sync::LazyLock;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior};
use serde::Serialize;

use super::{layout, wording};
use primitives::Language;

/// A message before it is laid out.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub(super) language: Language,
    pub(super) subject: String,
    /// To whom, in one line.
    pub(super) to: String,
    pub(super) pieces: Vec<Piece>,
    /// Who sends it.
    pub(super) signature: String,
    pub(super) sender: Block,
    pub(super) text_version: String,
}

/// A paragraph, or tables.
#[derive(Debug, Serialize)]
pub(super) struct Piece {
    plain: String,
    html: Value,
    tables: Vec<Block>,
    /// Set off from the rest: what the reader is to do.
    highlighted: bool,
}

/// A small table with a heading.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Block {
    pub(super) heading: String,
    pub(super) rows: Vec<Row>,
}

/// A label and its value.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    label: String,
    value: String,
}

impl Block {
    pub(super) fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), rows: Vec::new() }
    }

    /// Adds a row, unless its value is empty.
    pub(super) fn row(mut self, label: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.rows.push(Row { label: label.to_owned(), value });
        }
        self
    }
}

impl Piece {
    /// Fills a paragraph in, once for each part of the message.
    pub(super) fn paragraph<V: Serialize>(
        language: Language,
        words: &str,
        values: &V,
    ) -> Result<Self, Error> {
        let plain = wording::typeset(language, &fill("words.txt", words, values)?);
        let html = wording::typeset(language, &fill("words.html", words, values)?);
        let html = Value::from_safe_string(html);
        Ok(Self { plain, html, tables: Vec::new(), highlighted: false })
    }

    pub(super) const fn tables(tables: Vec<Block>, highlighted: bool) -> Self {
        Self { plain: String::new(), html: Value::UNDEFINED, tables, highlighted }
    }

    /// The paragraph's words, filled in.
    pub(super) fn plain(&self) -> &str {
        &self.plain
    }
}

impl Page {
    /// The plain part.
    pub(super) fn text(&self) -> Result<String, Error> {
        FRAMES.get_template("frame.txt")?.render(self)
    }

    /// The HTML part.
    pub(super) fn html(&self) -> Result<String, Error> {
        FRAMES.get_template("frame.html")?.render(self)
    }
}

/// Fills a subject in.
pub(super) fn subject<V: Serialize>(
    language: Language,
    words: &str,
    values: &V,
) -> Result<String, Error> {
    Ok(wording::typeset(language, &fill("subject.txt", words, values)?))
}

/// Fills words in; the name decides whether values are escaped. Spaces that an empty value leaves
/// behind are dropped.
fn fill<V: Serialize>(name: &str, words: &str, values: &V) -> Result<String, Error> {
    let filled = FRAMES.render_named_str(name, words, Value::from_serialize(values))?;
    let filled: Vec<&str> = filled.split(' ').filter(|word| !word.is_empty()).collect();
    Ok(filled.join(" "))
}

static FRAMES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut frames = Environment::new();
    frames.set_undefined_behavior(UndefinedBehavior::Strict);
    frames.set_trim_blocks(true);
    frames.set_lstrip_blocks(true);
    frames.set_keep_trailing_newline(true);
    frames.add_filter("strong", strong);
    frames.add_filter("wrap", layout::wrap);
    frames.add_function("row", layout::row);
    for (name, source) in [
        ("frame.txt", include_str!("../../texts/frame.txt.j2")),
        ("frame.html", include_str!("../../texts/frame.html.j2")),
    ] {
        // A frame that does not parse is missing afterwards, and every message says so; the test
        // of the texts keeps that from being built.
        let _ = frames.add_template(name, source);
    }
    frames
});

/// Sets a value off, where the part can do so.
fn strong(state: &State<'_, '_>, value: &str) -> Value {
    match state.auto_escape() {
        AutoEscape::Html => {
            let escaped = minijinja::HtmlEscape(value);
            Value::from_safe_string(format!("<strong>{escaped}</strong>"))
        }
        _ => Value::from(value),
    }
}
