//! An invoice as it was read from a file, and what we think of the file.
//!
//! Nothing here is stored or sent yet, and nothing here guesses: what the file does not say is
//! absent. The text of a problem may be logged, so it never holds a name, an address, an id or any
//! other text of the file; field paths, line numbers, dates, amounts and known currency codes are
//! all it may say.

use std::borrow::Cow;
use std::fmt;

use primitives::{Currency, Date, Money};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What came of reading one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What kind of file it is or tries to be; absent when it is none that we read.
    pub format: Option<Format>,
    /// What the importer must do with it: the worst that any problem asks for.
    pub verdict: Verdict,
    /// Everything found wrong, in the order found.
    pub problems: Vec<Problem>,
    /// What is odd and does no harm: each alone asks for nothing but to be accepted.
    pub notes: Vec<Problem>,
    /// What was read; absent exactly when the verdict is [`Verdict::Reject`].
    pub invoice: Option<Invoice>,
}

/// The formats of invoices that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OASIS UBL 2.0 to 2.4, and with it Peppol BIS 3, NLCIUS, SI-UBL and e-FFF.
    Ubl,
}

/// What to do with a file; later is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Import it.
    #[default]
    Accept,
    /// Import nothing by itself: tell a person what is wrong, who may then decide.
    Report,
    /// Import nothing and say why.
    Reject,
}

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The verdict that this problem alone asks for.
    pub verdict: Verdict,
    /// Where: the path from the document element, such as
    /// `cac:LegalMonetaryTotal/cbc:PayableAmount`, with the customary prefixes; `document` or
    /// `file` for what concerns the whole.
    pub field: Cow<'static, str>,
    /// The line in the file, counted from 1; absent when the thing is absent.
    pub line: Option<u32>,
    /// What is wrong.
    pub reason: Cow<'static, str>,
    /// What the sender or the importer can do.
    pub advice: &'static str,
}

/// An invoice or credit note as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoice {
    /// The sender's own number (BT-1).
    pub number: String,
    /// Which of the two documents it is.
    pub document: Document,
    /// Code of UNTDID 1001 as written (BT-3), such as `380`; old files hold words.
    pub type_code: Option<String>,
    /// Day of issue (BT-2).
    pub issue_date: Date,
    /// Day on which payment is due (BT-9).
    pub due_date: Option<Date>,
    /// The declared currency of the document (BT-5).
    pub currency: Option<Currency>,
    /// What is to be paid (BT-115).
    pub payable: Payable,
    /// What the document does to the buyer's debt.
    pub effect: Effect,
    /// Who sends the invoice.
    pub seller: Party,
    /// Who is to pay it.
    pub buyer: Party,
    /// Every remittance reference as written, in the order of the file (BT-83).
    pub payment_references: Vec<String>,
    /// Every instruction id of a payment means; Belgian e-FFF files keep the structured reference
    /// here.
    pub instruction_ids: Vec<String>,
    /// Every account of the payee as written (BT-84).
    pub accounts: Vec<String>,
    /// Numbers of the earlier invoices that this one refers to (BT-25).
    pub preceding_invoices: Vec<String>,
    /// What was delivered: the distinct names of the lines' items (BT-153, else BT-154), shortened,
    /// at most three and `…` for more. An invoice's only; absent when no line has one.
    pub description: Option<String>,
    /// How many notes the document holds. Their text is not kept: it is free text about people.
    pub note_count: u32,
    /// How many lines; lines under a line are part of it.
    pub line_count: u32,
    /// The totals that the file states.
    pub totals: Totals,
}

/// The two documents of UBL that ask for or give back money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// An invoice, whatever its type code.
    Invoice,
    /// A credit note.
    CreditNote,
}

/// What a document does to the buyer's debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The buyer owes the payable amount.
    Owes,
    /// The buyer owes that much less: a credit note, or a negative invoice.
    Reduces,
    /// Nothing is to be paid: a payable of zero, or a type that does not ask for payment.
    Nothing,
}

/// The amount to be paid, its sign as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// The decimal as it stands in the file.
    pub printed: String,
    /// The same as a number.
    pub amount: Decimal,
    /// The same as money; absent when the currency is in doubt or has fewer decimals.
    pub money: Option<Money>,
}

/// Seller or buyer. What tells a person from a company is kept as written, for a later judgement.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// The registered name, else the trading name, else the person's name.
    pub name: String,
    /// The name of a natural person, where the file gives one as such.
    pub person: Option<String>,
    /// Tax registrations as written, VAT numbers among them.
    pub tax_ids: Vec<String>,
    /// The registration of the legal entity, such as a number of the trade register.
    pub legal_id: Option<Identifier>,
    /// Other identifications.
    pub identifiers: Vec<Identifier>,
    /// The electronic address on a network such as Peppol.
    pub endpoint: Option<Identifier>,
    /// The number under which the seller knows this party.
    pub customer_number: Option<String>,
    /// Address for electronic mail.
    pub email: Option<String>,
    /// Telephone number as written.
    pub telephone: Option<String>,
    /// Where post goes.
    pub address: Address,
}

/// An identifier and the register it is from.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The scheme as written: a code of ISO 6523 such as `0106` (`KvK`), or an old word such as
    /// `NL:KVK`.
    pub scheme: Option<String>,
    /// The identifier as written.
    pub value: String,
}

