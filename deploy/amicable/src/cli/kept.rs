//! The commands for what the services keep for a person: parked, waiting and uncertain.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use contracts::operations::{ParkedReason, WaitingReason};
use jiff::SignedDuration;

use super::{Listing, OneService};
use crate::moment::parse_age;

/// Messages that were taken aside because they could not be handled
#[derive(Debug, Subcommand)]
pub(crate) enum Parked {
    /// List the parked messages of all services, the oldest first
    #[command(after_help = "Example:\n  amicable parked list --service letter\n  \
        amicable parked list --type letter.cmd.send --reason bug --older-than 2h\n  \
        amicable parked list --settled")]
    List {
        #[command(flatten)]
        which: WhichParked,
        /// Those that were settled, in the place of those that are open
        #[arg(long)]
        settled: bool,
        #[command(flatten)]
        listing: Listing,
    },
    /// Show one parked message with its whole envelope, and what was done about it
    #[command(after_help = "Example:\n  amicable parked show 0c41 --json")]
    Show {
        /// (The beginning of) the message's id
        id: String,
        #[command(flatten)]
        service: OneService,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Replay(ParkedReplay),
    Discard(ParkedDiscard),
}

/// Try parked messages again: one by its id, or all that fit
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("meant").required(true).multiple(true).args(MEANT))]
#[command(after_help = "Example:\n  amicable parked replay 0c41\n  \
    amicable parked replay --type letter.cmd.send --reason bug --because \"mended in 0.4.2\" \
    --yes\n\n\
    Without --yes it only says how many fit.")]
pub(crate) struct ParkedReplay {
    #[command(flatten)]
    pub(crate) meant: MeantMessage,
    #[command(flatten)]
    pub(crate) which: WhichParked,
    /// Why now, without personal data; kept beside the message
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,
}

/// Close parked messages for good: one by its id, or all that fit. They stay in the history for
/// some months, with the reason
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("meant").required(true).multiple(true).args(MEANT))]
#[command(after_help = "Example:\n  \
    amicable parked discard 0c41 --because \"registered again by hand\"\n  \
    amicable parked discard --reason stale --older-than 3d --because \"handled in March\" --yes\n\n\
    Without --yes it only says how many fit.")]
pub(crate) struct ParkedDiscard {
    #[command(flatten)]
    pub(crate) meant: MeantMessage,
    #[command(flatten)]
    pub(crate) which: WhichParked,
    /// Why, without personal data; kept beside the message
    #[arg(long, value_name = "TEXT", value_parser = stated())]
    pub because: String,
}

/// Messages that wait for something their service has not heard of yet
#[derive(Debug, Subcommand)]
pub(crate) enum Waiting {
    /// List the waiting messages of all services, the oldest first
    #[command(after_help = "Example:\n  amicable waiting list\n  \
        amicable waiting list --reason early --older-than 10m")]
    List {
        #[command(flatten)]
        which: WhichWaiting,
        #[command(flatten)]
        listing: Listing,
    },
    /// Try waiting messages now, in the place of at their next turn: one by its id, or all that fit
    #[command(group = ArgGroup::new("meant").required(true).multiple(true).args(MEANT))]
    #[command(after_help = "Example:\n  amicable waiting try 0c41\n  \
        amicable waiting try --service mediation --all --yes\n\n\
        Without --yes it only says how many fit.")]
    Try {
        #[command(flatten)]
        meant: MeantMessage,
        #[command(flatten)]
        which: WhichWaiting,
    },
    GiveUp(WaitingGiveUp),
}

/// Give up on waiting messages: they are parked, with the reason, for replaying or discarding
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("meant").required(true).multiple(true).args(MEANT))]
#[command(after_help = "Example:\n  \
    amicable waiting give-up 0c41 --because \"its case was never opened\"\n  \
    amicable waiting give-up --older-than 3d --because \"intake lost these cases\" --yes\n\n\
    Without --yes it only says how many fit.")]
pub(crate) struct WaitingGiveUp {
    #[command(flatten)]
    pub(crate) meant: MeantMessage,
    #[command(flatten)]
    pub(crate) which: WhichWaiting,
    /// Why, without personal data; kept beside the message
    #[arg(long, value_name = "TEXT", value_parser = stated())]
    pub because: String,
}

/// Outward acts of which it is open whether they happened
#[derive(Debug, Subcommand)]
pub(crate) enum Uncertain {
    /// List the uncertain acts of all services, the oldest first
    #[command(after_help = "Example:\n  amicable uncertain list\n  \
        amicable uncertain list --kind send-email --older-than 1d")]
    List {
        #[command(flatten)]
        which: WhichAct,
        #[command(flatten)]
        listing: Listing,
    },
    Settle(UncertainSettle),
}

