//! What is wrong with a file, and what is to be done with it.
//!
//! The text of a problem may be logged, so it never holds a name, an account number or free text;
//! field paths, line numbers, ordinals, dates and amounts are all it may say.

use std::borrow::Cow;
use std::fmt;

/// What to do with a file; later is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Import it.
    #[default]
    Accept,
    /// Book nothing by itself: tell a person what is wrong, who may then decide.
    Report,
    /// Import nothing and say why.
    Reject,
}

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The verdict that this problem alone asks for.
    pub verdict: Verdict,
    /// Where: the path in the words of the format, such as `Stmt/Ntry/Amt`; `document` or `file`
    /// for what concerns the whole.
    pub field: Cow<'static, str>,
    /// The line in the file, counted from 1; absent when the thing is absent.
    pub line: Option<u32>,
    /// Which statement of the file, counted from 1.
    pub statement: Option<u32>,
    /// Which entry of the statement, counted from 1.
    pub entry: Option<u32>,
    /// What is wrong.
    pub reason: Cow<'static, str>,
    /// What the bank or the importer can do.
    pub advice: &'static str,
}

impl Problem {
    /// A problem that refuses the file.
    #[must_use]
    pub fn reject(
        field: impl Into<Cow<'static, str>>,
        line: Option<u32>,
        reason: impl Into<Cow<'static, str>>,
        advice: &'static str,
    ) -> Self {
        let (field, reason, verdict) = (field.into(), reason.into(), Verdict::Reject);
        Self { verdict, field, line, statement: None, entry: None, reason, advice }
    }

    /// A problem that a person must look at.
    #[must_use]
    pub fn report(
        field: impl Into<Cow<'static, str>>,
        line: Option<u32>,
        reason: impl Into<Cow<'static, str>>,
        advice: &'static str,
    ) -> Self {
        Self { verdict: Verdict::Report, ..Self::reject(field, line, reason, advice) }
    }

    /// A remark that stops nobody.
    #[must_use]
    pub fn note(
        field: impl Into<Cow<'static, str>>,
        line: Option<u32>,
        reason: impl Into<Cow<'static, str>>,
        advice: &'static str,
    ) -> Self {
        Self { verdict: Verdict::Accept, ..Self::reject(field, line, reason, advice) }
    }

    /// The same, in this statement and entry.
    #[must_use]
    pub fn within(self, statement: Option<u32>, entry: Option<u32>) -> Self {
        Self { statement, entry, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, number) in
            [("line", self.line), ("statement", self.statement), ("entry", self.entry)]
        {
            if let Some(number) = number {
                write!(formatter, "{name} {number}, ")?;
            }
        }
        write!(formatter, "{}: {}; {}", self.field, self.reason, self.advice)
    }
}

/// What reading one file has found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) list: Vec<Problem>,
    pub(crate) verdict: Verdict,
}

impl Problems {
    /// A broken file may have a problem per line; nobody reads more than this many.
    const LISTED_MAX: usize = 50;

    /// Notes one thing wrong. The first that rejects the file is always listed.
    pub(crate) fn add(&mut self, problem: Problem) {
        if self.list.len() < Self::LISTED_MAX || problem.verdict > self.verdict {
            self.verdict = self.verdict.max(problem.verdict);
            self.list.push(problem);
        }
    }

    /// Notes what ends the reading; it is always listed.
    pub(crate) fn refuse(&mut self, refusal: Problem) {
        self.verdict = self.verdict.max(refusal.verdict);
        self.list.push(refusal);
    }
}

impl Verdict {
    /// The name of the verdict in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Report => "report",
            Self::Reject => "reject",
        }
    }
}
