//! Composes one message: which text, what it asks for, and whether it is lawful and complete.
//!
//! What leaves here was compared with what the law asks for, on the finished text: in both parts of
//! a mail, on the printed sheet of a letter. It must never read a clock: the moment of the act is
//! an argument.

use contracts::intake::Parties;
use contracts::letter::{NotSentReason, Send as SendLetter};
use contracts::payment_reconciliation::Position;
use contracts::permit::{Permit, PermittedDeed};
use jiff::ToSpan;
use law::{Charges, Document, Element, Pack, Prohibited};
use paper::PrintError;
use primitives::{
    Channel, Country, Date, DebtorKind, Language, MessageKind, Money, MoneyError, Timestamp,
};

use super::claims::{self, Bill, NotKnownYet};
use super::letter::permitted_message;
use super::matter::{Matter, Surplus, asks_charges};
use super::proof::Printed;
use super::sender::{Agency, Sender};
use super::texts::{TextFault, Words, words, words_of};
use super::wording;

/// A finished message.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The name that it is sent under.
    pub sender_name: String,
    /// Where answers go, where that is not the agency.
    pub reply_to: Option<String>,
    pub subject: String,
    pub language: Language,
    /// As it is read: the plain part of a mail, in lines of at most 78 columns, or what stands on
    /// the sheet.
    pub text: String,
    pub form: Form,
    /// Such as `free-first-reminder/nl/consumer@1`.
    pub text_version: String,
    /// What it asks to be paid.
    pub asked: Money,
    /// Its paragraphs, filled in, without the tables.
    pub paragraphs: Vec<String>,
    /// What the law and the house ask of it; all of it was found in the finished text.
    pub required: Vec<Element>,
    /// What it must not hold at this moment; none of it was found in our own words.
    pub forbidden: Vec<Prohibited>,
    /// The elements that it holds, with the texts that show them.
    pub printed: Vec<Printed>,
}

/// What a message is besides its text.
#[derive(Clone, Debug)]
pub enum Form {
    /// A mail, with the HTML part; it says the same.
    Mail { html: String },
    /// A letter on paper.
    Paper { pdf: Vec<u8>, pages: u16, destination: Country, language: Language },
}

