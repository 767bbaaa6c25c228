//! The commands for holds.

use clap::{Args, Subcommand, ValueEnum};
use contracts::hold::{HoldCause, HoldThen};
use jiff::civil::Date;

use super::{Limit, Who};

/// Put cases on hold: nothing goes out about them before that ends
#[derive(Debug, Subcommand)]
pub(crate) enum Hold {
    /// Say what a hold would stop
    #[command(after_help = "Example:\n  amicable hold preview --creditor groene-hoek")]
    Preview {
        #[command(flatten)]
        over: Over,
        /// The first day on which nothing should have gone out [default: today]
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Place a hold; what is under way is taken back
    #[command(after_help = "Examples:\n  \
        amicable hold place --case 1000001-14 --because complaint --until 2026-12-20 --as femke\n  \
        amicable hold place --all --because crisis --until 2026-12-20 --then decide --as femke")]
    Place {
        #[command(flatten)]
        over: Over,
        #[arg(long, value_enum, value_name = "CAUSE")]
        because: Because,
        /// The first day, which may be past: what went out since is named [default: today]
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The day that ends it, or on which its owner decides
        #[arg(long, value_name = "DATE")]
        until: Date,
        /// What happens on that day
        #[arg(long, value_enum, default_value_t = Then::GoOn)]
        then: Then,
        /// Whose it is to decide: a role, or a staff code [default: your own]
        #[arg(long, value_name = "CODE")]
        owner: Option<String>,
        #[command(flatten)]
        who: Who,
    },
    /// Lift a hold: its cases go on, but for those that another one covers
    #[command(after_help = "Example:\n  amicable hold lift 5f3a --as femke")]
    Lift {
        /// (The beginning of) the hold's id
        id: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the holds, those placed last first: what they cover, why, whose, until when
    #[command(after_help = "Example:\n  amicable hold list --case 1000001-14 --past")]
    List {
        /// Only those that cover this case: its number, or (the beginning of) its id
        #[arg(long, value_name = "CASE")]
        case: Option<String>,
        /// Also those that ended or were lifted
        #[arg(long)]
        past: bool,
        #[command(flatten)]
        limit: Limit,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a hold covers.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Over {
    /// One claim, by (the beginning of) its id; the others of its case go on
    #[arg(long, value_name = "CLAIM")]
    pub claim: Option<String>,
    /// One case: its number, or (the beginning of) its id
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
    /// All cases, of whatever creditor, of the debtor of this case
    #[arg(long, value_name = "CASE")]
    pub person: Option<String>,
    /// All cases of a creditor: its code, or (the beginning of) its id
    #[arg(long, value_name = "CODE|ID")]
    pub creditor: Option<String>,
    /// Every case, also those that come
    #[arg(long)]
    pub all: bool,
}

/// Why nothing goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Because {
    Complaint,
    AwaitingDocuments,
    DebtAid,
    CoolingOff,
    Illness,
    Bereavement,
    CreditorAsked,
    LegalQuestion,
    Crisis,
    Season,
    SystemError,
    Dispute,
}

impl From<Because> for HoldCause {
    fn from(because: Because) -> Self {
        match because {
            Because::Complaint => Self::Complaint,
            Because::AwaitingDocuments => Self::AwaitingDocuments,
            Because::DebtAid => Self::DebtAid,
            Because::CoolingOff => Self::CoolingOff,
            Because::Illness => Self::Illness,
            Because::Bereavement => Self::Bereavement,
            Because::CreditorAsked => Self::CreditorAsked,
            Because::LegalQuestion => Self::LegalQuestion,
            Because::Crisis => Self::Crisis,
            Because::Season => Self::Season,
            Because::SystemError => Self::SystemError,
            Because::Dispute => Self::Dispute,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Then {
    /// It ends by itself, and the cases go on one step at a time
    GoOn,
    /// Nothing goes out before its owner lifts it
    Decide,
}

impl From<Then> for HoldThen {
    fn from(then: Then) -> Self {
        match then {
            Then::GoOn => Self::GoOn,
            Then::Decide => Self::Decide,
        }
    }
}
