//! The demonstration's creditors, debtors and invoices: read from `deploy/demo`, and turned into
//! the files that creditors and banks would send.

use jiff::ToSpan;
use jiff::civil::Date;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use primitives::{Currency, Money};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The creditors' documents, by the name of their file.
pub(super) const CREDITORS: [(&str, &str); 3] = [
    ("groene-hoek.toml", include_str!("../../../demo/creditors/groene-hoek.toml")),
    ("nauta.toml", include_str!("../../../demo/creditors/nauta.toml")),
    ("vanderlinden.toml", include_str!("../../../demo/creditors/vanderlinden.toml")),
];
/// The documents of the agency's people, by the name of their file.
pub(super) const STAFF: [(&str, &str); 4] = [
    ("mila.toml", include_str!("../../../demo/staff/mila.toml")),
    ("ravi.toml", include_str!("../../../demo/staff/ravi.toml")),
    ("finn.toml", include_str!("../../../demo/staff/finn.toml")),
    ("femke.toml", include_str!("../../../demo/staff/femke.toml")),
];
const DEBTORS: &str = include_str!("../../../demo/debtors.toml");
const INVOICE: &str = include_str!("../../../demo/invoice.xml.j2");
const STATEMENT: &str = include_str!("../../../demo/statement.xml.j2");
const VAT_PERCENT: i64 = 21;

/// Everybody in the play.
#[derive(Debug)]
pub(super) struct Agency {
    pub(super) creditors: Vec<Creditor>,
    pub(super) debtors: Vec<Debtor>,
    templates: Environment<'static>,
}

/// What an invoice says of its seller, as its document has it.
#[derive(Debug, Deserialize)]
pub(super) struct Creditor {
    pub(super) code: String,
    name: String,
    company_number: String,
    vat_id: String,
    country: String,
    address: [String; 2],
    email: String,
    pay_to: String,
    account: Account,
}

#[derive(Debug, Deserialize)]
struct Account {
    iban: String,
}

#[derive(Debug, Deserialize)]
struct Debtors {
    debtor: Vec<Debtor>,
}

/// One debtor of one creditor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Debtor {
    /// The creditor's code.
    pub(super) creditor: String,
    /// The creditor's number for it.
    number: String,
    pub(super) name: String,
    email: String,
    telephone: Option<String>,
    street: String,
    postcode: String,
    city: String,
    country: String,
    company_number: Option<String>,
    vat_id: Option<String>,
    /// The account it pays from.
    pub(super) iban: String,
    pub(super) invoices: Vec<Invoice>,
}

/// One invoice; days count from the first day of the play.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invoice {
    pub(super) number: String,
    what: String,
    net: String,
    pub(super) issued: i64,
    due: i64,
    reference: Option<String>,
}

/// What a document of UBL says of seller or buyer.
#[derive(Serialize)]
struct Party<'a> {
    endpoint: Identifier<'a>,
    number: &'a str,
    name: &'a str,
    street: &'a str,
    postcode: &'a str,
    city: &'a str,
    country: &'a str,
    email: &'a str,
    telephone: Option<&'a str>,
    vat_id: Option<&'a str>,
    legal_id: Option<Identifier<'a>>,
}

#[derive(Clone, Copy, Serialize)]
struct Identifier<'a> {
    /// A code of the EAS list.
    scheme: &'static str,
    value: &'a str,
}

/// One account's statement of one day.
#[derive(Debug, Serialize)]
pub(super) struct Statement<'a> {
    pub(super) id: String,
    pub(super) sequence: usize,
    pub(super) account: &'a str,
    pub(super) on: Date,
    pub(super) opening: String,
    pub(super) closing: String,
    pub(super) movements: Vec<Movement<'a>>,
}

/// Money that came in or went out.
#[derive(Debug, Serialize)]
pub(super) struct Movement<'a> {
    pub(super) is_outgoing: bool,
    pub(super) amount: String,
    /// Who paid, or was paid.
    pub(super) party: &'a str,
    pub(super) party_account: &'a str,
    pub(super) end_to_end_id: Option<&'a str>,
    /// The reference of the claim; without it, words.
    pub(super) reference: Option<&'a str>,
    pub(super) words: &'a str,
}

