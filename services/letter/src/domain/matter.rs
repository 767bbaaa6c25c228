//! Everything that one message says, and how it comes to stand on the page.

use contracts::intake::{CreditorParty, DebtorParty};
use contracts::letter::PromiseTold;
use contracts::payment_reconciliation::{AnnouncedCharges, Position};
use jiff::ToSpan;
use law::{Charges, Document, Element, Jurisdiction, Pack, Prohibited, Saying};
use primitives::{
    Capacity, CaseNumber, Channel, Country, Date, DebtorKind, Iban, Language, MessageKind, Money,
    MoneyError,
};
use serde::Serialize;

use super::claims::{self, Bill, Lowered, Means};
use super::compose::{Composed, Form, Refusal};
use super::forbidden::{Said, Told, forbidden};
use super::page::{Block, OnPaper, Page, Piece, subject};
use super::proof::{Printed, missing, spaced, visible, whole};
use super::sender::Sender;
use super::texts::{Part, Words};
use super::wording::{self, Labels, Regime};
use super::{epc, one_line, one_lines};

/// Everything that a message says, before it is put into words.
#[derive(Debug)]
pub(super) struct Matter<'a> {
    pub(super) pack: Pack,
    pub(super) message: MessageKind,
    pub(super) channel: Channel,
    /// Those that the message goes on, this one among them.
    pub(super) channels: Vec<Channel>,
    pub(super) language: Language,
    pub(super) labels: &'static Labels,
    pub(super) capacity: Capacity,
    pub(super) sender: Sender,
    pub(super) case_number: CaseNumber,
    pub(super) creditor: &'a CreditorParty,
    pub(super) debtor: &'a DebtorParty,
    pub(super) promise: Option<&'a PromiseTold>,
    pub(super) announced: Option<&'a AnnouncedCharges>,
    pub(super) surplus: Surplus,
    pub(super) today: Date,
    /// Where letters are handed to the post.
    pub(super) posted_in: Country,
    pub(super) bills: Vec<Bill>,
    /// What is open on them.
    pub(super) open: Money,
}

/// Whether a message asks for what is owed beside the principal.
pub(super) const fn asks_charges(message: MessageKind) -> bool {
    matches!(message, MessageKind::FormalNotice | MessageKind::Demand)
}

/// What is asked for beside the principal, by a message that does so.
#[derive(Debug)]
pub(super) struct Surplus {
    pub(super) costs: Money,
    pub(super) interest: Money,
    /// What of both a business owes because of this very demand. It was not booked yet, so it is
    /// not in what is open.
    added_costs: Money,
    added_interest: Option<Money>,
    /// Interest is asked for, also where it cannot be worked out.
    pub(super) asks_interest: bool,
    /// Yearly rates in basis points, with their first and last days.
    rates: Vec<(Date, Date, u32)>,
}

impl Surplus {
    pub(super) fn of(
        pack: Pack,
        message: MessageKind,
        debtor: DebtorKind,
        bills: &[Bill],
        position: &Position,
        today: Date,
    ) -> Result<Self, MoneyError> {
        let nothing = claims::sum(bills, |bill| Money::zero(bill.amount.currency()))?;
        if !asks_charges(message) {
            return Ok(Self {
                costs: nothing,
                interest: nothing,
                added_costs: nothing,
                added_interest: None,
                asks_interest: false,
                rates: Vec::new(),
            });
        }
        let announced = position.announced.as_ref();
        let open_costs = claims::sum(bills, |bill| bill.costs_open)?;
        let open_interest = claims::sum(bills, |bill| bill.interest_open)?;
        // With what was paid of them: that is what the table and the computation show.
        let booked_costs = claims::sum(bills, |bill| bill.costs)?;
        let booked_interest = claims::sum(bills, |bill| bill.interest)?;
        let added_costs = announced.map_or(nothing, |announced| announced.costs);
        let lawful = lawful_interest(pack, debtor, bills, today)?;
        let adds_interest = announced.is_some_and(|announced| announced.interest);
        let added_interest = lawful.as_ref().filter(|_| adds_interest).map(|(sum, _)| *sum);
        // What was paid in full is asked for no more.
        let asks_costs = open_costs.is_positive() || added_costs.is_positive();
        let asks_interest = open_interest.is_positive()
            || adds_interest && added_interest.is_none_or(Money::is_positive);
        let costs = booked_costs.checked_add(added_costs)?;
        let interest = booked_interest.checked_add(added_interest.unwrap_or(nothing))?;
        Ok(Self {
            costs: if asks_costs { costs } else { nothing },
            interest: if asks_interest { interest } else { nothing },
            added_costs,
            added_interest,
            asks_interest,
            rates: lawful.map(|(_, rates)| rates).unwrap_or_default(),
        })
    }

