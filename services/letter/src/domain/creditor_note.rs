//! Composes a note to a creditor: what was done on a case, or that its money is on the way.
//!
//! It must never tell one creditor of another's case: what intake says of the case is compared with
//! whom the note is for.

use contracts::intake::{CreditorContact, Parties};
use contracts::letter::{CaseFeedback, Note, RemittanceTold, SendNote};
use contracts::payment_reconciliation::{FeeInvoiceKind, FeeInvoiceState};
use primitives::{ContentHash, Date, Iban, Language, Money};
use serde::Serialize;

use super::matter::joined;
use super::note_wording::{self, NoteLabels};
use super::page::{Block, Page, Piece, subject};
use super::sender::{Agency, Sender};
use super::texts::{NoteKind, Part, TextFault, Words, note_words};
use super::{one_line, wording};

/// A finished note.
#[derive(Clone, Debug)]
pub struct ComposedNote {
    pub sender_name: String,
    pub subject: String,
    /// The plain part, in lines of at most 78 columns.
    pub text: String,
    /// The HTML part; it says the same.
    pub html: String,
    /// Such as `creditor-feedback/nl@1`.
    pub text_version: String,
    pub attachments: Vec<Attachment>,
}

/// A file of the file store that goes with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub content: ContentHash,
    pub kind: FileKind,
}

/// What is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Pdf,
}

