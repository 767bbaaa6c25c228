//! What the walk has found so far, by path: texts and amounts as they stand, not yet judged
//! together.
//!
//! Stores only what an invoice here consists of. Everything else is passed over, attachments and
//! notes with it, so that memory is bounded by these fields.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::invoice::{Document, Identifier, Problem, Problems};
use super::super::printable::is_unprintable;
use super::amount::{self, NoDecimal};
use super::items::Items;
use super::party::PartyDraft;
use super::{reject, report};

/// Bytes of one text that is kept.
const TEXT_BYTES_MAX: usize = 4 * 1024;
/// How many values of one repeatable field are kept.
const VALUES_MAX: usize = 1_000;

/// The name of the amount to be paid.
pub(super) const PAYABLE: &str = "PayableAmount";
/// What is read of `cac:LegalMonetaryTotal`.
const TOTALS: [&str; 8] = [
    "LineExtensionAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "PrepaidAmount",
    "PayableRoundingAmount",
    PAYABLE,
];

const SEND_AGAIN: &str = "have the sender's software make the file again";

/// An element without children: its text and the attributes that matter.
#[derive(Default)]
pub(super) struct Leaf {
    pub(super) line: u32,
    text: String,
    is_too_long: bool,
    currency: Option<String>,
    scheme: Option<String>,
    is_personal: bool,
}

/// A text, never empty, and where it stands.
pub(super) struct Text {
    pub(super) value: String,
    pub(super) line: u32,
}

/// An amount as it stands.
pub(super) struct Figure {
    pub(super) printed: String,
    /// Absent when it is no decimal number; that is a problem already noted.
    pub(super) amount: Option<Decimal>,
    pub(super) currency: Option<String>,
    pub(super) line: u32,
}

/// A `cac:TaxTotal` of the whole document.
#[derive(Default)]
pub(super) struct TaxTotal {
    pub(super) amount: Option<Figure>,
    /// Whether it tells the tax by rate, as the total in the document's own currency does.
    pub(super) has_subtotals: bool,
}

/// A currency of the amounts, and where it was first met.
pub(super) struct SeenCurrency {
    pub(super) code: String,
    pub(super) path: String,
    pub(super) line: u32,
}

/// Everything found.
pub(super) struct Draft {
    pub(super) problems: Problems,
    pub(super) document: Document,
    pub(super) number: Option<Text>,
    pub(super) type_code: Option<Text>,
    pub(super) issue_date: Option<Text>,
    pub(super) due_date: Option<Text>,
    /// Due dates of payment means, then of payment terms: where documents without `DueDate` have
    /// it.
    pub(super) means_due_dates: Vec<Text>,
    pub(super) terms_due_dates: Vec<Text>,
    pub(super) currency: Option<Text>,
    pub(super) seller: Option<PartyDraft>,
    pub(super) buyer: Option<PartyDraft>,
    pub(super) payment_references: Vec<Text>,
    pub(super) instruction_ids: Vec<Text>,
    pub(super) accounts: Vec<Text>,
    pub(super) preceding_invoices: Vec<Text>,
    pub(super) note_count: u32,
    pub(super) items: Items,
    pub(super) line_count: u32,
    /// Sum of the amounts of the lines; absent when one of them is no number.
    pub(super) line_sum: Option<Decimal>,
    /// Which rules the document says it follows.
    pub(super) customization: String,
    pub(super) taxes: Vec<TaxTotal>,
    /// Tax that the buyer pays to the tax office in the seller's name.
    pub(super) withheld_taxes: Vec<Figure>,
    /// In the extension of `XRechnung` amounts that are collected for third parties, elsewhere
    /// payments made.
    pub(super) prepaid_payments: Vec<Figure>,
    /// Whether the whole document has allowances, and charges, that a total may leave unsaid.
    pub(super) has_allowances: bool,
    pub(super) has_charges: bool,
    /// The elements of `cac:LegalMonetaryTotal` by their name.
    pub(super) totals: BTreeMap<&'static str, Figure>,
    /// The currencies of all amounts but the tax totals, which may be in two.
    pub(super) currencies: Vec<SeenCurrency>,
}