    fn added(&self) -> Result<Money, MoneyError> {
        self.added_interest.map_or(Ok(self.added_costs), |sum| self.added_costs.checked_add(sum))
    }
}

/// The interest of the law on the claims, up to today, with its rates. None where a clause says
/// what is owed, and where a rate is not known.
#[expect(clippy::type_complexity, reason = "a sum and its rates, nothing to name")]
fn lawful_interest(
    pack: Pack,
    debtor: DebtorKind,
    bills: &[Bill],
    today: Date,
) -> Result<Option<(Money, Vec<(Date, Date, u32)>)>, MoneyError> {
    let mut sum = claims::sum(bills, |bill| Money::zero(bill.amount.currency()))?;
    let mut segments = Vec::new();
    for bill in bills {
        let terms = claims::lawful_interest(pack, debtor, bill.due_on, today);
        let Some(interest) = terms.and_then(|terms| bill.interest_until(pack, terms, today)) else {
            return Ok(None);
        };
        sum = sum.checked_add(interest.total)?;
        segments.extend(interest.segments);
    }
    Ok(Some((sum, claims::rates(&segments))))
}

/// What a text may name. An empty text is something that there is not.
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
    /// Collection costs: what a demand asks, or what will be asked.
    costs: String,
    /// The VAT within the costs.
    vat: String,
    costs_ground: String,
    /// Whether a clause of the creditor's terms says what is owed on top.
    clause: bool,
    /// Whether interest will be asked.
    with_interest: bool,
    /// The rate of that interest, where it is known.
    rate: String,
    /// The interest that a demand asks, and how it was worked out.
    interest: String,
    interest_how: String,
    promised: String,
    promised_day: String,
    /// What is open beside what was promised.
    rest: String,
    /// Who supervises the sender.
    supervisor: String,
}

