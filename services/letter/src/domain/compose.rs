//! Composes one message: which text, what it asks for, and whether it is lawful and complete.
//!
//! What leaves here was compared with what the law asks for, on the finished text, in both its
//! parts. It must never read a clock: the moment of the act is an argument.

use contracts::intake::{ClaimParticulars, CreditorParty, DebtorParty, Parties};
use contracts::letter::Send as SendLetter;
use contracts::payment_reconciliation::Position;
use contracts::permit::Permit;
use jiff::ToSpan;
use law::{Element, Pack};
use primitives::{Capacity, Date, Iban, Language, MessageKind, Money, MoneyError, Timestamp};
use serde::Serialize;

use super::page::{Block, Page, Piece, subject};
use super::proof::{Printed, missing};
use super::sender::{Agency, Sender};
use super::texts::{Part, TextFault, words};
use super::wording::{self, Labels};
use super::{one_line, one_lines};

/// A finished message.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The name that it is sent under.
    pub sender_name: String,
    /// Where answers go, where that is not the agency.
    pub reply_to: Option<String>,
    pub subject: String,
    /// The plain part, in lines of at most 78 columns.
    pub text: String,
    /// The HTML part; it says the same.
    pub html: String,
    /// Such as `free-first-reminder/nl/consumer@1`.
    pub text_version: String,
    /// What it asks for.
    pub asked: Money,
    /// The elements that it holds, with the texts that show them.
    pub printed: Vec<Printed>,
}