impl Draft {
    pub(super) fn new(document: Document) -> Self {
        Self {
            problems: Problems::default(),
            document,
            number: None,
            type_code: None,
            issue_date: None,
            due_date: None,
            means_due_dates: Vec::new(),
            terms_due_dates: Vec::new(),
            currency: None,
            seller: None,
            buyer: None,
            payment_references: Vec::new(),
            instruction_ids: Vec::new(),
            accounts: Vec::new(),
            preceding_invoices: Vec::new(),
            note_count: 0,
            items: Items::default(),
            line_count: 0,
            line_sum: Some(Decimal::ZERO),
            customization: String::new(),
            taxes: Vec::new(),
            withheld_taxes: Vec::new(),
            prepaid_payments: Vec::new(),
            has_allowances: false,
            has_charges: false,
            totals: BTreeMap::new(),
            currencies: Vec::new(),
        }
    }

    /// An element begins.
    pub(super) fn opened(&mut self, path: &str, line: u32) {
        self.items.opened(path);
        let party = match path {
            "cac:InvoiceLine" | "cac:CreditNoteLine" => {
                self.line_count = self.line_count.saturating_add(1);
                return;
            }
            "cac:TaxTotal" => {
                if self.taxes.len() < VALUES_MAX {
                    self.taxes.push(TaxTotal::default());
                }
                return;
            }
            "cac:TaxTotal/cac:TaxSubtotal" => {
                if let Some(total) = self.taxes.last_mut() {
                    total.has_subtotals = true;
                }
                return;
            }
            "cac:AccountingSupplierParty" => &mut self.seller,
            "cac:AccountingCustomerParty" => &mut self.buyer,
            _ => return,
        };
        if party.is_some() {
            self.problems.add(repeated(path, line));
        }
        party.get_or_insert_default();
    }

    /// An element without children ends.
    pub(super) fn value(&mut self, path: &str, leaf: &Leaf) {
        let problems = &mut self.problems;
        let (element, field) = path.split_once('/').unwrap_or((path, ""));
        let party = match element {
            "cac:AccountingSupplierParty" => self.seller.as_mut(),
            "cac:AccountingCustomerParty" => self.buyer.as_mut(),
            "cac:InvoiceLine" => {
                self.items.value(field, leaf);
                None
            }
            _ => None,
        };
        if let Some(party) = party {
            return party.value(field, path, leaf, problems);
        }
        match path {
            "cbc:ID" => once(&mut self.number, path, leaf, problems),
            "cbc:InvoiceTypeCode" | "cbc:CreditNoteTypeCode" => {
                once(&mut self.type_code, path, leaf, problems);
            }
            "cbc:IssueDate" => once(&mut self.issue_date, path, leaf, problems),
            "cbc:DueDate" => once(&mut self.due_date, path, leaf, problems),
            "cbc:DocumentCurrencyCode" => once(&mut self.currency, path, leaf, problems),
            "cbc:CustomizationID" => self.customization = leaf.start().trim().to_lowercase(),
            "cbc:Note" => self.note_count = self.note_count.saturating_add(1),
            "cac:PaymentMeans/cbc:PaymentDueDate" => {
                each(&mut self.means_due_dates, path, leaf, problems);
            }
            "cac:PaymentTerms/cbc:PaymentDueDate" => {
                each(&mut self.terms_due_dates, path, leaf, problems);
            }
            "cac:PaymentMeans/cbc:PaymentID" => {
                each(&mut self.payment_references, path, leaf, problems);
            }
            "cac:PaymentMeans/cbc:InstructionID" => {
                each(&mut self.instruction_ids, path, leaf, problems);
            }
            "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID" => {
                each(&mut self.accounts, path, leaf, problems);
            }
            "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID" => {
                each(&mut self.preceding_invoices, path, leaf, problems);
            }
            _ => self.money(path, leaf),
        }
    }

