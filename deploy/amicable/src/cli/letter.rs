//! The commands that show what letters say, without a stack.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use primitives::{Capacity, Language, MessageKind};

use super::law::{LawCountry, LawDebtor};

/// What letters to debtors say, on an invented case; needs no stack
#[derive(Debug, Subcommand)]
pub(crate) enum Letter {
    /// List every text: which message, to whom, in which language, and its version
    #[command(after_help = "Example:\n  amicable letter list\n\n\
        - is a message that the law has for no such debtor; = is the text of the kind named.")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Preview(LetterPreview),
    Compare(LetterCompare),
}

/// Write one message as a debtor would get it, and say whether it is lawful and complete.
/// Exit 4: it would not be written
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  amicable letter preview free-first-reminder
  amicable letter preview demand --language fr --country BE --debtor business --pdf demand.pdf
  amicable letter preview demand --print-case > case.json
  amicable letter preview demand --case case.json --words new.j2

The case is invented: a baker's invoice of 312.40 of which 62.40 was paid, on 12 March 2026, with
the costs and the interest that the law gives. --print-case writes it as JSON, to be changed and
given back with --case. The code that writes real letters writes this one, and refuses what it
would refuse then.")]
pub(crate) struct LetterPreview {
    #[arg(value_name = "MESSAGE", help = MESSAGES)]
    pub message: MessageKind,
    #[command(flatten)]
    pub reader: AskedReader,
    /// A case of one's own (JSON)
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// Words that are being tried, in the form of services/letter/texts
    #[arg(long, value_name = "FILE")]
    pub words: Option<PathBuf>,
    #[command(flatten)]
    pub form: LetterForm,
    /// Print the case that it is written from, as JSON
    #[arg(long, group = "form")]
    pub print_case: bool,
    /// Print everything as JSON
    #[arg(long, group = "form")]
    pub json: bool,
}

/// How the message is shown; as the plain part of a mail, where nothing is said.
#[derive(Debug, Args)]
pub(crate) struct LetterForm {
    /// Write it as a letter on paper
    #[arg(long, value_name = "FILE", group = "form")]
    pub pdf: Option<PathBuf>,
    /// Print the HTML part of the mail; the verdict goes to standard error
    #[arg(long, group = "form")]
    pub html: bool,
    /// Print the plain part of the mail [the default]
    #[arg(long, group = "form")]
    pub text: bool,
}

const MESSAGES: &str =
    "pre-due-notice, free-first-reminder, … as `amicable letter list` names them";

/// Who reads the message.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AskedReader {
    /// nl, fr, de or en [default: nl, or that of the case]
    #[arg(long)]
    pub language: Option<Language>,
    /// Who owes [default: a consumer, or who owes in the case]
    #[arg(long, ignore_case = true)]
    pub debtor: Option<LawDebtor>,
    /// Where they live [default: NL, or where they live in the case]
    #[arg(long, ignore_case = true)]
    pub country: Option<LawCountry>,
    /// creditor, agency-for-creditor or collector [default: agency-for-creditor, or that of the
    /// case]
    #[arg(long)]
    pub capacity: Option<Capacity>,
}

/// Two texts, paragraph by paragraph: - marks what only the first says, + what only the second
/// does. Exit 4: one would not be written
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  amicable letter compare demand/nl/consumer demand/nl/legal-person
  amicable letter compare demand/nl/consumer demand/fr/consumer --country BE
  amicable letter compare demand/nl/consumer demand/nl/consumer=new.j2

Both are filled in from the invented case. After = stands a file with other words for the text, such
as those of an earlier version.")]
pub(crate) struct LetterCompare {
    /// A text, as `amicable letter list` names it
    #[arg(value_name = "TEXT[=FILE]")]
    pub first: NamedText,
    #[arg(value_name = "TEXT[=FILE]")]
    pub second: NamedText,
    #[arg(long, ignore_case = true, default_value = "NL")]
    pub country: LawCountry,
    #[arg(long, default_value = "agency-for-creditor")]
    pub capacity: Capacity,
}

/// A text by its name, and other words for it.
#[derive(Clone, Debug)]
pub(crate) struct NamedText {
    pub message: MessageKind,
    pub language: Language,
    pub debtor: primitives::DebtorKind,
    pub words: Option<PathBuf>,
}

impl std::str::FromStr for NamedText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        let mut words = name.split('/');
        let (Some(message), Some(language), Some(debtor), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err("name a text as demand/nl/consumer".to_owned());
        };
        Ok(Self {
            message: message.parse().map_err(|error| format!("{error}"))?,
            language: language.parse().map_err(|error| format!("{error}"))?,
            debtor: debtor.parse().map_err(|error| format!("{error}"))?,
            words: file,
        })
    }
}