/// Say what you found out about uncertain acts: one by its id, or all that fit
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("verdict").required(true))]
#[command(group = ArgGroup::new("meant").required(true).multiple(true)
    .args(["id", "kind", "older_than", "all"]))]
#[command(after_help = "Example:\n  \
    amicable uncertain settle 9b7e --happened --because \"the provider shows it as delivered\"\n  \
    amicable uncertain settle --kind send-email --older-than 1d --did-not-happen \
    --because \"none of them in the provider's log\" --yes\n\n\
    Without --yes it only says how many fit.")]
pub(crate) struct UncertainSettle {
    /// (The beginning of) the effect's id
    #[arg(conflicts_with_all = ["kind", "older_than", "all"])]
    pub id: Option<String>,
    #[command(flatten)]
    pub(crate) which: WhichAct,
    #[command(flatten)]
    pub(crate) settling: Settling,
    /// It happened
    #[arg(long, group = "verdict")]
    pub happened: bool,
    /// It did not happen
    #[arg(long, group = "verdict")]
    pub did_not_happen: bool,
    /// How you found out, without personal data; kept beside the act
    #[arg(long, value_name = "TEXT", value_parser = stated())]
    pub because: String,
}

/// What says which messages are meant; one of them has to be given.
const MEANT: [&str; 6] = ["id", "message_type", "reason", "detail_has", "older_than", "all"];

/// One message, or as many as fit.
#[derive(Debug, Args)]
pub(crate) struct MeantMessage {
    /// (The beginning of) the message's id
    #[arg(conflicts_with_all = ["message_type", "reason", "detail_has", "older_than", "all"])]
    pub id: Option<String>,
    #[command(flatten)]
    pub(crate) settling: Settling,
}

/// How something is settled.
#[derive(Debug, Args)]
pub(crate) struct Settling {
    /// All of them
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub service: OneService,
    /// Do it, in the place of only counting what fits; one that is named by its id needs none
    #[arg(long)]
    pub yes: bool,
    /// Your own code, as `amicable staff list` shows it; kept beside the reason [default: operator]
    #[arg(long = "as", value_name = "CODE")]
    pub code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WhichParked {
    /// Parked for this reason
    #[arg(long)]
    pub reason: Option<WhyParked>,
    #[command(flatten)]
    pub(crate) of: WhichMessage,
}

#[derive(Debug, Args)]
pub(crate) struct WhichWaiting {
    /// Waiting for this reason
    #[arg(long)]
    pub reason: Option<WhyWaiting>,
    #[command(flatten)]
    pub(crate) of: WhichMessage,
}

#[derive(Debug, Args)]
pub(crate) struct WhichMessage {
    /// Of this type, in all its versions or in one: letter.cmd.send, letter.cmd.send.v1
    #[arg(long = "type", value_name = "TYPE")]
    pub message_type: Option<String>,
    /// With this text in the detail
    #[arg(long = "detail", value_name = "TEXT")]
    pub detail_has: Option<String>,
    /// For longer than this: 30m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = parse_age)]
    pub older_than: Option<SignedDuration>,
}

#[derive(Debug, Args)]
pub(crate) struct WhichAct {
    /// Of this kind, as the list shows it
    #[arg(long)]
    pub kind: Option<String>,
    /// Decided longer ago than this: 30m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = parse_age)]
    pub older_than: Option<SignedDuration>,
}

/// Why a message was parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhyParked {
    /// It can never work
    Poison,
    /// Our code or our data is wrong
    Bug,
    /// It is older than the inbox remembers
    Stale,
    /// It waited, and a person gave up on it
    GivenUp,
}

impl From<WhyParked> for ParkedReason {
    fn from(why: WhyParked) -> Self {
        match why {
            WhyParked::Poison => Self::Poison,
            WhyParked::Bug => Self::Bug,
            WhyParked::Stale => Self::Stale,
            WhyParked::GivenUp => Self::GivenUp,
        }
    }
}

/// Why a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhyWaiting {
    /// It is about something not heard of yet
    Early,
    /// Its version is newer than the service
    Newer,
    /// It failed in a way that may pass
    Retry,
}

impl From<WhyWaiting> for WaitingReason {
    fn from(why: WhyWaiting) -> Self {
        match why {
            WhyWaiting::Early => Self::Early,
            WhyWaiting::Newer => Self::Newer,
            WhyWaiting::Retry => Self::Retry,
        }
    }
}

/// A reason with a word in it.
pub(super) fn stated() -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync + 'static {
    |text: &str| {
        let text = text.trim();
        if text.is_empty() { Err("say why".to_owned()) } else { Ok(text.to_owned()) }
    }
}