/// Why a note is not written.
#[derive(Debug, thiserror::Error)]
pub enum NoteRefusal {
    /// What it would tell is not the creditor's.
    #[error("the case or the contact is another creditor's")]
    AnotherCreditors,
    /// Feedback needs the parties of its case.
    #[error("the parties of the case were not asked for")]
    NoParties,
    /// The file of a text is wrong.
    #[error("the text cannot be used")]
    Text(#[from] TextFault),
    /// A text or a frame cannot be filled in.
    #[error("the text cannot be filled in")]
    Template(#[from] minijinja::Error),
}

/// What the texts of notes may name. An empty text is something that there is not.
#[derive(Debug, Default, Serialize)]
struct Values {
    contact: String,
    debtor: String,
    title: String,
    invoices: String,
    outcome: String,
    amount: String,
    approved_on: String,
    /// The agency's own, its amount, and by when it is to be paid where it is not settled.
    invoice: String,
    invoice_amount: String,
    is_credit: bool,
    due_on: String,
    /// What was given up in small differences, and what was before and is not any more.
    given_up: String,
    taken_back: String,
    has_pdf: bool,
}

/// Composes the note; `parties` are those of the case that it is about, where it is about one.
pub fn compose_note(
    agency: &Agency,
    send: &SendNote,
    contact: &CreditorContact,
    parties: Option<&Parties>,
) -> Result<ComposedNote, NoteRefusal> {
    if contact.creditor_id != send.creditor_id {
        return Err(NoteRefusal::AnotherCreditors);
    }
    let language = contact.language;
    let labels = note_wording::labels(language);
    match &send.note {
        Note::Feedback(feedback) => {
            let parties = parties.ok_or(NoteRefusal::NoParties)?;
            let same = parties.creditor.creditor_id == send.creditor_id
                && parties.case_id == feedback.case_id;
            if !same {
                return Err(NoteRefusal::AnotherCreditors);
            }
            let words = note_words(NoteKind::Feedback, language)?;
            let values = feedback_values(language, feedback, parties);
            let tables =
                vec![money(language, labels, feedback), course(language, labels, feedback)];
            write(agency, contact, &words, values, &tables)
        }
        Note::Remittance(remittance) => {
            let words = note_words(NoteKind::Remittance, language)?;
            let values = remittance_values(language, remittance);
            let tables = [payment(language, labels, remittance, contact)];
            let composed = write(agency, contact, &words, values, &tables)?;
            Ok(ComposedNote { attachments: attachments(labels, remittance), ..composed })
        }
    }
}

fn write(
    agency: &Agency,
    contact: &CreditorContact,
    words: &Words<'_>,
    values: Values,
    tables: &[Block],
) -> Result<ComposedNote, NoteRefusal> {
    let language = contact.language;
    let sender = Sender::agency(agency, contact.country);
    let values =
        Values { contact: wording::contact(language, &sender.email, &sender.telephone), ..values };
    let mut pieces = Vec::new();
    for part in &words.parts {
        match part {
            Part::Claims => pieces.push(Piece::tables(tables.to_vec(), false)),
            // No note asks for money.
            Part::Payment => {}
            Part::Paragraph { words, .. } => {
                pieces.extend(Piece::paragraph(language, words, &values)?);
            }
        }
    }
    let to = joined(&contact.name, &contact.address);
    let page = Page {
        language,
        subject: subject(language, words.subject, &values)?,
        to: format!("{} {to}", wording::labels(language).to),
        pieces,
        signature: sender.signature.clone(),
        sender: sender.block(language, contact.country),
        reference: words.reference.clone(),
    };
    Ok(ComposedNote {
        sender_name: sender.signature,
        text: page.text()?,
        html: page.html()?,
        subject: page.subject,
        text_version: words.version.clone(),
        attachments: Vec::new(),
    })
}

fn feedback_values(language: Language, feedback: &CaseFeedback, parties: &Parties) -> Values {
    let numbers: Vec<String> =
        parties.claims.iter().map(|claim| one_line(&claim.invoice_number)).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    Values {
        debtor: one_line(&parties.debtor.name),
        title: wording::invoices_title(language, &numbers),
        invoices: wording::invoices(language, &numbers),
        outcome: note_wording::outcome(language, &feedback.close_reason).to_owned(),
        ..Values::default()
    }
}

fn remittance_values(language: Language, remittance: &RemittanceTold) -> Values {
    let amount = |money: Money| wording::amount(language, money);
    let some = |money: Money| if money.is_positive() { amount(money) } else { String::new() };
    let values = Values {
        amount: amount(remittance.amount),
        approved_on: wording::date(language, remittance.approved_on),
        given_up: some(remittance.given_up),
        taken_back: some(remittance.taken_back),
        has_pdf: remittance.specification_pdf.is_some(),
        ..Values::default()
    };
    let Some(invoice) = &remittance.invoice else { return values };
    Values {
        invoice: invoice.number.clone(),
        invoice_amount: amount(invoice.total),
        is_credit: invoice.kind == FeeInvoiceKind::CreditNote,
        due_on: match invoice.state {
            FeeInvoiceState::Open { due_on } => wording::date(language, due_on),
            FeeInvoiceState::SettledWithRemittance | FeeInvoiceState::Paid { .. } => String::new(),
        },
        ..values
    }
}

/// The specification, for books and for people.
fn attachments(labels: &NoteLabels, remittance: &RemittanceTold) -> Vec<Attachment> {
    let name = format!("{}-{}", labels.specification, remittance.approved_on);
    let csv = Attachment {
        name: format!("{name}.csv"),
        content: remittance.specification,
        kind: FileKind::Csv,
    };
    let pdf = remittance.specification_pdf.map(|content| Attachment {
        name: format!("{name}.pdf"),
        content,
        kind: FileKind::Pdf,
    });
    [Some(csv), pdf].into_iter().flatten().collect()
}

fn money(language: Language, labels: &NoteLabels, feedback: &CaseFeedback) -> Block {
    let amount = |money: Money| wording::amount(language, money);
    let some = |money: Money| if money.is_positive() { amount(money) } else { String::new() };
    Block::new(labels.money)
        .row(labels.handed_over, amount(feedback.handed_over))
        .row(labels.principal, amount(feedback.principal_received))
        .row(labels.interest, some(feedback.interest_received))
        .row(labels.costs, some(feedback.costs_received))
        .row(labels.credited, some(feedback.credited))
}

fn course(language: Language, labels: &NoteLabels, feedback: &CaseFeedback) -> Block {
    let date = |day: Date| wording::date(language, day);
    let some = |count: u32| if count == 0 { String::new() } else { count.to_string() };
    let calls = note_wording::calls(language, feedback.calls_made, feedback.conversations);
    let reasons = feedback.reasons.iter().map(|reason| note_wording::reason(language, *reason));
    let reasons: Vec<&str> = reasons.collect();
    Block::new(labels.course)
        .row(labels.opened_on, date(feedback.opened_on))
        .row(labels.closed_on, date(feedback.closed_on))
        .row(labels.messages, feedback.messages_sent.to_string())
        .row(labels.calls, calls)
        .row(labels.reasons, reasons.join("; "))
        .row(labels.promises_kept, some(feedback.promises_kept))
        .row(labels.promises_broken, some(feedback.promises_broken))
}

fn payment(
    language: Language,
    labels: &NoteLabels,
    remittance: &RemittanceTold,
    contact: &CreditorContact,
) -> Block {
    let account = one_line(&contact.account);
    let account = Iban::parse(&account).map_or(account, |iban| iban.grouped());
    Block::new(labels.payment)
        .row(labels.amount, wording::amount(language, remittance.amount))
        .row(labels.account, account)
        .row(labels.approved_on, wording::date(language, remittance.approved_on))
}
