//! The commands for collecting by direct debit.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;
use primitives::{MandateReference, Money};

use super::{Limit, Who, euros};

/// Mandates by which debtors let the agency collect by direct debit
#[derive(Debug, Subcommand)]
pub(crate) enum Mandate {
    /// Keep a mandate that the debtor of a case signed
    #[command(
        after_help = "Example:\n  amicable mandate record 1000001-14 --reference M-2026-0001 \
                            --signed-on 2026-03-01 --name \"P. Jansen\" --account \
                            NL20INGB0001234567 --evidence mandate.pdf --as finn"
    )]
    Record {
        /// The case's number, or (the beginning of) its id
        case: String,
        /// The reference of the mandate (UMR), as it stands on it
        #[arg(long, value_name = "TEXT")]
        reference: MandateReference,
        #[arg(long, value_name = "DATE")]
        signed_on: Date,
        /// Whose account is debited
        #[arg(long)]
        name: String,
        /// The account that is debited
        #[arg(long, value_name = "IBAN")]
        account: String,
        /// The file that shows what was signed
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        /// It is good for one collection only
        #[arg(long)]
        one_off: bool,
        /// How many days before a collection the debtor is told of it
        #[arg(long, value_name = "DAYS", default_value_t = 14)]
        notice_days: u8,
        #[command(flatten)]
        who: Who,
    },
    /// Say that the debtor revoked a mandate: nothing is collected by it any more
    #[command(after_help = "Example:\n  amicable mandate revoke M-2026-0001 --on 2026-04-01 --as \
                            finn")]
    Revoke {
        /// The reference of the mandate, or (the beginning of) its id
        mandate: String,
        /// The day on which the debtor did
        #[arg(long, value_name = "DATE")]
        on: Date,
        #[command(flatten)]
        who: Who,
    },
    /// List the mandates, newest first, and whose accounts are debited by them
    #[command(after_help = "Example:\n  amicable mandate list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Collect by direct debit: proposed by one person, approved by another, written for the bank
#[derive(Debug, Subcommand)]
pub(crate) enum Debit {
    /// Propose to collect what is owed on a case, or a part of it
    #[command(after_help = "Example:\n  amicable debit propose 1000001-14 --mandate M-2026-0001 \
                            --due 2026-04-15 --notified-on 2026-04-01 --amount 50 --as finn")]
    Propose {
        /// The case's number, or (the beginning of) its id
        case: String,
        /// The reference of the mandate, or (the beginning of) its id
        #[arg(long)]
        mandate: String,
        /// The day on which the account is debited; banks settle on it
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// The day on which the debtor was told of the amount and of that day
        #[arg(long, value_name = "DATE")]
        notified_on: Date,
        /// How much, in euros [default: all that is owed and not being collected]
        #[arg(long, value_name = "AMOUNT", value_parser = euros)]
        amount: Option<Money>,
        #[command(flatten)]
        who: Who,
    },
    /// Approve a proposal of somebody else: the next file has it
    #[command(after_help = "Example:\n  amicable debit approve 71ad --as femke")]
    Approve {
        /// (The beginning of) the direct debit's id
        id: String,
        #[command(flatten)]
        who: Who,
    },
    /// Withdraw a direct debit that is in no file, or say that the bank refused one of a file
    #[command(after_help = "Examples:\n  amicable debit close 71ad --as finn\n  amicable debit \
                            close 71ad --refused-for AC01 --as finn")]
    Close {
        /// (The beginning of) the direct debit's id
        id: String,
        /// The bank's code of why (pain.002), such as AC01
        #[arg(long, value_name = "CODE")]
        refused_for: Option<String>,
        #[command(flatten)]
        who: Who,
    },
    /// Make the file (pain.008) of all that is approved and can be handed over now
    #[command(after_help = "Example:\n  amicable debit write --as finn")]
    Write {
        #[command(flatten)]
        who: Who,
    },
    /// List the direct debits, newest first, and what came in and back
    #[command(after_help = "Example:\n  amicable debit list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
