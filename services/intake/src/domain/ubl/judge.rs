//! From what was found to an invoice, or to the reasons why there is none.

use std::collections::BTreeMap;

use primitives::{Country, Currency, Date, Money};
use rust_decimal::Decimal;

use super::super::debtor::is_email;
use super::super::invoice::{Effect, Format, Invoice, Party, Payable, Problems, Reading, Totals};
use super::super::telephone::Telephone;
use super::draft::{Draft, Figure, PAYABLE, TaxTotal, Text};
use super::party::PartyDraft;
use super::sums::Sums;
use super::{amount, note, reject, report};

const PAYABLE_PATH: &str = "cac:LegalMonetaryTotal/cbc:PayableAmount";
const CURRENCY_PATH: &str = "cbc:DocumentCurrencyCode";
const EMAIL_PATH: &str = "cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail";
const TELEPHONE_PATH: &str = "cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:Telephone";
const ITEM_PATH: &str = "cac:InvoiceLine/cac:Item/cbc:Name";
const TAX_PATH: &str = "cac:TaxTotal/cbc:TaxAmount";
const CORRECT: &str = "have the sender correct the invoice";

/// Judges a whole document.
pub(super) fn judge(mut draft: Draft) -> Reading {
    let mut problems = std::mem::take(&mut draft.problems);
    let invoice = invoice(draft, &mut problems);
    problems.conclude(Some(Format::Ubl), invoice)
}

/// The invoice, where nothing is missing that makes one. Looks at everything first, so that the
/// sender hears of all problems at once.
fn invoice(mut draft: Draft, problems: &mut Problems) -> Option<Invoice> {
    let number = number(draft.number.take(), problems);
    let issue_date = issue_date(draft.issue_date.take(), problems);
    let seller = seller(draft.seller.take(), problems);
    let lines = draft.buyer.as_ref().map(|it| (it.email_line, it.telephone_line));
    let buyer = buyer(draft.buyer.take(), problems);
    if let Some((buyer, lines)) = buyer.as_ref().zip(lines) {
        notes(buyer, lines, problems);
    }
    let (declared, counted) = currencies(&draft, problems);
    let is_one_currency = draft.currencies.len() < 2 && counted.is_some();
    let tax = tax(&draft.taxes, counted, problems);
    let mut totals = totals(&draft.totals, tax);
    if let Some(currency) = counted.filter(|_| is_one_currency) {
        let has_tax = draft.taxes.iter().any(|it| it.amount.is_some());
        let tax = if has_tax { tax } else { Some(Decimal::ZERO) };
        let sums = Sums { draft: &draft, currency, tax };
        sums.check(problems);
        totals.tax_exclusive = sums.exclusive();
    }
    let payable = payable(draft.totals.remove(PAYABLE), counted, problems);
    let type_code = draft.type_code.take().map(|it| it.value);
    let (payable, issue_date) = payable.zip(issue_date)?;
    let effect = Effect::of(draft.document, type_code.as_deref(), payable.amount);
    let due_date = due_date(&draft, issue_date, effect, problems);
    let description = draft.items.finish();
    if effect == Effect::Owes && description.is_none() {
        let reason = "is missing on every line: a message must say what was delivered, so none \
                      will be written and the case will wait for a person";
        let advice = "credit the invoice, and send one whose lines name what was delivered";
        problems.add(note(ITEM_PATH, None, reason, advice));
    }
    Some(Invoice {
        number: number?,
        document: draft.document,
        type_code,
        issue_date,
        due_date,
        currency: declared,
        payable,
        effect,
        seller: seller?,
        buyer: buyer?,
        payment_references: values(draft.payment_references),
        instruction_ids: values(draft.instruction_ids),
        accounts: values(draft.accounts),
        preceding_invoices: values(draft.preceding_invoices),
        description,
        note_count: draft.note_count,
        line_count: draft.line_count,
        totals,
    })
}

fn required(text: Option<Text>, field: &'static str, problems: &mut Problems) -> Option<String> {
    if text.is_none() {
        problems.add(reject(field, None, "is missing", CORRECT));
    }
    text.map(|it| it.value)
}

/// The number is printed on every message, and in the debtor's bank.
fn number(text: Option<Text>, problems: &mut Problems) -> Option<String> {
    const FIELD: &str = "cbc:ID";
    const CHARS_MAX: usize = 100;
    let line = text.as_ref().map(|it| it.line);
    let number = required(text, FIELD, problems)?;
    if number.chars().nth(CHARS_MAX).is_some() {
        let reason = format!("is longer than {CHARS_MAX} signs, so it cannot be printed");
        problems.add(reject(FIELD, line, reason, "have the sender use a shorter number"));
    }
    Some(number)
}

