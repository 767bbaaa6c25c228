//! Reads UBL 2.x invoices and credit notes: bytes in, a [`Reading`] out, in one pass, without a
//! tree.
//!
//! Follows OASIS UBL 2.0 to 2.4 with the totals of EN 16931, and so takes Peppol BIS 3, NLCIUS,
//! SI-UBL and e-FFF. It never expands an entity, never fetches anything, never keeps an attachment,
//! and never panics on what it is given.

pub mod amount;
mod draft;
mod items;
mod judge;
mod party;
mod source;
mod sums;
mod walk;

use std::borrow::Cow;

use super::invoice::{Format, Problem, Problems, Reading, Verdict};

/// Largest file that is looked at, embedded attachments included. Callers need read no more than
/// one byte beyond it.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

/// Reads one file. Whatever the bytes are, there is a verdict.
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    let text = match source::text(bytes) {
        Ok(text) => text,
        Err(refusal) => return refused(None, refusal),
    };
    match walk::walk(&text) {
        Ok(draft) => judge::judge(draft),
        Err(refusal) => refused(source::tries_to_be(&text), refusal),
    }
}

fn refused(format: Option<Format>, refusal: Problem) -> Reading {
    let mut problems = Problems::default();
    problems.add(refusal);
    problems.conclude(format, None)
}

/// A problem that refuses the file.
fn reject(
    field: impl Into<Cow<'static, str>>,
    line: Option<u32>,
    reason: impl Into<Cow<'static, str>>,
    advice: &'static str,
) -> Problem {
    let (field, reason) = (field.into(), reason.into());
    Problem { verdict: Verdict::Reject, field, line, reason, advice }
}

/// What is worth knowing and changes nothing.
fn note(
    field: impl Into<Cow<'static, str>>,
    line: Option<u32>,
    reason: impl Into<Cow<'static, str>>,
    advice: &'static str,
) -> Problem {
    Problem { verdict: Verdict::Accept, ..reject(field, line, reason, advice) }
}

/// A problem that a person must look at.
fn report(
    field: impl Into<Cow<'static, str>>,
    line: Option<u32>,
    reason: impl Into<Cow<'static, str>>,
    advice: &'static str,
) -> Problem {
    Problem { verdict: Verdict::Report, ..reject(field, line, reason, advice) }
}