    /// The same for amounts.
    fn money(&mut self, path: &str, leaf: &Leaf) {
        match path {
            "cac:TaxTotal/cbc:TaxAmount" => {
                let tax = figure(path, leaf, report, &mut self.problems);
                let Some((tax, total)) = tax.zip(self.taxes.last_mut()) else { return };
                if total.amount.is_some() {
                    self.problems.add(repeated(path, leaf.line));
                } else {
                    total.amount = Some(tax);
                }
            }
            "cac:WithholdingTaxTotal/cbc:TaxAmount" => beside(&mut self.withheld_taxes, path, leaf),
            "cac:PrepaidPayment/cbc:PaidAmount" => beside(&mut self.prepaid_payments, path, leaf),
            "cac:AllowanceCharge/cbc:ChargeIndicator" => match leaf.start().trim() {
                "true" | "1" => self.has_charges = true,
                _ => self.has_allowances = true,
            },
            "cac:InvoiceLine/cbc:LineExtensionAmount"
            | "cac:CreditNoteLine/cbc:LineExtensionAmount" => {
                let Some(line) = figure(path, leaf, report, &mut self.problems) else { return };
                self.line_sum =
                    self.line_sum.zip(line.amount).and_then(|(sum, it)| sum.checked_add(it));
                self.note_currency(path, &line);
            }
            _ => self.total(path, leaf),
        }
    }

    fn total(&mut self, path: &str, leaf: &Leaf) {
        let name = path.strip_prefix("cac:LegalMonetaryTotal/cbc:");
        let Some(name) = TOTALS.iter().copied().find(|it| Some(*it) == name) else { return };
        let problem = if name == PAYABLE { reject } else { report };
        let Some(total) = figure(path, leaf, problem, &mut self.problems) else { return };
        self.note_currency(path, &total);
        if self.totals.contains_key(name) {
            self.problems.add(repeated(path, leaf.line));
        } else {
            self.totals.insert(name, total);
        }
    }

    /// Keeps the currencies apart that the amounts are in; more than a few are as wrong as two.
    fn note_currency(&mut self, path: &str, figure: &Figure) {
        let Some(code) = &figure.currency else { return };
        if self.currencies.len() < 4 && self.currencies.iter().all(|seen| seen.code != *code) {
            let (code, path) = (code.clone(), path.to_owned());
            self.currencies.push(SeenCurrency { code, path, line: figure.line });
        }
    }
}

impl Leaf {
    pub(super) fn at(line: u32) -> Self {
        Self { line, ..Self::default() }
    }

    /// Takes note of an attribute.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        if name.starts_with("scheme") && is_personal_scheme(value) {
            self.is_personal = true;
        }
        if value.is_empty() || value.len() > TEXT_BYTES_MAX {
            return;
        }
        match name {
            "currencyID" => self.currency = Some(value.to_owned()),
            "schemeID" => self.scheme = Some(value.to_owned()),
            _ => {}
        }
    }

    /// Adds text, up to the most that is kept: an attachment passes by here and leaves its start.
    pub(super) fn append(&mut self, text: &str) {
        let kept = if self.is_too_long { TEXT_BYTES_MAX } else { self.text.len() };
        let room = TEXT_BYTES_MAX.saturating_sub(kept);
        if text.len() > room {
            // White space around a text does not count, however much of it there is.
            if text.trim_ascii().is_empty() {
                return;
            }
            self.is_too_long = true;
        }
        self.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }

    /// The text, or its start where it is longer than what is kept.
    pub(super) fn start(&self) -> &str {
        &self.text
    }

    /// The text without the white space around it; absent when nothing is left.
    pub(super) fn text(&self, path: &str, problems: &mut Problems) -> Option<String> {
        if self.is_too_long {
            let reason = format!("is longer than {TEXT_BYTES_MAX} bytes");
            problems.add(reject(path.to_owned(), Some(self.line), reason, SEND_AGAIN));
            return None;
        }
        Some(on_one_line(self.text.trim())).filter(|text| !text.is_empty())
    }

    /// The same for an identifier. The number that a state gives a person is nobody's business here
    /// (in the Netherlands UAVG article 46): it is left where it is, and its sender told.
    pub(super) fn identifier(&self, path: &str, problems: &mut Problems) -> Option<Identifier> {
        if self.is_personal {
            let reason = "holds a personal number, which was not stored";
            let advice = "have the sender leave the number out";
            problems.add(report(path.to_owned(), Some(self.line), reason, advice));
            return None;
        }
        let value = self.text(path, problems)?;
        Some(Identifier { scheme: self.scheme.clone(), value })
    }
}

