//! Reads the bank files of the Netherlands, Belgium and their neighbours: ISO 20022 camt.052, .053
//! and .054, MT940 and CODA.
//!
//! [`read`] goes through a file once and gives each entry, and then its statement, to a [`Sink`];
//! memory does not grow with the number of entries. [`collect`] keeps all of a small file. Either
//! way there is a [`Verdict`] in the end, with every problem and its place. What was given of a
//! file that is rejected in the end must be thrown away: read a file once for the verdict and once
//! for its entries.
//!
//! Each statement is proven: opening balance and booked entries make the closing balance. Nothing
//! is guessed, mended, or taken for zero; what the file does not say is absent. No bytes whatever
//! make the reader panic, expand an entity, or fetch anything.

mod camt;
mod coda;
mod lexical;
mod lines;
mod mt940;
mod problem;
mod reading;
mod report;
mod source;
mod statement;

pub use problem::{Problem, Verdict};
pub use reading::{Format, Outcome, Reading, Sink, WholeStatement, collect, collect_at_most, read};
pub use report::{entry_json, problem_json, report_json, statement_json};
pub use statement::{
    Account, Amount, Balance, BankCode, BothWays, Direction, Entry, EntryStatus, Part, Proof,
    Reference, Return, Statement, Tally, Totals, Transaction, Verbatim,
};