/// Why a message is not written.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing is open on the claims of the permit.
    #[error("nothing is owed any more on the claims of the permit")]
    NothingOwed,
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
    /// The finished text lacks something.
    #[error(
        "the text lacks {missing:?}: complete the data of the creditor, the claim or the agency"
    )]
    Incomplete { missing: Vec<Element> },
    /// The claims are in different currencies, or too large to add up.
    #[error("the claims cannot be asked for in one sum")]
    NoOneSum(#[source] MoneyError),
    /// The other services do not know the same of the case; that may pass.
    #[error("not everything is known yet: {0}")]
    NotKnownYet(String),
    /// The file of a text is wrong.
    #[error("the text cannot be used")]
    Text(#[from] TextFault),
    /// A text or a frame cannot be filled in.
    #[error("the text cannot be filled in")]
    Template(#[from] minijinja::Error),
}

/// Composes the message that `send` asks for, to leave at `now`.
pub fn compose(
    agency: &Agency,
    send: &SendLetter,
    parties: &Parties,
    position: &Position,
    now: Timestamp,
) -> Result<Composed, Refusal> {
    let (permit, country) = (&send.permit, parties.debtor.country);
    let bills = bills(send, parties, position)?;
    let asked = total(&bills)?;
    let answer =
        law::required_elements(country, parties.debtor.kind, permit.capacity, permit.message);
    let (Some(required), Some(pack)) = (answer.value, Pack::of(country)) else {
        return Err(Refusal::NotCovered { because: answer.because.join(" ") });
    };
    payments_known(permit, position, pack.local_date(now))?;
    let matter = Matter {
        language: send.language,
        labels: wording::labels(send.language),
        capacity: permit.capacity,
        sender: Sender::of(agency, &parties.creditor, permit.capacity, send.language, country),
        creditor: &parties.creditor,
        debtor: &parties.debtor,
        pay_by: pay_by(pack, permit.message, &bills, now),
        bills,
        asked,
    };
    let composed = matter.write(permit.message, &required)?;
    let missing = missing(&required, &composed.printed, &composed.text, &composed.html);
    if missing.is_empty() { Ok(composed) } else { Err(Refusal::Incomplete { missing }) }
}

/// One claim on which something is open.
#[derive(Debug)]
struct Bill {
    number: String,
    description: String,
    issued_on: Date,
    due_on: Date,
    amount: Money,
    open: Money,
    reference: String,
}

impl Bill {
    fn new(claim: &ClaimParticulars, open: Money) -> Self {
        Self {
            number: one_line(&claim.invoice_number),
            description: claim.description.as_deref().map(one_line).unwrap_or_default(),
            issued_on: claim.issued_on,
            due_on: claim.due_on,
            amount: claim.amount,
            open,
            reference: claim.reference.printed(),
        }
    }

    /// What was paid or deducted, where that is something.
    fn settled(&self) -> Option<Money> {
        self.amount.checked_sub(self.open).ok().filter(|settled| settled.is_positive())
    }
}

/// The claims of the permit on which something is open, as both services know them.
fn bills(send: &SendLetter, parties: &Parties, position: &Position) -> Result<Vec<Bill>, Refusal> {
    let permit = &send.permit;
    let same_case = parties.case_id == permit.case_id && position.case_id == permit.case_id;
    let same_parties = parties.creditor.creditor_id == permit.creditor_id
        && parties.debtor.person_id == permit.person_id;
    if !same_case || !same_parties {
        return Err(Refusal::NotKnownYet("the answers are not about the permit's case".to_owned()));
    }
    let mut bills = Vec::new();
    for claim_id in &permit.claim_ids {
        let claim = parties.claims.iter().find(|claim| claim.claim_id == *claim_id);
        let owed = position.claims.iter().find(|claim| claim.claim_id == *claim_id);
        let (Some(claim), Some(owed)) = (claim, owed) else {
            return Err(Refusal::NotKnownYet(format!("claim {claim_id}")));
        };
        if owed.open.is_positive() {
            bills.push(Bill::new(claim, owed.open));
        }
    }
    Ok(bills)
}

fn total(bills: &[Bill]) -> Result<Money, Refusal> {
    let (first, rest) = bills.split_first().ok_or(Refusal::NothingOwed)?;
    rest.iter()
        .map(|bill| bill.open)
        .try_fold(first.open, Money::checked_add)
        .map_err(Refusal::NoOneSum)
}

/// Refuses where what is known of payments is older than the permit allows.
fn payments_known(permit: &Permit, position: &Position, today: Date) -> Result<(), Refusal> {
    let Some(within_days) = permit.payments_known_within_days else { return Ok(()) };
    let oldest = today.saturating_sub(i64::from(within_days).days());
    match position.payments_known_until {
        Some(until) if until >= oldest => Ok(()),
        until => Err(Refusal::PaymentsNotKnown { until, within_days }),
    }
}

/// The day to pay by; none where it differs from claim to claim.
fn pay_by(pack: Pack, message: MessageKind, bills: &[Bill], now: Timestamp) -> Option<Date> {
    let sent_on = pack.local_date(now);
    let mut days = bills.iter().map(|bill| law::pay_by(pack, message, bill.due_on, sent_on).value);
    let first = days.next()??;
    days.all(|day| day == Some(first)).then_some(first)
}

/// Everything that a message says, before it is put into words.
#[derive(Debug)]
struct Matter<'a> {
    language: Language,
    labels: &'static Labels,
    capacity: Capacity,
    sender: Sender,
    creditor: &'a CreditorParty,
    debtor: &'a DebtorParty,
    bills: Vec<Bill>,
    asked: Money,
    pay_by: Option<Date>,
}

/// What a text may name.
#[derive(Debug, Serialize)]
struct Values {
    debtor: String,
    creditor: String,
    /// `invoice 12`, for a subject.
    title: String,
    /// The same for a sentence.
    invoices: String,
    several: bool,
    asked: String,
    by_when: String,
    on_behalf: String,
    contact: String,
}

impl Matter<'_> {
    fn write(&self, message: MessageKind, required: &[Element]) -> Result<Composed, Refusal> {
        let words = words(message, self.language, self.debtor.kind)?;
        let values = self.values();
        let mut printed = self.printed();
        let mut pieces = Vec::new();
        for part in &words.parts {
            match *part {
                Part::Claims => pieces.push(Piece::tables(self.claims(), false)),
                Part::Payment => pieces.push(Piece::tables(vec![self.payment()], true)),
                Part::Paragraph { fulfils, on_demand, words } => {
                    if on_demand && !fulfils.is_some_and(|element| required.contains(&element)) {
                        continue;
                    }
                    let piece = Piece::paragraph(self.language, words, &values)?;
                    printed.extend(fulfils.map(|element| self.fulfilled(element, piece.plain())));
                    pieces.push(piece);
                }
            }
        }
        let page = Page {
            language: self.language,
            subject: subject(self.language, words.subject, &values)?,
            to: format!("{} {}", self.labels.to, joined(&self.debtor.name, &self.debtor.address)),
            pieces,
            signature: self.sender.signature.clone(),
            sender: self.identity(),
            reference: words.reference,
        };
        Ok(Composed {
            sender_name: self.sender.signature.clone(),
            reply_to: self.reply_to(),
            text: page.text()?,
            html: page.html()?,
            subject: page.subject,
            text_version: words.version,
            asked: self.asked,
            printed,
        })
    }

    fn values(&self) -> Values {
        let creditor = one_line(&self.creditor.name);
        let numbers: Vec<&str> = self.bills.iter().map(|bill| bill.number.as_str()).collect();
        let (language, sender) = (self.language, &self.sender);
        Values {
            debtor: one_line(&self.debtor.name),
            title: wording::invoices_title(language, &numbers),
            invoices: wording::invoices(language, &numbers),
            several: numbers.len() > 1,
            asked: self.amount(self.asked),
            by_when: wording::by_when(language, self.pay_by),
            on_behalf: wording::on_behalf(language, self.capacity, &creditor),
            contact: wording::contact(language, &sender.email, &sender.telephone),
            creditor,
        }
    }

    /// Who asks for the money, and what for.
    fn claims(&self) -> Vec<Block> {
        let (labels, creditor) = (self.labels, self.creditor);
        let number_label = wording::company_number(self.language, creditor.country);
        let issuer = Block::new(labels.issuer)
            .row(labels.name, one_line(&creditor.name))
            .row(labels.address, one_lines(&creditor.address).join(", "))
            .row(number_label, creditor.company_number.as_deref().map(one_line).unwrap_or_default())
            .row(labels.ground, self.ground());
        let bills = self.bills.iter().map(|bill| {
            let settled = bill.settled();
            Block::new(format!("{} {}", labels.invoice, bill.number))
                .row(labels.description, bill.description.as_str())
                .row(labels.issued_on, self.date(bill.issued_on))
                .row(labels.due_on, self.date(bill.due_on))
                .row(labels.amount, self.amount(bill.amount))
                .row(labels.settled, settled.map(|sum| self.amount(sum)).unwrap_or_default())
                .row(labels.open, self.amount(bill.open))
                .row(self.reference_label(), if self.one_bill() { "" } else { &bill.reference })
        });
        std::iter::once(issuer).chain(bills).collect()
    }

    /// How to pay.
    fn payment(&self) -> Block {
        let labels = self.labels;
        let reference = match self.bills.as_slice() {
            [bill] => bill.reference.as_str(),
            _ => wording::reference_each(self.language, self.debtor.country),
        };
        Block::new(labels.payment)
            .row(labels.asked, self.amount(self.asked))
            .row(labels.account, self.account())
            .row(labels.account_name, one_line(&self.creditor.pay_to_name))
            .row(self.reference_label(), reference)
            .row(labels.pay_by, self.pay_by.map(|day| self.date(day)).unwrap_or_default())
    }

    /// Who sends the message, and how to reach them.
    fn identity(&self) -> Block {
        let (labels, sender) = (self.labels, &self.sender);
        let register = wording::registration(self.language, self.debtor.country);
        Block::new(labels.sender)
            .row(labels.name, sender.names.join(", "))
            .row(labels.address, sender.address.join(", "))
            .row(wording::company_number(self.language, sender.country), &*sender.company_number)
            .row(register, &*sender.registration)
            .row(labels.telephone, &*sender.telephone)
            .row(labels.email, &*sender.email)
            .row(labels.website, &*sender.website)
            .row(labels.complaints, &*sender.complaints)
    }

    /// The elements that the tables show; a paragraph adds its own.
    fn printed(&self) -> Vec<Printed> {
        let (creditor, debtor, sender) = (self.creditor, self.debtor, &self.sender);
        let each = |of: &dyn Fn(&Bill) -> String| self.bills.iter().map(of).collect::<Vec<_>>();
        let amounts = |bill: &Bill| [Some(bill.amount), bill.settled(), Some(bill.open)];
        let mut balance = vec![self.amount(self.asked)];
        balance.extend(self.bills.iter().flat_map(amounts).flatten().map(|sum| self.amount(sum)));
        let mut payment = vec![self.account(), one_line(&creditor.pay_to_name)];
        payment.extend(each(&|bill| bill.reference.clone()));
        let ground = vec![self.ground()];
        let contact = [&sender.telephone, &sender.email];
        let contact = contact.into_iter().filter(|text| !text.is_empty()).cloned().collect();
        let company_number = creditor.company_number.as_deref().map(one_line).unwrap_or_default();
        [
            (Element::CreditorName, vec![one_line(&creditor.name)]),
            (Element::CreditorAddress, one_lines(&creditor.address)),
            (Element::CreditorCompanyNumber, vec![company_number]),
            (Element::DebtorName, vec![one_line(&debtor.name)]),
            (Element::DebtorAddress, one_lines(&debtor.address)),
            (Element::SenderIdentity, [&sender.names[..], &sender.address[..]].concat()),
            (Element::SenderContact, contact),
            (Element::SenderCompanyNumber, vec![sender.company_number.clone()]),
            (Element::SenderRegistrationNumber, vec![sender.registration.clone()]),
            (Element::InvoiceNumber, each(&|bill| bill.number.clone())),
            (Element::InvoiceDate, each(&|bill| self.date(bill.issued_on))),
            (Element::DueDate, each(&|bill| self.date(bill.due_on))),
            (
                Element::ProductDescription,
                [each(&|bill| bill.description.clone()), ground].concat(),
            ),
            (Element::BalanceDue, balance),
            (Element::PaymentInstructions, payment),
            (Element::ComplaintScheme, vec![sender.complaints.clone()]),
        ]
        .into_iter()
        .map(|(element, values)| Printed { element, values })
        .collect()
    }

    /// An element that a paragraph fulfils. The time to pay in must be there as a date, too.
    fn fulfilled(&self, element: Element, paragraph: &str) -> Printed {
        let mut values = vec![paragraph.to_owned()];
        if element == Element::PaymentTerm {
            let differing = self.bills.iter().map(|bill| bill.due_on);
            let days = self.pay_by.map_or_else(|| differing.collect(), |day| vec![day]);
            values.extend(days.into_iter().map(|day| self.date(day)));
        }
        Printed { element, values }
    }

    fn reply_to(&self) -> Option<String> {
        match self.capacity {
            Capacity::Creditor => Some(self.sender.email.clone()).filter(|text| !text.is_empty()),
            Capacity::AgencyForCreditor | Capacity::Collector => None,
        }
    }

    fn one_bill(&self) -> bool {
        self.bills.len() == 1
    }

    /// On what ground it is to be paid (Bki art. 3.1).
    fn ground(&self) -> String {
        wording::ground(self.language, &one_line(&self.creditor.name))
    }

    fn reference_label(&self) -> &'static str {
        wording::reference(self.language, self.debtor.country)
    }

    fn account(&self) -> String {
        let account = one_line(&self.creditor.pay_to_account);
        Iban::parse(&account).map_or(account, |iban| iban.grouped())
    }

    fn amount(&self, money: Money) -> String {
        wording::amount(self.language, money)
    }

    fn date(&self, date: Date) -> String {
        wording::date(self.language, date)
    }
}

/// A name and an address in one line.
fn joined(name: &str, address: &[String]) -> String {
    let mut lines = vec![one_line(name)];
    lines.extend(one_lines(address));
    lines.join(", ")
}