/// A postal address as written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Street with number, further lines, post box: whatever stands before postcode and city.
    pub lines: Vec<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country code, normally ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// The totals that the file states, as numbers in the document's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the lines (BT-106).
    pub line_extension: Option<Decimal>,
    /// Sum of the allowances of the whole document (BT-107).
    pub allowances: Option<Decimal>,
    /// Sum of the charges of the whole document (BT-108).
    pub charges: Option<Decimal>,
    /// Total without tax (BT-109).
    pub tax_exclusive: Option<Decimal>,
    /// Tax (BT-110).
    pub tax: Option<Decimal>,
    /// Total with tax (BT-112).
    pub tax_inclusive: Option<Decimal>,
    /// Paid already (BT-113).
    pub prepaid: Option<Decimal>,
    /// Rounding of what is to be paid (BT-114).
    pub rounding: Option<Decimal>,
}

/// What reading one file has found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    notes: Vec<Problem>,
    verdict: Verdict,
}

impl Problems {
    /// A broken file may have a problem per line; nobody reads more than this many.
    const LISTED_MAX: usize = 50;

    /// Notes one thing wrong. The first that rejects the file is always listed.
    pub(super) fn add(&mut self, problem: Problem) {
        if problem.verdict == Verdict::Accept {
            self.notes.extend(Some(problem).filter(|_| self.notes.len() < Self::LISTED_MAX));
        } else if self.list.len() < Self::LISTED_MAX || problem.verdict > self.verdict {
            self.verdict = self.verdict.max(problem.verdict);
            self.list.push(problem);
        }
    }

    /// Ends a reading. A rejected file yields no invoice, so that nobody can import it by mistake.
    pub(super) fn conclude(self, format: Option<Format>, invoice: Option<Invoice>) -> Reading {
        let verdict = if invoice.is_none() { Verdict::Reject } else { self.verdict };
        let invoice = invoice.filter(|_| verdict != Verdict::Reject);
        Reading { format, verdict, problems: self.list, notes: self.notes, invoice }
    }
}

/// The reading for a machine: what `amicable invoice read --json` prints.
#[must_use]
pub fn report_json(reading: &Reading) -> Value {
    let invoice = reading.invoice.as_ref();
    json!({
        "format": reading.format.map(Format::word),
        "verdict": reading.verdict.word(),
        "problems": reading.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "notes": reading.notes.iter().map(problem_json).collect::<Vec<_>>(),
        "number": invoice.map(|it| &it.number),
        "type": invoice.and_then(|it| it.type_code.as_ref()),
        "issue_date": invoice.map(|it| it.issue_date.to_string()),
        "due_date": invoice.and_then(|it| it.due_date).map(|date| date.to_string()),
        "currency": invoice.and_then(|it| it.currency).map(Currency::code),
        "payable": invoice.map(|it| &it.payable.printed),
        "seller": {
            "name": invoice.map(|it| &it.seller.name),
            "country": invoice.and_then(|it| it.seller.address.country.as_ref()),
        },
        "buyer": buyer_json(invoice.map(|it| &it.buyer)),
        "payment_references": invoice.map_or(&[][..], |it| &it.payment_references),
        "accounts": invoice.map_or(&[][..], |it| &it.accounts),
    })
}

fn problem_json(problem: &Problem) -> Value {
    json!({ "field": problem.field, "line": problem.line, "reason": problem.reason })
}

fn buyer_json(buyer: Option<&Party>) -> Value {
    json!({
        "name": buyer.map(|it| &it.name),
        "country": buyer.and_then(|it| it.address.country.as_ref()),
        "address": buyer.map_or(&[][..], |it| &it.address.lines),
        "postcode": buyer.and_then(|it| it.address.postcode.as_ref()),
        "city": buyer.and_then(|it| it.address.city.as_ref()),
        "email": buyer.and_then(|it| it.email.as_ref()),
        "telephone": buyer.and_then(|it| it.telephone.as_ref()),
        "customer_number": buyer.and_then(|it| it.customer_number.as_ref()),
        "legal_id": buyer.and_then(|it| it.legal_id.as_ref()).map(|id| &id.value),
        "tax_ids": buyer.map_or(&[][..], |it| &it.tax_ids),
    })
}

impl Format {
    /// The name of the format in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ubl => "ubl",
        }
    }
}

impl Verdict {
    /// The name of the verdict in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Report => "report",
            Self::Reject => "reject",
        }
    }
}

impl Effect {
    /// Codes of UNTDID 1001 in which a positive amount is in the buyer's favour (EN 16931,
    /// BR-CL-01).
    const CREDITS: &[&str] =
        &["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"];
    /// Pro forma invoice, and invoice information for the books only: neither asks for payment.
    const ASKS_NOTHING: &[&str] = &["325", "751"];

    /// What a document of this kind with this payable amount does. A credit note may be negative
    /// too, and then asks for money.
    #[must_use]
    pub fn of(document: Document, type_code: Option<&str>, payable: Decimal) -> Self {
        let is_among = |codes: &[&str]| type_code.is_some_and(|code| codes.contains(&code));
        let credits = document == Document::CreditNote || is_among(Self::CREDITS);
        if payable.is_zero() || is_among(Self::ASKS_NOTHING) {
            Self::Nothing
        } else if credits == payable.is_sign_negative() {
            Self::Owes
        } else {
            Self::Reduces
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}, ")?;
        }
        write!(formatter, "{}: {}; {}", self.field, self.reason, self.advice)
    }
}

/// Personal data stay out of logs, also where somebody prints a whole invoice.
impl fmt::Debug for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Party").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identifier").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Address").field("country", &self.country).finish_non_exhaustive()
    }
}