impl Agency {
    pub(super) fn new() -> Result<Self, Failure> {
        let wrong = |error: toml::de::Error| Failure::Demo(error.message().to_owned());
        let creditors = CREDITORS.iter().map(|(_, document)| toml::from_str(document));
        let mut templates = Environment::new();
        templates.add_template("invoice.xml", INVOICE).map_err(not_made)?;
        templates.add_template("statement.xml", STATEMENT).map_err(not_made)?;
        Ok(Self {
            creditors: creditors.collect::<Result<_, _>>().map_err(wrong)?,
            debtors: toml::from_str::<Debtors>(DEBTORS).map_err(wrong)?.debtor,
            templates,
        })
    }

    /// The debtor that an invoice was sent to.
    pub(super) fn debtor_of(&self, number: &str) -> Result<(&Debtor, &Invoice), Failure> {
        let invoices = self
            .debtors
            .iter()
            .flat_map(|debtor| debtor.invoices.iter().map(move |invoice| (debtor, invoice)));
        let mut found = invoices.filter(|(_, invoice)| invoice.number == number);
        found.next().ok_or_else(|| Failure::Demo(format!("there is no invoice {number}")))
    }

    /// The creditor of a debtor.
    pub(super) fn creditor_of(&self, debtor: &Debtor) -> Result<&Creditor, Failure> {
        let code = &debtor.creditor;
        let found = self.creditors.iter().find(|creditor| creditor.code == *code);
        found.ok_or_else(|| Failure::Demo(format!("there is no creditor {code}")))
    }

    /// The invoice as its creditor's program would write it.
    pub(super) fn invoice(&self, number: &str, first_day: Date) -> Result<String, Failure> {
        self.document(number, None, first_day)
    }

    /// A credit note over a whole invoice.
    pub(super) fn credit_note(&self, number: &str, on: Date) -> Result<String, Failure> {
        self.document(number, Some(format!("{number}-C")), on)
    }

    /// The statement as the bank would write it.
    pub(super) fn statement(&self, statement: &Statement<'_>) -> Result<String, Failure> {
        self.render("statement.xml", Value::from(Serde(statement)))
    }

    fn document(
        &self,
        number: &str,
        credit_number: Option<String>,
        day: Date,
    ) -> Result<String, Failure> {
        let (debtor, invoice) = self.debtor_of(number)?;
        let creditor = self.creditor_of(debtor)?;
        let wrong = |error| Failure::Demo(format!("invoice {number}: {error}"));
        let net = Money::parse(&invoice.net, Currency::EUR).map_err(wrong)?;
        let tax_minor = net.amount_minor().saturating_mul(VAT_PERCENT).saturating_add(50) / 100;
        let tax = Money::new(tax_minor, Currency::EUR);
        let gross = net.checked_add(tax).map_err(wrong)?;
        let is_credit = credit_number.is_some();
        let issued_on = if is_credit { day } else { later(day, invoice.issued) };
        let of_invoice = is_credit.then_some(number);
        self.render(
            "invoice.xml",
            context! {
                number => credit_number.unwrap_or_else(|| number.to_owned()),
                of_invoice,
                issued_on => issued_on.to_string(),
                due_on => later(day, invoice.due).to_string(),
                seller => Serde(creditor.party()),
                buyer => Serde(debtor.party()),
                reference => invoice.reference.as_deref(),
                account => creditor.account.iban.as_str(),
                what => invoice.what.as_str(),
                vat_percent => VAT_PERCENT,
                net => net.to_decimal().to_string(),
                tax => tax.to_decimal().to_string(),
                gross => gross.to_decimal().to_string(),
            },
        )
    }

    fn render(&self, template: &str, values: Value) -> Result<String, Failure> {
        let template = self.templates.get_template(template).map_err(not_made)?;
        template.render(values).map_err(not_made)
    }
}

impl Creditor {
    /// The account that its debtors pay to; none where it is the agency's.
    pub(super) fn paid_on(&self) -> Option<&str> {
        (self.pay_to == "creditor").then_some(self.account.iban.as_str())
    }

    fn party(&self) -> Party<'_> {
        let [street, town] = &self.address;
        // The Dutch postcode has a space in it: 3511 AB Utrecht, 9000 Gent.
        let length = if self.country == "NL" { "3511 AB".len() } else { "9000".len() };
        let (postcode, city) = town.split_at_checked(length).unwrap_or((town, ""));
        let scheme = register_of(&self.country);
        let legal_id = Identifier { scheme, value: &self.company_number };
        Party {
            endpoint: legal_id,
            number: &self.code,
            name: &self.name,
            street,
            postcode,
            city: city.trim(),
            country: &self.country,
            email: &self.email,
            telephone: None,
            vat_id: Some(&self.vat_id),
            legal_id: Some(legal_id),
        }
    }
}

