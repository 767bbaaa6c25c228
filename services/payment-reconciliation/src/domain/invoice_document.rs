//! An invoice as its creditor's software reads it: UBL 2.1 of Peppol BIS Billing 3.0, and so of EN
//! 16931.
//!
//! The same invoice always gives the same bytes, so that it may be made again. All amounts are
//! taken from the remittance; none is rounded anew.

use std::fmt;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::Remittance;
use primitives::{
    CompanyNumber, Country, Date, Iban, Language, Money, MoneyError, ReferenceError,
    StructuredReference,
};

use super::invoice::{InvoiceNumber, InvoiceVat, Issued};
use super::ledger::Transfer;
use super::remittance::{BilledLine, CURRENCY};
use super::xml::Xml;

const CUSTOMIZATION: &str =
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROFILE: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";
const NAMESPACE: &str = "urn:oasis:names:specification:ubl:schema:xsd:";
/// Of UNTDID 4461: a SEPA or other credit transfer.
const CREDIT_TRANSFER: &str = "30";
/// Of UN/ECE recommendation 20: one piece of work.
const PIECE: &str = "C62";

/// Who sends the invoice: the agency, as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    pub name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub country: Country,
    /// With its country code.
    pub vat_number: String,
    pub company_number: CompanyNumber,
    pub endpoint: Endpoint,
    /// The agency's own; never one for client money.
    pub account: Iban,
}

/// Where Peppol delivers to: a scheme of its list, and an id of that scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub scheme: String,
    pub id: String,
}

/// Who gets it: a creditor, as intake has it.
#[derive(Clone)]
pub struct Buyer {
    /// The agency's own short name for it.
    pub code: String,
    pub name: String,
    pub address: Vec<String>,
    pub country: Country,
    pub company_number: String,
    pub vat_number: Option<String>,
    pub language: Language,
}

/// A creditor may be a natural person: personal data stay out of logs.
impl fmt::Debug for Buyer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Buyer").field("code", &self.code).finish_non_exhaustive()
    }
}

/// Everything that an invoice says.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceDocument<'a> {
    pub seller: &'a Seller,
    pub buyer: &'a Buyer,
    pub issued: &'a Issued,
    /// What a credit note refers to.
    pub preceding: Option<InvoiceNumber>,
    pub remittance: &'a Remittance,
    pub lines: &'a [BilledLine],
}

/// Why an invoice cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum InvoiceFault {
    #[error("the VAT is the creditor's, whose VAT number is not known: add it to its document")]
    NoVatNumber,
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("its number makes no reference")]
    Reference(#[from] ReferenceError),
}

