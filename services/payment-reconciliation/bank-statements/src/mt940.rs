//! Reads MT940 customer statement messages (SWIFT, category 9) in one pass.
//!
//! The standard fixes the tags, the balances and the first line of an entry. What a payment is
//! known by stands in `:86:`, which each bank fills in its own way:
//!
//! - Words after slashes (`/EREF/…/REMI/…`): ING and Triodos end each value with a slash and put
//!   account, BIC, name and town into `/CNTP/`; Rabobank names the parties `/ORDP/` and `/BENM/`,
//!   and has the account under `:61:`; ABN AMRO, Van Lanschot, SNS and ASN have `/IBAN/` and
//!   `/NAME/`.
//! - Numbered subfields (`166?00…?20…?32…`) of German, Polish and Luxembourg banks, and of Triodos
//!   before SEPA: any sign may stand for the question mark, and SEPA words (`EREF+`, `SVWZ+`) may
//!   stand in 20 to 29.
//! - Two columns of 32 characters (ABN AMRO): labels such as `IBAN:`, `NAAM:`, `OMSCHRIJVING:`.
//! - Words without form: ING before 2014, Knab, Rabobank before SEPA (account and name in `:61:`),
//!   SNS and ASN (name under `:61:`), Swiss and Danish banks; numbered `:NS:` lines instead of
//!   `:86:` at Swiss and Polish banks.
//!
//! Banks break long lines hard, in the middle of words; such lines are joined as they were.
//!
//! What an amount or a mark of debit or credit should be and is not refuses the file. A missing
//! balance, a field that stands there twice with two values, a date that is none, and balances that
//! do not prove the entries are reported. Before the first tag, and between statements, may stand
//! anything: banks write headers there.

mod balance;
mod columns;
mod entry;
mod field;
mod figure;
mod german;
mod known;
mod plain;
mod slashes;
mod told;
mod walk;
mod wrap;

use std::io::BufRead;

use crate::lines::Lines;
use crate::reading::{Findings, Stop};

/// Reads the whole file.
pub(crate) fn read<R: BufRead>(lines: Lines<R>, findings: &mut Findings<'_>) -> Result<(), Stop> {
    let mut fields = field::Fields::new(lines);
    let mut walk = walk::Walk::new(findings);
    while let Some(field) = fields.next()? {
        walk.field(&field)?;
    }
    walk.conclude();
    Ok(())
}