/// What must be named in a paragraph that fulfils an element.
enum Named {
    Term,
    Clause,
    /// This in its language: Dutch, French, German, English.
    Word([&'static str; 4]),
    Values(fn(&Values) -> Vec<String>),
}

/// Elements of which more is asked than that a paragraph is there.
const FULFILLED: &[(Element, Named)] = &[
    (Element::PaymentTerm, Named::Term),
    (Element::PenaltyClauseAmount, Named::Clause),
    (Element::CollectionCosts, Named::Values(|values| vec![values.costs.clone()])),
    (
        Element::InterestAmount,
        Named::Values(|values| vec![values.interest.clone(), values.interest_how.clone()]),
    ),
    (Element::PromisedAmount, Named::Values(|values| vec![values.promised.clone()])),
    (Element::PromisedDay, Named::Values(|values| vec![values.promised_day.clone()])),
    (Element::HowToDispute, Named::Values(|values| vec![values.contact.clone()])),
    (Element::SupervisoryAuthority, Named::Values(|values| vec![values.supervisor.clone()])),
    (
        Element::RightToDocuments,
        Named::Word(["alle documenten", "tous les documents", "alle Unterlagen", "all documents"]),
    ),
    (Element::RightToPaymentPlan, Named::Term),
    (
        Element::RightToPaymentPlan,
        Named::Word(["in delen te betalen", "en plusieurs fois", "in Raten", "in parts"]),
    ),
    (Element::OtherMeasures, Named::Term),
    (
        Element::OtherMeasures,
        Named::Word(["andere stappen", "d'autres démarches", "andere Schritte", "other steps"]),
    ),
];

impl Matter<'_> {
    pub(super) fn write(
        &self,
        words: &Words<'_>,
        required: &[Element],
    ) -> Result<Composed, Refusal> {
        let asked = self.asked()?;
        let values = self.values(asked)?;
        let mut printed = self.printed(asked);
        let mut pieces = Vec::new();
        // Where the paragraphs stand that say what a clause adds.
        let mut of_clause = Vec::new();
        for part in &words.parts {
            match part {
                Part::Claims => pieces.push(Piece::tables(self.claims(), false)),
                Part::Payment => pieces.push(Piece::tables(vec![self.payment(asked)], true)),
                Part::Paragraph { fulfils, on_demand, words } => {
                    if *on_demand && !fulfils.iter().any(|element| required.contains(element)) {
                        continue;
                    }
                    let piece = Piece::paragraph(self.language, words, &values)?;
                    if let Some(piece) = piece {
                        let fulfilled = |it: &Element| self.fulfilled(*it, piece.plain(), &values);
                        printed.extend(fulfils.iter().map(fulfilled));
                        let clause = Element::PenaltyClauseAmount;
                        of_clause.push(required.contains(&clause) && fulfils.contains(&clause));
                        pieces.push(piece);
                    }
                }
            }
        }
        let page = Page {
            language: self.language,
            subject: subject(self.language, words.subject, &values)?,
            to: format!("{} {}", self.labels.to, joined(&self.debtor.name, &self.debtor.address)),
            pieces,
            signature: self.sender.signature.clone(),
            sender: self.sender.block(self.language, self.debtor.country),
            reference: words.reference.clone(),
        };
        let heading = subject(self.language, words.heading, &values)?;
        let (text, form) = self.lay_out(&page, heading.clone(), asked, |parts| {
            let missing = missing(required, &printed, parts);
            if missing.is_empty() { Ok(()) } else { Err(Refusal::Incomplete { missing }) }
        })?;
        let paragraphs = page.paragraphs();
        let told = paragraphs.iter().zip(of_clause);
        let told = told.map(|(text, of_clause)| Told { text, of_clause });
        let heading = Told { text: &heading, of_clause: false };
        let told = told.chain([heading]).collect();
        let forbidden = self.forbidden(&page.subject, told, &values)?;
        Ok(Composed {
            sender_name: self.sender.signature.clone(),
            reply_to: self.reply_to(),
            subject: page.subject,
            language: self.language,
            text,
            form,
            text_version: words.version.clone(),
            asked,
            paragraphs,
            required: required.to_vec(),
            forbidden,
            printed,
        })
    }

    /// Lays the page out for its channel, and has it proved as its reader sees it.
    fn lay_out(
        &self,
        page: &Page,
        heading: String,
        asked: Money,
        prove: impl Fn(&[&str]) -> Result<(), Refusal>,
    ) -> Result<(String, Form), Refusal> {
        match self.channel {
            Channel::Email => {
                let (text, html) = (page.text()?, page.html()?);
                prove(&[&text, &visible(&html)])?;
                Ok((text, Form::Mail { html }))
            }
            Channel::Post => {
                let sheet = page.sheet(self.on_paper(heading, asked)?);
                let paper::Printed { pdf, pages, text } = paper::print(&sheet)?;
                prove(&[&text])?;
                let (destination, language) = (self.debtor.country, self.language);
                Ok((text, Form::Paper { pdf, pages, destination, language }))
            }
            Channel::Sms | Channel::Telephone | Channel::Visit => {
                Err(Refusal::NoSuchChannel(self.channel))
            }
        }
    }

    /// What the law forbids at this moment; refuses our own words where they hold it.
    fn forbidden(
        &self,
        subject: &str,
        paragraphs: Vec<Told<'_>>,
        values: &Values,
    ) -> Result<Vec<Prohibited>, Refusal> {
        let said = Said {
            language: self.language,
            subject,
            paragraphs,
            values: self.names(values),
            too_early: self.too_early(),
            asks_charges_early: self.asks_charges_early(),
        };
        forbidden(self.pack, self.saying(), &said).map_err(|found| Refusal::Forbidden { found })
    }

    /// The moment at which it is said, as the law asks.
    fn saying(&self) -> Saying {
        let (asks_costs, asks_interest) =
            (self.surplus.costs.is_positive(), self.surplus.asks_interest);
        let announces_interest = self.announced.is_some_and(|announced| announced.interest);
        Saying {
            document: Document::Message(self.message),
            debtor: self.debtor.kind,
            charges: Charges {
                costs: asks_costs || self.costs().is_some(),
                interest: asks_interest || announces_interest,
            },
            owed_already: asks_costs || asks_interest,
            court_is_next: false,
            has_judgment: false,
        }
    }

    /// Names, numbers and addresses that may stand among our words.
    fn names(&self, values: &Values) -> Vec<String> {
        let mut names = vec![values.debtor.clone(), values.creditor.clone()];
        names.extend(
            [&values.contact, &self.sender.telephone, &self.sender.email].map(Clone::clone),
        );
        names.push(values.supervisor.clone());
        names.extend(self.sender.names.iter().cloned());
        names.extend(self.bills.iter().map(|bill| bill.number.clone()));
        let as_set = names.iter().map(|name| wording::typeset(self.language, name));
        let as_set: Vec<String> = as_set.collect();
        names.extend(as_set);
        names
    }

    /// Whether it asks for costs or interest and is no message that may.
    fn asks_charges_early(&self) -> bool {
        let is_early = match self.message {
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter => true,
            MessageKind::FormalNotice
            | MessageKind::Demand
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks => false,
        };
        let is_charged =
            |bill: &Bill| bill.costs_open.is_positive() || bill.interest_open.is_positive();
        is_early && self.bills.iter().any(is_charged)
    }

    /// The days from today that end before the term that the law gives, as they are printed.
    fn too_early(&self) -> Vec<String> {
        let last_of = |channel: &Channel| {
            let sent_on = law::sent_on(self.pack, self.message, *channel, self.today);
            let (kind, pack) = (self.debtor.kind, self.pack);
            law::term_of(pack, self.message, kind, *channel, sent_on).value.map(|term| term.last)
        };
        let last = match self.message {
            MessageKind::FormalNotice => self.pay_by(),
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter
            | MessageKind::Demand
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks => self.channels.iter().filter_map(last_of).max(),
        };
        let Some(last) = last else { return Vec::new() };
        let days = self.today.series(1.day()).take_while(|day| *day < last);
        days.map(|day| self.date(day)).collect()
    }

    /// What it asks to be paid.
    fn asked(&self) -> Result<Money, MoneyError> {
        match self.message {
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter => Ok(self.open),
            MessageKind::FormalNotice | MessageKind::Demand => {
                self.open.checked_add(self.surplus.added()?)
            }
            MessageKind::PromiseConfirmation => {
                Ok(self.promise.map_or(self.open, |promise| promise.amount))
            }
            MessageKind::PaymentThanks => Ok(Money::zero(self.open.currency())),
        }
    }

    fn values(&self, asked: Money) -> Result<Values, MoneyError> {
        let creditor = one_line(&self.creditor.name);
        let numbers: Vec<&str> = self.bills.iter().map(|bill| bill.number.as_str()).collect();
        let (language, sender, regime) = (self.language, &self.sender, self.regime());
        let rest = match self.promise {
            Some(promise) => self.open.checked_sub(promise.amount)?,
            None => Money::zero(self.open.currency()),
        };
        let rate = self.announced.and_then(|announced| announced.interest_basis_points);
        let with_interest = self.announced.is_some_and(|announced| announced.interest);
        let interest_how = if self.surplus.asks_interest {
            wording::interest_how(language, regime, &creditor, &self.surplus.rates)
        } else {
            String::new()
        };
        Ok(Values {
            debtor: one_line(&self.debtor.name),
            title: wording::invoices_title(language, &numbers),
            invoices: wording::invoices(language, &numbers),
            several: numbers.len() > 1,
            asked: self.amount(asked),
            by_when: self.by_when(),
            on_behalf: wording::on_behalf(language, self.capacity, &creditor),
            contact: wording::contact(language, &sender.email, &sender.telephone),
            costs: self.costs().map(|sum| self.amount(sum)).unwrap_or_default(),
            vat: self.vat().map(|sum| self.amount(sum)).unwrap_or_default(),
            costs_ground: wording::costs_ground(language, regime, &creditor),
            clause: self.by_clause(),
            with_interest,
            rate: rate.map(|rate| wording::percent(language, rate)).unwrap_or_default(),
            interest: self.some(Some(self.surplus.interest)),
            interest_how,
            promised: self.some(self.promise.map(|promise| promise.amount)),
            promised_day: self.promise.map(|it| self.date(it.pay_by)).unwrap_or_default(),
            rest: self.some(Some(rest)),
            supervisor: sender.supervisor.clone(),
            creditor,
        })
    }

    /// Collection costs: what a demand asks, or what will be asked.
    fn costs(&self) -> Option<Money> {
        let costs = match self.message {
            MessageKind::FormalNotice | MessageKind::Demand => Some(self.surplus.costs),
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks => self.announced.map(|announced| announced.costs),
        };
        costs.filter(|costs| costs.is_positive())
    }

    fn vat(&self) -> Option<Money> {
        self.announced.map(|announced| announced.vat).filter(|vat| vat.is_positive())
    }

    /// Who asks for the money, and what for.
    fn claims(&self) -> Vec<Block> {
        let bills = self.bills.iter().map(|bill| self.bill(bill));
        match self.message {
            MessageKind::PaymentThanks => vec![self.receipt()],
            MessageKind::PromiseConfirmation => bills.collect(),
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter
            | MessageKind::FormalNotice
            | MessageKind::Demand => {
                std::iter::once(self.issuer()).chain(bills).chain(self.added()).collect()
            }
        }
    }

    fn issuer(&self) -> Block {
        let (labels, creditor) = (self.labels, self.creditor);
        let number_label = wording::company_number(self.language, creditor.country);
        // Elsewhere whoever has a question turns to who writes.
        let is_wanted = self.message == MessageKind::FormalNotice;
        let contact = |text: &Option<String>| {
            text.as_deref().filter(|_| is_wanted).map(one_line).unwrap_or_default()
        };
        Block::new(labels.issuer)
            .row(labels.name, one_line(&creditor.name))
            .row(labels.address, one_lines(&creditor.address).join(", "))
            .row(number_label, creditor.company_number.as_deref().map(one_line).unwrap_or_default())
            .row(labels.acts_as, if is_wanted { labels.original_creditor } else { "" })
            .row(labels.telephone, contact(&creditor.telephone))
            .row(labels.email, contact(&creditor.email))
            .row(labels.ground, self.ground())
    }

    fn bill(&self, bill: &Bill) -> Block {
        let labels = self.labels;
        let reference =
            if self.bills.len() == 1 { String::new() } else { bill.reference.printed() };
        let block = Block::new(format!("{} {}", labels.invoice, bill.number))
            .row(labels.description, bill.description.as_str())
            .row(labels.issued_on, self.date(bill.issued_on))
            .row(labels.due_on, self.date(bill.due_on))
            .row(labels.amount, self.amount(bill.amount))
            .row(self.costs_label(), self.some(Some(bill.costs)))
            .row(labels.interest, self.some(Some(bill.interest)));
        let lowered = |block: Block, lowered: &Lowered| {
            let label = match lowered.by {
                Means::Payment { .. } => labels.received,
                Means::Creditor => labels.credited,
            };
            block.row(label, self.lowered(bill, lowered))
        };
        let block = bill.lowered.iter().fold(block, lowered);
        let block = block.row(labels.open, self.amount(bill.open));
        block.row(self.reference_label(), reference)
    }

    /// How much, when, and where a bill has more than its principal, what for.
    fn lowered(&self, bill: &Bill, lowered: &Lowered) -> String {
        let parts = if bill.costs.is_zero() && bill.interest.is_zero() {
            Vec::new()
        } else {
            self.parts(lowered)
        };
        wording::lowered(self.language, &self.amount(lowered.amount), lowered.on, &parts)
    }

    /// What a payment paid of each, in the order of the law, and what that is called.
    fn parts(&self, lowered: &Lowered) -> Vec<(String, &'static str)> {
        let Means::Payment { costs, interest, principal, .. } = lowered.by else {
            return Vec::new();
        };
        let labels = self.labels;
        let for_costs = if self.by_clause() { labels.for_compensation } else { labels.for_costs };
        [(costs, for_costs), (interest, labels.for_interest), (principal, labels.for_invoice)]
            .into_iter()
            .filter(|(part, _)| !part.is_zero())
            .map(|(part, what)| (self.amount(part), what))
            .collect()
    }

    /// What a demand brings along by being sent.
    fn added(&self) -> Option<Block> {
        let (labels, surplus) = (self.labels, &self.surplus);
        let block = Block::new(labels.added)
            .row(self.costs_label(), self.some(Some(surplus.added_costs)))
            .row(labels.interest, self.some(surplus.added_interest));
        (!block.rows.is_empty()).then_some(block)
    }

    /// What was paid.
    fn receipt(&self) -> Block {
        let labels = self.labels;
        let block = Block::new(labels.receipt).row(labels.case_number, self.case_number_within());
        self.bills.iter().fold(block, |block, bill| {
            block.row(&format!("{} {}", labels.invoice, bill.number), labels.paid)
        })
    }

    /// How to pay.
    fn payment(&self, asked: Money) -> Block {
        let labels = self.labels;
        let reference = match self.bills.as_slice() {
            [bill] => bill.reference.printed(),
            _ => wording::reference_each(self.language, self.debtor.country).to_owned(),
        };
        let (by_label, by) = if self.message == MessageKind::FourteenDayLetter {
            (labels.term, wording::within_fourteen_days(self.language).to_owned())
        } else {
            (labels.pay_by, self.pay_by().map(|day| self.date(day)).unwrap_or_default())
        };
        Block::new(labels.payment)
            .row(labels.asked, self.amount(asked))
            .row(labels.account, self.account())
            .row(labels.account_name, one_line(&self.creditor.pay_to_name))
            .row(self.reference_label(), reference)
            .row(labels.case_number, self.case_number_within())
            .row(by_label, by)
    }

    /// The elements that the tables show, each with the label that says what it is; a paragraph
    /// adds its own.
    fn printed(&self, asked: Money) -> Vec<Printed> {
        let (labels, creditor, debtor, sender) =
            (self.labels, self.creditor, self.debtor, &self.sender);
        let (issuer, payment) = (self.issuer(), self.payment(asked));
        let foot = sender.block(self.language, debtor.country);
        let bills: Vec<Block> = self.bills.iter().map(|bill| self.bill(bill)).collect();
        let each = |label: &str| -> Vec<String> {
            bills.iter().map(|bill| bill.told_until(label)).collect()
        };
        let own_number = wording::company_number(self.language, creditor.country);
        let number = wording::company_number(self.language, sender.country);
        let register = wording::registration(self.language, debtor.country);
        let contact = [foot.told(labels.telephone), foot.told(labels.email)];
        let contact = contact.into_iter().filter(|text| !text.is_empty()).collect();
        let identity = [labels.name, labels.address].map(|label| foot.told(label));
        [
            (Element::CreditorName, vec![one_line(&creditor.name)]),
            (Element::CreditorAddress, vec![issuer.told(labels.address)]),
            (Element::CreditorCompanyNumber, vec![issuer.told(own_number)]),
            (Element::CreditorContact, self.creditor_contact(&issuer)),
            (Element::CreditorCapacity, vec![issuer.told(labels.acts_as)]),
            (Element::DebtorName, vec![one_line(&debtor.name)]),
            (Element::DebtorAddress, one_lines(&debtor.address)),
            (Element::SenderIdentity, identity.to_vec()),
            (Element::SenderContact, contact),
            (Element::SenderCompanyNumber, vec![foot.told(number)]),
            (Element::SenderRegistrationNumber, vec![foot.told(register)]),
            (Element::InvoiceNumber, self.headings()),
            (Element::InvoiceDate, each(labels.issued_on)),
            (Element::DueDate, each(labels.due_on)),
            (
                Element::ProductDescription,
                [each(labels.description), vec![issuer.told(labels.ground)]].concat(),
            ),
            (Element::BalanceDue, self.balance(&payment, each(labels.open))),
            (Element::PaymentInstructions, self.instructions(&payment, &bills)),
            (Element::ComplaintScheme, vec![foot.told(labels.complaints)]),
        ]
        .into_iter()
        .map(|(element, values)| Printed { element, values })
        .collect()
    }

    /// Address and telephone number, and the address for e-mail where there is one.
    fn creditor_contact(&self, issuer: &Block) -> Vec<String> {
        let labels = self.labels;
        let email = self.creditor.email.as_deref().filter(|text| !one_line(text).is_empty());
        let email = email.map(|_| issuer.told(labels.email));
        [labels.address, labels.telephone]
            .map(|label| issuer.told(label))
            .into_iter()
            .chain(email)
            .collect()
    }

    /// What the table of each claim, or its row, begins with.
    fn headings(&self) -> Vec<String> {
        let heading = |bill: &Bill| match bill.number.as_str() {
            "" => String::new(),
            number => format!("{} {number}", self.labels.invoice),
        };
        self.bills.iter().map(heading).collect()
    }

    /// What is to be paid, and all that makes it up.
    fn balance(&self, payment: &Block, mut accounts: Vec<String>) -> Vec<String> {
        accounts.push(payment.told(self.labels.asked));
        accounts.extend(self.added().map(|added| added.told_whole()));
        accounts
    }

    /// Where to pay to, and the reference of each claim.
    fn instructions(&self, payment: &Block, bills: &[Block]) -> Vec<String> {
        let labels = self.labels;
        let mut told = vec![payment.told(labels.account), payment.told(labels.account_name)];
        match bills {
            [_] => told.push(payment.told(self.reference_label())),
            several => told.extend(several.iter().map(|it| it.told_until(self.reference_label()))),
        }
        told
    }

    /// What must be named.
    fn named(&self, must: &Named, values: &Values) -> Vec<String> {
        match must {
            Named::Term if self.message == MessageKind::FourteenDayLetter => {
                vec![values.by_when.clone()]
            }
            Named::Term => self.last_days().map(|day| self.date(day)).collect(),
            // A clause may hold no lump sum, and none be there at all.
            Named::Clause => {
                Some(values.costs.clone()).filter(|costs| !costs.is_empty()).into_iter().collect()
            }
            Named::Values(of) => of(values),
            Named::Word([dutch, french, german, english]) => {
                let word = match self.language {
                    Language::Nl => dutch,
                    Language::Fr => french,
                    Language::De => german,
                    Language::En => english,
                };
                vec![(*word).to_owned()]
            }
        }
    }

    /// An element that a paragraph fulfils, with what must be in it.
    fn fulfilled(&self, element: Element, paragraph: &str, values: &Values) -> Printed {
        let must = FULFILLED.iter().filter(|(named, _)| *named == element).map(|(_, must)| must);
        let named: Vec<String> = must.flat_map(|must| self.named(must, values)).collect();
        let read = spaced(paragraph);
        // Days that differ from claim to claim stand with the claims.
        let names_a_day = self.message != MessageKind::FourteenDayLetter;
        let elsewhere = element == Element::PaymentTerm && names_a_day && self.pay_by().is_none();
        let named = named.into_iter().map(|value| {
            let value = wording::typeset(self.language, &value);
            if elsewhere || whole(&read, &spaced(&value)) { value } else { String::new() }
        });
        let values = std::iter::once(paragraph.to_owned()).chain(named).collect();
        Printed { element, values }
    }

    /// The day to pay by, or those that stand with the invoices where it differs.
    fn last_days(&self) -> impl Iterator<Item = Date> {
        let one = self.pay_by();
        let each = self.bills.iter().map(|bill| bill.due_on).filter(move |_| one.is_none());
        one.into_iter().chain(each)
    }

    /// The day to pay by; none where it differs from claim to claim, and where no day is named.
    fn pay_by(&self) -> Option<Date> {
        match self.message {
            // A day that proves too early for this reader's post would make the letter worthless.
            MessageKind::FourteenDayLetter | MessageKind::PaymentThanks => None,
            MessageKind::PromiseConfirmation => self.promise.map(|promise| promise.pay_by),
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FormalNotice
            | MessageKind::Demand => {
                // One message on several channels names one day: the last that any of them gives.
                let day = |bill: &Bill| {
                    let by = |channel: &Channel| {
                        let sent_on = law::sent_on(self.pack, self.message, *channel, self.today);
                        law::pay_by(self.pack, self.message, *channel, bill.due_on, sent_on).value
                    };
                    self.channels.iter().filter_map(by).max()
                };
                let mut days = self.bills.iter().map(day);
                let first = days.next()??;
                days.all(|day| day == Some(first)).then_some(first)
            }
        }
    }

    fn by_when(&self) -> String {
        match self.message {
            MessageKind::FourteenDayLetter => {
                wording::within_fourteen_days(self.language).to_owned()
            }
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FormalNotice
            | MessageKind::Demand
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks => wording::by_when(self.language, self.pay_by()),
        }
    }

    /// What only a letter on paper has.
    fn on_paper(&self, heading: String, asked: Money) -> Result<OnPaper, Refusal> {
        let (debtor, sender, labels) = (self.debtor, &self.sender, self.labels);
        let (name, address) = (one_line(&debtor.name), one_lines(&debtor.address));
        if name.is_empty() || address.is_empty() {
            return Err(Refusal::NoAddress);
        }
        let abroad = debtor.country != self.posted_in;
        let country = abroad.then(|| wording::destination(debtor.country));
        let mut about = vec![(labels.case_number.to_owned(), self.case_number.to_string())];
        if let [bill] = self.bills.as_slice() {
            about.push((labels.invoice.to_owned(), bill.number.clone()));
        }
        Ok(OnPaper {
            heading,
            date: self.today,
            to: std::iter::once(name).chain(address).chain(country).collect(),
            from: sender.names.first().cloned().into_iter().chain(sender.address.clone()).collect(),
            about,
            code: self.code(asked),
        })
    }

    /// A code is one transfer, so there is one only where one claim is to be paid.
    fn code(&self, asked: Money) -> Option<paper::Qr> {
        let [bill] = self.bills.as_slice() else { return None };
        let account = Iban::parse(&one_line(&self.creditor.pay_to_account)).ok()?;
        let name = one_line(&self.creditor.pay_to_name);
        Some(paper::Qr {
            payload: epc::payload(&name, &account, asked, &bill.reference)?,
            caption: self.labels.code.to_owned(),
            alternative: self.labels.code_described.to_owned(),
        })
    }

    fn reply_to(&self) -> Option<String> {
        match self.capacity {
            Capacity::Creditor => Some(self.sender.email.clone()).filter(|text| !text.is_empty()),
            Capacity::AgencyForCreditor | Capacity::Collector => None,
        }
    }

    /// On what ground it is to be paid (Bki art. 3.1).
    fn ground(&self) -> String {
        wording::ground(self.language, &one_line(&self.creditor.name))
    }

    /// Whose rules say what may be asked on top.
    fn regime(&self) -> Regime {
        Regime { pack: self.pack, consumer: self.debtor.kind == DebtorKind::Consumer }
    }

    fn costs_label(&self) -> &'static str {
        if self.by_clause() { self.labels.compensation } else { self.labels.costs }
    }