/// The words of a language.
struct Words {
    /// Commission on what the agency received, on what the creditor did, costs kept.
    items: [&'static str; 3],
    /// Before the number of the remittance.
    remittance: &'static str,
    /// It is paid already.
    settled: &'static str,
    /// What is credited, and by when.
    credited: &'static str,
    reverse_charge: &'static str,
}

const DUTCH: Words = Words {
    items: [
        "Provisie over wat wij ontvingen",
        "Provisie over wat u rechtstreeks ontving",
        "Incassokosten die wij behouden",
    ],
    remittance: "Hoort bij afdracht",
    settled: "Reeds verrekend met de afdracht; u hoeft niets te betalen",
    credited: "Wordt met uw openstaande facturen verrekend of aan u terugbetaald",
    reverse_charge: "Btw verlegd",
};

const FRENCH: Words = Words {
    items: [
        "Commission sur ce que nous avons reçu",
        "Commission sur ce que vous avez reçu directement",
        "Frais de recouvrement que nous conservons",
    ],
    remittance: "Concerne le versement",
    settled: "Déjà compensé avec le versement ; vous n'avez rien à payer",
    credited: "Sera compensé avec vos factures ouvertes ou vous sera remboursé",
    reverse_charge: "Autoliquidation",
};

const GERMAN: Words = Words {
    items: [
        "Provision auf bei uns Eingegangenes",
        "Provision auf direkt an Sie Gezahltes",
        "Inkassokosten, die wir behalten",
    ],
    remittance: "Gehört zur Auszahlung",
    settled: "Bereits mit der Auszahlung verrechnet; Sie müssen nichts zahlen",
    credited: "Wird mit Ihren offenen Rechnungen verrechnet oder an Sie zurückgezahlt",
    reverse_charge: "Steuerschuldnerschaft des Leistungsempfängers",
};

const ENGLISH: Words = Words {
    items: [
        "Commission on what we received",
        "Commission on what you received directly",
        "Collection costs that we keep",
    ],
    remittance: "Belongs to remittance",
    settled: "Already settled with the remittance; nothing is to be paid",
    credited: "Will be set off against your open invoices or paid back to you",
    reverse_charge: "Reverse charge",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &DUTCH,
        Language::Fr => &FRENCH,
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// What differs between an invoice and a credit note.
struct Form {
    root: &'static str,
    type_tag: &'static str,
    type_code: &'static str,
    line: &'static str,
    quantity: &'static str,
}

const INVOICE: Form = Form {
    root: "Invoice",
    type_tag: "cbc:InvoiceTypeCode",
    type_code: "380",
    line: "cac:InvoiceLine",
    quantity: "cbc:InvoicedQuantity",
};

const CREDIT_NOTE: Form = Form {
    root: "CreditNote",
    type_tag: "cbc:CreditNoteTypeCode",
    type_code: "381",
    line: "cac:CreditNoteLine",
    quantity: "cbc:CreditedQuantity",
};

/// The amounts as they stand on the document: on a credit note, those that are credited.
struct Sums {
    /// One for each of the words, zero where there is none of it.
    items: [Money; 3],
    taxable: Money,
    tax: Money,
    total: Money,
    prepaid: Money,
    payable: Money,
}

impl Sums {
    fn of(document: &InvoiceDocument<'_>) -> Result<Self, MoneyError> {
        let InvoiceDocument { remittance, lines, .. } = document;
        let commission = |direct| {
            let lines = lines.iter().filter(move |it| it.line.direct == direct);
            Money::sum(CURRENCY, lines.map(|it| it.commission))
        };
        let is_credited = document.is_credited();
        let signed = |amount: Money| if is_credited { amount.checked_neg() } else { Ok(amount) };
        let items = [
            signed(commission(false)?)?,
            signed(commission(true)?)?,
            signed(remittance.kept_costs)?,
        ];
        let taxable = Money::sum(CURRENCY, items)?;
        let tax = signed(remittance.commission_vat)?;
        let total = taxable.checked_add(tax)?;
        let prepaid = match remittance.settlement {
            Settlement::Net => total,
            Settlement::Gross => Money::zero(CURRENCY),
        };
        let payable = total.checked_sub(prepaid)?;
        Ok(Self { items, taxable, tax, total, prepaid, payable })
    }
}

impl InvoiceDocument<'_> {
    /// The document as a file.
    pub fn to_ubl(&self) -> Result<String, InvoiceFault> {
        let form = if self.is_credited() { &CREDIT_NOTE } else { &INVOICE };
        if self.issued.vat == InvoiceVat::ReverseCharge && self.buyer.vat_number.is_none() {
            return Err(InvoiceFault::NoVatNumber);
        }
        let sums = Sums::of(self)?;
        let mut xml = Xml::begin();
        let root = form.root;
        xml.open(&format!(
            "{root} xmlns=\"{NAMESPACE}{root}-2\" \
             xmlns:cac=\"{NAMESPACE}CommonAggregateComponents-2\" \
             xmlns:cbc=\"{NAMESPACE}CommonBasicComponents-2\""
        ));
        self.heading(&mut xml, form);
        self.seller(&mut xml);
        self.buyer(&mut xml);
        self.payment(&mut xml)?;
        self.tax(&mut xml, &sums);
        totals(&mut xml, &sums);
        self.items(&mut xml, form, &sums)?;
        xml.close(root);
        Ok(xml.end())
    }

    fn words(&self) -> &'static Words {
        words(self.buyer.language)
    }

    /// A credit note names the invoice before it (NL-R-001). Where there is none, it is written as
    /// an invoice of less than nothing, as that rule advises.
    fn is_credited(&self) -> bool {
        self.issued.is_credit_note && self.preceding.is_some()
    }

    fn heading(&self, xml: &mut Xml, form: &Form) {
        let Issued { number, issued_on, due_on, is_credit_note, .. } = *self.issued;
        xml.text("cbc:CustomizationID", CUSTOMIZATION);
        xml.text("cbc:ProfileID", PROFILE);
        xml.text("cbc:ID", &number.to_string());
        xml.text("cbc:IssueDate", &issued_on.to_string());
        if let Some(due_on) = due_on.filter(|_| !is_credit_note) {
            xml.text("cbc:DueDate", &due_on.to_string());
        }
        xml.text(form.type_tag, form.type_code);
        let words = self.words();
        let transfer = Transfer::from(self.remittance.remittance_id).short();
        let mut note = format!("{} {transfer}.", words.remittance);
        if due_on.is_none() {
            note.extend([" ", words.settled, "."]);
        }
        xml.text("cbc:Note", &note);
        xml.text("cbc:DocumentCurrencyCode", CURRENCY.code());
        xml.text("cbc:BuyerReference", &self.buyer.code);
        let days = || self.lines.iter().map(|it| it.line.received_on);
        if let Some((first, last)) = days().min().zip(days().max()) {
            // What is credited may have been received at any time before.
            let last: Date = last.min(issued_on).max(first);
            xml.open("cac:InvoicePeriod");
            xml.text("cbc:StartDate", &first.to_string());
            xml.text("cbc:EndDate", &last.to_string());
            xml.close("cac:InvoicePeriod");
        }
        if let Some(preceding) = self.preceding.filter(|_| is_credit_note) {
            let around = ["cac:BillingReference", "cac:InvoiceDocumentReference"];
            xml.nested(&around, "cbc:ID", &preceding.to_string());
        }
    }