/// Line breaks and tabs are the layout of the file: each becomes one space, with the spaces around
/// it. Signs that only format what is around them are left out. Other spaces are as written.
fn on_one_line(text: &str) -> String {
    let is_layout = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
    if !text.contains(is_unprintable) {
        return text.to_owned();
    }
    let parts = text.split(is_layout).map(str::trim).filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join(" ").replace(is_unprintable, "")
}

/// Keeps an amount that is needed to explain another one, if at all.
fn beside(list: &mut Vec<Figure>, path: &str, leaf: &Leaf) {
    let mut of_no_interest = Problems::default();
    let amount = figure(path, leaf, report, &mut of_no_interest);
    list.extend(amount.filter(|_| list.len() < VALUES_MAX));
}

/// Keeps a text that may stand once.
fn once(slot: &mut Option<Text>, path: &str, leaf: &Leaf, problems: &mut Problems) {
    let Some(value) = leaf.text(path, problems) else { return };
    if slot.is_some() {
        problems.add(repeated(path, leaf.line));
    } else {
        *slot = Some(Text { value, line: leaf.line });
    }
}

/// Keeps a text that may stand any number of times.
fn each(list: &mut Vec<Text>, path: &str, leaf: &Leaf, problems: &mut Problems) {
    let Some(value) = leaf.text(path, problems) else { return };
    if list.len() < VALUES_MAX {
        list.push(Text { value, line: leaf.line });
    } else {
        let reason = format!("stands more than {VALUES_MAX} times");
        problems.add(reject(path.to_owned(), Some(leaf.line), reason, SEND_AGAIN));
    }
}

/// Reads an amount; absent when the element is empty.
fn figure(
    path: &str,
    leaf: &Leaf,
    problem: fn(Cow<'static, str>, Option<u32>, &'static str, &'static str) -> Problem,
    problems: &mut Problems,
) -> Option<Figure> {
    let printed = leaf.text(path, problems)?;
    let amount = amount::decimal(&printed);
    if let Err(fault) = amount {
        let (reason, advice) = match fault {
            NoDecimal::Form => {
                ("is not a decimal number", "write digits and at most one dot, such as 12.30")
            }
            NoDecimal::TooLarge => (
                "is too large: no amount has more than 15 whole digits",
                "write the amount itself, such as 12.30",
            ),
        };
        problems.add(problem(Cow::Owned(path.to_owned()), Some(leaf.line), reason, advice));
    }
    Some(Figure { printed, amount: amount.ok(), currency: leaf.currency.clone(), line: leaf.line })
}

fn repeated(path: &str, line: u32) -> Problem {
    let reason = "stands more than once; only the first was read";
    report(path.to_owned(), Some(line), reason, SEND_AGAIN)
}

/// Whether a scheme is a state's register of natural persons. Identifiers of businesses that a
/// person may hold too (`KvK`, VAT) are no such thing.
fn is_personal_scheme(scheme: &str) -> bool {
    /// Dutch, Belgian, Danish, Nordic and British words, and the code of the Danish register in the
    /// Peppol list of participant schemes (DK:CPR).
    const WORDS: &[&str] = &[
        "BSN",
        "SOFI",
        "SOFINUMMER",
        "BURGERSERVICENUMMER",
        "NN",
        "NRN",
        "RRN",
        "RNN",
        "INSZ",
        "NISS",
        "SSIN",
        "RIJKSREGISTERNUMMER",
        "RIJKSREGISTER",
        "9901",
        "CPR",
        "PERSONNUMMER",
        "SSN",
        "NINO",
    ];
    scheme
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}
