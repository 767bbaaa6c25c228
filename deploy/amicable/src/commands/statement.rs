//! `amicable statement read`: what a bank file says, without any stack.
//!
//! The file is read once for the verdict, and once more for its entries where they are to be
//! printed, so that memory does not grow with the file.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::ExitCode;

use bank_statements::{
    Direction, Entry, Format, Outcome, Sink, Statement, Verdict, entry_json, problem_json, read,
    statement_json,
};
use jiff::civil::Date;
use serde_json::Value;
use tempfile::SpooledTempFile;

use super::invoice::{EXIT_REJECT, EXIT_REPORT, say_plainly};
use crate::cli;
use crate::failure::Failure;

/// Bytes of references that are kept in memory before they go to a temporary file.
const SPOOL_BYTES: usize = 1024 * 1024;

pub(crate) fn run(statement: cli::Statement) -> Result<ExitCode, Failure> {
    let cli::Statement::Read(cli::ReadFile { file, json }) = statement;
    let mut summary = Summary::default();
    let outcome = read(open(&file)?, &mut summary).map_err(Failure::io("read", &file))?;
    let statements = if outcome.verdict == Verdict::Reject { &[] } else { &*summary.statements };
    if json {
        print(&file, &outcome, statements)?;
    } else {
        tell(&outcome, statements);
    }
    Ok(match outcome.verdict {
        Verdict::Accept => ExitCode::SUCCESS,
        Verdict::Report => EXIT_REPORT.into(),
        Verdict::Reject => EXIT_REJECT.into(),
    })
}

fn open(file: &Path) -> Result<File, Failure> {
    File::open(file).map_err(Failure::io("open", file))
}

/// The statements without their entries.
#[derive(Default)]
struct Summary {
    statements: Vec<Statement>,
}

impl Sink for Summary {
    fn entry(&mut self, _: Entry) {}

    fn statement(&mut self, statement: Statement) {
        self.statements.push(statement);
    }
}

fn tell(outcome: &Outcome, statements: &[Statement]) {
    let format = outcome.format.map_or("none that is read", Format::word);
    say_plainly(format_args!("verdict: {}", outcome.verdict.word()));
    say_plainly(format_args!("format: {format}"));
    let day = |day: Option<Date>| day.map_or("?".to_owned(), |it| it.to_string());
    for statement in statements {
        say_plainly(format_args!(
            "statement {} of {}, {} to {}: {} entries, {} in, {} out",
            statement.id.as_str(),
            statement.account.number.as_str(),
            day(statement.from),
            day(statement.to),
            statement.totals.all.together().count,
            statement.printed_sum(Direction::Credit),
            statement.printed_sum(Direction::Debit),
        ));
    }
    for problem in &outcome.problems {
        let word = match problem.verdict {
            Verdict::Accept => "note",
            Verdict::Report | Verdict::Reject => problem.verdict.word(),
        };
        say_plainly(format_args!("{word}: {problem}"));
    }
}

/// Prints everything as JSON. A reader that went away, as `head` does, is no failure of ours.
fn print(file: &Path, outcome: &Outcome, statements: &[Statement]) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let printed = print_to(&mut out, file, outcome, statements)?;
    match printed.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io("print", file)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn print_to(
    out: &mut impl Write,
    file: &Path,
    outcome: &Outcome,
    statements: &[Statement],
) -> Result<io::Result<()>, Failure> {
    let problems: Vec<Value> = outcome.problems.iter().map(problem_json).collect();
    let head = serde_json::json!({
        "format": outcome.format.map(Format::word),
        "verdict": outcome.verdict.word(),
        "problems": problems,
    });
    let begun = write_open(out, &head).and_then(|()| write!(out, ",\"statements\":["));
    if begun.is_err() || statements.is_empty() {
        return Ok(begun.and_then(|()| writeln!(out, "]}}")));
    }
    let mut entries = Printer::new(out, statements);
    let again = read(open(file)?, &mut entries).map_err(Failure::io("read", file))?;
    let printed = entries.printed;
    if again != *outcome {
        let problem = "it changed while it was read; try again".to_owned();
        return Err(Failure::Written { file: file.to_owned(), problem });
    }
    Ok(printed.and_then(|()| writeln!(out, "]}}")))
}

/// A JSON object without its last brace.
fn write_open(out: &mut impl Write, object: &Value) -> io::Result<()> {
    let text = object.to_string();
    write!(out, "{}", text.strip_suffix('}').unwrap_or(&text))
}

/// Prints statements with their entries as they are read.
struct Printer<'p, W> {
    out: &'p mut W,
    /// Those that are still to be printed, without their entries.
    statements: std::slice::Iter<'p, Statement>,
    is_first: bool,
    /// Entries of the open statement so far; none where it has not begun.
    entry_count: Option<u64>,
    /// The references of the open statement, as elements of a JSON array.
    references: SpooledTempFile,
    printed: io::Result<()>,
}

impl<'p, W: Write> Printer<'p, W> {
    fn new(out: &'p mut W, statements: &'p [Statement]) -> Self {
        Self {
            out,
            statements: statements.iter(),
            is_first: true,
            entry_count: None,
            references: SpooledTempFile::new(SPOOL_BYTES),
            printed: Ok(()),
        }
    }

    fn begin(&mut self) -> io::Result<u64> {
        if let Some(count) = self.entry_count {
            return Ok(count);
        }
        if !std::mem::take(&mut self.is_first) {
            write!(self.out, ",")?;
        }
        if let Some(statement) = self.statements.next() {
            write_open(self.out, &statement_json(statement))?;
        }
        write!(self.out, ",\"entries\":[")?;
        self.references = SpooledTempFile::new(SPOOL_BYTES);
        self.entry_count = Some(0);
        Ok(0)
    }

    fn write_entry(&mut self, entry: &Entry) -> io::Result<()> {
        let before = self.begin()?;
        if before > 0 {
            write!(self.out, ",")?;
        }
        write!(self.out, "{}", entry_json(entry))?;
        self.entry_count = before.checked_add(1);
        for reference in entry.details.iter().flat_map(|it| &it.references) {
            if self.references.stream_position()? > 0 {
                write!(self.references, ",")?;
            }
            write!(self.references, "{}", Value::from(reference.text.as_str()))?;
        }
        Ok(())
    }

    fn write_end(&mut self) -> io::Result<()> {
        self.begin()?;
        self.entry_count = None;
        write!(self.out, "],\"structured_refs\":[")?;
        self.references.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.references, self.out)?;
        write!(self.out, "]}}")
    }
}

impl<W: Write> Sink for Printer<'_, W> {
    fn entry(&mut self, entry: Entry) {
        if self.printed.is_ok() {
            self.printed = self.write_entry(&entry);
        }
    }

    fn statement(&mut self, _: Statement) {
        if self.printed.is_ok() {
            self.printed = self.write_end();
        }
    }
}