    fn seller(&self, xml: &mut Xml) {
        let seller = self.seller;
        xml.open("cac:AccountingSupplierParty");
        xml.open("cac:Party");
        let Endpoint { scheme, id } = &seller.endpoint;
        xml.marked("cbc:EndpointID", ("schemeID", scheme), id);
        xml.nested(&["cac:PartyName"], "cbc:Name", &seller.name);
        xml.open("cac:PostalAddress");
        xml.text("cbc:StreetName", &seller.street);
        xml.text("cbc:CityName", &seller.city);
        xml.text("cbc:PostalZone", &seller.postal_code);
        xml.nested(&["cac:Country"], "cbc:IdentificationCode", seller.country.code());
        xml.close("cac:PostalAddress");
        let company = (register_of(seller.country), seller.company_number.as_str());
        identity(xml, &seller.name, Some(&seller.vat_number), company);
        xml.close("cac:Party");
        xml.close("cac:AccountingSupplierParty");
    }

    /// A creditor is reached in Peppol by the number of its register.
    fn buyer(&self, xml: &mut Xml) {
        let Buyer { name, address, country, company_number, vat_number, .. } = self.buyer;
        let register = register_of(*country);
        xml.open("cac:AccountingCustomerParty");
        xml.open("cac:Party");
        xml.marked("cbc:EndpointID", ("schemeID", register), company_number);
        xml.nested(&["cac:PartyName"], "cbc:Name", name);
        let (streets, town) = postal(address, *country);
        xml.open("cac:PostalAddress");
        let mut streets = streets.into_iter();
        for (tag, street) in
            ["cbc:StreetName", "cbc:AdditionalStreetName"].into_iter().zip(&mut streets)
        {
            xml.text(tag, street);
        }
        if let Some((zone, city)) = &town {
            xml.text("cbc:CityName", city);
            xml.text("cbc:PostalZone", zone);
        }
        let further: Vec<&str> = streets.collect();
        if !further.is_empty() {
            xml.nested(&["cac:AddressLine"], "cbc:Line", &further.join(", "));
        }
        xml.nested(&["cac:Country"], "cbc:IdentificationCode", country.code());
        xml.close("cac:PostalAddress");
        identity(xml, name, vat_number.as_deref(), (register, company_number));
        xml.close("cac:Party");
        xml.close("cac:AccountingCustomerParty");
    }

    /// How what is charged separately is paid. What the remittance settles is paid already.
    fn payment(&self, xml: &mut Xml) -> Result<(), InvoiceFault> {
        let Issued { number, due_on, is_credit_note, .. } = *self.issued;
        if due_on.is_none() {
            return Ok(());
        }
        if is_credit_note {
            xml.nested(&["cac:PaymentTerms"], "cbc:Note", self.words().credited);
            return Ok(());
        }
        let reference = StructuredReference::rf_from(&number.compact())?;
        xml.open("cac:PaymentMeans");
        xml.text("cbc:PaymentMeansCode", CREDIT_TRANSFER);
        xml.text("cbc:PaymentID", reference.canonical());
        xml.open("cac:PayeeFinancialAccount");
        xml.text("cbc:ID", self.seller.account.as_str());
        xml.text("cbc:Name", &self.seller.name);
        xml.close("cac:PayeeFinancialAccount");
        xml.close("cac:PaymentMeans");
        Ok(())
    }

    fn tax(&self, xml: &mut Xml, sums: &Sums) {
        xml.open("cac:TaxTotal");
        amount(xml, "cbc:TaxAmount", sums.tax);
        xml.open("cac:TaxSubtotal");
        amount(xml, "cbc:TaxableAmount", sums.taxable);
        amount(xml, "cbc:TaxAmount", sums.tax);
        xml.open("cac:TaxCategory");
        self.category(xml);
        if self.issued.vat == InvoiceVat::ReverseCharge {
            xml.text("cbc:TaxExemptionReasonCode", "VATEX-EU-AE");
            xml.text("cbc:TaxExemptionReason", self.words().reverse_charge);
        }
        xml.nested(&["cac:TaxScheme"], "cbc:ID", "VAT");
        xml.close("cac:TaxCategory");
        xml.close("cac:TaxSubtotal");
        xml.close("cac:TaxTotal");
    }

