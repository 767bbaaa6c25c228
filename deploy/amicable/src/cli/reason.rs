//! The words for why a debtor does not pay, and for what is decided on a held case.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use contracts::reason::{DecisionWhy, SaidBy};
use jiff::civil::Date;
use primitives::NonPaymentReason;

use super::Who;

/// Why a debtor does not pay.
#[derive(Debug, Args)]
pub(crate) struct WhyUnpaid {
    /// The number of the case, or (the beginning of) its id or that of a claim on it
    pub id: String,
    /// carelessness, hardship, dissatisfied, unwilling, debt-aid, insolvent, deceased, moved,
    /// minor, identity-unsure, says-paid, unreached or not-given
    pub reason: NonPaymentReason,
    /// On whose word
    #[arg(long, value_enum, value_name = "WHO", default_value_t = By::Debtor)]
    pub said_by: By,
    /// When it was said [default: today]
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// The document that shows it; it is kept, and only its hash goes along
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<PathBuf>,
    #[command(flatten)]
    pub who: Who,
}

/// On whose word a reason is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Debtor,
    Creditor,
    /// Whoever else speaks of the debtor
    ThirdParty,
    /// A public register
    Register,
}

impl From<By> for SaidBy {
    fn from(by: By) -> Self {
        match by {
            By::Debtor => Self::Debtor,
            By::Creditor => Self::Creditor,
            By::ThirdParty => Self::ThirdParty,
            By::Register => Self::Register,
        }
    }
}

/// Decide how a held case goes on; the law, the cap and the hours hold as before
#[derive(Debug, Subcommand)]
pub(crate) enum Decide {
    /// Go on with the step that is next
    #[command(after_help = "Example:\n  amicable case decide go-on 5f3a --why answered --as femke")]
    GoOn {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        #[command(flatten)]
        because: Because,
    },
    /// Look again on another day, 92 days away at most
    #[command(after_help = "Example:\n  \
        amicable case decide review-on 5f3a 2026-12-20 --why awaits-answer --as femke")]
    ReviewOn {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        day: Date,
        #[command(flatten)]
        because: Because,
    },
    /// Go on with a step of the agreement, also where it was taken before
    #[command(after_help = "Example:\n  \
        amicable case decide from-step 5f3a call --why debtor-asked --as femke")]
    FromStep {
        /// The number of the case, or (the beginning of) its id or that of a claim on it
        id: String,
        /// The key of the step, as the agreement has it
        step: String,
        #[command(flatten)]
        because: Because,
    },
}

/// Why it is decided so.
#[derive(Debug, Args)]
pub(crate) struct Because {
    #[arg(long, value_enum, value_name = "WHY")]
    pub why: Why,
    /// The document that shows it; needed where nothing goes out because of a reason
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<PathBuf>,
    #[command(flatten)]
    pub who: Who,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Why {
    /// The dispute, complaint or question was answered
    Answered,
    /// It was agreed how it will be paid
    Arranged,
    /// What was said is not so, or not any more
    Unfounded,
    AddressChecked,
    IdentityChecked,
    /// What stood in the way was put right
    Corrected,
    /// A person spoke with the debtor, beside the agreed calls
    ContactMade,
    CreditorAsked,
    DebtorAsked,
    /// An answer of somebody is awaited
    AwaitsAnswer,
}

impl From<Why> for DecisionWhy {
    fn from(why: Why) -> Self {
        match why {
            Why::Answered => Self::Answered,
            Why::Arranged => Self::Arranged,
            Why::Unfounded => Self::Unfounded,
            Why::AddressChecked => Self::AddressChecked,
            Why::IdentityChecked => Self::IdentityChecked,
            Why::Corrected => Self::Corrected,
            Why::ContactMade => Self::ContactMade,
            Why::CreditorAsked => Self::CreditorAsked,
            Why::DebtorAsked => Self::DebtorAsked,
            Why::AwaitsAnswer => Self::AwaitsAnswer,
        }
    }
}
