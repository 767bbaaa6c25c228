//! Documents written for tests: the agency's own, and the invoices that a creditor hands over.

pub(crate) mod agency;

use std::fmt::Write;

/// A buyer, as a file writes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer {
    pub(crate) name: &'static str,
    /// A `KvK` number.
    pub(crate) company: Option<&'static str>,
    /// The creditor's own customer number.
    pub(crate) known_as: Option<&'static str>,
    pub(crate) email: Option<&'static str>,
    pub(crate) telephone: Option<&'static str>,
    pub(crate) country: &'static str,
    pub(crate) postcode: &'static str,
}

pub(crate) const ANNA: Customer = Customer {
    name: "Anna Proef",
    company: None,
    known_as: Some("K-1"),
    email: Some("anna@voorbeeld.example"),
    telephone: None,
    country: "NL",
    postcode: "8000 AA",
};

pub(crate) const BEDRIJF: Customer = Customer {
    name: "Bedrijf Proef B.V.",
    company: Some("90005678"),
    known_as: None,
    email: Some("info@bedrijf.example"),
    telephone: None,
    country: "NL",
    postcode: "3500 AB",
};

pub(crate) const LUC: Customer = Customer {
    name: "Luc Essai",
    company: None,
    known_as: None,
    email: Some("luc@essai.example"),
    telephone: None,
    country: "BE",
    postcode: "5000",
};

/// An invoice or credit note, as a file writes it.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) credits: Option<String>,
    pub(crate) number: String,
    pub(crate) issued_on: &'static str,
    pub(crate) due_on: Option<&'static str>,
    pub(crate) cents: i64,
    pub(crate) currency: &'static str,
    pub(crate) seller: &'static str,
    pub(crate) buyer: Customer,
    pub(crate) reference: Option<String>,
    pub(crate) account: &'static str,
    pub(crate) item: Option<&'static str>,
}

impl Paper {
    pub(crate) fn invoice(number: &str, cents: i64, buyer: Customer) -> Self {
        Self {
            credits: None,
            number: number.to_owned(),
            issued_on: "2026-03-02",
            due_on: Some("2026-03-16"),
            cents,
            currency: "EUR",
            seller: "90001234",
            buyer,
            reference: None,
            account: "NL91ABNA0417164300",
            item: Some("Tuinhek van hout"),
        }
    }

    pub(crate) fn credit_note(number: &str, of: &str, cents: i64, buyer: Customer) -> Self {
        let credits = Some(of.to_owned());
        Self { credits, due_on: None, ..Self::invoice(number, cents, buyer) }
    }

    /// The file.
    pub(crate) fn xml(&self) -> Vec<u8> {
        let (document, line) = match self.credits {
            None => ("Invoice", "InvoiceLine"),
            Some(_) => ("CreditNote", "CreditNoteLine"),
        };
        let amount = format!("{}.{:02}", self.cents / 100, self.cents % 100);
        let currency = self.currency;
        let mut xml = String::new();
        write!(
            xml,
            r#"<{document} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{document}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{}</cbc:ID><cbc:IssueDate>{}</cbc:IssueDate>{}
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{}
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cac:Country>
<cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Tuinhuis Voorbeeld B.V.</cbc:RegistrationName>
<cbc:CompanyID schemeID="0106">{}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>
</cac:AccountingSupplierParty>{}
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>{}
<cac:PayeeFinancialAccount><cbc:ID>{}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="{currency}">{amount}</cbc:PayableAmount>
</cac:LegalMonetaryTotal>
<cac:{line}><cbc:ID>1</cbc:ID>
<cbc:LineExtensionAmount currencyID="{currency}">{amount}</cbc:LineExtensionAmount>
<cac:Item>{}</cac:Item></cac:{line}></{document}>"#,
            self.number,
            self.issued_on,
            optional("cbc:DueDate", self.due_on),
            self.credits.as_ref().map_or_else(String::new, |of| format!(
                "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{of}</cbc:ID>\
                 </cac:InvoiceDocumentReference></cac:BillingReference>"
            )),
            self.seller,
            self.buyer.xml(),
            optional("cbc:PaymentID", self.reference.as_deref()),
            self.account,
            optional("cbc:Name", self.item),
        )
        .unwrap();
        xml.into_bytes()
    }
}

impl Customer {
    fn xml(&self) -> String {
        let company = self.company.map_or_else(String::new, |number| {
            format!("<cbc:CompanyID schemeID=\"0106\">{number}</cbc:CompanyID>")
        });
        format!(
            "<cac:AccountingCustomerParty>{}<cac:Party><cac:PostalAddress>\
             <cbc:StreetName>Proefstraat 12</cbc:StreetName><cbc:CityName>Zwolle</cbc:CityName>\
             <cbc:PostalZone>{}</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{}\
             </cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity>\
             <cbc:RegistrationName>{}</cbc:RegistrationName>{company}</cac:PartyLegalEntity>\
             <cac:Contact>{}{}</cac:Contact></cac:Party></cac:AccountingCustomerParty>",
            optional("cbc:SupplierAssignedAccountID", self.known_as),
            self.postcode,
            self.country,
            self.name,
            optional("cbc:Telephone", self.telephone),
            optional("cbc:ElectronicMail", self.email),
        )
    }
}

fn optional(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| format!("<{name}>{value}</{name}>"))
}
