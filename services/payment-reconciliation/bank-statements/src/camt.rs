//! Reads ISO 20022 account reports, statements and notifications (camt.052, .053 and .054, versions
//! 02 to 14) in one pass, without a tree.
//!
//! Follows the standard and not the schema: real files have remittance lines that are too long, and
//! statements without dates or balances. It never expands an entity, never fetches anything, and
//! never takes an amount for zero that it cannot read.

mod draft;
mod entry;
mod field;
mod walk;

use std::io::Read;

use crate::reading::{Findings, Format, Stop};
use crate::source::Source;

/// A kind of message, which holds any number of statements.
struct Message {
    format: Format,
    /// The element of the message.
    element: &'static str,
    /// The element of one statement.
    statement: &'static str,
    /// The name of the message in a namespace, before the two digits of its version.
    name: &'static str,
}

/// The messages that are read. They differ in these words only.
static MESSAGES: [Message; 3] = [
    Message {
        format: Format::Camt052,
        element: "BkToCstmrAcctRpt",
        statement: "Rpt",
        name: "camt.052.001.",
    },
    Message {
        format: Format::Camt053,
        element: "BkToCstmrStmt",
        statement: STATEMENT,
        name: "camt.053.001.",
    },
    Message {
        format: Format::Camt054,
        element: "BkToCstmrDbtCdtNtfctn",
        statement: "Ntfctn",
        name: "camt.054.001.",
    },
];

/// What a statement is called here, whatever the message.
const STATEMENT: &str = "Stmt";

/// Reads the whole text, and tells what it is or tries to be.
pub(crate) fn read<R: Read>(
    source: Source<R>,
    findings: &mut Findings<'_>,
) -> (Option<Format>, Result<(), Stop>) {
    let mut walk = walk::Walk::new(findings);
    let mut end = walk.all(source.text());
    let format = walk.format();
    let statement = MESSAGES.iter().find(|it| Some(it.format) == format).map(|it| it.statement);
    if let Some(statement) = statement.filter(|it| *it != STATEMENT) {
        let refusal = match &mut end {
            Err(Stop::Refused(refusal)) => Some(&mut **refusal),
            Ok(()) | Err(Stop::Io(_)) => None,
        };
        for problem in findings.problems.list.iter_mut().chain(refusal) {
            if let Some(rest) = problem.field.strip_prefix(STATEMENT) {
                problem.field = format!("{statement}{rest}").into();
            }
        }
    }
    (format, end)
}
