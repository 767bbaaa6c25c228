//! The statements of a file, one after the other.

use super::record::{ASK, Record, Scene};
use super::statement::StatementDraft;
use crate::problem::{Problem, Verdict};
use crate::reading::Findings;

const RECORD: &str = "record";
const MULTIPLE: &str = "record 9: multiple file code";

/// A file as far as it has been read.
pub(super) struct File<'w, 's> {
    findings: &'w mut Findings<'s>,
    open: Option<StatementDraft>,
    /// What the last record 9 says of another statement: 1 follows, 2 is the last.
    multiple: char,
    line: u32,
}

impl<'w, 's> File<'w, 's> {
    pub(super) const fn new(findings: &'w mut Findings<'s>) -> Self {
        Self { findings, open: None, multiple: ' ', line: 0 }
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, record: &Record) -> Result<(), Problem> {
        self.line = record.line;
        let (statement, entry) = self.place();
        self.read(record).map_err(|problem| problem.within(statement, entry))
    }

    fn place(&self) -> (Option<u32>, Option<u32>) {
        self.open.as_ref().map_or((None, None), StatementDraft::place)
    }

    fn read(&mut self, record: &Record) -> Result<(), Problem> {
        if record.at(1) == '0' {
            return self.begin_statement(record);
        }
        let Some(open) = &mut self.open else {
            return Err(record.refusal(RECORD, "stands in no statement: record 0 is missing"));
        };
        match record.at(1) {
            '1' => open.old_balance(record, self.findings),
            '2' => open.movement(record, self.findings),
            '3' => open.information(record, self.findings),
            '4' => {
                // A message to the customer: no money, and no place for it here.
                Ok(())
            }
            '8' => open.new_balance(record, self.findings),
            '9' => {
                self.multiple = record.at(128);
                self.end(Some(record))
            }
            _ => {
                let (statement, entry) = open.place();
                let problems = &mut self.findings.problems;
                let reason = "is none of 0, 1, 2, 3, 4, 8 and 9: what it says is unknown";
                Scene { statement, entry, problems }.add(
                    Verdict::Report,
                    RECORD,
                    record.line,
                    reason,
                );
                Ok(())
            }
        }
    }

    fn begin_statement(&mut self, record: &Record) -> Result<(), Problem> {
        self.end(None)?;
        if self.multiple == '2' {
            self.note("says that it is the last, and another follows");
        }
        self.multiple = ' ';
        self.open = Some(StatementDraft::begin(record, self.findings)?);
        Ok(())
    }

    fn end(&mut self, trailer: Option<&Record>) -> Result<(), Problem> {
        self.open.take().map_or(Ok(()), |open| open.finish(trailer, self.findings))
    }

    /// The file ends.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        let (statement, entry) = self.place();
        self.end(None).map_err(|problem| problem.within(statement, entry))?;
        if self.findings.statement_count() == 0 {
            return Err(Problem::reject(RECORD, None, "is missing: the file is empty", ASK));
        }
        // Banks write it of the last one too: each account was a file once.
        if self.multiple == '1' {
            self.note("says that another statement follows, and none does");
        }
        Ok(())
    }

    fn note(&mut self, reason: &'static str) {
        let statement = Some(self.findings.statement_count());
        let problems = &mut self.findings.problems;
        let mut scene = Scene { statement, entry: None, problems };
        scene.add(Verdict::Accept, MULTIPLE, self.line, reason);
    }
}
