//! One message laid out, as plain text and as HTML, from the same pieces.
//!
//! Values are never trusted: the plain part holds no control characters (see `one_line`), the HTML
//! part escapes them all.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior};
use primitives::Language;
use serde::Serialize;

use super::{layout, wording};

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
    /// Tells us which text it was.
    pub(super) reference: String,
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
        frames()?.get_template("frame.txt")?.render(Serde(self))
    }

    /// The HTML part.
    pub(super) fn html(&self) -> Result<String, Error> {
        frames()?.get_template("frame.html")?.render(Serde(self))
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
    let filled = frames()?.render_named_str(name, words, Serde(values))?;
    let filled: Vec<&str> = filled.split(' ').filter(|word| !word.is_empty()).collect();
    Ok(filled.join(" "))
}

/// The frames and what they call. A fault in a frame is told by every message that needs it; the
/// tests of the texts keep it from being built.
static FRAMES: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut frames = Environment::new();
    frames.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    frames.set_syntax(syntax.build()?);
    frames.add_filter("strong", strong);
    frames.add_filter("wrap", layout::wrap);
    frames.add_function("row", layout::row);
    frames.add_template("frame.txt", include_str!("../../texts/frame.txt.j2"))?;
    frames.add_template("frame.html", include_str!("../../texts/frame.html.j2"))?;
    Ok(frames)
});

fn frames() -> Result<&'static Environment<'static>, Error> {
    FRAMES.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))
}

/// Sets a value off, where the part can do so.
fn strong(state: &State<'_, '_>, value: &str) -> Value {
    if matches!(state.auto_escape(), AutoEscape::Html) {
        let escaped = minijinja::HtmlEscape(value);
        return Value::from_safe_string(format!("<strong>{escaped}</strong>"));
    }
    Value::from(value)
}