impl Debtor {
    fn party(&self) -> Party<'_> {
        let scheme = register_of(&self.country);
        let legal_id = self.company_number.as_deref().map(|value| Identifier { scheme, value });
        Party {
            endpoint: legal_id.unwrap_or(Identifier { scheme: "EM", value: &self.email }),
            number: &self.number,
            name: &self.name,
            street: &self.street,
            postcode: &self.postcode,
            city: &self.city,
            country: &self.country,
            email: &self.email,
            telephone: self.telephone.as_deref(),
            vat_id: self.vat_id.as_deref(),
            legal_id,
        }
    }
}

/// So many days later, or earlier.
pub(super) fn later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// The code of the trade register: `KvK`, or the Belgian register of enterprises.
fn register_of(country: &str) -> &'static str {
    if country == "BE" { "0208" } else { "0106" }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that `map_err` takes")]
fn not_made(error: minijinja::Error) -> Failure {
    Failure::Demo(format!("a document was not made: {error:#}"))
}

#[cfg(test)]
mod tests {
    use bank_statements::{Proof, Verdict as BankVerdict, collect};
    use intake::domain::invoice::{Effect, Verdict};
    use intake::domain::ubl;
    use jiff::civil::date;

    use super::*;

    const FIRST: Date = date(2026, 9, 7);

    #[test]
    fn every_invoice_is_accepted_by_intakes_own_reader() {
        let agency = Agency::new().unwrap();
        for debtor in &agency.debtors {
            for invoice in &debtor.invoices {
                let text = agency.invoice(&invoice.number, FIRST).unwrap();
                let reading = ubl::read(text.as_bytes());
                assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
                let read = reading.invoice.unwrap();
                assert_eq!(read.buyer.name, debtor.name);
                assert_eq!(read.effect, Effect::Owes);
                let references: Vec<_> = invoice.reference.iter().cloned().collect();
                assert_eq!(read.payment_references, references);
                assert!(read.issue_date < FIRST, "handed over after it was issued");
            }
        }
    }

    #[test]
    fn a_credit_note_lowers_its_invoice() {
        let agency = Agency::new().unwrap();
        let text = agency.credit_note("GH-2605", FIRST).unwrap();
        let reading = ubl::read(text.as_bytes());
        assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
        let read = reading.invoice.unwrap();
        assert_eq!((read.effect, read.number.as_str()), (Effect::Reduces, "GH-2605-C"));
        assert_eq!(read.preceding_invoices, ["GH-2605"]);
    }

    #[test]
    fn every_creditors_document_is_accepted_by_intakes_own_reader() {
        for (name, document) in CREDITORS {
            let hash = primitives::ContentHash::from_digest([0; 32]);
            let read = intake::domain::read_document(document.as_bytes(), hash);
            assert!(read.is_ok(), "{name}: {:?}", read.err());
        }
    }

    #[test]
    fn everybodys_document_is_accepted_by_intakes_own_reader() {
        for (name, document) in STAFF {
            let read = intake::domain::read_staff_document(document.as_bytes());
            assert!(read.is_ok(), "{name}: {:?}", read.err());
        }
    }

    #[test]
    fn a_statement_proves_itself_with_and_without_payments() {
        let agency = Agency::new().unwrap();
        let payment = |is_outgoing| Movement {
            is_outgoing,
            amount: "121.00".to_owned(),
            party: "A & B",
            party_account: "NL69DEMO0700000001",
            end_to_end_id: is_outgoing.then_some("AFDRACHT-1"),
            reference: None,
            words: "factuur 7",
        };
        let both = vec![payment(false), payment(false), payment(true)];
        for (movements, closing) in [(vec![], "10.00"), (both, "131.00")] {
            let text = agency.statement(&Statement {
                id: "CL-1".to_owned(),
                sequence: 1,
                account: "NL82AMIC0600010001",
                on: FIRST,
                opening: "10.00".to_owned(),
                closing: closing.to_owned(),
                movements,
            });
            let reading = collect(text.unwrap().as_bytes());
            assert_eq!(reading.verdict, BankVerdict::Accept, "{:?}", reading.problems);
            let [statement] = reading.statements.as_slice() else { panic!("one statement") };
            assert_eq!(statement.statement.proof(), Proof::Holds);
        }
    }
}