/// What the importer takes in all the same, and what will come of it.
fn notes(buyer: &Party, lines: (Option<u32>, Option<u32>), problems: &mut Problems) {
    let (email_line, telephone_line) = lines;
    if buyer.email.as_deref().is_some_and(|email| !is_email(email)) {
        let reason = "is no e-mail address, so it was left out: nobody is written to there";
        problems.add(note(EMAIL_PATH, email_line, reason, "ask the sender for the right one"));
    }
    let country = buyer.address.country.as_deref().and_then(|code| Country::parse(code).ok());
    let is_callable = |text: &str| Telephone::parse(text, country).is_some();
    if buyer.telephone.as_deref().is_some_and(|text| !is_callable(text)) {
        let reason = "is no telephone number of one person in a form that is known, so it was left \
                      out: nobody is called there";
        let advice = "ask the sender for it in the international form, such as +31 6 12345678";
        problems.add(note(TELEPHONE_PATH, telephone_line, reason, advice));
    }
}

fn issue_date(text: Option<Text>, problems: &mut Problems) -> Option<Date> {
    const FIELD: &str = "cbc:IssueDate";
    let line = text.as_ref().map(|it| it.line);
    let value = required(text, FIELD, problems)?;
    let date = amount::date(&value);
    if date.is_none() {
        problems.add(reject(FIELD, line, "is not a date such as 2026-01-31", CORRECT));
    }
    date
}

fn seller(draft: Option<PartyDraft>, problems: &mut Problems) -> Option<Party> {
    let seller = draft.and_then(PartyDraft::finish);
    if seller.is_none() {
        let reason = "is missing or has no name: nobody to collect for";
        problems.add(reject("cac:AccountingSupplierParty", None, reason, CORRECT));
    }
    seller
}

fn buyer(draft: Option<PartyDraft>, problems: &mut Problems) -> Option<Party> {
    const COUNTRY: &str = concat!(
        "cac:AccountingCustomerParty/cac:Party/",
        "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
    );
    /// Northern Ireland and Kosovo: outside of ISO 3166, but in the code list of EN 16931.
    const ALSO_COUNTRIES: [&str; 2] = ["XI", "1A"];
    let country_line = draft.as_ref().and_then(|it| it.country_line);
    let Some(buyer) = draft.and_then(PartyDraft::finish) else {
        let reason = "is missing or has no name: nobody to write to";
        problems.add(reject("cac:AccountingCustomerParty", None, reason, CORRECT));
        return None;
    };
    if let Some(country) = &buyer.address.country
        && Country::parse(country).is_err()
        && !ALSO_COUNTRIES.contains(&country.as_str())
    {
        let reason = "is not a country of ISO 3166-1: whose law holds is not known";
        problems.add(report(COUNTRY, country_line, reason, "use two capitals, such as NL"));
    }
    Some(buyer)
}

/// The declared currency, and the one that amounts are counted in; the second is absent when in
/// doubt.
fn currencies(draft: &Draft, problems: &mut Problems) -> (Option<Currency>, Option<Currency>) {
    const KNOWN: &str = "use a code of ISO 4217, such as EUR";
    let seen = &draft.currencies;
    let Some(declared) = &draft.currency else {
        let (reason, advice) = match seen.as_slice() {
            [] => ("is missing, and no amount says its currency", KNOWN),
            [only] => match Currency::parse(&only.code) {
                Ok(currency) => {
                    let reason = format!("is missing; all amounts say {currency}");
                    problems.add(report(CURRENCY_PATH, None, reason, "confirm the currency"));
                    return (None, Some(currency));
                }
                Err(_) => ("is missing, and the amounts are in no known currency", KNOWN),
            },
            _ => ("is missing, and the amounts are in several currencies", CORRECT),
        };
        problems.add(reject(CURRENCY_PATH, None, reason, advice));
        return (None, None);
    };
    let Ok(currency) = Currency::parse(&declared.value) else {
        let reason = "is not a currency of ISO 4217";
        problems.add(reject(CURRENCY_PATH, Some(declared.line), reason, KNOWN));
        return (None, None);
    };
    let others = seen.iter().filter(|it| it.code != currency.code());
    let mut is_in_doubt = false;
    for other in others {
        is_in_doubt = true;
        let reason = format!("is not in {currency}, the currency of the document");
        problems.add(report(other.path.clone(), Some(other.line), reason, CORRECT));
    }
    (Some(currency), Some(currency).filter(|_| !is_in_doubt))
}

