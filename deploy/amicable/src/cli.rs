//! The command line: every command with its arguments, its help and an example.
//!
//! Nothing here does anything.

mod debit;
mod hold;
mod kept;
mod law;
mod letter;
mod reason;

use std::path::PathBuf;

use clap::builder::RangedI64ValueParser;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use contracts::intake::WithdrawalReason;
use contracts::scheduler::Audience;
use jiff::Timestamp;
use jiff::civil::Date;
use primitives::{CallOutcome, Currency, Language, Money, NonPaymentReason};

use crate::moment::parse_date_or_time;
use crate::stack;

pub(crate) use debit::{Debit, Mandate};
pub(crate) use hold::{Hold, Over};
pub(crate) use kept::{
    MeantMessage, Parked, Settling, Uncertain, UncertainSettle, Waiting, WhichAct, WhichParked,
    WhichWaiting,
};
pub(crate) use law::{
    AskedReadings, CheckedKind, DebtKind, InterestKind, Law, LawAllocate, LawChannel, LawContact,
    LawCosts, LawCountry, LawDebtor, LawInterest, LawRates, LawTerm, MadeKind, Reference, TermKind,
};
pub(crate) use letter::{AskedReader, Letter, LetterCompare, LetterForm, LetterPreview, NamedText};
pub(crate) use reason::{Because as BecauseDecided, Decide, WhyUnpaid};

/// Amicable: out-of-court debt collection and credit management.
#[derive(Debug, Parser)]
#[command(name = "amicable", version, max_term_width = 100)]
#[command(after_help = "Begin with:\n  amicable demo --keep\n  amicable up\n  amicable case list")]
pub(crate) struct Cli {
    /// The folder of the embedded stack [default: .amicable; for `demo` without --keep
    /// .amicable-demo]
    #[arg(long, global = true, env = "AMICABLE_FOLDER", value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Stack(StackCommand),
    #[command(flatten)]
    File(FileCommand),
    #[command(flatten)]
    Ask(AskCommand),
}

/// Commands that look after processes.
#[derive(Debug, Subcommand)]
pub(crate) enum StackCommand {
    Up(Up),
    Down(Down),
    Migrate(Migrate),
    Status(Status),
    Serve(Serve),
    Demo(Demo),
}

/// Commands that need no stack.
#[derive(Debug, Subcommand)]
pub(crate) enum FileCommand {
    #[command(subcommand)]
    Invoice(Invoice),
    #[command(subcommand)]
    Statement(Statement),
    #[command(subcommand)]
    Law(Law),
    #[command(subcommand)]
    Reference(Reference),
    #[command(subcommand)]
    Agreement(Agreement),
    #[command(subcommand)]
    Letter(Letter),
    Simulate(Simulate),
}

/// Commands that ask the running stack.
#[derive(Debug, Subcommand)]
pub(crate) enum AskCommand {
    #[command(subcommand)]
    Clock(Clock),
    #[command(subcommand)]
    Creditor(Creditor),
    Import(Import),
    #[command(subcommand)]
    Case(Case),
    #[command(subcommand)]
    Claim(Claim),
    #[command(subcommand)]
    Hold(Hold),
    Audit(Audit),
    #[command(subcommand)]
    Staff(Staff),
    #[command(subcommand)]
    Call(Call),
    #[command(subcommand)]
    Bank(Bank),
    #[command(subcommand)]
    Remit(Remit),
    #[command(subcommand)]
    Refund(Refund),
    #[command(subcommand)]
    Mandate(Mandate),
    #[command(subcommand)]
    Debit(Debit),
    Ledger(Ledger),
    #[command(subcommand)]
    Post(Post),
    #[command(subcommand)]
    Mail(Mail),
    #[command(subcommand)]
    Parked(Parked),
    #[command(subcommand)]
    Waiting(Waiting),
    #[command(subcommand)]
    Uncertain(Uncertain),
    Check(Check),
    #[command(subcommand)]
    Stream(Stream),
}

