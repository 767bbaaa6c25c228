//! Reads ISO 20022 bank statements (camt.053.001.02 to .13): bytes in, a [`Reading`] out, in one
//! pass, without a tree.
//!
//! Follows the standard and not the schema: real files have remittance lines that are too long, and
//! statements without dates or balances. It never expands an entity, never fetches anything, never
//! takes an amount for zero that it cannot read, and never panics on what it is given.

mod draft;
mod entry;
mod field;
mod lexical;
mod source;
mod walk;

use super::reading::{Format, Problem, Problems, Reading};

/// Largest file that is looked at; some 40 000 payments. Callers need read no more than one byte
/// beyond it.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Reads one file. Whatever the bytes are, there is a verdict.
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    let text = match source::text(bytes) {
        Ok(text) => text,
        Err(refusal) => return refused(None, refusal),
    };
    match walk::walk(&text) {
        Ok(draft) => draft.conclude(),
        Err(refusal) => refused(source::tries_to_be(&text), refusal),
    }
}

fn refused(format: Option<Format>, refusal: Problem) -> Reading {
    let mut problems = Problems::default();
    problems.add(refusal);
    problems.conclude(format, Vec::new())
}