/// The tax in the currency of the document. A second total may be in the currency of the tax office
/// (BT-111) and is passed over; where that is the same currency, it is the one without subtotals.
fn tax(taxes: &[TaxTotal], currency: Option<Currency>, problems: &mut Problems) -> Option<Decimal> {
    let currency = currency?.code();
    let ours = |it: &Figure| it.currency.as_deref().is_none_or(|code| code == currency);
    let is_told = taxes.iter().any(|it| it.has_subtotals && it.amount.as_ref().is_some_and(ours));
    let of_document = taxes.iter().filter(|it| it.has_subtotals || !is_told);
    let mut ours = of_document.filter_map(|it| it.amount.as_ref()).filter(|it| ours(it)).peekable();
    let first = taxes.iter().find_map(|it| it.amount.as_ref());
    if let (None, Some(first)) = (ours.peek(), first) {
        let reason = format!("is not in {currency}, the currency of the document");
        problems.add(report(TAX_PATH, Some(first.line), reason, CORRECT));
    }
    ours.peek()?;
    ours.try_fold(Decimal::ZERO, |sum, tax| Some(sum.saturating_add(tax.amount?)))
}

fn payable(
    figure: Option<Figure>,
    currency: Option<Currency>,
    problems: &mut Problems,
) -> Option<Payable> {
    let Some(Figure { printed, amount, line, .. }) = figure else {
        problems.add(reject(
            PAYABLE_PATH,
            None,
            "is missing: it is not known what is owed",
            CORRECT,
        ));
        return None;
    };
    let amount = amount?;
    let money = currency.and_then(|it| Money::parse(&amount.normalize().to_string(), it).ok());
    if let (Some(currency), None) = (currency, money) {
        let reason = format!("has more decimals than {currency} has");
        problems.add(report(PAYABLE_PATH, Some(line), reason, CORRECT));
    }
    Some(Payable { printed, amount, money })
}

/// The day on which payment is due. Credit notes, and invoices before UBL 2.1, have it in the
/// payment means or terms; where those name several days, the last is taken, on which all is due.
fn due_date(
    draft: &Draft,
    issue_date: Date,
    effect: Effect,
    problems: &mut Problems,
) -> Option<Date> {
    let means = ("cac:PaymentMeans/cbc:PaymentDueDate", draft.means_due_dates.as_slice());
    let terms = ("cac:PaymentTerms/cbc:PaymentDueDate", draft.terms_due_dates.as_slice());
    let places = [("cbc:DueDate", draft.due_date.as_slice()), means, terms];
    let mut places = places.into_iter().skip_while(|(_, texts)| texts.is_empty());
    let (field, texts) = places.next()?;
    let mut latest: Option<Date> = None;
    for Text { value, line } in texts {
        let Some(date) = amount::date(value) else {
            problems.add(report(field, Some(*line), "is not a date such as 2026-01-31", CORRECT));
            continue;
        };
        if latest.is_some_and(|it| it != date) {
            let reason = "names several days on which payment is due; the last was read";
            problems.add(report(field, Some(*line), reason, "ask the sender what is due when"));
        }
        if effect == Effect::Owes && date < issue_date {
            let reason = format!("is {date}, before the invoice was issued on {issue_date}");
            problems.add(report(field, Some(*line), reason, CORRECT));
        }
        latest = latest.max(Some(date));
    }
    // In EN 16931 the first place is the one that counts, and some software fills the others.
    for (other, texts) in places {
        let mut days = texts.iter().filter_map(|it| Some((amount::date(&it.value)?, it.line)));
        if let Some((day, line)) = days.find(|(day, _)| Some(*day) != latest) {
            let reason = format!("names {day}, but {field} is another day, which was read");
            problems.add(note(other, Some(line), reason, "ask the sender what is due when"));
        }
    }
    latest
}

fn totals(stated: &BTreeMap<&'static str, Figure>, tax: Option<Decimal>) -> Totals {
    let amount = |name| stated.get(name).and_then(|it| it.amount);
    Totals {
        line_extension: amount("LineExtensionAmount"),
        allowances: amount("AllowanceTotalAmount"),
        charges: amount("ChargeTotalAmount"),
        tax_exclusive: amount("TaxExclusiveAmount"),
        tax,
        tax_inclusive: amount("TaxInclusiveAmount"),
        prepaid: amount("PrepaidAmount"),
        rounding: amount("PayableRoundingAmount"),
    }
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|it| it.value).collect()
}