/// Start the embedded stack and keep it running until SIGINT, SIGTERM or `amicable down`
#[derive(Debug, Default, Args)]
#[command(after_help = "Example:\n  amicable up --detach")]
pub(crate) struct Up {
    /// Return once the stack is ready, and leave it running
    #[arg(long)]
    pub detach: bool,
    #[command(flatten)]
    pub(crate) clock: ClockChoice,
    /// Where a new demonstration's clock begins, a date or a time [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_date_or_time)]
    pub demo_start: Option<Timestamp>,
    /// Send traces to this collector, as <http://127.0.0.1:4318>
    #[arg(long, value_name = "URL")]
    pub otlp: Option<String>,
    #[command(flatten)]
    pub(crate) life: Life,
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ClockChoice {
    /// Business time is the demonstration's clock, which stands still until `amicable clock
    /// advance`; the choice is for good [the default for a new folder]
    #[arg(long, conflicts_with = "system_clock")]
    pub(crate) demo_clock: bool,
    /// Business time is the machine's; the choice is for good
    #[arg(long)]
    pub(crate) system_clock: bool,
}

/// How a stack lives that another process of ours started.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Life {
    /// Leave the terminal's session, so that its end is not ours
    #[arg(long, hide = true)]
    pub(crate) own_session: bool,
    /// Stop when standard input closes
    #[arg(long, hide = true)]
    pub(crate) watch_stdin: bool,
}

/// Stop the running stack; all it knows is found again by the next `amicable up`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable down")]
pub(crate) struct Down {}

/// Bring the running stack's schemas, broker permissions, streams and consumers to this release,
/// while its services go on: the first step of a rolling deploy
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable migrate")]
pub(crate) struct Migrate {}

/// Show the running stack's children, whether they are ready, and what is still under way
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable status")]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Run one service, or the mail sink, in this process
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable serve letter --config letter.toml\n\n\
    The configuration's keys can be set in the environment too: AMICABLE_LETTER__POSTGRES__URL.")]
pub(crate) struct Serve {
    /// A service's name, or mail-sink
    #[arg(value_parser = served())]
    pub name: String,
    /// The service's configuration, a TOML file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say whether the configuration is complete, and end
    #[arg(long)]
    pub check_config: bool,
    /// Stop when standard input closes (for the mail sink; a service has a key for it)
    #[arg(long, hide = true)]
    pub watch_stdin: bool,
}

/// The business clock of a demonstration
#[derive(Debug, Subcommand)]
pub(crate) enum Clock {
    /// Show where the business clock stands, and what is due next
    #[command(after_help = "Example:\n  amicable clock show")]
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Advance(ClockAdvance),
}

/// Turn the business clock forward, from one due moment to the next, so that each step happens on
/// its own day
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("target").required(true))]
#[command(after_help = "Example:\n  amicable clock advance --days 7\n  \
    amicable clock advance --to 2026-04-01\n  amicable clock advance --until-next")]
pub(crate) struct ClockAdvance {
    /// So many days of 24 hours
    #[arg(long, group = "target", value_name = "N", value_parser = days())]
    pub days: Option<u16>,
    /// To the beginning of this day, or to this time, in Amsterdam
    #[arg(long, group = "target", value_name = "DATE", value_parser = parse_date_or_time)]
    pub to: Option<Timestamp>,
    /// To the next moment at which something is due
    #[arg(long, group = "target")]
    pub until_next: bool,
}