    fn category(&self, xml: &mut Xml) {
        let vat = self.issued.vat;
        let code = match vat {
            InvoiceVat::Standard { .. } => "S",
            InvoiceVat::ReverseCharge => "AE",
        };
        xml.text("cbc:ID", code);
        // Hundredths of a percent are written like cents.
        let percent = Money::new(i64::from(vat.basis_points()), CURRENCY);
        xml.text("cbc:Percent", &percent.to_decimal().to_string());
    }

    fn items(&self, xml: &mut Xml, form: &Form, sums: &Sums) -> Result<(), MoneyError> {
        let items = self.words().items.into_iter().zip(sums.items);
        let there = items.filter(|(_, sum)| !sum.is_zero());
        for (ordinal, (name, sum)) in (1..).zip(there) {
            // A price is never below zero: what is given back is less than nothing of it.
            let (quantity, price) =
                if sum.is_negative() { ("-1", sum.checked_neg()?) } else { ("1", sum) };
            xml.open(form.line);
            xml.text("cbc:ID", &format!("{ordinal}"));
            xml.marked(form.quantity, ("unitCode", PIECE), quantity);
            amount(xml, "cbc:LineExtensionAmount", sum);
            xml.open("cac:Item");
            xml.text("cbc:Name", name);
            xml.open("cac:ClassifiedTaxCategory");
            self.category(xml);
            xml.nested(&["cac:TaxScheme"], "cbc:ID", "VAT");
            xml.close("cac:ClassifiedTaxCategory");
            xml.close("cac:Item");
            xml.open("cac:Price");
            amount(xml, "cbc:PriceAmount", price);
            xml.close("cac:Price");
            xml.close(form.line);
        }
        Ok(())
    }
}

fn totals(xml: &mut Xml, sums: &Sums) {
    xml.open("cac:LegalMonetaryTotal");
    amount(xml, "cbc:LineExtensionAmount", sums.taxable);
    amount(xml, "cbc:TaxExclusiveAmount", sums.taxable);
    amount(xml, "cbc:TaxInclusiveAmount", sums.total);
    if !sums.prepaid.is_zero() {
        amount(xml, "cbc:PrepaidAmount", sums.prepaid);
    }
    amount(xml, "cbc:PayableAmount", sums.payable);
    xml.close("cac:LegalMonetaryTotal");
}

fn amount(xml: &mut Xml, tag: &str, amount: Money) {
    let currency = amount.currency().code();
    xml.marked(tag, ("currencyID", currency), &amount.to_decimal().to_string());
}

/// VAT number, name and registration of a party.
fn identity(
    xml: &mut Xml,
    name: &str,
    vat_number: Option<&str>,
    (register, company): (&str, &str),
) {
    if let Some(vat_number) = vat_number {
        xml.open("cac:PartyTaxScheme");
        xml.text("cbc:CompanyID", vat_number);
        xml.nested(&["cac:TaxScheme"], "cbc:ID", "VAT");
        xml.close("cac:PartyTaxScheme");
    }
    xml.open("cac:PartyLegalEntity");
    xml.text("cbc:RegistrationName", name);
    xml.marked("cbc:CompanyID", ("schemeID", register), company);
    xml.close("cac:PartyLegalEntity");
}

/// The scheme (ISO 6523) of a country's register of companies; only the two are covered.
#[must_use]
pub fn register_of(country: Country) -> &'static str {
    if country == Country::BE { "0208" } else { "0106" }
}

/// The lines before the one with the postal code, and that one in its two parts. Of an address that
/// has none, all lines stand.
#[must_use]
pub fn postal(address: &[String], country: Country) -> (Vec<&str>, Option<(String, String)>) {
    let mut lines = address.iter().enumerate().rev();
    let found = lines.find_map(|(place, line)| Some((place, town(line, country)?)));
    let (place, town) = found.map_or((None, None), |(place, town)| (Some(place), Some(town)));
    let others = address.iter().enumerate().filter(|(at, _)| Some(*at) != place);
    (others.map(|(_, line)| line.as_str()).collect(), town)
}

/// `3511 ZZ Utrecht`, `9000 Gent`: postal code and town.
fn town(line: &str, country: Country) -> Option<(String, String)> {
    let (digits, rest) = line.trim().split_at_checked(4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (zone, city) = if country == Country::NL {
        let (letters, city) = rest.trim_start().split_at_checked(2)?;
        let are_letters = letters.bytes().all(|byte| byte.is_ascii_alphabetic());
        (format!("{digits} {}", letters.to_ascii_uppercase()), are_letters.then_some(city)?)
    } else {
        (digits.to_owned(), rest)
    };
    let city = city.strip_prefix(' ')?.trim();
    (!city.is_empty()).then(|| (zone, city.to_owned()))
}
