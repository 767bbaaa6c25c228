//! Reads the Belgian coded statement of account (CODA), version 2, one record at a time.
//!
//! Source: Febelfin, "Standaarden: gecodeerd rekeningafschrift (CODA)", versions 2.0 to 2.8. A
//! record is a line of 128 columns. The columns that are read, counted from 1:
//!
//! ```text
//! 0    header       6-11 made on, 17 duplicate, 84-88 separate application, 128 version
//! 1    old balance  2 structure of the account, 3-5 number on paper, 6-42 account and currency,
//!                   43 sign, 44-58 balance, 59-64 its day, 126-128 number of the coded statement
//! 2.1  movement     3-6 sequence, 7-10 detail, 11-31 reference of the bank, 32 sign,
//!                   33-47 amount, 48-53 value date, 54-61 code, 62 kind of communication,
//!                   63-115 communication, 116-121 entry date, 125 globalisation
//! 2.2  movement     11-63 communication, 64-98 reference of the customer, 110-112 blank,
//!                   113 kind of return, 114-117 its ISO reason
//! 2.3  movement     11-47 account of the other side, 48-82 its name, 83-125 communication
//! 3.1  information  3-6 sequence, 40 kind of communication, 41-113 communication
//! 3.2  information  11-115 communication
//! 3.3  information  11-100 communication
//! 4    message      none: it tells of no movement
//! 8    new balance  5-41 account and currency, 42 sign, 43-57 balance, 58-63 its day
//! 9    trailer      17-22 number of records 1, 2, 3 and 8, 23-37 debit, 38-52 credit,
//!                   128 whether another file follows
//! ```
//!
//! Dates are DDMMYY, amounts have three decimals, and sign 1 is debit. A statement goes from record
//! 0 to record 9; a file may hold several. Its `from` is the day of the old balance, which is that
//! of the statement before, and its `to` that of the new one.
//!
//! The standard names no identification of a statement. [`Statement::id`] is made here from the day
//! the file was made, the number on paper and the number of the coded statement, such as
//! `2026-03-02/041/042`: the last starts at 001 each year, and a duplicate keeps all three.
//!
//! [`Statement::id`]: crate::Statement::id

mod account;
mod communication;
mod file;
mod movement;
mod record;
mod statement;
mod transaction;

use std::io::BufRead;

use crate::lines::Lines;
use crate::reading::{Findings, Stop};

/// Reads the whole file.
pub(crate) fn read<R: BufRead>(
    mut lines: Lines<R>,
    findings: &mut Findings<'_>,
) -> Result<(), Stop> {
    let mut file = file::File::new(findings);
    while let Some(line) = lines.next()? {
        if let Some(record) = record::Record::read(&line)? {
            file.take(&record)?;
        }
    }
    file.finish()?;
    Ok(())
}