/// Why a message is not written.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing is open on the claims of the permit.
    #[error("nothing is owed any more on the claims of the permit")]
    NothingOwed,
    /// There is no payment to thank for.
    #[error("nothing was paid on the claims of the permit, so there is nothing to thank for")]
    NothingPaid,
    /// What is known of payments is older than the permit allows.
    #[error(
        "payments are known {}, and that may be at most {within_days} days old: read newer \
         statements",
        until.map_or_else(|| "for no day".to_owned(), |until| format!("until {until}"))
    )]
    PaymentsNotKnown { until: Option<Date>, within_days: u16 },
    /// The law does not let this message be written to this debtor.
    #[error("the law has no such message for this debtor: {because}")]
    NotCovered { because: String },
    /// The permit or the channel is for no text of ours.
    #[error("there are no messages by {0}")]
    NoSuchChannel(Channel),
    /// A letter needs a name, and an address that fits the window of an envelope.
    #[error("no postal address is known that a letter can be sent to")]
    NoAddress,
    /// The finished text lacks something.
    #[error(
        "the text lacks {missing:?}: complete the data of the creditor, the claim or the agency"
    )]
    Incomplete { missing: Vec<Element> },
    /// The finished words hold what the law forbids at this moment; a fault of the text.
    #[error("the text holds what it must not hold now: {found:?}")]
    Forbidden { found: Vec<Prohibited> },
    /// The claims are in different currencies, or too large to add up.
    #[error("the claims cannot be asked for in one sum")]
    NoOneSum(#[from] MoneyError),
    /// The other services do not know the same of the case; that may pass.
    #[error("not everything is known yet: {0}")]
    NotKnownYet(String),
    /// The file of a text is wrong.
    #[error("the text cannot be used")]
    Text(#[from] TextFault),
    /// A text or a frame cannot be filled in.
    #[error("the text cannot be filled in")]
    Template(#[from] minijinja::Error),
    /// The letter cannot be printed.
    #[error("the letter cannot be printed")]
    Print(#[source] PrintError),
}

impl Refusal {
    /// What it means for the letter; none where it may pass.
    #[must_use]
    pub const fn reason(&self) -> Option<NotSentReason> {
        Some(match self {
            Self::NotKnownYet(_) => return None,
            Self::NoAddress => NotSentReason::NoAddress,
            Self::NothingOwed | Self::NothingPaid => NotSentReason::NothingOwed,
            Self::PaymentsNotKnown { .. } => NotSentReason::PaymentsNotKnown,
            Self::NotCovered { .. } => NotSentReason::TextNotLawful,
            Self::Incomplete { .. } => NotSentReason::DataMissing,
            Self::NoSuchChannel(_)
            | Self::Forbidden { .. }
            | Self::NoOneSum(_)
            | Self::Text(_)
            | Self::Template(_)
            | Self::Print(_) => NotSentReason::NoText,
        })
    }
}

impl From<NotKnownYet> for Refusal {
    fn from(NotKnownYet(what): NotKnownYet) -> Self {
        Self::NotKnownYet(what)
    }
}

impl From<PrintError> for Refusal {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::AddressTooLarge => Self::NoAddress,
            PrintError::Press(_) | PrintError::Nothing { .. } | PrintError::CodeTooLarge { .. } => {
                Self::Print(error)
            }
        }
    }
}

/// Composes the message that `send` asks for, to leave at `now`. A letter is printed, which takes
/// the processor for a while.
pub fn compose(
    agency: &Agency,
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
    now: Timestamp,
) -> Result<Composed, Refusal> {
    compose_in(agency, send, parties, position, now, None)
}

/// The same, in `own` words where some are given, a text that is being tried.
pub(super) fn compose_in(
    agency: &Agency,
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
    now: Timestamp,
    own: Option<&str>,
) -> Result<Composed, Refusal> {
    let Concern { pack, message, bills, open, surplus, required, words, today } =
        concern(send, parties, position, now)?;
    let capacity = send.permit.capacity;
    let (language, country) = (send.language, parties.debtor.country);
    let words = match own {
        Some(source) => words_of(message, language, parties.debtor.kind, source)?,
        None => words,
    };
    let matter = Matter {
        pack,
        message,
        channel: send.channel,
        channels: channels_of(&send.permit),
        language,
        labels: wording::labels(language),
        capacity,
        sender: Sender::of(agency, &parties.creditor, capacity, language, country),
        case_number: parties.case_number,
        creditor: &parties.creditor,
        debtor: &parties.debtor,
        promise: send.promise.as_ref(),
        announced: position.announced.as_ref(),
        surplus,
        today,
        posted_in: agency.country,
        bills,
        open,
    };
    matter.write(&words, &required)
}

/// What is open on the claims that a message would speak of, or why it may not be written. Whether
/// its finished text is complete shows only when it is composed.
pub fn weigh(
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
    now: Timestamp,
) -> Result<Money, Refusal> {
    concern(send, parties, position, now).map(|concern| concern.open)
}

/// What a message is about, before it is put into words.
struct Concern {
    pack: Pack,
    message: MessageKind,
    bills: Vec<Bill>,
    open: Money,
    surplus: Surplus,
    required: Vec<Element>,
    words: Words<'static>,
    today: Date,
}

fn concern(
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
    now: Timestamp,
) -> Result<Concern, Refusal> {
    let (permit, country) = (&send.permit, parties.debtor.country);
    let message = permitted_message(send).ok_or(Refusal::NoSuchChannel(send.channel))?;
    let (bills, open) = concerned(message, claims::bills(send, parties, position)?)?;
    let (kind, language) = (parties.debtor.kind, send.language);
    let Some(pack) = Pack::of(country) else {
        return Err(Refusal::NotCovered { because: format!("no rules are known for {country}") });
    };
    let today = pack.local_date(now);
    let surplus = Surplus::of(pack, message, kind, &bills, position, today)?;
    let charges = Charges { costs: surplus.costs.is_positive(), interest: surplus.asks_interest };
    let document = Document::Message(message);
    let answer = law::required_elements(country, kind, permit.capacity, document, charges);
    let Some(required) = answer.value else {
        return Err(Refusal::NotCovered { because: answer.because.join(" ") });
    };
    let Some(words) = words(message, language, kind)? else {
        return Err(Refusal::NotCovered { because: format!("there is no {message} for a {kind}") });
    };
    payments_known(permit, message, position, today)?;
    charges_known(message, kind, position, today)?;
    Ok(Concern { pack, message, bills, open, surplus, required, words, today })
}

/// The claims that the message speaks of, and what is open on them: those on which something is,
/// but for thanks, which are for claims that were paid. What the creditor credited or took back as
/// a whole was paid by nobody.
fn concerned(message: MessageKind, mut bills: Vec<Bill>) -> Result<(Vec<Bill>, Money), Refusal> {
    if message == MessageKind::PaymentThanks {
        if bills.iter().any(|bill| bill.open.is_positive()) {
            let what = "something is still open on a claim that is to be thanked for";
            return Err(Refusal::NotKnownYet(what.to_owned()));
        }
        bills.retain(Bill::was_paid);
        if bills.is_empty() {
            return Err(Refusal::NothingPaid);
        }
        let nothing = claims::sum(&bills, |bill| Money::zero(bill.open.currency()))?;
        return Ok((bills, nothing));
    }
    bills.retain(|bill| bill.open.is_positive());
    if bills.is_empty() {
        return Err(Refusal::NothingOwed);
    }
    let open = claims::sum(&bills, |bill| bill.open)?;
    Ok((bills, open))
}

/// The channels that the message goes on.
fn channels_of(permit: &Permit) -> Vec<Channel> {
    match &permit.deed {
        PermittedDeed::Write { channels, .. } => channels.clone(),
        PermittedDeed::Call => Vec::new(),
    }
}

/// Refuses to ask a consumer for costs that are not booked yet: it is not known whether everything
/// was paid in time, so they may not be owed.
fn charges_known(
    message: MessageKind,
    debtor: DebtorKind,
    position: &Position,
    today: Date,
) -> Result<(), Refusal> {
    let pending = asks_charges(message) && debtor == DebtorKind::Consumer;
    if pending && position.announced.is_some() {
        let until = position.payments_known_until;
        let days = until.and_then(|until| today.since(until).ok()).map_or(0, |it| it.get_days());
        let within_days = u16::try_from(days.saturating_sub(1)).unwrap_or_default();
        return Err(Refusal::PaymentsNotKnown { until, within_days });
    }
    Ok(())
}

/// Refuses where what is known of payments is older than the permit allows. Thanks ask for nothing.
fn payments_known(
    permit: &Permit,
    message: MessageKind,
    position: &Position,
    today: Date,
) -> Result<(), Refusal> {
    let Some(within_days) = permit.payments_known_within_days else { return Ok(()) };
    let oldest = today.saturating_sub(i64::from(within_days).days());
    match position.payments_known_until {
        Some(until) if until >= oldest => Ok(()),
        _ if message == MessageKind::PaymentThanks => Ok(()),
        until => Err(Refusal::PaymentsNotKnown { until, within_days }),
    }
}
