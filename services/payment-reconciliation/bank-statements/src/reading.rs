//! Reading one file: which format it is of, who reads it, and what came of it.

use std::io::{self, Read};

use crate::problem::{Problem, Problems, Verdict};
use crate::source::{Kind, Source};
use crate::statement::{Entry, Statement};
use crate::{camt, coda, mt940};

/// Statements of a file: a month of some three hundred accounts.
const STATEMENTS_MAX: u32 = 10_000;

/// The formats of bank files that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ISO 20022 bank to customer account report, camt.052.001.02 to .14: the day so far.
    Camt052,
    /// ISO 20022 bank to customer statement, camt.053.001.02 to .14.
    Camt053,
    /// ISO 20022 bank to customer debit credit notification, camt.054.001.02 to .14: single
    /// movements, without balances.
    Camt054,
    /// SWIFT MT940 customer statement message, in the dialects of the banks.
    Mt940,
    /// Belgian coded statement of account (Febelfin), version 2.
    Coda,
}

/// Takes what a file holds, in the order of the file.
pub trait Sink {
    /// A movement of the statement that is being read. Two equal ones are two movements.
    fn entry(&mut self, entry: Entry);

    /// The statement whose entries were given since the last one; it may have none.
    fn statement(&mut self, statement: Statement);
}

/// What came of reading one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What kind of file it is or tries to be; absent when it is none that we read.
    pub format: Option<Format>,
    /// What the importer must do with it: the worst that any problem asks for.
    pub verdict: Verdict,
    /// What was found wrong, in the order found; of a great many problems the first ones.
    pub problems: Vec<Problem>,
}

/// Everything that a file says, in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What kind of file it is or tries to be; absent when it is none that we read.
    pub format: Option<Format>,
    /// What the importer must do with it: the worst that any problem asks for.
    pub verdict: Verdict,
    /// What was found wrong, in the order found; of a great many problems the first ones.
    pub problems: Vec<Problem>,
    /// What was read, in the order of the file; empty when the verdict is [`Verdict::Reject`], so
    /// that nobody can import one by mistake.
    pub statements: Vec<WholeStatement>,
}

/// A statement with its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeStatement {
    /// The statement.
    pub statement: Statement,
    /// Every movement, in the order of the file.
    pub entries: Vec<Entry>,
}

/// Reads a file once. Whatever the bytes are, there is a verdict; an error is one of reading them.
pub fn read(source: impl Read, sink: &mut dyn Sink) -> io::Result<Outcome> {
    let source = match Source::open(source)? {
        Ok(source) => source,
        Err(refusal) => return Ok(Outcome::refused(None, refusal)),
    };
    let mut findings = Findings::new(sink);
    let (format, end) = match source.kind() {
        Kind::Xml => camt::read(source, &mut findings),
        Kind::Mt940 => (Some(Format::Mt940), mt940::read(source.lines(), &mut findings)),
        Kind::Coda => (Some(Format::Coda), coda::read(source.lines(), &mut findings)),
    };
    match end {
        Ok(()) => {}
        Err(Stop::Refused(refusal)) => findings.problems.refuse(*refusal),
        Err(Stop::Io(error)) => return Err(error),
    }
    let Problems { list, verdict } = findings.problems;
    Ok(Outcome { format, verdict, problems: list })
}

/// Reads a small file, and keeps all of it.
#[must_use]
pub fn collect(bytes: &[u8]) -> Reading {
    collect_at_most(bytes, usize::MAX).unwrap_or_else(|error| {
        // Memory cannot fail to be read.
        let reason = format!("cannot be read: {}", error.kind());
        let problem = Problem::reject("file", None, reason, "try again");
        let Outcome { format, verdict, problems } = Outcome::refused(None, problem);
        Reading { format, verdict, problems, statements: Vec::new() }
    })
}

/// Reads a file once, and keeps all of it; one of more entries is rejected. An error is one of
/// reading it.
pub fn collect_at_most(source: impl Read, entries_max: usize) -> io::Result<Reading> {
    struct Kept {
        left: usize,
        is_full: bool,
        entries: Vec<Entry>,
        statements: Vec<WholeStatement>,
    }
    impl Sink for Kept {
        fn entry(&mut self, entry: Entry) {
            match self.left.checked_sub(1) {
                Some(left) => {
                    self.left = left;
                    self.entries.push(entry);
                }
                None => self.is_full = true,
            }
        }

        fn statement(&mut self, statement: Statement) {
            let entries = std::mem::take(&mut self.entries);
            self.statements.push(WholeStatement { statement, entries });
        }
    }
    let (entries, statements) = (Vec::new(), Vec::new());
    let mut kept = Kept { left: entries_max, is_full: false, entries, statements };
    let mut outcome = read(source, &mut kept)?;
    if kept.is_full {
        let reason = format!("tells of more than {entries_max} movements");
        let problem = Problem::reject("file", None, reason, "download shorter periods");
        outcome = Outcome::refused(outcome.format, problem);
    }
    let Outcome { format, verdict, problems } = outcome;
    let statements = if verdict == Verdict::Reject { Vec::new() } else { kept.statements };
    Ok(Reading { format, verdict, problems, statements })
}

/// Why a reader goes no further.
pub(crate) enum Stop {
    /// The rest of the file cannot be understood.
    Refused(Box<Problem>),
    /// The rest of the file cannot be had.
    Io(io::Error),
}

impl From<Problem> for Stop {
    fn from(refusal: Problem) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Where a reader puts what it finds, in the order of the file.
pub(crate) struct Findings<'s> {
    pub(crate) problems: Problems,
    sink: &'s mut dyn Sink,
    statement_count: u32,
}

impl<'s> Findings<'s> {
    fn new(sink: &'s mut dyn Sink) -> Self {
        Self { problems: Problems::default(), sink, statement_count: 0 }
    }

    /// Which statement begins here, counted from 1. A file has only so many.
    pub(crate) fn begin_statement(
        &mut self,
        field: &'static str,
        line: u32,
    ) -> Result<u32, Problem> {
        if self.statement_count >= STATEMENTS_MAX {
            let reason = format!("has more than {STATEMENTS_MAX} statements");
            return Err(Problem::reject(field, Some(line), reason, "download shorter periods"));
        }
        self.statement_count = self.statement_count.saturating_add(1);
        Ok(self.statement_count)
    }

    /// How many statements have begun.
    pub(crate) const fn statement_count(&self) -> u32 {
        self.statement_count
    }

    pub(crate) fn entry(&mut self, entry: Entry) {
        self.sink.entry(entry);
    }

    pub(crate) fn statement(&mut self, statement: Statement) {
        self.sink.statement(statement);
    }
}

impl Outcome {
    fn refused(format: Option<Format>, refusal: Problem) -> Self {
        Self { format, verdict: refusal.verdict, problems: vec![refusal] }
    }
}

impl Format {
    /// The name of the format in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Camt052 => "camt052",
            Self::Camt053 => "camt053",
            Self::Camt054 => "camt054",
            Self::Mt940 => "mt940",
            Self::Coda => "coda",
        }
    }
}
