//! One message laid out, as plain text, as HTML or as a sheet to be printed, from the same pieces.
//!
//! Values are never trusted: the plain part holds no control characters (see `one_line`), the HTML
//! part escapes them all, and the printer reads no values as its own language.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior};
use primitives::{Date, Language};
use serde::Serialize;

use super::{layout, wording};

/// Stand around what is set off, until a paragraph is cut into its runs. No value holds them.
const STRONG: (char, char) = ('\u{2}', '\u{3}');

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
    /// The words again, where some are set off.
    #[serde(skip)]
    runs: Vec<paper::Run>,
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

    /// The row with this label as it is read, label and value; nothing where there is none.
    pub(super) fn told(&self, label: &str) -> String {
        let row = self.rows.iter().find(|row| row.label == label);
        row.map(|row| format!("{} {}", row.label, row.value)).unwrap_or_default()
    }

    /// The heading and the rows up to the one with this label; nothing where there is none.
    pub(super) fn told_until(&self, label: &str) -> String {
        let Some(at) = self.rows.iter().position(|row| row.label == label) else {
            return String::new();
        };
        self.told_rows(at.saturating_add(1))
    }

    /// All of it.
    pub(super) fn told_whole(&self) -> String {
        self.told_rows(self.rows.len())
    }

    fn told_rows(&self, count: usize) -> String {
        let rows = self.rows.iter().take(count);
        rows.fold(self.heading.clone(), |told, row| format!("{told} {} {}", row.label, row.value))
    }

    fn printed(&self) -> paper::Table {
        let rows = self.rows.iter().map(|row| (row.label.clone(), row.value.clone()));
        paper::Table { heading: self.heading.clone(), rows: rows.collect() }
    }
}

impl Piece {
    /// Fills a paragraph in, once for each part of the message; none where it says nothing.
    pub(super) fn paragraph<V: Serialize>(
        language: Language,
        words: &str,
        values: &V,
    ) -> Result<Option<Self>, Error> {
        let runs = runs(&wording::typeset(language, &fill("words.runs", words, values)?));
        let plain: String = runs.iter().map(|run| run.text.as_str()).collect();
        if plain.trim().is_empty() {
            return Ok(None);
        }
        let html = wording::typeset(language, &fill("words.html", words, values)?);
        let html = Value::from_safe_string(html);
        Ok(Some(Self { plain, html, runs, tables: Vec::new(), highlighted: false }))
    }

    pub(super) fn tables(tables: Vec<Block>, highlighted: bool) -> Self {
        let (plain, html, runs) = (String::new(), Value::UNDEFINED, Vec::new());
        Self { plain, html, runs, tables, highlighted }
    }

    /// The paragraph's words, filled in.
    pub(super) fn plain(&self) -> &str {
        &self.plain
    }

    /// The same for the printer; the code stands beside what is set off.
    fn printed(&self, code: Option<&paper::Qr>) -> Vec<paper::Piece> {
        if self.tables.is_empty() {
            return vec![paper::Piece::Paragraph(self.runs.clone())];
        }
        let tables = self.tables.iter().map(Block::printed);
        if self.highlighted {
            return tables
                .map(|table| paper::Piece::Payment { table, code: code.cloned() })
                .collect();
        }
        tables.map(paper::Piece::Table).collect()
    }
}

/// What only a letter on paper has.
#[derive(Debug)]
pub(super) struct OnPaper {
    /// What stands above the letter, which only its reader opens.
    pub(super) heading: String,
    pub(super) date: Date,
    /// Name and address of the receiver.
    pub(super) to: Vec<String>,
    /// Where it goes back to.
    pub(super) from: Vec<String>,
    /// Such as the number of the invoice, beside the address.
    pub(super) about: Vec<(String, String)>,
    pub(super) code: Option<paper::Qr>,
}

impl Page {
    /// The paragraphs, without the tables.
    pub(super) fn paragraphs(&self) -> Vec<String> {
        let plain = self.pieces.iter().map(Piece::plain).filter(|plain| !plain.is_empty());
        plain.map(str::to_owned).collect()
    }

    /// The plain part.
    pub(super) fn text(&self) -> Result<String, Error> {
        frames()?.get_template("frame.txt")?.render(Serde(self))
    }

    /// The HTML part.
    pub(super) fn html(&self) -> Result<String, Error> {
        frames()?.get_template("frame.html")?.render(Serde(self))
    }

    /// The sheet to be printed.
    pub(super) fn sheet(&self, on_paper: OnPaper) -> paper::Sheet {
        let OnPaper { heading, date, to, from, about, code } = on_paper;
        let printed = |piece: &Piece| piece.printed(code.as_ref());
        paper::Sheet {
            language: match self.language {
                Language::Nl => paper::Language::Nl,
                Language::Fr => paper::Language::Fr,
                Language::De => paper::Language::De,
                Language::En => paper::Language::En,
            },
            date,
            title: heading.clone(),
            sender_name: self.signature.clone(),
            sender_lines: from,
            to,
            place_and_date: wording::date(self.language, date),
            reference: about,
            subject: heading,
            body: self.pieces.iter().flat_map(printed).collect(),
            signature: vec![self.signature.clone()],
            footer: self.sender.printed(),
            mark: self.reference.clone(),
        }
    }
}

/// Cuts a filled paragraph where what is set off begins and ends.
fn runs(filled: &str) -> Vec<paper::Run> {
    let mut strong = false;
    let mut runs = Vec::new();
    for text in filled.split([STRONG.0, STRONG.1]) {
        if !text.is_empty() {
            runs.push(paper::Run { text: text.to_owned(), strong });
        }
        strong = !strong;
    }
    runs
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
    if state.name() == "words.runs" {
        return Value::from(format!("{}{value}{}", STRONG.0, STRONG.1));
    }
    Value::from(value)
}
