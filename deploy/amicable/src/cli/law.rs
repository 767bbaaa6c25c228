//! The commands that answer from the law and from the rules of references, without a stack.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::{Date, DateTime};
use law::Readings;
use primitives::{Currency, Money, Rate};

/// What the law says: costs, interest, terms, hours of contact, what a payment pays; needs no stack
#[derive(Debug, Subcommand)]
pub(crate) enum Law {
    Costs(LawCosts),
    Interest(LawInterest),
    Term(LawTerm),
    Contact(LawContact),
    Allocate(LawAllocate),
    Readings(LawReadings),
    Rates(LawRates),
}

/// Which reading is followed where the law leaves room: names and values
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable law readings\n\n\
    Another one is followed by `--reading`, as in\n  \
    amicable law term --kind be-first-reminder --sent 2026-11-06 --channel post \\\n    \
    --reading be_start_reading=A")]
pub(crate) struct LawReadings {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Until when rates of interest and days equated with holidays are loaded; exit code 1 where one
/// is lacking
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable law rates --on 2026-11-26")]
pub(crate) struct LawRates {
    /// The day on which it is asked [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Date>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Other readings than the house's.
#[derive(Debug, Args)]
pub(crate) struct AskedReadings {
    /// Follow another reading where the law leaves room; `amicable law readings` lists them
    #[arg(long = "reading", value_name = "NAME=VALUE", value_parser = reading)]
    pub readings: Vec<(String, String)>,
}

fn reading(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Readings::default().set(name, value).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The collection costs that may be asked for what is unpaid
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    amicable law costs --country NL --debtor consumer --principal 1523.47 --json\n\n\
    A Dutch business by the scale; a Belgian one 40.00, since more needs proof.")]
pub(crate) struct LawCosts {
    #[arg(long, ignore_case = true)]
    pub country: LawCountry,
    /// Who owes
    #[arg(long, ignore_case = true)]
    pub debtor: LawDebtor,
    /// What is unpaid, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = something)]
    pub principal: Money,
    /// The creditor cannot deduct VAT, and says so (the Netherlands)
    #[arg(long)]
    pub vat_not_deductible: bool,
    /// There is no valid penalty clause (Belgian consumers)
    #[arg(long)]
    pub no_clause: bool,
    /// The day for which it is asked [default: the rules as they are now]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<Date>,
    #[command(flatten)]
    pub readings: AskedReadings,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The interest on an amount that stays unpaid
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  amicable law interest --country NL --kind statutory \
    --principal 5000 --from 2024-03-15 --to 2026-02-17\n  \
    amicable law interest --country BE --kind contractual --rate 5 --principal 1000 \
    --from 2026-01-01 --to 2026-01-31 --json")]
pub(crate) struct LawInterest {
    #[arg(long, ignore_case = true)]
    pub country: LawCountry,
    /// Which rate
    #[arg(long, ignore_case = true)]
    pub kind: InterestKind,
    /// What is unpaid, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = something)]
    pub principal: Money,
    /// The first day that bears interest
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Date,
    /// The first day that bears none any more: of a debt that is paid, the day after the payment
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Date,
    /// The agreed percentage a year (contractual)
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true, value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// Who owes (contractual)
    #[arg(long, ignore_case = true, default_value = "consumer")]
    pub debtor: LawDebtor,
    #[command(flatten)]
    pub readings: AskedReadings,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The term that the law starts with a message
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    amicable law term --kind nl-14-day --sent 2026-11-06 --channel post")]
pub(crate) struct LawTerm {
    /// Which message
    #[arg(long, ignore_case = true)]
    pub kind: TermKind,
    /// The day on which it was handed to the post, or sent
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub sent: Date,
    #[arg(long, ignore_case = true)]
    pub channel: LawChannel,
    #[command(flatten)]
    pub readings: AskedReadings,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Whether somebody may be contacted at a moment, and from when on otherwise
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    amicable law contact --country NL --channel phone --at 2026-11-30T19:59\n\n\
    It answers with the house's hours, the Dutch ones, and with each country's own holidays; in\n\
    Belgium nobody is called or visited before 08:00.")]
pub(crate) struct LawContact {
    #[arg(long, ignore_case = true)]
    pub country: LawCountry,
    /// Who owes; the house keeps the same hours for all, the law's differ
    #[arg(long, ignore_case = true, default_value = "consumer")]
    pub debtor: LawDebtor,
    #[arg(long, ignore_case = true)]
    pub channel: LawChannel,
    /// What the clock shows where the debtor is, as 2026-11-30T19:59
    #[arg(long, value_name = "TIME", value_parser = local_time)]
    pub at: DateTime,
    #[command(flatten)]
    pub readings: AskedReadings,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What a payment pays of one debt, and what is left of it
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  amicable law allocate --country NL --costs 40 --interest 3.20 \
    --principal 250 --payment 100"
)]
pub(crate) struct LawAllocate {
    #[arg(long, ignore_case = true)]
    pub country: LawCountry,
    /// What the debt comes from; a Belgian consumer credit that was ended is paid the other way
    /// round
    #[arg(long, ignore_case = true, default_value = "general")]
    pub kind: DebtKind,
    /// The costs that are owed, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = nothing_or_more)]
    pub costs: Money,
    /// The interest that is owed, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = nothing_or_more)]
    pub interest: Money,
    /// The principal that is owed, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = nothing_or_more)]
    pub principal: Money,
    /// What is paid, in euros
    #[arg(long, value_name = "EUROS", allow_hyphen_values = true, value_parser = nothing_or_more)]
    pub payment: Money,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Account numbers and payment references: check one, or make one; needs no stack
#[derive(Debug, Subcommand)]
pub(crate) enum Reference {
    /// Say whether it is right, and write it in its bare form; exit code 0 for a wrong one, too
    #[command(after_help = "Example:\n  \
        amicable reference check --kind ogm +++010/8068/17183+++ --json")]
    Check {
        #[arg(long, ignore_case = true)]
        kind: CheckedKind,
        /// As it was given, with or without spaces and marks
        value: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add the check digits to a base
    #[command(after_help = "Example:\n  amicable reference make --kind ogm 0108068171 --json")]
    Make {
        #[arg(long, ignore_case = true)]
        kind: MadeKind,
        /// Digits; of an RF reference letters too
        base: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LawCountry {
    #[value(name = "NL")]
    Nl,
    #[value(name = "BE")]
    Be,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LawDebtor {
    Consumer,
    /// A natural person in business
    Business,
    /// A company, an association, a public body
    Legal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LawChannel {
    Phone,
    Email,
    Sms,
    Post,
    Visit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InterestKind {
    /// BW 6:119; in Belgium the legal interest
    Statutory,
    /// Between businesses: BW 6:119a; in Belgium the law of 2 August 2002
    Commercial,
    /// Agreed: of a Belgian consumer at most the rate between businesses, of a Dutch one at least
    /// that of the law
    Contractual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TermKind {
    #[value(name = "nl-14-day")]
    NlFourteenDay,
    BeFirstReminder,
    BeFormalNotice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DebtKind {
    General,
    ConsumerCredit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckedKind {
    Iban,
    /// The Belgian structured communication
    Ogm,
    /// ISO 11649
    Rf,
    Betalingskenmerk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MadeKind {
    Ogm,
    Rf,
    Betalingskenmerk,
}

fn day(text: &str) -> Result<Date, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let parsed = text.parse().ok().filter(|_| plain && text.len() == 10);
    parsed.ok_or_else(|| "write a day as 2026-02-01".to_owned())
}

/// What a clock shows; an offset would be ignored, so it is refused.
fn local_time(text: &str) -> Result<DateTime, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-T:.".contains(&byte));
    let parsed = text.parse().ok().filter(|_| plain && text.contains('T'));
    parsed.ok_or_else(|| {
        "write what the clock shows where the debtor is, without an offset, as 2026-11-30T19:59"
            .to_owned()
    })
}

fn nothing_or_more(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text, Currency::EUR).map_err(|error| error.to_string())?;
    if amount.is_negative() { Err("give an amount of 0 or more".to_owned()) } else { Ok(amount) }
}

fn something(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text, Currency::EUR).map_err(|error| error.to_string())?;
    if amount.is_positive() { Ok(amount) } else { Err("give an amount above 0".to_owned()) }
}
