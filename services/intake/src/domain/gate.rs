//! The start gate, as far as a file alone passes it: is this a claim or a credit that we cover, and
//! is it complete?
//!
//! Nothing here knows what was taken in before. A problem names a field and says what to do; it
//! never repeats a text of the file.

use contracts::intake::Problem;
use jiff::ToSpan;
use law::Pack;
use primitives::{ContentHash, Country, CreditorId, Currency, Date, DebtorKind, Money};

use super::debtor::{Buyer, buyer};
use super::invoice::{self, Document, Effect, Invoice, Reading, Verdict};

/// A file as it was handed over, and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Handed {
    pub creditor_id: CreditorId,
    pub file: ContentHash,
    pub found: Found,
}

/// What a file is to us.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Nothing is taken in, and nothing of it kept.
    Refused(Vec<Problem>),
    /// A document in which something is doubtful: put aside for a person.
    Doubtful { document: Document, number: String, problems: Vec<Problem> },
    /// Complete and covered.
    Sound(Box<Candidate>),
}

/// A document that may become a claim, or lower one.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub invoice: Invoice,
    pub asks: Asks,
    /// Always positive.
    pub amount: Money,
    pub buyer: Buyer,
    /// What a person should look at though it is taken in.
    pub notes: Vec<Problem>,
}

/// What a document asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To be paid by this day.
    Payment { due_on: Date },
    /// To owe less of this earlier invoice.
    Credit { of_invoice: String },
}

impl Handed {
    /// Judges what was read from a file.
    #[must_use]
    pub fn new(creditor_id: CreditorId, file: ContentHash, reading: Reading) -> Self {
        Self { creditor_id, file, found: judge(reading) }
    }
}

/// A problem that we found ourselves.
pub(super) fn problem(field: &str, reason: impl Into<String>) -> Problem {
    Problem { field: field.to_owned(), line: None, reason: reason.into() }
}

fn judge(reading: Reading) -> Found {
    let problems: Vec<Problem> = reading.problems.iter().map(told).collect();
    let notes = reading.notes.iter().map(told).collect();
    match (reading.verdict, reading.invoice) {
        (Verdict::Reject, _) | (_, None) => Found::Refused(problems),
        (Verdict::Report, Some(Invoice { document, number, .. })) => {
            Found::Doubtful { document, number, problems }
        }
        (Verdict::Accept, Some(invoice)) => {
            candidate(invoice, notes).map_or_else(Found::Refused, |it| Found::Sound(Box::new(it)))
        }
    }
}

fn told(problem: &invoice::Problem) -> Problem {
    Problem {
        field: problem.field.to_string(),
        line: problem.line.map(u64::from),
        reason: format!("{}; {}", problem.reason, problem.advice),
    }
}

/// Looks at everything before it refuses, so that the creditor hears of all problems at once.
fn candidate(invoice: Invoice, notes: Vec<Problem>) -> Result<Candidate, Vec<Problem>> {
    let mut problems = Vec::new();
    let asks = asks(&invoice).map_err(|problem| problems.push(problem)).ok();
    let amount = amount(&invoice).map_err(|problem| problems.push(problem)).ok();
    let buyer = debtor(&invoice).map_err(|problem| problems.push(problem)).ok();
    match (asks, amount, buyer) {
        (Some(asks), Some(amount), Some(buyer)) => {
            Ok(Candidate { invoice, asks, amount, buyer, notes })
        }
        _ => Err(problems),
    }
}

fn asks(invoice: &Invoice) -> Result<Asks, Problem> {
    match invoice.effect {
        Effect::Owes => {
            let reason = "is missing: when this is to be paid is not known; put the last day for \
                          payment in the invoice and hand it over again";
            let due_on = invoice.due_date.ok_or_else(|| problem("cbc:DueDate", reason))?;
            Ok(Asks::Payment { due_on })
        }
        Effect::Reduces => match invoice.preceding_invoices.as_slice() {
            [of_invoice] => Ok(Asks::Credit { of_invoice: of_invoice.clone() }),
            [] => Err(problem(PRECEDING, "is missing: name the one invoice that this credits")),
            _ => Err(problem(PRECEDING, "names several invoices: send one credit note for each")),
        },
        Effect::Nothing if invoice.payable.amount.is_zero() => {
            Err(problem(PAYABLE, "is nought: there is nothing to collect"))
        }
        Effect::Nothing => {
            Err(problem("cbc:InvoiceTypeCode", "is of a document that asks for no payment"))
        }
    }
}

/// Whether the last day for payment lies where this can be collected now. Limitation itself is not
/// built yet: what may be time-barred by the shortest term that can hold is not taken in, since to
/// ask for it would mislead the debtor.
pub(super) fn timely(due_on: Date, buyer: &Buyer, today: Date) -> Result<(), Problem> {
    let years = shortest_limitation_years(buyer);
    if due_on < today.saturating_sub(years.years()) {
        let reason = format!(
            "is more than {years} year(s) ago: the claim may be time-barred; whether it is must be \
             decided by a person first, outside this system"
        );
        return Err(problem("cbc:DueDate", reason));
    }
    if due_on > today.saturating_add(DUE_WITHIN_YEARS.years()) {
        let reason = "is more than a year away: hand it over nearer to its day";
        return Err(problem("cbc:DueDate", reason));
    }
    Ok(())
}

const DUE_WITHIN_YEARS: i32 = 1;

/// NL: 2 years for what a consumer bought (7:28 BW), else 5 (3:307 BW). BE: 1 year for some of what
/// merchants sell to consumers (old 2272 BW), else at least 5 (old 2277 BW).
fn shortest_limitation_years(buyer: &Buyer) -> i32 {
    match (buyer.kind, buyer.country) {
        (DebtorKind::Consumer, Country::NL) => 2,
        (DebtorKind::Consumer, _) => 1,
        (DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson, _) => 5,
    }
}

pub(super) const PRECEDING: &str = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
pub(super) const PAYABLE: &str = "cac:LegalMonetaryTotal/cbc:PayableAmount";
const CURRENCY: &str = "cbc:DocumentCurrencyCode";
const BUYER: &str = "cac:AccountingCustomerParty";
const COUNTRY: &str = "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/\
                       cbc:IdentificationCode";

fn amount(invoice: &Invoice) -> Result<Money, Problem> {
    let unknown = || problem(PAYABLE, "is no amount of money in the document's currency");
    let money = invoice.payable.money.ok_or_else(unknown)?;
    if money.currency() != Currency::EUR {
        return Err(problem(CURRENCY, "is not EUR: other currencies are not covered"));
    }
    if money.is_negative() { money.checked_neg().map_err(|_| unknown()) } else { Ok(money) }
}

fn debtor(invoice: &Invoice) -> Result<Buyer, Problem> {
    let party = &invoice.buyer;
    let missing = "is missing: whose law holds is not known; put the buyer's country in the \
                   invoice and hand it over again";
    let country = party.address.country.as_deref().ok_or_else(|| problem(COUNTRY, missing))?;
    let covered = Country::parse(country).ok().filter(|country| Pack::of(*country).is_some());
    let country = covered.ok_or_else(|| {
        problem(COUNTRY, "is neither NL nor BE: the law of other countries is not covered")
    })?;
    buyer(party, country).ok_or_else(|| {
        problem(
            BUYER,
            "has only a name, which others may have too: add a company number, your customer \
             number, the postal address or an e-mail address",
        )
    })
}