/// Creditors and their agreements
#[derive(Debug, Subcommand)]
pub(crate) enum Creditor {
    /// Register a creditor, or a new version of its agreement, from a TOML document
    #[command(
        after_help = "Example:\n  amicable creditor add deploy/demo/creditors/groene-hoek.toml\n\n\
        Begin with one of the documents in deploy/demo/creditors: every key is explained there."
    )]
    Add {
        /// The creditor's document
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the creditors
    #[command(after_help = "Example:\n  amicable creditor list")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Take in invoices and credit notes (UBL 2.1, Peppol BIS 3); exit 1 when one was refused
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable import invoices/ late.xml --creditor groene-hoek\n\n\
    A file that was taken in before is known again; nothing happens twice.")]
pub(crate) struct Import {
    /// Files, and folders whose .xml files are meant
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub paths: Vec<PathBuf>,
    /// The creditor's code, or (the beginning of) its id
    #[arg(long, value_name = "CODE|ID")]
    pub creditor: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Look at invoice files without taking them in
#[derive(Debug, Subcommand)]
pub(crate) enum Invoice {
    /// Read one file and say what is in it; needs no stack. Exit 0 accept, 3 report, 4 reject
    #[command(after_help = "Example:\n  amicable invoice read invoice.xml --json")]
    Read(ReadFile),
}

/// Look at bank files without taking them in
#[derive(Debug, Subcommand)]
pub(crate) enum Statement {
    /// Read one bank file (camt.052, .053, .054, MT940, CODA) and say what is in it; needs no
    /// stack. Exit 0 accept, 3 report, 4 reject
    #[command(after_help = "Example:\n  amicable statement read bank.xml --json")]
    Read(ReadFile),
}

#[derive(Debug, Args)]
pub(crate) struct ReadFile {
    /// The file to read
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What creditors agree, in plain sentences; needs no stack
#[derive(Debug, Subcommand)]
pub(crate) enum Agreement {
    /// Check an agreement (TOML) and say what is in it. Exit 4: it was refused
    #[command(after_help = "Example:\n  amicable agreement read firm.toml --language fr\n\n\
        Of an agreement that is based on a base flow, + marks what it adds to it, and - what it\n\
        takes away.")]
    Read {
        /// A creditor's document, or the agreement alone
        file: PathBuf,
        #[arg(long, default_value = "en")]
        language: Language,
        /// Print JSON: the agreement as it is kept, and the sentences
        #[arg(long)]
        json: bool,
    },
    /// Say two agreements together: - marks what only the first has, + what only the second has.
    /// Exit 4: one was refused
    #[command(after_help = "Example:\n  amicable agreement compare old.toml new.toml")]
    Compare {
        /// The agreement as it is
        before: PathBuf,
        /// The agreement as it would be
        after: PathBuf,
        #[arg(long, default_value = "en")]
        language: Language,
    },
    /// Say what the base flows are, on which agreements can be based
    #[command(after_help = "Example:\n  amicable agreement bases --language nl")]
    Bases {
        #[arg(long, default_value = "en")]
        language: Language,
    },
}

/// Try agreements on a portfolio, day by day, as the services would decide; needs no stack
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  amicable simulate --portfolio claims.csv --agreement firm.toml --from 2026-01-01 --to 2026-12-31
  amicable simulate --portfolio claims.csv --agreement old.toml --agreement new.toml \\
      --from 2026-01-01 --to 2026-12-31 --people typical --charts charts

Without --people nobody does anything but what the portfolio says. The files are explained, with
examples, in deploy/whatif/README.md. Exit 4: a file was refused.")]
pub(crate) struct Simulate {
    /// The claims, and what happens on them (CSV or JSON)
    #[arg(long, value_name = "FILE")]
    pub portfolio: PathBuf,
    /// What is agreed (TOML): a creditor's document, or the agreement alone; several are compared
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub agreement: Vec<PathBuf>,
    /// The first day
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The last day
    #[arg(long, value_name = "DATE")]
    pub to: Date,
    /// How debtors answer: a file (TOML), or `typical` for the example that is built in
    #[arg(long, value_name = "MODEL")]
    pub people: Option<PathBuf>,
    /// Whoever has the same seed has the same luck
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Whose law is asked
    #[arg(long, value_enum, default_value_t = WhoseLaw::Country)]
    pub law: WhoseLaw,
    /// Also draw charts (SVG) into this folder
    #[arg(long, value_name = "FOLDER")]
    pub charts: Option<PathBuf>,
    /// Print every act as one line of JSON, and the sums to standard error
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhoseLaw {
    /// That of the debtor's country: the Netherlands or Belgium
    Country,
    /// None: every step is taken on its day. For other countries
    None,
}

/// Cases: where they stand and why
#[derive(Debug, Subcommand)]
pub(crate) enum Case {
    /// List the cases, newest first
    #[command(after_help = "Example:\n  amicable case list --creditor groene-hoek")]
    List {
        /// Only this creditor's: its code, or (the beginning of) its id
        #[arg(long, value_name = "CODE|ID")]
        creditor: Option<String>,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one case: position, why this step, what next, what would stop it, amounts, timeline
    #[command(after_help = "Examples:\n  amicable case show 5f3a\n  amicable case show 1000001-14")]
    Show {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say why a case stands where it does, what is next and when, and what would stop that
    #[command(after_help = "Example:\n  amicable case why 5f3a --for debtor --language nl")]
    Why {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        /// Who reads it: each learns what is for them
        #[arg(long = "for", value_enum, default_value_t = Reader::Handler)]
        reader: Reader,
        /// nl, fr, de or en [default: the debtor's; for others en]
        #[arg(long)]
        language: Option<Language>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put down why the debtor does not pay, and on whose word; the way of the case follows from it
    #[command(after_help = "Example:\n  amicable case reason 5f3a deceased --said-by register \
                            --evidence extract.pdf --on 2026-11-20 --as femke")]
    Reason(WhyUnpaid),
    #[command(subcommand)]
    Decide(Decide),
    /// List the messages that asked for more than was owed, as is known now: write to the debtor
    #[command(after_help = "Example:\n  amicable case corrections 5f3a")]
    Corrections {
        /// Only those of one case: its number, or (the beginning of) its id or of a claim's on it
        id: Option<String>,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a link made by which the debtor can pay what is owed now, with iDEAL or Bancontact
    #[command(after_help = "Example:\n  amicable case pay-link 5f3a")]
    PayLink {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the open links by which debtors can pay, newest first, and what the provider holds
    #[command(after_help = "Example:\n  amicable case pay-links --all")]
    PayLinks {
        /// Only those of one case: its number, or (the beginning of) its id or of a claim's on it
        id: Option<String>,
        /// Also those that are closed
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Explain what is owed on a case at the end of a day, line by line, as its debtor can read it
    #[command(after_help = "Examples:\n  amicable case explain 5f3a --on 2026-04-30\n  \
                            amicable case explain 5f3a --known-at 2026-04-01T09:00")]
    Explain {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        /// The day, past or to come [default: today]
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        /// Only what was known at this moment; a day is its beginning [default: all that is known]
        #[arg(long, value_name = "TIME", value_parser = parse_date_or_time)]
        known_at: Option<Timestamp>,
        /// nl, fr, de or en [default: the debtor's]
        #[arg(long)]
        language: Option<Language>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Claims: the invoices on a case
#[derive(Debug, Subcommand)]
pub(crate) enum Claim {
    /// Take a claim back on the creditor's word: nothing more is asked for it
    #[command(after_help = "Example:\n  amicable claim withdraw 81c0 --reason paid-to-creditor")]
    Withdraw {
        /// (The beginning of) the claim's id
        id: String,
        /// Why the creditor takes it back
        #[arg(long)]
        reason: Reason,
    },
    /// Tell that the debtor paid the creditor itself, on the creditor's word
    #[command(after_help = "Example:\n  amicable claim paid 81c0 --amount 121.00 --on 2026-10-05")]
    Paid {
        /// (The beginning of) the claim's id
        id: String,
        /// How much, in euros
        #[arg(long, value_parser = euros)]
        amount: Money,
        /// When the creditor got it
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// It is one more payment of the same amount and day
        #[arg(long)]
        again: bool,
    },
    /// Tell what debtors paid the creditor itself, from its file (CSV): all of it, or nothing; exit
    /// 1 when it was refused
    #[command(
        after_help = "Example:\n  amicable claim import-paid paid.csv --creditor groene-hoek\n\n\
        The first line names the columns, separated by `;`, `,` or tabs; others are left out:\n  \
        invoice  factuurnummer, numéro de facture, invoice number, Rechnungsnummer\n  \
        amount   bedrag, montant, amount, Betrag: in euros, such as 1.234,56\n  \
        day      betaald op, payé le, paid on, gezahlt am: 2026-03-09 or 09-03-2026\n  \
        second   optional: `second` on a line that is one more payment of the same day and sum\n\n\
        A file that was taken in before is known again; nothing happens twice."
    )]
    ImportPaid {
        /// The creditor's file
        file: PathBuf,
        /// The creditor's code, or (the beginning of) its id
        #[arg(long, value_name = "CODE|ID")]
        creditor: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take back that the debtor paid the creditor itself: the money is owed again
    #[command(after_help = "Example:\n  amicable claim unpaid 3fa2\n\n\
        `amicable claim payments` shows the ids.")]
    Unpaid {
        /// (The beginning of) the payment's id
        payment: String,
    },
    /// List what debtors paid to creditors themselves, as those said, the latest told first
    #[command(after_help = "Example:\n  amicable claim payments 81c0")]
    Payments {
        /// Only those on this claim: (the beginning of) its id
        id: Option<String>,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Show everything that happened on a case, who did it, and by which rule
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable audit 5f3a")]
pub(crate) struct Audit {
    /// The number of the case, or (the beginning of) its id or that of a claim on it
    pub id: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The agency's people, their roles and their certificates
#[derive(Debug, Subcommand)]
pub(crate) enum Staff {
    /// Register a member of staff, or what changed, from a TOML document
    #[command(after_help = "Example:\n  amicable staff add deploy/demo/staff/mila.toml\n\n\
        Begin with one of the documents in deploy/demo/staff: every key is explained there.")]
    Add {
        /// The document
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the staff
    #[command(after_help = "Example:\n  amicable staff list")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Telephone calls to be made, and what was said
#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// List the calls that wait for a caller, are being made or have to be written down, the
    /// earliest end first
    #[command(after_help = "Example:\n  amicable call list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a call on, and show all that the caller needs to know; only with a valid certificate
    #[command(after_help = "Example:\n  amicable call claim 7d02 --as mila")]
    Claim {
        /// (The beginning of) the call's id
        id: String,
        #[command(flatten)]
        who: Who,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Close(CallClose),
    /// Give a call back that you took on: nobody was called. Once its time is over, an operator may
    /// do it for a caller who cannot, without `--as`
    #[command(after_help = "Example:\n  amicable call release 7d02 --as mila")]
    Release {
        /// (The beginning of) the call's id
        id: String,
        /// Your own code, as `amicable staff list` shows it
        #[arg(long = "as", value_name = "CODE")]
        code: Option<String>,
    },
}

/// Write down how a call went: its outcome, the reason for not paying, what was said, and a
/// promise; also later, with the time of the call
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  amicable call close 7d02 --as mila --outcome promised --reason \
    carelessness --summary \"Forgot the invoice, pays on Friday\" --promise 121.00 --by 2026-10-02"
)]
pub(crate) struct CallClose {
    /// (The beginning of) the call's id
    pub id: String,
    #[command(flatten)]
    pub(crate) who: Who,
    /// How the call went
    #[arg(long, value_parser = words(CallOutcome::ALL, CallOutcome::as_str))]
    pub outcome: String,
    /// Why it is not paid
    #[arg(long, value_parser = words(NonPaymentReason::ALL, NonPaymentReason::as_str))]
    pub reason: String,
    /// What was said, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    pub summary: String,
    /// When the debtor was called: a time such as 2026-10-01T10:15 (in Amsterdam); needed once its
    /// time is over for more than an hour
    #[arg(long, value_name = "TIME", value_parser = parse_date_or_time)]
    pub at: Option<Timestamp>,
    /// What the debtor promised to pay, in euros
    #[arg(long, value_name = "AMOUNT", value_parser = euros, requires = "by")]
    pub promise: Option<Money>,
    /// The last day by which it was promised
    #[arg(long, value_name = "DATE", requires = "promise")]
    pub by: Option<Date>,
}

/// Payments of collected money to creditors: proposed by one person, approved by another
#[derive(Debug, Subcommand)]
pub(crate) enum Remit {
    /// Put together what a creditor is to be paid
    #[command(after_help = "Example:\n  amicable remit propose groene-hoek --as finn")]
    Propose {
        /// The creditor's code, or (the beginning of) its id
        creditor: String,
        /// (The beginning of) the id of a remittance that the bank sent back and that is paid again
        /// with it; look at the creditor's account first
        #[arg(long, value_name = "REMITTANCE")]
        again: Vec<String>,
        #[command(flatten)]
        who: Who,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Approve a proposal of somebody else: the payment order, the specification (CSV and PDF) and
    /// the agency's invoice are made
    #[command(after_help = "Example:\n  amicable remit approve 4be1 --as femke")]
    Approve {
        /// (The beginning of) the remittance's id
        id: String,
        #[command(flatten)]
        who: Who,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that an invoice that was charged separately was paid to the agency's own account, or
    /// that a credit note was paid back
    #[command(
        after_help = "Example:\n  amicable remit paid 2026-000017 --on 2026-04-20 --because \
                            \"statement 112\" --as finn"
    )]
    Paid {
        /// The invoice's number, or (the beginning of) its remittance's id
        id: String,
        /// The day on which it was paid
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Where that can be seen
        #[arg(long, value_name = "TEXT")]
        because: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the remittances, newest first
    #[command(after_help = "Example:\n  amicable remit list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Money back to whoever paid it: proposed by one person, approved by another
#[derive(Debug, Subcommand)]
pub(crate) enum Refund {
    /// Propose to pay back what was paid too much, or is for nobody here, to the account that it
    /// came from
    #[command(after_help = "Example:\n  amicable refund propose 9c1f --as finn")]
    Propose {
        /// (The beginning of) the payment's id, as `amicable bank unmatched` shows it
        payment: String,
        /// How much of it, in euros [default: all that can go back]
        #[arg(long, value_name = "AMOUNT", value_parser = euros)]
        amount: Option<Money>,
        #[command(flatten)]
        who: Who,
    },
    /// Approve a proposal of somebody else: the payment order is made
    #[command(after_help = "Example:\n  amicable refund approve 71ad --as femke")]
    Approve {
        /// (The beginning of) the refund's id
        id: String,
        #[command(flatten)]
        who: Who,
    },
    /// Withdraw a proposal that nobody approved yet
    #[command(after_help = "Example:\n  amicable refund withdraw 71ad --as finn")]
    Withdraw {
        /// (The beginning of) the refund's id
        id: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the refunds, newest first, and to whom they go
    #[command(after_help = "Example:\n  amicable refund list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Show the ledger in sums: whose money lies where, and what is owed to whom
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:\n  amicable ledger\n  amicable ledger prove")]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub deed: Option<LedgerDeed>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is done with the ledger beside showing it.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerDeed {
    /// Prove that bank, ledger and what is owed agree, as is done every morning; exit 1 when not
    #[command(after_help = "Example:\n  amicable ledger prove")]
    Prove {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What is owed on cases at the end of a day: in sums for each creditor, or case by case
    #[command(after_help = "Examples:\n  amicable ledger positions --on 2026-12-31\n  \
                            amicable ledger positions --creditor 1000001 --csv > positions.csv")]
    Positions(Positions),
}

/// Which positions, and how they are told.
#[derive(Debug, Args)]
pub(crate) struct Positions {
    /// Only this creditor's: its code, or the beginning of its id
    #[arg(long)]
    pub creditor: Option<String>,
    /// The day at whose end they are wanted [default: today]
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Print each case on which something is open, or to be paid back, as comma-separated values
    #[arg(long)]
    pub csv: bool,
    /// Print each case as a line of JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
}

/// Letters on paper, as they lie ready for the print partner, and why others do not
#[derive(Debug, Subcommand)]
pub(crate) enum Post {
    /// List the letters by post, newest first: whose, and where each lies or why it does not
    #[command(after_help = "Example:\n  amicable post list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Who works here.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Your own code, as `amicable staff list` shows it
    #[arg(long = "as", value_name = "CODE")]
    pub code: String,
}

/// Who reads an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reader {
    Handler,
    /// Learns nothing of the debtor's circumstances
    Creditor,
    /// In plain words
    Debtor,
}

impl From<Reader> for Audience {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::Handler => Self::Handler,
            Reader::Creditor => Self::Creditor,
            Reader::Debtor => Self::Debtor,
        }
    }
}

/// Why a creditor takes a claim back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Reason {
    PaidToCreditor,
    Mistake,
    Relation,
    Other,
}

impl From<Reason> for WithdrawalReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::PaidToCreditor => Self::PaidToCreditor,
            Reason::Mistake => Self::Mistake,
            Reason::Relation => Self::Relation,
            Reason::Other => Self::Other,
        }
    }
}

/// Bank statements and the money on them
#[derive(Debug, Subcommand)]
pub(crate) enum Bank {
    /// Take in bank statements (camt.053, MT940, CODA); exit 1 when one was refused or set aside
    #[command(after_help = "Example:\n  amicable bank import statement.xml")]
    Import {
        /// Files of the bank, and folders whose .xml, .940, .mt940, .sta, .swi, .cod, .coda and
        /// .txt files are meant
        #[arg(required = true, value_name = "FILE|FOLDER")]
        files: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the bank files that were set aside for a person, with what is wrong
    #[command(after_help = "Example:\n  amicable bank files")]
    Files {
        /// Also those about which a person decided
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what taking in a file that was set aside would book, and which of its movements are
    /// booked already
    #[command(after_help = "Example:\n  amicable bank offer 5c1f")]
    Offer {
        /// (The beginning of) the file's id
        file: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take in a file that was set aside: book what is not booked yet
    #[command(after_help = "Example:\n  amicable bank take-in 5c1f --because \"the bank sent the \
                            whole week\" --as finn")]
    TakeIn {
        /// (The beginning of) the file's id
        file: String,
        /// Why, without personal data; kept beside the file
        #[arg(long, value_name = "TEXT", value_parser = kept::stated())]
        because: String,
        #[command(flatten)]
        who: Who,
    },
    /// Set a file aside for good: nothing of it is ever booked
    #[command(after_help = "Example:\n  amicable bank set-aside 5c1f --because \"a test of the \
                            bank\" --as finn")]
    SetAside {
        /// (The beginning of) the file's id
        file: String,
        /// Why, without personal data; kept beside the file
        #[arg(long, value_name = "TEXT", value_parser = kept::stated())]
        because: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the money that fits no claim, oldest first, with what it may pay
    #[command(after_help = "Example:\n  amicable bank unmatched")]
    Unmatched {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List what the payment service provider paid out and is not booked yet, newest first, and why
    #[command(after_help = "Example:\n  amicable bank payouts --all")]
    Payouts {
        /// Also what is booked, with the payments that it pays out and the fees
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say which settlement of the provider a payment pays out, where its text does not tell it
    #[command(
        after_help = "Example:\n  amicable bank payout 5c1f --settlement 1234567.2404.03 --as \
                            finn"
    )]
    Payout {
        /// (The beginning of) the payment's id
        payment: String,
        /// The provider's name for the settlement, as its own pages have it
        #[arg(long, value_name = "REFERENCE")]
        settlement: String,
        #[command(flatten)]
        who: Who,
    },
    /// Ask again now what unmatched money may pay, as is done every night: a claim may be new
    #[command(after_help = "Example:\n  amicable bank search")]
    Search {},
    /// Book a payment as it is proposed
    #[command(after_help = "Example:\n  amicable bank accept 5c1f --proposal 9b0e --as finn")]
    Accept {
        /// (The beginning of) the payment's id
        payment: String,
        /// Which of the proposals, by the signs that `amicable bank unmatched` gives it
        #[arg(long, value_name = "SIGNS")]
        proposal: String,
        #[command(flatten)]
        who: Who,
    },
    /// Book a payment, or a part of it, on the case of a claim
    #[command(after_help = "Example:\n  amicable bank assign 5c1f --claim 8e02 --as finn")]
    Assign {
        /// (The beginning of) the payment's id
        payment: String,
        /// (The beginning of) the id of a claim that is paid first; several must be on one case
        #[arg(long = "claim", value_name = "CLAIM", required = true)]
        claims: Vec<String>,
        /// Only so many euros of it, as 12.50
        #[arg(long, value_name = "EUROS", value_parser = euros)]
        amount: Option<Money>,
        #[command(flatten)]
        who: Who,
    },
    /// Take a payment off a case on which it was booked by mistake
    #[command(after_help = "Example:\n  amicable bank release 5c1f --case 01b7 --as finn")]
    Release {
        /// (The beginning of) the payment's id, as `amicable case show` has it
        payment: String,
        /// The number of the case, or (the beginning of) its id
        #[arg(long)]
        case: String,
        #[command(flatten)]
        who: Who,
    },
    /// Say that a payment never came: a report of the bank told of it, and the statement did not
    #[command(after_help = "Example:\n  amicable bank retract 5c1f --as finn")]
    Retract {
        /// (The beginning of) the payment's id; it must be on no case any more
        payment: String,
        #[command(flatten)]
        who: Who,
    },
    /// Say that none of the proposals for a payment is right
    #[command(after_help = "Example:\n  amicable bank dismiss 5c1f --as finn")]
    Dismiss {
        /// (The beginning of) the payment's id
        payment: String,
        #[command(flatten)]
        who: Who,
    },
}

/// Check every invariant on the live data; exit 1 and a list when one is broken
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable check --json")]
pub(crate) struct Check {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The broker's streams
#[derive(Debug, Subcommand)]
pub(crate) enum Stream {
    /// Publish again what was sent since a time, after the broker or a restored database lost it
    #[command(after_help = "Example:\n  amicable stream refill --service letter --from 2026-03-02")]
    Refill {
        /// Whose messages; without it, every service's
        #[arg(long, value_parser = services())]
        service: Option<String>,
        /// Wall time: a day, or a time, in Amsterdam
        #[arg(long, value_name = "TIME", value_parser = parse_date_or_time)]
        from: Timestamp,
    },
    /// Say that a service whose database was restored has everything again, and may act without
    /// asking first whether it acted before
    #[command(after_help = "Example:\n  amicable stream recovered --service letter\n\n\
        Before it: amicable stream refill --from the time of the backup, and amicable uncertain.")]
    Recovered {
        #[arg(long, value_parser = services())]
        service: String,
    },
    /// Tell all creditors, their agreements and the staff anew, for a service that joined after
    /// they were told; whoever knows them learns nothing
    #[command(after_help = "Example:\n  amicable stream tell-anew\n\n\
        What was sent is kept for two weeks; for what is younger `amicable stream refill` does.")]
    TellAnew,
    /// Show what each consumer has still to take, and those that no service of this release reads
    #[command(after_help = "Example:\n  amicable stream consumers")]
    Consumers {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove the consumers that no service of this release reads, of services that were removed or
    /// renamed, with the commands that nobody will take
    #[command(after_help = "Example:\n  amicable stream prune-consumers --yes\n\n\
        Without --yes it only shows what would go. A service that comes back gets a new consumer: \
        its inbox knows what was handled.")]
    PruneConsumers {
        /// Do it, in the place of only showing
        #[arg(long)]
        yes: bool,
    },
}

/// The mails that the mail sink keeps
#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// List the mails, newest first, with the business time at which each was written
    #[command(after_help = "Example:\n  amicable mail list")]
    List {
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one mail as its reader sees it
    #[command(after_help = "Example:\n  amicable mail show 3")]
    Show {
        /// Its number in the list
        number: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Play cases of a small demonstration agency from invoice to paid, day by day
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable demo --keep --folder .amicable\n\n\
    Without --keep the folder's stack is made anew, and stopped at the end.")]
pub(crate) struct Demo {
    /// Leave the stack running, and go on with the folder's data where it has any
    #[arg(long)]
    pub keep: bool,
    /// Stop the play after so many days
    #[arg(long, value_name = "N", value_parser = days())]
    pub days: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    pub service: OneService,
    #[command(flatten)]
    pub limit: Limit,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OneService {
    /// Ask this service only
    #[arg(long, value_parser = services())]
    pub service: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Limit {
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
}

/// An amount such as 121.00 or 121,00.
fn euros(text: &str) -> Result<Money, String> {
    let amount = Money::parse(&text.replacen(',', ".", 1), Currency::EUR)
        .map_err(|error| error.to_string())?;
    if amount.is_positive() { Ok(amount) } else { Err("has to be above zero".to_owned()) }
}

/// The words of a closed set.
fn words<T: Copy>(
    all: &[T],
    spelling: fn(T) -> &'static str,
) -> clap::builder::PossibleValuesParser {
    all.iter().map(|word| spelling(*word)).collect::<Vec<_>>().into()
}

fn days() -> RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..=3660)
}

fn services() -> clap::builder::PossibleValuesParser {
    stack::names().collect::<Vec<_>>().into()
}

fn served() -> clap::builder::PossibleValuesParser {
    stack::names().chain([stack::MAIL_SINK]).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_whole() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_settled_is_named_or_fits_and_the_reason_is_stated() {
        let read = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        for right in [
            "amicable parked replay 0c41",
            "amicable parked replay --reason bug --yes --as mila",
            "amicable parked discard 0c41 --because known",
            "amicable parked discard --type letter.cmd.send --older-than 2h --because known",
            "amicable waiting try --all",
            "amicable waiting give-up --detail case --because lost",
            "amicable uncertain settle 9b7e --happened --because seen",
            "amicable uncertain settle --kind send-email --did-not-happen --because unseen",
        ] {
            assert!(read(right), "{right}");
        }
        for wrong in [
            "amicable parked replay",
            "amicable parked replay --yes",
            "amicable parked replay 0c41 --reason bug",
            "amicable parked discard 0c41",
            "amicable waiting give-up --all",
            "amicable uncertain settle 9b7e --because seen",
            "amicable uncertain settle 9b7e --happened",
            "amicable uncertain settle --happened --because seen",
        ] {
            assert!(!read(wrong), "{wrong}");
        }
        let empty = ["amicable", "parked", "discard", "0c41", "--because", " "];
        assert!(Cli::try_parse_from(empty).is_err());
    }

    #[test]
    fn every_command_has_an_example() {
        fn walk(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let mut below =
                command.get_subcommands().filter(|it| it.get_name() != "help").peekable();
            if below.peek().is_none() {
                let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(example.contains(&format!("  {}", path.trim())), "{path}");
            }
            below.for_each(|command| walk(command, &path));
        }
        walk(&Cli::command(), "");
    }
}
