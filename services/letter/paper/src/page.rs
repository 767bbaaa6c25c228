//! What a letter says, twice: as data for the form, and as the text that its reader is to see.

use press::{line, words};
use serde_json::{Value, json};

use crate::{Closeness, Piece, PrintError, Qr, Run, Sheet, Table, qr};

/// What a letter says.
#[derive(Debug)]
pub(crate) struct Page {
    /// For the form, as JSON.
    pub(crate) data: String,
    /// In reading order.
    pub(crate) text: String,
}

/// So many paragraphs stay with the name below them, the closing words among them, unless they have
/// more letters than that.
const ENDING: usize = 3;
const ENDING_LETTERS: usize = 900;

pub(crate) fn page(sheet: &Sheet, closeness: Closeness) -> Result<Page, PrintError> {
    let (body, ending) = sheet.body.split_at(ending(&sheet.body));
    let data = json!({
        "language": sheet.language.code(),
        "title": spoken(&sheet.title, "title")?,
        "sender-name": line(&sheet.sender_name),
        "sender-lines": lines(&sheet.sender_lines),
        "to": lines(&sheet.to),
        "place-and-date": line(&sheet.place_and_date),
        "reference": pairs(&sheet.reference),
        "subject": spoken(&sheet.subject, "subject")?,
        "body": pieces(body)?,
        "ending": pieces(ending)?,
        "closeness": closeness as u8,
        "signature": lines(&sheet.signature),
        "footer": table(&sheet.footer),
        "mark": line(&sheet.mark),
    });
    Ok(Page { data: data.to_string(), text: text(sheet) })
}

/// Where the ending begins.
fn ending(body: &[Piece]) -> usize {
    let mut begins = body.len();
    let mut letters = 0_usize;
    for (place, piece) in body.iter().enumerate().rev().take(ENDING) {
        let Piece::Paragraph(runs) = piece else { break };
        letters = runs.iter().fold(letters, |sum, run| sum.saturating_add(run.text.len()));
        if letters > ENDING_LETTERS {
            break;
        }
        begins = place;
    }
    begins
}

/// The pieces, with tables that follow each other brought together.
fn pieces(pieces: &[Piece]) -> Result<Vec<Value>, PrintError> {
    let mut body = Vec::new();
    for group in pieces.chunk_by(|a, b| matches!((a, b), (Piece::Table(_), Piece::Table(_)))) {
        let tables: Vec<Value> = group.iter().filter_map(as_table).map(table).collect();
        if !tables.is_empty() {
            body.push(json!({ "kind": "tables", "tables": tables }));
        }
        for piece in group {
            match piece {
                Piece::Table(_) => {}
                Piece::Paragraph(runs) => {
                    let runs: Vec<Value> = runs.iter().map(run).collect();
                    body.push(json!({ "kind": "paragraph", "runs": runs }));
                }
                Piece::Payment { table: rows, code: qr } => {
                    let code = qr.as_ref().map(code).transpose()?;
                    let table = table(rows);
                    body.push(json!({ "kind": "payment", "table": table, "code": code }));
                }
            }
        }
    }
    Ok(body)
}

const fn as_table(piece: &Piece) -> Option<&Table> {
    match piece {
        Piece::Table(table) => Some(table),
        Piece::Paragraph(_) | Piece::Payment { .. } => None,
    }
}

fn run(run: &Run) -> Value {
    json!({ "text": words(&run.text), "strong": run.strong })
}

fn table(table: &Table) -> Value {
    json!({ "heading": line(&table.heading), "rows": pairs(&table.rows) })
}

fn code(code: &Qr) -> Result<Value, PrintError> {
    let modules = qr::modules(&code.payload)?;
    Ok(json!({
        "drawing": qr::drawing(&modules),
        "side": modules.len(),
        "side-with-quiet-zone": qr::with_quiet_zone(&modules),
        "caption": line(&code.caption),
        "alternative": spoken(&code.alternative, "alternative of the code")?,
    }))
}

fn pairs(pairs: &[(String, String)]) -> Vec<[String; 2]> {
    pairs.iter().map(|(label, value)| [line(label), line(value)]).collect()
}

fn lines(lines: &[String]) -> Vec<String> {
    lines.iter().map(|text| line(text)).collect()
}

/// A line that a screen reader needs.
fn spoken(text: &str, what: &'static str) -> Result<String, PrintError> {
    let text = line(text);
    if text.is_empty() { Err(PrintError::Nothing { what }) } else { Ok(text) }
}

/// What the reader is to see, in the order of the form.
fn text(sheet: &Sheet) -> String {
    let mut text = vec![line(&sheet.sender_name), lines(&sheet.sender_lines).join(" · ")];
    text.extend(lines(&sheet.to));
    text.push(line(&sheet.place_and_date));
    text.extend(rows(&sheet.reference));
    text.push(line(&sheet.subject));
    for piece in &sheet.body {
        match piece {
            Piece::Paragraph(runs) => {
                let runs: String = runs.iter().map(|run| words(&run.text)).collect();
                text.push(line(&runs));
            }
            Piece::Table(table) => text.extend(table_text(table)),
            Piece::Payment { table, code } => {
                text.extend(table_text(table));
                text.extend(code.iter().map(|code| line(&code.caption)));
            }
        }
    }
    text.extend(lines(&sheet.signature));
    text.extend(table_text(&sheet.footer));
    text.push(line(&sheet.mark));
    text.retain(|line| !line.is_empty());
    text.push(String::new());
    text.join("\n")
}

fn table_text(table: &Table) -> impl Iterator<Item = String> {
    std::iter::once(line(&table.heading)).chain(rows(&table.rows))
}

fn rows(rows: &[(String, String)]) -> impl Iterator<Item = String> {
    rows.iter().map(|(label, value)| line(&format!("{label} {value}")))
}