    /// Whether a clause of the creditor's terms says what is owed on top.
    fn by_clause(&self) -> bool {
        self.pack.jurisdiction == Jurisdiction::Be && self.debtor.kind == DebtorKind::Consumer
    }

    fn reference_label(&self) -> &'static str {
        wording::reference(self.language, self.debtor.country)
    }

    /// The number of the case among the tables; a letter on paper has it beside the address.
    fn case_number_within(&self) -> String {
        match self.channel {
            Channel::Post => String::new(),
            Channel::Email | Channel::Sms | Channel::Telephone | Channel::Visit => {
                self.case_number.to_string()
            }
        }
    }

    fn account(&self) -> String {
        let account = one_line(&self.creditor.pay_to_account);
        Iban::parse(&account).map_or(account, |iban| iban.grouped())
    }

    fn amount(&self, money: Money) -> String {
        wording::amount(self.language, money)
    }

    /// An amount, where it is one.
    fn some(&self, money: Option<Money>) -> String {
        money.filter(|sum| sum.is_positive()).map(|sum| self.amount(sum)).unwrap_or_default()
    }

    fn date(&self, date: Date) -> String {
        wording::date(self.language, date)
    }
}

/// A name and an address in one line.
pub(super) fn joined(name: &str, address: &[String]) -> String {
    let mut lines = vec![one_line(name)];
    lines.extend(one_lines(address));
    lines.retain(|line| !line.is_empty());
    lines.join(", ")
}
